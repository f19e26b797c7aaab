// How a RunMachine is set up: parameters, graph, selection of tasks, repair.
#include <algorithm>

#include "base/nearest.h"
#include "jobs/run_machine.h"

namespace lakesmith::jobs {
namespace {

std::string Hint(const std::string& name, const std::vector<std::string>& names) {
  const std::string nearest = Nearest(name, names);
  return nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest);
}

std::vector<std::string> SplitTerms(const std::string& text) {
  std::vector<std::string> terms;
  std::string term;
  for (const char c : text + ",") {
    if (c == ',') {
      if (!term.empty()) terms.push_back(std::exchange(term, ""));
    } else if (c != ' ') {
      term += c;
    }
  }
  return terms;
}

}  // namespace

Result<RunMachine> RunMachine::Make(const bundle::Job& job, const RunOptions& options,
                                    std::function<double()> random) {
  RunMachine machine(job, std::move(random));
  machine.max_parallel_ = options.max_parallel_tasks;
  machine.next_task_run_id_ = options.first_task_run_id;
  RunRecord& record = machine.record_;
  record.run_id = options.run_id;
  record.job_key = job.key;
  record.run_name = job.name;
  record.trigger_type = options.trigger_type;
  TRY(machine.SetParameters(options));
  TRY(machine.BuildGraph());
  if (!options.only.empty()) TRY(machine.Select(options.only));
  if (options.repair_of != nullptr) TRY(machine.Repair(options));
  return machine;
}

Status RunMachine::SetParameters(const RunOptions& options) {
  std::vector<std::string> names;
  for (const bundle::JobParameter& parameter : job_->parameters) {
    names.push_back(parameter.name.value);
    record_.parameters[parameter.name.value] = parameter.default_value;
  }
  if (options.repair_of != nullptr) {
    for (const auto& [name, value] : options.repair_of->parameters)
      record_.parameters[name] = value;
  }
  for (const auto& [name, value] : options.parameters) {
    if (std::ranges::find(names, name) == names.end()) {
      return Invalid("job '{}' has no parameter '{}'{}", job_->key, name, Hint(name, names));
    }
    record_.parameters[name] = value;
  }
  return {};
}

Status RunMachine::BuildGraph() {
  for (const bundle::Task& task : job_->tasks) {
    TaskRecord& record = record_.tasks.emplace_back();
    record.task_key = task.task_key.value;
    record.kind = task.kind;
    units_.push_back({.task = units_.size()});
  }
  for (const bundle::Task& task : job_->tasks) {
    TaskRecord& record = record_.tasks[dependencies_.size()];
    std::vector<size_t>& indices = dependencies_.emplace_back();
    std::vector<std::string>& outcomes = wanted_.emplace_back();
    for (const bundle::Dependency& dependency : task.depends_on) {
      const size_t before = TRY(TaskIndex(dependency.task_key.value));
      indices.push_back(before);
      outcomes.push_back(dependency.outcome);
      record.depends_on.push_back(dependency.task_key.value);
    }
  }
  // Taking away tasks without open dependencies must in the end take all.
  std::vector<bool> taken(job_->tasks.size(), false);
  for (bool moved = true; moved;) {
    moved = false;
    for (size_t i = 0; i < taken.size(); ++i) {
      const bool free = std::ranges::all_of(dependencies_[i], [&](size_t d) { return taken[d]; });
      if (!taken[i] && free) taken[i] = moved = true;
    }
  }
  if (std::ranges::find(taken, false) != taken.end()) {
    return Invalid("tasks of job '{}' depend on each other in a cycle", job_->key);
  }
  return {};
}

Result<size_t> RunMachine::TaskIndex(const std::string& key) const {
  std::vector<std::string> keys;
  for (size_t i = 0; i < job_->tasks.size(); ++i) {
    if (job_->tasks[i].task_key.value == key) return i;
    keys.push_back(job_->tasks[i].task_key.value);
  }
  return Invalid("job '{}' has no task '{}'{}", job_->key, key, Hint(key, keys));
}

void RunMachine::MarkDownstream(std::vector<bool>& marked) const {
  for (bool moved = true; moved;) {
    moved = false;
    for (size_t i = 0; i < marked.size(); ++i) {
      const bool after = std::ranges::any_of(dependencies_[i], [&](size_t d) { return marked[d]; });
      if (!marked[i] && after) marked[i] = moved = true;
    }
  }
}

