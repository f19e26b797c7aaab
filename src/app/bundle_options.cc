#include "app/bundle_options.h"

#include <CLI/App.hpp>
#include <cstdio>
#include <filesystem>

#include "app/terminal.h"

namespace lakesmith::app {
namespace {

void PrintDiagnostic(const bundle::Diagnostic& diagnostic) {
  Style style = Style::kBlue;
  if (diagnostic.severity == bundle::Severity::kError) style = Style::kRed;
  if (diagnostic.severity == bundle::Severity::kWarning) style = Style::kYellow;
  const std::string name = fmt::format("{}:", bundle::SeverityName(diagnostic.severity));
  const std::string place = diagnostic.location.ToString();
  fmt::print(stderr, "{} {}{}\n", Terminal::Error().Styled(name, style),
             place.empty() ? "" : place + ": ", diagnostic.message);
}

}  // namespace

void AddBundleOptions(CLI::App& group, BundleOptions& options) {
  group.add_option("-t,--target", options.target, "Target of the bundle (the default one)")
      ->type_name("NAME");
  group.add_option("--var", options.variables, "Sets a variable of the bundle; may be repeated")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  group.add_option("--var-file", options.variable_file, "File with an object of variables")
      ->type_name("FILE");
  group.add_option("-o,--output", options.output, "text or json (text)")->type_name("FORMAT");
  group.add_option("-p,--profile", options.profile, "Accepted, without effect")->type_name("NAME");
}

Result<std::pair<std::string, std::string>> ParseAssignment(std::string_view text,
                                                            std::string_view option) {
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    return Invalid("{} {}: write name=value", option, text);
  }
  return std::pair(std::string(text.substr(0, equals)), std::string(text.substr(equals + 1)));
}

Result<bundle::Bundle> LoadBundle(const BundleOptions& options, const Context& context) {
  if (options.output != "text" && options.output != "json") {
    return Invalid("unknown output '{}'; one of text, json", options.output);
  }
  const std::filesystem::path root = TRY(bundle::FindRoot(std::filesystem::current_path()));
  bundle::LoadOptions load;
  load.target = options.target;
  load.variable_file = options.variable_file;
  load.environment = bundle::ProcessEnvironment();
  load.user = bundle::ProcessUser(root);
  for (const std::string& variable : options.variables) {
    load.variables.push_back(TRY(ParseAssignment(variable, "--var")));
  }
  bundle::Bundle loaded = TRY(bundle::Load(root, load));
  for (const bundle::Diagnostic& diagnostic : loaded.diagnostics.Sorted()) {
    const bool minor = diagnostic.severity == bundle::Severity::kInfo;
    const bool shown =
        minor ? context.debug : !context.quiet || diagnostic.severity == bundle::Severity::kError;
    if (shown) PrintDiagnostic(diagnostic);
  }
  return loaded;
}

}  // namespace lakesmith::app
