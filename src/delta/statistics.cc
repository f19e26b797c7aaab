#include "delta/statistics.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "delta/column_mapping.h"
#include "delta/scalar_text_internal.h"
#include "delta/statistics_internal.h"

namespace lakesmith::delta {
namespace {

using types::DataType;
using types::StructField;
using types::TypeId;
using types::Value;

constexpr int64_t kMaxStringUnits = 64;  // A longer tie-breaker is not worth its bytes.
constexpr char32_t kLastCodePoint = 0x10FFFF;

bool TypeHasBounds(const DataType& type) {
  return type.IsNumeric() || type.IsString() || type.IsDatetime();
}

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

void CollectLeaves(const DataType& type, ColumnMappingMode mode, const StatisticsColumn& path,
                   std::vector<StatisticsColumn>* leaves) {
  for (const StructField& field : type.fields()) {
    StatisticsColumn column = path;
    column.logical_path.push_back(field.name);
    column.physical_path.push_back(PhysicalName(field, mode));
    if (field.type.is(TypeId::kStruct)) {
      CollectLeaves(field.type, mode, column, leaves);
      continue;
    }
    column.type = field.type;
    column.has_bounds = TypeHasBounds(field.type);
    leaves->push_back(std::move(column));
  }
}

// Whether the leaf is the named column or lies below it.
bool IsNamed(const StatisticsColumn& leaf, const std::vector<std::string>& names) {
  std::string dotted;
  for (const std::string& part : leaf.logical_path) {
    if (!dotted.empty()) dotted += '.';
    dotted += part;
    for (const std::string& name : names) {
      if (EqualsIgnoringCase(name, dotted)) return true;
    }
  }
  return false;
}

// One code point of well-formed UTF-8, taken off the front.
char32_t TakeCodePoint(std::string_view* text) {
  const auto first = static_cast<unsigned char>(text->front());
  const size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  char32_t point = length == 1 ? first : first & (0xFFu >> (length + 1));
  for (size_t i = 1; i < length && i < text->size(); ++i) {
    point = (point << 6) | (static_cast<unsigned char>((*text)[i]) & 0x3Fu);
  }
  text->remove_prefix(std::min(length, text->size()));
  return point;
}

// Takes code points off `rest` until at least `units` UTF-16 units are gone; a pair is never
// parted.
void SkipUnits(int64_t units, std::string_view* rest) {
  while (units > 0 && !rest->empty()) units -= TakeCodePoint(rest) > 0xFFFF ? 2 : 1;
}

class StatisticsWriter {
 public:
  StatisticsWriter(const std::vector<StatisticsColumn>& columns,
                   const std::vector<ColumnStatistics>& values, int64_t string_prefix_length)
      : columns_(columns), values_(values), string_prefix_length_(string_prefix_length) {}

  enum class Part { kMin, kMax, kNullCount };

  // The nested object of one part, e.g. {"a":1,"s":{"b":2}}.
  std::string Object(Part part) const {
    std::string text = "{";
    AppendMembers(part, 0, columns_.size(), 0, &text);
    return text + "}";
  }

 private:
  // Columns [begin, end) share the first `depth` names.
  void AppendMembers(Part part, size_t begin, size_t end, size_t depth, std::string* text) const {
    for (size_t i = begin; i < end;) {
      const std::vector<std::string>& path = columns_[i].physical_path;
      size_t next = i + 1;
      if (path.size() == depth + 1) {
        if (const std::optional<std::string> value = Text(part, i))
          AppendMember(path[depth], *value, text);
        i = next;
        continue;
      }
      while (next < end && columns_[next].physical_path.size() > depth + 1 &&
             columns_[next].physical_path[depth] == path[depth]) {
        ++next;
      }
      std::string inner = "{";
      AppendMembers(part, i, next, depth + 1, &inner);
      if (inner.size() > 1) AppendMember(path[depth], inner + "}", text);
      i = next;
    }
  }

  static void AppendMember(const std::string& name, const std::string& value, std::string* text) {
    if (text->size() > 1) *text += ',';
    *text += JsonText(Json(name)) + ':' + value;
  }

  std::optional<std::string> Text(Part part, size_t i) const {
    if (part == Part::kNullCount) {
      if (!values_[i].null_count) return std::nullopt;
      return std::to_string(*values_[i].null_count);
    }
    if (!columns_[i].has_bounds) return std::nullopt;
    return part == Part::kMin
               ? MinimumText(values_[i].min, columns_[i].type, string_prefix_length_)
               : MaximumText(values_[i].max, columns_[i].type, string_prefix_length_);
  }

