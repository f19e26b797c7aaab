#include <algorithm>
#include <functional>
#include <span>
#include <utility>

#include "base/nearest.h"
#include "engine/statements/change_set_internal.h"
#include "engine/statements/in_place_internal.h"
#include "engine/statements/merge_internal.h"
#include "engine/statements/rewrite_files_internal.h"
#include "plan/visit.h"
#include "sql/parse.h"
#include "sql/print.h"

namespace lakesmith::engine {
namespace {

plan::ExpressionPtr FieldOf(const plan::ExpressionPtr& base, size_t index) {
  auto field = std::make_shared<plan::Expression>();
  field->kind = plan::ExpressionKind::kField;
  field->type = base->type.fields()[index].type;
  field->name = base->type.fields()[index].name;
  field->field_index = index;
  field->children = {base};
  return field;
}

// The struct with one field, however deep, replaced. A null struct becomes one whose other fields
// are null.
Result<plan::ExpressionPtr> WithField(
    const plan::ExpressionPtr& base, std::span<const sql::Identifier> path,
    const std::function<Result<plan::ExpressionPtr>(const types::StructField&)>& value) {
  const std::optional<size_t> target = base->type.is(types::TypeId::kStruct)
                                           ? base->type.FieldIndex(path.front().name)
                                           : std::nullopt;
  if (!target) {
    return Invalid("No such struct field `{}` in {}.", path.front().name, base->type.Sql())
        .WithClass("FIELD_NOT_FOUND", "42704");
  }
  auto rebuilt = std::make_shared<plan::Expression>();
  rebuilt->kind = plan::ExpressionKind::kStruct;
  rebuilt->type = base->type;
  rebuilt->nullable = false;
  for (size_t i = 0; i < base->type.fields().size(); ++i) {
    plan::ExpressionPtr child = FieldOf(base, i);
    if (i == *target) {
      child = path.size() == 1 ? TRY(value(base->type.fields()[i]))
                               : TRY(WithField(child, path.subspan(1), value));
    }
    rebuilt->children.push_back(std::move(child));
  }
  return plan::ExpressionPtr(std::move(rebuilt));
}

// Changed rows of the table: positions, new values, and with a change feed the old ones.
Result<RowsText> UpdatedRows(StatementContext& context, const StatementContext::OpenTable& table,
                             const TableShape& shape,
                             const std::vector<plan::ExpressionPtr>& values,
                             const plan::ExpressionPtr& condition,
                             const delta::Predicate& predicate) {
  RowsText rows = TargetRows(context, table, shape, CandidateFiles(*table.snapshot, predicate));
  const size_t count = shape.fields().size();
  std::string where = "true";
  if (condition != nullptr) where = TakeReferences(rows, TRY(context.Emit(condition, RowsColumn)));
  std::string items;
  for (const plan::ExpressionPtr& value : values) {
    items += ", " + TakeReferences(rows, TRY(context.Emit(value, RowsColumn)));
  }
  const bool feed = shape.properties.enable_change_data_feed;
  for (size_t i = 0; feed && i < count; ++i) items += ", " + RowsColumn(i);
  rows.sql = fmt::format("SELECT 1::INTEGER, {}, {}, 1::INTEGER{} FROM ({}) AS q WHERE ({})",
                         RowsColumn(count), RowsColumn(count + 1), items, rows.sql, where);
  rows.columns = {{"action", types::DataType::Int()},
                  {"file", types::DataType::Long()},
                  {"row", types::DataType::Long()},
                  {"tag", types::DataType::Int()}};
  rows.columns.insert(rows.columns.end(), shape.fields().begin(), shape.fields().end());
  if (feed) rows.columns.insert(rows.columns.end(), shape.fields().begin(), shape.fields().end());
  return RowsOf(rows.ToQuery());
}

// What an UPDATE is about, resolved against one snapshot.
struct UpdatePlan {
  StatementContext::OpenTable table;
  TableShape shape;
  plan::ExpressionPtr condition;  // Null: all rows.
  delta::Predicate predicate;
  std::vector<plan::ExpressionPtr> values;
};

// The changes that an UPDATE makes, ready to be committed.
struct UpdatedFiles {
  FileChanges files;
  int64_t rows = 0;
  int64_t scan_ms = 0;
  int64_t rewrite_ms = 0;
};

Result<UpdatedFiles> UpdateFiles(StatementContext& context, const UpdatePlan& plan) {
  Stopwatch watch;
  UpdatedFiles out;
  // A value that is asked for more rows than are updated may fail on those.
  const bool in_place = ChangesInPlace(plan.shape, plan.condition) &&
                        std::ranges::none_of(plan.values, [](const plan::ExpressionPtr& value) {
                          return plan::ContainsSubquery(*value);
                        });
  if (in_place) {
    const MatchCounts matches =
        TRY(CountMatches(context, plan.table, plan.shape, plan.condition, plan.predicate));
    out.scan_ms = watch.LapMs();
    for (const auto& [file, count] : matches) out.rows += count;
    if (out.rows > 0) {
      out.files =
          TRY(UpdateInPlace(context, plan.table, plan.shape, plan.values, plan.condition, matches));
    }
  } else {
    const RowsText rows = TRY(
        UpdatedRows(context, plan.table, plan.shape, plan.values, plan.condition, plan.predicate));
    const std::unique_ptr<ChangeSet> changes =
        TRY(ChangeSet::Write(context, rows, plan.shape.fields().size(), true,
                             plan.shape.properties.enable_change_data_feed));
    out.scan_ms = watch.LapMs();
    for (const auto& [file, count] : changes->rows_by_file()) out.rows += count;
    if (out.rows > 0) out.files = TRY(ApplyChanges(context, plan.table, plan.shape, *changes));
  }
  out.rewrite_ms = watch.LapMs();
  return out;
}

delta::OperationInfo UpdateOperation(const sql::Update& statement, const UpdatedFiles& updated,
                                     const Stopwatch& watch) {
  const FileChanges& files = updated.files;
  delta::OperationInfo operation;
  operation.name = "UPDATE";
  operation.parameters = {
      {"predicate", JsonList(statement.where ? std::vector{sql::ToSql(*statement.where)}
                                             : std::vector<std::string>{})}};
  operation.metrics = {{"numRemovedFiles", static_cast<int64_t>(files.removed.size())},
                       {"numRemovedBytes", files.removed_bytes()},
                       {"numAddedFiles", static_cast<int64_t>(files.added.files.size())},
                       {"numAddedBytes", files.added.size_bytes},
                       {"numUpdatedRows", updated.rows},
                       {"numCopiedRows", files.rows_copied},
                       {"numAddedChangeFiles", static_cast<int64_t>(files.change_data.size())},
                       {"executionTimeMs", watch.TotalMs()},
                       {"scanTimeMs", updated.scan_ms},
                       {"rewriteTimeMs", updated.rewrite_ms}};
  AddVectorMetrics(files, "num", operation.metrics);
  return operation;
}

StatementResult UpdateResult(const UpdatePlan& plan, int64_t rows) {
  StatementResult result =
      RowsResult({{"num_affected_rows", types::DataType::Long()}}, {{types::Value(rows)}});
  result.kind = "UPDATE";
  result.metrics.rows_affected = rows;
  result.metrics.table_version = plan.table.snapshot->version();
  return result;
}

Result<StatementResult> UpdateOnce(StatementContext& context, const sql::Update& statement,
                                   const sql::TableRelation& target) {
  const Stopwatch watch;
  UpdatePlan plan;
  plan.table = TRY(context.OpenDelta(target.name));
  if (IsCommitted(context, *plan.table.snapshot)) return UpdateResult(plan, 0);
  plan.shape = ShapeOf(plan.table.target, *plan.table.snapshot);
  const auto inputs = TableInputs(plan.shape.fields(), plan.table.target, target.alias);
  delta::Transaction transaction(context.session.tables().At(plan.table.target.location),
                                 plan.table.snapshot);
  if (statement.where) {
    plan.condition =
        TRY(plan::AnalyzeExpression(*statement.where, inputs, context.catalog, context.config));
    plan.predicate = PredicateOf(*plan.condition, plan.shape.schema);
    transaction.ReadMatching(plan.predicate);
  } else {
    transaction.ReadWholeTable();
  }
  plan.values = TRY(AssignedValues(context, statement.assignments, inputs, plan.shape, true));
  const UpdatedFiles updated = TRY(UpdateFiles(context, plan));
  StatementResult result = UpdateResult(plan, updated.rows);
  if (updated.rows == 0) return result;
  updated.files.PutInto(transaction);
  delta::OperationInfo operation = UpdateOperation(statement, updated, watch);
  if (!TRY(ApplyExtras(transaction, context.commit, operation))) return result;
  const delta::CommitOutcome outcome = TRY(transaction.Commit(operation));
  ReportCommit(result, operation, outcome, updated.files.added);
  return result;
}

bool IsDefaultWord(const sql::ExpressionPtr& expression) {
  const auto* reference = sql::TryAs<sql::ColumnReference>(expression);
  return reference != nullptr && reference->parts.size() == 1 && !reference->parts[0].quoted &&
         catalog::FoldName(reference->parts[0].name) == "default";
}

}  // namespace

Result<size_t> AssignedColumn(StatementContext& context, const sql::Assignment& assignment,
                              const TableShape& shape) {
  // The target may be qualified by the table: the last part that is a column of it decides.
  const sql::Identifier& last = assignment.target.back();
  for (size_t part = 0; part < assignment.target.size(); ++part) {
    const std::optional<size_t> index = shape.schema.FieldIndex(assignment.target[part].name);
    if (!index) continue;
    if (part + 1 == assignment.target.size()) {
      if (shape.fields()[*index].metadata.contains("delta.generationExpression")) {
        return Invalid("The generated column `{}` cannot be assigned a value.", last.name)
            .WithClass("DELTA_UNSUPPORTED_ASSIGN_GENERATED", "0AKDC");
      }
      return *index;
    }
    if (shape.fields()[*index].type.is(types::TypeId::kStruct)) return *index;
  }
  std::vector<std::string> names;
  for (const types::StructField& field : shape.fields()) names.push_back(field.name);
  std::string list;
  for (const std::string& near : NearestFew(last.name, names, 5))
    list += (list.empty() ? "`" : ", `") + near + "`";
  Error error = Invalid(
                    "A column, variable, or function parameter with name `{}` cannot be resolved. "
                    "Did you mean one "
                    "of the following? [{}].",
                    last.name, list)
                    .WithClass("UNRESOLVED_COLUMN.WITH_SUGGESTION", "42703");
  return std::move(error).At(context.PlaceOf(last.range));
}

Result<plan::ExpressionPtr> DefaultValue(StatementContext& context, const types::StructField& field,
                                         const std::string& display) {
  const auto text = field.metadata.find("CURRENT_DEFAULT");
  if (text == field.metadata.end()) return plan::MakeNull(field.type);
  const sql::ExpressionPtr parsed = TRY(sql::ParseExpression(text->get<std::string>()));
  return CastForColumn(TRY(plan::AnalyzeExpression(*parsed, {}, context.catalog, context.config)),
                       field, display);
}

Result<std::vector<plan::ExpressionPtr>> AssignedValues(
    StatementContext& context, const std::vector<sql::Assignment>& assignments,
    const std::vector<plan::InputColumn>& inputs, const TableShape& shape, bool keep_others) {
  std::vector<plan::ExpressionPtr> values(shape.fields().size());
  for (const sql::Assignment& assignment : assignments) {
    const size_t column = TRY(AssignedColumn(context, assignment, shape));
    const types::StructField& field = shape.fields()[column];
    const auto cast = [&](const types::StructField& target) -> Result<plan::ExpressionPtr> {
      if (IsDefaultWord(assignment.value)) return DefaultValue(context, target, shape.display);
      return CastForColumn(
          TRY(plan::AnalyzeExpression(*assignment.value, inputs, context.catalog, context.config)),
          target, shape.display);
    };
    const auto part =
        std::ranges::find_if(assignment.target, [&](const sql::Identifier& identifier) {
          return catalog::FoldName(identifier.name) == catalog::FoldName(field.name);
        });
    const std::span<const sql::Identifier> below(part + 1, assignment.target.end());
    if (!below.empty()) {
      const plan::ExpressionPtr base =
          values[column] != nullptr ? values[column]
                                    : plan::MakeColumn(static_cast<plan::ColumnId>(column + 1),
                                                       field.name, field.type, field.nullable);
      values[column] = TRY(WithField(base, below, cast));
      continue;
    }
    if (values[column] != nullptr) {
      return Invalid("The column `{}` is assigned more than once.", field.name)
          .WithClass("DELTA_CONFLICT_SET_COLUMN", "42701");
    }
    values[column] = TRY(cast(field));
  }
  for (size_t i = 0; i < values.size(); ++i) {
    const types::StructField& field = shape.fields()[i];
    if (values[i] != nullptr) continue;
    values[i] = keep_others ? plan::MakeColumn(static_cast<plan::ColumnId>(i + 1), field.name,
                                               field.type, field.nullable)
                            : TRY(DefaultValue(context, field, shape.display));
  }
  return values;
}

Result<StatementResult> RunUpdate(StatementContext& context, const sql::Update& statement) {
  const auto* target = sql::TryAs<sql::TableRelation>(statement.target);
  if (target == nullptr) return Internal("UPDATE without a table");
  if (statement.with)
    return Unsupported("WITH before UPDATE is not supported.")
        .WithClass("UNSUPPORTED_FEATURE", "0A000");
  StatementResult result =
      TRY(RetryOnConflict(context, [&] { return UpdateOnce(context, statement, *target); }));
  AutoCompact(context, TRY(context.Table(target->name)));
  return result;
}

}  // namespace lakesmith::engine
