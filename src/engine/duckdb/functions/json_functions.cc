// JSON texts and variants, which the engine holds as JSON text.
#include "functions/json_functions.h"

#include "engine/duckdb/functions/adapter_internal.h"
#include "engine/duckdb/functions/function_lists_internal.h"
#include "functions/json_path.h"
#include "functions/json_text.h"
#include "types/variant_text.h"

namespace lakesmith::engine {
namespace {

using ::duckdb::ClientContext;
using ::duckdb::Expression;
using ::duckdb::LogicalType;
using ::duckdb::string_t;
using ::duckdb::unique_ptr;
using functions::JsonCopier;
using functions::JsonCursor;
using functions::JsonReader;
using functions::JsonToken;
using functions::JsonWriter;
using functions::Options;
using types::DataType;
using types::TypeId;
using types::Value;
using Arguments = ::duckdb::vector<unique_ptr<Expression>>;

// text, TYPE, options, NULL::T
ValueSignature BindFromJson(ClientContext& context, Arguments& arguments) {
  DataType type = ConstantType(context, *arguments.at(1));
  return {.arguments = {DataType::String(), DataType::String(), DataType::Array(DataType::String()),
                        type},
          .result = type};
}

Status FromJson(const ColumnCall& call) {
  const JsonReader reader =
      TRY(JsonReader::Create(call.result_type, OptionsOf(call.inputs[2].Get(0)), call.zone));
  return ReadTexts(call, reader);
}

// value, TYPE, options
ValueSignature BindToJson(ClientContext& context, Arguments& arguments) {
  std::vector<DataType> types = {ConstantType(context, *arguments.at(1)), DataType::String()};
  if (arguments.size() > 2) types.push_back(DataType::Array(DataType::String()));
  return {.arguments = std::move(types), .result = DataType::String()};
}

Status ToJson(const ColumnCall& call) {
  const Options options = call.inputs.size() > 2 ? OptionsOf(call.inputs[2].Get(0)) : Options();
  const JsonWriter writer = TRY(JsonWriter::Create(call.types[0], options, call.zone));
  return WriteTexts(call, [&](size_t row, std::string& text) {
    return writer.Append(call.inputs[0], row, text);
  });
}

// value, TYPE
Status ToVariant(const ColumnCall& call) {
  const JsonWriter writer = JsonWriter::ForVariants(call.types[0], call.zone);
  JsonCopier copier(JsonCopier::Style::kVariant);
  std::string unsorted;
  return WriteTexts(call, [&](size_t row, std::string& text) -> Status {
    unsorted.clear();
    TRY(writer.Append(call.inputs[0], row, unsorted));
    JsonCursor cursor(unsorted);
    copier.Copy(cursor, text);
    return {};
  });
}

ValueSignature BindTexts(Arguments& arguments, DataType result) {
  std::vector<DataType> types;
  for (const auto& argument : arguments) types.push_back(TypeOfArgument(*argument));
  return {.arguments = std::move(types), .result = std::move(result)};
}

ValueSignature BindToTexts(ClientContext&, Arguments& arguments) {
  return BindTexts(arguments, DataType::Array(DataType::String()));
}

ValueSignature BindToText(ClientContext&, Arguments& arguments) {
  return BindTexts(arguments, DataType::String());
}

// A list of texts in a row; nullopt stands for null.
template <typename Texts>
void PutTexts(const Texts& texts, VectorOutput& result, size_t row) {
  const size_t begin = result.elements();
  for (const std::optional<std::string_view> text : texts) {
    const size_t element = result.AddElement();
    if (text) {
      result.part(0).SetText(element, *text);
    } else {
      result.part(0).SetNull(element);
    }
  }
  result.SetList(row, begin, result.elements());
}

std::optional<std::string_view> TextAt(const VectorInput& input, size_t row) {
  return input.IsNull(row) ? std::nullopt : std::optional(input.GetText(row));
}

Status JsonTuple(const ColumnCall& call) {
  std::vector<std::optional<std::string_view>> names(call.inputs.size() - 1);
  for (size_t row = 0; row < call.rows; ++row) {
    for (size_t i = 0; i < names.size(); ++i) names[i] = TextAt(call.inputs[i + 1], row);
    std::vector<std::optional<std::string>> values(names.size());
    if (const auto json = TextAt(call.inputs[0], row)) functions::JsonTuple(*json, names, values);
    PutTexts(values, call.result, row);
  }
  return {};
}

Status ObjectKeys(const ColumnCall& call) {
  for (size_t row = 0; row < call.rows; ++row) {
    const auto json = TextAt(call.inputs[0], row);
    const auto keys = json ? functions::JsonObjectKeys(*json) : std::nullopt;
    if (keys) {
      PutTexts(*keys, call.result, row);
    } else {
      call.result.SetNull(row);
    }
  }
  return {};
}

// The last path is kept; a malformed one finds nothing.
void GetJsonObject(::duckdb::DataChunk& chunk, ::duckdb::ExpressionState&,
                   ::duckdb::Vector& result) {
  std::optional<std::string> last;
  std::optional<std::vector<functions::JsonPathStep>> steps;
  std::string scratch;
  const auto get = [&](std::string_view json, std::string_view path) {
    if (last != path) {
      last = path;
      steps = functions::ParseJsonPath(path);
    }
    return steps ? functions::GetJsonObject(json, *steps, scratch) : std::nullopt;
  };
  ExecuteRows<string_t, string_t>(chunk, result, get, std::index_sequence<0, 1>{});
}

Result<Value> SchemaOf(const ValueCall& call) {
  if (call.values[0].is_null()) return Value();
  std::string ddl = TRY(functions::SchemaOfJson(call.values[0].as<std::string>()));
  return Value(std::move(ddl));
}

// A variant cast to text: of one that is a text, its content; nullopt for JSON's null.
std::optional<std::string_view> CastToText(std::string_view variant, std::string& content) {
  if (variant == "null") return std::nullopt;
  if (!variant.starts_with('"')) return variant;
  JsonCursor cursor(variant);
  JsonToken token;
  cursor.Next(token);
  content = token.text;
  return content;
}

// A text of JSON to a variant (kVariant) or to the text that the variant is cast to (kShown).
template <JsonCopier::Style kStyle, bool kTolerant>
void ParseJson(::duckdb::DataChunk& chunk, ::duckdb::ExpressionState&, ::duckdb::Vector& result) {
  using Parsed = Result<std::optional<std::string_view>>;
  JsonCopier copier(kStyle);
  std::string variant;
  std::string content;
  const auto parse = [&](std::string_view text) -> Parsed {
    variant.clear();
    JsonCursor cursor(text, {.ignores_rest = true});
    if (!copier.Copy(cursor, variant) || copier.has_repeats()) {
      if (kTolerant) return std::optional<std::string_view>();
      return functions::MalformedRecord(text);
    }
    if (kStyle == JsonCopier::Style::kShown) return CastToText(variant, content);
    return std::optional<std::string_view>(variant);
  };
  ExecuteRows<string_t>(chunk, result, parse, std::index_sequence<0>{});
}

template <JsonCopier::Style kStyle, bool kTolerant>
::duckdb::ScalarFunctionSet MakeParseJson(const char* name) {
  return MakeScalar(name, {LogicalType::VARCHAR}, LogicalType::VARCHAR,
                    ParseJson<kStyle, kTolerant>);
}

// json, path, TYPE, NULL::T
ValueSignature BindVariantGet(ClientContext& context, Arguments& arguments) {
  DataType type = ConstantType(context, *arguments.at(2));
  return {.arguments = {DataType::Variant(), DataType::String(), DataType::String(), type},
          .result = type};
}

using Steps = std::vector<functions::JsonPathStep>;

// The steps of the path in each row; remembers those of the last one.
class Paths {
 public:
  explicit Paths(const VectorInput& paths) : paths_(paths) {}

