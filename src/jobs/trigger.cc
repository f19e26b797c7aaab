#include "jobs/trigger.h"

#include <algorithm>

namespace lakesmith::jobs {
namespace {

constexpr Micros kSecond = 1'000'000;
constexpr Micros kContinuousPoll = kSecond;
constexpr Micros kFirstBackoff = 10 * kSecond;
constexpr int kMostDoublings = 8;  // About 43 minutes.

Micros PeriodOf(const bundle::PeriodicTrigger& periodic) {
  constexpr Micros kMinute = 60 * kSecond;
  constexpr Micros kDay = kMinute * 60 * 24;
  constexpr Micros kUnits[] = {kMinute, 60 * kMinute, kDay, 7 * kDay};
  return periodic.interval * kUnits[static_cast<size_t>(periodic.unit)];
}

bool IsPaused(const std::optional<bundle::PauseStatus>& status) {
  return status && *status == bundle::PauseStatus::kPaused;
}

Result<JobTrigger> CronTrigger(const bundle::CronSchedule& schedule) {
  JobTrigger trigger{.kind = JobTrigger::Kind::kCron, .paused = IsPaused(schedule.pause_status)};
  Result<bundle::QuartzCron> cron =
      bundle::QuartzCron::Parse(schedule.quartz_cron_expression.value);
  if (!cron) return std::move(cron).error().At(schedule.quartz_cron_expression.location);
  trigger.cron = *std::move(cron);
  Result<TimeZone> zone = TimeZone::Find(schedule.timezone_id.value);
  if (!zone) return std::move(zone).error().At(schedule.timezone_id.location);
  trigger.zone = *std::move(zone);
  trigger.definition =
      fmt::format("cron {} {}", schedule.quartz_cron_expression.value, schedule.timezone_id.value);
  return trigger;
}

JobTrigger ContinuousTrigger(const bundle::Continuous& continuous) {
  return {.kind = JobTrigger::Kind::kContinuous,
          .definition = "continuous " + continuous.task_retry_mode,
          .paused = IsPaused(continuous.pause_status)};
}

Result<JobTrigger> OtherTrigger(const bundle::Trigger& given) {
  if (given.schedule) return CronTrigger(*given.schedule);
  if (given.continuous) return ContinuousTrigger(*given.continuous);
  JobTrigger trigger;
  if (given.periodic) {
    trigger.kind = JobTrigger::Kind::kPeriodic;
    trigger.interval = PeriodOf(*given.periodic);
    trigger.definition = fmt::format("periodic {}", trigger.interval);
  } else if (given.file_arrival) {
    trigger.kind = JobTrigger::Kind::kFileArrival;
    trigger.url = given.file_arrival->url.value;
    trigger.least_between =
        given.file_arrival->min_time_between_triggers_seconds.value_or(0) * kSecond;
    trigger.wait_after_change =
        given.file_arrival->wait_after_last_change_seconds.value_or(0) * kSecond;
    trigger.definition = fmt::format("file_arrival {}", trigger.url);
  } else if (given.table_update) {
    trigger.kind = JobTrigger::Kind::kTableUpdate;
    trigger.tables = given.table_update->table_names;
    trigger.all_tables = given.table_update->condition == "ALL_UPDATED";
    trigger.least_between =
        given.table_update->min_time_between_triggers_seconds.value_or(0) * kSecond;
    trigger.wait_after_change =
        given.table_update->wait_after_last_change_seconds.value_or(0) * kSecond;
    trigger.definition = "table_update";
    for (const std::string& table : trigger.tables) trigger.definition += " " + table;
  } else {
    return Invalid("a trigger of no kind").At(given.location);
  }
  return trigger;
}

Status AddTrigger(std::vector<JobTrigger>& triggers, std::string key, Result<JobTrigger> made,
                  const std::optional<bundle::PauseStatus>& pause_status) {
  JobTrigger trigger = TRY(std::move(made));
  trigger.key = std::move(key);
  trigger.paused = trigger.paused || IsPaused(pause_status);
  if (trigger.paused) trigger.definition += " PAUSED";
  triggers.push_back(std::move(trigger));
  return {};
}

// Decides one look at one trigger that was seen before and is not paused.
class Look {
 public:
  Look(const JobTrigger& trigger, TriggerDecision& decision, Micros now, const TriggerRules& rules,
       TriggerProbe& probe)
      : trigger_(trigger), decision_(decision), now_(now), rules_(rules), probe_(probe) {}

