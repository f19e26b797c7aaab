#include "pipeline/cdc.h"

#include <algorithm>
#include <utility>

#include "base/nearest.h"
#include "catalog/names.h"

namespace lakesmith::pipeline {
namespace {

using Names = std::vector<std::string>;

std::string Quoted(const std::string& name) {
  return catalog::QuoteParts(std::vector<std::string>{name});
}

std::string Joined(const Names& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + Quoted(name);
  return text;
}

bool Holds(const Names& names, const std::string& wanted) {
  return std::ranges::any_of(names, [&](const std::string& name) {
    return catalog::FoldName(name) == catalog::FoldName(wanted);
  });
}

Status CheckKnown(const Names& columns, const std::string& name, std::string_view clause) {
  if (Holds(columns, name)) return {};
  const std::string nearest = Nearest(name, columns);
  return Invalid("{} names '{}', which is no selected column of the source{}", clause, name,
                 nearest.empty() ? "" : fmt::format("; closest: '{}'", nearest));
}

// The columns of `all` that a selection means; without one, all of them.
Result<Names> Selected(const sql::ColumnSelection& selection, const Names& all,
                       std::string_view clause) {
  Names listed;
  for (const sql::Identifier& column : selection.columns) {
    TRY(CheckKnown(all, column.name, clause));
    listed.push_back(column.name);
  }
  Names selected;
  const bool take_listed = selection.selection_kind == sql::ColumnSelectionKind::kList;
  for (const std::string& name : all) {
    if (Holds(listed, name) == take_listed) selected.push_back(name);
  }
  return selected;
}

// Builds the query from the inside out: each step is a common table expression over the one before.
class TargetBuilder {
 public:
  TargetBuilder(const CdcSpec& spec, Names columns) : spec_(spec), columns_(std::move(columns)) {
    keys_ = Joined(spec.keys);
    for (const std::string& column : columns_) {
      if (!Holds(spec_.keys, column)) values_.push_back(column);
    }
  }

  Result<std::string> Build(const std::string& changes_table) {
    std::string text = "WITH one_per_sequence AS (" + OnePerSequence(changes_table) + ")";
    std::string from = "one_per_sequence";
    if (spec_.ignore_null_updates) {
      text += ", filled AS (" + TRY(Filled(from)) + ")";
      from = "filled";
    }
    return text + (spec_.keep_history ? TRY(History(from)) : Latest(from, changes_table));
  }

 private:
  // Equal sequences of one key: a delete wins, else the row with the greatest hash.
  std::string OnePerSequence(const std::string& table) const {
    return fmt::format(
        "SELECT * EXCEPT (__cdc_tie) FROM (SELECT *, row_number() OVER (PARTITION BY {}, "
        "__cdc_sequence ORDER BY "
        "CASE WHEN __cdc_operation = 'D' THEN 0 ELSE 1 END, xxhash64({}) DESC) AS __cdc_tie FROM "
        "{} "
        "WHERE __cdc_operation <> 'T') WHERE __cdc_tie = 1",
        keys_, Joined(columns_), table);
  }

  // A NULL takes the value that was there before, back to the insert.
  Result<std::string> Filled(const std::string& from) const {
    const Names filled =
        TRY(Selected(spec_.ignore_null_updates_on, values_, "IGNORE NULL UPDATES ON"));
    std::string items;
    for (const std::string& column : columns_) {
      if (Holds(filled, column)) {
        items += fmt::format(
            "last_value({0}) IGNORE NULLS OVER (PARTITION BY {1}, __cdc_life ORDER BY "
            "__cdc_sequence ROWS BETWEEN "
            "UNBOUNDED PRECEDING AND CURRENT ROW) AS {0}, ",
            Quoted(column), keys_);
      } else {
        items += Quoted(column) + ", ";
      }
    }
    return fmt::format(
        "SELECT {0}__cdc_sequence, __cdc_operation FROM (SELECT *, sum(CASE WHEN __cdc_operation = "
        "'D' THEN 1 ELSE 0 "
        "END) OVER (PARTITION BY {1} ORDER BY __cdc_sequence ROWS BETWEEN UNBOUNDED PRECEDING AND "
        "CURRENT ROW) AS "
        "__cdc_life FROM {2})",
        items, keys_, from);
  }

