#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sql/ast.h"
#include "sql/token_cursor.h"

namespace lakesmith::sql {

// Recursive descent over the tokens of one text. Its methods are spread over parse_*.cc by subject.
// Each parses what its name says at the current token and leaves the cursor behind it.
class Parser : public TokenCursor {
 public:
  using TokenCursor::TokenCursor;

  // Whole texts: what follows must be the end.
  Result<StatementPtr> WholeStatement();
  Result<std::vector<StatementPtr>> WholeScript();
  Result<ExpressionPtr> WholeExpression();
  Result<QueryPtr> WholeQuery();
  Result<Name> WholeName();
  Result<TypeName> WholeType();
  Result<types::DataType> WholeTableSchema();

 private:
  // parse_name.cc: names, texts and small lists
  Result<Identifier> ParseIdentifier(std::string_view what = "a name");
  Identifier TakeIdentifier();
  bool AtIdentifierLiteral(size_t ahead) const;
  Result<Identifier> ParseIdentifierLiteral();
  Status ParseNamePart(Name* name);
  Result<std::vector<Identifier>> ParsePath();
  Result<Name> ParseMultipartName(std::string_view what = "a name");
  Result<std::vector<Identifier>> ParseIdentifierList();  // (a, b)
  Result<std::vector<std::vector<Identifier>>> ParsePathList();
  Result<std::string> ParseText(std::string_view what = "a text between quotes");
  std::string TakeText();
  Result<std::string> ParseDigits();
  Result<std::string> ParseSignedInteger();
  Result<std::vector<Option>> ParseOptionList();     // (key = value, ...)
  Result<std::vector<Option>> ParseOptionKeyList();  // (key, ...)
  Result<Option> ParseOption(bool needs_value);
  Result<ExpressionPtr> ParseOptionValue();
  Result<PartitionSpecification> ParsePartition();  // (a = 1, b)
  template <typename Item, typename ParseItem>
  Result<std::vector<Item>> ParseList(ParseItem parse_item) {
    std::vector<Item> items;
    do {
      items.push_back(TRY(parse_item()));
    } while (Accept(TokenKind::kComma));
    return items;
  }

  // parse_type.cc
  Result<TypeName> ParseType();
  Result<types::DataType> ParseTypeInto(std::vector<std::string>* collations);
  Result<types::DataType> ParsePrimitiveType(std::vector<std::string>* collations);
  Result<types::DataType> ParseParameterizedType(std::vector<std::string>* collations);
  Result<types::DataType> ParseIntervalType();
  Result<types::DataType> ParseStructType(std::vector<std::string>* collations);
  Result<types::StructField> ParseStructField(std::vector<std::string>* collations);
  Result<types::DataType> ParseDecimalType();
  Result<types::DataType> ParseTimeType();
  Result<std::vector<int>> ParseTypeNumbers(size_t most);
  Result<std::string> ParseCollationSuffix();
  Status OpenAngle();
  Status CloseAngle();
  Error UnsupportedType(uint32_t begin) const;

  // parse_expression.cc
  Result<ExpressionPtr> ParseExpression();
  Result<ExpressionPtr> ParseValueExpression();  // Without AND, OR, NOT and predicates.
  Result<ExpressionPtr> ParseBinary(int lowest);
  Result<ExpressionPtr> ParseNot();
  Result<ExpressionPtr> ParseUnary();
  Result<ExpressionPtr> ParsePredicate(ExpressionPtr operand, uint32_t begin);
  Result<ExpressionPtr> ParseIs(ExpressionPtr operand, uint32_t begin);
  Result<ExpressionPtr> ParseIn(ExpressionPtr operand, bool negated, uint32_t begin);
  Result<ExpressionPtr> ParseLike(ExpressionPtr operand, bool negated, uint32_t begin);
  bool AtPredicate() const;
  Result<std::vector<ExpressionPtr>> ParseExpressionList();  // a, b
  Result<ExpressionPtr> ParseNamedExpression();              // expression [AS] alias
  Result<ExpressionPtr> ParseAlias(ExpressionPtr operand, uint32_t begin);
  Result<OrderItem> ParseOrderItem();
  void ParseDirection(OrderItem* item);

