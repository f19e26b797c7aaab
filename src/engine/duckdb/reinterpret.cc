#include <algorithm>
#include <utility>

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

}  // namespace

void RegisterVariantCast(::duckdb::DatabaseInstance& instance) {
  ::duckdb::CastFunctionSet::Get(instance).RegisterCastFunction(
      ::duckdb::LogicalType::VARIANT(), ::duckdb::LogicalType::JSON(),
      ::duckdb::BoundCastInfo(VariantToJson));
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
