#include "../tests/fuzz/bundle_targets.h"

#include <filesystem>
#include <fstream>
#include <string>

#include "base/check.h"
#include "base/yaml.h"
#include "bundle/bundle.h"
#include "bundle/dynamic_reference.h"
#include "bundle/quartz.h"
#include "bundle/references.h"
#include "bundle/resolver.h"

namespace lakesmith::bundle::fuzz {
namespace {

namespace fs = std::filesystem;

// A folder for as long as the process lives.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "lakesmith_fuzz_XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

template <typename Found>
void CheckRanges(const std::vector<Found>& found, std::string_view text) {
  size_t end = 0;
  for (const Found& one : found) {
    CHECK(one.begin >= end && one.size > 0 && one.begin + one.size <= text.size());
    CHECK(!one.path.empty());
    end = one.begin + one.size;
  }
}

}  // namespace

void FuzzYaml(std::string_view bytes) {
  const Result<Yaml> parsed = ParseYaml(bytes, "fuzz.yml");
  if (!parsed) {
    CHECK(!parsed.error().message().empty());
    return;
  }
  CHECK(!JsonText(parsed->ToJson()).empty());
}

void FuzzCron(std::string_view bytes) {
  const Result<QuartzCron> cron = QuartzCron::Parse(bytes);
  if (!cron) {
    CHECK(!cron.error().message().empty());
    return;
  }
  static const TimeZone kOslo = *TimeZone::Find("Europe/Oslo");
  int64_t instant = int64_t{1'767'225'600} * 1'000'000;  // The beginning of 2026.
  for (int i = 0; i < 5; ++i) {
    const std::optional<int64_t> next = cron->NextFire(instant, kOslo);
    if (!next) return;
    CHECK(*next > instant);
    instant = *next;
  }
}

void FuzzReferences(std::string_view bytes) {
  const std::vector<Reference> found = FindReferences(bytes);
  CheckRanges(found, bytes);
  for (const Reference& reference : found) CHECK(!SplitPath(reference.path).empty());
  CheckRanges(FindDynamicReferences(bytes), bytes);
  const auto variable = [](std::string text) {
    return Yaml::Map({{.key = "value", .value = Yaml::String(std::move(text))}});
  };
  const std::string text(bytes);
  const Yaml variables = Yaml::Map({{.key = "a", .value = variable(text)},
                                    {.key = "b", .value = variable("${var.a} ${var.c}")},
                                    {.key = "c", .value = variable("x")}});
  const Yaml config = Yaml::Map({{.key = "variables", .value = variables}});
  const Resolver::Options options{.roots = {"var", "variables", "env"}};
  Diagnostics diagnostics;
  Resolver resolver(config, options, diagnostics);
  CHECK(!JsonText(resolver.Resolve(config).ToJson()).empty());
}

void FuzzBundle(std::string_view bytes) {
  static const Folder kFolder;
  std::ofstream(kFolder.path() / "databricks.yml", std::ios::binary) << bytes;
  LoadOptions options;
  options.user.user_name = "ada@example.com";
  const Result<Bundle> loaded = Load(kFolder.path(), options);
  if (!loaded) return;
  for (const Diagnostic& one : loaded->diagnostics.Sorted()) CHECK(!one.ToString().empty());
  CHECK(loaded->diagnostics.has_errors() || !loaded->name.empty());
  CHECK(!JsonText(loaded->ToJson()).empty());
}

}  // namespace lakesmith::bundle::fuzz
