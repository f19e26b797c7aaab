#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "plan/expression.h"
#include "types/data_type.h"

namespace lakesmith::plan {

enum class FunctionKind : uint8_t { kScalar, kAggregate, kWindow, kGenerator };

// One line of the tables in functions_*.cc: all that is known of one form of a function.
//
// `signature`: "(string|binary, int, [string]) -> string". Types are Spark's simple names, the
// classes any, numeric, integral, fractional, atomic, orderable, timestamps, intervals, decimal, or
// T, U, K, V, which stand for one type throughout (arguments are widened to it). `[...]` is
// optional, `...` repeats the last parameter; `type!` takes no implicit cast, `type#` only
// constants. The result is a type, a letter, `$1` (that of the first argument) or `@rule` (see
// function_rules.h).
// "=name" makes an alias of another function.
//
// `emission`: how an engine of SQL calls it.
//   "upper"              the engine's function of the same meaning, arguments in order
//   "spark_conv"         a native function of ours
//   "($1 + 1)::$R"       a template: $1.. arguments, $* all of them, $R the result type, $T1 an
//   argument's type
//   "@name"              written by the emitter's code for it
//   ""                   known, but not supported
struct FunctionRow {
  const char* name;
  const char* since;
  const char* signature;
  const char* emission;
  FunctionKind kind = FunctionKind::kScalar;
  bool is_volatile = false;
};

// What a parameter accepts.
struct ParameterType {
  enum class Kind : uint8_t {
    kExact,  // `type`
    kAny,
    kNumeric,
    kIntegral,
    kFractional,
    kDecimal,  // Of any precision.
    kAtomic,
    kOrderable,
    kTimestamps,  // timestamp or timestamp_ntz
    kIntervals,   // year-month or day-time
    kGeneric,     // `letter`
    kArray,       // parts[0]
    kMap,         // parts[0], parts[1]
    kStruct,      // Any struct.
    kOneOf,       // parts
  };
  Kind kind = Kind::kAny;
  types::DataType type;
  char letter = 0;
  std::vector<ParameterType> parts;
  bool exact = false;     // `type!`: no implicit cast but that of NULL to a plain type.
  bool constant = false;  // `type#`: the argument must be foldable.
};

struct Function {
  std::string_view name;
  std::string_view since;
  std::string_view signature;
  std::string_view emission;
  FunctionKind kind = FunctionKind::kScalar;
  bool is_volatile = false;
  std::vector<ParameterType> parameters;
  size_t required = 0;    // Parameters that must be given.
  bool variadic = false;  // The last one repeats, also zero times.
  std::string_view result;
  ParameterType result_type;  // When `result` is no "@rule" and no "$1".
};

// All forms of the function of that name (any case, aliases followed); empty when unknown.
// Built once, on first use; safe from any thread.
const std::vector<Function>& FindFunctions(std::string_view name);

// Names of all functions, sorted, for SHOW FUNCTIONS and near names.
const std::vector<std::string>& FunctionNames();

// What a form makes of arguments: the types they are cast to, and the type of the result.
struct Signature {
  const Function* function = nullptr;
  std::vector<types::DataType> arguments;
  types::DataType result;
};

// Picks the form that needs the fewest implicit casts. Errors: [WRONG_NUM_ARGS.WITHOUT_SUGGESTION]
// 42605, [DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE] 42K09.
Result<Signature> ResolveFunction(std::string_view name,
                                  const std::vector<ExpressionPtr>& arguments);

// The type a value of type `from` is cast to for a parameter; nullopt when it does not fit.
std::optional<types::DataType> ImplicitCast(const types::DataType& from, const ParameterType& to);

namespace internal {
// The tables, one a topic.
std::span<const FunctionRow> MathFunctions();
std::span<const FunctionRow> OperatorFunctions();
std::span<const FunctionRow> StringFunctions();
std::span<const FunctionRow> DatetimeFunctions();
std::span<const FunctionRow> CollectionFunctions();
std::span<const FunctionRow> JsonFunctions();
std::span<const FunctionRow> MiscFunctions();
std::span<const FunctionRow> AggregateFunctions();
std::span<const FunctionRow> WindowFunctions();
std::span<const FunctionRow> GeneratorFunctions();
std::span<const FunctionRow> UnsupportedFunctions();
}  // namespace internal

}  // namespace lakesmith::plan
