#include "pipeline/streaming_check.h"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

#include "catalog/names.h"
#include "pipeline/references.h"

namespace lakesmith::pipeline {
namespace {

// Aggregate functions by name; without OVER they fold many rows into one.
constexpr std::array<std::string_view, 60> kAggregates = {"any",
                                                          "any_value",
                                                          "approx_count_distinct",
                                                          "approx_percentile",
                                                          "array_agg",
                                                          "avg",
                                                          "bit_and",
                                                          "bit_or",
                                                          "bit_xor",
                                                          "bool_and",
                                                          "bool_or",
                                                          "collect_list",
                                                          "collect_set",
                                                          "corr",
                                                          "count",
                                                          "count_if",
                                                          "count_min_sketch",
                                                          "covar_pop",
                                                          "covar_samp",
                                                          "every",
                                                          "first",
                                                          "first_value",
                                                          "grouping",
                                                          "grouping_id",
                                                          "histogram_numeric",
                                                          "kurtosis",
                                                          "last",
                                                          "last_value",
                                                          "listagg",
                                                          "max",
                                                          "max_by",
                                                          "mean",
                                                          "median",
                                                          "min",
                                                          "min_by",
                                                          "mode",
                                                          "percentile",
                                                          "percentile_approx",
                                                          "percentile_cont",
                                                          "percentile_disc",
                                                          "regr_avgx",
                                                          "regr_avgy",
                                                          "regr_count",
                                                          "regr_intercept",
                                                          "regr_r2",
                                                          "regr_slope",
                                                          "regr_sxx",
                                                          "regr_sxy",
                                                          "regr_syy",
                                                          "skewness",
                                                          "some",
                                                          "std",
                                                          "stddev",
                                                          "stddev_pop",
                                                          "stddev_samp",
                                                          "string_agg",
                                                          "sum",
                                                          "try_sum",
                                                          "var_pop",
                                                          "variance"};

class Checker {
 public:
  Checker(const SourceText& source, const IsStreamingView& is_streaming_view)
      : source_(source), is_streaming_view_(is_streaming_view) {}

  Result<bool> Check(const sql::Query& query) {
    const std::map<std::string, bool> outer = tables_;
    if (query.with) {
      for (const sql::CommonTableExpression& table : query.with->tables) {
        tables_[catalog::FoldName(table.name.name)] = TRY(Check(*table.query));
      }
    }
    const bool stream = TRY(Check(query.body));
    const sql::QueryOrganization& end = query.organization;
    if (stream && (!end.order_by.empty() || end.order_by_all || !end.sort_by.empty())) {
      return Refuse(query.range, "ORDER BY");
    }
    if (stream && (end.limit || end.offset)) return Refuse(query.range, "LIMIT");
    tables_ = outer;
    return stream;
  }

 private:
  Error Refuse(const sql::SourceRange& range, std::string_view what) const {
    return Unsupported(
               "{} over a stream is not supported: only new rows are seen, not all of them; read "
               "the table without "
               "STREAM in a materialized view instead",
               what)
        .WithClass("UNSUPPORTED_STREAMING_OPERATOR_WITHOUT_WATERMARK", "0A000")
        .At(source_.At(range.begin));
  }

  Result<bool> Check(const sql::QueryBodyPtr& body) {
    if (!body) return false;
    switch (body->kind) {
      case sql::QueryBodyKind::kSelect:
        return Check(sql::As<sql::Select>(*body));
      case sql::QueryBodyKind::kSetOperation:
        return Check(sql::As<sql::SetOperation>(*body));
      case sql::QueryBodyKind::kValues:
        return false;
      case sql::QueryBodyKind::kTable:
        return Check(sql::As<sql::TableBody>(*body).table);
      case sql::QueryBodyKind::kSubquery:
        return Check(*sql::As<sql::SubqueryBody>(*body).query);
      case sql::QueryBodyKind::kFrom:
        return Check(sql::As<sql::FromBody>(*body).from);
      case sql::QueryBodyKind::kPipe:
        return Check(sql::As<sql::PipeBody>(*body));
    }
    return false;
  }

  Result<bool> Check(const sql::Select& select) {
    const bool stream = TRY(Check(select.from));
    TRY(CheckExpressions(select));
    if (!stream) return false;
    if (select.quantifier == sql::SetQuantifier::kDistinct) return Refuse(select.range, "DISTINCT");
    if (select.group_by || select.having) return Refuse(select.range, "GROUP BY");
    if (select.qualify) return Refuse(select.range, "QUALIFY");
    for (const sql::ExpressionPtr& item : select.items) TRY(CheckRowwise(item));
    return true;
  }

  // A stream inside an expression would be compared with new rows only.
  Status CheckExpressions(const sql::Select& select) {
    for (const sql::ExpressionPtr& item : select.items) TRY(CheckNoStream(item));
    TRY(CheckNoStream(select.where));
    TRY(CheckNoStream(select.having));
    return CheckNoStream(select.qualify);
  }

