#include <array>

#include "state/sqlite_internal.h"

namespace lakesmith::state {
namespace {

// Step i brings a file of version i to version i + 1. Steps are never changed once released: add
// one.
constexpr std::array<const char*, 3> kSteps = {R"sql(
CREATE TABLE runs (
  run_id INTEGER PRIMARY KEY AUTOINCREMENT,
  job_key TEXT NOT NULL,
  job_name TEXT NOT NULL,
  target TEXT NOT NULL,
  trigger TEXT NOT NULL,
  state TEXT NOT NULL,
  started INTEGER NOT NULL,
  ended INTEGER NOT NULL,
  error TEXT NOT NULL,
  parameters TEXT,
  owner TEXT NOT NULL
);
CREATE INDEX runs_by_job ON runs (job_key, run_id);
CREATE TABLE task_attempts (
  run_id INTEGER NOT NULL REFERENCES runs (run_id),
  task_key TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  started INTEGER NOT NULL,
  ended INTEGER NOT NULL,
  error TEXT NOT NULL,
  output TEXT,
  PRIMARY KEY (run_id, task_key, attempt)
);
CREATE TABLE pipeline_updates (
  update_id TEXT PRIMARY KEY,
  pipeline_id TEXT NOT NULL,
  pipeline_name TEXT NOT NULL,
  run_id INTEGER NOT NULL,
  cause TEXT NOT NULL,
  full_refresh INTEGER NOT NULL,
  validate_only INTEGER NOT NULL,
  state TEXT NOT NULL,
  started INTEGER NOT NULL,
  ended INTEGER NOT NULL,
  error TEXT NOT NULL,
  owner TEXT NOT NULL
);
CREATE INDEX pipeline_updates_by_pipeline ON pipeline_updates (pipeline_id, started);
CREATE TABLE events (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL,
  timestamp INTEGER NOT NULL,
  pipeline_id TEXT NOT NULL,
  update_id TEXT NOT NULL,
  level TEXT NOT NULL,
  event_type TEXT NOT NULL,
  message TEXT NOT NULL,
  origin TEXT,
  details TEXT,
  error TEXT
);
CREATE INDEX events_by_update ON events (pipeline_id, update_id, sequence);
CREATE TABLE deployments (
  bundle TEXT NOT NULL,
  target TEXT NOT NULL,
  resource TEXT NOT NULL,
  id TEXT NOT NULL,
  deployed INTEGER NOT NULL,
  definition TEXT,
  PRIMARY KEY (bundle, target, resource)
);
)sql",
                                               R"sql(
CREATE TABLE secret_scopes (
  name TEXT PRIMARY KEY,
  backend TEXT NOT NULL,
  settings TEXT,
  created INTEGER NOT NULL
);
CREATE TABLE secrets (
  scope TEXT NOT NULL REFERENCES secret_scopes (name) ON DELETE CASCADE,
  key TEXT NOT NULL,
  key_id TEXT NOT NULL,
  sealed TEXT NOT NULL,
  updated INTEGER NOT NULL,
  PRIMARY KEY (scope, key)
);
CREATE TABLE secret_acls (
  scope TEXT NOT NULL REFERENCES secret_scopes (name) ON DELETE CASCADE,
  principal TEXT NOT NULL,
  permission TEXT NOT NULL,
  PRIMARY KEY (scope, principal)
);
)sql",
                                               R"sql(
ALTER TABLE runs ADD COLUMN bundle TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN scheduled INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN request TEXT;
ALTER TABLE runs ADD COLUMN record TEXT;
ALTER TABLE runs ADD COLUMN token TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN cancel_requested INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN unattended INTEGER NOT NULL DEFAULT 0;
CREATE INDEX runs_active ON runs (run_id) WHERE state IN ('QUEUED', 'RUNNING');
CREATE INDEX runs_interrupted ON runs (run_id) WHERE state = 'INTERRUPTED';
CREATE INDEX runs_by_token ON runs (token) WHERE token != '';
CREATE TABLE triggers (
  bundle TEXT NOT NULL,
  target TEXT NOT NULL,
  job_key TEXT NOT NULL,
  trigger_key TEXT NOT NULL,
  definition TEXT NOT NULL,
  cursor INTEGER NOT NULL,
  serial INTEGER NOT NULL,
  memory TEXT,
  PRIMARY KEY (bundle, target, job_key, trigger_key)
);
CREATE TABLE schedulers (
  bundle TEXT NOT NULL,
  target TEXT NOT NULL,
  owner TEXT NOT NULL,
  PRIMARY KEY (bundle, target)
);
CREATE TABLE deliveries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id INTEGER NOT NULL,
  delivery TEXT
);
CREATE INDEX deliveries_by_run ON deliveries (run_id);
)sql"};

Result<int64_t> FileVersion(const Sqlite& database) {
  Statement statement = TRY(database.Prepare("PRAGMA user_version"));
  const bool row = TRY(statement.Step());
  return row ? statement.Integer(0) : 0;
}

Status RunSteps(const Sqlite& database) {
  // Read again under the write lock: another process may have brought the file up to date.
  const int64_t version = TRY(FileVersion(database));
  for (size_t step = static_cast<size_t>(version); step < kSteps.size(); ++step) {
    TRY(database.Execute(kSteps[step]));
  }
  return database.Execute(fmt::format("PRAGMA user_version = {}", kSteps.size()));
}

}  // namespace

Status Migrate(const Sqlite& database) {
  const int64_t version = TRY(FileVersion(database));
  const auto newest = static_cast<int64_t>(kSteps.size());
  if (version > newest) {
    return Unsupported("the state file has format {}, this program knows {}: use a newer lakesmith",
                       version, newest);
  }
  if (version == newest) return {};
  TRY(database.Execute("BEGIN IMMEDIATE"));
  Status done = RunSteps(database);
  if (done) done = database.Execute("COMMIT");
  if (!done) {
    const Status undone = database.Execute("ROLLBACK");
    if (!undone) return undone.error();
  }
  return done;
}

}  // namespace lakesmith::state
