#include "engine/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "engine/duckdb/emitted_query.h"
#include "engine/duckdb/runtime.h"

namespace lakesmith::engine {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class SessionTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path(testing::TempDir()) / fmt::format("session-{}-{}", info->name(), getpid());
    fs::remove_all(folder_);
    WorkspaceOptions options;
    options.warehouse = folder_;
    options.threads = 2;
    Result<std::shared_ptr<Workspace>> workspace = Workspace::Open(options);
    ASSERT_TRUE(workspace) << workspace.error().ToString();
    workspace_ = *workspace;
    session_ = NewSession();
  }
  void TearDown() override {
    session_.reset();
    workspace_.reset();
    fs::remove_all(folder_);
  }

  std::unique_ptr<Session> NewSession() {
    SessionOptions options;
    options.time_zone = "UTC";
    Result<std::unique_ptr<Session>> session = Session::Open(workspace_, options);
    EXPECT_TRUE(session) << session.error().ToString();
    return std::move(*session);
  }

  // Each row as text, values divided by '|'.
  std::vector<std::string> Rows(const std::string& sql) {
    Result<StatementResult> result = session_->Execute(sql);
    if (!result)
      return {"error " + result.error().error_class() + ": " + result.error().ToString()};
    const Result<std::vector<Row>> rows = Collect(*result->rows);
    if (!rows) return {"error " + rows.error().error_class() + ": " + rows.error().ToString()};
    std::vector<std::string> lines;
    for (const Row& row : *rows) {
      std::string line;
      for (size_t i = 0; i < row.size(); ++i) {
        line += i == 0 ? "" : "|";
        line += row[i].is_null()
                    ? "NULL"
                    : types::ToSparkText(row[i], result->columns[i].type, session_->TimeZone());
      }
      lines.push_back(line);
    }
    return lines;
  }
  void Run(const std::string& sql) {
    Result<StatementResult> result = session_->ExecuteScript(sql);
    ASSERT_TRUE(result) << sql << "\n" << result.error().ToString();
    const Result<std::vector<Row>> rows = Collect(*result->rows);
    ASSERT_TRUE(rows) << sql << "\n" << rows.error().ToString();
  }
  // The error class of a statement that must fail, here or while its rows are read.
  std::string ErrorOf(const std::string& sql) {
    Result<StatementResult> result = session_->Execute(sql);
    if (!result) return result.error().error_class();
    const Result<std::vector<Row>> rows = Collect(*result->rows);
    return rows ? "no error" : rows.error().error_class();
  }

  fs::path folder_;
  std::shared_ptr<Workspace> workspace_;
  std::unique_ptr<Session> session_;
};

TEST_F(SessionTest, SelectsWithoutATable) {
  EXPECT_THAT(Rows("SELECT 1 + 1 AS a, 'x' AS b"), ElementsAre("2|x"));
  EXPECT_FALSE(fs::exists(folder_ / ".catalog"));
}

TEST_F(SessionTest, InsertsAndReads) {
  Run("CREATE TABLE t (id BIGINT, name STRING) COMMENT 'first'");
  Run("INSERT INTO t VALUES (1, 'a'), (2, NULL)");
  Run("INSERT INTO t (name, id) SELECT 'c', 3");
  EXPECT_THAT(Rows("SELECT * FROM t ORDER BY id"), ElementsAre("1|a", "2|NULL", "3|c"));
  EXPECT_THAT(Rows("SHOW TABLES"), ElementsAre("default|t|false"));
  EXPECT_THAT(Rows("DESCRIBE t"), ElementsAre("id|bigint|NULL", "name|string|NULL"));
  EXPECT_TRUE(fs::exists(folder_ / "main/default/t/_delta_log/00000000000000000002.json"));
}

TEST_F(SessionTest, GoesOnAfterAnInternalErrorOfTheEngine) {
  Run("CREATE TABLE t (id BIGINT); CREATE TEMPORARY VIEW v AS SELECT id + 1 AS next FROM t; "
      "DECLARE VARIABLE x INT DEFAULT 7; INSERT INTO t VALUES (1)");
  const Result<std::unique_ptr<Connection>> other = workspace_->runtime().NewConnection();
  ASSERT_TRUE(other);
  EmittedQuery failing;
  failing.sql = "SELECT lakesmith_fail_internally()";
  failing.native_functions = {"lakesmith_fail_internally"};
  failing.columns = {{"x", types::DataType::Int()}};
  const Result<std::unique_ptr<RowStream>> failed = (*other)->Query(failing);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code(), ErrorCode::kInternal);
  Run("INSERT INTO t VALUES (2)");
  EXPECT_THAT(Rows("SELECT next, x FROM v ORDER BY next"), ElementsAre("2|7", "3|7"));
  EXPECT_EQ(workspace_->runtime().replaced_instances(), 1);
}

