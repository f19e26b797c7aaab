#include "delta/version_changes.h"

#include <utility>

#include "delta/commit_reader_internal.h"
#include "delta/log_listing_internal.h"

namespace lakesmith::delta {

Result<std::vector<VersionChanges>> ReadVersionChanges(const Table& table, int64_t first,
                                                       int64_t last) {
  std::vector<VersionChanges> versions;
  if (first > last) return versions;
  const LogListing log = TRY(ListLog(table, first));
  int64_t wanted = first;
  for (const CommitFile& commit : log.commits) {
    if (commit.version < first || commit.version > last) continue;
    if (commit.version != wanted) break;
    CommitContent content = TRY(ParseCommit(TRY(table.store->Read(commit.path)), commit.path));
    VersionChanges changes;
    changes.version = commit.version;
    changes.timestamp_ms = InCommitTimestampOf(content.commit_info).value_or(commit.modified_ms);
    changes.adds = std::move(content.adds);
    changes.removes = std::move(content.removes);
    changes.change_data = std::move(content.change_data);
    changes.metadata = std::move(content.metadata);
    versions.push_back(std::move(changes));
    ++wanted;
  }
  if (wanted <= last) {
    return NotFound(
        "{}: the commit of version {} is not there; versions before the newest may have been "
        "cleaned up",
        table.root, wanted);
  }
  return versions;
}

}  // namespace lakesmith::delta
