#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/result.h"
#include "base/time_zone.h"
#include "plan/analyzer.h"
#include "plan/function_registry.h"
#include "plan/scope_internal.h"
#include "sql/ast.h"

namespace lakesmith::plan {

// Analysis of one statement. Used once, by one thread.
class Analyzer {
 public:
  Analyzer(const CatalogLookup& catalog, const SessionConfig& config);

  Result<Planned> PlanQuery(const sql::Query& query, const Scope* outer);
  Result<ExpressionPtr> Resolve(const sql::Expression& expression, const Scope& scope);
  ColumnId NextId() { return ++last_id_; }
  Result<types::DataType> FunctionType(const FunctionDefinition& function);
  const std::vector<Query::TemporaryObject>& TemporaryObjects() const { return temporary_objects_; }
  const std::vector<std::vector<std::string>>& Views() const { return views_; }
  void ReserveIds(ColumnId count) { last_id_ = count; }

 private:
  // analyze_query.cc
  Result<Planned> PlanBody(const sql::Query& query, const Scope* outer);
  Result<Planned> PlanQueryBody(const sql::QueryBody& body,
                                const sql::QueryOrganization* organization, const Scope* outer);
  Result<Planned> PlanUnions(const sql::SetOperation& operation, const Scope* outer);
  Result<Planned> PlanSetOperation(const sql::SetOperation& operation, const Scope* outer);
  Result<Planned> CombineSets(Planned left, Planned right, sql::SetOperator op,
                              sql::SetQuantifier quantifier);
  Result<Planned> Organize(Planned input, const sql::QueryOrganization& organization,
                           const Scope* outer);
  Result<Planned> ApplyLimit(Planned input, const sql::QueryOrganization& organization,
                             const Scope* outer);
  Result<ExpressionPtr> LimitValue(const sql::Expression& expression, const Scope* outer,
                                   std::string_view clause);
  // Adds what the common table expression stands for to `definitions`.
  Status PlanCte(const sql::CommonTableExpression& cte, bool recursive, const Scope* outer,
                 CteFrame& frame, std::vector<CteDefinition>& definitions);
  Result<CteDefinition> PlanRecursiveCte(const sql::CommonTableExpression& cte, const Scope* outer,
                                         CteFrame& frame, std::vector<CteDefinition>& definitions);
  Result<CteDefinition> PlanRecursion(const sql::CommonTableExpression& cte, const Scope* outer,
                                      CteFrame& frame);
  Result<Planned> Widen(Planned input, const std::vector<types::DataType>& types);
  Status RenameColumns(std::vector<OutputColumn>& columns,
                       const std::vector<sql::Identifier>& names, std::string_view what);
  Planned ReferToCte(const VisibleCte& cte);

  // analyze_relation.cc
  Result<Planned> PlanRelation(const sql::Relation& relation, const Scope* outer);
  Result<Planned> PlanRelationCore(const sql::Relation& relation, const Scope* outer);
  Result<Planned> PlanTable(const sql::TableRelation& table, const Scope* outer);
  Result<Planned> PlanView(const ResolvedView& view);
  Result<std::vector<OutputColumn>> ViewSources(const ResolvedView& view,
                                                const std::vector<OutputColumn>& found);
  Result<ExpressionPtr> ViewValue(const ResolvedView& view, size_t index, ExpressionPtr value);
  void NoteTemporary(const std::string& kind, const std::vector<std::string>& parts);
  // Runs `analyze` for a text that stands elsewhere, such as the query of a view.
  template <typename F>
  auto WithinText(const NameScope& names, F analyze) {
    const std::string_view text = std::exchange(text_, std::string_view());
    const CteFrame* ctes = std::exchange(ctes_, nullptr);
    NameScope outside = std::exchange(names_, names);
    ++text_depth_;
    auto result = analyze();
    --text_depth_;
    text_ = text;
    ctes_ = ctes;
    names_ = std::move(outside);
    return result;
  }
  Planned PlanScan(const ResolvedTable& table);
  Result<Planned> PlanValues(const sql::ValuesRelation& values, const Scope* outer);
  Result<Planned> PlanTableFunction(const sql::TableFunctionRelation& call, const Scope* outer);
  Result<Planned> PlanRange(const sql::TableFunctionRelation& call, const Scope* outer);
  Result<Planned> PlanSqlTableFunction(const ResolvedFunction& function,
                                       const sql::TableFunctionRelation& call, const Scope* outer);
  Result<Planned> AsReturned(const ResolvedFunction& function, Planned body);
  Result<Planned> PlanLateralView(const sql::LateralViewRelation& view, const Scope* outer);
  Result<Planned> ApplySample(Planned input, const sql::TableSample& sample, const Scope* outer);
  Status ApplyAlias(Planned& planned, const sql::TableAlias& alias);
  Result<std::optional<TimeTravel>> TimeTravelOf(const sql::TableRelation& table);
  Result<std::vector<std::string>> NameParts(const sql::Name& name);
  Result<ExpressionPtr> Folded(ExpressionPtr value);

