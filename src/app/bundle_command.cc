#include <CLI/App.hpp>
#include <cstdio>
#include <memory>

#include "app/bundle_options.h"
#include "app/command.h"
#include "app/terminal.h"
#include "bundle/deployment.h"

namespace lakesmith::app {
namespace {

constexpr char kGroupExamples[] =
    "  lakesmith bundle validate                          is the project sound?\n"
    "  lakesmith bundle summary -t prod                   its jobs and pipelines\n"
    "  lakesmith bundle run retail_medallion              runs a job or pipeline, with live "
    "progress\n"
    "  lakesmith bundle run my_job --var date=2024-01-15";
constexpr char kValidateExamples[] =
    "  lakesmith bundle validate\n"
    "  lakesmith bundle validate --strict -t prod         warnings fail too\n"
    "  lakesmith bundle validate -o json | jq .resources  the resolved configuration";
constexpr char kSummaryExamples[] =
    "  lakesmith bundle summary\n"
    "  lakesmith bundle summary -t prod -o json";

void PrintIndented(const Json& json) {
  fmt::print("{}\n", json.dump(2, ' ', false, Json::error_handler_t::replace));
}

void RunValidate(const BundleOptions& options, Context& context) {
  const Result<bundle::Bundle> loaded = LoadBundle(options, context);
  if (!loaded) return context.Fail(loaded.error());
  const bundle::Diagnostics& diagnostics = loaded->diagnostics;
  if (options.json()) {
    PrintIndented(loaded->ToJson());
  } else {
    const bool good = !diagnostics.has_errors();
    fmt::print("Name: {}\nTarget: {}\nWorkspace:\n  User: {}\n  Path: {}\n\n{}\n", loaded->name,
               loaded->target, loaded->user.user_name, loaded->workspace.root_path,
               Terminal::Out().Styled(bundle::ValidationVerdict(diagnostics),
                                      good ? Style::kGreen : Style::kRed));
  }
  const bool warned = options.strict && diagnostics.Count(bundle::Severity::kWarning) > 0;
  if (diagnostics.has_errors() || warned) context.exit_code = kFailed;
}

// The keys that `bundle run` takes: for the completion of shells.
void PrintKeys(const bundle::Bundle& bundle) {
  for (const auto& [key, job] : bundle.jobs) fmt::print("{}\n", key);
  for (const auto& [key, pipeline] : bundle.pipelines) fmt::print("{}\n", key);
  for (const auto& [key, script] : bundle.scripts) fmt::print("{}\n", key);
}

void RunSummary(const BundleOptions& options, bool keys_only, Context& context) {
  const Result<bundle::Bundle> loaded = LoadBundle(options, context);
  if (!loaded) return context.Fail(loaded.error());
  if (keys_only) return PrintKeys(*loaded);
  const Result<bundle::DeploymentState> deployed =
      bundle::ReadDeployment(bundle::DeploymentFolder(*loaded));
  if (!deployed) return context.Fail(deployed.error());
  if (options.json()) {
    PrintIndented(bundle::SummaryJson(*loaded, *deployed));
  } else {
    fmt::print("{}", bundle::SummaryText(*loaded, *deployed));
  }
  if (loaded->diagnostics.has_errors()) context.exit_code = kFailed;
}

}  // namespace

void AddBundleCommand(CLI::App& program, Context& context) {
  CLI::App* group = program.add_subcommand(
      "bundle", "Check, show and run the project of this folder (databricks.yml)");
  group->footer(kGroupExamples);
  // The program keeps its commands until it ends, and these options with it.
  const auto options = std::make_shared<BundleOptions>();
  AddBundleOptions(*group, *options);

  CLI::App* validate =
      group->add_subcommand("validate", "Check the project: YAML, variables, references, files");
  validate->footer(kValidateExamples);
  validate->add_flag("--strict", options->strict, "Warnings fail too");
  validate->callback([options, &context] { RunValidate(*options, context); });

  CLI::App* summary = group->add_subcommand("summary", "Show the project's resources");
  summary->footer(kSummaryExamples);
  const auto keys_only = std::make_shared<bool>(false);
  summary->add_flag("--keys", *keys_only, "Only the keys that 'bundle run' takes");
  summary->add_flag("--force-pull", options->ignored, "Accepted, without effect");
  summary->callback([options, keys_only, &context] { RunSummary(*options, *keys_only, context); });

  AddBundleRunCommand(*group, *options, context);
  AddBundleDeployCommands(*group, *options, context);
  AddBundleInitCommand(*group, context);
}

}  // namespace lakesmith::app
