#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace lakesmith::engine {

// The native function that counts: spark_count_rules(counter id BIGINT, drop mask BIGINT, rule
// BOOLEAN, ...) counts the row and each rule that is true for it, and returns false when a rule in
// the mask (bit i is rule i) is not true. A null counts as not true.
inline constexpr const char* kCountRulesFunction = "spark_count_rules";

// Counts rows and rules while a query runs; the query names it by id(). Counts are exact once the
// query is done.
class RuleCounter {
 public:
  struct Counts;

  explicit RuleCounter(size_t rules);
  ~RuleCounter();
  RuleCounter(const RuleCounter&) = delete;
  RuleCounter& operator=(const RuleCounter&) = delete;

  int64_t id() const { return id_; }
  int64_t rows() const;
  // Rows for which the rule was true.
  int64_t passed(size_t rule) const;

 private:
  int64_t id_;
  std::shared_ptr<Counts> counts_;
};

}  // namespace lakesmith::engine
