#pragma once

#include <CLI/Formatter.hpp>
#include <string>

namespace lakesmith::app {

// Shows a command as: what it does, usage, arguments, commands, options (with those of the commands
// above it), and examples, which come from the command's footer.
class HelpFormatter : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override;
};

// "lakesmith bundle run".
std::string FullName(const CLI::App* app);

}  // namespace lakesmith::app
