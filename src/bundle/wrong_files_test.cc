// Each file of tests/bundle/wrong is a bundle with one thing wrong, and the one message it gets.
// Its head has lines `# expect: MESSAGE`, and perhaps `# target: NAME`, `# var: NAME=VALUE` and
// `# files: a, b` (empty files that exist). `#@ file NAME` begins a further file of the bundle.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "bundle/bundle.h"

namespace lakesmith::bundle {
namespace {

namespace fs = std::filesystem;

struct WrongCase {
  std::string expected;
  LoadOptions options;
  std::vector<std::pair<std::string, std::string>> files;  // Name and text.
};

bool TakePrefix(std::string& line, const std::string& prefix) {
  if (!line.starts_with(prefix)) return false;
  line.erase(0, prefix.size());
  return true;
}

WrongCase ReadCase(const fs::path& path) {
  WrongCase one;
  one.options.user.user_name = "ada@example.com";
  one.files = {{"databricks.yml", ""}};
  std::vector<std::pair<std::string, std::string>> empty;
  std::ifstream stream(path);
  for (std::string line; std::getline(stream, line);) {
    std::string rest = line;
    if (TakePrefix(rest, "#@ file ")) {
      one.files.emplace_back(rest, "");
      continue;
    }
    one.files.back().second += line + "\n";
    if (TakePrefix(rest, "# expect: ")) one.expected = rest;
    if (TakePrefix(rest, "# target: ")) one.options.target = rest;
    if (TakePrefix(rest, "# files: ")) empty.emplace_back(rest, "");
    if (TakePrefix(rest, "# var: ")) {
      const size_t equals = rest.find('=');
      one.options.variables.emplace_back(rest.substr(0, equals), rest.substr(equals + 1));
    }
  }
  std::ranges::copy(empty, std::back_inserter(one.files));
  return one;
}

std::string MessagesOf(const WrongCase& one) {
  std::string name = (fs::temp_directory_path() / "lakesmith_wrong_XXXXXX").string();
  const fs::path root = mkdtemp(name.data());
  for (const auto& [file, text] : one.files) {
    fs::create_directories((root / file).parent_path());
    std::ofstream(root / file) << text;
  }
  const Result<Bundle> bundle = Load(root, one.options);
  fs::remove_all(root);
  if (!bundle) return bundle.error().ToString();
  std::string messages;
  for (const Diagnostic& diagnostic : bundle->diagnostics.Sorted()) {
    if (diagnostic.severity == Severity::kInfo) continue;
    messages += (messages.empty() ? "" : "\n") + diagnostic.ToString();
  }
  return messages;
}

TEST(WrongFilesTest, EachGetsItsOneMessage) {
  int count = 0;
  for (const auto& entry : fs::directory_iterator(LAKESMITH_SOURCE_DIR "/tests/bundle/wrong")) {
    const WrongCase one = ReadCase(entry.path());
    EXPECT_EQ(MessagesOf(one), one.expected) << entry.path().filename();
    ++count;
  }
  EXPECT_GE(count, 100);
}

}  // namespace
}  // namespace lakesmith::bundle
