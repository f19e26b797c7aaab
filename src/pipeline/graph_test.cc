#include "pipeline/graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/nearest.h"

namespace lakesmith::pipeline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A catalog with main.raw.orders alone.
OutsideCatalog Outside() {
  return {.exists = [](const catalog::QualifiedName& name) -> Result<bool> {
            return name.catalog == "main" && name.schema == "raw" && name.name == "orders";
          },
          .not_found =
              [](const catalog::QualifiedName& name, const std::vector<std::string>& also) {
                const std::string full = name.catalog + "." + name.schema + "." + name.name;
                return NotFound("no table '{}'; closest: '{}'", full, Nearest(full, also));
              }};
}

Result<Graph> Build(const std::string& text,
                    const std::map<std::string, std::string>& values = {}) {
  PipelineDefinition definition =
      TRY(DefinitionFromTexts({{"p.sql", text}}, values, {.catalog = "main", .schema = "silver"}));
  return Graph::Build(std::move(definition), Outside());
}

std::string ErrorOf(const std::string& text,
                    const std::map<std::string, std::string>& values = {}) {
  const Result<Graph> graph = Build(text, values);
  return graph ? "no error" : graph.error().ToString();
}

std::vector<std::string> Order(const Graph& graph) {
  std::vector<std::string> names;
  for (const size_t i : graph.order()) names.push_back(graph.datasets()[i].FullName());
  return names;
}

TEST(GraphTest, DatasetsComeAfterWhatTheyRead) {
  const Graph graph = Build(R"(
CREATE MATERIALIZED VIEW gold.totals AS SELECT count(*) AS n FROM clean c JOIN v ON true;
CREATE TEMPORARY VIEW v AS SELECT * FROM clean;
CREATE STREAMING TABLE clean (CONSTRAINT good EXPECT (id > 0) ON VIOLATION DROP ROW)
AS SELECT * FROM STREAM bronze.orders;
CREATE OR REFRESH STREAMING TABLE bronze.orders AS SELECT * FROM STREAM read_files('/in');
CREATE MATERIALIZED VIEW other AS WITH clean AS (SELECT 1 AS a) SELECT * FROM clean, raw.orders;
)")
                          .value();
  EXPECT_THAT(Order(graph), ElementsAre("main.bronze.orders", "main.silver.clean", "v",
                                        "main.gold.totals", "main.silver.other"));
  EXPECT_THAT(graph.node(0).upstream, ElementsAre(2));
  EXPECT_THAT(graph.node(0).reads, ElementsAre(1, 2));
  EXPECT_THAT(graph.node(4).reads, IsEmpty());
  const DatasetDefinition& clean = graph.datasets()[2];
  EXPECT_EQ(clean.expectations.at(0).predicate, "id > 0");
  EXPECT_EQ(clean.expectations.at(0).action, ViolationAction::kDropRow);
  EXPECT_EQ(clean.expectations.at(0).location.ToString(), "p.sql:4:55");
}

TEST(GraphTest, UseAndSetHoldForWhatFollows) {
  const Graph graph = Build(R"(
USE SCHEMA bronze;
SET spark.sql.ansi.enabled = false;
CREATE STREAMING TABLE a AS SELECT * FROM STREAM read_files('/in');
USE CATALOG other;
CREATE STREAMING TABLE b AS SELECT * FROM STREAM main.bronze.a;
)")
                          .value();
  EXPECT_THAT(Order(graph), ElementsAre("main.bronze.a", "other.default.b"));
  EXPECT_EQ(graph.datasets()[0].flows[0].settings.at("spark.sql.ansi.enabled"), "false");
}

TEST(GraphTest, FlowsGoToTheTableTheyFeed) {
  const Graph graph = Build(R"(
CREATE STREAMING TABLE all_orders;
CREATE FLOW north AS INSERT INTO all_orders BY NAME SELECT * FROM STREAM read_files('/north');
CREATE FLOW south AS INSERT INTO all_orders BY NAME SELECT * FROM STREAM read_files('/south');
CREATE FLOW history AS INSERT INTO ONCE all_orders BY NAME SELECT * FROM raw.orders;
)")
                          .value();
  ASSERT_EQ(graph.datasets().size(), 1U);
  EXPECT_EQ(graph.datasets()[0].flows.size(), 3U);
  EXPECT_TRUE(graph.datasets()[0].flows[2].once);
}

