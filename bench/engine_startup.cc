// Time from opening the embedded engine to the first result, beside the bare library. Prints one
// line per kind: median and least of the rounds, in milliseconds. Each round runs in its own
// process, so nothing is warm but the file cache.
#include <duckdb.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <vector>

#include "engine/duckdb/runtime.h"

namespace {

using Clock = std::chrono::steady_clock;

bool RunBare() {
  duckdb_database database = nullptr;
  duckdb_connection connection = nullptr;
  duckdb_result result;
  const bool ok = duckdb_open(nullptr, &database) == DuckDBSuccess &&
                  duckdb_connect(database, &connection) == DuckDBSuccess &&
                  duckdb_query(connection, "SELECT 1", &result) == DuckDBSuccess;
  if (ok) duckdb_destroy_result(&result);
  return ok;
}

bool RunOurs() {
  auto runtime = lakesmith::engine::Runtime::Open();
  if (!runtime) return false;
  auto connection = (*runtime)->NewConnection();
  if (!connection) return false;
  auto stream = (*connection)->Query({.sql = "SELECT 1"});
  if (!stream) return false;
  auto rows = lakesmith::engine::Collect(**stream);
  const bool ok = rows && rows->size() == 1;
  // What is open is left to the end of the process.
  stream->release();
  connection->release();
  runtime->release();
  return ok;
}

// Milliseconds of one run in a child process; negative when it failed.
double Measure(const std::function<bool()>& run) {
  int ends[2];
  if (::pipe(ends) != 0) return -1;
  const pid_t child = ::fork();
  if (child == 0) {
    const auto start = Clock::now();
    const bool ok = run();
    double elapsed = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
    if (!ok) elapsed = -1;
    const bool written = ::write(ends[1], &elapsed, sizeof elapsed) == sizeof elapsed;
    ::_exit(written ? 0 : 1);
  }
  double elapsed = -1;
  if (::read(ends[0], &elapsed, sizeof elapsed) != sizeof elapsed) elapsed = -1;
  ::waitpid(child, nullptr, 0);
  ::close(ends[0]);
  ::close(ends[1]);
  return elapsed;
}

void Report(const char* name, std::vector<double> times) {
  std::sort(times.begin(), times.end());
  std::printf("%-14s median %6.2f ms   least %6.2f ms\n", name, times[times.size() / 2], times[0]);
}

}  // namespace

int main() {
  constexpr int kRounds = 21;
  std::vector<double> bare;
  std::vector<double> ours;
  for (int i = 0; i < kRounds; ++i) {
    bare.push_back(Measure(RunBare));
    ours.push_back(Measure(RunOurs));
  }
  Report("bare library", bare);
  Report("runtime", ours);
  return 0;
}
