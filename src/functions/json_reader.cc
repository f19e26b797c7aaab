// JSON texts and variants into columns.
#include <algorithm>

#include "base/ascii.h"
#include "functions/cast_text.h"
#include "functions/json_functions.h"
#include "functions/json_scalars.h"
#include "functions/json_text.h"
#include "types/variant_text.h"

namespace lakesmith::functions {
namespace {

using types::DataType;
using types::TypeId;

// How a value went into its column, the worst first.
enum class Fit : uint8_t {
  kMalformed,  // It is no JSON.
  kMisfit,     // It is of another type; the row is as it was.
  kPartial,    // Parts of it are null for that.
  kFull,
};

// One text on its way into a row.
class Reading {
 public:
  Reading(std::string_view text, const JsonDialect& dialect, const JsonScalars& scalars)
      : text_(text), cursor_(text, dialect), scalars_(scalars) {}

  // What from_json reads. `ignored` is a field that is not read.
  Fit Record(const JsonShape& shape, OutputColumn& column, size_t row,
             std::optional<size_t> ignored) {
    if (shape.type.is(TypeId::kVariant)) return Value(shape, column, row);
    JsonToken token;
    if (!cursor_.Next(token)) return Fit::kMalformed;
    if (token.kind == JsonKind::kNull) return Fit::kMisfit;
    const bool object = token.kind == JsonKind::kObject;
    if (object && shape.type.is(TypeId::kStruct)) return Struct(shape, column, row, ignored);
    if (object && shape.type.is(TypeId::kArray) && shape.parts[0].type.is(TypeId::kStruct)) {
      // A single record is a list of one.
      const size_t element = column.AddElement();
      const Fit fit = Struct(shape.parts[0], column.part(0), element);
      if (fit != Fit::kMalformed) column.SetList(row, element, element + 1);
      return fit;
    }
    return Container(token, shape, column, row);
  }

  // What a cast of a variant reads: parts that do not fit are null.
  Fit Cast(const JsonShape& shape, OutputColumn& column, size_t row,
           std::optional<VariantReader::Misfit>& misfit) {
    misfit_ = &misfit;
    return Part(shape, column, row);
  }

 private:
  Fit Value(const JsonShape& shape, OutputColumn& column, size_t row) {
    if (shape.type.is(TypeId::kVariant)) return Variant(column, row);
    JsonToken token;
    if (!cursor_.Next(token)) return Fit::kMalformed;
    if (token.kind == JsonKind::kNull) {
      column.SetNull(row);
      return Fit::kFull;
    }
    if (token.kind == JsonKind::kObject || token.kind == JsonKind::kArray)
      return Container(token, shape, column, row);
    return scalars_.Put(token, shape.type, column, row) ? Fit::kFull : Fit::kMisfit;
  }

  // A value within another one.
  Fit Part(const JsonShape& shape, OutputColumn& column, size_t row) {
    const size_t begin = cursor_.offset();
    const Fit fit = Value(shape, column, row);
    if (fit != Fit::kMisfit || misfit_ == nullptr) return fit;
    if (!*misfit_)
      misfit_->emplace(std::string(text_.substr(begin, cursor_.offset() - begin)), shape.type);
    column.SetNull(row);
    return Fit::kPartial;
  }

  Fit Container(const JsonToken& token, const JsonShape& shape, OutputColumn& column, size_t row) {
    const bool object = token.kind == JsonKind::kObject;
    if (object && shape.type.is(TypeId::kStruct)) return Struct(shape, column, row);
    if (object && shape.type.is(TypeId::kMap) && shape.type.key().IsString())
      return Map(shape, column, row);
    if (!object && shape.type.is(TypeId::kArray)) return List(shape, column, row);
    if (shape.type.IsString()) return Text(column, row);
    const bool container = object || token.kind == JsonKind::kArray;
    return !container || cursor_.Skip() ? Fit::kMisfit : Fit::kMalformed;
  }

  Fit Struct(const JsonShape& shape, OutputColumn& column, size_t row,
             std::optional<size_t> ignored = std::nullopt) {
    column.SetStruct(row);
    Fit worst = Fit::kFull;
    size_t expected = 0;
    size_t set =
        0;  // Fields before it have something in the row; all, once one comes out of order.
    const auto set_rest = [&] {
      for (; set < shape.parts.size(); ++set) column.part(set).SetNull(row);
    };
    const bool good = cursor_.Fields([&](std::string_view name) {
      const size_t index = shape.FieldAt(name, expected);
      if (index == shape.parts.size() || index == ignored) return cursor_.Skip();
      expected = index + 1;
      if (index != set) set_rest();
      const Fit fit = Part(shape.parts[index], column.part(index), row);
      if (fit == Fit::kMisfit && index == set) column.part(index).SetNull(row);
      if (index == set) ++set;
      worst = std::min(worst, std::max(fit, Fit::kPartial));
      return fit != Fit::kMalformed;
    });
    set_rest();
    return good ? worst : Fit::kMalformed;
  }

  // Rows of a list: one that does not fit makes the whole unfit.
  Fit Element(Fit& worst, const JsonShape& shape, OutputColumn& column, size_t row) {
    const Fit fit = Part(shape, column, row);
    worst = std::min(worst, fit);
    return fit;
  }

