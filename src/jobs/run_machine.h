#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "bundle/resources.h"
#include "jobs/outcome.h"
#include "jobs/run.h"
#include "jobs/task_executor.h"

namespace lakesmith::jobs {

// Something that the machine wants done.
struct MachineAction {
  enum class Kind {
    kStartAttempt,  // Run it, then tell FinishAttempt.
    kStopAttempt,   // Ask it to end; FinishAttempt still follows.
    kExpandInputs,  // Evaluate the inputs of a for-each task, then tell SetInputs.
    kWarn,          // Tell the user `text`.
  };
  Kind kind = Kind::kStartAttempt;
  size_t task = 0;  // Index into RunRecord::tasks.
  std::optional<size_t> iteration;
  int64_t task_run_id = 0;
  std::string text;
};

// The rules of a run without threads, clocks or input and output: told what happened and when, it
// says what to do next. So years of runs can be tested in seconds. Not thread-safe.
class RunMachine {
 public:
  // Borrows the job. `random` gives numbers from 0 to below 1, for jitter; may be empty.
  // Errors: kInvalid for an unknown parameter or task in the options, and for a cycle.
  static Result<RunMachine> Make(const bundle::Job& job, const RunOptions& options,
                                 std::function<double()> random = {});

  void Start(Millis now);
  void FinishAttempt(int64_t task_run_id, TaskResult result, Millis now);
  // The elements that a for-each task repeats its task for, or why there are none.
  void SetInputs(size_t task, Result<std::vector<Json>> inputs, Millis now);
  void Cancel(Millis now);
  // Does what is due: timeouts, retries, warnings.
  void Tick(Millis now);
  // When Tick has something to do next; nothing when only events count.
  std::optional<Millis> next_due() const;

  std::vector<MachineAction> TakeActions() { return std::exchange(actions_, {}); }
  // Tasks whose records changed since the last call, by index; the run itself is npos.
  std::vector<size_t> TakeChanges() { return std::exchange(changes_, {}); }
  static constexpr size_t kRunItself = static_cast<size_t>(-1);

  bool done() const { return IsFinal(record_.life_cycle); }
  const RunRecord& record() const { return record_; }
  RunRecord TakeRecord() && { return std::move(record_); }
  // The task of an attempt: of an iteration, the nested one.
  const bundle::Task& TaskOf(size_t task, const std::optional<size_t>& iteration) const;
  // The element of an iteration.
  const Json& InputOf(size_t task, size_t iteration) const {
    return inputs_.at(task).at(iteration);
  }
  // Where an attempt that is running stands in the record.
  const TaskRecord& RecordOf(size_t task, const std::optional<size_t>& iteration) const;

 private:
  enum class UnitState { kBlocked, kReady, kRunning, kRetryWait, kLooping, kDone };
  enum class StopReason { kNone, kTimeout, kRunTimeout, kCancel };

  // What attempts are made of: a task, or an iteration of a for-each task.
  struct Unit {
    size_t task = 0;
    std::optional<size_t> iteration;
    UnitState state = UnitState::kBlocked;
    StopReason stop = StopReason::kNone;
    int64_t task_run_id = 0;
    int retries_used = 0;
    Millis attempt_start = 0;
    Millis due_retry = 0;    // Of kRetryWait.
    Millis due_timeout = 0;  // 0: none.
    Millis due_warning = 0;  // 0: none, or told.
  };

  RunMachine(const bundle::Job& job, std::function<double()> random);

  Status SetParameters(const RunOptions& options);
  Status BuildGraph();
  Status Select(const std::string& only);
  Status Repair(const RunOptions& options);
  void AddWithNeighbours(const std::string& term, size_t task, std::vector<bool>& selected) const;
  void MarkDownstream(std::vector<bool>& marked) const;
  void MarkUpstream(std::vector<bool>& marked) const;
  Result<size_t> TaskIndex(const std::string& key) const;

  void Advance(Millis now);
  bool Unblock(Unit& unit, Millis now);
  void StartReady(Millis now);
  void StartUnit(Unit& unit, Millis now);
  void StartLoop(Unit& unit, Millis now);
  void StartAttempt(Unit& unit, Millis now);
  bool MayStart(const Unit& unit) const;
  void EndUnit(Unit& unit, Outcome outcome, std::string message, Millis now);
  void EndLoops(Millis now);
  void EndRun(Millis now);
  void StopAll(StopReason reason, Millis now);
  void StopUnit(Unit& unit, StopReason reason);
  void StopLoops(Millis now);
  static Outcome OutcomeOf(const Unit& unit, const TaskResult& result);
  bool ShouldRetry(const Unit& unit, Outcome outcome, const TaskResult& result) const;
  Millis RetryTime(const Unit& unit);
  void Warn(const Unit& unit);
  void Changed(size_t task) { changes_.push_back(task); }
  TaskRecord& MutableRecord(const Unit& unit);
  const bundle::Task& TaskOf(const Unit& unit) const { return TaskOf(unit.task, unit.iteration); }

  const bundle::Job* job_;
  std::function<double()> random_;
  int max_parallel_ = 0;
  int64_t next_task_run_id_ = 1;
  RunRecord record_;
  std::vector<std::vector<size_t>> dependencies_;  // By task: indices, in the order of depends_on.
  std::vector<std::vector<std::string>> wanted_;   // By task: the outcomes of those edges.
  std::vector<Unit> units_;                        // Tasks first, then iterations.
  std::map<size_t, std::vector<Json>> inputs_;     // By for-each task.
  std::vector<MachineAction> actions_;
  std::vector<size_t> changes_;
  StopReason stop_ = StopReason::kNone;
  Millis due_run_timeout_ = 0;
  Millis due_run_warning_ = 0;
};

}  // namespace lakesmith::jobs
