#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace lakesmith::sql {

// An error of class PARSE_SYNTAX_ERROR at `offset`: the message, then the source line with a caret
// under the `length` bytes there.
Error SyntaxError(std::string_view text, size_t offset, size_t length, std::string_view message);

}  // namespace lakesmith::sql
