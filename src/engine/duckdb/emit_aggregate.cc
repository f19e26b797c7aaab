#include "engine/duckdb/emit_internal.h"

namespace lakesmith::engine {

using plan::Expression;
using types::DataType;
using types::TypeId;

Result<std::string> AggregateText(Emitter& emitter, const Expression& call, std::string_view name,
                                  std::string_view arguments, std::string_view extra_filter) {
  std::string order;
  for (const plan::SortKey& key : call.order_by) {
    const std::string text =
        emitter.OrderKey(TRY(emitter.Expression(*key.expression)), key.expression->type);
    order += fmt::format("{}{} {} NULLS {}", order.empty() ? " ORDER BY " : ", ", text,
                         key.descending ? "DESC" : "ASC", key.nulls_first ? "FIRST" : "LAST");
  }
  std::string filter(extra_filter);
  if (call.filter) {
    const std::string own = TRY(emitter.Expression(*call.filter));
    filter = filter.empty() ? own : fmt::format("({}) AND ({})", filter, own);
  }
  std::string text =
      fmt::format("{}({}{}{})", name, call.distinct ? "DISTINCT " : "", arguments, order);
  if (!filter.empty()) text += fmt::format(" FILTER (WHERE {})", filter);
  return text + kOverMark;
}

namespace {

using Texts = std::vector<std::string>;

Result<std::string> Count(Emitter& emitter, const Expression& call, const Texts& arguments) {
  const Expression& first = *call.children[0];
  if (arguments.size() == 1) {
    if (IsLiteral(first) && !call.distinct) return AggregateText(emitter, call, "count", "*");
    return AggregateText(emitter, call, "count", arguments[0]);
  }
  std::string present;
  for (const std::string& argument : arguments) {
    present += fmt::format("{}({}) IS NOT NULL", present.empty() ? "" : " AND ", argument);
  }
  if (!call.distinct) return AggregateText(emitter, call, "count", "*", present);
  return AggregateText(emitter, call, "count", fmt::format("row({})", fmt::join(arguments, ", ")),
                       present);
}

Result<std::string> CountIf(Emitter& emitter, const Expression& call, const Texts& arguments) {
  if (call.distinct) {
    return AggregateText(emitter, call, "count",
                         fmt::format("CASE WHEN {} THEN true END", arguments[0]));
  }
  return AggregateText(emitter, call, "count", "*", arguments[0]);
}

Result<std::string> Sum(Emitter& emitter, const Expression& call, const Texts& arguments) {
  std::string text = TRY(AggregateText(emitter, call, "sum", arguments[0]));
  if (call.type.is(TypeId::kDouble)) return text;
  return fmt::format("CAST({} AS {})", text, DuckDbTypeName(call.type));
}

Result<std::string> TrySum(Emitter& emitter, const Expression& call, const Texts& arguments) {
  std::string text = TRY(AggregateText(emitter, call, "sum", arguments[0]));
  if (call.type.is(TypeId::kDouble)) return text;
  return fmt::format("TRY_CAST({} AS {})", text, DuckDbTypeName(call.type));
}

Result<std::string> Average(Emitter& emitter, const Expression& call, const Texts& arguments) {
  const DataType& type = call.type;
  if (type.is(TypeId::kDouble)) return AggregateText(emitter, call, "avg", arguments[0]);
  const std::string sum = TRY(AggregateText(emitter, call, "sum", arguments[0]));
  const std::string count = TRY(AggregateText(emitter, call, "count", arguments[0]));
  if (type.is(TypeId::kDecimal)) {
    return fmt::format(
        "CASE WHEN {1} > 0 THEN spark_decimal_divide({0}, {1}::DECIMAL(20,0), {2}) END", sum, count,
        TypedNull(type));
  }
  return fmt::format("CASE WHEN {1} > 0 THEN CAST(round({0}::DOUBLE / {1}) AS {2}) END", sum, count,
                     DuckDbTypeName(type));
}

Result<std::string> TryAverage(Emitter& emitter, const Expression& call, const Texts& arguments) {
  std::string average = TRY(Average(emitter, call, arguments));
  if (!call.type.IsAnsiInterval()) return average;
  const std::string sum = TRY(AggregateText(emitter, call, "sum", arguments[0]));
  return fmt::format("CASE WHEN TRY_CAST({} AS {}) IS NOT NULL THEN {} END", sum,
                     DuckDbTypeName(call.type), average);
}

Result<std::string> Edge(Emitter& emitter, const Expression& call, const Texts& arguments,
                         const char* function) {
  const std::string present = fmt::format("({}) IS NOT NULL", arguments[0]);
  return AggregateText(emitter, call, function, arguments[0], call.ignore_nulls ? present : "");
}
Result<std::string> First(Emitter& emitter, const Expression& call, const Texts& arguments) {
  return Edge(emitter, call, arguments, "first");
}
Result<std::string> Last(Emitter& emitter, const Expression& call, const Texts& arguments) {
  return Edge(emitter, call, arguments, "last");
}

Result<std::string> CollectList(Emitter& emitter, const Expression& call, const Texts& arguments) {
  const std::string list = TRY(AggregateText(emitter, call, "list", arguments[0],
                                             fmt::format("({}) IS NOT NULL", arguments[0])));
  return fmt::format("coalesce({}, []::{})", list, DuckDbTypeName(call.type));
}
Result<std::string> CollectSet(Emitter& emitter, const Expression& call, const Texts& arguments) {
  const std::string list = TRY(AggregateText(emitter, call, "list", arguments[0],
                                             fmt::format("({}) IS NOT NULL", arguments[0])));
  return fmt::format("coalesce(list_sort(list_distinct({})), []::{})", list,
                     DuckDbTypeName(call.type));
}

Result<std::string> ApproxCountDistinct(Emitter& emitter, const Expression& call,
                                        const Texts& arguments) {
  // The hash of a null is the hash of nothing, not null.
  const std::string present = fmt::format("({}) IS NOT NULL", arguments[0]);
  const std::string hash =
      fmt::format("spark_xxhash64({}, {})", SqlText(call.children[0]->type.Sql()), arguments[0]);
  return AggregateText(
      emitter, call, "spark_estimate_distinct",
      fmt::format("{}, {}", hash, arguments.size() > 1 ? arguments[1] : "0.05::DOUBLE"), present);
}

Result<std::string> Grouping(Emitter&, const Expression& call, const Texts& arguments) {
  if (arguments.empty()) return fmt::format("0::{}", DuckDbTypeName(call.type));
  return fmt::format("CAST(grouping({}) AS {})", fmt::join(arguments, ", "),
                     DuckDbTypeName(call.type));
}

// `quantile_cont` or `quantile_disc` of a percentage or a list of them.
Result<std::string> Quantile(Emitter& emitter, const Expression& call, const Texts& arguments,
                             const char* function, const std::string& value) {
  Expression plain = call;
  std::string percentage = arguments[1];
  const bool many = call.type.is(TypeId::kArray);
  const bool descending = !call.order_by.empty() && call.order_by.front().descending;
  if (descending) {
    // A negative percentage counts from the largest value.
    const std::string from_above = std::string_view(function) == "quantile_disc"
                                       ? "CASE WHEN {0} = 0 THEN 1 ELSE -({0}) END"
                                       : "(1 - {0})";
    const std::string each = many ? emitter.FreshName("p") : percentage;
    const std::string turned = fmt::format(fmt::runtime(from_above), each);
    percentage =
        many ? fmt::format("list_transform({}, lambda {}: {})", percentage, each, turned) : turned;
  }
  plain.order_by.clear();
  const std::string text =
      TRY(AggregateText(emitter, plain, function, fmt::format("{}, {}", value, percentage)));
  const DataType& one = many ? call.type.element() : call.type;
  if (!one.IsAnsiInterval()) return fmt::format("CAST({} AS {})", text, DuckDbTypeName(call.type));
  // The fraction of a month or a microsecond is cut off.
  const std::string whole =
      many ? fmt::format("list_transform({}, lambda whole: trunc(whole))", text)
           : fmt::format("trunc({})", text);
  return fmt::format("CAST({} AS {})", whole, DuckDbTypeName(call.type));
}
// Each value counts as often as its frequency says.
Result<std::string> WeightedPercentile(Emitter& emitter, const Expression& call,
                                       const Texts& arguments) {
  const std::string points = TRY(AggregateText(
      emitter, call, "list",
      fmt::format("struct_pack(v := ({})::DOUBLE, n := {})", arguments[0], arguments[2])));
  if (!call.type.is(TypeId::kArray))
    return fmt::format("spark_weighted_percentile({}, {})", points, arguments[1]);
  const std::string variable = emitter.FreshName("p");
  return fmt::format("list_transform({}, lambda {}: spark_weighted_percentile({}, {}))",
                     arguments[1], variable, points, variable);
}

Result<std::string> Histogram(Emitter& emitter, const Expression& call, const Texts& arguments) {
  const std::string list =
      TRY(AggregateText(emitter, call, "list", fmt::format("({})::DOUBLE", arguments[0])));
  const std::string bins = fmt::format("spark_histogram_numeric({}, {})", list, arguments[1]);
  const DataType& value = call.type.element().fields().front().type;
  if (!value.IsIntegral()) return fmt::format("{}::{}", bins, DuckDbTypeName(call.type));
  // Java's conversion cuts the fraction off, where the engine would round.
  return fmt::format(
      "list_transform({}, lambda bin: struct_pack(x := trunc(bin.x), y := bin.y))::{}", bins,
      DuckDbTypeName(call.type));
}

Result<std::string> Percentile(Emitter& emitter, const Expression& call, const Texts& arguments) {
  const bool weighted = arguments.size() == 3 && !IsLiteral(*call.children[2]);
  if (weighted) {
    return WeightedPercentile(emitter, call, arguments);
  }
  return Quantile(emitter, call, arguments, "quantile_cont",
                  fmt::format("({})::DOUBLE", arguments[0]));
}
Result<std::string> PercentileDisc(Emitter& emitter, const Expression& call,
                                   const Texts& arguments) {
  const bool descending = !call.order_by.empty() && call.order_by.front().descending;
  if (descending && !call.type.is(TypeId::kArray)) {
    // From the other end, which is not that of the rest to one.
    Expression plain = call;
    plain.order_by.clear();
    const std::string text =
        TRY(AggregateText(emitter, plain, "quantile_disc",
                          fmt::format("-({})::DOUBLE, {}", arguments[0], arguments[1])));
    return fmt::format("CAST(-({}) AS {})", text, DuckDbTypeName(call.type));
  }
  return Quantile(emitter, call, arguments, "quantile_disc",
                  fmt::format("({})::DOUBLE", arguments[0]));
}
Result<std::string> PercentileApprox(Emitter& emitter, const Expression& call,
                                     const Texts& arguments) {
  return Quantile(emitter, call, arguments, "quantile_disc", arguments[0]);
}

Result<std::string> Mode(Emitter& emitter, const Expression& call, const Texts& arguments) {
  Expression plain = call;
  plain.order_by.clear();
  if (call.order_by.empty()) return AggregateText(emitter, plain, "mode", arguments[0]);
  // Of the most frequent the first in the order.
  const bool descending = call.order_by.front().descending;
  const std::string counts = TRY(AggregateText(emitter, plain, "histogram", arguments[0]));
  return fmt::format(
      "(list_sort(list_transform(map_entries({}), lambda entry: struct_pack(n := {}entry.value::"
      "BIGINT, k := entry.key)), '{}', 'NULLS LAST')[1]).k",
      counts, descending ? "" : "-", descending ? "DESC" : "ASC");
}

// One of the two, where the other has a value: DISTINCT counts by that one alone.
std::string OneOfPair(const Texts& arguments, size_t which) {
  return fmt::format("CASE WHEN ({}) IS NOT NULL THEN {} END", arguments[1 - which],
                     arguments[which]);
}
Result<std::string> PairAverage(Emitter& emitter, const Expression& call, const Texts& arguments,
                                size_t which) {
  return Average(emitter, call, {OneOfPair(arguments, which)});
}
Result<std::string> RegrSxx(Emitter& emitter, const Expression& call, const Texts& arguments) {
  return AggregateText(emitter, call, "spark_squares", OneOfPair(arguments, 1));
}
Result<std::string> RegrSyy(Emitter& emitter, const Expression& call, const Texts& arguments) {
  return AggregateText(emitter, call, "spark_squares", OneOfPair(arguments, 0));
}
Result<std::string> RegrAverageY(Emitter& emitter, const Expression& call, const Texts& arguments) {
  return PairAverage(emitter, call, arguments, 0);
}
Result<std::string> RegrAverageX(Emitter& emitter, const Expression& call, const Texts& arguments) {
  return PairAverage(emitter, call, arguments, 1);
}

Result<std::string> ListAgg(Emitter& emitter, const Expression& call, const Texts& arguments) {
  const bool separated = arguments.size() == 2 && !call.children[1]->value.is_null();
  if (call.distinct) {
    // The engine orders distinct values only by themselves, so the cast to text comes last.
    const Expression* value = call.children[0].get();
    while (value->kind == plan::ExpressionKind::kCast &&
           (value->implicit || (!call.order_by.empty() && !value->try_cast))) {
      value = value->children.front().get();
    }
    const std::string plain = TRY(emitter.Expression(*value));
    const std::string order = call.order_by.empty() ? fmt::format(" ORDER BY {}", plain) : "";
    const std::string list = TRY(AggregateText(emitter, call, "list", plain + order,
                                               fmt::format("({}) IS NOT NULL", plain)));
    const std::string item = emitter.FreshName("e");
    if (call.type.is(TypeId::kBinary)) {
      return fmt::format("unhex(array_to_string(list_transform({}, lambda {}: hex({})), {}))", list,
                         item, item, separated ? fmt::format("hex({})", arguments[1]) : "''");
    }
    const std::string text =
        TRY(emitter.Cast(item, nullptr, value->type, DataType::String(), false));
    return fmt::format("array_to_string(list_transform({}, lambda {}: {}), {})", list, item, text,
                       separated ? arguments[1] : "''");
  }
  if (call.type.is(TypeId::kBinary)) {
    const std::string glue = separated ? fmt::format("hex({})", arguments[1]) : "''";
    return fmt::format("unhex({})",
                       TRY(AggregateText(emitter, call, "string_agg",
                                         fmt::format("hex({}), {}", arguments[0], glue))));
  }
  return AggregateText(emitter, call, "string_agg",
                       fmt::format("{}, {}", arguments[0], separated ? arguments[1] : "''"));
}

Result<std::string> RegrCount(Emitter& emitter, const Expression& call, const Texts& arguments) {
  return Count(emitter, call, arguments);
}

// Exact: every item is counted. The most frequent come first, equal ones as they are ordered.
Result<std::string> TopK(Emitter& emitter, const Expression& call, const Texts& arguments) {
  const std::string count = arguments.size() > 1 ? arguments[1] : "5";
  const std::string items = TRY(AggregateText(emitter, call, "histogram", arguments[0]));
  return fmt::format(
      "list_transform(list_sort(list_transform(map_entries({0}), lambda entry: "
      "struct_pack(\"count\" := -entry.value::BIGINT, item := entry.key)))[:{1}], lambda one: "
      "struct_pack(item := one.item, \"count\" := -one.\"count\"))::{2}",
      items, count, DuckDbTypeName(call.type));
}

Result<std::string> IntegerWindow(Emitter&, const Expression& call, const Texts&) {
  return fmt::format("CAST({}(){} AS INTEGER)", call.name, kOverMark);
}
Result<std::string> NTile(Emitter&, const Expression&, const Texts& arguments) {
  return fmt::format("CAST(ntile({}){} AS INTEGER)", arguments.empty() ? "1" : arguments[0],
                     kOverMark);
}
Result<std::string> Lag(Emitter&, const Expression& call, const Texts& arguments) {
  std::string text = arguments[0];
  if (arguments.size() > 1) text += ", " + arguments[1];
  if (arguments.size() > 2) text += ", " + arguments[2];
  return fmt::format("{}({}{}){}", call.name, text, call.ignore_nulls ? " IGNORE NULLS" : "",
                     kOverMark);
}
Result<std::string> NthValue(Emitter&, const Expression& call, const Texts& arguments) {
  return fmt::format("nth_value({}, {}{}){}", arguments[0], arguments[1],
                     call.ignore_nulls ? " IGNORE NULLS" : "", kOverMark);
}

}  // namespace

const CustomTable& AggregateEmits() {
  static const auto* table = new CustomTable{
      {"count", Count},
      {"count_if", CountIf},
      {"sum", Sum},
      {"try_sum", TrySum},
      {"avg", Average},
      {"try_avg", TryAverage},
      {"first", First},
      {"last", Last},
      {"collect_list", CollectList},
      {"collect_set", CollectSet},
      {"approx_count_distinct", ApproxCountDistinct},
      {"grouping", Grouping},
      {"histogram_numeric", Histogram},
      {"percentile", Percentile},
      {"percentile_disc", PercentileDisc},
      {"percentile_approx", PercentileApprox},
      {"mode", Mode},
      {"listagg", ListAgg},
      {"regr_count", RegrCount},
      {"regr_sxx", RegrSxx},
      {"regr_syy", RegrSyy},
      {"regr_avgx", RegrAverageX},
      {"regr_avgy", RegrAverageY},
      {"approx_top_k", TopK},
      {"window_int", IntegerWindow},
      {"ntile", NTile},
      {"lag", Lag},
      {"nth_value", NthValue},
  };
  return *table;
}

}  // namespace lakesmith::engine
