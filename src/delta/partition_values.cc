#include "delta/partition_values.h"

#include "delta/paths.h"
#include "delta/scalar_text_internal.h"

namespace lakesmith::delta {
namespace {

using types::DataType;
using types::TypeId;
using types::Value;

}  // namespace

Result<std::optional<std::string>> PartitionValueText(const Value& value, const DataType& type) {
  if (value.is_null()) return std::nullopt;
  switch (type.id()) {
    case TypeId::kString:
    case TypeId::kChar:
    case TypeId::kVarchar: {
      const std::string& text = value.as<std::string>();
      if (text.empty()) return std::nullopt;
      return text;
    }
    case TypeId::kBinary: {
      const std::string& bytes = value.as<types::BinaryValue>().bytes;
      if (!IsValidUtf8(bytes)) {
        return Unsupported(
            "a binary partition value that is not UTF-8 cannot be kept in a Delta log");
      }
      if (bytes.empty()) return std::nullopt;
      return bytes;
    }
    case TypeId::kTimestamp:
      return IsoTimestampText(value.as<types::TimestampValue>().micros,
                              FractionDigits::kUpToMicros) +
             "Z";
    case TypeId::kTimestampNtz:
      return types::WallClockText(value.as<types::TimestampValue>().micros);
    case TypeId::kByte:
    case TypeId::kShort:
    case TypeId::kInt:
    case TypeId::kLong:
    case TypeId::kFloat:
    case TypeId::kDouble:
    case TypeId::kDecimal:
    case TypeId::kBoolean:
    case TypeId::kDate:
      return types::ToSparkText(value, type);
    default:
      return Unsupported("a column of type {} cannot partition a table", type.Sql());
  }
}

Result<Value> ParsePartitionValue(const std::optional<std::string>& text, const DataType& type) {
  if (!text || text->empty() || type.is(TypeId::kVoid)) return Value();
  std::optional<Value> value = ParseScalarText(*text, type);
  if (!value) return Corrupt("partition value '{}' is not a {}", *text, type.Sql());
  return *std::move(value);
}

std::string PartitionFolder(const PartitionValues& values) {
  std::string folder;
  for (const PartitionValue& value : values) {
    if (!folder.empty()) folder += '/';
    folder += EscapePartitionName(value.name) + '=' + EscapePartitionName(value.value.value_or(""));
  }
  return folder;
}

}  // namespace lakesmith::delta
