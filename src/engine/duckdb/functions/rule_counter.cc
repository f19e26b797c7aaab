#include "engine/duckdb/functions/rule_counter.h"

#include <atomic>
#include <map>
#include <mutex>

#include "engine/duckdb/duckdb_internal.h"
#include "engine/duckdb/functions/function_lists_internal.h"

namespace lakesmith::engine {

struct RuleCounter::Counts {
  explicit Counts(size_t rules) : passed(rules) {}
  std::atomic<int64_t> rows = 0;
  std::vector<std::atomic<int64_t>> passed;
};

namespace {

using ::duckdb::DataChunk;
using ::duckdb::ExpressionState;
using ::duckdb::LogicalType;
using ::duckdb::Vector;

// The counters of the queries that run, by id.
struct Registry {
  std::mutex mutex;  // Guards the rest.
  int64_t next_id = 1;
  std::map<int64_t, std::shared_ptr<RuleCounter::Counts>> counters;
};

Registry& Counters() {
  static Registry registry;
  return registry;
}

std::shared_ptr<RuleCounter::Counts> FindCounts(int64_t id) {
  Registry& registry = Counters();
  const std::lock_guard lock(registry.mutex);
  const auto found = registry.counters.find(id);
  if (found == registry.counters.end()) {
    throw ::duckdb::InternalException("spark_count_rules: no counter %lld",
                                      static_cast<long long>(id));
  }
  return found->second;
}

void CountRules(DataChunk& arguments, ExpressionState&, Vector& result) {
  const ::duckdb::idx_t count = arguments.size();
  const std::shared_ptr<RuleCounter::Counts> counts =
      FindCounts(arguments.data[0].GetValue(0).GetValue<int64_t>());
  const auto drop_mask = static_cast<uint64_t>(arguments.data[1].GetValue(0).GetValue<int64_t>());
  result.SetVectorType(::duckdb::VectorType::FLAT_VECTOR);
  auto* keep = ::duckdb::FlatVector::GetData<bool>(result);
  std::fill_n(keep, count, true);
  for (size_t rule = 0; rule + 2 < arguments.ColumnCount(); ++rule) {
    ::duckdb::UnifiedVectorFormat format;
    arguments.data[rule + 2].ToUnifiedFormat(count, format);
    const auto* values = ::duckdb::UnifiedVectorFormat::GetData<bool>(format);
    const bool drops = (drop_mask >> rule & 1) != 0;
    int64_t passed = 0;
    for (::duckdb::idx_t row = 0; row < count; ++row) {
      const ::duckdb::idx_t index = format.sel->get_index(row);
      const bool holds = format.validity.RowIsValid(index) && values[index];
      passed += holds ? 1 : 0;
      if (drops && !holds) keep[row] = false;
    }
    counts->passed.at(rule) += passed;
  }
  counts->rows += static_cast<int64_t>(count);
}

::duckdb::ScalarFunctionSet MakeCountRules() {
  ::duckdb::ScalarFunctionSet set(kCountRulesFunction);
  ::duckdb::ScalarFunction function({LogicalType::BIGINT, LogicalType::BIGINT},
                                    LogicalType::BOOLEAN, CountRules);
  function.varargs = LogicalType::BOOLEAN;
  // Each row is counted once, whatever its values are.
  function.stability = ::duckdb::FunctionStability::VOLATILE;
  function.null_handling = ::duckdb::FunctionNullHandling::SPECIAL_HANDLING;
  set.AddFunction(function);
  return set;
}

const NativeFunction kRuleFunctions[] = {{kCountRulesFunction, MakeCountRules}};

}  // namespace

std::span<const NativeFunction> RuleFunctions() { return kRuleFunctions; }

RuleCounter::RuleCounter(size_t rules) : counts_(std::make_shared<Counts>(rules)) {
  Registry& registry = Counters();
  const std::lock_guard lock(registry.mutex);
  id_ = registry.next_id++;
  registry.counters[id_] = counts_;
}

RuleCounter::~RuleCounter() {
  Registry& registry = Counters();
  const std::lock_guard lock(registry.mutex);
  registry.counters.erase(id_);
}

int64_t RuleCounter::rows() const { return counts_->rows; }

int64_t RuleCounter::passed(size_t rule) const { return counts_->passed.at(rule); }

}  // namespace lakesmith::engine