void RunMachine::MarkUpstream(std::vector<bool>& marked) const {
  for (bool moved = true; moved;) {
    moved = false;
    for (size_t i = 0; i < marked.size(); ++i) {
      for (const size_t before : dependencies_[i]) {
        if (marked[i] && !marked[before]) marked[before] = moved = true;
      }
    }
  }
}

// A term is `key`, `+key` (with all before it), `key+` (with all after it), or both.
void RunMachine::AddWithNeighbours(const std::string& term, size_t task,
                                   std::vector<bool>& selected) const {
  std::vector<bool> before(selected.size(), false);
  std::vector<bool> after(selected.size(), false);
  before[task] = after[task] = true;
  if (term.starts_with('+')) MarkUpstream(before);
  if (term.ends_with('+')) MarkDownstream(after);
  for (size_t i = 0; i < selected.size(); ++i) {
    if (before[i] || after[i]) selected[i] = true;
  }
}

// Tasks that are not selected are excluded, and those selected do not wait for them.
Status RunMachine::Select(const std::string& only) {
  std::vector<bool> selected(job_->tasks.size(), false);
  for (const std::string& term : SplitTerms(only)) {
    const size_t begin = term.starts_with('+') ? 1 : 0;
    const size_t end = term.size() - (term.size() > begin && term.ends_with('+') ? 1 : 0);
    const size_t task = TRY(TaskIndex(term.substr(begin, end - begin)));
    AddWithNeighbours(term, task, selected);
  }
  for (size_t i = 0; i < selected.size(); ++i) {
    if (!selected[i]) {
      EndUnit(units_[i], Outcome::kExcluded, "not selected", 0);
      dependencies_[i].clear();  // What it would wait for decides how the run ends.
      wanted_[i].clear();
      continue;
    }
    std::vector<size_t> kept;
    std::vector<std::string> outcomes;
    for (size_t d = 0; d < dependencies_[i].size(); ++d) {
      if (!selected[dependencies_[i][d]]) continue;
      kept.push_back(dependencies_[i][d]);
      outcomes.push_back(wanted_[i][d]);
    }
    dependencies_[i] = std::move(kept);
    wanted_[i] = std::move(outcomes);
  }
  return {};
}

// Keeps what succeeded, unless something before it runs again.
Status RunMachine::Repair(const RunOptions& options) {
  const RunRecord& earlier = *options.repair_of;
  std::vector<bool> rerun(job_->tasks.size(), false);
  for (const std::string& key : options.rerun_tasks) {
    const size_t task = TRY(TaskIndex(key));
    rerun[task] = true;
  }
  const auto find = [&](const std::string& key) {
    return std::ranges::find(earlier.tasks, key, &TaskRecord::task_key);
  };
  for (size_t i = 0; i < rerun.size(); ++i) {
    const auto before = find(record_.tasks[i].task_key);
    const bool succeeded =
        before != earlier.tasks.end() && before->outcome && IsGood(*before->outcome);
    if (!succeeded && options.rerun_tasks.empty()) rerun[i] = true;
    // Added since, or never ended because the program was killed.
    if (before == earlier.tasks.end() || !before->outcome) rerun[i] = true;
  }
  MarkDownstream(rerun);
  for (size_t i = 0; i < rerun.size(); ++i) {
    const auto before = find(record_.tasks[i].task_key);
    if (before == earlier.tasks.end()) continue;
    if (rerun[i]) {
      record_.tasks[i].attempts = before->attempts;  // One history.
    } else {
      const bundle::TaskKind kind = record_.tasks[i].kind;
      record_.tasks[i] = *before;
      record_.tasks[i].kind = kind;
      units_[i].state = UnitState::kDone;
    }
  }
  record_.repair_count = earlier.repair_count + 1;
  record_.earlier_ends = earlier.earlier_ends;
  record_.earlier_ends.push_back({.start_time = earlier.start_time,
                                  .end_time = earlier.end_time,
                                  .life_cycle = earlier.life_cycle,
                                  .outcome = earlier.outcome,
                                  .message = earlier.message});
  return {};
}

}  // namespace lakesmith::jobs
