#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "delta/commit_reader_internal.h"
#include "delta/transaction.h"

namespace lakesmith::delta {

// All that a transaction collected.
struct PendingCommit {
  Table table;
  SnapshotPtr snapshot;
  std::optional<Protocol> protocol;
  std::optional<Metadata> metadata;
  std::vector<AddFile> adds;
  std::vector<RemoveFile> removes;
  std::vector<CdcFile> change_data;
  std::vector<SetTransaction> transactions;
  std::vector<DomainMetadata> domains;
  bool read_whole_table = false;
  std::vector<Predicate> read_predicates;
  std::set<std::string> read_files;  // Canonical paths.
  std::optional<IsolationLevel> isolation_level;
  int max_attempts = 100;

  bool IsBlindAppend() const;
  bool OnlyRearranges() const;  // All file actions say dataChange=false, and there are some.
  IsolationLevel EffectiveIsolation(const TableProperties& properties) const;
};

// Where the table stands after the commits that came in between.
struct CommitBase {
  int64_t version = -1;  // The newest commit.
  Protocol protocol;
  Metadata metadata;
  TableProperties properties;
  std::optional<int64_t> in_commit_timestamp_ms;
  int64_t commit_modified_ms = 0;
};

// Checks what does not depend on other writers, and completes the protocol.
Status ValidatePending(PendingCommit* pending);

// Checks one commit of another writer against ours and moves `base` past it.
// Errors: kConflict with Delta's error class. kUnsupported when the winner changed the protocol
// beyond us.
Status CheckConflict(const PendingCommit& pending, const CommitContent& winner,
                     int64_t winner_version, CommitBase* base);

}  // namespace lakesmith::delta
