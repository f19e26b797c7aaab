#include "bundle/dynamic_check.h"

#include <algorithm>
#include <set>

#include "bundle/dynamic_reference.h"
#include "bundle/shape_check.h"

namespace lakesmith::bundle {
namespace {

class DynamicChecker {
 public:
  DynamicChecker(const Job& job, Diagnostics& diagnostics) : job_(job), diagnostics_(diagnostics) {
    for (const Task& task : job.tasks) task_keys_.push_back(task.task_key.value);
    for (const JobParameter& parameter : job.parameters) {
      parameters_.push_back(parameter.name.value);
    }
  }

  void CheckTask(const Yaml& tree) {
    const Yaml* key = tree.Find("task_key");
    task_ = key != nullptr && key->is_scalar() ? job_.FindTask(key->text()) : nullptr;
    Visit(tree, false);
  }

 private:
  void Visit(const Yaml& value, bool in_loop) {
    if (value.is_string()) {
      if (value.text().find("{{secrets/") != std::string::npos) WarnOfSecret(value);
      for (const DynamicReference& reference : FindDynamicReferences(value.text())) {
        Check(reference.path, value.location(), in_loop);
      }
    }
    for (const Yaml& item : value.items()) Visit(item, in_loop);
    for (const YamlEntry& entry : value.entries()) {
      if (entry.key == "shell_task") {
        VisitShell(entry.value, in_loop);
      } else if (entry.key != "new_cluster") {
        Visit(entry.value, in_loop || entry.key == "for_each_task");
      }
    }
  }

  // Its variables of the environment take secrets.
  void VisitShell(const Yaml& shell, bool in_loop) {
    for (const YamlEntry& entry : shell.entries()) {
      if (entry.key != "env") Visit(entry.value, in_loop);
    }
    const Yaml* env = shell.Find("env");
    for (const YamlEntry& variable : env == nullptr ? std::vector<YamlEntry>() : env->entries()) {
      const bool is_secret = variable.value.is_string() &&
                             variable.value.text().find("{{secrets/") != std::string::npos;
      if (!is_secret) Visit(variable.value, in_loop);
    }
  }

  void WarnOfSecret(const Yaml& value) {
    diagnostics_.Add(Severity::kWarning, value.location(),
                     "a secret is not filled in here, the text stays as it is; 'env' of a "
                     "shell_task takes it, notebooks have dbutils.secrets.get, SQL has secret()");
  }

  void Check(const std::vector<std::string>& path, const SourceLocation& place, bool in_loop) {
    const std::string text = DynamicReferenceText(path);
    if (path[0] == "job") return CheckJob(path, text, place);
    if (path[0] == "tasks") return CheckOther(path, text, place);
    if (path[0] == "task") {
      CheckStep(path, 1, {"name", "run_id", "execution_count", "notebook_path"}, text, place);
      return;
    }
    if (path[0] == "input" && !in_loop) {
      AddError(place, fmt::format("{} has a value inside a for_each_task only", text));
    }
    if (path[0] == "backfill") CheckStep(path, 1, TimeParts(), text, place);
    if (path[0] == "workspace") CheckStep(path, 1, {"id", "url"}, text, place);
    if (path.size() == 1 && path[0] != "input" && path[0] != "backfill") {
      diagnostics_.Add(
          Severity::kWarning, place,
          fmt::format("{} is an old spelling; see {{{{job.*}}}} and {{{{task.*}}}}", text));
    }
  }

  void CheckJob(const std::vector<std::string>& path, const std::string& text,
                const SourceLocation& place) {
    const std::vector<std::string> steps = {"id",         "name",       "run_id", "repair_count",
                                            "parameters", "start_time", "trigger"};
    if (!CheckStep(path, 1, steps, text, place)) return;
    if (path[1] == "parameters") CheckStep(path, 2, parameters_, text, place);
    if (path[1] == "start_time") CheckStep(path, 2, TimeParts(), text, place);
    if (path[1] != "trigger") return;
    if (!CheckStep(path, 2, {"type", "time", "file_arrival", "table_update"}, text, place)) return;
    if (path[2] == "time") CheckStep(path, 3, TimeParts(), text, place);
    if (path[2] == "file_arrival") CheckStep(path, 3, {"location"}, text, place);
    if (path[2] == "table_update") CheckTableUpdate(path, text, place);
  }

