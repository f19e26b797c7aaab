#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "delta/actions.h"
#include "types/data_type.h"
#include "types/value.h"

namespace lakesmith::delta {

// The value as text for `partitionValues`; nullopt for null and for the empty string, which Delta
// cannot tell apart. Errors: kUnsupported  binary that is not UTF-8, and types that cannot
// partition. Source: Delta protocol, "Partition Value Serialization".
Result<std::optional<std::string>> PartitionValueText(const types::Value& value,
                                                      const types::DataType& type);

// The value of a text of the log. Times without a zone are taken as UTC; texts of a narrower type
// are taken too. Errors: kCorrupt with the text and the type.
Result<types::Value> ParsePartitionValue(const std::optional<std::string>& text,
                                         const types::DataType& type);

// "year=2024/city=a%20b" as folders on disk (not yet percent-encoded for the log), in the order
// given; "" for none.
std::string PartitionFolder(const PartitionValues& values);

}  // namespace lakesmith::delta
