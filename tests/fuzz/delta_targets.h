#pragma once

#include <string_view>

// Bodies of the fuzzers of the delta module. Each takes any bytes and stops the process when a rule
// is broken that must hold for all of them; the fuzz programs and a unit test with fixed mutations
// share these.
namespace lakesmith::delta::fuzz {

// One commit file, from bytes to a snapshot state.
void FuzzLog(std::string_view bytes);
// A deletion vector's bytes.
void FuzzDeletionVector(std::string_view bytes);
// A checkpoint: the bytes are the JSON of a V2 one, and say what the rows of Parquet ones hold.
void FuzzCheckpoint(std::string_view bytes);
// Paths, partition values, statistics and properties: small texts of the log.
void FuzzTexts(std::string_view bytes);

}  // namespace lakesmith::delta::fuzz
