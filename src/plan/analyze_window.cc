// OVER: windows, their frames and their order.
#include <algorithm>
#include <limits>

#include "plan/analyzer_internal.h"
#include "plan/spark_error.h"
#include "plan/type_coercion.h"

namespace lakesmith::plan {

using types::DataType;
using types::TypeId;

namespace {

// Whether a ranking function is given just the frame that it has anyway.
bool IsOwnFrame(const Expression& function, const WindowFrame& frame) {
  if (function.name == "lag" || function.name == "lead") return false;
  const FrameUnit unit = function.name == "cume_dist" ? FrameUnit::kRange : FrameUnit::kRows;
  return frame.unit == unit && frame.start.kind == FrameBoundKind::kUnboundedPreceding &&
         frame.end.kind == FrameBoundKind::kCurrentRow;
}

bool IsOfWholeDays(const DataType& interval) {
  return interval.is(TypeId::kYearMonthInterval) ||
         (interval.is(TypeId::kDayTimeInterval) && interval.to() == types::IntervalField::kDay);
}

}  // namespace

Result<SortKey> Analyzer::ResolveSortKey(const sql::OrderItem& item, const Scope& scope) {
  SortKey key;
  key.expression = TRY(Resolve(*item.expression, scope));
  key.descending = item.descending;
  key.nulls_first = NullsFirst(item);
  if (!IsOrderable(key.expression->type))
    return Located(NotSortable(*key.expression), item.expression->range);
  return key;
}

Result<const sql::WindowSpecification*> Analyzer::NamedWindow(const sql::WindowSpecification& over,
                                                              const Scope& scope) {
  if (over.reference.empty()) return &over;
  if (scope.windows != nullptr) {
    for (const auto& [name, specification] : *scope.windows) {
      if (SameName(name.name, over.reference)) return NamedWindow(specification, scope);
    }
  }
  return SparkError("MISSING_WINDOW_SPECIFICATION", "42P20",
                    "Window specification is not defined in the WINDOW clause for `{}`.",
                    over.reference);
}

Result<FrameBound> Analyzer::ResolveBound(const sql::FrameBound& bound, const Scope& scope,
                                          const Expression& window, FrameUnit unit) {
  FrameBound resolved;
  resolved.kind = static_cast<FrameBoundKind>(bound.bound_kind);
  if (!bound.offset) return resolved;
  resolved.offset = TRY(Resolve(*bound.offset, scope));
  if (unit == FrameUnit::kRange && resolved.offset->type.IsString() &&
      window.order_by.size() == 1 && window.order_by.front().expression->type.IsNumeric()) {
    resolved.offset = MakeCast(resolved.offset, window.order_by.front().expression->type, true);
  }
  if (!IsFoldable(*resolved.offset)) {
    return SparkError("DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_INVALID_BOUND", "42K09",
                      "Window frame bound \"{}\" must be foldable.", PrettyName(*resolved.offset));
  }
  if (unit == FrameUnit::kRows && !resolved.offset->type.is(TypeId::kInt)) {
    return SparkError(
        "DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE", "42K09",
        "The data type of the frame bound \"{}\" does not match the expected data type "
        "\"INT\".",
        resolved.offset->type.Sql());
  }
  if (unit == FrameUnit::kRange) {
    if (window.order_by.size() != 1) {
      return SparkError("DATATYPE_MISMATCH.RANGE_FRAME_MULTI_ORDER", "42K09",
                        "A range window frame with value boundaries cannot be used in a window "
                        "specification with multiple order by expressions.");
    }
    const DataType& order = window.order_by.front().expression->type;
    const bool fits = (order.IsNumeric() && resolved.offset->type.IsNumeric()) ||
                      (order.is(TypeId::kDate) && (resolved.offset->type.IsIntegral() ||
                                                   IsOfWholeDays(resolved.offset->type))) ||
                      ((order.is(TypeId::kTimestamp) || order.is(TypeId::kTimestampNtz)) &&
                       (resolved.offset->type.IsAnsiInterval() ||
                        resolved.offset->type.is(TypeId::kCalendarInterval)));
    if (!fits) {
      return SparkError(
          "DATATYPE_MISMATCH.RANGE_FRAME_INVALID_TYPE", "42K09",
          "The data type \"{}\" used in the order specification does not match the data "
          "type \"{}\" which is used in the range frame.",
          order.Sql(), resolved.offset->type.Sql());
    }
  }
  return resolved;
}

namespace {

// Rows or values from the current row to that bound; nullopt: the bound is no number.
std::optional<double> BoundPosition(const FrameBound& bound) {
  switch (bound.kind) {
    case FrameBoundKind::kUnboundedPreceding:
      return -std::numeric_limits<double>::infinity();
    case FrameBoundKind::kCurrentRow:
      return 0;
    case FrameBoundKind::kUnboundedFollowing:
      return std::numeric_limits<double>::infinity();
    default:
      break;
  }
  if (bound.offset->kind != ExpressionKind::kLiteral || !bound.offset->type.IsIntegral() ||
      bound.offset->value.is_null()) {
    return std::nullopt;
  }
  const auto rows = static_cast<double>(bound.offset->value.as<int64_t>());
  return bound.kind == FrameBoundKind::kPreceding ? -rows : rows;
}

Status CheckFrame(const WindowFrame& frame) {
  const auto start = BoundPosition(frame.start);
  const auto end = BoundPosition(frame.end);
  if (!start || !end || *start <= *end) return {};
  return SparkError("DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_WRONG_COMPARISON", "42K09",
                    "The lower bound of a window frame must be less than or equal to the upper "
                    "bound.");
}

}  // namespace

Result<ExpressionPtr> Analyzer::WindowCall(const sql::FunctionCall& call, ExpressionPtr function,
                                           const Scope& around) {
  Scope scope = around;
  scope.alias_ban = "WINDOW";
  const sql::WindowSpecification& over = *TRY(NamedWindow(*call.over, scope));
  auto window = std::make_shared<Expression>();
  window->kind = ExpressionKind::kWindow;
  window->type = function->type;
  window->name = function->name;
  if (function->distinct) {
    return SparkError("DISTINCT_WINDOW_FUNCTION_UNSUPPORTED", "0A000",
                      "Distinct window functions are not supported: \"{}\".",
                      PrettyName(*function));
  }
  window->partition_by = TRY(ResolveAll(over.partition_by, scope));
  for (const sql::OrderItem& item : over.order_by) {
    window->order_by.push_back(TRY(ResolveSortKey(item, scope)));
  }
  if (over.frame) {
    WindowFrame frame;
    frame.unit = over.frame->unit == sql::FrameUnit::kRows ? FrameUnit::kRows : FrameUnit::kRange;
    frame.start = TRY(ResolveBound(over.frame->start, scope, *window, frame.unit));
    if (over.frame->end)
      frame.end = TRY(ResolveBound(*over.frame->end, scope, *window, frame.unit));
    TRY(CheckFrame(frame));
    window->frame = std::move(frame);
  }
  if (IsListAgg(function->name) && !function->order_by.empty() && !window->order_by.empty()) {
    return NotAggregate(function->name, "WITHIN GROUP together with ORDER BY in OVER");
  }
  const std::string& named = function->name;
  const bool whole = named == "median" || named == "percentile_cont" || named == "percentile_disc";
  if (whole && (!window->order_by.empty() || window->frame)) {
    return SparkError("INVALID_WINDOW_SPEC_FOR_AGGREGATION_FUNC", "42601",
                      "Cannot specify ORDER BY or a window frame for `{}`.", named);
  }
  const bool ranking = function->function->kind == FunctionKind::kWindow;
  if (ranking && window->order_by.empty() && function->name != "nth_value") {
    return SparkError(
        "WINDOW_FUNCTION_FRAME_NOT_ORDERED", "42601",
        "Window function {} requires the window to be ordered. You need to add an ORDER BY "
        "clause.",
        PrettyName(*function));
  }
  if (function->name == "nth_value" && function->children.size() > 1) {
    const Expression* offset = function->children[1].get();
    while (offset->kind == ExpressionKind::kCast) offset = offset->children.front().get();
    const bool wrong = offset->kind == ExpressionKind::kLiteral && !offset->value.is_null() &&
                       offset->type.IsIntegral() && offset->value.as<int64_t>() <= 0;
    if (wrong) {
      return SparkError("DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE", "42K09",
                        "The `offset` of nth_value must be greater than zero.");
    }
  }
  if (ranking && window->frame && function->name != "nth_value" &&
      !IsOwnFrame(*function, *window->frame)) {
    return SparkError(
        "WINDOW_FUNCTION_AND_FRAME_MISMATCH", "42K0E",
        "{} function can only be evaluated in an ordered row-based window frame with a "
        "single offset.",
        PrettyName(*function));
  }
  for (const ExpressionPtr& part : window->partition_by) {
    if (!IsOrderable(part->type)) {
      return SparkError("EXPRESSION_TYPE_IS_NOT_ORDERABLE", "42822",
                        "Column expression \"{}\" cannot be sorted because its type \"{}\" is not "
                        "orderable.",
                        PrettyName(*part), part->type.Sql());
    }
    if (ContainsWindow(*part)) return NotAggregate(function->name, "window functions inside OVER");
  }
  window->children.push_back(std::move(function));
  return ExpressionPtr(window);
}

}  // namespace lakesmith::plan
