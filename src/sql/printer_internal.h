#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sql/ast.h"
#include "sql/print.h"

namespace lakesmith::sql {

// Levels of precedence, the loosest first; an operand below the level that its place asks for gets
// parentheses.
enum class Level : int {
  kLambda = 0,
  kOr,
  kAnd,
  kNot,
  kPredicate,
  kValue,  // Comparisons.
  kBitOr,
  kBitXor,
  kBitAnd,
  kShift,
  kAdditive,
  kMultiplicative,
  kUnary,
  kPrimary,
};

// `name` between backticks.
std::string QuoteNameAlways(std::string_view name);

// Appends the text of nodes to a string. The print_*.cc files hold its methods by subject.
class Printer {
 public:
  std::string TakeText() { return std::move(text_); }

  // print_statement.cc
  void Print(const Statement& statement);
  // print_query.cc
  void Print(const Query& query);
  // print_relation.cc
  void Print(const Relation& relation);
  // print_expression.cc
  void Print(const Expression& expression, Level lowest = Level::kLambda);
  void Print(const TypeName& type);

 private:
  void Add(std::string_view text) { text_ += text; }
  void AddIf(bool condition, std::string_view text) { text_ += condition ? text : ""; }
  // Prints each item with ", " between them.
  template <typename Items, typename PrintItem>
  void AddList(const Items& items, PrintItem print_item) {
    bool first = true;
    for (const auto& item : items) {
      AddIf(!first, ", ");
      print_item(item);
      first = false;
    }
  }
  void AddExpressions(const std::vector<ExpressionPtr>& expressions);
  void AddInParentheses(const std::vector<ExpressionPtr>& expressions);
  void AddOptional(std::string_view prefix, const ExpressionPtr& expression);
  void AddIdentifier(const Identifier& identifier);
  void AddPath(const std::vector<Identifier>& path);
  void AddName(const Name& name);
  void AddColumns(const std::vector<Identifier>& columns);  // (a, b)
  void AddPaths(const std::vector<std::vector<Identifier>>& paths);
  void AddText(std::string_view text) { text_ += QuoteText(text); }
  void AddSubquery(const QueryPtr& query);  // (query)

  // print_statement.cc
  void PrintStatement(const Statement& statement);
  void PrintOtherStatement(const Statement& statement);

  // print_expression.cc
  void PrintExpression(const Expression& expression);
  void PrintLiteral(const Literal& literal);
  void PrintInterval(const IntervalLiteral& interval);
  void PrintBinary(const Binary& binary);
  void PrintUnary(const Unary& unary);
  void PrintIsTest(const IsTest& test);
  void PrintLike(const Like& like);
  void PrintCase(const Case& expression);
  void PrintParameter(const Parameter& parameter);
  void PrintIsDistinctFrom(const IsDistinctFrom& distinct);
  void PrintBetween(const Between& between);
  void PrintInList(const InList& in);
  void PrintInSubquery(const InSubquery& in);
  void PrintCast(const Cast& cast);
  void PrintLambda(const Lambda& lambda);
  void PrintFieldAccess(const FieldAccess& access);
  void PrintSubscript(const Subscript& subscript);
  void PrintCollate(const Collate& collate);
  void PrintSemiStructured(const SemiStructured& path);
  void PrintStar(const Star& star);
  void PrintAlias(const Alias& alias);
  void PrintBase(const Expression& base);
  void PrintPathBase(const Expression& base);
  void PrintType(const types::DataType& type, const std::vector<std::string>& collations,
                 size_t* leaf);

  // print_function.cc
  void PrintCall(const FunctionCall& call);
  void PrintSpecialCall(const FunctionCall& call);
  void PrintFunctionName(const Name& name);
  void PrintArguments(const std::vector<FunctionArgument>& arguments, Level lowest);
  void PrintTableArgument(const TableArgument& argument);
  void PrintWindow(const WindowSpecification& window);
  void PrintFrameBound(const FrameBound& bound);
  void PrintOrderItems(const std::vector<OrderItem>& items);
  void PrintDirection(const OrderItem& item);

  // print_query.cc
  void PrintWith(const WithClause& with);
  void PrintBody(const QueryBody& body);
  void PrintOperand(const QueryBody& body, const SetOperation& parent, bool right);
  void PrintSelect(const Select& select, bool with_from);
  void PrintSelectTail(const Select& select);
  void PrintTransform(const TransformClause& transform);
  void PrintGroupBy(const GroupBy& group);
  void PrintGroupingItem(const GroupingItem& item);
  void PrintOrganization(const QueryOrganization& organization);
  void PrintWindows(const std::vector<std::pair<Identifier, WindowSpecification>>& windows);
  void PrintPipe(const PipeBody& pipe);
  void PrintSetOperator(SetOperator op, SetQuantifier quantifier);

