#include "functions/csv_functions.h"

#include <algorithm>
#include <cmath>

#include "base/ascii.h"
#include "functions/cast_text.h"
#include "functions/civil_time.h"
#include "functions/text_value.h"

namespace lakesmith::functions {
namespace {

using types::DataType;
using types::StructField;
using types::TypeId;
using types::Value;

const std::string* Find(const Options& options, const char* name) {
  const auto found = options.find(name);
  return found == options.end() ? nullptr : &found->second;
}

Error InvalidOption(std::string_view name, std::string_view value) {
  return Invalid("The option `{}` of a CSV function must be one character, not '{}'.", name, value)
      .WithClass("INVALID_PARAMETER_VALUE", "22023");
}

Result<char> Character(const Options& options, const char* name, char otherwise) {
  const std::string* text = Find(options, name);
  if (text == nullptr) return otherwise;
  if (text->size() > 1) return InvalidOption(name, *text);
  return text->empty() ? '\0' : text->front();
}

Result<std::optional<DateTimePattern>> Pattern(const Options& options, const char* name,
                                               DateTimePattern::Use use) {
  const std::string* text = Find(options, name);
  if (text == nullptr) return std::optional<DateTimePattern>();
  DateTimePattern pattern = TRY(DateTimePattern::Compile(*text, use));
  return std::optional(std::move(pattern));
}

Error MalformedRecord(std::string_view text) {
  return Invalid(
             "MalformedRecord records are detected in record parsing: {}. Parse Mode: FAILFAST. To "
             "process malformed records as null result, try setting the option 'mode' as "
             "'PERMISSIVE'.",
             text)
      .WithClass("MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION", "22023");
}

std::string Trimmed(std::string text, bool leading, bool trailing) {
  const auto space = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
  if (trailing) {
    while (!text.empty() && space(text.back())) text.pop_back();
  }
  if (leading)
    text.erase(0, static_cast<size_t>(std::ranges::find_if_not(text, space) - text.begin()));
  return text;
}

// One field starting at `at`; leaves `at` behind the separator that ends it, or past the end.
std::optional<std::string> NextField(std::string_view record, const CsvDialect& dialect,
                                     size_t& at) {
  std::string field;
  size_t begin = at;
  while (begin < record.size() && record[begin] == ' ') ++begin;
  if (dialect.quote != 0 && begin < record.size() && record[begin] == dialect.quote) {
    size_t i = begin + 1;
    for (; i < record.size(); ++i) {
      const bool doubled = i + 1 < record.size() && record[i + 1] == dialect.quote;
      if ((record[i] == dialect.escape || record[i] == dialect.quote) && doubled)
        ++i;
      else if (record[i] == dialect.quote)
        break;
      field += record[i];
    }
    const size_t end = record.find(dialect.separator, i);
    at = end == std::string_view::npos ? record.size() + 1 : end + dialect.separator.size();
    return field;
  }
  const size_t end = std::min(record.find(dialect.separator, at), record.size());
  field = Trimmed(std::string(record.substr(at, end - at)), dialect.trim_leading,
                  dialect.trim_trailing);
  at = end == record.size() ? record.size() + 1 : end + dialect.separator.size();
  if (field == dialect.null_text) return std::nullopt;
  return field;
}

// Java's parsers of whole numbers take no white space.
bool IsPadded(const std::string& text) { return TrimSparkWhiteSpace(text) != text; }

}  // namespace

Result<CsvDialect> CsvDialect::FromOptions(const Options& options, bool writes) {
  CsvDialect dialect;
  if (const std::string* text = Find(options, "sep")) dialect.separator = *text;
  if (const std::string* text = Find(options, "delimiter")) dialect.separator = *text;
  if (dialect.separator == "\\t") dialect.separator = "\t";
  if (dialect.separator.empty()) {
    return Invalid("The separator of a CSV function must not be empty.")
        .WithClass("INVALID_DELIMITER_VALUE.NULL_VALUE", "42602");
  }
  dialect.quote = TRY(Character(options, "quote", '"'));
  dialect.escape = TRY(Character(options, "escape", '\\'));
  if (const std::string* text = Find(options, "nullvalue")) dialect.null_text = *text;
  if (const std::string* text = Find(options, "nanvalue")) dialect.nan_text = *text;
  if (const std::string* text = Find(options, "positiveinf")) dialect.positive_infinity = *text;
  if (const std::string* text = Find(options, "negativeinf")) dialect.negative_infinity = *text;
  dialect.trim_leading = dialect.trim_trailing = writes;
  if (const std::string* text = Find(options, "ignoreleadingwhitespace"))
    dialect.trim_leading = Lower(*text) == "true";
  if (const std::string* text = Find(options, "ignoretrailingwhitespace"))
    dialect.trim_trailing = Lower(*text) == "true";
  return dialect;
}

std::vector<std::optional<std::string>> SplitCsv(std::string_view record,
                                                 const CsvDialect& dialect) {
  std::vector<std::optional<std::string>> fields;
  for (size_t at = 0; at <= record.size();) fields.push_back(NextField(record, dialect, at));
  return fields;
}

Result<CsvReader> CsvReader::Create(DataType type, const Options& options, TimeZone zone) {
  CsvReader reader;
  reader.type_ = std::move(type);
  reader.zone_ = std::move(zone);
  reader.dialect_ = TRY(CsvDialect::FromOptions(options, false));
  const std::string* mode = Find(options, "mode");
  const std::string name = mode == nullptr ? "permissive" : Lower(*mode);
  if (name != "permissive" && name != "failfast") {
    return Invalid(
               "The function `from_csv` doesn't support the {} mode. Acceptable modes are "
               "PERMISSIVE and FAILFAST.",
               *mode)
        .WithClass("PARSE_MODE_UNSUPPORTED", "42601");
  }
  reader.fail_fast_ = name == "failfast";
  const std::string* corrupt = Find(options, "columnnameofcorruptrecord");
  reader.corrupt_column_ = corrupt == nullptr ? "_corrupt_record" : *corrupt;
  constexpr auto kParse = DateTimePattern::Use::kParse;
  reader.date_pattern_ = TRY(Pattern(options, "dateformat", kParse));
  reader.timestamp_pattern_ = TRY(Pattern(options, "timestampformat", kParse));
  reader.timestamp_ntz_pattern_ = TRY(Pattern(options, "timestampntzformat", kParse));
  reader.time_pattern_ = TRY(Pattern(options, "timeformat", kParse));
  if (const std::string* named = Find(options, "timezone")) {
    reader.zone_ = TRY(TimeZone::Find(*named));
  }
  return reader;
}

Result<Value> CsvReader::Read(std::string_view text) const {
  const auto cells = SplitCsv(text, dialect_);
  types::StructValue row;
  bool malformed = false;
  std::optional<size_t> corrupt;
  size_t next = 0;
  for (size_t i = 0; i < type_.fields().size(); ++i) {
    const StructField& field = type_.fields()[i];
    row.fields.emplace_back();
    if (field.name == corrupt_column_) {
      corrupt = i;
      continue;
    }
    const size_t at = next++;
    if (at >= cells.size()) malformed = true;
    if (at >= cells.size() || !cells[at]) continue;
    std::optional<Value> value = Convert(*cells[at], field.type);
    malformed = malformed || !value;
    if (value) row.fields.back() = *std::move(value);
  }
  malformed = malformed || cells.size() > next;
  if (malformed && fail_fast_) return MalformedRecord(text);
  if (malformed && corrupt) row.fields[*corrupt] = Value(std::string(text));
  return Value(std::move(row));
}

std::optional<Value> CsvReader::Convert(const std::string& text, const DataType& type) const {
  switch (type.id()) {
    case TypeId::kString:
    case TypeId::kChar:
    case TypeId::kVarchar:
      return Value(text);
    case TypeId::kBinary:
      return Value(types::BinaryValue{text});
    case TypeId::kBoolean:
      if (Lower(text) == "true") return Value(true);
      if (Lower(text) == "false") return Value(false);
      return std::nullopt;
    case TypeId::kYearMonthInterval:
    case TypeId::kDayTimeInterval:
    case TypeId::kCalendarInterval:
      return TextToIntervalValue(text, type);
    case TypeId::kVariant:
      return Value(types::VariantValue{JsonQuoted(text)});
    default:
      return type.IsNumeric() ? ConvertNumber(text, type) : ConvertTime(text, type);
  }
}

std::optional<Value> CsvReader::ConvertNumber(const std::string& text, const DataType& type) const {
  if (type.IsIntegral()) {
    if (IsPadded(text)) return std::nullopt;
    return Boxed(TextToIntegral(text, IntegralBits(type)));
  }
  if (type.is(TypeId::kDecimal)) return TextToDecimalValue(text, type);
  std::optional<double> number;
  if (text == dialect_.nan_text) number = std::nan("");
  if (text == dialect_.positive_infinity) number = INFINITY;
  if (text == dialect_.negative_infinity) number = -INFINITY;
  if (type.is(TypeId::kFloat))
    return Boxed(number ? std::optional(static_cast<float>(*number)) : TextToFloat(text));
  return Boxed(number ? number : TextToDouble(text));
}

std::optional<Value> CsvReader::ConvertTime(const std::string& text, const DataType& type) const {
  const auto parsed = [&](const std::optional<DateTimePattern>& pattern) {
    return pattern->Parse(text);
  };
  switch (type.id()) {
    case TypeId::kDate:
      if (!date_pattern_) return Boxed(TextToDate(text));
      if (const auto point = parsed(date_pattern_)) {
        const int64_t days = FloorDivide(point->local_micros, kMicrosPerDay);
        return Value(types::DateValue{static_cast<int32_t>(days)});
      }
      return std::nullopt;
    case TypeId::kTime:
      if (!time_pattern_) {
        const auto micros = TextToTime(text);
        return micros ? std::optional<Value>(Value(types::TimeValue{*micros})) : std::nullopt;
      }
      if (const auto point = parsed(time_pattern_))
        return Value(types::TimeValue{point->local_micros % kMicrosPerDay});
      return std::nullopt;
    case TypeId::kTimestamp:
      if (!timestamp_pattern_) return Boxed(TextToTimestamp(text, zone_, 0));
      if (const auto point = parsed(timestamp_pattern_)) {
        const TimeZone& zone = point->zone ? *point->zone : zone_;
        return Value(types::TimestampValue{zone.ToInstant(point->local_micros).utc_micros});
      }
      return std::nullopt;
    case TypeId::kTimestampNtz: {
      const auto& pattern = timestamp_ntz_pattern_ ? timestamp_ntz_pattern_ : timestamp_pattern_;
      if (!pattern) return Boxed(TextToTimestampNtz(text));
      if (const auto point = parsed(pattern))
        return Value(types::TimestampValue{point->local_micros});
      return std::nullopt;
    }
    default:
      return std::nullopt;
  }
}

namespace {

// Writes fields by Spark's rules for to_csv.
class CsvWriter {
 public:
  static Result<CsvWriter> Create(const Options& options, const TimeZone& zone) {
    CsvWriter writer(zone);
    writer.dialect_ = TRY(CsvDialect::FromOptions(options, true));
    constexpr auto kFormat = DateTimePattern::Use::kFormat;
    writer.date_pattern_ = TRY(Pattern(options, "dateformat", kFormat));
    writer.timestamp_pattern_ = TRY(Pattern(options, "timestampformat", kFormat));
    writer.time_pattern_ = TRY(Pattern(options, "timeformat", kFormat));
    const std::string* all = Find(options, "quoteall");
    writer.quote_all_ = all != nullptr && Lower(*all) == "true";
    const std::string* empty = Find(options, "emptyvalue");
    writer.empty_text_ = empty == nullptr ? "\"\"" : *empty;
    return writer;
  }

