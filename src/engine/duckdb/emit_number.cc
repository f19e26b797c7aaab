#include <algorithm>

#include "engine/duckdb/emit_internal.h"

namespace lakesmith::engine {

using types::DataType;
using types::TypeId;

namespace {

using Texts = std::vector<std::string>;

const std::string& ZeroDivision() {
  static const std::string kText = RaiseError(
      "DIVIDE_BY_ZERO", "22012",
      "Division by zero. Use `try_divide` to tolerate divisor being 0 and return NULL instead.");
  return kText;
}

const std::string& ZeroRemainder() {
  static const std::string kText = RaiseError(
      "REMAINDER_BY_ZERO", "22012",
      "Remainder by zero. Use `try_mod` to tolerate divisor being 0 and return NULL instead.");
  return kText;
}

bool IsNonZeroLiteral(const plan::Expression& expression) {
  const plan::Expression* inner = &expression;
  while (inner->kind == plan::ExpressionKind::kCast) inner = inner->children.front().get();
  if (!IsLiteral(*inner)) return false;
  if (inner->type.IsIntegral()) return inner->value.as<int64_t>() != 0;
  if (inner->type.is(TypeId::kDouble)) return inner->value.as<double>() != 0;
  if (inner->type.is(TypeId::kDecimal)) return inner->value.as<types::DecimalValue>().unscaled != 0;
  return false;
}

bool IsPositiveLiteral(const plan::Expression& expression) {
  const plan::Expression* inner = &expression;
  while (inner->kind == plan::ExpressionKind::kCast) inner = inner->children.front().get();
  return IsLiteral(*inner) && inner->type.IsIntegral() && inner->value.as<int64_t>() > 0;
}

// `text` over a and b, each computed once, checked for a zero b. `zero` is what then happens.
std::string Checked(Emitter& emitter, const plan::Expression& call, const Texts& arguments,
                    const std::string& operation, const std::string& zero) {
  std::string a = arguments[0];
  std::string b = arguments[1];
  const bool safe = IsNonZeroLiteral(*call.children[1]);
  if (safe) return fmt::format(fmt::runtime(operation), a, b);
  std::string bound;
  const std::string variable = emitter.FreshName("b");
  if (b.size() > 120) {
    bound = fmt::format("[struct_pack(a := {}, b := {})]", a, b);
    a = variable + ".a";
    b = variable + ".b";
  }
  const std::string text = fmt::format("CASE WHEN {} = 0 AND {} IS NOT NULL THEN {} ELSE {} END", b,
                                       a, zero, fmt::format(fmt::runtime(operation), a, b));
  if (bound.empty()) return "(" + text + ")";
  return fmt::format("(list_transform({}, lambda {}: {})[1])", bound, variable, text);
}

std::string DecimalNative(std::string_view name, const plan::Expression& call,
                          const Texts& arguments) {
  return fmt::format("spark_decimal_{}({}, {}, {})", name, arguments[0], arguments[1],
                     TypedNull(call.type));
}

// Sum or difference of decimals: exact in the engine while the result fits into its 38 digits.
std::string DecimalSum(const char* sign, const char* native, const plan::Expression& call,
                       const Texts& arguments) {
  const DataType& type = call.type;
  const int scale = std::max(call.children[0]->type.scale(), call.children[1]->type.scale());
  if (type.scale() != scale || type.precision() >= 38)
    return DecimalNative(native, call, arguments);
  const std::string name = DuckDbTypeName(type);
  return fmt::format("CAST(CAST({} AS {}) {} CAST({} AS {}) AS {})", arguments[0], name, sign,
                     arguments[1], name, name);
}

Result<std::string> Sum(const char* sign, const char* native, const plan::Expression& call,
                        const Texts& arguments) {
  if (call.type.is(TypeId::kDecimal)) return DecimalSum(sign, native, call, arguments);
  return fmt::format("({} {} {})", arguments[0], sign, arguments[1]);
}

Result<std::string> Add(Emitter&, const plan::Expression& call, const Texts& arguments) {
  return Sum("+", "add", call, arguments);
}
Result<std::string> Subtract(Emitter&, const plan::Expression& call, const Texts& arguments) {
  return Sum("-", "subtract", call, arguments);
}

Result<std::string> Multiply(Emitter&, const plan::Expression& call, const Texts& arguments) {
  if (!call.type.is(TypeId::kDecimal)) return fmt::format("({} * {})", arguments[0], arguments[1]);
  const DataType& a = call.children[0]->type;
  const DataType& b = call.children[1]->type;
  const bool exact =
      call.type.scale() == a.scale() + b.scale() && a.precision() + b.precision() < 38;
  if (!exact) return DecimalNative("multiply", call, arguments);
  constexpr int kSmallDigits = 18;
  if (a.precision() + b.precision() <= kSmallDigits)
    return fmt::format("CAST({} * {} AS {})", arguments[0], arguments[1],
                       DuckDbTypeName(call.type));
  // Wide enough an operand keeps the engine from multiplying in 64 bits.
  const int width = std::max(a.precision(), std::min(19, 38 - b.precision()));
  return fmt::format("CAST(CAST({} AS DECIMAL({},{})) * {} AS {})", arguments[0], width, a.scale(),
                     arguments[1], DuckDbTypeName(call.type));
}

Result<std::string> Divide(Emitter& emitter, const plan::Expression& call, const Texts& arguments) {
  if (call.type.is(TypeId::kDecimal)) return DecimalNative("divide", call, arguments);
  return Checked(emitter, call, arguments, "({} / {})", ZeroDivision());
}

Result<std::string> Remainder(Emitter& emitter, const plan::Expression& call,
                              const Texts& arguments) {
  if (call.type.is(TypeId::kDecimal)) return DecimalNative("remainder", call, arguments);
  if (call.type.IsIntegral() && !IsPositiveLiteral(*call.children[1])) {
    // The engine refuses the least value % -1.
    return Checked(emitter, call, arguments, "CASE WHEN {1} = -1 THEN {0} - {0} ELSE {0} % {1} END",
                   ZeroRemainder());
  }
  return Checked(emitter, call, arguments, "({} % {})", ZeroRemainder());
}

Result<std::string> PositiveModulo(Emitter& emitter, const plan::Expression& call,
                                   const Texts& arguments) {
  const std::string type = DuckDbTypeName(call.type);
  const std::string operation =
      "CASE WHEN {0} % {1} < 0 THEN ({0} % {1} + {1}) % {1} ELSE {0} % {1} END";
  return fmt::format("CAST({} AS {})",
                     Checked(emitter, call, arguments, operation, ZeroRemainder()), type);
}

Result<std::string> IntegerDivide(Emitter& emitter, const plan::Expression& call,
                                  const Texts& arguments) {
  const DataType& a = call.children[0]->type;
  if (a.is(TypeId::kDecimal)) {
    return fmt::format("CAST(trunc(spark_decimal_divide({}, {}, NULL::DECIMAL(38,{}))) AS BIGINT)",
                       arguments[0], arguments[1], 8);
  }
  return fmt::format("CAST({} AS BIGINT)",
                     Checked(emitter, call, arguments,
                             a.IsFractional() ? "trunc({} / {})" : "({} // {})", ZeroDivision()));
}

// Whether working out the expression can fail at run time.
bool MayFail(const plan::Expression& expression) {
  if (expression.kind == plan::ExpressionKind::kCall) return true;
  return std::any_of(expression.children.begin(), expression.children.end(),
                     [](const plan::ExpressionPtr& child) { return MayFail(*child); });
}

// TRY of `operation` over {0} and {1}, which are worked out before it.
std::string TryOperation(Emitter& emitter, const plan::Expression& call, const Texts& arguments,
                         const std::function<std::string(const Texts&)>& operation) {
  const bool fails = MayFail(*call.children[0]) || MayFail(*call.children[1]);
  if (!fails) return fmt::format("TRY({})", operation(arguments));
  const std::string bound = emitter.FreshName("b");
  const Texts names = {bound + ".a", bound + ".b"};
  return fmt::format("(list_transform([struct_pack(a := {}, b := {})], lambda {}: TRY({}))[1])",
                     arguments[0], arguments[1], bound, operation(names));
}

// Whether an operand was text before it became a number.
bool HasText(const plan::Expression& call) {
  return std::ranges::any_of(call.children, [](const plan::ExpressionPtr& operand) {
    return operand->kind == plan::ExpressionKind::kCast && operand->implicit &&
           operand->children.front()->type.IsString();
  });
}

// Only the operation itself is tried: what fails inside the operands still fails; but not so for
// operands that are text.
Result<std::string> Tried(const char* native, CustomEmit plain, Emitter& emitter,
                          const plan::Expression& call, const Texts& arguments) {
  if (HasText(call)) return fmt::format("TRY({})", TRY(plain(emitter, call, arguments)));
  if (call.type.IsIntegral()) {
    const std::string result = fmt::format("{}({}, {})", native, arguments[0], arguments[1]);
    if (call.type.is(TypeId::kLong)) return result;
    return fmt::format("TRY_CAST({} AS {})", result, DuckDbTypeName(call.type));
  }
  if (call.type.is(TypeId::kFloat) || call.type.is(TypeId::kDouble))
    return plain(emitter, call, arguments);
  TRY(plain(emitter, call, arguments));
  return TryOperation(emitter, call, arguments, [&](const Texts& operands) {
    return plain(emitter, call, operands).value_or("");
  });
}
Result<std::string> TryAdd(Emitter& emitter, const plan::Expression& call, const Texts& arguments) {
  return Tried("spark_try_add", Add, emitter, call, arguments);
}
Result<std::string> TrySubtract(Emitter& emitter, const plan::Expression& call,
                                const Texts& arguments) {
  return Tried("spark_try_subtract", Subtract, emitter, call, arguments);
}
Result<std::string> TryMultiply(Emitter& emitter, const plan::Expression& call,
                                const Texts& arguments) {
  return Tried("spark_try_multiply", Multiply, emitter, call, arguments);
}

Result<std::string> TryDivide(Emitter& emitter, const plan::Expression& call,
                              const Texts& arguments) {
  if (call.type.is(TypeId::kDecimal)) {
    return TryOperation(emitter, call, arguments, [&](const Texts& operands) {
      return fmt::format("spark_decimal_divide({}, nullif({}, 0), {})", operands[0], operands[1],
                         TypedNull(call.type));
    });
  }
  const std::string quotient = fmt::format("({} / nullif({}, 0))", arguments[0], arguments[1]);
  return HasText(call) ? fmt::format("TRY({})", quotient) : quotient;
}

Result<std::string> TryRemainder(Emitter& emitter, const plan::Expression& call,
                                 const Texts& arguments) {
  if (call.type.is(TypeId::kDecimal)) {
    return TryOperation(emitter, call, arguments, [&](const Texts& operands) {
      return fmt::format("spark_decimal_remainder({}, nullif({}, 0), {})", operands[0], operands[1],
                         TypedNull(call.type));
    });
  }
  return fmt::format("({} % nullif({}, 0))", arguments[0], arguments[1]);
}

// A literal's integer, looking through casts and a minus sign.
std::optional<int64_t> LiteralInteger(const plan::Expression& expression) {
  if (expression.kind == plan::ExpressionKind::kCast)
    return LiteralInteger(*expression.children.front());
  if (expression.kind == plan::ExpressionKind::kCall && expression.name == "negative") {
    const auto inner = LiteralInteger(*expression.children.front());
    return inner ? std::optional(-*inner) : std::nullopt;
  }
  if (!IsLiteral(expression) || !expression.type.IsIntegral()) return std::nullopt;
  return expression.value.as<int64_t>();
}

int IntegerBytes(const DataType& type) {
  if (type.is(TypeId::kByte)) return 1;
  if (type.is(TypeId::kShort)) return 2;
  return type.is(TypeId::kInt) ? 4 : 8;
}

Result<std::string> RoundBy(const char* native, const plan::Expression& call,
                            const Texts& arguments) {
  const DataType& type = call.children[0]->type;
  const std::string result = DuckDbTypeName(call.type);
  std::optional<int64_t> digits = 0;
  if (arguments.size() == 2) digits = LiteralInteger(*call.children[1]);
  const std::string places = arguments.size() == 2 ? arguments[1] : "0";
  if (type.is(TypeId::kDecimal)) {
    if (digits && *digits >= type.scale())
      return fmt::format("CAST({} AS {})", arguments[0], result);
    if (digits && std::string_view(native) == "spark_round")
      return fmt::format("CAST(round({}, {}) AS {})", arguments[0], *digits, result);
    return fmt::format("{}({}, {}, {})", native, arguments[0], places, TypedNull(call.type));
  }
  if (type.IsIntegral()) {
    if (digits && *digits >= 0) return arguments[0];
    return fmt::format("{}_integer({}::BIGINT, {}, {})::{}", native, arguments[0], places,
                       8 * IntegerBytes(type), result);
  }
  return fmt::format("CAST({}({}::DOUBLE, {}) AS {})", native, arguments[0], places, result);
}

Result<std::string> Round(Emitter&, const plan::Expression& call, const Texts& arguments) {
  return RoundBy("spark_round", call, arguments);
}
Result<std::string> BankersRound(Emitter&, const plan::Expression& call, const Texts& arguments) {
  return RoundBy("spark_bround", call, arguments);
}

Result<std::string> CeilOrFloor(const char* function, const plan::Expression& call,
                                const Texts& arguments) {
  const DataType& type = call.children[0]->type;
  const std::string result = DuckDbTypeName(call.type);
  if (arguments.size() == 1) {
    if (type.IsIntegral()) return fmt::format("CAST({} AS BIGINT)", arguments[0]);
    if (type.is(TypeId::kDecimal))
      return fmt::format("CAST({}({}) AS {})", function, arguments[0], result);
    // As Java's conversion: what is too large is the largest, NaN is 0.
    return fmt::format(
        "CASE WHEN isnan({0}) THEN 0::BIGINT WHEN {0} >= 9.2e18::DOUBLE THEN "
        "9223372036854775807 WHEN {0} <= -9.2e18::DOUBLE THEN -9223372036854775807 - 1 ELSE "
        "CAST({1}({0}) AS BIGINT) END",
        arguments[0], function);
  }
  const int64_t digits = LiteralInteger(*call.children[1]).value_or(0);
  if (digits >= type.scale()) return fmt::format("CAST({} AS {})", arguments[0], result);
  std::string power = "1";
  power.append(static_cast<size_t>(std::min<int64_t>(std::abs(digits), 37)), '0');
  if (digits >= 0) {
    return fmt::format(
        "CAST(CAST({0}(CAST({1} AS DECIMAL(38,{2})) * {3}) AS DECIMAL(38,0)) / {3} AS {4})",
        function, arguments[0], type.scale(), power, result);
  }
  return fmt::format("CAST({0}(CAST({1} AS DOUBLE) / {2}) * {2} AS {3})", function, arguments[0],
                     power, result);
}

Result<std::string> Ceil(Emitter&, const plan::Expression& call, const Texts& arguments) {
  return CeilOrFloor("ceil", call, arguments);
}
Result<std::string> Floor(Emitter&, const plan::Expression& call, const Texts& arguments) {
  return CeilOrFloor("floor", call, arguments);
}

bool IsLong(const plan::Expression& call) { return call.type.is(TypeId::kLong); }

// Java's shifts: the distance counts modulo the width, bits fall off the left.
Result<std::string> ShiftLeft(Emitter&, const plan::Expression& call, const Texts& arguments) {
  const int mask = IsLong(call) ? 63 : 31;
  const char* modulus = IsLong(call) ? "18446744073709551616" : "4294967296";
  const char* half = IsLong(call) ? "9223372036854775808" : "2147483648";
  return fmt::format(
      "CAST(((({0}::HUGEINT * pow(2, {1} & {2})::HUGEINT) % {3}::HUGEINT + {3}::HUGEINT + "
      "{4}::HUGEINT) % "
      "{3}::HUGEINT - {4}::HUGEINT) AS {5})",
      arguments[0], arguments[1], mask, modulus, half, DuckDbTypeName(call.type));
}

Result<std::string> ShiftRight(Emitter&, const plan::Expression& call, const Texts& arguments) {
  const int mask = IsLong(call) ? 63 : 31;
  return fmt::format("({} >> ({} & {})::{})", arguments[0], arguments[1], mask,
                     DuckDbTypeName(call.type));
}

Result<std::string> ShiftRightUnsigned(Emitter&, const plan::Expression& call,
                                       const Texts& arguments) {
  const int mask = IsLong(call) ? 63 : 31;
  const char* modulus = IsLong(call) ? "18446744073709551616" : "4294967296";
  return fmt::format(
      "CASE WHEN ({1} & {2}) = 0 THEN {0} ELSE CAST((({0}::HUGEINT + {3}::HUGEINT) % {3}::HUGEINT) "
      "// "
      "pow(2, {1} & {2})::HUGEINT AS {4}) END",
      arguments[0], arguments[1], mask, modulus, DuckDbTypeName(call.type));
}

Result<std::string> BitGet(Emitter&, const plan::Expression& call, const Texts& arguments) {
  const DataType& type = call.children[0]->type;
  const int bits = type.is(TypeId::kByte)    ? 8
                   : type.is(TypeId::kShort) ? 16
                   : type.is(TypeId::kInt)   ? 32
                                             : 64;
  const std::string raise =
      RaiseError("INVALID_PARAMETER_VALUE.BIT_POSITION_RANGE", "22023",
                 fmt::format("The value of parameter(s) `pos` in `bit_get` is invalid: expects an "
                             "integer value in [0, {}).",
                             bits));
  return fmt::format(
      "CASE WHEN {0} IS NULL THEN NULL WHEN {1} < 0 OR {1} >= {2} THEN {3}::TINYINT ELSE "
      "(({0}::BIGINT >> {1}) & 1)::TINYINT "
      "END",
      arguments[0], arguments[1], bits, raise);
}

Result<std::string> HexText(Emitter&, const plan::Expression& call, const Texts& arguments) {
  const DataType& type = call.children[0]->type;
  if (type.IsString()) return fmt::format("hex(encode({}))", arguments[0]);
  return fmt::format("hex({})", arguments[0]);
}

Result<std::string> Random(Emitter&, const plan::Expression& call, const Texts& arguments) {
  const bool normal = call.name == "randn";
  if (!arguments.empty())
    return fmt::format("spark_{}({})", normal ? "randn" : "rand", arguments[0]);
  return std::string(normal ? "spark_randn(NULL)" : "random()");
}

Result<std::string> RandomText(Emitter&, const plan::Expression&, const Texts& arguments) {
  return fmt::format("spark_randstr({}, {})", arguments[0],
                     arguments.size() > 1 ? arguments[1] : "NULL");
}

Result<std::string> WidthBucket(Emitter&, const plan::Expression& call, const Texts& arguments) {
  std::string strange;
  if (call.children[0]->type.is(TypeId::kDouble)) {
    strange = fmt::format("isnan({}) OR NOT isfinite({}) OR NOT isfinite({}) OR ", arguments[0],
                          arguments[1], arguments[2]);
  }
  return fmt::format(
      "CASE WHEN {4}{3} <= 0 OR {3} = 9223372036854775807 OR {1} = {2} THEN NULL WHEN {1} < {2} "
      "THEN "
      "CASE WHEN {0} < "
      "{1} THEN 0 WHEN {0} >= {2} THEN {3} + 1 ELSE CAST(trunc({3} * (({0} - {1})::DOUBLE / ({2} - "
      "{1})::DOUBLE)) "
      "AS BIGINT) + 1 END WHEN {0} > {1} THEN 0 WHEN {0} <= {2} THEN {3} + 1 ELSE CAST(trunc({3} * "
      "(({1} - "
      "{0})::DOUBLE / ({1} - {2})::DOUBLE)) AS BIGINT) + 1 END",
      arguments[0], arguments[1], arguments[2], arguments[3], strange);
}

Result<std::string> FormatNumber(Emitter&, const plan::Expression& call, const Texts& arguments) {
  const bool exact =
      call.children[0]->type.is(TypeId::kDecimal) || call.children[0]->type.IsIntegral();
  const std::string number =
      call.children[0]->type.IsIntegral()
          ? fmt::format("({})::DECIMAL(20,0)", arguments[0])
          : (exact ? arguments[0] : fmt::format("({})::DOUBLE", arguments[0]));
  const bool pattern = call.children[1]->type.IsString();
  return fmt::format("spark_format_number{}({}, {})", pattern ? "_pattern" : "", number,
                     arguments[1]);
}

Result<std::string> Uniform(Emitter&, const plan::Expression& call, const Texts& arguments) {
  return fmt::format("CAST({0} + random() * ({1} - {0}) AS {2})", arguments[0], arguments[1],
                     DuckDbTypeName(call.type));
}

}  // namespace

const CustomTable& NumberEmits() {
  static const auto* table = new CustomTable{
      {"add", Add},
      {"subtract", Subtract},
      {"multiply", Multiply},
      {"divide", Divide},
      {"remainder", Remainder},
      {"integer_divide", IntegerDivide},
      {"pmod", PositiveModulo},
      {"try_add", TryAdd},
      {"try_subtract", TrySubtract},
      {"try_multiply", TryMultiply},
      {"try_divide", TryDivide},
      {"try_remainder", TryRemainder},
      {"round", Round},
      {"bround", BankersRound},
      {"ceil", Ceil},
      {"floor", Floor},
      {"shift_left", ShiftLeft},
      {"shift_right", ShiftRight},
      {"shift_right_unsigned", ShiftRightUnsigned},
      {"bit_get", BitGet},
      {"hex", HexText},
      {"random", Random},
      {"randstr", RandomText},
      {"width_bucket", WidthBucket},
      {"format_number", FormatNumber},
      {"uniform", Uniform},
  };
  return *table;
}

}  // namespace lakesmith::engine
