#include "state/run_queue.h"

#include <utility>

#include "state/owner_internal.h"
#include "state/store_internal.h"

namespace lakesmith::state {
namespace {

constexpr const char* kColumns =
    "run_id, bundle, target, job_key, job_name, trigger, state, started, scheduled, ended, error, "
    "request, record, token, cancel_requested, unattended";

Result<QueuedRun> ReadRun(const Statement& row) {
  QueuedRun run{.run_id = row.Integer(0),
                .bundle = row.Text(1),
                .target = row.Text(2),
                .job_key = row.Text(3),
                .job_name = row.Text(4),
                .trigger = row.Text(5)};
  run.state = TRY(RunStateFromName(row.Text(6)));
  run.created = row.Integer(7);
  run.scheduled = row.Integer(8);
  run.ended = row.Integer(9);
  run.error = row.Text(10);
  run.request = TRY(row.JsonValue(11));
  if (run.request.is_null()) run.request = Json::object();
  run.record = TRY(row.JsonValue(12));
  run.token = row.Text(13);
  run.cancel_requested = row.Integer(14) != 0;
  run.unattended = row.Integer(15) != 0;
  return run;
}

Result<TriggerRow> ReadTrigger(const Statement& row) {
  TriggerRow trigger{.bundle = row.Text(0),
                     .target = row.Text(1),
                     .job_key = row.Text(2),
                     .trigger_key = row.Text(3),
                     .definition = row.Text(4),
                     .cursor = row.Integer(5),
                     .serial = row.Integer(6)};
  trigger.memory = TRY(row.JsonValue(7));
  if (trigger.memory.is_null()) trigger.memory = Json::object();
  return trigger;
}

std::string Where(const RunQueue::Filter& filter) {
  std::string where = " WHERE (?1 = '' OR job_key = ?1) AND (?2 = '' OR target = ?2)";
  if (filter.active_only) where += " AND state IN ('QUEUED', 'RUNNING')";
  if (filter.completed_only) where += " AND state NOT IN ('QUEUED', 'RUNNING')";
  if (filter.interrupted_only) where += " AND state = 'INTERRUPTED'";
  if (filter.unattended_only) where += " AND unattended = 1";
  return where;
}

}  // namespace

class RunQueue::Connection {
 public:
  explicit Connection(Sqlite database) : database(std::move(database)) {}
  Sqlite database;
};

RunQueue::RunQueue(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
RunQueue::~RunQueue() = default;

Result<std::unique_ptr<RunQueue>> RunQueue::Open(const std::string& path) {
  Sqlite database = TRY(Sqlite::Open(path));
  TRY(Migrate(database));
  return std::unique_ptr<RunQueue>(new RunQueue(std::make_unique<Connection>(std::move(database))));
}

// Runs `work` with the write lock of the file; what it did is undone when it fails.
template <typename Work>
auto RunQueue::Transact(Work work) -> decltype(work()) {
  const std::lock_guard lock(mutex_);
  TRY(connection_->database.Execute("BEGIN IMMEDIATE"));
  auto done = work();
  const Status ended = connection_->database.Execute(done ? "COMMIT" : "ROLLBACK");
  if (done && !ended) return ended.error();
  return done;
}

Result<int64_t> RunQueue::CountRunning(const QueuedRun& run) {
  Statement count = TRY(connection_->database.Prepare(
      "SELECT count(*) FROM runs WHERE bundle = ? AND target = ? AND job_key = ? AND state = "
      "'RUNNING'"));
  TRY(count.Bind(run.bundle).Bind(run.target).Bind(run.job_key).Step());
  return count.Integer(0);
}

Result<QueuedRun> RunQueue::Insert(QueuedRun run, const JobLimits& limits) {
  if (!run.token.empty()) {
    Statement known = TRY(connection_->database.Prepare(
        std::string("SELECT ") + kColumns + " FROM runs WHERE token = ? AND job_key = ?"));
    const bool found = TRY(known.Bind(run.token).Bind(run.job_key).Step());
    if (found) return ReadRun(known);
  }
  if (run.created == 0) run.created = NowMicros();
  const int64_t running = TRY(CountRunning(run));
  const bool skipped = limits.max_concurrent_runs == 0 ||
                       (!limits.queueing && running >= limits.max_concurrent_runs);
  run.state = skipped ? RunState::kSkipped : RunState::kQueued;
  run.ended = skipped ? run.created : 0;
  run.error = skipped ? "MAXIMUM_CONCURRENT_RUNS_REACHED" : "";
  Statement insert = TRY(connection_->database.Prepare(
      "INSERT INTO runs (bundle, target, job_key, job_name, trigger, state, started, scheduled, "
      "ended, error, request, token, cancel_requested, unattended, owner) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)"));
  insert.Bind(run.bundle).Bind(run.target).Bind(run.job_key).Bind(run.job_name).Bind(run.trigger);
  insert.Bind(RunStateName(run.state)).Bind(run.created).Bind(run.scheduled).Bind(run.ended);
  insert.Bind(run.error).BindJson(CleanJson(run.request)).Bind(run.token);
  insert.Bind(static_cast<int64_t>(run.unattended));
  TRY(insert.Bind(run.unattended ? std::string(kNoOwner) : ThisOwner()).Run());
  run.run_id = connection_->database.last_row_id();
  return run;
}

Result<QueuedRun> RunQueue::Add(QueuedRun run, const JobLimits& limits) {
  return Transact([&] { return Insert(std::move(run), limits); });
}

Result<std::optional<QueuedRun>> RunQueue::Fire(const TriggerRow& trigger, QueuedRun run,
                                                const JobLimits& limits) {
  return Transact([&]() -> Result<std::optional<QueuedRun>> {
    const bool mine = TRY(WritesTrigger(trigger));
    if (!mine) return std::optional<QueuedRun>();
    return std::optional(TRY(Insert(std::move(run), limits)));
  });
}

Result<bool> RunQueue::Claim(int64_t run_id, const JobLimits& limits) {
  return Transact([&]() -> Result<bool> {
    Statement select = TRY(connection_->database.Prepare(std::string("SELECT ") + kColumns +
                                                         " FROM runs WHERE run_id = ?"));
    const bool found = TRY(select.Bind(run_id).Step());
    if (!found) return NotFound("there is no run {}", run_id);
    const QueuedRun run = TRY(ReadRun(select));
    if (run.state != RunState::kQueued)
      return Conflict("run {} does not wait any more: it is {}", run_id, RunStateName(run.state));
    Statement before = TRY(connection_->database.Prepare(
        "SELECT count(*) FROM runs WHERE bundle = ? AND target = ? AND job_key = ? AND state = "
        "'QUEUED' AND run_id < ?"));
    TRY(before.Bind(run.bundle).Bind(run.target).Bind(run.job_key).Bind(run_id).Step());
    const int64_t running = TRY(CountRunning(run));
    if (before.Integer(0) + running >= limits.max_concurrent_runs) return false;
    Statement claim = TRY(connection_->database.Prepare(
        "UPDATE runs SET state = 'RUNNING', owner = ?, started = ? WHERE run_id = ?"));
    const Micros started = run.record.is_null() ? NowMicros() : run.created;
    TRY(claim.Bind(ThisOwner()).Bind(started).Bind(run_id).Run());
    return true;
  });
}

Status RunQueue::Requeue(int64_t run_id, const Json& request, bool unattended) {
  return Transact([&]() -> Status {
    Statement update = TRY(connection_->database.Prepare(
        "UPDATE runs SET state = 'QUEUED', ended = 0, error = '', request = ?, unattended = ?, "
        "owner = ?, cancel_requested = 0 WHERE run_id = ? AND state NOT IN ('QUEUED', 'RUNNING', "
        "'SUCCEEDED')"));
    update.BindJson(request).Bind(static_cast<int64_t>(unattended));
    TRY(update.Bind(unattended ? std::string(kNoOwner) : ThisOwner()).Bind(run_id).Run());
    if (connection_->database.changes() == 0)
      return Invalid("run {} cannot be repaired: it has not ended, or has succeeded", run_id);
    return {};
  });
}

Status RunQueue::SaveRecord(int64_t run_id, const Json& record) {
  const std::lock_guard lock(mutex_);
  Statement update =
      TRY(connection_->database.Prepare("UPDATE runs SET record = ? WHERE run_id = ?"));
  return update.BindJson(CleanJson(record)).Bind(run_id).Run();
}

Status RunQueue::Finish(int64_t run_id, RunState state, const std::string& error,
                        const Json& record) {
  const std::lock_guard lock(mutex_);
  Statement update = TRY(connection_->database.Prepare(
      "UPDATE runs SET state = ?, ended = ?, error = ?, record = coalesce(?, record) WHERE run_id "
      "= ?"));
  update.Bind(RunStateName(state)).Bind(NowMicros()).Bind(Clean(error));
  return update.BindJson(CleanJson(record)).Bind(run_id).Run();
}

Status RunQueue::RequestCancel(int64_t run_id) {
  return Transact([&]() -> Status {
    Statement waiting = TRY(connection_->database.Prepare(
        "UPDATE runs SET state = 'CANCELED', ended = ?, cancel_requested = 1, error = 'canceled "
        "before it started' WHERE run_id = ? AND state = 'QUEUED'"));
    TRY(waiting.Bind(NowMicros()).Bind(run_id).Run());
    if (connection_->database.changes() > 0) return {};
    Statement running = TRY(connection_->database.Prepare(
        "UPDATE runs SET cancel_requested = 1 WHERE run_id = ? AND state = 'RUNNING'"));
    TRY(running.Bind(run_id).Run());
    if (connection_->database.changes() > 0) return {};
    Statement known = TRY(connection_->database.Prepare("SELECT state FROM runs WHERE run_id = ?"));
    const bool found = TRY(known.Bind(run_id).Step());
    if (!found) return NotFound("there is no run {}", run_id);
    return Invalid("run {} has ended: it is {}", run_id, known.Text(0));
  });
}

Result<bool> RunQueue::IsCancelRequested(int64_t run_id) {
  const std::lock_guard lock(mutex_);
  Statement select =
      TRY(connection_->database.Prepare("SELECT cancel_requested FROM runs WHERE run_id = ?"));
  const bool found = TRY(select.Bind(run_id).Step());
  return found && select.Integer(0) != 0;
}

Result<QueuedRun> RunQueue::Get(int64_t run_id) {
  const std::lock_guard lock(mutex_);
  Statement select = TRY(connection_->database.Prepare(std::string("SELECT ") + kColumns +
                                                       " FROM runs WHERE run_id = ?"));
  const bool found = TRY(select.Bind(run_id).Step());
  if (!found) return NotFound("there is no run {}", run_id);
  return ReadRun(select);
}

Result<std::vector<QueuedRun>> RunQueue::List(const Filter& filter) {
  const std::lock_guard lock(mutex_);
  Statement select = TRY(connection_->database.Prepare(
      std::string("SELECT ") + kColumns + " FROM runs" + Where(filter) + " ORDER BY run_id " +
      (filter.oldest_first ? "ASC" : "DESC") + " LIMIT ?3 OFFSET ?4"));
  select.Bind(filter.job_key).Bind(filter.target);
  select.Bind(filter.limit == 0 ? -1 : filter.limit).Bind(filter.offset);
  return ReadAll(select, ReadRun);
}

Result<std::vector<int64_t>> RunQueue::MarkInterrupted() {
  return Transact([&]() -> Result<std::vector<int64_t>> {
    Statement active = TRY(connection_->database.Prepare(
        "SELECT run_id, owner FROM runs WHERE state IN ('QUEUED', 'RUNNING') AND owner != ?"));
    active.Bind(kNoOwner);
    std::vector<int64_t> gone;
    while (true) {
      const bool more = TRY(active.Step());
      if (!more) break;
      if (!OwnerIsAlive(active.Text(1))) gone.push_back(active.Integer(0));
    }
    for (const int64_t run_id : gone) {
      Statement mark = TRY(connection_->database.Prepare(
          "UPDATE runs SET state = 'INTERRUPTED', ended = ?, error = ? WHERE run_id = ?"));
      TRY(mark.Bind(NowMicros()).Bind(kInterruptedText).Bind(run_id).Run());
    }
    return gone;
  });
}

Result<std::optional<TriggerRow>> RunQueue::GetTrigger(const TriggerRow& trigger) {
  const std::lock_guard lock(mutex_);
  Statement select = TRY(connection_->database.Prepare(
      "SELECT bundle, target, job_key, trigger_key, definition, cursor, serial, memory FROM "
      "triggers WHERE bundle = ? AND target = ? AND job_key = ? AND trigger_key = ?"));
  select.Bind(trigger.bundle).Bind(trigger.target).Bind(trigger.job_key).Bind(trigger.trigger_key);
  const bool found = TRY(select.Step());
  if (!found) return std::optional<TriggerRow>();
  return std::optional(TRY(ReadTrigger(select)));
}

// Part of a transaction. True when the row had the serial and now has the next one.
Result<bool> RunQueue::WritesTrigger(const TriggerRow& trigger) {
  Statement put = TRY(connection_->database.Prepare(
      "INSERT INTO triggers (bundle, target, job_key, trigger_key, definition, cursor, serial, "
      "memory) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7 + 1, ?8) ON CONFLICT DO UPDATE SET definition = "
      "?5, cursor = ?6, serial = ?7 + 1, memory = ?8 WHERE serial = ?7"));
  put.Bind(trigger.bundle).Bind(trigger.target).Bind(trigger.job_key).Bind(trigger.trigger_key);
  put.Bind(trigger.definition).Bind(trigger.cursor).Bind(trigger.serial).BindJson(trigger.memory);
  TRY(put.Run());
  return connection_->database.changes() > 0;
}

Result<bool> RunQueue::PutTrigger(const TriggerRow& trigger) {
  return Transact([&] { return WritesTrigger(trigger); });
}

Result<bool> RunQueue::BecomeScheduler(const std::string& bundle, const std::string& target) {
  return Transact([&]() -> Result<bool> {
    Statement holder = TRY(connection_->database.Prepare(
        "SELECT owner FROM schedulers WHERE bundle = ? AND target = ?"));
    const bool held = TRY(holder.Bind(bundle).Bind(target).Step());
    if (held && holder.Text(0) != ThisOwner() && OwnerIsAlive(holder.Text(0))) return false;
    Statement put = TRY(connection_->database.Prepare(
        "INSERT OR REPLACE INTO schedulers (bundle, target, owner) VALUES (?, ?, ?)"));
    TRY(put.Bind(bundle).Bind(target).Bind(ThisOwner()).Run());
    return true;
  });
}

void RunQueue::ResignAsScheduler(const std::string& bundle, const std::string& target) {
  const std::lock_guard lock(mutex_);
  Result<Statement> remove = connection_->database.Prepare(
      "DELETE FROM schedulers WHERE bundle = ? AND target = ? AND owner = ?");
  if (!remove) return;
  // A row that stays is harmless: its owner is gone.
  const Status removed = remove->Bind(bundle).Bind(target).Bind(ThisOwner()).Run();
  static_cast<void>(removed);
}

Result<bool> RunQueue::HasScheduler(const std::string& bundle, const std::string& target) {
  const std::lock_guard lock(mutex_);
  Statement holder = TRY(connection_->database.Prepare(
      "SELECT owner FROM schedulers WHERE bundle = ? AND target = ?"));
  const bool held = TRY(holder.Bind(bundle).Bind(target).Step());
  return held && OwnerIsAlive(holder.Text(0));
}

Status RunQueue::AddDelivery(int64_t run_id, const Json& delivery) {
  const std::lock_guard lock(mutex_);
  Statement insert =
      TRY(connection_->database.Prepare("INSERT INTO deliveries (run_id, delivery) VALUES (?, ?)"));
  return insert.Bind(run_id).BindJson(CleanJson(delivery)).Run();
}

Result<std::vector<Json>> RunQueue::ListDeliveries(int64_t run_id) {
  const std::lock_guard lock(mutex_);
  Statement select = TRY(connection_->database.Prepare(
      "SELECT delivery FROM deliveries WHERE run_id = ? ORDER BY id"));
  select.Bind(run_id);
  return ReadAll(select, [](const Statement& row) { return row.JsonValue(0); });
}

}  // namespace lakesmith::state
