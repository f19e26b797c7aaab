#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "bundle/bundle.h"
#include "jobs/trigger.h"
#include "state/run_queue.h"

namespace lakesmith::jobs {

// What a scheduler tells; each may be empty.
struct SchedulerEvents {
  std::function<void(const state::QueuedRun& run)> on_fired;
  std::function<void(const std::string& job_key, const Error& error)> on_error;
};

// Asks the triggers of one deployed bundle when they fire, and puts runs into the queue. What was
// fired and that it was fired are one write, so that a scheduler which dies anywhere loses no run
// and makes none twice. Not thread-safe.
class Scheduler {
 public:
  // The queue and the probe outlive it.
  Scheduler(state::RunQueue& queue, TriggerProbe& probe, TriggerRules rules, SchedulerEvents events)
      : queue_(queue), probe_(probe), rules_(rules), events_(std::move(events)) {}

  // Takes the jobs of a deployment. A job whose triggers are wrong is told and left out.
  void SetJobs(const bundle::Bundle& bundle);

  // Fires what is due. Returns when to come again; nothing when no trigger waits for anything.
  std::optional<Micros> Tick(Micros now);

 private:
  struct Scheduled {
    std::string job_key;
    std::string job_name;
    state::JobLimits limits;
    JobTrigger trigger;
    std::optional<Micros> next_look = 0;
  };

  Status TickOne(Scheduled& scheduled, Micros now);

  state::RunQueue& queue_;
  TriggerProbe& probe_;
  const TriggerRules rules_;
  const SchedulerEvents events_;
  std::string bundle_;
  std::string target_;
  std::vector<Scheduled> scheduled_;
};

// Runs that nobody waits for and that have waited in vain for two days: they are skipped.
// `active` holds all runs that wait or run. Source: compatibility notes, section 8.
std::vector<int64_t> OverdueRuns(const std::vector<state::QueuedRun>& active, Micros now);

// Which waiting runs may start now: in the order they came, as many of each job as it has places
// for. `active` holds all runs that wait or run, oldest first; `limits_of` gives those of a job.
std::vector<int64_t> ReadyRuns(
    const std::vector<state::QueuedRun>& active,
    const std::function<state::JobLimits(const state::QueuedRun& run)>& limits_of);

}  // namespace lakesmith::jobs
