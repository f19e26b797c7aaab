#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace lakesmith::types {

// Spark's data types. Source: Spark SQL reference, "Data Types"; Delta protocol, "Schema
// Serialization Format".
enum class TypeId : uint8_t {
  kVoid,
  kBoolean,
  kByte,
  kShort,
  kInt,
  kLong,
  kFloat,
  kDouble,
  kDecimal,
  kString,
  kChar,
  kVarchar,
  kBinary,
  kDate,
  kTime,
  kTimestamp,     // An instant, shown in the session time zone.
  kTimestampNtz,  // A wall-clock time without zone.
  kYearMonthInterval,
  kDayTimeInterval,
  kCalendarInterval,
  kArray,
  kMap,
  kStruct,
  kVariant,
};

// Fields of the ANSI intervals, in order from the widest; year-month uses kYear and kMonth,
// day-time the rest.
enum class IntervalField : uint8_t { kYear, kMonth, kDay, kHour, kMinute, kSecond };

struct StructField;

// An immutable type, cheap to copy; nested parts are shared, so threads may share it.
class DataType {
 public:
  DataType() : DataType(TypeId::kVoid) {}

  static DataType Void() { return DataType(TypeId::kVoid); }
  static DataType Boolean() { return DataType(TypeId::kBoolean); }
  static DataType Byte() { return DataType(TypeId::kByte); }
  static DataType Short() { return DataType(TypeId::kShort); }
  static DataType Int() { return DataType(TypeId::kInt); }
  static DataType Long() { return DataType(TypeId::kLong); }
  static DataType Float() { return DataType(TypeId::kFloat); }
  static DataType Double() { return DataType(TypeId::kDouble); }
  // CHECKs 1 <= precision <= 38 and 0 <= scale <= precision.
  static DataType Decimal(int precision, int scale);
  static DataType String() { return DataType(TypeId::kString); }
  static DataType Char(int length);
  static DataType Varchar(int length);
  static DataType Binary() { return DataType(TypeId::kBinary); }
  static DataType Date() { return DataType(TypeId::kDate); }
  // Time of day with `precision` fractional digits, 0 to 6.
  static DataType Time(int precision = 6);
  static DataType Timestamp() { return DataType(TypeId::kTimestamp); }
  static DataType TimestampNtz() { return DataType(TypeId::kTimestampNtz); }
  static DataType YearMonthInterval(IntervalField from = IntervalField::kYear,
                                    IntervalField to = IntervalField::kMonth);
  static DataType DayTimeInterval(IntervalField from = IntervalField::kDay,
                                  IntervalField to = IntervalField::kSecond);
  static DataType CalendarInterval() { return DataType(TypeId::kCalendarInterval); }
  static DataType Array(DataType element, bool contains_null = true);
  static DataType Map(DataType key, DataType value, bool value_contains_null = true);
  static DataType Struct(std::vector<StructField> fields);
  static DataType Variant() { return DataType(TypeId::kVariant); }

  TypeId id() const { return id_; }
  bool is(TypeId id) const { return id_ == id; }
  bool IsIntegral() const;      // byte, short, int, long
  bool IsFractional() const;    // float, double
  bool IsNumeric() const;       // integral, fractional, decimal
  bool IsString() const;        // string, char, varchar
  bool IsNested() const;        // array, map, struct
  bool IsDatetime() const;      // date, timestamp, timestamp_ntz
  bool IsAnsiInterval() const;  // year-month, day-time

  int precision() const { return precision_; }  // decimal, time
  int scale() const { return scale_; }          // decimal
  int length() const { return precision_; }     // char, varchar
  IntervalField from() const { return static_cast<IntervalField>(precision_); }
  IntervalField to() const { return static_cast<IntervalField>(scale_); }

  // Each CHECKs that the type is of the kind that has this part.
  const DataType& element() const;                 // array
  bool contains_null() const;                      // array elements, map values
  const DataType& key() const;                     // map
  const DataType& value() const;                   // map
  const std::vector<StructField>& fields() const;  // struct

  // Position of the field of that name ignoring ASCII case; nullopt when there is none.
  std::optional<size_t> FieldIndex(std::string_view name) const;

  // Spark's simple name, e.g. "bigint", "decimal(10,2)", "struct<a:int,b:array<string>>".
  std::string SimpleString() const;
  // Upper-case DDL, e.g. "BIGINT", "STRUCT<a: INT NOT NULL>"; what DESCRIBE and error messages
  // show.
  std::string Sql() const;
  // Delta's schema element: text such as "long", or an object.
  Json ToJson() const;
  // Errors: kCorrupt when it is not a type; kUnsupported names a type that is unknown.
  static Result<DataType> FromJson(const Json& json);

  // Same type, field names and nullability; field metadata does not count.
  bool operator==(const DataType& other) const;

 private:
  struct Nested;
  explicit DataType(TypeId id, int precision = 0, int scale = 0)
      : id_(id), precision_(static_cast<int16_t>(precision)), scale_(static_cast<int16_t>(scale)) {}

  TypeId id_;
  int32_t precision_ = 0;
  int32_t scale_ = 0;
  std::shared_ptr<const Nested> nested_;
};

// A column of a table or a field of a struct.
struct StructField {
  std::string name;
  DataType type;
  bool nullable = true;
  Json metadata = Json::object();

  // The comment kept in the metadata; "" without one.
  std::string Comment() const;
  bool operator==(const StructField& other) const;
};

// Same types whatever the nullability and metadata; struct field names compare ignoring ASCII case.
bool SameTypeIgnoringNullability(const DataType& a, const DataType& b);

// Writes `name` bare when it is a plain identifier, else between backticks with inner ones doubled.
std::string QuoteIdentifierIfNeeded(std::string_view name);

}  // namespace lakesmith::types
