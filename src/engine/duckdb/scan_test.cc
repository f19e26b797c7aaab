// What a scan does beyond reading all rows: skipping files, positions of rows, plans. Tables are
// made by our writer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "delta/partition_values.h"
#include "delta/paths.h"
#include "delta/schema.h"
#include "delta/snapshot.h"
#include "delta/statistics.h"
#include "engine/duckdb/runtime.h"
#include "storage/local_store.h"

namespace lakesmith::engine {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using types::DataType;
using types::StructField;
using types::Value;

class ScanTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::temp_directory_path() / fmt::format("lakesmith-scan-test-{}", ::getpid());
    fs::create_directories(root_ / "_delta_log");
    runtime_ = std::move(*Runtime::Open({.threads = 2}));
    connection_ = std::move(*runtime_->NewConnection());
    table_ = {.store = std::make_shared<storage::LocalStore>(),
              .parquet = runtime_->NewParquetIo(),
              .root = root_.string()};
  }
  void TearDown() override { fs::remove_all(root_); }

  // Makes version 0 of a table: one file (or more, with partitions) per query.
  void MakeTable(const std::vector<StructField>& columns, const std::vector<std::string>& queries,
                 const std::vector<std::string>& partition_columns = {}) {
    const DataType schema = DataType::Struct(columns);
    delta::Metadata metadata{.id = delta::NewUuid(), .schema_string = delta::SchemaText(schema)};
    metadata.partition_columns = partition_columns;
    WriteSpec spec{
        .root = root_.string(), .columns = columns, .partition_columns = partition_columns};
    spec.statistics_columns = delta::StatisticsColumns(schema, partition_columns, {});
    std::string log =
        delta::ActionJson(delta::Protocol{}) + "\n" + delta::ActionJson(metadata) + "\n";
    for (const std::string& query : queries) {
      auto files = connection_->WriteParquet({.sql = query}, spec);
      ASSERT_TRUE(files) << files.error().ToString();
      for (const WrittenFile& file : *files) log += AddLine(file, spec) + "\n";
    }
    std::ofstream(root_ / "_delta_log" / "00000000000000000000.json") << log;
    auto snapshot = delta::Snapshot::Load(table_);
    ASSERT_TRUE(snapshot) << snapshot.error().ToString();
    snapshot_ = *snapshot;
  }

  static std::string AddLine(const WrittenFile& file, const WriteSpec& spec) {
    delta::AddFile add{.path = delta::EncodePath(file.path), .size_bytes = file.size_bytes};
    add.stats = delta::StatisticsJson(file.row_count, spec.statistics_columns, file.statistics);
    for (size_t i = 0; i < file.partition_values.size(); ++i) {
      const auto& [name, value] = file.partition_values[i];
      for (const StructField& column : spec.columns) {
        if (column.name != name) continue;
        add.partition_values.push_back(
            {.name = name, .value = *delta::PartitionValueText(value, column.type)});
      }
    }
    return delta::ActionJson(add);
  }

  EmittedQuery Query(const std::string& sql) const {
    return {.sql = sql,
            .scans = {{.id = "t", .source = DeltaScan{.table = table_, .snapshot = snapshot_}}}};
  }

  std::vector<Row> Rows(const EmittedQuery& query) {
    auto stream = connection_->Query(query);
    EXPECT_TRUE(stream) << stream.error().ToString();
    if (!stream) return {};
    auto rows = Collect(**stream);
    EXPECT_TRUE(rows) << rows.error().ToString();
    return rows ? *rows : std::vector<Row>{};
  }

  // Text of the first column of all rows.
  std::vector<std::string> Texts(const std::string& sql) {
    std::vector<std::string> texts;
    for (const Row& row : Rows(Query("SELECT (x)::VARCHAR FROM (" + sql + ") AS q(x)"))) {
      texts.push_back(row[0].is_null() ? "NULL" : row[0].as<std::string>());
    }
    return texts;
  }

  std::string Plan(const std::string& sql, bool analyze = false) {
    auto text = connection_->Explain(Query(sql), analyze);
    EXPECT_TRUE(text) << text.error().ToString();
    return text ? *text : "";
  }

  // The numbers that the plan shows for its (last) scan: "read/skipped".
  std::string FilesOf(const std::string& plan) {
    const auto number = [&](const std::string& name) {
      const size_t start = plan.rfind(name);
      if (start == std::string::npos) return std::string("?");
      const size_t digit = plan.find_first_of("0123456789", start);
      return plan.substr(digit, plan.find_first_not_of("0123456789", digit) - digit);
    };
    return number("Files read") + "/" + number("Files skipped");
  }

  // Ten files of 100 consecutive numbers each with some dependent columns.
  void MakeNumbers() {
    std::vector<std::string> queries;
    for (int i = 0; i < 10; ++i) {
      queries.push_back(fmt::format(
          "SELECT range AS id, 'k' || lpad(range::VARCHAR, 4, '0') AS s, range / 2.0 AS d, "
          "TIMESTAMPTZ '2024-01-01 00:00:00+00' + to_days(range::INT) AS ts, {{'inner': range}} AS "
          "st, "
          "CASE WHEN range < 500 THEN NULL ELSE range END AS n FROM range({}, {})",
          i * 100, i * 100 + 100));
    }
    MakeTable(
        {{.name = "id", .type = DataType::Long()},
         {.name = "s", .type = DataType::String()},
         {.name = "d", .type = DataType::Double()},
         {.name = "ts", .type = DataType::Timestamp()},
         {.name = "st", .type = DataType::Struct({{.name = "inner", .type = DataType::Long()}})},
         {.name = "n", .type = DataType::Long()}},
        queries);
  }

  fs::path root_;
  std::unique_ptr<Runtime> runtime_;
  std::unique_ptr<Connection> connection_;
  delta::Table table_;
  delta::SnapshotPtr snapshot_;
};

