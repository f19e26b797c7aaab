#pragma once

#include <vector>

#include "base/result.h"
#include "engine/session_state.h"
#include "engine/write_request.h"

namespace lakesmith::engine {

// The columns that files have, found by looking into them; every one nullable.
// Errors: kInvalid when there is no file.
Result<std::vector<types::StructField>> InferFileSchema(SessionState& state,
                                                        const FilesRelation& relation);

}  // namespace lakesmith::engine
