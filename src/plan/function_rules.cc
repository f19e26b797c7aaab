#include "plan/function_rules.h"

#include <algorithm>

#include "base/check.h"
#include "functions/cast_text.h"
#include "plan/function_rules_internal.h"
#include "plan/spark_error.h"
#include "plan/type_coercion.h"

namespace lakesmith::plan {

using types::DataType;
using types::StructField;
using types::TypeId;

namespace {

Error NoCommonType(const Signature& signature, const DataType& a, const DataType& b) {
  return SparkError(
      "DATATYPE_MISMATCH.DATA_DIFF_TYPES", "42K09",
      "Cannot resolve \"{}\" due to data type mismatch: Input to `{}` should all be the "
      "same type, but it's [\"{}\", \"{}\"].",
      signature.function->name, signature.function->name, a.Sql(), b.Sql());
}

// Casts arguments [first, last) to the widest of their types and returns it.
Result<DataType> Unify(Signature& signature, size_t first, size_t last) {
  std::vector<DataType> parts(signature.arguments.begin() + static_cast<ptrdiff_t>(first),
                              signature.arguments.begin() + static_cast<ptrdiff_t>(last));
  if (parts.empty()) return DataType::Void();
  const auto wider = WiderType(parts);
  if (!wider) {
    const auto other = std::find_if(parts.begin(), parts.end(), [&parts](const DataType& type) {
      return !WiderType(parts.front(), type);
    });
    return NoCommonType(signature, parts.front(), other == parts.end() ? parts.back() : *other);
  }
  for (size_t i = first; i < last; ++i) signature.arguments[i] = *wider;
  return *wider;
}

// The integer that a literal argument is; `fallback` when there is no such argument.
Result<int64_t> LiteralInteger(const Arguments& arguments, size_t index, int64_t fallback,
                               const Signature& signature) {
  if (index >= arguments.size()) return fallback;
  const Expression* argument = arguments[index].get();
  int64_t sign = 1;
  while (argument->kind != ExpressionKind::kLiteral && !argument->children.empty()) {
    if (argument->kind == ExpressionKind::kCall && argument->name == "negative") {
      sign = -sign;
    } else if (argument->kind != ExpressionKind::kCast) {
      break;
    }
    argument = argument->children.front().get();
  }
  const bool constant = argument->kind == ExpressionKind::kLiteral;
  if (constant && argument->type.IsIntegral() && !argument->value.is_null()) {
    return sign * argument->value.as<int64_t>();
  }
  if (constant && argument->type.IsNumeric() && !argument->value.is_null()) {
    return sign * static_cast<int64_t>(ConstantNumber(argument->value, argument->type));
  }
  // What is no number is known to be so when it is cast.
  if (constant && argument->type.IsString() && !argument->value.is_null()) {
    const auto digits = functions::TextToIntegral(argument->value.as<std::string>(), 32);
    if (digits) return *digits;
  }
  const bool rounds = signature.function->name.ends_with("round");
  if (rounds && constant && (argument->value.is_null() || argument->type.IsString()))
    return fallback;
  return SparkError(
      "DATATYPE_MISMATCH.NON_FOLDABLE_INPUT", "42K09",
      "Cannot resolve \"{}\" due to data type mismatch: the input `scale` should be a "
      "foldable \"INT\" expression; however, got \"{}\".",
      signature.function->name, PrettyName(*arguments[index]));
}

Status Common(const Arguments& arguments, Signature& signature) {
  signature.result = TRY(Unify(signature, 0, arguments.size()));
  return {};
}

// As @common, but text does not become another type, nor others text.
Status GreatestOrLeast(const Arguments& arguments, Signature& signature) {
  const auto is_text = [](const DataType& type) { return type.IsString(); };
  const auto& types = signature.arguments;
  const auto text = std::ranges::find_if(types, is_text);
  const auto other = std::ranges::find_if(types, [&is_text](const DataType& type) {
    return !is_text(type) && !type.is(TypeId::kVoid);
  });
  if (text != types.end() && other != types.end())
    return NoCommonType(signature, types.front(), is_text(types.front()) ? *other : *text);
  return Common(arguments, signature);
}

Status CommonOfTwo(const Arguments&, Signature& signature) {
  signature.result = TRY(Unify(signature, 0, 2));
  return {};
}

// Bytes beside anything else are text.
Status CommonBoolean(const Arguments&, Signature& signature) {
  auto& types = signature.arguments;
  const bool bytes = types[0].is(TypeId::kBinary) && types[1].is(TypeId::kBinary);
  if (!bytes) types = {DataType::String(), DataType::String()};
  signature.result = DataType::Boolean();
  return {};
}

Status CheckOrder(const Signature& signature, const DataType& type);

Status Compare(const Arguments& arguments, Signature& signature) {
  TRY(CheckOrder(signature, TRY(Unify(signature, 0, arguments.size()))));
  signature.result = DataType::Boolean();
  return {};
}

Status If(const Arguments&, Signature& signature) {
  signature.result = TRY(Unify(signature, 1, 3));
  return {};
}

Status CheckOrder(const Signature& signature, const DataType& type) {
  if (IsOrderable(type)) return {};
  return SparkError("DATATYPE_MISMATCH.INVALID_ORDERING_TYPE", "42K09",
                    "Cannot resolve \"{}\" due to data type mismatch: it does not support ordering "
                    "on type \"{}\".",
                    signature.function->name, type.Sql());
}

Status NullIf(const Arguments& arguments, Signature& signature) {
  TRY(CheckOrder(signature, TRY(Unify(signature, 0, 2))));
  signature.result = arguments[0]->type;
  return {};
}

Status ZeroIfNull(const Arguments& arguments, Signature& signature) {
  const auto wider = WiderType(arguments[0]->type, DataType::Int());
  signature.result = wider ? *wider : arguments[0]->type;
  signature.arguments[0] = signature.result;
  return {};
}

Status Round(const Arguments& arguments, Signature& signature) {
  const int64_t digits = TRY(LiteralInteger(arguments, 1, 0, signature));
  const DataType type = signature.arguments[0];
  signature.result = type;
  if (!type.is(TypeId::kDecimal)) return {};
  const int whole = type.precision() - type.scale() + 1;
  if (digits < 0) {
    const int precision =
        std::max<int>(whole, static_cast<int>(std::min<int64_t>(-digits, 37)) + 1);
    signature.result = DataType::Decimal(std::min(precision, 38), 0);
  } else {
    const int scale = static_cast<int>(std::min<int64_t>(type.scale(), digits));
    signature.result = DataType::Decimal(std::min(whole + scale, 38), scale);
  }
  return {};
}

Status CeilOrFloor(const Arguments& arguments, Signature& signature) {
  DataType& type = signature.arguments[0];
  if (arguments.size() == 1) {
    if (!type.is(TypeId::kDecimal)) {
      if (type.IsFractional()) type = DataType::Double();
      signature.result = DataType::Long();
    } else if (type.scale() == 0) {
      signature.result = type;
    } else {
      signature.result = DataType::Decimal(std::min(type.precision() - type.scale() + 1, 38), 0);
    }
    return {};
  }
  type = DecimalForType(type);
  return Round(arguments, signature);
}

Status Concat(const Arguments& arguments, Signature& signature) {
  if (arguments.empty()) {
    signature.result = DataType::String();
    return {};
  }
  auto& types = signature.arguments;
  const auto all_are = [&](TypeId id) {
    return std::all_of(types.begin(), types.end(),
                       [&](const DataType& type) { return type.is(id); });
  };
  if (all_are(TypeId::kArray)) {
    signature.result = TRY(Unify(signature, 0, arguments.size()));
    return {};
  }
  signature.result = all_are(TypeId::kBinary) ? DataType::Binary() : DataType::String();
  for (DataType& type : types) {
    if (type.IsNested()) return NoCommonType(signature, type, DataType::String());
    type = signature.result;
  }
  return {};
}

Status Elt(const Arguments& arguments, Signature& signature) {
  if (arguments.size() < 2) {
    return SparkError("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "42605",
                      "The `elt` requires > 1 parameters but the actual number is {}.",
                      arguments.size());
  }
  signature.result = DataType::Binary();
  for (size_t i = 1; i < arguments.size(); ++i) {
    if (!signature.arguments[i].is(TypeId::kBinary)) signature.result = DataType::String();
  }
  for (size_t i = 1; i < arguments.size(); ++i) signature.arguments[i] = signature.result;
  return {};
}

Status Second(const Arguments&, Signature& signature) {
  signature.result = signature.arguments[1];
  return {};
}

Status Third(const Arguments&, Signature& signature) {
  signature.result = signature.arguments[2];
  return {};
}

Status MakeArray(const Arguments& arguments, Signature& signature) {
  signature.result = DataType::Array(TRY(Unify(signature, 0, arguments.size())), true);
  return {};
}

Status ArrayRepeat(const Arguments&, Signature& signature) {
  signature.result = DataType::Array(signature.arguments[0], true);
  return {};
}

// Names of the fields are those of the arguments where they have one.
Status ArraysZip(const Arguments& arguments, Signature& signature) {
  std::vector<StructField> fields;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const Expression& argument = *arguments[i];
    const bool named =
        argument.kind == ExpressionKind::kColumn || argument.kind == ExpressionKind::kField;
    fields.push_back({named ? argument.name : std::to_string(i), signature.arguments[i].element()});
  }
  signature.result = DataType::Array(DataType::Struct(std::move(fields)), false);
  return {};
}

Status Size(const Arguments& arguments, Signature& signature) {
  const DataType& type = arguments[0]->type;
  if (!type.is(TypeId::kArray) && !type.is(TypeId::kMap) && !type.is(TypeId::kVoid)) {
    return SparkError(
        "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "42K09",
        "Cannot resolve \"size({})\" due to data type mismatch: The first parameter "
        "requires the (\"ARRAY\" or \"MAP\") type, however \"{}\" has the type \"{}\".",
        PrettyName(*arguments[0]), PrettyName(*arguments[0]), type.Sql());
  }
  signature.result = DataType::Int();
  return {};
}

Status ElementAt(const Arguments& arguments, Signature& signature) {
  const DataType& type = arguments[0]->type;
  if (type.is(TypeId::kArray) && arguments[1]->type.IsIntegral() &&
      !arguments[1]->type.is(TypeId::kLong)) {
    signature.arguments[1] = DataType::Int();
    signature.result = type.element();
    return {};
  }
  if (type.is(TypeId::kMap)) {
    const auto key = TightestCommonType(type.key(), arguments[1]->type);
    if (!key) return NoCommonType(signature, type.key(), arguments[1]->type);
    signature.arguments[0] = DataType::Map(*key, type.value());
    signature.arguments[1] = *key;
    signature.result = type.value();
    return {};
  }
  return SparkError(
      "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "42K09",
      "Cannot resolve \"element_at({}, {})\" due to data type mismatch: a map or an array "
      "with an integral index is required, however \"{}\" has the type \"{}\".",
      PrettyName(*arguments[0]), PrettyName(*arguments[1]), PrettyName(*arguments[0]), type.Sql());
}

Status Sequence(const Arguments& arguments, Signature& signature) {
  const DataType start = signature.arguments[0];
  const auto wider = WiderType(start, signature.arguments[1]);
  const bool temporal = wider && wider->IsDatetime();
  if (!wider || (!temporal && !wider->IsIntegral())) {
    return SparkError(
        "DATATYPE_MISMATCH.SEQUENCE_WRONG_INPUT_TYPES", "42K09",
        "Cannot resolve \"sequence({}, {})\" due to data type mismatch: `sequence` uses "
        "integral, date or timestamp bounds of one type.",
        PrettyName(*arguments[0]), PrettyName(*arguments[1]));
  }
  signature.arguments[0] = *wider;
  signature.arguments[1] = *wider;
  if (arguments.size() == 3 && !temporal) signature.arguments[2] = DataType::Long();
  signature.result = DataType::Array(*wider, false);
  return {};
}

Status MakeMap(const Arguments& arguments, Signature& signature) {
  if (arguments.size() % 2 != 0) {
    return SparkError("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "42605",
                      "The `map` requires 2n (n > 0) parameters but the actual number is {}.",
                      arguments.size());
  }
  std::vector<DataType> keys;
  std::vector<DataType> values;
  for (size_t i = 0; i < arguments.size(); ++i) {
    (i % 2 == 0 ? keys : values).push_back(signature.arguments[i]);
  }
  const auto key = WiderType(keys);
  const auto value = WiderType(values);
  if (!key) return NoCommonType(signature, keys.front(), keys.back());
  if (!value) return NoCommonType(signature, values.front(), values.back());
  if (key->is(TypeId::kMap)) {
    return SparkError("DATATYPE_MISMATCH.INVALID_MAP_KEY_TYPE", "42K09",
                      "The key of map cannot be/contain \"{}\".", key->Sql());
  }
  for (size_t i = 0; i < arguments.size(); ++i) signature.arguments[i] = i % 2 == 0 ? *key : *value;
  signature.result = DataType::Map(*key, *value, true);
  return {};
}

Status Lag(const Arguments& arguments, Signature& signature) {
  signature.result = signature.arguments[0];
  if (arguments.size() < 3) return {};
  const DataType& fallback = signature.arguments[2];
  const bool joins = WiderType(signature.result, fallback) &&
                     signature.result.is(TypeId::kVoid) == fallback.is(TypeId::kVoid);
  if (!joins && !fallback.is(TypeId::kVoid)) {
    return NoCommonType(signature, signature.result, fallback);
  }
  signature.arguments[2] = signature.result;
  return {};
}

// decimal(digits, digits after the point) of the format.
Status ToNumber(const Arguments& arguments, Signature& signature) {
  const Expression& format = *arguments[1];
  if (format.kind != ExpressionKind::kLiteral || format.value.is_null()) {
    return SparkError("DATATYPE_MISMATCH.NON_FOLDABLE_INPUT", "42K09",
                      "the input `format` should be a foldable \"STRING\" expression; however, got "
                      "\"{}\".",
                      PrettyName(format));
  }
  int precision = 0;
  int scale = 0;
  bool fraction = false;
  for (const char c : format.value.as<std::string>()) {
    if (c == '.' || c == 'D' || c == 'd') fraction = true;
    if (c != '9' && c != '0') continue;
    ++precision;
    if (fraction) ++scale;
  }
  if (precision == 0 || precision > 38) {
    return SparkError("INVALID_FORMAT.EMPTY", "42601",
                      "The number format string is empty or holds no digit from '0' to '9'.");
  }
  signature.result = DataType::Decimal(precision, scale);
  return {};
}

// time_bucket(interval, time [, origin]): nothing is cast, and the bucket is a positive constant.
Status TimeBucket(const Arguments& arguments, Signature& signature) {
  signature.result = DataType::Timestamp();
  std::optional<DataType> point;
  for (size_t i = 1; i < arguments.size(); ++i) {
    const DataType& type = arguments[i]->type;
    if (type.is(TypeId::kVoid)) continue;
    const bool fits = type.is(TypeId::kTimestamp) || type.is(TypeId::kTimestampNtz);
    if (!fits || (point && point->id() != type.id())) {
      return SparkError(
          "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "42K09",
          "Cannot resolve \"time_bucket\" due to data type mismatch: parameter {} has the type "
          "\"{}\", where \"TIMESTAMP\" or \"TIMESTAMP_NTZ\" is required, the same throughout.",
          i + 1, type.Sql());
    }
    point = type;
  }
  if (point) signature.result = *point;
  for (size_t i = 1; i < arguments.size(); ++i) signature.arguments[i] = signature.result;
  if (arguments[0]->type.is(TypeId::kVoid)) {
    signature.arguments[0] = DataType::DayTimeInterval();
  } else if (!arguments[0]->type.IsAnsiInterval()) {
    return SparkError(
        "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "42K09",
        "Cannot resolve \"time_bucket\" due to data type mismatch: the first parameter requires an "
        "interval, however it has the type \"{}\".",
        arguments[0]->type.Sql());
  }
  for (const size_t constant : {size_t{0}, size_t{2}}) {
    if (constant >= arguments.size() || IsFoldable(*arguments[constant])) continue;
    return SparkError(
        "DATATYPE_MISMATCH.NON_FOLDABLE_INPUT", "42K09",
        "Cannot resolve \"time_bucket\" due to data type mismatch: \"{}\" should be foldable.",
        PrettyName(*arguments[constant]));
  }
  return {};
}

// Vectors are array<float>, degrees float: nothing is cast.
Status Vector(const Arguments& arguments, Signature& signature) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    const DataType& type = arguments[i]->type;
    const bool is_vector = type.is(TypeId::kArray) && type.element().is(TypeId::kFloat);
    const bool is_degree =
        i == 1 && type.is(TypeId::kFloat) && signature.function->name.starts_with("vector_norm");
    if (is_vector || is_degree) continue;
    return SparkError(
        "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "42K09",
        "Cannot resolve \"{}\" due to data type mismatch: parameter {} has the type \"{}\", where "
        "\"ARRAY<FLOAT>\" or a \"FLOAT\" degree is required.",
        signature.function->name, i + 1, type.Sql());
  }
  signature.result = arguments[0]->type;
  return {};
}

