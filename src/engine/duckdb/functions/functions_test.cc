#include <gtest/gtest.h>

#include "engine/duckdb/functions/registry.h"
#include "engine/duckdb/runtime.h"

namespace lakesmith::engine {
namespace {

using types::DataType;

// A call in the engine's language, the Spark type of its result, and what Spark shows (or the error
// class).
struct Case {
  const char* call;
  DataType type;
  const char* expected;
};

class FunctionsTest : public testing::Test {
 protected:
  void SetUp() override {
    runtime_ = *Runtime::Open({.threads = 1, .time_zone = "America/Los_Angeles"});
    connection_ = *runtime_->NewConnection();
  }

  std::string Evaluate(const Case& one) {
    EmittedQuery query{.sql = fmt::format("SELECT {}", one.call),
                       .columns = {{.name = "x", .type = one.type}}};
    for (const std::string_view name : NativeFunctionNames()) {
      if (query.sql.find(fmt::format("{}(", name)) != std::string::npos)
        query.native_functions.emplace_back(name);
    }
    auto stream = connection_->Query(query);
    if (!stream) return Named(stream.error());
    const auto rows = Collect(**stream);
    if (!rows) return Named(rows.error());
    return types::ToSparkText((*rows)[0][0], one.type);
  }

  static std::string Named(const Error& error) {
    return error.error_class().empty() ? error.ToString() : error.error_class();
  }

  void Check(std::initializer_list<Case> cases) {
    for (const Case& one : cases) EXPECT_EQ(Evaluate(one), one.expected) << one.call;
  }

