#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "types/data_type.h"

namespace lakesmith::sql {
class Query;
}  // namespace lakesmith::sql

namespace lakesmith::engine {

// Text of a query, or its tree when the caller has parsed it already (the tree wins, and is
// borrowed).
struct QuerySource {
  std::string text;
  const sql::Query* tree = nullptr;
};

// --- Substituted relations
// -------------------------------------------------------------------------------

// A table in the FROM clause of a query, as the analyzer meets it.
struct RelationRequest {
  bool streaming = false;  // Written with STREAM.
  std::vector<std::string>
      name;  // Parts as written, e.g. {"bronze", "orders"}; of a function, its name.
  bool is_function = false;            // A table function such as read_files.
  std::vector<std::string> arguments;  // Positional constants, as text.
  std::map<std::string, std::string>
      named_arguments;  // Lower-case option name to constant, as text.
  // Where a name that is not full is looked up inside the text of a view or of a QueryRelation;
  // empty elsewhere: the session's namespace.
  std::string default_catalog;
  std::string default_schema;
  std::map<std::string, std::string> options;  // WITH (key = value) after a table, as text.
  SourceLocation location;
};

// The relation is this query, analysed with the same resolver.
struct QueryRelation {
  QuerySource query;
  // Where its names are looked up; empty: the session's namespace.
  std::string catalog = {};
  std::string schema = {};
};

// Rows that commits after `after_version`, up to and including `through_version`, appended to a
// Delta table. `after_version` -1 reads the whole table as of `through_version`. A commit in the
// range that changes or deletes rows fails the query, unless `skip_change_commits`.
struct DeltaAppendsRelation {
  std::vector<std::string> table;  // Name parts; one part with a '/' is a path.
  int64_t after_version = -1;
  int64_t through_version = 0;
  bool skip_change_commits = false;
};

// A Delta table as of one version; nullopt is its newest.
struct DeltaTableRelation {
  std::vector<std::string> table;
  std::optional<int64_t> version;
};

// Exactly these files, read as read_files would; an empty list gives no rows.
struct FilesRelation {
  std::vector<std::string> paths;
  std::string format;                          // json, csv, parquet, text, binaryFile
  std::map<std::string, std::string> options;  // Of read_files, names in lower case.
  std::vector<types::StructField> schema;      // Must be given: a batch may be empty.
};

using RelationReplacement =
    std::variant<QueryRelation, DeltaAppendsRelation, DeltaTableRelation, FilesRelation>;

// Says what a relation reads in this run of a query: temporary datasets of a pipeline, and the
// batch of a streaming source. Asked once per mention, before the catalog, also inside stored
// views. Used by one thread.
class RelationResolver {
 public:
  virtual ~RelationResolver() = default;
  // nullopt: resolve it as usual. Without a replacement a streaming relation reads all rows of its
  // source.
  virtual Result<std::optional<RelationReplacement>> Resolve(const RelationRequest& request) = 0;
};

// --- Writing
// ---------------------------------------------------------------------------------------------

// Goes into the same Delta commit as the rows.
struct CommitExtras {
  struct Txn {
    std::string app_id;
    int64_t version = 0;
    // What the table must have for the app id when the write begins (-1: nothing); else kConflict,
    // because another writer moved on and the batch must be planned anew. Not checked when empty.
    std::optional<int64_t> expected;
  };
  // The write is skipped when the table has this app id at this version or above: replaying a batch
  // that is committed already does nothing.
  std::optional<Txn> txn;
  // Domain metadata: domain to configuration text; an empty text removes the domain. Streaming
  // flows keep their source position here.
  std::map<std::string, std::string> domains;
  // Further keys of commitInfo, e.g. {"lakesmith": {"flow": ..., "sources": ...}}.
  Json commit_info = Json::object();
  std::string operation;  // Name of the operation in the history; empty: that of the statement.
  // commitInfo.userMetadata where `commit_info` is empty.
  std::optional<std::string> user_metadata;

  bool empty() const { return !txn && domains.empty() && commit_info.empty() && operation.empty(); }
};

enum class WriteMode {
  kAppend,     // The table must exist.
  kOverwrite,  // Replaces all rows; the table must exist.
  kCreate,     // The table must not exist.
  kCreateOrReplace,
};

enum class ViolationAction { kKeep, kDropRow, kFail };

// A rule that each row must meet. A row violates it unless the predicate is true: null counts as
// violated.
struct Expectation {
  std::string name;
  std::string predicate;  // SQL over the columns of the query.
  ViolationAction action = ViolationAction::kKeep;
  SourceLocation location;  // Of the predicate, for errors.
  // What a violated kFail rule says and its class, where not "Expectation ... is violated".
  std::string message = {};
  std::string error_class = {};
  // Columns whose names begin with this are left out of the row that an error shows; empty: none.
  std::string hidden_prefix = {};
};

// Counts of one rule; passed + failed is the number of rows that reached the rules.
struct ExpectationCount {
  std::string name;
  int64_t passed = 0;
  int64_t failed = 0;
};

// One query whose rows go into one Delta table by one commit.
struct WriteRequest {
  std::vector<std::string> target;  // One to three name parts, resolved in the session's namespace.
  WriteMode mode = WriteMode::kAppend;
  QuerySource query;
  std::string file;  // For errors.
  RelationResolver* resolver = nullptr;

  // Rules are counted in the pass that writes: each row is looked at once. When a kFail rule is
  // violated nothing is committed and the error has class EXPECTATION_VIOLATION and shows one
  // violating row.
  std::vector<Expectation> expectations;
  CommitExtras commit;

  // For kCreate and kCreateOrReplace; ignored otherwise. `columns` empty: those of the query. A
  // declared column of type void takes the query's type. Columns match by name, are cast as by
  // INSERT, and query columns that are not declared are added at the end.
  std::vector<types::StructField> columns;
  std::vector<std::string> partition_columns;
  std::map<std::string, std::string> properties;
  std::string comment;
  std::string location;  // External table at this place; empty: managed.

  // Add columns of the query that the table lacks (append) or take the query's schema (overwrite).
  bool evolve_schema = false;
};

struct WriteMetrics {
  bool skipped = false;   // The batch was committed before: see CommitExtras::txn.
  int64_t rows_read = 0;  // Rows that the query gave.
  int64_t rows_written = 0;
  int64_t rows_dropped = 0;  // By kDropRow rules; a row counts once however many it violates.
  int64_t files_written = 0;
  int64_t bytes_written = 0;
  int64_t version = -1;                        // Delta version made; the newest one when skipped.
  std::vector<ExpectationCount> expectations;  // In the order of the request.
};

}  // namespace lakesmith::engine
