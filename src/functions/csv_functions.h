#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time_zone.h"
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

// The fields of one record; a quoted one may hold separators. nullopt stands for the null text.
std::vector<std::optional<std::string>> SplitCsv(std::string_view record,
                                                 const CsvDialect& dialect);

// from_csv: one record to a struct. Immutable; threads may share it.
class CsvReader {
 public:
  static Result<CsvReader> Create(types::DataType type, const Options& options, TimeZone zone);

  // Null for null text. A field that does not fit is null (PERMISSIVE), with the record in the
  // corrupt-record column when the type has it, or fails (FAILFAST):
  // MALFORMED_RECORD_IN_PARSING.
  Result<types::Value> Read(std::string_view text) const;

 private:
  CsvReader() = default;
  std::optional<types::Value> Convert(const std::string& text, const types::DataType& type) const;
  std::optional<types::Value> ConvertNumber(const std::string& text,
                                            const types::DataType& type) const;
  std::optional<types::Value> ConvertTime(const std::string& text,
                                          const types::DataType& type) const;

  types::DataType type_;
  TimeZone zone_;
  CsvDialect dialect_;
  bool fail_fast_ = false;
  std::string corrupt_column_;
  std::optional<DateTimePattern> date_pattern_;
  std::optional<DateTimePattern> timestamp_pattern_;
  std::optional<DateTimePattern> timestamp_ntz_pattern_;
  std::optional<DateTimePattern> time_pattern_;
};

// to_csv: a struct as one record.
Result<std::string> ValueToCsv(const types::Value& value, const types::DataType& type,
                               const Options& options, const TimeZone& zone);

// DDL of the type that a record has: "STRUCT<_c0: INT, _c1: STRING>".
Result<std::string> SchemaOfCsv(std::string_view record, const Options& options,
                                const TimeZone& zone);

}  // namespace lakesmith::functions
