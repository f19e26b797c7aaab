// Result types of aggregate functions.
#include <algorithm>

#include "plan/function_rules_internal.h"
#include "plan/spark_error.h"
#include "plan/type_coercion.h"

namespace lakesmith::plan {

using types::DataType;
using types::TypeId;

namespace {

Status Collect(const Arguments&, Signature& signature) {
  if (signature.function->name == "collect_set" && signature.arguments[0].is(TypeId::kMap)) {
    return SparkError(
        "DATATYPE_MISMATCH.UNSUPPORTED_INPUT_TYPE", "42K09",
        "Cannot resolve \"collect_set\" due to data type mismatch: its input cannot be "
        "of the type \"{}\".",
        signature.arguments[0].Sql());
  }
  signature.result = DataType::Array(signature.arguments[0], false);
  return {};
}

// A timestamp counts as a number of seconds; other points in time do not.
Status CheckSummand(const Arguments& arguments, const Signature& signature) {
  const DataType& type = arguments.back()->type;
  const bool fits = !signature.arguments[0].is(TypeId::kTimestamp) || type.is(TypeId::kTimestamp);
  if (fits) return {};
  return SparkError("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "42K09",
                    "Cannot resolve \"{}\" due to data type mismatch: the parameter 1 has the type "
                    "\"{}\", which is neither a number nor an interval.",
                    signature.function->name, type.Sql());
}

Status Sum(const Arguments& arguments, Signature& signature) {
  TRY(CheckSummand(arguments, signature));
  DataType& type = signature.arguments[0];
  if (type.IsIntegral()) {
    signature.result = DataType::Long();
  } else if (type.is(TypeId::kDecimal)) {
    signature.result = DataType::Decimal(std::min(type.precision() + 10, 38), type.scale());
  } else if (type.is(TypeId::kYearMonthInterval)) {
    signature.result = DataType::YearMonthInterval(type.from(), type.to());
  } else if (type.is(TypeId::kDayTimeInterval)) {
    signature.result = DataType::DayTimeInterval(type.from(), type.to());
  } else {
    type = DataType::Double();
    signature.result = type;
  }
  return {};
}

Status Average(const Arguments& arguments, Signature& signature) {
  TRY(CheckSummand(arguments, signature));
  DataType& type = signature.arguments[0];
  if (type.is(TypeId::kDecimal)) {
    signature.result = AdjustedDecimal(type.precision() + 4, type.scale() + 4);
    if (type.precision() + 4 > 38) {
      const int scale = std::min(type.scale() + 4, 38);
      signature.result = DataType::Decimal(38, scale);
    }
  } else if (type.is(TypeId::kYearMonthInterval)) {
    signature.result = DataType::YearMonthInterval();
  } else if (type.is(TypeId::kDayTimeInterval)) {
    signature.result = DataType::DayTimeInterval();
  } else {
    type = DataType::Double();
    signature.result = type;
  }
  return {};
}

// The mean of the second argument.
Status RegrAverageX(const Arguments& arguments, Signature& signature) {
  std::swap(signature.arguments[0], signature.arguments[1]);
  TRY(Average(arguments, signature));
  std::swap(signature.arguments[0], signature.arguments[1]);
  return {};
}

// The result is of the type `one`, or an array of it when the percentage is an array.
Status OfPercentage(const Arguments& arguments, Signature& signature, const DataType& one) {
  const bool many = arguments.size() > 1 && arguments[1]->type.is(TypeId::kArray);
  if (arguments.size() > 1) {
    signature.arguments[1] = many ? DataType::Array(DataType::Double()) : DataType::Double();
  }
  signature.result = many ? DataType::Array(one, false) : one;
  return {};
}

Status Percentile(const Arguments& arguments, Signature& signature) {
  const DataType& type = signature.arguments[0];
  DataType one = DataType::Double();
  if (type.is(TypeId::kYearMonthInterval)) one = DataType::YearMonthInterval();
  if (type.is(TypeId::kDayTimeInterval)) one = DataType::DayTimeInterval();
  return OfPercentage(arguments, signature, one);
}

Status PercentileApprox(const Arguments& arguments, Signature& signature) {
  DataType& type = signature.arguments[0];
  if (type.IsString() || type.is(TypeId::kVoid)) type = DataType::Double();
  if (!type.IsNumeric() && !type.IsDatetime() && !type.IsAnsiInterval()) {
    return SparkError(
        "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "42K09",
        "Cannot resolve \"{}\" due to data type mismatch: the first parameter has the type "
        "\"{}\", which has no percentile.",
        signature.function->name, type.Sql());
  }
  return OfPercentage(arguments, signature, type);
}

Status Histogram(const Arguments&, Signature& signature) {
  const DataType point = signature.arguments[0];
  signature.result = DataType::Array(
      DataType::Struct({{"x", point, true}, {"y", DataType::Double(), true}}), true);
  return {};
}

Status TopK(const Arguments&, Signature& signature) {
  const DataType& item = signature.arguments[0];
  const bool counts =
      item.IsNumeric() || item.IsString() || item.IsDatetime() || item.is(TypeId::kBoolean);
  if (!counts) {
    return SparkError("DATATYPE_MISMATCH.TYPE_CHECK_FAILURE_WITH_HINT", "42K09",
                      "Cannot resolve \"approx_top_k\" due to data type mismatch: columns of the "
                      "type \"{}\" are not supported.",
                      item.Sql());
  }
  signature.result = DataType::Array(DataType::Struct({{"item", signature.arguments[0], true},
                                                       {"count", DataType::Long(), false}}),
                                     false);
  return {};
}

}  // namespace

const RuleTable& AggregateRules() {
  static const auto* rules = new RuleTable{
      {"@collect", Collect},       {"@sum", Sum},
      {"@avg", Average},           {"@regr_avgx", RegrAverageX},
      {"@percentile", Percentile}, {"@percentile_approx", PercentileApprox},
      {"@histogram", Histogram},   {"@approx_top_k", TopK},
  };
  return *rules;
}

}  // namespace lakesmith::plan
