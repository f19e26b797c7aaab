#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace CLI {
class App;
}  // namespace CLI

namespace lakesmith::app {

inline constexpr int kSucceeded = 0;
inline constexpr int kFailed = 1;
inline constexpr int kWrongUsage = 2;

// What commands share: options before or after the command, and how the command ended.
struct Context {
  bool quiet = false;
  bool debug = false;
  std::vector<std::string> arguments;  // Of the process, without the program's name.
  int exit_code = kSucceeded;

  // Prints the error to standard error and makes the process fail.
  void Fail(const Error& error);
  // The same for a wrong command line: exit code 2.
  void FailUsage(const Error& error);
};

// Each adds one command with its options to the program. `context` outlives the program's run.
void AddSqlCommand(CLI::App& program, Context& context);
void AddSecretsCommand(CLI::App& program, Context& context);
void AddServeCommand(CLI::App& program, Context& context);
void AddWrapperCommand(CLI::App& program, Context& context);
void AddGenerateCommand(CLI::App& program, Context& context);
void AddBundleCommand(CLI::App& program, Context& context);
void AddRunsCommands(CLI::App& program, Context& context);
void AddConfigureCommand(CLI::App& program, Context& context);
void AddCompletionCommand(CLI::App& program, Context& context);

}  // namespace lakesmith::app
