#include <array>

#include "pipeline/pipeline.h"

namespace lakesmith::pipeline {
namespace {

constexpr std::array<std::string_view, 9> kFlowStates = {"QUEUED",    "STARTING", "RUNNING",
                                                         "COMPLETED", "FAILED",   "SKIPPED",
                                                         "STOPPED",   "IDLE",     "EXCLUDED"};
constexpr std::array<std::string_view, 9> kUpdateStates = {
    "QUEUED",   "INITIALIZING", "RESETTING", "SETTING_UP_TABLES", "RUNNING",
    "STOPPING", "COMPLETED",    "FAILED",    "CANCELED"};
constexpr std::array<std::string_view, 4> kKinds = {"STREAMING_TABLE", "MATERIALIZED_VIEW",
                                                    "TEMPORARY_VIEW", "VIEW"};
constexpr std::array<std::string_view, 4> kActions = {"ALLOW", "DROP", "FAIL", "QUARANTINE"};

}  // namespace

std::string_view FlowStateName(FlowState state) { return kFlowStates[static_cast<size_t>(state)]; }

bool IsFinal(FlowState state) {
  return state != FlowState::kQueued && state != FlowState::kStarting &&
         state != FlowState::kRunning;
}

std::string_view UpdateStateName(UpdateState state) {
  return kUpdateStates[static_cast<size_t>(state)];
}

std::string_view DatasetKindName(DatasetKind kind) { return kKinds[static_cast<size_t>(kind)]; }

std::string_view ViolationActionName(ViolationAction action) {
  return kActions[static_cast<size_t>(action)];
}

}  // namespace lakesmith::pipeline
