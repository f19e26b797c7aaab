#include "bundle/config_files.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "bundle/decode.h"
#include "bundle/glob.h"
#include "bundle/merge.h"
#include "bundle/references.h"
#include "bundle/shape_check.h"
#include "bundle/target.h"

namespace lakesmith::bundle {
namespace {

namespace fs = std::filesystem;

Result<std::string> FindRootFile(const fs::path& root) {
  std::vector<std::string> found;
  for (const std::string& name : RootFileNames()) {
    if (fs::is_regular_file(root / name)) found.push_back(name);
  }
  if (found.empty()) {
    return NotFound(
        "no bundle in {}: neither databricks.yml nor databricks.yaml, bundle.yml or "
        "bundle.yaml is there",
        root.string());
  }
  if (found.size() > 1) {
    return Invalid("two root files in {}: {} and {}; keep one", root.string(), found[0], found[1]);
  }
  return found[0];
}

// `environments` is the old name of `targets`.
void RenameEnvironments(Yaml& tree, Diagnostics& diagnostics) {
  for (YamlEntry& entry : tree.entries()) {
    if (entry.key != "environments") continue;
    if (tree.Find("targets") != nullptr) {
      diagnostics.Add(Severity::kError, entry.key_location,
                      "'environments' is the old name of 'targets'; both are here, keep 'targets'");
      return;
    }
    entry.key = "targets";
  }
}

// Reads and checks one file. A tree that cannot be used is null.
Yaml ReadOne(const fs::path& root, const std::string& file, const LoadOptions& options,
             Diagnostics& diagnostics) {
  const Result<std::string> text = ReadTextFile(root / file);
  if (!text) {
    diagnostics.Add(Severity::kError, {.file = file, .line = 1, .column = 1},
                    text.error().message());
    return {};
  }
  Result<Yaml> tree = ParseYaml(*text, file);
  if (!tree) {
    diagnostics.Add(tree.error());
    return {};
  }
  if (!tree->is_null() && !tree->is_map()) {
    diagnostics.Add(Severity::kError, tree->location(),
                    fmt::format("a bundle file is a map of keys such as 'resources', this is {}",
                                tree->KindName()));
    return {};
  }
  CheckShape(*tree, ShapeOf<RootFile>(),
             {.partial = true, .allow_unsupported = options.allow_unsupported}, diagnostics);
  RenameEnvironments(*tree, diagnostics);
  return *std::move(tree);
}

// An `include` entry with ${bundle.target} and ${var.x} replaced, where their values are plain.
std::string ExpandInclude(const Yaml& entry, const Yaml& config, const LoadOptions& options,
                          Diagnostics& diagnostics) {
  std::string text = entry.text();
  if (FindReferences(text).empty()) return text;
  Diagnostics ignored;
  Yaml copy = config;
  const std::string target = ChooseTarget(copy, options, ignored);
  AssignVariables(copy, target, {}, options, ignored);
  std::string expanded;
  size_t position = 0;
  for (const Reference& reference : FindReferences(text)) {
    const Yaml* value = nullptr;
    if (reference.path.starts_with("var.")) {
      value = copy.FindPath("variables." + reference.path.substr(4) + ".value");
    }
    const bool is_plain =
        value != nullptr && value->is_scalar() && FindReferences(value->text()).empty();
    const bool is_target = reference.path == "bundle.target";
    if (!is_plain && !is_target) {
      diagnostics.Add(
          Severity::kError, entry.location(),
          fmt::format("'${{{}}}' cannot stand in 'include': only ${{bundle.target}} and "
                      "variables with a plain value can",
                      reference.path));
      return "";
    }
    expanded +=
        text.substr(position, reference.begin - position) + (is_target ? target : value->text());
    position = reference.begin + reference.size;
  }
  return expanded + text.substr(position);
}

bool HasYamlExtension(const std::string& file) {
  return file.ends_with(".yml") || file.ends_with(".yaml") || file.ends_with(".json");
}

// The files that one `include` entry stands for.
std::vector<std::string> IncludedFiles(const fs::path& root, const Yaml& entry,
                                       const std::string& pattern, Diagnostics& diagnostics) {
  const auto fail = [&](std::string message) {
    diagnostics.Add(Severity::kError, entry.location(), std::move(message));
    return std::vector<std::string>();
  };
  if (fs::path(pattern).is_absolute()) {
    return fail(
        fmt::format("include '{}' is absolute; paths begin at the root of the bundle", pattern));
  }
  if (IsGlob(pattern)) {
    std::vector<std::string> files = ExpandGlob(root, pattern);
    std::erase_if(files, [](const std::string& file) { return !HasYamlExtension(file); });
    if (files.empty()) {
      diagnostics.Add(Severity::kInfo, entry.location(),
                      fmt::format("include '{}' matches no file", pattern));
    }
    return files;
  }
  const std::string file = fs::path(pattern).lexically_normal().generic_string();
  if (fs::is_directory(root / file)) {
    return fail(fmt::format("include '{}' is a folder; write '{}/*.yml'", pattern, file));
  }
  if (!fs::is_regular_file(root / file)) {
    return fail(fmt::format("included file '{}' does not exist{}", pattern, [&] {
      const std::string near = NearestFile(root, file);
      return near.empty() ? "" : fmt::format("; did you mean '{}'?", near);
    }()));
  }
  if (!HasYamlExtension(file)) {
    return fail(fmt::format("included file '{}' is no .yml, .yaml or .json file", pattern));
  }
  return {file};
}

// Files named *.job.yml and *.pipeline.yml should define one resource of that kind.
void CheckFileName(const Yaml& tree, const std::string& file, Diagnostics& diagnostics) {
  for (const auto& [suffix, kind] :
       {std::pair{".job.", "jobs"}, std::pair{".pipeline.", "pipelines"}}) {
    if (file.find(suffix) == std::string::npos) continue;
    const Yaml* resources = tree.Find("resources");
    size_t count = 0;
    if (resources != nullptr) {
      for (const YamlEntry& entry : resources->entries()) {
        count += entry.value.entries().size();
      }
    }
    const Yaml* own = resources == nullptr ? nullptr : resources->Find(kind);
    if (count == 1 && own != nullptr && own->entries().size() == 1) continue;
    diagnostics.Add(Severity::kRecommendation, {.file = file, .line = 1, .column = 1},
                    fmt::format("a file named '*{}yml' should define exactly one of 'resources.{}'",
                                suffix, kind));
  }
}

void CheckResourceKey(const std::string& kind, const YamlEntry& resource,
                      Diagnostics& diagnostics) {
  const bool valid =
      !resource.key.empty() && std::ranges::all_of(resource.key, [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '_' || c == '-';
      });
  if (valid) return;
  diagnostics.Add(
      Severity::kError, resource.key_location,
      fmt::format("key '{}' in 'resources.{}' may hold letters, digits, '_' and '-' only",
                  resource.key, kind));
}

// Resource keys are unique over all kinds and files.
class ResourceKeys {
 public:
  void Check(const Yaml& tree, Diagnostics& diagnostics) {
    const Yaml* resources = tree.Find("resources");
    if (resources == nullptr) return;
    for (const YamlEntry& kind : resources->entries()) {
      for (const YamlEntry& resource : kind.value.entries()) {
        CheckResourceKey(kind.key, resource, diagnostics);
        const auto [first, is_new] = places_.emplace(resource.key, resource.key_location);
        if (is_new) continue;
        diagnostics.Add(Severity::kError, resource.key_location,
                        fmt::format("resource key '{}' is already used at {}", resource.key,
                                    first->second.ToString()));
      }
    }
  }

