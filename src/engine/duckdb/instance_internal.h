#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/duckdb/duckdb_internal.h"
#include "engine/duckdb/runtime.h"

namespace lakesmith::engine {

// One in-memory instance of the engine with what was registered in it. Threads may share it.
class Instance {
 public:
  // Errors: kInvalid for options that the engine refuses.
  static Result<std::shared_ptr<Instance>> Open(const RuntimeOptions& options,
                                                const std::string& temporary_folder);

  ::duckdb::DuckDB& database() { return database_; }

  // Registers those native functions and the scan functions that are not there yet.
  // Errors: kUnsupported names a function that does not exist.
  Status EnsureFunctions(const std::vector<std::string>& native_functions);
  void EnsureScans();

  bool IsInvalidated();

 private:
  explicit Instance(::duckdb::DBConfig& config) : database_(nullptr, &config) {}

  ::duckdb::DuckDB database_;
  std::mutex mutex_;                  // Guards the two members below.
  std::set<std::string> registered_;  // Native functions.
  bool has_scans_ = false;
};

// What the connections of a Runtime share: the current instance and how to replace it.
class Runtime::Implementation {
 public:
  Implementation(RuntimeOptions options, std::string temporary_folder)
      : options_(std::move(options)), temporary_folder_(std::move(temporary_folder)) {}
  ~Implementation();

  const RuntimeOptions& options() const { return options_; }

  // The instance to use for the next statement: the current one, or a fresh one when that is
  // broken.
  Result<std::shared_ptr<Instance>> Current();
  int replaced() const;

 private:
  const RuntimeOptions options_;
  const std::string temporary_folder_;
  mutable std::mutex mutex_;  // Guards the members below.
  std::shared_ptr<Instance> instance_;
  int replaced_ = 0;
};

// See Runtime::NewParquetIo.
std::shared_ptr<delta::ParquetIo> MakeParquetIo(std::shared_ptr<Runtime::Implementation> runtime);

// Makes a connection of the runtime.
std::unique_ptr<Connection> MakeConnection(std::shared_ptr<Runtime::Implementation> runtime);

}  // namespace lakesmith::engine
