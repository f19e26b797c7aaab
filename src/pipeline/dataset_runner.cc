#include <algorithm>
#include <utility>

#include "pipeline/dataset_runner_internal.h"

namespace lakesmith::pipeline {
namespace {

// Failures after which the same statement may succeed.
bool MayPass(ErrorCode code) {
  return code == ErrorCode::kUnavailable || code == ErrorCode::kConflict ||
         code == ErrorCode::kCommitUnknown;
}

engine::ViolationAction EngineAction(ViolationAction action) {
  switch (action) {
    case ViolationAction::kKeep:
      return engine::ViolationAction::kKeep;
    case ViolationAction::kFailUpdate:
      return engine::ViolationAction::kFail;
    case ViolationAction::kDropRow:
    case ViolationAction::kQuarantine:
      return engine::ViolationAction::kDropRow;
  }
  return engine::ViolationAction::kFail;
}

}  // namespace

DatasetRunner::DatasetRunner(const UpdateContext& context, engine::Session& session, size_t dataset,
                             DatasetProgress& progress)
    : DatasetRunner(context, session, context.graph.datasets()[dataset], context.plans[dataset],
                    context.reset.contains(dataset), progress) {}

DatasetRunner::DatasetRunner(const UpdateContext& context, engine::Session& session,
                             const DatasetDefinition& definition, const DatasetPlan& plan,
                             bool reset, DatasetProgress& progress)
    : context_(context),
      session_(session),
      definition_(definition),
      plan_(plan),
      reset_(reset),
      progress_(progress),
      started_(std::chrono::steady_clock::now()) {}

void DatasetRunner::Run() {
  for (const ExpectationDefinition& rule : definition_.expectations) {
    progress_.expectations.push_back({.name = rule.name, .action = rule.action});
  }
  Report(FlowState::kRunning);
  const Status done = RunStored();
  if (done) {
    const bool idle = progress_.batches == 0 && definition_.IsTable();
    Report(idle ? FlowState::kIdle : FlowState::kCompleted);
    return;
  }
  progress_.error = done.error();
  const bool stopped = done.error().code() == ErrorCode::kCancelled;
  Report(stopped ? FlowState::kStopped : FlowState::kFailed);
}

Status DatasetRunner::RunStored() {
  switch (definition_.kind) {
    case DatasetKind::kStreamingTable:
      return plan_.cdc == nullptr ? RunStreamingTable() : RunCdc();
    case DatasetKind::kMaterializedView:
      return WithRetries([this] { return RunMaterializedView(); });
    case DatasetKind::kView:
      return RunView();
    case DatasetKind::kTemporaryView:
      return {};
  }
  return {};
}

// A lost race is tried again at once, from a fresh look at the table; other failures that may pass
// only as often as the pipeline allows.
Status DatasetRunner::WithRetries(const std::function<Status()>& attempt) {
  constexpr int kMaxConflicts = 20;
  int conflicts = 0;
  int retries = 0;
  while (true) {
    TRY(CheckStop());
    Status done = attempt();
    if (done) return done;
    const ErrorCode code = done.error().code();
    if (code == ErrorCode::kConflict && ++conflicts <= kMaxConflicts) continue;
    if (!MayPass(code) || ++retries > context_.max_retries) return done;
    progress_.note = fmt::format("attempt {} of {}: {}", retries + 1, context_.max_retries + 1,
                                 done.error().ToString());
    Report(FlowState::kRunning);
  }
}

Status DatasetRunner::CheckStop() const {
  if (context_.options.stop.stop_requested()) return Cancelled("the update was stopped");
  return {};
}

void DatasetRunner::Report(FlowState state) {
  progress_.state = state;
  progress_.elapsed = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - started_);
  context_.events.FlowProgress(progress_, definition_.flows.front().name);
}

void DatasetRunner::Count(const engine::WriteMetrics& metrics) {
  progress_.rows_written += metrics.rows_written;
  progress_.rows_dropped += metrics.rows_dropped;
  progress_.batches += 1;
  progress_.version = metrics.version;
  for (size_t i = 0; i < metrics.expectations.size() && i < progress_.expectations.size(); ++i) {
    progress_.expectations[i].passed_records += metrics.expectations[i].passed;
    progress_.expectations[i].failed_records += metrics.expectations[i].failed;
  }
}

engine::WriteRequest DatasetRunner::RequestFor(const FlowDefinition& flow) const {
  engine::WriteRequest request;
  request.target = {definition_.name.catalog, definition_.name.schema, definition_.name.name};
  request.query = {.text = flow.source->text(), .tree = flow.query.get()};
  request.file = flow.source->file();
  for (const ExpectationDefinition& rule : definition_.expectations) {
    request.expectations.push_back({.name = rule.name,
                                    .predicate = rule.predicate,
                                    .action = EngineAction(rule.action),
                                    .location = rule.location,
                                    .message = rule.message,
                                    .error_class = rule.error_class,
                                    .hidden_prefix = rule.hidden_prefix});
  }
  request.commit.commit_info["lakesmith"] = CommitNote(flow);
  return request;
}

void DatasetRunner::AddTableOptions(engine::WriteRequest& request, const std::string& epoch) const {
  request.columns = definition_.columns;
  request.partition_columns = definition_.partition_columns;
  request.comment = definition_.comment;
  request.properties = definition_.properties;
  request.properties[kPipelineProperty] = context_.events.pipeline_id();
  if (!epoch.empty()) request.properties[kEpochProperty] = epoch;
}

Json DatasetRunner::CommitNote(const FlowDefinition& flow) const {
  return {{"pipeline", context_.events.pipeline_id()},
          {"update", context_.events.update_id()},
          {"flow", flow.name}};
}

Result<delta::SnapshotPtr> DatasetRunner::OwnTable() {
  return TableCatalog(session_, context_.events.pipeline_id()).Find(definition_);
}

// Counts are those of the change rows; the table itself is made from them in one commit.
Status DatasetRunner::RunCdc() {
  const CdcPlan& cdc = *plan_.cdc;
  DatasetRunner changes(context_, session_, cdc.changes, cdc.changes_plan, reset_, progress_);
  TRY(changes.RunStreamingTable());
  DatasetProgress merged{.name = progress_.name, .kind = progress_.kind};
  DatasetRunner target(context_, session_, cdc.target, cdc.target_plan, reset_, merged);
  TRY(WithRetries([&target] { return target.RunMaterializedView(); }));
  progress_.version = merged.version;
  if (merged.batches == 0) return {};
  progress_.batches = std::max<int64_t>(progress_.batches, 1);
  progress_.note = fmt::format("{} rows in the table", merged.rows_written);
  return {};
}

Status DatasetRunner::RunView() {
  const FlowDefinition& flow = definition_.flows.front();
  TRY(EnterFlow(session_, flow));
  std::string columns;
  for (const types::StructField& column : definition_.columns) {
    columns += (columns.empty() ? "" : ", ") + types::QuoteIdentifierIfNeeded(column.name);
  }
  const std::string statement =
      fmt::format("CREATE OR REPLACE VIEW {} {} AS {}", definition_.name.ToString(),
                  columns.empty() ? "" : "(" + columns + ")", definition_.view_text);
  engine::ExecuteOptions options;
  options.file = flow.source->file();
  const Result<engine::StatementResult> made = session_.Execute(statement, options);
  if (!made) return Error(made.error()).At(definition_.location);
  return {};
}

}  // namespace lakesmith::pipeline
