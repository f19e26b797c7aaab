#include "app/lake_executor.h"

#include <fstream>
#include <iterator>
#include <utility>

#include "base/redaction.h"
#include "engine/row_stream.h"
#include "jobs/python_task.h"
#include "sql/notebook_source.h"
#include "types/value.h"

namespace lakesmith::app {
namespace {

namespace fs = std::filesystem;

// Rows of a SQL task that are kept as its output.
constexpr size_t kOutputRows = 1000;

using OnLog = std::function<void(std::string_view)>;

// A script, where it is written, and what it is given.
struct SqlScript {
  std::string text;
  std::string file;  // Relative to the bundle's root; "" for a query in the YAML file.
  std::map<std::string, std::string> parameters;
};

Result<std::string> ReadText(const fs::path& path, const std::string& shown) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return NotFound("{}: cannot be read", shown);
  return std::string((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
}

bool IsSqlFile(const std::string& path) { return fs::path(path).extension() == ".sql"; }

// The file of a notebook path, which may leave out the extension.
std::string NotebookFile(const fs::path& root, const std::string& path) {
  for (const char* extension : {"", ".sql", ".py", ".ipynb"}) {
    if (fs::is_regular_file(root / (path + extension))) return path + extension;
  }
  return path;
}

// The text of a SQL notebook; "" for other tasks.
std::string SqlNotebookText(const fs::path& root, const bundle::Task& task) {
  if (task.kind != bundle::TaskKind::kNotebook) return "";
  const std::string& path = task.notebook_task->notebook_path.value;
  return IsSqlFile(path) ? ReadText(root / path, path).value_or("") : "";
}

Result<SqlScript> ScriptOf(const bundle::Bundle& bundle, const bundle::Task& task) {
  SqlScript script;
  if (task.kind == bundle::TaskKind::kNotebook) {
    script.file = task.notebook_task->notebook_path.value;
    script.parameters = task.notebook_task->base_parameters;
  } else {
    script.parameters = task.sql_task->parameters;
    if (task.sql_task->query && !task.sql_task->query->query.empty()) {
      script.text = task.sql_task->query->query.value;
      return script;
    }
    if (!task.sql_task->file) {
      return Unsupported("a sql_task runs a file or a query here; '{}' has neither",
                         task.task_key.value)
          .At(task.location);
    }
    script.file = task.sql_task->file->path.value;
  }
  script.text = TRY(ReadText(bundle.root / script.file, script.file));
  if (task.kind == bundle::TaskKind::kNotebook || sql::IsNotebookSource(script.text))
    script.text = sql::DivideCells(script.text);
  return script;
}

// Reads a result to its end and keeps the first rows.
Result<Json> OutputOf(engine::StatementResult& result, const types::TimeZone& zone) {
  Json columns = Json::array();
  for (const types::StructField& column : result.columns) {
    columns.push_back({{"name", column.name}, {"type", column.type.SimpleString()}});
  }
  Json rows = Json::array();
  int64_t count = 0;
  while (true) {
    const std::vector<engine::Row> batch = TRY(result.rows->Next());
    if (batch.empty()) break;
    for (const engine::Row& row : batch) {
      if (++count > static_cast<int64_t>(kOutputRows)) continue;
      Json values = Json::array();
      for (size_t index = 0; index < row.size(); ++index) {
        values.push_back(types::ToBatchJson(row[index], result.columns[index].type, zone));
      }
      rows.push_back(std::move(values));
    }
  }
  return Json{{"columns", columns}, {"rows", rows}, {"row_count", count}};
}

jobs::TaskResult Redacted(jobs::TaskResult result) {
  const Redactor& redactor = Redactor::OfProcess();
  if (redactor.empty()) return result;
  result.log = redactor.Redact(result.log);
  result.values = redactor.RedactJson(result.values);
  result.output = redactor.RedactJson(result.output);
  if (result.error) {
    result.error = Error(result.error->code(), redactor.Redact(result.error->message()))
                       .WithClass(result.error->error_class(), result.error->sql_state())
                       .At(result.error->location());
  }
  return result;
}

Json DatasetJson(const pipeline::DatasetProgress& dataset) {
  return {{"name", dataset.name},
          {"kind", pipeline::DatasetKindName(dataset.kind)},
          {"state", pipeline::FlowStateName(dataset.state)},
          {"rows_written", dataset.rows_written},
          {"rows_dropped", dataset.rows_dropped},
          {"files_read", dataset.files_read}};
}

}  // namespace

Json UpdateJson(const pipeline::UpdateResult& update) {
  Json datasets = Json::array();
  for (const pipeline::DatasetProgress& dataset : update.datasets) {
    datasets.push_back(DatasetJson(dataset));
  }
  return {{"update_id", update.update_id},
          {"state", pipeline::UpdateStateName(update.state)},
          {"datasets", datasets}};
}

pipeline::PipelineSpec SpecOf(const bundle::Bundle& bundle, const bundle::Pipeline& pipeline,
                              const fs::path& project_root) {
  pipeline::PipelineSpec spec;
  spec.id = pipeline.key;
  spec.name = pipeline.name.empty() ? pipeline.key : pipeline.name;
  for (const bundle::LocatedText& file : pipeline.source_files) {
    spec.source_files.push_back((bundle.root / file.value).lexically_normal().string());
  }
  spec.root_folder = project_root.string();
  spec.catalog = pipeline.catalog;
  spec.schema = pipeline.schema;
  spec.configuration = pipeline.configuration;
  spec.parameters = pipeline.parameters;
  spec.development = pipeline.development;
  return spec;
}

Status ExpandSecrets(secrets::Vault& vault, pipeline::PipelineSpec& spec) {
  for (auto& [name, value] : spec.configuration) value = TRY(vault.Expand(value));
  for (auto& [name, value] : spec.parameters) value = TRY(vault.Expand(value));
  return {};
}

jobs::TaskResult LakeExecutor::Execute(const jobs::TaskAttempt& attempt,
                                       const std::stop_token& stop, const OnLog& on_log) {
  // Children may print what they read: their output is searched for every secret of the project.
  vault_.LearnAll();
  RedactingStream stream(Redactor::OfProcess());
  const OnLog redacted = [&](std::string_view piece) {
    const std::string shown = stream.Push(piece);
    if (!shown.empty()) on_log(shown);
  };
  jobs::TaskResult result = Redacted(Run(attempt, stop, redacted));
  if (const std::string rest = stream.Finish(); !rest.empty()) on_log(rest);
  const std::lock_guard lock(mutex_);
  errors_.erase(attempt.label);
  if (result.error) errors_.emplace(attempt.label, *result.error);
  return result;
}

std::optional<Error> LakeExecutor::ErrorOf(const std::string& label) const {
  const std::lock_guard lock(mutex_);
  const auto found = errors_.find(label);
  if (found == errors_.end()) return std::nullopt;
  return found->second;
}

jobs::TaskResult LakeExecutor::Run(const jobs::TaskAttempt& given, const std::stop_token& stop,
                                   const OnLog& on_log) {
  jobs::TaskAttempt attempt = given;
  if (attempt.task.kind == bundle::TaskKind::kNotebook) {
    std::string& path = attempt.task.notebook_task->notebook_path.value;
    path = NotebookFile(bundle_.root, path);
  }
  if (jobs::IsPythonTask(attempt.task, SqlNotebookText(bundle_.root, attempt.task)))
    return RunProcess(attempt, stop, on_log);
  switch (attempt.task.kind) {
    case bundle::TaskKind::kPipeline:
      return RunPipeline(attempt, stop);
    case bundle::TaskKind::kSql:
    case bundle::TaskKind::kNotebook:
      return RunSql(attempt, stop, on_log);
    case bundle::TaskKind::kShell:
      return RunProcess(attempt, stop, on_log);
    case bundle::TaskKind::kDbt:
      return jobs::TaskResult::Failure(
          Unsupported("dbt has no adapter for the embedded engine; write its models as a pipeline, "
                      "or run a dbt project of another database by a shell_task")
              .At(attempt.task.location));
    default:
      return jobs::TaskResult::Failure(
          Unsupported("a {} cannot run here", bundle::TaskKindName(attempt.task.kind))
              .At(attempt.task.location));
  }
}

jobs::TaskResult LakeExecutor::RunPipeline(const jobs::TaskAttempt& attempt,
                                           const std::stop_token& stop) {
  const bundle::PipelineTask& task = *attempt.task.pipeline_task;
  const auto found = bundle_.pipelines.find(task.pipeline_id.value);
  if (found == bundle_.pipelines.end()) {
    return jobs::TaskResult::Failure(
        NotFound("pipeline '{}' is not in this bundle", task.pipeline_id.value)
            .At(task.pipeline_id.location));
  }
  pipeline::PipelineSpec spec = SpecOf(bundle_, found->second, lake_.project().root);
  for (const auto& [name, value] : task.parameters) {
    spec.parameters[name] = value;
  }
  if (Status expanded = ExpandSecrets(vault_, spec); !expanded)
    return jobs::TaskResult::Failure(std::move(expanded).error().At(found->second.location));
  pipeline::UpdateOptions options;
  options.full_refresh_all = task.full_refresh;
  options.full_refresh = task.full_refresh_selection;
  options.refresh = task.refresh_selection;
  options.cause = "JOB_TASK";
  options.run_id = attempt.run_id;
  options.stop = stop;
  pipeline::UpdateHost host;
  host.open_session = [this] { return lake_.OpenSession(); };
  host.state = &state_;
  host.on_dataset = [this, &attempt](const pipeline::DatasetProgress& dataset) {
    if (on_dataset_) on_dataset_(attempt.label, dataset);
  };
  Result<pipeline::UpdateResult> update = pipeline::RunUpdate(spec, options, host);
  if (!update) return jobs::TaskResult::Failure(std::move(update).error());
  if (update->state == pipeline::UpdateState::kCanceled)
    return jobs::TaskResult::Failure(Cancelled("stopped"));
  if (update->error) return jobs::TaskResult::Failure(*update->error);
  jobs::TaskResult result = jobs::TaskResult::Success();
  result.output = UpdateJson(*update);
  return result;
}

jobs::TaskResult LakeExecutor::RunSql(const jobs::TaskAttempt& attempt, const std::stop_token& stop,
                                      const OnLog& /*on_log*/) {
  const Result<SqlScript> script = ScriptOf(bundle_, attempt.task);
  if (!script) return jobs::TaskResult::Failure(script.error());
  Result<std::unique_ptr<engine::Session>> session = lake_.OpenSession();
  if (!session) return jobs::TaskResult::Failure(std::move(session).error());
  const std::stop_callback cancel(stop, [&session] { (*session)->Cancel(); });
  engine::ExecuteOptions options;
  options.file = script->file;
  for (const auto& [name, value] : script->parameters) {
    options.named_parameters.emplace(name, types::Value(value));
    options.parameter_types.emplace(name, types::DataType::String());
  }
  Result<engine::StatementResult> last = (*session)->ExecuteScript(script->text, options);
  if (!last) return jobs::TaskResult::Failure(std::move(last).error());
  Result<Json> output = OutputOf(*last, (*session)->TimeZone());
  if (!output) return jobs::TaskResult::Failure(std::move(output).error());
  jobs::TaskResult result = jobs::TaskResult::Success();
  result.output = *std::move(output);
  return result;
}

jobs::TaskResult LakeExecutor::RunProcess(const jobs::TaskAttempt& attempt,
                                          const std::stop_token& stop, const OnLog& on_log) {
  jobs::ProcessHost host{.root = bundle_.root,
                         .folder = {},
                         .environment = bundle::ProcessEnvironment(),
                         .program_folder = {},
                         .python_folder = {}};
  host.folder = lake_.project().root;
  host.environment["LAKESMITH_WAREHOUSE"] = lake_.project().warehouse.string();
  host.environment["LAKESMITH_BUNDLE_ROOT"] = bundle_.root.string();
  host.environment["LAKESMITH_PYTHON_ENVIRONMENTS"] =
      (lake_.project().StateFile().parent_path() / "python").string();
  // This very program is found as `lakesmith`, wherever it was started from.
  std::error_code ignored;
  host.program_folder = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  host.python_folder = host.program_folder.parent_path() / "share" / "lakesmith" / "python";
  if (attempt.task.kind == bundle::TaskKind::kShell) {
    jobs::TaskAttempt opened = attempt;
    for (auto& [name, value] : opened.task.shell_task->env) {
      Result<std::string> expanded = vault_.Expand(value);
      if (!expanded)
        return jobs::TaskResult::Failure(std::move(expanded).error().At(attempt.task.location));
      value = *std::move(expanded);
    }
    return jobs::RunShellTask(opened, host, stop, on_log);
  }
  return jobs::RunPythonTask(attempt, host, stop, on_log);
}

}  // namespace lakesmith::app
