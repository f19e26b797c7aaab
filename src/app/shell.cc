#include "app/shell.h"

#include <histedit.h>

#include <atomic>
#include <cerrno>
#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "app/interrupt.h"
#include "app/version.h"
#include "app/word_completion.h"
#include "sql/parse.h"

namespace lakesmith::app {
namespace {

namespace fs = std::filesystem;

constexpr int kHistoryLength = 10000;

constexpr char kHelp[] =
    "End a statement with ';'. It may go over several lines.\n"
    "  \\d             tables and views of the schema       \\d NAME   columns of a table\n"
    "  \\dn            schemas                              \\df       functions\n"
    "  \\o FORMAT      table, csv, json, jsonl, markdown or vertical\n"
    "  \\i FILE        runs the statements of a file\n"
    "  \\?             this help                            \\q        leaves, as does Ctrl-D\n"
    "Tab completes keywords, tables and columns; Ctrl-R searches the history; Ctrl-C stops a "
    "statement.\n";

// ~/.local/state/lakesmith/history, or where XDG_STATE_HOME says; empty when there is no home.
fs::path HistoryFile() {
  const char* state = std::getenv("XDG_STATE_HOME");
  const char* home = std::getenv("HOME");
  fs::path folder;
  if (state != nullptr && *state != '\0') {
    folder = state;
  } else if (home != nullptr && *home != '\0') {
    folder = fs::path(home) / ".local" / "state";
  } else {
    return {};
  }
  std::error_code ignored;
  fs::create_directories(folder / "lakesmith", ignored);
  return folder / "lakesmith" / "history";
}

// One line from the terminal, with editing, history and completion. Adapter of libedit.
class LineEditor {
 public:
  explicit LineEditor(WordCompletion& completion)
      : completion_(completion), history_file_(HistoryFile().string()) {
    std::setlocale(LC_CTYPE, "");
    editor_ = el_init("lakesmith", stdin, stdout, stderr);
    history_ = history_init();
    HistEvent event;
    history(history_, &event, H_SETSIZE, kHistoryLength);
    history(history_, &event, H_SETUNIQUE, 1);
    if (!history_file_.empty()) history(history_, &event, H_LOAD, history_file_.c_str());
    el_set(editor_, EL_CLIENTDATA, this);
    el_set(editor_, EL_PROMPT, &LineEditor::Prompt);
    el_set(editor_, EL_EDITOR, "emacs");
    el_set(editor_, EL_HIST, history, history_);
    el_set(editor_, EL_ADDFN, "lakesmith-complete", "Completes a word", &LineEditor::OnTab);
    el_set(editor_, EL_BIND, "^I", "lakesmith-complete", nullptr);
    el_set(editor_, EL_BIND, "^R", "em-inc-search-prev", nullptr);
    el_source(editor_, nullptr);
  }
  ~LineEditor() {
    history_end(history_);
    el_end(editor_);
  }
  LineEditor(const LineEditor&) = delete;
  LineEditor& operator=(const LineEditor&) = delete;

  enum class Outcome { kLine, kEnd, kInterrupted };
  // Reads a line; `before` are the earlier lines of the statement, for completion.
  Outcome Read(const std::string& before, std::string& line) {
    before_ = before;
    int length = 0;
    errno = 0;
    const char* text = el_gets(editor_, &length);
    if (text == nullptr || length <= 0)
      return length < 0 && errno == EINTR ? Outcome::kInterrupted : Outcome::kEnd;
    line.assign(text, static_cast<size_t>(length));
    return Outcome::kLine;
  }

  void Remember(const std::string& statement) {
    HistEvent event;
    history(history_, &event, H_ENTER, statement.c_str());
    if (!history_file_.empty()) history(history_, &event, H_SAVE, history_file_.c_str());
  }

  // After Ctrl-C the terminal's line is to be empty.
  void Reset() { el_reset(editor_); }

 private:
  static LineEditor& Of(EditLine* editor) {
    LineEditor* self = nullptr;
    el_get(editor, EL_CLIENTDATA, &self);
    return *self;
  }

  static char* Prompt(EditLine* editor) {
    static std::string first = "lakesmith> ";
    static std::string next = "       ... ";
    return Of(editor).before_.empty() ? first.data() : next.data();
  }

  static unsigned char OnTab(EditLine* editor, int /*key*/) { return Of(editor).Complete(); }

