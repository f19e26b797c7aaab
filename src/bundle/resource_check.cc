#include "bundle/resource_check.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "bundle/job_check.h"
#include "bundle/shape_check.h"

namespace lakesmith::bundle {
namespace {

template <typename T>
std::vector<std::string> KeysOf(const std::map<std::string, T>& resources) {
  std::vector<std::string> keys;
  keys.reserve(resources.size());
  for (const auto& [key, resource] : resources) keys.push_back(key);
  return keys;
}

// Ids that a workspace gives are numbers and UUIDs.
bool IsWorkspaceId(const std::string& text) {
  const bool begins_so = std::isdigit(static_cast<unsigned char>(text[0])) != 0;
  return begins_so && text.find_first_not_of("0123456789abcdefABCDEF-") == std::string::npos;
}

// A name of a resource of the bundle, as a reference to its id left it.
template <typename T>
void CheckResourceName(const LocatedText& name, std::string_view kind, std::string_view field,
                       const std::map<std::string, T>& resources, Diagnostics& diagnostics) {
  if (name.empty() || resources.contains(name.value)) return;
  if (name.value.find("{{") != std::string::npos) return;
  if (IsWorkspaceId(name.value)) {
    diagnostics.Add(
        Severity::kWarning, name.location,
        fmt::format("{} '{}' is an id of a workspace, which is not here: the task fails "
                    "when run; write ${{resources.{}s.KEY.id}}",
                    field, name.value, kind));
    return;
  }
  diagnostics.Add(
      Severity::kError, name.location,
      fmt::format("{} '{}' is no {} of this bundle; write ${{resources.{}s.KEY.id}}{}", field,
                  name.value, kind, kind, DidYouMeanOrKnown(name.value, KeysOf(resources))));
}

void CheckTaskTargets(const Task& task, const Bundle& bundle, Diagnostics& diagnostics) {
  if (task.pipeline_task) {
    CheckResourceName(task.pipeline_task->pipeline_id, "pipeline", "pipeline_id", bundle.pipelines,
                      diagnostics);
  }
  if (task.run_job_task) {
    CheckResourceName(task.run_job_task->job_id, "job", "job_id", bundle.jobs, diagnostics);
  }
  if (task.for_each_task && task.for_each_task->task) {
    CheckTaskTargets(*task.for_each_task->task, bundle, diagnostics);
  }
}

const RunJobTask* NestedJob(const Task& task) {
  if (task.run_job_task) return &*task.run_job_task;
  if (task.for_each_task && task.for_each_task->task) return NestedJob(*task.for_each_task->task);
  return nullptr;
}

// Whether running `key` would run `key` again; `path` collects the jobs on the way.
bool FindJobCycle(const Bundle& bundle, const std::string& key, std::vector<std::string>& path,
                  std::set<std::string>& done, const LocatedText** place) {
  if (std::ranges::find(path, key) != path.end()) {
    path.push_back(key);
    return true;
  }
  const auto job = bundle.jobs.find(key);
  if (job == bundle.jobs.end() || !done.insert(key).second) return false;
  path.push_back(key);
  for (const Task& task : job->second.tasks) {
    const RunJobTask* nested = NestedJob(task);
    if (nested == nullptr) continue;
    *place = &nested->job_id;
    if (FindJobCycle(bundle, nested->job_id.value, path, done, place)) return true;
  }
  path.pop_back();
  return false;
}

void CheckJobCycles(const Bundle& bundle, Diagnostics& diagnostics) {
  std::set<std::string> done;
  for (const auto& [key, job] : bundle.jobs) {
    std::vector<std::string> path;
    const LocatedText* place = nullptr;
    if (!FindJobCycle(bundle, key, path, done, &place)) continue;
    std::string chain;
    for (auto step = std::ranges::find(path, path.back()); step != path.end(); ++step) {
      chain += (chain.empty() ? "" : " -> ") + *step;
    }
    diagnostics.Add(Severity::kError, place->location,
                    fmt::format("jobs run each other in a cycle: {}", chain));
  }
}

void CheckLibrary(const PipelineLibrary& library, const Pipeline& pipeline,
                  Diagnostics& diagnostics) {
  const int count = static_cast<int>(library.glob.has_value()) +
                    static_cast<int>(library.file.has_value()) +
                    static_cast<int>(library.notebook.has_value());
  if (count <= 1) return;
  const LocatedText& place = library.file ? library.file->path : library.notebook->path;
  diagnostics.Add(
      Severity::kError, place.location,
      fmt::format("an entry of 'libraries' of pipeline '{}' takes one of 'glob', 'file' and "
                  "'notebook'; begin another entry with '- '",
                  pipeline.key));
}

void CheckPipeline(const Pipeline& pipeline, const Yaml& config, Diagnostics& diagnostics) {
  const Yaml* tree = config.FindPath("resources.pipelines." + pipeline.key);
  if (tree == nullptr) return;
  const YamlEntry* target = tree->FindEntry("target");
  if (target != nullptr && tree->Find("schema") != nullptr) {
    diagnostics.Add(Severity::kError, target->key_location,
                    "'target' is the old name of 'schema'; both are here, keep 'schema'");
  }
  const bool ingests = tree->Find("ingestion_definition") != nullptr;
  if (pipeline.libraries.empty() && !ingests) {
    diagnostics.Add(
        Severity::kWarning, pipeline.location,
        fmt::format("pipeline '{}' has no 'libraries': it will do nothing", pipeline.key));
  }
  for (const PipelineLibrary& library : pipeline.libraries) {
    CheckLibrary(library, pipeline, diagnostics);
  }
}

}  // namespace

void CheckResources(Bundle& bundle) {
  Diagnostics& diagnostics = bundle.diagnostics;
  for (const auto& [key, job] : bundle.jobs) {
    CheckJob(job, bundle.config, diagnostics);
    for (const Task& task : job.tasks) CheckTaskTargets(task, bundle, diagnostics);
  }
  CheckJobCycles(bundle, diagnostics);
  for (const auto& [key, pipeline] : bundle.pipelines) {
    CheckPipeline(pipeline, bundle.config, diagnostics);
  }
}

}  // namespace lakesmith::bundle
