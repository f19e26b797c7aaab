#include <algorithm>
#include <utility>

#include "engine/statements/change_set_internal.h"
#include "engine/statements/merge_internal.h"
#include "engine/statements/rewrite_files_internal.h"
#include "sql/print.h"

namespace lakesmith::engine {
namespace {

using types::StructField;

// A MERGE while it is planned. Columns of the target have the ids 1..n, those of the source n+1...
struct MergePlan {
  StatementContext::OpenTable table;
  TableShape shape;
  bool evolves = false;  // Columns that only the source has are added.
  std::optional<TableActions> evolved;
  RowsText source;
  std::vector<plan::InputColumn> inputs;
  plan::ExpressionPtr condition;
};

// One WHEN clause, analysed. `values` is empty for DELETE.
struct PlannedClause {
  const sql::MergeClause* clause;
  ChangeAction action = ChangeAction::kDelete;
  plan::ExpressionPtr condition;
  std::vector<plan::ExpressionPtr> values;
};

// SELECT * FROM source, with the statement's WITH clause.
Result<plan::Query> AnalyzeSource(StatementContext& context, const sql::Merge& statement) {
  auto* select = new sql::Select();
  select->from = statement.source;
  select->items.push_back(sql::ExpressionPtr(new sql::Star()));
  sql::Query query;
  query.with = statement.with;
  query.body = sql::QueryBodyPtr(select);
  return context.Analyze(query);
}

std::vector<std::string> SourceQualifier(const sql::Relation& source) {
  if (source.alias && !source.alias->name.name.empty()) return {source.alias->name.name};
  std::vector<std::string> parts;
  if (const auto* table = sql::TryAs<sql::TableRelation>(&source)) {
    for (const sql::Identifier& part : table->name.parts) parts.push_back(part.name);
  }
  return parts;
}

bool UsesAll(const sql::Merge& statement) {
  return std::ranges::any_of(statement.clauses, [](const sql::MergeClause& clause) {
    return clause.action == sql::MergeActionKind::kUpdateAll ||
           clause.action == sql::MergeActionKind::kInsertAll;
  });
}

Result<MergePlan> PlanMerge(StatementContext& context, const sql::Merge& statement) {
  const auto* target = sql::TryAs<sql::TableRelation>(statement.target);
  if (target == nullptr)
    return Invalid("The target of MERGE must be a table.").WithClass("PARSE_SYNTAX_ERROR", "42601");
  MergePlan plan;
  plan.table = TRY(context.OpenDelta(target->name));
  plan.shape = ShapeOf(plan.table.target, *plan.table.snapshot);
  const plan::Query source = TRY(AnalyzeSource(context, statement));
  plan.evolves = statement.with_schema_evolution ||
                 context.session.settings.IsTrue("spark.databricks.delta.schema.autoMerge.enabled");
  if (plan.evolves && UsesAll(statement)) {
    plan.evolved = TRY(EvolveSchema(*plan.table.snapshot, source.columns, plan.shape.display));
    if (plan.evolved) plan.shape = plan.evolved->shape;
  }
  plan.inputs = TableInputs(plan.shape.fields(), plan.table.target, target->alias);
  const std::vector<std::string> qualifier = SourceQualifier(*statement.source);
  for (const StructField& column : source.columns) plan.inputs.push_back({qualifier, column});
  plan.source = RowsOf(TRY(Emit(source)));
  plan.condition = TRY(
      plan::AnalyzeExpression(*statement.condition, plan.inputs, context.catalog, context.config));
  return plan;
}

// Values of UPDATE SET * and INSERT *: the source's columns by name.
Result<std::vector<plan::ExpressionPtr>> ValuesFromSource(StatementContext& context,
                                                          const MergePlan& plan, bool keep_others) {
  const size_t own = plan.shape.fields().size();
  std::vector<plan::ExpressionPtr> values;
  for (size_t i = 0; i < own; ++i) {
    const StructField& field = plan.shape.fields()[i];
    const auto source = std::ranges::find_if(
        plan.inputs.begin() + static_cast<ptrdiff_t>(own), plan.inputs.end(),
        [&](const plan::InputColumn& input) {
          return catalog::FoldName(input.field.name) == catalog::FoldName(field.name);
        });
    if (source != plan.inputs.end()) {
      const auto id = static_cast<plan::ColumnId>(source - plan.inputs.begin() + 1);
      values.push_back(TRY(CastForColumn(
          plan::MakeColumn(id, source->field.name, source->field.type, source->field.nullable),
          field, plan.shape.display)));
      continue;
    }
    const bool fills_itself = field.metadata.contains("delta.generationExpression") ||
                              field.metadata.contains("CURRENT_DEFAULT") || plan.evolves;
    if (!fills_itself) {
      return Invalid(
                 "A column, variable, or function parameter with name `{}` cannot be resolved in "
                 "MERGE: the source "
                 "has no such column, which * needs.",
                 field.name)
          .WithClass("UNRESOLVED_COLUMN.WITHOUT_SUGGESTION", "42703");
    }
    values.push_back(keep_others ? plan::MakeColumn(static_cast<plan::ColumnId>(i + 1), field.name,
                                                    field.type, true)
                                 : TRY(DefaultValue(context, field, plan.shape.display)));
  }
  return values;
}

// Conditions and values of WHEN NOT MATCHED BY SOURCE see the target alone, and those of WHEN NOT
// MATCHED the source.
std::vector<plan::InputColumn> VisibleInputs(const MergePlan& plan, sql::MergeMatch match) {
  std::vector<plan::InputColumn> inputs = plan.inputs;
  const size_t own = plan.shape.fields().size();
  for (size_t i = 0; i < inputs.size(); ++i) {
    const bool hidden = (match == sql::MergeMatch::kNotMatchedByTarget && i < own) ||
                        (match == sql::MergeMatch::kNotMatchedBySource && i >= own);
    // A name that nobody can write keeps the positions.
    if (hidden) inputs[i] = {{"\x01"}, {"\x01", inputs[i].field.type}};
  }
  return inputs;
}

Result<PlannedClause> PlanClause(StatementContext& context, const MergePlan& plan,
                                 const sql::MergeClause& clause) {
  PlannedClause out{&clause, ChangeAction::kDelete, nullptr, {}};
  const std::vector<plan::InputColumn> inputs = VisibleInputs(plan, clause.match);
  if (clause.condition) {
    out.condition =
        TRY(plan::AnalyzeExpression(*clause.condition, inputs, context.catalog, context.config));
  }
  switch (clause.action) {
    case sql::MergeActionKind::kDelete:
      return out;
    case sql::MergeActionKind::kUpdate:
      out.action = ChangeAction::kUpdate;
      out.values = TRY(AssignedValues(context, clause.assignments, inputs, plan.shape, true));
      return out;
    case sql::MergeActionKind::kUpdateAll:
      out.action = ChangeAction::kUpdate;
      out.values = TRY(ValuesFromSource(context, plan, true));
      return out;
    case sql::MergeActionKind::kInsert:
      out.action = ChangeAction::kInsert;
      out.values = TRY(AssignedValues(context, clause.assignments, inputs, plan.shape, false));
      return out;
    case sql::MergeActionKind::kInsertAll:
      out.action = ChangeAction::kInsert;
      out.values = TRY(ValuesFromSource(context, plan, false));
      return out;
  }
  return out;
}

// `CASE WHEN c1 THEN 1 WHEN c2 THEN 2 END`: the first clause of one kind that applies, counted
// from 1.
Result<std::string> ChooseClause(StatementContext& context, RowsText& rows,
                                 const std::vector<PlannedClause>& clauses, sql::MergeMatch match) {
  std::string text;
  for (size_t i = 0; i < clauses.size(); ++i) {
    if (clauses[i].clause->match != match) continue;
    std::string condition = "true";
    if (clauses[i].condition != nullptr) {
      condition = TakeReferences(rows, TRY(context.Emit(clauses[i].condition, RowsColumn)));
    }
    text += fmt::format(" WHEN ({}) THEN {}", condition, i + 1);
  }
  return text.empty() ? std::string("NULL") : "CASE" + text + " END";
}

bool HasMatch(const std::vector<PlannedClause>& clauses, sql::MergeMatch match) {
  return std::ranges::any_of(
      clauses, [&](const PlannedClause& clause) { return clause.clause->match == match; });
}

std::string_view JoinWord(const std::vector<PlannedClause>& clauses) {
  const bool keep_target = HasMatch(clauses, sql::MergeMatch::kNotMatchedBySource);
  const bool keep_source = HasMatch(clauses, sql::MergeMatch::kNotMatchedByTarget);
  if (keep_target && keep_source) return "FULL JOIN";
  if (keep_target) return "LEFT JOIN";
  return keep_source ? "RIGHT JOIN" : "INNER JOIN";
}

// Target and source joined: the target's columns, the source's, file, row, and whether the source
// is there.
Result<RowsText> JoinedRows(StatementContext& context, const MergePlan& plan,
                            const std::vector<PlannedClause>& clauses,
                            const std::vector<delta::AddFilePtr>& files) {
  RowsText rows = TargetRows(context, plan.table, plan.shape, files);
  const size_t own = plan.shape.fields().size();
  const size_t all = plan.inputs.size();
  std::string items;
  for (size_t i = 0; i < all; ++i) {
    items += fmt::format("{} AS {}, ", i < own ? "t." + RowsColumn(i) : "s." + RowsColumn(i - own),
                         RowsColumn(i));
  }
  items += fmt::format("t.{} AS file, t.{} AS row, s.present AS present", RowsColumn(own),
                       RowsColumn(own + 1));
  const std::string source = TakeReferences(rows, RowsText(plan.source));
  const auto side = [own](size_t i) {
    return i < own ? "t." + RowsColumn(i) : "s." + RowsColumn(i - own);
  };
  const std::string on = TakeReferences(rows, TRY(context.Emit(plan.condition, side)));
  rows.sql = fmt::format(
      "SELECT {} FROM ({}) AS t {} (SELECT *, true AS present FROM ({}) AS q) AS s ON ({})", items,
      rows.sql, JoinWord(clauses), source, on);
  return rows;
}

// The change set's rows: action, file, row, clause, new values, old values.
Result<RowsText> ChangedRows(StatementContext& context, const MergePlan& plan,
                             const std::vector<PlannedClause>& clauses,
                             const std::vector<delta::AddFilePtr>& files) {
  RowsText rows = TRY(JoinedRows(context, plan, clauses, files));
  const std::string matched = TRY(ChooseClause(context, rows, clauses, sql::MergeMatch::kMatched));
  const std::string by_target =
      TRY(ChooseClause(context, rows, clauses, sql::MergeMatch::kNotMatchedByTarget));
  const std::string by_source =
      TRY(ChooseClause(context, rows, clauses, sql::MergeMatch::kNotMatchedBySource));
  rows.sql = fmt::format(
      "SELECT *, CASE WHEN file IS NOT NULL AND present THEN {} WHEN present THEN {} ELSE {} END "
      "AS clause FROM ({}) AS q",
      matched, by_target, by_source, rows.sql);
  std::string action = "CASE clause";
  for (size_t i = 0; i < clauses.size(); ++i) {
    action += fmt::format(" WHEN {} THEN {}", i + 1, static_cast<int>(clauses[i].action));
  }
  std::string items = fmt::format("({} END)::INTEGER, file, row, clause::INTEGER", action);
  const std::vector<StructField>& fields = plan.shape.fields();
  for (size_t column = 0; column < fields.size(); ++column) {
    std::string value = "CASE clause";
    for (size_t i = 0; i < clauses.size(); ++i) {
      if (clauses[i].values.empty()) continue;
      const std::string text =
          TakeReferences(rows, TRY(context.Emit(clauses[i].values[column], RowsColumn)));
      value += fmt::format(" WHEN {} THEN {}", i + 1, text);
    }
    const std::string type = DuckDbTypeName(fields[column].type);
    items += value == "CASE clause" ? fmt::format(", NULL::{}", type)
                                    : fmt::format(", ({} END)::{}", value, type);
  }
  const bool feed = plan.shape.properties.enable_change_data_feed;
  for (size_t i = 0; feed && i < fields.size(); ++i) items += ", " + RowsColumn(i);
  rows.sql = fmt::format("SELECT {} FROM ({}) AS q WHERE clause IS NOT NULL", items, rows.sql);
  rows.columns = {{"action", types::DataType::Int()},
                  {"file", types::DataType::Long()},
                  {"row", types::DataType::Long()},
                  {"tag", types::DataType::Int()}};
  rows.columns.insert(rows.columns.end(), fields.begin(), fields.end());
  if (feed) rows.columns.insert(rows.columns.end(), fields.begin(), fields.end());
  return RowsOf(rows.ToQuery());
}

struct MergeCounts {
  int64_t inserted = 0;
  int64_t updated = 0;
  int64_t deleted = 0;
  // Of the updated and deleted ones, those that no row of the source matched.
  int64_t updated_by_source = 0;
  int64_t deleted_by_source = 0;
  int64_t total() const { return inserted + updated + deleted; }
};

MergeCounts Count(const std::vector<PlannedClause>& clauses, const ChangeSet& changes) {
  MergeCounts counts;
  for (const auto& [tag, rows] : changes.counts()) {
    const PlannedClause& clause = clauses[static_cast<size_t>(tag - 1)];
    const bool by_source = clause.clause->match == sql::MergeMatch::kNotMatchedBySource;
    switch (clause.action) {
      case ChangeAction::kDelete:
        counts.deleted += rows;
        if (by_source) counts.deleted_by_source += rows;
        break;
      case ChangeAction::kUpdate:
        counts.updated += rows;
        if (by_source) counts.updated_by_source += rows;
        break;
      case ChangeAction::kInsert:
        counts.inserted += rows;
        break;
    }
  }
  if (!changes.has_duplicates()) return counts;
  // Only a plain DELETE may meet a row twice: it is deleted once. What else the rows of files lose
  // are updates.
  counts.deleted = -counts.updated;
  for (const auto& [file, rows] : changes.rows_by_file()) counts.deleted += rows;
  return counts;
}

// A row that two rows of the source match is an error, unless the one matched clause deletes it
// anyway.
Status CheckMatches(const std::vector<PlannedClause>& clauses, const ChangeSet& changes) {
  if (!changes.has_duplicates()) return {};
  const auto matched = std::ranges::count_if(clauses, [](const PlannedClause& clause) {
    return clause.clause->match == sql::MergeMatch::kMatched;
  });
  const bool only_delete =
      matched == 1 && std::ranges::all_of(clauses, [](const PlannedClause& clause) {
        return clause.clause->match != sql::MergeMatch::kMatched ||
               (clause.action == ChangeAction::kDelete && clause.condition == nullptr);
      });
  if (only_delete) return {};
  return Invalid(
             "Cannot perform Merge as multiple source rows matched and attempted to modify the "
             "same target row in "
             "the Delta table in possibly conflicting ways. Make the source's rows unique by the "
             "columns of the "
             "condition first.")
      .WithClass("DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE", "21506");
}

Json ClauseParameters(const sql::Merge& statement, sql::MergeMatch match) {
  Json list = Json::array();
  for (const sql::MergeClause& clause : statement.clauses) {
    if (clause.match != match) continue;
    Json entry = Json::object();
    if (clause.condition) entry["predicate"] = sql::ToSql(*clause.condition);
    const bool inserts = clause.action == sql::MergeActionKind::kInsert ||
                         clause.action == sql::MergeActionKind::kInsertAll;
    entry["actionType"] = clause.action == sql::MergeActionKind::kDelete ? "delete"
                          : inserts                                      ? "insert"
                                                                         : "update";
    list.push_back(std::move(entry));
  }
  return list;
}

delta::OperationInfo MergeOperation(const sql::Merge& statement, const MergeCounts& counts,
                                    const FileChanges& files) {
  delta::OperationInfo operation;
  operation.name = "MERGE";
  operation.parameters = {
      {"predicate", JsonList({sql::ToSql(*statement.condition)})},
      {"matchedPredicates", JsonText(ClauseParameters(statement, sql::MergeMatch::kMatched))},
      {"notMatchedPredicates",
       JsonText(ClauseParameters(statement, sql::MergeMatch::kNotMatchedByTarget))},
      {"notMatchedBySourcePredicates",
       JsonText(ClauseParameters(statement, sql::MergeMatch::kNotMatchedBySource))}};
  operation.metrics = {
      {"numTargetRowsInserted", counts.inserted},
      {"numTargetRowsUpdated", counts.updated},
      {"numTargetRowsMatchedUpdated", counts.updated - counts.updated_by_source},
      {"numTargetRowsNotMatchedBySourceUpdated", counts.updated_by_source},
      {"numTargetRowsDeleted", counts.deleted},
      {"numTargetRowsMatchedDeleted", counts.deleted - counts.deleted_by_source},
      {"numTargetRowsNotMatchedBySourceDeleted", counts.deleted_by_source},
      {"numTargetRowsCopied", files.rows_copied},
      {"numOutputRows", files.added.row_count},
      {"numTargetFilesAdded", static_cast<int64_t>(files.added.files.size())},
      {"numTargetFilesRemoved", static_cast<int64_t>(files.removed.size())},
      {"numTargetBytesAdded", files.added.size_bytes},
      {"numTargetBytesRemoved", files.removed_bytes()},
      {"numTargetChangeFilesAdded", static_cast<int64_t>(files.change_data.size())}};
  AddVectorMetrics(files, "numTarget", operation.metrics);
  return operation;
}

StatementResult MergeResult(const MergeCounts& counts) {
  const types::DataType number = types::DataType::Long();
  StatementResult result =
      RowsResult({{"num_affected_rows", number},
                  {"num_updated_rows", number},
                  {"num_deleted_rows", number},
                  {"num_inserted_rows", number}},
                 {{types::Value(counts.total()), types::Value(counts.updated),
                   types::Value(counts.deleted), types::Value(counts.inserted)}});
  result.kind = "MERGE";
  result.metrics.rows_affected = counts.total();
  return result;
}

Result<StatementResult> MergeOnce(StatementContext& context, const sql::Merge& statement) {
  Stopwatch watch;
  const MergePlan plan = TRY(PlanMerge(context, statement));
  if (IsCommitted(context, *plan.table.snapshot)) return MergeResult({});
  std::vector<PlannedClause> clauses;
  for (const sql::MergeClause& clause : statement.clauses)
    clauses.push_back(TRY(PlanClause(context, plan, clause)));

  delta::Transaction transaction(context.session.tables().At(plan.table.target.location),
                                 plan.table.snapshot);
  delta::Predicate predicate;
  if (!HasMatch(clauses, sql::MergeMatch::kNotMatchedBySource)) {
    predicate = PredicateOf(*plan.condition, plan.table.snapshot->schema());
  }
  transaction.ReadMatching(predicate);
  const std::vector<delta::AddFilePtr> files = CandidateFiles(*plan.table.snapshot, predicate);
  const RowsText rows = TRY(ChangedRows(context, plan, clauses, files));
  const std::unique_ptr<ChangeSet> changes =
      TRY(ChangeSet::Write(context, rows, plan.shape.fields().size(), true,
                           plan.shape.properties.enable_change_data_feed));
  TRY(CheckMatches(clauses, *changes));
  const int64_t scan_ms = watch.LapMs();
  const MergeCounts counts = Count(clauses, *changes);
  StatementResult result = MergeResult(counts);
  result.metrics.table_version = plan.table.snapshot->version();
  if (counts.total() == 0 && !plan.evolved && context.commit.empty()) return result;
  FileChanges out;
  if (counts.total() > 0) out = TRY(ApplyChanges(context, plan.table, plan.shape, *changes));
  out.PutInto(transaction);
  if (plan.evolved) {
    transaction.SetProtocol(plan.evolved->protocol);
    transaction.SetMetadata(plan.evolved->metadata);
  }
  delta::OperationInfo operation = MergeOperation(statement, counts, out);
  operation.metrics.emplace_back("executionTimeMs", watch.TotalMs());
  operation.metrics.emplace_back("scanTimeMs", scan_ms);
  operation.metrics.emplace_back("rewriteTimeMs", watch.LapMs());
  if (!TRY(ApplyExtras(transaction, context.commit, operation))) return result;
  const delta::CommitOutcome outcome = TRY(transaction.Commit(operation));
  ReportCommit(result, operation, outcome, out.added);
  return result;
}

}  // namespace

Result<StatementResult> RunMerge(StatementContext& context, const sql::Merge& statement) {
  StatementResult result =
      TRY(RetryOnConflict(context, [&] { return MergeOnce(context, statement); }));
  const auto* target = sql::TryAs<sql::TableRelation>(statement.target);
  AutoCompact(context, TRY(context.Table(target->name)));
  return result;
}

}  // namespace lakesmith::engine
