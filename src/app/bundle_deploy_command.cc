#include <unistd.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <memory>
#include <string>

#include "app/bundle_options.h"
#include "app/command.h"
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
constexpr char kDestroyExamples[] = "  lakesmith bundle destroy -t dev --auto-approve";

struct DeployArguments {
  bool auto_approve = false;
  bool force_lock = false;
  bool force = false;
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

Status Deploy(const BundleOptions& options, const DeployArguments& arguments, Context& context) {
  const bundle::Bundle loaded = TRY(LoadSound(options, context));
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
  const bundle::DeploymentState after = TRY(bundle::Deploy(loaded, plan, arguments.force_lock));
  if (!context.quiet) {
    fmt::print("{}\n", Terminal::Out().Styled(fmt::format("Deployment {} of '{}' to '{}' complete!",
                                                          after.serial, loaded.name, loaded.target),
                                              Style::kGreen));
  }
  return {};
}

Status Destroy(const BundleOptions& options, const DeployArguments& arguments, Context& context) {
  const bundle::Bundle loaded = TRY(LoadSound(options, context));
  TRY(Approve(arguments, fmt::format("removing the deployment of '{}' from '{}'", loaded.name,
                                     loaded.target)));
  TRY(bundle::Destroy(loaded, arguments.force_lock));
  if (!context.quiet) fmt::print("The deployment is gone; tables stay.\n");
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
  deploy->add_flag("--force", arguments->force, "Accepted, without effect");
  deploy->callback(
      [arguments, &options, &context] { Finish(Deploy(options, *arguments, context), context); });

  CLI::App* destroy = group.add_subcommand("destroy", "Remove a deployment; tables stay");
  destroy->footer(kDestroyExamples);
  destroy->add_flag("--auto-approve", arguments->auto_approve, "Asks nothing");
  destroy->add_flag("--force-lock", arguments->force_lock,
                    "Takes the lock of another deployment that has died");
  destroy->callback(
      [arguments, &options, &context] { Finish(Destroy(options, *arguments, context), context); });

  CLI::App* schema =
      group.add_subcommand("schema", "Print the JSON schema of the YAML files, for editors");
  schema->footer("  lakesmith bundle schema > bundle-schema.json");
  schema->callback([] { fmt::print("{}\n", bundle::BundleSchema().dump(2)); });
}

}  // namespace lakesmith::app
