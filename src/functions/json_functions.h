#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time_zone.h"
#include "functions/datetime_pattern.h"
#include "functions/json_node.h"
#include "types/value.h"

namespace lakesmith::functions {

// Options of from_json, to_json and their CSV relatives, by lower-case name.
using Options = std::map<std::string, std::string>;

// from_json and variant casts: JSON to values of a Spark type. Immutable; threads may share it.
class JsonReader {
 public:
  // Errors: kInvalid for options that are wrong.
  static Result<JsonReader> Create(types::DataType type, const Options& options, TimeZone zone);

  // Spark's from_json: null for a null or empty text; a record that does not fit gives nulls
  // (PERMISSIVE), with the text in the corrupt-record column when the type has it, or fails
  // (FAILFAST): MALFORMED_RECORD_IN_PARSING.
  Result<types::Value> Read(std::string_view text) const;
  // A parsed value as the type; nullopt when it does not fit.
  std::optional<types::Value> Convert(const JsonNode& node, const types::DataType& type) const;

 private:
  JsonReader() = default;
  std::optional<types::Value> ConvertStruct(const JsonNode& node, const types::DataType& type,
                                            bool* partial) const;
  std::optional<types::Value> ConvertScalar(const JsonNode& node,
                                            const types::DataType& type) const;
  std::optional<types::Value> DateFrom(const std::string& text) const;
  std::optional<types::Value> TimestampFrom(const std::string& text) const;
  types::Value Corrupt(std::string_view text, const types::Value* partial) const;

  types::DataType type_;
  TimeZone zone_;
  bool fail_fast_ = false;
  JsonDialect dialect_;
  std::string corrupt_column_ = "_corrupt_record";
  std::optional<DateTimePattern> date_pattern_;
  std::optional<DateTimePattern> timestamp_pattern_;
};

// Spark's to_json. Immutable; threads may share it.
class JsonWriter {
 public:
  // Errors: kInvalid for options that are wrong.
  static Result<JsonWriter> Create(const Options& options, TimeZone zone);

  Result<std::string> Text(const types::Value& value, const types::DataType& type) const;

 private:
  JsonWriter() = default;
  Status Append(std::string& out, const types::Value& value, const types::DataType& type) const;
  Status AppendDate(std::string& out, types::DateValue date) const;
  Status AppendTimestamp(std::string& out, int64_t micros, const types::DataType& type) const;
  Status AppendMap(std::string& out, const types::Value& value, const types::DataType& type) const;
  Status AppendStruct(std::string& out, const types::Value& value,
                      const types::DataType& type) const;

  TimeZone zone_;
  bool keep_nulls_ = false;
  std::optional<DateTimePattern> date_pattern_;
  std::optional<DateTimePattern> timestamp_pattern_;
  std::optional<DateTimePattern> ntz_pattern_;
};

// Spark's to_json: null fields are left out unless option ignorenullfields is false.
Result<std::string> ValueToJson(const types::Value& value, const types::DataType& type,
                                const Options& options, const TimeZone& zone);

// DDL of the type that a JSON text has: "STRUCT<a: BIGINT>". Errors: PARSE of the text.
Result<std::string> SchemaOfJson(std::string_view text);

}  // namespace lakesmith::functions
