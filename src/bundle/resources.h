#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/yaml.h"
#include "bundle/task.h"

// Typed, resolved resources of one target of a bundle. Field names are those of the YAML files;
// what each means is said in key_table*.cc, the one table that drives loading, checks and the JSON
// schema.
namespace lakesmith::bundle {

enum class PauseStatus { kUnpaused, kPaused };

struct CronSchedule {
  LocatedText quartz_cron_expression;
  LocatedText timezone_id;
  std::optional<PauseStatus> pause_status;
};

enum class PeriodUnit { kMinutes, kHours, kDays, kWeeks };

struct PeriodicTrigger {
  int64_t interval = 0;
  PeriodUnit unit = PeriodUnit::kHours;
};

struct FileArrivalTrigger {
  LocatedText url;
  std::optional<int64_t> min_time_between_triggers_seconds;
  std::optional<int64_t> wait_after_last_change_seconds;
};

struct TableUpdateTrigger {
  std::vector<std::string> table_names;
  std::string condition = "ANY_UPDATED";
  std::optional<int64_t> min_time_between_triggers_seconds;
  std::optional<int64_t> wait_after_last_change_seconds;
};

struct Continuous {
  std::optional<PauseStatus> pause_status;
  std::string task_retry_mode = "NEVER";
};

struct Trigger {
  SourceLocation location;
  std::optional<PauseStatus> pause_status;
  std::optional<CronSchedule> schedule;  // In `triggers` only.
  std::optional<PeriodicTrigger> periodic;
  std::optional<FileArrivalTrigger> file_arrival;
  std::optional<TableUpdateTrigger> table_update;
  std::optional<Continuous> continuous;  // In `triggers` only.
};

struct JobParameter {
  SourceLocation location;
  LocatedText name;
  std::string default_value;  // Key `default`.
};

struct Queue {
  bool enabled = true;
};

struct Lifecycle {
  bool prevent_destroy = false;
};

struct Job {
  std::string key;  // Under resources.jobs.
  SourceLocation location;
  std::string name = "Untitled";
  std::string description;
  TextMap tags;
  std::vector<Task> tasks;  // Sorted by task key.
  std::vector<JobParameter> parameters;
  std::optional<CronSchedule> schedule;
  std::optional<Trigger> trigger;
  std::optional<Continuous> continuous;
  std::vector<Trigger> triggers;
  int64_t max_concurrent_runs = 1;
  Queue queue;
  int64_t timeout_seconds = 0;
  std::optional<Health> health;
  EmailNotifications email_notifications;
  WebhookNotifications webhook_notifications;
  NotificationSettings notification_settings;
  std::vector<JobEnvironment> environments;
  Lifecycle lifecycle;

  const Task* FindTask(std::string_view task_key) const;
};

struct LibraryGlob {
  LocatedText include;
};

struct LibraryFile {
  LocatedText path;
};

// One entry of a pipeline's `libraries`: exactly one of them.
struct PipelineLibrary {
  std::optional<LibraryGlob> glob;
  std::optional<LibraryFile> file;
  std::optional<LibraryFile> notebook;
};

struct Pipeline {
  std::string key;  // Under resources.pipelines.
  SourceLocation location;
  std::string name;
  std::string catalog;
  std::string schema;
  std::vector<PipelineLibrary> libraries;
  // Files of `libraries` (globs, files, notebooks), expanded, relative to the bundle root, each
  // once.
  std::vector<LocatedText> source_files;
  LocatedText root_path;
  TextMap configuration;
  TextMap parameters;
  bool continuous = false;
  bool development = false;
  LocatedText storage;
  std::string edition;
  std::string channel;
  bool allow_duplicate_names = false;
  bool cascade_on_destroy = true;
  TextMap tags;
  Lifecycle lifecycle;
};

struct Schema {
  std::string key;
  SourceLocation location;
  std::string catalog_name;
  std::string name;
  std::string comment;
  LocatedText storage_root;
  TextMap properties;
  Lifecycle lifecycle;
};

struct Volume {
  std::string key;
  SourceLocation location;
  std::string catalog_name;
  std::string schema_name;
  std::string name;
  std::string comment;
  std::string volume_type = "MANAGED";
  LocatedText storage_location;
  Lifecycle lifecycle;
};

struct SecretScope {
  std::string key;
  SourceLocation location;
  std::string name;
};

struct Script {
  std::string key;
  SourceLocation location;
  LocatedText content;
  TextMap env;
};

// Whose rights a job or pipeline has: shown, without effect on one machine.
struct RunAs {
  std::string user_name;
  std::string service_principal_name;
};

// Changes to all resources of a target. Source: compatibility notes, section 3.
struct Presets {
  std::string name_prefix;
  TextMap tags;
  std::optional<int64_t> jobs_max_concurrent_runs;
  std::optional<PauseStatus> trigger_pause_status;
  std::optional<bool> pipelines_development;
};

struct Workspace {
  std::string host;
  std::string root_path;
  std::string file_path;
  std::string resource_path;
  std::string artifact_path;
  std::string state_path;
};

// One entry of `variables` with the value chosen for this target.
struct Variable {
  std::string name;
  std::string description;
  Yaml value;
  std::string origin;  // "--var", "BUNDLE_VAR_x", "default", "lookup", or the overrides file.
};

}  // namespace lakesmith::bundle
