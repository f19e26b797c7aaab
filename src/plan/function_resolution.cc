// Which form of a function fits its arguments, and what they are cast to.
#include <algorithm>
#include <array>

#include "plan/function_registry.h"
#include "plan/function_rules.h"
#include "plan/spark_error.h"
#include "plan/type_coercion.h"

namespace lakesmith::plan {

using types::DataType;
using types::TypeId;
using Kind = ParameterType::Kind;

namespace {

// Types bound to the letters of one form.
using Bindings = std::array<std::optional<DataType>, 26>;

// Widens the letters inside `parameter` so that they hold `type`. False when the shapes differ.
bool Bind(const DataType& type, const ParameterType& parameter, Bindings& bindings) {
  if (parameter.kind == Kind::kGeneric) {
    auto& bound = bindings[static_cast<size_t>(parameter.letter - 'A')];
    if (!bound) {
      bound = type;
      return true;
    }
    bound =
        parameter.letter == 'T' ? StrictCommonType(*bound, type) : TightestCommonType(*bound, type);
    return bound.has_value();
  }
  if (parameter.kind == Kind::kArray) {
    if (type.is(TypeId::kVoid)) return !parameter.exact;
    return type.is(TypeId::kArray) && Bind(type.element(), parameter.parts[0], bindings);
  }
  if (parameter.kind == Kind::kMap) {
    if (type.is(TypeId::kVoid)) return !parameter.exact;
    return type.is(TypeId::kMap) && Bind(type.key(), parameter.parts[0], bindings) &&
           Bind(type.value(), parameter.parts[1], bindings);
  }
  return true;
}

std::optional<DataType> Substitute(const DataType& from, const ParameterType& parameter,
                                   const Bindings& bindings) {
  if (parameter.kind == Kind::kGeneric) {
    const auto& bound = bindings[static_cast<size_t>(parameter.letter - 'A')];
    return bound ? *bound : DataType::Void();
  }
  if (parameter.kind == Kind::kArray) {
    const bool known = from.is(TypeId::kArray);
    const auto element =
        Substitute(known ? from.element() : DataType(), parameter.parts[0], bindings);
    if (!element) return std::nullopt;
    return DataType::Array(*element, known ? from.contains_null() : true);
  }
  if (parameter.kind == Kind::kMap) {
    const bool known = from.is(TypeId::kMap);
    // Options of map<string,string> are taken as they are.
    const auto differs = [](const DataType& part, const ParameterType& wanted) {
      return wanted.kind == Kind::kExact && !part.is(TypeId::kVoid) &&
             part.id() != wanted.type.id();
    };
    if (known &&
        (differs(from.key(), parameter.parts[0]) || differs(from.value(), parameter.parts[1]))) {
      return std::nullopt;
    }
    const auto key = Substitute(known ? from.key() : DataType(), parameter.parts[0], bindings);
    const auto value = Substitute(known ? from.value() : DataType(), parameter.parts[1], bindings);
    if (!key || !value) return std::nullopt;
    return DataType::Map(*key, *value);
  }
  return ImplicitCast(from, parameter);
}

const ParameterType& ParameterAt(const Function& function, size_t index) {
  return function.parameters[std::min(index, function.parameters.size() - 1)];
}

struct Match {
  Signature signature;
  int casts = 0;
};

std::optional<DataType> ResultOf(const Function& function, const std::vector<DataType>& arguments,
                                 const Bindings& bindings) {
  if (function.result.front() == '$') {
    return arguments[static_cast<size_t>(function.result[1] - '1')];
  }
  return Substitute(DataType(), function.result_type, bindings);
}

// The cast types of the arguments, or the position of the first that does not fit.
std::optional<Match> TryForm(const Function& function, const std::vector<ExpressionPtr>& arguments,
                             size_t& misfit) {
  Match match;
  Bindings bindings;
  match.signature.function = &function;
  for (size_t i = 0; i < arguments.size(); ++i) {
    misfit = i;
    if (!Bind(arguments[i]->type, ParameterAt(function, i), bindings)) return std::nullopt;
  }
  for (size_t i = 0; i < arguments.size(); ++i) {
    misfit = i;
    const auto type = Substitute(arguments[i]->type, ParameterAt(function, i), bindings);
    if (!type) return std::nullopt;
    if (!types::SameTypeIgnoringNullability(*type, arguments[i]->type)) {
      match.casts += arguments[i]->type.is(TypeId::kVoid) ? 1 : 2;
    }
    match.signature.arguments.push_back(*type);
  }
  if (function.result.front() != '@') {
    const auto result = ResultOf(function, match.signature.arguments, bindings);
    if (!result) return std::nullopt;
    match.signature.result = *result;
  }
  return match;
}

bool TakesCount(const Function& function, size_t count) {
  return count >= function.required && (function.variadic || count <= function.parameters.size());
}

std::string CountsText(const std::vector<Function>& forms) {
  std::vector<size_t> counts;
  for (const Function& form : forms) {
    if (form.variadic) return fmt::format("> {}", form.required == 0 ? 0 : form.required - 1);
    for (size_t n = form.required; n <= form.parameters.size(); ++n) counts.push_back(n);
  }
  std::sort(counts.begin(), counts.end());
  counts.erase(std::unique(counts.begin(), counts.end()), counts.end());
  if (counts.size() == 1) return fmt::format("{}", counts[0]);
  return fmt::format("[{}]", fmt::join(counts, ", "));
}

Error WrongCount(std::string_view name, const std::vector<Function>& forms, size_t count) {
  return SparkError("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "42605",
                    "The `{}` requires {} parameters but the actual number is {}.", name,
                    CountsText(forms), count);
}

// Functions that compare the elements of their first argument.
bool ComparesElements(std::string_view name) {
  static constexpr std::string_view kNames[] = {
      "array_contains", "array_distinct", "array_except",   "array_intersect",
      "array_max",      "array_min",      "array_position", "array_remove",
      "array_sort",     "array_union",    "arrays_overlap", "sort_array",
  };
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

Error NotConstant(std::string_view name, const Expression& argument, size_t position) {
  return SparkError("DATATYPE_MISMATCH.NON_FOLDABLE_INPUT", "42K09",
                    "Cannot resolve \"{}(...)\" due to data type mismatch: the parameter {} should "
                    "be a foldable \"{}\" expression; however, got \"{}\".",
                    name, position + 1, argument.type.Sql(), PrettyName(argument));
}

Error Misfit(std::string_view name, const Expression& argument, size_t position,
             std::string_view signature) {
  return SparkError(
      "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "42K09",
      "Cannot resolve \"{}(...)\" due to data type mismatch: the parameter {} has the "
      "type \"{}\", which does not fit {}{}.",
      name, position + 1, argument.type.Sql(), name, signature);
}

// Functions whose count is not made of a number that is wider than INT.
bool TakesSmallCount(std::string_view name) {
  return name == "date_add" || name == "date_sub" || name == "format_number";
}

Status CheckArguments(std::string_view name, const Signature& signature,
                      const std::vector<ExpressionPtr>& arguments) {
  if (TakesSmallCount(signature.function->name)) {
    const DataType& count = arguments[1]->type;
    const bool wide = count.IsNumeric() && !(count.IsIntegral() && !count.is(TypeId::kLong));
    if (wide) return Misfit(name, *arguments[1], 1, signature.function->signature);
  }
  for (size_t i = 0; i < arguments.size(); ++i) {
    const bool constant = ParameterAt(*signature.function, i).constant;
    if (constant && !IsFoldable(*arguments[i])) return NotConstant(name, *arguments[i], i);
  }
  const std::string_view function = signature.function->name;
  if (!ComparesElements(function)) return {};
  if (function == "array_contains" && arguments[1]->type.is(TypeId::kVoid)) {
    return SparkError("DATATYPE_MISMATCH.NULL_TYPE", "42K09",
                      "Null typed values cannot be used as arguments of `{}`.", name);
  }
  const DataType& array = signature.arguments.front();
  if (!array.is(TypeId::kArray) || IsOrderable(array.element())) return {};
  return SparkError("DATATYPE_MISMATCH.INVALID_ORDERING_TYPE", "42K09",
                    "Cannot resolve \"{}(...)\" due to data type mismatch: the `{}` does not "
                    "support ordering on type \"{}\".",
                    name, name, array.element().Sql());
}

std::optional<DataType> CastToExactly(const DataType& from, const ParameterType& parameter) {
  const DataType& to = parameter.type;
  if (parameter.exact && from.id() != to.id() && !from.is(TypeId::kVoid)) return std::nullopt;
  if (from.id() == to.id()) {
    const bool keeps = from.IsAnsiInterval() || from.is(TypeId::kTime) || from.IsString();
    return keeps ? from : to;
  }
  if (from.is(TypeId::kVoid)) return to;
  if (from.IsString()) {
    if (to.IsString()) return from;
    return to.IsNested() || to.is(TypeId::kVariant) ? std::nullopt : std::optional(to);
  }
  return CanStoreAssign(from, to) ? std::optional(to) : std::nullopt;
}

std::optional<DataType> Only(bool condition, const DataType& type) {
  return condition ? std::optional(type) : std::nullopt;
}

std::optional<DataType> CastToArray(const DataType& from, const ParameterType& element) {
  if (from.is(TypeId::kVoid)) return DataType::Array(DataType::Void());
  if (!from.is(TypeId::kArray)) return std::nullopt;
  const auto cast = ImplicitCast(from.element(), element);
  return cast ? std::optional(DataType::Array(*cast, from.contains_null())) : std::nullopt;
}

// The first of `choices` that `from` is already; else the first that it can become.
std::optional<DataType> CastToOneOf(const DataType& from,
                                    const std::vector<ParameterType>& choices) {
  for (const ParameterType& choice : choices) {
    const auto type = ImplicitCast(from, choice);
    if (type && types::SameTypeIgnoringNullability(*type, from)) return type;
  }
  for (const ParameterType& choice : choices) {
    if (const auto type = ImplicitCast(from, choice)) return type;
  }
  return std::nullopt;
}

}  // namespace

std::optional<DataType> ImplicitCast(const DataType& from, const ParameterType& to) {
  const bool is_void = from.is(TypeId::kVoid);
  const bool is_text = from.IsString() || is_void;
  switch (to.kind) {
    case Kind::kAny:
    case Kind::kGeneric:
      return from;
    case Kind::kExact:
      return CastToExactly(from, to);
    case Kind::kNumeric:
      if (from.IsNumeric()) return from;
      return Only(is_text && (is_void || !to.exact), DataType::Double());
    case Kind::kIntegral:
      if (from.IsIntegral()) return from;
      return Only(is_text && (is_void || !to.exact), is_void ? DataType::Int() : DataType::Long());
    case Kind::kFractional:
      if (from.IsFractional() || from.is(TypeId::kDecimal)) return from;
      return Only(is_text || from.IsNumeric(), DataType::Double());
    case Kind::kDecimal:
      if (from.IsNumeric() && !to.exact) return DecimalForType(from);
      if (from.is(TypeId::kDecimal)) return from;
      return Only(is_text && (is_void || !to.exact), DataType::Decimal(38, 18));
    case Kind::kAtomic:
      return Only(!from.IsNested() && !from.is(TypeId::kVariant), from);
    case Kind::kOrderable:
      return Only(IsOrderable(from), from);
    case Kind::kTimestamps:
      if (from.is(TypeId::kTimestamp) || from.is(TypeId::kTimestampNtz)) return from;
      return Only(is_text || from.is(TypeId::kDate), DataType::Timestamp());
    case Kind::kIntervals:
      return Only(from.IsAnsiInterval(), from);
    case Kind::kArray:
      return CastToArray(from, to.parts[0]);
    case Kind::kMap:
      return Only(from.is(TypeId::kMap), from);
    case Kind::kStruct:
      return Only(from.is(TypeId::kStruct), from);
    case Kind::kOneOf:
      return CastToOneOf(from, to.parts);
  }
  return std::nullopt;
}

Result<Signature> ResolveFunction(std::string_view name,
                                  const std::vector<ExpressionPtr>& arguments) {
  const std::vector<Function>& forms = FindFunctions(name);
  std::optional<Match> best;
  const Function* nearest = nullptr;
  size_t misfit = 0;
  for (const Function& form : forms) {
    if (!TakesCount(form, arguments.size())) continue;
    size_t position = 0;
    auto match = TryForm(form, arguments, position);
    if (match) {
      if (!best || match->casts < best->casts) best = std::move(match);
    } else if (!best && position >= misfit) {
      nearest = &form;
      misfit = position;
    }
  }
  if (best) {
    TRY(CheckArguments(name, best->signature, arguments));
    if (best->signature.function->result.front() == '@') {
      TRY(ApplyFunctionRule(best->signature.function->result, arguments, best->signature));
    }
    return std::move(best->signature);
  }
  if (nearest == nullptr) return WrongCount(name, forms, arguments.size());
  return Misfit(name, *arguments[misfit], misfit, nearest->signature);
}

}  // namespace lakesmith::plan