TEST_F(SessionTest, CreatesFromAQueryAndReplaces) {
  Run("CREATE TABLE t AS SELECT id, id % 2 AS part FROM range(10)");
  EXPECT_THAT(Rows("SELECT count(*), sum(id) FROM t"), ElementsAre("10|45"));
  Run("CREATE OR REPLACE TABLE t PARTITIONED BY (part) AS SELECT id, id % 2 AS part, 'x' AS s FROM "
      "range(4)");
  EXPECT_THAT(Rows("SELECT * FROM t ORDER BY id"), ElementsAre("0|0|x", "1|1|x", "2|0|x", "3|1|x"));
  EXPECT_THAT(Rows("SHOW PARTITIONS t"), UnorderedElementsAre("0", "1"));
  EXPECT_THAT(Rows("SELECT count(*) FROM t VERSION AS OF 0"), ElementsAre("10"));
  EXPECT_EQ(ErrorOf("CREATE TABLE t (a INT)"), "TABLE_OR_VIEW_ALREADY_EXISTS");
  Run("CREATE TABLE IF NOT EXISTS t (a INT)");
}

TEST_F(SessionTest, StoreAssignmentIsChecked) {
  Run("CREATE TABLE t (a TINYINT NOT NULL, b DECIMAL(4,2), CONSTRAINT small CHECK (a < 100))");
  Run("INSERT INTO t VALUES (1, 2)");
  EXPECT_THAT(ErrorOf("INSERT INTO t VALUES (1000, 2)"),
              testing::AnyOf("CAST_OVERFLOW_IN_TABLE_INSERT", "CAST_OVERFLOW"));
  EXPECT_EQ(ErrorOf("INSERT INTO t VALUES (NULL, 2)"), "DELTA_NOT_NULL_CONSTRAINT_VIOLATED");
  EXPECT_EQ(ErrorOf("INSERT INTO t VALUES (100, 2)"), "DELTA_VIOLATE_CONSTRAINT_WITH_VALUES");
  EXPECT_EQ(ErrorOf("INSERT INTO t VALUES (1)"),
            "INSERT_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS");
  EXPECT_EQ(ErrorOf("INSERT INTO t VALUES (DATE'2024-01-01', 2)"),
            "INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_SAFELY_CAST");
  EXPECT_THAT(Rows("SELECT * FROM t"), ElementsAre("1|2.00"));
}

TEST_F(SessionTest, DefaultsAndGeneratedColumnsAreFilledIn) {
  Run("CREATE TABLE t (id INT, day DATE DEFAULT DATE'2024-01-15', twice BIGINT GENERATED ALWAYS AS "
      "(id * 2))");
  Run("INSERT INTO t (id) VALUES (1)");
  Run("INSERT INTO t (id, day) VALUES (2, DEFAULT), (3, DATE'2020-02-02')");
  EXPECT_THAT(Rows("SELECT * FROM t ORDER BY id"),
              ElementsAre("1|2024-01-15|2", "2|2024-01-15|4", "3|2020-02-02|6"));
  EXPECT_EQ(ErrorOf("INSERT INTO t (id, twice) VALUES (1, 3)"),
            "DELTA_VIOLATE_CONSTRAINT_WITH_VALUES");
}

TEST_F(SessionTest, OverwritesWholeTablesAndPartitions) {
  Run("CREATE TABLE t (id INT, part STRING) PARTITIONED BY (part)");
  Run("INSERT INTO t VALUES (1, 'a'), (2, 'b')");
  Run("INSERT OVERWRITE t PARTITION (part = 'a') SELECT 5");
  EXPECT_THAT(Rows("SELECT * FROM t ORDER BY id"), ElementsAre("2|b", "5|a"));
  Run("INSERT INTO t REPLACE WHERE part = 'b' VALUES (7, 'b')");
  EXPECT_THAT(Rows("SELECT * FROM t ORDER BY id"), ElementsAre("5|a", "7|b"));
  EXPECT_EQ(ErrorOf("INSERT INTO t REPLACE WHERE part = 'b' VALUES (7, 'a')"),
            "DELTA_REPLACE_WHERE_MISMATCH");
  Run("SET spark.sql.sources.partitionOverwriteMode = dynamic");
  Run("INSERT OVERWRITE t VALUES (8, 'b')");
  EXPECT_THAT(Rows("SELECT * FROM t ORDER BY id"), ElementsAre("5|a", "8|b"));
  Run("RESET");
  Run("INSERT OVERWRITE t VALUES (9, 'c')");
  EXPECT_THAT(Rows("SELECT * FROM t"), ElementsAre("9|c"));
}