  // parse_primary.cc
  Result<ExpressionPtr> ParsePrimary();
  Result<ExpressionPtr> ParsePrimaryStart();
  Result<ExpressionPtr> ParsePostfix(ExpressionPtr base, uint32_t begin);
  Result<ExpressionPtr> ParseFieldAccess(ExpressionPtr base, uint32_t begin);
  Result<ExpressionPtr> ParseSemiStructured(ExpressionPtr base, uint32_t begin);
  Result<SemiStructured::Step> ParseBracketStep();
  Result<ExpressionPtr> ParseWordPrimary();
  ExpressionPtr ParseWordLiteral();
  Result<ExpressionPtr> ParseExists();
  Result<ExpressionPtr> ParseColumnOrCall();
  Result<ExpressionPtr> ParseParenthesized();
  Result<ExpressionPtr> ParseStar(std::vector<Identifier> qualifier, uint32_t begin);
  Result<ExpressionPtr> ParseCase();
  Result<ExpressionPtr> ParseCast(bool is_try);
  Result<ExpressionPtr> ParseLambdaBody(std::vector<Identifier> parameters, uint32_t begin);
  Result<ExpressionPtr> ParseIdentifierClause();
  Result<ExpressionPtr> ParseParameter();
  bool AtClauseWord() const;
  bool AtLambdaList() const;

  // parse_literal.cc
  bool AtNumber(size_t ahead = 0) const;
  ExpressionPtr TakeNumber(bool negative, uint32_t begin);
  ExpressionPtr TakeString();
  bool AtTypedLiteral() const;
  Result<ExpressionPtr> ParseTypedLiteral();
  Result<ExpressionPtr> ParseInterval();
  Result<IntervalLiteral::Part> ParseIntervalPart();
  Result<std::string> ParseIntervalUnit();
  bool AtIntervalUnit(size_t ahead = 0) const;
  Ptr<Literal> MakeText(std::string text, SourceRange range) const;

  // parse_function.cc
  Result<ExpressionPtr> ParseFunctionCall(Name name, uint32_t begin);
  Result<std::vector<FunctionArgument>> ParseArguments(bool aliases);
  Result<FunctionArgument> ParseArgument(bool alias);
  Result<ExpressionPtr> ParseTableArgument();
  Status ParseCallSuffixes(FunctionCall* call);
  Result<WindowSpecification> ParseWindow();
  Result<WindowFrame> ParseFrame();
  Result<FrameBound> ParseFrameBound();

  // parse_special_call.cc
  bool SeesInside(Keyword keyword) const;
  // Null when the call is not of a special form.
  Result<ExpressionPtr> ParseSpecialCall(const Name& name, uint32_t begin);
  Result<ExpressionPtr> ParseExtract(const Name& name, uint32_t begin);
  Result<ExpressionPtr> ParseTrim(const Name& name, uint32_t begin);
  Result<ExpressionPtr> ParseSubstring(const Name& name, uint32_t begin);
  Result<ExpressionPtr> ParseOverlay(const Name& name, uint32_t begin);
  Result<ExpressionPtr> ParsePosition(const Name& name, uint32_t begin);
  Result<ExpressionPtr> ParseDatetimeUnitCall(const Name& name, uint32_t begin);
  Ptr<FunctionCall> MakeCall(Name name, CallSyntax syntax, std::vector<ExpressionPtr> arguments,
                             uint32_t begin) const;

