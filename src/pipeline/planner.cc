#include "pipeline/planner.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/nearest.h"
#include "catalog/catalog.h"
#include "pipeline/fingerprint_internal.h"
#include "pipeline/source_position.h"
#include "sql/parse.h"

namespace lakesmith::pipeline {
namespace {

using types::DataType;
using types::StructField;

// Stands in for what a flow reads: the right columns, no rows. Notes the streams.
class PlanResolver final : public FlowResolver {
 public:
  PlanResolver(const Graph& graph, const FlowDefinition& flow, const std::string& base_folder,
               engine::Session& session, const std::vector<DatasetPlan>& plans,
               const FlowPosition* position, FlowPlan& plan)
      : FlowResolver(graph, flow, base_folder),
        session_(session),
        plans_(plans),
        position_(position),
        plan_(plan) {}

 protected:
  Result<Replacement> ReadTable(const TableInput& table) override {
    if (!table.dataset) return Replacement();
    return Replacement(EmptyRelation(plans_[*table.dataset].schema.fields()));
  }

  Result<Replacement> StreamTable(const TableInput& table) override {
    AddSource({.key = table.SourceKey(), .files = std::nullopt, .table = table});
    if (table.dataset && graph().datasets()[*table.dataset].IsCdcTarget()) {
      return Unsupported(
          "'{}' is kept by AUTO CDC: its rows change, so it cannot be read as a STREAM",
          graph().datasets()[*table.dataset].FullName());
    }
    if (table.dataset) return Replacement(EmptyRelation(plans_[*table.dataset].schema.fields()));
    // Refuses a view or a table of another format before anything runs.
    const delta::SnapshotPtr snapshot = TRY(session_.LoadSnapshot(table.Parts()));
    return Replacement(EmptyRelation(snapshot->schema().fields()));
  }

  Result<Replacement> ReadFiles(const connect::ReadFiles& read) override {
    const std::vector<connect::InputFile> files = TRY(connect::ListFiles(read.list));
    engine::FilesRelation relation = TRY(RelationOfFiles(session_, read, files));
    return Replacement(EmptyRelation(std::move(relation.schema)));
  }

  Result<Replacement> StreamFiles(const connect::ReadFiles& read) override {
    TRY(CheckStreamOptions(read));
    const std::string key = connect::SourceKey(read);
    AddSource({.key = key, .files = read, .table = std::nullopt});
    DataType schema = TRY(SchemaOf(read, key));
    plan_.file_schemas[key] = schema;
    return Replacement(EmptyRelation(schema.fields()));
  }

 private:
  void AddSource(StreamSource source) {
    const auto same = [&](const StreamSource& other) { return other.key == source.key; };
    if (std::ranges::none_of(plan_.sources, same)) plan_.sources.push_back(std::move(source));
  }

  static Status CheckStreamOptions(const connect::ReadFiles& read) {
    if (read.evolution == connect::SchemaEvolution::kRescue || !read.rescued_data_column.empty()) {
      return Unsupported(
          "rescued data is not supported yet; leave out rescuedDataColumn and the mode rescue");
    }
    return {};
  }

  // Columns read so far, then those that only files which wait have.
  Result<DataType> SchemaOf(const connect::ReadFiles& read, const std::string& key) {
    std::vector<connect::InputFile> files = TRY(connect::ListFiles(read.list));
    const std::optional<DataType> known =
        position_ == nullptr ? std::nullopt : position_->Schema(key);
    if (!known) {
      engine::FilesRelation relation = TRY(RelationOfFiles(session_, read, files));
      return DataType::Struct(std::move(relation.schema));
    }
    files = position_->Unseen(key, files, read.allow_overwrites);
    if (files.empty() || read.evolution == connect::SchemaEvolution::kNone) return *known;
    engine::FilesRelation relation = TRY(RelationOfFiles(session_, read, files));
    DataType merged = MergeSchemas(*known, DataType::Struct(std::move(relation.schema)));
    const bool grown = merged.fields().size() > known->fields().size();
    if (grown && read.evolution == connect::SchemaEvolution::kFailOnNewColumns) {
      return Invalid(
                 "files in '{}' have a column '{}' that the table lacks, and schemaEvolutionMode "
                 "is "
                 "failOnNewColumns",
                 read.list.path, merged.fields()[known->fields().size()].name)
          .WithClass("UNKNOWN_FIELD_EXCEPTION.NEW_FIELDS_IN_FILE", "KD003");
    }
    return merged;
  }

