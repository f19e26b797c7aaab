#include "engine/duckdb/emit_internal.h"

namespace lakesmith::engine {

using types::DataType;
using types::TypeId;

namespace {

using Texts = std::vector<std::string>;

Result<std::string> MakeArray(Emitter&, const plan::Expression& call, const Texts& arguments) {
  return fmt::format("([{}]::{})", fmt::join(arguments, ", "), DuckDbTypeName(call.type));
}

Result<std::string> MakeMap(Emitter&, const plan::Expression& call, const Texts& arguments) {
  if (arguments.empty()) return fmt::format("MAP([], [])::{}", DuckDbTypeName(call.type));
  Texts keys;
  Texts values;
  for (size_t i = 0; i < arguments.size(); ++i)
    (i % 2 == 0 ? keys : values).push_back(arguments[i]);
  return fmt::format("spark_map_from_arrays([{}], [{}])", fmt::join(keys, ", "),
                     fmt::join(values, ", "));
}

Result<std::string> MapFromArrays(Emitter&, const plan::Expression&, const Texts& arguments) {
  return fmt::format("spark_map_from_arrays({}, {})", arguments[0], arguments[1]);
}
Result<std::string> MapFromEntries(Emitter&, const plan::Expression&, const Texts& arguments) {
  return fmt::format("spark_map_from_entries({})", arguments[0]);
}
Result<std::string> MapConcat(Emitter&, const plan::Expression&, const Texts& arguments) {
  return fmt::format("spark_map_concat({})", fmt::join(arguments, ", "));
}

Result<std::string> StringToMap(Emitter&, const plan::Expression&, const Texts& arguments) {
  return fmt::format("spark_str_to_map({}, {}, {})", arguments[0],
                     arguments.size() > 1 ? arguments[1] : "','",
                     arguments.size() > 2 ? arguments[2] : "':'");
}

Result<std::string> NamedStruct(Emitter&, const plan::Expression& call, const Texts& arguments) {
  std::string fields;
  for (size_t i = 1; i < arguments.size(); i += 2) {
    fields += fmt::format("{}{} := {}", fields.empty() ? "" : ", ",
                          SqlName(call.type.fields()[i / 2].name), arguments[i]);
  }
  return fmt::format("struct_pack({})", fields);
}

Result<std::string> Size(Emitter&, const plan::Expression& call, const Texts& arguments) {
  const DataType& type = call.children[0]->type;
  if (type.is(TypeId::kVoid)) return TypedNull(call.type);
  return fmt::format("{}({})::INTEGER", type.is(TypeId::kMap) ? "cardinality" : "len",
                     arguments[0]);
}

Result<std::string> Subscript(Emitter&, const plan::Expression& call, const Texts& arguments) {
  if (call.children[0]->type.is(TypeId::kMap))
    return fmt::format("({})[{}]", arguments[0], arguments[1]);
  const std::string raise = RaiseError("INVALID_ARRAY_INDEX", "22003",
                                       "The index is out of bounds. Use the SQL function `get()` "
                                       "to tolerate accessing element at invalid index and "
                                       "return NULL instead.");
  return fmt::format("CASE WHEN {1} < 0 OR {1} >= len({0}) THEN {2} ELSE ({0})[{1} + 1] END",
                     arguments[0], arguments[1], raise);
}

Result<std::string> TryElementAt(Emitter&, const plan::Expression& call, const Texts& arguments) {
  if (call.children[0]->type.is(TypeId::kMap))
    return fmt::format("({})[{}]", arguments[0], arguments[1]);
  const std::string zero = RaiseError("INVALID_INDEX_OF_ZERO", "22003",
                                      "The index 0 is invalid. An index shall be either < 0 or > 0 "
                                      "(the first element has index 1).");
  return fmt::format("CASE WHEN {1} = 0 AND {0} IS NOT NULL THEN {2} ELSE ({0})[{1}] END",
                     arguments[0], arguments[1], zero);
}

Result<std::string> ElementAt(Emitter& emitter, const plan::Expression& call,
                              const Texts& arguments) {
  if (call.children[0]->type.is(TypeId::kMap)) return TryElementAt(emitter, call, arguments);
  const std::string raise = RaiseError("INVALID_ARRAY_INDEX_IN_ELEMENT_AT", "22003",
                                       "The index is out of bounds. Use `try_element_at` to "
                                       "tolerate accessing element at invalid index and return "
                                       "NULL instead.");
  return fmt::format("CASE WHEN abs({1}) > len({0}) THEN {2} ELSE {3} END", arguments[0],
                     arguments[1], raise, TRY(TryElementAt(emitter, call, arguments)));
}

Result<std::string> ArrayInsert(Emitter&, const plan::Expression& call, const Texts& arguments) {
  const std::string zero = RaiseError("INVALID_INDEX_OF_ZERO", "22003",
                                      "The index 0 is invalid. An index shall be either < 0 or > 0 "
                                      "(the first element has index 1).");
  const std::string nothing = TypedNull(call.type.element());
  return fmt::format(
      "CASE WHEN {0} IS NULL OR {1} IS NULL THEN NULL WHEN {1} = 0 THEN {3} WHEN {1} > 0 THEN "
      "list_concat(list_resize(({0})[1:{1} - 1], {1} - 1), [{2}], ({0})[{1}:]) WHEN -{1} <= "
      "len({0}) + "
      "1 THEN "
      "list_concat(({0})[1:len({0}) + {1} + 1], [{2}], ({0})[len({0}) + {1} + 2:]) ELSE "
      "list_concat([{2}], "
      "list_transform(range(-{1} - len({0}) - 1), lambda gap: {4}), {0}) END",
      arguments[0], arguments[1], arguments[2], zero, nothing);
}

Result<std::string> ArraysZip(Emitter&, const plan::Expression& call, const Texts& arguments) {
  std::string fields;
  std::string lengths;
  std::string nulls;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const char* comma = i == 0 ? "" : ", ";
    fields += fmt::format("{}{} := ({})[place]", comma,
                          SqlName(call.type.element().fields()[i].name), arguments[i]);
    lengths += fmt::format("{}len({})", comma, arguments[i]);
    nulls += fmt::format("{}({}) IS NULL", i == 0 ? "" : " OR ", arguments[i]);
  }
  return fmt::format(
      "CASE WHEN {} THEN NULL ELSE list_transform(range(1, greatest({}) + 1), lambda place: "
      "struct_pack({})) END",
      nulls, lengths, fields);
}

Result<std::string> Sequence(Emitter& emitter, const plan::Expression& call,
                             const Texts& arguments) {
  const DataType& type = call.type.element();
  if (type.IsIntegral()) {
    const std::string step = arguments.size() == 3
                                 ? arguments[2]
                                 : fmt::format("CASE WHEN {} <= {} THEN 1 ELSE -1 END::BIGINT",
                                               arguments[0], arguments[1]);
    const std::string list =
        fmt::format("spark_sequence({}::BIGINT, {}::BIGINT, {})", arguments[0], arguments[1], step);
    return type.is(TypeId::kLong) ? list : fmt::format("{}::{}", list, DuckDbTypeName(call.type));
  }
  std::string step;
  if (arguments.size() == 3) {
    const DataType& span = call.children[2]->type;
    if (span.is(TypeId::kYearMonthInterval)) {
      step = fmt::format("to_months({})", arguments[2]);
    } else if (span.is(TypeId::kDayTimeInterval)) {
      step = fmt::format(
          "(to_days(({0} // 86400000000)::INTEGER) + to_microseconds({0} % 86400000000))",
          arguments[2]);
    } else {
      step = TRY(emitter.Cast(arguments[2], call.children[2].get(), span,
                              DataType::CalendarInterval(), false));
    }
  } else {
    step = fmt::format("CASE WHEN {} <= {} THEN to_days(1) ELSE to_days(-1) END", arguments[0],
                       arguments[1]);
  }
  return fmt::format("spark_sequence_timestamp({}::TIMESTAMPTZ, {}::TIMESTAMPTZ, {})::{}",
                     arguments[0], arguments[1], step, DuckDbTypeName(call.type));
}

Result<std::string> Slice(Emitter&, const plan::Expression&, const Texts& arguments) {
  const std::string zero =
      RaiseError("INVALID_PARAMETER_VALUE.START", "22023",
                 "The value of parameter(s) `start` in `slice` is invalid: Expects a positive or "
                 "a negative value for `start`, but got 0.");
  const std::string length =
      RaiseError("INVALID_PARAMETER_VALUE.LENGTH", "22023",
                 "The value of parameter(s) `length` in `slice` is invalid: Expects `length` "
                 "greater than or equal to 0.");
  return fmt::format(
      "CASE WHEN {0} IS NULL OR {1} IS NULL OR {2} IS NULL THEN NULL WHEN {1} = 0 THEN {3} WHEN "
      "{2} "
      "< 0 THEN {4} WHEN {1} > 0 THEN list_slice({0}, {1}, {1}::BIGINT "
      "+ {2} - 1) WHEN "
      "-{1}::BIGINT > len({0}) THEN {0}[1:0] ELSE list_slice({0}, len({0}) + {1} + 1, len({0}) + "
      "{1} + "
      "{2}) END",
      arguments[0], arguments[1], arguments[2], zero, length);
}

Result<std::string> SortArray(Emitter&, const plan::Expression& call, const Texts& arguments) {
  if (arguments.size() == 1)
    return fmt::format("list_sort({}, 'ASC', 'NULLS FIRST')", arguments[0]);
  if (!IsLiteral(*call.children[1])) {
    return fmt::format(
        "CASE WHEN {1} IS NULL THEN NULL WHEN {1} THEN list_sort({0}, 'ASC', 'NULLS FIRST') ELSE "
        "list_sort({0}, 'DESC', "
        "'NULLS "
        "LAST') END",
        arguments[0], arguments[1]);
  }
  const bool ascending = call.children[1]->value.as<bool>();
  return fmt::format("list_sort({}, '{}', 'NULLS {}')", arguments[0], ascending ? "ASC" : "DESC",
                     ascending ? "FIRST" : "LAST");
}

// The norm of degree 1, 2 or infinity; null when an element is.
std::string Norm(const Texts& arguments) {
  const std::string degree = arguments.size() == 2 ? arguments[1] : "2";
  const std::string raise =
      RaiseError("INVALID_VECTOR_NORM_DEGREE", "22023",
                 "Vector norm degree must be one of 1.0, 2.0 and float('inf').");
  return fmt::format(
      "CASE WHEN {1} IS NULL OR {0} IS NULL OR len({0}) > list_count({0}) THEN NULL WHEN {1} NOT "
      "IN (1, 2, "
      "'Infinity'::FLOAT) THEN {2} WHEN len({0}) = 0 THEN 0::FLOAT WHEN {1} = 1 THEN "
      "list_sum(list_transform({0}, lambda "
      "part: abs(part)::DOUBLE))::FLOAT WHEN {1} = 2 THEN sqrt(list_sum(list_transform({0}, lambda "
      "part: part::DOUBLE * "
      "part)))::FLOAT ELSE list_max(list_transform({0}, lambda part: abs(part))) END",
      arguments[0], degree, raise);
}
Result<std::string> VectorNorm(Emitter&, const plan::Expression&, const Texts& arguments) {
  return Norm(arguments);
}
Result<std::string> VectorNormalize(Emitter& emitter, const plan::Expression&,
                                    const Texts& arguments) {
  const std::string name = emitter.FreshName("n");
  return fmt::format(
      "CASE WHEN len({0}) = 0 THEN {0} ELSE (list_transform([{1}], lambda {2}: CASE WHEN {2} <> 0 "
      "THEN "
      "list_transform({0}, lambda part: (part / {2})::FLOAT) END))[1] END",
      arguments[0], Norm(arguments), name);
}

}  // namespace

const CustomTable& CollectionEmits() {
  static const auto* table = new CustomTable{
      {"array", MakeArray},
      {"map", MakeMap},
      {"map_from_arrays", MapFromArrays},
      {"map_from_entries", MapFromEntries},
      {"map_concat", MapConcat},
      {"str_to_map", StringToMap},
      {"named_struct", NamedStruct},
      {"size", Size},
      {"subscript", Subscript},
      {"element_at", ElementAt},
      {"try_element_at", TryElementAt},
      {"array_insert", ArrayInsert},
      {"arrays_zip", ArraysZip},
      {"sequence", Sequence},
      {"vector_norm", VectorNorm},
      {"vector_normalize", VectorNormalize},
      {"slice", Slice},
      {"sort_array", SortArray},
  };
  return *table;
}

}  // namespace lakesmith::engine