TEST(GraphTest, SubstitutionKeepsPlaces) {
  const std::map<std::string, std::string> values = {{"landing", "/a/very/long/path"}};
  EXPECT_EQ(
      Build("CREATE STREAMING TABLE a AS SELECT * FROM STREAM read_files('${landing}/x'); -- ${no}",
            values)
          .value()
          .datasets()[0]
          .FullName(),
      "main.silver.a");
  EXPECT_EQ(ErrorOf("CREATE STREAMING TABLE a AS SELECT * FROM STREAM read_files('${landnig}/x')",
                    values),
            "p.sql:1:62: '${landnig}' is not in the configuration or parameters of the pipeline; "
            "closest: "
            "'landing'");
  EXPECT_THAT(
      ErrorOf("CREATE MATERIALIZED VIEW a AS SELECT '${landing}' AS p FROM nowhere", values),
      HasSubstr("p.sql:1:61: no table 'main.silver.nowhere'"));
}

TEST(GraphTest, AnUnknownNameIsToldWithTheNearest) {
  EXPECT_EQ(
      ErrorOf(R"(CREATE STREAMING TABLE bronze.orders AS SELECT * FROM STREAM read_files('/in');
CREATE MATERIALIZED VIEW gold.totals AS
SELECT count(*) AS n
FROM bronze.odrers;)"),
      "p.sql:4:6: no table 'main.bronze.odrers'; closest: 'main.bronze.orders'");
}

TEST(GraphTest, ACircleNamesItsMembers) {
  EXPECT_THAT(ErrorOf(R"(CREATE MATERIALIZED VIEW a AS SELECT * FROM b;
CREATE MATERIALIZED VIEW b AS SELECT * FROM c;
CREATE MATERIALIZED VIEW c AS SELECT * FROM b;)"),
              HasSubstr("main.silver.b reads main.silver.c reads main.silver.b"));
}

struct RefusedCase {
  const char* text;
  const char* message;
};
class RefusedTest : public testing::TestWithParam<RefusedCase> {};