  // analyze_join.cc
  Result<Planned> PlanJoin(const sql::JoinRelation& join, const Scope* outer);
  Result<Planned> Join(Planned left, Planned right, const sql::JoinRelation& join,
                       const Scope* outer);
  Result<Planned> JoinUsing(Planned left, Planned right, JoinKind kind,
                            const std::vector<std::string>& names, bool lateral);

  // analyze_select.cc
  Result<Planned> PlanSelect(const sql::Select& select, const sql::QueryOrganization* organization,
                             const Scope* outer, const Planned* input = nullptr);
  Result<Planned> PlanSource(const sql::Select& select, const Scope* outer, const Planned* input);
  Status AddItem(const sql::Expression& item, const Scope& scope, SelectState& state);
  void AddStarItems(std::vector<NamedExpression> columns, SelectState& state);
  // A name in backquotes that is a regular expression, as a setting has it; nullopt: it is none.
  Result<std::optional<std::vector<NamedExpression>>> ExpandRegex(const sql::Expression& item,
                                                                  const Scope& scope);
  void AddOutput(NamedExpression item, SelectState& state);
  Status AddGeneratorItem(const sql::Alias* alias, const ExpressionPtr& call, SelectState& state);
  Result<std::vector<NamedExpression>> ExpandStar(const sql::Star& star, const Scope& scope);
  Result<std::vector<NamedExpression>> ExpandStruct(const sql::Star& star, const Scope& scope);
  Status ExcludeColumns(const sql::Star& star, const Scope& scope,
                        std::vector<NamedExpression>& items);
  Result<Planned> FinishSelect(const sql::Select& select,
                               const sql::QueryOrganization* organization, const Scope* outer,
                               SelectState& state);
  Result<ExpressionPtr> OverHaving(const ExpressionPtr& condition, const sql::Expression& source,
                                   SelectState& state);
  Result<ExpressionPtr> HavingCondition(const sql::ExpressionPtr& source, const sql::Select& select,
                                        const Scope* outer, SelectState& state);
  Result<std::pair<ExpressionPtr, ExpressionPtr>> SelectConditions(const sql::Select& select,
                                                                   const Scope* outer,
                                                                   SelectState& state);
  Planned SortSelect(Planned planned, std::vector<SortKey> keys, const SelectState& state);
  Result<ExpressionPtr> ResolveOverOutput(const sql::Expression& expression, const Scope* outer,
                                          SelectState& state, const sql::Select& select,
                                          bool having);
  // HAVING takes numbers too: not zero is true.
  Result<ExpressionPtr> AsHaving(ExpressionPtr condition);
  Status PrepareOrder(const sql::QueryOrganization& organization, const sql::Select& select,
                      const Scope* outer, SelectState& state, std::vector<SortKey>& keys);
  Result<SortKey> SelectSortKey(const sql::OrderItem& item, const sql::Select& select,
                                const Scope* outer, SelectState& state);
  Result<ExpressionPtr> SortExpression(const ExpressionPtr& value, const sql::Select& select,
                                       const Scope* outer, SelectState& state);
  // Where a name of EXCEPT leads: an item, and fields within it.
  struct Excluded {
    size_t item = 0;
    std::vector<std::string> fields;
  };
  Result<std::vector<Excluded>> FindExcluded(const std::vector<std::string>& parts,
                                             const Scope& scope,
                                             const std::vector<NamedExpression>& items);
  Result<ExpressionPtr> WithoutFields(const ExpressionPtr& base,
                                      const std::vector<std::vector<std::string>>& paths);
  Result<ExpressionPtr> OverBase(const ExpressionPtr& expression, SelectState& state);
  Result<ExpressionPtr> OverGroups(const ExpressionPtr& expression, SelectState& state);

