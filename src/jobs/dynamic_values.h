#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "bundle/resources.h"
#include "jobs/run.h"

namespace lakesmith::jobs {

// What the {{references}} of one attempt can see.
struct ReferenceScope {
  const RunRecord* run = nullptr;          // Not null.
  const TaskRecord* task = nullptr;        // The task or iteration; not null.
  const bundle::Task* settings = nullptr;  // Its settings; not null.
  const Json* input = nullptr;             // The element of an iteration, or null.
  Millis trigger_time = 0;                 // The instant the run was scheduled for.
  const Json* trigger_details = nullptr;   // As in RunOptions; null is none.
  std::string workspace_url;
};

// Replaces the {{references}} of a text by their values. A value that is no text is written as
// JSON. Errors: kInvalid for an unknown name, a task that has not ended, a missing task value.
// Source: compatibility notes, section 7.
Result<std::string> ExpandReferences(std::string_view text, const ReferenceScope& scope);

// The task with the references of all its settings replaced. The nested task of a for-each task
// stays as it is: its own attempts expand it.
Result<bundle::Task> ExpandTask(const bundle::Task& task, const ReferenceScope& scope);

// Gives the task's own named parameters the values of job parameters of the same run: the job's
// wins. Source: compatibility notes, section 7.
void PushDownParameters(const std::map<std::string, std::string>& job_parameters,
                        bundle::Task& task);

// The elements of a for-each task. Errors: kInvalid when the inputs are no JSON array.
Result<std::vector<Json>> ExpandInputs(const bundle::ForEachTask& loop,
                                       const ReferenceScope& scope);

// "true" or "false". Errors: kInvalid when a comparison of numbers finds a text.
// Source: compatibility notes, section 5.
Result<std::string> EvaluateCondition(const bundle::ConditionTask& condition);

// A part of a time, e.g. "iso_date"; all are of UTC. Errors: kInvalid for an unknown part.
Result<std::string> TimePart(Millis time, const std::string& part);

}  // namespace lakesmith::jobs
