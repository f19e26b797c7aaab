#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "engine/row_stream.h"
#include "engine/write_request.h"
#include "types/data_type.h"
#include "types/value.h"

namespace lakesmith::catalog {
class Catalog;
}  // namespace lakesmith::catalog
namespace lakesmith::delta {
class Snapshot;
}  // namespace lakesmith::delta

namespace lakesmith::engine {

class DeltaTables;
class Runtime;
struct SessionState;

// Limits of the embedded engine that all sessions of one process share.
struct WorkspaceOptions {
  // Folder of the warehouse: <warehouse>/<catalog>/<schema>/<table>/. Made when it does not exist.
  std::filesystem::path warehouse;
  int64_t memory_limit_bytes = 0;      // 0: the engine's default, four fifths of the machine.
  int threads = 0;                     // 0: one for each core.
  std::filesystem::path spill_folder;  // Empty: <warehouse>/.spill.
};

// The warehouse, its catalog and one embedded engine, opened once per process and shared by its
// sessions. Thread-safe; outlives its sessions because each holds a reference.
class Workspace {
 public:
  // Errors: kInvalid when the folder cannot be made or read; kInternal when the engine does not
  // start.
  static Result<std::shared_ptr<Workspace>> Open(WorkspaceOptions options);
  ~Workspace();

  const WorkspaceOptions& options() const { return options_; }
  catalog::Catalog& catalog() const { return *catalog_; }
  // The embedded engine. It replaces a broken instance by itself.
  Runtime& runtime() const { return *runtime_; }
  DeltaTables& tables() const { return *tables_; }

 private:
  explicit Workspace(WorkspaceOptions options);

  WorkspaceOptions options_;
  std::unique_ptr<catalog::Catalog> catalog_;
  std::unique_ptr<Runtime> runtime_;
  std::unique_ptr<DeltaTables> tables_;
};

struct SessionOptions {
  std::string catalog;    // Empty: the default catalog, `main`.
  std::string schema;     // Empty: `default`.
  std::string time_zone;  // IANA name or offset; empty: the TZ of the process, else UTC.
  std::map<std::string, std::string> config;  // As by SET; unknown keys are kept and readable.
  // The value of secret(scope, key); empty: there are no secrets. Called on the session's thread.
  std::function<Result<std::string>(const std::string& scope, const std::string& key)> read_secret;
};

// Where a statement came from and what it may use beside the session's own state.
struct ExecuteOptions {
  std::string file;    // File name put into errors; empty for interactive input.
  int first_line = 1;  // Line of the file on which the text starts.
  std::map<std::string, types::Value> named_parameters;    // :name
  std::map<std::string, types::DataType> parameter_types;  // Optional; else guessed from the value.
  std::vector<types::Value> positional_parameters;         // ?
  // Substitutes relations while the statement is analysed; may be null. See write_request.h.
  RelationResolver* resolver = nullptr;
  // Nothing is run: the result says where each output column of the statement's query comes from,
  // one row a source column. Errors: kUnsupported for a statement without a query.
  bool lineage = false;
  // Goes into the one Delta commit of an INSERT, MERGE, UPDATE or DELETE; refused on other
  // statements.
  CommitExtras commit;
};

// What a statement changed. Zero where it does not apply.
struct StatementMetrics {
  int64_t rows_affected = 0;
  int64_t files_written = 0;
  int64_t bytes_written = 0;
  std::optional<int64_t> table_version;  // Version that the commit made.
  Json operation = Json::object();       // Delta's operationMetrics, values as text.
};

// The answer to one statement. Rows are read from `rows`, which is never null; a statement without
// a result has no columns and an empty stream. Effects (commits, catalog changes) are complete
// before it is returned. A stream of a query is lazy: it borrows the session, is read on its
// thread, and is closed by the next statement.
struct StatementResult {
  std::vector<types::StructField> columns;
  std::unique_ptr<RowStream> rows;
  StatementMetrics metrics;
  std::string kind;    // Upper-case name of the statement, e.g. "SELECT", "CREATE TABLE".
  std::string notice;  // What a no-op statement did not do; empty otherwise.
};

// Runs Spark SQL against the catalog of a workspace: parse, analyse, emit, execute.
// A session is used by one thread at a time, Cancel aside; many sessions of one workspace run in
// parallel. Temporary views, session variables, the current namespace and the configuration belong
// to the session.
class Session {
 public:
  static Result<std::unique_ptr<Session>> Open(std::shared_ptr<Workspace> workspace,
                                               SessionOptions options = {});
  ~Session();

  // Runs one statement; a final ';' is allowed.
  // Errors carry Spark's error class and SQLSTATE and the place in `options.file`.
  Result<StatementResult> Execute(std::string_view statement, const ExecuteOptions& options = {});

  // Runs the statements of a script in order and returns the last one's result; stops at the first
  // error. Earlier results are read and dropped.
  Result<StatementResult> ExecuteScript(std::string_view script,
                                        const ExecuteOptions& options = {});

  // Output columns of a query, without running it. Pipelines use it to know the schema of a
  // dataset.
  Result<std::vector<types::StructField>> DescribeQuery(const QuerySource& query,
                                                        const ExecuteOptions& options = {});

  // The newest snapshot of a Delta table, named by its parts. Pipelines use it to pin what they
  // read and to find their source positions. Errors: kNotFound when there is no such table;
  // kInvalid when it is a view or not Delta.
  Result<std::shared_ptr<const delta::Snapshot>> LoadSnapshot(
      const std::vector<std::string>& table);

  // The columns that reading these files gives, found by looking into them; `files.schema` is not
  // looked at. Types are Spark's; every column is nullable.
  Result<std::vector<types::StructField>> InferSchema(const FilesRelation& files);

  // Runs a query and writes its rows into a Delta table in one commit. See write_request.h.
  Result<WriteMetrics> Write(const WriteRequest& request);

  // Stops what runs, from any thread; the running call returns kCancelled. No effect when idle.
  void Cancel();

  // Value of a configuration key: what SET stored, else its default; nullopt when unknown and
  // unset.
  std::optional<std::string> Config(std::string_view key) const;
  // Errors: kInvalid when a known key is given a wrong value.
  Status SetConfig(std::string_view key, std::string_view value);
  Status ResetConfig(std::string_view key);

  std::string CurrentCatalog() const;
  std::string CurrentSchema() const;
  // For the text of timestamps in results; valid while the session lives.
  types::TimeZone TimeZone() const;
  Workspace& workspace() const;

 private:
  explicit Session(std::unique_ptr<SessionState> state);
  std::unique_ptr<SessionState> state_;
};

}  // namespace lakesmith::engine
