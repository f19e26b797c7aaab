#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/duckdb/emit.h"
#include "plan/function_registry.h"

namespace lakesmith::engine {

// One SELECT under construction; empty parts are not written.
struct SelectBlock {
  std::string prefix;  // WITH ...
  std::string select;  // Empty: all columns of `from`.
  std::string from;    // Empty: one row.
  std::string where;
  std::string group_by;
  std::string having;
  std::string order_by;
  std::string limit;
  std::string offset;
  bool distinct = false;
  bool order_hidden = false;  // Keys of `order_by` may not be among the columns of `select`.
  bool single_from = true;    // `from` can stand beside JOIN without parentheses.

  bool HasOnlyFrom() const;
  std::string Text() const;
};

class Emitter;
// Code for functions whose text depends on more than a template; by the name after '@'.
using CustomEmit = Result<std::string> (*)(Emitter& emitter, const plan::Expression& call,
                                           const std::vector<std::string>& arguments);

// Writes one plan. Used once, by one thread.
class Emitter {
 public:
  using ColumnSql = std::function<std::string(plan::ColumnId)>;
  explicit Emitter(ColumnSql column_sql) : column_sql_(std::move(column_sql)) {}

  Result<SelectBlock> Build(const plan::Relation& relation);
  Result<std::string> Expression(const plan::Expression& expression);

  const std::vector<ScanBinding>& scans() const { return scans_; }
  // The text with its scans written out: only at the end is known whether anything names the
  // hidden column of one. Call once, before scans().
  std::string Finish(std::string text);
  std::vector<std::string> natives() const { return {natives_.begin(), natives_.end()}; }

  // Notes the native functions that a piece of text calls.
  std::string Native(std::string text);
  Result<std::string> Cast(std::string text, const plan::Expression* source,
                           const types::DataType& from, const types::DataType& to, bool is_try);
  // A text that stands for a value in a template: short, or bound to a name by BindArguments.
  Result<std::vector<std::string>> Arguments(const plan::Expression& call);
  std::string FreshName(std::string_view stem);
  // A value that the engine orders as Spark orders `text`: the text itself but for structs and
  // arrays.
  std::string OrderKey(const std::string& text, const types::DataType& type);
  // Gives lambda variables their text.
  void BindVariable(plan::ColumnId id, std::string text) { variables_[id] = std::move(text); }

 private:
  // emit_relation.cc
  Result<SelectBlock> BuildScan(const plan::ScanRelation& scan);
  Result<SelectBlock> BuildValues(const plan::ValuesRelation& values);
  Result<SelectBlock> BuildRange(const plan::RangeRelation& range);
  Result<SelectBlock> BuildProject(const plan::ProjectRelation& project);
  Result<SelectBlock> BuildFilter(const plan::FilterRelation& filter);
  Result<SelectBlock> BuildAggregate(const plan::AggregateRelation& aggregate);
  Result<SelectBlock> ComputeGroups(const plan::AggregateRelation& aggregate, SelectBlock block);
  Result<SelectBlock> BuildWindow(const plan::WindowRelation& window);
  Result<SelectBlock> BuildGenerate(const plan::GenerateRelation& generate);
  Result<std::string> GeneratorSource(const plan::GenerateRelation& generate);
  Result<std::string> StackRows(const plan::Expression& call, size_t width);
  SelectBlock UnnestFields(const plan::GenerateRelation& generate, SelectBlock block,
                           const std::string& input, bool structs);
  void UnnestElements(const plan::GenerateRelation& generate, const std::string& input,
                      SelectBlock& block);
  Result<SelectBlock> BuildJoin(const plan::JoinRelation& join);
  std::optional<SelectBlock> JoinInside(const plan::JoinRelation& join, const std::string& left,
                                        const std::string& right, const std::string& condition);
  Result<SelectBlock> BuildSetOperation(const plan::SetOperationRelation& operation);
  Result<SelectBlock> BuildSort(const plan::SortRelation& sort);
  Result<SelectBlock> BuildLimit(const plan::LimitRelation& limit);
  Result<SelectBlock> BuildDistinct(const plan::DistinctRelation& distinct);
  Result<SelectBlock> BuildSample(const plan::SampleRelation& sample);
  Result<SelectBlock> BuildWith(const plan::WithRelation& with);
  Result<SelectBlock> BuildCteReference(const plan::CteReferenceRelation& reference);
  Result<std::string> FromItem(const plan::Relation& relation);
  Result<std::string> LeftFromItem(const plan::Relation& relation);
  // Computes the subqueries of an outer join's condition, which the engine cannot do there, as
  // columns of the side that they refer to.
  Status ComputeSubqueries(const plan::JoinRelation& join, std::string& left, std::string& right);
  SelectBlock Wrap(const SelectBlock& block);
  SelectBlock WrapKeepingOrder(SelectBlock block);
  Result<std::string> RecursiveCte(const plan::CteDefinition& definition);

