// What of a condition statistics and partition values can decide.
#include <utility>

#include "delta/partition_values.h"
#include "engine/statements/dml_internal.h"
#include "plan/function_registry.h"

namespace lakesmith::engine {
namespace {

using delta::CompareOp;
using delta::Predicate;
using plan::Expression;
using plan::ExpressionKind;

// What a comparison is between once casts are taken off that change no value: integers made wider.
const Expression& WithoutWidening(const Expression& expression) {
  const bool widens = expression.kind == ExpressionKind::kCast && expression.type.IsIntegral() &&
                      expression.children[0]->type.IsIntegral() &&
                      expression.children[0]->type.id() < expression.type.id();
  return widens ? WithoutWidening(*expression.children[0]) : expression;
}

// The column that an expression is, from the top level downwards; nullopt for anything else.
std::optional<std::vector<std::string>> ColumnPath(const Expression& outer,
                                                   const types::DataType& schema) {
  const Expression& expression = WithoutWidening(outer);
  if (expression.kind == ExpressionKind::kColumn) {
    const auto index = static_cast<size_t>(expression.column - 1);
    if (expression.column < 1 || index >= schema.fields().size()) return std::nullopt;
    return std::vector<std::string>{schema.fields()[index].name};
  }
  if (expression.kind == ExpressionKind::kField) {
    std::optional<std::vector<std::string>> path = ColumnPath(*expression.children[0], schema);
    if (path) path->push_back(expression.children[0]->type.fields()[expression.field_index].name);
    return path;
  }
  return std::nullopt;
}

// The value of a literal, also of text that stands for a date.
std::optional<types::Value> ConstantOf(const Expression& outer) {
  const Expression& expression = WithoutWidening(outer);
  if (expression.kind == ExpressionKind::kLiteral) return expression.value;
  if (expression.kind != ExpressionKind::kCast || !expression.type.is(types::TypeId::kDate))
    return std::nullopt;
  const Expression& inner = *expression.children[0];
  const auto* text = inner.kind == ExpressionKind::kLiteral
                         ? std::get_if<std::string>(&inner.value.storage())
                         : nullptr;
  if (text == nullptr) return std::nullopt;
  const Result<types::Value> date = delta::ParsePartitionValue(*text, expression.type);
  return date ? std::optional(*date) : std::nullopt;
}

std::optional<CompareOp> CompareOf(std::string_view name) {
  if (name == "=" || name == "==") return CompareOp::kEqual;
  if (name == "<=>") return CompareOp::kNullSafeEqual;
  if (name == "!=" || name == "<>") return CompareOp::kNotEqual;
  if (name == "<") return CompareOp::kLess;
  if (name == "<=") return CompareOp::kLessOrEqual;
  if (name == ">") return CompareOp::kGreater;
  if (name == ">=") return CompareOp::kGreaterOrEqual;
  return std::nullopt;
}

CompareOp Mirrored(CompareOp op) {
  switch (op) {
    case CompareOp::kLess:
      return CompareOp::kGreater;
    case CompareOp::kLessOrEqual:
      return CompareOp::kGreaterOrEqual;
    case CompareOp::kGreater:
      return CompareOp::kLess;
    case CompareOp::kGreaterOrEqual:
      return CompareOp::kLessOrEqual;
    default:
      return op;
  }
}

Predicate Compare(const Expression& left, const Expression& right, CompareOp op,
                  const types::DataType& schema) {
  // A comparison across types was made comparable by a cast, which is no column: it stays unknown.
  if (const auto path = ColumnPath(left, schema)) {
    const std::optional<types::Value> value = ConstantOf(right);
    if (value && (!value->is_null() || op == CompareOp::kNullSafeEqual)) {
      return value->is_null() ? Predicate::IsNull(*path) : Predicate::Compare(*path, op, *value);
    }
    return Predicate::Unknown();
  }
  if (ConstantOf(left) && ColumnPath(right, schema))
    return Compare(right, left, Mirrored(op), schema);
  return Predicate::Unknown();
}

Predicate InList(const Expression& call, const types::DataType& schema) {
  const auto path = ColumnPath(*call.children[0], schema);
  if (!path) return Predicate::Unknown();
  std::vector<types::Value> values;
  for (size_t i = 1; i < call.children.size(); ++i) {
    const std::optional<types::Value> value = ConstantOf(*call.children[i]);
    if (!value || value->is_null()) return Predicate::Unknown();
    values.push_back(*value);
  }
  return Predicate::In(*path, std::move(values));
}

Predicate OfCall(const Expression& call, const types::DataType& schema) {
  const std::string name = call.function == nullptr ? call.name : std::string(call.function->name);
  const auto& children = call.children;
  if (name == "and" || name == "or") {
    std::vector<Predicate> parts;
    for (const plan::ExpressionPtr& child : children) parts.push_back(PredicateOf(*child, schema));
    return name == "and" ? Predicate::And(std::move(parts)) : Predicate::Or(std::move(parts));
  }
  if (name == "not" || name == "!") return Predicate::Not(PredicateOf(*children[0], schema));
  if (children.size() == 2) {
    if (const std::optional<CompareOp> op = CompareOf(name))
      return Compare(*children[0], *children[1], *op, schema);
  }
  if (name == "in") return InList(call, schema);
  if ((name == "isnull" || name == "isnotnull") && children.size() == 1) {
    const auto path = ColumnPath(*children[0], schema);
    if (!path) return Predicate::Unknown();
    return name == "isnull" ? Predicate::IsNull(*path) : Predicate::IsNotNull(*path);
  }
  return Predicate::Unknown();
}

}  // namespace

Predicate PredicateOf(const Expression& condition, const types::DataType& schema) {
  if (condition.kind == ExpressionKind::kCall) return OfCall(condition, schema);
  if (condition.kind == ExpressionKind::kLiteral && condition.type.is(types::TypeId::kBoolean)) {
    const bool holds = !condition.value.is_null() && condition.value.as<bool>();
    Predicate predicate;
    predicate.kind = holds ? Predicate::Kind::kUnknown : Predicate::Kind::kFalse;
    return predicate;
  }
  return Predicate::Unknown();
}

}  // namespace lakesmith::engine