  // print_relation.cc
  void PrintRelation(const Relation& relation);
  void PrintTable(const TableRelation& table);
  void PrintJoin(const JoinRelation& join);
  void PrintLateralView(const LateralViewRelation& view);
  void PrintPivot(const PivotClause& pivot);
  void PrintUnpivot(const UnpivotClause& unpivot);
  void PrintSample(const TableSample& sample);
  void PrintTableAlias(const TableAlias& alias);
  void PrintOptions(const std::vector<Option>& options);  // (key = value)
  void PrintOptionKeys(const std::vector<Option>& options);

  // print_table.cc
  void PrintColumn(const ColumnDefinition& column);
  void PrintConstraint(const TableConstraint& constraint);
  void PrintTableBody(const std::vector<ColumnDefinition>& columns,
                      const std::vector<TableConstraint>& constraints);
  void PrintClauses(const TableClauses& clauses);
  void PrintGovernance(const TableClauses& clauses);
  void PrintPartitioning(const TableClauses& clauses);
  void PrintPartitionItems(const std::vector<PartitionItem>& items);
  void PrintSchedule(const RefreshSchedule& schedule);
  void PrintRowFilter(const RowFilter& filter);
  void PrintMask(const ColumnMask& mask);
  void PrintPosition(const ColumnPosition& position);
  void PrintPartition(const PartitionSpecification& partition);

  // print_ddl.cc
  void PrintCreateTable(const CreateTable& create);
  void PrintCreateView(const CreateView& create);
  void PrintCreateFunction(const CreateFunction& create);
  void PrintFunctionHead(const CreateFunction& create);
  void PrintParameters(const std::vector<FunctionParameter>& parameters);
  void PrintCreateObject(const CreateObject& create);
  void PrintObjectClauses(const CreateObject& create);
  void PrintDrop(const DropObject& drop);
  void PrintClone(const CloneTable& clone);
  void PrintCreateLike(const CreateTableLike& create);

  // print_alter.cc
  void PrintAlterTable(const AlterTable& alter);
  void PrintAction(const AlterAction& action);
  void PrintColumnAction(const AlterAction& action);
  void PrintTableAction(const AlterAction& action);
  void PrintSerde(const AlterAction& action);
  void PrintPartitionAction(const AlterAction& action);
  void PrintChangedColumn(const AlterAction& action);
  void PrintDropConstraint(const AlterAction& action);

  // print_pipeline.cc
  void PrintCreateFlow(const CreateFlow& create);
  void PrintFlow(const FlowBody& flow, bool inside_table);
  void PrintAutoCdc(const AutoCdc& cdc);
  void PrintSelection(std::string_view prefix, const ColumnSelection& selection);

  // print_dml.cc
  bool PrintDml(const Statement& statement);
  void PrintInsert(const Insert& insert);
  void PrintMultiInsert(const MultiInsert& multi);
  void PrintMerge(const Merge& merge);
  void PrintMergeClause(const MergeClause& clause);
  void PrintUpdate(const Update& update);
  void PrintDelete(const Delete& statement);
  void PrintCopy(const CopyInto& copy);
  void PrintLoad(const LoadData& load);
  void PrintAssignments(const std::vector<Assignment>& assignments);

  // print_maintenance.cc
  bool PrintMaintenanceStatement(const Statement& statement);
  void PrintRestore(const Restore& restore);
  void PrintReorg(const Reorg& reorg);
  void PrintCache(const Cache& cache);
  void PrintUncache(const Uncache& uncache);
  void PrintConvertToDelta(const ConvertToDelta& convert);
  void PrintOptimize(const Optimize& optimize);
  void PrintVacuum(const Vacuum& vacuum);
  void PrintAnalyze(const Analyze& analyze);
  void PrintRefresh(const Refresh& refresh);
  void PrintMaintenance(const Maintenance& maintenance);

  // print_command.cc
  bool PrintCommand(const Statement& statement);
  void PrintUse(const Use& use);
  void PrintReset(const Reset& reset);
  void PrintSetTimeZone(const SetTimeZone& set);
  void PrintComment(const Comment& comment);
  void PrintCreateSink(const CreateSink& create);
  void PrintCall(const Call& call);
  void PrintResource(const Resource& resource);
  void PrintSet(const Set& set);
  void PrintDeclare(const DeclareVariable& declare);
  void PrintSetVariable(const SetVariable& set);
  void PrintExecute(const ExecuteImmediate& execute);
  void PrintShow(const Show& show);
  void PrintDescribe(const Describe& describe);
  void PrintGrant(const Grant& grant);

  std::string text_;
};

}  // namespace lakesmith::sql