  Status Run() {
    switch (trigger_.kind) {
      case JobTrigger::Kind::kCron:
        Cron();
        return {};
      case JobTrigger::Kind::kPeriodic:
        Periodic();
        return {};
      case JobTrigger::Kind::kFileArrival:
        return FileArrival();
      case JobTrigger::Kind::kTableUpdate:
        return TableUpdate();
      case JobTrigger::Kind::kContinuous:
        return ContinuousRun();
    }
    return {};
  }

  // What is remembered of the world when the trigger is first seen: nothing of it fires.
  Status Begin() {
    Json& memory = decision_.row.memory;
    if (trigger_.kind == JobTrigger::Kind::kFileArrival) {
      memory["files"] = TRY(SortedFiles());
    } else if (trigger_.kind == JobTrigger::Kind::kTableUpdate) {
      memory["fired"] = TRY(Versions());
      memory["seen"] = memory["fired"];
    }
    return {};
  }

 private:
  void Fire(Micros scheduled) {
    decision_.fires = scheduled;
    decision_.changed = true;
  }
  void MoveTo(Micros cursor) {
    decision_.row.cursor = cursor;
    decision_.changed = true;
  }

  void Cron() {
    Micros& cursor = decision_.row.cursor;
    std::optional<Micros> due = trigger_.cron->NextFire(cursor, trigger_.zone);
    if (due && *due <= now_) {
      // Of several missed ones the youngest counts; those beyond the grace need no look at all.
      std::optional<Micros> last;
      due =
          trigger_.cron->NextFire(std::max(cursor, now_ - rules_.misfire_grace - 1), trigger_.zone);
      while (due && *due <= now_) {
        last = due;
        due = trigger_.cron->NextFire(*due, trigger_.zone);
      }
      if (last) Fire(*last);
      MoveTo(last.value_or(now_));
    }
    decision_.next_look = due;
  }

  void Periodic() {
    const Micros cursor = decision_.row.cursor;
    const Micros periods = (now_ - cursor) / trigger_.interval;
    const Micros last = cursor + periods * trigger_.interval;
    if (periods > 0) {
      if (now_ - last <= rules_.misfire_grace) Fire(last);
      MoveTo(last);
    }
    decision_.next_look = last + trigger_.interval;
  }

  Result<std::vector<std::string>> SortedFiles() {
    std::vector<std::string> files = TRY(probe_.ListFiles(trigger_.url));
    std::ranges::sort(files);
    return files;
  }

  Status FileArrival() {
    const std::vector<std::string> files = TRY(SortedFiles());
    Json& memory = decision_.row.memory;
    const auto known = memory.value("files", std::vector<std::string>());
    std::vector<std::string> arrived;
    std::ranges::set_difference(files, known, std::back_inserter(arrived));
    if (files != known) {
      memory["files"] = files;
      decision_.changed = true;
    }
    if (!arrived.empty()) memory["changed"] = now_;
    FireAfterChange();
    if (decision_.fires) decision_.details["location"] = trigger_.url;
    return {};
  }

  Result<Json> Versions() {
    Json versions = Json::object();
    for (const std::string& table : trigger_.tables) {
      const auto commit = TRY(probe_.NewestCommit(table));
      versions[table] = commit ? commit->version : -1;
      if (commit) commit_times_[table] = commit->time;
    }
    return versions;
  }

