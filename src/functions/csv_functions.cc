#include "functions/csv_functions.h"

#include <algorithm>
#include <cmath>

#include "base/ascii.h"
#include "functions/cast_text.h"
#include "functions/civil_time.h"
#include "functions/json_text.h"
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

std::string_view Trimmed(std::string_view text, bool leading, bool trailing) {
  const auto space = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
  while (trailing && !text.empty() && space(text.back())) text.remove_suffix(1);
  while (leading && !text.empty() && space(text.front())) text.remove_prefix(1);
  return text;
}

// Java's parsers of whole numbers take no white space.
bool IsPadded(std::string_view text) { return TrimSparkWhiteSpace(text) != text; }

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

std::optional<std::string_view> CsvFields::Next() {
  size_t begin = at_;
  while (begin < record_.size() && record_[begin] == ' ') ++begin;
  if (dialect_.quote != 0 && begin < record_.size() && record_[begin] == dialect_.quote)
    return Quoted(begin + 1);
  const size_t end = record_.find(dialect_.separator, at_);
  const std::string_view field =
      Trimmed(record_.substr(at_, end - at_), dialect_.trim_leading, dialect_.trim_trailing);
  MoveBehind(end);
  return field == dialect_.null_text ? std::nullopt : std::optional(field);
}

// A field whose quote stands before `begin`.
std::string_view CsvFields::Quoted(size_t begin) {
  unquoted_.clear();
  size_t i = begin;
  for (; i < record_.size(); ++i) {
    const bool doubled = i + 1 < record_.size() && record_[i + 1] == dialect_.quote;
    if ((record_[i] == dialect_.escape || record_[i] == dialect_.quote) && doubled)
      ++i;
    else if (record_[i] == dialect_.quote)
      break;
    unquoted_ += record_[i];
  }
  MoveBehind(record_.find(dialect_.separator, i));
  return unquoted_;
}

void CsvFields::MoveBehind(size_t separator) {
  at_ = separator == std::string_view::npos ? record_.size() + 1
                                            : separator + dialect_.separator.size();
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
  const std::string* named = Find(options, "columnnameofcorruptrecord");
  const std::string corrupt = named == nullptr ? "_corrupt_record" : *named;
  for (size_t i = 0; i < reader.type_.fields().size(); ++i) {
    if (reader.type_.fields()[i].name == corrupt) reader.corrupt_field_ = i;
  }
  constexpr auto kParse = DateTimePattern::Use::kParse;
  reader.date_pattern_ = TRY(Pattern(options, "dateformat", kParse));
  reader.timestamp_pattern_ = TRY(Pattern(options, "timestampformat", kParse));
  reader.timestamp_ntz_pattern_ = TRY(Pattern(options, "timestampntzformat", kParse));
  reader.time_pattern_ = TRY(Pattern(options, "timeformat", kParse));
  if (const std::string* zone_name = Find(options, "timezone")) {
    reader.zone_ = TRY(TimeZone::Find(*zone_name));
  }
  return reader;
}

Status CsvReader::Read(std::string_view text, OutputColumn& column, size_t row) const {
  CsvFields fields(text, dialect_);
  bool malformed = false;
  column.SetStruct(row);
  for (size_t i = 0; i < type_.fields().size(); ++i) {
    OutputColumn& field = column.part(i);
    field.SetNull(row);
    if (i == corrupt_field_) continue;
    malformed = malformed || fields.AtEnd();
    const std::optional<std::string_view> cell = fields.AtEnd() ? std::nullopt : fields.Next();
    if (cell && !Put(*cell, type_.fields()[i].type, field, row)) malformed = true;
  }
  malformed = malformed || !fields.AtEnd();
  if (malformed && fail_fast_) return MalformedRecord(text);
  if (malformed && corrupt_field_) column.part(*corrupt_field_).SetText(row, text);
  return {};
}

bool CsvReader::Put(std::string_view text, const DataType& type, OutputColumn& column,
                    size_t row) const {
  if (type.IsString() || type.is(TypeId::kBinary)) {
    column.SetText(row, text);
    return true;
  }
  if (type.is(TypeId::kVariant)) {
    column.SetText(row, JsonQuoted(text));
    return true;
  }
  const std::optional<Value> value = Convert(text, type);
  if (value) column.Set(row, *value);
  return value.has_value();
}

