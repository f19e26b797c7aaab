#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "app/lake.h"
#include "base/json.h"
#include "bundle/bundle.h"
#include "jobs/task_executor.h"
#include "pipeline/pipeline.h"
#include "secrets/vault.h"
#include "state/state.h"

namespace lakesmith::app {

// What a pipeline of a bundle is, for the pipeline module. Its files are the bundle's; relative
// paths of data in them are those of `project_root`.
pipeline::PipelineSpec SpecOf(const bundle::Bundle& bundle, const bundle::Pipeline& pipeline,
                              const std::filesystem::path& project_root);

// Replaces the {{secrets/scope/key}} of a pipeline's configuration and parameters. Errors: those of
// secrets::Vault::Get.
Status ExpandSecrets(secrets::Vault& vault, pipeline::PipelineSpec& spec);

// {"update_id": ..., "state": ..., "datasets": [...]}: what an update did.
Json UpdateJson(const pipeline::UpdateResult& update);

// Runs the tasks of a bundle's jobs on the lake of a project: pipelines, SQL files and queries, SQL
// notebooks, Python, and shell commands. What an attempt prints and leaves is redacted. Used by
// several threads at once.
class LakeExecutor final : public jobs::TaskExecutor {
 public:
  // Told of each change of a dataset by a task's pipeline; `label` is the task's. May be empty.
  using OnDataset = std::function<void(const std::string& label, const pipeline::DatasetProgress&)>;

  // All that it is given must outlive it.
  LakeExecutor(const bundle::Bundle& bundle, Lake& lake, state::Store& state, OnDataset on_dataset)
      : bundle_(bundle),
        lake_(lake),
        state_(state),
        vault_(state, bundle::ProcessEnvironment()),
        on_dataset_(std::move(on_dataset)) {}

  jobs::TaskResult Execute(const jobs::TaskAttempt& attempt, const std::stop_token& stop,
                           const std::function<void(std::string_view)>& on_log) override;

  // The error of the newest failed attempt of a task, with its place; nullopt when there is none.
  std::optional<Error> ErrorOf(const std::string& label) const;

 private:
  jobs::TaskResult Run(const jobs::TaskAttempt& attempt, const std::stop_token& stop,
                       const std::function<void(std::string_view)>& on_log);
  jobs::TaskResult RunPipeline(const jobs::TaskAttempt& attempt, const std::stop_token& stop);
  jobs::TaskResult RunSql(const jobs::TaskAttempt& attempt, const std::stop_token& stop,
                          const std::function<void(std::string_view)>& on_log);
  jobs::TaskResult RunProcess(const jobs::TaskAttempt& attempt, const std::stop_token& stop,
                              const std::function<void(std::string_view)>& on_log);

  const bundle::Bundle& bundle_;
  Lake& lake_;
  state::Store& state_;
  secrets::Vault vault_;
  const OnDataset on_dataset_;
  mutable std::mutex mutex_;
  std::map<std::string, Error> errors_;  // By label. Guarded by mutex_.
};

}  // namespace lakesmith::app
