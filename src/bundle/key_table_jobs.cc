#include "bundle/decode.h"
#include "bundle/key_table.h"

// Keys of jobs, their triggers and notices. Source: compatibility notes, sections 4, 6 and 8.
namespace lakesmith::bundle {

template <>
std::vector<Field> FieldsOf<Job>() {
  std::vector<Field> fields = {
      Key<&Job::name>("name", "Shown name."),
      Key<&Job::description>("description", "Shown in lists."),
      Key<&Job::tags>("tags", "Labels."),
      Key<&Job::tasks>("tasks", "What the job does.").FoldBy("task_key"),
      Key<&Job::parameters>("parameters", "Parameters of a run.").FoldBy("name"),
      Key<&Job::schedule>("schedule", "A Quartz cron schedule."),
      Key<&Job::trigger>("trigger", "A trigger of another kind."),
      Key<&Job::continuous>("continuous", "Always exactly one run."),
      Key<&Job::triggers>("triggers", "Several triggers."),
      Key<&Job::max_concurrent_runs>("max_concurrent_runs", "Runs at a time; 0 skips every run.")
          .Between(0, 2000),
      Key<&Job::queue>("queue", "What happens to a run that is one too many."),
      Key<&Job::timeout_seconds>("timeout_seconds", "Limit of a whole run; 0 is none.").AtLeast(0),
      Key<&Job::health>("health", "Rules that warn."),
      Key<&Job::email_notifications>("email_notifications", "Who gets mail, by event."),
      Key<&Job::webhook_notifications>("webhook_notifications", "Who is called, by event."),
      Key<&Job::notification_settings>("notification_settings", "What is not told."),
      Key<&Job::lifecycle>("lifecycle", "Protection from deletion."),
      Unbound<RunAs>("run_as", "Whose rights the job has."),
      Unbound<AnyValue>("permissions", "Who may do what."),
      Key<&Job::environments>("environments", "Packages that Python tasks share.")
          .FoldBy("environment_key"),
      Unbound<std::vector<AnyValue>>("job_clusters", "Clusters of a workspace: without effect.")
          .FoldBy("job_cluster_key")
          .Ignored()};
  for (const char* name :
       {"git_source", "budget_policy_id", "usage_policy_id", "performance_target", "parent_path",
        "edit_mode", "format", "deployment", "access_control_list"}) {
    fields.push_back(Unbound<AnyValue>(name, "Without effect here.").Ignored());
  }
  return fields;
}

template <>
std::vector<Field> FieldsOf<JobParameter>() {
  return {Key<&JobParameter::name>("name", "Letters, digits, '_', '-' and '.'.").Required(),
          Key<&JobParameter::default_value>("default", "Value without an override.").Required()};
}

template <>
std::vector<Field> FieldsOf<Queue>() {
  return {Key<&Queue::enabled>("enabled", "Whether it waits instead of being skipped.")};
}

template <>
std::vector<Field> FieldsOf<Lifecycle>() {
  return {Key<&Lifecycle::prevent_destroy>("prevent_destroy", "A plan that deletes it fails."),
          Unbound<AnyValue>("started", "Without effect here.").Ignored()};
}

template <>
std::vector<Field> FieldsOf<CronSchedule>() {
  return {Key<&CronSchedule::quartz_cron_expression>("quartz_cron_expression",
                                                     "Six or seven fields, seconds first.")
              .Required(),
          Key<&CronSchedule::timezone_id>("timezone_id", "An IANA time zone.").Required(),
          Key<&CronSchedule::pause_status>("pause_status", "Whether it fires.")};
}

template <>
std::vector<Field> FieldsOf<Trigger>() {
  return {Key<&Trigger::pause_status>("pause_status", "Whether it fires."),
          Key<&Trigger::schedule>("schedule", "A Quartz cron schedule; in 'triggers' only."),
          Key<&Trigger::periodic>("periodic", "Fires at an interval."),
          Key<&Trigger::file_arrival>("file_arrival", "Fires when files come."),
          Key<&Trigger::table_update>("table_update", "Fires when tables change."),
          Key<&Trigger::continuous>("continuous", "Always one run; in 'triggers' only."),
          Unbound<AnyValue>("model", "Without effect here.").Ignored()};
}

template <>
std::vector<Field> FieldsOf<PeriodicTrigger>() {
  return {Key<&PeriodicTrigger::interval>("interval", "How many units.").Required().AtLeast(1),
          Key<&PeriodicTrigger::unit>("unit", "The unit.").Required()};
}

template <>
std::vector<Field> FieldsOf<FileArrivalTrigger>() {
  return {Key<&FileArrivalTrigger::url>("url", "The folder to watch.").Required(),
          Key<&FileArrivalTrigger::min_time_between_triggers_seconds>(
              "min_time_between_triggers_seconds", "At most one run in this time.")
              .AtLeast(60),
          Key<&FileArrivalTrigger::wait_after_last_change_seconds>("wait_after_last_change_seconds",
                                                                   "Quiet time before a run.")
              .AtLeast(60)};
}

template <>
std::vector<Field> FieldsOf<TableUpdateTrigger>() {
  return {Key<&TableUpdateTrigger::table_names>("table_names", "At most ten tables.").Required(),
          Key<&TableUpdateTrigger::condition>("condition", "Whether one or all must change.")
              .OneOf({"ANY_UPDATED", "ALL_UPDATED"}),
          Key<&TableUpdateTrigger::min_time_between_triggers_seconds>(
              "min_time_between_triggers_seconds", "At most one run in this time.")
              .AtLeast(60),
          Key<&TableUpdateTrigger::wait_after_last_change_seconds>("wait_after_last_change_seconds",
                                                                   "Quiet time before a run.")
              .AtLeast(60)};
}

template <>
std::vector<Field> FieldsOf<Continuous>() {
  return {Key<&Continuous::pause_status>("pause_status", "Whether it runs."),
          Key<&Continuous::task_retry_mode>("task_retry_mode", "Whether tasks are retried.")
              .OneOf({"NEVER", "ON_FAILURE"})};
}

template <>
std::vector<Field> FieldsOf<Health>() {
  return {Key<&Health::rules>("rules", "Each warns when it holds.").Required()};
}

template <>
std::vector<Field> FieldsOf<HealthRule>() {
  return {
      Key<&HealthRule::metric>("metric", "What is measured.")
          .Required()
          .OneOf({"RUN_DURATION_SECONDS", "STREAMING_BACKLOG_BYTES", "STREAMING_BACKLOG_RECORDS",
                  "STREAMING_BACKLOG_SECONDS", "STREAMING_BACKLOG_FILES"}),
      Key<&HealthRule::op>("op", "The comparison.").Required().OneOf({"GREATER_THAN"}),
      Key<&HealthRule::value>("value", "The threshold.").Required()};
}

template <>
std::vector<Field> FieldsOf<EmailNotifications>() {
  using Mail = EmailNotifications;
  return {Key<&Mail::on_start>("on_start", "When a run starts."),
          Key<&Mail::on_success>("on_success", "When it succeeds."),
          Key<&Mail::on_failure>("on_failure", "When it fails."),
          Key<&Mail::on_duration_warning_threshold_exceeded>(
              "on_duration_warning_threshold_exceeded", "When it takes too long."),
          Key<&Mail::on_streaming_backlog_exceeded>("on_streaming_backlog_exceeded",
                                                    "When a stream lags behind."),
          Key<&Mail::no_alert_for_skipped_runs>("no_alert_for_skipped_runs",
                                                "Old place of the notification setting.")};
}

template <>
std::vector<Field> FieldsOf<WebhookNotifications>() {
  using Hooks = WebhookNotifications;
  return {Key<&Hooks::on_start>("on_start", "When a run starts."),
          Key<&Hooks::on_success>("on_success", "When it succeeds."),
          Key<&Hooks::on_failure>("on_failure", "When it fails."),
          Key<&Hooks::on_duration_warning_threshold_exceeded>(
              "on_duration_warning_threshold_exceeded", "When it takes too long."),
          Key<&Hooks::on_streaming_backlog_exceeded>("on_streaming_backlog_exceeded",
                                                     "When a stream lags behind.")};
}

template <>
std::vector<Field> FieldsOf<WebhookReference>() {
  return {Key<&WebhookReference::id>("id", "A notification destination.").Required()};
}

template <>
std::vector<Field> FieldsOf<NotificationSettings>() {
  using Settings = NotificationSettings;
  return {Key<&Settings::no_alert_for_skipped_runs>("no_alert_for_skipped_runs",
                                                    "Skipped runs are not told."),
          Key<&Settings::no_alert_for_canceled_runs>("no_alert_for_canceled_runs",
                                                     "Canceled runs are not told."),
          Key<&Settings::alert_on_last_attempt>("alert_on_last_attempt",
                                                "Of tasks: start of the first and failure of the "
                                                "last attempt only.")};
}

}  // namespace lakesmith::bundle