TEST_F(ScanTest, SkipsFilesByStatistics) {
  MakeNumbers();
  struct Case {
    std::string condition;
    std::string files;
    std::string count;
  };
  for (const Case& c : std::vector<Case>{
           {"id = 250", "1/9", "1"},
           {"id >= 850", "2/8", "150"},
           {"id < 100 OR id = 999", "2/8", "101"},
           {"id IN (5, 105, 205, 2000)", "3/7", "3"},
           {"id BETWEEN 190 AND 210", "2/8", "21"},
           {"s = 'k0777'", "1/9", "1"},
           {"s LIKE 'k03%'", "1/9", "100"},
           {"d < 10", "1/9", "20"},
           {"ts >= TIMESTAMPTZ '2026-01-01 00:00:00+00'", "3/7", "269"},
           {"st.inner = 42", "1/9", "1"},
           {"n IS NOT NULL", "5/5", "500"},
           {"n IS NULL", "5/5", "500"},
           {"NOT (id > 99)", "1/9", "100"},
           {"id > 5000", "0/10", "0"},
           {"id % 2 = 0", "10/0", "500"},
       }) {
    const std::string sql = "SELECT count(*) FROM lakesmith_scan('t') WHERE " + c.condition;
    EXPECT_EQ(Texts(sql)[0], c.count) << c.condition;
    const std::string plan = Plan("SELECT id FROM lakesmith_scan('t') WHERE " + c.condition, true);
    // A scan of which nothing is left may not be in the plan at all.
    if (c.files != "0/10" || plan.find("Files read") != std::string::npos) {
      EXPECT_EQ(FilesOf(plan), c.files) << c.condition << "\n" << plan;
    }
  }
}

TEST_F(ScanTest, SkipsFilesByTheOtherSideOfAJoin) {
  MakeNumbers();
  const std::string sql =
      "SELECT t.id FROM lakesmith_scan('t') t JOIN (SELECT unnest([501, 507]) AS id) k ON t.id = "
      "k.id";
  EXPECT_THAT(Texts(sql), testing::UnorderedElementsAre("501", "507"));
  EXPECT_EQ(FilesOf(Plan(sql, true)), "1/9");
}

