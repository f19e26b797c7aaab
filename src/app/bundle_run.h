#pragma once

#include <map>
#include <string>
#include <vector>

#include "app/bundle_options.h"
#include "app/command.h"
#include "app/job_run.h"
#include "bundle/bundle.h"

namespace lakesmith::app {

// What `bundle run` was asked for, beyond the options of all bundle commands.
struct RunArguments {
  std::string key;
  std::vector<std::string> parameters;  // --params, each "a=b,c=d".
  std::vector<std::string> rest;        // After "--".
  std::string only;
  std::string warehouse;
  bool restart = false;
  bool no_wait = false;
  bool working_copy = false;  // Runs the files as they are, not as they were deployed.
  // Of pipelines.
  bool refresh_all = false;
  bool full_refresh_all = false;
  bool validate_only = false;
  std::vector<std::string> refresh;
  std::vector<std::string> full_refresh;
};

// What a key of `bundle run` names: one of the three is set.
struct Runnable {
  const bundle::Job* job = nullptr;
  const bundle::Pipeline* pipeline = nullptr;
  const bundle::Script* script = nullptr;
};

// Finds a job, pipeline or script by its key, which may have a kind before it ("jobs.x"). An empty
// key is the only one. Errors: kNotFound with the nearest key; kInvalid when the key is missing.
Result<Runnable> FindRunnable(const bundle::Bundle& bundle, const std::string& key);

// Parameters from --params and from what follows "--" ("--name value", "--name=value"). Errors:
// kInvalid.
Result<std::map<std::string, std::string>> RunParameters(const RunArguments& arguments);

// Executes a run that waits, in this process, with progress, and a summary at its end. Sets the
// exit code.
void RunInForeground(const bundle::Bundle& bundle, const bundle::Job& job, OpenProject& opened,
                     const state::QueuedRun& run, bool json, Context& context);

// Commands of runs. Each adds one command to its group; the context outlives the program's run.
void AddRunNowCommand(CLI::App& jobs, const char* examples, Context& context);
void AddRepairCommand(CLI::App& group, const std::string& name, const char* examples,
                      Context& context);
void AddExecuteCommand(CLI::App& runs, Context& context);

// Each runs to the end, shows the progress and a summary, and sets the exit code.
// `deployed`: the bundle is what was deployed.
void RunJobCommand(const bundle::Bundle& bundle, const bundle::Job& job, bool deployed,
                   const RunArguments& arguments, const BundleOptions& options, Context& context);
void RunPipelineCommand(const bundle::Bundle& bundle, const bundle::Pipeline& pipeline,
                        const RunArguments& arguments, const BundleOptions& options,
                        Context& context);

}  // namespace lakesmith::app
