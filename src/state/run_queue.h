#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "state/state.h"

namespace lakesmith::state {

// A run as it waits for its turn and as it is executed: the row of `Run` with what executing needs.
struct QueuedRun {
  int64_t run_id = 0;  // Given by the queue.
  std::string bundle;  // Name of the bundle.
  std::string target;
  std::string job_key;
  std::string job_name;
  std::string trigger = "manual";  // As in Run.
  RunState state = RunState::kQueued;
  Micros created = 0;
  Micros scheduled = 0;  // The instant it was scheduled for; 0 for manual runs.
  Micros ended = 0;
  std::string error;
  Json request = Json::object();  // What was asked for: parameters, only, deployed, repair, ...
  Json record;                    // The whole run as JSON, as last written; null before its start.
  std::string token;              // Idempotency token, or "".
  bool cancel_requested = false;
  bool unattended = false;  // Nobody waits for it: a scheduler or a worker takes it.
};

// Limits of a job that decide whether its next run may start.
struct JobLimits {
  int64_t max_concurrent_runs = 1;
  bool queueing = true;  // False: what finds no place is skipped.
};

// What is remembered of one trigger of a job.
struct TriggerRow {
  std::string bundle;
  std::string target;
  std::string job_key;
  std::string trigger_key;  // Which of the job's triggers: "schedule", "triggers[0]", ...
  std::string definition;   // Changes when the trigger does: it then begins anew.
  Micros cursor = 0;        // Up to here everything was fired or left out.
  int64_t serial = 0;       // Grows with each change: whoever changes it must know the last one.
  Json memory = Json::object();  // Of the kind of trigger: files seen, table versions, ...
};

// Runs that wait and run, and the triggers that make them, in the state file. Each call is one
// transaction, so that processes which die at any point lose nothing and start nothing twice.
// Thread-safe.
class RunQueue {
 public:
  // A connection of its own to the file that Store::Open made.
  static Result<std::unique_ptr<RunQueue>> Open(const std::string& path);
  ~RunQueue();
  RunQueue(const RunQueue&) = delete;
  RunQueue& operator=(const RunQueue&) = delete;

  // Adds a run behind those that wait; skips it at once (MAXIMUM_CONCURRENT_RUNS_REACHED) when the
  // job has no place and does not queue. A token that was used before returns that run.
  Result<QueuedRun> Add(QueuedRun run, const JobLimits& limits);
  // Adds a run and moves its trigger from `before.serial` on, in one step. Nothing when somebody
  // else moved the trigger first.
  Result<std::optional<QueuedRun>> Fire(const TriggerRow& trigger, QueuedRun run,
                                        const JobLimits& limits);

  // Makes this process the one that executes the run, when it is its turn: it waits, no run of the
  // same job that came before it waits, and the job has a place. False: not yet.
  // Errors: kNotFound; kConflict when the run does not wait any more.
  Result<bool> Claim(int64_t run_id, const JobLimits& limits);
  // Puts a run that has ended back into the queue, to be repaired.
  // Errors: kInvalid when it has not ended or has succeeded.
  Status Requeue(int64_t run_id, const Json& request, bool unattended);
  // Writes the record while a run goes on.
  Status SaveRecord(int64_t run_id, const Json& record);
  // Writes how it ended.
  Status Finish(int64_t run_id, RunState state, const std::string& error, const Json& record);
  // Ends a run that waits; asks the process that executes it to stop.
  // Errors: kNotFound; kInvalid when it has ended.
  Status RequestCancel(int64_t run_id);
  Result<bool> IsCancelRequested(int64_t run_id);

  // Errors: kNotFound.
  Result<QueuedRun> Get(int64_t run_id);
  struct Filter {
    std::string job_key;  // "" is any; so is "" of the target.
    std::string target;
    bool active_only = false;
    bool completed_only = false;
    bool unattended_only = false;
    bool interrupted_only = false;
    int64_t limit = 0;  // 0 is all.
    int64_t offset = 0;
    bool oldest_first = false;
  };
  Result<std::vector<QueuedRun>> List(const Filter& filter);
  // Marks as interrupted what a process left that is gone; returns those runs' numbers.
  Result<std::vector<int64_t>> MarkInterrupted();

  // The row of a trigger, if it was seen before.
  Result<std::optional<TriggerRow>> GetTrigger(const TriggerRow& trigger);
  // Inserts the row, or replaces it when its serial is still the given one; false otherwise.
  Result<bool> PutTrigger(const TriggerRow& trigger);

  // Tells that this process schedules the bundle's target. False when a living process does.
  Result<bool> BecomeScheduler(const std::string& bundle, const std::string& target);
  void ResignAsScheduler(const std::string& bundle, const std::string& target);
  Result<bool> HasScheduler(const std::string& bundle, const std::string& target);

  // Keeps how a notification went.
  Status AddDelivery(int64_t run_id, const Json& delivery);
  Result<std::vector<Json>> ListDeliveries(int64_t run_id);

 private:
  class Connection;
  explicit RunQueue(std::unique_ptr<Connection> connection);
  template <typename Work>
  auto Transact(Work work) -> decltype(work());
  Result<QueuedRun> Insert(QueuedRun run, const JobLimits& limits);
  Result<int64_t> CountRunning(const QueuedRun& run);
  Result<bool> WritesTrigger(const TriggerRow& trigger);

  std::mutex mutex_;  // Guards connection_.
  std::unique_ptr<Connection> connection_;
};

}  // namespace lakesmith::state