TEST_F(ScanTest, SkipsFilesByPartitionValues) {
  std::vector<std::string> queries = {
      "SELECT range AS id, 'p' || (range % 5) AS p, DATE '2024-01-01' + (range % 3)::INT AS d FROM "
      "range(60)",
      "SELECT 60, NULL, NULL"};
  MakeTable({{.name = "id", .type = DataType::Long()},
             {.name = "p", .type = DataType::String()},
             {.name = "d", .type = DataType::Date()}},
            queries, {"p", "d"});
  ASSERT_EQ(snapshot_->files().size(), 16);
  const auto files = [&](const std::string& condition) {
    return FilesOf(Plan("SELECT id FROM lakesmith_scan('t') WHERE " + condition, true));
  };
  EXPECT_EQ(files("p = 'p3'"), "3/13");
  EXPECT_EQ(files("p = 'p3' AND d = DATE '2024-01-02'"), "1/15");
  EXPECT_EQ(files("p IS NULL"), "1/15");
  EXPECT_EQ(files("d >= DATE '2024-01-03'"), "5/11");
  EXPECT_THAT(Texts("SELECT count(*) FROM lakesmith_scan('t') WHERE p = 'p3'"), ElementsAre("12"));
  EXPECT_THAT(Texts("SELECT p || ' ' || d FROM lakesmith_scan('t') WHERE id = 7"),
              ElementsAre("p2 2024-01-02"));
  EXPECT_THAT(Texts("SELECT max(id) FROM lakesmith_scan('t') GROUP BY p ORDER BY 1"),
              ElementsAre("55", "56", "57", "58", "59", "60"));
}

TEST_F(ScanTest, CountsFromTheLog) {
  MakeNumbers();
  for (const auto& file : snapshot_->files()) fs::remove(root_ / file->path);
  EXPECT_THAT(Texts("SELECT count(*) FROM lakesmith_scan('t')"), ElementsAre("1000"));
}

TEST_F(ScanTest, TellsThePositionOfARow) {
  MakeNumbers();
  const auto rows = Rows(Query(
      "SELECT __file_path, __file_index, __row_index FROM lakesmith_scan('t') WHERE id = 342"));
  ASSERT_EQ(rows.size(), 1);
  EXPECT_EQ(rows[0][2].as<int64_t>(), 42);
  const auto index = static_cast<size_t>(rows[0][1].as<int64_t>());
  EXPECT_EQ(rows[0][0].as<std::string>(), snapshot_->files()[index]->path);
  EXPECT_EQ(Rows(Query("SELECT * FROM lakesmith_scan('t') LIMIT 1"))[0].size(), 6);
  EXPECT_THAT(Texts("SELECT count(DISTINCT (__file_index, __row_index)) FROM lakesmith_scan('t')"),
              ElementsAre("1000"));
}

TEST_F(ScanTest, RenamedColumnsStillSkipFilesAndTellPositions) {
  MakeNumbers();
  const std::string sql =
      "SELECT c0, __row_index FROM lakesmith_scan('t') AS q(c0, c1, c2, c3, c4, c5) WHERE c0 = 342";
  EXPECT_THAT(Rows(Query(sql)), ElementsAre(ElementsAre(Value(int64_t{342}), Value(int64_t{42}))));
  EXPECT_EQ(FilesOf(Plan(sql, true)), "1/9");
}

TEST_F(ScanTest, ReadsOnlyTheFilesAskedFor) {
  MakeNumbers();
  DeltaScan scan{.table = table_, .snapshot = snapshot_};
  scan.only_files = {snapshot_->files()[1]->path, snapshot_->files()[4]->path};
  const auto rows =
      Rows({.sql = "SELECT count(*), count(DISTINCT __file_index), min(__file_index) FROM "
                   "lakesmith_scan('t')",
            .scans = {{.id = "t", .source = scan}}});
  EXPECT_THAT(rows,
              ElementsAre(ElementsAre(Value(int64_t{200}), Value(int64_t{2}), Value(int64_t{1}))));
}

