#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "delta/actions.h"

namespace lakesmith::delta {

// A sidecar file of a V2 checkpoint.
struct Sidecar {
  std::string path;  // File name only.
  int64_t size_bytes = 0;
  int64_t modified_ms = 0;
};

// The actions of one commit, log compaction or JSON checkpoint file.
struct CommitContent {
  std::optional<Protocol> protocol;
  std::optional<Metadata> metadata;
  std::vector<AddFile> adds;
  std::vector<RemoveFile> removes;
  std::vector<CdcFile> change_data;
  std::vector<SetTransaction> transactions;
  std::vector<DomainMetadata> domains;
  std::string commit_info;  // JSON text; "" when there is none.
  std::vector<Sidecar> sidecars;
  bool has_checkpoint_metadata = false;
};

// Parses newline-delimited actions. Unknown actions and fields are skipped. `bytes` may be changed
// in capacity only. Errors: kCorrupt  "path:line: what is wrong".
Result<CommitContent> ParseCommit(std::string bytes, std::string_view path);

// The in-commit timestamp of a commitInfo text; nullopt without one.
std::optional<int64_t> InCommitTimestampOf(std::string_view commit_info);

}  // namespace lakesmith::delta
