#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/duckdb/emit.h"
#include "engine/duckdb/emitted_query.h"
#include "engine/session.h"
#include "engine/session_catalog.h"
#include "engine/session_state.h"
#include "plan/analyzer.h"
#include "sql/ast.h"

namespace lakesmith::engine {

// One statement while it runs: its text, what its names mean, and the session it runs in.
struct StatementContext {
  StatementContext(SessionState& session_state, std::string_view statement_text,
                   const ExecuteOptions& execute_options);

  SessionState& session;
  std::string text;
  const ExecuteOptions& options;
  plan::SessionConfig config;
  SessionCatalog catalog;
  // What goes into the commit beside the statement's own actions: options.commit, and for rows that
  // are written also what settings and options of the statement say.
  CommitExtras commit;

  // The place in the text where a node begins, for errors.
  SourceLocation PlaceOf(const sql::SourceRange& range) const;
  // The text from which a node was parsed.
  std::string WrittenAs(const sql::SourceRange& range) const;

  // The parts of a name; IDENTIFIER(...) is evaluated.
  Result<std::vector<std::string>> Parts(const sql::Name& name);
  Result<TableTarget> Table(const sql::Name& name);
  // The same for a name that must be a Delta table, with its newest snapshot.
  struct OpenTable {
    TableTarget target;
    delta::SnapshotPtr snapshot;
  };
  Result<OpenTable> OpenDelta(const sql::Name& name);

  Result<plan::Query> Analyze(const sql::Query& query);
  // An expression over columns: column i is read as `column_sql(i)`.
  Result<EmittedExpression> Emit(const plan::ExpressionPtr& expression,
                                 const std::function<std::string(size_t)>& column_sql);
  struct Constant {
    types::Value value;
    types::DataType type;
  };
  // The value of an expression without columns.
  Result<Constant> Evaluate(const sql::Expression& expression);
  // Its text as CAST(... AS STRING) gives it.
  // As a value of that type, as CAST makes it.
  Result<Constant> EvaluateAs(const sql::Expression& expression, const types::DataType& type);
  Result<std::string> EvaluateText(const sql::Expression& expression);
  // A time: a timestamp, a date, or text of one in the session's zone.
  Result<types::TimestampValue> EvaluateTimestamp(const sql::Expression& expression);
  // Keys and values of OPTIONS, TBLPROPERTIES and the like; an option without a value gives "".
  Result<std::map<std::string, std::string>> OptionTexts(const std::vector<sql::Option>& options);
  Result<types::DataType> TypeOf(const sql::TypeName& type);
};

// The one row set of a command.
StatementResult RowsResult(std::vector<types::StructField> columns, std::vector<Row> rows);
StatementResult EmptyResult(std::string kind);
// What a statement without effect here says it did not do.
StatementResult NoticeResult(std::string notice);
Status DrainRows(StatementResult& result);

types::StructField TextColumn(std::string name, bool nullable = false);

// "external_locations" of EXTERNAL LOCATION: the folder of recorded things.
std::string RecordFolder(sql::ObjectKind kind);

// Parses and runs one statement.
Result<StatementResult> ExecuteStatementText(SessionState& session, std::string_view text,
                                             const ExecuteOptions& options);
Result<StatementResult> RunStatement(StatementContext& context, const sql::Statement& statement);
Result<std::vector<types::StructField>> DescribeQueryColumns(SessionState& session,
                                                             const QuerySource& query,
                                                             const ExecuteOptions& options);
Result<WriteMetrics> ExecuteWrite(SessionState& session, const WriteRequest& request);
// Sets a key of the session; the known ones take effect.
Status ChangeSetting(SessionState& session, std::string_view key, std::string_view value);

// One function for each kind of statement.
Result<StatementResult> RunQuery(StatementContext& context, const sql::Query& query);
Result<StatementResult> RunLineage(StatementContext& context, const sql::Statement& statement);
Result<StatementResult> RunExplain(StatementContext& context, const sql::Explain& statement);
Result<StatementResult> RunCreateTable(StatementContext& context,
                                       const sql::CreateTable& statement);
Result<StatementResult> RunCreateTableLike(StatementContext& context,
                                           const sql::CreateTableLike& statement);
Result<StatementResult> RunCreateView(StatementContext& context, const sql::CreateView& statement);
Result<StatementResult> RunCreateFunction(StatementContext& context,
                                          const sql::CreateFunction& statement);
Result<StatementResult> RunCreateObject(StatementContext& context,
                                        const sql::CreateObject& statement);
Result<StatementResult> RunDropObject(StatementContext& context, const sql::DropObject& statement);
Result<StatementResult> RunAlterTable(StatementContext& context, const sql::AlterTable& statement);
Result<StatementResult> RunAlterObject(StatementContext& context,
                                       const sql::AlterObject& statement);
Result<StatementResult> RunComment(StatementContext& context, const sql::Comment& statement);
Result<StatementResult> RunInsert(StatementContext& context, const sql::Insert& statement);
Result<StatementResult> RunMultiInsert(StatementContext& context,
                                       const sql::MultiInsert& statement);
Result<StatementResult> RunDelete(StatementContext& context, const sql::Delete& statement);
Result<StatementResult> RunUpdate(StatementContext& context, const sql::Update& statement);
Result<StatementResult> RunMerge(StatementContext& context, const sql::Merge& statement);
Result<StatementResult> RunTruncate(StatementContext& context, const sql::Truncate& statement);
Result<StatementResult> RunCopyInto(StatementContext& context, const sql::CopyInto& statement);
Result<StatementResult> RunOptimize(StatementContext& context, const sql::Optimize& statement);
Result<StatementResult> RunVacuum(StatementContext& context, const sql::Vacuum& statement);
Result<StatementResult> RunRestore(StatementContext& context, const sql::Restore& statement);
Result<StatementResult> RunMaintenance(StatementContext& context,
                                       const sql::Maintenance& statement);
Result<StatementResult> RunReorg(StatementContext& context, const sql::Reorg& statement);
Result<StatementResult> RunUse(StatementContext& context, const sql::Use& statement);
Result<StatementResult> RunSet(StatementContext& context, const sql::Set& statement);
Result<StatementResult> RunReset(StatementContext& context, const sql::Reset& statement);
Result<StatementResult> RunSetTimeZone(StatementContext& context,
                                       const sql::SetTimeZone& statement);
Result<StatementResult> RunDeclareVariable(StatementContext& context,
                                           const sql::DeclareVariable& statement);
Result<StatementResult> RunSetVariable(StatementContext& context,
                                       const sql::SetVariable& statement);
Result<StatementResult> RunExecuteImmediate(StatementContext& context,
                                            const sql::ExecuteImmediate& statement);
Result<StatementResult> RunShow(StatementContext& context, const sql::Show& statement);
Result<StatementResult> RunDescribe(StatementContext& context, const sql::Describe& statement);
Result<StatementResult> RunGrant(StatementContext& context, const sql::Grant& statement);

}  // namespace lakesmith::engine
