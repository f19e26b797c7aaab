#include <string>

#include "sql/printer_internal.h"

namespace lakesmith::sql {

// False when the statement is of another family.
bool Printer::PrintMaintenanceStatement(const Statement& statement) {
  switch (statement.kind) {
    case StatementKind::kOptimize:
      PrintOptimize(As<Optimize>(statement));
      return true;
    case StatementKind::kVacuum:
      PrintVacuum(As<Vacuum>(statement));
      return true;
    case StatementKind::kRestore:
      PrintRestore(As<Restore>(statement));
      return true;
    case StatementKind::kReorg:
      PrintReorg(As<Reorg>(statement));
      return true;
    case StatementKind::kAnalyze:
      PrintAnalyze(As<Analyze>(statement));
      return true;
    case StatementKind::kRefresh:
      PrintRefresh(As<Refresh>(statement));
      return true;
    case StatementKind::kCache:
      PrintCache(As<Cache>(statement));
      return true;
    case StatementKind::kUncache:
      PrintUncache(As<Uncache>(statement));
      return true;
    case StatementKind::kMaintenance:
      PrintMaintenance(As<Maintenance>(statement));
      return true;
    case StatementKind::kConvertToDelta:
      PrintConvertToDelta(As<ConvertToDelta>(statement));
      return true;
    default:
      return false;
  }
}

void Printer::PrintRestore(const Restore& restore) {
  Add("RESTORE TABLE ");
  AddName(restore.table);
  Add(restore.unit == TimeTravelKind::kVersion ? " TO VERSION AS OF " : " TO TIMESTAMP AS OF ");
  Print(*restore.point);
}

void Printer::PrintReorg(const Reorg& reorg) {
  Add("REORG TABLE ");
  AddName(reorg.table);
  AddOptional(" WHERE ", reorg.where);
  Add(" APPLY (" + reorg.apply);
  if (!reorg.options.empty()) {
    Add(" ");
    PrintOptions(reorg.options);
  }
  Add(")");
}

void Printer::PrintCache(const Cache& cache) {
  Add(cache.lazy ? "CACHE LAZY TABLE " : "CACHE TABLE ");
  AddName(cache.table);
  if (!cache.options.empty()) {
    Add(" OPTIONS ");
    PrintOptions(cache.options);
  }
  if (cache.query) {
    Add(" AS ");
    Print(*cache.query);
  }
}

void Printer::PrintUncache(const Uncache& uncache) {
  if (uncache.table.empty()) {
    Add("CLEAR CACHE");
    return;
  }
  Add(uncache.if_exists ? "UNCACHE TABLE IF EXISTS " : "UNCACHE TABLE ");
  AddName(uncache.table);
}

void Printer::PrintConvertToDelta(const ConvertToDelta& convert) {
  Add("CONVERT TO DELTA ");
  AddName(convert.name);
  AddIf(convert.no_statistics, " NO STATISTICS");
  if (!convert.partitioned_by.empty()) {
    Add(" PARTITIONED BY ");
    PrintPartitionItems(convert.partitioned_by);
  }
}

void Printer::PrintOptimize(const Optimize& optimize) {
  Add("OPTIMIZE ");
  AddName(optimize.table);
  AddIf(optimize.full, " FULL");
  AddOptional(" WHERE ", optimize.where);
  if (!optimize.zorder_by.empty()) {
    Add(" ZORDER BY ");
    AddPaths(optimize.zorder_by);
  }
}

void Printer::PrintVacuum(const Vacuum& vacuum) {
  Add("VACUUM ");
  AddName(vacuum.table);
  AddIf(vacuum.lite, " LITE");
  AddIf(vacuum.full, " FULL");
  AddIf(!vacuum.retain_hours.empty(), " RETAIN " + vacuum.retain_hours + " HOURS");
  AddIf(vacuum.dry_run, " DRY RUN");
}

void Printer::PrintAnalyze(const Analyze& analyze) {
  if (analyze.tables_in_schema) {
    Add("ANALYZE TABLES");
    if (!analyze.name.empty()) {
      Add(" IN ");
      AddName(analyze.name);
    }
  } else {
    Add("ANALYZE TABLE ");
    AddName(analyze.name);
    if (!analyze.partition.values.empty()) {
      Add(" ");
      PrintPartition(analyze.partition);
    }
  }
  Add(analyze.columns_mode == AnalyzeColumns::kDelta ? " COMPUTE DELTA STATISTICS"
                                                     : " COMPUTE STATISTICS");
  AddIf(analyze.columns_mode == AnalyzeColumns::kNoScan, " NOSCAN");
  AddIf(analyze.columns_mode == AnalyzeColumns::kAll, " FOR ALL COLUMNS");
  if (analyze.columns_mode == AnalyzeColumns::kList) {
    Add(" FOR COLUMNS ");
    AddList(analyze.columns, [this](const Identifier& column) { AddIdentifier(column); });
  }
}

void Printer::PrintRefresh(const Refresh& refresh) {
  static constexpr std::string_view kTargets[] = {
      "TABLE ", "FUNCTION ", "", "MATERIALIZED VIEW ", "STREAMING TABLE ", "FOREIGN CATALOG "};
  Add("REFRESH ");
  Add(kTargets[static_cast<size_t>(refresh.target)]);
  if (refresh.target == RefreshTarget::kPath) {
    AddText(refresh.path);
  } else {
    AddName(refresh.name);
  }
  AddIf(refresh.full, " FULL");
}

void Printer::PrintMaintenance(const Maintenance& maintenance) {
  switch (maintenance.maintenance_kind) {
    case MaintenanceKind::kMsckRepair:
      Add("MSCK REPAIR TABLE ");
      AddName(maintenance.table);
      if (!maintenance.mode.empty()) {
        Add(" " + maintenance.mode);
        AddIf(maintenance.mode != "SYNC METADATA", " PARTITIONS");
      }
      return;
    case MaintenanceKind::kFsckRepair:
      Add("FSCK REPAIR TABLE ");
      AddName(maintenance.table);
      return AddIf(maintenance.dry_run, " DRY RUN");
    case MaintenanceKind::kGenerate:
      Add("GENERATE " + QuoteName(maintenance.mode) + " FOR TABLE ");
      AddName(maintenance.table);
  }
}

}  // namespace lakesmith::sql
