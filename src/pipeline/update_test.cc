#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "engine/session.h"
#include "pipeline/pipeline.h"
#include "state/state.h"

namespace lakesmith::pipeline {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kFolderVariable = "LAKESMITH_PIPELINE_TEST_FOLDER";

constexpr const char* kPipeline = R"(
CREATE OR REFRESH STREAMING TABLE bronze.orders
AS SELECT * FROM STREAM read_files('${landing}', format => 'json', maxFilesPerTrigger => 2);

CREATE OR REFRESH STREAMING TABLE silver.orders (
  CONSTRAINT has_id EXPECT (id IS NOT NULL) ON VIOLATION DROP ROW,
  CONSTRAINT positive EXPECT (amount > 0)
)
AS SELECT id, customer, amount FROM STREAM bronze.orders;

CREATE OR REFRESH MATERIALIZED VIEW gold.revenue
AS SELECT customer, sum(amount) AS revenue, count(*) AS orders FROM silver.orders GROUP BY customer;

CREATE OR REFRESH MATERIALIZED VIEW gold.numbers AS SELECT 1 AS one;
)";

// A project in a folder of its own: landing/, p.sql, warehouse/, state.db.
class Project {
 public:
  explicit Project(fs::path folder) : folder_(std::move(folder)) {
    fs::create_directories(folder_ / "landing");
    engine::WorkspaceOptions options;
    options.warehouse = folder_ / "warehouse";
    workspace_ = engine::Workspace::Open(options).value();
    state_ = state::Store::Open((folder_ / "state.db").string()).value();
  }

  void Land(const std::string& name, const std::string& lines) {
    std::ofstream(folder_ / "landing" / name) << lines;
  }

  Result<UpdateResult> Run(const std::string& text, UpdateOptions options = {}) {
    std::ofstream(folder_ / "p.sql") << text;
    PipelineSpec spec;
    spec.name = "test";
    spec.source_files = {(folder_ / "p.sql").string()};
    spec.root_folder = folder_.string();
    spec.schema = "silver";
    spec.configuration["landing"] = "landing";
    UpdateHost host;
    host.open_session = [this] { return engine::Session::Open(workspace_); };
    host.state = state_.get();
    return RunUpdate(spec, options, host);
  }

  // Rows as text, fields joined by '|', ordered.
  std::vector<std::string> Query(const std::string& sql) {
    const auto session = engine::Session::Open(workspace_).value();
    Result<engine::StatementResult> result = session->Execute(sql);
    if (!result) return {result.error().ToString()};
    Result<std::vector<types::ValueList>> rows = engine::Collect(*result->rows);
    if (!rows) return {rows.error().ToString()};
    std::vector<std::string> texts;
    for (const types::ValueList& row : *rows) {
      std::string text;
      for (size_t i = 0; i < row.size(); ++i) {
        text += (i == 0 ? "" : "|") + types::ToSparkText(row[i], result->columns[i].type);
      }
      texts.push_back(text);
    }
    std::ranges::sort(texts);
    return texts;
  }

  bool HasTables() const { return fs::exists(folder_ / "warehouse" / "main"); }
  state::Store& state() { return *state_; }
  const fs::path& folder() const { return folder_; }

 private:
  fs::path folder_;
  std::shared_ptr<engine::Workspace> workspace_;
  std::unique_ptr<state::Store> state_;
};

class UpdateTest : public testing::Test {
 protected:
  UpdateTest() : folder_(fs::temp_directory_path() / ("pipeline-" + state::NewId())) {}
  ~UpdateTest() override { fs::remove_all(folder_); }

  fs::path folder_;
};

const DatasetProgress& Find(const UpdateResult& result, const std::string& name) {
  const auto found = std::ranges::find(result.datasets, name, &DatasetProgress::name);
  EXPECT_NE(found, result.datasets.end()) << name;
  return *found;
}

// What went wrong in a result that should be complete.
std::string Failure(const Result<UpdateResult>& result) {
  if (!result) return result.error().ToString();
  return result->error ? result->error->ToString() : "";
}

constexpr const char* kFirst = R"({"id": 1, "customer": "a", "amount": 10}
{"id": 2, "customer": "b", "amount": -5}
{"id": null, "customer": "b", "amount": 7}
)";

