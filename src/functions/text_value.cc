#include "functions/text_value.h"

#include "functions/cast_text.h"

namespace lakesmith::functions {

using types::DataType;
using types::TypeId;
using types::Value;

int IntegralBits(const DataType& type) {
  if (type.is(TypeId::kByte)) return 8;
  if (type.is(TypeId::kShort)) return 16;
  return type.is(TypeId::kInt) ? 32 : 64;
}

std::optional<Value> TextToDecimalValue(std::string_view text, const DataType& type) {
  const auto unscaled = TextToDecimal(text, type.precision(), type.scale());
  if (!unscaled) return std::nullopt;
  return Value(types::DecimalValue{.unscaled = *unscaled, .scale = type.scale()});
}

std::optional<Value> TextToIntervalValue(std::string_view text, const DataType& type) {
  if (type.is(TypeId::kYearMonthInterval)) {
    const auto months = TextToYearMonth(text, type);
    return months ? std::optional<Value>(types::IntervalValue{.months = *months}) : std::nullopt;
  }
  if (type.is(TypeId::kDayTimeInterval)) {
    const auto micros = TextToDayTime(text, type);
    return micros ? std::optional<Value>(types::IntervalValue{.micros = *micros}) : std::nullopt;
  }
  if (type.is(TypeId::kCalendarInterval)) return Boxed(TextToCalendarInterval(text));
  return std::nullopt;
}

}  // namespace lakesmith::functions
