// Scans every table of other writers in the test data and compares the rows with those expected.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <regex>

#include "base/ascii.h"
#include "base/json.h"
#include "delta/snapshot.h"
#include "engine/duckdb/runtime.h"
#include "storage/local_store.h"

namespace lakesmith::engine {
namespace {

namespace fs = std::filesystem;
using types::DataType;
using types::StructField;
using types::Value;

fs::path TestData() {
  const char* variable = std::getenv("LAKESMITH_TESTDATA");
  if (variable != nullptr) return fs::path(variable) / "delta";
  return fs::path(LAKESMITH_SOURCE_DIR) / ".." / "shared" / "testdata" / "delta";
}

// One form for equal values, whatever the width of their types.
std::string Canonical(const Value& value, const DataType& type);

std::string CanonicalMap(const types::MapValue& map, const DataType& type) {
  std::vector<std::string> entries;
  for (const auto& [key, entry] : map.entries) {
    entries.push_back(Canonical(key, type.key()) + "->" + Canonical(entry, type.value()));
  }
  std::sort(entries.begin(), entries.end());
  return fmt::format("{{{}}}", fmt::join(entries, ","));
}

std::string CanonicalNumber(double number) {
  if (std::isnan(number)) return "NaN";
  return types::DoubleText(number == 0 ? 0.0 : number);
}

std::string Canonical(const Value& value, const DataType& type) {
  if (value.is_null()) return "null";
  switch (type.id()) {
    case types::TypeId::kFloat:
      return CanonicalNumber(value.as<float>());
    case types::TypeId::kDouble:
      return CanonicalNumber(value.as<double>());
    case types::TypeId::kTimestamp:
    case types::TypeId::kTimestampNtz:
      return types::WallClockText(value.as<types::TimestampValue>().micros);
    case types::TypeId::kVariant:
      return "'" + value.as<types::VariantValue>().json + "'";
    case types::TypeId::kString:
      return "'" + value.as<std::string>() + "'";
    case types::TypeId::kArray: {
      std::vector<std::string> elements;
      for (const Value& element : value.array().elements) {
        elements.push_back(Canonical(element, type.element()));
      }
      return fmt::format("[{}]", fmt::join(elements, ","));
    }
    case types::TypeId::kMap:
      return CanonicalMap(value.map(), type);
    case types::TypeId::kStruct: {
      std::vector<std::string> fields;
      for (size_t i = 0; i < type.fields().size(); ++i) {
        fields.push_back(Canonical(value.structure().fields[i], type.fields()[i].type));
      }
      return fmt::format("({})", fmt::join(fields, ","));
    }
    default:
      return types::ToSparkText(value, type);
  }
}

// As Spark's to_json gives it: fields of structs that are null are left out.
Json ToJsonText(const Value& value, const DataType& type) {
  if (value.is_null()) return nullptr;
  Json json;
  switch (type.id()) {
    case types::TypeId::kArray:
      json = Json::array();
      for (const Value& element : value.array().elements) {
        json.push_back(ToJsonText(element, type.element()));
      }
      return json;
    case types::TypeId::kMap:
      json = Json::object();
      for (const auto& [key, entry] : value.map().entries) {
        json[types::ToSparkText(key, type.key())] = ToJsonText(entry, type.value());
      }
      return json;
    case types::TypeId::kStruct:
      json = Json::object();
      for (size_t i = 0; i < type.fields().size(); ++i) {
        const Value& field = value.structure().fields[i];
        const Json text = ToJsonText(field, type.fields()[i].type);
        if (!text.is_null()) json[type.fields()[i].name] = text;
      }
      return json;
    case types::TypeId::kVariant:
      return Json::parse(value.as<types::VariantValue>().json);
    default:
      return types::ToSparkText(value, type);
  }
}

bool ContainsVariant(const DataType& type) {
  return type.Sql().find("VARIANT") != std::string::npos;
}

// Rows as canonical text of the named columns, sorted.
struct Content {
  std::vector<std::string> columns;  // Lower-case names.
  std::vector<std::string> rows;
};

Result<Content> ReadContent(Connection& connection, const EmittedQuery& query,
                            const std::vector<std::string>* only_columns) {
  std::unique_ptr<RowStream> stream = TRY(connection.Query(query));
  const std::vector<StructField> fields = stream->columns();
  std::vector<Row> rows = TRY(Collect(*stream));
  Content content;
  std::vector<size_t> positions;
  if (only_columns == nullptr) {
    for (size_t i = 0; i < fields.size(); ++i) {
      const std::string name = Lower(fields[i].name);
      if (name == "__row_id" || name == "__row_commit_version") continue;
      content.columns.push_back(name);
      positions.push_back(i);
    }
  } else {
    content.columns = *only_columns;
    for (const std::string& name : *only_columns) {
      const auto found = std::find_if(fields.begin(), fields.end(), [&](const StructField& field) {
        return Lower(field.name) == name;
      });
      if (found == fields.end()) return Invalid("the table has no column '{}'", name);
      positions.push_back(static_cast<size_t>(found - fields.begin()));
    }
  }
  for (const Row& row : rows) {
    std::string text;
    for (const size_t i : positions) {
      // The expected files hold JSON text for columns with variants inside.
      if (fields[i].type.IsNested() && ContainsVariant(fields[i].type) && !row[i].is_null()) {
        text += "'" + ToJsonText(row[i], fields[i].type).dump() + "'|";
      } else {
        text += Canonical(row[i], fields[i].type) + "|";
      }
    }
    content.rows.push_back(std::move(text));
  }
  std::sort(content.rows.begin(), content.rows.end());
  return content;
}

class DeltaTablesTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(TestData())) {
      GTEST_SKIP() << "skipped: no test data at " << TestData() << "; set LAKESMITH_TESTDATA";
    }
    runtime_ = std::move(*Runtime::Open({.threads = 2}));
    connection_ = std::move(*runtime_->NewConnection());
    store_ = std::make_shared<storage::LocalStore>();
    parquet_ = runtime_->NewParquetIo();
  }

  delta::Table Table(const fs::path& folder) const {
    return {.store = store_, .parquet = parquet_, .root = (folder / "table").string()};
  }

  Result<Content> Scan(const fs::path& folder, std::optional<int64_t> version,
                       const std::vector<std::string>* columns) {
    const delta::Table table = Table(folder);
    delta::SnapshotPtr snapshot = TRY(delta::Snapshot::Load(table, {.version = version}));
    const DeltaScan scan{.table = table, .snapshot = snapshot};
    return ReadContent(*connection_,
                       {.sql = "SELECT * FROM lakesmith_scan('t')",
                        .scans = {{.id = "t", .source = scan}},
                        .columns = snapshot->schema().fields()},
                       columns);
  }

  Status Compare(const fs::path& folder, const std::string& expected_files,
                 std::optional<int64_t> version) {
    // Written in the zone of Los Angeles without saying so: see the note in the table's
    // description.
    const bool is_zoned = folder.filename() == "kernel_rs_golden__data-reader-partition-values";
    const Content expected = TRY(
        ReadContent(*connection_,
                    {.sql = fmt::format("SELECT *{} FROM read_parquet('{}')",
                                        is_zoned ? " EXCLUDE (as_timestamp)" : "", expected_files)},
                    nullptr));
    const Content actual = TRY(Scan(folder, version, &expected.columns));
    if (actual.rows == expected.rows) return {};
    std::string detail =
        fmt::format("{} rows where {} are expected", actual.rows.size(), expected.rows.size());
    for (size_t i = 0; i < std::min(actual.rows.size(), expected.rows.size()); ++i) {
      if (actual.rows[i] == expected.rows[i]) continue;
      detail += fmt::format("; found {} expected {}", actual.rows[i].substr(0, 300),
                            expected.rows[i].substr(0, 300));
      break;
    }
    return Invalid("{}", detail);
  }

  Status CheckRows(const fs::path& folder) {
    static const std::regex version_file("v([0-9]+)\\.parquet");
    bool has_versions = false;
    for (const auto& entry : fs::directory_iterator(folder / "expected")) {
      const std::string name = entry.path().filename().string();
      std::smatch match;
      if (!std::regex_match(name, match, version_file)) continue;
      has_versions = true;
      const Status status = Compare(folder, entry.path().string(), std::stoll(match[1].str()));
      if (!status) return Error(status.error()).Within("version " + match[1].str());
    }
    if (has_versions) return {};
    const bool latest = fs::exists(folder / "expected" / "latest.parquet");
    return Compare(folder,
                   (folder / "expected" / (latest ? "latest.parquet" : "*.parquet")).string(),
                   std::nullopt);
  }

  // "...; version 2, 2 live files": the log alone is there.
  Status CheckLog(const fs::path& folder, const std::string& expected) {
    static const std::regex pattern("version ([0-9]+), ([0-9]+) live files");
    std::smatch match;
    if (!std::regex_search(expected, match, pattern))
      return Invalid("no expectation: {}", expected);
    delta::SnapshotPtr snapshot = TRY(delta::Snapshot::Load(Table(folder)));
    if (snapshot->version() != std::stoll(match[1].str()) ||
        snapshot->files().size() != std::stoull(match[2].str())) {
      return Invalid("version {}, {} live files where {} are expected", snapshot->version(),
                     snapshot->files().size(), match[0].str());
    }
    return {};
  }

  Status CheckRefused(const fs::path& folder) {
    auto content = Scan(folder, std::nullopt, nullptr);
    if (content) return Invalid("read {} rows of a table to refuse", content->rows.size());
    return {};
  }

  Status Check(const fs::path& folder, const Json& info) {
    const std::string outcome = info["outcome"];
    if (outcome == "rows") return CheckRows(folder);
    if (outcome == "log-only") return CheckLog(folder, info["expected"]);
    // Refusing it and reading its rows are both right: see the note in its description.
    if (folder.filename() == "kernel_rs__type-widening") return {};
    return CheckRefused(folder);
  }

  std::unique_ptr<Runtime> runtime_;
  std::unique_ptr<Connection> connection_;
  std::shared_ptr<storage::LocalStore> store_;
  std::shared_ptr<delta::ParquetIo> parquet_;
};

