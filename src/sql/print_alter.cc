#include <string>

#include "sql/printer_internal.h"

namespace lakesmith::sql {

namespace {

bool ChangesColumn(AlterKind kind) {
  return kind >= AlterKind::kAlterColumnType && kind <= AlterKind::kAlterColumnSyncIdentity;
}

}  // namespace

void Printer::PrintAlterTable(const AlterTable& alter) {
  Add("ALTER ");
  Add(ObjectKindText(alter.object));
  Add(alter.if_exists ? " IF EXISTS " : " ");
  AddName(alter.name);
  Add(" ");
  const AlterAction& first = alter.actions[0];
  if (ChangesColumn(first.alter_kind)) {
    Add(first.new_name.empty() ? "ALTER COLUMN " : "CHANGE COLUMN ");
    return AddList(alter.actions, [this](const AlterAction& action) {
      AddPath(action.column_paths[0]);
      Add(" ");
      PrintColumnAction(action);
    });
  }
  const bool of_partition =
      first.alter_kind == AlterKind::kRenamePartition ||
      ((first.alter_kind == AlterKind::kSetLocation || first.alter_kind == AlterKind::kSetSerde) &&
       !first.partitions.empty());
  if (of_partition) {
    PrintPartition(first.partitions[0]);
    Add(" ");
  }
  PrintAction(first);
}

void Printer::PrintChangedColumn(const AlterAction& action) {
  const bool change = !action.new_name.empty();
  if (change) {
    AddName(action.new_name);
    Add(" ");
  }
  std::string_view space = "";
  if (action.type) {
    Add(change || action.comment || action.position || action.not_null ? "" : "TYPE ");
    Print(*action.type);
    AddIf(action.not_null, " NOT NULL");
    space = " ";
  }
  if (action.comment) {
    Add(space);
    Add("COMMENT ");
    AddText(*action.comment);
    space = " ";
  }
  if (action.position) {
    Add(space);
    PrintPosition(*action.position);
  }
}

void Printer::PrintColumnAction(const AlterAction& action) {
  switch (action.alter_kind) {
    case AlterKind::kAlterColumnSetNotNull:
      return Add("SET NOT NULL");
    case AlterKind::kAlterColumnDropNotNull:
      return Add("DROP NOT NULL");
    case AlterKind::kAlterColumnSetDefault:
      return AddOptional("SET DEFAULT ", action.expression);
    case AlterKind::kAlterColumnDropDefault:
      return Add("DROP DEFAULT");
    case AlterKind::kAlterColumnSetMask:
      Add("SET ");
      return PrintMask(*action.mask);
    case AlterKind::kAlterColumnDropMask:
      return Add("DROP MASK");
    case AlterKind::kAlterColumnSetTags:
      Add("SET TAGS ");
      return PrintOptions(action.options);
    case AlterKind::kAlterColumnUnsetTags:
      Add("UNSET TAGS ");
      return PrintOptionKeys(action.options);
    case AlterKind::kAlterColumnSyncIdentity:
      return Add("SYNC IDENTITY");
    default:
      return PrintChangedColumn(action);
  }
}

void Printer::PrintAction(const AlterAction& action) {
  const auto columns = [&](std::string_view words) {
    Add(words);
    Add("(");
    AddList(action.columns, [this](const ColumnDefinition& column) { PrintColumn(column); });
    Add(")");
  };
  switch (action.alter_kind) {
    case AlterKind::kRename:
      Add("RENAME TO ");
      return AddName(action.new_name);
    case AlterKind::kAddColumns:
      return columns(action.if_not_exists ? "ADD COLUMNS IF NOT EXISTS " : "ADD COLUMNS ");
    case AlterKind::kReplaceColumns:
      return columns("REPLACE COLUMNS ");
    case AlterKind::kDropColumns:
      Add(action.if_exists ? "DROP COLUMNS IF EXISTS " : "DROP COLUMNS ");
      return AddPaths(action.column_paths);
    case AlterKind::kRenameColumn:
      Add("RENAME COLUMN ");
      AddPath(action.column_paths[0]);
      Add(" TO ");
      return AddName(action.new_name);
    case AlterKind::kSetProperties:
      Add("SET TBLPROPERTIES ");
      return PrintOptions(action.options);
    case AlterKind::kUnsetProperties:
      Add(action.if_exists ? "UNSET TBLPROPERTIES IF EXISTS " : "UNSET TBLPROPERTIES ");
      return PrintOptionKeys(action.options);
    case AlterKind::kSetTags:
      Add("SET TAGS ");
      return PrintOptions(action.options);
    case AlterKind::kUnsetTags:
      Add("UNSET TAGS ");
      return PrintOptionKeys(action.options);
    case AlterKind::kAddConstraint:
      Add("ADD ");
      return PrintConstraint(*action.constraint);
    case AlterKind::kDropConstraint:
      return PrintDropConstraint(action);
    case AlterKind::kSetQuery:
      Add("AS ");
      return Print(*action.query);
    default:
      return PrintTableAction(action);
  }
}

void Printer::PrintDropConstraint(const AlterAction& action) {
  if (action.constraint) {
    const bool primary = action.constraint->constraint_kind == ConstraintKind::kPrimaryKey;
    Add(primary ? "DROP PRIMARY KEY" : "DROP FOREIGN KEY");
  } else {
    Add("DROP CONSTRAINT");
  }
  AddIf(action.if_exists, " IF EXISTS");
  AddIf(!action.text.empty(), " " + QuoteName(action.text));
  if (action.constraint && !action.constraint->columns.empty()) {
    Add(" ");
    AddColumns(action.constraint->columns);
  }
  AddIf(action.cascade, " CASCADE");
}

void Printer::PrintTableAction(const AlterAction& action) {
  const auto text = [&](std::string_view words) {
    Add(words);
    AddText(action.text);
  };
  switch (action.alter_kind) {
    case AlterKind::kSetLocation:
      return text("SET LOCATION ");
    case AlterKind::kSetManagedLocation:
      return text("SET MANAGED LOCATION ");
    case AlterKind::kSetOwner:
      return Add("SET OWNER TO " + QuoteNameAlways(action.text));
    case AlterKind::kSetCollation:
      return Add("DEFAULT COLLATION " + QuoteName(action.text));
    case AlterKind::kSetSerde:
      return PrintSerde(action);
    case AlterKind::kClusterBy:
      Add("CLUSTER BY ");
      if (action.cluster_by == ClusterByKind::kColumns) {
        return AddPaths(action.column_paths);
      }
      return Add(action.cluster_by == ClusterByKind::kAuto ? "AUTO" : "NONE");
    case AlterKind::kSetRowFilter:
      Add("SET ");
      return PrintRowFilter(*action.row_filter);
    case AlterKind::kDropRowFilter:
      return Add("DROP ROW FILTER");
    case AlterKind::kDropFeature:
      text("DROP FEATURE ");
      return AddIf(action.flag, " TRUNCATE HISTORY");
    case AlterKind::kSetSchemaBinding: {
      static constexpr std::string_view kBindings[] = {"", "BINDING", "COMPENSATION",
                                                       "TYPE EVOLUTION", "EVOLUTION"};
      Add("WITH SCHEMA ");
      return Add(kBindings[static_cast<size_t>(action.schema_binding)]);
    }
    case AlterKind::kSetSchedule:
      Add("SET ");
      return PrintSchedule(action.schedule);
    case AlterKind::kDropSchedule:
      return Add("DROP SCHEDULE");
    case AlterKind::kPredictiveOptimization:
      return Add(action.text + " PREDICTIVE OPTIMIZATION");
    case AlterKind::kSetOptions:
      Add("OPTIONS ");
      return PrintOptions(action.options);
    default:
      return PrintPartitionAction(action);
  }
}

void Printer::PrintSerde(const AlterAction& action) {
  if (action.text.empty()) {
    Add("SET SERDEPROPERTIES ");
    return PrintOptions(action.options);
  }
  Add("SET SERDE ");
  AddText(action.text);
  if (!action.options.empty()) {
    Add(" WITH SERDEPROPERTIES ");
    PrintOptions(action.options);
  }
}

void Printer::PrintPartitionAction(const AlterAction& action) {
  const auto partitions = [&](std::string_view words) {
    Add(words);
    AddList(action.partitions, [this](const PartitionSpecification& partition) {
      PrintPartition(partition);
      if (partition.location) {
        Add(" LOCATION ");
        AddText(*partition.location);
      }
    });
  };
  switch (action.alter_kind) {
    case AlterKind::kAddPartitions:
      return partitions(action.if_not_exists ? "ADD IF NOT EXISTS " : "ADD ");
    case AlterKind::kDropPartitions:
      partitions(action.if_exists ? "DROP IF EXISTS " : "DROP ");
      return AddIf(action.purge, " PURGE");
    case AlterKind::kRenamePartition:
      Add("RENAME TO ");
      return PrintPartition(action.partitions[1]);
    case AlterKind::kRecoverPartitions:
      return Add("RECOVER PARTITIONS");
    default:
      return;
  }
}

}  // namespace lakesmith::sql
