#include <filesystem>
#include <utility>

#include "state/owner_internal.h"
#include "state/store_internal.h"

namespace lakesmith::state {
namespace {

constexpr const char* kRunColumns =
    "run_id, job_key, job_name, target, trigger, state, started, ended, error, parameters";
constexpr const char* kUpdateColumns =
    "update_id, pipeline_id, pipeline_name, run_id, cause, full_refresh, validate_only, state, "
    "started, ended, error";

Result<Run> ReadRunRow(const Statement& row) {
  Run run{.run_id = row.Integer(0),
          .job_key = row.Text(1),
          .job_name = row.Text(2),
          .target = row.Text(3),
          .trigger = row.Text(4)};
  run.state = TRY(RunStateFromName(row.Text(5)));
  run.started = row.Integer(6);
  run.ended = row.Integer(7);
  run.error = row.Text(8);
  run.parameters = TRY(row.JsonValue(9));
  return run;
}

Result<TaskAttempt> ReadAttempt(const Statement& row) {
  TaskAttempt attempt{.run_id = row.Integer(0),
                      .task_key = row.Text(1),
                      .attempt = static_cast<int>(row.Integer(2)),
                      .kind = row.Text(3)};
  attempt.state = TRY(RunStateFromName(row.Text(4)));
  attempt.started = row.Integer(5);
  attempt.ended = row.Integer(6);
  attempt.error = row.Text(7);
  attempt.output = TRY(row.JsonValue(8));
  return attempt;
}

Result<PipelineUpdate> ReadUpdate(const Statement& row) {
  PipelineUpdate update{.update_id = row.Text(0),
                        .pipeline_id = row.Text(1),
                        .pipeline_name = row.Text(2),
                        .run_id = row.Integer(3),
                        .cause = row.Text(4),
                        .full_refresh = row.Integer(5) != 0,
                        .validate_only = row.Integer(6) != 0};
  update.state = TRY(RunStateFromName(row.Text(7)));
  update.started = row.Integer(8);
  update.ended = row.Integer(9);
  update.error = row.Text(10);
  return update;
}

Result<Event> ReadEvent(const Statement& row) {
  Event event{.id = row.Text(1),
              .sequence = row.Integer(0),
              .timestamp = row.Integer(2),
              .pipeline_id = row.Text(3),
              .update_id = row.Text(4),
              .level = row.Text(5),
              .event_type = row.Text(6),
              .message = row.Text(7)};
  event.origin = TRY(row.JsonValue(8));
  event.details = TRY(row.JsonValue(9));
  event.error = TRY(row.JsonValue(10));
  return event;
}

Result<Deployment> ReadDeployment(const Statement& row) {
  Deployment deployment{.bundle = row.Text(0),
                        .target = row.Text(1),
                        .resource = row.Text(2),
                        .id = row.Text(3),
                        .deployed = row.Integer(4)};
  deployment.definition = TRY(row.JsonValue(5));
  return deployment;
}

// SQLite's "no limit" is a negative number.
int64_t LimitOf(int64_t limit) { return limit == 0 ? -1 : limit; }

// Marks what `table` has under way for a process that is gone. Returns how many rows were.
Result<int64_t> MarkTable(const Sqlite& database, const std::string& table) {
  Statement owners = TRY(database.Prepare("SELECT DISTINCT owner FROM " + table +
                                          " WHERE state IN ('QUEUED', 'RUNNING')"));
  const std::vector<std::string> names =
      TRY(ReadAll(owners, [](const Statement& row) -> Result<std::string> { return row.Text(0); }));
  int64_t marked = 0;
  for (const std::string& owner : names) {
    if (owner == kNoOwner || OwnerIsAlive(owner)) continue;
    Statement mark = TRY(database.Prepare("UPDATE " + table +
                                          " SET state = 'INTERRUPTED', ended = ?, error = ? "
                                          "WHERE owner = ? AND state IN ('QUEUED', 'RUNNING')"));
    TRY(mark.Bind(NowMicros()).Bind(kInterruptedText).Bind(owner).Run());
    marked += database.changes();
  }
  return marked;
}

}  // namespace

Store::Store(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::Open(const std::string& path) {
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  std::error_code failed;
  if (!folder.empty()) std::filesystem::create_directories(folder, failed);
  if (failed) return Unavailable("{}: cannot be made: {}", folder.string(), failed.message());
  return OpenAt(path);
}

Result<std::unique_ptr<Store>> Store::OpenInMemory() { return OpenAt(":memory:"); }

Result<std::unique_ptr<Store>> Store::OpenAt(const std::string& path) {
  Sqlite database = TRY(Sqlite::Open(path));
  TRY(Migrate(database));
  std::unique_ptr<Store> store(new Store(std::make_unique<Connection>(std::move(database))));
  TRY(store->MarkInterrupted());
  return store;
}

Status Store::MarkInterrupted() {
  const Sqlite& database = connection_->database;
  const int64_t runs = TRY(MarkTable(database, "runs"));
  const int64_t updates = TRY(MarkTable(database, "pipeline_updates"));
  interrupted_ = runs + updates;
  if (runs == 0) return {};
  Statement attempts =
      TRY(database.Prepare("UPDATE task_attempts SET state = 'INTERRUPTED', ended = ? WHERE state "
                           "IN ('QUEUED', 'RUNNING') "
                           "AND run_id IN (SELECT run_id FROM runs WHERE state = 'INTERRUPTED')"));
  return attempts.Bind(NowMicros()).Run();
}

Result<int64_t> Store::BeginRun(const Run& run) {
  const std::lock_guard lock(mutex_);
  Statement insert =
      TRY(connection_->database.Prepare("INSERT INTO runs (job_key, job_name, target, trigger, "
                                        "state, started, ended, error, parameters, "
                                        "owner) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  insert.Bind(run.job_key).Bind(run.job_name).Bind(run.target).Bind(run.trigger);
  insert.Bind(RunStateName(run.state)).Bind(run.started).Bind(run.ended).Bind(Clean(run.error));
  TRY(insert.BindJson(CleanJson(run.parameters)).Bind(ThisOwner()).Run());
  return connection_->database.last_row_id();
}

Status Store::UpdateRun(const Run& run) {
  const std::lock_guard lock(mutex_);
  Statement update =
      TRY(connection_->database.Prepare("UPDATE runs SET state = ?, ended = ?, error = ?, "
                                        "parameters = ?, owner = ? WHERE run_id = ?"));
  update.Bind(RunStateName(run.state))
      .Bind(run.ended)
      .Bind(Clean(run.error))
      .BindJson(CleanJson(run.parameters));
  TRY(update.Bind(ThisOwner()).Bind(run.run_id).Run());
  if (connection_->database.changes() == 0) return NotFound("there is no run {}", run.run_id);
  return {};
}

Result<Run> Store::GetRun(int64_t run_id) {
  const std::lock_guard lock(mutex_);
  Statement select = TRY(connection_->database.Prepare(std::string("SELECT ") + kRunColumns +
                                                       " FROM runs WHERE run_id = ?"));
  const bool found = TRY(select.Bind(run_id).Step());
  if (!found) return NotFound("there is no run {}", run_id);
  return ReadRunRow(select);
}

Result<std::vector<Run>> Store::ListRuns(std::string_view job_key, int64_t limit) {
  const std::lock_guard lock(mutex_);
  Statement select = TRY(connection_->database.Prepare(
      std::string("SELECT ") + kRunColumns +
      " FROM runs WHERE ?1 = '' OR job_key = ?1 ORDER BY run_id DESC LIMIT ?2"));
  select.Bind(job_key).Bind(LimitOf(limit));
  return ReadAll(select, ReadRunRow);
}

Status Store::PutTaskAttempt(const TaskAttempt& attempt) {
  const std::lock_guard lock(mutex_);
  Statement put =
      TRY(connection_->database.Prepare("INSERT OR REPLACE INTO task_attempts (run_id, task_key, "
                                        "attempt, kind, state, started, ended, "
                                        "error, output) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  put.Bind(attempt.run_id).Bind(attempt.task_key).Bind(static_cast<int64_t>(attempt.attempt));
  put.Bind(attempt.kind).Bind(RunStateName(attempt.state)).Bind(attempt.started);
  return put.Bind(attempt.ended)
      .Bind(Clean(attempt.error))
      .BindJson(CleanJson(attempt.output))
      .Run();
}

Result<std::vector<TaskAttempt>> Store::ListTaskAttempts(int64_t run_id) {
  const std::lock_guard lock(mutex_);
  Statement select =
      TRY(connection_->database.Prepare("SELECT run_id, task_key, attempt, kind, state, started, "
                                        "ended, error, output FROM task_attempts "
                                        "WHERE run_id = ? ORDER BY started, task_key, attempt"));
  select.Bind(run_id);
  return ReadAll(select, ReadAttempt);
}

Status Store::PutUpdate(const PipelineUpdate& update) {
  const std::lock_guard lock(mutex_);
  Statement put = TRY(connection_->database.Prepare(
      std::string("INSERT OR REPLACE INTO pipeline_updates (") + kUpdateColumns +
      ", owner) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  put.Bind(update.update_id).Bind(update.pipeline_id).Bind(update.pipeline_name);
  put.Bind(update.run_id).Bind(update.cause).Bind(static_cast<int64_t>(update.full_refresh));
  put.Bind(static_cast<int64_t>(update.validate_only)).Bind(RunStateName(update.state));
  put.Bind(update.started).Bind(update.ended).Bind(Clean(update.error));
  return put.Bind(ThisOwner()).Run();
}

Result<std::vector<PipelineUpdate>> Store::ListUpdates(std::string_view pipeline_id,
                                                       int64_t limit) {
  const std::lock_guard lock(mutex_);
  Statement select = TRY(connection_->database.Prepare(
      std::string("SELECT ") + kUpdateColumns +
      " FROM pipeline_updates WHERE ?1 = '' OR pipeline_id = ?1 ORDER BY started DESC, rowid DESC "
      "LIMIT ?2"));
  select.Bind(pipeline_id).Bind(LimitOf(limit));
  return ReadAll(select, ReadUpdate);
}

Result<Event> Store::AppendEvent(Event event) {
  if (event.id.empty()) event.id = NewId();
  if (event.timestamp == 0) event.timestamp = NowMicros();
  const std::lock_guard lock(mutex_);
  Statement insert =
      TRY(connection_->database.Prepare("INSERT INTO events (id, timestamp, pipeline_id, "
                                        "update_id, level, event_type, message, origin, "
                                        "details, error) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  insert.Bind(event.id).Bind(event.timestamp).Bind(event.pipeline_id).Bind(event.update_id);
  insert.Bind(event.level).Bind(event.event_type).Bind(Clean(event.message));
  TRY(insert.BindJson(event.origin)
          .BindJson(CleanJson(event.details))
          .BindJson(CleanJson(event.error))
          .Run());
  event.sequence = connection_->database.last_row_id();
  return event;
}

Result<std::vector<Event>> Store::ListEvents(const EventFilter& filter) {
  const std::lock_guard lock(mutex_);
  Statement select = TRY(connection_->database.Prepare(
      "SELECT sequence, id, timestamp, pipeline_id, update_id, level, event_type, message, origin, "
      "details, error FROM events WHERE (?1 = '' OR pipeline_id = ?1) AND (?2 = '' OR update_id = "
      "?2) "
      "AND (?3 = '' OR event_type = ?3) AND sequence > ?4 ORDER BY sequence LIMIT ?5"));
  select.Bind(filter.pipeline_id).Bind(filter.update_id).Bind(filter.event_type);
  select.Bind(filter.after_sequence).Bind(LimitOf(filter.limit));
  return ReadAll(select, ReadEvent);
}

Status Store::PutDeployment(const Deployment& deployment) {
  const std::lock_guard lock(mutex_);
  Statement put = TRY(connection_->database.Prepare(
      "INSERT OR REPLACE INTO deployments (bundle, target, resource, id, deployed, definition) "
      "VALUES (?, ?, ?, ?, ?, ?)"));
  put.Bind(deployment.bundle).Bind(deployment.target).Bind(deployment.resource);
  return put.Bind(deployment.id).Bind(deployment.deployed).BindJson(deployment.definition).Run();
}

Status Store::DeleteDeployment(std::string_view bundle, std::string_view target,
                               std::string_view resource) {
  const std::lock_guard lock(mutex_);
  Statement remove = TRY(connection_->database.Prepare(
      "DELETE FROM deployments WHERE bundle = ? AND target = ? AND resource = ?"));
  return remove.Bind(bundle).Bind(target).Bind(resource).Run();
}

Result<std::vector<Deployment>> Store::ListDeployments(std::string_view bundle,
                                                       std::string_view target) {
  const std::lock_guard lock(mutex_);
  Statement select = TRY(connection_->database.Prepare(
      "SELECT bundle, target, resource, id, deployed, definition FROM deployments "
      "WHERE bundle = ? AND target = ? ORDER BY resource"));
  select.Bind(bundle).Bind(target);
  return ReadAll(select, ReadDeployment);
}

}  // namespace lakesmith::state
