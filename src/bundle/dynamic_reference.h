#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lakesmith::bundle {

// One `{{path}}` in a text: a value that is known when the task starts.
struct DynamicReference {
  size_t begin = 0;  // Of the first brace.
  size_t size = 0;
  std::vector<std::string> path;  // Steps, without back-quotes: "tasks", "load", "values", "rows".
};

// The references of a text whose first step is a known root, in order. Everything else in double
// braces is text of the user. Source: compatibility notes, section 7.
std::vector<DynamicReference> FindDynamicReferences(std::string_view text);

// Names of the parts of a time: `{{job.start_time.iso_date}}`.
const std::vector<std::string>& TimeParts();

// "{{a.b}}" for messages.
std::string DynamicReferenceText(const std::vector<std::string>& path);

}  // namespace lakesmith::bundle
