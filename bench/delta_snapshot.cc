// Times of loading a table's state: 100,000 files from a checkpoint, 10,000 commits after one, one
// more commit. Limits: 1 s, 2 s and 0.1 s in a release build.
#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>

#include "delta/checkpoint.h"
#include "delta/data_skipping.h"
#include "delta/schema.h"
#include "delta/snapshot.h"
#include "delta/transaction.h"
#include "engine/duckdb/runtime.h"
#include "storage/local_store.h"

namespace {

using namespace lakesmith;
using Clock = std::chrono::steady_clock;

constexpr int kFiles = 100'000;
constexpr int kCommits = 10'000;

template <typename T>
T Unwrap(Result<T> result) {
  if (result) return *std::move(result);
  fmt::print(stderr, "{}\n", result.error().ToString());
  std::exit(1);
}

long PeakMegabytes() {
  rusage usage;
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

template <typename Work>
void Report(const char* name, double limit_seconds, const Work& work) {
  const auto start = Clock::now();
  work();
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  fmt::print("{:<36} {:>8.3f} s  limit {:>5.2f} s  peak {:>5} MB  {}\n", name, seconds,
             limit_seconds, PeakMegabytes(), seconds <= limit_seconds ? "ok" : "TOO SLOW");
}

delta::AddFile FileNumber(int number) {
  return {.path = fmt::format(
              "day=2024-01-{:02}/part-{:05}-5c0f2f6e-9a3e-4a33-8f0a-{:012}.snappy.parquet",
              number % 28 + 1, number, number),
          .partition_values = {{"day", fmt::format("2024-01-{:02}", number % 28 + 1)}},
          .size_bytes = 1'000'000 + number,
          .modified_ms = 1'700'000'000'000,
          .stats = fmt::format(
              R"({{"numRecords":1000,"minValues":{{"id":{0},"name":"customer {0}","amount":0.5}},)"
              R"("maxValues":{{"id":{1},"name":"customer {1}","amount":99.5}},)"
              R"("nullCount":{{"id":0,"name":3,"amount":0}}}})",
              number * 1000, number * 1000 + 999)};
}

void MakeTable(const delta::Table& table) {
  const types::DataType schema = types::DataType::Struct({{"id", types::DataType::Long()},
                                                          {"name", types::DataType::String()},
                                                          {"amount", types::DataType::Double()},
                                                          {"day", types::DataType::Date()}});
  delta::Transaction transaction(table, nullptr);
  transaction.SetMetadata({.id = "bench",
                           .schema_string = delta::SchemaText(schema),
                           .partition_columns = {"day"},
                           .configuration = {{"delta.checkpointInterval", "1000000"}}});
  for (int i = 0; i < kFiles; ++i) transaction.Add(FileNumber(i));
  Unwrap(transaction.Commit({.name = "WRITE"}));
}

// Commits as files, without syncing each: only reading them is measured.
void MakeCommits(const delta::Table& table) {
  for (int i = 1; i <= kCommits; ++i) {
    const std::string path = fmt::format("{}/{:020}.json", table.LogFolder(), i);
    std::FILE* file = std::fopen(path.c_str(), "w");
    delta::CommitInfo info;
    info.json = {{"timestamp", 1}, {"operation", "WRITE"}, {"txnId", "x"}};
    fmt::print(file, "{}\n{}\n", delta::ActionJson(info),
               delta::ActionJson(FileNumber(kFiles + i)));
    std::fclose(file);
  }
}

}  // namespace

int main() {
  std::string pattern = (std::filesystem::temp_directory_path() / "bench_delta_XXXXXX").string();
  const std::string folder = ::mkdtemp(pattern.data());
  const auto runtime = Unwrap(engine::Runtime::Open({}));
  const delta::Table table{.store = std::make_shared<storage::LocalStore>(),
                           .parquet = runtime->NewParquetIo(),
                           .root = folder + "/t"};
  Report("commit of 100,000 files", 3, [&] { MakeTable(table); });
  Report("checkpoint of 100,000 files", 3, [&] { Unwrap(delta::WriteCheckpoint(table)); });
  delta::SnapshotPtr snapshot;
  Report("snapshot of 100,000 files", 1, [&] { snapshot = Unwrap(delta::Snapshot::Load(table)); });
  Report("skip among 100,000 files", 0.5, [&] {
    const delta::FileSkipper skipper(
        *snapshot, delta::Predicate::Compare({"id"}, delta::CompareOp::kEqual, int64_t{5'000'500}));
    int matches = 0;
    for (const delta::AddFilePtr& file : snapshot->files())
      matches += skipper.CanMatch(*file) ? 1 : 0;
    if (matches != 1) std::exit(1);
  });
  MakeCommits(table);
  Report("snapshot with 10,000 commits", 2,
         [&] { snapshot = Unwrap(delta::Snapshot::Load(table)); });
  delta::Transaction transaction(table, snapshot);
  transaction.Add(FileNumber(kFiles + kCommits + 1));
  Report("one append", 0.1, [&] { Unwrap(transaction.Commit({.name = "WRITE"})); });
  Report("refresh after one commit", 0.1,
         [&] { snapshot = Unwrap(delta::Snapshot::Refresh(table, snapshot)); });
  std::filesystem::remove_all(folder);
}
