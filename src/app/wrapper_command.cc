#include <CLI/App.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>

#include "app/command.h"

namespace lakesmith::app {
namespace {

constexpr char kWrapperExamples[] =
    "  lakesmith wrapper                                   shows the script\n"
    "  lakesmith wrapper --install ~/.local/bin            writes ~/.local/bin/databricks";

// Words of the official tool that mean nothing here are answered; all others are lakesmith's own.
constexpr const char* kWrapper = R"sh(#!/bin/sh
# 'databricks' for projects that run on lakesmith. Made by 'lakesmith wrapper'.
program=${LAKESMITH_PROGRAM:-@PROGRAM@}
case ${1:-} in
  configure | auth)
    echo "lakesmith: nothing to configure: projects run on this machine" >&2
    exit 0 ;;
  clusters | workspace | libraries | instance-pools | warehouses | groups | users | tokens | repos)
    echo "lakesmith: 'databricks $1' has no meaning here: there is no workspace and no cluster" >&2
    exit 1 ;;
  fs)
    shift
    case ${1:-} in
      ls | cp | rm | mkdir | cat)
        action=$1
        shift
        for word in "$@"; do
          shift
          case $word in
            dbfs:/* | file:/*) word=/${word#*:/} ;;
            --recursive) word=-r ;;
          esac
          set -- "$@" "$word"
        done
        [ "$action" = mkdir ] && set -- -p "$@"
        exec "$action" "$@" ;;
    esac
    echo "lakesmith: one of 'fs ls', 'cp', 'rm', 'mkdir', 'cat'" >&2
    exit 2 ;;
  -v | --version | version) exec "$program" --version ;;
esac
exec "$program" "$@"
)sh";

std::string WrapperText() {
  std::error_code ignored;
  std::string text = kWrapper;
  const std::string mark = "@PROGRAM@";
  text.replace(text.find(mark), mark.size(),
               std::filesystem::read_symlink("/proc/self/exe", ignored).string());
  return text;
}

Status InstallWrapper(const std::string& folder) {
  const std::filesystem::path path = std::filesystem::path(folder) / "databricks";
  std::error_code error;
  if (std::filesystem::exists(path)) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    std::getline(file, line);
    if (line.find("lakesmith") == std::string::npos)
      return Conflict("{} is there already and is not ours", path.string());
  }
  std::filesystem::create_directories(folder, error);
  std::ofstream(path) << WrapperText();
  std::filesystem::permissions(path, std::filesystem::perms(0755), error);
  if (error || !std::filesystem::exists(path))
    return Unavailable("{} cannot be written: {}", path.string(), error.message());
  fmt::print("wrote {}\n", path.string());
  return {};
}

}  // namespace

void AddWrapperCommand(CLI::App& program, Context& context) {
  CLI::App* command = program.add_subcommand(
      "wrapper", "Print or install a 'databricks' command that is this program");
  command->footer(kWrapperExamples);
  const auto folder = std::make_shared<std::string>();
  command->add_option("--install", *folder, "Writes the command 'databricks' there")
      ->type_name("DIR");
  command->callback([folder, &context] {
    if (folder->empty()) return fmt::print("{}", WrapperText());
    if (const Status done = InstallWrapper(*folder); !done) context.Fail(done.error());
  });
}

}  // namespace lakesmith::app
