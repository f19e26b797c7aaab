// Random jobs against a model of the rules that knows no events.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "jobs/run_json.h"
#include "jobs/run_machine_test_internal.h"

namespace lakesmith::jobs {
namespace {

// A random job with what each attempt will do, and a model of the rules that knows no events: it
// walks the tasks in order and adds up times.
class RandomCase {
 public:
  explicit RandomCase(uint32_t seed) : random_(seed) {
    const size_t count = 1 + Draw(9);
    for (size_t i = 0; i < count; ++i) AddTask(i);
    // Task keys are sorted, as a loaded job has them; names make the order of creation that order.
  }

  Job job;
  Scripts scripts;

  struct Modelled {
    std::optional<Outcome> outcome;  // None: not yet.
    std::string condition;
    Millis start = 0;
    Millis end = 0;
    int attempts = 0;
    bool started = false;
  };

  // How every task ends without a stop of the whole run. `fixed` are tasks kept by a repair.
  std::vector<Modelled> Model(const std::map<size_t, Modelled>& fixed = {}) const {
    std::vector<Modelled> model(job.tasks.size());
    for (size_t i = 0; i < job.tasks.size(); ++i) {
      model[i] = fixed.contains(i) ? fixed.at(i) : ModelTask(i, model);
    }
    return model;
  }

  static void Cut(std::vector<Modelled>& model, Millis at, Outcome running) {
    for (Modelled& task : model) {
      if (task.end <= at && (task.started || task.outcome == Outcome::kDisabled)) continue;
      if (!task.started && task.end <= at) continue;  // Decided before.
      task.outcome = task.started && task.start < at ? running : Outcome::kCanceled;
    }
  }

  Outcome ModelRun(const std::vector<Modelled>& model) const {
    bool any = false;
    bool leaf = false;
    for (size_t i = 0; i < model.size(); ++i) {
      const bool bad = !Good(*model[i].outcome);
      any |= bad;
      leaf |= bad && IsLeaf(i);
    }
    return leaf ? Outcome::kFailed : any ? Outcome::kSuccessWithFailures : Outcome::kSuccess;
  }

  size_t Draw(size_t below) { return random_() % below; }

  std::vector<Script> DrawScripts(bool condition) {
    std::vector<Script> attempts;
    for (int i = 0; i < 8; ++i) {
      Script script{.duration = static_cast<Millis>(1 + Draw(4000))};
      if (Draw(3) == 0) script.outcome = Outcome::kFailed;
      script.permanent = Draw(4) == 0;
      if (condition) script.condition = Draw(2) == 0 ? "true" : "false";
      attempts.push_back(script);
    }
    return attempts;
  }

 private:
  static bool Good(Outcome outcome) {
    return outcome == Outcome::kSuccess || outcome == Outcome::kExcluded ||
           outcome == Outcome::kDisabled;
  }

  void AddTask(size_t index) {
    Task task = MakeTask(fmt::format("t{}", index));
    if (Draw(5) == 0) task.kind = TaskKind::kCondition;
    for (size_t before = 0; before < index; ++before) {
      if (Draw(3) != 0) continue;
      bundle::Dependency dependency{.task_key = {job.tasks[before].task_key.value, {}}};
      const bool is_condition = job.tasks[before].kind == TaskKind::kCondition;
      if (is_condition && Draw(2) == 0) dependency.outcome = Draw(2) == 0 ? "true" : "false";
      task.depends_on.push_back(dependency);
    }
    task.run_if = static_cast<RunIf>(Draw(6));
    task.disabled = Draw(12) == 0;
    task.max_retries = static_cast<int64_t>(Draw(4));
    task.min_retry_interval_millis = static_cast<int64_t>(Draw(3) * 1500);
    task.retry_on_timeout = Draw(2) == 0;
    task.timeout_seconds = static_cast<int64_t>(Draw(4));
    scripts[task.task_key.value] = DrawScripts(task.kind == TaskKind::kCondition);
    job.tasks.push_back(std::move(task));
  }

  size_t IndexOf(const std::string& key) const { return std::stoul(key.substr(1)); }

  bool IsLeaf(size_t index) const {
    for (const Task& task : job.tasks) {
      for (const bundle::Dependency& dependency : task.depends_on) {
        if (IndexOf(dependency.task_key.value) == index) return false;
      }
    }
    return true;
  }

