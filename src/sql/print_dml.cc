#include <string>

#include "sql/printer_internal.h"

namespace lakesmith::sql {

// False when the statement is of another family.
bool Printer::PrintDml(const Statement& statement) {
  switch (statement.kind) {
    case StatementKind::kInsert:
      PrintInsert(As<Insert>(statement));
      return true;
    case StatementKind::kMultiInsert:
      PrintMultiInsert(As<MultiInsert>(statement));
      return true;
    case StatementKind::kMerge:
      PrintMerge(As<Merge>(statement));
      return true;
    case StatementKind::kUpdate:
      PrintUpdate(As<Update>(statement));
      return true;
    case StatementKind::kDelete:
      PrintDelete(As<Delete>(statement));
      return true;
    case StatementKind::kTruncate: {
      const auto& truncate = As<Truncate>(statement);
      Add("TRUNCATE TABLE ");
      AddName(truncate.table);
      if (!truncate.partition.values.empty()) {
        Add(" ");
        PrintPartition(truncate.partition);
      }
      return true;
    }
    case StatementKind::kCopyInto:
      PrintCopy(As<CopyInto>(statement));
      return true;
    case StatementKind::kLoadData:
      PrintLoad(As<LoadData>(statement));
      return true;
    default:
      return false;
  }
}

void Printer::PrintInsert(const Insert& insert) {
  Add("INSERT ");
  AddIf(insert.with_schema_evolution, "WITH SCHEMA EVOLUTION ");
  Add(insert.mode == InsertMode::kOverwrite ? "OVERWRITE " : "INTO ");
  if (insert.directory) {
    Add(insert.local ? "LOCAL DIRECTORY" : "DIRECTORY");
    if (insert.path) {
      Add(" ");
      AddText(*insert.path);
    }
    AddIf(!insert.row_format.empty(), " " + insert.row_format);
    if (!insert.provider.empty()) {
      Add(" USING ");
      AddName(insert.provider);
    }
    if (!insert.options.empty()) {
      Add(" OPTIONS ");
      PrintOptions(insert.options);
    }
  } else {
    AddName(insert.table);
    if (!insert.table_options.empty()) {
      Add(" WITH ");
      PrintOptions(insert.table_options);
    }
    if (insert.alias) {
      PrintTableAlias(*insert.alias);
    }
    if (!insert.partition.values.empty()) {
      Add(" ");
      PrintPartition(insert.partition);
      AddIf(insert.if_not_exists, " IF NOT EXISTS");
    }
    AddOptional(insert.mode == InsertMode::kReplaceOn ? " REPLACE ON " : " REPLACE WHERE ",
                insert.replace_where);
    if (insert.mode == InsertMode::kReplaceUsing) {
      Add(" REPLACE USING ");
      AddColumns(insert.replace_using);
    }
    AddIf(insert.by_name, " BY NAME");
    if (!insert.columns.empty()) {
      Add(" ");
      AddColumns(insert.columns);
    }
  }
  Add(" ");
  Print(*insert.query);
}

void Printer::PrintMultiInsert(const MultiInsert& multi) {
  if (multi.with) {
    PrintWith(*multi.with);
  }
  Add("FROM ");
  Print(*multi.from);
  for (const StatementPtr& insert : multi.inserts) {
    Add(" ");
    PrintInsert(As<Insert>(*insert));
  }
}

void Printer::PrintAssignments(const std::vector<Assignment>& assignments) {
  AddList(assignments, [this](const Assignment& assignment) {
    AddPath(assignment.target);
    Add(" = ");
    Print(*assignment.value);
  });
}

void Printer::PrintMerge(const Merge& merge) {
  if (merge.with) {
    PrintWith(*merge.with);
  }
  Add(merge.with_schema_evolution ? "MERGE WITH SCHEMA EVOLUTION INTO " : "MERGE INTO ");
  Print(*merge.target);
  Add(" USING ");
  Print(*merge.source);
  Add(" ON ");
  Print(*merge.condition);
  for (const MergeClause& clause : merge.clauses) {
    PrintMergeClause(clause);
  }
}

void Printer::PrintMergeClause(const MergeClause& clause) {
  Add(clause.match == MergeMatch::kMatched              ? " WHEN MATCHED"
      : clause.match == MergeMatch::kNotMatchedByTarget ? " WHEN NOT MATCHED"
                                                        : " WHEN NOT MATCHED BY SOURCE");
  AddOptional(" AND ", clause.condition);
  Add(" THEN ");
  switch (clause.action) {
    case MergeActionKind::kDelete:
      return Add("DELETE");
    case MergeActionKind::kUpdateAll:
      return Add("UPDATE SET *");
    case MergeActionKind::kUpdate:
      Add("UPDATE SET ");
      return PrintAssignments(clause.assignments);
    case MergeActionKind::kInsertAll:
      return Add("INSERT *");
    case MergeActionKind::kInsert:
      Add("INSERT (");
      AddList(clause.assignments, [this](const Assignment& item) { AddPath(item.target); });
      Add(") VALUES (");
      AddList(clause.assignments, [this](const Assignment& item) { Print(*item.value); });
      Add(")");
  }
}

void Printer::PrintUpdate(const Update& update) {
  if (update.with) {
    PrintWith(*update.with);
  }
  Add("UPDATE ");
  Print(*update.target);
  Add(" SET ");
  PrintAssignments(update.assignments);
  AddOptional(" WHERE ", update.where);
}

void Printer::PrintDelete(const Delete& statement) {
  if (statement.with) {
    PrintWith(*statement.with);
  }
  Add("DELETE FROM ");
  Print(*statement.target);
  AddOptional(" WHERE ", statement.where);
}

void Printer::PrintLoad(const LoadData& load) {
  Add(load.local ? "LOAD DATA LOCAL INPATH " : "LOAD DATA INPATH ");
  AddText(load.path);
  Add(load.overwrite ? " OVERWRITE INTO TABLE " : " INTO TABLE ");
  AddName(load.table);
  if (!load.partition.values.empty()) {
    Add(" ");
    PrintPartition(load.partition);
  }
}

void Printer::PrintCopy(const CopyInto& copy) {
  Add("COPY INTO ");
  AddName(copy.table);
  AddIf(copy.by_position, " BY POSITION");
  if (!copy.columns.empty()) {
    Add(" ");
    AddColumns(copy.columns);
  }
  Add(" FROM ");
  if (!copy.select.empty()) {
    Add("(SELECT ");
    AddExpressions(copy.select);
    Add(" FROM ");
  }
  AddText(copy.source);
  if (!copy.credential.empty() || !copy.credential_options.empty()) {
    Add(" WITH (CREDENTIAL ");
    if (!copy.credential.empty()) {
      Add(QuoteName(copy.credential));
    } else {
      PrintOptions(copy.credential_options);
    }
    Add(")");
  }
  if (copy.source_alias) {
    PrintTableAlias(*copy.source_alias);
  }
  AddIf(!copy.select.empty(), ")");
  Add(" FILEFORMAT = " + copy.file_format);
  if (!copy.validate.empty()) {
    Add(" VALIDATE " + copy.validate + (copy.validate == "ALL" ? "" : " ROWS"));
  }
  if (!copy.files.empty()) {
    Add(" FILES = (");
    AddList(copy.files, [this](const std::string& file) { AddText(file); });
    Add(")");
  }
  if (!copy.pattern.empty()) {
    Add(" PATTERN = ");
    AddText(copy.pattern);
  }
  if (!copy.format_options.empty()) {
    Add(" FORMAT_OPTIONS ");
    PrintOptions(copy.format_options);
  }
  if (!copy.copy_options.empty()) {
    Add(" COPY_OPTIONS ");
    PrintOptions(copy.copy_options);
  }
}

}  // namespace lakesmith::sql
