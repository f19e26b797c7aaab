#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/json.h"
#include "types/data_type.h"

namespace lakesmith::types {

using Int128 = __int128;

// An unscaled decimal: 12.30 is {1230, 2}.
struct DecimalValue {
  Int128 unscaled = 0;
  int scale = 0;
  bool operator==(const DecimalValue&) const = default;
};

struct DateValue {
  int32_t days = 0;  // Since 1970-01-01, proleptic Gregorian.
  auto operator<=>(const DateValue&) const = default;
};

struct TimestampValue {
  int64_t micros = 0;  // Since 1970-01-01T00:00:00 UTC; of the wall clock for timestamp_ntz.
  auto operator<=>(const TimestampValue&) const = default;
};

struct TimeValue {
  int64_t micros = 0;  // Since midnight.
  auto operator<=>(const TimeValue&) const = default;
};

// Year-month intervals use months alone, day-time intervals days and micros.
struct IntervalValue {
  int32_t months = 0;
  int32_t days = 0;
  int64_t micros = 0;
  bool operator==(const IntervalValue&) const = default;
};

struct BinaryValue {
  std::string bytes;
  bool operator==(const BinaryValue&) const = default;
};

// A variant shown as its JSON text.
struct VariantValue {
  std::string json;
  bool operator==(const VariantValue&) const = default;
};

class Value;
using ValueList = std::vector<Value>;

struct ArrayValue {
  ValueList elements;
  bool operator==(const ArrayValue&) const;
};

struct MapValue {
  std::vector<std::pair<Value, Value>> entries;  // In order of insertion.
  bool operator==(const MapValue&) const;
};

// Field values in the order of the struct's type.
struct StructValue {
  ValueList fields;
  bool operator==(const StructValue&) const;
};

// One Spark value, or null. Integral types of all widths are int64_t; float is kept as float so
// that its shortest text is right. The DataType beside it says the exact type.
class Value {
 public:
  using Storage = std::variant<std::monostate, bool, int64_t, float, double, DecimalValue,
                               std::string, BinaryValue, DateValue, TimestampValue, TimeValue,
                               IntervalValue, VariantValue, std::shared_ptr<const ArrayValue>,
                               std::shared_ptr<const MapValue>, std::shared_ptr<const StructValue>>;

  Value() = default;
  template <typename T>
    requires std::is_constructible_v<Storage, T&&>
  Value(T&& value) : storage_(std::forward<T>(value)) {}
  Value(ArrayValue value) : storage_(std::make_shared<const ArrayValue>(std::move(value))) {}
  Value(MapValue value) : storage_(std::make_shared<const MapValue>(std::move(value))) {}
  Value(StructValue value) : storage_(std::make_shared<const StructValue>(std::move(value))) {}

  bool is_null() const { return std::holds_alternative<std::monostate>(storage_); }
  // The value as T; CHECKs that it holds one.
  template <typename T>
  const T& as() const;
  const ArrayValue& array() const { return *as<std::shared_ptr<const ArrayValue>>(); }
  const MapValue& map() const { return *as<std::shared_ptr<const MapValue>>(); }
  const StructValue& structure() const { return *as<std::shared_ptr<const StructValue>>(); }
  const Storage& storage() const { return storage_; }

  bool operator==(const Value& other) const;

 private:
  Storage storage_;
};

[[noreturn]] void WrongValueKind();

template <typename T>
const T& Value::as() const {
  const T* value = std::get_if<T>(&storage_);
  if (value == nullptr) WrongValueKind();
  return *value;
}

// Offset of local time from UTC, in microseconds, at an instant given in microseconds since the
// epoch. Text of timestamps needs it; the engine supplies one for the session time zone.
using ZoneOffset = int64_t (*)(int64_t micros, const void* context);
struct TimeZone {
  ZoneOffset offset = nullptr;  // nullptr is UTC.
  const void* context = nullptr;
};

// Text as Spark's CAST(... AS STRING) gives it: 1.0E10, 2024-01-15 10:00:00.5, {a -> 1}, [1, null],
// {1, x}.
std::string ToSparkText(const Value& value, const DataType& type, const TimeZone& zone = {});

// The JSON form of `lakesmith sql --json`: see docs/sql-json.md.
Json ToBatchJson(const Value& value, const DataType& type, const TimeZone& zone = {});

// Plain notation with the value's scale, e.g. "-12.30".
std::string DecimalText(const DecimalValue& value);
std::string DateText(DateValue value);
// "YYYY-MM-DD HH:MM:SS[.ffffff]" of a wall-clock time, trailing zeros of the fraction cut.
std::string WallClockText(int64_t micros);
// Shortest text that reads back as the same number, in Java's notation (1.0, 1.0E10, NaN,
// Infinity).
std::string DoubleText(double value);
std::string FloatText(float value);
// Spark's text: "INTERVAL '1-2' YEAR TO MONTH", "INTERVAL '1 02:03:04' DAY TO SECOND", "1 months 2
// days".
std::string IntervalText(const IntervalValue& value, const DataType& type);

}  // namespace lakesmith::types
