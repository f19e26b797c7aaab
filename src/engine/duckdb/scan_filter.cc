#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "engine/duckdb/scan_filter_internal.h"
#include "engine/duckdb/value_conversion_internal.h"

namespace lakesmith::engine {
namespace {

using delta::CompareOp;
using delta::Predicate;
using ::duckdb::Expression;
using ::duckdb::ExpressionType;
using ::duckdb::TableFilter;
using ::duckdb::TableFilterType;
using types::DataType;

// A column or a field inside one: logical names from the top, and its type.
struct ColumnPath {
  std::vector<std::string> names;
  DataType type;
};

std::optional<CompareOp> ToCompareOp(ExpressionType type) {
  switch (type) {
    case ExpressionType::COMPARE_EQUAL:
      return CompareOp::kEqual;
    case ExpressionType::COMPARE_NOTEQUAL:
      return CompareOp::kNotEqual;
    case ExpressionType::COMPARE_LESSTHAN:
      return CompareOp::kLess;
    case ExpressionType::COMPARE_LESSTHANOREQUALTO:
      return CompareOp::kLessOrEqual;
    case ExpressionType::COMPARE_GREATERTHAN:
      return CompareOp::kGreater;
    case ExpressionType::COMPARE_GREATERTHANOREQUALTO:
      return CompareOp::kGreaterOrEqual;
    case ExpressionType::COMPARE_NOT_DISTINCT_FROM:
      return CompareOp::kNullSafeEqual;
    default:
      return std::nullopt;
  }
}

// The constant as a value of the column's type; nullopt when it is null or of a kind that cannot be
// compared without a cast.
std::optional<types::Value> Literal(const ::duckdb::Value& constant, const DataType& type) {
  if (constant.IsNull() || type.IsNested() || type.is(types::TypeId::kVariant)) return std::nullopt;
  Result<types::Value> value = FromDuckValue(constant, type);
  if (!value || value->is_null()) return std::nullopt;
  // Statistics leave NaN out, so nothing can be said of comparisons with it.
  const auto* number = std::get_if<double>(&value->storage());
  const auto* small = std::get_if<float>(&value->storage());
  if ((number != nullptr && std::isnan(*number)) || (small != nullptr && std::isnan(*small))) {
    return std::nullopt;
  }
  return std::move(*value);
}

// All must hold. Parts that say nothing stay beside others: they count where the whole is negated.
Predicate AllOf(std::vector<Predicate> parts) {
  for (const Predicate& part : parts) {
    if (part.kind != Predicate::Kind::kUnknown) return Predicate::And(std::move(parts));
  }
  return Predicate::Unknown();
}

Predicate Negation(Predicate part) {
  if (part.kind == Predicate::Kind::kUnknown) return part;
  return Predicate::Not(std::move(part));
}

Predicate Compare(const ColumnPath& column, ExpressionType type, const ::duckdb::Value& constant) {
  const std::optional<CompareOp> op = ToCompareOp(type);
  std::optional<types::Value> literal = Literal(constant, column.type);
  if (!op || !literal) return Predicate::Unknown();
  return Predicate::Compare(column.names, *op, std::move(*literal));
}

Predicate In(const ColumnPath& column, const std::vector<::duckdb::Value>& constants) {
  std::vector<types::Value> literals;
  for (const ::duckdb::Value& constant : constants) {
    if (constant.IsNull()) continue;  // x IN (..., NULL) is never true by the NULL.
    std::optional<types::Value> literal = Literal(constant, column.type);
    if (!literal) return Predicate::Unknown();
    literals.push_back(std::move(*literal));
  }
  return Predicate::In(column.names, std::move(literals));
}

// Reads expressions as the optimizer hands them to a scan.
class ExpressionReader {
 public:
  ExpressionReader(const ScanSource& source, const ::duckdb::MultiFilePushdownInfo& info)
      : source_(source), info_(info) {}

  Predicate Read(const Expression& expression) const {
    switch (expression.GetExpressionClass()) {
      case ::duckdb::ExpressionClass::BOUND_COMPARISON:
        return ReadComparison(expression.Cast<::duckdb::BoundComparisonExpression>());
      case ::duckdb::ExpressionClass::BOUND_CONJUNCTION:
        return ReadConjunction(expression.Cast<::duckdb::BoundConjunctionExpression>());
      case ::duckdb::ExpressionClass::BOUND_OPERATOR:
        return ReadOperator(expression.Cast<::duckdb::BoundOperatorExpression>());
      case ::duckdb::ExpressionClass::BOUND_BETWEEN:
        return ReadBetween(expression.Cast<::duckdb::BoundBetweenExpression>());
      case ::duckdb::ExpressionClass::BOUND_FUNCTION:
        return ReadFunction(expression.Cast<::duckdb::BoundFunctionExpression>());
      default:
        return Predicate::Unknown();
    }
  }