std::optional<Value> CsvReader::Convert(std::string_view text, const DataType& type) const {
  if (type.IsIntegral()) {
    if (IsPadded(text)) return std::nullopt;
    return Boxed(TextToIntegral(text, IntegralBits(type)));
  }
  switch (type.id()) {
    case TypeId::kBoolean:
      if (Lower(text) == "true") return Value(true);
      if (Lower(text) == "false") return Value(false);
      return std::nullopt;
    case TypeId::kFloat:
    case TypeId::kDouble:
      return ConvertFloating(text, type);
    case TypeId::kDecimal:
      return TextToDecimalValue(text, type);
    case TypeId::kYearMonthInterval:
    case TypeId::kDayTimeInterval:
    case TypeId::kCalendarInterval:
      return TextToIntervalValue(text, type);
    default:
      return ConvertTime(text, type);
  }
}

std::optional<Value> CsvReader::ConvertFloating(std::string_view text, const DataType& type) const {
  std::optional<double> number;
  if (text == dialect_.nan_text) number = std::nan("");
  if (text == dialect_.positive_infinity) number = INFINITY;
  if (text == dialect_.negative_infinity) number = -INFINITY;
  if (type.is(TypeId::kFloat))
    return Boxed(number ? std::optional(static_cast<float>(*number)) : TextToFloat(text));
  return Boxed(number ? number : TextToDouble(text));
}

std::optional<Value> CsvReader::ConvertTime(std::string_view text, const DataType& type) const {
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

Result<CsvWriter> CsvWriter::Create(const Options& options, TimeZone zone) {
  CsvWriter writer;
  writer.zone_ = std::move(zone);
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

Status CsvWriter::Append(const InputColumn& column, size_t row, const DataType& type,
                         std::string& out) const {
  for (size_t i = 0; i < type.fields().size(); ++i) {
    const InputColumn& field = column.part(i);
    const DataType& field_type = type.fields()[i].type;
    if (i > 0) out += dialect_.separator;
    if (field.IsNull(row)) {
      out += dialect_.null_text;
    } else if (field_type.IsString()) {
      AppendQuoted(field.GetText(row), out);
    } else {
      AppendQuoted(TRY(Text(field.Get(row), field_type)), out);
    }
  }
  return {};
}

Result<std::string> CsvWriter::Text(const Value& value, const DataType& type) const {
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

Result<std::string> CsvWriter::Timestamp(int64_t micros, bool instant) const {
  const int64_t local = instant ? zone_.ToLocal(micros) : micros;
  if (timestamp_pattern_)
    return timestamp_pattern_->Format(local, instant ? &zone_ : nullptr, micros);
  const DateTimePattern pattern = TRY(DateTimePattern::Compile(
      instant ? "yyyy-MM-dd'T'HH:mm:ss.SSSXXX" : "yyyy-MM-dd'T'HH:mm:ss.SSS",
      DateTimePattern::Use::kFormat));
  return pattern.Format(local, &zone_, micros);
}

void CsvWriter::AppendQuoted(std::string_view text, std::string& out) const {
  text = Trimmed(text, dialect_.trim_leading, dialect_.trim_trailing);
  if (text.empty()) {
    out += empty_text_;
    return;
  }
  const bool special = text.find(dialect_.separator) != std::string_view::npos ||
                       text.find_first_of("\r\n") != std::string_view::npos ||
                       (dialect_.quote != 0 && text.find(dialect_.quote) != std::string_view::npos);
  if ((!special && !quote_all_) || dialect_.quote == 0) {
    out += text;
    return;
  }
  out += dialect_.quote;
  for (const char c : text) {
    if (c == dialect_.quote) out += dialect_.escape;
    out += c;
  }
  out += dialect_.quote;
}

namespace {

DataType TypeOfField(std::string_view text, const CsvDialect& dialect, const TimeZone& zone) {
  const std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
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

Result<std::string> SchemaOfCsv(std::string_view record, const Options& options,
                                const TimeZone& zone) {
  const CsvDialect dialect = TRY(CsvDialect::FromOptions(options, false));
  std::vector<StructField> fields;
  CsvFields cells(record, dialect);
  while (!cells.AtEnd()) {
    const std::optional<std::string_view> cell = cells.Next();
    const std::string name = "_c" + std::to_string(fields.size());
    fields.push_back(
        {.name = name, .type = cell ? TypeOfField(*cell, dialect, zone) : DataType::String()});
  }
  return DataType::Struct(std::move(fields)).Sql();
}

}  // namespace lakesmith::functions
