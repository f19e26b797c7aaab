#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "delta/actions.h"
#include "delta/predicate.h"
#include "delta/snapshot.h"
#include "delta/table.h"
#include "delta/transaction.h"

namespace lakesmith::delta {

struct VacuumOptions {
  std::optional<int64_t> retention_ms;  // The table's retention for deleted files when empty.
  bool dry_run = false;
  bool lite = false;            // Only files that the log names as removed; no listing of folders.
  bool retention_check = true;  // Refuses less than the table's own retention.
};

struct VacuumOutcome {
  std::vector<std::string> files;  // Full paths deleted, or to be deleted in a dry run.
  int64_t size_bytes = 0;
  int64_t folders_scanned = 0;
};

// Deletes files below the root that no version within the retention needs. The only function that
// deletes data. Errors: kInvalid      the retention is too short.
//         kUnsupported  the writer gate refuses the table.
Result<VacuumOutcome> Vacuum(Table table, const VacuumOptions& options = {});

struct RestoreOutcome {
  CommitOutcome commit;
  int64_t restored_files = 0;
  int64_t removed_files = 0;
  int64_t restored_bytes = 0;
  int64_t removed_bytes = 0;
  int64_t files_after = 0;
  int64_t bytes_after = 0;
};

// Commits a new version with the content of an older one.
// Errors: kNotFound  the version is gone, or files of it were vacuumed (the message names the
// first).
Result<RestoreOutcome> Restore(const Table& table, const LoadOptions& target);

struct OptimizeOptions {
  std::optional<Predicate> where;  // On partition columns only.
  int64_t target_size_bytes = 1LL << 30;
  int64_t min_size_bytes = 1LL << 30;  // Smaller files are candidates.
  double max_deleted_ratio = 0.05;     // So are files of which more is deleted.
  bool all_files = false;              // Z-order: every file of the partition in one bin.
};

// Files of one partition to be rewritten into one file (or as many as the target size asks).
struct OptimizeBin {
  PartitionValues partition_values;
  std::vector<AddFilePtr> files;
  int64_t size_bytes = 0;
};

// Bins worth rewriting: at least two files, or one with deleted rows.
Result<std::vector<OptimizeBin>> PlanOptimize(const Snapshot& snapshot,
                                              const OptimizeOptions& options);

// What the check found wrong.
struct Finding {
  enum class Kind {
    kMissingFile,
    kWrongSize,
    kCorruptFile,
    kMissingDeletionVector,
    kCorruptDeletionVector,
    kBadCommit,
    kBadCheckpoint,
    kBadChecksum,
    kBadStatistics,
    kGap
  };
  Kind kind;
  std::string path;     // Full path.
  std::string message;  // What was found, what was expected, and what can be done.
};

// Compares the log with what is in the store: every commit, checkpoint, data file and deletion
// vector.
Result<std::vector<Finding>> CheckTable(const Table& table);

}  // namespace lakesmith::delta