  unsigned char Complete() {
    const LineInfo* info = el_line(editor_);
    const std::string typed(info->buffer, info->cursor);
    const WordCompletion::Offer offer = completion_.Complete(before_ + typed);
    if (offer.candidates.empty()) return CC_REFRESH_BEEP;
    std::string common = offer.candidates.front();
    for (const std::string& candidate : offer.candidates) {
      size_t same = 0;
      while (same < common.size() && same < candidate.size() && common[same] == candidate[same]) {
        ++same;
      }
      common.resize(same);
    }
    const size_t word_size = before_.size() + typed.size() - offer.word_start;
    if (common.size() > word_size || offer.candidates.size() == 1) {
      el_deletestr(editor_, static_cast<int>(word_size));
      const bool whole = offer.candidates.size() == 1 && !common.ends_with('.');
      el_insertstr(editor_, (common + (whole ? " " : "")).c_str());
      return CC_REFRESH;
    }
    ListCandidates(offer.candidates);
    return CC_REDISPLAY;
  }

  static void ListCandidates(const std::vector<std::string>& candidates) {
    constexpr size_t kMost = 100;
    std::fputc('\n', stdout);
    for (size_t index = 0; index < candidates.size() && index < kMost; ++index) {
      fmt::print("{}  ", candidates[index]);
    }
    fmt::print("{}\n", candidates.size() > kMost ? "..." : "");
  }

  WordCompletion& completion_;
  std::string history_file_;
  std::string before_;
  EditLine* editor_ = nullptr;
  History* history_ = nullptr;
};

std::string Trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

std::string ReadFile(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) {
    fmt::print(stderr, "{}: cannot be read\n", path);
    return "";
  }
  std::string text;
  char buffer[65536];
  while (const size_t count = std::fread(buffer, 1, sizeof buffer, file)) {
    text.append(buffer, count);
  }
  std::fclose(file);
  return text;
}

// Runs a line that begins with a backslash. False when the shell is to end.
bool RunShellCommand(const std::string& line, StatementRunner& runner) {
  const size_t blank = line.find(' ');
  const std::string name = line.substr(0, blank);
  std::string argument = blank == std::string::npos ? "" : Trimmed(line.substr(blank));
  if (argument.ends_with(';')) argument.pop_back();
  if (name == "\\q") return false;
  if (name == "\\d") {
    runner.RunScript(argument.empty() ? "SHOW TABLES" : "DESCRIBE TABLE " + argument, "");
  } else if (name == "\\dn") {
    runner.RunScript("SHOW SCHEMAS", "");
  } else if (name == "\\df") {
    runner.RunScript("SHOW FUNCTIONS", "");
  } else if (name == "\\i") {
    runner.RunScript(ReadFile(argument), argument);
  } else if (name == "\\o") {
    const Result<OutputFormat> format = ParseOutputFormat(argument);
    if (format) {
      runner.set_format(*format);
    } else {
      fmt::print(stderr, "{}\n", format.error().message());
    }
  } else {
    if (name != "\\?" && name != "\\h") fmt::print("unknown command '{}'\n", name);
    fmt::print("{}", kHelp);
  }
  return true;
}

// History entries are one line, so that the arrow keys show them whole; a statement with a comment
// keeps its lines.
std::string HistoryEntry(const std::string& statement) {
  std::string entry = Trimmed(statement);
  if (entry.find("--") != std::string::npos) return entry;
  for (char& letter : entry) {
    if (letter == '\n') letter = ' ';
  }
  return entry;
}

}  // namespace

bool IsCompleteStatement(std::string_view text) {
  const std::vector<sql::StatementPiece> pieces = sql::SplitStatements(text);
  if (pieces.empty()) return false;
  const size_t end = pieces.back().offset + pieces.back().text.size();
  return text.substr(end).find(';') != std::string_view::npos;
}

void RunShell(engine::Session& session, StatementRunner& runner) {
  fmt::print("Lakesmith {}. \\? for help, \\q to leave.\n", kVersion);
  WordCompletion completion(session);
  LineEditor editor(completion);
  const InterruptWatcher watcher([&session](int /*signal*/) { session.Cancel(); });
  std::string statement;
  std::string line;
  while (true) {
    const LineEditor::Outcome outcome = editor.Read(statement, line);
    if (outcome == LineEditor::Outcome::kEnd) break;
    if (outcome == LineEditor::Outcome::kInterrupted) {
      fmt::print("^C\n");
      editor.Reset();
      statement.clear();
      continue;
    }
    const std::string trimmed = Trimmed(line);
    if (statement.empty() && (trimmed.empty() || trimmed == "exit" || trimmed == "quit")) {
      if (!trimmed.empty()) break;
      continue;
    }
    if (statement.empty() && (trimmed.starts_with('\\') || trimmed == "help")) {
      editor.Remember(trimmed);
      if (!RunShellCommand(trimmed == "help" ? "\\?" : trimmed, runner)) break;
      completion.Forget();
      continue;
    }
    statement += line;
    if (!IsCompleteStatement(statement)) continue;
    editor.Remember(HistoryEntry(statement));
    runner.RunScript(statement, "");
    completion.Forget();
    statement.clear();
  }
  fmt::print("\n");
}

}  // namespace lakesmith::app
