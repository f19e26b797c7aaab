#pragma once

#include <string>
#include <string_view>

#include "app/terminal.h"
#include "base/result.h"

namespace lakesmith::app {

// "[TABLE_OR_VIEW_NOT_FOUND] 1:15: ...": the message with its class and its place.
std::string MessageWithPlace(const Error& error);

// The error as a terminal shows it: message, place, and the line of `text` with a caret below the
// column, unless the message shows it already. `text` is what the error's line numbers count in;
// may be empty.
std::string ErrorText(const Error& error, std::string_view text, const Terminal& terminal);

}  // namespace lakesmith::app