  Result<std::string> Record(const Value& value, const DataType& type) const {
    std::string record;
    for (size_t i = 0; i < type.fields().size(); ++i) {
      const Value& field = value.structure().fields.at(i);
      if (i > 0) record += dialect_.separator;
      record +=
          field.is_null() ? dialect_.null_text : Quoted(TRY(Text(field, type.fields()[i].type)));
    }
    return record;
  }

 private:
  explicit CsvWriter(const TimeZone& zone) : zone_(zone) {}

  Result<std::string> Text(const Value& value, const DataType& type) const {
    switch (type.id()) {
      case TypeId::kDate:
        if (!date_pattern_) return types::DateText(value.as<types::DateValue>());
        return date_pattern_->Format(value.as<types::DateValue>().days * kMicrosPerDay, nullptr, 0);
      case TypeId::kTime:
        if (!time_pattern_) return types::ToSparkText(value, type);
        return time_pattern_->Format(value.as<types::TimeValue>().micros, nullptr, 0);
      case TypeId::kTimestamp:
      case TypeId::kTimestampNtz:
        return Timestamp(value.as<types::TimestampValue>().micros, type.is(TypeId::kTimestamp));
      default:
        return types::ToSparkText(value, type);
    }
  }

  Result<std::string> Timestamp(int64_t micros, bool instant) const {
    const int64_t local = instant ? zone_.ToLocal(micros) : micros;
    if (timestamp_pattern_)
      return timestamp_pattern_->Format(local, instant ? &zone_ : nullptr, micros);
    const DateTimePattern pattern = TRY(DateTimePattern::Compile(
        instant ? "yyyy-MM-dd'T'HH:mm:ss.SSSXXX" : "yyyy-MM-dd'T'HH:mm:ss.SSS",
        DateTimePattern::Use::kFormat));
    return pattern.Format(local, &zone_, micros);
  }

