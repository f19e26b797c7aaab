#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace lakesmith::pipeline {

// What WITH (key = value) after a streamed table asks for.
struct StreamOptions {
  bool skip_change_commits = false;  // Commits that change or delete rows are passed over.
  // The first version whose rows are read; without, all rows that the table has.
  std::optional<int64_t> starting_version;
  bool start_at_newest = false;  // Only commits after the first look.
};

// Reads the options of a streamed table. Errors: kInvalid for a name that is none, with the nearest
// one, and for a wrong value; kUnsupported for an option that Delta streams know and this lacks.
// `failed_key`, where given, is set to the key that the error is about.
Result<StreamOptions> ParseStreamOptions(const std::map<std::string, std::string>& options,
                                         std::string* failed_key = nullptr);

}  // namespace lakesmith::pipeline