// DELETE, UPDATE and MERGE by rewriting files and by deletion vectors, with and without a change
// feed.
class DmlTest : public SessionTest, public testing::WithParamInterface<std::pair<bool, bool>> {
 protected:
  std::string Properties() {
    return fmt::format(
        "TBLPROPERTIES ('delta.enableDeletionVectors' = '{}', 'delta.enableChangeDataFeed' = '{}')",
        GetParam().first, GetParam().second);
  }
};

TEST_P(DmlTest, DeletesAndUpdates) {
  Run("CREATE TABLE t (id BIGINT, v STRING) " + Properties());
  Run("INSERT INTO t SELECT id, concat('v', id) FROM range(10)");
  EXPECT_THAT(Rows("DELETE FROM t WHERE id < 3 OR v = 'v9'"), ElementsAre("4"));
  EXPECT_THAT(Rows("UPDATE t SET v = upper(v), id = id + 100 WHERE id % 2 = 0"), ElementsAre("3"));
  EXPECT_THAT(Rows("SELECT * FROM t ORDER BY id"),
              ElementsAre("3|v3", "5|v5", "7|v7", "104|V4", "106|V6", "108|V8"));
  EXPECT_THAT(Rows("DELETE FROM t WHERE id = 1"), ElementsAre("0"));
  EXPECT_THAT(Rows("DELETE FROM t WHERE id IN (SELECT 5 UNION ALL SELECT 7)"), ElementsAre("2"));
  EXPECT_THAT(Rows("SELECT count(*) FROM t VERSION AS OF 1"), ElementsAre("10"));
  if (!GetParam().second) return;
  EXPECT_THAT(Rows("SELECT id, _change_type FROM table_changes('t', 3, 3) ORDER BY ALL"),
              ElementsAre("4|update_preimage", "6|update_preimage", "8|update_preimage",
                          "104|update_postimage", "106|update_postimage", "108|update_postimage"));
  EXPECT_THAT(Rows("SELECT count(*) FROM table_changes('t', 1, 2) WHERE _change_type = 'delete'"),
              ElementsAre("4"));
}

TEST_P(DmlTest, MergesWithAllClauses) {
  Run("CREATE TABLE t (id INT, v STRING, n INT) " + Properties());
  Run("INSERT INTO t VALUES (1, 'a', 10), (2, 'b', 20), (3, 'c', 30), (4, 'd', 40)");
  EXPECT_THAT(Rows("MERGE INTO t USING (VALUES (1, 'A', 0), (2, 'B', 1), (7, 'G', 70)) AS s(id, v, "
                   "n) ON t.id = s.id "
                   "WHEN MATCHED AND s.n = 0 THEN DELETE WHEN MATCHED THEN UPDATE SET v = s.v, n = "
                   "t.n + s.n "
                   "WHEN NOT MATCHED AND s.id > 5 THEN INSERT (id, v) VALUES (s.id, s.v) "
                   "WHEN NOT MATCHED BY SOURCE AND t.id = 4 THEN UPDATE SET n = -1"),
              ElementsAre("4|2|1|1"));
  EXPECT_THAT(Rows("SELECT * FROM t ORDER BY id"),
              ElementsAre("2|B|21", "3|c|30", "4|d|-1", "7|G|NULL"));
  EXPECT_EQ(ErrorOf("MERGE INTO t USING (VALUES (2), (2)) AS s(id) ON t.id = s.id WHEN MATCHED "
                    "THEN UPDATE SET n = 0"),
            "DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE");
  Run("MERGE INTO t USING (SELECT 3 AS id, 'z' AS v, 5 AS n) s ON t.id = s.id WHEN MATCHED THEN "
      "UPDATE SET * "
      "WHEN NOT MATCHED THEN INSERT *");
  EXPECT_THAT(Rows("SELECT v, n FROM t WHERE id = 3"), ElementsAre("z|5"));
  Run("MERGE WITH SCHEMA EVOLUTION INTO t USING (SELECT 8 AS id, 'h' AS v, 1 AS n, true AS extra) "
      "s ON t.id = s.id "
      "WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *");
  EXPECT_THAT(Rows("SELECT id, extra FROM t ORDER BY id"),
              ElementsAre("2|NULL", "3|NULL", "4|NULL", "7|NULL", "8|true"));
}