  // analyze_aggregate.cc
  Status ResolveGroups(const sql::Select& select, const Scope& scope, SelectState& state);
  Result<std::vector<std::vector<size_t>>> SetsOf(const sql::GroupingItem& item, const Scope& scope,
                                                  SelectState& state);
  Result<size_t> AddGroup(const sql::Expression& expression, const Scope& scope,
                          SelectState& state);
  Result<ExpressionPtr> GroupExpression(const sql::Expression& expression, const Scope& scope,
                                        SelectState& state);
  Status GroupByAll(SelectState& state);
  // Replaces aggregates and group expressions by columns of the aggregation.
  Result<ExpressionPtr> OverAggregate(const ExpressionPtr& expression, SelectState& state);
  Result<ExpressionPtr> AggregateColumn(const ExpressionPtr& call, SelectState& state);
  Result<ExpressionPtr> WindowOverAggregate(const Expression& window, SelectState& state);
  Result<ExpressionPtr> GroupingCall(const Expression& call, SelectState& state);
  ExpressionPtr TakeWindows(const ExpressionPtr& expression, SelectState& state);
  Status BuildAggregate(SelectState& state);

  // analyze_correlation.cc
  Result<ExpressionPtr> OuterAggregate(const ExpressionPtr& aggregate, const Scope& scope);
  Status TakeOuterAggregates(const Expression& condition, SelectState& state);
  Status CheckCorrelation(const SelectState& state, const Scope* outer) const;

  // analyze_pivot.cc
  Result<Planned> PlanPivot(const sql::PivotClause& pivot, const Planned& input,
                            const Scope* outer);
  Result<std::vector<ExpressionPtr>> PivotKeys(const sql::PivotClause& pivot, const Scope& scope);
  Result<std::vector<ExpressionPtr>> PivotAggregates(const sql::PivotClause& pivot,
                                                     const Scope& scope);
  Result<ExpressionPtr> PivotMatch(const ExpressionPtr& value,
                                   const std::vector<ExpressionPtr>& keys);
  Result<void> AddPivotCells(const sql::PivotClause& pivot, const sql::Expression& item,
                             const ExpressionPtr& value, const ExpressionPtr& matches,
                             const std::vector<ExpressionPtr>& aggregates, SelectState& state);
  Result<ExpressionPtr> UnpivotStack(const sql::UnpivotClause& unpivot, const Scope& scope,
                                     std::set<ColumnId>& used);
  Result<ExpressionPtr> AnyPresent(const std::vector<OutputColumn>& values);
  Result<Planned> PlanUnpivot(const sql::UnpivotClause& unpivot, Planned input, const Scope* outer);

  // analyze_pipe.cc
  Result<Planned> PlanPipe(const sql::PipeBody& pipe, const Scope* outer);
  Result<Planned> PipeAggregate(const sql::PipeBody& pipe, const Planned& input,
                                const Scope* outer);
  Result<Planned> PipeExtend(const sql::PipeBody& pipe, const Planned& input, const Scope* outer);
  Status CheckPipeAggregate(const sql::Expression& item, const Planned& input, const Scope* outer);
  Result<Planned> PipeSet(const sql::PipeBody& pipe, Planned input, const Scope* outer);
  Result<Planned> PipeDrop(const sql::PipeBody& pipe, Planned input, const Scope* outer);