 private:
  std::optional<ColumnPath> Column(const Expression& expression) const {
    if (expression.GetExpressionClass() == ::duckdb::ExpressionClass::BOUND_COLUMN_REF) {
      return TopColumn(expression.Cast<::duckdb::BoundColumnRefExpression>());
    }
    if (expression.GetExpressionClass() != ::duckdb::ExpressionClass::BOUND_FUNCTION) {
      return std::nullopt;
    }
    const auto& function = expression.Cast<::duckdb::BoundFunctionExpression>();
    if (function.function.name != "struct_extract" || function.children.size() != 2) {
      return std::nullopt;
    }
    std::optional<ColumnPath> parent = Column(*function.children[0]);
    const ::duckdb::Value* name = Constant(*function.children[1]);
    if (!parent || !parent->type.is(types::TypeId::kStruct) || name == nullptr || name->IsNull()) {
      return std::nullopt;
    }
    const std::optional<size_t> field = parent->type.FieldIndex(name->ToString());
    if (!field) return std::nullopt;
    const types::StructField found = parent->type.fields()[*field];
    parent->names.push_back(found.name);
    parent->type = found.type;
    return parent;
  }

  std::optional<ColumnPath> TopColumn(const ::duckdb::BoundColumnRefExpression& reference) const {
    if (reference.binding.table_index != info_.table_index ||
        reference.binding.column_index >= info_.column_ids.size()) {
      return std::nullopt;
    }
    const ::duckdb::column_t id = info_.column_ids[reference.binding.column_index];
    if (id >= source_.columns().size()) return std::nullopt;
    const types::StructField& column = source_.columns()[id];
    return ColumnPath{{column.name}, column.type};
  }

  static const ::duckdb::Value* Constant(const Expression& expression) {
    if (expression.GetExpressionClass() != ::duckdb::ExpressionClass::BOUND_CONSTANT) {
      return nullptr;
    }
    return &expression.Cast<::duckdb::BoundConstantExpression>().value;
  }

  Predicate ReadComparison(const ::duckdb::BoundComparisonExpression& comparison) const {
    std::optional<ColumnPath> column = Column(*comparison.left);
    const ::duckdb::Value* constant = Constant(*comparison.right);
    ExpressionType type = comparison.GetExpressionType();
    if (!column) {
      column = Column(*comparison.right);
      constant = Constant(*comparison.left);
      type = ::duckdb::FlipComparisonExpression(type);
    }
    if (!column || constant == nullptr) return Predicate::Unknown();
    return Compare(*column, type, *constant);
  }

  Predicate ReadConjunction(const ::duckdb::BoundConjunctionExpression& conjunction) const {
    std::vector<Predicate> children;
    for (const auto& child : conjunction.children) children.push_back(Read(*child));
    return conjunction.GetExpressionType() == ExpressionType::CONJUNCTION_OR
               ? Predicate::Or(std::move(children))
               : AllOf(std::move(children));
  }

  Predicate ReadOperator(const ::duckdb::BoundOperatorExpression& operation) const {
    const std::optional<ColumnPath> column = Column(*operation.children[0]);
    switch (operation.GetExpressionType()) {
      case ExpressionType::OPERATOR_IS_NULL:
        return column ? Predicate::IsNull(column->names) : Predicate::Unknown();
      case ExpressionType::OPERATOR_IS_NOT_NULL:
        return column ? Predicate::IsNotNull(column->names) : Predicate::Unknown();
      case ExpressionType::OPERATOR_NOT:
        return Negation(Read(*operation.children[0]));
      case ExpressionType::COMPARE_IN:
        return column ? ReadIn(*column, operation) : Predicate::Unknown();
      default:
        return Predicate::Unknown();
    }
  }

  static Predicate ReadIn(const ColumnPath& column,
                          const ::duckdb::BoundOperatorExpression& operation) {
    std::vector<::duckdb::Value> constants;
    for (size_t i = 1; i < operation.children.size(); ++i) {
      const ::duckdb::Value* constant = Constant(*operation.children[i]);
      if (constant == nullptr) return Predicate::Unknown();
      constants.push_back(*constant);
    }
    return In(column, constants);
  }

  Predicate ReadBetween(const ::duckdb::BoundBetweenExpression& between) const {
    const std::optional<ColumnPath> column = Column(*between.input);
    const ::duckdb::Value* lower = Constant(*between.lower);
    const ::duckdb::Value* upper = Constant(*between.upper);
    if (!column) return Predicate::Unknown();
    std::vector<Predicate> children;
    if (lower != nullptr) {
      children.push_back(Compare(*column,
                                 between.lower_inclusive
                                     ? ExpressionType::COMPARE_GREATERTHANOREQUALTO
                                     : ExpressionType::COMPARE_GREATERTHAN,
                                 *lower));
    }
    if (upper != nullptr) {
      children.push_back(Compare(*column,
                                 between.upper_inclusive ? ExpressionType::COMPARE_LESSTHANOREQUALTO
                                                         : ExpressionType::COMPARE_LESSTHAN,
                                 *upper));
    }
    return AllOf(std::move(children));
  }

