#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace lakesmith::state {

// Microseconds since 1970-01-01T00:00:00 UTC.
using Micros = int64_t;

// The wall clock.
Micros NowMicros();
// "2026-11-21T10:00:00.123Z".
std::string IsoTime(Micros micros);
// A random identifier in UUID form, lower case.
std::string NewId();

// How a run, a task attempt or a pipeline update stands.
enum class RunState {
  kQueued,
  kRunning,
  kSucceeded,
  kFailed,
  kCanceled,
  kSkipped,
  kTimedOut,
  kInterrupted,  // The process that ran it is gone: killed, or the machine went down.
};

// Upper-case name, e.g. "SUCCEEDED".
std::string_view RunStateName(RunState state);
// Errors: kCorrupt when `name` is none of them.
Result<RunState> RunStateFromName(std::string_view name);
// False for queued and running.
bool IsFinal(RunState state);

// One run of a job.
struct Run {
  int64_t run_id = 0;   // Given by the store.
  std::string job_key;  // Key of the job in the bundle.
  std::string job_name;
  std::string target;   // Target of the bundle.
  std::string trigger;  // "manual", "schedule", "repair", ...
  RunState state = RunState::kQueued;
  Micros started = 0;
  Micros ended = 0;   // 0 while it is not over.
  std::string error;  // Why it failed; "" otherwise.
  Json parameters = Json::object();
};

// One attempt of one task of a run.
struct TaskAttempt {
  int64_t run_id = 0;
  std::string task_key;
  int attempt = 1;   // 1 is the first.
  std::string kind;  // "pipeline_task", "sql_task", ...
  RunState state = RunState::kQueued;
  Micros started = 0;
  Micros ended = 0;
  std::string error;
  Json output = Json::object();  // Task values and a summary of what was done.
};

// One update of a pipeline.
struct PipelineUpdate {
  std::string update_id;
  std::string pipeline_id;
  std::string pipeline_name;
  int64_t run_id = 0;  // The job run it belongs to, or 0.
  std::string cause;   // API_CALL, USER_ACTION, JOB_TASK, RETRY_ON_FAILURE, ...
  bool full_refresh = false;
  bool validate_only = false;
  RunState state = RunState::kRunning;
  Micros started = 0;
  Micros ended = 0;
  std::string error;
};

// One row of a pipeline's event log. Source: compatibility notes, "Event log".
struct Event {
  std::string id;
  int64_t sequence = 0;  // Given by the store: orders all events.
  Micros timestamp = 0;
  std::string pipeline_id;
  std::string update_id;
  std::string level;       // INFO, WARN, ERROR, METRICS
  std::string event_type;  // "flow_progress", ...
  std::string message;
  Json origin = Json::object();
  Json details = Json::object();  // One key, equal to `event_type`.
  Json error;                     // null without one.
};

// What was deployed of one resource of a bundle.
struct Deployment {
  std::string bundle;
  std::string target;
  std::string resource;  // "jobs.retail", "pipelines.retail"
  std::string id;        // Identifier of the deployed thing.
  Micros deployed = 0;
  Json definition = Json::object();
};

// Which events to read.
struct EventFilter {
  std::string pipeline_id;  // "" is any.
  std::string update_id;    // "" is any.
  std::string event_type;   // "" is any.
  int64_t after_sequence = 0;
  int64_t limit = 0;  // 0 is all.
};

// A named place of secrets.
struct SecretScope {
  std::string name;
  std::string backend;             // "LAKESMITH" (encrypted here), "ENVIRONMENT" or "FILE".
  Json settings = Json::object();  // Of the backend: {"prefix": ...}, {"path": ...}.
  Micros created = 0;
};

// One secret as it is kept: its value is never in the file in clear.
struct SealedSecret {
  std::string scope;
  std::string key;
  std::string key_id;  // Which key sealed it.
  std::string sealed;  // Base64 of nonce and encrypted value.
  Micros updated = 0;
};

