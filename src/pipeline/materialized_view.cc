// The part of DatasetRunner that recomputes materialized views, or leaves them alone when nothing
// changed.
#include <algorithm>
#include <utility>

#include "pipeline/dataset_runner_internal.h"

namespace lakesmith::pipeline {
namespace {

// What the pipeline noted in the commit that made this version; null when another writer made it.
Result<Json> NoteOf(const storage::ObjectStore& store, const delta::Snapshot& table) {
  const std::string path = fmt::format("{}/_delta_log/{:020}.json", table.root(), table.version());
  const Result<std::string> text = store.Read(path);
  if (!text) return Json();
  size_t start = 0;
  while (start < text->size()) {
    const size_t end = std::min(text->find('\n', start), text->size());
    const Result<Json> action = ParseJson(std::string_view(*text).substr(start, end - start));
    if (action && action->contains("commitInfo")) {
      const Result<Json> note = ParseJson(action->at("commitInfo").value("userMetadata", ""));
      return note && note->is_object() ? note->value("lakesmith", Json()) : Json();
    }
    start = end + 1;
  }
  return Json();
}

Json PinnedJson(const std::vector<std::string>& name, const delta::Snapshot& table) {
  return {{"name", name}, {"id", table.metadata().id}, {"version", table.version()}};
}

}  // namespace

// Reads each table as of the version that it had when first asked for, and notes it.
class DatasetRunner::PinnedResolver final : public FlowResolver {
 public:
  PinnedResolver(const UpdateContext& context, const FlowDefinition& flow, engine::Session& session)
      : FlowResolver(context.graph, flow, context.spec.root_folder),
        session_(session),
        catalog_(session, context.events.pipeline_id()) {}

  // Source key to id and version of each table that was read.
  const Json& inputs() const { return inputs_; }

 protected:
  Result<Replacement> ReadTable(const TableInput& table) override {
    const bool own = table.dataset && graph().datasets()[*table.dataset].IsTable();
    if (!own) {
      if (table.dataset) return Replacement();
      const bool exists = TRY(catalog_.Outside().exists(table.name));
      if (!exists) return Replacement();
      const bool plain = TRY(catalog_.IsPlainTable(table.name));
      if (!plain) return Replacement();
    }
    const std::string key = table.SourceKey();
    if (!inputs_.contains(key)) {
      const delta::SnapshotPtr snapshot = TRY(session_.LoadSnapshot(table.Parts()));
      inputs_[key] = PinnedJson(table.Parts(), *snapshot);
    }
    return Replacement(engine::DeltaTableRelation{
        .table = table.Parts(), .version = inputs_[key]["version"].get<int64_t>()});
  }
  Result<Replacement> ReadFiles(const connect::ReadFiles& read) override {
    const std::vector<connect::InputFile> files = TRY(connect::ListFiles(read.list));
    engine::FilesRelation relation = TRY(RelationOfFiles(session_, read, files));
    return Replacement(std::move(relation));
  }
  Result<Replacement> StreamTable(const TableInput& table) override {
    return Internal("a materialized view streams '{}'", table.name.ToString());
  }
  Result<Replacement> StreamFiles(const connect::ReadFiles& read) override {
    return Internal("a materialized view streams '{}'", read.list.path);
  }

 private:
  engine::Session& session_;
  TableCatalog catalog_;
  Json inputs_ = Json::object();
};

Status DatasetRunner::RunMaterializedView() {
  const delta::SnapshotPtr table = TRY(OwnTable());
  Json note;
  if (table != nullptr) note = TRY(NoteOf(*context_.store, *table));
  const std::string why = TRY(WhyRecompute(table, note));
  if (why.empty()) {
    progress_.version = table->version();
    progress_.note = "no input changed";
    context_.events.PlanningInformation(definition_.FullName(), "NO_OP", progress_.note);
    return {};
  }
  progress_.note = "recomputed: " + why;
  context_.events.PlanningInformation(definition_.FullName(), "COMPLETE_RECOMPUTE", why);
  return Recompute(table, note);
}

Result<std::string> DatasetRunner::WhyRecompute(const delta::SnapshotPtr& table, const Json& note) {
  if (table == nullptr) return std::string("first refresh");
  if (reset_) return std::string("full refresh");
  if (!plan_.always_recomputed.empty()) return plan_.always_recomputed;
  if (!note.is_object()) return std::string("another writer changed the table");
  if (note.value("definition", "") != plan_.definition)
    return std::string("its definition changed");
  const Json recorded = note.value("inputs", Json::object());
  for (const auto& [key, pinned] : recorded.items()) {
    const bool unchanged = TRY(InputUnchanged(key, pinned));
    if (!unchanged) return fmt::format("{} changed", key.substr(key.find(':') + 1));
  }
  return std::string();
}

Result<bool> DatasetRunner::InputUnchanged(const std::string& key, const Json& pinned) {
  const std::vector<std::string> parts = pinned.value("name", std::vector<std::string>());
  if (parts.size() != 3) return false;
  const Result<delta::SnapshotPtr> snapshot = session_.LoadSnapshot(parts);
  if (!snapshot) {
    if (snapshot.error().code() == ErrorCode::kNotFound) return false;
    return Error(snapshot.error()).Within(key);
  }
  return pinned.value("id", "") == (*snapshot)->metadata().id &&
         pinned.value("version", int64_t{-1}) == (*snapshot)->version();
}

Status DatasetRunner::Recompute(const delta::SnapshotPtr& table, const Json& note) {
  const FlowDefinition& flow = definition_.flows.front();
  TRY(EnterFlow(session_, flow));
  PinnedResolver resolver(context_, flow, session_);
  engine::WriteRequest request = RequestFor(flow);
  request.resolver = &resolver;
  // One look at the query before it runs pins all its inputs, so that the commit can name them.
  engine::ExecuteOptions look;
  look.file = request.file;
  look.resolver = &resolver;
  const Result<std::vector<types::StructField>> columns =
      session_.DescribeQuery(request.query, look);
  if (!columns) return flow.source->Locate(columns.error());

  const bool same = note.is_object() && note.value("definition", "") == plan_.definition;
  request.mode = table == nullptr  ? engine::WriteMode::kCreate
                 : same && !reset_ ? engine::WriteMode::kOverwrite
                                   : engine::WriteMode::kCreateOrReplace;
  request.evolve_schema = request.mode == engine::WriteMode::kOverwrite;
  AddTableOptions(request, "");
  request.commit.operation = "REFRESH MATERIALIZED VIEW";
  Json& noted = request.commit.commit_info["lakesmith"];
  noted["definition"] = plan_.definition;
  noted["inputs"] = resolver.inputs();
  Result<engine::WriteMetrics> metrics = session_.Write(request);
  if (!metrics) return flow.source->Locate(std::move(metrics).error());
  Count(*metrics);
  return {};
}

}  // namespace lakesmith::pipeline
