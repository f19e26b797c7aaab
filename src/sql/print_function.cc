#include <string>

#include "sql/keyword.h"
#include "sql/printer_internal.h"

namespace lakesmith::sql {

namespace {

// Names whose calls have forms with words between the arguments.
bool HasSpecialForm(const Name& name) {
  if (name.parts.size() != 1) {
    return false;
  }
  const KeywordId word = FindKeyword(name.parts[0].name);
  for (const Keyword special : std::initializer_list<Keyword>{
           "EXTRACT", "TRIM", "SUBSTR", "SUBSTRING", "OVERLAY", "POSITION", "TRANSFORM"}) {
    if (word == special.id) {
      return true;
    }
  }
  return false;
}

}  // namespace

// Words that a parenthesis makes function names of.
void Printer::PrintFunctionName(const Name& name) {
  if (name.parts.size() == 1 && !name.parts[0].quoted) {
    const KeywordId word = FindKeyword(name.parts[0].name);
    for (const Keyword plain : std::initializer_list<Keyword>{
             "LEFT", "RIGHT", "MAP", "REPLACE", "GROUPING", "TIMESTAMP", "FILTER", "VERSION"}) {
      if (word == plain.id) {
        return Add(name.parts[0].name);
      }
    }
  }
  AddName(name);
}

void Printer::PrintArguments(const std::vector<FunctionArgument>& arguments, Level lowest) {
  AddList(arguments, [&](const FunctionArgument& argument) {
    AddIf(!argument.name.empty(), QuoteName(argument.name) + " => ");
    const bool lambda = argument.value->kind == ExpressionKind::kLambda ||
                        argument.value->kind == ExpressionKind::kAlias;
    Print(*argument.value, lambda ? Level::kLambda : lowest);
  });
}

void Printer::PrintCall(const FunctionCall& call) {
  if (call.syntax != CallSyntax::kPlain) {
    PrintSpecialCall(call);
  } else {
    PrintFunctionName(call.name);
    Add(call.distinct ? "(DISTINCT " : "(");
    PrintArguments(call.arguments, HasSpecialForm(call.name) ? Level::kValue : Level::kLambda);
    Add(")");
  }
  if (!call.within_group.empty()) {
    Add(" WITHIN GROUP (ORDER BY ");
    PrintOrderItems(call.within_group);
    Add(")");
  }
  if (call.filter) {
    Add(" FILTER (WHERE ");
    Print(*call.filter);
    Add(")");
  }
  AddIf(call.nulls == NullTreatment::kIgnore, " IGNORE NULLS");
  AddIf(call.nulls == NullTreatment::kRespect, " RESPECT NULLS");
  if (call.over) {
    Add(" OVER ");
    PrintWindow(*call.over);
  }
}

void Printer::PrintSpecialCall(const FunctionCall& call) {
  const auto value = [&](size_t index) { Print(*call.arguments[index].value, Level::kValue); };
  const auto word = [&](size_t index) { Add(As<Literal>(*call.arguments[index].value).text); };
  const bool trim = call.syntax == CallSyntax::kTrimBoth ||
                    call.syntax == CallSyntax::kTrimLeading ||
                    call.syntax == CallSyntax::kTrimTrailing;
  if (trim) {
    Add("TRIM(");
    Add(call.syntax == CallSyntax::kTrimBoth      ? "BOTH "
        : call.syntax == CallSyntax::kTrimLeading ? "LEADING "
                                                  : "TRAILING ");
    if (call.arguments.size() > 1) {
      value(1);
      Add(" ");
    }
    Add("FROM ");
    value(0);
    return Add(")");
  }
  Add(call.name.parts[0].name + "(");
  static constexpr std::string_view kSubstringWords[] = {"", " FROM ", " FOR "};
  static constexpr std::string_view kOverlayWords[] = {"", " PLACING ", " FROM ", " FOR "};
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    switch (call.syntax) {
      case CallSyntax::kExtract:
        i == 0 ? Add(QuoteName(As<Literal>(*call.arguments[0].value).text) + " FROM ") : value(i);
        break;
      case CallSyntax::kSubstring:
        Add(kSubstringWords[i]);
        value(i);
        break;
      case CallSyntax::kOverlay:
        Add(kOverlayWords[i]);
        value(i);
        break;
      case CallSyntax::kPosition:
        AddIf(i == 1, " IN ");
        value(i);
        break;
      default:
        AddIf(i > 0, ", ");
        i == 0 ? word(i) : Print(*call.arguments[i].value);
    }
  }
  Add(")");
}

void Printer::PrintTableArgument(const TableArgument& argument) {
  Add("TABLE");
  if (argument.query) {
    AddSubquery(argument.query);
  } else {
    Add("(");
    AddName(argument.table);
    Add(")");
  }
  AddIf(argument.with_single_partition, " WITH SINGLE PARTITION");
  if (!argument.partition_by.empty()) {
    Add(" PARTITION BY ");
    AddInParentheses(argument.partition_by);
  }
  if (!argument.order_by.empty()) {
    Add(" ORDER BY (");
    PrintOrderItems(argument.order_by);
    Add(")");
  }
}

void Printer::PrintWindow(const WindowSpecification& window) {
  if (!window.reference.empty()) {
    return Add("(" + QuoteName(window.reference) + ")");
  }
  Add("(");
  std::string_view space = "";
  if (!window.partition_by.empty()) {
    Add("PARTITION BY ");
    AddExpressions(window.partition_by);
    space = " ";
  }
  if (!window.order_by.empty()) {
    Add(space);
    Add("ORDER BY ");
    PrintOrderItems(window.order_by);
    space = " ";
  }
  if (window.frame) {
    Add(space);
    Add(window.frame->unit == FrameUnit::kRows ? "ROWS " : "RANGE ");
    AddIf(window.frame->end.has_value(), "BETWEEN ");
    PrintFrameBound(window.frame->start);
    if (window.frame->end) {
      Add(" AND ");
      PrintFrameBound(*window.frame->end);
    }
  }
  Add(")");
}

void Printer::PrintFrameBound(const FrameBound& bound) {
  switch (bound.bound_kind) {
    case FrameBoundKind::kUnboundedPreceding:
      return Add("UNBOUNDED PRECEDING");
    case FrameBoundKind::kUnboundedFollowing:
      return Add("UNBOUNDED FOLLOWING");
    case FrameBoundKind::kCurrentRow:
      return Add("CURRENT ROW");
    case FrameBoundKind::kPreceding:
    case FrameBoundKind::kFollowing:
      Print(*bound.offset, Level::kValue);
      Add(bound.bound_kind == FrameBoundKind::kPreceding ? " PRECEDING" : " FOLLOWING");
  }
}

void Printer::PrintDirection(const OrderItem& item) {
  AddIf(item.descending, " DESC");
  AddIf(item.nulls == NullOrder::kFirst, " NULLS FIRST");
  AddIf(item.nulls == NullOrder::kLast, " NULLS LAST");
}

void Printer::PrintOrderItems(const std::vector<OrderItem>& items) {
  AddList(items, [this](const OrderItem& item) {
    Print(*item.expression);
    PrintDirection(item);
  });
}

}  // namespace lakesmith::sql