  Result<const Steps*> At(size_t row) {
    const std::string_view path = paths_.GetText(row);
    if (path == last_) return &steps_;
    auto steps = functions::ParseJsonPath(path);
    if (!steps) {
      return Invalid("The path {} is not a valid variant extraction path in `variant_get`.", path)
          .WithClass("INVALID_VARIANT_GET_PATH", "22023");
    }
    last_ = path;
    steps_ = *std::move(steps);
    return &steps_;
  }

 private:
  const VectorInput& paths_;
  std::optional<std::string> last_;
  Steps steps_;
};

Error InvalidCast(const functions::VariantReader::Misfit& misfit) {
  return Invalid(
             "The variant value `{}` cannot be cast into `{}`. Please use `try_variant_get` "
             "instead.",
             types::VariantText(misfit.text), misfit.type.Sql())
      .WithClass("INVALID_VARIANT_CAST", "22023");
}

template <bool kTolerant>
Status VariantGet(const ColumnCall& call) {
  const functions::VariantReader reader(call.result_type, call.zone);
  Paths paths(call.inputs[1]);
  for (size_t row = 0; row < call.rows; ++row) {
    call.result.SetNull(row);
    if (call.inputs[0].IsNull(row) || call.inputs[1].IsNull(row)) continue;
    const Steps* steps = TRY(paths.At(row));
    std::optional<std::string_view> variant = call.inputs[0].GetText(row);
    if (!steps->empty())
      variant = functions::FindInJson(*variant, *steps, functions::JsonSource::kVariant);
    if (!variant) continue;
    const auto misfit = reader.Read(*variant, call.result, row);
    if (misfit && !kTolerant) return InvalidCast(*misfit);
  }
  return {};
}

Result<Value> SchemaOfVariant(const ValueCall& call) {
  if (call.values[0].is_null()) return Value();
  const bool variant = call.types[0].is(TypeId::kVariant);
  return Value(functions::SchemaOfVariant(variant ? call.values[0].as<types::VariantValue>().json
                                                  : call.values[0].as<std::string>()));
}

const NativeFunction kJsonFunctions[] = {
    {"spark_from_json",
     ScalarFactory([] { return MakeColumnFunction("spark_from_json", BindFromJson, FromJson); })},
    {"spark_to_json",
     ScalarFactory([] { return MakeColumnFunction("spark_to_json", BindToJson, ToJson); })},
    {"spark_to_variant",
     ScalarFactory([] { return MakeColumnFunction("spark_to_variant", BindToJson, ToVariant); })},
    {"spark_json_tuple",
     ScalarFactory([] { return MakeColumnFunction("spark_json_tuple", BindToTexts, JsonTuple); })},
    {"spark_json_object_keys", ScalarFactory([] {
       return MakeColumnFunction("spark_json_object_keys", BindToTexts, ObjectKeys);
     })},
    {"spark_schema_of_json",
     ScalarFactory([] { return MakeValueFunction("spark_schema_of_json", BindToText, SchemaOf); })},
    {"spark_schema_of_variant", ScalarFactory([] {
       return MakeValueFunction("spark_schema_of_variant", BindToText, SchemaOfVariant);
     })},
    {"spark_variant_get", ScalarFactory([] {
       return MakeColumnFunction("spark_variant_get", BindVariantGet, VariantGet<false>);
     })},
    {"spark_try_variant_get", ScalarFactory([] {
       return MakeColumnFunction("spark_try_variant_get", BindVariantGet, VariantGet<true>);
     })},
    {"spark_get_json_object", ScalarFactory([] {
       return MakeScalar("spark_get_json_object", {LogicalType::VARCHAR, LogicalType::VARCHAR},
                         LogicalType::VARCHAR, GetJsonObject);
     })},
    {"spark_json_array_length", ScalarFactory([] {
       return MakeScalar("spark_json_array_length", {LogicalType::VARCHAR}, LogicalType::INTEGER,
                         RowFunction<functions::JsonArrayLength, string_t>);
     })},
    {"spark_parse_json", ScalarFactory([] {
       return MakeParseJson<JsonCopier::Style::kVariant, false>("spark_parse_json");
     })},
    {"spark_try_parse_json", ScalarFactory([] {
       return MakeParseJson<JsonCopier::Style::kVariant, true>("spark_try_parse_json");
     })},
    {"spark_parse_json_text", ScalarFactory([] {
       return MakeParseJson<JsonCopier::Style::kShown, false>("spark_parse_json_text");
     })},
    {"spark_try_parse_json_text", ScalarFactory([] {
       return MakeParseJson<JsonCopier::Style::kShown, true>("spark_try_parse_json_text");
     })},
};

}  // namespace

std::span<const NativeFunction> JsonFunctions() { return kJsonFunctions; }

}  // namespace lakesmith::engine
