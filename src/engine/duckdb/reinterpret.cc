#include <algorithm>
#include <utility>

#include "engine/duckdb/reinterpret_internal.h"

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

bool Cast(Vector& source, Vector& result, idx_t count, ::duckdb::CastParameters&) {
  ReinterpretDeep(source, result, count);
  return true;
}

}  // namespace

void ReinterpretDeep(Vector& source, Vector& result, idx_t count) {
  if (source.GetType() == result.GetType()) {
    result.Reference(source);
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
