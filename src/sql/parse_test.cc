#include "sql/parse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "sql/print.h"

namespace lakesmith::sql {
namespace {

using testing::ElementsAre;
using testing::Eq;
using testing::HasSubstr;

// The statement of class T that the text is.
template <typename T>
Ptr<T> ParseAs(std::string_view text) {
  auto parsed = ParseStatement(text);
  if (!parsed) {
    ADD_FAILURE() << text << "\n" << parsed.error().ToString();
    return Ptr<T>(new T);
  }
  if ((*parsed)->kind != T::kKind) {
    ADD_FAILURE() << text << ": is a statement of another kind";
    return Ptr<T>(new T);
  }
  return Ptr<T>(static_cast<T*>(parsed->release()));
}

std::string Reprint(std::string_view text) {
  const auto parsed = ParseExpression(text);
  return parsed ? ToSql(**parsed) : parsed.error().ToString();
}

Error ErrorOf(std::string_view text) {
  auto parsed = ParseStatement(text);
  return parsed ? Internal("no error") : parsed.error();
}

TEST(ParseTest, BindsOperatorsAsSparkDoes) {
  EXPECT_EQ(Reprint("a + b * c - d"), "a + b * c - d");
  EXPECT_EQ(Reprint("(a + b) * c"), "(a + b) * c");
  EXPECT_EQ(Reprint("a - (b - c)"), "a - (b - c)");
  EXPECT_EQ(Reprint("NOT a = b AND c OR d"), "NOT a = b AND c OR d");
  EXPECT_EQ(Reprint("NOT (a AND b)"), "NOT (a AND b)");
  EXPECT_EQ(Reprint("a | b ^ c & d << 1 + 2"), "a | b ^ c & d << 1 + 2");
  EXPECT_EQ(Reprint("(a | b) & c"), "(a | b) & c");
  EXPECT_EQ(Reprint("a = b IS NULL"), "a = b IS NULL");
  EXPECT_EQ(Reprint("- a[0].b::int"), "-CAST(a[0].b AS INT)");
  EXPECT_EQ(Reprint("a BETWEEN 1 AND 2 AND b"), "a BETWEEN 1 AND 2 AND b");
  EXPECT_EQ(Reprint("- (1)"), "-(1)");
  EXPECT_EQ(Reprint("2 - -1"), "2 - -1");
}

TEST(ParseTest, ReadsLiteralsWithoutLoss) {
  EXPECT_EQ(Reprint("array(1Y, 2S, 3, 4L, 1.5, 1.5BD, 1e3, 2D, 1.5F, 7BD, .5)"),
            "array(1Y, 2S, 3, 4L, 1.5, 1.5, 1e3, 2D, 1.5F, 7BD, .5)");
  EXPECT_EQ(Reprint("'a' 'b''c' \"d\""), "'ab\\'cd'");
  EXPECT_EQ(Reprint(R"(r'\d+' '\t')"), R"('\\d+	')");
  EXPECT_EQ(Reprint(R"('\u0041\101\%\q')"), R"('AA\\%q')");
  EXPECT_EQ(Reprint("X'1f'"), "X'1f'");
  EXPECT_EQ(Reprint("DATE '2024-01-15' + INTERVAL 1 YEAR 2 months"),
            "DATE '2024-01-15' + INTERVAL 1 YEAR 2 MONTH");
  EXPECT_EQ(Reprint("INTERVAL '1-2' YEAR TO MONTH"), "INTERVAL '1-2' YEAR TO MONTH");
  EXPECT_EQ(Reprint("INTERVAL '3 days 2 hours'"), "INTERVAL '3 days 2 hours'");
  EXPECT_EQ(Reprint("INTERVAL -'1' DAY"), "INTERVAL -'1' DAY");
}

TEST(ParseTest, ReadsNamesThatAreKeywords) {
  const auto query =
      ParseAs<QueryStatement>("SELECT date, t.table, `a b` FROM order WHERE group = 1");
  const auto& select = As<Select>(*query->query->body);
  EXPECT_EQ(As<ColumnReference>(*select.items[1]).parts[1].name, "table");
  EXPECT_EQ(As<TableRelation>(*select.from).name.last(), "order");
  EXPECT_FALSE(select.group_by.has_value());
}

TEST(ParseTest, ReadsFunctionCalls) {
  EXPECT_EQ(Reprint("count(DISTINCT a, b) FILTER (WHERE c) OVER (PARTITION BY d ORDER BY e DESC "
                    "ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)"),
            "count(DISTINCT a, b) FILTER (WHERE c) OVER (PARTITION BY d ORDER BY e DESC ROWS "
            "BETWEEN 1 PRECEDING AND CURRENT ROW)");
  EXPECT_EQ(Reprint("listagg(a, ',') WITHIN GROUP (ORDER BY b NULLS LAST)"),
            "listagg(a, ',') WITHIN GROUP (ORDER BY b NULLS LAST)");
  EXPECT_EQ(Reprint("first(a IGNORE NULLS)"), "first(a) IGNORE NULLS");
  EXPECT_EQ(Reprint("f(a, b => (x, i) -> x + i)"), "f(a, b => (x, i) -> x + i)");
  EXPECT_EQ(Reprint("extract(YEAR FROM d)"), "extract(YEAR FROM d)");
  EXPECT_EQ(Reprint("trim(LEADING 'x' FROM s)"), "TRIM(LEADING 'x' FROM s)");
  EXPECT_EQ(Reprint("dateadd(day, 1, d)"), "dateadd(DAY, 1, d)");
  EXPECT_EQ(Reprint("v:a.b[0]['c']::int"), "CAST(v:a.b[0]['c'] AS INT)");
  EXPECT_EQ(Reprint("f((SELECT 1) + 1)"), "f((SELECT 1) + 1)");
}

TEST(ParseTest, ReadsQueries) {
  const auto statement = ParseAs<QueryStatement>(
      "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 5) "
      "SELECT * EXCEPT (b) FROM c a LEFT JOIN LATERAL explode(a.x) AS e ON true, d "
      "LATERAL VIEW OUTER explode(y) l AS z GROUP BY ALL HAVING count(*) > 1 "
      "QUALIFY row_number() OVER w = 1 WINDOW w AS (ORDER BY n) ORDER BY 1 LIMIT 10 OFFSET 2");
  const Query& query = *statement->query;
  ASSERT_TRUE(query.with.has_value());
  EXPECT_TRUE(query.with->recursive);
  const auto& select = As<Select>(*query.body);
  EXPECT_TRUE(select.group_by->all);
  const auto* view = TryAs<LateralViewRelation>(select.from);
  ASSERT_NE(view, nullptr);
  const auto* comma = TryAs<JoinRelation>(view->input);
  ASSERT_NE(comma, nullptr);
  EXPECT_EQ(comma->type, JoinType::kComma);
  EXPECT_TRUE(As<JoinRelation>(*comma->left).right->lateral);
}

TEST(ParseTest, ReadsTimeTravel) {
  const auto parse = [](std::string_view text) {
    const auto statement = ParseAs<QueryStatement>(text);
    return As<TableRelation>(*As<Select>(*statement->query->body).from);
  };
  EXPECT_EQ(parse("SELECT * FROM a.b.t VERSION AS OF 3").time_travel, TimeTravelKind::kVersion);
  EXPECT_EQ(parse("SELECT * FROM t@v12 x").alias->name.name, "x");
  EXPECT_EQ(As<Literal>(*parse("SELECT * FROM t@20240115103000123").travel_point).text,
            "2024-01-15 10:30:00.123");
  EXPECT_EQ(parse("SELECT * FROM delta.`/tmp/x` TIMESTAMP AS OF '2024-01-01'").name.last(),
            "/tmp/x");
}

TEST(ParseTest, ReadsCreateTable) {
  const auto create = ParseAs<CreateTable>(
      "CREATE OR REPLACE TABLE c.s.t (id BIGINT GENERATED BY DEFAULT AS IDENTITY (START WITH 5), "
      "d DATE GENERATED ALWAYS AS (CAST(ts AS DATE)) NOT NULL COMMENT 'day', "
      "CONSTRAINT pk PRIMARY KEY (id) RELY) USING delta CLUSTER BY (id, d) "
      "LOCATION '/x' TBLPROPERTIES ('delta.appendOnly' = true, a.b = 1)");
  EXPECT_TRUE(create->or_replace);
  ASSERT_EQ(create->columns.size(), 2U);
  EXPECT_EQ(create->columns[0].identity->start, "5");
  EXPECT_TRUE(create->columns[1].not_null);
  EXPECT_THAT(create->constraints[0].characteristics, ElementsAre("RELY"));
  EXPECT_EQ(create->clauses.cluster_columns.size(), 2U);
  EXPECT_EQ(create->clauses.properties[1].key, "a.b");
}

TEST(ParseTest, ReadsPipelineDatasets) {
  const auto table = ParseAs<CreateTable>(
      "CREATE OR REFRESH STREAMING TABLE silver (CONSTRAINT ok EXPECT (id IS NOT NULL) ON "
      "VIOLATION "
      "DROP ROW, CONSTRAINT q EXPECT (a > 0) ON VIOLATION QUARANTINE INTO bad) "
      "SCHEDULE EVERY 1 HOUR AS SELECT * FROM STREAM(bronze) WATERMARK ts DELAY OF INTERVAL 1 "
      "HOUR");
  EXPECT_EQ(table->table_kind, TableKind::kStreamingTable);
  EXPECT_TRUE(table->or_refresh);
  ASSERT_EQ(table->constraints.size(), 2U);
  EXPECT_EQ(table->constraints[0].on_violation, ViolationAction::kDropRow);
  EXPECT_EQ(table->constraints[1].quarantine_table.last(), "bad");
  const auto& from = As<TableRelation>(*As<Select>(*table->query->body).from);
  EXPECT_TRUE(from.stream);
  EXPECT_TRUE(from.watermark.has_value());

  const auto view = ParseAs<CreateView>(
      "CREATE TEMPORARY VIEW v (CONSTRAINT c EXPECT (a > 1) ON VIOLATION FAIL UPDATE) AS SELECT 1 "
      "a");
  EXPECT_EQ(view->constraints[0].on_violation, ViolationAction::kFailUpdate);
  EXPECT_EQ(view->query_text.text, "SELECT 1 a");
}

TEST(ParseTest, ReadsFlows) {
  const auto flow = ParseAs<CreateFlow>(
      "CREATE FLOW f AS AUTO CDC INTO t FROM STREAM(s) KEYS (id) APPLY AS DELETE WHEN op = 'D' "
      "SEQUENCE BY struct(a, b) COLUMNS * EXCEPT (op) STORED AS SCD TYPE 2 TRACK HISTORY ON name, "
      "city");
  ASSERT_TRUE(flow->flow.auto_cdc.has_value());
  const AutoCdc& cdc = *flow->flow.auto_cdc;
  EXPECT_EQ(cdc.stored_as, ScdType::kType2);
  EXPECT_EQ(cdc.columns.selection_kind, ColumnSelectionKind::kAllExcept);
  EXPECT_EQ(cdc.track_history_on.columns.size(), 2U);
  EXPECT_TRUE(As<TableRelation>(*cdc.source).stream);

  EXPECT_TRUE(
      ParseAs<CreateFlow>("CREATE FLOW g AS INSERT INTO ONCE t BY NAME SELECT 1")->flow.once);
  EXPECT_TRUE(ParseAs<CreateFlow>("APPLY CHANGES INTO LIVE.t FROM s KEYS (id) SEQUENCE BY x")
                  ->name.empty());
  EXPECT_TRUE(ParseAs<CreateTable>("CREATE STREAMING TABLE t FLOW AUTO CDC FROM s KEYS (a) "
                                   "SEQUENCE BY b")
                  ->flow.has_value());
}

TEST(ParseTest, ReadsMerge) {
  const auto merge = ParseAs<Merge>(
      "MERGE WITH SCHEMA EVOLUTION INTO t AS a USING (SELECT 1 id) b ON a.id = b.id "
      "WHEN MATCHED AND b.x THEN DELETE WHEN MATCHED THEN UPDATE SET a.v = b.v, w = DEFAULT "
      "WHEN NOT MATCHED THEN INSERT * WHEN NOT MATCHED BY SOURCE THEN UPDATE SET w = 0");
  EXPECT_TRUE(merge->with_schema_evolution);
  ASSERT_EQ(merge->clauses.size(), 4U);
  EXPECT_EQ(merge->clauses[1].assignments.size(), 2U);
  EXPECT_EQ(merge->clauses[3].match, MergeMatch::kNotMatchedBySource);
}

TEST(ParseTest, ReadsTypes) {
  const auto type = ParseDataType("array<struct<a: int NOT NULL, b map<string, decimal(10, 2)>>>");
  ASSERT_TRUE(type);
  EXPECT_EQ(type->SimpleString(), "array<struct<a:int,b:map<string,decimal(10,2)>>>");
  const auto schema = ParseTableSchema("a INT, b STRING NOT NULL COMMENT 'x', c array<array<int>>");
  ASSERT_TRUE(schema);
  EXPECT_EQ(schema->fields()[1].Comment(), "x");
  EXPECT_FALSE(schema->fields()[1].nullable);
  EXPECT_EQ(ParseDataType("fancy").error().error_class(), "UNSUPPORTED_DATATYPE");
  EXPECT_EQ(ParseDataType("decimal(39, 1)").error().error_class(),
            "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION");
}

TEST(ParseTest, ErrorsNameThePlaceAndTheLikelyWord) {
  const Error error = ErrorOf("SELECT a\nFORM t");
  EXPECT_EQ(error.error_class(), "PARSE_SYNTAX_ERROR");
  EXPECT_EQ(error.sql_state(), "42601");
  EXPECT_EQ(error.location().line, 2);
  EXPECT_EQ(error.location().column, 6);
  EXPECT_THAT(error.message(),
              HasSubstr("did you mean FROM instead of 'FORM'?\n  FORM t\n       ^"));
  EXPECT_THAT(ErrorOf("SELCT 1").message(), HasSubstr("did you mean SELECT?"));
  EXPECT_THAT(ErrorOf("CREATE TABEL t (a INT)").message(), HasSubstr("did you mean TABLE?"));
  EXPECT_THAT(ErrorOf("SELECT 'abc").message(), HasSubstr("not closed"));
  EXPECT_THAT(ErrorOf("SELECT a, FROM t").message(), HasSubstr("expected an expression"));
  EXPECT_EQ(ErrorOf("SELECT * FROM my-table").error_class(), "INVALID_IDENTIFIER");
  EXPECT_EQ(ErrorOf("  -- nothing").error_class(), "PARSE_EMPTY_STATEMENT");
  EXPECT_EQ(ErrorOf("SELECT foo '1'").error_class(), "UNSUPPORTED_TYPED_LITERAL");
}

TEST(ParseTest, PlacesCountCharacters) {
  EXPECT_THAT(LocationOf("a\nüb c", 5), Eq(SourceLocation{.line = 2, .column = 3}));
}

TEST(ParseTest, SplitsScripts) {
  const std::string script =
      "-- first; not a statement\nSELECT ';' AS a;\n/* ; */ ;\nSELECT `;`, \"a;\\\";\" -- x;\n;\n"
      "CREATE FUNCTION f() RETURNS INT LANGUAGE PYTHON AS $$ a; b $$";
  const auto pieces = SplitStatements(script);
  ASSERT_EQ(pieces.size(), 3U);
  EXPECT_EQ(pieces[0].text, "SELECT ';' AS a");
  EXPECT_EQ(pieces[1].text, "SELECT `;`, \"a;\\\";\"");
  EXPECT_EQ(script.substr(pieces[2].offset, 6), "CREATE");
}

TEST(ParseTest, ScriptsGiveEachStatement) {
  const auto statements = ParseStatements("USE a.b; SET x.y = 1 -- c\n; ; SELECT 1;");
  ASSERT_TRUE(statements);
  ASSERT_EQ(statements->size(), 3U);
  EXPECT_EQ(As<Set>(*(*statements)[1]).value, "1");
}

TEST(ParseTest, StatementsPrintToEqualTrees) {
  for (const char* text : {
           "OPTIMIZE t FULL WHERE d = 1 ZORDER BY (a, b)",
           R"(SELECT 'a\00041')",
           "VACUUM delta.`/x` RETAIN 168 HOURS DRY RUN",
           "RESTORE TABLE t TO VERSION AS OF 3",
           "DESCRIBE HISTORY t LIMIT 5",
           "DESCRIBE DETAIL '/x'",
           "DESCRIBE EXTENDED t PARTITION (a = 1)",
           "COPY INTO t FROM (SELECT a::int x FROM '/raw' s) FILEFORMAT = JSON FILES = ('a', 'b') "
           "FORMAT_OPTIONS ('mergeSchema' = 'true') COPY_OPTIONS ('force' = 'true')",
           "ALTER TABLE t ADD COLUMNS (a INT FIRST, b.c STRING COMMENT 'x' AFTER d)",
           "ALTER TABLE t ALTER COLUMN a TYPE BIGINT, b SET NOT NULL",
           "ALTER TABLE t CHANGE COLUMN a b INT COMMENT 'x'",
           "ALTER TABLE t DROP COLUMNS IF EXISTS (a, b)",
           "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)",
           "ALTER TABLE t DROP CONSTRAINT IF EXISTS c CASCADE",
           "ALTER TABLE t SET TBLPROPERTIES ('a' = 'b')",
           "ALTER TABLE t UNSET TBLPROPERTIES IF EXISTS (a.b)",
           "ALTER TABLE t CLUSTER BY (a, b)",
           "ALTER TABLE t SET TAGS ('x' = 'y')",
           "ALTER TABLE t SET ROW FILTER f ON (a)",
           "ALTER TABLE t DROP FEATURE deletionVectors TRUNCATE HISTORY",
           "ALTER SCHEMA s SET OWNER TO `a@b.c`",
           "ALTER VIEW v AS SELECT 1",
           "CREATE TABLE a SHALLOW CLONE b VERSION AS OF 3",
           "CREATE TABLE a LIKE b USING delta",
           "CREATE SCHEMA IF NOT EXISTS c.s COMMENT 'x' MANAGED LOCATION '/y'",
           "CREATE EXTERNAL VOLUME v LOCATION '/x'",
           "CREATE EXTERNAL LOCATION l URL 's3://x' WITH (STORAGE CREDENTIAL c)",
           "CREATE WIDGET DROPDOWN w DEFAULT '1' CHOICES SELECT 1",
           "CREATE FUNCTION f(a INT DEFAULT 1) RETURNS TABLE (x INT) LANGUAGE SQL RETURN SELECT a",
           "CREATE OR REPLACE TEMPORARY FUNCTION f() RETURNS INT RETURN (SELECT 1) + 1",
           "CREATE SINK s USING kafka OPTIONS (topic = 'x')",
           "INSERT INTO t BY NAME SELECT 1 AS a",
           "INSERT INTO t REPLACE WHERE a = 1 SELECT 2",
           "INSERT OVERWRITE t PARTITION (a = 1, b) IF NOT EXISTS SELECT 1",
           "FROM s INSERT INTO a SELECT x WHERE y INSERT OVERWRITE b SELECT z",
           "UPDATE t SET a = 1, b.c = DEFAULT WHERE d",
           "DELETE FROM t AS x WHERE x.a IN (SELECT 1)",
           "GRANT SELECT, USE SCHEMA ON SCHEMA a.b TO `x y`",
           "REVOKE ALL PRIVILEGES ON TABLE t FROM u",
           "SHOW TABLES IN a.b LIKE 'x*'",
           "SHOW USER FUNCTIONS LIKE 'x'",
           "SHOW GRANTS `u` ON TABLE t",
           "SHOW TBLPROPERTIES t ('a.b')",
           "COMMENT ON COLUMN t.a IS 'x'",
           "DECLARE OR REPLACE VARIABLE a, b INT DEFAULT 1",
           "SET VARIABLE (a, b) = (SELECT 1, 2)",
           "EXECUTE IMMEDIATE 'SELECT ?' INTO x USING 1, 2 AS y",
           "SET TIME ZONE INTERVAL '1' HOUR",
           "USE CATALOG c",
           "DROP TABLE IF EXISTS t PURGE",
           "UNDROP TABLE t",
           "EXPLAIN FORMATTED SELECT 1",
           "CALL p(a => 1, 2)",
           "ANALYZE TABLE t COMPUTE STATISTICS FOR COLUMNS a, b",
           "REFRESH MATERIALIZED VIEW v FULL",
           "MSCK REPAIR TABLE t SYNC PARTITIONS",
           "CONVERT TO DELTA parquet.`/x` PARTITIONED BY (a INT)",
           "CREATE MATERIALIZED VIEW v CLUSTER BY AUTO SCHEDULE CRON '0 0 * * * ?' AT TIME ZONE "
           "'UTC' "
           "AS SELECT 1",
           "CREATE PRIVATE STREAMING TABLE t (a INT MASK f USING COLUMNS (b)) WITH ROW FILTER g ON "
           "(a)",
           "SELECT * FROM VALUES (1, 'a') AS t(x, y) PIVOT (sum(x) AS s FOR y IN ('a' AS p, 'b'))",
           "SELECT * FROM t UNPIVOT INCLUDE NULLS ((a, b) FOR n IN ((c, d) AS x, (e, f)))",
           "SELECT * FROM t TABLESAMPLE (10 PERCENT) REPEATABLE (3) AS s",
           "SELECT * FROM table_changes('t', 1) AS c JOIN f(TABLE(t) PARTITION BY (a) ORDER BY "
           "(b))",
           "SELECT * FROM t CHANGES FROM VERSION 1 TO VERSION 3",
           "SELECT /*+ BROADCAST(a), REPARTITION(3) */ * FROM a NATURAL LEFT SEMI JOIN b",
           "FROM t |> WHERE a |> EXTEND b AS c |> AGGREGATE sum(c) AS s GROUP BY d |> ORDER BY s "
           "|> AS x",
       }) {
    const auto parsed = ParseStatement(text);
    ASSERT_TRUE(parsed) << parsed.error().ToString();
    const std::string printed = ToSql(**parsed);
    const auto again = ParseStatement(printed);
    ASSERT_TRUE(again) << printed << "\n" << again.error().ToString();
    EXPECT_EQ(*again, *parsed) << text << "\n" << printed;
    const StatementPtr copy = *parsed;
    EXPECT_EQ(copy, *parsed);
  }
}

TEST(ParseTest, EqualityTellsTreesApart) {
  EXPECT_NE(*ParseExpression("a + b"), *ParseExpression("a - b"));
  EXPECT_NE(*ParseStatement("SELECT 1 FROM t"), *ParseStatement("SELECT 1 FROM t AS u"));
  EXPECT_NE(*ParseStatement("SELECT 1L"), *ParseStatement("SELECT 1"));
  EXPECT_EQ(*ParseStatement("SELECT  1 "), *ParseStatement("select 1"));
}

}  // namespace
}  // namespace lakesmith::sql
