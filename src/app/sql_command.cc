#include <unistd.h>

#include <CLI/App.hpp>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "app/batch_mode.h"
#include "app/command.h"
#include "app/project.h"
#include "app/project_secrets.h"
#include "app/result_output.h"
#include "app/shell.h"
#include "app/statement_runner.h"
#include "engine/session.h"

namespace lakesmith::app {
namespace {

constexpr char kSqlExamples[] =
    "  lakesmith sql                                            an interactive shell\n"
    "  lakesmith sql -e 'SELECT count(*) FROM gold.category_analytics'\n"
    "  lakesmith sql -o csv -e 'SELECT * FROM silver.products' > products.csv\n"
    "  lakesmith sql -f report.sql --warehouse /data/warehouse\n"
    "  lakesmith sql --lineage -o json -f report.sql            where each column comes from\n"
    "  echo 'SELECT 1 AS a;' | lakesmith sql -\n"
    "  lakesmith sql --json < statements                        one answer a line, for programs";

struct SqlArguments {
  std::vector<std::string> statements;
  std::vector<std::string> files;
  std::string input;  // "-".
  std::string warehouse;
  std::string schema;
  std::string format = "table";
  bool json = false;
  bool timing = false;
  bool lineage = false;
};

struct OpenSession {
  std::shared_ptr<engine::Workspace> workspace;
  std::unique_ptr<engine::Session> session;
};

Result<OpenSession> OpenSql(const SqlArguments& arguments) {
  const Project project = TRY(FindProject(".", arguments.warehouse));
  OpenSession open;
  open.workspace = TRY(engine::Workspace::Open({.warehouse = project.warehouse,
                                                .memory_limit_bytes = project.memory_limit_bytes,
                                                .threads = project.threads}));
  open.session = TRY(engine::Session::Open(
      open.workspace, {.schema = arguments.schema, .read_secret = SecretReader(project)}));
  return open;
}

std::string ReadInput(std::istream& stream) {
  return std::string((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
}

bool RunFiles(const SqlArguments& arguments, StatementRunner& runner, Context& context) {
  for (const std::string& path : arguments.files) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
      context.Fail(NotFound("{}: cannot be read", path));
      return false;
    }
    if (!runner.RunScript(ReadInput(file), path)) return false;
  }
  return true;
}

// Runs what the options name, else what comes on standard input, else the shell. False when a
// statement failed.
bool RunInput(const SqlArguments& arguments, engine::Session& session, Context& context) {
  const Result<OutputFormat> format = ParseOutputFormat(arguments.format);
  const bool given = !arguments.statements.empty() || !arguments.files.empty();
  const bool shell = !given && arguments.input.empty() && isatty(STDIN_FILENO) == 1;
  StatementRunner runner(session, {.format = *format,
                                   .remarks = shell || arguments.timing,
                                   .quiet = context.quiet,
                                   .lineage = arguments.lineage});
  if (shell) {
    RunShell(session, runner);
    return true;
  }
  for (const std::string& statement : arguments.statements) {
    if (!runner.RunScript(statement, "")) return false;
  }
  if (!RunFiles(arguments, runner, context)) return false;
  return given || runner.RunScript(ReadInput(std::cin), "");
}

void RunSql(const SqlArguments& arguments, Context& context) {
  if (const auto format = ParseOutputFormat(arguments.format); !format)
    return context.FailUsage(format.error());
  if (!arguments.input.empty() && arguments.input != "-") {
    return context.FailUsage(Invalid(
        "unexpected '{}'; give a statement with -e, a file with -f, or '-' for standard input",
        arguments.input));
  }
  const Result<OpenSession> open = OpenSql(arguments);
  if (!open) return context.Fail(open.error());
  if (arguments.json) {
    std::ios::sync_with_stdio(false);
    if (const Status status = RunBatchMode(*open->session, std::cin, stdout); !status)
      context.Fail(status.error());
    return;
  }
  if (!RunInput(arguments, *open->session, context)) context.exit_code = kFailed;
}

}  // namespace

void AddSqlCommand(CLI::App& program, Context& context) {
  CLI::App* command =
      program.add_subcommand("sql", "Run Spark SQL on the tables of this project, or open a shell");
  command->footer(kSqlExamples);
  const auto arguments = std::make_shared<SqlArguments>();
  command
      ->add_option("-e,--execute", arguments->statements,
                   "Statements to run, divided by ';'; may be repeated")
      ->type_name("SQL")
      ->allow_extra_args(false);
  command->add_option("-f,--file", arguments->files, "Files of statements to run; may be repeated")
      ->type_name("FILE")
      ->allow_extra_args(false);
  command->add_option("INPUT", arguments->input, "'-' reads statements from standard input");
  command
      ->add_option("-o,--output", arguments->format,
                   "table, csv, json, jsonl, markdown or vertical (table)")
      ->type_name("FORMAT");
  command
      ->add_option("--warehouse", arguments->warehouse,
                   "Folder of the tables (that of the project, .lakesmith/warehouse)")
      ->type_name("DIR");
  command->add_option("--schema", arguments->schema, "Schema of names without one (default)")
      ->type_name("NAME");
  command->add_flag("--timing", arguments->timing, "Says rows and time after each statement");
  command->add_flag("--lineage", arguments->lineage,
                    "Runs nothing: says which source columns each output column comes from");
  command->add_flag("--json", arguments->json,
                    "For programs: reads statements that each end with a line ';', answers each "
                    "with one line of JSON");
  command->callback([arguments, &context] { RunSql(*arguments, context); });
}

}  // namespace lakesmith::app
