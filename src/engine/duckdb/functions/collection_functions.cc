// Lists and maps.
#include <algorithm>
#include <random>

#include "engine/duckdb/functions/adapter_internal.h"
#include "engine/duckdb/functions/function_lists_internal.h"
#include "functions/civil_time.h"
#include "functions/regex.h"

namespace lakesmith::engine {
namespace {

using ::duckdb::ClientContext;
using ::duckdb::Expression;
using ::duckdb::unique_ptr;
using types::DataType;
using types::Value;
using Arguments = ::duckdb::vector<unique_ptr<Expression>>;

constexpr int64_t kMaxElements = 2'147'483'632;

std::vector<DataType> TypesOf(const Arguments& arguments) {
  std::vector<DataType> types;
  for (const auto& argument : arguments) types.push_back(TypeOfArgument(*argument));
  return types;
}

ValueSignature BindToFirst(ClientContext&, Arguments& arguments) {
  std::vector<DataType> types = TypesOf(arguments);
  DataType first = types.at(0);
  return {.arguments = std::move(types), .result = std::move(first)};
}

ValueSignature BindToListOfFirst(ClientContext&, Arguments& arguments) {
  std::vector<DataType> types = TypesOf(arguments);
  DataType list = DataType::Array(types.at(0));
  return {.arguments = std::move(types), .result = std::move(list)};
}

Error IllegalBoundaries(std::string_view start, std::string_view stop, std::string_view step) {
  return Invalid("Illegal sequence boundaries: {} to {} by {}", start, stop, step)
      .WithClass("ILLEGAL_SEQUENCE_BOUNDARIES", "22023");
}

Result<Value> Sequence(const ValueCall& call) {
  for (const Value& value : call.values) {
    if (value.is_null()) return Value();
  }
  const auto start = call.values[0].as<int64_t>();
  const auto stop = call.values[1].as<int64_t>();
  const auto step = call.values[2].as<int64_t>();
  const bool towards = (step > 0 && start <= stop) || (step < 0 && start >= stop) || start == stop;
  if (!towards || (step == 0 && start != stop)) {
    return IllegalBoundaries(std::to_string(start), std::to_string(stop), std::to_string(step));
  }
  types::ArrayValue list;
  const __int128 count = step == 0 ? 1 : (static_cast<__int128>(stop) - start) / step + 1;
  if (count > kMaxElements) {
    return Invalid("Can't create array with {} elements which exceeding the array size limit {}",
                   static_cast<double>(count), kMaxElements)
        .WithClass("COLLECTION_SIZE_LIMIT_EXCEEDED.PARAMETER", "54000");
  }
  for (__int128 i = 0; i < count; ++i)
    list.elements.emplace_back(static_cast<int64_t>(start + i * step));
  return Value(std::move(list));
}

// `instant` moved by an interval on the wall clock of the zone; a day too far is cut to the end of
// its month.
int64_t AddInterval(int64_t instant, int64_t months, int64_t days, int64_t micros,
                    const TimeZone& zone) {
  const int64_t local = zone.ToLocal(instant);
  const int64_t day_number = functions::FloorDivide(local, functions::kMicrosPerDay);
  functions::CivilDate date = functions::CivilFromDays(day_number);
  const int64_t month_index = date.year * 12 + (date.month - 1) + months;
  date.year = functions::FloorDivide(month_index, 12);
  date.month = static_cast<int>(month_index - date.year * 12) + 1;
  date.day = std::min(date.day, functions::DaysInMonth(date.year, date.month));
  const int64_t moved = (functions::DaysFromCivil(date) + days) * functions::kMicrosPerDay +
                        (local - day_number * functions::kMicrosPerDay);
  return zone.ToInstant(moved).utc_micros + micros;
}

Result<Value> SequenceOfTimestamps(const ValueCall& call) {
  for (const Value& value : call.values) {
    if (value.is_null()) return Value();
  }
  const int64_t start = call.values[0].as<types::TimestampValue>().micros;
  const int64_t stop = call.values[1].as<types::TimestampValue>().micros;
  const auto& step = call.values[2].as<types::IntervalValue>();
  const int64_t first = AddInterval(start, step.months, step.days, step.micros, call.zone);
  if (start != stop && (first == start || (first > start) != (stop > start))) {
    return IllegalBoundaries(types::WallClockText(call.zone.ToLocal(start)),
                             types::WallClockText(call.zone.ToLocal(stop)),
                             types::IntervalText(step, DataType::CalendarInterval()));
  }
  types::ArrayValue list;
  int64_t at = start;
  for (int64_t i = 1; first >= start ? at <= stop : at >= stop; ++i) {
    list.elements.emplace_back(types::TimestampValue{at});
    if (first == start) break;
    at = AddInterval(start, step.months * i, step.days * i, step.micros * i, call.zone);
  }
  return Value(std::move(list));
}

Error DuplicateKey(const Value& key, const DataType& type) {
  return Invalid(
             "Duplicate map key {} was found, please check the input data. If you want to remove "
             "the duplicated keys, "
             "you can set \"spark.sql.mapKeyDedupPolicy\" to \"LAST_WIN\" so that the key inserted "
             "at last takes "
             "precedence.",
             types::ToSparkText(key, type))
      .WithClass("DUPLICATED_MAP_KEY", "23505");
}

Status AddEntry(types::MapValue& map, const Value& key, const Value& value,
                const DataType& key_type) {
  if (key.is_null())
    return Invalid("Cannot use null as map key.").WithClass("NULL_MAP_KEY", "2200E");
  for (const auto& [known, unused] : map.entries) {
    if (known == key) return DuplicateKey(key, key_type);
  }
  map.entries.emplace_back(key, value);
  return {};
}

ValueSignature BindMapFromEntries(ClientContext&, Arguments& arguments) {
  std::vector<DataType> types = TypesOf(arguments);
  const auto& fields = types.at(0).element().fields();
  DataType map = DataType::Map(fields.at(0).type, fields.at(1).type);
  return {.arguments = std::move(types), .result = std::move(map)};
}

Result<Value> MapFromEntries(const ValueCall& call) {
  if (call.values[0].is_null()) return Value();
  types::MapValue map;
  for (const Value& entry : call.values[0].array().elements) {
    if (entry.is_null()) return Value();
    TRY(AddEntry(map, entry.structure().fields[0], entry.structure().fields[1],
                 call.result_type.key()));
  }
  return Value(std::move(map));
}

ValueSignature BindMapFromArrays(ClientContext&, Arguments& arguments) {
  std::vector<DataType> types = TypesOf(arguments);
  DataType map = DataType::Map(types.at(0).element(), types.at(1).element());
  return {.arguments = std::move(types), .result = std::move(map)};
}

Result<Value> MapFromArrays(const ValueCall& call) {
  if (call.values[0].is_null() || call.values[1].is_null()) return Value();
  const auto& keys = call.values[0].array().elements;
  const auto& values = call.values[1].array().elements;
  if (keys.size() != values.size()) {
    return Invalid("The key array and value array of MapData must have the same length.")
        .WithClass("INVALID_PARAMETER_VALUE.LENGTH", "22023");
  }
  types::MapValue map;
  for (size_t i = 0; i < keys.size(); ++i)
    TRY(AddEntry(map, keys[i], values[i], call.result_type.key()));
  return Value(std::move(map));
}

Result<Value> MapConcat(const ValueCall& call) {
  types::MapValue map;
  for (const Value& part : call.values) {
    if (part.is_null()) return Value();
    for (const auto& [key, value] : part.map().entries)
      TRY(AddEntry(map, key, value, call.result_type.key()));
  }
  return Value(std::move(map));
}

ValueSignature BindStrToMap(ClientContext&, Arguments& arguments) {
  return {.arguments = TypesOf(arguments),
          .result = DataType::Map(DataType::String(), DataType::String())};
}

Result<Value> StrToMap(const ValueCall& call) {
  for (const Value& value : call.values) {
    if (value.is_null()) return Value();
  }
  thread_local functions::RegexCache cache;
  const functions::Regex pairs = TRY(cache.Get(call.values[1].as<std::string>(), "str_to_map"));
  const functions::Regex parts = TRY(cache.Get(call.values[2].as<std::string>(), "str_to_map"));
  types::MapValue map;
  for (const std::string& pair : pairs.Split(call.values[0].as<std::string>(), -1)) {
    std::vector<std::string> both = parts.Split(pair, 2);
    TRY(AddEntry(map, Value(both[0]), both.size() > 1 ? Value(both[1]) : Value(),
                 call.result_type.key()));
  }
  return Value(std::move(map));
}

Result<Value> Shuffle(const ValueCall& call) {
  if (call.values[0].is_null()) return Value();
  types::ArrayValue list = call.values[0].array();
  const bool seeded = call.values.size() > 1 && !call.values[1].is_null();
  std::mt19937_64 generator(seeded ? static_cast<uint64_t>(call.values[1].as<int64_t>())
                                   : std::random_device{}());
  std::ranges::shuffle(list.elements, generator);
  return Value(std::move(list));
}

const NativeFunction kCollectionFunctions[] = {
    {"spark_sequence", ScalarFactory([] {
       return MakeValueFunction("spark_sequence", BindToListOfFirst, Sequence);
     })},
    {"spark_sequence_timestamp", ScalarFactory([] {
       return MakeValueFunction("spark_sequence_timestamp", BindToListOfFirst,
                                SequenceOfTimestamps);
     })},
    {"spark_map_from_entries", ScalarFactory([] {
       return MakeValueFunction("spark_map_from_entries", BindMapFromEntries, MapFromEntries);
     })},
    {"spark_map_from_arrays", ScalarFactory([] {
       return MakeValueFunction("spark_map_from_arrays", BindMapFromArrays, MapFromArrays);
     })},
    {"spark_map_concat",
     ScalarFactory([] { return MakeValueFunction("spark_map_concat", BindToFirst, MapConcat); })},
    {"spark_str_to_map",
     ScalarFactory([] { return MakeValueFunction("spark_str_to_map", BindStrToMap, StrToMap); })},
    {"spark_shuffle",
     ScalarFactory([] { return MakeValueFunction("spark_shuffle", BindToFirst, Shuffle); })},
};

}  // namespace

std::span<const NativeFunction> CollectionFunctions() { return kCollectionFunctions; }

}  // namespace lakesmith::engine
