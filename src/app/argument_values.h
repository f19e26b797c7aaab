#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace lakesmith::app {

// "0.02" as 20000 millionths: exact, so that the same text means the same share everywhere.
// Errors: kInvalid for another form than digits with at most six after the point.
Result<int32_t> ParseShare(std::string_view text);

// "500MB", "1.5GB", "64MiB", "4096" in bytes. Units of 1000, those with an i of 1024. Errors:
// kInvalid.
Result<int64_t> ParseSize(std::string_view text);

}  // namespace lakesmith::app