  // analyze_name.cc
  Result<ExpressionPtr> ResolveName(const sql::ColumnReference& reference, const Scope& scope);
  Result<ExpressionPtr> LookUp(const std::vector<std::string>& parts, const Scope& scope);
  // Columns of the innermost query alone.
  Result<ExpressionPtr> LookUpHere(const std::vector<std::string>& parts, const Scope& scope);
  Result<ExpressionPtr> LookUpColumn(const std::vector<std::string>& parts,
                                     const std::vector<OutputColumn>& columns);
  size_t TreeSize(const ExpressionPtr& expression);
  ExpressionPtr LookUpAlias(const std::vector<std::string>& parts, const Scope& scope,
                            Status& problem);
  Result<ExpressionPtr> Fields(ExpressionPtr base, const std::vector<std::string>& parts,
                               size_t first);
  Result<ExpressionPtr> Field(ExpressionPtr base, const std::string& name);
  Error UnresolvedColumn(const std::vector<std::string>& parts, const Scope& scope);

  // analyze_expression.cc
  Result<ExpressionPtr> ResolveKind(const sql::Expression& expression, const Scope& scope);
  Result<ExpressionPtr> ResolveUnary(const sql::Unary& unary, const Scope& scope);
  Result<ExpressionPtr> ResolveBinary(const sql::Binary& binary, const Scope& scope);
  Result<ExpressionPtr> ResolveIsTest(const sql::IsTest& test, const Scope& scope);
  Result<ExpressionPtr> ResolveIsDistinctFrom(const sql::IsDistinctFrom& distinct,
                                              const Scope& scope);
  Result<ExpressionPtr> ResolveBetween(const sql::Between& between, const Scope& scope);
  Result<ExpressionPtr> ResolveLike(const sql::Like& like, const Scope& scope);
  Result<ExpressionPtr> ResolveInList(const sql::InList& in, const Scope& scope);
  Result<ExpressionPtr> ResolveCase(const sql::Case& expression, const Scope& scope);
  Result<ExpressionPtr> ResolveCast(const sql::Cast& cast, const Scope& scope);
  Result<ExpressionPtr> ResolveSubscript(const sql::Subscript& subscript, const Scope& scope);
  Result<ExpressionPtr> ResolveSemiStructured(const sql::SemiStructured& path, const Scope& scope);
  Result<ExpressionPtr> ResolveRow(const sql::Row& row, const Scope& scope);
  // TIMESTAMP means TIMESTAMP_NTZ.
  bool TimestampsArePlain() const;
  Result<ExpressionPtr> ResolveIdentifier(const sql::IdentifierClause& clause, const Scope& scope);
  Result<sql::Name> NameOfText(const sql::Expression& text);
  Result<ExpressionPtr> ResolveParameter(const sql::Parameter& parameter);
  Result<ExpressionPtr> ResolveSubquery(const sql::Expression& expression, const Scope& scope);
  Result<ExpressionPtr> InSubquery(const sql::InSubquery& in, const Scope& scope);
  Result<std::vector<ExpressionPtr>> ResolveAll(const std::vector<sql::ExpressionPtr>& expressions,
                                                const Scope& scope);
  Result<ExpressionPtr> Cast(ExpressionPtr child, const types::DataType& type, bool is_try);
  Result<ExpressionPtr> AsCondition(ExpressionPtr condition, std::string_view clause);

  // analyze_literal.cc
  Result<ExpressionPtr> ResolveLiteral(const sql::Literal& literal);
  // 'now', 'today', 'epoch', ... as an instant.
  std::optional<int64_t> SpecialTime(const std::string& text) const;
  Result<ExpressionPtr> DatetimeLiteral(const sql::Literal& literal);
  ExpressionPtr ShownTimestamp(types::TimestampValue value) const;
  Result<ExpressionPtr> ResolveInterval(const sql::IntervalLiteral& literal);