  std::string Latest(const std::string& from, const std::string& table) const {
    const std::string truncated = fmt::format(
        " AND NOT EXISTS (SELECT 1 FROM {} t WHERE t.__cdc_operation = 'T' AND t.__cdc_sequence > "
        "ranked.__cdc_sequence)",
        table);
    return fmt::format(
        ", ranked AS (SELECT *, row_number() OVER (PARTITION BY {} ORDER BY __cdc_sequence DESC) "
        "AS __cdc_rank "
        "FROM {}) SELECT {} FROM ranked WHERE __cdc_rank = 1 AND __cdc_operation = 'U'{}",
        keys_, from, Joined(columns_), spec_.truncates ? truncated : "");
  }

  // Consecutive upserts that agree on the tracked columns are one run, and one row.
  Result<std::string> History(const std::string& from) const {
    const Names tracked = TRY(Selected(spec_.track_history_on, values_, "TRACK HISTORY ON"));
    const std::string window = fmt::format("OVER (PARTITION BY {} ORDER BY __cdc_sequence)", keys_);
    std::string before;
    std::string agrees = "__cdc_operation = 'U' AND __cdc_before = 'U'";
    for (size_t i = 0; i < tracked.size(); ++i) {
      before += fmt::format(", lag({}) {} AS __cdc_before_{}", Quoted(tracked[i]), window, i);
      agrees += fmt::format(" AND {} <=> __cdc_before_{}", Quoted(tracked[i]), i);
    }
    return fmt::format(
        ", seen AS (SELECT *, lag(__cdc_operation) {0} AS __cdc_before, lead(__cdc_sequence) {0} "
        "AS __cdc_next{1} "
        "FROM {2}), runs AS (SELECT *, sum(CASE WHEN {3} THEN 0 ELSE 1 END) OVER (PARTITION BY {4} "
        "ORDER BY "
        "__cdc_sequence ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS __cdc_run FROM seen), "
        "rows_of_runs AS (SELECT *, first_value(__cdc_sequence) OVER (PARTITION BY {4}, __cdc_run "
        "ORDER BY "
        "__cdc_sequence) AS __cdc_start, row_number() OVER (PARTITION BY {4}, __cdc_run ORDER BY "
        "__cdc_sequence "
        "DESC) AS __cdc_last FROM runs) "
        "SELECT {5}, __cdc_start AS __START_AT, __cdc_next AS __END_AT FROM rows_of_runs "
        "WHERE __cdc_last = 1 AND __cdc_operation = 'U'",
        window, before, from, agrees, keys_, Joined(columns_));
  }

  const CdcSpec& spec_;
  Names columns_;  // Selected ones of the source.
  Names values_;   // Those that are no keys.
  std::string keys_;
};

}  // namespace

std::string ChangesTableName(const std::string& target) {
  return std::string(catalog::kInternalPrefix) + "cdc_" + target;
}

Status CheckMentions(const CdcSpec& spec, const types::DataType& source) {
  Names all;
  for (const types::StructField& field : source.fields()) all.push_back(field.name);
  for (const CdcMention& mention : spec.mentions) {
    if (mention.is_expression || Holds(all, mention.text)) continue;
    const std::string nearest = Nearest(mention.text, all);
    return Invalid("{} names '{}', which is not a column of {}{}", mention.clause, mention.text,
                   spec.source,
                   nearest.empty() ? fmt::format("; it has {}", Joined(all))
                                   : fmt::format("; did you mean '{}'?", nearest))
        .WithClass("UNRESOLVED_COLUMN.WITH_SUGGESTION", "42703")
        .At(mention.location);
  }
  const Names selected = TRY(Selected(spec.columns, all, "COLUMNS"));
  for (const CdcMention& mention : spec.mentions) {
    if (mention.clause != "KEYS" || Holds(selected, mention.text)) continue;
    return Invalid("KEYS names '{}', which COLUMNS leaves out: the target needs its keys",
                   mention.text)
        .At(mention.location);
  }
  return {};
}

Result<std::string> TargetQuery(const CdcSpec& spec, const std::string& changes_table,
                                const types::DataType& columns) {
  Names selected;
  for (const types::StructField& field : columns.fields()) {
    if (field.name == kCdcSequence || field.name == kCdcOperation) continue;
    const std::string folded = catalog::FoldName(field.name);
    if (folded.starts_with("__cdc_") || folded == "__start_at" || folded == "__end_at") {
      return Invalid(
                 "the source has a column '{}', a name that AUTO CDC keeps for itself; leave it "
                 "out with COLUMNS",
                 field.name)
          .WithClass("AUTOCDC_RESERVED_COLUMN_NAME_PREFIX_CONFLICT", "42710");
    }
    selected.push_back(field.name);
  }
  for (const std::string& key : spec.keys) TRY(CheckKnown(selected, key, "KEYS"));
  return TargetBuilder(spec, std::move(selected)).Build(changes_table);
}

}  // namespace lakesmith::pipeline
