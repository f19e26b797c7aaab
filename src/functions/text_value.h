#pragma once

#include <optional>
#include <string_view>

#include "types/value.h"

namespace lakesmith::functions {

// What the readers of JSON and CSV and the casts of constants share: texts as values of a type.

template <typename T>
std::optional<types::Value> Boxed(const std::optional<T>& value) {
  return value ? std::optional(types::Value(*value)) : std::nullopt;
}

// Bits of TINYINT, SMALLINT, INT and BIGINT.
int IntegralBits(const types::DataType& type);
// Nullopt when the text is malformed or out of the type's range.
std::optional<types::Value> TextToDecimalValue(std::string_view text, const types::DataType& type);
// A year-month, day-time or calendar interval; nullopt for other types.
std::optional<types::Value> TextToIntervalValue(std::string_view text, const types::DataType& type);

}  // namespace lakesmith::functions
