#include "app/deploy_steps.h"

#include <fmt/ranges.h>

#include <cstdio>
#include <string>

#include "app/lake_executor.h"
#include "catalog/names.h"
#include "jobs/subprocess.h"
#include "pipeline/cdc.h"
#include "pipeline/definition.h"
#include "secrets/vault.h"

namespace lakesmith::app {
namespace {

namespace fs = std::filesystem;

std::string TextAt(const Yaml& map, std::string_view path) {
  const Yaml* value = map.FindPath(path);
  return value != nullptr && value->is_scalar() ? value->text() : "";
}

// Runs a command line of the bundle; its output goes to standard error.
Status RunCommand(const Yaml& command, const std::string& shell, const fs::path& folder,
                  const std::string& what) {
  jobs::Subprocess subprocess{.arguments = {shell.empty() ? "sh" : shell, "-c", command.text()},
                              .folder = folder,
                              .environment = bundle::ProcessEnvironment()};
  const auto show = [](std::string_view text) {
    fmt::print(stderr, "{}", text);
    std::fflush(stderr);
  };
  Result<jobs::SubprocessEnd> end = jobs::RunSubprocess(subprocess, {}, show);
  if (!end) return std::move(end).error().At(command.location());
  if (end->exit_code == 0) return {};
  return Invalid("{} ended with exit code {}", what, end->exit_code).At(command.location());
}

std::string Quoted(const std::vector<std::string>& parts) { return catalog::QuoteParts(parts); }

std::string CatalogOr(const std::string& name) {
  return name.empty() ? std::string(catalog::kDefaultCatalog) : name;
}

std::string SqlText(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

Status RunSql(engine::Session& session, const std::string& statement) {
  engine::StatementResult result = TRY(session.ExecuteScript(statement, {}));
  return {};
}

// Drops what the pipeline has made. Temporary views are in no catalog.
Status DropDatasets(const pipeline::PipelineSpec& spec, engine::Session& session,
                    std::vector<std::string>& lines) {
  catalog::Namespace current;
  if (!spec.catalog.empty()) current.catalog = catalog::CanonicalCatalog(spec.catalog);
  if (!spec.schema.empty()) current.schema = spec.schema;
  const pipeline::PipelineDefinition definition = TRY(pipeline::LoadDefinition(spec, current));
  for (const pipeline::DatasetDefinition& dataset : definition.datasets) {
    if (!dataset.IsStored()) continue;
    std::vector<std::string> name = {dataset.name.catalog, dataset.name.schema, dataset.name.name};
    const char* const kind = dataset.IsTable() ? "TABLE" : "VIEW";
    TRY(RunSql(session, fmt::format("DROP {} IF EXISTS {}", kind, Quoted(name))));
    if (dataset.IsCdcTarget()) {
      name.back() = pipeline::ChangesTableName(dataset.name.name);
      TRY(RunSql(session, "DROP TABLE IF EXISTS " + Quoted(name)));
    }
    lines.push_back(fmt::format("removed {}", dataset.FullName()));
  }
  return {};
}

// A schema in which something else lies stays.
void DropSchema(const bundle::Schema& schema, engine::Session& session,
                std::vector<std::string>& lines) {
  const std::string name = Quoted({CatalogOr(schema.catalog_name), schema.name});
  const Status dropped = RunSql(session, fmt::format("DROP SCHEMA IF EXISTS {}", name));
  lines.push_back(dropped ? fmt::format("removed schema {}", name)
                          : fmt::format("left schema {}: {}", name, dropped.error().message()));
}

}  // namespace

Status CheckBranch(const bundle::Bundle& bundle) {
  const Yaml* wanted = bundle.config.FindPath("bundle.git.branch");
  if (wanted == nullptr || !wanted->is_scalar() || wanted->text().empty()) return {};
  if (wanted->text() == bundle.git.branch || bundle.git.commit.empty()) return {};
  return Invalid(
             "target '{}' is deployed from branch '{}', but '{}' is checked out; --force deploys "
             "all the same",
             bundle.target, wanted->text(), bundle.git.branch)
      .At(wanted->location());
}

bool WantsNoActiveRuns(const bundle::Bundle& bundle) {
  return TextAt(bundle.config, "bundle.deployment.fail_on_active_runs") == "true";
}

Status CheckNoActiveRuns(const bundle::Bundle& bundle, OpenProject& opened) {
  TRY(opened.queue->MarkInterrupted());
  for (const state::QueuedRun& run :
       TRY(opened.queue->List({.target = bundle.target, .active_only = true}))) {
    if (run.bundle != bundle.name) continue;
    return Conflict("run {} of job '{}' is active in target '{}'; wait for it, or cancel it",
                    run.run_id, run.job_key, run.target);
  }
  return {};
}

Status RunPhase(const bundle::Bundle& bundle, std::string_view phase) {
  const Yaml* script = bundle.config.FindPath(fmt::format("experimental.scripts.{}", phase));
  if (script == nullptr || !script->is_scalar() || script->is_null()) return {};
  return RunCommand(*script, "", bundle.root, fmt::format("script '{}'", phase));
}

Status BuildArtifacts(const bundle::Bundle& bundle) {
  const Yaml* artifacts = bundle.config.Find("artifacts");
  for (const YamlEntry& entry :
       artifacts == nullptr ? std::vector<YamlEntry>() : artifacts->entries()) {
    const Yaml* build = entry.value.Find("build");
    if (build == nullptr || !build->is_scalar() || build->is_null()) continue;
    fmt::print(stderr, "building {}\n", entry.key);
    TRY(RunCommand(*build, TextAt(entry.value, "executable"),
                   bundle.root / TextAt(entry.value, "path"),
                   fmt::format("the build of artifact '{}'", entry.key)));
  }
  return {};
}

Status MakeResources(const bundle::Bundle& bundle, OpenProject& opened) {
  if (!bundle.secret_scopes.empty()) {
    secrets::Vault vault(*opened.store, bundle::ProcessEnvironment());
    for (const auto& [key, scope] : bundle.secret_scopes) {
      if (vault.FindScope(scope.name)) continue;
      TRY(vault.CreateScope({.name = scope.name, .backend = std::string(secrets::kEncrypted)}));
    }
  }
  if (bundle.schemas.empty() && bundle.volumes.empty()) return {};
  Lake lake(opened.project);
  const std::unique_ptr<engine::Session> session = TRY(lake.OpenSession());
  for (const auto& [key, schema] : bundle.schemas) {
    std::string statement = fmt::format("CREATE SCHEMA IF NOT EXISTS {}",
                                        Quoted({CatalogOr(schema.catalog_name), schema.name}));
    if (!schema.comment.empty()) statement += " COMMENT " + SqlText(schema.comment);
    TRY(RunSql(*session, statement));
  }
  for (const auto& [key, volume] : bundle.volumes) {
    std::string statement = fmt::format(
        "CREATE {}VOLUME IF NOT EXISTS {}", volume.volume_type == "EXTERNAL" ? "EXTERNAL " : "",
        Quoted({CatalogOr(volume.catalog_name), volume.schema_name, volume.name}));
    if (!volume.storage_location.empty())
      statement += " LOCATION " + SqlText(volume.storage_location.value);
    if (!volume.comment.empty()) statement += " COMMENT " + SqlText(volume.comment);
    TRY(RunSql(*session, statement));
  }
  return {};
}

Result<std::vector<std::string>> RemoveData(const bundle::Bundle& deployed, OpenProject& opened) {
  std::vector<std::string> lines;
  Lake lake(opened.project);
  const std::unique_ptr<engine::Session> session = TRY(lake.OpenSession());
  for (const auto& [key, pipeline] : deployed.pipelines) {
    if (!pipeline.cascade_on_destroy) {
      lines.push_back(fmt::format("left the tables of pipeline '{}': cascade_on_destroy", key));
      continue;
    }
    const pipeline::PipelineSpec spec = SpecOf(deployed, pipeline, opened.project.root);
    TRY(DropDatasets(spec, *session, lines));
  }
  for (const auto& [key, volume] : deployed.volumes) {
    const std::string name =
        Quoted({CatalogOr(volume.catalog_name), volume.schema_name, volume.name});
    TRY(RunSql(*session, fmt::format("DROP VOLUME IF EXISTS {}", name)));
    lines.push_back(fmt::format("removed volume {}", name));
  }
  for (const auto& [key, schema] : deployed.schemas) DropSchema(schema, *session, lines);
  for (const auto& [key, scope] : deployed.secret_scopes) {
    const Status removed = opened.store->DeleteSecretScope(scope.name);
    if (removed) lines.push_back(fmt::format("removed secret scope {}", scope.name));
  }
  return lines;
}

}  // namespace lakesmith::app
