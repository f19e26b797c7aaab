#include <CLI/App.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "app/command.h"

namespace lakesmith::app {

// Set-up scripts of workspaces begin with `configure`: it takes their options and tells that
// nothing is needed. No token is read.
void AddConfigureCommand(CLI::App& program, Context& context) {
  CLI::App* configure = program.add_subcommand(
      "configure", "Accept the set-up of a workspace: here is nothing to configure");
  struct Ignored {
    bool token = false;
    std::string host;
    std::string profile;
  };
  const auto ignored = std::make_shared<Ignored>();
  configure->add_flag("--token", ignored->token, "Accepted, without effect");
  configure->add_option("--host", ignored->host, "Accepted, without effect")->type_name("URL");
  configure->add_option("-p,--profile", ignored->profile, "Accepted, without effect")
      ->type_name("NAME");
  configure->callback([ignored, &context] {
    if (context.quiet) return;
    fmt::print(
        "Nothing to configure: lakesmith runs on this machine and needs no workspace, host or "
        "token.\n");
  });
}

}  // namespace lakesmith::app
