#include <algorithm>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "base/stack_space.h"
#include "sql/lexer.h"
#include "sql/parser_internal.h"

namespace lakesmith::sql {

namespace {

using types::DataType;

// Deeper types would overflow stacks of code that walks them.
constexpr int kDeepestType = 500;
constexpr int kMaximumPrecision = 38;

std::optional<types::IntervalField> IntervalFieldOf(KeywordId keyword) {
  using types::IntervalField;
  if (keyword == Keyword("YEAR").id) return IntervalField::kYear;
  if (keyword == Keyword("MONTH").id) return IntervalField::kMonth;
  if (keyword == Keyword("DAY").id) return IntervalField::kDay;
  if (keyword == Keyword("HOUR").id) return IntervalField::kHour;
  if (keyword == Keyword("MINUTE").id) return IntervalField::kMinute;
  if (keyword == Keyword("SECOND").id) return IntervalField::kSecond;
  return std::nullopt;
}

struct NamedType {
  Keyword name;
  DataType (*make)();
};

constexpr NamedType kSimpleTypes[] = {
    {"BOOLEAN", &DataType::Boolean},
    {"TINYINT", &DataType::Byte},
    {"BYTE", &DataType::Byte},
    {"SMALLINT", &DataType::Short},
    {"SHORT", &DataType::Short},
    {"INT", &DataType::Int},
    {"INTEGER", &DataType::Int},
    {"BIGINT", &DataType::Long},
    {"LONG", &DataType::Long},
    {"FLOAT", &DataType::Float},
    {"REAL", &DataType::Float},
    {"DOUBLE", &DataType::Double},
    {"DATE", &DataType::Date},
    {"TIMESTAMP_NTZ", &DataType::TimestampNtz},
    {"TIMESTAMP_LTZ", &DataType::Timestamp},
    {"BINARY", &DataType::Binary},
    {"VOID", &DataType::Void},
    {"NULL", &DataType::Void},
    {"VARIANT", &DataType::Variant},
};

}  // namespace

Result<TypeName> Parser::ParseType() {
  const uint32_t begin = Begin();
  TypeName type;
  type.type = TRY(ParseTypeInto(&type.collations));
  const auto& names = type.collations;
  if (std::all_of(names.begin(), names.end(), [](const auto& name) { return name.empty(); })) {
    type.collations.clear();
  }
  type.range = RangeFrom(begin);
  return type;
}

Result<DataType> Parser::ParseTypeInto(std::vector<std::string>* collations) {
  if (type_depth_ >= kDeepestType) {
    return ErrorAt({Peek().begin, Peek().end},
                   fmt::format("Types nest at most {} deep", kDeepestType));
  }
  ++type_depth_;
  auto type = WithStackSpace([&] { return ParsePrimitiveType(collations); });
  --type_depth_;
  return type;
}

Result<DataType> Parser::ParsePrimitiveType(std::vector<std::string>* collations) {
  if (Peek().kind != TokenKind::kWord) {
    return Unexpected("a data type");
  }
  for (const NamedType& simple : kSimpleTypes) {
    if (Sees(simple.name, 0)) {
      Advance();
      if (simple.name.id == Keyword("DOUBLE").id) {
        Accept("PRECISION");
      }
      return simple.make();
    }
  }
  return ParseParameterizedType(collations);
}

Result<DataType> Parser::ParseParameterizedType(std::vector<std::string>* collations) {
  const uint32_t begin = Begin();
  if (Accept("STRING")) {
    collations->push_back(TRY(ParseCollationSuffix()));
    return DataType::String();
  }
  const bool character = SeesAny({"CHAR", "CHARACTER"});
  if (character || Sees("VARCHAR", 0)) {
    Advance();
    const auto numbers = TRY(ParseTypeNumbers(1));
    if (numbers.empty() || numbers[0] < 1) {
      return ErrorAt(RangeFrom(begin), "A length of at least 1 is needed: VARCHAR(10), CHAR(10)")
          .WithClass("DATATYPE_MISSING_SIZE", "42K01");
    }
    collations->push_back(TRY(ParseCollationSuffix()));
    return character ? DataType::Char(numbers[0]) : DataType::Varchar(numbers[0]);
  }
  if (AcceptAny({"DECIMAL", "DEC", "NUMERIC"}) != 0) {
    return ParseDecimalType();
  }
  if (SeesAny({"TIME", "TIMESTAMP"})) {
    return ParseTimeType();
  }
  if (Accept("INTERVAL")) {
    return ParseIntervalType();
  }
  if (Accept("ARRAY")) {
    TRY(OpenAngle());
    DataType element = TRY(ParseTypeInto(collations));
    TRY(CloseAngle());
    return DataType::Array(std::move(element));
  }
  if (Accept("MAP")) {
    TRY(OpenAngle());
    DataType key = TRY(ParseTypeInto(collations));
    TRY(Expect(TokenKind::kComma));
    DataType value = TRY(ParseTypeInto(collations));
    TRY(CloseAngle());
    return DataType::Map(std::move(key), std::move(value));
  }
  if (Accept("STRUCT")) {
    return ParseStructType(collations);
  }
  return UnsupportedType(begin);
}

Error Parser::UnsupportedType(uint32_t begin) const {
  const SourceRange range{begin, Peek().end};
  return ErrorAt(range, fmt::format("Unsupported data type \"{}\"", UpperText(Peek())))
      .WithClass("UNSUPPORTED_DATATYPE", "0A000");
}

Result<std::string> Parser::ParseCollationSuffix() {
  std::string collation;
  if (Accept("COLLATE")) {
    for (const Identifier& part : TRY(ParsePath())) {
      collation += (collation.empty() ? "" : ".") + part.name;
    }
  }
  return collation;
}

// (n) or (n, m), not followed further; empty without parentheses.
Result<std::vector<int>> Parser::ParseTypeNumbers(size_t most) {
  std::vector<int> numbers;
  if (!Accept(TokenKind::kLeftParen)) {
    return numbers;
  }
  do {
    const SourceRange range{Peek().begin, Peek().end};
    const std::string digits = TRY(ParseSignedInteger());
    int number = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (parsed.ec != std::errc()) {
      return ErrorAt(range, "The number is too large");
    }
    numbers.push_back(number);
  } while (numbers.size() < most && Accept(TokenKind::kComma));
  TRY(Expect(TokenKind::kRightParen));
  return numbers;
}

Result<DataType> Parser::ParseDecimalType() {
  const uint32_t begin = Begin();
  const auto numbers = TRY(ParseTypeNumbers(2));
  const int precision = numbers.empty() ? 10 : numbers[0];
  const int scale = numbers.size() > 1 ? numbers[1] : 0;
  if (precision > kMaximumPrecision) {
    return ErrorAt(RangeFrom(begin), fmt::format("Decimal precision {} exceeds the maximum of {}",
                                                 precision, kMaximumPrecision))
        .WithClass("DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION", "22003");
  }
  if (precision < 1 || scale < 0 || scale > precision) {
    return ErrorAt(RangeFrom(begin),
                   fmt::format("Decimal scale {} must lie between 0 and the precision {}", scale,
                               precision))
        .WithClass("INVALID_DECIMAL_SCALE", "22023");
  }
  return DataType::Decimal(precision, scale);
}

Result<DataType> Parser::ParseTimeType() {
  const uint32_t begin = Begin();
  const bool timestamp = Sees("TIMESTAMP", 0);
  Advance();
  const auto numbers = timestamp ? std::vector<int>() : TRY(ParseTypeNumbers(1));
  const bool without = AcceptAll({"WITHOUT", "TIME", "ZONE"});
  if (timestamp) {
    const bool zoned =
        AcceptAll({"WITH", "LOCAL", "TIME", "ZONE"}) || AcceptAll({"WITH", "TIME", "ZONE"});
    const bool plain = without || options_.timestamp_ntz;
    return plain && !zoned ? DataType::TimestampNtz() : DataType::Timestamp();
  }
  const int precision = numbers.empty() ? 6 : numbers[0];
  if (precision < 0 || precision > 6) {
    return ErrorAt(RangeFrom(begin), "The precision of TIME lies between 0 and 6")
        .WithClass("UNSUPPORTED_TIME_PRECISION", "0A001");
  }
  return DataType::Time(precision);
}

Result<DataType> Parser::ParseIntervalType() {
  using types::IntervalField;
  const uint32_t begin = Begin();
  const auto from = IntervalFieldOf(Peek().keyword);
  if (!from) {
    return DataType::CalendarInterval();
  }
  Advance();
  IntervalField to = *from;
  if (Sees("TO", 0) && IntervalFieldOf(Peek(1).keyword)) {
    Advance();
    to = *IntervalFieldOf(Peek().keyword);
    Advance();
  }
  const bool year_month = *from <= IntervalField::kMonth;
  if (to < *from || year_month != (to <= IntervalField::kMonth)) {
    return ErrorAt(RangeFrom(begin),
                   "There is no such interval type; write YEAR TO MONTH or a "
                   "range from DAY to SECOND");
  }
  return year_month ? DataType::YearMonthInterval(*from, to) : DataType::DayTimeInterval(*from, to);
}

Status Parser::OpenAngle() {
  if (Accept(TokenKind::kLess)) {
    return {};
  }
  const Token& name = tokens_[position_ - 1];
  return ErrorAt({name.begin, name.end},
                 fmt::format("The definition of {0} is incomplete: name what is in it, e.g. {1}",
                             UpperText(name),
                             name.keyword == Keyword("MAP").id     ? "MAP<STRING, INT>"
                             : name.keyword == Keyword("ARRAY").id ? "ARRAY<INT>"
                                                                   : "STRUCT<a: INT>"))
      .WithClass("INCOMPLETE_TYPE_DEFINITION." + UpperText(name), "42K01");
}

// '>>' and '>>>' close several types.
Status Parser::CloseAngle() {
  const TokenKind kind = Peek().kind;
  const int width = kind == TokenKind::kGreater              ? 1
                    : kind == TokenKind::kShiftRight         ? 2
                    : kind == TokenKind::kShiftRightUnsigned ? 3
                                                             : 0;
  if (width == 0) {
    return Expect(TokenKind::kGreater);
  }
  if (++pending_angles_ == width) {
    pending_angles_ = 0;
    Advance();
  }
  return {};
}

Result<DataType> Parser::ParseStructType(std::vector<std::string>* collations) {
  std::vector<types::StructField> fields;
  if (Accept(TokenKind::kNotEqual)) {  // STRUCT<>
    return DataType::Struct({});
  }
  TRY(OpenAngle());
  if (Peek().kind != TokenKind::kGreater) {
    fields = TRY(ParseList<types::StructField>([&] { return ParseStructField(collations); }));
  }
  TRY(CloseAngle());
  return DataType::Struct(std::move(fields));
}

Result<types::StructField> Parser::ParseStructField(std::vector<std::string>* collations) {
  types::StructField field;
  field.name = TRY(ParseIdentifier("a field name")).name;
  Accept(TokenKind::kColon);
  field.type = TRY(ParseTypeInto(collations));
  if (AcceptAll({"NOT", "NULL"})) {
    field.nullable = false;
  }
  if (Accept("COMMENT")) {
    field.metadata["comment"] = TRY(ParseText());
  }
  return field;
}

}  // namespace lakesmith::sql
