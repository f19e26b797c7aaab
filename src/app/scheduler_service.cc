#include "app/scheduler_service.h"

#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>

#include "app/terminal.h"
#include "bundle/deployment.h"
#include "catalog/catalog.h"

namespace lakesmith::app {
namespace {

namespace fs = std::filesystem;
using state::Micros;

constexpr Micros kMicrosOfSecond = 1'000'000;
constexpr Micros kPoll = kMicrosOfSecond;
// A worker that ended before it took its run is started again, but not at once.
constexpr Micros kRestartAfter = 5 * kMicrosOfSecond;
// A run that was interrupted goes on by itself so often, while it is so young.
constexpr int kMostResumes = 3;
constexpr Micros kOldestResume = Micros{24} * 3600 * kMicrosOfSecond;

void WaitUntil(const std::stop_token& stop, Micros until) {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::unique_lock lock(mutex);
  const auto time = std::chrono::microseconds(std::max<Micros>(until - state::NowMicros(), 1000));
  changed.wait_for(lock, stop, time, [&stop] { return stop.stop_requested(); });
}

// The newest commit below a table's folder, from the names of its files.
std::optional<jobs::TriggerProbe::TableCommit> NewestCommitOf(const fs::path& folder) {
  std::optional<jobs::TriggerProbe::TableCommit> newest;
  std::error_code missing;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder / "_delta_log", missing)) {
    const std::string name = entry.path().filename().string();
    constexpr size_t kDigits = 20;
    const bool commit = name.size() == kDigits + 5 && name.ends_with(".json") &&
                        name.find_first_not_of("0123456789") == kDigits;
    if (!commit) continue;
    const int64_t version = std::stoll(name);
    if (newest && newest->version > version) continue;
    std::error_code error;
    const auto written = std::chrono::file_clock::to_sys(fs::last_write_time(entry, error));
    const auto time =
        std::chrono::duration_cast<std::chrono::microseconds>(written.time_since_epoch());
    newest = {.version = version, .time = error ? 0 : time.count()};
  }
  return newest;
}

std::vector<std::string> DeployedTargets(const fs::path& root) {
  std::vector<std::string> targets;
  std::error_code missing;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(root / ".lakesmith" / "bundle", missing)) {
    if (fs::exists(entry.path() / "state.json")) targets.push_back(entry.path().filename());
  }
  std::ranges::sort(targets);
  return targets;
}

}  // namespace

// A deployment that is scheduled.
struct SchedulerService::Deployed {
  bundle::Bundle bundle;
  fs::file_time_type written;
  std::unique_ptr<jobs::Scheduler> scheduler;
};

// Looks at files, tables and runs of the project.
class SchedulerService::Probe final : public jobs::TriggerProbe {
 public:
  explicit Probe(const OpenProject& opened)
      : opened_(opened), catalog_(opened.project.warehouse.string()) {}

  Result<std::vector<std::string>> ListFiles(const std::string& url) override {
    std::string path = url;
    if (path.starts_with("file:")) path = "/" + path.substr(path.find_first_not_of('/', 5));
    if (path.find("://") != std::string::npos)
      return Unsupported("'{}': only folders of this machine are watched for files", url);
    const fs::path folder = opened_.project.root / path;
    std::vector<std::string> files;
    std::error_code error;
    if (!fs::exists(folder)) return files;  // Not yet.
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder, error)) {
      if (entry.is_regular_file(error))
        files.push_back(entry.path().lexically_relative(folder).string());
    }
    if (error) return Unavailable("{}: {}", folder.string(), error.message());
    return files;
  }

  Result<std::optional<TableCommit>> NewestCommit(const std::string& table) override {
    catalog::QualifiedName name;
    std::vector<std::string> parts(1);
    for (const char c : table) {
      if (c == '.') {
        parts.emplace_back();
      } else if (c != '`') {
        parts.back() += c;
      }
    }
    if (parts.size() > 3) return Invalid("'{}' is no name of a table", table);
    name = {.catalog = std::string(catalog::kDefaultCatalog),
            .schema = std::string(catalog::kDefaultSchema),
            .name = parts.back()};
    if (parts.size() > 1) name.schema = parts[parts.size() - 2];
    if (parts.size() > 2) name.catalog = catalog::CanonicalCatalog(parts[0]);
    const std::optional<catalog::Relation> relation = TRY(catalog_.FindRelation(name));
    if (!relation) return std::optional<TableCommit>();
    return NewestCommitOf(relation->location);
  }

  Result<Activity> ActivityOf(const std::string& job_key) override {
    Activity activity;
    const std::vector<state::QueuedRun> runs =
        TRY(opened_.queue->List({.job_key = job_key, .target = target, .limit = 10}));
    for (const state::QueuedRun& run : runs) {
      if (!state::IsFinal(run.state)) {
        activity.active = true;
        return activity;
      }
    }
    for (const state::QueuedRun& run : runs) {
      if (run.state == state::RunState::kSucceeded) break;
      ++activity.failures;
    }
    if (!runs.empty()) activity.last_end = runs.front().ended;
    return activity;
  }

  std::string target;  // Of the scheduler that asks.

 private:
  const OpenProject& opened_;
  const catalog::Catalog catalog_;
};

