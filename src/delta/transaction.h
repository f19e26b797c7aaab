#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "delta/actions.h"
#include "delta/predicate.h"
#include "delta/snapshot.h"
#include "delta/table.h"

namespace lakesmith::delta {

// What a commit tells of the statement that made it, for DESCRIBE HISTORY.
struct OperationInfo {
  std::string name;  // "WRITE", "MERGE", "CREATE TABLE", as Delta for Spark names them.
  // Values as JSON: text is written as it is, all else as JSON text.
  std::vector<std::pair<std::string, Json>> parameters;
  std::vector<std::pair<std::string, int64_t>> metrics;  // operationMetrics, e.g. numOutputRows.
  std::optional<std::string> user_metadata;
};

struct CommitOutcome {
  int64_t version = 0;
  int attempts = 1;                           // More than one: others committed meanwhile.
  std::optional<int64_t> checkpoint_version;  // Set when this commit wrote a checkpoint.
};

struct PendingCommit;

// One atomic change of a table: collects actions and what was read, then commits them as the next
// version, checking each commit that came in between by Delta's conflict rules. Used by one thread.
class Transaction {
 public:
  // Changes the table of `snapshot`; a null one makes a new table (protocol and metadata must then
  // be set).
  Transaction(Table table, SnapshotPtr snapshot);

  ~Transaction();
  Transaction(Transaction&&) noexcept;
  Transaction& operator=(Transaction&&) noexcept;

  const SnapshotPtr& snapshot() const;

  // Actions. The protocol is raised by itself to what the metadata needs.
  void SetProtocol(Protocol protocol);
  void SetMetadata(Metadata metadata);
  void Add(AddFile file);
  void Remove(const AddFile& file, bool data_change = true);
  // `file` with another deletion vector: removes the old pair and adds the one with `vector`,
  // statistics widened.
  Status ReplaceDeletionVector(const AddFile& file, DeletionVectorDescriptor vector);
  void AddChangeData(CdcFile file);
  // Also remembers the application as read, so that two commits of one batch cannot both succeed.
  void SetTransactionVersion(std::string app_id, int64_t version);
  void SetDomain(DomainMetadata domain);

  // What the statement read: decides which commits of others are in conflict.
  void ReadWholeTable();
  void ReadMatching(Predicate predicate);
  void ReadFile(const AddFile& file);

  // Overrides the table's isolation level for this transaction.
  void SetIsolationLevel(IsolationLevel level);
  // Number of further versions to try after a lost race; 100 unless set.
  void SetMaxAttempts(int attempts);

  // Writes the commit. Data files must be durable before. A transaction without actions still
  // commits.
  //
  // Errors: kConflict       another commit changed what this one read or writes: plan the statement
  // anew. The error
  //                         class is Delta's, e.g. DELTA_CONCURRENT_APPEND.
  //         kCommitUnknown  sent, and even reading back did not tell whether it is in.
  //         kInvalid        the actions break a rule of the table (append-only, missing partition
  //         values, ...). kUnsupported    the table asks for a writer version or feature that we
  //         lack, by name.
  Result<CommitOutcome> Commit(const OperationInfo& operation);

 private:
  std::unique_ptr<PendingCommit> pending_;
};

}  // namespace lakesmith::delta