  // parse_query.cc
  bool AtQuery(size_t ahead = 0) const;
  Result<QueryPtr> ParseQuery();
  Result<QueryPtr> ParseParenthesizedQuery();
  Result<QueryPtr> ParseQueryAfterWith(std::optional<WithClause> with, uint32_t begin);
  Result<WithClause> ParseWith();
  Result<CommonTableExpression> ParseCommonTable();
  Result<QueryBodyPtr> ParseSetOperations(bool intersect_only);
  Result<QueryBodyPtr> ParseQueryPrimary();
  std::optional<SetOperator> AcceptSetOperator(bool intersect_only);
  SetQuantifier AcceptSetQuantifier();
  Result<QueryOrganization> ParseOrganization();
  Status ParseOrderBy(QueryOrganization* organization);
  bool AtOrganization() const;
  Result<std::vector<std::pair<Identifier, WindowSpecification>>> ParseWindows();

  // parse_select.cc
  Result<QueryBodyPtr> ParseSelect();
  Result<QueryBodyPtr> ParseFromFirst();
  Status ParseSelectList(Select* select);
  Status ParseSelectClauses(Select* select);
  Result<std::vector<Hint>> ParseHints();
  Result<GroupBy> ParseGroupBy(bool aliases);
  Result<GroupingItem> ParseGroupingItem(bool alias);
  Result<std::vector<ExpressionPtr>> ParseGroupingSet();
  Result<GroupingItem> ParseGroupingFunction(GroupingKind kind);
  Status ParseTransform(Select* select);
  std::string TakeRowFormat();
  bool AtClause() const;

  // parse_pipe.cc
  Result<QueryBodyPtr> ParsePipeOperator(QueryBodyPtr input, uint32_t begin);
  Status ParsePipeAggregate(PipeBody* pipe);
  Status ParsePipeSet(PipeBody* pipe);
  Status ParsePipeRelation(PipeBody* pipe);
  Status ParsePipeSelect(PipeBody* pipe);

  // parse_relation.cc
  Result<RelationPtr> ParseFrom();      // a, b JOIN c LATERAL VIEW ...
  Result<RelationPtr> ParseRelation();  // Joins and pivots, without commas.
  Result<RelationPtr> ParseRelationPrimary();
  Result<RelationPtr> ParseParenthesizedRelation();
  Result<RelationPtr> ParseNamedRelation();
  Result<RelationPtr> ParseHistoryRelation();
  Result<RelationPtr> ParseTableFunction(Name name, bool stream, uint32_t begin);
  Result<RelationPtr> ParseValues();
  Result<RelationPtr> ParseStream();
  Status ParseTableModifiers(TableRelation* table);
  Status ParseTimeTravel(TableRelation* table);
  Status ParseAtSign(TableRelation* table);
  Result<ChangesClause> ParseChanges();
  Status ParseRelationSuffixes(Relation* relation);
  Result<std::optional<TableAlias>> ParseTableAlias();
  Result<TableSample> ParseSample();
  Result<Watermark> ParseWatermark();
  bool AtTableAlias() const;

  // parse_join.cc
  Result<RelationPtr> ParseJoins(RelationPtr left, uint32_t begin);
  std::optional<JoinType> AcceptJoin(bool* natural);
  Status ParseJoinRight(JoinRelation* join);
  Result<RelationPtr> ParseLateralView(RelationPtr input, uint32_t begin);
  bool AtPivot() const;
  Result<RelationPtr> ParsePivotOrUnpivot(RelationPtr input, uint32_t begin);
  Result<PivotClause> ParsePivot();
  Result<UnpivotClause> ParseUnpivot();
  Result<UnpivotClause::Item> ParseUnpivotItem(bool multiple);

  // parse_statement.cc
  Result<StatementPtr> ParseOneStatement();
  Result<StatementPtr> DispatchStatement();
  Result<StatementPtr> ParseQueryOrDml();
  bool SeesMultiInsert() const;
  Result<StatementPtr> ParseExplain();