Result<std::unique_ptr<SchedulerService>> SchedulerService::Open(const fs::path& root,
                                                                 ServiceOptions options) {
  OpenProject opened = TRY(OpenProjectOf(root, options.warehouse));
  return std::unique_ptr<SchedulerService>(
      new SchedulerService(std::move(opened), std::move(options)));
}

SchedulerService::SchedulerService(OpenProject opened, ServiceOptions options)
    : opened_(std::move(opened)),
      options_(std::move(options)),
      probe_(std::make_unique<Probe>(opened_)) {}

SchedulerService::~SchedulerService() = default;

void SchedulerService::Say(const std::string& text) const {
  fmt::print("{} {}\n", state::IsoTime(state::NowMicros()), text);
  std::fflush(stdout);
}

Status SchedulerService::Run(const std::stop_token& stop) {
  TRY(FollowDeployments());
  if (deployed_.empty()) Say("nothing is deployed yet: waiting for a deployment");
  while (!stop.stop_requested()) {
    const Micros now = state::NowMicros();
    TRY(FollowDeployments());
    TRY(ResumeInterrupted());
    Micros next = now + kPoll;
    for (const auto& [target, deployed] : deployed_) {
      probe_->target = target;
      next = std::min(next, deployed->scheduler->Tick(now).value_or(next));
    }
    TRY(StartReadyRuns(now));
    Reap();
    WaitUntil(stop, next);
  }
  StopWorkers();
  for (const auto& [target, deployed] : deployed_)
    opened_.queue->ResignAsScheduler(deployed->bundle.name, target);
  return {};
}

Status SchedulerService::FollowDeployments() {
  const std::vector<std::string> targets = DeployedTargets(opened_.project.root);
  for (const std::string& target : targets) {
    const bool wanted = options_.targets.empty() ||
                        std::ranges::find(options_.targets, target) != options_.targets.end();
    if (wanted) TRY(FollowOne(target));
  }
  std::vector<std::string> gone;
  for (const auto& [target, deployed] : deployed_) {
    if (std::ranges::find(targets, target) == targets.end()) gone.push_back(target);
  }
  for (const std::string& target : gone) Remove(target);
  return {};
}

// Loads a deployment that is new or has changed. One that cannot be loaded is told, and the one
// before stays.
Status SchedulerService::FollowOne(const std::string& target) {
  std::error_code error;
  const fs::path file = opened_.project.root / ".lakesmith" / "bundle" / target / "state.json";
  const fs::file_time_type written = fs::last_write_time(file, error);
  const auto known = deployed_.find(target);
  if (error || (known != deployed_.end() && known->second->written == written)) return {};
  Result<bundle::Bundle> loaded =
      bundle::LoadDeployed(opened_.project.root, target, bundle::ProcessEnvironment());
  const Status sound = loaded ? loaded->diagnostics.ToStatus() : Status();
  if (!loaded || !sound) {
    Say(fmt::format("deployment of '{}' cannot be used: {}", target,
                    loaded ? sound.error().ToString() : loaded.error().ToString()));
    if (known != deployed_.end()) known->second->written = written;
    return {};
  }
  const bool mine = TRY(opened_.queue->BecomeScheduler(loaded->name, target));
  if (!mine) return Conflict("another process schedules '{}' of bundle '{}'", target, loaded->name);
  auto deployed = std::make_unique<Deployed>();
  deployed->bundle = *std::move(loaded);
  deployed->written = written;
  jobs::SchedulerEvents events;
  events.on_fired = [this](const state::QueuedRun& run) {
    Say(fmt::format("run {} of job '{}' ({}) for {}{}", run.run_id, run.job_key, run.trigger,
                    state::IsoTime(run.scheduled), run.error.empty() ? "" : ": " + run.error));
  };
  events.on_error = [this](const std::string& job_key, const Error& failed) {
    Say(fmt::format("job '{}': {}", job_key, failed.ToString()));
  };
  deployed->scheduler = std::make_unique<jobs::Scheduler>(
      *opened_.queue, *probe_,
      jobs::TriggerRules{.misfire_grace = options_.misfire_grace_seconds * kMicrosOfSecond},
      std::move(events));
  deployed->scheduler->SetJobs(deployed->bundle);
  Say(fmt::format("scheduling target '{}' of bundle '{}'", target, deployed->bundle.name));
  deployed_[target] = std::move(deployed);
  return {};
}

