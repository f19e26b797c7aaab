#include "pipeline/stream_options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "base/nearest.h"
#include "catalog/names.h"

namespace lakesmith::pipeline {
namespace {

// Options of Delta streams that are not built, each with the value that changes nothing.
// Source: compatibility notes, "Streaming reads".
struct Missing {
  std::string_view name;
  std::string_view harmless_value;
};
constexpr std::array kMissing = {
    Missing{"allowSourceColumnDrop", ""},       Missing{"allowSourceColumnRename", ""},
    Missing{"allowSourceColumnTypeChange", ""}, Missing{"excludeRegex", ""},
    Missing{"failOnDataLoss", "true"},          Missing{"ignoreChanges", "false"},
    Missing{"ignoreDeletes", "false"},          Missing{"ignoreFileDeletion", "false"},
    Missing{"maxBytesPerTrigger", ""},          Missing{"maxFilesPerTrigger", ""},
    Missing{"readChangeData", "false"},         Missing{"readChangeFeed", "false"},
    Missing{"schemaTrackingLocation", ""},      Missing{"startingTimestamp", ""},
    Missing{"withEventTimeOrder", "false"},
};
constexpr std::string_view kSkipChangeCommits = "skipChangeCommits";
constexpr std::string_view kStartingVersion = "startingVersion";

bool Same(std::string_view a, std::string_view b) {
  return catalog::FoldName(a) == catalog::FoldName(b);
}

Error Unknown(const std::string& key) {
  std::vector<std::string> names = {std::string(kSkipChangeCommits), std::string(kStartingVersion)};
  for (const Missing& missing : kMissing) names.emplace_back(missing.name);
  const std::string nearest = Nearest(key, names);
  return Invalid("a streamed table has no option '{}'{}", key,
                 nearest.empty() ? fmt::format("; known: {}, {}", names[0], names[1])
                                 : fmt::format("; did you mean '{}'?", nearest));
}

Status SetStartingVersion(const std::string& value, StreamOptions& options) {
  if (Same(value, "latest")) {
    options.start_at_newest = true;
    return {};
  }
  int64_t version = 0;
  const auto [end, failed] = std::from_chars(value.data(), value.data() + value.size(), version);
  if (failed != std::errc() || end != value.data() + value.size() || version < 0) {
    return Invalid("option 'startingVersion' is a version from 0 on, or latest, not '{}'", value);
  }
  options.starting_version = version;
  return {};
}

Status Apply(const std::string& key, const std::string& value, StreamOptions& options) {
  if (Same(key, kStartingVersion)) return SetStartingVersion(value, options);
  if (Same(key, kSkipChangeCommits)) {
    if (!Same(value, "true") && !Same(value, "false")) {
      return Invalid("option 'skipChangeCommits' is true or false, not '{}'", value);
    }
    options.skip_change_commits = Same(value, "true");
    return {};
  }
  const auto* missing = std::ranges::find_if(
      kMissing, [&](const Missing& candidate) { return Same(candidate.name, key); });
  if (missing == kMissing.end()) return Unknown(key);
  if (!missing->harmless_value.empty() && Same(missing->harmless_value, value)) return {};
  return Unsupported("option '{}' of a streamed table is not supported yet with the value '{}'",
                     missing->name, value);
}

}  // namespace

Result<StreamOptions> ParseStreamOptions(const std::map<std::string, std::string>& options,
                                         std::string* failed_key) {
  StreamOptions parsed;
  for (const auto& [key, value] : options) {
    const Status applied = Apply(key, value, parsed);
    if (applied) continue;
    if (failed_key != nullptr) *failed_key = key;
    return applied.error();
  }
  return parsed;
}

}  // namespace lakesmith::pipeline
