#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sql/ast_alter.h"
#include "sql/ast_statement.h"

namespace lakesmith::sql {

// OPTIMIZE t [FULL] [WHERE condition] [ZORDER BY (columns)]
struct Optimize : NodeOf<Optimize, Statement> {
  static constexpr auto kKind = StatementKind::kOptimize;
  Name table;
  bool full = false;
  ExpressionPtr where;
  std::vector<std::vector<Identifier>> zorder_by;
  bool operator==(const Optimize&) const = default;
};

// VACUUM t [FULL | LITE] [USING INVENTORY ...] [RETAIN n HOURS] [DRY RUN]
struct Vacuum : NodeOf<Vacuum, Statement> {
  static constexpr auto kKind = StatementKind::kVacuum;
  Name table;
  bool lite = false;
  bool full = false;
  std::string retain_hours;  // Number as written; empty without.
  bool dry_run = false;
  bool operator==(const Vacuum&) const = default;
};

// RESTORE [TABLE] t TO VERSION AS OF n | TIMESTAMP AS OF t
struct Restore : NodeOf<Restore, Statement> {
  static constexpr auto kKind = StatementKind::kRestore;
  Name table;
  TimeTravelKind unit = TimeTravelKind::kVersion;
  ExpressionPtr point;
  bool operator==(const Restore&) const = default;
};

// REORG TABLE t [WHERE condition] APPLY (PURGE | UPGRADE UNIFORM (...))
struct Reorg : NodeOf<Reorg, Statement> {
  static constexpr auto kKind = StatementKind::kReorg;
  Name table;
  ExpressionPtr where;
  std::string apply;  // "PURGE", "UPGRADE UNIFORM"
  std::vector<Option> options;
  bool operator==(const Reorg&) const = default;
};

enum class AnalyzeColumns : uint8_t { kNone, kNoScan, kList, kAll, kDelta };

// ANALYZE TABLE t [PARTITION (...)] COMPUTE STATISTICS ...; ANALYZE TABLES IN schema.
struct Analyze : NodeOf<Analyze, Statement> {
  static constexpr auto kKind = StatementKind::kAnalyze;
  Name name;
  bool tables_in_schema = false;
  PartitionSpecification partition;
  AnalyzeColumns columns_mode = AnalyzeColumns::kNone;  // kDelta: COMPUTE DELTA STATISTICS
  std::vector<Identifier> columns;
  bool operator==(const Analyze&) const = default;
};

enum class RefreshTarget : uint8_t {
  kTable,
  kFunction,
  kPath,
  kMaterializedView,
  kStreamingTable,
  kCatalog
};

// REFRESH [TABLE] t | FUNCTION f | 'path' | MATERIALIZED VIEW v [FULL] | STREAMING TABLE t [FULL]
struct Refresh : NodeOf<Refresh, Statement> {
  static constexpr auto kKind = StatementKind::kRefresh;
  RefreshTarget target = RefreshTarget::kTable;
  Name name;
  std::string path;  // kPath: as written, without quotes.
  bool full = false;
  bool operator==(const Refresh&) const = default;
};

// CACHE [LAZY] TABLE t [OPTIONS (...)] [AS query]
struct Cache : NodeOf<Cache, Statement> {
  static constexpr auto kKind = StatementKind::kCache;
  bool lazy = false;
  Name table;
  std::vector<Option> options;
  QueryPtr query;
  bool operator==(const Cache&) const = default;
};

// UNCACHE TABLE [IF EXISTS] t; CLEAR CACHE has no table.
struct Uncache : NodeOf<Uncache, Statement> {
  static constexpr auto kKind = StatementKind::kUncache;
  bool if_exists = false;
  Name table;
  bool operator==(const Uncache&) const = default;
};

enum class MaintenanceKind : uint8_t {
  kMsckRepair,  // MSCK REPAIR TABLE t [ADD | DROP | SYNC PARTITIONS | SYNC METADATA]
  kFsckRepair,  // FSCK REPAIR TABLE t [DRY RUN]
  kGenerate,    // GENERATE mode FOR TABLE t
};

struct Maintenance : NodeOf<Maintenance, Statement> {
  static constexpr auto kKind = StatementKind::kMaintenance;
  MaintenanceKind maintenance_kind = MaintenanceKind::kMsckRepair;
  Name table;
  std::string mode;  // "ADD", "DROP", "SYNC", "METADATA"; the mode of GENERATE; empty.
  bool dry_run = false;
  bool operator==(const Maintenance&) const = default;
};

}  // namespace lakesmith::sql
