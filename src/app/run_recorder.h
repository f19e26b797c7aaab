#pragma once

#include <optional>

#include "jobs/run.h"
#include "state/state.h"

namespace lakesmith::app {

// The state that a run or attempt is kept with.
state::RunState StateOf(jobs::LifeCycle life_cycle, std::optional<jobs::Outcome> outcome);

// Keeps the attempts of a task or of an iteration as rows of the state file, for those who ask it
// in SQL; the record of the run has them too. The state file lagging behind is no reason to stop a
// run: errors are left out.
void PutAttempts(state::Store& store, int64_t run_id, const jobs::TaskRecord& task);

}  // namespace lakesmith::app