 private:
  std::map<std::string, SourceLocation> places_;
};

}  // namespace

const std::vector<std::string>& RootFileNames() {
  static const std::vector<std::string> kNames = {"databricks.yml", "databricks.yaml", "bundle.yml",
                                                  "bundle.yaml", "lakesmith-bundle.yml"};
  return kNames;
}

Result<std::string> ReadTextFile(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream) return NotFound("cannot read {}", path.filename().string());
  return std::move(text).str();
}

Result<ConfigFiles> ReadConfigFiles(const fs::path& root, const LoadOptions& options,
                                    Diagnostics& diagnostics) {
  const std::string root_file = TRY(FindRootFile(root));
  ConfigFiles result{.root_file = root_file, .files = {root_file}};
  result.config = ReadOne(root, root_file, options, diagnostics);
  if (diagnostics.has_errors()) return result;
  if (result.config.is_null()) {
    diagnostics.Add(Severity::kError, {.file = root_file, .line = 1, .column = 1},
                    "the file holds nothing; it begins with 'bundle:' and its 'name:'");
    return result;
  }
  ResourceKeys keys;
  keys.Check(result.config, diagnostics);
  const Yaml root_config = result.config;
  const Yaml* include = root_config.Find("include");
  std::set<std::string> seen = {root_file};
  for (const Yaml& entry : include == nullptr ? std::vector<Yaml>() : include->items()) {
    if (!entry.is_string()) continue;
    const std::string pattern = ExpandInclude(entry, root_config, options, diagnostics);
    if (pattern.empty()) continue;
    for (const std::string& file : IncludedFiles(root, entry, pattern, diagnostics)) {
      if (!seen.insert(file).second) continue;
      result.files.push_back(file);
      const Yaml tree = ReadOne(root, file, options, diagnostics);
      CheckFileName(tree, file, diagnostics);
      keys.Check(tree, diagnostics);
      if (const YamlEntry* nested = tree.FindEntry("include")) {
        diagnostics.Add(Severity::kWarning, nested->key_location,
                        "'include' has effect in the root file only");
      }
      MergeInto(result.config, tree, {}, diagnostics);
    }
  }
  return result;
}

}  // namespace lakesmith::bundle
