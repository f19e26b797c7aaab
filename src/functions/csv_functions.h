#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time_zone.h"
#include "functions/columns.h"
#include "functions/datetime_pattern.h"
#include "functions/json_functions.h"
#include "types/value.h"

namespace lakesmith::functions {

// How a record of comma-separated values is written: `sep`, `quote`, `escape` and the texts that
// stand for special values, from Spark's CSV options.
struct CsvDialect {
  std::string separator = ",";
  char quote = '"';  // 0: none.
  char escape = '\\';
  std::string null_text;
  std::string nan_text = "NaN";
  std::string positive_infinity = "Inf";
  std::string negative_infinity = "-Inf";
  bool trim_leading = false;
  bool trim_trailing = false;

  // Errors: kInvalid for options that are wrong.
  static Result<CsvDialect> FromOptions(const Options& options, bool writes);
};

// The fields of one record, one after the other; a quoted one may hold separators.
class CsvFields {
 public:
  CsvFields(std::string_view record, const CsvDialect& dialect)
      : record_(record), dialect_(dialect) {}

  bool AtEnd() const { return at_ > record_.size(); }
  // nullopt stands for the null text. What is returned holds until the next call.
  std::optional<std::string_view> Next();

 private:
  std::string_view Quoted(size_t begin);
  void MoveBehind(size_t separator);

  std::string_view record_;
  const CsvDialect& dialect_;
  size_t at_ = 0;
  std::string unquoted_;
};

// from_csv: one record to a struct. Immutable; threads may share it.
class CsvReader {
 public:
  static Result<CsvReader> Create(types::DataType type, const Options& options, TimeZone zone);

  // A field that does not fit is null (PERMISSIVE), with the record in the corrupt-record column
  // when the type has it, or fails (FAILFAST): MALFORMED_RECORD_IN_PARSING.
  Status Read(std::string_view text, OutputColumn& column, size_t row) const;

 private:
  CsvReader() = default;
  bool Put(std::string_view text, const types::DataType& type, OutputColumn& column,
           size_t row) const;
  std::optional<types::Value> Convert(std::string_view text, const types::DataType& type) const;
  std::optional<types::Value> ConvertFloating(std::string_view text,
                                              const types::DataType& type) const;
  std::optional<types::Value> ConvertTime(std::string_view text, const types::DataType& type) const;

  types::DataType type_;
  TimeZone zone_;
  CsvDialect dialect_;
  bool fail_fast_ = false;
  std::optional<size_t> corrupt_field_;
  std::optional<DateTimePattern> date_pattern_;
  std::optional<DateTimePattern> timestamp_pattern_;
  std::optional<DateTimePattern> timestamp_ntz_pattern_;
  std::optional<DateTimePattern> time_pattern_;
};

// to_csv: structs as records. Immutable; threads may share it.
class CsvWriter {
 public:
  // Errors: kInvalid for options that are wrong.
  static Result<CsvWriter> Create(const Options& options, TimeZone zone);

  // Puts the struct in a row at the end of `out`. Errors: those of date patterns.
  Status Append(const InputColumn& column, size_t row, const types::DataType& type,
                std::string& out) const;

 private:
  CsvWriter() = default;
  Result<std::string> Text(const types::Value& value, const types::DataType& type) const;
  Result<std::string> Timestamp(int64_t micros, bool instant) const;
  void AppendQuoted(std::string_view text, std::string& out) const;

  TimeZone zone_;
  CsvDialect dialect_;
  bool quote_all_ = false;
  std::string empty_text_;
  std::optional<DateTimePattern> date_pattern_;
  std::optional<DateTimePattern> timestamp_pattern_;
  std::optional<DateTimePattern> time_pattern_;
};

// DDL of the type that a record has: "STRUCT<_c0: INT, _c1: STRING>".
Result<std::string> SchemaOfCsv(std::string_view record, const Options& options,
                                const TimeZone& zone);

}  // namespace lakesmith::functions