TEST_F(ScanTest, FindsTheTopRowsLate) {
  MakeNumbers();
  EXPECT_THAT(Texts("SELECT s || st.inner FROM lakesmith_scan('t') ORDER BY d DESC LIMIT 2"),
              ElementsAre("k0999999", "k0998998"));
}

TEST_F(ScanTest, JoinsATableWithItself) {
  MakeNumbers();
  EXPECT_THAT(
      Texts("SELECT count(*) FROM lakesmith_scan('t') a JOIN lakesmith_scan('t') b ON a.id = b.n"),
      ElementsAre("500"));
}

TEST_F(ScanTest, AnEmptyTableHasColumnsAndNoRows) {
  MakeTable({{.name = "id", .type = DataType::Long()}}, {});
  EXPECT_TRUE(Rows(Query("SELECT * FROM lakesmith_scan('t')")).empty());
  EXPECT_THAT(Texts("SELECT count(*) + coalesce(sum(id), 0) FROM lakesmith_scan('t')"),
              ElementsAre("0"));
}

TEST_F(ScanTest, AMissingFileIsNamed) {
  MakeNumbers();
  fs::remove(root_ / snapshot_->files()[0]->path);
  auto stream = connection_->Query(Query("SELECT sum(id) FROM lakesmith_scan('t')"));
  ASSERT_FALSE(stream);
  EXPECT_EQ(stream.error().code(), ErrorCode::kNotFound);
  EXPECT_THAT(stream.error().message(), HasSubstr(snapshot_->files()[0]->path));
}

// Stored types that differ from the table's: what type widening and other writers leave behind.
class FileScanTest : public ScanTest {
 protected:
  // Writes one file in the engine's own types and scans it with `columns`.
  std::vector<std::string> Read(const std::string& select, const std::vector<StructField>& columns,
                                const std::string& query, const std::string& options = "") {
    const std::string path = (root_ / "plain.parquet").string();
    const Status made = connection_->Execute(
        fmt::format("COPY ({}) TO '{}' (FORMAT parquet{})", select, path, options));
    EXPECT_TRUE(made) << made.error().ToString();
    const FileScan scan{.files = {path}, .columns = columns};
    std::vector<std::string> texts;
    for (const Row& row : Rows({.sql = "SELECT (x)::VARCHAR FROM (" + query + ") AS q(x)",
                                .scans = {{.id = "f", .source = scan}}})) {
      texts.push_back(row[0].is_null() ? "NULL" : row[0].as<std::string>());
    }
    return texts;
  }
};

TEST_F(FileScanTest, WidensStoredTypesAlsoUnderFilters) {
  EXPECT_THAT(Read("SELECT 0.1::FLOAT AS x UNION ALL SELECT 0.5::FLOAT",
                   {{.name = "x", .type = DataType::Double()}},
                   "SELECT count(*) FROM lakesmith_scan('f') WHERE x = 0.1::DOUBLE"),
              ElementsAre("0"));
  EXPECT_THAT(Read("SELECT 0.1::FLOAT AS x", {{.name = "x", .type = DataType::Double()}},
                   "SELECT count(*) FROM lakesmith_scan('f') WHERE x > 0.1::DOUBLE"),
              ElementsAre("1"));
  EXPECT_THAT(Read("SELECT unnest([1, 2, 3]) AS x", {{.name = "x", .type = DataType::Long()}},
                   "SELECT sum(x) FROM lakesmith_scan('f') WHERE x < 5000000000"),
              ElementsAre("6"));
  EXPECT_THAT(
      Read("SELECT unnest([1, 2, 3]) AS x", {{.name = "x", .type = DataType::Decimal(12, 2)}},
           "SELECT sum(x) FROM lakesmith_scan('f') WHERE x > 1.5"),
      ElementsAre("5.00"));
  EXPECT_THAT(
      Read("SELECT DATE '2024-01-01' AS x", {{.name = "x", .type = DataType::TimestampNtz()}},
           "SELECT x FROM lakesmith_scan('f') WHERE x < TIMESTAMP '2024-01-01 00:00:01'"),
      ElementsAre("2024-01-01 00:00:00"));
}

