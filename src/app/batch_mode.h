#pragma once

#include <cstdio>
#include <istream>

#include "base/json.h"
#include "base/result.h"
#include "engine/session.h"

namespace lakesmith::app {

// `lakesmith sql --json`: reads statements, each ended by a line that holds only ';', and answers
// each at once with one line of JSON. A statement that fails is answered and the next one is read.
// The form: docs/sql-json.md. Errors: kUnavailable when `out` takes no more.
Status RunBatchMode(engine::Session& session, std::istream& in, std::FILE* out);

// {"ok":false,"error":...,"errorClass":...,"sqlState":...}
Json ErrorAnswer(const Error& error);

}  // namespace lakesmith::app