TEST_F(UpdateTest, EachFileIsIngestedOnceAndCountsAreExact) {
  Project project(folder_);
  project.Land("1.json", kFirst);
  const Result<UpdateResult> first = project.Run(kPipeline);
  ASSERT_EQ(Failure(first), "");
  EXPECT_EQ(first->state, UpdateState::kCompleted);
  EXPECT_EQ(Find(*first, "main.bronze.orders").rows_written, 3);
  const DatasetProgress& silver = Find(*first, "main.silver.orders");
  EXPECT_EQ(silver.rows_written, 2);
  EXPECT_EQ(silver.rows_dropped, 1);
  ASSERT_EQ(silver.expectations.size(), 2U);
  EXPECT_EQ(silver.expectations[0].passed_records, 2);
  EXPECT_EQ(silver.expectations[0].failed_records, 1);
  EXPECT_EQ(silver.expectations[1].failed_records, 1);
  EXPECT_THAT(project.Query("SELECT * FROM gold.revenue"), ElementsAre("a|10|1", "b|-5|1"));

  const Result<UpdateResult> second = project.Run(kPipeline);
  ASSERT_EQ(Failure(second), "");
  for (const DatasetProgress& dataset : second->datasets) {
    EXPECT_EQ(dataset.state, FlowState::kIdle) << dataset.name;
    EXPECT_EQ(dataset.batches, 0) << dataset.name;
  }

  project.Land("2.json", R"({"id": 3, "customer": "a", "amount": 1})");
  const Result<UpdateResult> third = project.Run(kPipeline);
  ASSERT_EQ(Failure(third), "");
  EXPECT_EQ(Find(*third, "main.bronze.orders").rows_written, 1);
  EXPECT_EQ(Find(*third, "main.silver.orders").rows_written, 1);
  EXPECT_EQ(Find(*third, "main.gold.numbers").state, FlowState::kIdle);
  EXPECT_THAT(project.Query("SELECT * FROM gold.revenue"), ElementsAre("a|11|2", "b|-5|1"));
}

TEST_F(UpdateTest, BatchesHoldAtMostTheFilesThatAreAllowed) {
  Project project(folder_);
  for (int i = 0; i < 5; ++i) {
    project.Land(std::to_string(i) + ".json",
                 fmt::format(R"({{"id": {}, "customer": "c", "amount": 1}})", i));
  }
  const Result<UpdateResult> result = project.Run(kPipeline);
  ASSERT_EQ(Failure(result), "");
  EXPECT_EQ(Find(*result, "main.bronze.orders").batches, 3);
  EXPECT_EQ(Find(*result, "main.bronze.orders").files_read, 5);
  EXPECT_THAT(project.Query("SELECT * FROM gold.revenue"), ElementsAre("c|5|5"));
}

TEST_F(UpdateTest, AFailRuleWritesNothingAndStopsOnlyWhatReadsTheTable) {
  Project project(folder_);
  project.Land("1.json", kFirst);
  const std::string strict = R"(
CREATE STREAMING TABLE bronze.orders AS SELECT * FROM STREAM read_files('landing', format => 'json');
CREATE STREAMING TABLE strict (CONSTRAINT positive EXPECT (amount > 0) ON VIOLATION FAIL UPDATE)
AS SELECT * FROM STREAM bronze.orders;
CREATE MATERIALIZED VIEW after_it AS SELECT count(*) AS n FROM strict;
CREATE MATERIALIZED VIEW beside_it AS SELECT count(*) AS n FROM bronze.orders;
)";
  const Result<UpdateResult> result = project.Run(strict);
  ASSERT_TRUE(result) << result.error().ToString();
  EXPECT_EQ(result->state, UpdateState::kFailed);
  EXPECT_EQ(Find(*result, "main.silver.strict").state, FlowState::kFailed);
  EXPECT_EQ(Find(*result, "main.silver.after_it").state, FlowState::kSkipped);
  EXPECT_EQ(Find(*result, "main.silver.beside_it").state, FlowState::kCompleted);
  EXPECT_THAT(result->error->ToString(), HasSubstr("positive"));
  EXPECT_THAT(result->error->ToString(), HasSubstr("-5"));
  EXPECT_THAT(project.Query("SELECT count(*) FROM silver.strict"), ElementsAre("0"));
}

struct MistakeCase {
  const char* name;
  const char* text;
  const char* message;
};
class MistakeTest : public testing::TestWithParam<MistakeCase> {};

TEST_P(MistakeTest, IsToldBeforeAnythingIsWritten) {
  const fs::path folder = fs::temp_directory_path() / ("pipeline-" + state::NewId());
  {
    Project project(folder);
    project.Land("1.json", kFirst);
    const Result<UpdateResult> result = project.Run(GetParam().text);
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().ToString(), HasSubstr(GetParam().message));
    EXPECT_FALSE(project.HasTables());
    EXPECT_EQ(project.state().ListUpdates().value().at(0).state, state::RunState::kFailed);
  }
  fs::remove_all(folder);
}

