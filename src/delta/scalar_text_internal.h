#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "types/data_type.h"
#include "types/value.h"

namespace lakesmith::delta {

// Texts of single values as they stand in partition values and statistics. All parse the whole text
// or say nullopt.

// "2024-01-31", also with a sign and more digits of the year.
std::optional<int32_t> ParseDateText(std::string_view text);
// "2024-01-31", "2024-01-31 10:00:00[.ffffff]", the same with T, and with Z or an offset such as
// +01:00 at the end. Microseconds since the epoch; without an offset the text counts as UTC. Digits
// below a microsecond are cut.
std::optional<int64_t> ParseTimestampText(std::string_view text);
// "12.30", "0E-18", "-1.5e+3" as unscaled number at `scale`; nullopt also where digits would be
// lost.
std::optional<types::Int128> ParseDecimalText(std::string_view text, int scale);
// "1.5", "1E10", "NaN", "Infinity", "-Infinity".
std::optional<double> ParseDoubleText(std::string_view text);
std::optional<float> ParseFloatText(std::string_view text);
std::optional<int64_t> ParseIntegerText(std::string_view text);
std::optional<bool> ParseBooleanText(std::string_view text);

// Value of a text by its type; nullopt where it does not parse or the type is not a scalar one.
std::optional<types::Value> ParseScalarText(std::string_view text, const types::DataType& type);

// "2024-01-31T10:00:00.123" or with all six digits and only where needed; without Z.
enum class FractionDigits { kMillis, kUpToMicros };
std::string IsoTimestampText(int64_t micros, FractionDigits digits);

// Whether the date or time lies in the years 1 to 9999, which every reader understands.
bool HasFourDigitYear(int64_t days);

bool IsValidUtf8(std::string_view text);

}  // namespace lakesmith::delta
