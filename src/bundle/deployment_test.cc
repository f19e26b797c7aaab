#include "bundle/deployment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace lakesmith::bundle {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class DeploymentTest : public testing::Test {
 protected:
  DeploymentTest() {
    std::string name = (fs::temp_directory_path() / "lakesmith_deploy_XXXXXX").string();
    root_ = mkdtemp(name.data());
    Write("databricks.yml", R"(bundle: {name: shop}
resources:
  jobs:
    nightly: {tasks: [{task_key: a, sql_task: {file: {path: a.sql}}}]}
  schemas:
    raw: {catalog_name: main, name: raw}
)");
    Write("a.sql", "select 1");
  }
  ~DeploymentTest() override { fs::remove_all(root_); }

  void Write(const std::string& file, const std::string& text) {
    fs::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << text;
  }
  Bundle LoadBundle() const { return *Load(root_, {.user = {"ada"}}); }
  DeploymentPlan Plan(const Bundle& bundle) const {
    return *PlanDeployment(bundle, *ReadDeployment(DeploymentFolder(bundle)));
  }
  void DeployNow() const {
    const Bundle bundle = LoadBundle();
    const Result<DeploymentState> state = Deploy(bundle, Plan(bundle), false);
    ASSERT_TRUE(state) << state.error().ToString();
  }

  fs::path root_;
};

TEST_F(DeploymentTest, PlansDeploysAndFindsNothingMoreToDo) {
  EXPECT_EQ(PlanText(Plan(LoadBundle())),
            "create jobs.nightly\ncreate schemas.raw\n"
            "Plan: 2 to add, 0 to change, 0 to delete, 0 unchanged\n");
  DeployNow();
  EXPECT_TRUE(Plan(LoadBundle()).empty());
  const Result<DeploymentState> state = ReadDeployment(DeploymentFolder(LoadBundle()));
  EXPECT_EQ(state->serial, 1);
  EXPECT_TRUE(fs::exists(DeploymentFolder(LoadBundle()) / "snapshots" / state->snapshot / "a.sql"));
}

TEST_F(DeploymentTest, SeesChangesOfFilesAndResources) {
  DeployNow();
  Write("a.sql", "select 2");
  EXPECT_TRUE(Plan(LoadBundle()).files_changed);
  Write("databricks.yml", R"(bundle: {name: shop}
resources:
  schemas:
    raw: {catalog_name: main, name: raw2}
  jobs:
    weekly: {tasks: [{task_key: a, sql_task: {file: {path: a.sql}}}]}
)");
  EXPECT_EQ(PlanText(Plan(LoadBundle())),
            "delete jobs.nightly\ncreate jobs.weekly\nrecreate schemas.raw\n"
            "Plan: 2 to add, 0 to change, 2 to delete, 0 unchanged\n");
}

TEST_F(DeploymentTest, LeavesOutIgnoredFiles) {
  Write(".gitignore", "data/\n*.log\n!keep.log\n");
  Write("data/big.parquet", "");
  Write("x.log", "");
  Write("keep.log", "");
  Write(".venv/lib.py", "");
  EXPECT_THAT(DeployedFiles(LoadBundle()),
              ElementsAre(".gitignore", "a.sql", "databricks.yml", "keep.log"));
}

TEST_F(DeploymentTest, RefusesWhatItMust) {
  DeployNow();
  const Bundle bundle = LoadBundle();
  Write(".lakesmith/bundle/default/deploy.lock", "bob since 1");
  const Result<DeploymentState> locked = Deploy(bundle, Plan(bundle), false);
  ASSERT_FALSE(locked);
  EXPECT_EQ(locked.error().code(), ErrorCode::kConflict);
  EXPECT_THAT(locked.error().message(), HasSubstr("bob since 1"));
  EXPECT_TRUE(Deploy(bundle, Plan(bundle), true));
  Write(".lakesmith/bundle/default/state.json", R"({"format": 99})");
  EXPECT_EQ(ReadDeployment(DeploymentFolder(bundle)).error().code(), ErrorCode::kUnsupported);
}

TEST_F(DeploymentTest, DestroysWhatItDeployedOnly) {
  DeployNow();
  Write(".lakesmith/warehouse/table.parquet", "data");
  const Bundle bundle = LoadBundle();
  ASSERT_TRUE(Destroy(bundle, false));
  EXPECT_TRUE(fs::exists(root_ / ".lakesmith/warehouse/table.parquet"));
  EXPECT_TRUE(fs::exists(root_ / "a.sql"));
  EXPECT_EQ(Destroy(bundle, false).error().code(), ErrorCode::kNotFound);
}

}  // namespace
}  // namespace lakesmith::bundle