  const std::vector<StatisticsColumn>& columns_;
  const std::vector<ColumnStatistics>& values_;
  int64_t string_prefix_length_;
};

std::string QuotedText(const std::string& text) { return JsonText(Json(text)); }

// Text of numbers, dates and times; nullopt where readers could not take it.
std::optional<std::string> PlainBoundText(const Value& value, const DataType& type, bool is_max) {
  switch (type.id()) {
    case TypeId::kFloat:
    case TypeId::kDouble: {
      double number = type.is(TypeId::kFloat) ? value.as<float>() : value.as<double>();
      if (std::isnan(number)) return std::nullopt;
      if (std::isinf(number)) return number < 0 ? "\"-Infinity\"" : "\"Infinity\"";
      if (number == 0) return is_max ? "0.0" : "-0.0";
      return type.is(TypeId::kFloat) ? types::FloatText(value.as<float>())
                                     : types::DoubleText(number);
    }
    case TypeId::kDecimal:
      return types::DecimalText(value.as<types::DecimalValue>());
    case TypeId::kDate: {
      const types::DateValue date = value.as<types::DateValue>();
      if (!HasFourDigitYear(date.days)) return std::nullopt;
      return QuotedText(types::DateText(date));
    }
    case TypeId::kTimestamp:
    case TypeId::kTimestampNtz: {
      const int64_t micros = value.as<types::TimestampValue>().micros;
      if (!HasFourDigitYear(micros / 86'400'000'000)) return std::nullopt;
      const std::string text = IsoTimestampText(micros, FractionDigits::kMillis);
      return QuotedText(type.is(TypeId::kTimestamp) ? text + "Z" : text);
    }
    default:
      return std::to_string(value.as<int64_t>());
  }
}

}  // namespace

std::vector<StatisticsColumn> StatisticsColumns(const DataType& schema,
                                                const std::vector<std::string>& partition_columns,
                                                const TableProperties& properties) {
  std::vector<StatisticsColumn> leaves;
  CollectLeaves(schema, properties.column_mapping_mode, {}, &leaves);
  std::erase_if(leaves, [&](const StatisticsColumn& leaf) {
    return std::ranges::any_of(partition_columns, [&](const std::string& name) {
      return EqualsIgnoringCase(name, leaf.logical_path.front());
    });
  });
  if (properties.data_skipping_columns) {
    std::erase_if(leaves, [&](const StatisticsColumn& leaf) {
      return !IsNamed(leaf, *properties.data_skipping_columns);
    });
    return leaves;
  }
  const int64_t limit = properties.data_skipping_indexed_columns;
  if (limit >= 0 && static_cast<int64_t>(leaves.size()) > limit)
    leaves.resize(static_cast<size_t>(limit));
  return leaves;
}

std::optional<std::string> MinimumText(const Value& value, const DataType& type,
                                       int64_t string_prefix_length) {
  if (value.is_null()) return std::nullopt;
  if (!type.IsString()) return PlainBoundText(value, type, false);
  const std::string& text = value.as<std::string>();
  if (!IsValidUtf8(text)) return std::nullopt;
  std::string_view rest = text;
  SkipUnits(string_prefix_length, &rest);
  return QuotedText(text.substr(0, text.size() - rest.size()));
}

std::optional<std::string> MaximumText(const Value& value, const DataType& type,
                                       int64_t string_prefix_length) {
  if (value.is_null()) return std::nullopt;
  if (!type.IsString()) return PlainBoundText(value, type, true);
  const std::string& text = value.as<std::string>();
  if (!IsValidUtf8(text)) return std::nullopt;
  std::string_view rest = text;
  SkipUnits(string_prefix_length, &rest);
  while (!rest.empty()) {
    const size_t kept = text.size() - rest.size();
    const char32_t dropped = TakeCodePoint(&rest);
    const int64_t limit = std::max(kMaxStringUnits, string_prefix_length);
    if (static_cast<int64_t>(kept) > 4 * limit) return std::nullopt;
    if (dropped < 0x7F) return QuotedText(text.substr(0, kept) + '\x7F');
    if (dropped != kLastCodePoint) return QuotedText(text.substr(0, kept) + "\xF4\x8F\xBF\xBF");
  }
  return QuotedText(text);
}

std::string StatisticsJson(int64_t num_records, const std::vector<StatisticsColumn>& columns,
                           const std::vector<ColumnStatistics>& values,
                           int64_t string_prefix_length, bool tight_bounds) {
  using Part = StatisticsWriter::Part;
  const StatisticsWriter writer(columns, values, string_prefix_length);
  return fmt::format(
      R"({{"numRecords":{},"minValues":{},"maxValues":{},"nullCount":{},"tightBounds":{}}})",
      num_records, writer.Object(Part::kMin), writer.Object(Part::kMax),
      writer.Object(Part::kNullCount), tight_bounds);
}

std::optional<int64_t> LiveRecords(const AddFile& file) {
  const std::optional<int64_t> records = NumRecords(file.stats);
  if (!records || !file.deletion_vector) return records;
  return *records - file.deletion_vector->cardinality;
}

}  // namespace lakesmith::delta