  // analyze_call.cc
  Result<ExpressionPtr> ResolveCall(const sql::FunctionCall& call, const Scope& scope);
  Result<ExpressionPtr> ResolveNamedCall(const sql::FunctionCall& call, const std::string& name,
                                         const Scope& scope);
  Result<std::vector<ExpressionPtr>> AggregateArguments(const sql::FunctionCall& call,
                                                        const std::string& name,
                                                        const Scope& scope);
  Result<ExpressionPtr> BareAggregate(const sql::FunctionCall& call, const std::string& name,
                                      const Scope& inside);
  Result<ExpressionPtr> AggregateCall(const sql::FunctionCall& call, const std::string& name,
                                      const Scope& scope);
  Result<ExpressionPtr> AggregateFilter(const sql::Expression& filter, const Scope& scope);
  Result<ExpressionPtr> WindowCall(const sql::FunctionCall& call, ExpressionPtr function,
                                   const Scope& scope);
  Result<std::vector<ExpressionPtr>> CallArguments(const sql::FunctionCall& call,
                                                   const Scope& scope);
  Result<SortKey> ResolveSortKey(const sql::OrderItem& item, const Scope& scope);
  Result<const sql::WindowSpecification*> NamedWindow(const sql::WindowSpecification& over,
                                                      const Scope& scope);
  Result<FrameBound> ResolveBound(const sql::FrameBound& bound, const Scope& scope,
                                  const Expression& window, FrameUnit unit);
  Result<ExpressionPtr> SqlFunctionCall(const ResolvedFunction& function,
                                        const sql::FunctionCall& call, const Scope& scope);
  Result<ExpressionPtr> ParameterValue(const ResolvedFunction& function, size_t position,
                                       const std::vector<sql::FunctionArgument>& arguments,
                                       const Scope& scope);
  ExpressionPtr Inlined(const ExpressionPtr& body, const std::vector<NamedExpression>& items);
  Status CheckDefault(const SqlFunctionParameter& parameter);

  // The column that a number in ORDER BY stands for.
  Result<ExpressionPtr> ColumnAt(int64_t position, const std::vector<OutputColumn>& columns,
                                 const sql::SourceRange& range);

  // analyze_named_arguments.cc
  Status CheckArguments(const ResolvedFunction& function,
                        const std::vector<sql::FunctionArgument>& arguments);
  // A call of a built-in function with its arguments in order, defaults in the gaps; nullopt when
  // none is given by name.
  Result<std::optional<sql::FunctionCall>> ByPosition(const sql::FunctionCall& call,
                                                      const std::string& name);

  Result<std::vector<NamedExpression>> BindParameters(
      const ResolvedFunction& function, const std::vector<sql::FunctionArgument>& arguments,
      const Scope& scope, std::vector<OutputColumn>& visible);
  Error UnresolvedRoutine(const sql::Name& name);

  // analyze_special_call.cc: functions whose arguments are more than expressions.
  Result<std::optional<ExpressionPtr>> SpecialCall(const sql::FunctionCall& call,
                                                   const std::string& name, const Scope& scope);
  Result<ExpressionPtr> IfCall(const std::string& name, const sql::FunctionCall& call,
                               const Scope& scope);
  Result<std::optional<ExpressionPtr>> TrimCall(const std::string& name,
                                                const sql::FunctionCall& call, const Scope& scope);
  Result<ExpressionPtr> SecretCall(const std::string& name, const sql::FunctionCall& call,
                                   const Scope& scope);
  Result<ExpressionPtr> DecodeCall(const sql::FunctionCall& call, const Scope& scope);
  ExpressionPtr SessionValue(const std::string& name) const;
  Result<ExpressionPtr> StructCall(const sql::FunctionCall& call, const Scope& scope);
  Result<ExpressionPtr> CastCall(const std::string& name, const sql::FunctionCall& call,
                                 const Scope& scope);
  Result<ExpressionPtr> SchemaCall(const std::string& name, const sql::FunctionCall& call,
                                   const Scope& scope);
  Result<ExpressionPtr> ExtractCall(const std::string& name, const sql::FunctionCall& call,
                                    const Scope& scope);
  Result<ExpressionPtr> DatetimeUnitCall(const std::string& name, const sql::FunctionCall& call,
                                         const Scope& scope);
  Result<types::DataType> SchemaArgument(const sql::Expression& argument, const Scope& scope,
                                         bool row);

