#include "bundle/job_check.h"

#include <algorithm>
#include <set>

#include "base/json.h"
#include "base/time_zone.h"
#include "bundle/dynamic_check.h"
#include "bundle/notification_check.h"
#include "bundle/quartz.h"
#include "bundle/shape_check.h"

namespace lakesmith::bundle {
namespace {

constexpr size_t kMaxTasks = 1000;
constexpr size_t kMaxTags = 25;
constexpr int kMinimumSpacingSeconds = 10;
// The beginning of 2026: checks do not depend on the day they are made.
constexpr int64_t kReferenceMicros = int64_t{1'767'225'600} * 1'000'000;

class JobChecker {
 public:
  JobChecker(const Job& job, const Yaml& config, Diagnostics& diagnostics)
      : job_(job), diagnostics_(diagnostics) {
    tree_ = config.FindPath("resources.jobs." + job.key);
    for (const Task& task : job.tasks) task_keys_.push_back(task.task_key.value);
  }

  void Run() {
    CheckSize();
    CheckTriggers();
    CheckParameters();
    for (const Task& task : job_.tasks) CheckTask(task, false);
    CheckKeysOf("job_clusters", "job_cluster_key", "cluster");
    CheckKeysOf("environments", "environment_key", "environment");
    CheckCycle();
    if (tree_ != nullptr) CheckDynamicReferences(job_, *tree_, diagnostics_);
  }

 private:
  void AddError(const SourceLocation& place, std::string message) {
    diagnostics_.Add(Severity::kError, place, std::move(message));
  }

  void CheckSize() {
    if (job_.tasks.empty()) {
      diagnostics_.Add(Severity::kWarning, job_.location,
                       fmt::format("job '{}' has no tasks: a run of it does nothing", job_.key));
    }
    if (job_.tasks.size() > kMaxTasks) {
      AddError(job_.location, fmt::format("job '{}' has {} tasks, at most {} are allowed", job_.key,
                                          job_.tasks.size(), kMaxTasks));
    }
    if (job_.tags.size() > kMaxTags) {
      AddError(job_.location, fmt::format("job '{}' has {} tags, at most {} are allowed", job_.key,
                                          job_.tags.size(), kMaxTags));
    }
  }

  SourceLocation PlaceOf(std::string_view key) const {
    const YamlEntry* entry = tree_ == nullptr ? nullptr : tree_->FindEntry(key);
    return entry == nullptr ? job_.location : entry->key_location;
  }

  void CheckTriggers() {
    std::vector<std::string> given;
    if (job_.schedule) given.emplace_back("schedule");
    if (job_.trigger) given.emplace_back("trigger");
    if (job_.continuous) given.emplace_back("continuous");
    if (!job_.triggers.empty()) given.emplace_back("triggers");
    if (given.size() > 1) {
      AddError(PlaceOf(given[1]), fmt::format("job '{}' has '{}' and '{}'; several triggers go "
                                              "under 'triggers'",
                                              job_.key, given[0], given[1]));
      return;
    }
    if (job_.schedule) CheckSchedule(*job_.schedule);
    if (job_.trigger) CheckTrigger(*job_.trigger, false);
    for (const Trigger& trigger : job_.triggers) CheckTrigger(trigger, true);
  }

  void CheckTrigger(const Trigger& trigger, bool in_list) {
    int count = static_cast<int>(trigger.periodic.has_value()) +
                static_cast<int>(trigger.file_arrival.has_value()) +
                static_cast<int>(trigger.table_update.has_value());
    if (in_list) {
      count += static_cast<int>(trigger.schedule.has_value()) +
               static_cast<int>(trigger.continuous.has_value());
    } else if (trigger.schedule || trigger.continuous) {
      return AddError(trigger.location,
                      "'schedule' and 'continuous' stand in the job itself, not in "
                      "'trigger'");
    }
    if (trigger.schedule) CheckSchedule(*trigger.schedule);
    if (count != 1) {
      AddError(trigger.location,
               fmt::format("a trigger takes exactly one of {}'periodic', 'file_arrival' and "
                           "'table_update', this has {}",
                           in_list ? "'schedule', 'continuous', " : "", count));
    }
  }

  void CheckSchedule(const CronSchedule& schedule) {
    const LocatedText& expression = schedule.quartz_cron_expression;
    if (expression.empty()) return;
    const Result<QuartzCron> cron = QuartzCron::Parse(expression.value);
    if (!cron) return AddError(expression.location, cron.error().message());
    const Result<TimeZone> zone = TimeZone::Find(schedule.timezone_id.value);
    if (!zone) {
      return AddError(schedule.timezone_id.location, zone.error().message());
    }
    if (cron->MinimumSpacingSeconds() < kMinimumSpacingSeconds) {
      return AddError(expression.location, fmt::format("'{}' fires more often than every {} s",
                                                       expression.value, kMinimumSpacingSeconds));
    }
    const std::optional<int64_t> next = cron->NextFire(kReferenceMicros, *zone);
    if (!next) {
      return AddError(expression.location, fmt::format("'{}' never fires", expression.value));
    }
    if (cron->FiresAtNight() && ChangesClocks(*zone)) {
      diagnostics_.Add(
          Severity::kRecommendation, schedule.timezone_id.location,
          fmt::format("clocks in {} are changed at night, when this fires: use UTC, or "
                      "an hour of the day",
                      zone->name()));
    }
  }

  // Whether summer and winter of a recent year differ.
  static bool ChangesClocks(const TimeZone& zone) {
    constexpr int64_t kHalfYearMicros = int64_t{182} * 86'400 * 1'000'000;
    return zone.OffsetAt(kReferenceMicros) != zone.OffsetAt(kReferenceMicros + kHalfYearMicros);
  }

  void CheckParameters() {
    for (const JobParameter& parameter : job_.parameters) {
      const std::string& name = parameter.name.value;
      const bool valid = !name.empty() && std::ranges::all_of(name, [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.';
      });
      if (valid || parameter.name.location.line == 0) continue;
      AddError(
          parameter.name.location,
          fmt::format("parameter name '{}' may hold letters, digits, '_', '-' and '.' only", name));
    }
  }

  void CheckTask(const Task& task, bool nested) {
    CheckKind(task);
    if (!nested) {
      for (const Dependency& dependency : task.depends_on) CheckDependency(task, dependency);
    }
    if (task.sql_task) CheckSql(task);
    if (task.python_wheel_task && !task.python_wheel_task->parameters.empty() &&
        !task.python_wheel_task->named_parameters.empty()) {
      AddError(task.location,
               fmt::format("task '{}' has 'parameters' and 'named_parameters'; a wheel "
                           "task takes one of them",
                           task.task_key.value));
    }
    if (task.dbt_task) CheckDbt(task);
    for (const TaskLibrary& library : task.libraries) CheckLibrary(task, library);
    if (task.for_each_task) CheckForEach(task, nested);
  }

  void CheckKind(const Task& task) {
    if (task.kind == TaskKind::kNone) {
      AddError(task.location,
               fmt::format("task '{}' does nothing; give it one of notebook_task, sql_task, "
                           "pipeline_task, shell_task, ...",
                           task.task_key.value));
      return;
    }
    std::vector<std::string> kinds;
    if (task.notebook_task) kinds.emplace_back("notebook_task");
    if (task.sql_task) kinds.emplace_back("sql_task");
    if (task.spark_python_task) kinds.emplace_back("spark_python_task");
    if (task.python_wheel_task) kinds.emplace_back("python_wheel_task");
    if (task.pipeline_task) kinds.emplace_back("pipeline_task");
    if (task.run_job_task) kinds.emplace_back("run_job_task");
    if (task.condition_task) kinds.emplace_back("condition_task");
    if (task.for_each_task) kinds.emplace_back("for_each_task");
    if (task.dbt_task) kinds.emplace_back("dbt_task");
    if (task.shell_task) kinds.emplace_back("shell_task");
    if (kinds.size() < 2) return;
    AddError(task.location,
             fmt::format("task '{}' has '{}' and '{}'; a task does exactly one thing",
                         task.task_key.value, kinds[0], kinds[1]));
  }

  void CheckDependency(const Task& task, const Dependency& dependency) {
    const std::string& wanted = dependency.task_key.value;
    if (wanted.empty()) return;
    if (wanted == task.task_key.value) {
      return AddError(dependency.task_key.location,
                      fmt::format("task '{}' depends on itself", wanted));
    }
    const Task* found = job_.FindTask(wanted);
    if (found == nullptr) {
      return AddError(dependency.task_key.location,
                      fmt::format("task '{}' depends on '{}', which is no task of job '{}'{}",
                                  task.task_key.value, wanted, job_.key,
                                  DidYouMeanOrKnown(wanted, task_keys_)));
    }
    if (!dependency.outcome.empty() && found->kind != TaskKind::kCondition) {
      AddError(dependency.task_key.location,
               fmt::format("'outcome' needs a condition_task, '{}' is a {}", wanted,
                           TaskKindName(found->kind)));
    }
  }

  void CheckSql(const Task& task) {
    const SqlTask& sql = *task.sql_task;
    if (sql.file && sql.query) {
      AddError(task.location,
               fmt::format("sql_task of '{}' has 'file' and 'query'; it takes one of "
                           "them",
                           task.task_key.value));
    } else if (!sql.file && !sql.query) {
      AddError(task.location,
               fmt::format("sql_task of '{}' needs 'file' with a 'path'", task.task_key.value));
    } else if (sql.query && sql.query->query.empty()) {
      AddError(task.location,
               fmt::format("sql_task of '{}' names a saved query of a workspace, which "
                           "is not here; put the text into a file, or under "
                           "'query.query'",
                           task.task_key.value));
    }
  }

  void CheckLibrary(const Task& task, const TaskLibrary& library) {
    const int kinds = static_cast<int>(library.pypi.has_value()) +
                      static_cast<int>(!library.whl.empty()) +
                      static_cast<int>(!library.requirements.empty());
    if (kinds < 2) return;
    AddError(library.whl.empty() ? task.location : library.whl.location,
             fmt::format("an entry of 'libraries' of task '{}' has several of 'pypi', 'whl' and "
                         "'requirements'; give each an entry of its own",
                         task.task_key.value));
  }

  void CheckDbt(const Task& task) {
    bool sound = true;
    for (const std::string& command : task.dbt_task->commands) {
      if (command == "dbt" || command.starts_with("dbt ")) continue;
      sound = false;
      AddError(task.location, fmt::format("command '{}' of task '{}' must begin with 'dbt'",
                                          command, task.task_key.value));
    }
    if (!sound) return;
    diagnostics_.Add(Severity::kWarning, task.location,
                     fmt::format("task '{}' fails when run: dbt has no adapter for the embedded "
                                 "engine; write its models as a pipeline, or run a dbt project of "
                                 "another database by a shell_task",
                                 task.task_key.value));
  }

  void CheckForEach(const Task& task, bool nested) {
    const ForEachTask& loop = *task.for_each_task;
    if (nested) {
      return AddError(task.location, "a for_each_task cannot hold another for_each_task");
    }
    const std::string& inputs = loop.inputs.value;
    if (!inputs.empty() && inputs.find("{{") == std::string::npos) {
      const Result<Json> array = ParseJson(inputs);
      if (!array || !array->is_array()) {
        AddError(
            loop.inputs.location,
            fmt::format("'inputs' must be a JSON array or a {{{{reference}}}} to one, this is '{}'",
                        inputs));
      }
    }
    if (loop.task) CheckTask(*loop.task, true);
  }

  // A task that names a part of the job, such as a cluster, must name one that is there.
  void CheckKeysOf(const char* list, const char* key_name, const char* what) {
    if (tree_ == nullptr) return;
    std::vector<std::string> defined;
    const Yaml* parts = tree_->Find(list);
    for (const Yaml& part : parts == nullptr ? std::vector<Yaml>() : parts->items()) {
      const Yaml* key = part.Find(key_name);
      if (key != nullptr && key->is_scalar()) defined.push_back(key->text());
    }
    const Yaml* tasks = tree_->Find("tasks");
    for (const Yaml& task : tasks == nullptr ? std::vector<Yaml>() : tasks->items()) {
      const Yaml* key = task.Find(key_name);
      if (key == nullptr) key = task.FindPath(fmt::format("for_each_task.task.{}", key_name));
      if (key == nullptr || !key->is_scalar() || key->is_null()) continue;
      if (std::ranges::find(defined, key->text()) != defined.end()) continue;
      AddError(key->location(),
               fmt::format("{} '{}' is not in '{}' of job '{}'{}", what, key->text(), list,
                           job_.key, DidYouMeanOrKnown(key->text(), defined)));
    }
  }

  void CheckCycle() {
    std::set<std::string> done;
    for (const Task& task : job_.tasks) {
      std::vector<const Task*> path;
      if (FindCycle(task, path, done)) return;
    }
  }

  bool FindCycle(const Task& task, std::vector<const Task*>& path, std::set<std::string>& done) {
    if (const auto begin = std::ranges::find(path, &task); begin != path.end()) {
      std::string chain;
      for (auto step = begin; step != path.end(); ++step) chain += (*step)->task_key.value + " -> ";
      if (path.end() - begin > 1) {  // A task on itself is told already.
        AddError(
            (*begin)->task_key.location,
            fmt::format("tasks depend on each other in a cycle: {}{}", chain, task.task_key.value));
      }
      return true;
    }
    if (!done.insert(task.task_key.value).second) return false;
    path.push_back(&task);
    for (const Dependency& dependency : task.depends_on) {
      const Task* next = job_.FindTask(dependency.task_key.value);
      if (next != nullptr && FindCycle(*next, path, done)) return true;
    }
    path.pop_back();
    return false;
  }

  const Job& job_;
  Diagnostics& diagnostics_;
  const Yaml* tree_ = nullptr;
  std::vector<std::string> task_keys_;
};

}  // namespace

void CheckJob(const Job& job, const Yaml& config, Diagnostics& diagnostics) {
  JobChecker(job, config, diagnostics).Run();
  CheckNotifications(job, config, diagnostics);
}

}  // namespace lakesmith::bundle
