#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "base/check.h"
#include "catalog/catalog.h"
#include "pipeline/dataset_runner_internal.h"
#include "pipeline/pipeline.h"
#include "storage/local_store.h"

namespace lakesmith::pipeline {
namespace {

// Sessions that run flows, so that a stop reaches them.
class RunningSessions {
 public:
  void Add(engine::Session* session) {
    const std::lock_guard lock(mutex_);
    sessions_.insert(session);
    if (stopped_) session->Cancel();
  }
  void Remove(engine::Session* session) {
    const std::lock_guard lock(mutex_);
    sessions_.erase(session);
  }
  void CancelAll() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    for (engine::Session* session : sessions_) session->Cancel();
  }

 private:
  std::mutex mutex_;  // Guards what follows.
  std::set<engine::Session*> sessions_;
  bool stopped_ = false;
};

// Runs the datasets of an update on several threads, each once all that it reads is done.
class Scheduler {
 public:
  Scheduler(const UpdateContext& context, const UpdateHost& host, const std::set<size_t>& selected)
      : context_(context),
        host_(host),
        progress_(context.graph.datasets().size()),
        waiting_for_(context.graph.datasets().size()) {
    for (const size_t dataset : context.graph.order()) Enlist(dataset, selected);
  }

  void Run(int threads) {
    const std::stop_callback on_stop(context_.options.stop, [this] { sessions_.CancelAll(); });
    std::vector<std::jthread> workers;
    const auto count = std::min<size_t>(static_cast<size_t>(threads), open_);
    for (size_t i = 0; i < count; ++i) workers.emplace_back([this] { Work(); });
  }

  // In topological order, temporary views left out.
  std::vector<DatasetProgress> Take() && {
    std::vector<DatasetProgress> result;
    for (const size_t dataset : context_.graph.order()) {
      if (context_.graph.datasets()[dataset].IsStored())
        result.push_back(std::move(progress_[dataset]));
    }
    return result;
  }

 private:
  void Enlist(size_t dataset, const std::set<size_t>& selected) {
    const DatasetDefinition& definition = context_.graph.datasets()[dataset];
    DatasetProgress& progress = progress_[dataset];
    progress.name = definition.FullName();
    progress.kind = definition.kind;
    for (const size_t read : context_.graph.node(dataset).upstream) {
      progress.inputs.push_back(context_.graph.datasets()[read].FullName());
    }
    if (!definition.IsStored()) return;
    if (!selected.contains(dataset)) {
      progress.state = FlowState::kExcluded;
      return;
    }
    ++open_;
    for (const size_t read : context_.graph.node(dataset).upstream) {
      if (selected.contains(read)) ++waiting_for_[dataset];
    }
    if (waiting_for_[dataset] == 0) ready_.push_back(dataset);
    selected_.insert(dataset);
  }

  void Work() {
    while (true) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return open_ == 0 || !ready_.empty(); });
      if (ready_.empty()) return;
      const size_t dataset = ready_.front();
      ready_.pop_front();
      const std::string failed = FailedInput(dataset);
      lock.unlock();
      RunOne(dataset, failed);
      lock.lock();
      Finish(dataset);
    }
  }

  // The name of an input that failed or was skipped; "" when all are fine. Called under the lock.
  std::string FailedInput(size_t dataset) const {
    for (const size_t read : context_.graph.node(dataset).upstream) {
      const FlowState state = progress_[read].state;
      if (state == FlowState::kFailed || state == FlowState::kSkipped ||
          state == FlowState::kStopped) {
        return progress_[read].name;
      }
    }
    return "";
  }

  void RunOne(size_t dataset, const std::string& failed_input) {
    DatasetProgress& progress = progress_[dataset];
    const std::string& flow = context_.graph.datasets()[dataset].flows.front().name;
    if (context_.options.stop.stop_requested()) {
      progress.state = FlowState::kStopped;
      return context_.events.FlowProgress(progress, flow);
    }
    if (!failed_input.empty()) {
      progress.state = FlowState::kSkipped;
      progress.note = fmt::format("'{}', which it reads, is not up to date", failed_input);
      return context_.events.FlowProgress(progress, flow);
    }
    Result<std::unique_ptr<engine::Session>> session = OpenSession();
    if (!session) {
      progress.state = FlowState::kFailed;
      progress.error = session.error();
      return context_.events.FlowProgress(progress, flow);
    }
    sessions_.Add(session->get());
    DatasetRunner(context_, **session, dataset, progress).Run();
    sessions_.Remove(session->get());
  }

  Result<std::unique_ptr<engine::Session>> OpenSession();

  // Called under the lock.
  void Finish(size_t dataset) {
    --open_;
    for (const size_t other : selected_) {
      const std::vector<size_t>& upstream = context_.graph.node(other).upstream;
      if (std::ranges::find(upstream, dataset) == upstream.end()) continue;
      if (--waiting_for_[other] == 0) ready_.push_back(other);
    }
    changed_.notify_all();
  }

  const UpdateContext& context_;
  const UpdateHost& host_;
  RunningSessions sessions_;
  std::mutex
      mutex_;  // Guards what follows; the progress of a dataset is its worker's while it runs.
  std::condition_variable changed_;
  std::vector<DatasetProgress> progress_;
  std::vector<int> waiting_for_;
  std::deque<size_t> ready_;
  std::set<size_t> selected_;
  size_t open_ = 0;  // Datasets that are not done.
};

