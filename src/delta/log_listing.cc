#include <algorithm>
#include <charconv>

#include "delta/log_listing_internal.h"

namespace lakesmith::delta {
namespace {

constexpr size_t kVersionDigits = 20;

std::optional<int64_t> Digits(std::string_view text, size_t count) {
  if (text.size() != count) return std::nullopt;
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

bool IsUuid(std::string_view text) {
  if (text.size() != 36) return false;
  return std::ranges::all_of(text, [](char c) {
    return c == '-' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  });
}

std::vector<std::string_view> SplitAtDots(std::string_view name) {
  std::vector<std::string_view> parts;
  while (true) {
    const size_t dot = name.find('.');
    parts.push_back(name.substr(0, dot));
    if (dot == std::string_view::npos) return parts;
    name.remove_prefix(dot + 1);
  }
}

// Parts of multi-part checkpoints by version and number of parts.
using PartSets = std::map<std::pair<int64_t, int64_t>, std::map<int64_t, storage::ObjectInfo>>;

void AddCheckpoint(const std::vector<std::string_view>& parts, int64_t version,
                   const storage::ObjectInfo& file, LogListing* listing, PartSets* part_sets) {
  // parts: version, "checkpoint", ..., extension.
  const bool parquet = parts.back() == "parquet";
  if (parts.size() == 3 && parquet) {
    listing->checkpoints.push_back({.version = version,
                                    .kind = CheckpointFiles::Kind::kClassic,
                                    .paths = {file.path},
                                    .modified_ms = file.modified_ms});
    return;
  }
  if (parts.size() == 4 && IsUuid(parts[2]) && (parquet || parts.back() == "json")) {
    listing->checkpoints.push_back({.version = version,
                                    .kind = CheckpointFiles::Kind::kV2,
                                    .paths = {file.path},
                                    .modified_ms = file.modified_ms});
    return;
  }
  if (parts.size() != 5 || !parquet) return;
  const std::optional<int64_t> part = Digits(parts[2], 10);
  const std::optional<int64_t> count = Digits(parts[3], 10);
  if (part && count && *part >= 1 && *part <= *count) (*part_sets)[{version, *count}][*part] = file;
}

void AddListedFile(const storage::ObjectInfo& file, LogListing* listing, PartSets* part_sets) {
  const std::string_view name = storage::BaseName(file.path);
  const std::vector<std::string_view> parts = SplitAtDots(name);
  const std::optional<int64_t> version = Digits(parts[0], kVersionDigits);
  if (!version || parts.size() < 2 || file.size_bytes < 0) return;
  if (parts.size() == 2 && parts[1] == "json") {
    listing->commits.push_back(
        {.version = *version, .path = file.path, .modified_ms = file.modified_ms});
  } else if (parts.size() == 2 && parts[1] == "crc") {
    listing->checksums.emplace_back(*version, file.path);
  } else if (parts.size() >= 3 && parts[1] == "checkpoint") {
    AddCheckpoint(parts, *version, file, listing, part_sets);
  } else if (parts.size() == 4 && parts[2] == "compacted" && parts[3] == "json") {
    const std::optional<int64_t> last = Digits(parts[1], kVersionDigits);
    if (last && *last > *version) listing->compacted.push_back({*version, *last, file.path});
  }
}

void AddMultiPart(const PartSets& part_sets, LogListing* listing) {
  for (const auto& [key, parts] : part_sets) {
    const auto& [version, count] = key;
    CheckpointFiles checkpoint{.version = version, .kind = CheckpointFiles::Kind::kMultiPart};
    for (const auto& [number, file] : parts) {
      checkpoint.paths.push_back(file.path);
      checkpoint.modified_ms = std::max(checkpoint.modified_ms, file.modified_ms);
    }
    if (static_cast<int64_t>(parts.size()) == count) {
      listing->checkpoints.push_back(std::move(checkpoint));
    } else {
      std::ranges::move(checkpoint.paths, std::back_inserter(listing->incomplete_checkpoints));
    }
  }
}

Error VersionNotThere(const LogListing& listing, const Table& table, int64_t version,
                      int64_t oldest) {
  return NotFound("{}: version {} is not there; versions {} to {} can be read", table.root, version,
                  oldest, listing.newest())
      .WithClass("DELTA_VERSION_NOT_FOUND", "22003");
}

// The oldest version that can be rebuilt: of the first checkpoint, or 0.
int64_t OldestReadable(const LogListing& listing) {
  if (!listing.commits.empty() && listing.commits.front().version == 0) return 0;
  return listing.checkpoints.empty() ? listing.newest() : listing.checkpoints.front().version;
}

// The longest compaction that starts at `version` and ends at or before `end`.
const CompactedFile* BestCompaction(const LogListing& listing, int64_t version, int64_t end) {
  const CompactedFile* best = nullptr;
  for (const CompactedFile& file : listing.compacted) {
    if (file.first == version && file.last <= end && (best == nullptr || file.last > best->last))
      best = &file;
  }
  return best;
}

Status AddCommits(const LogListing& listing, const Table& table, int64_t first,
                  LogSegment* segment) {
  auto commit = std::ranges::lower_bound(listing.commits, first, {}, &CommitFile::version);
  for (int64_t version = first; version <= segment->version;) {
    if (const CompactedFile* compaction = BestCompaction(listing, version, segment->version)) {
      segment->replay.push_back(compaction->path);
      version = compaction->last + 1;
      continue;
    }
    while (commit != listing.commits.end() && commit->version < version) ++commit;
    if (commit == listing.commits.end() || commit->version != version) {
      return Corrupt("{}: commit {} is missing, which version {} builds on", table.LogFolder(),
                     version, segment->version)
          .WithClass("DELTA_VERSIONS_NOT_CONTIGUOUS", "KD00C");
    }
    segment->replay.push_back(commit->path);
    ++version;
  }
  return {};
}

}  // namespace

int64_t LogListing::newest() const {
  int64_t version = -1;
  if (!commits.empty()) version = commits.back().version;
  if (!checkpoints.empty()) version = std::max(version, checkpoints.back().version);
  return version;
}

Result<LogListing> ListLog(const Table& table, int64_t from_version) {
  const std::vector<storage::ObjectInfo> files = TRY(
      table.store->List(table.LogFolder(), from_version > 0 ? PaddedVersion(from_version) : ""));
  LogListing listing;
  PartSets part_sets;
  for (const storage::ObjectInfo& file : files) AddListedFile(file, &listing, &part_sets);
  AddMultiPart(part_sets, &listing);
  std::ranges::stable_sort(listing.checkpoints,
                           [](const CheckpointFiles& a, const CheckpointFiles& b) {
                             return std::tie(a.version, a.kind) < std::tie(b.version, b.kind);
                           });
  return listing;
}

Result<LogSegment> SegmentFor(const LogListing& listing, const Table& table,
                              std::optional<int64_t> version) {
  LogSegment segment{.version = version.value_or(listing.newest())};
  if (segment.version < 0 || segment.version > listing.newest()) {
    return VersionNotThere(listing, table, segment.version, OldestReadable(listing));
  }
  for (const CheckpointFiles& checkpoint : listing.checkpoints) {
    if (checkpoint.version <= segment.version) segment.checkpoint = checkpoint;
  }
  if (!segment.checkpoint && (listing.commits.empty() || listing.commits.front().version != 0)) {
    return VersionNotThere(listing, table, segment.version, OldestReadable(listing));
  }
  TRY(AddCommits(listing, table, segment.checkpoint ? segment.checkpoint->version + 1 : 0,
                 &segment));
  const auto last =
      std::ranges::lower_bound(listing.commits, segment.version, {}, &CommitFile::version);
  if (last != listing.commits.end() && last->version == segment.version)
    segment.last_commit = *last;
  return segment;
}

std::string PaddedVersion(int64_t version) { return fmt::format("{:020}", version); }

std::string CommitPath(const Table& table, int64_t version) {
  return storage::JoinPath(table.LogFolder(), PaddedVersion(version) + ".json");
}

std::optional<int64_t> LastCheckpointHint(const Table& table) {
  const Result<std::string> text =
      table.store->Read(storage::JoinPath(table.LogFolder(), "_last_checkpoint"));
  if (!text) return std::nullopt;
  const Result<Json> json = ParseJson(*text);
  if (!json || !json->is_object()) return std::nullopt;
  const auto version = json->find("version");
  if (version == json->end() || !version->is_number_integer()) return std::nullopt;
  const int64_t number = version->get<int64_t>();
  if (number < 0) return std::nullopt;
  return number;
}

}  // namespace lakesmith::delta
