#include <algorithm>

#include "plan/analyzer_internal.h"
#include "plan/spark_error.h"
#include "plan/type_coercion.h"
#include "plan/visit.h"

namespace lakesmith::plan {

namespace {

JoinKind KindOf(const sql::JoinRelation& join) {
  switch (join.type) {
    case sql::JoinType::kComma:
    case sql::JoinType::kCross:
      return JoinKind::kCross;
    case sql::JoinType::kInner:
      return JoinKind::kInner;
    case sql::JoinType::kLeft:
      return JoinKind::kLeft;
    case sql::JoinType::kRight:
      return JoinKind::kRight;
    case sql::JoinType::kFull:
      return JoinKind::kFull;
    case sql::JoinType::kLeftSemi:
      return JoinKind::kLeftSemi;
    case sql::JoinType::kLeftAnti:
      return JoinKind::kLeftAnti;
  }
  return JoinKind::kInner;
}

bool KeepsOnlyLeft(JoinKind kind) {
  return kind == JoinKind::kLeftSemi || kind == JoinKind::kLeftAnti;
}

// Outer joins make the other side's columns nullable.
void MakeNullable(std::vector<OutputColumn>& columns) {
  for (OutputColumn& column : columns) column.nullable = true;
}

// A name that both sides have several times counts as often as both have it.
std::vector<std::string> CommonNames(const std::vector<OutputColumn>& left,
                                     const std::vector<OutputColumn>& right) {
  std::vector<std::string> names;
  std::vector<bool> taken(right.size(), false);
  for (const OutputColumn& column : left) {
    if (column.hidden) continue;
    for (size_t i = 0; i < right.size(); ++i) {
      if (taken[i] || right[i].hidden || !SameName(right[i].name, column.name)) continue;
      taken[i] = true;
      names.push_back(column.name);
      break;
    }
  }
  return names;
}

// Of the first column of that name, as Spark has it.
Result<size_t> PositionOf(const std::vector<OutputColumn>& columns, const std::string& name,
                          std::string_view side) {
  for (size_t i = 0; i < columns.size(); ++i) {
    if (!columns[i].hidden && SameName(columns[i].name, name)) return i;
  }
  std::vector<std::string> names;
  for (const OutputColumn& column : columns) names.push_back("`" + column.name + "`");
  return SparkError(
      "UNRESOLVED_USING_COLUMN_FOR_JOIN", "42703",
      "USING column `{}` cannot be resolved on the {} side of the join. The {}-side columns: "
      "[{}].",
      name, side, side, fmt::join(names, ", "));
}

// Whether the relation cannot have more than one row.
bool HasOneRow(const Relation& relation) {
  switch (relation.kind) {
    case RelationKind::kOneRow:
      return true;
    case RelationKind::kValues:
      return static_cast<const ValuesRelation&>(relation).rows.size() < 2;
    case RelationKind::kAggregate:
      return static_cast<const AggregateRelation&>(relation).global;
    case RelationKind::kProject:
    case RelationKind::kFilter:
    case RelationKind::kWindow:
    case RelationKind::kSort:
    case RelationKind::kLimit:
    case RelationKind::kDistinct:
    case RelationKind::kSample:
      return HasOneRow(*relation.inputs.front());
    default:
      return false;
  }
}

// Spark refuses a lateral subquery that may give other rows for each row of the left side.
Status CheckDeterministic(const Relation& relation) {
  bool is_volatile = false;
  ForEachExpression(relation, [&is_volatile](const Expression& expression) {
    is_volatile = is_volatile || ContainsVolatile(expression);
  });
  if (is_volatile) {
    return SparkError(
        "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.NON_DETERMINISTIC_LATERAL_SUBQUERIES", "0A000",
        "Non-deterministic lateral subqueries are not supported when joining with outer relations "
        "that produce more than one row.");
  }
  Status status;
  ForEachInput(relation, [&status](const Relation& input) {
    if (status) status = CheckDeterministic(input);
  });
  return status;
}

}  // namespace

Result<Planned> Analyzer::PlanJoin(const sql::JoinRelation& join, const Scope* outer) {
  Planned left = TRY(PlanRelation(*join.left, outer));
  return Join(std::move(left), {}, join, outer);
}

Result<Planned> Analyzer::Join(Planned left, Planned right, const sql::JoinRelation& join,
                               const Scope* outer) {
  const JoinKind kind = KindOf(join);
  const bool lateral = join.right->lateral;
  if (lateral && (kind == JoinKind::kRight || kind == JoinKind::kFull)) {
    return SparkError(
        "INVALID_LATERAL_JOIN_TYPE", "42613",
        "The {} JOIN with LATERAL correlation is not allowed because an OUTER subquery cannot "
        "correlate to its join partner.",
        kind == JoinKind::kRight ? "RIGHT OUTER" : "FULL OUTER");
  }
  if (lateral && (join.natural || !join.using_columns.empty())) {
    return SparkError("UNSUPPORTED_FEATURE.LATERAL_JOIN_USING", "0A000",
                      "The feature is not supported: JOIN USING with LATERAL correlation.");
  }
  if (!right.relation) {
    Scope beside;
    beside.outer = outer;
    beside.levels = {&left.columns};
    right = TRY(PlanRelation(*join.right, lateral ? &beside : outer));
    if (lateral && !HasOneRow(*left.relation)) TRY(CheckDeterministic(*right.relation));
  }
  if (join.natural || !join.using_columns.empty()) {
    std::vector<std::string> names;
    for (const sql::Identifier& name : join.using_columns) names.push_back(name.name);
    if (join.natural) names = CommonNames(left.columns, right.columns);
    return JoinUsing(std::move(left), std::move(right), kind, names, lateral);
  }
  auto relation = std::make_shared<JoinRelation>();
  relation->join = kind;
  relation->lateral = lateral;
  std::vector<OutputColumn> both = left.columns;
  both.insert(both.end(), right.columns.begin(), right.columns.end());
  if (join.condition) {
    Scope scope;
    scope.outer = outer;
    scope.levels = {&both};
    relation->condition = TRY(AsCondition(TRY(Resolve(*join.condition, scope)), "JOIN"));
    if (lateral && ContainsVolatile(*relation->condition)) {
      return SparkError(
          "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.LATERAL_JOIN_CONDITION_NON_DETERMINISTIC",
          "0A000", "Lateral join condition cannot be non-deterministic: {}.",
          PrettyName(*relation->condition));
    }
    if (kind == JoinKind::kCross) relation->join = JoinKind::kInner;
    if (ContainsAggregate(*relation->condition)) {
      return SparkError(
          "UNSUPPORTED_EXPR_FOR_OPERATOR", "42K0E",
          "The JOIN condition \"{}\" contains invalid expressions: aggregate functions.",
          PrettyName(*relation->condition));
    }
  }
  if (kind == JoinKind::kLeft || kind == JoinKind::kFull) MakeNullable(right.columns);
  if (kind == JoinKind::kRight || kind == JoinKind::kFull) MakeNullable(left.columns);
  std::vector<OutputColumn> columns = left.columns;
  if (!KeepsOnlyLeft(kind))
    columns.insert(columns.end(), right.columns.begin(), right.columns.end());
  relation->output = columns;
  relation->inputs = {std::move(left.relation), std::move(right.relation)};
  return Planned{std::move(relation), std::move(columns)};
}

namespace {

// Adds the columns of a side of a join after its keys, which are hidden; keys that the join shows
// are there already.
void AddSide(const std::vector<OutputColumn>& side, const std::vector<size_t>& keys,
             bool shows_keys, std::vector<OutputColumn>& columns) {
  for (size_t i = 0; i < side.size(); ++i) {
    const bool is_key = std::find(keys.begin(), keys.end(), i) != keys.end();
    if (is_key && shows_keys) continue;
    columns.push_back(side[i]);
    if (is_key) columns.back().hidden = true;
  }
}

// The joined `keys` of a full join, computed beside the columns of both sides.
Planned WithComputedKeys(Planned planned, std::vector<NamedExpression> keys) {
  auto project = std::make_shared<ProjectRelation>();
  project->output = planned.columns;
  project->expressions = std::move(keys);
  for (const OutputColumn& column : planned.columns) {
    const bool computed =
        std::any_of(project->expressions.begin(), project->expressions.end(),
                    [&column](const NamedExpression& item) { return item.id == column.id; });
    if (!computed) project->expressions.push_back({column.id, column.name, ColumnOf(column)});
  }
  project->inputs.push_back(std::move(planned.relation));
  planned.relation = std::move(project);
  return planned;
}

}  // namespace

Result<Planned> Analyzer::JoinUsing(Planned left, Planned right, JoinKind kind,
                                    const std::vector<std::string>& names, bool lateral) {
  auto relation = std::make_shared<JoinRelation>();
  relation->join = kind == JoinKind::kCross && !names.empty() ? JoinKind::kInner : kind;
  relation->lateral = lateral;
  std::vector<size_t> left_keys;
  std::vector<size_t> right_keys;
  for (const std::string& name : names) {
    left_keys.push_back(TRY(PositionOf(left.columns, name, "left")));
    right_keys.push_back(TRY(PositionOf(right.columns, name, "right")));
    ExpressionPtr equal = TRY(Compare("=", ColumnOf(left.columns[left_keys.back()]),
                                      ColumnOf(right.columns[right_keys.back()])));
    relation->condition = relation->condition
                              ? TRY(MakeCall("and", {relation->condition, std::move(equal)}))
                              : std::move(equal);
  }
  if (!relation->condition && kind == JoinKind::kInner) relation->join = JoinKind::kCross;
  if (kind == JoinKind::kLeft || kind == JoinKind::kFull) MakeNullable(right.columns);
  if (kind == JoinKind::kRight || kind == JoinKind::kFull) MakeNullable(left.columns);
  std::vector<OutputColumn> columns;
  std::vector<NamedExpression> items;
  items.reserve(names.size());
  for (size_t i = 0; i < names.size(); ++i) {
    OutputColumn& from_left = left.columns[left_keys[i]];
    OutputColumn& from_right = right.columns[right_keys[i]];
    if (kind == JoinKind::kFull) {
      ExpressionPtr either = TRY(MakeCall("coalesce", {ColumnOf(from_left), ColumnOf(from_right)}));
      OutputColumn column = NewColumn(from_left.name, either->type, true);
      items.push_back({column.id, column.name, std::move(either)});
      columns.push_back(std::move(column));
      continue;
    }
    columns.push_back(kind == JoinKind::kRight ? from_right : from_left);
  }
  AddSide(left.columns, left_keys, kind != JoinKind::kRight && kind != JoinKind::kFull, columns);
  if (!KeepsOnlyLeft(kind)) {
    AddSide(right.columns, right_keys, kind == JoinKind::kRight, columns);
  }
  relation->output = left.columns;
  if (!KeepsOnlyLeft(kind)) {
    relation->output.insert(relation->output.end(), right.columns.begin(), right.columns.end());
  }
  relation->inputs = {std::move(left.relation), std::move(right.relation)};
  Planned planned{std::move(relation), std::move(columns)};
  if (items.empty()) return planned;
  return WithComputedKeys(std::move(planned), std::move(items));
}

}  // namespace lakesmith::plan
