#include "functions/json_functions.h"

#include <gtest/gtest.h>

#include "functions/json_node.h"
#include "functions/json_path.h"
#include "functions/json_text.h"
#include "functions/testing_columns.h"

namespace lakesmith::functions {
namespace {

using types::DataType;
using types::ToSparkText;

DataType Struct(std::vector<types::StructField> fields) {
  return DataType::Struct(std::move(fields));
}

DataType Pair() {
  return Struct(
      {{.name = "a", .type = DataType::Int()}, {.name = "b", .type = DataType::Double()}});
}

// A record with the text that did not fit.
DataType WithCorrupt(const DataType& type) {
  return Struct({{.name = "a", .type = type},
                 {.name = "b", .type = DataType::Int()},
                 {.name = "_corrupt_record", .type = DataType::String()}});
}

std::string Read(const DataType& type, const char* json, const Options& options = {}) {
  const auto reader = JsonReader::Create(type, options, {});
  if (!reader) return reader.error().error_class();
  ValueOutput column(type);
  const Status read = reader->Read(json, column, 0);
  return read ? ToSparkText(column.Value(0), type) : read.error().error_class();
}

std::optional<std::string> At(const char* json, const char* path) {
  std::string scratch;
  const auto found = GetJsonObject(json, *ParseJsonPath(path), scratch);
  return found ? std::optional<std::string>(*found) : std::nullopt;
}

std::string Copied(JsonCopier::Style style, const char* json, const JsonDialect& dialect = {}) {
  JsonCopier copier(style);
  JsonCursor cursor(json, dialect);
  std::string text = "<";
  if (!copier.Copy(cursor, text)) return "malformed";
  return text + (copier.has_repeats() ? " repeats" : "");
}

TEST(JsonFunctionsTest, GetJsonObject) {
  EXPECT_EQ(At(R"({"a":"b"})", "$.a"), "b");
  EXPECT_EQ(At(R"({"a":[{"b":1},{"b":2}]})", "$.a[*].b"), "[1,2]");
  EXPECT_EQ(At(R"({"a":[{"b":"x"},{"c":1}]})", "$.a[*].b"), R"("x")");
  EXPECT_EQ(At(R"({"a" : {"b": 1.50, "c":"\u0041\/"}})", "$['a']"), R"({"b":1.5,"c":"A/"})");
  EXPECT_EQ(At(R"({"a":1e5})", "$.a"), "100000.0");
  EXPECT_EQ(At(R"({"a":1.23456789012345678901})", "$.a"), "1.2345678901234567");
  EXPECT_EQ(At(R"({"a":1e400})", "$.a"), R"("Infinity")");
  EXPECT_EQ(At(R"({"a":-0})", "$.a"), "0");
  EXPECT_EQ(At(R"({"a":"x\ny é"})", "$.a"), "x\ny é");
  EXPECT_EQ(At("[1,[2,3]]", "$[1][0]"), "2");
  EXPECT_EQ(At("[1]", "$[1]"), std::nullopt);
  EXPECT_FALSE(ParseJsonPath("a"));
}

// The whole text is checked, but for what follows the value.
TEST(JsonFunctionsTest, GetJsonObjectOfMalformedTexts) {
  for (const char* text :
       {"{", R"({"a":1,})", R"({"a":1,"b":)", R"({"a":01})", R"({"a":1.})", R"({"a":-})",
        R"({"a":tru})", R"({"a":1,,"b":2})", R"({"a":"x)", R"({"a":"\x"})", R"({"a" 1})", "", " "})
    EXPECT_EQ(At(text, "$.a"), std::nullopt) << text;
  EXPECT_EQ(At(R"({"a":1} x)", "$.a"), "1");
  EXPECT_EQ(At(("[" + std::string(999, '[') + std::string(1000, ']')).c_str(), "$[1]"),
            std::nullopt);
}

// The first field that leads on counts; one that is null does not.
TEST(JsonFunctionsTest, GetJsonObjectOfRepeatedFields) {
  EXPECT_EQ(At(R"({"a":1,"a":2})", "$.a"), "1");
  EXPECT_EQ(At(R"({"a":null,"a":2})", "$.a"), "2");
  EXPECT_EQ(At(R"({"a":{"x":1},"a":{"b":2}})", "$.a.b"), "2");
  EXPECT_EQ(At(R"({"a":null})", "$.a"), std::nullopt);
  EXPECT_EQ(At(R"({"a":[null]})", "$.a[0]"), "null");
}

TEST(JsonFunctionsTest, FindsPartsOfVariants) {
  const auto find = [](const char* variant, const char* path) {
    return FindInJson(variant, *ParseJsonPath(path), JsonSource::kVariant);
  };
  EXPECT_EQ(find(R"({"a":{"b":[1,{"c":2}]},"d":3})", "$.a.b[1].c"), "2");
  EXPECT_EQ(find(R"({"a":null,"d":3})", "$.a"), "null");
  EXPECT_EQ(find(R"({"a":"x","d":3})", "$.d"), "3");
  EXPECT_EQ(find(R"({"a":[1]})", "$.a[1]"), std::nullopt);
}

TEST(JsonFunctionsTest, JsonTuple) {
  const std::vector<std::optional<std::string_view>> names = {"a", "b", std::nullopt, "a", "c"};
  std::vector<std::optional<std::string>> values(names.size());
  JsonTuple(R"({"a":1,"a":2,"a":null,"b":{"k": [1.50]},"c":"null"})", names, values);
  EXPECT_EQ(values, (std::vector<std::optional<std::string>>{"2", R"({"k":[1.5]})", std::nullopt,
                                                             "2", "null"}));
  JsonTuple(R"({"a":1, bad)", names, values);
  EXPECT_EQ(values, std::vector<std::optional<std::string>>(names.size()));
}

TEST(JsonFunctionsTest, KeysAndLength) {
  EXPECT_EQ(JsonObjectKeys(R"({"a":{"x":1},"\u0062":2} x)"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(JsonObjectKeys("[1]"), std::nullopt);
  EXPECT_EQ(JsonArrayLength("[1,[2,3]] x"), 2);
  EXPECT_EQ(JsonArrayLength("[1,2"), std::nullopt);
}

TEST(JsonFunctionsTest, CopiesCompactly) {
  using enum JsonCopier::Style;
  EXPECT_EQ(Copied(kRewritten, R"( { "b" : [ 1 , 2.50, "x\u0041\/" ], "a" : { } } )"),
            R"(<{"b":[1,2.5,"xA/"],"a":{}})");
  EXPECT_EQ(Copied(kRewritten, R"({'b':007, c:-00.5})",
                   {.single_quotes = true, .unquoted_names = true, .leading_zeros = true}),
            R"(<{"b":7,"c":-0.5})");
  EXPECT_EQ(Copied(kVariant, R"( {"b" : -0, "a": {"d":1.50 ,"c":[ ]}, "\u0041b":2} )"),
            R"(<{"Ab":2,"a":{"c":[],"d":1.50},"b":0})");
  EXPECT_EQ(Copied(kVariant, R"({"b":{"x":1,"x":2},"c":3})"),
            R"(<{"b":{"x":1,"x":2},"c":3} repeats)");
  EXPECT_EQ(Copied(kShown, R"({"b":1.50,"a":[1e2,100.00,-0.0,12345678901234567890]})"),
            R"(<{"a":[100.0,100,0,12345678901234567890],"b":1.5})");
  EXPECT_EQ(Copied(kVariant, R"({"b":1,"a":)"), "malformed");
}

TEST(JsonFunctionsTest, QuotesWhatJsonEscapes) {
  EXPECT_EQ(JsonQuoted("plain text of some length"), "\"plain text of some length\"");
  EXPECT_EQ(JsonQuoted("0123456\"\n\x01\x1fé\x7f\\"), "\"0123456\\\"\\n\\u0001\\u001Fé\x7f\\\\\"");
}

TEST(JsonFunctionsTest, FromJson) {
  EXPECT_EQ(Read(Pair(), R"({"a":1, "b":0.8})"), "{1, 0.8}");
  EXPECT_EQ(Read(Pair(), R"({"b":0.8, "x":[{}], "a":1})"), "{1, 0.8}");
  EXPECT_EQ(Read(Pair(), R"({"a":"x", "b":0.8})"), "{null, 0.8}");
  EXPECT_EQ(Read(Pair(), R"({"a":1, "a":"x"})"), "{1, null}");
  EXPECT_EQ(Read(Pair(), R"({"a":1, "a":null})"), "{null, null}");
  EXPECT_EQ(Read(Pair(), "{"), "{null, null}");
  EXPECT_EQ(Read(Pair(), "", {}), "NULL");
  EXPECT_EQ(Read(DataType::Map(DataType::String(), DataType::Int()), R"({"x":1,"x":2})"),
            "{x -> 1, x -> 2}");
  EXPECT_EQ(Read(DataType::Array(DataType::String()), R"([1,{"a": 2.50},"t",1.50])"),
            R"([1, {"a":2.5}, t, 1.5])");
  EXPECT_EQ(Read(DataType::Array(DataType::Decimal(30, 10)), "[1234567890123456789.0123456789]"),
            "[1234567890123456789.0123456789]");
  EXPECT_EQ(Read(DataType::Array(DataType::Double()), R"([NaN,-INF,"+INF",1e400])"),
            "[NaN, -Infinity, Infinity, Infinity]");
  EXPECT_EQ(Read(DataType::Array(DataType::Array(DataType::Int())), "[[1],[],[2,3]] x"),
            "[[1], [], [2, 3]]");
}

// A value that does not fit takes the lists and maps around it along, up to the next struct.
TEST(JsonFunctionsTest, FromJsonKeepsWhatFits) {
  const DataType list = DataType::Array(DataType::Int());
  EXPECT_EQ(Read(WithCorrupt(list), R"({"a":[1,"q"],"b":2})"), R"({null, 2, {"a":[1,"q"],"b":2}})");
  EXPECT_EQ(Read(WithCorrupt(Pair()), R"({"a":{"a":1,"b":"q"},"b":2})"),
            R"({{1, null}, 2, {"a":{"a":1,"b":"q"},"b":2}})");
  EXPECT_EQ(
      Read(WithCorrupt(DataType::Map(DataType::String(), Pair())), R"({"a":{"x":{"a":1,"b":[]}}})"),
      R"({{x -> {1, null}}, null, {"a":{"x":{"a":1,"b":[]}}}})");
  EXPECT_EQ(Read(WithCorrupt(list), R"({"a":[1],"b":)"), R"({null, null, {"a":[1],"b":})");
  EXPECT_EQ(Read(WithCorrupt(list), "null"), "{null, null, null}");
  EXPECT_EQ(Read(WithCorrupt(list), "[]"), "{null, null, []}");
  EXPECT_EQ(Read(WithCorrupt(list), R"({"_corrupt_record":"x","b":1})"), "{null, 1, null}");
  EXPECT_EQ(Read(list, R"([1,"q"])"), "NULL");
  EXPECT_EQ(Read(DataType::Array(Pair()), R"({"a":1,"b":"q"})"), "[{1, null}]");
}

TEST(JsonFunctionsTest, FromJsonFailsFast) {
  const Options fast = {{"mode", "failFast"}};
  constexpr const char* kMalformed = "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION";
  EXPECT_EQ(Read(Pair(), "{", fast), kMalformed);
  EXPECT_EQ(Read(Pair(), R"({"a":"x"})", fast), kMalformed);
  EXPECT_EQ(Read(Pair(), "null", fast), kMalformed);
  EXPECT_EQ(Read(Pair(), " ", fast), "NULL");
  EXPECT_EQ(Read(Pair(), "{}", {{"mode", "DROPMALFORMED"}}), "PARSE_MODE_UNSUPPORTED");
}

TEST(JsonFunctionsTest, FromJsonWithVariants) {
  const DataType type = WithCorrupt(DataType::Variant());
  EXPECT_EQ(Read(type, R"({"a":{"y":[1.50],"x":null},"b":1})"),
            R"({{"x":null,"y":[1.5]}, 1, null})");
  EXPECT_EQ(Read(type, R"({"a":{"x":1,"x":2},"b":1})"), R"({null, 1, {"a":{"x":1,"x":2},"b":1}})");
  EXPECT_EQ(Read(DataType::Variant(), "null"), "null");
}

TEST(JsonFunctionsTest, FromJsonWithPatterns) {
  const DataType time = Struct({{.name = "time", .type = DataType::Timestamp()}});
  EXPECT_EQ(Read(time, R"({"time":"26/08/2015"})", {{"timestampformat", "dd/MM/yyyy"}}),
            "{2015-08-26 00:00:00}");
  const DataType local = Struct({{.name = "time", .type = DataType::TimestampNtz()}});
  EXPECT_EQ(Read(local, R"({"time":"26/08/2015"})", {{"timestampntzformat", "dd/MM/yyyy"}}),
            "{2015-08-26 00:00:00}");
  const DataType date = Struct({{.name = "date", .type = DataType::Date()}});
  EXPECT_EQ(Read(date, R"({"date":"1960-01-02 10:00"})", {{"dateformat", "yyyy-MM-dd HH:mm"}}),
            "{1960-01-02}");
}

std::string Cast(const char* variant, const DataType& type) {
  ValueOutput column(type);
  const auto misfit = VariantReader(type, {}).Read(variant, column, 0);
  const std::string value = ToSparkText(column.Value(0), type);
  return misfit ? value + " without " + misfit->text + " as " + misfit->type.Sql() : value;
}

TEST(JsonFunctionsTest, CastsVariants) {
  const DataType list = DataType::Array(DataType::Int());
  EXPECT_EQ(Cast(R"([1,"2",3.7,-1.5,1e2,true,null])", list), "[1, 2, 3, -1, 100, 1, null]");
  EXPECT_EQ(Cast(R"([1,"x",{"y":[]}])", list), R"([1, null, null] without "x" as INT)");
  EXPECT_EQ(Cast("300", DataType::Byte()), "NULL without 300 as TINYINT");
  EXPECT_EQ(Cast(R"([1.50,{"x":1.0}])", DataType::String()), R"([1.5,{"x":1}])");
  EXPECT_EQ(Cast(R"("a\"b")", DataType::String()), "a\"b");
  EXPECT_EQ(Cast("1e2", DataType::String()), "100.0");
  EXPECT_EQ(Cast("1577934245.5", DataType::Timestamp()), "2020-01-02 03:04:05.5");
  EXPECT_EQ(Cast(R"({"b":"7","c":1})", Pair()), "{null, 7.0}");
  EXPECT_EQ(Cast("2", DataType::Boolean()), "true");
}

std::string Written(const types::Value& value, const DataType& type, const Options& options = {}) {
  std::string text;
  const ValueInput column({value}, type);
  const Status written = JsonWriter::Create(type, options, {})->Append(column, 0, text);
  return written ? text : written.error().error_class();
}

TEST(JsonFunctionsTest, ToJson) {
  const types::Value value = types::StructValue{{types::Value(int64_t{1}), types::Value()}};
  EXPECT_EQ(Written(value, Pair()), R"({"a":1})");
  EXPECT_EQ(Written(value, Pair(), {{"ignorenullfields", "false"}}), R"({"a":1,"b":null})");
  EXPECT_EQ(Written(types::TimestampValue{0}, DataType::Timestamp()),
            R"("1970-01-01T00:00:00.000Z")");
  EXPECT_EQ(Written(types::BinaryValue{"abc"}, DataType::Binary()), R"("YWJj")");
  EXPECT_EQ(Written(types::VariantValue{R"({"a":1.50})"}, DataType::Variant()), R"({"a":1.5})");
  const types::ArrayValue list = {{types::Value(), types::Value(1.5)}};
  EXPECT_EQ(Written(list, DataType::Array(DataType::Double())), "[null,1.5]");
  const types::MapValue map = {{{types::DateValue{18262}, types::Value()}}};
  EXPECT_EQ(Written(map, DataType::Map(DataType::Date(), DataType::Int())), R"({"18262":null})");
}

TEST(JsonFunctionsTest, SchemaOfJson) {
  EXPECT_EQ(*SchemaOfJson(R"([{"col":0}])"), "ARRAY<STRUCT<col: BIGINT>>");
  EXPECT_EQ(*SchemaOfJson(R"({"b":null,"a":[1,2.5]})"), "STRUCT<a: ARRAY<DOUBLE>, b: STRING>");
}

TEST(JsonFunctionsTest, SchemaOfVariant) {
  EXPECT_EQ(SchemaOfVariant(R"([1,"a"])"), "ARRAY<VARIANT>");
  EXPECT_EQ(SchemaOfVariant("[1,2.50]"), "ARRAY<DECIMAL(21,1)>");
  EXPECT_EQ(SchemaOfVariant("[1.5,20.25]"), "ARRAY<DECIMAL(4,2)>");
  EXPECT_EQ(SchemaOfVariant("[1,1e2]"), "ARRAY<DOUBLE>");
  EXPECT_EQ(SchemaOfVariant("0.10"), "DECIMAL(1,1)");
  EXPECT_EQ(SchemaOfVariant(R"([{"a":1},{"a":"x","b c":{}}])"),
            "ARRAY<OBJECT<a: VARIANT, `b c`: OBJECT<>>>");
  EXPECT_EQ(SchemaOfVariant(R"({"a":[],"b":null})"), "OBJECT<a: ARRAY<VOID>, b: VOID>");
}

}  // namespace
}  // namespace lakesmith::functions
