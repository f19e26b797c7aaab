#include "pipeline/event_log.h"

#include <utility>

namespace lakesmith::pipeline {
namespace {

state::RunState RunStateOf(UpdateState state) {
  switch (state) {
    case UpdateState::kCompleted:
      return state::RunState::kSucceeded;
    case UpdateState::kFailed:
      return state::RunState::kFailed;
    case UpdateState::kCanceled:
      return state::RunState::kCanceled;
    default:
      return state::RunState::kRunning;
  }
}

Json ErrorJson(const Error& error) {
  Json exception = {
      {"class_name", error.error_class().empty() ? std::string(ErrorCodeName(error.code()))
                                                 : error.error_class()},
      {"message", error.ToString()},
      {"stack", Json::array()}};
  return {{"fatal", true}, {"exceptions", Json::array({std::move(exception)})}};
}

bool IsFinal(UpdateState state) {
  return state == UpdateState::kCompleted || state == UpdateState::kFailed ||
         state == UpdateState::kCanceled;
}

Json DataQuality(const DatasetProgress& progress) {
  Json rules = Json::array();
  for (const ExpectationCount& count : progress.expectations) {
    rules.push_back({{"name", count.name},
                     {"dataset", progress.name},
                     {"passed_records", count.passed_records},
                     {"failed_records", count.failed_records}});
  }
  return {{"dropped_records", progress.rows_dropped}, {"expectations", std::move(rules)}};
}

// Rows reached the dataset's rules, so that their counts mean something.
bool SawRows(const DatasetProgress& progress) {
  for (const ExpectationCount& count : progress.expectations) {
    if (count.passed_records + count.failed_records > 0) return true;
  }
  return progress.rows_dropped > 0;
}

}  // namespace

EventLog::EventLog(const PipelineSpec& spec, const UpdateOptions& options, const UpdateHost& host)
    : host_(host) {
  update_.update_id = state::NewId();
  update_.pipeline_id = spec.id.empty() ? spec.name : spec.id;
  update_.pipeline_name = spec.name;
  update_.run_id = options.run_id;
  update_.cause = options.cause;
  update_.full_refresh = options.full_refresh_all || !options.full_refresh.empty();
  update_.validate_only = options.validate_only;
  update_.started = state::NowMicros();
}

std::optional<Error> EventLog::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

Json EventLog::Origin(const std::string& dataset, const std::string& flow) const {
  Json origin = {{"pipeline_id", update_.pipeline_id},
                 {"pipeline_name", update_.pipeline_name},
                 {"pipeline_type", "WORKSPACE"},
                 {"update_id", update_.update_id}};
  if (!dataset.empty()) origin["dataset_name"] = dataset;
  if (!flow.empty()) origin["flow_name"] = flow;
  return origin;
}

void EventLog::Append(const std::string& event_type, std::string level, std::string message,
                      Json detail, Json origin, const std::optional<Error>& error) {
  state::Event event{.timestamp = state::NowMicros(),
                     .pipeline_id = update_.pipeline_id,
                     .update_id = update_.update_id,
                     .level = std::move(level),
                     .event_type = event_type,
                     .message = std::move(message),
                     .origin = std::move(origin)};
  event.details[event_type] = std::move(detail);
  if (error) event.error = ErrorJson(*error);
  const std::lock_guard lock(mutex_);
  if (host_.state != nullptr) {
    Result<state::Event> stored = host_.state->AppendEvent(event);
    if (stored) {
      event = *std::move(stored);
    } else if (!failure_) {
      failure_ = stored.error();
    }
  }
  if (host_.on_event) host_.on_event(event);
}

void EventLog::CreateUpdate(const UpdateOptions& options) {
  if (host_.state != nullptr) {
    const Status put = host_.state->PutUpdate(update_);
    if (!put) failure_ = put.error();
  }
  Append("create_update", "INFO",
         "Update " + update_.update_id + " started by " + options.cause + ".",
         {{"cause", options.cause},
          {"full_refresh", options.full_refresh_all},
          {"refresh_selection", options.refresh},
          {"full_refresh_selection", options.full_refresh},
          {"validate_only", options.validate_only}},
         Origin("", ""));
}

void EventLog::UpdateProgress(UpdateState state, const std::optional<Error>& error) {
  if (host_.state != nullptr && IsFinal(state)) {
    update_.state = RunStateOf(state);
    update_.ended = state::NowMicros();
    update_.error = error ? error->ToString() : "";
    const Status put = host_.state->PutUpdate(update_);
    const std::lock_guard lock(mutex_);
    if (!put && !failure_) failure_ = put.error();
  }
  const std::string name(UpdateStateName(state));
  Append("update_progress", state == UpdateState::kFailed ? "ERROR" : "INFO",
         "Update " + update_.update_id + " is " + name + ".", {{"state", name}}, Origin("", ""),
         error);
  const std::lock_guard lock(mutex_);
  if (host_.on_update_state) host_.on_update_state(state);
}

void EventLog::DatasetDefined(const DatasetDefinition& dataset) {
  Json rules = Json::array();
  for (const ExpectationDefinition& rule : dataset.expectations) {
    rules.push_back({{"name", rule.name},
                     {"expression", rule.predicate},
                     {"action", ViolationActionName(rule.action)}});
  }
  Append("dataset_definition", "INFO", "Dataset " + dataset.FullName() + " is defined.",
         {{"dataset_type", DatasetKindName(dataset.kind)},
          {"num_flows", dataset.flows.size()},
          {"expectations", std::move(rules)}},
         Origin(dataset.FullName(), ""));
}

void EventLog::FlowDefined(const DatasetDefinition& dataset, const FlowDefinition& flow,
                           const DatasetNode& node, const Graph& graph,
                           const types::DataType& schema) {
  Json inputs = Json::array();
  for (const size_t read : node.reads)
    inputs.push_back({{"name", graph.datasets()[read].FullName()}});
  const bool complete = dataset.kind == DatasetKind::kMaterializedView;
  Append("flow_definition", "INFO", "Flow " + flow.name + " is defined.",
         {{"input_datasets", std::move(inputs)},
          {"output_dataset", dataset.FullName()},
          {"flow_type", dataset.IsTable() ? (complete ? "COMPLETE" : "APPEND") : "VIEW"},
          {"schema_json", JsonText(schema.ToJson())}},
         Origin(dataset.FullName(), flow.name));
}

void EventLog::FlowProgress(const DatasetProgress& progress, const std::string& flow_name) {
  const std::string status(FlowStateName(progress.state));
  Json detail = {{"status", status}};
  if (progress.batches > 0) {
    detail["metrics"] = {{"num_output_rows", progress.rows_written},
                         {"executor_time_ms", progress.elapsed.count() / 1000}};
    if (SawRows(progress)) detail["data_quality"] = DataQuality(progress);
  }
  const bool failed = progress.state == FlowState::kFailed;
  std::string message = "Flow " + flow_name + " is " + status + ".";
  if (!progress.note.empty()) message += " " + progress.note;
  Append("flow_progress", failed ? "ERROR" : "INFO", std::move(message), std::move(detail),
         Origin(progress.name, flow_name), progress.error);
  const std::lock_guard lock(mutex_);
  if (host_.on_dataset) host_.on_dataset(progress);
}

void EventLog::PlanningInformation(const std::string& dataset, const std::string& technique,
                                   const std::string& reason) {
  Json chosen = {{"maintenance_type", technique}, {"is_chosen", true}, {"is_applicable", true}};
  Append("planning_information", "INFO", dataset + ": " + technique + ": " + reason,
         {{"technique_information", Json::array({std::move(chosen)})}}, Origin(dataset, ""));
}

}  // namespace lakesmith::pipeline
