#include <unistd.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <memory>
#include <string>

#include "app/bundle_options.h"
#include "app/command.h"
#include "app/deploy_steps.h"
#include "app/terminal.h"
#include "bundle/deployment.h"

namespace lakesmith::app {
namespace {

constexpr char kPlanExamples[] =
    "  lakesmith bundle plan -t prod\n"
    "  lakesmith bundle plan -o json";
constexpr char kDeployExamples[] =
    "  lakesmith bundle deploy -t prod\n"
    "  lakesmith bundle deploy -t prod --auto-approve      without a question, for scripts";
constexpr char kDestroyExamples[] =
    "  lakesmith bundle destroy -t dev --auto-approve\n"
    "  lakesmith bundle destroy -t dev --delete-data       the tables of its pipelines too";

struct DeployArguments {
  bool auto_approve = false;
  bool force_lock = false;
  bool force = false;
  bool fail_on_active_runs = false;
  bool delete_data = false;
};

// What a command needs of a bundle whose files are sound. Errors are printed before.
Result<bundle::Bundle> LoadSound(const BundleOptions& options, Context& context) {
  bundle::Bundle loaded = TRY(LoadBundle(options, context));
  if (loaded.diagnostics.has_errors()) {
    return Invalid("{}", bundle::ValidationVerdict(loaded.diagnostics));
  }
  return loaded;
}

// Deleting data's home asks first; without a terminal it must have been said on the command line.
bool NeedsApproval(const bundle::DeploymentPlan& plan) {
  return std::ranges::any_of(plan.changes, [](const bundle::PlannedChange& change) {
    const bool removes = change.action == bundle::PlanAction::kDelete ||
                         change.action == bundle::PlanAction::kRecreate;
    return removes && !change.resource.starts_with("jobs.");
  });
}

Status Approve(const DeployArguments& arguments, std::string_view question) {
  if (arguments.auto_approve) return {};
  if (isatty(STDIN_FILENO) != 1)
    return Invalid("{} needs --auto-approve where nobody can be asked", question);
  fmt::print(stderr, "{}? [y/N] ", question);
  std::string answer;
  std::getline(std::cin, answer);
  if (answer != "y" && answer != "yes") return Cancelled("not done");
  return {};
}

Status Plan(const BundleOptions& options, Context& context) {
  const bundle::Bundle loaded = TRY(LoadSound(options, context));
  const bundle::DeploymentState state =
      TRY(bundle::ReadDeployment(bundle::DeploymentFolder(loaded)));
  const bundle::DeploymentPlan plan = TRY(bundle::PlanDeployment(loaded, state));
  if (options.json()) {
    fmt::print("{}\n", bundle::PlanJson(plan).dump(2));
  } else {
    fmt::print("{}", bundle::PlanText(plan));
  }
  return {};
}

// What must hold, and what is built, before files are looked at.
Status Prepare(const bundle::Bundle& bundle, const DeployArguments& arguments) {
  if (!arguments.force) TRY(CheckBranch(bundle));
  if (arguments.fail_on_active_runs || WantsNoActiveRuns(bundle)) {
    OpenProject opened = TRY(OpenProjectOf(bundle.root, ""));
    TRY(CheckNoActiveRuns(bundle, opened));
  }
  for (const char* phase : {"preinit", "postinit", "prebuild"}) TRY(RunPhase(bundle, phase));
  TRY(BuildArtifacts(bundle));
  return RunPhase(bundle, "postbuild");
}

bool HasMadeResources(const bundle::Bundle& bundle) {
  return !bundle.schemas.empty() || !bundle.volumes.empty() || !bundle.secret_scopes.empty();
}

Status Deploy(const BundleOptions& options, const DeployArguments& arguments, Context& context) {
  const bundle::Bundle loaded = TRY(LoadSound(options, context));
  TRY(Prepare(loaded, arguments));
  const bundle::DeploymentState before =
      TRY(bundle::ReadDeployment(bundle::DeploymentFolder(loaded)));
  const bundle::DeploymentPlan plan = TRY(bundle::PlanDeployment(loaded, before));
  if (!context.quiet) fmt::print("{}", bundle::PlanText(plan));
  if (plan.empty()) {
    if (!context.quiet) fmt::print("Nothing to deploy.\n");
    return {};
  }
  if (NeedsApproval(plan)) {
    TRY(Approve(arguments, "deleting or recreating these resources"));
  }
  TRY(RunPhase(loaded, "predeploy"));
  // Before the deployment counts: what fails here is tried again by the next one.
  if (HasMadeResources(loaded)) {
    OpenProject opened = TRY(OpenProjectOf(loaded.root, ""));
    TRY(MakeResources(loaded, opened));
  }
  const bundle::DeploymentState after = TRY(bundle::Deploy(loaded, plan, arguments.force_lock));
  TRY(RunPhase(loaded, "postdeploy"));
  if (!context.quiet) {
    fmt::print("{}\n", Terminal::Out().Styled(fmt::format("Deployment {} of '{}' to '{}' complete!",
                                                          after.serial, loaded.name, loaded.target),
                                              Style::kGreen));
  }
  return {};
}

Status Destroy(const BundleOptions& options, const DeployArguments& arguments, Context& context) {
  const bundle::Bundle loaded = TRY(LoadSound(options, context));
  const char* const what = arguments.delete_data ? "the deployment and its data" : "the deployment";
  TRY(Approve(arguments,
              fmt::format("removing {} of '{}' from '{}'", what, loaded.name, loaded.target)));
  TRY(bundle::CheckDestroy(loaded));
  std::vector<std::string> lines;
  if (arguments.delete_data) {
    OpenProject opened = TRY(OpenProjectOf(loaded.root, ""));
    const bundle::Bundle deployed =
        TRY(bundle::LoadDeployed(loaded.root, loaded.target, bundle::ProcessEnvironment()));
    TRY(deployed.diagnostics.ToStatus());
    lines = TRY(RemoveData(deployed, opened));
  }
  TRY(bundle::Destroy(loaded, arguments.force_lock));
  if (context.quiet) return {};
  for (const std::string& line : lines) fmt::print("{}\n", line);
  fmt::print("The deployment is gone{}.\n", arguments.delete_data ? "" : "; tables stay");
  return {};
}

void Finish(const Status& status, Context& context) {
  if (!status) context.Fail(status.error());
}

}  // namespace

void AddBundleDeployCommands(CLI::App& group, BundleOptions& options, Context& context) {
  CLI::App* plan = group.add_subcommand("plan", "Show what deploying would change");
  plan->footer(kPlanExamples);
  plan->callback([&options, &context] { Finish(Plan(options, context), context); });

  const auto arguments = std::make_shared<DeployArguments>();
  CLI::App* deploy = group.add_subcommand(
      "deploy", "Make the project's files and resources the current deployment");
  deploy->footer(kDeployExamples);
  deploy->add_flag("--auto-approve", arguments->auto_approve, "Asks nothing");
  deploy->add_flag("--force-lock", arguments->force_lock,
                   "Takes the lock of another deployment that has died");
  deploy->add_flag("--force", arguments->force, "Also from another git branch than the target's");
  deploy->add_flag("--fail-on-active-runs", arguments->fail_on_active_runs,
                   "Fails while runs of the target wait or run");
  deploy->add_option("-c,--cluster-id", options.ignored_text, "Accepted, without effect");
  deploy->callback(
      [arguments, &options, &context] { Finish(Deploy(options, *arguments, context), context); });

  CLI::App* destroy =
      group.add_subcommand("destroy", "Remove a deployment, and its data if told to");
  destroy->footer(kDestroyExamples);
  destroy->add_flag("--auto-approve", arguments->auto_approve, "Asks nothing");
  destroy->add_flag("--force-lock", arguments->force_lock,
                    "Takes the lock of another deployment that has died");
  destroy->add_flag("--delete-data", arguments->delete_data,
                    "Removes the tables of its pipelines, its volumes, schemas and secrets too");
  destroy->callback(
      [arguments, &options, &context] { Finish(Destroy(options, *arguments, context), context); });

  CLI::App* schema =
      group.add_subcommand("schema", "Print the JSON schema of the YAML files, for editors");
  schema->footer("  lakesmith bundle schema > bundle-schema.json");
  schema->callback([] { fmt::print("{}\n", bundle::BundleSchema().dump(2)); });
}

}  // namespace lakesmith::app