// Variants are held as JSON, which has no dates: reading one as text is fine, writing it is not.
TEST_F(FileScanTest, VariantsWithOtherTypesThanJsonAreReadAndNotRewritten) {
  const std::vector<StructField> columns = {{.name = "x", .type = DataType::Variant()}};
  const std::vector<std::pair<std::string, std::string>> values = {
      {"DATE '2024-01-31'", "date"},
      {"TIMESTAMPTZ '2024-01-31 10:00:00+00'", "timestamp"},
      {"TIMESTAMP '2024-01-31 10:00:00'", "timestamp_ntz"},
      {"'ab'::BLOB", "binary"}};
  for (const auto& [value, type] : values) {
    EXPECT_THAT(Read(fmt::format("SELECT {{'n': 1, 'a': [{}]}}::VARIANT AS x", value), columns,
                     "SELECT json_extract_string(x, '$.n') FROM lakesmith_scan('f')"),
                ElementsAre("1"));
    const EmittedQuery copy{
        .sql = "SELECT x FROM lakesmith_scan('f')",
        .scans = {{.id = "f",
                   .source = FileScan{.files = {(root_ / "plain.parquet").string()},
                                      .columns = columns}}}};
    const auto files =
        connection_->WriteParquet(copy, {.root = (root_ / "copy").string(), .columns = columns});
    ASSERT_FALSE(files) << type;
    EXPECT_EQ(files.error().code(), ErrorCode::kUnsupported);
    EXPECT_THAT(files.error().message(), HasSubstr(fmt::format("holds a {} ", type)));
  }
  EXPECT_THAT(Read("SELECT '{\"a\":[1,\"x\",null,true,1.5]}'::JSON::VARIANT AS x", columns,
                   "SELECT x FROM lakesmith_scan('f')"),
              ElementsAre(R"({"a":[1,"x",null,true,1.5]})"));
}

TEST_F(FileScanTest, UnmarkedTimestampsAreInstantsInEveryZone) {
  ASSERT_TRUE(connection_->SetTimeZone("America/Los_Angeles"));
  const std::vector<StructField> instant = {{.name = "x", .type = DataType::Timestamp()}};
  EXPECT_THAT(Read("SELECT TIMESTAMP '2024-01-01 12:00:00' AS x", instant,
                   "SELECT epoch_us(x) FROM lakesmith_scan('f') WHERE x = TIMESTAMPTZ '2024-01-01 "
                   "12:00:00+00'"),
              ElementsAre("1704110400000000"));
  EXPECT_THAT(Read("SELECT [TIMESTAMP '2024-01-01 12:00:00'] AS x",
                   {{.name = "x", .type = DataType::Array(DataType::Timestamp())}},
                   "SELECT epoch_us(x[1]) FROM lakesmith_scan('f')"),
              ElementsAre("1704110400000000"));
  EXPECT_THAT(Read("SELECT TIMESTAMP_NS '2024-01-01 12:00:00.123456789' AS x", instant,
                   "SELECT epoch_us(x) FROM lakesmith_scan('f')"),
              ElementsAre("1704110400123456"));
  EXPECT_THAT(Read("SELECT TIMESTAMP_MS '2024-01-01 12:00:00.123' AS x", instant,
                   "SELECT epoch_us(x) FROM lakesmith_scan('f')"),
              ElementsAre("1704110400123000"));
  EXPECT_THAT(
      Read("SELECT TIMESTAMPTZ '2024-01-01 12:00:00+00' AS x",
           {{.name = "x", .type = DataType::TimestampNtz()}}, "SELECT x FROM lakesmith_scan('f')"),
      ElementsAre("2024-01-01 12:00:00"));
}