  engine::Session& session_;
  const std::vector<DatasetPlan>& plans_;
  const FlowPosition* position_;
  FlowPlan& plan_;
};

// Gives every relation the same columns and no rows.
class EmptyResolver final : public engine::RelationResolver {
 public:
  explicit EmptyResolver(const DataType& schema) : schema_(schema) {}
  Result<std::optional<engine::RelationReplacement>> Resolve(
      const engine::RelationRequest&) override {
    return std::optional<engine::RelationReplacement>(EmptyRelation(schema_.fields()));
  }

 private:
  const DataType& schema_;
};

class Planner {
 public:
  Planner(engine::Session& session, const Graph& graph, const std::set<size_t>& reset,
          const std::string& base_folder, const std::string& pipeline_id,
          std::shared_ptr<storage::ObjectStore> store)
      : session_(session),
        graph_(graph),
        reset_(reset),
        base_folder_(base_folder),
        tables_(session, pipeline_id),
        store_(std::move(store)),
        plans_(graph.datasets().size()) {}

  Result<std::vector<DatasetPlan>> PlanAll() && {
    for (const size_t dataset : graph_.order()) TRY(Plan(dataset));
    return std::move(plans_);
  }

 private:
  Status Plan(size_t dataset) {
    const DatasetDefinition& definition = graph_.datasets()[dataset];
    if (definition.IsCdcTarget()) return PlanCdc(dataset);
    delta::SnapshotPtr table;
    if (definition.IsTable()) table = TRY(FindTable(definition));
    DataType columns = DataType::Struct({});
    for (const FlowDefinition& flow : definition.flows) {
      const DataType own = TRY(PlanFlow(dataset, flow, table));
      columns = MergeSchemas(columns, own);
    }
    plans_[dataset].schema = TRY(WithDeclared(definition, columns));
    TRY(CheckColumns(definition, plans_[dataset].schema));
    TRY(CheckExpectations(definition, plans_[dataset].schema));
    plans_[dataset].definition = DefinitionFingerprint(graph_, dataset);
    plans_[dataset].always_recomputed = TRY(WhyAlwaysRecomputed(dataset));
    return {};
  }

  Result<delta::SnapshotPtr> FindTable(const DatasetDefinition& definition) const {
    Result<delta::SnapshotPtr> found = tables_.Find(definition);
    if (!found) return std::move(found).error().At(definition.location);
    return found;
  }

  Status PlanCdc(size_t dataset) {
    const DatasetDefinition& definition = graph_.datasets()[dataset];
    TRY(FindTable(definition));
    auto cdc = std::make_shared<CdcPlan>();
    cdc->changes = ChangesOf(definition);
    TRY(CheckCdcColumns(dataset));
    const delta::SnapshotPtr table = TRY(FindTable(cdc->changes));
    const DataType columns = TRY(PlanFlow(dataset, definition.flows.front(), table));
    cdc->changes_plan.flows = std::move(plans_[dataset].flows);
    cdc->changes_plan.schema = columns;
    TRY(CheckExpectations(cdc->changes, columns));
    TRY(PlanCdcTarget(definition, columns, *cdc));
    cdc->target_plan.definition = Fingerprint(DefinitionFingerprint(graph_, dataset) +
                                              cdc->target.flows.front().source->text());
    plans_[dataset].schema = cdc->target_plan.schema;
    plans_[dataset].flows.resize(1);
    plans_[dataset].cdc = std::move(cdc);
    return {};
  }

