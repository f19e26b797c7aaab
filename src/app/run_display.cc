#include "app/run_display.h"

#include <algorithm>

#include "state/state.h"

namespace lakesmith::app {
namespace {

using Clock = std::chrono::steady_clock;
using Phase = ProgressRow::Phase;

Phase PhaseOf(const jobs::TaskRecord& task) {
  if (!task.outcome) {
    const bool active = task.life_cycle == jobs::LifeCycle::kRunning ||
                        task.life_cycle == jobs::LifeCycle::kTerminating ||
                        task.life_cycle == jobs::LifeCycle::kWaitingForRetry;
    return active ? Phase::kActive : Phase::kWaiting;
  }
  switch (*task.outcome) {
    case jobs::Outcome::kSuccess:
    case jobs::Outcome::kSuccessWithFailures:
      return Phase::kGood;
    case jobs::Outcome::kFailed:
    case jobs::Outcome::kTimedOut:
    case jobs::Outcome::kCanceled:
      return Phase::kBad;
    default:
      return Phase::kLeftOut;
  }
}

Phase PhaseOf(pipeline::FlowState state) {
  switch (state) {
    case pipeline::FlowState::kQueued:
      return Phase::kWaiting;
    case pipeline::FlowState::kStarting:
    case pipeline::FlowState::kRunning:
      return Phase::kActive;
    case pipeline::FlowState::kCompleted:
    case pipeline::FlowState::kIdle:
      return Phase::kGood;
    case pipeline::FlowState::kFailed:
    case pipeline::FlowState::kStopped:
      return Phase::kBad;
    case pipeline::FlowState::kSkipped:
    case pipeline::FlowState::kExcluded:
      break;
  }
  return Phase::kLeftOut;
}

// Names are shown without the default catalog.
std::string ShortName(const std::string& name) {
  constexpr std::string_view kDefault = "main.";
  const bool three_parts = std::ranges::count(name, '.') == 2;
  return three_parts && name.starts_with(kDefault) ? name.substr(kDefault.size()) : name;
}

}  // namespace

std::string LabelOf(const jobs::TaskRecord& task) {
  return task.iteration ? fmt::format("{}[{}]", task.task_key, *task.iteration) : task.task_key;
}

ProgressRow RowOf(const jobs::TaskRecord& task) {
  ProgressRow row;
  row.key = LabelOf(task);
  row.parent = task.iteration ? task.task_key : "";
  row.name = row.key;
  row.state = std::string(task.outcome ? jobs::OutcomeName(*task.outcome)
                                       : jobs::LifeCycleName(task.life_cycle));
  row.phase = PhaseOf(task);
  row.note = task.message;
  if (task.start_time > 0) {
    // The record has wall-clock times; the display counts on from them.
    const auto age = std::chrono::microseconds(state::NowMicros() - task.start_time * 1000);
    row.started = Clock::now() - age;
    if (task.end_time > 0) row.elapsed = std::chrono::milliseconds(task.end_time - task.start_time);
  }
  return row;
}

ProgressRow RowOf(const std::string& label, const pipeline::DatasetProgress& dataset) {
  ProgressRow row;
  row.key = label + "/" + dataset.name;
  row.parent = label;
  row.name = ShortName(dataset.name);
  row.state = std::string(pipeline::FlowStateName(dataset.state));
  row.phase = PhaseOf(dataset.state);
  const bool is_table = dataset.kind == pipeline::DatasetKind::kStreamingTable ||
                        dataset.kind == pipeline::DatasetKind::kMaterializedView;
  if (is_table && row.phase != Phase::kWaiting && row.phase != Phase::kLeftOut)
    row.rows = dataset.rows_written;
  row.dropped_rows = dataset.rows_dropped;
  row.note = dataset.error ? dataset.error->message() : dataset.note;
  row.started = Clock::now() - dataset.elapsed;
  if (pipeline::IsFinal(dataset.state) && dataset.elapsed.count() > 0)
    row.elapsed = dataset.elapsed;
  return row;
}

}  // namespace lakesmith::app
