#pragma once

#include <string>
#include <string_view>

#include "app/result_output.h"
#include "engine/session.h"

namespace lakesmith::app {

struct RunnerOptions {
  OutputFormat format = OutputFormat::kTable;
  bool remarks = false;  // Row counts, times, and what a statement without a result did.
  bool quiet = false;    // No notices either.
  bool lineage = false;  // Runs nothing: prints where the columns of each statement come from.
};

// Runs statements and prints their results on standard output, and errors, notices and remarks on
// standard error.
class StatementRunner {
 public:
  StatementRunner(engine::Session& session, RunnerOptions options)
      : session_(session), options_(options) {}

  // Runs the statements of a script, divided by ';', in order. False at the first one that fails;
  // the rest is not run. `file` names the script in errors; empty for what was typed.
  bool RunScript(std::string_view script, const std::string& file);

  void set_format(OutputFormat format) { options_.format = format; }
  OutputFormat format() const { return options_.format; }

 private:
  bool RunStatement(std::string_view script, size_t offset, std::string_view statement,
                    const std::string& file);
  void PrintRemark(const engine::StatementResult& result, int64_t rows, int64_t microseconds) const;

  engine::Session& session_;
  RunnerOptions options_;
};

}  // namespace lakesmith::app
