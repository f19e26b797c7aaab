// `*` and `t.*` in a select list, and their EXCEPT.
#include <algorithm>

#include "plan/analyzer_internal.h"
#include "plan/spark_error.h"

namespace lakesmith::plan {

using types::DataType;
using types::TypeId;

namespace {

bool QualifierIs(const OutputColumn& column, const std::vector<sql::Identifier>& qualifier) {
  if (qualifier.size() > column.qualifier.size()) return false;
  const size_t skip = column.qualifier.size() - qualifier.size();
  for (size_t i = 0; i < qualifier.size(); ++i) {
    if (!SameName(column.qualifier[skip + i], qualifier[i].name)) return false;
  }
  return true;
}

}  // namespace

Result<std::vector<NamedExpression>> Analyzer::ExpandStar(const sql::Star& star,
                                                          const Scope& scope) {
  std::vector<NamedExpression> items;
  const Scope* at = &scope;
  while (at->parameters != nullptr && at->around != nullptr) at = at->around;
  for (const auto* level : at->levels) {
    for (const OutputColumn& column : *level) {
      if (column.is_metadata) continue;
      if (star.qualifier.empty() ? column.hidden : !QualifierIs(column, star.qualifier)) continue;
      items.push_back({0, column.name, ColumnOf(column)});
    }
    if (!items.empty()) break;
  }
  if (items.empty() && !star.qualifier.empty() && at->outer != nullptr) {
    Result<std::vector<NamedExpression>> outer = ExpandStar(star, *at->outer);
    if (outer) return outer;
  }
  if (items.empty() && !star.qualifier.empty()) items = TRY(ExpandStruct(star, *at));
  if (items.empty() && star.qualifier.empty() && scope.levels.front()->empty()) {
    return SparkError("INVALID_USAGE_OF_STAR_OR_REGEX", "42000",
                      "Invalid usage of '*' in a SELECT without FROM.");
  }
  TRY(ExcludeColumns(star, *at, items));
  return items;
}

// The fields of the struct that stands before `.*`.
Result<std::vector<NamedExpression>> Analyzer::ExpandStruct(const sql::Star& star,
                                                            const Scope& scope) {
  std::vector<std::string> parts;
  parts.reserve(star.qualifier.size());
  for (const sql::Identifier& part : star.qualifier) parts.push_back(part.name);
  const ExpressionPtr base = TRY(LookUp(parts, scope));
  if (!base || !base->type.is(TypeId::kStruct)) {
    return SparkError(
        "CANNOT_RESOLVE_STAR_EXPAND", "42704",
        "Cannot resolve {}.* given input columns. Please check that the specified table or "
        "struct exists and is accessible in the input columns.",
        DottedName(parts));
  }
  std::vector<NamedExpression> items;
  items.reserve(base->type.fields().size());
  for (const types::StructField& field : base->type.fields()) {
    items.push_back({0, field.name, TRY(Field(base, field.name))});
  }
  return items;
}

// Takes away what `* EXCEPT (...)` names.
Status Analyzer::ExcludeColumns(const sql::Star& star, const Scope& scope,
                                std::vector<NamedExpression>& items) {
  for (const auto& excluded : star.except) {
    std::vector<std::string> parts;
    parts.reserve(excluded.size());
    for (const sql::Identifier& part : excluded) parts.push_back(part.name);
    Result<ExpressionPtr> found = LookUp(parts, scope);
    ExpressionPtr column = found ? *std::move(found) : nullptr;
    const size_t before = items.size();
    if (parts.size() > 1 && (!column || column->kind == ExpressionKind::kField)) {
      if (TRY(DropField(items, parts, column))) continue;
    } else if (column && column->kind == ExpressionKind::kColumn) {
      std::erase_if(items, [&column](const NamedExpression& item) {
        return item.expression->column == column->column &&
               item.expression->kind == ExpressionKind::kColumn;
      });
    } else {
      std::erase_if(items, [&parts](const NamedExpression& item) {
        return SameName(item.name, parts.back());
      });
    }
    if (items.size() == before) {
      return SparkError(
          "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION", "42703",
          "A column, variable, or function parameter with name {} cannot be resolved.",
          DottedName(parts));
    }
  }
  return {};
}

// Takes a field out of the struct that one of the items is; false when no item is that struct.
// `field` is what the name means in the query, null when it is one of an item's fields.
Result<bool> Analyzer::DropField(std::vector<NamedExpression>& items,
                                 const std::vector<std::string>& parts, ExpressionPtr field) {
  std::vector<std::string> path;
  for (; field && field->kind == ExpressionKind::kField; field = field->children.front())
    path.insert(path.begin(), field->name);
  for (NamedExpression& item : items) {
    const bool is_column = field && item.expression->kind == ExpressionKind::kColumn &&
                           item.expression->column == field->column;
    const bool is_field = !field && SameName(item.name, parts.front());
    if (!is_column && !is_field) continue;
    if (is_field) path.assign(parts.begin() + 1, parts.end());
    item.expression = TRY(WithoutField(item.expression, path, 0));
    return true;
  }
  return false;
}

// The struct without the field at `path[first...]`; null stays null.
Result<ExpressionPtr> Analyzer::WithoutField(const ExpressionPtr& base,
                                             const std::vector<std::string>& path, size_t first) {
  ExpressionPtr dropped = TRY(Field(base, path[first]));
  auto rest = std::make_shared<Expression>();
  rest->kind = ExpressionKind::kStruct;
  std::vector<types::StructField> fields;
  for (const types::StructField& field : base->type.fields()) {
    const bool named = dropped->kind == ExpressionKind::kField && field.name == dropped->name;
    if (named && first + 1 == path.size()) continue;
    ExpressionPtr value = TRY(Field(base, field.name));
    if (named) value = TRY(WithoutField(value, path, first + 1));
    fields.push_back({field.name, value->type, field.nullable});
    rest->children.push_back(std::move(value));
  }
  rest->type = DataType::Struct(std::move(fields));
  auto result = std::make_shared<Expression>();
  result->kind = ExpressionKind::kCase;
  result->type = rest->type;
  result->children = {TRY(MakeCall("isnotnull", {base})), rest};
  return ExpressionPtr(result);
}

}  // namespace lakesmith::plan
