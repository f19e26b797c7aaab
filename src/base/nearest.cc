#include "base/nearest.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace lakesmith {
namespace {

char Lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

}  // namespace

int EditDistance(std::string_view a, std::string_view b) {
  std::vector<int> before_previous;
  std::vector<int> previous(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) previous[j] = static_cast<int>(j);
  for (size_t i = 1; i <= a.size(); ++i) {
    std::vector<int> current(b.size() + 1);
    current[0] = static_cast<int>(i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const int substitution = Lower(a[i - 1]) == Lower(b[j - 1]) ? 0 : 1;
      current[j] = std::min({previous[j] + 1, current[j - 1] + 1, previous[j - 1] + substitution});
      const bool swapped = i > 1 && j > 1 && Lower(a[i - 1]) == Lower(b[j - 2]) &&
                           Lower(a[i - 2]) == Lower(b[j - 1]);
      if (swapped) current[j] = std::min(current[j], before_previous[j - 2] + 1);
    }
    before_previous = std::exchange(previous, std::move(current));
  }
  return previous[b.size()];
}

std::string Nearest(std::string_view name, std::span<const std::string> candidates) {
  const std::vector<std::string> few = NearestFew(name, candidates, 1);
  if (few.empty()) return "";
  const auto allowed = static_cast<int>(std::max(name.size(), few[0].size()) / 3 + 1);
  return EditDistance(name, few[0]) <= allowed ? few[0] : "";
}

std::vector<std::string> NearestFew(std::string_view name, std::span<const std::string> candidates,
                                    size_t limit) {
  std::vector<std::pair<int, const std::string*>> ranked;
  ranked.reserve(candidates.size());
  for (const std::string& candidate : candidates) {
    ranked.emplace_back(EditDistance(name, candidate), &candidate);
  }
  std::ranges::stable_sort(ranked, {}, &std::pair<int, const std::string*>::first);
  std::vector<std::string> few;
  for (const auto& [distance, candidate] : ranked) {
    if (few.size() == limit) break;
    few.push_back(*candidate);
  }
  return few;
}

}  // namespace lakesmith