  Status CheckNoStream(const sql::ExpressionPtr& expression) {
    if (!expression) return {};
    for (const Reference& reference : ReferencesOf(*expression)) {
      const bool view = !reference.is_function && IsStreamName(reference.parts);
      if (!reference.stream && !view) continue;
      return Refuse({.begin = reference.offset, .end = reference.offset},
                    "a query in an expression");
    }
    return {};
  }

  Status CheckRowwise(const sql::ExpressionPtr& item) {
    for (const sql::FunctionCall* call : CallsOf(*item)) {
      const std::string name = call->name.parts.empty() ? "" : catalog::FoldName(call->name.last());
      if (call->over) return Refuse(call->range, "a window function");
      if (IsAggregate(name)) {
        return Refuse(call->range, "the aggregate " + name);
      }
    }
    return {};
  }

  Result<bool> Check(const sql::SetOperation& operation) {
    const bool left = TRY(Check(operation.left));
    const bool right = TRY(Check(operation.right));
    if (!left && !right) return false;
    const bool union_all = operation.op == sql::SetOperator::kUnion &&
                           operation.quantifier == sql::SetQuantifier::kAll;
    if (!union_all) return Refuse(operation.range, "a set operation other than UNION ALL");
    if (left != right)
      return Refuse(operation.range, "UNION ALL with a table that is not a stream");
    return true;
  }

  Result<bool> Check(const sql::PipeBody& pipe) {
    const bool stream = TRY(Check(pipe.input));
    if (!stream) return false;
    using enum sql::PipeOperatorKind;
    switch (pipe.pipe_kind) {
      case kExtend:
      case kSet:
        for (const sql::ExpressionPtr& item : pipe.items) TRY(CheckRowwise(item));
        return true;
      case kDrop:
      case kAs:
      case kUnpivot:
        return true;
      case kWhere:
        TRY(CheckNoStream(pipe.condition));
        return true;
      case kSelect: {
        const auto* select = sql::TryAs<sql::Select>(pipe.select);
        if (select == nullptr || select->quantifier == sql::SetQuantifier::kDistinct) {
          return Refuse(pipe.range, "DISTINCT");
        }
        for (const sql::ExpressionPtr& item : select->items) TRY(CheckRowwise(item));
        return true;
      }
      default:
        return Refuse(pipe.range, "this pipe operator");
    }
  }

  bool IsStreamName(const std::vector<std::string>& parts) const {
    if (parts.size() == 1) {
      const auto table = tables_.find(catalog::FoldName(parts[0]));
      if (table != tables_.end()) return table->second;
    }
    return is_streaming_view_(parts);
  }

  Result<bool> Check(const sql::RelationPtr& relation) {
    if (!relation) return false;
    switch (relation->kind) {
      case sql::RelationKind::kTable: {
        const auto& table = sql::As<sql::TableRelation>(*relation);
        std::vector<std::string> parts;
        for (const sql::Identifier& part : table.name.parts) parts.push_back(part.name);
        return table.stream || IsStreamName(parts);
      }
      case sql::RelationKind::kTableFunction:
        return sql::As<sql::TableFunctionRelation>(*relation).stream;
      case sql::RelationKind::kSubquery:
        return Check(*sql::As<sql::SubqueryRelation>(*relation).query);
      case sql::RelationKind::kValues:
        return false;
      case sql::RelationKind::kParenthesized:
        return Check(sql::As<sql::ParenthesizedRelation>(*relation).input);
      case sql::RelationKind::kJoin:
        return Check(sql::As<sql::JoinRelation>(*relation));
      case sql::RelationKind::kLateralView:
        return Check(sql::As<sql::LateralViewRelation>(*relation).input);
      case sql::RelationKind::kUnpivot:
        return Check(sql::As<sql::UnpivotRelation>(*relation).input);
      case sql::RelationKind::kPivot: {
        const bool stream = TRY(Check(sql::As<sql::PivotRelation>(*relation).input));
        if (stream) return Refuse(relation->range, "PIVOT");
        return false;
      }
    }
    return false;
  }

  Result<bool> Check(const sql::JoinRelation& join) {
    const bool left = TRY(Check(join.left));
    const bool right = TRY(Check(join.right));
    if (left && right) return Refuse(join.range, "a join with another stream");
    if (!left && !right) return false;
    using enum sql::JoinType;
    const bool keeps_left = join.type == kLeft || join.type == kLeftSemi || join.type == kLeftAnti;
    const bool plain = join.type == kInner || join.type == kCross || join.type == kComma;
    if (plain || (left && keeps_left) || (right && join.type == kRight)) return true;
    return Refuse(join.range, "an outer join that keeps rows of the table");
  }

  const SourceText& source_;
  const IsStreamingView& is_streaming_view_;
  std::map<std::string, bool> tables_;  // Common table expressions that hold here: is it a stream?
};

}  // namespace

bool IsAggregate(std::string_view name) {
  return std::ranges::find(kAggregates, name) != kAggregates.end();
}

Result<bool> CheckStreaming(const sql::Query& query, const SourceText& source,
                            const IsStreamingView& is_streaming_view) {
  return Checker(source, is_streaming_view).Check(query);
}

}  // namespace lakesmith::pipeline