TEST_P(RefusedTest, NamesThePlaceAndTheReason) {
  EXPECT_THAT(ErrorOf(GetParam().text), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    All, RefusedTest,
    testing::Values(
        RefusedCase{
            "CREATE STREAMING TABLE a AS SELECT * FROM raw.orders",
            "p.sql:1:24: 'main.silver.a' is a streaming table, but its query reads no stream"},
        RefusedCase{"CREATE MATERIALIZED VIEW a AS SELECT * FROM STREAM raw.orders",
                    "is a materialized view, but its query reads a STREAM"},
        RefusedCase{"CREATE STREAMING TABLE a", "no query and no flow feeds it"},
        RefusedCase{"CREATE STREAMING TABLE a AS SELECT count(*) AS n FROM STREAM raw.orders",
                    "the aggregate count over a stream"},
        RefusedCase{"CREATE STREAMING TABLE a AS SELECT DISTINCT id FROM STREAM raw.orders",
                    "DISTINCT over a stream"},
        RefusedCase{"CREATE STREAMING TABLE a AS SELECT * FROM STREAM raw.orders LIMIT 3",
                    "LIMIT over a stream"},
        RefusedCase{"CREATE STREAMING TABLE a AS SELECT row_number() OVER (ORDER BY id) AS n FROM "
                    "STREAM raw.orders",
                    "a window function over a stream"},
        RefusedCase{"CREATE STREAMING TABLE a AS SELECT * FROM STREAM raw.orders x JOIN STREAM "
                    "raw.orders y ON x.id = y.id",
                    "a join with another stream"},
        RefusedCase{"CREATE STREAMING TABLE a AS SELECT x.* FROM raw.orders x LEFT JOIN STREAM "
                    "raw.orders y ON x.id = y.id",
                    "an outer join that keeps rows of the table"},
        RefusedCase{"CREATE STREAMING TABLE a AS WITH s AS (SELECT * FROM STREAM raw.orders) "
                    "SELECT id FROM s GROUP BY id",
                    "GROUP BY over a stream"},
        RefusedCase{"CREATE STREAMING TABLE a AS SELECT * FROM STREAM raw.orders WITH "
                    "(skipChangeCommit = true)",
                    "p.sql:1:67: a streamed table has no option 'skipChangeCommit'; did you mean "
                    "'skipChangeCommits'?"},
        RefusedCase{"CREATE STREAMING TABLE a AS SELECT * FROM STREAM raw.orders WITH "
                    "('skipChangeCommits' = maybe)",
                    "p.sql:1:67: option 'skipChangeCommits' is true or false, not 'maybe'"},
        RefusedCase{"CREATE STREAMING TABLE a AS SELECT * FROM STREAM raw.orders WITH "
                    "(readChangeFeed = true)",
                    "option 'readChangeFeed' of a streamed table is not supported yet"},
        RefusedCase{"CREATE MATERIALIZED VIEW a AS SELECT * FROM raw.orders WITH (x = 1)",
                    "p.sql:1:62: option 'x': a table that is read without STREAM takes no options"},
        RefusedCase{"CREATE TABLE a (id INT)", "'CREATE TABLE' cannot stand in a pipeline"},
        RefusedCase{"DELETE FROM raw.orders", "cannot stand in a pipeline"},
        RefusedCase{"CREATE MATERIALIZED VIEW a AS SELECT 1 AS x; CREATE MATERIALIZED VIEW A AS "
                    "SELECT 2 AS x",
                    "defined twice, first at p.sql:1:26"},
        RefusedCase{"CREATE FLOW f AS INSERT INTO nowhere BY NAME SELECT * FROM STREAM raw.orders; "
                    "CREATE MATERIALIZED VIEW m AS SELECT 1 AS x",
                    "which this pipeline does not define"},
        RefusedCase{"", "defines no dataset"},
        RefusedCase{"CREATE MATERIALIZED VIEW a AS SELECT 1 AS x UNION", "p.sql:1:"},
        RefusedCase{"CREATE STREAMING TABLE a (CONSTRAINT c EXPECT (x > 0), CONSTRAINT C EXPECT (x "
                    "> 1)) AS SELECT * FROM STREAM raw.orders",
                    "expectation 'C' is defined twice"}));

TEST(GraphTest, WhatAStreamCanDoIsTaken) {
  for (const char* query :
       {"SELECT x.id, upper(name) AS n FROM STREAM raw.orders x LEFT JOIN raw.orders y ON x.id = "
        "y.id WHERE x.id > 0",
        "SELECT * FROM STREAM raw.orders UNION ALL SELECT * FROM STREAM read_files('/in')",
        "WITH s AS (SELECT * FROM STREAM raw.orders) SELECT id FROM s",
        "SELECT * FROM STREAM raw.orders WITH (startingVersion = 3, skipChangeCommits = false)",
        "SELECT * FROM STREAM(raw.orders) WHERE id IN (SELECT max(id) FROM raw.orders)"}) {
    EXPECT_EQ(ErrorOf(std::string("CREATE STREAMING TABLE a AS ") + query), "no error") << query;
  }
}

TEST(GraphTest, AViewOverAStreamIsAStream) {
  EXPECT_EQ(ErrorOf("CREATE TEMPORARY VIEW v AS SELECT * FROM STREAM raw.orders;"
                    "CREATE STREAMING TABLE a AS SELECT * FROM v"),
            "no error");
  EXPECT_THAT(ErrorOf("CREATE TEMPORARY VIEW v AS SELECT * FROM STREAM raw.orders;"
                      "CREATE MATERIALIZED VIEW a AS SELECT * FROM v"),
              HasSubstr("reads a STREAM"));
}

TEST(GraphTest, TheRetailExampleIsUnderstood) {
  std::vector<std::pair<std::string, std::string>> files;
  const std::filesystem::path root =
      std::filesystem::path(LAKESMITH_SOURCE_DIR) / "examples/retail/src";
  for (const char* name : {"bronze/raw.sql", "silver/customers.sql", "silver/products.sql",
                           "silver/transactions.sql", "gold/analytics.sql"}) {
    std::ifstream file(root / name);
    ASSERT_TRUE(file) << name;
    files.emplace_back(name, std::string(std::istreambuf_iterator<char>(file), {}));
  }
  PipelineDefinition definition =
      DefinitionFromTexts(files, {{"landing", "data"}}, {.catalog = "main", .schema = "silver"})
          .value();
  const Result<Graph> graph = Graph::Build(std::move(definition), Outside());
  ASSERT_TRUE(graph) << graph.error().ToString();
  EXPECT_EQ(graph->datasets().size(), 15U);
  const size_t segments = graph->FindSelected("gold.customer_analytics").value();
  EXPECT_THAT(graph->node(segments).reads,
              ElementsAre(graph->FindSelected("customers_enriched").value()));
}

TEST(GraphTest, ASelectionMayLeaveOutTheSchema) {
  const Graph graph = Build(
                          "CREATE MATERIALIZED VIEW a AS SELECT 1 AS x;"
                          "CREATE MATERIALIZED VIEW gold.b AS SELECT 1 AS x")
                          .value();
  EXPECT_EQ(graph.FindSelected("b").value(), 1U);
  EXPECT_EQ(graph.FindSelected("gold.B").value(), 1U);
  EXPECT_THAT(graph.FindSelected("gold.c").error().message(), HasSubstr("closest: 'gold.b'"));
}

}  // namespace
}  // namespace lakesmith::pipeline
