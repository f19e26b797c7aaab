// JSON texts and variants, which the engine holds as JSON text.
#include "functions/json_functions.h"

#include <algorithm>

#include "engine/duckdb/functions/adapter_internal.h"
#include "engine/duckdb/functions/function_lists_internal.h"
#include "functions/cast_text.h"

namespace lakesmith::engine {
namespace {

using ::duckdb::ClientContext;
using ::duckdb::Expression;
using ::duckdb::LogicalType;
using ::duckdb::string_t;
using ::duckdb::unique_ptr;
using functions::JsonNode;
using functions::JsonReader;
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

Result<Value> FromJson(const ValueCall& call) {
  if (call.values[0].is_null()) return Value();
  const JsonReader* reader = TRY(Remembered<JsonReader>(call, call.values[2], [&call] {
    return JsonReader::Create(call.result_type, OptionsOf(call.values[2]), call.zone);
  }));
  return reader->Read(call.values[0].as<std::string>());
}

// value, TYPE, options
ValueSignature BindToJson(ClientContext& context, Arguments& arguments) {
  std::vector<DataType> types = {ConstantType(context, *arguments.at(1)), DataType::String()};
  if (arguments.size() > 2) types.push_back(DataType::Array(DataType::String()));
  return {.arguments = std::move(types), .result = DataType::String()};
}

Result<Value> ToJson(const ValueCall& call) {
  if (call.values[0].is_null()) return Value();
  const Value options = call.values.size() > 2 ? call.values[2] : Value();
  const auto* writer = TRY(Remembered<functions::JsonWriter>(
      call, options, [&] { return functions::JsonWriter::Create(OptionsOf(options), call.zone); }));
  std::string text = TRY(writer->Text(call.values[0], call.types[0]));
  return Value(std::move(text));
}

// value, TYPE: a variant keeps nulls.
Result<Value> ToVariant(const ValueCall& call) {
  if (call.values[0].is_null()) return Value();
  std::string text = TRY(functions::ValueToJson(call.values[0], call.types[0],
                                                {{"ignorenullfields", "false"}}, call.zone));
  const auto node = JsonNode::Parse(text);
  return Value(node ? node->ToText(true) : text);
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

Value TextOf(const JsonNode& node) {
  if (node.kind == JsonNode::Kind::kNull) return {};
  return node.kind == JsonNode::Kind::kString ? Value(node.text) : Value(node.ToText());
}

Result<Value> JsonTuple(const ValueCall& call) {
  types::ArrayValue list;
  std::optional<JsonNode> node;
  if (!call.values[0].is_null())
    node = JsonNode::Parse(call.values[0].as<std::string>(), functions::kJsonByPath);
  for (size_t i = 1; i < call.values.size(); ++i) {
    const JsonNode* field =
        node && !call.values[i].is_null() ? node->Field(call.values[i].as<std::string>()) : nullptr;
    list.elements.push_back(field == nullptr ? Value() : TextOf(*field));
  }
  return Value(std::move(list));
}

Result<Value> ObjectKeys(const ValueCall& call) {
  if (call.values[0].is_null()) return Value();
  const auto node = JsonNode::Parse(call.values[0].as<std::string>(), functions::kJsonByPath);
  if (!node || node->kind != JsonNode::Kind::kObject) return Value();
  types::ArrayValue keys;
  for (const auto& [name, field] : node->fields) keys.elements.emplace_back(name);
  return Value(std::move(keys));
}

std::optional<int32_t> ArrayLength(std::string_view text) {
  const auto node = JsonNode::Parse(text, functions::kJsonByPath);
  if (!node || node->kind != JsonNode::Kind::kArray) return std::nullopt;
  return static_cast<int32_t>(node->elements.size());
}

// Reads a path, keeping the last one of the thread; a malformed one finds nothing.
std::optional<std::string> GetJsonObject(std::string_view json, std::string_view path) {
  struct Last {
    std::optional<std::string> path;
    std::optional<std::vector<functions::JsonPathStep>> steps;
  };
  thread_local Last last;
  if (last.path != path) {
    last.path = path;
    last.steps = functions::ParseJsonPath(path);
  }
  return last.steps ? functions::GetJsonObject(json, *last.steps) : std::nullopt;
}

Result<Value> SchemaOf(const ValueCall& call) {
  if (call.values[0].is_null()) return Value();
  std::string ddl = TRY(functions::SchemaOfJson(call.values[0].as<std::string>()));
  return Value(std::move(ddl));
}

bool HasDuplicateKeys(const JsonNode& node) {
  for (size_t i = 0; i < node.fields.size(); ++i) {
    if (node.Field(node.fields[i].name) != &node.fields[i].value) return true;
    if (HasDuplicateKeys(node.fields[i].value)) return true;
  }
  return std::ranges::any_of(node.elements, HasDuplicateKeys);
}

template <bool kTolerant>
Result<std::optional<std::string>> ParseJson(std::string_view text) {
  const auto node = JsonNode::Parse(text);
  if (node && !HasDuplicateKeys(*node)) return std::optional(node->ToText(true));
  if (kTolerant) return std::optional<std::string>();
  return Invalid("Malformed records are detected in record parsing: {}.", text)
      .WithClass("MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION", "22023");
}

// A part of a variant as a type: what the reader of JSON refuses may still be cast from its text.
std::optional<Value> CastVariant(const JsonNode& node, const DataType& type,
                                 const JsonReader* reader) {
  if (node.kind == JsonNode::Kind::kFraction && type.IsIntegral()) {
    const auto number = functions::TextToDecimal(node.text, 38, 10);
    if (!number) return std::nullopt;
    types::Int128 scale = 1;
    for (int i = 0; i < 10; ++i) scale *= 10;
    return reader->Convert(
        {.kind = JsonNode::Kind::kInteger, .text = types::DecimalText({*number / scale, 0})}, type);
  }
  if (std::optional<Value> value = reader->Convert(node, type)) return value;
  JsonNode other = node;
  if (node.kind == JsonNode::Kind::kString) {
    if (type.is(TypeId::kBoolean)) {
      const auto boolean = functions::TextToBoolean(node.text);
      return boolean ? std::optional<Value>(Value(*boolean)) : std::nullopt;
    }
    other.kind = JsonNode::Kind::kInteger;
    return reader->Convert(other, type);
  }
  if (node.kind == JsonNode::Kind::kBoolean && type.IsNumeric()) {
    return reader->Convert({.kind = JsonNode::Kind::kInteger, .text = node.boolean ? "1" : "0"},
                           type);
  }
  if (node.IsNumber() && type.is(TypeId::kBoolean))
    return Value(functions::TextToDouble(node.text) != 0.0);
  return std::nullopt;
}

// json, path, TYPE, NULL::T
ValueSignature BindVariantGet(ClientContext& context, Arguments& arguments) {
  DataType type = ConstantType(context, *arguments.at(2));
  return {.arguments = {DataType::Variant(), DataType::String(), DataType::String(), type},
          .result = type};
}

struct VariantPath {
  std::vector<functions::JsonPathStep> steps;
  JsonReader reader;
};

Result<VariantPath> CompilePath(const std::string& path, const ValueCall& call) {
  auto steps = functions::ParseJsonPath(path);
  if (!steps) {
    return Invalid("The path {} is not a valid variant extraction path in `variant_get`.", path)
        .WithClass("INVALID_VARIANT_GET_PATH", "22023");
  }
  return VariantPath{*std::move(steps), TRY(JsonReader::Create(call.result_type, {}, call.zone))};
}

template <bool kTolerant>
Result<Value> VariantGet(const ValueCall& call) {
  if (call.values[0].is_null() || call.values[1].is_null()) return Value();
  const std::string& path = call.values[1].as<std::string>();
  const VariantPath* read =
      TRY(Remembered<VariantPath>(call, path, [&] { return CompilePath(path, call); }));
  const auto root = JsonNode::Parse(call.values[0].as<types::VariantValue>().json);
  const JsonNode* node = root ? functions::NodeAt(*root, read->steps) : nullptr;
  if (node == nullptr) return Value();
  if (node->kind == JsonNode::Kind::kNull) {
    if (!call.result_type.is(TypeId::kVariant)) return Value();
    return Value(types::VariantValue{"null"});
  }
  std::optional<Value> value = CastVariant(*node, call.result_type, &read->reader);
  if (value) return *std::move(value);
  if (kTolerant) return Value();
  return Invalid(
             "The variant value `{}` cannot be cast into `{}`. Please use `try_variant_get` "
             "instead.",
             node->ToText(), call.result_type.Sql())
      .WithClass("INVALID_VARIANT_CAST", "22023");
}

Result<Value> SchemaOfVariant(const ValueCall& call) {
  if (call.values[0].is_null()) return Value();
  const std::string& json = call.types[0].is(TypeId::kVariant)
                                ? call.values[0].as<types::VariantValue>().json
                                : call.values[0].as<std::string>();
  std::string ddl = TRY(functions::SchemaOfJson(json));
  if (ddl.starts_with("STRUCT<")) ddl = "OBJECT<" + ddl.substr(7);
  return Value(std::move(ddl));
}

const NativeFunction kJsonFunctions[] = {
    {"spark_from_json",
     ScalarFactory([] { return MakeValueFunction("spark_from_json", BindFromJson, FromJson); })},
    {"spark_to_json",
     ScalarFactory([] { return MakeValueFunction("spark_to_json", BindToJson, ToJson); })},
    {"spark_to_variant",
     ScalarFactory([] { return MakeValueFunction("spark_to_variant", BindToJson, ToVariant); })},
    {"spark_json_tuple",
     ScalarFactory([] { return MakeValueFunction("spark_json_tuple", BindToTexts, JsonTuple); })},
    {"spark_json_object_keys", ScalarFactory([] {
       return MakeValueFunction("spark_json_object_keys", BindToTexts, ObjectKeys);
     })},
    {"spark_schema_of_json",
     ScalarFactory([] { return MakeValueFunction("spark_schema_of_json", BindToText, SchemaOf); })},
    {"spark_schema_of_variant", ScalarFactory([] {
       return MakeValueFunction("spark_schema_of_variant", BindToText, SchemaOfVariant);
     })},
    {"spark_variant_get", ScalarFactory([] {
       return MakeValueFunction("spark_variant_get", BindVariantGet, VariantGet<false>);
     })},
    {"spark_try_variant_get", ScalarFactory([] {
       return MakeValueFunction("spark_try_variant_get", BindVariantGet, VariantGet<true>);
     })},
    {"spark_get_json_object", ScalarFactory([] {
       return MakeScalar("spark_get_json_object", {LogicalType::VARCHAR, LogicalType::VARCHAR},
                         LogicalType::VARCHAR, RowFunction<GetJsonObject, string_t, string_t>);
     })},
    {"spark_json_array_length", ScalarFactory([] {
       return MakeScalar("spark_json_array_length", {LogicalType::VARCHAR}, LogicalType::INTEGER,
                         RowFunction<ArrayLength, string_t>);
     })},
    {"spark_parse_json", ScalarFactory([] {
       return MakeScalar("spark_parse_json", {LogicalType::VARCHAR}, LogicalType::VARCHAR,
                         RowFunction<ParseJson<false>, string_t>);
     })},
    {"spark_try_parse_json", ScalarFactory([] {
       return MakeScalar("spark_try_parse_json", {LogicalType::VARCHAR}, LogicalType::VARCHAR,
                         RowFunction<ParseJson<true>, string_t>);
     })},
};

}  // namespace

std::span<const NativeFunction> JsonFunctions() { return kJsonFunctions; }

}  // namespace lakesmith::engine
