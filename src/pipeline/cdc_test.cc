#include "pipeline/cdc.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>

#include "engine/session.h"
#include "pipeline/pipeline.h"
#include "state/state.h"

namespace lakesmith::pipeline {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kFeeds = R"(
CREATE STREAMING TABLE changes AS SELECT * FROM STREAM read_files('landing', format => 'json',
  schema => 'id BIGINT, seq BIGINT, op STRING, name STRING, city STRING');
CREATE STREAMING TABLE t1;
CREATE FLOW f1 AS AUTO CDC INTO t1 FROM STREAM(changes) KEYS (id) APPLY AS DELETE WHEN op = 'D' SEQUENCE BY seq
  COLUMNS * EXCEPT (op) STORED AS SCD TYPE 1;
CREATE STREAMING TABLE t2;
CREATE FLOW f2 AS AUTO CDC INTO t2 FROM STREAM(changes) KEYS (id) APPLY AS DELETE WHEN op = 'D' SEQUENCE BY seq
  COLUMNS * EXCEPT (op, seq) STORED AS SCD TYPE 2;
CREATE STREAMING TABLE t2n;
CREATE FLOW f2n AS AUTO CDC INTO t2n FROM STREAM(changes) KEYS (id) APPLY AS DELETE WHEN op = 'D' SEQUENCE BY seq
  COLUMNS * EXCEPT (op, seq) STORED AS SCD TYPE 2 TRACK HISTORY ON (name);
)";

// One event as "id seq op name city"; '-' is null.
std::string Line(const std::string& event) {
  std::istringstream words(event);
  std::string text = "{";
  for (const char* column : {"id", "seq", "op", "name", "city"}) {
    std::string word;
    words >> word;
    const bool number = std::string_view(column) == "id" || std::string_view(column) == "seq";
    text += fmt::format("{}\"{}\": {}", text.size() > 1 ? ", " : "", column,
                        word == "-" ? "null" : (number ? word : "\"" + word + "\""));
  }
  return text + "}\n";
}

class CdcTest : public testing::Test {
 protected:
  CdcTest() : folder_(fs::temp_directory_path() / ("cdc-" + state::NewId())) {
    fs::create_directories(folder_ / "landing");
    engine::WorkspaceOptions options;
    options.warehouse = folder_ / "warehouse";
    workspace_ = engine::Workspace::Open(options).value();
  }
  ~CdcTest() override { fs::remove_all(folder_); }

  void Land(const std::vector<std::string>& events) {
    std::ofstream file(folder_ / "landing" / fmt::format("{:03}.json", files_++));
    for (const std::string& event : events) file << Line(event);
  }

  // "" when the update completes, else what went wrong.
  std::string Run(const std::string& text = kFeeds) {
    std::ofstream(folder_ / "p.sql") << text;
    PipelineSpec spec;
    spec.name = "test";
    spec.source_files = {(folder_ / "p.sql").string()};
    spec.root_folder = folder_.string();
    spec.schema = "s";
    UpdateHost host;
    host.open_session = [this] { return engine::Session::Open(workspace_); };
    const Result<UpdateResult> result = RunUpdate(spec, {}, host);
    if (!result) return result.error().ToString();
    return result->error ? result->error->ToString() : "";
  }

  // Rows as words with '-' for null, ordered.
  std::vector<std::string> Rows(const std::string& sql) {
    const auto session = engine::Session::Open(workspace_).value();
    Result<engine::StatementResult> result = session->Execute(sql);
    if (!result) return {result.error().ToString()};
    const std::vector<types::ValueList> rows = engine::Collect(*result->rows).value();
    std::vector<std::string> texts;
    for (const types::ValueList& row : rows) {
      std::string text;
      for (size_t i = 0; i < row.size(); ++i) {
        const std::string word =
            row[i].is_null() ? "-" : types::ToSparkText(row[i], result->columns[i].type);
        text += (i == 0 ? "" : " ") + word;
      }
      texts.push_back(text);
    }
    std::ranges::sort(texts);
    return texts;
  }

  std::vector<std::string> T1() { return Rows("SELECT id, seq, name, city FROM s.t1"); }
  std::vector<std::string> T2(const std::string& table = "t2") {
    return Rows("SELECT id, name, city, __START_AT, __END_AT FROM s." + table);
  }

  fs::path folder_;
  int files_ = 0;
  std::shared_ptr<engine::Workspace> workspace_;
};

