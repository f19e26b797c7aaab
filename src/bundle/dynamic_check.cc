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
      for (const DynamicReference& reference : FindDynamicReferences(value.text())) {
        Check(reference.path, value.location(), in_loop);
      }
    }
    for (const Yaml& item : value.items()) Visit(item, in_loop);
    for (const YamlEntry& entry : value.entries()) {
      Visit(entry.value, in_loop || entry.key == "for_each_task");
    }
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
