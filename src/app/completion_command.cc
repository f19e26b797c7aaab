#include <fmt/ranges.h>

#include <CLI/App.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "app/command.h"

namespace lakesmith::app {
namespace {

constexpr char kCompletionExamples[] =
    "  source <(lakesmith completion bash)                                    for this shell\n"
    "  lakesmith completion bash > /etc/bash_completion.d/lakesmith           for good\n"
    "  lakesmith completion zsh  > \"${fpath[1]}/_lakesmith\"\n"
    "  lakesmith completion fish > ~/.config/fish/completions/lakesmith.fish";

// A command with the words that may follow it.
struct CommandWords {
  std::string path;  // "bundle run"; "" is the program itself.
  std::vector<std::string> words;
};

bool All(const CLI::App* /*app*/) { return true; }

std::vector<std::string> OptionWords(const CLI::App* app) {
  std::vector<std::string> words;
  for (; app != nullptr; app = app->get_parent()) {
    for (const CLI::Option* option : app->get_options()) {
      for (const std::string& name : option->get_lnames()) {
        words.push_back("--" + name);
      }
    }
  }
  return words;
}

void Collect(const CLI::App* app, const std::string& path, std::vector<CommandWords>& commands) {
  CommandWords own{.path = path, .words = {}};
  for (const CLI::App* command : app->get_subcommands(All)) {
    own.words.push_back(command->get_name());
  }
  for (std::string& word : OptionWords(app)) {
    own.words.push_back(std::move(word));
  }
  commands.push_back(std::move(own));
  for (const CLI::App* command : app->get_subcommands(All)) {
    Collect(command, path.empty() ? command->get_name() : path + " " + command->get_name(),
            commands);
  }
}

std::string Joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

// A function that finds the longest known command among the words typed and offers what may follow.
std::string BashFunction(const std::vector<CommandWords>& commands) {
  std::string cases;
  for (const CommandWords& command : commands) {
    cases += fmt::format("      '{}') words='{}' ;;\n", command.path, Joined(command.words));
  }
  return fmt::format(R"(_lakesmith() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}} path='' words='' word index
  case $previous in
    -f|--file|--out|--warehouse|--var-file) COMPREPLY=($(compgen -f -- "$current")); return ;;
  esac
  local known=''
  for ((index = 0; index < COMP_CWORD; index++)); do
    if [ $index -gt 0 ]; then
      word=${{COMP_WORDS[index]}}
      case $word in -*) continue ;; esac
      path="${{path:+$path }}$word"
    fi
    case $path in
{}    esac
  done
  if [ "$path" = 'bundle run' ] && [ "${{current#-}}" = "$current" ]; then
    words=$(lakesmith bundle summary --keys 2> /dev/null)
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}}
)",
                     cases);
}

std::string BashScript(const std::vector<CommandWords>& commands) {
  return BashFunction(commands) + "complete -o default -F _lakesmith lakesmith\n";
}

std::string ZshScript(const std::vector<CommandWords>& commands) {
  return "#compdef lakesmith\nautoload -U +X bashcompinit && bashcompinit\n" + BashScript(commands);
}

std::string FishScript(const std::vector<CommandWords>& commands) {
  std::string text = "complete -c lakesmith -f\n";
  for (const CommandWords& command : commands) {
    const std::string condition =
        command.path.empty()
            ? std::string("__fish_use_subcommand")
            : fmt::format("string match -q \"lakesmith {}*\" -- (commandline -cp)", command.path);
    for (const std::string& word : command.words) {
      const std::string offer = word.starts_with("--") ? fmt::format("-l {}", word.substr(2))
                                                       : fmt::format("-a {}", word);
      text += fmt::format("complete -c lakesmith -n '{}' {}\n", condition, offer);
    }
  }
  return text;
}

}  // namespace

void AddCompletionCommand(CLI::App& program, Context& context) {
  CLI::App* command = program.add_subcommand(
      "completion", "Print a script that lets a shell complete lakesmith's words");
  command->footer(kCompletionExamples);
  const auto shell = std::make_shared<std::string>();
  command->add_option("SHELL", *shell, "bash, zsh or fish")->required();
  command->callback([shell, &program, &context] {
    std::vector<CommandWords> commands;
    Collect(&program, "", commands);
    if (*shell == "bash") return fmt::print("{}", BashScript(commands));
    if (*shell == "zsh") return fmt::print("{}", ZshScript(commands));
    if (*shell == "fish") return fmt::print("{}", FishScript(commands));
    context.FailUsage(Invalid("no completion for shell '{}'; one of bash, zsh, fish", *shell));
  });
}

}  // namespace lakesmith::app