  // analyze_time_window.cc
  Result<ExpressionPtr> WindowOfTimeCall(const std::string& name, const sql::FunctionCall& call,
                                         const Scope& scope);
  Status PlanTimeWindows(const sql::Select& select, const Scope& scope, SelectState& state);
  Status AddTimeWindow(const ExpressionPtr& window, SelectState& state);
  Status AddSessions(const sql::Select& select, const Expression& window, const Scope& scope,
                     SelectState& state);

  // analyze_lambda.cc
  Result<ExpressionPtr> HigherOrderCall(const std::string& name, const sql::FunctionCall& call,
                                        const Scope& scope);
  Result<ExpressionPtr> ZipCall(const std::string& name, const sql::FunctionCall& call,
                                ExpressionPtr first, const Scope& scope);
  Result<ExpressionPtr> MapLambdaCall(const std::string& name, const ExpressionPtr& first,
                                      const sql::Expression& lambda, const Scope& scope);
  Result<ExpressionPtr> ResolveLambda(const sql::Expression& lambda,
                                      const std::vector<types::DataType>& types,
                                      const Scope& scope);
  Result<ExpressionPtr> AggregateOverArray(const std::string& name, const sql::FunctionCall& call,
                                           const Scope& scope);

  // analyze_generator.cc
  Result<Generated> MakeGenerator(const ExpressionPtr& call);
  Planned Generate(Planned input, Generated generated, bool outer);

  // analyze_operators.cc
  Result<ExpressionPtr> Arithmetic(const std::string& name, ExpressionPtr left,
                                   ExpressionPtr right);
  Result<ExpressionPtr> Compare(const std::string& name, ExpressionPtr left, ExpressionPtr right);
  Result<ExpressionPtr> Negate(ExpressionPtr operand);
  Result<ExpressionPtr> Logic(const std::string& name, ExpressionPtr left, ExpressionPtr right);
  Result<ExpressionPtr> Bitwise(const std::string& name, ExpressionPtr left, ExpressionPtr right);

  // A call of a registered function, arguments cast as its signature asks.
  Result<ExpressionPtr> MakeCall(const std::string& name, std::vector<ExpressionPtr> arguments);

  Status CheckTime(const types::DataType& type) const;
  Error Located(Error error, const sql::SourceRange& range) const;
  OutputColumn NewColumn(std::string name, types::DataType type, bool nullable);
  Planned ProjectOver(Planned input, std::vector<NamedExpression> items);