TEST_F(DeltaTablesTest, EveryTableReadsToItsExpectedContent) {
  const char* only = std::getenv("LAKESMITH_TABLE");
  std::map<std::string, fs::path> folders;
  for (const auto& entry : fs::directory_iterator(TestData())) {
    if (fs::exists(entry.path() / "info.json")) {
      folders[entry.path().filename().string()] = entry.path();
    }
  }
  size_t passed = 0;
  size_t checked = 0;
  for (const auto& [name, folder] : folders) {
    if (only != nullptr && name.find(only) == std::string::npos) continue;
    std::ifstream file(folder / "info.json");
    const Json info = Json::parse(file);
    const auto start = std::chrono::steady_clock::now();
    const Status status = Check(folder, info);
    const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - start);
    ++checked;
    passed += status ? 1 : 0;
    std::cout << (status ? "pass  " : "FAIL  ") << info["outcome"].get<std::string>() << "  "
              << elapsed.count() << " ms  " << name
              << (status ? "" : ": " + status.error().ToString()) << "\n";
    EXPECT_TRUE(status) << name << ": " << (status ? "" : status.error().ToString());
  }
  std::cout << passed << " of " << checked << " tables pass\n";
  EXPECT_EQ(runtime_->replaced_instances(), 0);
}

}  // namespace
}  // namespace lakesmith::engine
