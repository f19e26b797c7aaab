#include <fmt/ranges.h>
#include <sys/wait.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <cstdlib>
#include <memory>

#include "app/bundle_run.h"
#include "base/nearest.h"
#include "bundle/deployment.h"

namespace lakesmith::app {
namespace {

constexpr char kBundleRunExamples[] =
    "  lakesmith bundle run retail_medallion\n"
    "  lakesmith bundle run retail_medallion -t prod --params date=2024-01-15\n"
    "  lakesmith bundle run retail_medallion --only medallion+       this task and all after it\n"
    "  lakesmith bundle run retail -- --date 2024-01-15              parameters by name\n"
    "  lakesmith bundle run retail --full-refresh-all                a pipeline, rebuilt from "
    "nothing\n"
    "  lakesmith bundle run -- python3 load.py                       any command, with the "
    "bundle's environment";

template <typename Resources>
void AddKeys(const Resources& resources, std::vector<std::string>& keys) {
  for (const auto& [key, resource] : resources) {
    keys.push_back(key);
  }
}

std::vector<std::string> AllKeys(const bundle::Bundle& bundle) {
  std::vector<std::string> keys;
  AddKeys(bundle.jobs, keys);
  AddKeys(bundle.pipelines, keys);
  AddKeys(bundle.scripts, keys);
  return keys;
}

template <typename Resources>
auto Lookup(const Resources& resources, const std::string& kind, const std::string& wanted_kind,
            const std::string& key) -> const typename Resources::mapped_type* {
  if (!wanted_kind.empty() && wanted_kind != kind) return nullptr;
  const auto found = resources.find(key);
  return found == resources.end() ? nullptr : &found->second;
}

// Runs a command of the user with the standard streams of this process.
int RunCommand(const std::vector<std::string>& words,
               const std::map<std::string, std::string>& environment) {
  for (const auto& [name, value] : environment) {
    setenv(name.c_str(), value.c_str(), 1);
  }
  std::string line;
  for (const std::string& word : words) {
    line += "'";
    for (const char letter : word) {
      line += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
    }
    line += "' ";
  }
  const int status = std::system(line.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : kFailed;
}

void RunScript(const bundle::Bundle& bundle, const bundle::Script& script,
               const RunArguments& arguments, Context& context) {
  std::vector<std::string> words = {"/bin/sh", "-c", script.content.value, script.key};
  words.insert(words.end(), arguments.rest.begin(), arguments.rest.end());
  std::map<std::string, std::string> environment = script.env;
  environment["DATABRICKS_BUNDLE_TARGET"] = bundle.target;
  environment["DATABRICKS_BUNDLE_NAME"] = bundle.name;
  std::error_code ignored;
  std::filesystem::current_path(bundle.root, ignored);
  context.exit_code = RunCommand(words, environment);
}

// True when the first word after "run" that is no option came behind "--".
bool OnlyAfterDashes(const RunArguments& arguments, const Context& context) {
  for (const std::string& word : context.arguments) {
    if (word == "--") return true;
    if (word == arguments.key && !arguments.key.empty()) return false;
  }
  return false;
}

// What was deployed, where runs use that: in targets that are not in development mode, once they
// were deployed. Nothing when the working copy is used.
Result<std::optional<bundle::Bundle>> DeployedBundle(const bundle::Bundle& working,
                                                     const RunArguments& arguments,
                                                     const Context& context) {
  if (arguments.working_copy || working.mode == "development")
    return std::optional<bundle::Bundle>();
  const bundle::DeploymentState state =
      TRY(bundle::ReadDeployment(bundle::DeploymentFolder(working)));
  if (state.serial == 0) return std::optional<bundle::Bundle>();
  const bundle::DeploymentPlan plan = TRY(bundle::PlanDeployment(working, state));
  if (!plan.empty() && !context.quiet) {
    fmt::print(stderr,
               "note: the working copy differs from deployment {} of '{}', which runs; deploy "
               "again, or say --working-copy\n",
               state.serial, working.target);
  }
  bundle::Bundle deployed =
      TRY(bundle::LoadDeployed(working.root, working.target, bundle::ProcessEnvironment()));
  TRY(deployed.diagnostics.ToStatus());
  return std::optional(std::move(deployed));
}

void Run(RunArguments& arguments, const BundleOptions& options, Context& context) {
  const Result<bundle::Bundle> loaded = LoadBundle(options, context);
  if (!loaded) return context.Fail(loaded.error());
  if (loaded->diagnostics.has_errors()) {
    context.exit_code = kFailed;
    return;
  }
  if (OnlyAfterDashes(arguments, context)) {
    std::vector<std::string> words = {arguments.key};
    words.insert(words.end(), arguments.rest.begin(), arguments.rest.end());
    context.exit_code = RunCommand(words, {{"DATABRICKS_BUNDLE_TARGET", loaded->target},
                                           {"DATABRICKS_BUNDLE_NAME", loaded->name}});
    return;
  }
  const Result<std::optional<bundle::Bundle>> deployed =
      DeployedBundle(*loaded, arguments, context);
  if (!deployed) return context.Fail(deployed.error());
  const bundle::Bundle& used = *deployed ? **deployed : *loaded;
  const Result<Runnable> found = FindRunnable(used, arguments.key);
  if (!found) return context.Fail(found.error());
  if (found->script != nullptr) return RunScript(*loaded, *found->script, arguments, context);
  if (found->job != nullptr) {
    return RunJobCommand(used, *found->job, deployed->has_value(), arguments, options, context);
  }
  RunPipelineCommand(used, *found->pipeline, arguments, options, context);
}

void AddPipelineOptions(CLI::App& command, RunArguments& arguments) {
  CLI::Option* refresh =
      command.add_flag("--refresh-all", arguments.refresh_all, "Pipeline: refresh all datasets");
  CLI::Option* full = command.add_flag("--full-refresh-all", arguments.full_refresh_all,
                                       "Pipeline: rebuild all datasets from nothing");
  CLI::Option* validate = command.add_flag("--validate-only", arguments.validate_only,
                                           "Pipeline: check everything, read and write no data");
  full->excludes(refresh)->excludes(validate);
  validate->excludes(refresh);
  command.add_option("--refresh", arguments.refresh, "Pipeline: refresh these datasets")
      ->type_name("A,B")
      ->delimiter(',')
      ->allow_extra_args(false);
  command
      .add_option("--full-refresh", arguments.full_refresh,
                  "Pipeline: rebuild these datasets from nothing")
      ->type_name("A,B")
      ->delimiter(',')
      ->allow_extra_args(false);
}

}  // namespace

Result<Runnable> FindRunnable(const bundle::Bundle& bundle, const std::string& key) {
  const std::vector<std::string> keys = AllKeys(bundle);
  if (keys.empty())
    return NotFound("{}: nothing to run: no job, pipeline or script", bundle.root_file);
  if (key.empty() && keys.size() > 1) {
    return Invalid("say what to run: one of {}", fmt::join(keys, ", "));
  }
  const std::string whole = key.empty() ? keys.front() : key;
  const size_t dot = whole.find('.');
  const std::string kind = dot == std::string::npos ? "" : whole.substr(0, dot);
  const std::string name = dot == std::string::npos ? whole : whole.substr(dot + 1);
  Runnable found{.job = Lookup(bundle.jobs, "jobs", kind, name),
                 .pipeline = Lookup(bundle.pipelines, "pipelines", kind, name),
                 .script = Lookup(bundle.scripts, "scripts", kind, name)};
  if (found.job == nullptr && found.pipeline == nullptr && found.script == nullptr) {
    const std::string near = Nearest(name, keys);
    return NotFound("'{}' is no job, pipeline or script of bundle '{}'; {}", key, bundle.name,
                    near.empty() ? fmt::format("there are: {}", fmt::join(keys, ", "))
                                 : fmt::format("closest: '{}'", near));
  }
  return found;
}

Result<std::map<std::string, std::string>> RunParameters(const RunArguments& arguments) {
  std::map<std::string, std::string> parameters;
  for (const std::string& list : arguments.parameters) {
    for (size_t start = 0; start <= list.size();) {
      const size_t end = std::min(list.find(',', start), list.size());
      const auto [name, value] = TRY(ParseAssignment(list.substr(start, end - start), "--params"));
      parameters[name] = value;
      start = end + 1;
    }
  }
  for (size_t index = 0; index < arguments.rest.size(); ++index) {
    const std::string& word = arguments.rest[index];
    if (!word.starts_with("--"))
      return Invalid("'{}' after '--': write --name value or --name=value", word);
    const size_t equals = word.find('=');
    if (equals != std::string::npos) {
      parameters[word.substr(2, equals - 2)] = word.substr(equals + 1);
    } else if (index + 1 < arguments.rest.size()) {
      parameters[word.substr(2)] = arguments.rest[++index];
    } else {
      return Invalid("'{}' after '--' has no value", word);
    }
  }
  return parameters;
}

void AddBundleRunCommand(CLI::App& group, BundleOptions& options, Context& context) {
  CLI::App* command =
      group.add_subcommand("run", "Run a job, a pipeline or a script, with live progress");
  command->footer(kBundleRunExamples);
  const auto arguments = std::make_shared<RunArguments>();
  command->add_option("KEY", arguments->key,
                      "Key of a job, pipeline or script; not needed when there is one");
  command->add_option("ARGUMENTS", arguments->rest,
                      "After '--': parameters of a job, or words for a script");
  command->add_option("--params", arguments->parameters, "Parameters of the job")
      ->type_name("A=B,C=D")
      ->allow_extra_args(false);
  command
      ->add_option("--only", arguments->only, "Tasks to run; +a adds what a needs, a+ what needs a")
      ->type_name("A,+B,C+");
  command
      ->add_option("--warehouse", arguments->warehouse,
                   "Folder of the tables (that of the project)")
      ->type_name("DIR");
  command->add_flag("--restart", arguments->restart,
                    "Accepted, without effect: a run waits for its turn");
  command->add_flag("--no-wait", arguments->no_wait,
                    "Not possible here; use 'lakesmith jobs run-now --no-wait'");
  command->add_flag("--working-copy", arguments->working_copy,
                    "Runs the files as they are, also where others were deployed");
  AddPipelineOptions(*command, *arguments);
  command->callback([arguments, &options, &context] {
    if (arguments->no_wait) {
      return context.FailUsage(Unsupported(
          "--no-wait: this command stays until the end; use 'lakesmith jobs run-now --no-wait'"));
    }
    Run(*arguments, options, context);
  });
}

}  // namespace lakesmith::app
