#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "app/lake.h"
#include "app/lake_executor.h"
#include "app/project.h"
#include "bundle/bundle.h"
#include "jobs/run.h"
#include "state/run_queue.h"
#include "state/state.h"

namespace lakesmith::app {

// Attempts are numbered from the run's number times this, so that each number names one attempt.
inline constexpr int64_t kAttemptsOfRun = 100'000;

class RunNotifier;

// A project whose state is open.
struct OpenProject {
  Project project;
  std::unique_ptr<state::Store> store;
  std::unique_ptr<state::RunQueue> queue;

  std::filesystem::path LogFolder(int64_t run_id) const;
};
// Errors: those of FindProject and of opening the state file.
Result<OpenProject> OpenProjectOf(const std::filesystem::path& root, const std::string& warehouse);

// What a run was asked for; kept as JSON with it, so that any process can execute it.
struct RunRequest {
  std::map<std::string, std::string> parameters;
  std::string only;
  bool deployed = false;  // Uses the deployed files, not the working copy.
  bool repair = false;    // Goes on with the record of the run.
  std::vector<std::string> rerun_tasks;
  std::string trigger_type = "onetime";
  int64_t trigger_time_millis = 0;
  Json trigger_details = Json::object();  // As in jobs::RunOptions.

  Json ToJson() const;
  static RunRequest FromJson(const Json& json);
};

state::JobLimits LimitsOf(const bundle::Job& job);
// The row with which a run of a job waits.
state::QueuedRun NewRun(const bundle::Bundle& bundle, const bundle::Job& job,
                        const RunRequest& request);

// What a display is told; each may be empty.
struct RunWatcher {
  std::function<void(const std::string& line)> on_line;
  std::function<void(const jobs::RunEvent& event)> on_event;
  LakeExecutor::OnDataset on_dataset;
};

// One run of a job, executed by this process: waits for its turn, runs, and keeps every attempt,
// log and the record of the whole. All that it is given outlives it.
class JobRun {
 public:
  JobRun(const bundle::Bundle& bundle, const bundle::Job& job, OpenProject& opened,
         RunWatcher watcher);

  // Executes the run to its end. A cancellation by another process stops it like `stop` does.
  // Errors: kCancelled when it was canceled before it started; kConflict when somebody else
  // executes it; wrong parameters. Those too are kept with the run.
  Result<jobs::RunRecord> Execute(const state::QueuedRun& run, const std::stop_token& stop);

  const LakeExecutor& executor() const { return executor_; }

 private:
  Status WaitForTurn(const state::QueuedRun& run, const std::stop_token& stop);
  Result<jobs::RunRecord> Run(const state::QueuedRun& run, const std::stop_token& stop);
  void OnEvent(int64_t run_id, const jobs::RunEvent& event);
  void Keep(int64_t run_id, const jobs::RunEvent& event);
  void AppendLog(int64_t run_id, const jobs::TaskRecord& task, const std::string& text);

  const bundle::Bundle& bundle_;
  const bundle::Job& job_;
  OpenProject& opened_;
  const RunWatcher watcher_;
  Lake lake_;
  LakeExecutor executor_;
  std::chrono::steady_clock::time_point next_save_;
  RunNotifier* notifier_ = nullptr;  // While the run goes on.
};

// File of what an attempt printed, below OpenProject::LogFolder.
std::string LogFileName(const jobs::TaskRecord& task, int attempt_number);

// Starts a process of its own that executes the run, `lakesmith runs execute`; what it prints goes
// into the run's log folder. Returns its process id. Errors: kUnavailable.
Result<pid_t> StartWorker(const OpenProject& opened, int64_t run_id);

}  // namespace lakesmith::app
