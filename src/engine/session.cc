#include "engine/session.h"

#include <cstdlib>
#include <utility>

#include "catalog/catalog.h"
#include "delta/parquet_io.h"
#include "engine/delta_tables.h"
#include "engine/session_files_internal.h"
#include "engine/session_state.h"
#include "engine/statements/statement_internal.h"
#include "sql/parse.h"
#include "storage/local_store.h"

namespace lakesmith::engine {
namespace {

// Shifts the place of an error within a statement to its place in the file.
Error Place(Error error, const ExecuteOptions& options) {
  SourceLocation location = error.location();
  if (location.line > 0) location.line += options.first_line - 1;
  if (location.file.empty()) location.file = options.file;
  return std::move(error).At(std::move(location));
}

int64_t TimeZoneOffset(int64_t micros, const void* context) {
  return static_cast<const lakesmith::TimeZone*>(context)->OffsetAt(micros);
}

std::string ProcessTimeZone() {
  const char* zone = std::getenv("TZ");
  if (zone != nullptr && *zone != '\0' && lakesmith::TimeZone::Find(zone)) return zone;
  return "UTC";
}

}  // namespace

Workspace::Workspace(WorkspaceOptions options)
    : options_(std::move(options)),
      catalog_(std::make_unique<catalog::Catalog>(options_.warehouse)) {}

Workspace::~Workspace() = default;

Result<std::shared_ptr<Workspace>> Workspace::Open(WorkspaceOptions options) {
  if (options.warehouse.empty()) return Invalid("a workspace needs the folder of its warehouse");
  std::shared_ptr<Workspace> workspace(new Workspace(std::move(options)));
  RuntimeOptions runtime;
  runtime.memory_limit_bytes = workspace->options_.memory_limit_bytes;
  runtime.threads = workspace->options_.threads;
  runtime.temporary_folder = workspace->options_.spill_folder.string();
  workspace->runtime_ = TRY(Runtime::Open(runtime));
  workspace->tables_ = std::make_unique<DeltaTables>(std::make_shared<storage::LocalStore>(),
                                                     workspace->runtime_->NewParquetIo());
  return workspace;
}

Session::Session(std::unique_ptr<SessionState> state) : state_(std::move(state)) {}
Session::~Session() = default;

Result<std::unique_ptr<Session>> Session::Open(std::shared_ptr<Workspace> workspace,
                                               SessionOptions options) {
  auto state = std::make_unique<SessionState>();
  state->workspace = std::move(workspace);
  state->connection = TRY(state->workspace->runtime().NewConnection());
  state->read_secret = std::move(options.read_secret);
  catalog::Namespace wanted;
  if (!options.catalog.empty()) wanted.catalog = catalog::CanonicalCatalog(options.catalog);
  if (!options.schema.empty()) wanted.schema = options.schema;
  state->current = TRY(state->catalog().GetSchema(wanted)).name;
  std::unique_ptr<Session> session(new Session(std::move(state)));
  TRY(session->SetConfig(kTimeZoneKey,
                         options.time_zone.empty() ? ProcessTimeZone() : options.time_zone));
  session->state_->settings.Clear();
  if (!options.time_zone.empty()) TRY(session->SetConfig(kTimeZoneKey, options.time_zone));
  for (const auto& [key, value] : options.config) TRY(session->SetConfig(key, value));
  return session;
}

Result<StatementResult> Session::Execute(std::string_view statement,
                                         const ExecuteOptions& options) {
  state_->cancelled = false;
  state_->scratch.clear();
  Result<StatementResult> result = ExecuteStatementText(*state_, statement, options);
  if (!result) return Place(std::move(result).error(), options);
  return result;
}

Result<StatementResult> Session::ExecuteScript(std::string_view script,
                                               const ExecuteOptions& options) {
  std::optional<StatementResult> last;
  for (const sql::StatementPiece& piece : sql::SplitStatements(script)) {
    if (last) TRY(DrainRows(*last));
    ExecuteOptions place = options;
    place.first_line = options.first_line + sql::LocationOf(script, piece.offset).line - 1;
    last = TRY(Execute(piece.text, place));
  }
  if (!last) return EmptyResult("");
  return *std::move(last);
}

Result<std::vector<types::StructField>> Session::DescribeQuery(const QuerySource& query,
                                                               const ExecuteOptions& options) {
  Result<std::vector<types::StructField>> columns = DescribeQueryColumns(*state_, query, options);
  if (!columns) return Place(std::move(columns).error(), options);
  return columns;
}

Result<std::vector<types::StructField>> Session::InferSchema(const FilesRelation& files) {
  return InferFileSchema(*state_, files);
}

Result<std::shared_ptr<const delta::Snapshot>> Session::LoadSnapshot(
    const std::vector<std::string>& table) {
  const TableTarget target = TRY(FindTable(*state_, table));
  if (!target.is_delta) return Invalid("{} is not a Delta table.", target.Display());
  return state_->tables().Newest(target.location);
}

Result<WriteMetrics> Session::Write(const WriteRequest& request) {
  state_->cancelled = false;
  Result<WriteMetrics> metrics = ExecuteWrite(*state_, request);
  if (!metrics) return std::move(metrics).error().InFile(request.file);
  return metrics;
}

void Session::Cancel() {
  state_->cancelled = true;
  state_->connection->Interrupt();
}

std::optional<std::string> Session::Config(std::string_view key) const {
  return state_->settings.Get(key);
}

Status Session::SetConfig(std::string_view key, std::string_view value) {
  return ChangeSetting(*state_, key, value);
}

Status Session::ResetConfig(std::string_view key) {
  state_->settings.Remove(key);
  if (key != kTimeZoneKey) return {};
  const std::string zone = ProcessTimeZone();
  state_->zone = TRY(lakesmith::TimeZone::Find(zone));
  return state_->connection->SetTimeZone(zone);
}

std::string Session::CurrentCatalog() const { return state_->current.catalog; }
std::string Session::CurrentSchema() const { return state_->current.schema; }
types::TimeZone Session::TimeZone() const { return {TimeZoneOffset, &state_->zone}; }
Workspace& Session::workspace() const { return *state_->workspace; }

}  // namespace lakesmith::engine
