#include <algorithm>
#include <cctype>

#include "bundle/config_files.h"
#include "bundle/shape_check.h"
#include "bundle/target.h"

namespace lakesmith::bundle {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> KeysOf(const Yaml& map) {
  std::vector<std::string> keys;
  for (const YamlEntry& entry : map.entries()) keys.push_back(entry.key);
  return keys;
}

bool IsVariableName(const std::string& name) {
  const auto is_part = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-'; };
  return !name.empty() && std::isalpha(static_cast<unsigned char>(name[0])) != 0 &&
         std::ranges::all_of(name, is_part);
}

bool IsComplex(const Yaml& variable) {
  const Yaml* type = variable.Find("type");
  return type != nullptr && type->is_scalar() && type->text() == "complex";
}

// `x: {default: 1, description: ...}` of a target is the long form of `x: 1`.
bool IsLongForm(const Yaml& value) {
  const std::vector<std::string> keys = {"default", "type", "description", "lookup"};
  return value.is_map() && !value.entries().empty() &&
         std::ranges::all_of(value.entries(), [&](const YamlEntry& entry) {
           return std::ranges::find(keys, entry.key) != keys.end();
         });
}

// A value chosen for a variable, and where it comes from.
struct Choice {
  Yaml value;
  std::string origin;
};

class Assigner {
 public:
  Assigner(Yaml& config, const std::string& target, const fs::path& root,
           const LoadOptions& options, Diagnostics& diagnostics)
      : variables_(config.Find("variables")),
        config_(config),
        target_(target),
        root_(root),
        options_(options),
        diagnostics_(diagnostics) {}

  void Run() {
    ApplyTargetValues();
    ReadOverrides();
    CheckCommandLine();
    if (variables_ == nullptr) return;
    for (YamlEntry& entry : variables_->entries()) AssignOne(entry);
  }

 private:
  void AddError(const SourceLocation& place, std::string message) {
    diagnostics_.Add(Severity::kError, place, std::move(message));
  }

  std::vector<std::string> Names() const {
    return variables_ == nullptr ? std::vector<std::string>() : KeysOf(*variables_);
  }

  void ApplyTargetValues() {
    const Yaml* targets = config_.Find("targets");
    const Yaml* section = targets == nullptr ? nullptr : targets->Find(target_);
    const Yaml* values = section == nullptr ? nullptr : section->Find("variables");
    if (values == nullptr) return;
    const Yaml copy = *values;
    for (const YamlEntry& entry : copy.entries()) {
      Yaml* variable = variables_ == nullptr ? nullptr : variables_->Find(entry.key);
      if (variable == nullptr) {
        AddError(entry.key_location,
                 fmt::format("variable '{}' is assigned in target '{}' but not declared under "
                             "'variables' of the bundle{}",
                             entry.key, target_, DidYouMean(entry.key, Names())));
      } else {
        Override(*variable, entry.value);
      }
    }
  }

  static void Override(Yaml& variable, const Yaml& value) {
    if (!IsLongForm(value)) {
      variable.Remove("lookup");
      variable.Set("default", value);
      return;
    }
    if (value.Find("default") != nullptr) variable.Remove("lookup");
    if (value.Find("lookup") != nullptr) variable.Remove("default");
    for (const YamlEntry& entry : value.entries()) variable.Set(entry.key, entry.value);
  }

  // One JSON or YAML object of values; false when it cannot be used.
  void ReadValues(const fs::path& path, const std::string& shown,
                  std::map<std::string, Choice>& into) {
    const Result<std::string> text = ReadTextFile(path);
    if (!text) return AddError({.file = shown}, "the file of variables cannot be read");
    ReadText(*text, shown, into);
  }

  void ReadText(const std::string& text, const std::string& shown,
                std::map<std::string, Choice>& into) {
    const Result<Yaml> tree = ParseYaml(text, shown);
    if (!tree) return diagnostics_.Add(tree.error());
    if (!tree->is_map()) {
      return AddError(
          tree->location(),
          fmt::format("the file must hold one map of values, this is {}", tree->KindName()));
    }
    for (const YamlEntry& entry : tree->entries()) {
      const bool declared = variables_ != nullptr && variables_->Find(entry.key) != nullptr;
      if (!declared) {
        AddError(entry.key_location, fmt::format("variable '{}' is not declared{}", entry.key,
                                                 DidYouMeanOrKnown(entry.key, Names())));
      }
      into[entry.key] = {entry.value, shown};
    }
  }

  void ReadOverrides() {
    if (root_.empty()) return;
    if (!options_.deployed_variables.empty()) {
      return ReadText(options_.deployed_variables, "the deployment", file_values_);
    }
    const std::string relative =
        fmt::format(".databricks/bundle/{}/variable-overrides.json", target_);
    if (fs::is_regular_file(root_ / relative)) ReadValues(root_ / relative, relative, overrides_);
    if (!options_.variable_file.empty()) {
      ReadValues(options_.variable_file, options_.variable_file, file_values_);
    }
  }

