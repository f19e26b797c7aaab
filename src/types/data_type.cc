#include "types/data_type.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "base/check.h"

namespace lakesmith::types {

struct DataType::Nested {
  std::vector<DataType> children;  // array: element; map: key, value
  bool contains_null = true;
  std::vector<StructField> fields;
};

namespace {

constexpr std::array kIntervalFieldNames = {"year", "month", "day", "hour", "minute", "second"};

bool EqualIgnoringCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

std::string Upper(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text;
}

std::string IntervalName(const DataType& type) {
  const char* from = kIntervalFieldNames.at(static_cast<size_t>(type.from()));
  const char* to = kIntervalFieldNames.at(static_cast<size_t>(type.to()));
  return type.from() == type.to() ? fmt::format("interval {}", from)
                                  : fmt::format("interval {} to {}", from, to);
}

// The name of a type that has no inner types.
std::string FlatName(const DataType& type) {
  switch (type.id()) {
    case TypeId::kVoid:
      return "void";
    case TypeId::kBoolean:
      return "boolean";
    case TypeId::kByte:
      return "tinyint";
    case TypeId::kShort:
      return "smallint";
    case TypeId::kInt:
      return "int";
    case TypeId::kLong:
      return "bigint";
    case TypeId::kFloat:
      return "float";
    case TypeId::kDouble:
      return "double";
    case TypeId::kDecimal:
      return fmt::format("decimal({},{})", type.precision(), type.scale());
    case TypeId::kString:
      return "string";
    case TypeId::kChar:
      return fmt::format("char({})", type.length());
    case TypeId::kVarchar:
      return fmt::format("varchar({})", type.length());
    case TypeId::kBinary:
      return "binary";
    case TypeId::kDate:
      return "date";
    case TypeId::kTime:
      return fmt::format("time({})", type.precision());
    case TypeId::kTimestamp:
      return "timestamp";
    case TypeId::kTimestampNtz:
      return "timestamp_ntz";
    case TypeId::kYearMonthInterval:
    case TypeId::kDayTimeInterval:
      return IntervalName(type);
    case TypeId::kCalendarInterval:
      return "interval";
    case TypeId::kVariant:
      return "variant";
    default:
      CHECK(!"a type without inner types");
  }
}

bool SameFlat(const DataType& a, const DataType& b) {
  return a.id() == b.id() && a.precision() == b.precision() && a.scale() == b.scale();
}

}  // namespace

DataType DataType::Decimal(int precision, int scale) {
  CHECK(precision >= 1 && precision <= 38 && scale >= 0 && scale <= precision);
  return DataType(TypeId::kDecimal, precision, scale);
}

DataType DataType::Char(int length) { return DataType(TypeId::kChar, length); }

DataType DataType::Varchar(int length) { return DataType(TypeId::kVarchar, length); }

DataType DataType::Time(int precision) {
  CHECK(precision >= 0 && precision <= 6);
  return DataType(TypeId::kTime, precision);
}

DataType DataType::YearMonthInterval(IntervalField from, IntervalField to) {
  CHECK(from <= to && to <= IntervalField::kMonth);
  return DataType(TypeId::kYearMonthInterval, static_cast<int>(from), static_cast<int>(to));
}

DataType DataType::DayTimeInterval(IntervalField from, IntervalField to) {
  CHECK(from <= to && from >= IntervalField::kDay);
  return DataType(TypeId::kDayTimeInterval, static_cast<int>(from), static_cast<int>(to));
}

DataType DataType::Array(DataType element, bool contains_null) {
  DataType type(TypeId::kArray);
  type.nested_ = std::make_shared<Nested>(
      Nested{.children = {std::move(element)}, .contains_null = contains_null, .fields = {}});
  return type;
}

DataType DataType::Map(DataType key, DataType value, bool value_contains_null) {
  DataType type(TypeId::kMap);
  type.nested_ = std::make_shared<Nested>(Nested{.children = {std::move(key), std::move(value)},
                                                 .contains_null = value_contains_null,
                                                 .fields = {}});
  return type;
}

DataType DataType::Struct(std::vector<StructField> fields) {
  DataType type(TypeId::kStruct);
  type.nested_ = std::make_shared<Nested>(
      Nested{.children = {}, .contains_null = true, .fields = std::move(fields)});
  return type;
}

bool DataType::IsIntegral() const { return id_ >= TypeId::kByte && id_ <= TypeId::kLong; }

bool DataType::IsFractional() const { return is(TypeId::kFloat) || is(TypeId::kDouble); }

bool DataType::IsNumeric() const { return id_ >= TypeId::kByte && id_ <= TypeId::kDecimal; }

bool DataType::IsString() const { return id_ >= TypeId::kString && id_ <= TypeId::kVarchar; }

bool DataType::IsNested() const { return nested_ != nullptr; }

bool DataType::IsDatetime() const {
  return is(TypeId::kDate) || is(TypeId::kTimestamp) || is(TypeId::kTimestampNtz);
}

bool DataType::IsAnsiInterval() const {
  return is(TypeId::kYearMonthInterval) || is(TypeId::kDayTimeInterval);
}

const DataType& DataType::element() const {
  CHECK(is(TypeId::kArray));
  return nested_->children[0];
}

bool DataType::contains_null() const {
  CHECK(is(TypeId::kArray) || is(TypeId::kMap));
  return nested_->contains_null;
}

const DataType& DataType::key() const {
  CHECK(is(TypeId::kMap));
  return nested_->children[0];
}

const DataType& DataType::value() const {
  CHECK(is(TypeId::kMap));
  return nested_->children[1];
}

const std::vector<StructField>& DataType::fields() const {
  CHECK(is(TypeId::kStruct));
  return nested_->fields;
}

std::optional<size_t> DataType::FieldIndex(std::string_view name) const {
  for (size_t i = 0; i < fields().size(); ++i) {
    if (EqualIgnoringCase(fields()[i].name, name)) return i;
  }
  return std::nullopt;
}

std::string DataType::SimpleString() const {
  switch (id_) {
    case TypeId::kArray:
      return fmt::format("array<{}>", element().SimpleString());
    case TypeId::kMap:
      return fmt::format("map<{},{}>", key().SimpleString(), value().SimpleString());
    case TypeId::kStruct: {
      std::string text = "struct<";
      for (const StructField& field : fields()) {
        if (text.back() != '<') text += ',';
        text += fmt::format("{}:{}", field.name, field.type.SimpleString());
      }
      return text + ">";
    }
    default:
      return FlatName(*this);
  }
}

std::string DataType::Sql() const {
  switch (id_) {
    case TypeId::kArray:
      return fmt::format("ARRAY<{}>", element().Sql());
    case TypeId::kMap:
      return fmt::format("MAP<{}, {}>", key().Sql(), value().Sql());
    case TypeId::kStruct: {
      std::string text = "STRUCT<";
      for (const StructField& field : fields()) {
        if (text.back() != '<') text += ", ";
        text += fmt::format("{}: {}{}", QuoteIdentifierIfNeeded(field.name), field.type.Sql(),
                            field.nullable ? "" : " NOT NULL");
      }
      return text + ">";
    }
    default:
      return Upper(FlatName(*this));
  }
}

bool DataType::operator==(const DataType& other) const {
  if (!SameFlat(*this, other)) return false;
  if (nested_ == other.nested_) return true;
  return nested_->contains_null == other.nested_->contains_null &&
         nested_->children == other.nested_->children && nested_->fields == other.nested_->fields;
}

std::string StructField::Comment() const {
  const auto found = metadata.find("comment");
  return found != metadata.end() && found->is_string() ? found->get<std::string>() : "";
}

bool StructField::operator==(const StructField& other) const {
  return name == other.name && type == other.type && nullable == other.nullable;
}

bool SameTypeIgnoringNullability(const DataType& a, const DataType& b) {
  if (!SameFlat(a, b)) return false;
  if (a.is(TypeId::kArray)) return SameTypeIgnoringNullability(a.element(), b.element());
  if (a.is(TypeId::kMap)) {
    return SameTypeIgnoringNullability(a.key(), b.key()) &&
           SameTypeIgnoringNullability(a.value(), b.value());
  }
  if (!a.is(TypeId::kStruct)) return true;
  return std::ranges::equal(a.fields(), b.fields(), [](const StructField& x, const StructField& y) {
    return EqualIgnoringCase(x.name, y.name) && SameTypeIgnoringNullability(x.type, y.type);
  });
}

std::string QuoteIdentifierIfNeeded(std::string_view name) {
  const bool plain =
      !name.empty() && !std::isdigit(static_cast<unsigned char>(name[0])) &&
      std::ranges::all_of(name, [](unsigned char c) { return std::isalnum(c) || c == '_'; });
  if (plain) return std::string(name);
  std::string quoted = "`";
  for (const char c : name) {
    if (c == '`') quoted += '`';
    quoted += c;
  }
  return quoted + "`";
}

}  // namespace lakesmith::types
