#include <algorithm>
#include <set>
#include <utility>

#include "pipeline/references.h"
#include "pipeline/statement_reader_internal.h"
#include "pipeline/streaming_check.h"
#include "sql/parse.h"
#include "sql/print.h"

namespace lakesmith::pipeline {
namespace {

// Old spelling: LIVE.orders is the dataset `orders` of this pipeline.
bool IsLive(const std::vector<std::string>& parts) {
  return parts.size() == 2 && catalog::FoldName(parts[0]) == "live";
}

ViolationAction ActionOf(sql::ViolationAction action) {
  switch (action) {
    case sql::ViolationAction::kWarn:
      return ViolationAction::kKeep;
    case sql::ViolationAction::kDropRow:
      return ViolationAction::kDropRow;
    case sql::ViolationAction::kFailUpdate:
      return ViolationAction::kFailUpdate;
    case sql::ViolationAction::kQuarantine:
      return ViolationAction::kQuarantine;
  }
  return ViolationAction::kKeep;
}

std::string NotForPipelines(const sql::Statement& statement) {
  const std::string text = sql::ToSql(statement);
  return text.substr(0, text.find('(')).substr(0, 40);
}

}  // namespace

StatementReader::StatementReader(std::shared_ptr<const SourceText> source,
                                 catalog::Namespace current, DefinitionBuilder& builder)
    : source_(std::move(source)), current_(std::move(current)), builder_(builder) {}

Status StatementReader::Read(sql::Statement& statement) {
  switch (statement.kind) {
    case sql::StatementKind::kCreateTable:
      return ReadTable(static_cast<sql::CreateTable&>(statement));
    case sql::StatementKind::kCreateView:
      return ReadView(static_cast<sql::CreateView&>(statement));
    case sql::StatementKind::kCreateFlow:
      return ReadFlow(static_cast<sql::CreateFlow&>(statement));
    case sql::StatementKind::kUse:
      return ReadUse(static_cast<const sql::Use&>(statement));
    case sql::StatementKind::kSet: {
      const auto& set = static_cast<const sql::Set&>(statement);
      if (!set.value) return Invalid("SET in a pipeline needs a key and a value").At(At(set.range));
      settings_[set.key] = *set.value;
      return {};
    }
    case sql::StatementKind::kCreateSink:
      return Unsupported("sinks are not supported yet").At(At(statement.range));
    default:
      return Invalid(
                 "'{}' cannot stand in a pipeline; a pipeline file has CREATE STREAMING TABLE, "
                 "MATERIALIZED VIEW, "
                 "VIEW, TEMPORARY VIEW, FLOW, and SET and USE",
                 NotForPipelines(statement))
          .At(At(statement.range));
  }
}

std::string StatementReader::Written(const sql::SourceRange& range) const {
  return source_->text().substr(range.begin, range.end - range.begin);
}

Result<catalog::QualifiedName> StatementReader::NameOf(const sql::Name& name) const {
  std::vector<std::string> parts = PartsOf(name);
  if (parts.empty()) return Unsupported("IDENTIFIER(...) as a dataset's name").At(At(name.range));
  if (IsLive(parts)) {
    builder_.Warn(source_->At(name.range.begin).ToString() +
                  ": the prefix LIVE is no longer needed; write the bare name");
    parts.erase(parts.begin());
  }
  Result<catalog::QualifiedName> qualified = catalog::Qualify(parts, current_);
  if (!qualified) return std::move(qualified).error().At(At(name.range));
  return qualified;
}

Status StatementReader::ReadUse(const sql::Use& statement) {
  const std::vector<std::string> parts = PartsOf(statement.name);
  if (parts.empty() || parts.size() > 2) {
    return Invalid("USE needs a catalog or a schema").At(At(statement.range));
  }
  if (statement.target == sql::UseTarget::kCatalog) {
    current_ = {.catalog = catalog::CanonicalCatalog(parts[0]),
                .schema = std::string(catalog::kDefaultSchema)};
  } else if (parts.size() == 2) {
    current_ = {.catalog = catalog::CanonicalCatalog(parts[0]), .schema = parts[1]};
  } else {
    current_.schema = parts[0];
  }
  return {};
}

Status StatementReader::CheckTableClauses(const sql::CreateTable& statement) const {
  const sql::TableClauses& clauses = statement.clauses;
  const auto refuse = [&](std::string_view what) -> Error {
    return Unsupported("{} is not supported on a dataset of a pipeline", what)
        .At(At(statement.range));
  };
  if (!clauses.provider.empty() && catalog::FoldName(clauses.provider.last()) != "delta") {
    return refuse("USING " + clauses.provider.last());
  }
  if (clauses.location) return refuse("LOCATION");
  if (clauses.row_filter) return refuse("WITH ROW FILTER");
  if (clauses.bucketed_by) return refuse("CLUSTERED BY ... INTO BUCKETS");
  if (!clauses.options.empty()) return refuse("OPTIONS");
  if (!clauses.partitioned_by.empty() && clauses.cluster_by == sql::ClusterByKind::kColumns) {
    return Invalid("PARTITIONED BY and CLUSTER BY exclude each other").At(At(statement.range));
  }
  for (const sql::PartitionItem& item : clauses.partitioned_by) {
    if (item.transform) return refuse("PARTITIONED BY an expression");
  }
  if (clauses.cluster_by == sql::ClusterByKind::kColumns ||
      clauses.cluster_by == sql::ClusterByKind::kAuto) {
    builder_.WarnOnce(At(statement.range).ToString(),
                      "CLUSTER BY has no effect: files of datasets are not clustered");
  }
  return {};
}

Status StatementReader::ReadColumns(const sql::CreateTable& statement,
                                    DatasetDefinition& dataset) const {
  for (const sql::ColumnDefinition& column : statement.columns) {
    if (column.generated_as || column.identity || column.default_value || column.mask) {
      return Unsupported(
                 "column '{}': generated, identity, default and masked columns are not supported "
                 "in pipelines yet",
                 column.name())
          .At(At(column.range));
    }
    types::StructField field{.name = column.name(), .nullable = !column.not_null};
    if (column.type) field.type = column.type->type;
    if (column.comment) field.metadata["comment"] = *column.comment;
    dataset.columns.push_back(std::move(field));
    TRY(ReadExpectations(column.constraints, dataset));
  }
  for (const sql::PartitionItem& item : statement.clauses.partitioned_by) {
    dataset.partition_columns.push_back(item.column.name);
  }
  return {};
}

Status StatementReader::ReadExpectations(const std::vector<sql::TableConstraint>& constraints,
                                         DatasetDefinition& dataset) const {
  for (const sql::TableConstraint& constraint : constraints) {
    if (constraint.constraint_kind == sql::ConstraintKind::kCheck) {
      return Unsupported(
                 "CHECK constraints are not supported in pipelines; write CONSTRAINT name EXPECT "
                 "(...)")
          .At(At(constraint.range));
    }
    // Keys are information for readers and optimizers: nothing is enforced.
    if (constraint.constraint_kind != sql::ConstraintKind::kExpect) continue;
    const auto same = [&](const ExpectationDefinition& other) {
      return catalog::FoldName(other.name) == catalog::FoldName(constraint.name);
    };
    if (std::ranges::any_of(dataset.expectations, same)) {
      return Invalid("expectation '{}' is defined twice on '{}'", constraint.name,
                     dataset.FullName())
          .At(At(constraint.range));
    }
    TRY(CheckPredicate(constraint));
    ExpectationDefinition expectation{.name = constraint.name,
                                      .predicate = Written(constraint.condition->range),
                                      .action = ActionOf(constraint.on_violation),
                                      .location = At(constraint.condition->range)};
    if (expectation.action == ViolationAction::kQuarantine) {
      return Unsupported("ON VIOLATION QUARANTINE is not supported yet").At(At(constraint.range));
    }
    dataset.expectations.push_back(std::move(expectation));
  }
  return {};
}

Status StatementReader::CheckPredicate(const sql::TableConstraint& constraint) const {
  const auto refuse = [&](std::string_view what) -> Error {
    return Invalid("expectation '{}' holds {}: it can look at one row only", constraint.name, what)
        .At(At(constraint.condition->range));
  };
  if (!ReferencesOf(*constraint.condition).empty()) return refuse("a query");
  for (const sql::FunctionCall* call : CallsOf(*constraint.condition)) {
    const std::string name = call->name.parts.empty() ? "" : catalog::FoldName(call->name.last());
    if (call->over) return refuse("a window function");
    if (IsAggregate(name)) return refuse("the aggregate " + name);
  }
  return {};
}

Status StatementReader::ReadProperties(const std::vector<sql::Option>& options,
                                       DatasetDefinition& dataset) const {
  for (const sql::Option& option : options) {
    if (option.key == "pipelines.reset.allowed") {
      const std::string value = catalog::FoldName(OptionText(option));
      if (value != "true" && value != "false") {
        return Invalid("property 'pipelines.reset.allowed' is true or false, not '{}'", value)
            .At(dataset.location);
      }
    }
    dataset.properties[option.key] = OptionText(option);
  }
  return {};
}

Result<FlowDefinition> StatementReader::MakeFlow(std::string name, sql::QueryPtr query,
                                                 SourceLocation location) const {
  FlowDefinition flow;
  flow.name = std::move(name);
  flow.source = source_;
  flow.query = std::move(query);
  flow.location = std::move(location);
  flow.current = current_;
  flow.settings = settings_;
  return flow;
}

Status StatementReader::ReadFlowBody(sql::FlowBody& body, FlowDefinition& flow) const {
  if (body.flow_kind == sql::FlowKind::kAutoCdc) {
    if (body.once) return Unsupported("AUTO CDC ONCE is not supported yet").At(flow.location);
    return ReadAutoCdc(*body.auto_cdc, flow);
  }
  if (body.flow_kind == sql::FlowKind::kReplaceWhere) {
    return Unsupported("REPLACE WHERE flows are not supported yet").At(flow.location);
  }
  flow.once = body.once;
  flow.query = std::move(body.query);
  if (!body.by_name && !body.target.empty()) {
    return Unsupported("INSERT INTO by position in a flow; write INSERT INTO {} BY NAME",
                       body.target.ToString())
        .At(flow.location);
  }
  return {};
}

std::vector<CdcMention> StatementReader::MentionsOf(const sql::AutoCdc& cdc) const {
  std::vector<CdcMention> mentions;
  const auto columns = [&](const std::vector<sql::Identifier>& names, const char* clause) {
    for (const sql::Identifier& name : names) {
      mentions.push_back({.clause = clause, .text = name.name, .location = At(name.range)});
    }
  };
  const auto expression = [&](const sql::ExpressionPtr& tree, std::string clause) {
    if (!tree) return;
    mentions.push_back({.clause = std::move(clause),
                        .text = Written(tree->range),
                        .location = At(tree->range),
                        .is_expression = true});
  };
  const bool except = cdc.columns.selection_kind == sql::ColumnSelectionKind::kAllExcept;
  columns(cdc.keys, "KEYS");
  expression(cdc.delete_when, "APPLY AS DELETE WHEN");
  expression(cdc.truncate_when, "APPLY AS TRUNCATE WHEN");
  expression(cdc.sequence_by, "SEQUENCE BY");
  columns(cdc.columns.columns, except ? "COLUMNS * EXCEPT" : "COLUMNS");
  columns(cdc.ignore_null_updates_on.columns, "IGNORE NULL UPDATES ON");
  columns(cdc.track_history_on.columns, "TRACK HISTORY ON");
  return mentions;
}

Status StatementReader::ReadAutoCdc(sql::AutoCdc& cdc, FlowDefinition& flow) const {
  const auto refuse = [&](std::string_view what) -> Error {
    return Unsupported("{} is not supported yet", what).At(flow.location);
  };
  if (cdc.stored_as == sql::ScdType::kBitemporal) return refuse("STORED AS BITEMPORAL");
  if (!cdc.system_sequence_by.empty()) return refuse("SYSTEM SEQUENCE BY");
  if (!cdc.columns_to_update.empty()) return refuse("COLUMNS TO UPDATE");
  CdcSpec spec;
  for (const sql::Identifier& key : cdc.keys) spec.keys.push_back(key.name);
  spec.keep_history = cdc.stored_as == sql::ScdType::kType2;
  spec.truncates = static_cast<bool>(cdc.truncate_when);
  if (spec.keep_history && spec.truncates) {
    return Invalid("APPLY AS TRUNCATE WHEN goes with SCD TYPE 1 only").At(flow.location);
  }
  spec.columns = cdc.columns;
  spec.ignore_null_updates = cdc.ignore_null_updates;
  spec.ignore_null_updates_on = cdc.ignore_null_updates_on;
  spec.track_history_on = cdc.track_history_on;

  spec.source = Written(cdc.source->range);
  spec.mentions = MentionsOf(cdc);

  const std::string list = ChangesSelectList(
      cdc, [this](const sql::Expression& expression) { return Written(expression.range); });
  SourceText source = source_->Derived("SELECT " + list + " FROM changes", cdc.range.begin);
  flow.query = TRY(sql::ParseQuery(source.text()));
  flow.source = std::make_shared<const SourceText>(std::move(source));
  // The source is followed as a stream whether or not the word was written.
  if (auto* table = const_cast<sql::TableRelation*>(sql::TryAs<sql::TableRelation>(cdc.source))) {
    table->stream = true;
  } else if (auto* call = const_cast<sql::TableFunctionRelation*>(
                 sql::TryAs<sql::TableFunctionRelation>(cdc.source))) {
    call->stream = true;
  } else if (auto* query = const_cast<sql::SubqueryRelation*>(
                 sql::TryAs<sql::SubqueryRelation>(cdc.source))) {
    query->stream = false;
  }
  static_cast<sql::Select&>(*flow.query->body).from = std::move(cdc.source);
  flow.cdc = std::move(spec);
  return {};
}

Status StatementReader::ReadTable(sql::CreateTable& statement) {
  if (statement.table_kind == sql::TableKind::kTable) {
    return Invalid(
               "'CREATE TABLE' cannot stand in a pipeline; write CREATE STREAMING TABLE or "
               "MATERIALIZED VIEW")
        .At(At(statement.range));
  }
  TRY(CheckTableClauses(statement));
  DatasetDefinition dataset;
  dataset.kind = statement.table_kind == sql::TableKind::kStreamingTable
                     ? DatasetKind::kStreamingTable
                     : DatasetKind::kMaterializedView;
  dataset.location = At(statement.name.range);
  dataset.name = TRY(NameOf(statement.name));
  dataset.is_private = statement.private_table || statement.temporary;
  dataset.comment = statement.clauses.comment.value_or("");
  TRY(ReadColumns(statement, dataset));
  TRY(ReadExpectations(statement.constraints, dataset));
  TRY(ReadProperties(statement.clauses.properties, dataset));
  if (statement.query || statement.flow) {
    FlowDefinition flow =
        TRY(MakeFlow(dataset.name.name, std::move(statement.query), dataset.location));
    if (statement.flow) TRY(ReadFlowBody(*statement.flow, flow));
    dataset.flows.push_back(std::move(flow));
  }
  return builder_.AddDataset(std::move(dataset));
}

Status StatementReader::ReadView(sql::CreateView& statement) {
  DatasetDefinition dataset;
  const bool temporary = statement.temporary || statement.live;
  dataset.kind = temporary ? DatasetKind::kTemporaryView : DatasetKind::kView;
  dataset.location = At(statement.name.range);
  if (!statement.query)
    return Invalid("a view in a pipeline needs AS and a query").At(dataset.location);
  if (temporary) {
    if (statement.name.parts.size() != 1) {
      return Invalid("a temporary view has a name of one part").At(dataset.location);
    }
    dataset.name.name = statement.name.last();
    dataset.name.catalog.clear();
    dataset.name.schema.clear();
  } else {
    dataset.name = TRY(NameOf(statement.name));
  }
  dataset.comment = statement.comment.value_or("");
  for (const sql::ColumnDefinition& column : statement.columns) {
    dataset.columns.push_back({.name = column.name()});
  }
  TRY(ReadExpectations(statement.constraints, dataset));
  if (!dataset.expectations.empty()) {
    return Unsupported(
               "expectations on views are not supported yet; put them on the tables that read it")
        .At(dataset.location);
  }
  TRY(ReadProperties(statement.properties, dataset));
  dataset.view_text = Written(statement.query->range);
  dataset.flows.push_back(
      TRY(MakeFlow(dataset.name.name, std::move(statement.query), dataset.location)));
  return builder_.AddDataset(std::move(dataset));
}

Status StatementReader::ReadFlow(sql::CreateFlow& statement) {
  const SourceLocation location =
      At(statement.name.empty() ? statement.range : statement.name.range);
  if (statement.name.parts.size() > 1) {
    return Invalid("a flow has a name of one part").At(location);
  }
  if (statement.flow.target.empty()) return Invalid("the flow names no target").At(location);
  const catalog::QualifiedName target = TRY(NameOf(statement.flow.target));
  const std::string name = statement.name.empty() ? target.name : statement.name.last();
  FlowDefinition flow = TRY(MakeFlow(name, nullptr, location));
  TRY(ReadFlowBody(statement.flow, flow));
  builder_.AddFlow(target, std::move(flow));
  return {};
}

}  // namespace lakesmith::pipeline