  Status TableUpdate() {
    Json& memory = decision_.row.memory;
    const Json versions = TRY(Versions());
    if (versions != memory["seen"]) {
      memory["seen"] = versions;
      size_t updated = 0;
      for (const std::string& table : trigger_.tables) {
        if (versions[table] != memory["fired"].value(table, int64_t{-1})) ++updated;
      }
      decision_.changed = true;
      if (trigger_.all_tables ? updated == trigger_.tables.size() : updated > 0)
        memory["changed"] = now_;
    }
    const Json fired_before = memory["fired"];
    FireAfterChange();
    if (decision_.fires) {
      Json updated = Json::array();
      Json commits = Json::object();
      for (const std::string& table : trigger_.tables) {
        if (versions[table] == fired_before.value(table, int64_t{-1})) continue;
        updated.push_back(table);
        commits[table] = {{"version", versions[table]},
                          {"commit_timestamp", state::IsoTime(commit_times_[table])}};
      }
      decision_.details = {{"updated_tables", std::move(updated)}, {"tables", std::move(commits)}};
      memory["fired"] = versions;
    }
    return {};
  }

  // Fires when something has changed, has been quiet for long enough, and the last time is long
  // enough ago.
  void FireAfterChange() {
    Json& memory = decision_.row.memory;
    decision_.next_look = now_ + rules_.file_poll;
    if (!memory.contains("changed")) return;
    const Micros changed = memory["changed"].get<Micros>();
    const Micros ready = std::max(changed + trigger_.wait_after_change,
                                  memory.value("last_fired", Micros{0}) + trigger_.least_between);
    decision_.changed = true;
    if (now_ < ready) {
      decision_.next_look = std::min(*decision_.next_look, ready);
      return;
    }
    memory.erase("changed");
    memory["last_fired"] = now_;
    Fire(now_);
    MoveTo(now_);
  }

  Status ContinuousRun() {
    const TriggerProbe::Activity activity = TRY(probe_.ActivityOf(decision_.row.job_key));
    decision_.next_look = now_ + kContinuousPoll;
    if (activity.active) return {};
    if (activity.failures > 0) {
      const Micros wait = kFirstBackoff << std::min(activity.failures - 1, kMostDoublings);
      if (now_ < activity.last_end + wait) {
        decision_.next_look = activity.last_end + wait;
        return {};
      }
    }
    Fire(now_);
    MoveTo(now_);
    return {};
  }

  const JobTrigger& trigger_;
  TriggerDecision& decision_;
  const Micros now_;
  const TriggerRules& rules_;
  TriggerProbe& probe_;
  std::map<std::string, Micros> commit_times_;  // By table, of its newest commit.
};

}  // namespace

Result<std::vector<JobTrigger>> TriggersOf(const bundle::Job& job) {
  std::vector<JobTrigger> triggers;
  if (job.schedule) TRY(AddTrigger(triggers, "schedule", CronTrigger(*job.schedule), {}));
  if (job.trigger)
    TRY(AddTrigger(triggers, "trigger", OtherTrigger(*job.trigger), job.trigger->pause_status));
  if (job.continuous)
    TRY(AddTrigger(triggers, "continuous", ContinuousTrigger(*job.continuous), {}));
  for (size_t i = 0; i < job.triggers.size(); ++i) {
    TRY(AddTrigger(triggers, fmt::format("triggers[{}]", i), OtherTrigger(job.triggers[i]),
                   job.triggers[i].pause_status));
  }
  return triggers;
}

std::string_view TriggerTypeName(JobTrigger::Kind kind) {
  constexpr std::string_view kNames[] = {"periodic", "periodic", "file_arrival", "table",
                                         "continuous"};
  return kNames[static_cast<size_t>(kind)];
}

Result<TriggerDecision> Decide(const JobTrigger& trigger, const state::TriggerRow& identity,
                               const std::optional<state::TriggerRow>& before, Micros now,
                               const TriggerRules& rules, TriggerProbe& probe) {
  TriggerDecision decision;
  decision.row = before.value_or(identity);
  Look look(trigger, decision, now, rules, probe);
  if (!before || before->definition != trigger.definition) {
    decision.row.definition = trigger.definition;
    decision.row.cursor = now;
    decision.row.memory = Json::object();
    decision.changed = true;
    if (!trigger.paused) TRY(look.Begin());
  }
  if (trigger.paused) return decision;
  TRY(look.Run());
  return decision;
}

}  // namespace lakesmith::jobs
