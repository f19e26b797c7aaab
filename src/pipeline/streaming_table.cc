// The part of DatasetRunner that feeds streaming tables, batch by batch.
#include <algorithm>
#include <utility>

#include "pipeline/dataset_runner_internal.h"

namespace lakesmith::pipeline {
namespace {

// Files of one batch: the oldest first, as many as the options allow, at least one.
std::vector<connect::InputFile> TakeBatch(std::vector<connect::InputFile> files,
                                          const connect::ReadFiles& read) {
  std::ranges::stable_sort(files, {}, &connect::InputFile::modified_micros);
  size_t count = 0;
  int64_t bytes = 0;
  while (count < files.size() && static_cast<int64_t>(count) < read.max_files_per_trigger) {
    if (count > 0 && read.max_bytes_per_trigger && bytes >= *read.max_bytes_per_trigger) break;
    bytes += files[count++].size_bytes;
  }
  files.resize(count);
  return files;
}

std::vector<SeenFile> AsSeen(const std::vector<connect::InputFile>& files) {
  std::vector<SeenFile> seen;
  for (const connect::InputFile& file : files) {
    seen.push_back({.path = file.path,
                    .size_bytes = file.size_bytes,
                    .modified_micros = file.modified_micros});
  }
  return seen;
}

// The version after which a stream begins; -1 takes the table whole.
int64_t StartOf(const StreamOptions& options, const delta::Snapshot& table) {
  if (options.start_at_newest) return table.version();
  return options.starting_version.value_or(0) - 1;
}

engine::DeltaAppendsRelation Appends(const StreamSource& source, int64_t after, int64_t through) {
  return {.table = source.table->Parts(),
          .after_version = after,
          .through_version = through,
          .skip_change_commits = source.table->options.skip_change_commits};
}

// Gives every relation the same columns and no rows.
class NoRows final : public engine::RelationResolver {
 public:
  explicit NoRows(const types::DataType& schema) : schema_(schema) {}
  Result<std::optional<engine::RelationReplacement>> Resolve(
      const engine::RelationRequest&) override {
    return std::optional<engine::RelationReplacement>(EmptyRelation(schema_.fields()));
  }

 private:
  const types::DataType& schema_;
};

}  // namespace

// Streams read what the batch says, tables are read as they are now.
class DatasetRunner::BatchResolver final : public FlowResolver {
 public:
  BatchResolver(const UpdateContext& context, const FlowDefinition& flow, engine::Session& session,
                const Batch& batch)
      : FlowResolver(context.graph, flow, context.spec.root_folder),
        session_(session),
        batch_(batch) {}

 protected:
  Result<Replacement> ReadTable(const TableInput& table) override {
    if (!table.dataset || !graph().datasets()[*table.dataset].IsTable()) return Replacement();
    return Replacement(engine::DeltaTableRelation{.table = table.Parts(), .version = std::nullopt});
  }
  Result<Replacement> ReadFiles(const connect::ReadFiles& read) override {
    const std::vector<connect::InputFile> files = TRY(connect::ListFiles(read.list));
    engine::FilesRelation relation = TRY(RelationOfFiles(session_, read, files));
    return Replacement(std::move(relation));
  }
  Result<Replacement> StreamTable(const TableInput& table) override {
    return Stream(table.SourceKey());
  }
  Result<Replacement> StreamFiles(const connect::ReadFiles& read) override {
    return Stream(connect::SourceKey(read));
  }

 private:
  Result<Replacement> Stream(const std::string& key) {
    const auto found = batch_.streams.find(key);
    if (found == batch_.streams.end()) return Internal("the batch lacks the source '{}'", key);
    return Replacement(found->second);
  }

