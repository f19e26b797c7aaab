#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/yaml.h"
#include "bundle/diagnostics.h"
#include "bundle/key_table.h"

namespace lakesmith::bundle {

struct ShapeCheckOptions {
  // A file before merging: parts of a resource may be elsewhere, and values may be references.
  bool partial = false;
  bool allow_unsupported = false;
};

// Checks a tree against the table: keys, kinds of values, words, ranges, and what is required.
// A key that is not known is an error when it is probably a slip of the pen (IsNearMiss), because
// then something that was meant does not happen; else it is a warning.
void CheckShape(const Yaml& root, const Shape& shape, const ShapeCheckOptions& options,
                Diagnostics& diagnostics);

// Whether `name` differs from `known` in no more than one letter in four, at least one.
bool IsNearMiss(std::string_view name, std::string_view known);

// "; did you mean 'nearest'?", or "" when none is near.
std::string DidYouMean(std::string_view name, const std::vector<std::string>& candidates);
// DidYouMean, or "; known: a, b, c" of at most five names, or "".
std::string DidYouMeanOrKnown(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace lakesmith::bundle
