#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/command.h"
#include "bundle/bundle.h"

namespace lakesmith::app {

// Options of all bundle commands.
struct BundleOptions {
  std::string target;
  std::vector<std::string> variables;  // name=value
  std::string variable_file;
  std::string profile;  // Accepted, without effect: there is no workspace to log in to.
  std::string output = "text";
  bool strict = false;
  bool ignored = false;      // Flags without a meaning here.
  std::string ignored_text;  // Options without one.

  bool json() const { return output == "json"; }
};

// Adds the options to the group of bundle commands.
void AddBundleOptions(CLI::App& group, BundleOptions& options);

// Splits "name=value". Errors: kInvalid, naming the option.
Result<std::pair<std::string, std::string>> ParseAssignment(std::string_view text,
                                                            std::string_view option);

// Loads the bundle of the working folder or one above it and prints its diagnostics on standard
// error. Errors: wrong options; no bundle. What is wrong inside the bundle is in its diagnostics.
Result<bundle::Bundle> LoadBundle(const BundleOptions& options, const Context& context);

// Each adds commands to `group`; options and context outlive the program's run.
void AddBundleRunCommand(CLI::App& group, BundleOptions& options, Context& context);
void AddBundleDeployCommands(CLI::App& group, BundleOptions& options, Context& context);
void AddBundleInitCommand(CLI::App& group, Context& context);

}  // namespace lakesmith::app
