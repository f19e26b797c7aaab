#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lakesmith {

// Number of insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`,
// ignoring ASCII case.
int EditDistance(std::string_view a, std::string_view b);

// The candidate most like `name`, or "" when none is near enough to be a plausible slip of the pen
// (more than a third of its letters differ). Ties go to the one that shares more letters at its
// start and end with `name`, then to the earlier one.
std::string Nearest(std::string_view name, std::span<const std::string> candidates);

// At most `limit` candidates, nearest first, however far they are: for "did you mean one of".
std::vector<std::string> NearestFew(std::string_view name, std::span<const std::string> candidates,
                                    size_t limit);

}  // namespace lakesmith
