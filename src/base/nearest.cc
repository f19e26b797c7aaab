#include "base/nearest.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace lakesmith {
namespace {

char Lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

// Letters that both have in common at the start and at the end. Of two names as many edits away the
// one that a slip left more of is the likelier: `rond` is `round` rather than `rand`.
int SharedEnds(std::string_view a, std::string_view b) {
  const size_t shorter = std::min(a.size(), b.size());
  size_t front = 0;
  while (front < shorter && Lower(a[front]) == Lower(b[front])) ++front;
  size_t back = 0;
  while (back < shorter - front && Lower(a[a.size() - 1 - back]) == Lower(b[b.size() - 1 - back])) {
    ++back;
  }
  return static_cast<int>(front + back);
}

struct Ranked {
  int distance;
  int unshared;  // Less is nearer.
  const std::string* candidate;

  std::pair<int, int> Rank() const { return {distance, unshared}; }
};

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
  std::vector<Ranked> ranked;
  ranked.reserve(candidates.size());
  for (const std::string& candidate : candidates) {
    ranked.push_back({EditDistance(name, candidate), -SharedEnds(name, candidate), &candidate});
  }
  std::ranges::stable_sort(ranked, {}, &Ranked::Rank);
  std::vector<std::string> few;
  for (const Ranked& one : ranked) {
    if (few.size() == limit) break;
    few.push_back(*one.candidate);
  }
  return few;
}

}  // namespace lakesmith