const std::vector<std::vector<std::string>> kBatches = {
    {"1 5 U Alice X", "1 10 U Alice Y", "2 1 U Bob P", "3 7 D - -"},
    {"1 20 U Charlie Z", "2 4 D - -", "3 5 U Carl Q"},
    {"1 12 U Bobby W", "2 2 U Bob R", "3 9 U Carla S"},
    {"1 25 D - -", "4 1 U Dan A", "4 2 U Dan A", "4 3 U Dan -"}};

// The rows after each batch, as another implementation of AUTO CDC gives them.
TEST_F(CdcTest, TheGoldenBatchesGiveTheGoldenRows) {
  Land(kBatches[0]);
  ASSERT_EQ(Run(), "");
  EXPECT_THAT(T1(), ElementsAre("1 10 Alice Y", "2 1 Bob P"));
  EXPECT_THAT(T2(), ElementsAre("1 Alice X 5 10", "1 Alice Y 10 -", "2 Bob P 1 -"));
  EXPECT_THAT(T2("t2n"), ElementsAre("1 Alice Y 5 -", "2 Bob P 1 -"));

  Land(kBatches[1]);
  ASSERT_EQ(Run(), "");
  EXPECT_THAT(T1(), ElementsAre("1 20 Charlie Z"));
  EXPECT_THAT(T2(), ElementsAre("1 Alice X 5 10", "1 Alice Y 10 20", "1 Charlie Z 20 -",
                                "2 Bob P 1 4", "3 Carl Q 5 7"));
  EXPECT_THAT(T2("t2n"),
              ElementsAre("1 Alice Y 5 20", "1 Charlie Z 20 -", "2 Bob P 1 4", "3 Carl Q 5 7"));

  Land(kBatches[2]);
  ASSERT_EQ(Run(), "");
  EXPECT_THAT(T1(), ElementsAre("1 20 Charlie Z", "3 9 Carla S"));
  EXPECT_THAT(
      T2(), ElementsAre("1 Alice X 5 10", "1 Alice Y 10 12", "1 Bobby W 12 20", "1 Charlie Z 20 -",
                        "2 Bob P 1 2", "2 Bob R 2 4", "3 Carl Q 5 7", "3 Carla S 9 -"));
  EXPECT_THAT(T2("t2n"), ElementsAre("1 Alice Y 5 12", "1 Bobby W 12 20", "1 Charlie Z 20 -",
                                     "2 Bob R 1 4", "3 Carl Q 5 7", "3 Carla S 9 -"));

  Land(kBatches[3]);
  ASSERT_EQ(Run(), "");
  EXPECT_THAT(T1(), ElementsAre("3 9 Carla S", "4 3 Dan -"));
  EXPECT_THAT(T2(), ElementsAre("1 Alice X 5 10", "1 Alice Y 10 12", "1 Bobby W 12 20",
                                "1 Charlie Z 20 25", "2 Bob P 1 2", "2 Bob R 2 4", "3 Carl Q 5 7",
                                "3 Carla S 9 -", "4 Dan - 3 -", "4 Dan A 1 3"));
  EXPECT_THAT(T2("t2n"),
              ElementsAre("1 Alice Y 5 12", "1 Bobby W 12 20", "1 Charlie Z 20 25", "2 Bob R 1 4",
                          "3 Carl Q 5 7", "3 Carla S 9 -", "4 Dan - 1 -"));
}

TEST_F(CdcTest, OrderAndBatchesOfArrivalDoNotMatter) {
  std::vector<std::string> events;
  for (const auto& batch : kBatches) events.insert(events.end(), batch.begin(), batch.end());
  std::mt19937 random(7);
  std::ranges::shuffle(events, random);
  for (size_t i = 0; i < events.size(); i += 5) {
    Land({events.begin() + static_cast<ptrdiff_t>(i),
          events.begin() + static_cast<ptrdiff_t>(std::min(i + 5, events.size()))});
    ASSERT_EQ(Run(), "");
  }
  EXPECT_THAT(T1(), ElementsAre("3 9 Carla S", "4 3 Dan -"));
  EXPECT_THAT(T2("t2n"),
              ElementsAre("1 Alice Y 5 12", "1 Bobby W 12 20", "1 Charlie Z 20 25", "2 Bob R 1 4",
                          "3 Carl Q 5 7", "3 Carla S 9 -", "4 Dan - 1 -"));
}

