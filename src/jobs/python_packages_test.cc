#include "jobs/python_packages.h"

#include <gtest/gtest.h>

namespace lakesmith::jobs {
namespace {

TEST(PythonPackagesTest, TakesLibrariesAndTheEnvironmentThatTheTaskNames) {
  bundle::Job job;
  const SourceLocation place{.file = "resources/job.yml", .line = 3};
  job.environments = {{.environment_key = {"other", {}}, .spec = {{{"left-out", place}}}},
                      {.environment_key = {"default", {}},
                       .spec = {{{"pandas>=2", place},
                                 {"../dist/*.whl", place},
                                 {"-r  ../requirements.txt", place},
                                 {"/data/x.whl", place},
                                 {"x @ https://example.com/x.whl", place}}}}};
  bundle::Task task;
  task.libraries = {{.pypi = bundle::PypiLibrary{{"a==1", {}}, "https://example.com/simple"}},
                    {.whl = {"dist/b.whl", {}}},
                    {.requirements = {"r.txt", {}}}};
  EXPECT_EQ(JsonText(PackagesOf(job, task)),
            R"([{"index":"https://example.com/simple"},{"requirement":"a==1"},)"
            R"({"wheel":"dist/b.whl"},{"file":"r.txt"}])");
  task.libraries.clear();
  task.environment_key = {"default", {}};
  EXPECT_EQ(JsonText(PackagesOf(job, task)),
            R"([{"requirement":"pandas>=2"},{"wheel":"dist/*.whl"},{"file":"requirements.txt"},)"
            R"({"wheel":"/data/x.whl"},{"requirement":"x @ https://example.com/x.whl"}])");
}

}  // namespace
}  // namespace lakesmith::jobs