Status Configure(engine::Session& session, const PipelineSpec& spec) {
  for (const auto& [key, value] : spec.configuration) {
    const Status set = session.SetConfig(key, value);
    if (!set) return Error(set.error()).Within("configuration of pipeline '" + spec.name + "'");
  }
  return {};
}

Result<std::unique_ptr<engine::Session>> Scheduler::OpenSession() {
  std::unique_ptr<engine::Session> session = TRY(host_.open_session());
  TRY(Configure(*session, context_.spec));
  return session;
}

// One update from the files to the end.
class Update {
 public:
  Update(const PipelineSpec& spec, const UpdateOptions& options, const UpdateHost& host)
      : spec_(spec),
        options_(options),
        host_(host),
        events_(spec, options, host),
        started_(std::chrono::steady_clock::now()) {}

  Result<UpdateResult> Run() {
    events_.CreateUpdate(options_);
    events_.UpdateProgress(UpdateState::kInitializing, std::nullopt);
    const Status prepared = Prepare();
    if (!prepared) {
      const bool stopped = prepared.error().code() == ErrorCode::kCancelled;
      events_.UpdateProgress(stopped ? UpdateState::kCanceled : UpdateState::kFailed,
                             prepared.error());
      return prepared.error();
    }
    return options_.validate_only ? Finish(Described()) : Finish(RunFlows());
  }

 private:
  Status Prepare() {
    session_ = TRY(host_.open_session());
    TRY(Configure(*session_, spec_));
    catalog::Namespace current{.catalog = session_->CurrentCatalog(),
                               .schema = session_->CurrentSchema()};
    if (!spec_.catalog.empty()) current.catalog = catalog::CanonicalCatalog(spec_.catalog);
    if (!spec_.schema.empty()) current.schema = spec_.schema;
    PipelineDefinition definition = TRY(LoadDefinition(spec_, current));
    const TableCatalog tables(*session_, events_.pipeline_id());
    graph_ = TRY(Graph::Build(std::move(definition), tables.Outside()));
    TRY(Select());
    GatherNamespaces(current);
    plans_ = TRY(
        PlanDatasets(*session_, *graph_, reset_, spec_.root_folder, events_.pipeline_id(), store_));
    DescribeGraph();
    return {};
  }

  Status Select() {
    const std::vector<DatasetDefinition>& datasets = graph_->datasets();
    for (const std::string& name : options_.full_refresh) {
      const size_t dataset = TRY(graph_->FindSelected(name));
      if (!ResetAllowed(datasets[dataset])) {
        return Invalid(
                   "'{}' has pipelines.reset.allowed = false, so it cannot be refreshed from "
                   "nothing",
                   datasets[dataset].FullName())
            .At(datasets[dataset].location);
      }
      reset_.insert(dataset);
      selected_.insert(dataset);
    }
    for (const std::string& name : options_.refresh)
      selected_.insert(TRY(graph_->FindSelected(name)));
    const bool all = options_.full_refresh.empty() && options_.refresh.empty();
    for (size_t i = 0; i < datasets.size(); ++i) {
      if (all) selected_.insert(i);
      if (options_.full_refresh_all && ResetAllowed(datasets[i])) reset_.insert(i);
    }
    return {};
  }

  static bool ResetAllowed(const DatasetDefinition& dataset) {
    const auto found = dataset.properties.find("pipelines.reset.allowed");
    return found == dataset.properties.end() || catalog::FoldName(found->second) != "false";
  }