  void CheckCommandLine() {
    for (const auto& [name, value] : options_.variables) {
      const Yaml* variable = variables_ == nullptr ? nullptr : variables_->Find(name);
      if (variable == nullptr) {
        AddError({}, fmt::format("--var: variable '{}' is not declared{}", name,
                                 DidYouMeanOrKnown(name, Names())));
      } else if (IsComplex(*variable)) {
        AddError({}, fmt::format("--var: variable '{}' is complex; put its value into a --var-file",
                                 name));
      }
    }
  }

  void AssignOne(YamlEntry& entry) {
    if (!IsVariableName(entry.key)) {
      return AddError(entry.key_location,
                      fmt::format("variable name '{}' must begin with a letter and hold letters, "
                                  "digits, '_' and '-' only",
                                  entry.key));
    }
    if (entry.value.is_null()) entry.value = Yaml::Map().AtPlaceOf(entry.value);
    if (!entry.value.is_map()) return;
    const std::optional<Choice> choice = Choose(entry.key, entry.value);
    if (!choice) {
      return AddError(
          entry.key_location,
          fmt::format("no value assigned to required variable '{0}'; give it a 'default', "
                      "or --var {0}=VALUE, or BUNDLE_VAR_{0} in the environment",
                      entry.key));
    }
    const bool is_collection = choice->value.is_list() || choice->value.is_map();
    if (is_collection && !IsComplex(entry.value)) {
      return AddError(
          choice->value.location(),
          fmt::format("the value of variable '{}' is {}; declare it with 'type: complex'",
                      entry.key, choice->value.KindName()));
    }
    entry.value.Set("value", choice->value);
    entry.value.Set("origin", Yaml::String(choice->origin));
  }

  // Source: compatibility notes, section 2; the file of --var-file counts as the command line.
  std::optional<Choice> Choose(const std::string& name, const Yaml& variable) {
    if (!IsComplex(variable)) {
      for (auto given = options_.variables.rbegin(); given != options_.variables.rend(); ++given) {
        if (given->first == name) return Choice{Yaml::String(given->second), "--var"};
      }
    }
    if (const auto found = file_values_.find(name); found != file_values_.end())
      return found->second;
    const auto environment = options_.environment.find("BUNDLE_VAR_" + name);
    if (environment != options_.environment.end() && !IsComplex(variable)) {
      return Choice{Yaml::String(environment->second), environment->first};
    }
    if (const Yaml* lookup = variable.Find("lookup"); lookup != nullptr && !lookup->is_null()) {
      return Choice{LookUp(*lookup), "lookup"};
    }
    if (const auto found = overrides_.find(name); found != overrides_.end()) return found->second;
    const Yaml* value = variable.Find("default");
    if (value == nullptr || value->is_null()) return std::nullopt;
    return Choice{*value, "default"};
  }

  // The key of the resource of that name in this bundle; "" for kinds and names that are not here.
  Yaml LookUp(const Yaml& lookup) {
    if (lookup.entries().size() != 1 || !lookup.entries()[0].value.is_scalar()) {
      AddError(lookup.location(),
               "'lookup' takes one kind of object with a name, e.g. 'job: nightly'");
      return Yaml::String("");
    }
    const YamlEntry& wanted = lookup.entries()[0];
    const Yaml* resources = config_.FindPath("resources." + wanted.key + "s");
    for (const YamlEntry& entry :
         resources == nullptr ? std::vector<YamlEntry>() : resources->entries()) {
      const Yaml* name = entry.value.Find("name");
      if (name != nullptr && name->is_scalar() && name->text() == wanted.value.text()) {
        return Yaml::String(entry.key).AtPlaceOf(lookup);
      }
    }
    diagnostics_.Add(Severity::kWarning, wanted.value.location(),
                     fmt::format("no {} named '{}' is in this bundle: the variable is empty",
                                 wanted.key, wanted.value.text()));
    return Yaml::String("").AtPlaceOf(lookup);
  }

  Yaml* variables_;
  Yaml& config_;
  const std::string& target_;
  const fs::path& root_;
  const LoadOptions& options_;
  Diagnostics& diagnostics_;
  std::map<std::string, Choice> overrides_;    // By the file of the target.
  std::map<std::string, Choice> file_values_;  // By --var-file.
};

}  // namespace

void AssignVariables(Yaml& config, const std::string& target, const fs::path& root,
                     const LoadOptions& options, Diagnostics& diagnostics) {
  Assigner(config, target, root, options, diagnostics).Run();
}

}  // namespace lakesmith::bundle
