// FSCK REPAIR TABLE: finds and explains what is missing or damaged, and takes missing files out of
// the table.
#include <algorithm>
#include <utility>

#include "delta/maintenance.h"
#include "engine/statements/dml_internal.h"

namespace lakesmith::engine {
namespace {

using types::DataType;
using types::Value;
using Kind = delta::Finding::Kind;

std::string_view ProblemName(Kind kind) {
  switch (kind) {
    case Kind::kMissingFile:
      return "missing data file";
    case Kind::kWrongSize:
      return "data file of wrong size";
    case Kind::kCorruptFile:
      return "corrupt data file";
    case Kind::kMissingDeletionVector:
      return "missing deletion vector";
    case Kind::kCorruptDeletionVector:
      return "corrupt deletion vector";
    case Kind::kBadCommit:
      return "corrupt commit";
    case Kind::kBadCheckpoint:
      return "corrupt checkpoint";
    case Kind::kBadChecksum:
      return "wrong version checksum";
    case Kind::kBadStatistics:
      return "corrupt statistics";
    case Kind::kGap:
      return "missing commits";
  }
  return "";
}

// Removes the files that are gone from the newest version.
Result<std::optional<int64_t>> RemoveMissing(StatementContext& context,
                                             const StatementContext::OpenTable& table,
                                             const std::vector<delta::Finding>& findings) {
  const delta::Table place = context.session.tables().At(table.target.location);
  delta::Transaction transaction(place, table.snapshot);
  int64_t removed = 0;
  for (const delta::AddFilePtr& file : table.snapshot->files()) {
    const std::string path = place.FullPath(file->path);
    const bool missing = std::ranges::any_of(findings, [&](const delta::Finding& finding) {
      return finding.kind == Kind::kMissingFile && finding.path == path;
    });
    if (!missing) continue;
    transaction.Remove(*file);
    ++removed;
  }
  if (removed == 0) return std::optional<int64_t>();
  delta::OperationInfo operation;
  operation.name = "FSCK";
  operation.metrics = {{"numRemovedFiles", removed}};
  return std::optional<int64_t>(TRY(transaction.Commit(operation)).version);
}

Result<StatementResult> CheckOnce(StatementContext& context, const sql::Maintenance& statement) {
  const TableTarget target = TRY(context.Table(statement.table));
  const std::vector<delta::Finding> findings =
      TRY(delta::CheckTable(context.session.tables().At(target.location)));
  const bool repairs = !statement.dry_run && std::ranges::any_of(findings, [](const auto& finding) {
    return finding.kind == Kind::kMissingFile;
  });
  std::optional<int64_t> version;
  if (repairs)
    version = TRY(RemoveMissing(context, TRY(context.OpenDelta(statement.table)), findings));
  std::vector<Row> rows;
  for (const delta::Finding& finding : findings) {
    const bool repaired = version && finding.kind == Kind::kMissingFile;
    rows.push_back({Value("file:" + finding.path), Value(std::string(ProblemName(finding.kind))),
                    Value(finding.message), Value(repaired)});
  }
  StatementResult result = RowsResult({TextColumn("path"),
                                       TextColumn("problem"),
                                       TextColumn("explanation"),
                                       {"removed", DataType::Boolean()}},
                                      std::move(rows));
  result.kind = "FSCK";
  result.metrics.table_version = version.value_or(-1);
  return result;
}

}  // namespace

Result<StatementResult> RunMaintenance(StatementContext& context,
                                       const sql::Maintenance& statement) {
  switch (statement.maintenance_kind) {
    case sql::MaintenanceKind::kFsckRepair:
      return RetryOnConflict(context, [&] { return CheckOnce(context, statement); });
    case sql::MaintenanceKind::kMsckRepair:
      return Unsupported(
                 "MSCK REPAIR TABLE is not supported: a Delta table knows its partitions. FSCK "
                 "REPAIR TABLE ... DRY RUN checks its files.")
          .WithClass("UNSUPPORTED_FEATURE", "0A000");
    case sql::MaintenanceKind::kGenerate:
      return Unsupported("GENERATE {} is not supported.", statement.mode)
          .WithClass("UNSUPPORTED_FEATURE", "0A000");
  }
  return Internal("maintenance of an unknown kind");
}

}  // namespace lakesmith::engine