  // parse_table.cc
  Result<ColumnDefinition> ParseColumn(bool type_needed);
  Status ParseColumnOption(ColumnDefinition* column);
  Status ParseGenerated(ColumnDefinition* column);
  Result<ColumnMask> ParseMask();
  Status ParseTableBody(std::vector<ColumnDefinition>* columns,
                        std::vector<TableConstraint>* constraints, bool types_needed);
  bool AtConstraint() const;
  Result<TableConstraint> ParseConstraint();
  Status ParseConstraintBody(TableConstraint* constraint);
  Status ParseReferences(TableConstraint* constraint);
  Status ParseExpectation(TableConstraint* constraint);
  void ParseConstraintCharacteristics(TableConstraint* constraint);

  // parse_table_clause.cc
  Status ParseTableClauses(TableClauses* clauses);
  Result<bool> ParseTableClause(TableClauses* clauses);
  Result<bool> ParseDatasetClause(TableClauses* clauses);
  Status ParseClusterBy(TableClauses* clauses);
  Result<std::vector<PartitionItem>> ParsePartitionedBy();
  Result<PartitionItem> ParsePartitionItem();
  Result<BucketSpecification> ParseBuckets();
  Status ParseSchedule(RefreshSchedule* schedule);
  Result<RowFilter> ParseRowFilter();

  // parse_create.cc
  Result<StatementPtr> ParseCreate();
  bool AcceptViewWords(CreateView& view);
  bool AcceptTableWords(CreateTable& table);
  Result<StatementPtr> ParseReplaceTable();
  Result<StatementPtr> ParseCreateTable(Ptr<CreateTable> create, uint32_t begin);
  Status ParseCreateTableTail(CreateTable* create);
  Result<StatementPtr> ParseCreateTableLike(Ptr<CreateTable> create, uint32_t begin);
  Result<StatementPtr> ParseClone(Ptr<CreateTable> create, uint32_t begin);
  Result<StatementPtr> ParseCreateView(Ptr<CreateView> create, uint32_t begin);
  Status ParseViewBody(CreateView* create);
  Status ParseViewClauses(CreateView* create);
  Result<SchemaBinding> ParseSchemaBinding();
  bool AcceptIfNotExists();
  bool AcceptIfExists();

  // parse_create_function.cc
  Result<StatementPtr> ParseCreateFunction(bool or_replace, bool temporary, uint32_t begin);
  Status ParseFunctionSignature(CreateFunction* create);
  Result<std::vector<FunctionParameter>> ParseParameters();
  Result<bool> ParseFunctionCharacteristic(CreateFunction* create);
  Status ParseFunctionBody(CreateFunction* create);
  Status ParseFunctionClass(CreateFunction* create);

  // parse_object.cc
  std::optional<ObjectKind> AcceptObjectKind();
  Result<StatementPtr> ParseCreateObject(ObjectKind object, bool or_replace, uint32_t begin);
  Status ParseObjectClauses(CreateObject* create);
  Result<bool> ParseObjectClause(CreateObject* create);
  Result<StatementPtr> ParseCreateWidget(uint32_t begin);
  Result<StatementPtr> ParseDrop();
  Result<StatementPtr> ParseComment();
  Result<StatementPtr> ParseGrant();
  Status ParseGrantTarget(Grant* grant);
  Result<std::string> ParsePrivilege();
  Result<std::string> ParsePrincipal();

  // parse_alter.cc
  Result<StatementPtr> ParseAlter();
  Result<StatementPtr> ParseAlterTable(ObjectKind object, uint32_t begin);
  Result<AlterAction> ParseAlterObjectAction();
  Status ParseAlterAction(AlterTable* alter);
  Status ParseAlterAdd(AlterAction* action);
  Status ParseAlterDrop(AlterAction* action);
  Status ParseAlterSet(AlterAction* action);
  Status ParseAlterUnset(AlterAction* action);
  Status ParseAlterRename(AlterAction* action);
  Status ParseAlterColumns(AlterTable* alter);
  Status ParseAlterColumn(AlterAction* action);
  Status ParseChangeColumn(AlterAction* action);
  Result<std::vector<ColumnDefinition>> ParseNewColumns();
  Result<std::vector<PartitionSpecification>> ParsePartitions();
  Result<ColumnPosition> ParseColumnPosition();

