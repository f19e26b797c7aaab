#include "plan/expression.h"
#include "plan/function_registry.h"
#include "plan/pretty_internal.h"
#include "plan/relation.h"

namespace lakesmith::plan {

using types::TypeId;

namespace {

std::vector<std::string> Names(const std::vector<ExpressionPtr>& parts) {
  std::vector<std::string> names;
  names.reserve(parts.size());
  for (const ExpressionPtr& part : parts) names.push_back(PrettyName(*part));
  return names;
}

std::string Joined(const std::vector<ExpressionPtr>& parts) {
  return fmt::format("{}", fmt::join(Names(parts), ", "));
}

std::string SortText(const SortKey& key) {
  return fmt::format("{} {} NULLS {}", PrettyName(*key.expression), key.descending ? "DESC" : "ASC",
                     key.nulls_first ? "FIRST" : "LAST");
}

std::string SortTexts(const std::vector<SortKey>& keys) {
  std::string text;
  for (const SortKey& key : keys) {
    if (!text.empty()) text += ", ";
    text += SortText(key);
  }
  return text;
}

// As Java's BigDecimal.toString: with an exponent where many zeros would follow the point.
std::string JavaDecimalText(const types::DecimalValue& value) {
  const std::string digits =
      types::DecimalText({value.unscaled < 0 ? -value.unscaled : value.unscaled, 0});
  const int exponent = static_cast<int>(digits.size()) - 1 - value.scale;
  if (exponent >= -6) return types::DecimalText(value);
  return fmt::format("{}{}{}{}E{}", value.unscaled < 0 ? "-" : "", digits[0],
                     digits.size() > 1 ? "." : "", digits.substr(1), exponent);
}

std::string LiteralText(const Expression& literal) {
  if (literal.value.is_null()) return "NULL";
  switch (literal.type.id()) {
    case TypeId::kString:
    case TypeId::kChar:
    case TypeId::kVarchar:
      return literal.value.as<std::string>();
    case TypeId::kDate:
      return fmt::format("DATE '{}'", types::ToSparkText(literal.value, literal.type));
    case TypeId::kTimestampNtz:
      return fmt::format("TIMESTAMP_NTZ '{}'", types::ToSparkText(literal.value, literal.type));
    case TypeId::kTimestamp:
      return fmt::format("TIMESTAMP '{}'", types::ToSparkText(literal.value, literal.type));
    case TypeId::kTime:
      return fmt::format("TIME '{}'", types::ToSparkText(literal.value, literal.type));
    case TypeId::kBinary: {
      std::string digits;
      for (const char byte : literal.value.as<types::BinaryValue>().bytes) {
        digits += fmt::format("{:02X}", static_cast<unsigned char>(byte));
      }
      return fmt::format("X'{}'", digits);
    }
    case TypeId::kDecimal:
      return JavaDecimalText(literal.value.as<types::DecimalValue>());
    default:
      return types::ToSparkText(literal.value, literal.type);
  }
}

bool IsInfix(std::string_view name) {
  static constexpr std::string_view kOperators[] = {
      "+", "-", "*", "/",   "%",   "=",  "<=>", "<",  "<=",  ">",  ">=",
      "&", "|", "^", "div", "and", "or", "<<",  ">>", ">>>", "==",
  };
  for (const std::string_view one : kOperators) {
    if (name == one) return true;
  }
  return false;
}

std::string UpperCase(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

std::string OperatorText(const Expression& call) {
  const auto& parts = call.children;
  const std::string& name = call.name;
  if (name == "not" || name == "!") return fmt::format("(NOT {})", PrettyName(*parts[0]));
  if (name == "negative_sign") return fmt::format("(- {})", PrettyName(*parts[0]));
  if (name == "positive_sign") return fmt::format("(+ {})", PrettyName(*parts[0]));
  if (name == "~") return fmt::format("~{}", PrettyName(*parts[0]));
  if (name == "isnull") return fmt::format("({} IS NULL)", PrettyName(*parts[0]));
  if (name == "isnotnull") return fmt::format("({} IS NOT NULL)", PrettyName(*parts[0]));
  if (name == "in") {
    const std::vector<ExpressionPtr> items(parts.begin() + 1, parts.end());
    return fmt::format("({} IN ({}))", PrettyName(*parts[0]), Joined(items));
  }
  if (name == "[]") return fmt::format("{}[{}]", PrettyName(*parts[0]), PrettyName(*parts[1]));
  if (name == "<>" || name == "!=") {
    return fmt::format("(NOT ({} = {}))", PrettyName(*parts[0]), PrettyName(*parts[1]));
  }
  if (name == "==") return fmt::format("({} = {})", PrettyName(*parts[0]), PrettyName(*parts[1]));
  if (parts.size() == 2 && IsInfix(name)) {
    return fmt::format("({} {} {})", PrettyName(*parts[0]), name == "div" ? name : UpperCase(name),
                       PrettyName(*parts[1]));
  }
  return {};
}

// Dates and binaries as text are other functions in Spark.
std::string ReplacedCall(const Expression& call) {
  const auto& parts = call.children;
  if ((call.name != "to_char" && call.name != "to_varchar") || parts.size() != 2) return {};
  if (parts[0]->type.IsDatetime())
    return fmt::format("date_format({}, {})", PrettyName(*parts[0]), PrettyName(*parts[1]));
  if (!parts[0]->type.is(TypeId::kBinary)) return {};
  const std::string format = PrettyName(*parts[1]);
  const std::string bytes = PrettyName(*parts[0]);
  if (UpperCase(format) == "UTF-8") return fmt::format("decode({}, utf-8)", bytes);
  return fmt::format("{}({})", UpperCase(format) == "HEX" ? "hex" : "base64", bytes);
}

std::string CallText(const Expression& call) {
  if (std::string replaced = ReplacedCall(call); !replaced.empty()) return replaced;
  std::string text = OperatorText(call);
  if (!text.empty()) return text;
  const bool formats = (call.name == "to_char" || call.name == "to_varchar") &&
                       call.children.front()->type.IsDatetime();
  const bool sorted_texts = call.name == "string_agg" && !call.order_by.empty();
  text = CallName(formats        ? "date_format"
                  : sorted_texts ? "listagg"
                                 : call.name,
                  call.distinct ? "DISTINCT " : "", Names(call.children));
  if (!call.order_by.empty()) {
    text += fmt::format(" WITHIN GROUP (ORDER BY {})", SortTexts(call.order_by));
  }
  if (call.filter) text += fmt::format(" FILTER (WHERE {})", PrettyName(*call.filter));
  return text;
}

// A number that is cast to the type of the order is no more seen as a distance backwards.
bool IsCastBound(const FrameBound& bound, const Expression& window, FrameUnit unit) {
  if (unit != FrameUnit::kRange || window.order_by.size() != 1) return false;
  const types::DataType& order = window.order_by.front().expression->type;
  return order.IsNumeric() && !types::SameTypeIgnoringNullability(order, bound.offset->type);
}

std::string BoundText(const FrameBound& bound, const Expression& window, FrameUnit unit) {
  switch (bound.kind) {
    case FrameBoundKind::kUnboundedPreceding:
      return "UNBOUNDED PRECEDING";
    case FrameBoundKind::kPreceding:
      if (IsCastBound(bound, window, unit)) {
        return fmt::format("(- {}) FOLLOWING", PrettyName(*bound.offset));
      }
      return PrettyName(*bound.offset) + " PRECEDING";
    case FrameBoundKind::kCurrentRow:
      return "CURRENT ROW";
    case FrameBoundKind::kFollowing:
      return PrettyName(*bound.offset) + " FOLLOWING";
    case FrameBoundKind::kUnboundedFollowing:
      return "UNBOUNDED FOLLOWING";
  }
  return {};
}

// The frame of functions that look at the order of rows alone.
std::string RankingFrame(const Expression& call) {
  if (call.name == "lag" || call.name == "lead") {
    const std::string distance = call.children.size() > 1 ? PrettyName(*call.children[1]) : "1";
    const bool minus = distance.starts_with("-");
    const std::string row = call.name == "lead" ? distance
                            : minus             ? distance.substr(1)
                                                : "-" + distance;
    return fmt::format("ROWS BETWEEN {0} FOLLOWING AND {0} FOLLOWING", row);
  }
  const bool rows = call.function->kind == FunctionKind::kWindow && call.name != "cume_dist" &&
                    call.name != "nth_value";
  return rows ? "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW" : "";
}

std::string FrameText(const Expression& window) {
  std::string ranking = RankingFrame(*window.children.front());
  if (!ranking.empty()) return ranking;
  const bool ordered = !window.order_by.empty();
  const WindowFrame frame =
      window.frame ? *window.frame
                   : WindowFrame{ordered ? FrameUnit::kRange : FrameUnit::kRows, {}, {}};
  FrameBound end = frame.end;
  if (!window.frame) {
    end.kind = ordered ? FrameBoundKind::kCurrentRow : FrameBoundKind::kUnboundedFollowing;
  }
  return fmt::format("{} BETWEEN {} AND {}", frame.unit == FrameUnit::kRows ? "ROWS" : "RANGE",
                     BoundText(frame.start, window, frame.unit),
                     BoundText(end, window, frame.unit));
}

std::string WindowText(const Expression& window) {
  std::string specification;
  if (!window.partition_by.empty()) {
    specification = "PARTITION BY " + Joined(window.partition_by);
  }
  if (!window.order_by.empty()) {
    if (!specification.empty()) specification += ' ';
    specification += "ORDER BY " + SortTexts(window.order_by);
  }
  if (!specification.empty()) specification += ' ';
  specification += FrameText(window);
  return fmt::format("{} OVER ({})", PrettyName(*window.children.front()), specification);
}

std::string CaseText(const Expression& expression) {
  std::string text = "CASE";
  size_t i = 0;
  for (; i + 1 < expression.children.size(); i += 2) {
    text += fmt::format(" WHEN {} THEN {}", PrettyName(*expression.children[i]),
                        PrettyName(*expression.children[i + 1]));
  }
  if (i < expression.children.size()) text += " ELSE " + PrettyName(*expression.children[i]);
  return text + " END";
}

std::string LambdaText(const Expression& lambda) {
  std::string parameters;
  for (size_t i = 0; i < lambda.parameters.size(); ++i) {
    parameters += i == 0 ? "namedlambdavariable()" : ", namedlambdavariable()";
  }
  return fmt::format("lambdafunction({}, {})", PrettyName(*lambda.children.front()), parameters);
}

}  // namespace

namespace {

// (a, 1)
std::string StructText(const Expression& expression) {
  std::string text;
  const auto& fields = expression.type.fields();
  for (size_t i = 0; i < expression.children.size(); ++i) {
    text += fmt::format("{}{}, {}", i == 0 ? "" : ", ", fields[i].name,
                        PrettyName(*expression.children[i]));
  }
  return fmt::format("named_struct({})", text);
}

}  // namespace

std::string PrettyName(const Expression& expression) {
  if (!expression.pretty.empty()) return expression.pretty;
  switch (expression.kind) {
    case ExpressionKind::kLiteral:
      return LiteralText(expression);
    case ExpressionKind::kColumn:
      return expression.name;
    case ExpressionKind::kCall:
      return CallText(expression);
    case ExpressionKind::kCast:
      // Spark forgets that a cast to a nested type was written.
      if (expression.implicit || expression.type.IsNested())
        return PrettyName(*expression.children.front());
      return fmt::format("{}({} AS {})", expression.try_cast ? "TRY_CAST" : "CAST",
                         PrettyName(*expression.children.front()), expression.type.Sql());
    case ExpressionKind::kCase:
      return CaseText(expression);
    case ExpressionKind::kField:
      return fmt::format("{}.{}", PrettyName(*expression.children.front()), expression.name);
    case ExpressionKind::kLambda:
      return LambdaText(expression);
    case ExpressionKind::kLambdaVariable:
      return "namedlambdavariable()";
    case ExpressionKind::kWindow:
      return WindowText(expression);
    case ExpressionKind::kSubquery:
      if (expression.subquery == SubqueryKind::kExists) return "exists()";
      if (expression.subquery == SubqueryKind::kIn) {
        return fmt::format("({} IN (listquery()))", Joined(expression.children));
      }
      return "scalarsubquery()";
    case ExpressionKind::kStruct:
      return StructText(expression);
  }
  return {};
}

}  // namespace lakesmith::plan
