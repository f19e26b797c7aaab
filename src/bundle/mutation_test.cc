// The fuzzers' bodies on mutations of good texts, the same ones in each run.
// LAKESMITH_FUZZ_SECONDS=60 draws other ones for so long, for each body; the input that stops the
// process is then left in the file fuzz-crash.
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "../tests/fuzz/bundle_targets.h"

namespace lakesmith::bundle {
namespace {

using Target = void (*)(std::string_view);

// Changes a text in a few places: bytes, cuts, repeats, and pieces that mean something.
class Mutator {
 public:
  Mutator(unsigned seed, std::vector<std::string> pieces)
      : random_(seed), pieces_(std::move(pieces)) {}

  std::string Mutate(std::string text) {
    const size_t changes = 1 + Below(4);
    for (size_t i = 0; i < changes; ++i) {
      const size_t at = Below(text.size() + 1);
      const size_t length = 1 + Below(20);
      switch (Below(5)) {
        case 0:
          text.insert(at, 1, static_cast<char>(random_()));
          break;
        case 1:
          text.erase(at, length);
          break;
        case 2:
          text.insert(at, text.substr(Below(text.size() + 1), length));
          break;
        default:
          text.insert(at, pieces_[Below(pieces_.size())]);
      }
    }
    return text;
  }

 private:
  size_t Below(size_t limit) { return random_() % limit; }

  std::minstd_rand random_;
  const std::vector<std::string> pieces_;
};

std::string current_input;  // For the handler of a crash.

void KeepInput(int signal) {
  std::ofstream("fuzz-crash", std::ios::binary) << current_input;
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void MutateAndFeed(const std::vector<std::string>& samples, std::vector<std::string> pieces,
                   int rounds, Target target) {
  for (const std::string& sample : samples) target(sample);
  const char* seconds = std::getenv("LAKESMITH_FUZZ_SECONDS");
  Mutator mutator(seconds == nullptr ? 20260101 : std::random_device{}(), std::move(pieces));
  if (seconds == nullptr) {
    for (const std::string& sample : samples) {
      for (int round = 0; round < rounds; ++round) target(mutator.Mutate(sample));
    }
    return;
  }
  for (const int signal : {SIGABRT, SIGSEGV, SIGFPE, SIGBUS}) std::signal(signal, KeepInput);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(std::atoi(seconds));
  std::vector<std::string> pool = samples;
  for (size_t round = 0; std::chrono::steady_clock::now() < end; ++round) {
    // Changes pile up, and begin anew now and then.
    if (round % 500 == 0) pool = samples;
    current_input = mutator.Mutate(pool[round % pool.size()]);
    target(current_input);
    if (round % 5 == 0) pool[round % pool.size()] = current_input;
  }
}

constexpr const char* kBundle = R"(bundle: {name: shop}
x-anchors: &day {max_retries: 2, "quoted": 'it''s'}
variables:
  catalog: {default: main}
  limits: {type: complex, default: {rows: 5, names: [a, b]}}
targets:
  dev: {default: true, mode: development, variables: {catalog: "${workspace.current_user.short_name}"}}
  prod: {mode: production, workspace: {root_path: /Shared/x}}
resources:
  jobs:
    nightly:
      name: "nightly ${var.catalog}"
      schedule: {quartz_cron_expression: "0 0 2 * * ?", timezone_id: Europe/Oslo}
      parameters: [{name: day, default: "2024-01-15"}]
      tasks:
        - task_key: load
          <<: *day
          shell_task: {command: "echo {{job.parameters.day}} ${var.limits.rows}", env: {A: "{{secrets/s/k}}"}}
        - task_key: each
          depends_on: [{task_key: load}]
          for_each_task: {inputs: "[1, 2]", task: {task_key: one, shell_task: {command: "echo {{input}}"}}}
  pipelines:
    p: {name: p, libraries: [{glob: {include: "src/**"}}], configuration: {a: b}}
)";

TEST(MutationTest, Yaml) {
  const std::vector<std::string> samples = {
      kBundle,
      "a: &x [1, 2.5, true, ~, 0x1f, .inf, .nan, 1e400]\nb: *x\nc: |+\n  text\n\nd: >-\n  a\n  b\n",
      "{\"a\": [1, {\"b\": null}], \"c\": \"\\u00e9\\n\"}", "- - - a\n  - b\n- ? k\n  : v\n"};
  MutateAndFeed(samples, {"\n",  "  ",  ": ", "- ",    "[",      "]",  "{",
                          "}",   "&a ", "*a", "<<: ",  "|\n",    ">",  "'",
                          "\"",  "#",   "\t", "---\n", "!!int ", "? ", "99999999999999999999",
                          "\xff"},
                1500, fuzz::FuzzYaml);
}

TEST(MutationTest, Cron) {
  MutateAndFeed(
      {"0 0 2 * * ?", "0 0/15 * * * ?", "0 30 9 ? * MON-FRI", "0 0 8 ? * 6#3 2026-2030",
       "0 0 0 LW * ?", "0 0 0 L-3 FEB ?", "5,10-50/5 * 22-2 1W * ?", "0 0 0 ? * 2L"},
      {" ", "?", "*", "/", "-", ",", "#", "L", "W", "LW", "MON", "DEC", "0", "99", "2099", "-1"},
      400, fuzz::FuzzCron);
}

TEST(MutationTest, References) {
  MutateAndFeed(
      {"${var.a} and ${var.b}/${resources.jobs.x.tasks[0].name}", "${var.c}",
       "$${var.a} ${HOME:-x}", "{{job.parameters.`a b`}} {{ tasks.load-1.values.x }} {{input}}"},
      {"${", "}", "{{", "}}", ".", "[0]", "[", "]", "var.", "a", "`", "$", "-", "_", "\xc3\xa9"},
      1500, fuzz::FuzzReferences);
}

TEST(MutationTest, Bundle) {
  MutateAndFeed({kBundle},
                {"\n", "  ", ": ", "- ", "[", "]", "{", "}", "${var.catalog}",
                 "${resources.jobs.nightly.id}", "null", "~", "1.5", "\"", "task_key: load",
                 "depends_on: [{task_key: each}]", "${", "{{", "include: ['*']"},
                600, fuzz::FuzzBundle);
}

}  // namespace
}  // namespace lakesmith::bundle
