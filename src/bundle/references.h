#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lakesmith::bundle {

// One `${path}` in a text.
struct Reference {
  size_t begin = 0;  // Of the `$`.
  size_t size = 0;   // Up to and with the `}`.
  std::string path;  // E.g. "var.catalog" or "artifacts.x.files[0].source".
};

// The references of a text, in order. What does not look like one, such as `${HOME:-x}` or
// `$${x}`, is left out. Source: compatibility notes, section 2.
std::vector<Reference> FindReferences(std::string_view text);

// Whether the text is exactly one reference.
bool IsWholeReference(std::string_view text);

// The steps of a path: "a.b[1]" is "a", "b", "[1]".
std::vector<std::string> SplitPath(std::string_view path);

}  // namespace lakesmith::bundle