  // What the clauses name is looked up in the source first: the query and the rules that are made
  // of them would be refused in terms that nobody wrote.
  Status CheckCdcColumns(size_t dataset) {
    const FlowDefinition& flow = graph_.datasets()[dataset].flows.front();
    FlowPlan unused;
    PlanResolver resolver(graph_, flow, base_folder_, session_, plans_, nullptr, unused);
    TRY(EnterFlow(session_, flow));
    sql::QueryPtr all = TRY(sql::ParseQuery("SELECT * FROM source"));
    static_cast<sql::Select&>(*all->body).from =
        static_cast<const sql::Select&>(*flow.query->body).from;
    engine::ExecuteOptions options;
    options.file = flow.source->file();
    options.resolver = &resolver;
    Result<std::vector<StructField>> columns =
        session_.DescribeQuery({.text = flow.source->text(), .tree = all.get()}, options);
    if (!columns) return flow.source->Locate(std::move(columns).error());
    const DataType source = DataType::Struct(*std::move(columns));
    TRY(CheckMentions(*flow.cdc, source));
    for (const CdcMention& mention : flow.cdc->mentions) {
      if (mention.is_expression)
        TRY(CheckOverColumns(mention.text, mention.location, source, mention.clause));
    }
    return {};
  }

  // A change row without a key or a sequence has no place in the table: the batch stops.
  static ExpectationDefinition NotNullRule(const DatasetDefinition& definition,
                                           const CdcMention& mention) {
    const bool key = mention.clause == "KEYS";
    const std::string column = key ? types::QuoteIdentifierIfNeeded(mention.text) : kCdcSequence;
    return {.name = mention.clause + " " + mention.text,
            .predicate = column + " IS NOT NULL",
            .action = ViolationAction::kFailUpdate,
            .location = mention.location,
            .message = fmt::format(
                "AUTO CDC into '{}': {} '{}' is NULL in the change row:", definition.FullName(),
                key ? "the key" : "SEQUENCE BY", mention.text),
            .error_class = key ? "AUTOCDC_MICROBATCH_VALIDATION.NULL_KEY"
                               : "AUTOCDC_MICROBATCH_VALIDATION.NULL_SEQUENCE"};
  }

  // Rules apply to change rows before they are merged; keys and sequences must be there.
  static DatasetDefinition ChangesOf(const DatasetDefinition& definition) {
    DatasetDefinition changes;
    changes.kind = DatasetKind::kStreamingTable;
    changes.name = definition.name;
    changes.name.name = ChangesTableName(definition.name.name);
    changes.comment = "Change rows of " + definition.FullName();
    changes.location = definition.location;
    changes.flows = definition.flows;
    changes.expectations = definition.expectations;
    for (const CdcMention& mention : definition.flows.front().cdc->mentions) {
      if (mention.clause != "KEYS" && mention.clause != "SEQUENCE BY") continue;
      changes.expectations.push_back(NotNullRule(definition, mention));
    }
    for (ExpectationDefinition& rule : changes.expectations) rule.hidden_prefix = kCdcPrefix;
    return changes;
  }

  Status PlanCdcTarget(const DatasetDefinition& definition, const DataType& columns, CdcPlan& cdc) {
    const FlowDefinition& flow = definition.flows.front();
    const std::string changes_table = cdc.changes.name.ToString();
    Result<std::string> text = TargetQuery(*flow.cdc, changes_table, columns);
    if (!text) return std::move(text).error().At(flow.location);
    SourceText source = flow.source->Derived(*text, 0);
    cdc.target = definition;
    cdc.target.kind = DatasetKind::kMaterializedView;
    cdc.target.expectations.clear();
    FlowDefinition& target_flow = cdc.target.flows.front();
    target_flow.cdc.reset();
    target_flow.query = TRY(sql::ParseQuery(source.text()));
    target_flow.source = std::make_shared<const SourceText>(std::move(source));
    EmptyResolver resolver(columns);
    engine::ExecuteOptions options;
    options.resolver = &resolver;
    Result<std::vector<StructField>> described =
        session_.DescribeQuery({.text = *text, .tree = target_flow.query.get()}, options);
    if (!described) return Error(described.error()).At(flow.location);
    cdc.target_plan.schema = TRY(WithDeclared(definition, DataType::Struct(*std::move(described))));
    return CheckColumns(definition, cdc.target_plan.schema);
  }

