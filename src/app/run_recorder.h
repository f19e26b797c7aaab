#pragma once

#include <mutex>
#include <string>

#include "jobs/run.h"
#include "state/state.h"

namespace lakesmith::app {

// Keeps the runs of jobs in the state file. Used by one thread at a time.
class RunRecorder {
 public:
  // Numbers a new run and keeps it as running.
  static Result<RunRecorder> Begin(state::Store& store, const std::string& job_key,
                                   const std::string& job_name, const std::string& target);

  int64_t run_id() const { return run_.run_id; }
  // Keeps what a task has become. The state file lagging behind is no reason to stop a run: the
  // first error is kept.
  void Put(const jobs::TaskRecord& task);
  // Keeps how the run ended. Errors: the first one of all writes.
  Status End(const jobs::RunRecord& run);
  Status Fail(const Error& error);

 private:
  RunRecorder(state::Store& store, state::Run run) : store_(&store), run_(std::move(run)) {}
  void Keep(Status status);

  state::Store* store_;
  state::Run run_;
  Status first_error_;
};

// The state that a run or attempt is kept with.
state::RunState StateOf(jobs::LifeCycle life_cycle, std::optional<jobs::Outcome> outcome);

}  // namespace lakesmith::app
