#include "plan/analyzer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>

#include "plan/function_registry.h"
#include "plan/spark_error.h"
#include "sql/parse.h"

namespace lakesmith::plan {
namespace {

using types::DataType;

struct FakeHandle : TableHandle {};

// Knows the table t(id INT, name STRING, price DECIMAL(10,2)) and nothing else.
class FakeCatalog : public CatalogLookup {
 public:
  Result<ResolvedRelation> FindRelation(const RelationName& name, const NameScope&) const override {
    if (name.parts.back() != "t") {
      return SparkError("TABLE_OR_VIEW_NOT_FOUND", "42P01", "The table or view {} cannot be found.",
                        name.parts.back())
          .At(name.location);
    }
    ResolvedTable table;
    table.name = {"main", "default", "t"};
    table.columns = {
        {"id", DataType::Int()}, {"name", DataType::String()}, {"price", DataType::Decimal(10, 2)}};
    table.handle = std::make_shared<FakeHandle>();
    return ResolvedRelation(table);
  }
  Result<std::optional<ResolvedFunction>> FindFunction(const std::vector<std::string>&,
                                                       const NameScope&) const override {
    return std::optional<ResolvedFunction>();
  }
  std::optional<Variable> FindVariable(const std::vector<std::string>&) const override {
    return std::nullopt;
  }
  std::string CurrentCatalog() const override { return "main"; }
  std::string CurrentSchema() const override { return "default"; }
};

Result<Query> AnalyzeText(const std::string& text) {
  const auto query = TRY(sql::ParseQuery(text));
  SessionConfig config;
  config.text = text;
  return Analyze(*query, FakeCatalog(), config);
}

// "name:type, ..." of the query's columns, or the error's class.
std::string Columns(const std::string& text) {
  const Result<Query> query = AnalyzeText(text);
  if (!query) return query.error().error_class();
  std::string columns;
  for (const types::StructField& field : query->columns) {
    columns +=
        fmt::format("{}{}:{}", columns.empty() ? "" : ", ", field.name, field.type.SimpleString());
  }
  return columns;
}

TEST(AnalyzerTest, ColumnsAreNamedAndTypedAsSparkDoes) {
  EXPECT_EQ(Columns("SELECT id, id + 1, count(*) OVER (), CAST(id AS STRING) FROM t"),
            "id:int, (id + 1):int, count(1) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED "
            "FOLLOWING):bigint, id:string");
  EXPECT_EQ(Columns("SELECT price * 2, price / id, sum(price), avg(price) FROM t GROUP BY ALL"),
            "(price * 2):decimal(12,2), (price / id):decimal(21,13), sum(price):decimal(20,2), "
            "avg(price):decimal(14,6)");
  EXPECT_EQ(Columns("SELECT '5' + 3, 1.5 + 1, 7 / 2, 7 div 2, date'2024-01-31' + interval 1 month"),
            "(5 + 3):bigint, (1.5 + 1):decimal(3,1), (7 / 2):double, (7 div 2):bigint, "
            "DATE '2024-01-31' + INTERVAL '1' MONTH:date");
}

TEST(AnalyzerTest, CallsAreNamedWithTheArgumentsThatSparkFillsIn) {
  const std::pair<const char*, const char*> cases[] = {
      {"acos(id)", "ACOS(id):double"},
      {"log(id)", "LOG(E(), id):double"},
      {"substr(CAST(id AS STRING), 2)", "substr(CAST(id AS STRING), 2, 2147483647):string"},
      {"array_agg(id)", "collect_list(id):array<int>"},
      {"concat_ws('', '', 'a')", "concat_ws(, , a):string"},
      {"id > 1 IS NOT TRUE", "(NOT ((id > 1) <=> true)):boolean"},
      {"'a' LIKE ANY ('b', 'c')", "likeany(a):boolean"},
      {"'a' LIKE ALL ('b', name)", "(a LIKE b AND a LIKE name):boolean"},
      {"struct(id AS a, name)", "struct(id AS a, name):struct<a:int,name:string>"},
      {"struct(id AS a).a", "struct(id AS a).a:int"},
      {"try_add(date'2024-01-31', 1)", "try_add(DATE '2024-01-31', 1):date"},
      {"to_char(date'2024-01-31', 'y')", "date_format(DATE '2024-01-31', y):string"},
      {"CAST(array(1) AS ARRAY<STRING>)", "array(1):array<string>"},
      {"parse_json(name):a.b::int", "b:int"},
      {"mode() WITHIN GROUP (ORDER BY id)", "mode() WITHIN GROUP (ORDER BY id DESC):int"},
      {"count(*) OVER (ORDER BY price RANGE BETWEEN 1 PRECEDING AND CURRENT ROW)",
       "count(1) OVER (ORDER BY price ASC NULLS FIRST RANGE BETWEEN (- 1) FOLLOWING AND CURRENT "
       "ROW):bigint"},
      {"regr_avgy(price, id)", "regr_avgy(price, id):decimal(14,6)"},
      {"5Y % CAST(1 AS DECIMAL(5,3))", "(5 % CAST(1 AS DECIMAL(5,3))):decimal(5,3)"},
      {"lag(id, 2) OVER (ORDER BY id)",
       "lag(id, 2, NULL) OVER (ORDER BY id ASC NULLS FIRST ROWS BETWEEN -2 FOLLOWING AND -2 "
       "FOLLOWING):int"},
  };
  for (const auto& [expression, expected] : cases) {
    EXPECT_EQ(Columns(fmt::format("SELECT {} FROM t", expression)), expected);
  }
}

TEST(AnalyzerTest, StarsAliasesAndUsingJoinsExpand) {
  EXPECT_EQ(Columns("SELECT * EXCEPT (price) FROM t"), "id:int, name:string");
  EXPECT_EQ(Columns("SELECT id AS a, a + 1 AS b FROM t"), "a:int, b:int");
  EXPECT_EQ(Columns("SELECT * FROM t JOIN t AS u USING (id)"),
            "id:int, name:string, price:decimal(10,2), name:string, price:decimal(10,2)");
}

TEST(AnalyzerTest, SetOperationsWidenTheirColumns) {
  EXPECT_EQ(Columns("SELECT 1 UNION ALL SELECT 2.5"), "1:decimal(11,1)");
  EXPECT_EQ(Columns("SELECT 1 UNION SELECT 1, 2"), "NUM_COLUMNS_MISMATCH");
}

TEST(AnalyzerTest, MistakesHaveSparksClasses) {
  EXPECT_EQ(Columns("SELECT nme FROM t"), "UNRESOLVED_COLUMN.WITH_SUGGESTION");
  EXPECT_EQ(Columns("SELECT 1 FROM u"), "TABLE_OR_VIEW_NOT_FOUND");
  EXPECT_EQ(Columns("SELECT uper(name) FROM t"), "UNRESOLVED_ROUTINE");
  EXPECT_EQ(Columns("SELECT id, count(*) FROM t"), "MISSING_GROUP_BY");
  EXPECT_EQ(Columns("SELECT '5' * '3'"), "DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE");
  EXPECT_EQ(Columns("SELECT upper(name, 1) FROM t"), "WRONG_NUM_ARGS.WITHOUT_SUGGESTION");
  EXPECT_EQ(Columns("SELECT id FROM t, t AS u"), "AMBIGUOUS_REFERENCE");
  EXPECT_EQ(Columns("SELECT array_max(array(map(1, 2)))"),
            "DATATYPE_MISMATCH.INVALID_ORDERING_TYPE");
  EXPECT_EQ(Columns("SELECT sort_array(array(1), id > 1) FROM t"),
            "DATATYPE_MISMATCH.NON_FOLDABLE_INPUT");
  EXPECT_EQ(Columns("SELECT unix_seconds(date'2024-01-01')"),
            "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE");
  EXPECT_EQ(Columns("SELECT array_append(array(1.5), 2.25)"),
            "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE");
  EXPECT_EQ(Columns("SELECT median(id) OVER (ORDER BY id) FROM t"),
            "INVALID_WINDOW_SPEC_FOR_AGGREGATION_FUNC");
  EXPECT_EQ(Columns("SELECT DISTINCT map(1, 2)"), "UNSUPPORTED_FEATURE.SET_OPERATION_ON_MAP_TYPE");
  EXPECT_EQ(Columns("SELECT first(id, id > 1) FROM t"), "DATATYPE_MISMATCH.NON_FOLDABLE_INPUT");
  EXPECT_EQ(Columns("SELECT CAST(current_timestamp() AS TIME)"),
            "DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION");
}

TEST(AnalyzerTest, AnErrorNamesThePlaceAndTheNearestName) {
  const Result<Query> query = AnalyzeText("SELECT id,\n  nmae FROM t");
  ASSERT_FALSE(query);
  EXPECT_EQ(query.error().location().line, 2);
  EXPECT_EQ(query.error().location().column, 3);
  EXPECT_THAT(query.error().message(), testing::HasSubstr("[`name`"));
  EXPECT_EQ(query.error().sql_state(), "42703");
}

TEST(AnalyzerTest, AnExpressionIsResolvedAgainstGivenColumns) {
  const std::string text = "price > 10 AND s.id IS NOT NULL";
  const auto expression = sql::ParseExpression(text);
  ASSERT_TRUE(expression);
  const std::vector<InputColumn> columns = {{{"s"}, {"id", DataType::Int()}},
                                            {{}, {"price", DataType::Decimal(10, 2)}}};
  const Result<ExpressionPtr> resolved =
      AnalyzeExpression(**expression, columns, FakeCatalog(), SessionConfig());
  ASSERT_TRUE(resolved) << resolved.error().ToString();
  EXPECT_EQ((*resolved)->type, DataType::Boolean());
  EXPECT_EQ(PrettyName(**resolved), "((price > 10) AND (id IS NOT NULL))");
}

TEST(AnalyzerTest, InsertsCastByStoreAssignment) {
  Result<Query> query = AnalyzeText("SELECT id, name FROM t");
  ASSERT_TRUE(query);
  const std::vector<types::StructField> target = {{"a", DataType::Long()}, {"b", DataType::Int()}};
  const Result<Query> adapted = AdaptForInsert(*query, target, false, "main.default.u");
  ASSERT_FALSE(adapted);
  EXPECT_EQ(adapted.error().error_class(), "INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_SAFELY_CAST");
}

TEST(FunctionRegistryTest, EveryRowIsWellFormed) {
  EXPECT_GT(FunctionNames().size(), 400U);
  for (const std::string& name : FunctionNames()) {
    const auto& forms = FindFunctions(name);
    ASSERT_FALSE(forms.empty()) << name;
    for (const Function& form : forms) {
      EXPECT_LE(form.required, form.parameters.size()) << name;
      EXPECT_FALSE(form.since.empty()) << name;
    }
  }
}

TEST(AnalyzerTest, AQueryOfFiftyLinesIsFast) {
  std::string text = "SELECT id";
  for (int i = 0; i < 48; ++i)
    text += fmt::format(",\n  CASE WHEN id > {} THEN upper(name) ELSE 'x' END AS c{}", i, i);
  text += "\nFROM t";
  const auto query = sql::ParseQuery(text);
  ASSERT_TRUE(query);
  SessionConfig config;
  ASSERT_TRUE(Analyze(**query, FakeCatalog(), config));
  // Of the processor: other work on the machine does not count.
  const std::clock_t start = std::clock();
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(Analyze(**query, FakeCatalog(), config));
  const double milliseconds = 1000.0 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  RecordProperty("milliseconds_each", std::to_string(milliseconds / 10));
  EXPECT_LT(milliseconds / 10, 20.0);  // An unoptimised build; release takes under 1.
}

}  // namespace
}  // namespace lakesmith::plan
