#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace lakesmith::delta {

// Z85 text of bytes, padded with zero bytes to a multiple of 4. Source: ZeroMQ RFC 32.
std::string Z85Encode(std::string_view bytes);
// Errors: kCorrupt for a length that is no multiple of 5, or a character that is not Z85.
Result<std::string> Z85Decode(std::string_view text);

}  // namespace lakesmith::delta
