#pragma once

#include <string>
#include <string_view>

#include "pipeline/graph.h"

namespace lakesmith::pipeline {

// A fingerprint of everything written that decides the rows and columns of a dataset: its queries,
// the views that they read, declared columns, rules, settings. Layout and comments of the text do
// not count.
std::string DefinitionFingerprint(const Graph& graph, size_t dataset);

// A fingerprint of any text.
std::string Fingerprint(std::string_view text);

// Names what makes two runs over the same tables differ: a function such as current_timestamp, or
// files read directly.
// "" when there is nothing of the kind.
std::string CallsThatVary(const Graph& graph, size_t dataset);

}  // namespace lakesmith::pipeline
