// Reads the same Parquet files through lakesmith_scan (a Delta table) and through the engine's own
// read_parquet, and prints milliseconds: median of the rounds. Usage: bench_engine_scan [rows]
// [files]
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

#include "delta/paths.h"
#include "delta/schema.h"
#include "delta/snapshot.h"
#include "delta/statistics.h"
#include "engine/duckdb/runtime.h"
#include "storage/local_store.h"

namespace {

using namespace lakesmith;
using Clock = std::chrono::steady_clock;
using types::DataType;

const std::vector<types::StructField> kColumns = {
    {.name = "id", .type = DataType::Long()},
    {.name = "amount", .type = DataType::Decimal(12, 2)},
    {.name = "city", .type = DataType::String()},
    {.name = "at", .type = DataType::Timestamp()}};

Result<delta::SnapshotPtr> MakeTable(engine::Connection& connection, const delta::Table& table,
                                     int64_t rows, int64_t files) {
  const DataType schema = DataType::Struct(kColumns);
  engine::WriteSpec spec{.root = table.root, .columns = kColumns};
  spec.statistics_columns = delta::StatisticsColumns(schema, {}, {});
  delta::Metadata metadata{.id = delta::NewUuid(), .schema_string = delta::SchemaText(schema)};
  std::string log =
      delta::ActionJson(delta::Protocol{}) + "\n" + delta::ActionJson(metadata) + "\n";
  const int64_t per_file = rows / files;
  for (int64_t i = 0; i < files; ++i) {
    std::vector<engine::WrittenFile> written = TRY(connection.WriteParquet(
        {.sql = fmt::format("SELECT range, (range % 10000) / 100.0, 'city' || (range % 1000), "
                            "make_timestamptz(range * 1000000) FROM range({}, {})",
                            i * per_file, (i + 1) * per_file)},
        spec));
    for (const engine::WrittenFile& file : written) {
      delta::AddFile add{.path = delta::EncodePath(file.path), .size_bytes = file.size_bytes};
      add.stats = delta::StatisticsJson(file.row_count, spec.statistics_columns, file.statistics);
      log += delta::ActionJson(add) + "\n";
    }
  }
  std::filesystem::create_directories(table.root + "/_delta_log");
  std::ofstream(table.root + "/_delta_log/00000000000000000000.json") << log;
  return delta::Snapshot::Load(table);
}

double Measure(engine::Connection& connection, const engine::EmittedQuery& query) {
  std::vector<double> times;
  for (int round = 0; round < 7; ++round) {
    const auto start = Clock::now();
    auto stream = connection.Query(query);
    if (!stream || !engine::Collect(**stream)) return -1;
    times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

Status Run(int64_t rows, int64_t files) {
  std::unique_ptr<engine::Runtime> runtime = TRY(engine::Runtime::Open());
  std::unique_ptr<engine::Connection> connection = TRY(runtime->NewConnection());
  const auto folder =
      std::filesystem::temp_directory_path() / fmt::format("lakesmith-bench-{}", ::getpid());
  const delta::Table table{.store = std::make_shared<storage::LocalStore>(),
                           .parquet = runtime->NewParquetIo(),
                           .root = folder.string()};
  delta::SnapshotPtr snapshot = TRY(MakeTable(*connection, table, rows, files));
  const engine::ScanBinding binding{
      .id = "t", .source = engine::DeltaScan{.table = table, .snapshot = snapshot}};
  const std::string plain = fmt::format("read_parquet('{}/*.parquet')", table.root);
  fmt::print("{:44} {:>12} {:>14}\n", "query", "delta scan", "read_parquet");
  for (const char* query :
       {"SELECT count(*) FROM {}", "SELECT sum(amount) FROM {}",
        "SELECT city, count(*), max(at) FROM {} GROUP BY city", "SELECT * FROM {} WHERE id = 77",
        "SELECT sum(amount) FROM {} WHERE city = 'city7'"}) {
    const double ours = Measure(
        *connection,
        {.sql = fmt::format(fmt::runtime(query), "lakesmith_scan('t')"), .scans = {binding}});
    const double theirs = Measure(*connection, {.sql = fmt::format(fmt::runtime(query), plain)});
    fmt::print("{:44.44} {:9.1f} ms {:11.1f} ms\n", query, ours, theirs);
  }
  std::filesystem::remove_all(folder);
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  const int64_t rows = argc > 1 ? std::atoll(argv[1]) : 10000000;
  const int64_t files = argc > 2 ? std::atoll(argv[2]) : 20;
  const Status status = Run(rows, files);
  if (!status) std::fprintf(stderr, "%s\n", status.error().ToString().c_str());
  return status ? 0 : 1;
}
