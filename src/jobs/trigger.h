#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time_zone.h"
#include "bundle/quartz.h"
#include "bundle/resources.h"
#include "state/run_queue.h"

namespace lakesmith::jobs {

using state::Micros;

// One trigger of a job, ready to be asked when it fires.
struct JobTrigger {
  enum class Kind { kCron, kPeriodic, kFileArrival, kTableUpdate, kContinuous };

  Kind kind = Kind::kCron;
  std::string key;         // "schedule", "trigger", "continuous", "triggers[0]".
  std::string definition;  // All of its settings: a trigger whose settings change begins anew.
  bool paused = false;
  // kCron.
  std::optional<bundle::QuartzCron> cron;
  TimeZone zone;
  // kPeriodic.
  Micros interval = 0;
  // kFileArrival and kTableUpdate.
  std::string url;
  std::vector<std::string> tables;
  bool all_tables = false;
  Micros least_between = 0;
  Micros wait_after_change = 0;
  // kContinuous.
  bool retry_at_once = false;
};

// The triggers of a job. Errors: kInvalid for an expression or time zone that is none.
Result<std::vector<JobTrigger>> TriggersOf(const bundle::Job& job);

// "periodic", "file_arrival", "table", "continuous": as {{job.trigger.type}} says.
std::string_view TriggerTypeName(JobTrigger::Kind kind);

// What a trigger looks at outside. Called by one thread.
class TriggerProbe {
 public:
  virtual ~TriggerProbe() = default;
  // Files below a folder, recursively, in any order. Errors: kUnsupported for a place that cannot
  // be watched; kNotFound.
  virtual Result<std::vector<std::string>> ListFiles(const std::string& url) = 0;
  // The newest commit of a table; nothing while it does not exist.
  struct TableCommit {
    int64_t version = 0;
    Micros time = 0;
  };
  virtual Result<std::optional<TableCommit>> NewestCommit(const std::string& table) = 0;
  // What a continuous job does: whether a run of it waits or runs, how many in a row have failed,
  // and when the last one ended.
  struct Activity {
    bool active = false;
    int failures = 0;
    Micros last_end = 0;
  };
  virtual Result<Activity> ActivityOf(const std::string& job_key) = 0;
};

struct TriggerDecision {
  state::TriggerRow row;            // As it is after the decision.
  bool changed = false;             // The row is to be written.
  std::optional<Micros> fires;      // The instant that the run is for.
  std::optional<Micros> next_look;  // When there is something to decide next; nothing: never.
  Json details = Json::object();    // Of the run: RunOptions::trigger_details.
};

struct TriggerRules {
  // The youngest fire time that was missed while nobody looked is made up for when it is at most
  // this old; older ones are left out. Source: compatibility notes, section 6.
  Micros misfire_grace = 300'000'000;
  Micros file_poll = 10'000'000;
};

// Whether a trigger fires at `now`. Pure but for the probe: times come from outside, so that tests
// live through years in seconds. `before` is what was remembered, nothing for a trigger that was
// never seen; a trigger begins to count when it is first seen.
Result<TriggerDecision> Decide(const JobTrigger& trigger, const state::TriggerRow& identity,
                               const std::optional<state::TriggerRow>& before, Micros now,
                               const TriggerRules& rules, TriggerProbe& probe);

}  // namespace lakesmith::jobs
