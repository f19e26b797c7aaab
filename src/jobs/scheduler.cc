#include "jobs/scheduler.h"

#include <algorithm>

namespace lakesmith::jobs {
namespace {

// After an error a trigger is asked again, but not at once.
constexpr Micros kAfterError = 30'000'000;
constexpr Micros kLongestQueueing = Micros{48} * 3600 * 1'000'000;

}  // namespace

void Scheduler::SetJobs(const bundle::Bundle& bundle) {
  bundle_ = bundle.name;
  target_ = bundle.target;
  scheduled_.clear();
  for (const auto& [key, job] : bundle.jobs) {
    Result<std::vector<JobTrigger>> triggers = TriggersOf(job);
    if (!triggers) {
      if (events_.on_error) events_.on_error(key, triggers.error());
      continue;
    }
    for (JobTrigger& trigger : *triggers) {
      scheduled_.push_back({.job_key = key,
                            .job_name = job.name,
                            .limits = {.max_concurrent_runs = job.max_concurrent_runs,
                                       .queueing = job.queue.enabled},
                            .trigger = std::move(trigger)});
    }
  }
}

std::optional<Micros> Scheduler::Tick(Micros now) {
  std::optional<Micros> next;
  for (Scheduled& scheduled : scheduled_) {
    if (!scheduled.next_look) continue;
    if (*scheduled.next_look <= now) {
      if (const Status done = TickOne(scheduled, now); !done) {
        if (events_.on_error) events_.on_error(scheduled.job_key, done.error());
        scheduled.next_look = now + kAfterError;
      }
    }
    if (scheduled.next_look && (!next || *scheduled.next_look < *next)) next = scheduled.next_look;
  }
  return next;
}

Status Scheduler::TickOne(Scheduled& scheduled, Micros now) {
  state::TriggerRow identity{.bundle = bundle_, .target = target_, .job_key = scheduled.job_key};
  identity.trigger_key = scheduled.trigger.key;
  const std::optional<state::TriggerRow> before = TRY(queue_.GetTrigger(identity));
  const TriggerDecision decision =
      TRY(Decide(scheduled.trigger, identity, before, now, rules_, probe_));
  scheduled.next_look = decision.next_look;
  if (!decision.fires) {
    if (decision.changed) TRY(queue_.PutTrigger(decision.row));
    return {};
  }
  state::QueuedRun run;
  run.bundle = bundle_;
  run.target = target_;
  run.job_key = scheduled.job_key;
  run.job_name = scheduled.job_name;
  run.trigger = TriggerTypeName(scheduled.trigger.kind);
  run.created = now;
  run.scheduled = *decision.fires;
  run.unattended = true;
  run.request = {
      {"deployed", true}, {"trigger_type", run.trigger}, {"trigger_time", *decision.fires / 1000}};
  if (!decision.details.empty()) run.request["trigger_details"] = decision.details;
  const std::optional<state::QueuedRun> fired =
      TRY(queue_.Fire(decision.row, std::move(run), scheduled.limits));
  // Nothing when another scheduler was first.
  if (fired && events_.on_fired) events_.on_fired(*fired);
  return {};
}

std::vector<int64_t> OverdueRuns(const std::vector<state::QueuedRun>& active, Micros now) {
  std::vector<int64_t> overdue;
  for (const state::QueuedRun& run : active) {
    const bool never_started = run.state == state::RunState::kQueued && run.record.is_null();
    if (never_started && run.unattended && now - run.created > kLongestQueueing)
      overdue.push_back(run.run_id);
  }
  return overdue;
}

std::vector<int64_t> ReadyRuns(
    const std::vector<state::QueuedRun>& active,
    const std::function<state::JobLimits(const state::QueuedRun& run)>& limits_of) {
  const auto job_of = [](const state::QueuedRun& run) {
    return fmt::format("{}/{}/{}", run.bundle, run.target, run.job_key);
  };
  std::map<std::string, int64_t> taken;  // Places of a job.
  for (const state::QueuedRun& run : active) {
    if (run.state == state::RunState::kRunning) ++taken[job_of(run)];
  }
  std::vector<int64_t> ready;
  for (const state::QueuedRun& run : active) {
    if (run.state != state::RunState::kQueued) continue;
    // One that somebody waits for takes its place too, but starts itself.
    const bool place = ++taken[job_of(run)] <= limits_of(run).max_concurrent_runs;
    if (place && run.unattended) ready.push_back(run.run_id);
  }
  return ready;
}

}  // namespace lakesmith::jobs
