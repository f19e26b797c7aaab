#pragma once

#include <memory>

#include "functions/json_functions.h"

namespace lakesmith::functions {

// An option, or what holds without it.
std::string OptionOr(const Options& options, const char* name, const char* otherwise);
// What the allow... options of from_json say.
JsonDialect DialectOf(const Options& options);

// The scalars of from_json. Errors: kInvalid for patterns that are wrong.
Result<std::shared_ptr<const JsonScalars>> ScalarsOfJson(const Options& options, TimeZone zone);
// Casts of a variant's numbers, texts and booleans to other types.
std::shared_ptr<const JsonScalars> ScalarsOfVariants(TimeZone zone);

}  // namespace lakesmith::functions
