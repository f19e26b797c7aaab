#include "plan/analyzer_internal.h"
#include "plan/spark_error.h"
#include "plan/type_coercion.h"

namespace lakesmith::plan {

using types::DataType;
using types::IntervalField;
using types::TypeId;

namespace {

Error WrongOperands(const std::string& name, const Expression& left, const Expression& right) {
  const bool differ = !types::SameTypeIgnoringNullability(left.type, right.type);
  if (differ) {
    return SparkError(
        "DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES", "42K09",
        "Cannot resolve \"({} {} {})\" due to data type mismatch: the left and right operands "
        "of the binary operator have incompatible types (\"{}\" and \"{}\").",
        PrettyName(left), name, PrettyName(right), left.type.Sql(), right.type.Sql());
  }
  return SparkError(
      "DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE", "42K09",
      "Cannot resolve \"({} {} {})\" due to data type mismatch: the binary operator does not "
      "take the input type \"{}\".",
      PrettyName(left), name, PrettyName(right), left.type.Sql());
}

ExpressionPtr Operation(const std::string& name, const char* row, ExpressionPtr left,
                        ExpressionPtr right, DataType type) {
  auto call = std::make_shared<Expression>();
  call->kind = ExpressionKind::kCall;
  call->name = name;
  call->function = &FindFunctions(row).front();
  call->type = std::move(type);
  call->nullable = left->nullable || right->nullable;
  call->children = {std::move(left), std::move(right)};
  return call;
}

// The smallest decimal that holds an integral literal.
DataType DecimalOfLiteral(const Expression& expression) {
  const bool literal = expression.kind == ExpressionKind::kLiteral && !expression.value.is_null();
  if (!literal || expression.type.is(TypeId::kByte)) {
    return DecimalForType(expression.type);
  }
  int digits = 1;
  for (int64_t rest = expression.value.as<int64_t>() / 10; rest != 0; rest /= 10) ++digits;
  return DataType::Decimal(digits, 0);
}

// Makes a decimal of an integral operand of a decimal one.
ExpressionPtr ToDecimal(ExpressionPtr operand) {
  if (operand->type.is(TypeId::kDecimal)) return operand;
  const DataType type = DecimalOfLiteral(*operand);
  return MakeCast(std::move(operand), type, true);
}

// With spark.sql.decimalOperations.allowPrecisionLoss=false digits of the fraction are not given up
// for whole ones.
DataType ExactDecimalResult(const std::string& name, const DataType& a, const DataType& b) {
  const auto bounded = [](int precision, int scale) {
    return DataType::Decimal(std::min(precision, 38), std::min(scale, 38));
  };
  const int scale = std::max(a.scale(), b.scale());
  const int whole = std::max(a.precision() - a.scale(), b.precision() - b.scale());
  if (name.ends_with("multiply") || name == "*")
    return bounded(a.precision() + b.precision() + 1, a.scale() + b.scale());
  if (name.ends_with("divide") || name == "/") {
    int digits = std::min(38, a.precision() - a.scale() + b.scale());
    int fraction = std::min(38, std::max(6, a.scale() + b.precision() + 1));
    if (digits + fraction > 38) {
      fraction -= (digits + fraction - 38) / 2 + 1;
      digits = 38 - fraction;
    }
    return bounded(digits + fraction, fraction);
  }
  const bool sum =
      name.ends_with("add") || name.ends_with("subtract") || name == "+" || name == "-";
  if (sum) return bounded(whole + scale + 1, scale);
  const int smaller = std::min(a.precision() - a.scale(), b.precision() - b.scale());
  return bounded(smaller + scale, scale);
}

DataType DecimalResult(const std::string& name, const DataType& a, const DataType& b) {
  const int scale = std::max(a.scale(), b.scale());
  const int whole = std::max(a.precision() - a.scale(), b.precision() - b.scale());
  if (name.ends_with("add") || name.ends_with("subtract") || name == "+" || name == "-") {
    return AdjustedDecimal(whole + scale + 1, scale);
  }
  if (name.ends_with("multiply") || name == "*") {
    return AdjustedDecimal(a.precision() + b.precision() + 1, a.scale() + b.scale());
  }
  if (name.ends_with("divide") || name == "/") {
    const int fraction = std::max(6, a.scale() + b.precision() + 1);
    return AdjustedDecimal(a.precision() - a.scale() + b.scale() + fraction, fraction);
  }
  const int smaller = std::min(a.precision() - a.scale(), b.precision() - b.scale());
  return AdjustedDecimal(smaller + scale, scale);
}

bool IsInterval(const DataType& type) {
  return type.IsAnsiInterval() || type.is(TypeId::kCalendarInterval);
}

bool IsAddition(const std::string& name) { return name == "+" || name == "try_add"; }
bool IsSubtraction(const std::string& name) { return name == "-" || name == "try_subtract"; }
bool IsDivision(const std::string& name) { return name == "/" || name == "try_divide"; }

// A point in time, of some day or of any.
bool IsPoint(const DataType& type) { return type.IsDatetime() || type.is(TypeId::kTime); }

bool IsTemporal(const DataType& type) { return IsPoint(type) || IsInterval(type); }

// Spark shows moves of points in time without the parentheses that other operators have.
ExpressionPtr Bare(const ExpressionPtr& operation) {
  if (operation->name != "+" && operation->name != "-") return operation;
  return WithPretty(operation, fmt::format("{} {} {}", PrettyName(*operation->children[0]),
                                           operation->name, PrettyName(*operation->children[1])));
}

// What is no point in time is not moved by an interval: texts are by those of days.
Status CheckMoves(const std::string& name, const Expression& point, const Expression& interval) {
  const bool days = interval.type.is(TypeId::kDayTimeInterval);
  const bool months = interval.type.is(TypeId::kYearMonthInterval);
  if (IsPoint(point.type)) return {};
  if (point.type.IsString() && !months) return {};
  if (!days) return WrongOperands(name, point, interval);
  return SparkError("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "42K09",
                    "Cannot resolve \"{} {} {}\" due to data type mismatch: an interval moves a "
                    "date, time or timestamp, but \"{}\" has the type \"{}\".",
                    PrettyName(point), name, PrettyName(interval), PrettyName(point),
                    point.type.Sql());
}

// Date, time or timestamp plus or minus an interval.
Result<ExpressionPtr> MovedByInterval(const std::string& name, ExpressionPtr point,
                                      ExpressionPtr interval) {
  TRY(CheckMoves(name, *point, *interval));
  const bool back = IsSubtraction(name);
  const bool is_try = name.starts_with("try_");
  const DataType span = interval->type;
  if (point->type.IsString()) {
    const DataType text = point->type;
    point = MakeCast(std::move(point), DataType::Timestamp(), true);
    return MakeCast(TRY(MovedByInterval(name, std::move(point), std::move(interval))), text, true);
  }
  if (point->type.is(TypeId::kTime)) {
    if (!span.is(TypeId::kDayTimeInterval)) return WrongOperands(name, *point, *interval);
    const DataType type = point->type;
    return Bare(Operation(name, back ? "__time_minus" : "__time_plus", std::move(point),
                          std::move(interval), type));
  }
  DataType type = point->type;
  if (type.is(TypeId::kDate) && span.is(TypeId::kDayTimeInterval) &&
      span.to() != IntervalField::kDay) {
    type = DataType::Timestamp();
    point = MakeCast(std::move(point), type, true);
  }
  const char* row = back ? "__minus_interval" : "__plus_interval";
  if (is_try) row = back ? "__try_minus_interval" : "__try_plus_interval";
  const bool days = type.is(TypeId::kDate) && span.is(TypeId::kDayTimeInterval);
  std::string pretty =
      fmt::format("{} {} {}", PrettyName(*point), back ? "-" : "+", PrettyName(*interval));
  if (days) {
    pretty = fmt::format("extractansiintervaldays({})", PrettyName(*interval));
    if (back) pretty = fmt::format("(- {})", pretty);
    pretty = fmt::format("date_add({}, {})", PrettyName(*point), pretty);
  }
  ExpressionPtr moved = Operation(name, row, std::move(point), std::move(interval), type);
  return is_try ? moved : WithPretty(moved, std::move(pretty));
}

// Difference of two points in time.
Result<ExpressionPtr> Difference(const std::string& name, ExpressionPtr left, ExpressionPtr right) {
  if (left->type.is(TypeId::kTime) && right->type.is(TypeId::kTime)) {
    return Bare(Operation(name, "__time_difference", std::move(left), std::move(right),
                          DataType::DayTimeInterval(IntervalField::kHour, IntervalField::kSecond)));
  }
  if (left->type.is(TypeId::kDate) && right->type.is(TypeId::kDate)) {
    return Operation(name, "__date_difference", std::move(left), std::move(right),
                     DataType::DayTimeInterval(IntervalField::kDay, IntervalField::kDay));
  }
  const bool plain = left->type.is(TypeId::kTimestampNtz) || right->type.is(TypeId::kTimestampNtz);
  const DataType type = plain ? DataType::TimestampNtz() : DataType::Timestamp();
  return Operation(name, "__timestamp_difference", MakeCast(std::move(left), type, true),
                   MakeCast(std::move(right), type, true), DataType::DayTimeInterval());
}

Result<ExpressionPtr> ScaledInterval(const std::string& name, const ExpressionPtr& interval,
                                     ExpressionPtr number) {
  const bool divide = IsDivision(name);
  if (number->type.IsString() || number->type.is(TypeId::kVoid)) {
    number = MakeCast(std::move(number), DataType::Double(), true);
  }
  if (!number->type.IsNumeric()) return WrongOperands(name, *interval, *number);
  DataType type = interval->type;
  if (type.is(TypeId::kYearMonthInterval)) type = DataType::YearMonthInterval();
  if (type.is(TypeId::kDayTimeInterval)) type = DataType::DayTimeInterval();
  std::string row = divide ? "__interval_divide" : "__interval_multiply";
  if (name.starts_with("try_")) row = divide ? "__try_interval_divide" : "__try_interval_multiply";
  auto call = std::make_shared<Expression>(
      *Operation(name, row.c_str(), interval, number, std::move(type)));
  if (interval->type.is(TypeId::kCalendarInterval) && !name.starts_with("try_")) {
    call->pretty = fmt::format("{}_interval({}, {})", divide ? "divide" : "multiply",
                               PrettyName(*interval), PrettyName(*number));
  }
  return ExpressionPtr(call);
}

Result<ExpressionPtr> IntervalSum(const std::string& name, ExpressionPtr left,
                                  ExpressionPtr right) {
  if (left->type.id() != right->type.id()) return WrongOperands(name, *left, *right);
  const auto type = WiderType(left->type, right->type);
  if (!type) return WrongOperands(name, *left, *right);
  const bool is_try = name.starts_with("try_");
  const char* row = IsAddition(name) ? (is_try ? "__try_interval_add" : "__interval_add")
                                     : (is_try ? "__try_interval_subtract" : "__interval_subtract");
  return Operation(name, row, std::move(left), std::move(right), *type);
}

bool IsSmallInteger(const DataType& type) { return type.IsIntegral() && !type.is(TypeId::kLong); }

// Whether `a - b` is the difference of two points in time, one of which may be text.
bool IsDifference(const DataType& a, const DataType& b) {
  if (IsPoint(a) && IsPoint(b)) return a.is(TypeId::kTime) == b.is(TypeId::kTime);
  return (IsPoint(a) && b.IsString()) || (a.IsString() && IsPoint(b));
}

// try_add and the like keep their name, whatever they become.
ExpressionPtr NamedAsWritten(const std::string& name, const ExpressionPtr& left,
                             const ExpressionPtr& right, const ExpressionPtr& operation) {
  if (!name.starts_with("try_")) return operation;
  return WithPretty(operation,
                    fmt::format("{}({}, {})", name, PrettyName(*left), PrettyName(*right)));
}

// A sum or difference with a date, time, timestamp or interval among its operands.
Result<ExpressionPtr> TemporalSum(const std::string& name, const ExpressionPtr& left,
                                  const ExpressionPtr& right) {
  const DataType& a = left->type;
  const DataType& b = right->type;
  const bool adds = IsAddition(name);
  if (IsInterval(a) && IsInterval(b)) return IntervalSum(name, left, right);
  if (IsInterval(b)) return MovedByInterval(name, left, right);
  if (IsInterval(a) && adds) {
    return NamedAsWritten(name, left, right, TRY(MovedByInterval(name, right, left)));
  }
  if (a.is(TypeId::kDate) && IsSmallInteger(b)) {
    const char* row = adds ? "date_add" : "date_sub";
    return NamedAsWritten(name, left, right,
                          Operation(row, row, left, MakeCast(right, DataType::Int(), true), a));
  }
  if (b.is(TypeId::kDate) && adds && IsSmallInteger(a)) {
    return NamedAsWritten(
        name, left, right,
        Operation("date_add", "date_add", right, MakeCast(left, DataType::Int(), true), b));
  }
  if (adds || !IsDifference(a, b)) return WrongOperands(name, *left, *right);
  const DataType& point = a.IsString() ? b : a;
  return Difference(name, a.IsString() ? MakeCast(left, point, true) : left,
                    b.IsString() ? MakeCast(right, point, true) : right);
}

// Operators with a date, time, timestamp or interval among their operands; an error when none
// applies.
Result<ExpressionPtr> Temporal(const std::string& name, const ExpressionPtr& left,
                               const ExpressionPtr& right) {
  const DataType& a = left->type;
  const DataType& b = right->type;
  if (IsAddition(name) || IsSubtraction(name)) return TemporalSum(name, left, right);
  if ((name == "*" || name == "try_multiply") && IsInterval(a) != IsInterval(b)) {
    return IsInterval(a) ? ScaledInterval(name, left, right) : ScaledInterval(name, right, left);
  }
  if (IsDivision(name) && IsInterval(a) && !IsInterval(b)) {
    return ScaledInterval(name, left, right);
  }
  if (name == "div" && a.IsAnsiInterval() && a.id() == b.id()) {
    return Operation(name, "__interval_div", left, right, DataType::Long());
  }
  return WrongOperands(name, *left, *right);
}

// The type that NULL takes on the left of `right`.
DataType NullBefore(const std::string& name, const DataType& right) {
  if (IsAddition(name) && IsPoint(right)) return DataType::DayTimeInterval();
  if (name == "/" && right.is(TypeId::kDecimal)) return DataType::Double();
  const bool scales = IsInterval(right) && (name == "*" || name == "try_multiply");
  return scales ? DataType::Int() : right;
}

// The type that NULL takes on the right of `left`.
DataType NullAfter(const std::string& name, const DataType& left) {
  if (IsPoint(left) && !IsSubtraction(name)) return DataType::DayTimeInterval();
  const bool scales = IsInterval(left) && (name == "*" || IsDivision(name));
  return scales ? DataType::Int() : left;
}

// Gives an operand that is NULL the type that the other asks for.
void TypeNulls(const std::string& name, ExpressionPtr& left, ExpressionPtr& right) {
  if (left->type.is(TypeId::kVoid) && right->type.is(TypeId::kVoid)) {
    const DataType type = name == "div" ? DataType::Long() : DataType::Double();
    left = MakeCast(left, type, true);
    right = MakeCast(right, type, true);
  }
  if (left->type.is(TypeId::kVoid) && !right->type.IsString()) {
    left = MakeCast(left, NullBefore(name, right->type), true);
  }
  if (right->type.is(TypeId::kVoid) && !left->type.IsString()) {
    right = MakeCast(right, NullAfter(name, left->type), true);
  }
}

// Text that meets another type under a try_ function is cast so that what is no value gives NULL.
ExpressionPtr TriedText(ExpressionPtr operand, const DataType& other) {
  if (!operand->type.IsString() || other.IsString()) return operand;
  const auto wider = WiderType(operand->type, other);
  if (!wider || wider->IsString()) return operand;
  auto cast = std::make_shared<Expression>(*MakeCast(std::move(operand), *wider, true));
  cast->try_cast = true;
  return cast;
}

// The type both operands of a numeric operator take; nullopt when they are not numbers.
std::optional<DataType> NumericType(const DataType& a, const DataType& b) {
  auto wider = WiderType(a, b);
  if (!wider || !wider->IsNumeric()) return std::nullopt;
  return wider;
}

}  // namespace

Result<ExpressionPtr> Analyzer::Arithmetic(const std::string& name, ExpressionPtr left,
                                           ExpressionPtr right) {
  if (name.starts_with("try_")) {
    left = TriedText(std::move(left), right->type);
    right = TriedText(std::move(right), left->type);
  }
  TypeNulls(name, left, right);
  if (IsTemporal(left->type) || IsTemporal(right->type)) return Temporal(name, left, right);

  const auto wider = NumericType(left->type, right->type);
  if (!wider) return WrongOperands(name, *left, *right);
  if (wider->is(TypeId::kDecimal)) {
    left = ToDecimal(std::move(left));
    right = ToDecimal(std::move(right));
    if (name == "div") return Operation(name, "div", left, right, DataType::Long());
    const bool lossy =
        config_.Get("spark.sql.decimalOperations.allowPrecisionLoss", "true") != "false";
    const DataType type = lossy ? DecimalResult(name, left->type, right->type)
                                : ExactDecimalResult(name, left->type, right->type);
    return Operation(name, name.c_str(), left, right, type);
  }
  if (name == "div" && wider->IsFractional()) return WrongOperands(name, *left, *right);
  DataType type = *wider;
  if (name == "div" && !type.IsIntegral()) return WrongOperands(name, *left, *right);
  if (IsDivision(name)) type = DataType::Double();
  if (name == "div") type = DataType::Long();
  return Operation(name, name.c_str(), MakeCast(std::move(left), type, true),
                   MakeCast(std::move(right), type, true), type);
}

namespace {

// Whether text stands beside text or NULL, so that neither says what both are to be cast to.
bool IsTextOnly(const DataType& a, const DataType& b) {
  const auto fits = [](const DataType& type) { return type.IsString() || type.is(TypeId::kVoid); };
  return fits(a) && fits(b) && (a.IsString() || b.IsString());
}

}  // namespace

Result<ExpressionPtr> Analyzer::Logic(const std::string& name, ExpressionPtr left,
                                      ExpressionPtr right) {
  if (IsTextOnly(left->type, right->type)) return WrongOperands(name, *left, *right);
  return MakeCall(name, {std::move(left), std::move(right)});
}

Result<ExpressionPtr> Analyzer::Bitwise(const std::string& name, ExpressionPtr left,
                                        ExpressionPtr right) {
  if (IsTextOnly(left->type, right->type)) return WrongOperands(name, *left, *right);
  if (left->type.is(TypeId::kVoid) && right->type.IsIntegral()) {
    left = MakeCast(left, right->type, true);
  }
  if (right->type.is(TypeId::kVoid) && left->type.IsIntegral()) {
    right = MakeCast(right, left->type, true);
  }
  return MakeCall(name, {std::move(left), std::move(right)});
}

Result<ExpressionPtr> Analyzer::Compare(const std::string& name, ExpressionPtr left,
                                        ExpressionPtr right) {
  const DataType a = left->type;
  const DataType b = right->type;
  if (a.is(TypeId::kDecimal) && b.IsIntegral()) right = ToDecimal(std::move(right));
  if (b.is(TypeId::kDecimal) && a.IsIntegral()) left = ToDecimal(std::move(left));
  auto wider = WiderType(left->type, right->type);
  const bool equality =
      name == "=" || name == "==" || name == "<=>" || name == "<>" || name == "!=";
  if (!wider) return WrongOperands(name, *left, *right);
  const bool fits = IsOrderable(*wider) || (equality && wider->is(TypeId::kCalendarInterval));
  if (!fits) {
    return SparkError(
        "DATATYPE_MISMATCH.INVALID_ORDERING_TYPE", "42K09",
        "Cannot resolve \"({} {} {})\" due to data type mismatch: the `{}` does not support "
        "ordering on type \"{}\".",
        PrettyName(*left), name, PrettyName(*right), name, wider->Sql());
  }
  return Operation(name, name.c_str(), MakeCast(std::move(left), *wider, true),
                   MakeCast(std::move(right), *wider, true), DataType::Boolean());
}

Result<ExpressionPtr> Analyzer::Negate(ExpressionPtr operand) {
  auto call = std::make_shared<Expression>(*TRY(MakeCall("negative", {std::move(operand)})));
  call->pretty = fmt::format("(- {})", PrettyName(*call->children.front()));
  return ExpressionPtr(call);
}

}  // namespace lakesmith::plan
