#include <string>

#include "sql/printer_internal.h"

namespace lakesmith::sql {

void Printer::PrintCreateFlow(const CreateFlow& create) {
  if (!create.name.empty()) {
    Add("CREATE FLOW ");
    AddName(create.name);
    if (create.comment) {
      Add(" COMMENT ");
      AddText(*create.comment);
    }
    Add(" AS ");
  }
  PrintFlow(create.flow, false);
}

void Printer::PrintFlow(const FlowBody& flow, bool inside_table) {
  const bool cdc = flow.flow_kind == FlowKind::kAutoCdc;
  Add(cdc ? "AUTO CDC" : "INSERT");
  AddIf(flow.once, " ONCE");
  if (!inside_table) {
    Add(" INTO ");
    AddName(flow.target);
  }
  if (cdc) {
    return PrintAutoCdc(*flow.auto_cdc);
  }
  AddOptional(" REPLACE WHERE ", flow.replace_where);
  AddIf(flow.by_name, " BY NAME");
  if (!flow.columns.empty()) {
    Add(" ");
    AddColumns(flow.columns);
  }
  Add(" ");
  Print(*flow.query);
}

void Printer::PrintSelection(std::string_view prefix, const ColumnSelection& selection) {
  if (selection.selection_kind == ColumnSelectionKind::kNone) {
    return;
  }
  Add(prefix);
  AddIf(selection.selection_kind == ColumnSelectionKind::kAllExcept, "* EXCEPT ");
  AddColumns(selection.columns);
}

void Printer::PrintAutoCdc(const AutoCdc& cdc) {
  Add(" FROM ");
  Print(*cdc.source);
  Add(" KEYS ");
  AddColumns(cdc.keys);
  AddOptional(" APPLY AS DELETE WHEN ", cdc.delete_when);
  AddOptional(" APPLY AS TRUNCATE WHEN ", cdc.truncate_when);
  if (cdc.ignore_null_updates) {
    Add(" IGNORE NULL UPDATES");
    PrintSelection(" ON ", cdc.ignore_null_updates_on);
  }
  AddOptional(" SEQUENCE BY ", cdc.sequence_by);
  PrintSelection(" COLUMNS ", cdc.columns);
  if (cdc.stored_as_given) {
    Add(cdc.stored_as == ScdType::kType1   ? " STORED AS SCD TYPE 1"
        : cdc.stored_as == ScdType::kType2 ? " STORED AS SCD TYPE 2"
                                           : " STORED AS BITEMPORAL");
  }
  AddIf(!cdc.system_sequence_by.empty(),
        " SYSTEM SEQUENCE BY " + QuoteName(cdc.system_sequence_by));
  PrintSelection(" TRACK HISTORY ON ", cdc.track_history_on);
  AddIf(!cdc.columns_to_update.empty(), " COLUMNS TO UPDATE " + QuoteName(cdc.columns_to_update));
}

}  // namespace lakesmith::sql
