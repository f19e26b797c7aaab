#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time_zone.h"
#include "functions/columns.h"
#include "functions/datetime_pattern.h"
#include "functions/json_cursor.h"
#include "types/value.h"

namespace lakesmith::functions {

// Options of from_json, to_json and their CSV relatives, by lower-case name.
using Options = std::map<std::string, std::string>;

// A type as a reader goes along it.
struct JsonShape {
  types::DataType type;
  std::vector<JsonShape> parts;  // Fields, or the element, or key and value.
  std::map<std::string, size_t, std::less<>> fields;

  explicit JsonShape(types::DataType whole);
  // Where the field of that name is; fields.size() when there is none. Tries `expected` first.
  size_t FieldAt(std::string_view name, size_t expected) const;
};

// How a scalar of JSON becomes one of a Spark type. Immutable; threads may share it.
class JsonScalars {
 public:
  virtual ~JsonScalars() = default;
  // Puts the scalar, which is not null, into the row. False when it does not fit the type.
  virtual bool Put(const JsonToken& scalar, const types::DataType& type, OutputColumn& column,
                   size_t row) const = 0;
};

// from_json. Immutable; threads may share it.
class JsonReader {
 public:
  // Errors: kInvalid for options that are wrong.
  static Result<JsonReader> Create(const types::DataType& type, const Options& options,
                                   TimeZone zone);

  // Spark's from_json: null for an empty text; a field that does not fit is null, and a record that
  // is malformed gives nulls (PERMISSIVE), with the text in the corrupt-record column when the type
  // has it. Errors (FAILFAST): MALFORMED_RECORD_IN_PARSING.
  Status Read(std::string_view text, OutputColumn& column, size_t row) const;

 private:
  explicit JsonReader(const types::DataType& type) : shape_(type) {}

  JsonShape shape_;
  std::shared_ptr<const JsonScalars> scalars_;
  JsonDialect dialect_;
  bool fail_fast_ = false;
  std::optional<size_t> corrupt_field_;
};

// Casts of variants and of their parts. Immutable; threads may share it.
class VariantReader {
 public:
  VariantReader(const types::DataType& type, TimeZone zone);

  // What could not be cast, as its text, and to which type.
  struct Misfit {
    std::string text;
    types::DataType type;
  };
  // Puts a variant into the row; what cannot be cast becomes null. The first such part is returned.
  std::optional<Misfit> Read(std::string_view variant, OutputColumn& column, size_t row) const;

 private:
  JsonShape shape_;
  std::shared_ptr<const JsonScalars> scalars_;
};

// Spark's to_json. Immutable; threads may share it.
class JsonWriter {
 public:
  // How a variant is made of a value: all nulls stay, doubles keep an exponent.
  static JsonWriter ForVariants(const types::DataType& type, TimeZone zone);
  // Errors: kInvalid for options that are wrong.
  static Result<JsonWriter> Create(const types::DataType& type, const Options& options,
                                   TimeZone zone);

  // Puts the text of a row at the end of `out`. Errors: those of date patterns.
  Status Append(const InputColumn& column, size_t row, std::string& out) const {
    return Append(column, row, shape_, out);
  }

 private:
  // A type as the writer goes along it.
  struct Shape {
    types::DataType type;
    std::string name;          // Of a field: quoted, with a colon.
    std::vector<Shape> parts;  // Fields, or the element, or key and value.

    explicit Shape(types::DataType whole, std::string field_name = "");
  };

  explicit JsonWriter(const types::DataType& type) : shape_(type) {}
  Status Append(const InputColumn& column, size_t row, const Shape& shape, std::string& out) const;
  Status AppendValue(const InputColumn& column, size_t row, const Shape& shape,
                     std::string& out) const;
  Status AppendScalar(const types::Value& value, const types::DataType& type,
                      std::string& out) const;
  Status AppendStruct(const InputColumn& column, size_t row, const Shape& shape,
                      std::string& out) const;
  Status AppendList(const InputColumn& column, size_t row, const Shape& shape,
                    std::string& out) const;
  Status AppendMap(const InputColumn& column, size_t row, const Shape& shape,
                   std::string& out) const;
  Status AppendDate(types::DateValue date, std::string& out) const;
  Status AppendTimestamp(int64_t micros, const types::DataType& type, std::string& out) const;
  void AppendFloating(double number, std::string text, std::string& out) const;

  Shape shape_;
  TimeZone zone_;
  bool keep_nulls_ = false;
  bool variants_ = false;
  std::optional<DateTimePattern> date_pattern_;
  std::optional<DateTimePattern> timestamp_pattern_;
  std::optional<DateTimePattern> ntz_pattern_;
};

// DDL of the type that a JSON text has: "STRUCT<a: BIGINT>". Errors: PARSE of the text.
Result<std::string> SchemaOfJson(std::string_view text);
// The same of a variant, as "OBJECT<a: BIGINT>".
std::string SchemaOfVariant(std::string_view variant);

// MALFORMED_RECORD_IN_PARSING of a text that cannot be read.
Error MalformedRecord(std::string_view text);

}  // namespace lakesmith::functions
