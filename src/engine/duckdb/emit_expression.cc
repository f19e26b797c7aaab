#include <algorithm>
#include <cctype>
#include <cmath>

#include "base/check.h"
#include "base/stack_space.h"
#include "engine/duckdb/emit_internal.h"

namespace lakesmith::engine {

using plan::ExpressionKind;
using plan::FunctionKind;
using types::DataType;
using types::TypeId;
using types::Value;

namespace {

std::string DecimalLiteral(const types::DecimalValue& value, const DataType& type) {
  return fmt::format("'{}'::{}", types::DecimalText(value), DuckDbTypeName(type));
}

std::string FloatingLiteral(double value, const char* type) {
  if (std::isnan(value)) return fmt::format("'NaN'::{}", type);
  if (std::isinf(value)) return fmt::format("'{}'::{}", value > 0 ? "Infinity" : "-Infinity", type);
  return fmt::format("'{}'::{}", value, type);
}

std::string Hex(std::string_view bytes) {
  std::string digits;
  for (const char byte : bytes) digits += fmt::format("{:02X}", static_cast<unsigned char>(byte));
  return digits;
}

}  // namespace

std::string Emitter::Native(std::string text) {
  for (size_t at = text.find("spark_"); at != std::string::npos; at = text.find("spark_", at + 1)) {
    size_t end = at;
    while (end < text.size() &&
           (std::isalnum(static_cast<unsigned char>(text[end])) || text[end] == '_')) {
      ++end;
    }
    if (end < text.size() && text[end] == '(') natives_.insert(text.substr(at, end - at));
  }
  return text;
}

Result<std::string> Emitter::Expression(const plan::Expression& expression) {
  if (const auto known = computed_.find(&expression); known != computed_.end())
    return known->second;
  return WithStackSpace([&]() -> Result<std::string> {
    switch (expression.kind) {
      case ExpressionKind::kLiteral:
        return Literal(expression.value, expression.type);
      case ExpressionKind::kColumn:
        referenced_.insert(expression.column);
        return column_sql_(expression.column);
      case ExpressionKind::kCall:
        return Call(expression);
      case ExpressionKind::kCast: {
        const plan::Expression& child = *expression.children.front();
        std::string text = TRY(Expression(child));
        return Cast(std::move(text), &child, child.type, expression.type, expression.try_cast);
      }
      case ExpressionKind::kCase:
        return Case(expression);
      case ExpressionKind::kField:
        return fmt::format("struct_extract_at({}, {})",
                           TRY(Expression(*expression.children.front())),
                           expression.field_index + 1);
      case ExpressionKind::kLambda:
        return Internal("a lambda outside of a higher-order function");
      case ExpressionKind::kLambdaVariable: {
        const auto found = variables_.find(expression.column);
        return found == variables_.end() ? "l" + std::to_string(expression.column) : found->second;
      }
      case ExpressionKind::kWindow:
        return Window(expression);
      case ExpressionKind::kSubquery:
        return Subquery(expression);
      case ExpressionKind::kStruct:
        return Struct(expression);
    }
    return Internal("an expression that the emitter does not know");
  });
}

Result<std::string> Emitter::Literal(const Value& value, const DataType& type) {
  if (value.is_null()) return TypedNull(type);
  switch (type.id()) {
    case TypeId::kBoolean:
      return std::string(value.as<bool>() ? "true" : "false");
    case TypeId::kInt:
      if (value.as<int64_t>() >= 0) return std::to_string(value.as<int64_t>());
      [[fallthrough]];
    case TypeId::kByte:
    case TypeId::kShort:
    case TypeId::kLong:
      return fmt::format("({})::{}", value.as<int64_t>(), DuckDbTypeName(type));
    case TypeId::kFloat:
      return FloatingLiteral(static_cast<double>(value.as<float>()), "FLOAT");
    case TypeId::kDouble:
      return FloatingLiteral(value.as<double>(), "DOUBLE");
    case TypeId::kDecimal:
      return DecimalLiteral(value.as<types::DecimalValue>(), type);
    case TypeId::kString:
    case TypeId::kChar:
    case TypeId::kVarchar:
      return SqlText(value.as<std::string>());
    case TypeId::kVariant:
      return SqlText(value.as<types::VariantValue>().json);
    case TypeId::kBinary:
      return fmt::format("unhex('{}')", Hex(value.as<types::BinaryValue>().bytes));
    case TypeId::kDate:
      return fmt::format("(DATE '1970-01-01' + {})", value.as<types::DateValue>().days);
    case TypeId::kTimestamp:
      return fmt::format("make_timestamptz({})", value.as<types::TimestampValue>().micros);
    case TypeId::kTimestampNtz:
      return fmt::format("make_timestamp({})", value.as<types::TimestampValue>().micros);
    case TypeId::kTime:
      return fmt::format("TIME '{}'", types::ToSparkText(value, type));
    case TypeId::kYearMonthInterval:
      return fmt::format("({})::INTEGER", value.as<types::IntervalValue>().months);
    case TypeId::kDayTimeInterval: {
      const auto& interval = value.as<types::IntervalValue>();
      return fmt::format("({})::BIGINT", interval.days * int64_t{86'400'000'000} + interval.micros);
    }
    case TypeId::kCalendarInterval: {
      const auto& interval = value.as<types::IntervalValue>();
      return fmt::format("(to_months({}) + to_days({}) + to_microseconds({}))", interval.months,
                         interval.days, interval.micros);
    }
    case TypeId::kArray:
    case TypeId::kMap:
    case TypeId::kStruct:
      return NestedLiteral(value, type);
    default:
      return TypedNull(type);
  }
}

Result<std::string> Emitter::NestedLiteral(const Value& value, const DataType& type) {
  switch (type.id()) {
    case TypeId::kArray: {
      std::string parts;
      for (const Value& element : value.array().elements) {
        parts += (parts.empty() ? "" : ", ") + TRY(Literal(element, type.element()));
      }
      return fmt::format("[{}]::{}", parts, DuckDbTypeName(type));
    }
    case TypeId::kMap: {
      std::string keys;
      std::string values;
      for (const auto& [key, entry] : value.map().entries) {
        keys += (keys.empty() ? "" : ", ") + TRY(Literal(key, type.key()));
        values += (values.empty() ? "" : ", ") + TRY(Literal(entry, type.value()));
      }
      return fmt::format("map([{}], [{}])::{}", keys, values, DuckDbTypeName(type));
    }
    case TypeId::kStruct: {
      std::string parts;
      for (size_t i = 0; i < type.fields().size(); ++i) {
        const std::string part = TRY(Literal(value.structure().fields[i], type.fields()[i].type));
        parts += fmt::format("{}{} := {}", parts.empty() ? "" : ", ",
                             SqlName(type.fields()[i].name), part);
      }
      return fmt::format("struct_pack({})", parts);
    }
    default:
      CHECK(false);
      return {};
  }
}

Result<std::string> Emitter::Case(const plan::Expression& expression) {
  std::string text = "CASE";
  size_t i = 0;
  for (; i + 1 < expression.children.size(); i += 2) {
    const std::string when = TRY(Expression(*expression.children[i]));
    const std::string then = TRY(Expression(*expression.children[i + 1]));
    text += fmt::format(" WHEN {} THEN {}", when, then);
  }
  if (i < expression.children.size()) text += " ELSE " + TRY(Expression(*expression.children[i]));
  return text + " END";
}

Result<std::string> Emitter::Struct(const plan::Expression& expression) {
  if (expression.children.empty()) return Unsupported("a struct without fields is not supported");
  std::string fields;
  std::set<std::string> names;
  for (size_t i = 0; i < expression.children.size(); ++i) {
    std::string name = expression.type.fields()[i].name;
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (!names.insert(name).second) {
      return Unsupported("a struct with two fields named {} is not supported", name);
    }
    const std::string value = TRY(Expression(*expression.children[i]));
    fields += fmt::format("{}{} := {}", i == 0 ? "" : ", ",
                          SqlName(expression.type.fields()[i].name), value);
  }
  return fmt::format("struct_pack({})", fields);
}

Result<std::string> Emitter::Bound(const plan::FrameBound& bound, const DataType& order) {
  switch (bound.kind) {
    case plan::FrameBoundKind::kUnboundedPreceding:
      return std::string("UNBOUNDED PRECEDING");
    case plan::FrameBoundKind::kUnboundedFollowing:
      return std::string("UNBOUNDED FOLLOWING");
    case plan::FrameBoundKind::kCurrentRow:
      return std::string("CURRENT ROW");
    default:
      break;
  }
  std::string offset = TRY(Expression(*bound.offset));
  const DataType& type = bound.offset->type;
  if (order.IsDatetime()) {
    if (type.is(TypeId::kYearMonthInterval)) offset = fmt::format("to_months({})", offset);
    if (type.is(TypeId::kDayTimeInterval)) offset = fmt::format("to_microseconds({})", offset);
    if (type.IsIntegral()) offset = fmt::format("to_days({})", offset);
  } else if (order.IsNumeric() && !type.IsIntegral()) {
    offset = TRY(Cast(std::move(offset), bound.offset.get(), type, order, false));
  }
  const bool preceding = bound.kind == plan::FrameBoundKind::kPreceding;
  return fmt::format("{} {}", offset, preceding ? "PRECEDING" : "FOLLOWING");
}

// The engine has no FILTER on its first and last of a window: there nulls are skipped by name.
Result<std::string> Emitter::WindowCall(const plan::Expression& call) {
  if (!call.ignore_nulls || call.filter || call.children.empty()) return MarkedCall(call);
  std::string name = call.name;
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
  const bool last = name == "last" || name == "last_value";
  if (!last && name != "first" && name != "first_value" && name != "any_value")
    return MarkedCall(call);
  const std::string argument = TRY(Expression(*call.children.front()));
  const char* function = last ? "last_value" : "first_value";
  return fmt::format("{}({} IGNORE NULLS){}", function, argument, kOverMark);
}

Result<std::string> Emitter::Window(const plan::Expression& window) {
  std::string over;
  for (const plan::ExpressionPtr& part : window.partition_by) {
    over += (over.empty() ? "PARTITION BY " : ", ") + TRY(Expression(*part));
  }
  std::string order;
  for (const plan::SortKey& key : window.order_by) {
    const std::string text = OrderKey(TRY(Expression(*key.expression)), key.expression->type);
    order += fmt::format("{}{} {} NULLS {}", order.empty() ? "" : ", ", text,
                         key.descending ? "DESC" : "ASC", key.nulls_first ? "FIRST" : "LAST");
  }
  if (!order.empty()) over += fmt::format("{}ORDER BY {}", over.empty() ? "" : " ", order);
  if (window.frame) {
    // Rows are counted; only ranges move along the order's type.
    const bool range = window.frame->unit == plan::FrameUnit::kRange && !window.order_by.empty();
    const DataType type = range ? window.order_by.front().expression->type : DataType();
    const std::string start = TRY(Bound(window.frame->start, type));
    const std::string end = TRY(Bound(window.frame->end, type));
    over +=
        fmt::format(" {} BETWEEN {} AND {}",
                    window.frame->unit == plan::FrameUnit::kRows ? "ROWS" : "RANGE", start, end);
  }
  const std::string text = TRY(WindowCall(*window.children.front()));
  std::string result;
  for (const char c : text) {
    if (c == kOverMark) {
      result += fmt::format(" OVER ({})", over);
    } else {
      result += c;
    }
  }
  return result;
}

namespace {

bool IsNullLiteral(const plan::Expression& expression) {
  if (expression.kind == ExpressionKind::kCast) return IsNullLiteral(*expression.children.front());
  return expression.kind == ExpressionKind::kLiteral && expression.value.is_null();
}

}  // namespace

Result<std::string> Emitter::Subquery(const plan::Expression& subquery) {
  ++inside_;
  Result<SelectBlock> built = Build(*subquery.relation);
  --inside_;
  const SelectBlock block = TRY(std::move(built));
  if (subquery.subquery == plan::SubqueryKind::kScalar) return fmt::format("({})", block.Text());
  if (subquery.subquery == plan::SubqueryKind::kExists)
    return fmt::format("EXISTS ({})", block.Text());
  if (subquery.children.size() == 1 && IsNullLiteral(*subquery.children[0])) {
    // The engine folds this to NULL even where there is nothing to compare with.
    return fmt::format("CASE WHEN EXISTS ({}) THEN NULL::BOOLEAN ELSE false END", block.Text());
  }
  if (subquery.children.size() == 1) {
    return fmt::format("({} IN ({}))", TRY(Expression(*subquery.children[0])), block.Text());
  }
  // Several columns: found, perhaps (a null is in the way), or not.
  std::string match;
  for (size_t i = 0; i < subquery.children.size(); ++i) {
    match +=
        fmt::format("{}({} = {})", i == 0 ? "" : " AND ", TRY(Expression(*subquery.children[i])),
                    column_sql_(subquery.relation->output[i].id));
  }
  return fmt::format(
      "CASE WHEN EXISTS (SELECT 1 FROM ({0}) AS {1} WHERE {2}) THEN true WHEN EXISTS (SELECT 1 "
      "FROM ({0}) AS "
      "{1} WHERE ({2}) IS NULL) THEN NULL ELSE false END",
      block.Text(), FreshName("q"), match);
}

}  // namespace lakesmith::engine
