#include "app/help.h"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <utility>
#include <vector>

#include "app/terminal.h"

namespace lakesmith::app {
namespace {

using Line = std::pair<std::string, std::string>;  // What to type, what it means.

std::string Heading(std::string_view text) { return Terminal::Out().Styled(text, Style::kBold); }

// Breaks `text` into lines of at most `width` columns at blanks.
std::vector<std::string> Wrap(std::string_view text, size_t width) {
  std::vector<std::string> lines(1);
  for (size_t start = 0; start < text.size();) {
    const size_t end = std::min(text.find(' ', start), text.size());
    const std::string_view word = text.substr(start, end - start);
    if (!lines.back().empty() && lines.back().size() + 1 + word.size() > width)
      lines.emplace_back();
    if (!lines.back().empty()) lines.back() += ' ';
    lines.back() += word;
    start = end + 1;
  }
  return lines;
}

std::string Section(std::string_view title, const std::vector<Line>& lines) {
  if (lines.empty()) return "";
  size_t column = 0;
  for (const Line& line : lines) {
    column = std::max(column, std::min<size_t>(line.first.size(), 28));
  }
  const auto width = static_cast<size_t>(std::clamp(Terminal::Out().Width(), 60, 110));
  std::string text = fmt::format("\n{}\n", Heading(title));
  for (const Line& line : lines) {
    std::string left = fmt::format("  {:<{}}", line.first, column);
    if (line.first.size() > column) left += fmt::format("\n{:{}}", "", column + 2);
    for (const std::string& right : Wrap(line.second, width - column - 4)) {
      text += fmt::format("{}  {}\n", left, right);
      left = fmt::format("{:{}}", "", column + 2);
    }
  }
  return text;
}

Line OptionLine(const CLI::Option* option) {
  std::string names;
  for (const std::string& name : option->get_snames()) {
    names += (names.empty() ? "-" : ", -") + name;
  }
  names = names.empty() ? "    " : names;
  for (const std::string& name : option->get_lnames()) {
    names += (names.ends_with(' ') ? "--" : ", --") + name;
  }
  if (!option->get_type_name().empty()) names += " " + option->get_type_name();
  return {names, option->get_description()};
}

std::vector<Line> Options(const CLI::App* app) {
  std::vector<Line> lines;
  for (const CLI::Option* option : app->get_options()) {
    if (option->nonpositional() && !option->get_group().empty())
      lines.push_back(OptionLine(option));
  }
  return lines;
}

std::string Usage(const CLI::App* app) {
  std::string usage = FullName(app);
  if (!app->get_subcommands([](const CLI::App*) { return true; }).empty()) usage += " COMMAND";
  for (const CLI::Option* option : app->get_options()) {
    if (!option->get_positional()) continue;
    usage += option->get_required() ? " " + option->get_name() : " [" + option->get_name() + "]";
  }
  return usage + " [OPTIONS]";
}

}  // namespace

std::string FullName(const CLI::App* app) {
  if (app->get_parent() == nullptr) return "lakesmith";
  return FullName(app->get_parent()) + " " + app->get_name();
}

std::string HelpFormatter::make_help(const CLI::App* app, std::string /*name*/,
                                     CLI::AppFormatMode /*mode*/) const {
  std::string text =
      app->get_description() + "\n\n" + Heading("Usage") + "\n  " + Usage(app) + "\n";
  std::vector<Line> commands;
  for (const CLI::App* command : app->get_subcommands([](const CLI::App*) { return true; })) {
    if (command->get_group().empty()) continue;
    commands.emplace_back(command->get_name(), command->get_description());
  }
  text += Section("Commands", commands);
  std::vector<Line> arguments;
  for (const CLI::Option* option : app->get_options()) {
    if (option->get_positional())
      arguments.emplace_back(option->get_name(), option->get_description());
  }
  text += Section("Arguments", arguments);
  text += Section("Options", Options(app));
  for (const CLI::App* parent = app->get_parent(); parent != nullptr;
       parent = parent->get_parent()) {
    std::vector<Line> lines = Options(parent);
    std::erase_if(lines, [](const Line& line) {
      return line.first.ends_with("--help") || line.first.ends_with("--version");
    });
    text += Section(parent->get_parent() == nullptr
                        ? "Options of all commands"
                        : fmt::format("Options of all {} commands", parent->get_name()),
                    lines);
  }
  if (!app->get_footer().empty())
    text += "\n" + Heading("Examples") + "\n" + app->get_footer() + "\n";
  return text;
}

}  // namespace lakesmith::app
