#include <algorithm>

#include "bundle/bundle.h"
#include "bundle/config_files.h"
#include "bundle/decode.h"
#include "bundle/git.h"
#include "bundle/merge.h"
#include "bundle/paths.h"
#include "bundle/presets.h"
#include "bundle/resolver.h"
#include "bundle/resource_check.h"
#include "bundle/shape_check.h"
#include "bundle/target.h"

namespace lakesmith::bundle {
namespace {

namespace fs = std::filesystem;

// The steps of loading, in their order. A step that found errors ends the loading: what later steps
// would find may only follow from them.
class Loader {
 public:
  Loader(const fs::path& root, const LoadOptions& options) : options_(options) {
    bundle_.root = fs::absolute(root).lexically_normal();
    bundle_.user = options.user;
  }

  Result<Bundle> Run() {
    TRY(ReadFiles());
    if (!failed()) ChooseAndMergeTarget();
    if (!failed()) ResolveReferences();
    if (!failed()) ShapeResources();
    Publish();
    if (!failed()) CheckResources(bundle_);
    return std::move(bundle_);
  }

 private:
  bool failed() const { return bundle_.diagnostics.has_errors(); }
  Diagnostics& diagnostics() { return bundle_.diagnostics; }
  Yaml& config() { return bundle_.config; }

  Status ReadFiles() {
    ConfigFiles files = TRY(ReadConfigFiles(bundle_.root, options_, diagnostics()));
    bundle_.config = std::move(files.config);
    bundle_.files = std::move(files.files);
    bundle_.root_file = std::move(files.root_file);
    return {};
  }

  void ChooseAndMergeTarget() {
    CheckName();
    bundle_.git = options_.git ? *options_.git : ReadGitInfo(bundle_.root);
    bundle_.target = ChooseTarget(config(), options_, diagnostics());
    if (failed()) return;
    AssignVariables(config(), bundle_.target, bundle_.root, options_, diagnostics());
    if (failed()) return;
    const ReferenceValue value_of = [this](const Yaml& reference) -> std::optional<Yaml> {
      const Resolver::Options options{.roots = {"var"}, .environment = options_.environment};
      Diagnostics ignored;
      Yaml value = Resolver(config(), options, ignored).Resolve(reference);
      return ignored.has_errors() ? std::nullopt : std::optional(std::move(value));
    };
    ApplyTarget(config(), bundle_.target, options_, value_of, diagnostics());
    FillGit();
  }

  void CheckName() {
    const Yaml* name = config().FindPath("bundle.name");
    if (name == nullptr || name->is_null() || (name->is_scalar() && name->text().empty())) {
      const YamlEntry* section = config().FindEntry("bundle");
      const SourceLocation top{.file = bundle_.root_file, .line = 1, .column = 1};
      diagnostics().Add(Severity::kError, section == nullptr ? top : section->key_location,
                        "the bundle has no name; write 'bundle:' with 'name: my_project'");
    } else if (name->is_scalar() && name->text().find("${") != std::string::npos) {
      diagnostics().Add(Severity::kError, name->location(),
                        "the name of a bundle cannot hold references; write it out");
    }
  }

  void FillGit() {
    Yaml& section = *config().Find("bundle");
    if (section.Find("git") == nullptr || section.Find("git")->is_null()) {
      section.Set("git", Yaml::Map());
    }
    Yaml& git = *section.Find("git");
    const auto fill = [&](std::string_view key, const std::string& value) {
      if (git.is_map() && git.Find(key) == nullptr) git.Set(key, Yaml::String(value));
    };
    fill("branch", bundle_.git.branch);
    fill("commit", bundle_.git.commit);
    fill("origin_url", bundle_.git.origin_url);
    if (section.Find("mode") == nullptr) section.Set("mode", Yaml::String(""));
  }

  // Values of variables are resolved in place; what the official tool leaves alone is left alone.
  void ResolveReferences() {
    Resolve({"var", "variables", "bundle", "workspace", "env", "secrets"});
    if (failed()) return;
    ApplyModeAndPresets(config(), options_.user, diagnostics());
    ApplyRunAs(config(), diagnostics());
    if (!failed()) Resolve({"resources", "artifacts", "var", "variables", "bundle", "workspace"});
    CheckReferenceRoots(config(), config(), diagnostics());
  }

  void Resolve(std::vector<std::string> roots) {
    const Resolver::Options options{.roots = std::move(roots), .environment = options_.environment};
    const Yaml before = config();
    Resolver resolver(before, options, diagnostics());
    for (YamlEntry& entry : config().entries()) {
      if (entry.key == "variables") {
        ResolveVariables(entry.value, resolver);
      } else if (entry.key == "scripts") {
        ResolveScripts(entry.value, resolver);
      } else {
        entry.value = resolver.Resolve(entry.value);
      }
    }
  }