  engine::Session& session_;
  const Batch& batch_;
};

Status DatasetRunner::RunStreamingTable() {
  TRY(WithRetries([this] { return PrepareTable(); }));
  for (size_t flow = 0; flow < definition_.flows.size(); ++flow) {
    TRY(WithRetries([&] { return RunFlow(flow); }));
  }
  return {};
}

Status DatasetRunner::PrepareTable() {
  const delta::SnapshotPtr table = TRY(OwnTable());
  if (table == nullptr) return CreateEmpty(engine::WriteMode::kCreate, "");
  if (!reset_) return {};
  // One commit empties the table and, by its epoch, makes the positions of all its flows void. A
  // repeated attempt finds its own epoch there.
  const std::string epoch = context_.events.update_id();
  const auto& properties = table->metadata().configuration;
  const auto current = properties.find(kEpochProperty);
  if (current != properties.end() && current->second == epoch) return {};
  return CreateEmpty(engine::WriteMode::kCreateOrReplace, epoch);
}

Status DatasetRunner::CreateEmpty(engine::WriteMode mode, const std::string& epoch) {
  NoRows resolver(plan_.schema);
  engine::WriteRequest request = RequestFor(definition_.flows.front());
  request.mode = mode;
  request.query = {.text = "SELECT * FROM dataset", .tree = nullptr};
  request.resolver = &resolver;
  request.expectations.clear();
  AddTableOptions(request, epoch);
  const Result<engine::WriteMetrics> metrics = session_.Write(request);
  if (!metrics) return Error(metrics.error()).Within(definition_.FullName());
  progress_.version = metrics->version;
  return {};
}

Status DatasetRunner::RunFlow(size_t flow_index) {
  const FlowDefinition& flow = definition_.flows[flow_index];
  const delta::SnapshotPtr table = TRY(OwnTable());
  if (table == nullptr)
    return Conflict("{}: the table was dropped meanwhile", definition_.FullName());
  progress_.version = table->version();
  FlowPosition position = TRY(FlowPosition::Load(context_.store, *table, flow.name));
  TRY(EnterFlow(session_, flow));
  if (flow.once) return RunOnce(flow_index, position);
  while (true) {
    TRY(CheckStop());
    Batch batch = TRY(PlanBatch(flow_index, position));
    if (!batch.has_input) return {};
    const Status written = WriteBatch(flow_index, position, std::move(batch));
    if (!written && written.error().error_class() == "LAKESMITH_SPLIT_BATCH" &&
        version_limit_ > 1) {
      version_limit_ = std::max<int64_t>(1, std::min<int64_t>(version_limit_, 64) / 2);
      continue;
    }
    if (!written) return written;
    Report(FlowState::kRunning);
  }
}

Status DatasetRunner::RunOnce(size_t flow_index, FlowPosition& position) {
  if (position.once_done()) return {};
  Batch batch;
  batch.step.once_done = true;
  return WriteBatch(flow_index, position, std::move(batch));
}

Result<DatasetRunner::Batch> DatasetRunner::PlanBatch(size_t flow_index,
                                                      const FlowPosition& position) {
  Batch batch;
  const FlowPlan& plan = plan_.flows[flow_index];
  for (const StreamSource& source : plan.sources) {
    if (source.files) {
      TRY(PlanFiles(source, plan, position, batch));
    } else {
      TRY(PlanTable(source, position, batch));
    }
  }
  return batch;
}

Status DatasetRunner::PlanFiles(const StreamSource& source, const FlowPlan& plan,
                                const FlowPosition& position, Batch& batch) {
  const connect::ReadFiles& read = *source.files;
  const types::DataType& schema = plan.file_schemas.at(source.key);
  const bool first = !position.Schema(source.key).has_value();
  std::vector<connect::InputFile> files = TRY(connect::ListFiles(read.list));
  files = position.Unseen(source.key, files, read.allow_overwrites);
  engine::FilesRelation relation = EmptyRelation(schema.fields());
  relation.options = read.format_options;
  if (first && !read.include_existing_files) {
    // What is there at the start counts as read.
    batch.step.files[source.key] = AsSeen(files);
    batch.has_input = true;
  } else {
    files = TakeBatch(std::move(files), read);
    for (const connect::InputFile& file : files) relation.paths.push_back(file.path);
    batch.step.files[source.key] = AsSeen(files);
    batch.files += static_cast<int64_t>(files.size());
    batch.has_input = batch.has_input || !files.empty();
    if (!files.empty()) {
      const connect::FileFormat format =
          read.format ? *read.format : TRY(connect::InferFormat(files));
      relation.format = connect::FileFormatName(format);
    }
  }
  batch.step.schemas.insert_or_assign(source.key, schema);
  batch.streams.insert_or_assign(source.key, std::move(relation));
  return {};
}

Status DatasetRunner::PlanTable(const StreamSource& source, const FlowPosition& position,
                                Batch& batch) {
  const delta::SnapshotPtr table = TRY(session_.LoadSnapshot(source.table->Parts()));
  const std::optional<TablePosition> before = position.Table(source.key);
  if (before && before->table_id != table->metadata().id) {
    return Invalid(
        "'{}' was made anew since '{}' last read it, so where to go on is unknown; run a full "
        "refresh of '{}'",
        source.table->name.ToString(), definition_.FullName(), definition_.FullName());
  }
  const StreamOptions& options = source.table->options;
  const int64_t after = before ? before->version : StartOf(options, *table);
  if (!before && after > table->version()) {
    // It has not come to the start yet.
    batch.streams.insert_or_assign(source.key, Appends(source, table->version(), table->version()));
    return {};
  }
  if (after > table->version()) {
    return Invalid("'{}' went back from version {} to {}; run a full refresh of '{}'",
                   source.table->name.ToString(), after, table->version(), definition_.FullName());
  }
  // The first look takes the whole table; later ones follow its commits.
  const int64_t left = table->version() - after;
  const int64_t through = after < 0 ? table->version() : after + std::min(left, version_limit_);
  // Where a stream that skips what is there begins is noted, so that the next update goes on there.
  const bool begins = !before && options.start_at_newest;
  batch.has_input = batch.has_input || left > 0 || begins;
  batch.step.tables[source.key] = {.table_id = table->metadata().id, .version = through};
  batch.streams.insert_or_assign(source.key, Appends(source, after, through));
  return {};
}

Status DatasetRunner::WriteBatch(size_t flow_index, FlowPosition& position, Batch batch) {
  const FlowDefinition& flow = definition_.flows[flow_index];
  BatchResolver resolver(context_, flow, session_, batch);
  const int64_t number = TRY(position.Prepare(batch.step));
  engine::WriteRequest request = RequestFor(flow);
  request.mode = engine::WriteMode::kAppend;
  request.resolver = &resolver;
  request.evolve_schema = true;
  request.commit.operation = "STREAMING UPDATE";
  request.commit.txn = {
      .app_id = position.app_id(), .version = number, .expected = position.committed()};
  request.commit.commit_info["lakesmith"]["position"] = number;
  Result<engine::WriteMetrics> metrics = session_.Write(request);
  if (!metrics) return flow.source->Locate(std::move(metrics).error());
  if (metrics->skipped) {
    return Conflict("{}: another writer took batch {} of flow '{}'", definition_.FullName(), number,
                    flow.name);
  }
  position.Committed(number, std::move(batch.step));
  Count(*metrics);
  progress_.files_read += batch.files;
  return {};
}

}  // namespace lakesmith::pipeline
