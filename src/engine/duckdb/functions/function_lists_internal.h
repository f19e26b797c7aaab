#pragma once

#include <span>

#include "engine/duckdb/functions/registry.h"

namespace lakesmith::engine {

// The functions of each source of this folder.
std::span<const NativeFunction> AggregateFunctions();
std::span<const NativeFunction> ArrayFunctions();
std::span<const NativeFunction> BasicFunctions();
std::span<const NativeFunction> CastFunctions();
std::span<const NativeFunction> CollectionFunctions();
std::span<const NativeFunction> CsvFunctions();
std::span<const NativeFunction> DateTimeFunctions();
std::span<const NativeFunction> DecimalFunctions();
std::span<const NativeFunction> DigestFunctions();
std::span<const NativeFunction> DistinctFunctions();
std::span<const NativeFunction> HashFunctions();
std::span<const NativeFunction> JsonFunctions();
std::span<const NativeFunction> MomentFunctions();
std::span<const NativeFunction> NumberFunctions();
std::span<const NativeFunction> RandomFunctions();
std::span<const NativeFunction> RegexFunctions();
std::span<const NativeFunction> SketchFunctions();
std::span<const NativeFunction> TextFunctions();
std::span<const NativeFunction> VariantFunctions();
std::span<const NativeFunction> RuleFunctions();
std::span<const NativeFunction> ZOrderFunctions();

}  // namespace lakesmith::engine
