// EXISTS, IN and scalar subqueries.
#include "plan/analyzer_internal.h"
#include "plan/spark_error.h"
#include "plan/type_coercion.h"

namespace lakesmith::plan {

using types::DataType;
using types::TypeId;

Result<ExpressionPtr> Analyzer::ResolveSubquery(const sql::Expression& expression,
                                                const Scope& scope) {
  if (const auto* in = sql::TryAs<sql::InSubquery>(&expression)) return InSubquery(*in, scope);
  auto result = std::make_shared<Expression>();
  result->kind = ExpressionKind::kSubquery;
  if (const auto* exists = sql::TryAs<sql::Exists>(&expression)) {
    result->subquery = SubqueryKind::kExists;
    result->relation = TRY(PlanQuery(*exists->query, &scope)).relation;
    result->type = DataType::Boolean();
    result->nullable = false;
    result->pretty = fmt::format("exists({})", OuterNames(*result->relation, scope));
    return ExpressionPtr(result);
  }
  const auto& scalar = sql::As<sql::ScalarSubquery>(expression);
  Planned planned = TRY(PlanQuery(*scalar.query, &scope));
  std::erase_if(planned.columns, [](const OutputColumn& column) { return column.hidden; });
  if (planned.columns.size() != 1) {
    return SparkError(
        "INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN", "42823",
        "Scalar subquery must return only one column, but got {}.", planned.columns.size());
  }
  result->subquery = SubqueryKind::kScalar;
  result->type = planned.columns.front().type;
  const OutputColumn only = planned.columns.front();
  planned = ProjectOver(std::move(planned), {{NextId(), only.name, ColumnOf(only)}});
  result->relation = std::move(planned.relation);
  result->pretty = fmt::format("scalarsubquery({})", OuterNames(*result->relation, scope));
  return ExpressionPtr(result);
}

Result<ExpressionPtr> Analyzer::InSubquery(const sql::InSubquery& in, const Scope& scope) {
  std::vector<ExpressionPtr> needles;
  if (const auto* row = sql::TryAs<sql::Row>(in.operand.get())) {
    needles = TRY(ResolveAll(row->items, scope));
  } else {
    needles.push_back(TRY(Resolve(*in.operand, scope)));
  }
  Planned planned = TRY(PlanQuery(*in.query, &scope));
  std::erase_if(planned.columns, [](const OutputColumn& column) { return column.hidden; });
  if (needles.size() == 1 && planned.columns.size() > 1 && needles[0]->type.is(TypeId::kStruct) &&
      needles[0]->kind == ExpressionKind::kStruct) {
    needles = std::vector<ExpressionPtr>(needles[0]->children);
  }
  if (needles.size() != planned.columns.size()) {
    return SparkError(
        "DATATYPE_MISMATCH.IN_SUBQUERY_LENGTH_MISMATCH", "42K09",
        "The number of columns in the left hand side of an IN subquery does not match the "
        "number of columns in the output of subquery: {} and {}.",
        needles.size(), planned.columns.size());
  }
  std::vector<std::string> written;
  for (const ExpressionPtr& needle : needles) written.push_back(PrettyName(*needle));
  std::vector<NamedExpression> items;
  for (size_t i = 0; i < needles.size(); ++i) {
    const OutputColumn& column = planned.columns[i];
    const auto wider = WiderType(needles[i]->type, column.type);
    if (!wider) {
      return SparkError(
          "DATATYPE_MISMATCH.IN_SUBQUERY_DATA_TYPE_MISMATCH", "42K09",
          "The data type of one or more elements in the left hand side of an IN subquery is "
          "not compatible with the data type of the output of the subquery: \"{}\" and "
          "\"{}\".",
          needles[i]->type.Sql(), column.type.Sql());
    }
    if (!IsOrderable(*wider)) {
      return SparkError("DATATYPE_MISMATCH.INVALID_ORDERING_TYPE", "42K09",
                        "Cannot resolve \"({} IN (listquery()))\" due to data type mismatch: the "
                        "`insubquery` does not support ordering on type \"{}\".",
                        fmt::join(written, ", "), wider->Sql());
    }
    needles[i] = MakeCast(needles[i], *wider, true);
    items.push_back({NextId(), column.name, MakeCast(ColumnOf(column), *wider, true)});
  }
  auto result = std::make_shared<Expression>();
  result->kind = ExpressionKind::kSubquery;
  result->subquery = SubqueryKind::kIn;
  result->type = DataType::Boolean();
  result->children = std::move(needles);
  result->relation = ProjectOver(std::move(planned), std::move(items)).relation;
  result->pretty = fmt::format("({} IN (listquery({})))", fmt::join(written, ", "),
                               OuterNames(*result->relation, scope));
  if (!in.negated) return ExpressionPtr(result);
  return MakeCall("not", {ExpressionPtr(result)});
}

}  // namespace lakesmith::plan
