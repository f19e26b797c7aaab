#include "plan/type_coercion.h"

#include <algorithm>
#include <cctype>

namespace lakesmith::plan {

using types::DataType;
using types::StructField;
using types::TypeId;

namespace {

constexpr int kMaxPrecision = 38;

// Position in Spark's list byte, short, int, long, float, double; -1 for others.
int NumericRank(const DataType& type) {
  switch (type.id()) {
    case TypeId::kByte:
      return 0;
    case TypeId::kShort:
      return 1;
    case TypeId::kInt:
      return 2;
    case TypeId::kLong:
      return 3;
    case TypeId::kFloat:
      return 4;
    case TypeId::kDouble:
      return 5;
    default:
      return -1;
  }
}

// Digits before the point win where 38 do not suffice.
DataType BoundedDecimal(int precision, int scale) {
  if (precision <= kMaxPrecision) return DataType::Decimal(precision, scale);
  return DataType::Decimal(kMaxPrecision, std::max(0, scale - (precision - kMaxPrecision)));
}

DataType WiderDecimal(const DataType& a, const DataType& b) {
  const int scale = std::max(a.scale(), b.scale());
  const int whole = std::max(a.precision() - a.scale(), b.precision() - b.scale());
  return BoundedDecimal(whole + scale, scale);
}

std::optional<DataType> WiderNumeric(const DataType& a, const DataType& b) {
  if (a.is(TypeId::kDecimal) || b.is(TypeId::kDecimal)) {
    const DataType& other = a.is(TypeId::kDecimal) ? b : a;
    if (other.IsFractional()) return DataType::Double();
    const DataType left = a.is(TypeId::kDecimal) ? a : DecimalForType(a);
    const DataType right = b.is(TypeId::kDecimal) ? b : DecimalForType(b);
    return WiderDecimal(left, right);
  }
  const DataType& wider = NumericRank(a) >= NumericRank(b) ? a : b;
  if (wider.is(TypeId::kFloat)) return DataType::Double();
  return wider;
}

std::optional<DataType> WiderDatetime(const DataType& a, const DataType& b) {
  if (a.is(TypeId::kTimestamp) || b.is(TypeId::kTimestamp)) return DataType::Timestamp();
  return DataType::TimestampNtz();
}

std::optional<DataType> WiderInterval(const DataType& a, const DataType& b) {
  const auto from = std::min(a.from(), b.from());
  const auto to = std::max(a.to(), b.to());
  if (a.is(TypeId::kYearMonthInterval)) return DataType::YearMonthInterval(from, to);
  return DataType::DayTimeInterval(from, to);
}

// Text against another atomic type, which is given second.
std::optional<DataType> WiderWithText(const DataType& other) {
  if (other.IsIntegral()) return DataType::Long();
  if (other.IsNumeric()) return DataType::Double();
  if (other.IsAnsiInterval() || other.IsNested()) return std::nullopt;
  if (other.is(TypeId::kVariant)) return std::nullopt;
  return other;
}

using Wider = std::optional<DataType> (*)(const DataType&, const DataType&);

// Whether two types are one but for names of fields, and NULL in the place of parts.
bool SameButForNulls(const DataType& a, const DataType& b) {
  if (a.is(TypeId::kVoid) || b.is(TypeId::kVoid)) return true;
  if (a.id() != b.id()) return false;
  if (a.is(TypeId::kArray)) return SameButForNulls(a.element(), b.element());
  if (a.is(TypeId::kMap)) {
    return SameButForNulls(a.key(), b.key()) && SameButForNulls(a.value(), b.value());
  }
  if (!a.is(TypeId::kStruct)) return types::SameTypeIgnoringNullability(a, b);
  if (a.fields().size() != b.fields().size()) return false;
  for (size_t i = 0; i < a.fields().size(); ++i) {
    if (!SameButForNulls(a.fields()[i].type, b.fields()[i].type)) return false;
  }
  return true;
}

bool SameFieldNames(const DataType& a, const DataType& b) {
  for (size_t i = 0; i < a.fields().size(); ++i) {
    const std::string& left = a.fields()[i].name;
    const std::string& right = b.fields()[i].name;
    const bool same = std::equal(
        left.begin(), left.end(), right.begin(), right.end(),
        [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
    if (!same) return false;
  }
  return true;
}

std::optional<DataType> WiderNested(const DataType& a, const DataType& b, Wider wider) {
  if (a.is(TypeId::kArray)) {
    const auto element = wider(a.element(), b.element());
    if (!element) return std::nullopt;
    return DataType::Array(*element, a.contains_null() || b.contains_null());
  }
  if (a.is(TypeId::kMap)) {
    const auto key = wider(a.key(), b.key());
    const auto value = wider(a.value(), b.value());
    if (!key || !value) return std::nullopt;
    return DataType::Map(*key, *value, a.contains_null() || b.contains_null());
  }
  if (a.fields().size() != b.fields().size()) return std::nullopt;
  // Structs of other names are not widened.
  if (!SameFieldNames(a, b) && !SameButForNulls(a, b)) return std::nullopt;
  std::vector<StructField> fields;
  for (size_t i = 0; i < a.fields().size(); ++i) {
    const StructField& left = a.fields()[i];
    const StructField& right = b.fields()[i];
    const auto type = wider(left.type, right.type);
    if (!type) return std::nullopt;
    fields.push_back({left.name, *type, left.nullable || right.nullable});
  }
  return DataType::Struct(std::move(fields));
}

std::optional<DataType> Common(const DataType& a, const DataType& b, bool text_joins, Wider self) {
  if (a == b) return a;
  if (a.is(TypeId::kVoid)) return b;
  if (b.is(TypeId::kVoid)) return a;
  if (a.IsString() && b.IsString()) return DataType::String();
  if (a.IsString() || b.IsString()) {
    if (!text_joins) return std::nullopt;
    return WiderWithText(a.IsString() ? b : a);
  }
  if (a.IsNumeric() && b.IsNumeric()) return WiderNumeric(a, b);
  if (a.IsDatetime() && b.IsDatetime()) return WiderDatetime(a, b);
  if (a.id() != b.id()) return std::nullopt;
  if (a.IsAnsiInterval()) return WiderInterval(a, b);
  if (a.is(TypeId::kTime)) return a.precision() >= b.precision() ? a : b;
  if (a.IsNested()) return WiderNested(a, b, self);
  return std::nullopt;
}

bool CanCastAtomic(const DataType& from, const DataType& to) {
  if (from.IsString()) return !to.is(TypeId::kVoid) && !to.is(TypeId::kVariant);
  switch (to.id()) {
    case TypeId::kBoolean:
      return from.IsNumeric();
    case TypeId::kByte:
    case TypeId::kShort:
    case TypeId::kInt:
    case TypeId::kLong:
      return from.IsNumeric() || from.is(TypeId::kBoolean) || from.is(TypeId::kTimestamp) ||
             from.is(TypeId::kTime) || (from.IsAnsiInterval() && from.from() == from.to());
    case TypeId::kDecimal:
      return from.IsNumeric() || from.is(TypeId::kBoolean) || from.is(TypeId::kTimestamp) ||
             from.is(TypeId::kTime) || from.IsAnsiInterval();
    case TypeId::kFloat:
    case TypeId::kDouble:
      return from.IsNumeric() || from.is(TypeId::kBoolean) || from.is(TypeId::kTimestamp);
    case TypeId::kTimestamp:
      return from.IsDatetime() || from.IsNumeric();
    case TypeId::kTimestampNtz:
    case TypeId::kDate:
      return from.IsDatetime();
    case TypeId::kTime:
      return from.is(TypeId::kTime);
    case TypeId::kYearMonthInterval:
    case TypeId::kDayTimeInterval:
      return from.id() == to.id() || from.IsIntegral() || from.is(TypeId::kDecimal);
    default:
      return false;
  }
}

}  // namespace

DataType AdjustedDecimal(int precision, int scale) {
  if (precision <= kMaxPrecision) return DataType::Decimal(precision, scale);
  const int whole = precision - scale;
  const int kept = std::max(kMaxPrecision - whole, std::min(scale, 6));
  return DataType::Decimal(kMaxPrecision, kept);
}

DataType DecimalForType(const DataType& type) {
  switch (type.id()) {
    case TypeId::kByte:
      return DataType::Decimal(3, 0);
    case TypeId::kShort:
      return DataType::Decimal(5, 0);
    case TypeId::kInt:
      return DataType::Decimal(10, 0);
    case TypeId::kLong:
      return DataType::Decimal(20, 0);
    case TypeId::kFloat:
      return DataType::Decimal(14, 7);
    case TypeId::kDouble:
      return DataType::Decimal(30, 15);
    case TypeId::kDecimal:
      return type;
    default:
      return DataType::Decimal(38, 18);
  }
}

std::optional<DataType> TightestCommonType(const DataType& a, const DataType& b) {
  return Common(a, b, false, TightestCommonType);
}

std::optional<DataType> StrictCommonType(const DataType& a, const DataType& b) {
  if (a.is(TypeId::kArray) && b.is(TypeId::kArray)) return WiderNested(a, b, StrictCommonType);
  if (!a.IsNumeric() || !b.IsNumeric() || a == b) return TightestCommonType(a, b);
  if (a.is(TypeId::kDecimal) && b.is(TypeId::kDecimal)) return std::nullopt;
  if (!a.is(TypeId::kDecimal) && !b.is(TypeId::kDecimal)) {
    return NumericRank(a) >= NumericRank(b) ? a : b;
  }
  const DataType& decimal = a.is(TypeId::kDecimal) ? a : b;
  const DataType& other = a.is(TypeId::kDecimal) ? b : a;
  if (other.IsFractional()) return std::nullopt;
  const int digits = DecimalForType(other).precision();
  const bool holds = decimal.precision() - decimal.scale() >= digits;
  return holds ? std::optional(decimal) : std::nullopt;
}

std::optional<DataType> WiderType(const DataType& a, const DataType& b) {
  return Common(
      a, b, true,
      static_cast<std::optional<DataType> (*)(const DataType&, const DataType&)>(WiderType));
}

std::optional<DataType> WiderTypeWithoutText(const DataType& a, const DataType& b) {
  const bool whole = a.IsIntegral() || b.IsIntegral();
  const bool single = a.is(TypeId::kFloat) || b.is(TypeId::kFloat);
  if (whole && single) return DataType::Float();
  return Common(a, b, false, WiderTypeWithoutText);
}

std::optional<DataType> WiderType(std::span<const DataType> all) {
  // Text last: coalesce('1', 1, 2.5) is double whatever the order.
  DataType joined;
  for (const bool texts : {true, false}) {
    for (const DataType& type : all) {
      if (type.IsString() != texts) continue;
      const auto wider = WiderType(joined, type);
      if (!wider) return std::nullopt;
      joined = *wider;
    }
  }
  return joined;
}

bool CanCast(const DataType& from, const DataType& to) {
  if (from == to || from.is(TypeId::kVoid)) return true;
  if (to.is(TypeId::kVoid)) return false;
  if (from.is(TypeId::kVariant)) {
    return !to.is(TypeId::kCalendarInterval) && !to.IsAnsiInterval() && !to.is(TypeId::kTime);
  }
  if (to.is(TypeId::kVariant)) {
    if (from.is(TypeId::kArray)) return CanCast(from.element(), to);
    return !from.IsNested() && !from.IsAnsiInterval() && !from.is(TypeId::kCalendarInterval);
  }
  if (to.IsString()) return true;
  if (from.IsNested() || to.IsNested()) {
    if (from.id() != to.id()) return false;
    if (from.is(TypeId::kArray)) return CanCast(from.element(), to.element());
    if (from.is(TypeId::kMap)) {
      return CanCast(from.key(), to.key()) && CanCast(from.value(), to.value());
    }
    if (from.fields().size() != to.fields().size()) return false;
    for (size_t i = 0; i < from.fields().size(); ++i) {
      if (!CanCast(from.fields()[i].type, to.fields()[i].type)) return false;
    }
    return true;
  }
  return CanCastAtomic(from, to);
}

bool CanStoreAssign(const DataType& from, const DataType& to) {
  if (from == to || from.is(TypeId::kVoid)) return true;
  if (from.IsNumeric() && to.IsNumeric()) return true;
  if (from.IsDatetime() && to.IsDatetime()) return true;
  if (to.IsString()) return !from.IsNested() && !from.is(TypeId::kVariant);
  if (from.id() != to.id()) return false;
  if (from.is(TypeId::kArray)) return CanStoreAssign(from.element(), to.element());
  if (from.is(TypeId::kMap)) {
    return CanStoreAssign(from.key(), to.key()) && CanStoreAssign(from.value(), to.value());
  }
  if (from.is(TypeId::kStruct)) {
    if (from.fields().size() != to.fields().size()) return false;
    for (size_t i = 0; i < from.fields().size(); ++i) {
      if (!CanStoreAssign(from.fields()[i].type, to.fields()[i].type)) return false;
    }
    return true;
  }
  return from.IsAnsiInterval() || from.is(TypeId::kTime);
}

bool CanUpCast(const DataType& from, const DataType& to) {
  if (from == to || from.is(TypeId::kVoid)) return true;
  if (from.IsNumeric() && to.IsNumeric()) {
    if (to.is(TypeId::kDecimal) && (from.is(TypeId::kFloat) || from.is(TypeId::kDouble)))
      return false;
    return TightestCommonType(from, to) == to;
  }
  if (from.is(TypeId::kTime) || to.is(TypeId::kTime)) return to.IsString();
  if (from.IsDatetime() && to.IsDatetime()) return !to.is(TypeId::kDate);
  if (from.IsNested() && from.id() == to.id()) {
    if (from.is(TypeId::kArray)) return CanUpCast(from.element(), to.element());
    if (from.is(TypeId::kMap))
      return CanUpCast(from.key(), to.key()) && CanUpCast(from.value(), to.value());
    if (from.fields().size() != to.fields().size()) return false;
    for (size_t i = 0; i < from.fields().size(); ++i) {
      if (!CanUpCast(from.fields()[i].type, to.fields()[i].type)) return false;
    }
    return true;
  }
  if (to.IsString())
    return !from.IsNested() && !from.is(TypeId::kVariant) && !from.is(TypeId::kBinary);
  return from.id() == to.id() && from.IsAnsiInterval();
}

bool IsOrderable(const DataType& type) {
  switch (type.id()) {
    case TypeId::kMap:
    case TypeId::kVariant:
    case TypeId::kCalendarInterval:
      return false;
    case TypeId::kArray:
      return IsOrderable(type.element());
    case TypeId::kStruct:
      return std::all_of(type.fields().begin(), type.fields().end(),
                         [](const StructField& field) { return IsOrderable(field.type); });
    default:
      return true;
  }
}

}  // namespace lakesmith::plan
