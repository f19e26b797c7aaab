#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "app/job_run.h"
#include "bundle/bundle.h"
#include "jobs/scheduler.h"

namespace lakesmith::app {

struct ServiceOptions {
  std::vector<std::string> targets;  // Empty: all that are deployed.
  std::string warehouse;
  int64_t misfire_grace_seconds = 300;
  int64_t stop_timeout_seconds = 60;  // Running jobs get so long when the service stops.
};

// The scheduler of a project's deployments: fires triggers, starts a process for each run when it
// is its turn, goes on with runs whose process was killed, and follows new deployments. All it
// knows is in the state file, so it may be killed at any point.
class SchedulerService {
 public:
  static Result<std::unique_ptr<SchedulerService>> Open(const std::filesystem::path& root,
                                                        ServiceOptions options);
  ~SchedulerService();

  // Works until a stop is requested; then waits for the runs under way, and in the end stops them.
  // Errors: kConflict when another process schedules a target; those of the state file.
  Status Run(const std::stop_token& stop);

 private:
  class Probe;
  struct Deployed;

  SchedulerService(OpenProject opened, ServiceOptions options);

  Status FollowDeployments();
  Status FollowOne(const std::string& target);
  void Remove(const std::string& target);
  Status ResumeInterrupted();
  Status StartReadyRuns(state::Micros now);
  void Reap();
  void StopWorkers();
  state::JobLimits LimitsOfRun(const state::QueuedRun& run) const;
  void Say(const std::string& text) const;

  OpenProject opened_;
  const ServiceOptions options_;
  std::unique_ptr<Probe> probe_;
  std::map<std::string, std::unique_ptr<Deployed>> deployed_;  // By target.
  std::map<int64_t, pid_t> workers_;                           // By run; until they have ended.
  std::map<int64_t, state::Micros> started_;                   // When a worker was last started.
};

}  // namespace lakesmith::app