  Fit List(const JsonShape& shape, OutputColumn& column, size_t row) {
    const size_t begin = column.elements();
    Fit worst = Fit::kFull;
    const bool good = cursor_.Elements([&] {
      return Element(worst, shape.parts[0], column.part(0), column.AddElement()) != Fit::kMalformed;
    });
    return Listed(good ? worst : Fit::kMalformed, column, row, begin);
  }

  Fit Map(const JsonShape& shape, OutputColumn& column, size_t row) {
    const size_t begin = column.elements();
    Fit worst = Fit::kFull;
    const bool good = cursor_.Fields([&](std::string_view name) {
      const size_t entry = column.AddElement();
      column.part(0).SetText(entry, name);
      return Element(worst, shape.parts[1], column.part(1), entry) != Fit::kMalformed;
    });
    return Listed(good ? worst : Fit::kMalformed, column, row, begin);
  }

  static Fit Listed(Fit fit, OutputColumn& column, size_t row, size_t begin) {
    if (fit > Fit::kMisfit) column.SetList(row, begin, column.elements());
    return fit;
  }

  Fit Variant(OutputColumn& column, size_t row) {
    JsonCopier copier(JsonCopier::Style::kVariant);
    std::string text;
    if (!copier.Copy(cursor_, text)) return Fit::kMalformed;
    if (copier.has_repeats()) return Fit::kMisfit;
    column.SetText(row, text);
    return Fit::kFull;
  }

  // An array or object as text.
  Fit Text(OutputColumn& column, size_t row) {
    const bool variant = misfit_ != nullptr;
    JsonCopier copier(variant ? JsonCopier::Style::kVariant : JsonCopier::Style::kRewritten);
    std::string text;
    if (!copier.Copy(cursor_, text)) return Fit::kMalformed;
    column.SetText(row, variant ? types::VariantText(text) : text);
    return Fit::kFull;
  }

  std::string_view text_;
  JsonCursor cursor_;
  const JsonScalars& scalars_;
  std::optional<VariantReader::Misfit>* misfit_ = nullptr;
};

}  // namespace

Error MalformedRecord(std::string_view text) {
  return Invalid(
             "Malformed records are detected in record parsing: {}. Parse Mode: FAILFAST. To "
             "process malformed records as null result, try setting the option 'mode' as "
             "'PERMISSIVE'.",
             text)
      .WithClass("MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION", "22023");
}

JsonShape::JsonShape(DataType whole) : type(std::move(whole)) {
  if (type.is(TypeId::kArray)) parts.emplace_back(type.element());
  if (type.is(TypeId::kMap)) {
    parts.emplace_back(type.key());
    parts.emplace_back(type.value());
  }
  if (!type.is(TypeId::kStruct)) return;
  for (const types::StructField& field : type.fields()) {
    fields[field.name] = parts.size();
    parts.emplace_back(field.type);
  }
}

size_t JsonShape::FieldAt(std::string_view name, size_t expected) const {
  if (expected < parts.size() && type.fields()[expected].name == name) return expected;
  const auto found = fields.find(name);
  return found == fields.end() ? parts.size() : found->second;
}

Result<JsonReader> JsonReader::Create(const DataType& type, const Options& options, TimeZone zone) {
  JsonReader reader(type);
  const std::string mode = OptionOr(options, "mode", "PERMISSIVE");
  const std::string lower_mode = Lower(mode);
  if (lower_mode != "permissive" && lower_mode != "failfast") {
    return Invalid(
               "The function `from_json` doesn't support the {} mode. Acceptable modes are "
               "PERMISSIVE and FAILFAST.",
               mode)
        .WithClass("PARSE_MODE_UNSUPPORTED", "42601");
  }
  reader.fail_fast_ = lower_mode == "failfast";
  reader.dialect_ = DialectOf(options);
  reader.scalars_ = TRY(ScalarsOfJson(options, std::move(zone)));
  const auto& fields = reader.shape_.fields;
  const auto corrupt =
      fields.find(OptionOr(options, "columnnameofcorruptrecord", "_corrupt_record"));
  if (corrupt != fields.end()) reader.corrupt_field_ = corrupt->second;
  return reader;
}

Status JsonReader::Read(std::string_view text, OutputColumn& column, size_t row) const {
  if (TrimSparkWhiteSpace(text).empty()) {
    column.SetNull(row);
    return {};
  }
  const Fit fit = Reading(text, dialect_, *scalars_).Record(shape_, column, row, corrupt_field_);
  if (fit == Fit::kFull) return {};
  if (fail_fast_) return MalformedRecord(text);
  if (fit < Fit::kPartial) column.SetNull(row);
  if (!shape_.type.is(TypeId::kStruct)) return {};
  column.SetStruct(row);
  if (corrupt_field_) column.part(*corrupt_field_).SetText(row, text);
  return {};
}

VariantReader::VariantReader(const DataType& type, TimeZone zone)
    : shape_(type), scalars_(ScalarsOfVariants(std::move(zone))) {}

std::optional<VariantReader::Misfit> VariantReader::Read(std::string_view variant,
                                                         OutputColumn& column, size_t row) const {
  std::optional<Misfit> misfit;
  Reading(variant, {}, *scalars_).Cast(shape_, column, row, misfit);
  return misfit;
}

}  // namespace lakesmith::functions