  // `updated_tables`, or a table of the trigger, whose name may have dots, with a field.
  void CheckTableUpdate(const std::vector<std::string>& path, const std::string& text,
                        const SourceLocation& place) {
    if (path.size() < 5) {
      CheckStep(path, 3, {"updated_tables"}, text, place);
      return;
    }
    CheckStep(path, path.size() - 1, {"version", "commit_timestamp"}, text, place);
    std::string table = path[3];
    for (size_t i = 4; i + 1 < path.size(); ++i) table += "." + path[i];
    std::vector<std::string> tables;
    const auto add = [&](const std::optional<TableUpdateTrigger>& update) {
      if (update)
        tables.insert(tables.end(), update->table_names.begin(), update->table_names.end());
    };
    if (job_.trigger) add(job_.trigger->table_update);
    for (const Trigger& trigger : job_.triggers) add(trigger.table_update);
    if (std::ranges::find(tables, table) != tables.end()) return;
    AddError(place, fmt::format("{}: '{}' is no table of a table_update trigger of the job{}", text,
                                table, DidYouMeanOrKnown(table, tables)));
  }

  void CheckOther(const std::vector<std::string>& path, const std::string& text,
                  const SourceLocation& place) {
    if (!CheckStep(path, 1, task_keys_, text, place)) return;
    const std::vector<std::string> steps = {"values",       "output", "result_state",
                                            "error_code",   "run_id", "execution_count",
                                            "notebook_path"};
    if (!CheckStep(path, 2, steps, text, place)) return;
    if (task_ == nullptr || IsBefore(path[1])) return;
    AddError(place, fmt::format("{}: task '{}' does not come before '{}'; add it to 'depends_on'",
                                text, path[1], task_->task_key.value));
  }

  // Whether the step is there and one of `known`.
  bool CheckStep(const std::vector<std::string>& path, size_t step,
                 const std::vector<std::string>& known, const std::string& text,
                 const SourceLocation& place) {
    const std::string found = step < path.size() ? path[step] : "";
    if (std::ranges::find(known, found) != known.end()) return true;
    if (found.empty()) {
      AddError(place, fmt::format("{} is not complete{}", text, DidYouMeanOrKnown("", known)));
    } else {
      AddError(place,
               fmt::format("{}: '{}' is unknown{}", text, found, DidYouMeanOrKnown(found, known)));
    }
    return false;
  }

  bool IsBefore(const std::string& key) const {
    std::set<std::string> seen;
    std::vector<const Task*> open = {task_};
    while (!open.empty()) {
      const Task* task = open.back();
      open.pop_back();
      for (const Dependency& dependency : task->depends_on) {
        if (dependency.task_key.value == key) return true;
        const Task* next = job_.FindTask(dependency.task_key.value);
        if (next != nullptr && seen.insert(dependency.task_key.value).second) open.push_back(next);
      }
    }
    return false;
  }

  void AddError(const SourceLocation& place, std::string message) {
    diagnostics_.Add(Severity::kError, place, std::move(message));
  }

  const Job& job_;
  Diagnostics& diagnostics_;
  const Task* task_ = nullptr;
  std::vector<std::string> task_keys_;
  std::vector<std::string> parameters_;
};

}  // namespace

void CheckDynamicReferences(const Job& job, const Yaml& tree, Diagnostics& diagnostics) {
  const Yaml* tasks = tree.Find("tasks");
  if (tasks == nullptr) return;
  DynamicChecker checker(job, diagnostics);
  for (const Yaml& task : tasks->items()) checker.CheckTask(task);
}

}  // namespace lakesmith::bundle