void SchedulerService::Remove(const std::string& target) {
  Say(fmt::format("target '{}' is not deployed any more", target));
  opened_.queue->ResignAsScheduler(deployed_.at(target)->bundle.name, target);
  deployed_.erase(target);
}

// Runs that nobody waits for go on where their killed process left off.
Status SchedulerService::ResumeInterrupted() {
  TRY(opened_.queue->MarkInterrupted());
  const std::vector<state::QueuedRun> interrupted =
      TRY(opened_.queue->List({.unattended_only = true, .interrupted_only = true}));
  const Micros now = state::NowMicros();
  for (const state::QueuedRun& run : interrupted) {
    const int resumes = run.request.value("resumes", 0);
    if (!deployed_.contains(run.target) || resumes >= kMostResumes ||
        now - run.created > kOldestResume) {
      continue;
    }
    Json request = run.request;
    request["repair"] = true;
    request["resumes"] = resumes + 1;
    TRY(opened_.queue->Requeue(run.run_id, request, true));
    Say(fmt::format("run {} was interrupted and goes on", run.run_id));
  }
  return {};
}

state::JobLimits SchedulerService::LimitsOfRun(const state::QueuedRun& run) const {
  const auto deployed = deployed_.find(run.target);
  if (deployed == deployed_.end()) return {.max_concurrent_runs = 0};  // Not ours.
  const auto job = deployed->second->bundle.jobs.find(run.job_key);
  // Its process tells that the job is gone.
  return job == deployed->second->bundle.jobs.end() ? state::JobLimits() : LimitsOf(job->second);
}

Status SchedulerService::StartReadyRuns(Micros now) {
  const state::RunQueue::Filter waiting{.active_only = true, .oldest_first = true};
  for (const int64_t run_id : jobs::OverdueRuns(TRY(opened_.queue->List(waiting)), now)) {
    TRY(opened_.queue->Finish(run_id, state::RunState::kSkipped, "it waited for more than 48 hours",
                              Json()));
  }
  const std::vector<state::QueuedRun> active = TRY(opened_.queue->List(waiting));
  for (const int64_t run_id :
       jobs::ReadyRuns(active, [this](const state::QueuedRun& run) { return LimitsOfRun(run); })) {
    const auto before = started_.find(run_id);
    const bool lately = before != started_.end() && now - before->second < kRestartAfter;
    if (workers_.contains(run_id) || lately) continue;
    workers_[run_id] = TRY(StartWorker(opened_, run_id));
    started_[run_id] = now;
  }
  return {};
}

void SchedulerService::Reap() {
  std::erase_if(workers_, [](const auto& worker) {
    return waitpid(worker.second, nullptr, WNOHANG) == worker.second;
  });
  const Micros old = state::NowMicros() - kRestartAfter;
  std::erase_if(started_, [&](const auto& started) { return started.second < old; });
}

void SchedulerService::StopWorkers() {
  if (workers_.empty()) return;
  Say(fmt::format("stopping: {} under way may take {} s",
                  Plural(static_cast<int64_t>(workers_.size()), "run"),
                  options_.stop_timeout_seconds));
  const Micros deadline = state::NowMicros() + options_.stop_timeout_seconds * kMicrosOfSecond;
  bool asked = false;
  while (!workers_.empty()) {
    if (!asked && state::NowMicros() > deadline) {
      asked = true;
      for (const auto& [run_id, process] : workers_) kill(process, SIGTERM);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    Reap();
  }
}

}  // namespace lakesmith::app