  Predicate ReadFunction(const ::duckdb::BoundFunctionExpression& function) const {
    const std::string& name = function.function.name;
    if ((name != "prefix" && name != "starts_with" && name != "^@") ||
        function.children.size() != 2) {
      return Predicate::Unknown();
    }
    const std::optional<ColumnPath> column = Column(*function.children[0]);
    const ::duckdb::Value* prefix = Constant(*function.children[1]);
    if (!column || !column->type.IsString() || prefix == nullptr || prefix->IsNull()) {
      return Predicate::Unknown();
    }
    return Predicate::StartsWith(column->names, ::duckdb::StringValue::Get(*prefix));
  }

  const ScanSource& source_;
  const ::duckdb::MultiFilePushdownInfo& info_;
};

Predicate ReadFilter(const ColumnPath& column, const TableFilter& filter);

template <typename Filter>
std::vector<Predicate> ReadChildren(const ColumnPath& column, const Filter& filter) {
  std::vector<Predicate> children;
  for (const auto& child : filter.child_filters) children.push_back(ReadFilter(column, *child));
  return children;
}

Predicate ReadStructFilter(const ColumnPath& column, const ::duckdb::StructFilter& filter) {
  if (!column.type.is(types::TypeId::kStruct) || filter.child_idx >= column.type.fields().size()) {
    return Predicate::Unknown();
  }
  const types::StructField& field = column.type.fields()[filter.child_idx];
  ColumnPath inner{column.names, field.type};
  inner.names.push_back(field.name);
  return ReadFilter(inner, *filter.child_filter);
}

Predicate ReadDynamicFilter(const ColumnPath& column, const ::duckdb::DynamicFilter& filter) {
  if (!filter.filter_data) return Predicate::Unknown();
  const std::lock_guard lock(filter.filter_data->lock);
  if (!filter.filter_data->initialized || !filter.filter_data->filter) return Predicate::Unknown();
  return ReadFilter(column, *filter.filter_data->filter);
}

Predicate ReadFilter(const ColumnPath& column, const TableFilter& filter) {
  switch (filter.filter_type) {
    case TableFilterType::CONSTANT_COMPARISON: {
      const auto& constant = filter.Cast<::duckdb::ConstantFilter>();
      return Compare(column, constant.comparison_type, constant.constant);
    }
    case TableFilterType::IS_NULL:
      return Predicate::IsNull(column.names);
    case TableFilterType::IS_NOT_NULL:
      return Predicate::IsNotNull(column.names);
    case TableFilterType::IN_FILTER: {
      const auto& values = filter.Cast<::duckdb::InFilter>().values;
      return In(column, {values.begin(), values.end()});
    }
    case TableFilterType::CONJUNCTION_AND:
      return AllOf(ReadChildren(column, filter.Cast<::duckdb::ConjunctionAndFilter>()));
    case TableFilterType::CONJUNCTION_OR:
      return Predicate::Or(ReadChildren(column, filter.Cast<::duckdb::ConjunctionOrFilter>()));
    case TableFilterType::STRUCT_EXTRACT:
      return ReadStructFilter(column, filter.Cast<::duckdb::StructFilter>());
    case TableFilterType::OPTIONAL_FILTER: {
      const auto& child = filter.Cast<::duckdb::OptionalFilter>().child_filter;
      return child ? ReadFilter(column, *child) : Predicate::Unknown();
    }
    case TableFilterType::DYNAMIC_FILTER:
      return ReadDynamicFilter(column, filter.Cast<::duckdb::DynamicFilter>());
    default:
      return Predicate::Unknown();
  }
}

}  // namespace

Predicate PredicateOf(const ScanSource& source, const ::duckdb::MultiFilePushdownInfo& info,
                      const ::duckdb::vector<::duckdb::unique_ptr<Expression>>& filters) {
  const ExpressionReader reader(source, info);
  std::vector<Predicate> predicates;
  for (const auto& filter : filters) predicates.push_back(reader.Read(*filter));
  return AllOf(std::move(predicates));
}

Predicate PredicateOf(const ScanSource& source,
                      const ::duckdb::vector<::duckdb::column_t>& column_ids,
                      const ::duckdb::TableFilterSet& filters) {
  std::vector<Predicate> predicates;
  for (const auto& [position, filter] : filters.filters) {
    const ::duckdb::column_t id = column_ids[position];
    if (id >= source.columns().size()) continue;
    const types::StructField& column = source.columns()[id];
    predicates.push_back(ReadFilter({{column.name}, column.type}, *filter));
  }
  return AllOf(std::move(predicates));
}

}  // namespace lakesmith::engine
