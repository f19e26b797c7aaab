#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "bundle/bundle.h"
#include "bundle/deployment.h"

namespace lakesmith::bundle {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

// A folder with the files of a bundle, removed at the end.
class Project {
 public:
  Project() {
    std::string name = (fs::temp_directory_path() / "lakesmith_bundle_XXXXXX").string();
    root_ = mkdtemp(name.data());
  }
  ~Project() { fs::remove_all(root_); }

  Project& Write(const std::string& file, const std::string& text) {
    fs::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << text;
    return *this;
  }

  Bundle Load(LoadOptions options = {}) const {
    if (options.user.user_name.empty()) options.user.user_name = "ada.l@example.com";
    Result<Bundle> loaded = bundle::Load(root_, options);
    EXPECT_TRUE(loaded) << loaded.error().ToString();
    return loaded ? *std::move(loaded) : Bundle();
  }

 private:
  fs::path root_;
};

std::vector<std::string> Messages(const Bundle& bundle) {
  std::vector<std::string> messages;
  for (const Diagnostic& diagnostic : bundle.diagnostics.Sorted()) {
    if (diagnostic.severity != Severity::kInfo) messages.push_back(diagnostic.ToString());
  }
  return messages;
}

constexpr const char* kRoot = R"(bundle:
  name: shop
include:
  - resources/*.yml
variables:
  catalog:
    default: main
  rows:
    default: 10
  window:
    type: complex
    default: {hours: 24, tags: [a, b]}
targets:
  dev:
    default: true
    mode: development
  prod:
    variables:
      rows: 1000
    resources:
      jobs:
        nightly:
          tasks:
            - task_key: load
              max_retries: 3
)";

constexpr const char* kJob = R"(resources:
  jobs:
    nightly:
      name: nightly ${bundle.target}
      parameters:
        - name: day
          default: "2024-01-01"
      tasks:
        - task_key: report
          depends_on:
            - task_key: load
          sql_task:
            file:
              path: ../sql/report.sql
            parameters:
              catalog: ${var.catalog}
              rows: ${var.rows}
        - task_key: load
          shell_task:
            command: echo ${var.rows} of ${resources.jobs.nightly.name}
)";

Project& Shop(Project& project) {
  return project.Write("databricks.yml", kRoot)
      .Write("resources/nightly.job.yml", kJob)
      .Write("sql/report.sql", "select 1;\n");
}

TEST(LoadTest, ResolvesATarget) {
  Project project;
  const Bundle dev = Shop(project).Load();
  EXPECT_THAT(Messages(dev), ElementsAre());
  EXPECT_EQ(dev.target, "dev");
  const Job& job = dev.jobs.at("nightly");
  EXPECT_EQ(job.name, "[dev ada_l] nightly dev");
  EXPECT_EQ(job.max_concurrent_runs, 4);
  EXPECT_EQ(job.tags.at("dev"), "ada_l");
  ASSERT_EQ(job.tasks.size(), 2);
  EXPECT_EQ(job.tasks[0].task_key.value, "load");
  EXPECT_EQ(job.tasks[0].shell_task->command.value, "echo 10 of [dev ada_l] nightly dev");
  EXPECT_EQ(job.tasks[1].sql_task->file->path.value, "sql/report.sql");
  EXPECT_EQ(job.tasks[1].sql_task->parameters.at("rows"), "10");
  EXPECT_EQ(job.tasks[1].depends_on[0].task_key.location.ToString(),
            "resources/nightly.job.yml:11:25");
}

TEST(LoadTest, MergesATargetIntoTasksByKey) {
  Project project;
  const Bundle prod = Shop(project).Load({.target = "prod"});
  EXPECT_THAT(Messages(prod), ElementsAre());
  const Job& job = prod.jobs.at("nightly");
  EXPECT_EQ(job.name, "nightly prod");
  ASSERT_EQ(job.tasks.size(), 2);
  EXPECT_EQ(job.tasks[0].max_retries, 3);
  EXPECT_EQ(job.tasks[1].sql_task->parameters.at("rows"), "1000");
}

TEST(LoadTest, ChoosesTheValueOfAVariable) {
  Project project;
  Shop(project);
  const auto rows = [&](const LoadOptions& options) {
    return project.Load(options).variables.at("rows").value.text();
  };
  EXPECT_EQ(rows({}), "10");
  project.Write(".databricks/bundle/dev/variable-overrides.json", R"({"rows": 20})");
  EXPECT_EQ(rows({}), "20");
  EXPECT_EQ(rows({.environment = {{"BUNDLE_VAR_rows", "30"}}}), "30");
  EXPECT_EQ(rows({.variables = {{"rows", "40"}}, .environment = {{"BUNDLE_VAR_rows", "30"}}}),
            "40");
}

TEST(LoadTest, KeepsTheTypesOfComplexVariables) {
  Project project;
  const Bundle bundle = project
                            .Write("databricks.yml", R"(bundle:
  name: shop
variables:
  limits:
    type: complex
    default: {retries: 2, env: {A: x}}
resources:
  jobs:
    one:
      tasks:
        - task_key: t
          max_retries: ${var.limits.retries}
          shell_task:
            command: env
            env: ${var.limits.env}
)")
                            .Load();
  EXPECT_THAT(Messages(bundle), ElementsAre());
  const Task& task = bundle.jobs.at("one").tasks[0];
  EXPECT_EQ(task.max_retries, 2);
  EXPECT_EQ(task.shell_task->env.at("A"), "x");
  EXPECT_EQ(JsonText(bundle.ToJson()["resources"]["jobs"]["one"]["tasks"][0]["max_retries"]), "2");
}

TEST(LoadTest, ExpandsLibrariesOfAPipeline) {
  Project project;
  const Bundle bundle = project
                            .Write("databricks.yml", R"(bundle:
  name: shop
include: [resources/*.yml]
)")
                            .Write("resources/p.yml", R"(resources:
  pipelines:
    sales:
      name: sales
      catalog: main
      libraries:
        - glob: {include: ../src/**}
        - file: {path: ../src/b.sql}
)")
                            .Write("src/b.sql", "")
                            .Write("src/deep/a.sql", "")
                            .Write("src/readme.txt", "")
                            .Load();
  EXPECT_THAT(Messages(bundle), ElementsAre());
  std::vector<std::string> files;
  for (const LocatedText& file : bundle.pipelines.at("sales").source_files) {
    files.push_back(file.value);
  }
  EXPECT_THAT(files, ElementsAre("src/b.sql", "src/deep/a.sql"));
}

TEST(LoadTest, TellsASlipInAKeyOnce) {
  Project project;
  Shop(project).Write("resources/nightly.job.yml", R"(resources:
  jobs:
    nightly:
      task:
        - task_key: load
          shell_task: {command: ls}
)");
  EXPECT_THAT(
      Messages(project.Load()),
      ElementsAre("error: resources/nightly.job.yml:4:7: unknown key 'task' in 'nightly'; did "
                  "you mean 'tasks'?"));
}

TEST(LoadTest, TellsAnUndeclaredVariable) {
  Project project;
  Shop(project).Write("resources/nightly.job.yml", R"(resources:
  jobs:
    nightly:
      name: ${var.catlog}
      tasks:
        - task_key: load
          shell_task: {command: "ls ${var.catlog}"}
)");
  EXPECT_THAT(
      Messages(project.Load()),
      ElementsAre("error: resources/nightly.job.yml:4:13: variable 'catlog' is not declared; "
                  "did you mean 'catalog'?"));
}

TEST(LoadTest, TellsAMissingFile) {
  Project project;
  Shop(project).Write("sql/report.sql", "").Write("resources/nightly.job.yml", R"(resources:
  jobs:
    nightly:
      tasks:
        - task_key: load
          sql_task: {file: {path: ../sql/raport.sql}}
)");
  EXPECT_THAT(Messages(project.Load()),
              ElementsAre("error: resources/nightly.job.yml:6:35: file 'sql/raport.sql' does not "
                          "exist; did you mean 'sql/report.sql'?"));
}

// Every $ref of the schema leads somewhere, and limits and words of the table are in it.
TEST(BundleSchemaTest, DescribesTheTableOfKeys) {
  const Json schema = BundleSchema();
  const std::string text = schema.dump();
  for (size_t at = text.find("#/$defs/"); at != std::string::npos;
       at = text.find("#/$defs/", at + 1)) {
    const std::string name = text.substr(at + 8, text.find('"', at) - at - 8);
    EXPECT_TRUE(schema["$defs"].contains(name)) << name;
  }
  EXPECT_THAT(text, HasSubstr(R"("max_retries":{"anyOf":[{"type":"integer","minimum":-1})"));
  EXPECT_THAT(text, HasSubstr(R"("enum":["ALL_SUCCESS","AT_LEAST_ONE_SUCCESS")"));
}

TEST(LoadTest, SummaryNamesTheResources) {
  Project project;
  const std::string text = SummaryText(Shop(project).Load(), DeploymentState());
  EXPECT_THAT(text, HasSubstr("Name: shop\nTarget: dev\n"));
  EXPECT_THAT(text, HasSubstr("    nightly:\n      Name: [dev ada_l] nightly dev\n"));
}

}  // namespace
}  // namespace lakesmith::bundle