INSTANTIATE_TEST_SUITE_P(
    All, MistakeTest,
    testing::Values(MistakeCase{"Column",
                                "CREATE STREAMING TABLE a AS\nSELECT id, amuont FROM STREAM "
                                "read_files('landing', format => 'json')",
                                "p.sql:2:12: "},
                    MistakeCase{"Table",
                                "CREATE MATERIALIZED VIEW orders AS SELECT 1 AS x;\nCREATE "
                                "MATERIALIZED VIEW b AS SELECT * FROM odrers",
                                "p.sql:2:45: "},
                    MistakeCase{"Folder",
                                "CREATE STREAMING TABLE a AS SELECT * FROM STREAM "
                                "read_files('lnading', format => 'json')",
                                "'landing'"},
                    MistakeCase{"Option",
                                "CREATE STREAMING TABLE a AS SELECT * FROM STREAM "
                                "read_files('landing', fromat => 'json')",
                                "closest: 'format'"},
                    MistakeCase{
                        "Rule",
                        "CREATE STREAMING TABLE a (\n  CONSTRAINT r EXPECT (amuont > 0))\nAS "
                        "SELECT * FROM STREAM read_files('landing', format => 'json')",
                        "p.sql:2:24: expectation 'r': "},
                    MistakeCase{"Declared",
                                "CREATE STREAMING TABLE a (identifier BIGINT) AS SELECT * FROM "
                                "STREAM read_files('landing', format => 'json')",
                                "declares a column 'identifier'"}),
    [](const auto& info) { return info.param.name; });

TEST_F(UpdateTest, OptionsOfAStreamSayWhereItBeginsAndWhatItSkips) {
  Project project(folder_);
  project.Query("CREATE SCHEMA raw");
  project.Query("CREATE TABLE raw.t AS SELECT 1 AS id");
  project.Query("INSERT INTO raw.t VALUES (2)");
  const std::string later = "SELECT * FROM STREAM raw.t WITH (startingVersion = ";
  const std::string text =
      "CREATE STREAMING TABLE whole AS SELECT * FROM STREAM raw.t WITH (skipChangeCommits = true);"
      "CREATE STREAMING TABLE second AS " +
      later + "1, skipChangeCommits = true);" + "CREATE STREAMING TABLE fourth AS " + later +
      "3, skipChangeCommits = true);" + "CREATE STREAMING TABLE newest AS " + later +
      "latest, skipChangeCommits = true)";
  ASSERT_EQ(Failure(project.Run(text)), "");
  EXPECT_THAT(project.Query("SELECT id FROM silver.newest"), IsEmpty());
  project.Query("UPDATE raw.t SET id = 7 WHERE id = 1");
  project.Query("INSERT INTO raw.t VALUES (3)");
  ASSERT_EQ(Failure(project.Run(text)), "");
  EXPECT_THAT(project.Query("SELECT id FROM silver.whole"), ElementsAre("1", "2", "3"));
  EXPECT_THAT(project.Query("SELECT id FROM silver.second"), ElementsAre("2", "3"));
  EXPECT_THAT(project.Query("SELECT id FROM silver.fourth"), ElementsAre("3"));
  EXPECT_THAT(project.Query("SELECT id FROM silver.newest"), ElementsAre("3"));
}

TEST_F(UpdateTest, ValidateOnlyWritesNothing) {
  Project project(folder_);
  project.Land("1.json", kFirst);
  const Result<UpdateResult> result = project.Run(kPipeline, {.validate_only = true});
  ASSERT_EQ(Failure(result), "");
  EXPECT_EQ(result->state, UpdateState::kCompleted);
  EXPECT_FALSE(project.HasTables());
}

TEST_F(UpdateTest, AFullRefreshStartsFromNothing) {
  Project project(folder_);
  project.Land("1.json", kFirst);
  ASSERT_EQ(Failure(project.Run(kPipeline)), "");
  fs::remove(folder_ / "landing" / "1.json");
  project.Land("2.json", R"({"id": 9, "customer": "z", "amount": 4})");
  const Result<UpdateResult> result = project.Run(kPipeline, {.full_refresh_all = true});
  ASSERT_EQ(Failure(result), "");
  EXPECT_THAT(project.Query("SELECT * FROM gold.revenue"), ElementsAre("z|4|1"));
  EXPECT_THAT(project.Query("SELECT id FROM bronze.orders"), ElementsAre("9"));
  const Result<UpdateResult> again = project.Run(kPipeline);
  ASSERT_EQ(Failure(again), "");
  EXPECT_EQ(Find(*again, "main.bronze.orders").state, FlowState::kIdle);
}

