#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/duckdb/emitted_query.h"
#include "engine/row_stream.h"
#include "engine/write_spec.h"

namespace lakesmith::delta {
class ParquetIo;
}  // namespace lakesmith::delta

namespace lakesmith::engine {

struct RuntimeOptions {
  // 0 leaves the engine's default (80 % of the machine's memory).
  int64_t memory_limit_bytes = 0;
  // 0 is one per core.
  int threads = 0;
  // Where operators spill beyond the memory limit; "" is a folder of this process in the system's
  // temporary folder, made on first use and removed at the end.
  std::string temporary_folder;
  // IANA name or offset, e.g. "Europe/Oslo", "+02:00". Default of each connection.
  std::string time_zone = "UTC";
};

// Called from the thread that runs the statement with the done fraction, 0 to 1.
using ProgressCallback = std::function<void(double fraction)>;

// One session with the engine: temporary objects, time zone, one statement at a time. Used by one
// thread at a time, except Interrupt(). A connection outlives a replaced instance: its next
// statement runs in the new one, where temporary objects are gone.
class Connection {
 public:
  virtual ~Connection() = default;

  // Prepares and starts `query`; rows are computed while they are pulled. A stream that is still
  // open is closed. Errors: kInvalid with Spark's error class for what the statement's data made
  // fail; kCancelled after an interrupt; kInternal for a defect of the engine.
  virtual Result<std::unique_ptr<RowStream>> Query(const EmittedQuery& query) = 0;

  // Runs statements in the engine's own language to their end, dropping their rows. For set-up and
  // temporary objects only, never for text of a user.
  virtual Status Execute(std::string_view sql) = 0;

  // Runs `query` and writes its rows below `spec.root`. The files are complete and synced to disk
  // on return; when it fails, those it had written are removed. No rows: no files.
  virtual Result<std::vector<WrittenFile>> WriteParquet(const EmittedQuery& query,
                                                        const WriteSpec& spec) = 0;

  // Plan of `query` as text, with the files read and skipped of each scan. `analyze` runs it.
  virtual Result<std::string> Explain(const EmittedQuery& query, bool analyze) = 0;

  // Errors: kInvalid names an unknown zone.
  virtual Status SetTimeZone(std::string_view zone) = 0;

  // Called now and then while a statement runs; an empty callback turns it off.
  virtual void SetProgress(ProgressCallback callback) = 0;

  // Stops the running statement, which then fails with kCancelled. From any thread; no effect when
  // idle.
  virtual void Interrupt() = 0;
};

// The embedded engine: one in-memory instance, shared by all connections of the process. Threads
// may share it. After an internal error, which makes an instance unusable, a fresh one takes its
// place.
class Runtime {
 public:
  // Opens an instance with nothing loaded beyond what the library brings along.
  // Errors: kInvalid for options that the engine refuses.
  static Result<std::unique_ptr<Runtime>> Open(const RuntimeOptions& options = {});
  ~Runtime();

  // The connection must not outlive the runtime.
  Result<std::unique_ptr<Connection>> NewConnection();

  // Parquet for the delta module: checkpoints. It shares the instance and may outlive this object;
  // threads may share it.
  std::shared_ptr<delta::ParquetIo> NewParquetIo();

  // How often an internal error made the instance be replaced.
  int replaced_instances() const;

  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  class Implementation;

 private:
  explicit Runtime(std::shared_ptr<Implementation> implementation);
  std::shared_ptr<Implementation> implementation_;
};

}  // namespace lakesmith::engine
