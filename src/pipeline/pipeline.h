#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace lakesmith::engine {
class Session;
}
namespace lakesmith::state {
class Store;
struct Event;
}  // namespace lakesmith::state

namespace lakesmith::pipeline {

// What a pipeline is: the resolved `resources.pipelines.<key>` of a bundle, or a pipeline spec
// file.
struct PipelineSpec {
  std::string id;  // Stable over updates: names the flows in commits. "" takes `name`.
  std::string name;
  std::vector<std::string> source_files;  // SQL files, globs already expanded.
  std::string
      root_folder;      // Messages show paths relative to it, and read_files resolves against it.
  std::string catalog;  // Default for names of one or two parts; "" leaves the session's.
  std::string schema;   // Default for names of one part; created when missing.
  std::map<std::string, std::string> configuration;  // Session settings, and `${key}` in the text.
  std::map<std::string, std::string> parameters;  // `${key}` in the text; wins over configuration.
  bool development = false;                       // No automatic retry of a failed flow.
};

// How one dataset or flow stands. Source: compatibility notes, "Dataset semantics".
enum class FlowState {
  kQueued,
  kStarting,
  kRunning,
  kCompleted,
  kFailed,
  kSkipped,   // A dataset it reads failed.
  kStopped,   // Canceled.
  kIdle,      // Nothing to do: no new input.
  kExcluded,  // Not selected for this update.
};
// Upper-case name, e.g. "COMPLETED".
std::string_view FlowStateName(FlowState state);
bool IsFinal(FlowState state);

enum class UpdateState {
  kQueued,
  kInitializing,
  kResetting,
  kSettingUpTables,
  kRunning,
  kStopping,
  kCompleted,
  kFailed,
  kCanceled,
};
// Upper-case name, e.g. "SETTING_UP_TABLES".
std::string_view UpdateStateName(UpdateState state);

enum class DatasetKind { kStreamingTable, kMaterializedView, kTemporaryView, kView };
// Upper-case name, e.g. "STREAMING_TABLE".
std::string_view DatasetKindName(DatasetKind kind);

// What an expectation does with a row that violates it.
enum class ViolationAction { kKeep, kDropRow, kFailUpdate, kQuarantine };
std::string_view ViolationActionName(ViolationAction action);

// Exact counts of one rule: passed + failed = rows that reached it.
struct ExpectationCount {
  std::string name;
  ViolationAction action = ViolationAction::kKeep;
  int64_t passed_records = 0;
  int64_t failed_records = 0;
};

// One dataset of an update: a row of the progress display. Rows are totals of this update.
struct DatasetProgress {
  std::string name;  // catalog.schema.table, or the bare name of a temporary view.
  DatasetKind kind = DatasetKind::kStreamingTable;
  FlowState state = FlowState::kQueued;
  int64_t rows_written = 0;
  int64_t rows_dropped = 0;
  int64_t files_read = 0;          // Source files ingested, for flows from files.
  int64_t batches = 0;             // Commits made.
  std::optional<int64_t> version;  // Table version after the update; none for views.
  std::chrono::microseconds elapsed{0};
  std::vector<ExpectationCount> expectations;
  std::string note;  // Why it is idle, skipped, excluded or recomputed.
  std::optional<Error> error;
  std::vector<std::string> inputs;  // Datasets of this pipeline that it reads.
};

struct UpdateResult {
  std::string update_id;
  UpdateState state = UpdateState::kCompleted;
  std::vector<DatasetProgress> datasets;  // In topological order.
  std::chrono::microseconds elapsed{0};
  // The first failure; its message says what failed. None when completed.
  std::optional<Error> error;
};

// What to do in one update.
struct UpdateOptions {
  bool full_refresh_all = false;
  std::vector<std::string> full_refresh;  // Names of datasets to rebuild from nothing.
  std::vector<std::string>
      refresh;  // Names of datasets to refresh; all when this and full_refresh are empty.
  bool validate_only = false;         // Check everything, read and write no data.
  std::string cause = "USER_ACTION";  // JOB_TASK when a job runs it.
  int64_t run_id = 0;                 // The job run it belongs to, or 0.
  int max_parallel_flows = 0;  // 0: spark.sql.pipelines.execution.maxConcurrentFlows, else 16.
  std::stop_token stop;        // A request stops the update after the commits under way.
};

// What the pipeline runs on. Callbacks come from worker threads, one at a time.
struct UpdateHost {
  // Opens a session on the catalog; called once for the update and once for each flow that runs in
  // parallel.
  std::function<Result<std::unique_ptr<engine::Session>>()> open_session;
  state::Store* state = nullptr;  // Where updates and events are recorded; not owned, may be null.
  std::function<void(UpdateState)> on_update_state;  // May be empty.
  std::function<void(const DatasetProgress&)>
      on_dataset;                                     // Each change of a dataset; may be empty.
  std::function<void(const state::Event&)> on_event;  // Each event of the log; may be empty.
};

// Runs one update of a pipeline: reads its SQL files, builds and checks the graph of datasets, then
// refreshes what is selected, independent datasets in parallel. A failed flow stops only what reads
// its dataset.
//
// The returned error is for what is wrong before anything is written: a source that does not parse,
// an unknown dataset, column, option or `${key}`, a cycle; it has file, line and column. A flow
// that fails while it runs is told in UpdateResult: state kFailed, with the error of each dataset.
Result<UpdateResult> RunUpdate(const PipelineSpec& spec, const UpdateOptions& options,
                               const UpdateHost& host);

}  // namespace lakesmith::pipeline
