#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/yaml.h"
#include "bundle/diagnostics.h"
#include "bundle/references.h"

namespace lakesmith::bundle {

// Replaces `${path}` in a configuration tree by what the path leads to in the same tree.
// Source: compatibility notes, section 2.
class Resolver {
 public:
  struct Options {
    // First steps of the paths to replace, e.g. "var"; references to others stay as they are.
    std::vector<std::string> roots;
    std::map<std::string, std::string> environment;  // For ${env.NAME}.
  };

  // Borrows all three for its life. `config` must not change while it lives, except through it.
  Resolver(const Yaml& config, const Options& options, Diagnostics& diagnostics);

  // A copy of the value with its references replaced. Each that cannot be is an error, and stays.
  Yaml Resolve(const Yaml& value);

 private:
  std::optional<Yaml> ValueOf(const Reference& reference, const SourceLocation& place);
  std::optional<Yaml> Lookup(const std::string& path, const SourceLocation& place);
  std::optional<Yaml> LookupEnvironment(const std::string& path, const SourceLocation& place);
  std::optional<Yaml> Walk(const std::string& path, const SourceLocation& place);
  Yaml ResolveText(const Yaml& value);
  bool IsMine(const std::string& path) const;
  void ReportUnknownStep(const std::string& path, const Yaml& parent, const std::string& step,
                         const SourceLocation& place);
  void ReportCycle(const std::string& path, const SourceLocation& place);

  const Yaml& config_;
  const Options& options_;
  Diagnostics& diagnostics_;
  std::map<std::string, std::optional<Yaml>> values_;  // By path, those that were looked up.
  std::vector<std::string> stack_;                     // Paths being looked up.
};

// Tells of `${NAME}` whose first step is no root that references have: a slip when it is near one
// or names a variable, else a text of some other tool that stays as it is.
void CheckReferenceRoots(const Yaml& value, const Yaml& config, Diagnostics& diagnostics);

}  // namespace lakesmith::bundle
