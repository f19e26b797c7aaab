#pragma once

#include <functional>
#include <mutex>
#include <string>

#include "base/json.h"
#include "base/result.h"
#include "pipeline/graph.h"
#include "pipeline/pipeline.h"
#include "state/state.h"

namespace lakesmith::pipeline {

// Writes the event log of one update: to the state file and to the host's callback. Threads may
// share it; callbacks come one at a time. A state file that fails does not stop an update: the
// first failure is kept. Source: compatibility notes, "Event log".
class EventLog {
 public:
  EventLog(const PipelineSpec& spec, const UpdateOptions& options, const UpdateHost& host);

  const std::string& update_id() const { return update_.update_id; }
  const std::string& pipeline_id() const { return update_.pipeline_id; }

  void CreateUpdate(const UpdateOptions& options);
  void UpdateProgress(UpdateState state, const std::optional<Error>& error);
  void DatasetDefined(const DatasetDefinition& dataset);
  void FlowDefined(const DatasetDefinition& dataset, const FlowDefinition& flow,
                   const DatasetNode& node, const Graph& graph, const types::DataType& schema);
  // A change of a flow. Counts are totals of the update so far and appear once there are any.
  void FlowProgress(const DatasetProgress& progress, const std::string& flow_name);
  // Why a materialized view was recomputed or left alone.
  void PlanningInformation(const std::string& dataset, const std::string& technique,
                           const std::string& reason);

  // What went wrong when writing to the state file; nullopt when nothing did.
  std::optional<Error> failure() const;

 private:
  void Append(const std::string& event_type, std::string level, std::string message, Json detail,
              Json origin, const std::optional<Error>& error = std::nullopt);
  Json Origin(const std::string& dataset, const std::string& flow) const;

  const UpdateHost& host_;
  state::PipelineUpdate update_;
  mutable std::mutex mutex_;  // Guards what follows, and orders callbacks.
  std::optional<Error> failure_;
};

}  // namespace lakesmith::pipeline