  // emit_expression.cc
  Result<std::string> Literal(const types::Value& value, const types::DataType& type);
  Result<std::string> NestedLiteral(const types::Value& value, const types::DataType& type);
  Result<std::string> Call(const plan::Expression& call);
  // Comparisons, extremes and sorts of structs and arrays; nullopt: the call is none.
  Result<std::optional<std::string>> NestedOrderCall(const plan::Expression& call);
  // With kOverMark behind each aggregate, where an OVER clause would stand.
  Result<std::string> MarkedCall(const plan::Expression& call);
  Result<std::string> Case(const plan::Expression& expression);
  Result<std::string> WindowCall(const plan::Expression& call);
  Result<std::string> Window(const plan::Expression& window);
  Result<std::string> Bound(const plan::FrameBound& bound, const types::DataType& order);
  Result<std::string> Subquery(const plan::Expression& subquery);
  Result<std::string> Struct(const plan::Expression& expression);

  // emit_call.cc
  Result<std::string> CustomCall(const plan::Expression& call, CustomEmit emit);
  Result<std::string> Template(const plan::Expression& call, std::string_view text);

  // emit_cast.cc
  Result<std::string> CastText(std::string text, const plan::Expression* source,
                               const types::DataType& to, bool is_try);
  Result<std::string> CastNested(std::string text, const types::DataType& from,
                                 const types::DataType& to, bool is_try);
  Result<std::string> CastToNumber(std::string text, const types::DataType& from,
                                   const types::DataType& to);
  Result<std::string> CastToTime(const std::string& text, const types::DataType& from,
                                 const types::DataType& to);

  // A scan that has `_metadata`; `marker` stands for it in the text.
  struct OpenScan {
    std::string marker;
    size_t scan;  // Position in `scans_`.
    plan::ColumnId metadata;
    std::string alias;
    std::string names;  // Of the other columns.
  };
  std::string ScanText(const OpenScan& open);

  ColumnSql column_sql_;
  std::vector<ScanBinding> scans_;
  std::vector<OpenScan> open_scans_;
  std::set<plan::ColumnId> referenced_;
  std::set<std::string> natives_;
  std::map<plan::ColumnId, std::string> variables_;
  std::map<int, std::string> level_columns_;
  // Subqueries that are computed as a column beforehand.
  std::map<const plan::Expression*, std::string> computed_;
  int last_name_ = 0;
  // Subqueries and lateral relations that this place is in: columns may come from around them.
  int inside_ = 0;
};

CustomEmit FindCustomEmit(std::string_view name);

// One table a topic; joined by FindCustomEmit.
using CustomTable = std::map<std::string_view, CustomEmit>;
const CustomTable& NumberEmits();
const CustomTable& TextEmits();
const CustomTable& DatetimeEmits();
const CustomTable& IntervalEmits();
const CustomTable& TimeEmits();
const CustomTable& TimeWindowEmits();
const CustomTable& CollectionEmits();
const CustomTable& LambdaEmits();
const CustomTable& AggregateEmits();
const CustomTable& JsonEmits();
const CustomTable& MiscEmits();

// Stands behind the parentheses of an aggregate or window function until its OVER clause is known.
inline constexpr char kOverMark = '\x01';

// 'text' with quotes doubled.
std::string SqlText(std::string_view text);
// "name" with quotes doubled.
std::string SqlName(std::string_view name);
std::string ColumnName(plan::ColumnId id);
// NULL::TYPE
std::string TypedNull(const types::DataType& type);
// error('[CLASS:STATE] message')
std::string RaiseError(std::string_view error_class, std::string_view sql_state,
                       std::string_view message);
// The call's DISTINCT, ORDER BY and FILTER put around an aggregate's text: `name(DISTINCT arguments
// ORDER BY ...) FILTER (WHERE ...)`. `extra_filter` is joined by AND.
Result<std::string> AggregateText(Emitter& emitter, const plan::Expression& call,
                                  std::string_view name, std::string_view arguments,
                                  std::string_view extra_filter = {});
// Whether an argument is a literal that is not null, and its text.
bool IsLiteral(const plan::Expression& expression);
std::optional<std::string> LiteralText(const plan::Expression& expression);

}  // namespace lakesmith::engine