INSTANTIATE_TEST_SUITE_P(Modes, DmlTest,
                         testing::Values(std::pair(false, false), std::pair(false, true),
                                         std::pair(true, false), std::pair(true, true)));

TEST_F(SessionTest, AltersColumnsByMapping) {
  Run("CREATE TABLE t (a INT, b STRING) TBLPROPERTIES ('delta.columnMapping.mode' = 'name')");
  Run("INSERT INTO t VALUES (1, 'x')");
  Run("ALTER TABLE t ADD COLUMNS (c DOUBLE COMMENT 'third' AFTER a)");
  Run("ALTER TABLE t RENAME COLUMN b TO d");
  Run("INSERT INTO t VALUES (2, 0.5, 'y')");
  EXPECT_THAT(Rows("SELECT a, c, d FROM t ORDER BY a"), ElementsAre("1|NULL|x", "2|0.5|y"));
  Run("ALTER TABLE t DROP COLUMN c");
  EXPECT_THAT(Rows("SELECT * FROM t ORDER BY a"), ElementsAre("1|x", "2|y"));
  EXPECT_EQ(ErrorOf("ALTER TABLE t ADD CONSTRAINT positive CHECK (a > 1)"),
            "DELTA_NEW_CHECK_CONSTRAINT_VIOLATION");
  Run("ALTER TABLE t ADD CONSTRAINT positive CHECK (a > 0)");
  EXPECT_EQ(ErrorOf("INSERT INTO t VALUES (0, 'z')"), "DELTA_VIOLATE_CONSTRAINT_WITH_VALUES");
  Run("ALTER TABLE t RENAME TO u");
  EXPECT_THAT(Rows("SELECT count(*) FROM u"), ElementsAre("2"));
}

TEST_F(SessionTest, MaintainsTables) {
  Run("CREATE TABLE t (id INT, v INT)");
  for (int i = 0; i < 5; ++i) Run(fmt::format("INSERT INTO t VALUES ({0}, {0})", i));
  Run("OPTIMIZE t");
  EXPECT_THAT(Rows("SELECT count(*), sum(v) FROM t"), ElementsAre("5|10"));
  Run("OPTIMIZE t ZORDER BY (id, v)");
  EXPECT_THAT(Rows("DESCRIBE HISTORY t LIMIT 1"), ElementsAre(HasSubstr("|OPTIMIZE|")));
  Run("RESTORE TABLE t TO VERSION AS OF 2");
  EXPECT_THAT(Rows("SELECT count(*) FROM t"), ElementsAre("2"));
  EXPECT_THAT(Rows("TRUNCATE TABLE t"), IsEmpty());
  EXPECT_THAT(Rows("SELECT count(*) FROM t"), ElementsAre("0"));
  Run("VACUUM t");
}

TEST_F(SessionTest, ViewsFunctionsAndVariables) {
  Run("CREATE TABLE t AS SELECT id FROM range(3)");
  Run("CREATE VIEW v (n COMMENT 'number') AS SELECT id * 2 FROM t");
  EXPECT_THAT(Rows("SELECT n FROM v ORDER BY n"), ElementsAre("0", "2", "4"));
  Run("CREATE SCHEMA s; USE s; CREATE TEMPORARY VIEW w AS SELECT 1 AS one");
  EXPECT_THAT(Rows("SELECT * FROM w, default.v WHERE n = 4"), ElementsAre("1|4"));
  Run("CREATE FUNCTION twice(x INT) RETURNS INT RETURN x * 2");
  EXPECT_THAT(Rows("SELECT twice(21)"), ElementsAre("42"));
  Run("DECLARE VARIABLE k INT DEFAULT 5; SET VARIABLE k = k + 1");
  EXPECT_THAT(Rows("SELECT k"), ElementsAre("6"));
  Run("DROP VIEW default.v; DROP SCHEMA s CASCADE; USE default");
  EXPECT_EQ(ErrorOf("SELECT * FROM v"), "TABLE_OR_VIEW_NOT_FOUND");
}

