#include "bundle/git.h"

#include <cstdlib>
#include <fstream>

#include "base/ascii.h"

namespace lakesmith::bundle {
namespace {

namespace fs = std::filesystem;

std::string ReadLine(const fs::path& path) {
  std::ifstream stream(path);
  std::string line;
  std::getline(stream, line);
  return std::string(Trim(line));
}

// The repository's folder of HEAD; for a linked work tree that is not the common one.
fs::path FindGitFolder(const fs::path& start) {
  std::error_code error;
  for (fs::path folder = fs::absolute(start); !folder.empty(); folder = folder.parent_path()) {
    fs::path git = folder / ".git";
    if (fs::is_directory(git, error)) return git;
    if (fs::is_regular_file(git, error)) {
      const std::string line = ReadLine(git);
      const std::string prefix = "gitdir: ";
      if (line.starts_with(prefix)) return (folder / line.substr(prefix.size())).lexically_normal();
    }
    if (folder == folder.root_path()) break;
  }
  return {};
}

fs::path CommonFolder(const fs::path& git) {
  const std::string common = ReadLine(git / "commondir");
  return common.empty() ? git : (git / common).lexically_normal();
}

std::string ReadReference(const fs::path& git, const std::string& name) {
  const fs::path common = CommonFolder(git);
  std::string commit = ReadLine(git / name);
  if (commit.empty()) commit = ReadLine(common / name);
  if (!commit.empty()) return commit;
  std::ifstream packed(common / "packed-refs");
  for (std::string line; std::getline(packed, line);) {
    if (line.ends_with(" " + name)) return line.substr(0, line.find(' '));
  }
  return "";
}

// `key` in `[section]`, where a section may have a name: `remote "origin"`.
std::string ReadConfigFile(const fs::path& path, std::string_view section, std::string_view key) {
  std::ifstream stream(path);
  std::string current;
  std::string value;
  for (std::string line; std::getline(stream, line);) {
    line = Trim(line);
    if (line.starts_with('[')) {
      current = line.substr(1, line.find(']') - 1);
    } else if (current == section) {
      const size_t equals = line.find('=');
      if (equals != std::string::npos && Trim(line.substr(0, equals)) == key) {
        value = Trim(line.substr(equals + 1));
      }
    }
  }
  return value;
}

}  // namespace

GitInfo ReadGitInfo(const fs::path& folder) {
  const fs::path git = FindGitFolder(folder);
  if (git.empty()) return {};
  GitInfo info;
  const std::string head = ReadLine(git / "HEAD");
  const std::string prefix = "ref: ";
  if (head.starts_with(prefix)) {
    const std::string name = head.substr(prefix.size());
    info.branch = name.starts_with("refs/heads/") ? name.substr(11) : name;
    info.commit = ReadReference(git, name);
  } else {
    info.commit = head;
  }
  info.origin_url = ReadConfigFile(CommonFolder(git) / "config", "remote \"origin\"", "url");
  return info;
}

std::string ReadGitConfig(const fs::path& folder, std::string_view section, std::string_view key) {
  const fs::path git = FindGitFolder(folder);
  std::string value;
  if (!git.empty()) value = ReadConfigFile(CommonFolder(git) / "config", section, key);
  const char* home = std::getenv("HOME");
  if (value.empty() && home != nullptr) {
    value = ReadConfigFile(fs::path(home) / ".gitconfig", section, key);
  }
  return value;
}

}  // namespace lakesmith::bundle