TEST_F(UpdateTest, ASelectionRefreshesOnlyWhatIsNamed) {
  Project project(folder_);
  project.Land("1.json", kFirst);
  ASSERT_EQ(Failure(project.Run(kPipeline)), "");
  project.Land("2.json", R"({"id": 3, "customer": "a", "amount": 1})");
  const Result<UpdateResult> result = project.Run(kPipeline, {.refresh = {"bronze.orders"}});
  ASSERT_EQ(Failure(result), "");
  EXPECT_EQ(Find(*result, "main.bronze.orders").rows_written, 1);
  EXPECT_EQ(Find(*result, "main.silver.orders").state, FlowState::kExcluded);
  EXPECT_THAT(project.Query("SELECT * FROM gold.revenue"), ElementsAre("a|10|1", "b|-5|1"));
  const Result<UpdateResult> wrong = project.Run(kPipeline, {.refresh = {"bronze.odrers"}});
  EXPECT_THAT(wrong.error().ToString(), HasSubstr("closest: 'bronze.orders'"));
}

TEST_F(UpdateTest, AChangedDefinitionRecomputesAView) {
  Project project(folder_);
  ASSERT_EQ(Failure(project.Run("CREATE MATERIALIZED VIEW v AS SELECT 1 AS a")), "");
  const Result<UpdateResult> result =
      project.Run("CREATE MATERIALIZED VIEW v AS SELECT 2 AS a, 'x' AS b");
  ASSERT_EQ(Failure(result), "");
  EXPECT_THAT(Find(*result, "main.silver.v").note, HasSubstr("definition changed"));
  EXPECT_THAT(project.Query("SELECT * FROM silver.v"), ElementsAre("2|x"));
}

TEST_F(UpdateTest, NewColumnsOfLaterFilesAreAdded) {
  Project project(folder_);
  const std::string text =
      "CREATE STREAMING TABLE a AS SELECT * FROM STREAM read_files('landing', format => 'json')";
  project.Land("1.json", R"({"id": 1})");
  ASSERT_EQ(Failure(project.Run(text)), "");
  project.Land("2.json", R"({"id": 2, "city": "Oslo"})");
  ASSERT_EQ(Failure(project.Run(text)), "");
  project.Land("3.json", R"({"id": 3})");
  ASSERT_EQ(Failure(project.Run(text)), "");
  EXPECT_THAT(project.Query("SELECT id, city FROM silver.a"),
              ElementsAre("1|NULL", "2|Oslo", "3|NULL"));
}

TEST_F(UpdateTest, ATableOfSomebodyElseIsLeftAlone) {
  Project project(folder_);
  ASSERT_THAT(project.Query("CREATE SCHEMA silver"), IsEmpty());
  ASSERT_THAT(project.Query("CREATE TABLE silver.v AS SELECT 5 AS a"), IsEmpty());
  const Result<UpdateResult> result = project.Run("CREATE MATERIALIZED VIEW v AS SELECT 1 AS a");
  EXPECT_THAT(Failure(result), HasSubstr("made by no pipeline"));
  EXPECT_THAT(project.Query("SELECT * FROM silver.v"), ElementsAre("5"));
}

TEST_F(UpdateTest, ViewsAndFlowsFeedTables) {
  Project project(folder_);
  project.Land("1.json", kFirst);
  const std::string text = R"(
CREATE STREAMING TABLE raw AS SELECT * FROM STREAM read_files('landing', format => 'json');
CREATE TEMPORARY VIEW good AS SELECT id, amount FROM STREAM(raw) WHERE id IS NOT NULL;
CREATE STREAMING TABLE merged;
CREATE FLOW live AS INSERT INTO merged BY NAME SELECT * FROM good;
CREATE FLOW history AS INSERT INTO ONCE merged BY NAME SELECT CAST(100 AS BIGINT) AS id, CAST(1 AS BIGINT) AS amount;
CREATE VIEW merged_ids AS SELECT id FROM merged;
CREATE MATERIALIZED VIEW total AS SELECT count(*) AS n FROM merged_ids;
)";
  ASSERT_EQ(Failure(project.Run(text)), "");
  EXPECT_THAT(project.Query("SELECT * FROM silver.merged"), ElementsAre("100|1", "1|10", "2|-5"));
  ASSERT_EQ(Failure(project.Run(text)), "");
  EXPECT_THAT(project.Query("SELECT n FROM silver.total"), ElementsAre("3"));
}

