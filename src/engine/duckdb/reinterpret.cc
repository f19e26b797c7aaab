#include <algorithm>
#include <utility>

#include "duckdb/common/types/variant.hpp"
#include "engine/duckdb/error_mapping_internal.h"
#include "engine/duckdb/reinterpret_internal.h"
#include "functions/variant_encoding.h"

namespace lakesmith::engine {
namespace {

using ::duckdb::FlatVector;
using ::duckdb::idx_t;
using ::duckdb::ListVector;
using ::duckdb::PhysicalType;
using ::duckdb::StructVector;
using ::duckdb::Vector;

void ReinterpretStruct(Vector& source, Vector& result, idx_t count) {
  source.Flatten(count);
  result.SetVectorType(::duckdb::VectorType::FLAT_VECTOR);
  FlatVector::SetValidity(result, FlatVector::Validity(source));
  auto& from = StructVector::GetEntries(source);
  auto& to = StructVector::GetEntries(result);
  for (size_t i = 0; i < from.size(); ++i) ReinterpretDeep(*from[i], *to[i], count);
}

void ReinterpretList(Vector& source, Vector& result, idx_t count) {
  source.Flatten(count);
  result.SetVectorType(::duckdb::VectorType::FLAT_VECTOR);
  FlatVector::SetValidity(result, FlatVector::Validity(source));
  const auto* from = FlatVector::GetData<::duckdb::list_entry_t>(source);
  std::copy_n(from, count, FlatVector::GetData<::duckdb::list_entry_t>(result));
  const idx_t size = ListVector::GetListSize(source);
  ListVector::Reserve(result, size);
  ReinterpretDeep(ListVector::GetEntry(source), ListVector::GetEntry(result), size);
  ListVector::SetListSize(result, size);
}

bool IsEncodedVariant(const ::duckdb::LogicalType& from, const ::duckdb::LogicalType& to) {
  return from.IsJSONType() && to.InternalType() == PhysicalType::STRUCT;
}

// JSON texts as structs of metadata and value.
void EncodeVariants(Vector& source, Vector& result, idx_t count) {
  source.Flatten(count);
  result.SetVectorType(::duckdb::VectorType::FLAT_VECTOR);
  const auto* texts = FlatVector::GetData<::duckdb::string_t>(source);
  auto& parts = StructVector::GetEntries(result);
  auto* names = FlatVector::GetData<::duckdb::string_t>(*parts[0]);
  auto* values = FlatVector::GetData<::duckdb::string_t>(*parts[1]);
  for (idx_t i = 0; i < count; ++i) {
    if (FlatVector::IsNull(source, i)) {
      FlatVector::SetNull(result, i, true);
      continue;
    }
    const auto node = functions::JsonNode::Parse({texts[i].GetData(), texts[i].GetSize()});
    if (!node) ThrowAsDuckError(Internal("a variant is not JSON: {}", texts[i].GetString()));
    const auto encoded = functions::EncodeVariant(*node);
    if (!encoded) ThrowAsDuckError(encoded.error());
    names[i] = ::duckdb::StringVector::AddStringOrBlob(*parts[0], encoded->metadata);
    values[i] = ::duckdb::StringVector::AddStringOrBlob(*parts[1], encoded->value);
  }
}

bool Cast(Vector& source, Vector& result, idx_t count, ::duckdb::CastParameters&) {
  ReinterpretDeep(source, result, count);
  return true;
}

// The engine's own cast makes JSON's null of a variant that is missing.
bool VariantToJson(Vector& source, Vector& result, idx_t count,
                   ::duckdb::CastParameters& parameters) {
  source.Flatten(count);
  const bool done = ::duckdb::VectorOperations::DefaultTryCast(
      source, result, count, parameters.error_message, parameters.strict);
  result.Flatten(count);
  for (idx_t i = 0; i < count; ++i) {
    if (FlatVector::IsNull(source, i)) FlatVector::SetNull(result, i, true);
  }
  return done;
}

// The type of a value that JSON has no word for; "" for the others.
std::string_view TypeBeyondJson(uint8_t type_id) {
  using ::duckdb::VariantLogicalType;
  switch (static_cast<VariantLogicalType>(type_id)) {
    case VariantLogicalType::BLOB:
      return "binary";
    case VariantLogicalType::UUID:
      return "uuid";
    case VariantLogicalType::DATE:
      return "date";
    case VariantLogicalType::TIME_MICROS:
    case VariantLogicalType::TIME_NANOS:
    case VariantLogicalType::TIME_MICROS_TZ:
      return "time";
    case VariantLogicalType::TIMESTAMP_SEC:
    case VariantLogicalType::TIMESTAMP_MILIS:
    case VariantLogicalType::TIMESTAMP_MICROS:
    case VariantLogicalType::TIMESTAMP_NANOS:
      return "timestamp_ntz";
    case VariantLogicalType::TIMESTAMP_MICROS_TZ:
      return "timestamp";
    case VariantLogicalType::INTERVAL:
    case VariantLogicalType::BIGNUM:
    case VariantLogicalType::BITSTRING:
    case VariantLogicalType::GEOMETRY:
      return "special";
    default:
      return "";
  }
}

// For rows that are written: as JSON, which is how variants are held here, a date would become
// text.
bool VariantToJsonExactly(Vector& source, Vector& result, idx_t count,
                          ::duckdb::CastParameters& parameters) {
  source.Flatten(count);
  Vector& values = *StructVector::GetEntries(source)[2];
  values.Flatten(count);
  Vector& parts = ListVector::GetEntry(values);
  parts.Flatten(ListVector::GetListSize(values));
  const auto* type_ids = FlatVector::GetData<uint8_t>(*StructVector::GetEntries(parts)[0]);
  const auto* lists = FlatVector::GetData<::duckdb::list_entry_t>(values);
  for (idx_t i = 0; i < count; ++i) {
    if (FlatVector::IsNull(source, i)) continue;
    for (idx_t part = lists[i].offset; part < lists[i].offset + lists[i].length; ++part) {
      const std::string_view type = TypeBeyondJson(type_ids[part]);
      if (type.empty()) continue;
      throw ::duckdb::InvalidInputException(fmt::format(
          "[UNSUPPORTED_FEATURE.VARIANT_TYPE:0A000] A variant that holds a {} cannot be "
          "written: variants are held as JSON here, and it would become text. Take it "
          "out of the variant, as in CAST(v:field AS ...), or leave its rows in their "
          "files.",
          type));
    }
  }
  return VariantToJson(source, result, count, parameters);
}

::duckdb::BoundCastInfo BindVariantToJson(::duckdb::BindCastInput& input,
                                          const ::duckdb::LogicalType&,
                                          const ::duckdb::LogicalType&) {
  const bool exact = input.context && ExactVariants::Get(*input.context).wanted;
  return ::duckdb::BoundCastInfo(exact ? VariantToJsonExactly : VariantToJson);
}

}  // namespace

ExactVariants& ExactVariants::Get(::duckdb::ClientContext& context) {
  return *context.registered_state->GetOrCreate<ExactVariants>("lakesmith_exact_variants");
}

void RegisterVariantCast(::duckdb::DatabaseInstance& instance) {
  ::duckdb::CastFunctionSet::Get(instance).RegisterCastFunction(
      ::duckdb::LogicalType::VARIANT(), ::duckdb::LogicalType::JSON(), BindVariantToJson);
}

void ReinterpretDeep(Vector& source, Vector& result, idx_t count) {
  if (source.GetType() == result.GetType()) {
    result.Reference(source);
  } else if (IsEncodedVariant(source.GetType(), result.GetType())) {
    EncodeVariants(source, result, count);
  } else if (source.GetType().InternalType() == PhysicalType::STRUCT) {
    ReinterpretStruct(source, result, count);
  } else if (source.GetType().InternalType() == PhysicalType::LIST) {
    ReinterpretList(source, result, count);
  } else {
    result.Reinterpret(source);
  }
}

::duckdb::unique_ptr<::duckdb::Expression> ReinterpretedAs(
    ::duckdb::unique_ptr<::duckdb::Expression> expression, const ::duckdb::LogicalType& type) {
  if (expression->return_type == type) return expression;
  return ::duckdb::make_uniq<::duckdb::BoundCastExpression>(std::move(expression), type,
                                                            ::duckdb::BoundCastInfo(Cast));
}

}  // namespace lakesmith::engine
