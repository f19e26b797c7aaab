#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "delta/table.h"

namespace lakesmith::delta {

// A complete checkpoint: one Parquet file, several of a multi-part one, or the top file of a V2
// checkpoint.
struct CheckpointFiles {
  enum class Kind { kMultiPart, kClassic, kV2 };  // Later ones are preferred.

  int64_t version = 0;
  Kind kind = Kind::kClassic;
  std::vector<std::string> paths;
  int64_t modified_ms = 0;
};

struct CommitFile {
  int64_t version = 0;
  std::string path;
  int64_t modified_ms = 0;
};

struct CompactedFile {
  int64_t first = 0;
  int64_t last = 0;
  std::string path;
};

// What is in the log folder, by kind and in order of version. Other names are left out.
struct LogListing {
  std::vector<CommitFile> commits;
  std::vector<CheckpointFiles>
      checkpoints;  // Complete ones only; the best one of a version comes last.
  std::vector<CompactedFile> compacted;
  std::vector<std::pair<int64_t, std::string>> checksums;  // Version and path.
  std::vector<std::string> incomplete_checkpoints;  // Files of multi-part ones that lack a part.

  bool empty() const { return commits.empty() && checkpoints.empty(); }
  // The newest version there is; -1 when empty.
  int64_t newest() const;
};

// Lists the log from `from_version` on.
Result<LogListing> ListLog(const Table& table, int64_t from_version = 0);

// The files to replay for one version: the checkpoint, then compactions and commits without a gap.
struct LogSegment {
  int64_t version = 0;
  std::optional<CheckpointFiles> checkpoint;
  std::vector<std::string> replay;  // Commits and compactions after the checkpoint, oldest first.
  std::optional<CommitFile> last_commit;  // The commit of `version` itself.
};

// Errors: kNotFound  the version is not there. kCorrupt  a commit between is missing.
Result<LogSegment> SegmentFor(const LogListing& listing, const Table& table,
                              std::optional<int64_t> version);

// "00000000000000000042"
std::string PaddedVersion(int64_t version);
std::string CommitPath(const Table& table, int64_t version);

// The version that `_last_checkpoint` names; nullopt when it is missing or not readable.
std::optional<int64_t> LastCheckpointHint(const Table& table);

}  // namespace lakesmith::delta
