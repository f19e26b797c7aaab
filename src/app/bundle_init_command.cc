#include <CLI/App.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "app/bundle_options.h"
#include "app/command.h"
#include "app/project_template.h"
#include "base/nearest.h"

namespace lakesmith::app {
namespace {

namespace fs = std::filesystem;

constexpr char kBundleInitExamples[] =
    "  lakesmith bundle init                              asks nothing: a project 'my_project' in "
    "a folder of that name\n"
    "  lakesmith bundle init --name sales --output-dir /work";

struct InitArguments {
  std::string template_name;
  std::string name = "my_project";
  std::string folder = ".";
};

std::string Filled(std::string_view text, const std::string& name) {
  constexpr std::string_view kMark = "@name@";
  std::string filled;
  for (size_t position = 0; position < text.size();) {
    const size_t mark = std::min(text.find(kMark, position), text.size());
    filled += text.substr(position, mark - position);
    if (mark == text.size()) break;
    filled += name;
    position = mark + kMark.size();
  }
  return filled;
}

Result<const ProjectTemplate*> FindTemplate(const std::string& name) {
  std::vector<std::string> names;
  for (const ProjectTemplate& candidate : ProjectTemplates()) {
    if (name.empty() || candidate.name == name) return &candidate;
    names.emplace_back(candidate.name);
  }
  const std::string near = Nearest(name, names);
  return NotFound("there is no template '{}'; {}", name,
                  near.empty() ? "there is 'medallion'" : fmt::format("closest: '{}'", near));
}

Status CheckName(const std::string& name) {
  const bool good = !name.empty() && name.find_first_not_of(
                                         "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                         "0123456789_-") == std::string::npos;
  if (!good) return Invalid("--name '{}': use letters, digits, '_' and '-'", name);
  return {};
}

Status WriteProject(const ProjectTemplate& chosen, const std::string& name,
                    const fs::path& folder) {
  std::error_code error;
  if (fs::exists(folder, error) && !fs::is_empty(folder, error)) {
    return Invalid("{}: is there already and not empty", folder.string());
  }
  for (const TemplateFile& file : chosen.files) {
    const fs::path path = folder / Filled(file.path, name);
    fs::create_directories(path.parent_path(), error);
    std::ofstream stream(path, std::ios::binary);
    stream << Filled(file.text, name);
    stream.close();
    if (!stream) return Unavailable("{}: cannot be written", path.string());
  }
  return {};
}

Status Init(const InitArguments& arguments) {
  const ProjectTemplate* chosen = TRY(FindTemplate(arguments.template_name));
  TRY(CheckName(arguments.name));
  const fs::path folder = fs::path(arguments.folder) / arguments.name;
  TRY(WriteProject(*chosen, arguments.name, folder));
  const std::string shown = folder.lexically_normal().string();
  fmt::print(
      "{}: a new project: {}\n\nNext:\n  cd {}\n  lakesmith bundle validate\n  lakesmith bundle "
      "run {}\n",
      shown, chosen->description, shown, arguments.name);
  return {};
}

}  // namespace

void AddBundleInitCommand(CLI::App& group, Context& context) {
  CLI::App* command = group.add_subcommand("init", "Write a new project from a template");
  command->footer(kBundleInitExamples);
  const auto arguments = std::make_shared<InitArguments>();
  command->add_option("TEMPLATE", arguments->template_name,
                      "medallion, streaming, cdc or empty (medallion)");
  command->add_option("--name", arguments->name, "Name of the project and its folder (my_project)")
      ->type_name("NAME");
  command->add_option("--output-dir", arguments->folder, "Where the folder is made (.)")
      ->type_name("DIR");
  command->callback([arguments, &context] {
    if (const Status status = Init(*arguments); !status) context.Fail(status.error());
  });
}

}  // namespace lakesmith::app
