#pragma once

#include <optional>
#include <span>

#include "types/data_type.h"

namespace lakesmith::plan {

// Spark's implicit type conversions in ANSI mode. Pure.
// Source: Spark SQL reference, "ANSI Compliance".

// decimal(p, s) where it fits into 38 digits; otherwise digits of the fraction are given up, but
// not the first six. For results of arithmetic.
types::DataType AdjustedDecimal(int precision, int scale);

// The decimal that holds every value of the integral, float or double type.
types::DataType DecimalForType(const types::DataType& type);

// The type that holds all values of both without loss; nullopt when there is none. Text joins
// nothing but text.
std::optional<types::DataType> TightestCommonType(const types::DataType& a,
                                                  const types::DataType& b);

// As Spark's functions of arrays have it: numbers of one kind widen, decimals only where one holds
// the other.
std::optional<types::DataType> StrictCommonType(const types::DataType& a, const types::DataType& b);

// As above, and text meets other types by turning into them: '5' + 3 is bigint. For operators,
// CASE, COALESCE, IN, set operations, array(...) and the like.
std::optional<types::DataType> WiderType(const types::DataType& a, const types::DataType& b);
// The same, where text is not cast to other types: in inline tables, where FLOAT also keeps its
// type beside whole numbers.
std::optional<types::DataType> WiderTypeWithoutText(const types::DataType& a,
                                                    const types::DataType& b);
std::optional<types::DataType> WiderType(std::span<const types::DataType> all);

// Whether an explicit CAST is possible at all.
bool CanCast(const types::DataType& from, const types::DataType& to);
// Whether a value may be stored into a column (ANSI store assignment): narrowing is checked at run
// time.
bool CanStoreAssign(const types::DataType& from, const types::DataType& to);

// Whether every value fits without loss (Spark's up-cast): INT to BIGINT, DATE to TIMESTAMP,
// anything atomic to STRING.
bool CanUpCast(const types::DataType& from, const types::DataType& to);

// Whether values have an order, so that they can be compared, sorted and given to max.
bool IsOrderable(const types::DataType& type);

}  // namespace lakesmith::plan
