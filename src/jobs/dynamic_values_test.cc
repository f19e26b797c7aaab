#include "jobs/dynamic_values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lakesmith::jobs {
namespace {

class DynamicValuesTest : public testing::Test {
 protected:
  DynamicValuesTest() {
    run_.run_id = 7;
    run_.job_key = "nightly";
    run_.run_name = "the nightly job";
    run_.parameters = {{"day", "2024-01-15"}};
    run_.start_time = 1'705'311'912'345;  // 2024-01-15T09:45:12.345Z, a Monday.
    TaskRecord load{.task_key = "load-1", .outcome = Outcome::kSuccess};
    load.values = {{"rows", 12}, {"name", "x"}, {"list", {1, 2}}};
    load.attempts.push_back({.run_id = 70});
    load.attempts.back().output = {{"first_row", {{"total", 3.5}}}};
    run_.tasks = {load, {.task_key = "next"}};
    run_.tasks[1].attempts.push_back({.run_id = 71});
  }

  ReferenceScope Scope() const {
    return {.run = &run_,
            .task = &run_.tasks[1],
            .settings = &settings_,
            .input = &input_,
            .trigger_time = 1'705'276'800'000,
            .trigger_details = &details_};
  }
  std::string Expand(const std::string& text) const {
    const Result<std::string> expanded = ExpandReferences(text, Scope());
    return expanded ? *expanded : "error: " + expanded.error().message();
  }

  RunRecord run_;
  bundle::Task settings_;
  Json input_ = {{"city", "Oslo"}};
  Json details_ = Json::object();
};

TEST_F(DynamicValuesTest, ReplacesKnownReferences) {
  EXPECT_EQ(Expand("{{job.parameters.day}}/{{ job.run_id }}"), "2024-01-15/7");
  EXPECT_EQ(Expand("{{job.name}} {{task.name}} {{task.run_id}} {{task.execution_count}}"),
            "the nightly job next 71 1");
  EXPECT_EQ(Expand("{{tasks.load-1.values.rows}} {{tasks.`load-1`.values.list}}"), "12 [1,2]");
  EXPECT_EQ(Expand("{{tasks.load-1.result_state}} {{tasks.load-1.output.first_row.total}}"),
            "success 3.5");
  EXPECT_EQ(Expand("{{input}} {{input.city}}"), R"({"city":"Oslo"} Oslo)");
  EXPECT_EQ(Expand("{{job.start_time.iso_datetime}} {{job.start_time.iso_weekday}}"),
            "2024-01-15T09:45:12 1");
  EXPECT_EQ(Expand("{{job.trigger.time.iso_date}} {{job.trigger.time.is_weekday}}"),
            "2024-01-15 true");
  EXPECT_EQ(Expand("{{job_id}} {{start_date}} {{task_key}} {{task_retry_count}}"),
            "nightly 2024-01-15 next 0");
}

TEST_F(DynamicValuesTest, RowsOfSqlAreObjects) {
  run_.tasks[0].attempts.back().output = {
      {"columns", {{{"name", "city"}}, {{"name", "n"}}}},
      {"rows", Json::array({Json::array({"Oslo", 3}), Json::array({"Rome", nullptr})})},
      {"row_count", 2}};
  EXPECT_EQ(Expand("{{tasks.load-1.output.rows}}"),
            R"([{"city":"Oslo","n":3},{"city":"Rome","n":null}])");
  EXPECT_EQ(Expand("{{tasks.load-1.output.first_row}} {{tasks.load-1.output.first_row.n}}"),
            R"({"city":"Oslo","n":3} 3)");
}

TEST_F(DynamicValuesTest, TellsWhatTriggeredTheRun) {
  EXPECT_EQ(Expand("{{job.trigger.file_arrival.location}}"),
            "error: {{job.trigger.file_arrival.location}} has a value only in runs that a "
            "file_arrival trigger started");
  EXPECT_EQ(Expand("{{job.trigger.table_update.updated_tables}}"), "[]");
  details_ = {{"location", "landing/in"}};
  EXPECT_EQ(Expand("{{job.trigger.file_arrival.location}}"), "landing/in");
  details_ = {{"updated_tables", {"main.s.orders"}},
              {"tables", {{"main.s.orders", {{"version", 7}, {"commit_timestamp", "then"}}}}}};
  EXPECT_EQ(Expand("{{job.trigger.table_update.updated_tables}} "
                   "{{job.trigger.table_update.main.s.orders.version}} "
                   "{{job.trigger.table_update.`main.s.orders`.commit_timestamp}}"),
            R"(["main.s.orders"] 7 then)");
}

TEST_F(DynamicValuesTest, LeavesOtherTextAlone) {
  EXPECT_EQ(Expand("{{ my_macro }} {{x.y}} {{secrets/a/b}} {{job"),
            "{{ my_macro }} {{x.y}} {{secrets/a/b}} {{job");
}

TEST_F(DynamicValuesTest, NamesWhatIsUnknown) {
  EXPECT_EQ(Expand("{{job.parameters.dya}}"),
            "error: {{job.parameters.dya}} is unknown; did you mean 'day'?");
  EXPECT_EQ(Expand("{{tasks.lod-1.values.rows}}"),
            "error: {{tasks.lod-1.values.rows}} is unknown; did you mean 'load-1'?");
  EXPECT_EQ(
      Expand("{{tasks.load-1.values.row}}"),
      "error: {{tasks.load-1.values.row}}: task 'load-1' set no value 'row'; did you mean 'rows'?");
  EXPECT_EQ(Expand("{{tasks.next.values.a}}"),
            "error: {{tasks.next.values.a}}: task 'next' has not ended; depend on it");
  EXPECT_EQ(Expand("{{job.start_time.iso_dat}}"),
            "error: 'iso_dat' is no part of a time; did you mean 'iso_date'?");
}

TEST(ConditionTest, ComparesTextsAndNumbers) {
  using bundle::ConditionOp;
  const auto evaluate = [](ConditionOp op, const char* left, const char* right) {
    const Result<std::string> result = EvaluateCondition({op, left, right});
    return result ? *result : result.error().message();
  };
  EXPECT_EQ(evaluate(ConditionOp::kEqualTo, "12.0", "12"), "false");
  EXPECT_EQ(evaluate(ConditionOp::kNotEqual, "a", "b"), "true");
  EXPECT_EQ(evaluate(ConditionOp::kGreaterThanOrEqual, "12.0", "12"), "true");
  EXPECT_EQ(evaluate(ConditionOp::kLessThan, "9", "10"), "true");
  EXPECT_EQ(evaluate(ConditionOp::kLessThan, "nine", "10"),
            "'nine' is no number, so it cannot be compared as one");
}

TEST(PushDownTest, TheJobsValueWins) {
  bundle::Task task;
  task.sql_task.emplace();
  task.sql_task->parameters = {{"day", "own"}, {"other", "kept"}};
  PushDownParameters({{"day", "job"}, {"more", "1"}}, task);
  EXPECT_EQ(task.sql_task->parameters,
            (bundle::TextMap{{"day", "job"}, {"more", "1"}, {"other", "kept"}}));
}

}  // namespace
}  // namespace lakesmith::jobs