  // The rules of section 8, by counting.
  Modelled ModelTask(size_t index, const std::vector<Modelled>& model) const {
    const Task& task = job.tasks[index];
    Modelled result;
    if (task.disabled) {
      result.outcome = Outcome::kDisabled;
      return result;
    }
    int good = 0;
    int bad = 0;
    int excluded = 0;
    int canceled = 0;
    bool unwanted = false;
    for (const bundle::Dependency& dependency : task.depends_on) {
      const Modelled& before = model[IndexOf(dependency.task_key.value)];
      result.end = std::max(result.end, before.end);
      const Outcome outcome = *before.outcome;
      const bool left_out = outcome == Outcome::kExcluded || outcome == Outcome::kDisabled;
      excluded += left_out;
      good += Good(outcome);
      bad += !Good(outcome);
      canceled += outcome == Outcome::kCanceled || outcome == Outcome::kUpstreamCanceled;
      const bool other = !dependency.outcome.empty() && before.condition != dependency.outcome;
      unwanted |= Good(outcome) && other;
    }
    const int all = good + bad;
    result.start = result.end;
    const bool runs = all == 0 || (task.run_if == RunIf::kAllDone) ||
                      (task.run_if == RunIf::kAllSuccess && bad == 0) ||
                      (task.run_if == RunIf::kNoneFailed && bad == 0) ||
                      (task.run_if == RunIf::kAtLeastOneSuccess && good > 0) ||
                      (task.run_if == RunIf::kAtLeastOneFailed && bad > 0) ||
                      (task.run_if == RunIf::kAllFailed && bad == all);
    const bool wants_failure =
        task.run_if == RunIf::kAtLeastOneFailed || task.run_if == RunIf::kAllFailed;
    if (unwanted || (all > 0 && excluded == all) || (!runs && wants_failure)) {
      result.outcome = Outcome::kExcluded;
    } else if (!runs) {
      result.outcome = bad == canceled ? Outcome::kUpstreamCanceled : Outcome::kUpstreamFailed;
    } else {
      ModelAttempts(task, result);
    }
    return result;
  }

  void ModelAttempts(const Task& task, Modelled& result) const {
    result.started = true;
    Millis start = result.start;
    const std::vector<Script>& attempts = scripts.at(task.task_key.value);
    for (int64_t used = 0;; ++used) {
      const Script& script = attempts[std::min<size_t>(used, attempts.size() - 1)];
      ++result.attempts;
      const Millis limit = task.timeout_seconds * 1000;
      const bool late = limit > 0 && script.duration > limit;
      result.outcome = late ? Outcome::kTimedOut : script.outcome;
      result.end = start + (late ? limit : script.duration);
      if (result.outcome == Outcome::kSuccess) result.condition = script.condition;
      const bool may = late ? task.retry_on_timeout : script.outcome == Outcome::kFailed;
      const bool permanent = !late && script.permanent;
      const bool again = may && !permanent && task.kind != TaskKind::kCondition;
      if (!again || used >= task.max_retries) return;
      start = std::max(result.end, start + task.min_retry_interval_millis);
    }
  }

