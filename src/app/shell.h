#pragma once

#include "app/statement_runner.h"
#include "engine/session.h"

namespace lakesmith::app {

// The interactive shell: reads statements from the terminal until its end or \q. Ctrl-C stops a
// running statement, or drops what was typed.
void RunShell(engine::Session& session, StatementRunner& runner);

// True when the text ends a statement: a ';' outside texts, names and comments follows the last
// word.
bool IsCompleteStatement(std::string_view text);

}  // namespace lakesmith::app
