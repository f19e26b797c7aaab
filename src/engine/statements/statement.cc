#include <chrono>
#include <utility>

#include "engine/memory_stream.h"
#include "engine/statements/statement_internal.h"
#include "engine/statements/table_write_internal.h"
#include "sql/parse.h"
#include "sql/print.h"

namespace lakesmith::engine {
namespace {

types::TimestampValue Now() {
  return {std::chrono::duration_cast<std::chrono::microseconds>(
              std::chrono::system_clock::now().time_since_epoch())
              .count()};
}

// The type of a parameter whose type was not given.
types::DataType GuessedType(const types::Value& value) {
  const auto& storage = value.storage();
  if (std::holds_alternative<bool>(storage)) return types::DataType::Boolean();
  if (std::holds_alternative<int64_t>(storage)) return types::DataType::Long();
  if (std::holds_alternative<float>(storage)) return types::DataType::Float();
  if (std::holds_alternative<double>(storage)) return types::DataType::Double();
  if (const auto* decimal = std::get_if<types::DecimalValue>(&storage)) {
    return types::DataType::Decimal(38, decimal->scale);
  }
  if (std::holds_alternative<types::BinaryValue>(storage)) return types::DataType::Binary();
  if (std::holds_alternative<types::DateValue>(storage)) return types::DataType::Date();
  if (std::holds_alternative<types::TimestampValue>(storage)) return types::DataType::Timestamp();
  if (std::holds_alternative<std::string>(storage)) return types::DataType::String();
  return types::DataType::Void();
}

const char* UserName() {
  const char* user = std::getenv("USER");
  return user != nullptr && *user != '\0' ? user : "user";
}

Error NotSupported(std::string_view what) {
  return Unsupported("{} is not supported.", what).WithClass("UNSUPPORTED_FEATURE", "0A000");
}

}  // namespace

StatementContext::StatementContext(SessionState& session_state, std::string_view statement_text,
                                   const ExecuteOptions& execute_options)
    : session(session_state),
      text(statement_text),
      options(execute_options),
      catalog(session_state, execute_options.resolver),
      commit(execute_options.commit) {
  config.time_zone = session.zone.name();
  config.current_user = UserName();
  config.read_secret = session.read_secret;
  config.now = Now();
  config.settings = session.settings.All();
  config.text = text;
  for (const auto& [name, value] : options.named_parameters) {
    const auto type = options.parameter_types.find(name);
    config.parameters[name] = {
        type == options.parameter_types.end() ? GuessedType(value) : type->second, value};
  }
  for (size_t i = 0; i < options.positional_parameters.size(); ++i) {
    const types::Value& value = options.positional_parameters[i];
    config.parameters[std::to_string(i + 1)] = {GuessedType(value), value};
  }
}

SourceLocation StatementContext::PlaceOf(const sql::SourceRange& range) const {
  return sql::LocationOf(text, range.begin);
}

std::string StatementContext::WrittenAs(const sql::SourceRange& range) const {
  return text.substr(range.begin, range.end - range.begin);
}

Result<std::vector<std::string>> StatementContext::Parts(const sql::Name& name) {
  if (name.identifier_clause) {
    const std::string written = TRY(EvaluateText(*name.identifier_clause));
    const sql::Name parsed = TRY(sql::ParseName(written));
    return Parts(parsed);
  }
  std::vector<std::string> parts;
  for (const sql::Identifier& part : name.parts) parts.push_back(part.name);
  return parts;
}

Result<TableTarget> StatementContext::Table(const sql::Name& name) {
  const std::vector<std::string> parts = TRY(Parts(name));
  Result<TableTarget> target = FindTable(session, parts);
  if (!target) return std::move(target).error().At(PlaceOf(name.range));
  return target;
}

Result<StatementContext::OpenTable> StatementContext::OpenDelta(const sql::Name& name) {
  TableTarget target = TRY(Table(name));
  if (!target.is_delta) {
    Error error =
        Invalid("{} is not a Delta table. This statement is for Delta tables.", target.Display())
            .WithClass("DELTA_TABLE_ONLY_OPERATION", "0AKDD");
    return std::move(error).At(PlaceOf(name.range));
  }
  Result<delta::SnapshotPtr> snapshot = catalog.SnapshotOf(target.location);
  if (!snapshot) return std::move(snapshot).error().At(PlaceOf(name.range));
  return OpenTable{std::move(target), *std::move(snapshot)};
}

Result<plan::Query> StatementContext::Analyze(const sql::Query& query) {
  return plan::Analyze(query, catalog, config);
}

Result<EmittedExpression> StatementContext::Emit(
    const plan::ExpressionPtr& expression, const std::function<std::string(size_t)>& column_sql) {
  return EmitExpression(*expression,
                        [&](plan::ColumnId id) { return column_sql(static_cast<size_t>(id - 1)); });
}

Result<StatementContext::Constant> StatementContext::Evaluate(const sql::Expression& expression) {
  const plan::ExpressionPtr analyzed =
      TRY(plan::AnalyzeExpression(expression, {}, catalog, config));
  if (analyzed->kind == plan::ExpressionKind::kLiteral)
    return Constant{analyzed->value, analyzed->type};
  const std::optional<types::Value> value = TRY(catalog.EvaluateConstant(*analyzed));
  return Constant{value.value_or(types::Value()), analyzed->type};
}

Result<StatementContext::Constant> StatementContext::EvaluateAs(const sql::Expression& expression,
                                                                const types::DataType& type) {
  auto* cast = new sql::Cast();
  const sql::ExpressionPtr owned(cast);
  cast->operand = sql::ExpressionPtr(static_cast<sql::Expression*>(expression.Clone()));
  cast->type.type = type;
  cast->range = expression.range;
  return Evaluate(*owned);
}

Result<std::string> StatementContext::EvaluateText(const sql::Expression& expression) {
  const Constant constant = TRY(Evaluate(expression));
  if (constant.value.is_null()) return std::string("NULL");
  const auto offset = [](int64_t micros, const void* zone) {
    return static_cast<const lakesmith::TimeZone*>(zone)->OffsetAt(micros);
  };
  return types::ToSparkText(constant.value, constant.type, {offset, &session.zone});
}

Result<types::TimestampValue> StatementContext::EvaluateTimestamp(
    const sql::Expression& expression) {
  const Constant constant = TRY(EvaluateAs(expression, types::DataType::Timestamp()));
  const auto* value = std::get_if<types::TimestampValue>(&constant.value.storage());
  if (value == nullptr)
    return Invalid("The time is null.")
        .WithClass("INVALID_TIME_TRAVEL_TIMESTAMP_EXPR.INPUT", "42K0E");
  return *value;
}

Result<std::map<std::string, std::string>> StatementContext::OptionTexts(
    const std::vector<sql::Option>& list) {
  std::map<std::string, std::string> texts;
  for (const sql::Option& option : list) {
    if (const auto* literal = sql::TryAs<sql::Literal>(option.value)) {
      texts[option.key] = literal->text;
    } else {
      texts[option.key] = option.value ? TRY(EvaluateText(*option.value)) : "";
    }
  }
  return texts;
}

Result<types::DataType> StatementContext::TypeOf(const sql::TypeName& type) {
  for (const std::string& collation : type.collations) {
    if (!collation.empty() && catalog::FoldName(collation) != "utf8_binary") {
      Error error =
          Unsupported(
              "The collation {} is not supported; text compares by its bytes (UTF8_BINARY).",
              collation)
              .WithClass("UNSUPPORTED_FEATURE.COLLATION", "0A000");
      return std::move(error).At(PlaceOf(type.range));
    }
  }
  return type.type;
}

StatementResult RowsResult(std::vector<types::StructField> columns, std::vector<Row> rows) {
  StatementResult result;
  result.columns = columns;
  result.rows = std::make_unique<MemoryStream>(std::move(columns), std::move(rows));
  return result;
}

StatementResult EmptyResult(std::string kind) {
  StatementResult result = RowsResult({}, {});
  result.kind = std::move(kind);
  return result;
}

StatementResult NoticeResult(std::string notice) {
  StatementResult result = RowsResult({}, {});
  result.notice = std::move(notice);
  return result;
}

Status DrainRows(StatementResult& result) {
  while (!TRY(result.rows->Next()).empty()) {
  }
  return {};
}

types::StructField TextColumn(std::string name, bool nullable) {
  return {std::move(name), types::DataType::String(), nullable};
}

Result<StatementResult> ExecuteStatementText(SessionState& session, std::string_view text,
                                             const ExecuteOptions& options) {
  const sql::StatementPtr statement =
      TRY(sql::ParseStatement(text, sql::OptionsUnder(session.settings.set_values())));
  StatementContext context(session, text, options);
  if (options.lineage) return RunLineage(context, *statement);
  return RunStatement(context, *statement);
}

Result<std::vector<types::StructField>> DescribeQueryColumns(SessionState& session,
                                                             const QuerySource& query,
                                                             const ExecuteOptions& options) {
  StatementContext context(session, query.text, options);
  if (query.tree != nullptr) return TRY(context.Analyze(*query.tree)).columns;
  const sql::QueryPtr parsed =
      TRY(sql::ParseQuery(query.text, sql::OptionsUnder(session.settings.set_values())));
  return TRY(context.Analyze(*parsed)).columns;
}

namespace {

bool WritesRows(sql::StatementKind kind) {
  switch (kind) {
    case sql::StatementKind::kInsert:
    case sql::StatementKind::kMultiInsert:
    case sql::StatementKind::kDelete:
    case sql::StatementKind::kUpdate:
    case sql::StatementKind::kMerge:
    case sql::StatementKind::kCopyInto:
      return true;
    default:
      return false;
  }
}

// NOLINTNEXTLINE(readability-function-size): one line for each kind.
Result<StatementResult> Dispatch(StatementContext& context, const sql::Statement& statement) {
  using sql::As;
  using sql::StatementKind;
  switch (statement.kind) {
    case StatementKind::kQuery:
      return RunQuery(context, *As<sql::QueryStatement>(statement).query);
    case StatementKind::kExplain:
      return RunExplain(context, As<sql::Explain>(statement));
    case StatementKind::kCreateTable:
      return RunCreateTable(context, As<sql::CreateTable>(statement));
    case StatementKind::kCreateTableLike:
      return RunCreateTableLike(context, As<sql::CreateTableLike>(statement));
    case StatementKind::kCreateView:
      return RunCreateView(context, As<sql::CreateView>(statement));
    case StatementKind::kCreateFunction:
      return RunCreateFunction(context, As<sql::CreateFunction>(statement));
    case StatementKind::kCreateObject:
      return RunCreateObject(context, As<sql::CreateObject>(statement));
    case StatementKind::kDropObject:
      return RunDropObject(context, As<sql::DropObject>(statement));
    case StatementKind::kAlterTable:
      return RunAlterTable(context, As<sql::AlterTable>(statement));
    case StatementKind::kAlterObject:
      return RunAlterObject(context, As<sql::AlterObject>(statement));
    case StatementKind::kComment:
      return RunComment(context, As<sql::Comment>(statement));
    case StatementKind::kInsert:
      return RunInsert(context, As<sql::Insert>(statement));
    case StatementKind::kMultiInsert:
      return RunMultiInsert(context, As<sql::MultiInsert>(statement));
    case StatementKind::kDelete:
      return RunDelete(context, As<sql::Delete>(statement));
    case StatementKind::kUpdate:
      return RunUpdate(context, As<sql::Update>(statement));
    case StatementKind::kMerge:
      return RunMerge(context, As<sql::Merge>(statement));
    case StatementKind::kTruncate:
      return RunTruncate(context, As<sql::Truncate>(statement));
    case StatementKind::kCopyInto:
      return RunCopyInto(context, As<sql::CopyInto>(statement));
    case StatementKind::kOptimize:
      return RunOptimize(context, As<sql::Optimize>(statement));
    case StatementKind::kVacuum:
      return RunVacuum(context, As<sql::Vacuum>(statement));
    case StatementKind::kRestore:
      return RunRestore(context, As<sql::Restore>(statement));
    case StatementKind::kReorg:
      return RunReorg(context, As<sql::Reorg>(statement));
    case StatementKind::kUse:
      return RunUse(context, As<sql::Use>(statement));
    case StatementKind::kSet:
      return RunSet(context, As<sql::Set>(statement));
    case StatementKind::kReset:
      return RunReset(context, As<sql::Reset>(statement));
    case StatementKind::kSetTimeZone:
      return RunSetTimeZone(context, As<sql::SetTimeZone>(statement));
    case StatementKind::kDeclareVariable:
      return RunDeclareVariable(context, As<sql::DeclareVariable>(statement));
    case StatementKind::kSetVariable:
      return RunSetVariable(context, As<sql::SetVariable>(statement));
    case StatementKind::kExecuteImmediate:
      return RunExecuteImmediate(context, As<sql::ExecuteImmediate>(statement));
    case StatementKind::kShow:
      return RunShow(context, As<sql::Show>(statement));
    case StatementKind::kDescribe:
      return RunDescribe(context, As<sql::Describe>(statement));
    case StatementKind::kGrant:
      return RunGrant(context, As<sql::Grant>(statement));
    case StatementKind::kAnalyze:
      return NoticeResult("ANALYZE: Delta tables carry exact statistics; nothing was done.");
    case StatementKind::kRefresh:
      return NoticeResult("REFRESH: every statement reads the newest version; nothing was done.");
    case StatementKind::kCache:
    case StatementKind::kUncache:
      return NoticeResult("CACHE: the embedded engine keeps no table in memory; nothing was done.");
    case StatementKind::kResource:
      return NoticeResult("ADD and LIST of resources have no meaning here; nothing was done.");
    case StatementKind::kCloneTable:
      return NotSupported(As<sql::CloneTable>(statement).shallow
                              ? "SHALLOW CLONE of a Delta table"
                              : "DEEP CLONE; CREATE TABLE ... AS SELECT copies a table's rows")
          .At(context.PlaceOf(statement.range));
    case StatementKind::kConvertToDelta:
      return NotSupported("CONVERT TO DELTA; CREATE TABLE ... AS SELECT * FROM parquet.`path`")
          .At(context.PlaceOf(statement.range));
    case StatementKind::kCreateFlow:
    case StatementKind::kCreateSink:
      return NotSupported("CREATE FLOW and CREATE SINK outside a pipeline");
    case StatementKind::kLoadData:
      return NotSupported("LOAD DATA; use COPY INTO or read_files");
    case StatementKind::kMaintenance:
      return RunMaintenance(context, As<sql::Maintenance>(statement));
    case StatementKind::kCall:
      return NotSupported("CALL");
  }
  return Internal("a statement of an unknown kind");
}

}  // namespace

Result<StatementResult> RunStatement(StatementContext& context, const sql::Statement& statement) {
  const bool writes = WritesRows(statement.kind);
  if (writes) TRY(TakeCommitSettings(context));
  StatementResult result = TRY(Dispatch(context, statement));
  if (writes) ResetCommitSettings(context);
  return result;
}

}  // namespace lakesmith::engine