  // Schemas that datasets are to be made in.
  void GatherNamespaces(const catalog::Namespace& current) {
    std::set<std::pair<std::string, std::string>> needed = {{current.catalog, current.schema}};
    for (const DatasetDefinition& dataset : graph_->datasets()) {
      if (dataset.IsStored()) needed.emplace(dataset.name.catalog, dataset.name.schema);
    }
    for (const auto& [catalog, schema] : needed) namespaces_.push_back({catalog, schema});
  }

  void DescribeGraph() {
    for (const size_t dataset : graph_->order()) {
      const DatasetDefinition& definition = graph_->datasets()[dataset];
      if (!definition.IsStored()) continue;
      events_.DatasetDefined(definition);
      for (const FlowDefinition& flow : definition.flows) {
        events_.FlowDefined(definition, flow, graph_->node(dataset), *graph_,
                            plans_[dataset].schema);
      }
    }
  }

  std::vector<DatasetProgress> Described() {
    const UpdateContext context = Context();
    return Scheduler(context, host_, selected_).Take();
  }

  UpdateContext Context() {
    return {.spec = spec_,
            .options = options_,
            .graph = *graph_,
            .plans = plans_,
            .reset = reset_,
            .events = events_,
            .store = store_,
            .max_retries = MaxRetries()};
  }

  // A setting of the pipeline that is a whole number.
  int Setting(const std::string& key, int fallback) const {
    const auto found = spec_.configuration.find(key);
    if (found == spec_.configuration.end()) return fallback;
    int value = fallback;
    std::from_chars(found->second.data(), found->second.data() + found->second.size(), value);
    return value;
  }
  int MaxRetries() const {
    return spec_.development ? 0 : Setting("spark.sql.pipelines.maxFlowRetryAttempts", 2);
  }
  // No more flows at once than there are cores: each uses all of them.
  int Threads() const {
    if (options_.max_parallel_flows > 0) return options_.max_parallel_flows;
    const int cores = static_cast<int>(std::max(2U, std::thread::hardware_concurrency()));
    return std::max(
        1, std::min(cores, Setting("spark.sql.pipelines.execution.maxConcurrentFlows", 16)));
  }

  std::vector<DatasetProgress> RunFlows() {
    events_.UpdateProgress(reset_.empty() ? UpdateState::kSettingUpTables : UpdateState::kResetting,
                           std::nullopt);
    for (const catalog::Namespace& name : namespaces_) {
      catalog::SchemaInfo schema;
      schema.name = name;
      const Result<bool> made = session_->workspace().catalog().CreateSchema(schema, true);
      if (!made && !failure_) failure_ = made.error();
    }
    if (failure_) return Described();
    events_.UpdateProgress(UpdateState::kRunning, std::nullopt);
    const UpdateContext context = Context();
    Scheduler scheduler(context, host_, selected_);
    scheduler.Run(Threads());
    return std::move(scheduler).Take();
  }

  UpdateResult Finish(std::vector<DatasetProgress> datasets) {
    UpdateResult result;
    result.update_id = events_.update_id();
    result.error = failure_;
    bool stopped = options_.stop.stop_requested();
    for (const DatasetProgress& progress : datasets) {
      stopped = stopped || progress.state == FlowState::kStopped;
      if (progress.state != FlowState::kFailed || result.error) continue;
      result.error = Error(*progress.error).Within(progress.name);
    }
    result.datasets = std::move(datasets);
    result.state = result.error ? UpdateState::kFailed
                   : stopped    ? UpdateState::kCanceled
                                : UpdateState::kCompleted;
    result.elapsed = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now() - started_);
    events_.UpdateProgress(result.state, result.error);
    return result;
  }

  const PipelineSpec& spec_;
  const UpdateOptions& options_;
  const UpdateHost& host_;
  EventLog events_;
  std::chrono::steady_clock::time_point started_;
  std::shared_ptr<storage::ObjectStore> store_ = std::make_shared<storage::LocalStore>();
  std::unique_ptr<engine::Session> session_;
  std::optional<Graph> graph_;
  std::vector<DatasetPlan> plans_;
  std::set<size_t> selected_;
  std::set<size_t> reset_;
  std::vector<catalog::Namespace> namespaces_;
  std::optional<Error> failure_;
};

}  // namespace

Result<UpdateResult> RunUpdate(const PipelineSpec& spec, const UpdateOptions& options,
                               const UpdateHost& host) {
  CHECK(host.open_session != nullptr);
  return Update(spec, options, host).Run();
}

}  // namespace lakesmith::pipeline