Status VectorNumber(const Arguments& arguments, Signature& signature) {
  TRY(Vector(arguments, signature));
  signature.result = DataType::Float();
  return {};
}

Status Special(const Arguments&, Signature& signature) {
  return Unsupported("{} cannot be called in this form", signature.function->name);
}

const RuleTable& Rules() {
  static const auto* rules = new RuleTable{
      {"@common", Common},
      {"@greatest", GreatestOrLeast},
      {"@common2", CommonOfTwo},
      {"@common_boolean", CommonBoolean},
      {"@compare", Compare},
      {"@in", Compare},
      {"@if", If},
      {"@nvl2", If},
      {"@nullif", NullIf},
      {"@zeroifnull", ZeroIfNull},
      {"@round", Round},
      {"@ceil", CeilOrFloor},
      {"@floor", CeilOrFloor},
      {"@concat", Concat},
      {"@elt", Elt},
      {"@second", Second},
      {"@third", Third},
      {"@array", MakeArray},
      {"@array_repeat", ArrayRepeat},
      {"@arrays_zip", ArraysZip},
      {"@size", Size},
      {"@element_at", ElementAt},
      {"@sequence", Sequence},
      {"@map", MakeMap},
      {"@lag", Lag},
      {"@to_number", ToNumber},
      {"@time_bucket", TimeBucket},
      {"@vector", Vector},
      {"@vector_number", VectorNumber},
  };
  return *rules;
}

}  // namespace

Status ApplyFunctionRule(std::string_view rule, const Arguments& arguments, Signature& signature) {
  for (const RuleTable* rules : {&Rules(), &AggregateRules(), &NestedRules()}) {
    const auto found = rules->find(rule);
    if (found != rules->end()) return found->second(arguments, signature);
  }
  return Special(arguments, signature);
}

}  // namespace lakesmith::plan