  std::string Quoted(std::string text) const {
    text = Trimmed(std::move(text), dialect_.trim_leading, dialect_.trim_trailing);
    if (text.empty()) return empty_text_;
    const bool special = text.find(dialect_.separator) != std::string::npos ||
                         text.find_first_of("\r\n") != std::string::npos ||
                         (dialect_.quote != 0 && text.find(dialect_.quote) != std::string::npos);
    if ((!special && !quote_all_) || dialect_.quote == 0) return text;
    std::string quoted(1, dialect_.quote);
    for (const char c : text) {
      if (c == dialect_.quote) quoted += dialect_.escape;
      quoted += c;
    }
    return quoted + dialect_.quote;
  }

  const TimeZone& zone_;
  CsvDialect dialect_;
  bool quote_all_ = false;
  std::string empty_text_;
  std::optional<DateTimePattern> date_pattern_;
  std::optional<DateTimePattern> timestamp_pattern_;
  std::optional<DateTimePattern> time_pattern_;
};

DataType TypeOfField(const std::string& text, const CsvDialect& dialect, const TimeZone& zone) {
  const std::string digits = text.starts_with('-') ? text.substr(1) : text;
  const bool whole = !digits.empty() && digits.find_first_not_of("0123456789") == std::string::npos;
  if (whole && TextToIntegral(text, 32)) return DataType::Int();
  if (whole && TextToIntegral(text, 64)) return DataType::Long();
  if (whole && digits.size() <= 38) return DataType::Decimal(static_cast<int>(digits.size()), 0);
  const bool special = text == dialect.nan_text || text == dialect.positive_infinity ||
                       text == dialect.negative_infinity;
  if (special || TextToDouble(text)) return DataType::Double();
  if (TextToDate(text) && text.size() >= 8) return DataType::Date();
  if (TextToTimestamp(text, zone, 0)) return DataType::Timestamp();
  if (Lower(text) == "true" || Lower(text) == "false") return DataType::Boolean();
  return DataType::String();
}

}  // namespace

Result<std::string> ValueToCsv(const Value& value, const DataType& type, const Options& options,
                               const TimeZone& zone) {
  const CsvWriter writer = TRY(CsvWriter::Create(options, zone));
  return writer.Record(value, type);
}

Result<std::string> SchemaOfCsv(std::string_view record, const Options& options,
                                const TimeZone& zone) {
  const CsvDialect dialect = TRY(CsvDialect::FromOptions(options, false));
  std::vector<StructField> fields;
  for (const auto& cell : SplitCsv(record, dialect)) {
    const std::string name = "_c" + std::to_string(fields.size());
    fields.push_back(
        {.name = name, .type = cell ? TypeOfField(*cell, dialect, zone) : DataType::String()});
  }
  return DataType::Struct(std::move(fields)).Sql();
}

}  // namespace lakesmith::functions