  Result<DataType> PlanFlow(size_t dataset, const FlowDefinition& flow,
                            const delta::SnapshotPtr& table) {
    FlowPlan plan;
    std::optional<FlowPosition> position;
    if (table != nullptr && !reset_.contains(dataset)) {
      position = TRY(FlowPosition::Load(store_, *table, flow.name));
    }
    PlanResolver resolver(graph_, flow, base_folder_, session_, plans_,
                          position ? &*position : nullptr, plan);
    TRY(EnterFlow(session_, flow));
    engine::ExecuteOptions options;
    options.file = flow.source->file();
    options.resolver = &resolver;
    Result<std::vector<StructField>> columns =
        session_.DescribeQuery({.text = flow.source->text(), .tree = flow.query.get()}, options);
    if (!columns) return flow.source->Locate(std::move(columns).error());
    plans_[dataset].flows.push_back(std::move(plan));
    return DataType::Struct(*std::move(columns));
  }

  // Declared columns take the place, type and comment that were written.
  static Result<DataType> WithDeclared(const DatasetDefinition& definition,
                                       const DataType& columns) {
    if (definition.columns.empty()) return columns;
    const bool view = !definition.IsTable();
    if (view && definition.columns.size() != columns.fields().size()) {
      return Invalid("'{}' names {} columns, its query gives {}", definition.FullName(),
                     definition.columns.size(), columns.fields().size())
          .At(definition.location);
    }
    std::vector<StructField> fields;
    for (size_t i = 0; i < definition.columns.size(); ++i) {
      StructField field = definition.columns[i];
      const std::optional<size_t> index = view ? i : columns.FieldIndex(field.name);
      if (!index) {
        std::vector<std::string> names;
        for (const StructField& column : columns.fields()) names.push_back(column.name);
        const std::string nearest = Nearest(field.name, names);
        return Invalid("'{}' declares a column '{}' that its query does not give{}",
                       definition.FullName(), field.name,
                       nearest.empty() ? "" : fmt::format("; closest: '{}'", nearest))
            .At(definition.location);
      }
      if (field.type.is(types::TypeId::kVoid)) field.type = columns.fields()[*index].type;
      fields.push_back(std::move(field));
    }
    if (view) return DataType::Struct(std::move(fields));
    return MergeSchemas(DataType::Struct(std::move(fields)), columns);
  }

  static Status CheckColumns(const DatasetDefinition& definition, const DataType& schema) {
    for (const std::string& column : definition.partition_columns) {
      if (schema.FieldIndex(column)) continue;
      return Invalid("'{}' is partitioned by '{}', which is no column of it", definition.FullName(),
                     column)
          .At(definition.location);
    }
    for (const StructField& field : schema.fields()) {
      if (!definition.IsTable() || !field.type.is(types::TypeId::kVoid)) continue;
      return Invalid("column '{}' of '{}' has no type: give the NULL one with CAST", field.name,
                     definition.FullName())
          .At(definition.location);
    }
    return {};
  }

  Status CheckExpectations(const DatasetDefinition& definition, const DataType& schema) {
    for (const ExpectationDefinition& rule : definition.expectations) {
      TRY(CheckOverColumns(rule.predicate, rule.location, schema, "expectation '" + rule.name + "'",
                           " AND true"));
    }
    return {};
  }

  // Checks an expression, written at `place`, that sees these columns; `after` is put behind it.
  Status CheckOverColumns(const std::string& expression, SourceLocation place,
                          const DataType& schema, const std::string& what,
                          std::string_view after = "") {
    constexpr std::string_view kBefore = "SELECT (";
    EmptyResolver resolver(schema);
    engine::ExecuteOptions options;
    options.resolver = &resolver;
    const std::string text = fmt::format("{}{}\n){} FROM dataset", kBefore, expression, after);
    const Result<std::vector<StructField>> columns =
        session_.DescribeQuery({.text = text}, options);
    if (columns) return {};
    Error error = columns.error();
    const SourceLocation& inside = error.location();
    if (inside.line == 1)
      place.column += std::max(0, inside.column - 1 - static_cast<int>(kBefore.size()));
    if (inside.line > 1) {
      place.line += inside.line - 1;
      place.column = inside.column;
    }
    return std::move(error).Within(what).At(place);
  }