  static void ResolveVariables(Yaml& variables, Resolver& resolver) {
    for (YamlEntry& variable : variables.entries()) {
      Yaml* value = variable.value.Find("value");
      if (value != nullptr) *value = resolver.Resolve(*value);
    }
  }

  // The text of a script belongs to the shell.
  static void ResolveScripts(Yaml& scripts, Resolver& resolver) {
    for (YamlEntry& script : scripts.entries()) {
      Yaml* env = script.value.Find("env");
      if (env != nullptr) *env = resolver.Resolve(*env);
    }
  }

  void ShapeResources() {
    const ShapeCheckOptions options{.allow_unsupported = options_.allow_unsupported};
    const PathOptions paths{.root = bundle_.root, .check_files = options_.check_files};
    FoldKeyedLists(config(), ShapeOf<RootFile>(), diagnostics());
    CheckShape(config(), ResolvedShape(), options, diagnostics());
    if (!failed()) RebasePaths(config(), ShapeOf<RootFile>(), paths, diagnostics());
  }

  // The table's shape of a file, with the keys that loading adds.
  static const Shape& ResolvedShape() {
    static const Shape kShape = [] {
      Shape shape = ShapeOf<RootFile>();
      for (Field& field : shape.fields) {
        const bool extended =
            field.name == "bundle" || field.name == "workspace" || field.name == "variables";
        if (extended) field.shape = &ShapeOf<AnyValue>;
      }
      return shape;
    }();
    return kShape;
  }

  std::string TextAt(std::string_view path) const {
    const Yaml* value = bundle_.config.FindPath(path);
    return value != nullptr && value->is_scalar() ? value->text() : "";
  }

  // Fills the typed parts from the tree, as far as it came.
  void Publish() {
    bundle_.name = TextAt("bundle.name");
    bundle_.mode = TextAt("bundle.mode");
    bundle_.workspace = {.host = TextAt("workspace.host"),
                         .root_path = TextAt("workspace.root_path"),
                         .file_path = TextAt("workspace.file_path"),
                         .resource_path = TextAt("workspace.resource_path"),
                         .artifact_path = TextAt("workspace.artifact_path"),
                         .state_path = TextAt("workspace.state_path")};
    PublishVariables();
    Resources resources;
    if (const Yaml* tree = config().Find("resources")) Decode(*tree, resources);
    bundle_.jobs = std::move(resources.jobs);
    bundle_.pipelines = std::move(resources.pipelines);
    bundle_.schemas = std::move(resources.schemas);
    bundle_.volumes = std::move(resources.volumes);
    bundle_.secret_scopes = std::move(resources.secret_scopes);
    if (const Yaml* scripts = config().Find("scripts")) Decode(*scripts, bundle_.scripts);
    if (failed()) return;
    const PathOptions paths{.root = bundle_.root, .check_files = options_.check_files};
    for (auto& [key, pipeline] : bundle_.pipelines) ExpandLibraries(pipeline, paths, diagnostics());
  }

  void PublishVariables() {
    const Yaml* variables = config().Find("variables");
    if (variables == nullptr) return;
    for (const YamlEntry& entry : variables->entries()) {
      Variable& variable = bundle_.variables[entry.key];
      variable.name = entry.key;
      const Yaml* description = entry.value.Find("description");
      if (description != nullptr && description->is_scalar()) {
        variable.description = description->text();
      }
      if (const Yaml* value = entry.value.Find("value")) variable.value = *value;
      if (const Yaml* origin = entry.value.Find("origin")) variable.origin = origin->text();
    }
  }

  const LoadOptions& options_;
  Bundle bundle_;
};

}  // namespace

Result<fs::path> FindRoot(const fs::path& start) {
  fs::path folder = fs::absolute(start).lexically_normal();
  while (true) {
    for (const std::string& name : RootFileNames()) {
      if (fs::is_regular_file(folder / name)) return folder;
    }
    const fs::path parent = folder.parent_path();
    if (parent == folder || parent.empty()) break;
    folder = parent;
  }
  return NotFound(
      "no bundle in {} or a folder above it: no databricks.yml, databricks.yaml, "
      "bundle.yml or bundle.yaml is there",
      fs::absolute(start).string());
}

Result<Bundle> Load(const fs::path& root, const LoadOptions& options) {
  return Loader(root, options).Run();
}

}  // namespace lakesmith::bundle