  const CatalogLookup& catalog_;
  const SessionConfig& config_;
  TimeZone zone_;
  std::string_view text_;
  ColumnId last_id_ = 0;
  int last_cte_ = 0;
  const CteFrame* ctes_ = nullptr;
  NameScope names_;  // Of the text being analyzed.
  std::vector<Query::TemporaryObject> temporary_objects_;
  std::vector<std::vector<std::string>> views_;
  // Windows of time in GROUP BY and the columns that hold them.
  std::vector<std::pair<ExpressionPtr, OutputColumn>> time_windows_;
  bool grouping_by_time_ = false;
  // Aggregates of a query that stand in subqueries of its HAVING, by the column that they become.
  std::vector<std::pair<ColumnId, ExpressionPtr>> outer_aggregates_;
  int expression_depth_ = 0;
  int lambda_depth_ = 0;
  std::map<ExpressionPtr, size_t> tree_sizes_;
  int text_depth_ = 0;  // Of stored texts within each other.
  int depth_ = 0;       // Of views and SQL functions within each other.
};

// A call of the first function row of that name, whose type is known.
ExpressionPtr CallOf(const std::string& row, std::vector<ExpressionPtr> arguments,
                     types::DataType type);
// The same expression under another automatic name.
ExpressionPtr WithPretty(const ExpressionPtr& expression, std::string pretty);
bool IsListAgg(const std::string& name);
// What a call gives for the parameter at `position`, by place or by name; null: nothing.
const sql::FunctionArgument* ArgumentFor(const SqlFunctionParameter& parameter, size_t position,
                                         const std::vector<sql::FunctionArgument>& arguments);
// Leaves out columns that only lookups see.
void DropHidden(Planned& planned);
// [NUM_COLUMNS_MISMATCH] 42826 of the two inputs of a set operation.
Error WrongColumnCount(std::string_view operation, size_t left, size_t right);
// [INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX]: the function is no aggregate, or no such
// one.
Error NotAggregate(const std::string& name, std::string_view what);
// [FAILED_TO_PARSE_TOO_COMPLEX] 54001
Error TooComplex();
// The rows of `input` that meet the condition.
RelationPtr FilterOver(RelationPtr input, ExpressionPtr condition);
// An item of a select list without its name.
const sql::Expression& Unaliased(const sql::Expression& item);
bool SameName(std::string_view a, std::string_view b);
// NULLS FIRST or LAST of an item of ORDER BY; without either, nulls are the smallest values.
bool NullsFirst(const sql::OrderItem& item);
// [DATATYPE_MISMATCH.INVALID_ORDERING_TYPE]: the type of a sort key has no order.
Error NotSortable(const Expression& key);
// The position that a number in GROUP BY or ORDER BY stands for; nullopt: it is no number.
std::optional<int64_t> OrdinalOf(const sql::Expression& expression);
// [WINDOW_FUNCTION_NOT_ALLOWED_IN_CLAUSE]
Error WindowNotAllowed(std::string_view clause);
// Puts the items' expressions in place of their columns.
ExpressionPtr WithItems(const ExpressionPtr& expression, const std::vector<NamedExpression>& items);
// The columns that the query of this scope sees, not those of the queries around it.
std::set<ColumnId> ColumnsInSight(const Scope& scope);
// Whether the expression names columns of that scope; false when there is none.
bool RefersTo(const Expression& expression, const Scope* scope);
// The outer columns of a subquery as its automatic name has them: "a, b".
std::string OuterNames(const Relation& relation, const Scope& scope);
// [UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.CORRELATED_REFERENCE]
Error CorrelatedReference(const Expression& expression);
// `x IN (SELECT ...)` with false where SQL has NULL, as Spark answers everywhere but in conditions.
ExpressionPtr Decided(const ExpressionPtr& value);
// The same within a condition, whose parts joined by AND stay as they are: NULL is as good as
// false.
ExpressionPtr DecidedCondition(const ExpressionPtr& condition);
// Rewrites bottom-up: `replace` gives the new expression or null to keep the one it was shown,
// whose children are rewritten already. Does not enter subqueries.
ExpressionPtr Rewrite(const ExpressionPtr& expression,
                      const std::function<ExpressionPtr(const ExpressionPtr&)>& replace);
// The same for one level: `change` maps each direct part.
Result<ExpressionPtr> MapParts(
    const ExpressionPtr& expression,
    const std::function<Result<ExpressionPtr>(const ExpressionPtr&)>& change);
// The last name of the path v:a.b, looking through casts; empty for other expressions.
std::string LastStep(const sql::Expression& item);
ExpressionPtr ColumnOf(const OutputColumn& column);
// Whether a function in the tree may give another value at each call.
bool ContainsVolatile(const Expression& expression);
// A column named `all` is meant by GROUP BY ALL and ORDER BY ALL where there is one.
bool HasColumnAll(const std::vector<OutputColumn>& columns);
sql::ExpressionPtr ColumnAll();
// "a.b" with quotes where needed, for messages.
std::string DottedName(const std::vector<std::string>& parts);

}  // namespace lakesmith::plan
