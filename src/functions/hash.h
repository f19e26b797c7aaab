#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "types/value.h"

namespace lakesmith::functions {

// Spark's hash() and xxhash64(): the hash of a value with the hash so far as its seed. Null leaves
// the seed as it is. Source: Spark's documented functions; MurmurHash3 x86 32-bit with Spark's
// treatment of the last bytes, XXH64.
int32_t SparkMurmur3(const types::Value& value, const types::DataType& type, int32_t seed);
int64_t SparkXxHash64(const types::Value& value, const types::DataType& type, int64_t seed);

// The CRC-32 of zlib.
uint32_t Crc32(std::string_view bytes);

// Lower-case hexadecimal.
std::string HexLower(std::string_view bytes);

// The text of `number` (in base `from_base`, blanks around it and digits after the first bad one
// ignored) in `to_base`; a negative base is signed. Bases 2 to 36; nullopt when a base is out of
// range or the text is empty. `overflow` tells of a number beyond 64 bits.
std::optional<std::string> ConvertBase(std::string_view number, int from_base, int to_base,
                                       bool& overflow);

}  // namespace lakesmith::functions