// Who may do what with a scope.
struct SecretAcl {
  std::string scope;
  std::string principal;
  std::string permission;  // "READ", "WRITE" or "MANAGE".
};

// What ran, when, and how it ended: one SQLite file beside the warehouse, in WAL mode, so that
// several processes may use it at once. The lake is never in it: losing the file loses history and
// secrets, not data. Texts of runs and events are redacted before they are written. Threads may
// share a store: a lock guards its one connection.
class Store {
 public:
  // Opens or creates the file with its folder, brings its schema up to date, and marks as
  // interrupted every run, attempt and update whose process is gone.
  //
  // Errors: kUnavailable  another process held the file longer than the busy timeout of ten
  // seconds.
  //         kUnsupported  the file was written by a newer version of this program.
  //         kCorrupt      it is not such a file.
  static Result<std::unique_ptr<Store>> Open(const std::string& path);
  // A store that lives in memory and dies with the object, for tests and for validation.
  static Result<std::unique_ptr<Store>> OpenInMemory();
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // Inserts a run that this process executes; returns its number, which grows by one a run.
  Result<int64_t> BeginRun(const Run& run);
  // Writes the state, end, error and parameters of the run of that number.
  Status UpdateRun(const Run& run);
  // Errors: kNotFound.
  Result<Run> GetRun(int64_t run_id);
  // Newest first; `job_key` "" is any job, `limit` 0 is all.
  Result<std::vector<Run>> ListRuns(std::string_view job_key = "", int64_t limit = 0);

  // Inserts or replaces the attempt of that run, task and number.
  Status PutTaskAttempt(const TaskAttempt& attempt);
  // In order of start, then task and attempt.
  Result<std::vector<TaskAttempt>> ListTaskAttempts(int64_t run_id);

  // Inserts or replaces the update of that id.
  Status PutUpdate(const PipelineUpdate& update);
  // Newest first; `pipeline_id` "" is any pipeline, `limit` 0 is all.
  Result<std::vector<PipelineUpdate>> ListUpdates(std::string_view pipeline_id = "",
                                                  int64_t limit = 0);

  // Appends one event; fills in its id, sequence and time where they are missing.
  Result<Event> AppendEvent(Event event);
  // In order of sequence.
  Result<std::vector<Event>> ListEvents(const EventFilter& filter);

  // Inserts or replaces what is deployed under that bundle, target and resource.
  Status PutDeployment(const Deployment& deployment);
  // A no-op when it is not there.
  Status DeleteDeployment(std::string_view bundle, std::string_view target,
                          std::string_view resource);
  // In order of resource.
  Result<std::vector<Deployment>> ListDeployments(std::string_view bundle, std::string_view target);

  // Errors: kConflict when there is one of that name.
  Status PutSecretScope(const SecretScope& scope);
  // With its secrets and permissions. Errors: kNotFound.
  Status DeleteSecretScope(std::string_view name);
  // In order of name.
  Result<std::vector<SecretScope>> ListSecretScopes();
  // Inserts or replaces the secret of that scope and key.
  Status PutSecret(const SealedSecret& secret);
  // Errors: kNotFound.
  Status DeleteSecret(std::string_view scope, std::string_view key);
  // In order of key.
  Result<std::vector<SealedSecret>> ListSecrets(std::string_view scope);
  // Inserts or replaces the permission of that scope and principal; "" removes it.
  Status PutSecretAcl(const SecretAcl& acl);
  // In order of principal.
  Result<std::vector<SecretAcl>> ListSecretAcls(std::string_view scope);

  // How many runs and updates Open found interrupted.
  int64_t interrupted() const { return interrupted_; }

 private:
  class Connection;
  explicit Store(std::unique_ptr<Connection> connection);
  static Result<std::unique_ptr<Store>> OpenAt(const std::string& path);
  Status MarkInterrupted();

  std::mutex mutex_;  // Guards connection_.
  std::unique_ptr<Connection> connection_;
  int64_t interrupted_ = 0;
};

}  // namespace lakesmith::state