  std::mt19937 random_;
};

std::string Describe(const Job& job) {
  std::string text;
  for (const Task& task : job.tasks) {
    text += fmt::format("{} kind={} run_if={} after", task.task_key.value,
                        bundle::TaskKindName(task.kind), static_cast<int>(task.run_if));
    for (const bundle::Dependency& dependency : task.depends_on) {
      text += fmt::format(" {}/{}", dependency.task_key.value, dependency.outcome);
    }
    text += "\n";
  }
  return text;
}

void ExpectSame(const RunRecord& run, const std::vector<RandomCase::Modelled>& model,
                const std::string& what) {
  for (size_t i = 0; i < model.size(); ++i) {
    const TaskRecord& task = run.tasks[i];
    ASSERT_TRUE(task.outcome) << what << task.task_key;
    ASSERT_EQ(OutcomeName(*task.outcome), OutcomeName(*model[i].outcome)) << what << task.task_key;
  }
}

TEST(RandomGraphTest, EndsAsTheModelSays) {
  for (uint32_t seed = 0; seed < 5000; ++seed) {
    RandomCase random(seed);
    const std::vector<RandomCase::Modelled> model = random.Model();
    const RunRecord run = Simulation(random.job, random.scripts).Run();
    const std::string what = fmt::format("seed {}\n{}", seed, Describe(random.job));
    ASSERT_NO_FATAL_FAILURE(ExpectSame(run, model, what));
    ASSERT_EQ(OutcomeName(*run.outcome), OutcomeName(random.ModelRun(model))) << what;
    Millis end = 0;
    for (size_t i = 0; i < model.size(); ++i) {
      end = std::max(end, model[i].end);
      ASSERT_EQ(run.tasks[i].attempts.size(), static_cast<size_t>(model[i].attempts)) << what;
    }
    ASSERT_EQ(run.end_time, end) << what;
  }
}

TEST(RandomGraphTest, StopsAsTheModelSays) {
  for (uint32_t seed = 0; seed < 5000; ++seed) {
    RandomCase random(seed);
    std::vector<RandomCase::Modelled> model = random.Model();
    Millis end = 0;
    for (const RandomCase::Modelled& task : model) end = std::max(end, task.end);
    const bool by_timeout = random.Draw(2) == 0;
    const Millis at = by_timeout ? static_cast<Millis>(1000 * (1 + random.Draw(5)))
                                 : static_cast<Millis>(1 + random.Draw(12'000));
    if (at >= end) continue;
    const bool tie = std::ranges::any_of(model, [&](const RandomCase::Modelled& task) {
      return task.end == at || task.start == at;
    });
    if (tie) continue;
    if (by_timeout) random.job.timeout_seconds = at / 1000;
    const RunRecord run =
        Simulation(random.job, random.scripts).Run(by_timeout ? std::nullopt : std::optional(at));
    const Outcome stopped = by_timeout ? Outcome::kTimedOut : Outcome::kCanceled;
    RandomCase::Cut(model, at, stopped);
    const std::string what = fmt::format("seed {} at {}\n{}", seed, at, Describe(random.job));
    ASSERT_NO_FATAL_FAILURE(ExpectSame(run, model, what));
    ASSERT_EQ(OutcomeName(*run.outcome), OutcomeName(stopped)) << what;
    ASSERT_EQ(run.end_time, at) << what;
  }
}

TEST(RandomGraphTest, RepairsAsTheModelSays) {
  int repaired = 0;
  for (uint32_t seed = 0; seed < 5000; ++seed) {
    RandomCase random(seed);
    const RunRecord first = Simulation(random.job, random.scripts).Run();
    if (first.outcome == Outcome::kSuccess) continue;
    ++repaired;
    // Kept: what succeeded with everything before it kept.
    const std::vector<RandomCase::Modelled> before = random.Model();
    std::map<size_t, RandomCase::Modelled> kept;
    for (size_t i = 0; i < before.size(); ++i) {
      bool keep = before[i].outcome == Outcome::kSuccess;
      for (const bundle::Dependency& dependency : random.job.tasks[i].depends_on) {
        keep &= kept.contains(std::stoul(dependency.task_key.value.substr(1)));
      }
      if (!keep) continue;
      kept[i] = before[i];
      kept[i].start = kept[i].end = 0;
    }
    for (size_t i = 0; i < before.size(); ++i) {
      const bool condition = random.job.tasks[i].kind == TaskKind::kCondition;
      random.scripts[random.job.tasks[i].task_key.value] = random.DrawScripts(condition);
    }
    // As a repair by another process does: from the record as it is kept.
    const Result<RunRecord> kept_record = RunFromJson(RunJson(first));
    ASSERT_TRUE(kept_record) << kept_record.error().ToString();
    const RunRecord run =
        Simulation(random.job, random.scripts, {.repair_of = &*kept_record}).Run();
    const std::string what = fmt::format("seed {}\n{}", seed, Describe(random.job));
    const std::vector<RandomCase::Modelled> model = random.Model(kept);
    ASSERT_NO_FATAL_FAILURE(ExpectSame(run, model, what));
    ASSERT_EQ(run.repair_count, 1);
    for (const auto& [i, task] : kept) {
      ASSERT_EQ(run.tasks[i].attempts.size(), first.tasks[i].attempts.size()) << what;
    }
  }
  EXPECT_GT(repaired, 1000);
}

}  // namespace
}  // namespace lakesmith::jobs