  // parse_pipeline.cc
  Result<StatementPtr> ParseCreateFlow(uint32_t begin);
  Result<StatementPtr> ParseApplyChanges();
  Result<StatementPtr> ParseCreateSink(uint32_t begin);
  Result<FlowBody> ParseFlowBody();
  Result<FlowBody> ParseInlineFlow();
  Result<AutoCdc> ParseAutoCdc();
  Result<RelationPtr> ParseCdcSource();
  Result<bool> ParseCdcOption(AutoCdc* cdc);
  Status ParseStoredAs(AutoCdc* cdc);
  Result<ColumnSelection> ParseColumnSelection();

  // parse_dml.cc
  Result<StatementPtr> ParseInsert();
  Status ParseInsertTarget(Insert* insert);
  Status ParseInsertDirectory(Insert* insert);
  Result<StatementPtr> ParseMultiInsert(std::optional<WithClause> with, uint32_t begin);
  Result<StatementPtr> ParseUpdate(std::optional<WithClause> with);
  Result<StatementPtr> ParseDelete(std::optional<WithClause> with);
  Result<StatementPtr> ParseTruncate();
  Result<StatementPtr> ParseLoad();
  Result<RelationPtr> ParseDmlTarget();
  Result<Assignment> ParseAssignment();
  Result<StatementPtr> ParseMerge(std::optional<WithClause> with);
  Result<MergeClause> ParseMergeClause();
  Status ParseMergeAction(MergeClause* clause);
  Result<StatementPtr> ParseCopy();
  Status ParseCopySource(CopyInto* copy);
  Status ParseCopyCredential(CopyInto* copy);
  Result<bool> ParseCopyOption(CopyInto* copy);

  // parse_maintenance.cc
  Result<Name> ParseTableOrPath();
  Result<StatementPtr> ParseOptimize();
  Result<StatementPtr> ParseVacuum();
  Result<StatementPtr> ParseRestore();
  Result<StatementPtr> ParseReorg();
  Result<StatementPtr> ParseAnalyze();
  Result<StatementPtr> ParseRefresh();
  Result<StatementPtr> ParseCache();
  Result<StatementPtr> ParseUncache();
  Result<StatementPtr> ParseClearCache();
  Result<StatementPtr> ParseMsck();
  Result<StatementPtr> ParseFsck();
  Result<StatementPtr> ParseGenerate();
  Result<StatementPtr> ParseConvert();
  Result<StatementPtr> ParseUndrop();

  // parse_command.cc
  Result<StatementPtr> ParseUse();
  Result<StatementPtr> ParseSet();
  Result<StatementPtr> ParseSetVariable();
  Result<StatementPtr> ParseSetTimeZone();
  Result<StatementPtr> ParseConfiguration(uint32_t begin);
  Result<StatementPtr> ParseReset();
  Result<StatementPtr> ParseDeclare();
  Result<StatementPtr> ParseExecute();
  Result<StatementPtr> ParseCall();
  Result<StatementPtr> ParseResource();
  Result<StatementPtr> ParseRemoveWidget();

  // parse_show.cc
  Result<StatementPtr> ParseShow();
  Status ParseShowNames(Show* show);
  Status ParseShowOther(Show* show);
  Status ParseShowColumns(Show* show);
  Status ParseShowFunctions(Show* show);
  Status ParseShowGrants(Show* show);
  Result<StatementPtr> ParseDescribe();
  Status ParseDescribeTable(Describe* describe);
  Result<Name> ParseDescribedName();

  int pending_angles_ = 0;  // Closing angles already taken from a '>>' or '>>>' at the cursor.
  int parameters_ = 0;      // Positional parameters met in this statement.
  int type_depth_ = 0;
  size_t nesting_ = 0;
};

}  // namespace lakesmith::sql