TEST_F(SessionTest, ErrorsTellTheirPlaceInTheFile) {
  Run("CREATE TABLE tracks (track_id INT)");
  ExecuteOptions options;
  options.file = "silver/tracks.sql";
  const Result<StatementResult> result =
      session_->ExecuteScript("SELECT 1;\n\nSELECT\n  trak_id FROM tracks", options);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().ToString(), HasSubstr("silver/tracks.sql:4:3: "));
  EXPECT_THAT(result.error().ToString(), HasSubstr("track_id"));
}

TEST_F(SessionTest, WritesADatasetWithRulesInOneCommit) {
  WriteRequest request;
  request.target = {"sales"};
  request.mode = WriteMode::kCreate;
  request.query.text = "SELECT id, CASE WHEN id % 4 = 0 THEN NULL ELSE id END AS v FROM range(8)";
  request.expectations = {{"known", "v IS NOT NULL", ViolationAction::kDropRow, {}},
                          {"small", "v < 6", ViolationAction::kKeep, {}}};
  request.commit.txn = CommitExtras::Txn{"flow", 1, std::nullopt};
  request.commit.domains["lakesmith.flow"] = R"({"position":8})";
  Result<WriteMetrics> metrics = session_->Write(request);
  ASSERT_TRUE(metrics) << metrics.error().ToString();
  EXPECT_EQ(metrics->rows_read, 8);
  EXPECT_EQ(metrics->rows_written, 6);
  EXPECT_EQ(metrics->rows_dropped, 2);
  EXPECT_EQ(metrics->version, 0);
  ASSERT_EQ(metrics->expectations.size(), 2U);
  EXPECT_EQ(metrics->expectations[0].passed, 6);
  EXPECT_EQ(metrics->expectations[0].failed, 2);
  EXPECT_EQ(metrics->expectations[1].passed, 4);
  EXPECT_EQ(metrics->expectations[1].failed, 4);

  request.mode = WriteMode::kAppend;
  metrics = session_->Write(request);
  ASSERT_TRUE(metrics) << metrics.error().ToString();
  EXPECT_TRUE(metrics->skipped);
  request.commit.txn->version = 2;
  request.expectations[1].action = ViolationAction::kFail;
  metrics = session_->Write(request);
  ASSERT_FALSE(metrics);
  EXPECT_EQ(metrics.error().error_class(), "EXPECTATION_VIOLATION");
  EXPECT_THAT(Rows("SELECT count(*), sum(v) FROM sales"), ElementsAre("6|24"));
  const auto snapshot = session_->LoadSnapshot({"sales"});
  ASSERT_TRUE(snapshot);
}

TEST_F(SessionTest, AssignsFieldsOfStructsAndPadsChars) {
  Run("CREATE TABLE t (id INT, s STRUCT<a:INT, b:STRUCT<c:STRING, d:INT>>, code CHAR(3), short "
      "VARCHAR(2))");
  Run("INSERT INTO t VALUES (1, named_struct('a', 1, 'b', named_struct('c', 'x', 'd', 2)), 'ab', "
      "'q'), (2, NULL, NULL, NULL)");
  Run("UPDATE t SET s.b.c = 'y', s.a = 7 WHERE id = 1");
  EXPECT_THAT(Rows("SELECT s.a, s.b.c, s.b.d, length(code), short FROM t ORDER BY id"),
              ElementsAre("7|y|2|3|q", "NULL|NULL|NULL|NULL|NULL"));
  EXPECT_EQ(ErrorOf("INSERT INTO t (id, short) VALUES (3, 'abc')"), "EXCEEDS_LIMIT_LENGTH");
  EXPECT_EQ(ErrorOf("UPDATE t SET s.nope = 1"), "FIELD_NOT_FOUND");
}

TEST_F(SessionTest, DeletesWholePartitionsWithoutReadingThem) {
  Run("CREATE TABLE t (id BIGINT, day DATE) PARTITIONED BY (day)");
  Run("INSERT INTO t VALUES (1, DATE'2024-01-15'), (2, DATE'2024-01-16'), (3, DATE'2024-01-16')");
  Result<StatementResult> result = session_->Execute("DELETE FROM t WHERE day = '2024-01-16'");
  ASSERT_TRUE(result) << result.error().ToString();
  EXPECT_EQ(result->metrics.rows_affected, 2);
  EXPECT_EQ(result->metrics.operation["numAddedFiles"], "0");
  EXPECT_EQ(result->metrics.operation["numRemovedFiles"], "1");
  EXPECT_THAT(Rows("SELECT id FROM t"), ElementsAre("1"));
}