TEST_F(FileScanTest, NestedFieldsComeByNameAndMissingOnesAreNull) {
  const DataType type = DataType::Struct(
      {{.name = "b", .type = DataType::Long()},
       {.name = "new", .type = DataType::String()},
       {.name = "l",
        .type = DataType::Array(DataType::Struct(
            {{.name = "y", .type = DataType::Int()}, {.name = "x", .type = DataType::Int()}}))}});
  const std::string file =
      "SELECT * FROM (VALUES ({'a': 1, 'b': 2, 'l': [{'x': 1, 'y': 2}, NULL]}), (NULL), "
      "({'a': 3, 'b': NULL, 'l': NULL})) t(s)";
  EXPECT_THAT(Read(file, {{.name = "s", .type = type}}, "SELECT s FROM lakesmith_scan('f')"),
              ElementsAre("{'b': 2, 'new': NULL, 'l': [{'y': 2, 'x': 1}, NULL]}", "NULL",
                          "{'b': NULL, 'new': NULL, 'l': NULL}"));
  EXPECT_THAT(Read(file, {{.name = "s", .type = type}},
                   "SELECT s.l FROM lakesmith_scan('f') WHERE s.b = 2"),
              ElementsAre("[{'y': 2, 'x': 1}, NULL]"));
  EXPECT_THAT(Read(file, {{.name = "s", .type = type}},
                   "SELECT count(*) FROM lakesmith_scan('f') WHERE s.new IS NULL"),
              ElementsAre("3"));
  EXPECT_THAT(
      Read(file, {{.name = "s", .type = type}, {.name = "absent", .type = DataType::Int()}},
           "SELECT count(*) FROM lakesmith_scan('f') WHERE absent IS NULL AND s IS NOT NULL"),
      ElementsAre("2"));
}

TEST_F(FileScanTest, ReadsMapsOfStructs) {
  const DataType type =
      DataType::Map(DataType::String(), DataType::Struct({{.name = "q", .type = DataType::Long()},
                                                          {.name = "r", .type = DataType::Int()}}));
  EXPECT_THAT(Read("SELECT MAP {'k': {'r': 1}} AS m UNION ALL SELECT NULL",
                   {{.name = "m", .type = type}}, "SELECT m FROM lakesmith_scan('f')"),
              ElementsAre("{k={'q': NULL, 'r': 1}}", "NULL"));
}

TEST_F(FileScanTest, ReadsTextFilesWithADeclaredSchema) {
  std::ofstream(root_ / "a.csv") << "id;name\n1;Åse\n2;\n";
  std::ofstream(root_ / "a.json") << "{\"name\":\"x\",\"id\":3}\n{\"id\":4,\"other\":1}\n";
  const std::vector<StructField> columns = {{.name = "id", .type = DataType::Int()},
                                            {.name = "name", .type = DataType::String()}};
  const FileScan csv{.format = FileFormat::kCsv,
                     .files = {(root_ / "a.csv").string()},
                     .columns = columns,
                     .options = {{"delim", ";"}, {"header", "true"}}};
  const FileScan json{
      .format = FileFormat::kJson, .files = {(root_ / "a.json").string()}, .columns = columns};
  const auto rows =
      Rows({.sql = "SELECT * FROM lakesmith_scan('c') UNION ALL SELECT * FROM lakesmith_scan('j') "
                   "ORDER BY id",
            .scans = {{.id = "c", .source = csv}, {.id = "j", .source = json}}});
  ASSERT_EQ(rows.size(), 4);
  EXPECT_EQ(rows[0][1].as<std::string>(), "Åse");
  EXPECT_EQ(rows[2][1].as<std::string>(), "x");
  EXPECT_TRUE(rows[3][1].is_null());
}

}  // namespace
}  // namespace lakesmith::engine