TEST_F(UpdateTest, TheEventLogTellsWhatHappened) {
  Project project(folder_);
  project.Land("1.json", kFirst);
  const Result<UpdateResult> result = project.Run(kPipeline);
  ASSERT_EQ(Failure(result), "");
  const std::vector<state::Event> events =
      project.state().ListEvents({.update_id = result->update_id}).value();
  EXPECT_EQ(events.front().event_type, "create_update");
  EXPECT_EQ(events.back().details["update_progress"]["state"], "COMPLETED");
  bool counted = false;
  for (const state::Event& event : events) {
    ASSERT_TRUE(event.details.contains(event.event_type));
    const Json& detail = event.details[event.event_type];
    if (event.event_type != "flow_progress" || event.origin["dataset_name"] != "main.silver.orders")
      continue;
    if (detail["status"] != "COMPLETED") continue;
    counted = true;
    EXPECT_EQ(detail["metrics"]["num_output_rows"], 2);
    EXPECT_EQ(detail["data_quality"]["dropped_records"], 1);
    EXPECT_EQ(detail["data_quality"]["expectations"][0]["failed_records"], 1);
  }
  EXPECT_TRUE(counted);
  EXPECT_EQ(project.state().ListUpdates().value().at(0).state, state::RunState::kSucceeded);
}

TEST_F(UpdateTest, AStopEndsTheUpdateAsCanceled) {
  Project project(folder_);
  project.Land("1.json", kFirst);
  std::stop_source stop;
  stop.request_stop();
  const Result<UpdateResult> result = project.Run(kPipeline, {.stop = stop.get_token()});
  ASSERT_TRUE(result) << result.error().ToString();
  EXPECT_EQ(result->state, UpdateState::kCanceled);
  EXPECT_EQ(Find(*result, "main.bronze.orders").state, FlowState::kStopped);
}

// The body of a child process of CrashTest; not a test by itself.
TEST(CrashChild, RunsAnUpdate) {
  const char* folder = std::getenv(kFolderVariable);
  if (folder == nullptr) GTEST_SKIP() << "runs only as a child of CrashTest";
  Project project(folder);
  ASSERT_EQ(Failure(project.Run(kPipeline)), "");
}

// Runs this program again for CrashChild; the place to crash is 0 for none. True when it ran to its
// end.
bool RunChild(const fs::path& folder, int crash_at) {
  const pid_t child = fork();
  if (child == 0) {
    setenv(kFolderVariable, folder.c_str(), 1);
    setenv("LAKESMITH_CRASH_AT", std::to_string(crash_at).c_str(), 1);
    const std::string output = (folder / "child.txt").string();
    if (freopen(output.c_str(), "w", stdout) == nullptr) _exit(9);
    execl("/proc/self/exe", "pipeline_test", "--gtest_filter=CrashChild.*", nullptr);
    _exit(9);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0) << "see " << folder / "child.txt";
  return WIFEXITED(status);
}

TEST(CrashTest, ARunKilledAnywhereEndsAsAnUndisturbedOne) {
  const fs::path folder = fs::temp_directory_path() / ("pipeline-" + state::NewId());
  const std::vector<std::string> bronze = {"1|a|10", "2|b|-5", "3|a|1", "4|c|2", "NULL|b|7"};
  const std::vector<std::string> gold = {"a|11|2", "b|-5|1", "c|2|1"};
  int crashes = 0;
  // Steps that share no factor with the number of places, so that all kinds of them are hit.
  for (int crash_at = 1; crash_at < 400; crash_at += 7) {
    fs::remove_all(folder);
    fs::create_directories(folder / "landing");
    std::ofstream(folder / "landing/1.json") << kFirst;
    std::ofstream(folder / "landing/2.json") << R"({"id": 3, "customer": "a", "amount": 1})";
    std::ofstream(folder / "landing/3.json") << R"({"id": 4, "customer": "c", "amount": 2})";
    const bool undisturbed = RunChild(folder, crash_at);
    if (!undisturbed) {
      ++crashes;
      ASSERT_TRUE(RunChild(folder, 0)) << "crash at " << crash_at;
    }
    Project project(folder);
    ASSERT_EQ(project.Query("SELECT id, customer, amount FROM bronze.orders"), bronze) << crash_at;
    ASSERT_EQ(project.Query("SELECT * FROM gold.revenue"), gold) << crash_at;
    if (undisturbed) break;
  }
  EXPECT_GE(crashes, 5);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace lakesmith::pipeline