  std::unique_ptr<Runtime> runtime_;
  std::unique_ptr<Connection> connection_;
};

TEST_F(FunctionsTest, CastsFromText) {
  Check({{"spark_cast('12', NULL::INTEGER)", DataType::Int(), "12"},
         {"spark_cast('12.7', NULL::INTEGER)", DataType::Int(), "CAST_INVALID_INPUT"},
         {"spark_try_cast('12.7', NULL::INTEGER)", DataType::Int(), "NULL"},
         {"spark_cast(NULL::VARCHAR, NULL::INTEGER)", DataType::Int(), "NULL"},
         {"spark_cast('1.005', NULL::DECIMAL(5,2))", DataType::Decimal(5, 2), "1.01"},
         {"spark_cast('99999', NULL::DECIMAL(5,2))", DataType::Decimal(5, 2),
          "NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION"},
         {"spark_cast('1234567890123456789012345', NULL::DECIMAL(30,2))", DataType::Decimal(30, 2),
          "1234567890123456789012345.00"},
         {"spark_cast('2024-1-5', NULL::DATE)", DataType::Date(), "2024-01-05"},
         {"spark_cast('2024-01-15 10:00:00', NULL::TIMESTAMP)", DataType::TimestampNtz(),
          "2024-01-15 10:00:00"},
         {"spark_cast('2024-01-15 10:00:00', NULL::TIMESTAMPTZ)::VARCHAR", DataType::String(),
          "2024-01-15 10:00:00-08"},
         {"spark_cast('yes', NULL::BOOLEAN)", DataType::Boolean(), "true"},
         {"spark_cast('1 day 2 hours', NULL::INTERVAL)", DataType::CalendarInterval(),
          "1 days 2 hours"},
         {"spark_cast_dt('1 02:03:04', 'day', 'second')", DataType::DayTimeInterval(),
          "INTERVAL '1 02:03:04' DAY TO SECOND"},
         {"spark_cast_ym('x', 'year', 'month')", DataType::YearMonthInterval(),
          "INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING_WITH_NOTICE"}});
}

TEST_F(FunctionsTest, TextOfAnything) {
  Check({{"spark_to_string(1e10::DOUBLE, 'double')", DataType::String(), "1.0E10"},
         {"spark_double_to_string(1e10::DOUBLE)", DataType::String(), "1.0E10"},
         {"spark_double_to_string(NULL::DOUBLE)", DataType::String(), "NULL"},
         {"spark_float_to_string(0.1::FLOAT)", DataType::String(), "0.1"},
         {"spark_to_string([1, NULL], 'array<int>')", DataType::String(), "[1, null]"},
         {"spark_to_string(TIMESTAMPTZ '2024-01-15 18:00:00+00', 'timestamp')", DataType::String(),
          "2024-01-15 10:00:00"},
         {"spark_to_string(3::BIGINT, 'interval day')", DataType::String(), "INTERVAL '0' DAY"}});
}

TEST_F(FunctionsTest, Decimals) {
  Check({{"spark_decimal_divide(1.0::DECIMAL(2,1), 3::DECIMAL(1,0), NULL::DECIMAL(8,6))",
          DataType::Decimal(8, 6), "0.333333"},
         {"spark_decimal_divide(1.0::DECIMAL(2,1), 0::DECIMAL(1,0), NULL::DECIMAL(8,6))",
          DataType::Decimal(8, 6), "DIVIDE_BY_ZERO"},
         {"spark_decimal_multiply(99::DECIMAL(2,0), 99::DECIMAL(2,0), NULL::DECIMAL(3,0))",
          DataType::Decimal(3, 0), "NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION"},
         {"spark_decimal_remainder(-7.5::DECIMAL(2,1), 2::DECIMAL(1,0), NULL::DECIMAL(2,1))",
          DataType::Decimal(2, 1), "-1.5"}});
}

TEST_F(FunctionsTest, RegularExpressions) {
  Check(
      {{"spark_rlike('abc', 'b')", DataType::Boolean(), "true"},
       {"spark_regexp_replace('100-200', '(\\d+)', 'num', 1)", DataType::String(), "num-num"},
       {"spark_regexp_extract('100-200', '(\\d+)-(\\d+)', 2)", DataType::String(), "200"},
       {"spark_regexp_extract('100', '(\\d+)', 2)", DataType::String(),
        "INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX"},
       {"spark_regexp_extract_all('1a2', '\\d', 0)", DataType::Array(DataType::String()), "[1, 2]"},
       {"spark_split('oneAtwoBthreeC', '[ABC]', -1)", DataType::Array(DataType::String()),
        "[one, two, three, ]"},
       {"spark_split(NULL::VARCHAR, ',', -1)", DataType::Array(DataType::String()), "NULL"},
       {"spark_rlike('a', '(')", DataType::Boolean(), "INVALID_PARAMETER_VALUE.PATTERN"},
       {"spark_like('a_c', 'a\\_c', '\\')", DataType::Boolean(), "true"}});
}

TEST_F(FunctionsTest, DatesAndTimes) {
  Check(
      {{"spark_date_format(TIMESTAMPTZ '2024-01-15 18:00:00+00', 'yyyy-MM-dd HH:mm z')",
        DataType::String(), "2024-01-15 10:00 PST"},
       {"spark_date_format(DATE '2024-01-15', 'dd/MM/yyyy HH:mm z')", DataType::String(),
        "15/01/2024 00:00 PST"},
       {"spark_date_format(DATE '12024-01-15', 'yyyy-MM-dd')", DataType::String(), "+12024-01-15"},
       {"spark_date_format(NULL::DATE, 'yyyy')", DataType::String(), "NULL"},
       {"spark_date_format(TIMESTAMP '2024-01-15 18:00:00', 'E')", DataType::String(), "Mon"},
       {"spark_parse_date('15/01/2024', 'dd/MM/yyyy')", DataType::Date(), "2024-01-15"},
       {"spark_parse_date('x', 'dd/MM/yyyy')", DataType::Date(), "CANNOT_PARSE_TIMESTAMP"},
       {"spark_try_parse_timestamp('x', 'yyyy')", DataType::Timestamp(), "NULL"},
       {"spark_months_between(TIMESTAMPTZ '1997-02-28 10:30:00', TIMESTAMPTZ '1996-10-30', true)",
        DataType::Double(), "3.94959677"},
       {"spark_to_utc(TIMESTAMP '2024-01-01 00:00:00', 'GMT+1') = TIMESTAMPTZ '2023-12-31 "
        "23:00:00+00'",
        DataType::Boolean(), "true"},
       {"spark_from_utc(TIMESTAMP '2024-07-01 00:00:00', 'Europe/Oslo')", DataType::TimestampNtz(),
        "2024-07-01 02:00:00"},
       {"spark_from_utc(TIMESTAMP '2024-07-01 00:00:00', 'x/y')", DataType::TimestampNtz(),
        "INVALID_TIMEZONE"},
       {"spark_timestamp_diff('MONTH', TIMESTAMP '2024-01-31', TIMESTAMP '2024-02-29')",
        DataType::Long(), "0"},
       {"spark_date_trunc('week', TIMESTAMP '2024-01-18 10:00:00')", DataType::TimestampNtz(),
        "2024-01-15 00:00:00"}});
}

TEST_F(FunctionsTest, HashesAndCodes) {
  Check({{"spark_hash('string;array<int>;int', 'Spark', [123], 2)", DataType::Int(), "-1321691492"},
         {"spark_xxhash64('string;array<int>;int', 'Spark', [123], 2)", DataType::Long(),
          "5602566077635097486"},
         // The direct way and, for a part of a struct, the one by values agree.
         {"spark_hash('boolean;tinyint;smallint;int;bigint;date;timestamp;timestamp_ntz', true, "
          "-1::TINYINT, -2::SMALLINT, -3, -4::BIGINT, DATE '2024-01-15', TIMESTAMPTZ "
          "'2024-01-15 10:00:00+00', TIMESTAMP '1960-01-15 10:00:00') = "
          "spark_hash('struct<a:boolean,b:tinyint,c:smallint,d:int,e:bigint,f:date,g:timestamp,"
          "h:timestamp_ntz>', {'a': true, 'b': -1::TINYINT, 'c': -2::SMALLINT, 'd': -3, 'e': "
          "-4::BIGINT, 'f': DATE '2024-01-15', 'g': TIMESTAMPTZ '2024-01-15 10:00:00+00', 'h': "
          "TIMESTAMP '1960-01-15 10:00:00'})",
          DataType::Boolean(), "true"},
         {"spark_xxhash64('float;double;decimal(4,1);decimal(18,2);string;binary;int', "
          "'-0'::FLOAT, 'nan'::DOUBLE, -1.5::DECIMAL(4,1), 2.25::DECIMAL(18,2), "
          "'a text of more than thirty-two bytes', '\\x80'::BLOB, NULL::INTEGER) = "
          "spark_xxhash64('struct<a:float,b:double,c:decimal(4,1),d:decimal(18,2),e:string,"
          "f:binary,g:int>', {'a': 0::FLOAT, 'b': 'nan'::DOUBLE, 'c': -1.5::DECIMAL(4,1), 'd': "
          "2.25::DECIMAL(18,2), 'e': 'a text of more than thirty-two bytes', 'f': "
          "'\\x80'::BLOB, 'g': NULL::INTEGER})",
          DataType::Boolean(), "true"},
         {"sum(spark_hash('bigint;string', i, i::VARCHAR) - spark_hash('struct<a:bigint,b:string>'"
          ", {'a': i, 'b': i::VARCHAR})) FROM range(3000) t(i)",
          DataType::Decimal(38, 0), "0"},
         {"spark_sha2('Spark'::BLOB, 256)", DataType::String(),
          "529bc3b07127ecb7e53a4dcf1991d9152c24537d919178022b2c42657f79a26b"},
         {"spark_sha1('Spark'::BLOB)", DataType::String(),
          "85f5955f4b27a9a4c2aab6ffe5d7189fc298b92c"},
         {"spark_aes_decrypt(spark_aes_encrypt('Spark'::BLOB, '0000111122223333'::BLOB, 'GCM', "
          "'DEFAULT', ''::BLOB, "
          "'x'::BLOB), '0000111122223333'::BLOB, 'GCM', 'DEFAULT', 'x'::BLOB)::VARCHAR",
          DataType::String(), "Spark"},
         {"spark_conv('100', 2, 10)", DataType::String(), "4"}});
}

TEST_F(FunctionsTest, Integers) {
  Check({{"spark_floor_divide(-1, 1000000)", DataType::Long(), "-1"},
         {"spark_floor_divide(1999999, 1000000)", DataType::Long(), "1"},
         {"spark_try_add(9223372036854775807, 1)", DataType::Long(), "NULL"},
         {"spark_try_subtract(-9223372036854775807, 1)", DataType::Long(), "-9223372036854775808"},
         {"spark_try_multiply(4611686018427387904, 2)", DataType::Long(), "NULL"},
         {"spark_try_multiply(NULL, 2)", DataType::Long(), "NULL"}});
}

TEST_F(FunctionsTest, NumbersAsText) {
  Check({{"spark_format_number(12332.123456::DOUBLE, 4)", DataType::String(), "12,332.1235"},
         {"spark_format_string('%s has %d', 'string;int', 'a', 3)", DataType::String(), "a has 3"},
         {"spark_to_number('$78.12', '$99.99', NULL::DECIMAL(4,2))", DataType::Decimal(4, 2),
          "78.12"},
         {"spark_to_number('x', '99', NULL::DECIMAL(2,0))", DataType::Decimal(2, 0),
          "INVALID_FORMAT.MISMATCH_INPUT"},
         {"spark_to_char(454::DECIMAL(3,0), '000.00')", DataType::String(), "454.00"}});
}

TEST_F(FunctionsTest, Json) {
  const DataType pair = DataType::Struct({{.name = "a", .type = DataType::Int()}});
  Check(
      {{"spark_from_json('{\"a\":1}', 'struct<a:int>', [], NULL::STRUCT(a INTEGER))", pair, "{1}"},
       {"spark_to_json({'a': 1, 'b': NULL}, 'struct<a:int,b:int>', [])", DataType::String(),
        "{\"a\":1}"},
       {"spark_get_json_object('{\"a\":[1,2]}', '$.a[1]')", DataType::String(), "2"},
       {"spark_json_object_keys('{\"b\":1,\"a\":2}')", DataType::Array(DataType::String()),
        "[b, a]"},
       {"spark_variant_get('{\"a\":\"7\"}', '$.a', 'int', NULL::INTEGER)", DataType::Int(), "7"},
       {"spark_variant_get('{\"a\":\"x\"}', '$.a', 'int', NULL::INTEGER)", DataType::Int(),
        "INVALID_VARIANT_CAST"},
       {"spark_parse_json('{\"b\":1,\"a\":2}')", DataType::String(), "{\"a\":2,\"b\":1}"}});
}

TEST_F(FunctionsTest, Collections) {
  const DataType map = DataType::Map(DataType::String(), DataType::String());
  Check({{"spark_sequence(5::BIGINT, 1::BIGINT, -2::BIGINT)", DataType::Array(DataType::Long()),
          "[5, 3, 1]"},
         {"spark_sequence(5::BIGINT, 1::BIGINT, 2::BIGINT)", DataType::Array(DataType::Long()),
          "ILLEGAL_SEQUENCE_BOUNDARIES"},
         {"len(spark_sequence_timestamp(TIMESTAMPTZ '2024-01-31 08:00:00+00', TIMESTAMPTZ "
          "'2024-04-01 00:00:00+00', "
          "INTERVAL 1 MONTH))",
          DataType::Long(), "3"},
         {"spark_str_to_map('a:1,b', ',', ':')", map, "{a -> 1, b -> null}"},
         {"spark_map_from_arrays(['a', 'a'], ['1', '2'])", map, "DUPLICATED_MAP_KEY"}});
}

TEST_F(FunctionsTest, ArraysAsSets) {
  const DataType ints = DataType::Array(DataType::Int());
  const DataType texts = DataType::Array(DataType::String());
  const DataType doubles = DataType::Array(DataType::Double());
  const DataType pairs = DataType::Array(
      DataType::Struct({{.name = "a", .type = DataType::Int()},
                        {.name = "b", .type = DataType::Array(DataType::String())}}));
  Check(
      {{"spark_array_distinct([3, NULL, 1, 3, NULL, 2, 1])", ints, "[3, null, 1, 2]"},
       {"spark_array_distinct(NULL::INTEGER[])", ints, "NULL"},
       {"spark_array_distinct([]::INTEGER[])", ints, "[]"},
       {"spark_array_distinct(['b', 'a text of some length', NULL, 'b', 'a text of some length'])",
        texts, "[b, a text of some length, null]"},
       {"spark_array_distinct(['nan'::DOUBLE, 0.0, '-0'::DOUBLE, '-nan'::DOUBLE])", doubles,
        "[NaN, 0.0]"},
       {"spark_array_distinct([{'a': 1, 'b': ['x', NULL]}, {'a': NULL, 'b': NULL}, "
        "{'a': 1, 'b': ['x', NULL]}, NULL, {'a': NULL, 'b': NULL}])",
        pairs, "[{1, [x, null]}, {null, null}, null]"},
       {"len(spark_array_distinct([x % 300 for x in range(2000)]))", DataType::Long(), "300"},
       {"spark_array_except([3, NULL, 1, 3, 2], [1, NULL])", ints, "[3, 2]"},
       {"spark_array_except([3, NULL, NULL], [1])", ints, "[3, null]"},
       {"spark_array_except([1], NULL::INTEGER[])", ints, "NULL"},
       {"spark_array_except([{'a': 1, 'b': ['x']}, {'a': 2, 'b': NULL}], "
        "[{'a': 2, 'b': NULL}])",
        pairs, "[{1, [x]}]"},
       {"spark_array_intersect([3, NULL, 1, 3, 2], [2, NULL, 3])", ints, "[3, null, 2]"},
       {"spark_array_intersect([1], []::INTEGER[])", ints, "[]"}});
}

TEST_F(FunctionsTest, ArraysOfManyRows) {
  const std::string rows =
      " FROM (SELECT i, CASE WHEN i % 5 > 0 THEN [i % 3, i % 4, NULL, 7, i % 3] END AS list "
      "FROM range(5000) t(i) WHERE i % 7 > 0)";
  const auto sum = [&](const char* list) { return fmt::format("sum(len({})){}", list, rows); };
  EXPECT_EQ(Evaluate({sum("spark_array_distinct(list)").c_str(), DataType::Decimal(38, 0), ""}),
            Evaluate({sum("list_distinct(list) || [NULL]").c_str(), DataType::Decimal(38, 0), ""}));
  EXPECT_EQ(
      Evaluate({sum("spark_array_except(list, [7, i % 3])").c_str(), DataType::Decimal(38, 0), ""}),
      Evaluate({sum("list_filter(list_distinct(list), lambda e: e <> 7 AND e <> i % 3) || "
                    "[NULL]")
                    .c_str(),
                DataType::Decimal(38, 0), ""}));
}

TEST_F(FunctionsTest, ArrayJoin) {
  Check({{"spark_array_join(['a', NULL, '', 'b'], ', ')", DataType::String(), "a, , b"},
         {"spark_array_join([NULL, 'a', NULL], '-', '?')", DataType::String(), "?-a-?"},
         {"spark_array_join([NULL::VARCHAR], '-')", DataType::String(), ""},
         {"spark_array_join(['a'], NULL)", DataType::String(), "NULL"},
         {"spark_array_join(['a'], '-', NULL)", DataType::String(), "NULL"},
         {"spark_array_join(NULL::VARCHAR[], '-')", DataType::String(), "NULL"}});
}

TEST_F(FunctionsTest, Aggregates) {
  Check(
      {{"spark_sum_bigint(x) FROM (VALUES (1::BIGINT), (2), (NULL)) t(x)", DataType::Long(), "3"},
       {"spark_sum_bigint(x) FROM (VALUES (9223372036854775807), (1::BIGINT)) t(x)",
        DataType::Long(), "ARITHMETIC_OVERFLOW"},
       {"round(spark_skewness(x), 10) FROM (VALUES (-10.0::DOUBLE), (-20), (100), (1000)) t(x)",
        DataType::Double(), "1.1135657469"},
       {"round(spark_kurtosis(x), 10) FROM (VALUES (-10.0::DOUBLE), (-20), (100), (1000)) t(x)",
        DataType::Double(), "-0.7014368048"},
       {"spark_skewness(x) FROM (VALUES (1.0::DOUBLE), (1)) t(x)", DataType::Double(), "NULL"},
       {"spark_kurtosis('Infinity'::DOUBLE)", DataType::Double(), "NaN"},
       {"spark_stddev_samp(x) FROM (VALUES ('NaN'::DOUBLE), (1)) t(x)", DataType::Double(), "NaN"},
       {"spark_var_samp(2.0::DOUBLE)", DataType::Double(), "NULL"},
       {"spark_var_pop(x) FROM (VALUES (1.0::DOUBLE), (3), (NULL)) t(x)", DataType::Double(),
        "1.0"}});
}

TEST_F(FunctionsTest, EstimateDistinct) {
  Check(
      {{"spark_estimate_distinct(spark_xxhash64('bigint', i), 0.05) FROM range(10000) t(i)",
        DataType::Long(), "9571"},
       // Groups of few values and of many, in one set of all.
       {"sum(n)::BIGINT FROM (SELECT i // 1000, spark_estimate_distinct(spark_xxhash64('bigint', "
        "i % (i // 1000 + 1)), 0.05) AS n FROM range(20000) t(i) GROUP BY 1)",
        DataType::Long(), "210"},
       {"spark_estimate_distinct(h, 0.05) FROM (SELECT NULL::BIGINT AS h)", DataType::Long(), "0"},
       {"spark_estimate_distinct(1::BIGINT, 0.05) FROM range(3000)", DataType::Long(), "1"},
       {"spark_estimate_distinct(1::BIGINT, 0.5)", DataType::Long(), "FAILED_FUNCTION_CALL"},
       {"spark_estimate_distinct(1::BIGINT, NULL)", DataType::Long(), "FAILED_FUNCTION_CALL"}});
}

TEST_F(FunctionsTest, AggregatesOfPairs) {
  Check({{"spark_covar_pop(y, x) "
          "FROM (VALUES (3.0::DOUBLE, 3.0::DOUBLE), (8, 1.5), (3.25, 2), (1, NULL)) t(y, x)",
          DataType::Double(), "-1.125"},
         {"spark_squares(y) "
          "FROM (VALUES (3.0::DOUBLE, 3.0::DOUBLE), (8, 1.5), (3.25, 2), (1, NULL)) t(y, x)",
          DataType::Double(), "26.421875"},
         {"round(spark_regr_slope(y, x), 10) "
          "FROM (VALUES (3.0::DOUBLE, 3.0::DOUBLE), (8, 1.5), (3.25, 2), (1, NULL)) t(y, x)",
          DataType::Double(), "-2.8928571429"},
         {"round(spark_regr_intercept(y, x), 10) "
          "FROM (VALUES (3.0::DOUBLE, 3.0::DOUBLE), (8, 1.5), (3.25, 2), (1, NULL)) t(y, x)",
          DataType::Double(), "11.0178571429"},
         {"spark_regr_r2(1.0::DOUBLE, 'Infinity'::DOUBLE)", DataType::Double(), "1.0"},
         {"spark_regr_slope(1.0::DOUBLE, 'NaN'::DOUBLE)", DataType::Double(), "NaN"},
         {"spark_regr_slope(1.0::DOUBLE, 1.0::DOUBLE)", DataType::Double(), "NULL"},
         {"spark_corr(1.0::DOUBLE, 1.0::DOUBLE)", DataType::Double(), "NULL"},
         {"spark_corr(x, 1.0::DOUBLE) FROM (VALUES (1.0::DOUBLE), (2)) t(x)", DataType::Double(),
          "DIVIDE_BY_ZERO"}});
}

}  // namespace
}  // namespace lakesmith::engine
