#include "bundle/paths.h"

#include <algorithm>
#include <optional>
#include <set>

#include "bundle/glob.h"

namespace lakesmith::bundle {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string>& NotebookExtensions() {
  static const std::vector<std::string> kExtensions = {".py", ".sql", ".ipynb"};
  return kExtensions;
}

bool HasScheme(const std::string& path) { return path.find(":/") != std::string::npos; }

bool IsAbsolute(const std::string& path) { return path.starts_with('/') || HasScheme(path); }

// The path with an extension that makes it an existing notebook.
std::optional<std::string> CompleteNotebook(const fs::path& root, const std::string& path) {
  for (const std::string& extension : NotebookExtensions()) {
    if (fs::is_regular_file(root / (path + extension))) return path + extension;
  }
  return std::nullopt;
}

void ReportMissing(const Yaml& value, const std::string& path, const PathOptions& options,
                   Diagnostics& diagnostics) {
  const std::string near = NearestFile(options.root, path);
  diagnostics.Add(Severity::kError, value.location(),
                  fmt::format("file '{}' does not exist{}", path,
                              near.empty() ? "" : fmt::format("; did you mean '{}'?", near)));
}

class Rebaser {
 public:
  Rebaser(const PathOptions& options, Diagnostics& diagnostics)
      : options_(options), diagnostics_(diagnostics) {}

  void Visit(Yaml& value, const Shape& shape) {
    if (shape.kind == Shape::Kind::kMap) {
      for (YamlEntry& entry : value.entries()) Visit(entry.value, shape.element());
    }
    if (shape.kind == Shape::Kind::kList) {
      for (Yaml& item : value.items()) Visit(item, shape.element());
    }
    if (shape.kind == Shape::Kind::kObject) VisitObject(value, shape);
  }

 private:
  void VisitObject(Yaml& value, const Shape& shape) {
    const Yaml* source = value.Find("source");
    const bool from_git = source != nullptr && source->is_scalar() && source->text() == "GIT";
    for (YamlEntry& entry : value.entries()) {
      const Field* field = shape.FindField(entry.key);
      if (field == nullptr) continue;
      if (field->path == PathKind::kNone) {
        Visit(entry.value, field->shape());
      } else if (entry.value.is_scalar() && !entry.value.text().empty()) {
        Rebase(entry.value, field->path, from_git);
      }
    }
  }

  // Paths into a git source begin at its root.
  void Rebase(Yaml& value, PathKind kind, bool from_git) {
    const std::string& text = value.text();
    if (IsAbsolute(text)) return CheckAbsolute(value, kind);
    const fs::path folder = from_git ? fs::path() : fs::path(value.file()).parent_path();
    std::string path = (folder / text).lexically_normal().generic_string();
    if (path.size() > 1 && path.ends_with('/')) path.pop_back();
    const bool dynamic = text.find("{{") != std::string::npos;
    if (path.starts_with("../") && kind != PathKind::kAny) {
      diagnostics_.Add(Severity::kError, value.location(),
                       fmt::format("path '{}' leads out of the bundle's folder", text));
    } else if (options_.check_files && !dynamic) {
      CheckThere(value, path, kind);
    }
    value = Yaml::String(std::move(path)).AtPlaceOf(value);
  }

  void CheckAbsolute(const Yaml& value, PathKind kind) {
    if (kind == PathKind::kAny || !options_.check_files) return;
    if (!HasScheme(value.text()) && fs::exists(value.text())) return;
    diagnostics_.Add(Severity::kWarning, value.location(),
                     fmt::format("'{}' is an absolute path of a workspace, which is not here: what "
                                 "uses it fails when run; give a path relative to this file",
                                 value.text()));
  }

  void CheckThere(const Yaml& value, std::string& path, PathKind kind) {
    const fs::path full = options_.root / path;
    switch (kind) {
      case PathKind::kNone:
      case PathKind::kAny:
        return;
      case PathKind::kFile:
        if (!fs::is_regular_file(full)) ReportMissing(value, path, options_, diagnostics_);
        return;
      case PathKind::kNotebook:
        return CheckNotebook(value, path);
      case PathKind::kGlob:
        if (!IsGlob(path) && !fs::exists(full) && !CompleteNotebook(options_.root, path)) {
          ReportMissing(value, path, options_, diagnostics_);
        }
        return;
    }
  }

  void CheckNotebook(const Yaml& value, std::string& path) {
    if (fs::is_regular_file(options_.root / path)) return;
    const std::optional<std::string> complete = CompleteNotebook(options_.root, path);
    if (!complete) return ReportMissing(value, path, options_, diagnostics_);
    diagnostics_.Add(
        Severity::kRecommendation, value.location(),
        fmt::format("notebook path '{}' has no extension; '{}' is used", value.text(), *complete));
    path = *complete;
  }

  const PathOptions& options_;
  Diagnostics& diagnostics_;
};

bool IsSource(const std::string& file) {
  return file.ends_with(".sql") || file.ends_with(".py") || file.ends_with(".ipynb");
}

// Files that one path of a library stands for, relative to the root.
std::vector<std::string> FilesOf(const std::string& path, const fs::path& root) {
  std::vector<std::string> files;
  if (IsGlob(path)) {
    files = ExpandGlob(root, path);
  } else if (fs::is_directory(root / path)) {
    files = ExpandGlob(root, path + "/*");
  } else if (fs::is_regular_file(root / path)) {
    return {path};
  } else if (std::optional<std::string> notebook = CompleteNotebook(root, path)) {
    return {*std::move(notebook)};
  }
  std::erase_if(files, [](const std::string& file) { return !IsSource(file); });
  return files;
}

}  // namespace

std::string PathFromRoot(const LocatedText& written) {
  if (IsAbsolute(written.value)) return written.value;
  const fs::path folder = fs::path(written.location.file).parent_path();
  return (folder / written.value).lexically_normal().generic_string();
}

void RebasePaths(Yaml& value, const Shape& shape, const PathOptions& options,
                 Diagnostics& diagnostics) {
  Rebaser(options, diagnostics).Visit(value, shape);
}

void ExpandLibraries(Pipeline& pipeline, const PathOptions& options, Diagnostics& diagnostics) {
  std::set<std::string> seen;
  for (const PipelineLibrary& library : pipeline.libraries) {
    std::vector<LocatedText> paths;
    if (library.glob) paths.push_back(library.glob->include);
    if (library.file) paths.push_back(library.file->path);
    if (library.notebook) paths.push_back(library.notebook->path);
    for (const LocatedText& path : paths) {
      const std::vector<std::string> files = FilesOf(path.value, options.root);
      if (files.empty() && options.check_files && !IsAbsolute(path.value)) {
        diagnostics.Add(Severity::kWarning, path.location,
                        fmt::format("'{}' matches no .sql or .py file", path.value));
      }
      for (const std::string& file : files) {
        if (seen.insert(file).second) pipeline.source_files.push_back({file, path.location});
      }
    }
  }
}

}  // namespace lakesmith::bundle
