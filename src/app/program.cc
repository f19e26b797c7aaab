#include "app/program.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "app/command.h"
#include "app/help.h"
#include "app/terminal.h"
#include "app/version.h"
#include "base/nearest.h"
#include "base/redaction.h"

namespace lakesmith::app {
namespace {

constexpr char kProgramExamples[] =
    "  lakesmith sql                                  an interactive shell on this project's "
    "tables\n"
    "  lakesmith sql -e 'SELECT 1'                    one statement\n"
    "  lakesmith generate retail --out landing        raw data to play with\n"
    "  lakesmith bundle run retail_medallion          run a job of this project, with live "
    "progress";

const CLI::App* DeepestCommand(const CLI::App* app) {
  const std::vector<CLI::App*> chosen = app->get_subcommands();
  return chosen.empty() ? app : DeepestCommand(chosen.back());
}

std::vector<std::string> CommandNames(const CLI::App* app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app->get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  return names;
}

std::vector<std::string> OptionNames(const CLI::App* app) {
  std::vector<std::string> names;
  for (; app != nullptr; app = app->get_parent()) {
    for (const CLI::Option* option : app->get_options()) {
      for (const std::string& name : option->get_lnames()) {
        names.push_back("--" + name);
      }
    }
  }
  return names;
}

// The candidate that begins with `name`, else the most similar one; "" when there is none.
std::string Closest(const std::string& name, const std::vector<std::string>& candidates) {
  const auto found = std::ranges::find_if(
      candidates, [&name](const std::string& candidate) { return candidate.starts_with(name); });
  return found != candidates.end() ? *found : Nearest(name, candidates);
}

// What to say of a word that no command or option takes.
std::string UnknownWord(const CLI::App& program, const std::string& word) {
  const CLI::App* command = DeepestCommand(&program);
  const bool is_option = word.starts_with("-");
  const std::string name = word.substr(0, word.find('='));
  const std::string near = Closest(name, is_option ? OptionNames(command) : CommandNames(command));
  std::string message = fmt::format("unknown {} '{}'", is_option ? "option" : "command", name);
  if (!is_option && CommandNames(command).empty())
    message = fmt::format("'{}' is one argument too many", name);
  if (!near.empty()) message += fmt::format("; closest: '{}'", near);
  return message;
}

void PrintUsageError(const CLI::App& program, const std::string& message) {
  const std::string command = FullName(DeepestCommand(&program));
  fmt::print(stderr, "{} {}\nSee '{} --help'.\n", Terminal::Error().Styled("error:", Style::kRed),
             message, command);
}

int ReportParseError(const CLI::App& program, const CLI::ParseError& error) {
  if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
    // Help or version was asked for.
    const bool is_help = error.get_name() == "CallForHelp" || error.get_name() == "CallForAllHelp";
    fmt::print("{}", is_help ? program.help() : std::string(error.what()) + "\n");
    return kSucceeded;
  }
  const std::vector<std::string> unknown = program.remaining(true);
  if (!unknown.empty()) {
    PrintUsageError(program, UnknownWord(program, unknown.front()));
  } else {
    PrintUsageError(program, error.what());
  }
  return kWrongUsage;
}

}  // namespace

void Context::Fail(const Error& error) {
  fmt::print(stderr, "{} {}\n", Terminal::Error().Styled("error:", Style::kRed),
             Redactor::OfProcess().Redact(error.ToString()));
  exit_code = kFailed;
}

void Context::FailUsage(const Error& error) {
  Fail(error);
  exit_code = kWrongUsage;
}

int RunProgram(int argc, char** argv) {
  Context context;
  context.arguments.assign(argv + 1, argv + argc);
  CLI::App program(
      "Lakesmith: a lakehouse in one program. Spark SQL on Delta tables, bundles, jobs and "
      "pipelines.");
  program.formatter(std::make_shared<HelpFormatter>());
  program.fallthrough();
  program.footer(kProgramExamples);
  program.set_help_flag("-h,--help", "Show this help");
  program.set_version_flag("-V,--version", fmt::format("lakesmith {}", kVersion),
                           "Show the version");
  program.add_flag("-q,--quiet", context.quiet, "No progress and no remarks");
  program.add_flag("--debug", context.debug, "More about what is done and why it failed");
  AddSqlCommand(program, context);
  AddBundleCommand(program, context);
  AddRunsCommands(program, context);
  AddSecretsCommand(program, context);
  AddServeCommand(program, context);
  AddWrapperCommand(program, context);
  AddGenerateCommand(program, context);
  AddConfigureCommand(program, context);
  AddCompletionCommand(program, context);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return ReportParseError(program, error);
  }
  const CLI::App* command = DeepestCommand(&program);
  if (!CommandNames(command).empty()) {
    // A group of commands without one of them.
    fmt::print(argc > 1 ? stderr : stdout, "{}", program.help());
    return argc > 1 ? kWrongUsage : kSucceeded;
  }
  return context.exit_code;
}

}  // namespace lakesmith::app