  Result<std::string> WhyAlwaysRecomputed(size_t dataset) const {
    std::string why = CallsThatVary(graph_, dataset);
    if (!why.empty()) return why;
    for (const auto& inputs : graph_.node(dataset).flow_inputs) {
      for (const FlowInput& input : inputs) {
        if (!input.outside) continue;
        const bool plain = TRY(tables_.IsPlainTable(*input.outside));
        if (!plain)
          return fmt::format("it reads '{}', which is no Delta table", input.outside->ToString());
      }
    }
    return std::string();
  }

  engine::Session& session_;
  const Graph& graph_;
  const std::set<size_t>& reset_;
  const std::string& base_folder_;
  TableCatalog tables_;
  std::shared_ptr<storage::ObjectStore> store_;
  std::vector<DatasetPlan> plans_;
};

}  // namespace

TableCatalog::TableCatalog(engine::Session& session, std::string pipeline_id)
    : session_(session), pipeline_id_(std::move(pipeline_id)) {}

Result<delta::SnapshotPtr> TableCatalog::Find(const DatasetDefinition& dataset) const {
  const std::optional<catalog::Relation> relation =
      TRY(session_.workspace().catalog().FindRelation(dataset.name));
  if (!relation) return delta::SnapshotPtr();
  if (relation->is_view() || relation->provider != "delta") {
    return Invalid("'{}' exists already and is {}: drop it or choose another name",
                   dataset.FullName(), relation->is_view() ? "a view" : "no Delta table");
  }
  delta::SnapshotPtr snapshot =
      TRY(session_.LoadSnapshot({dataset.name.catalog, dataset.name.schema, dataset.name.name}));
  const auto& properties = snapshot->metadata().configuration;
  const auto owner = properties.find(kPipelineProperty);
  if (owner == properties.end()) {
    return Invalid(
        "the table '{}' exists already and was made by no pipeline: drop it or choose another name",
        dataset.FullName());
  }
  if (owner->second != pipeline_id_) {
    return Invalid("the table '{}' belongs to the pipeline '{}': drop it or choose another name",
                   dataset.FullName(), owner->second);
  }
  return snapshot;
}

OutsideCatalog TableCatalog::Outside() const {
  catalog::Catalog& catalog = session_.workspace().catalog();
  return {.exists = [&catalog](const catalog::QualifiedName& name) -> Result<bool> {
            const std::optional<catalog::Relation> relation = TRY(catalog.FindRelation(name));
            return relation.has_value();
          },
          .not_found =
              [&catalog](const catalog::QualifiedName& name, std::vector<std::string> also) {
                return catalog.RelationNotFound(name, std::move(also));
              }};
}

Result<bool> TableCatalog::IsPlainTable(const catalog::QualifiedName& name) const {
  const catalog::Relation relation = TRY(session_.workspace().catalog().GetRelation(name));
  return !relation.is_view() && relation.provider == "delta";
}

Result<std::vector<DatasetPlan>> PlanDatasets(engine::Session& session, const Graph& graph,
                                              const std::set<size_t>& reset,
                                              const std::string& base_folder,
                                              const std::string& pipeline_id,
                                              const std::shared_ptr<storage::ObjectStore>& store) {
  return Planner(session, graph, reset, base_folder, pipeline_id, store).PlanAll();
}

Status EnterFlow(engine::Session& session, const FlowDefinition& flow) {
  // A schema that is still to be made holds nothing that a query could name.
  if (session.workspace().catalog().GetSchema(flow.current)) {
    const std::vector<std::string> parts = {flow.current.catalog, flow.current.schema};
    const Result<engine::StatementResult> used =
        session.Execute("USE " + catalog::QuoteParts(parts));
    if (!used) return used.error();
  }
  for (const auto& [key, value] : flow.settings) {
    const Status set = session.SetConfig(key, value);
    if (!set) return Error(set.error()).At(flow.location);
  }
  return {};
}

}  // namespace lakesmith::pipeline
