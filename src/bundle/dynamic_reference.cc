#include "bundle/dynamic_reference.h"

#include <algorithm>
#include <cctype>
#include <optional>

#include "base/ascii.h"

namespace lakesmith::bundle {
namespace {

bool IsKnownRoot(const std::vector<std::string>& path) {
  static const std::vector<std::string> kRoots = {"job",   "task",     "tasks",
                                                  "input", "backfill", "workspace"};
  static const std::vector<std::string> kOldSpellings = {
      "job_id",     "run_id",   "parent_run_id",   "start_date",
      "start_time", "task_key", "task_retry_count"};
  if (path.size() == 1 && std::ranges::find(kOldSpellings, path[0]) != kOldSpellings.end()) {
    return true;
  }
  return std::ranges::find(kRoots, path[0]) != kRoots.end();
}

// Takes one step off the beginning of the text; nothing when none is there.
std::optional<std::string> TakeStep(std::string_view& text) {
  if (text.starts_with('`')) {
    const size_t end = text.find('`', 1);
    if (end == std::string_view::npos || end == 1) return std::nullopt;
    std::string step(text.substr(1, end - 1));
    text.remove_prefix(end + 1);
    return step;
  }
  size_t length = 0;
  while (length < text.size()) {
    const char c = text[length];
    const bool is_part = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
    if (!is_part) break;
    ++length;
  }
  if (length == 0) return std::nullopt;
  std::string step(text.substr(0, length));
  text.remove_prefix(length);
  return step;
}

std::optional<std::vector<std::string>> ReadPath(std::string_view text) {
  text = Trim(text);
  std::vector<std::string> path;
  while (true) {
    std::optional<std::string> step = TakeStep(text);
    if (!step) return std::nullopt;
    path.push_back(*std::move(step));
    if (text.empty()) return path;
    if (text.front() != '.') return std::nullopt;
    text.remove_prefix(1);
  }
}

}  // namespace

std::vector<DynamicReference> FindDynamicReferences(std::string_view text) {
  std::vector<DynamicReference> references;
  size_t begin = text.find("{{");
  while (begin != std::string_view::npos) {
    const size_t end = text.find("}}", begin + 2);
    if (end == std::string_view::npos) break;
    std::optional<std::vector<std::string>> path =
        ReadPath(text.substr(begin + 2, end - begin - 2));
    if (path && IsKnownRoot(*path)) {
      references.push_back({.begin = begin, .size = end + 2 - begin, .path = *std::move(path)});
      begin = text.find("{{", end + 2);
    } else {
      begin = text.find("{{", begin + 1);
    }
  }
  return references;
}

const std::vector<std::string>& TimeParts() {
  static const std::vector<std::string> kParts = {
      "iso_date", "iso_datetime", "year",         "month",       "day",       "hour",
      "minute",   "second",       "timestamp_ms", "iso_weekday", "is_weekday"};
  return kParts;
}

std::string DynamicReferenceText(const std::vector<std::string>& path) {
  std::string text;
  for (const std::string& step : path) text += (text.empty() ? "" : ".") + step;
  return "{{" + text + "}}";
}

}  // namespace lakesmith::bundle
