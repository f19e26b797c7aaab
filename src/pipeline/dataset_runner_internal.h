#pragma once

#include <chrono>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "delta/snapshot.h"
#include "engine/session.h"
#include "pipeline/event_log.h"
#include "pipeline/graph.h"
#include "pipeline/pipeline.h"
#include "pipeline/planner.h"
#include "pipeline/source_position.h"
#include "storage/object_store.h"

namespace lakesmith::pipeline {

// What all datasets of one update share. Read-only while flows run; EventLog has its own lock.
struct UpdateContext {
  const PipelineSpec& spec;
  const UpdateOptions& options;
  const Graph& graph;
  const std::vector<DatasetPlan>& plans;
  const std::set<size_t>& reset;
  EventLog& events;
  std::shared_ptr<storage::ObjectStore> store;
  int max_retries = 0;  // Further attempts of a flow after a failure that may pass.
};

// Brings one dataset up to date, on one thread with a session of its own.
class DatasetRunner {
 public:
  DatasetRunner(const UpdateContext& context, engine::Session& session, size_t dataset,
                DatasetProgress& progress);
  // A dataset that is not in the graph: a step of AUTO CDC. `reset`: start from nothing.
  DatasetRunner(const UpdateContext& context, engine::Session& session,
                const DatasetDefinition& definition, const DatasetPlan& plan, bool reset,
                DatasetProgress& progress);

  // Runs all flows of the dataset and reports on the way; the outcome is in `progress`.
  void Run();

 private:
  // Inputs of a batch as they were when it was planned.
  struct Batch {
    PositionStep step;
    std::map<std::string, engine::RelationReplacement> streams;  // By source key.
    int64_t files = 0;
    bool has_input = false;
  };
  class BatchResolver;
  class PinnedResolver;

  Status RunStored();
  Status WithRetries(const std::function<Status()>& attempt);

  // Streaming tables.
  Status RunStreamingTable();
  Status RunCdc();
  Status PrepareTable();
  Status CreateEmpty(engine::WriteMode mode, const std::string& epoch);
  Status RunFlow(size_t flow_index);
  Status RunOnce(size_t flow_index, FlowPosition& position);
  Result<Batch> PlanBatch(size_t flow_index, const FlowPosition& position);
  Status PlanFiles(const StreamSource& source, const FlowPlan& plan, const FlowPosition& position,
                   Batch& batch);
  Status PlanTable(const StreamSource& source, const FlowPosition& position, Batch& batch);
  Status WriteBatch(size_t flow_index, FlowPosition& position, Batch batch);

  // Materialized views and views.
  Status RunMaterializedView();
  // "" when the table is as a recomputation would make it. `note`: what its newest commit says.
  Result<std::string> WhyRecompute(const delta::SnapshotPtr& table, const Json& note);
  Result<bool> InputUnchanged(const std::string& key, const Json& pinned);
  Status Recompute(const delta::SnapshotPtr& table, const Json& note);
  Status RunView();

  engine::WriteRequest RequestFor(const FlowDefinition& flow) const;
  void AddTableOptions(engine::WriteRequest& request, const std::string& epoch) const;
  Json CommitNote(const FlowDefinition& flow) const;
  Result<delta::SnapshotPtr> OwnTable();
  void Count(const engine::WriteMetrics& metrics);
  void Report(FlowState state);
  Status CheckStop() const;

  const UpdateContext& context_;
  engine::Session& session_;
  const DatasetDefinition& definition_;
  const DatasetPlan& plan_;
  const bool reset_;
  DatasetProgress& progress_;
  // Versions of a table that one batch of a stream takes; fewer after OPTIMIZE rewrote files of the
  // range.
  int64_t version_limit_ = std::numeric_limits<int64_t>::max();
  std::chrono::steady_clock::time_point started_;
};

}  // namespace lakesmith::pipeline