// Puts rows where the query says STREAM.
class OneBatch : public RelationResolver {
 public:
  explicit OneBatch(RelationReplacement batch) : batch_(std::move(batch)) {}
  Result<std::optional<RelationReplacement>> Resolve(const RelationRequest& request) override {
    if (!request.streaming) return std::optional<RelationReplacement>();
    return std::optional<RelationReplacement>(batch_);
  }

 private:
  RelationReplacement batch_;
};

TEST_F(SessionTest, AStreamReadsOnlyWhatWasAppended) {
  Run("CREATE TABLE bronze (id INT); INSERT INTO bronze VALUES (1); INSERT INTO bronze VALUES (2), "
      "(3)");
  OneBatch batch(DeltaAppendsRelation{{"bronze"}, 1, 2, false});
  ExecuteOptions options;
  options.resolver = &batch;
  Result<StatementResult> result =
      session_->Execute("SELECT id FROM STREAM bronze ORDER BY id", options);
  ASSERT_TRUE(result) << result.error().ToString();
  const auto rows = Collect(*result->rows);
  ASSERT_TRUE(rows);
  EXPECT_EQ(rows->size(), 2U);
}

TEST_F(SessionTest, AStreamReadsWhatWasAppendedAlsoAfterOptimize) {
  Run("CREATE TABLE bronze (id INT); INSERT INTO bronze VALUES (1); INSERT INTO bronze VALUES (2); "
      "OPTIMIZE bronze");
  OneBatch batch(DeltaAppendsRelation{{"bronze"}, 1, 3, false});
  ExecuteOptions options;
  options.resolver = &batch;
  Result<StatementResult> result = session_->Execute("SELECT id FROM STREAM bronze", options);
  ASSERT_TRUE(result) << result.error().ToString();
  const auto rows = Collect(*result->rows);
  ASSERT_TRUE(rows) << rows.error().ToString();
  ASSERT_EQ(rows->size(), 1U);
  EXPECT_EQ((*rows)[0][0].as<int64_t>(), 2);
  Run("DELETE FROM bronze WHERE id = 1");
  OneBatch change(DeltaAppendsRelation{{"bronze"}, 3, 4, false});
  options.resolver = &change;
  result = session_->Execute("SELECT id FROM STREAM bronze", options);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().error_class(), "DELTA_SOURCE_TABLE_IGNORE_CHANGES");
}

TEST_F(SessionTest, ManySessionsWriteOneTable) {
  Run("CREATE TABLE t (writer INT, n INT)");
  std::vector<std::thread> threads;
  std::atomic<int> failures = 0;
  for (int writer = 0; writer < 4; ++writer) {
    threads.emplace_back([&, writer] {
      const std::unique_ptr<Session> session = NewSession();
      for (int n = 0; n < 5; ++n) {
        if (!session->Execute(fmt::format("INSERT INTO t VALUES ({}, {})", writer, n))) ++failures;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_THAT(Rows("SELECT count(*), count(DISTINCT writer, n) FROM t"), ElementsAre("20|20"));
}

TEST_F(SessionTest, SetUpStatementsAreRecordedOrSayWhatTheyDoNot) {
  Run("CREATE CATALOG prod; USE CATALOG prod; CREATE SCHEMA gold; CREATE VOLUME gold.landing");
  Run("CREATE TABLE gold.t (a INT)");
  Result<StatementResult> grant = session_->Execute("GRANT SELECT ON TABLE gold.t TO `readers`");
  ASSERT_TRUE(grant) << grant.error().ToString();
  EXPECT_THAT(grant->notice, HasSubstr("not enforced"));
  EXPECT_THAT(Rows("SHOW GRANTS ON TABLE gold.t"), ElementsAre(HasSubstr("readers|SELECT")));
  Run("ALTER TABLE gold.t SET TAGS ('domain' = 'sales'); COMMENT ON TABLE gold.t IS 'numbers'");
  EXPECT_THAT(Rows("SHOW SCHEMAS"), ElementsAre("default", "gold"));
  EXPECT_THAT(Rows("SHOW CATALOGS"), ElementsAre("main", "prod"));
}

}  // namespace
}  // namespace lakesmith::engine