constexpr const char* kPatch = R"(
CREATE STREAMING TABLE t1;
CREATE FLOW f AS AUTO CDC INTO t1 FROM STREAM read_files('landing', format => 'json',
  schema => 'id BIGINT, seq BIGINT, op STRING, name STRING, city STRING') KEYS (id)
  IGNORE NULL UPDATES APPLY AS DELETE WHEN op = 'D' APPLY AS TRUNCATE WHEN op = 'T' SEQUENCE BY seq COLUMNS * EXCEPT (op);
)";

TEST_F(CdcTest, NullUpdatesKeepWhatIsThereAndATruncateRemovesOlderRows) {
  Land({"1 1 U Ann Oslo", "1 2 U - Rome", "2 1 U Bob Bonn", "2 2 D - -", "2 3 U - Kiel"});
  ASSERT_EQ(Run(kPatch), "");
  EXPECT_THAT(T1(), ElementsAre("1 2 Ann Rome", "2 3 - Kiel"));
  Land({"9 3 T - -"});
  ASSERT_EQ(Run(kPatch), "");
  EXPECT_THAT(T1(), ElementsAre("2 3 - Kiel"));
}

TEST_F(CdcTest, ANullKeyOrSequenceStopsTheBatch) {
  Land({"- 1 U Ann Oslo"});
  EXPECT_THAT(Run(kPatch), AllOf(HasSubstr("AUTO CDC into 'main.s.t1': the key 'id' is NULL"),
                                 HasSubstr("Oslo"), Not(HasSubstr("Expectation"))));
  fs::remove_all(folder_ / "landing");
  fs::create_directories(folder_ / "landing");
  Land({"1 - U Ann Oslo"});
  EXPECT_THAT(Run(kPatch), AllOf(HasSubstr("SEQUENCE BY 'seq' is NULL"), Not(HasSubstr("__cdc"))));
}

TEST_F(CdcTest, WhatClausesNameIsLookedUpInTheSource) {
  Land({"1 1 U Ann Oslo"});
  const std::string head =
      "CREATE STREAMING TABLE changes AS SELECT * FROM STREAM read_files('landing', format => "
      "'json');"
      "CREATE STREAMING TABLE t1;\nCREATE FLOW f AS AUTO CDC INTO t1 FROM STREAM(changes)\n";
  const std::vector<std::pair<std::string, std::string>> mistakes = {
      {"KEYS (idd) SEQUENCE BY seq",
       "p.sql:3:7: KEYS names 'idd', which is not a column of STREAM(changes); did you mean 'id'?"},
      {"KEYS (id) SEQUENCE BY seq COLUMNS * EXCEPT (opp)",
       "p.sql:3:45: COLUMNS * EXCEPT names 'opp', which is not a column of STREAM(changes); did "
       "you "
       "mean 'op'?"},
      {"KEYS (id) SEQUENCE BY seq COLUMNS (name, cty)",
       "p.sql:3:42: COLUMNS names 'cty', which is not a column of STREAM(changes); did you mean "
       "'city'?"},
      {"KEYS (id) SEQUENCE BY seq COLUMNS (name)",
       "p.sql:3:7: KEYS names 'id', which COLUMNS leaves"},
      {"KEYS (id) SEQUENCE BY seqq", "p.sql:3:23: SEQUENCE BY: "},
      {"KEYS (id) APPLY AS DELETE WHEN opp = 'D' SEQUENCE BY seq",
       "p.sql:3:32: APPLY AS DELETE WHEN: "},
      {"KEYS (id) SEQUENCE BY seq STORED AS SCD TYPE 2 TRACK HISTORY ON (nam)",
       "p.sql:3:66: TRACK HISTORY ON names 'nam'"},
  };
  for (const auto& [clauses, wanted] : mistakes) {
    EXPECT_THAT(Run(head + clauses), HasSubstr(wanted)) << clauses;
  }
  EXPECT_FALSE(fs::exists(folder_ / "warehouse" / "s")) << "something was written";
}

TEST_F(CdcTest, ChangeRowsAreKeptInATableThatIsNotListed) {
  Land(kBatches[0]);
  ASSERT_EQ(Run(), "");
  EXPECT_THAT(Rows("SHOW TABLES IN s"),
              ElementsAre("s changes false", "s t1 false", "s t2 false", "s t2n false"));
  EXPECT_THAT(Rows("SELECT count(*) FROM s.__lakesmith_cdc_t1"), ElementsAre("4"));
}

}  // namespace
}  // namespace lakesmith::pipeline
