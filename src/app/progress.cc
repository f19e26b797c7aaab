#include "app/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

namespace lakesmith::app {
namespace {

using Clock = std::chrono::steady_clock;
using Phase = ProgressRow::Phase;

constexpr auto kRedrawInterval = std::chrono::milliseconds(100);
constexpr int kStateWidth = 12;
constexpr int kRowsWidth = 13;
constexpr int kTimeWidth = 8;
constexpr int kWidestName = 44;

size_t TerminalLines(std::FILE* out) {
  winsize size{};
  if (ioctl(fileno(out), TIOCGWINSZ, &size) != 0 || size.ws_row == 0) return 24;
  return size.ws_row;
}

std::string Mark(Phase phase, size_t frame) {
  static constexpr std::array<std::string_view, 10> kFrames = {"⠋", "⠙", "⠹", "⠸", "⠼",
                                                               "⠴", "⠦", "⠧", "⠇", "⠏"};
  switch (phase) {
    case Phase::kWaiting:
      return "·";
    case Phase::kActive:
      return std::string(kFrames[frame % kFrames.size()]);
    case Phase::kGood:
      return "✓";
    case Phase::kBad:
      return "✗";
    case Phase::kLeftOut:
      return "-";
  }
  return " ";
}

Style StyleOf(Phase phase) {
  switch (phase) {
    case Phase::kActive:
      return Style::kCyan;
    case Phase::kGood:
      return Style::kGreen;
    case Phase::kBad:
      return Style::kRed;
    case Phase::kWaiting:
    case Phase::kLeftOut:
      break;
  }
  return Style::kDim;
}

std::string TimeText(const ProgressRow& row) {
  if (row.elapsed) return DurationText(row.elapsed->count());
  if (!row.started || row.phase != Phase::kActive) return "";
  return DurationText(
      std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - *row.started).count());
}

std::string Padded(std::string_view text, int width) {
  return std::string(text) +
         std::string(static_cast<size_t>(std::max(0, width - DisplayWidth(text))), ' ');
}

std::string RemarkOf(const ProgressRow& row) {
  std::string remark =
      row.dropped_rows > 0 ? fmt::format("{} dropped", CountText(row.dropped_rows)) : "";
  if (!row.note.empty()) remark += (remark.empty() ? "" : "; ") + row.note;
  return remark.substr(0, remark.find('\n'));
}

}  // namespace

std::string LineTime() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &local);
  return text.data();
}

ProgressDisplay::ProgressDisplay(Mode mode, std::FILE* out, const Terminal& terminal)
    : mode_(mode), out_(out), terminal_(terminal) {
  if (mode_ == Mode::kLive) redrawing_ = std::thread([this] { RedrawUntilFinished(); });
}

ProgressDisplay::~ProgressDisplay() { Finish(); }

void ProgressDisplay::Put(ProgressRow row) {
  const std::lock_guard lock(mutex_);
  const auto found = index_.find(row.key);
  const ProgressRow* before = found == index_.end() ? nullptr : &rows_[found->second];
  if (mode_ == Mode::kLines) PrintChange(row, before);
  if (before == nullptr) {
    index_[row.key] = rows_.size();
    rows_.push_back(std::move(row));
  } else {
    rows_[found->second] = std::move(row);
  }
}

void ProgressDisplay::Note(const std::string& key, std::string note) {
  const std::lock_guard lock(mutex_);
  const auto found = index_.find(key);
  if (found != index_.end()) rows_[found->second].note = std::move(note);
}

void ProgressDisplay::Line(const std::string& text) {
  const std::lock_guard lock(mutex_);
  if (mode_ == Mode::kSilent) return;
  EraseTable();
  fmt::print(out_, "{}\n", text);
  DrawTable();
}

void ProgressDisplay::Finish() {
  {
    const std::lock_guard lock(mutex_);
    if (finished_) return;
    finished_ = true;
    EraseTable();
  }
  finished_changed_.notify_all();
  if (redrawing_.joinable()) redrawing_.join();
}

std::vector<std::string> ProgressDisplay::FinalTable(int width) const {
  const std::lock_guard lock(mutex_);
  return Table(width, rows_.size() + 1);
}

std::vector<ProgressRow> ProgressDisplay::rows() const {
  const std::lock_guard lock(mutex_);
  return rows_;
}

// Waiting rows are no news; neither is a change of numbers alone.
void ProgressDisplay::PrintChange(const ProgressRow& row, const ProgressRow* before) const {
  if (row.phase == Phase::kWaiting || (before != nullptr && before->state == row.state)) return;
  std::string text = fmt::format("{} \"{}\" {}", LineTime(), row.name, row.state);
  const bool over = row.phase != Phase::kActive;
  if (over && row.rows) text += fmt::format(" {}", Plural(*row.rows, "row"));
  const std::string remark = RemarkOf(row);
  if (over && !remark.empty()) text += " " + remark;
  fmt::print(out_, "{}\n", text);
  std::fflush(out_);
}

int ProgressDisplay::Depth(const ProgressRow& row) const {
  const auto parent = index_.find(row.parent);
  return parent == index_.end() ? 0 : 1 + Depth(rows_[parent->second]);
}

void ProgressDisplay::AddBelow(const std::string& parent,
                               std::vector<const ProgressRow*>& order) const {
  for (const ProgressRow& row : rows_) {
    if (row.parent != parent) continue;
    order.push_back(&row);
    AddBelow(row.key, order);
  }
}

std::vector<const ProgressRow*> ProgressDisplay::InOrder() const {
  std::vector<const ProgressRow*> order;
  AddBelow("", order);
  return order;
}

std::string ProgressDisplay::RowText(const ProgressRow& row, int name_width, int width) const {
  const int indent = 2 * Depth(row);
  const std::string name = CutToWidth(row.name, name_width - indent);
  const std::string rows = row.rows ? CountText(*row.rows) : "";
  const std::string state = Padded(row.state, kStateWidth);
  const std::string remark = RemarkOf(row);
  const int room = width - 2 - name_width - 2 - DisplayWidth(state) - kRowsWidth - kTimeWidth - 5;
  const Style style = StyleOf(row.phase);
  std::string text = fmt::format("{:{}}{} {}  {} {:>{}} {:>{}}", "", indent,
                                 terminal_.Styled(Mark(row.phase, frame_), style),
                                 Padded(name, name_width - indent), terminal_.Styled(state, style),
                                 rows, kRowsWidth, TimeText(row), kTimeWidth);
  if (!remark.empty() && room > 4)
    text += "  " + terminal_.Styled(CutToWidth(remark, room), Style::kDim);
  return text;
}

// The heading and the rows, at most `most_lines`; those that are over give way first.
std::vector<std::string> ProgressDisplay::Table(int width, size_t most_lines) const {
  std::vector<const ProgressRow*> order = InOrder();
  int name_width = 8;
  for (const ProgressRow* row : order) {
    name_width = std::max(name_width, 2 * Depth(*row) + DisplayWidth(row->name));
  }
  name_width = std::min(name_width, std::min(kWidestName, std::max(8, width / 2)));
  std::vector<std::string> lines;
  lines.push_back(
      terminal_.Styled(fmt::format("  {:<{}}  {:<{}} {:>{}} {:>{}}", "", name_width, "state",
                                   kStateWidth, "rows", kRowsWidth, "time", kTimeWidth),
                       Style::kBold));
  size_t hidden = order.size() + 1 > most_lines ? order.size() + 1 - most_lines : 0;
  for (const ProgressRow* row : order) {
    if (hidden > 0 && row->phase != Phase::kActive && row->phase != Phase::kBad) {
      --hidden;
      continue;
    }
    if (lines.size() < most_lines) lines.push_back(RowText(*row, name_width, width));
  }
  return lines;
}

void ProgressDisplay::EraseTable() {
  if (drawn_lines_ == 0) return;
  fmt::print(out_, "\x1b[{}A\r\x1b[J", drawn_lines_);
  std::fflush(out_);
  drawn_lines_ = 0;
}

void ProgressDisplay::DrawTable() {
  if (mode_ != Mode::kLive || finished_ || rows_.empty()) return;
  const size_t most_lines = std::max<size_t>(4, TerminalLines(out_) - 2);
  std::string text = drawn_lines_ == 0 ? "" : fmt::format("\x1b[{}A\r", drawn_lines_);
  const std::vector<std::string> lines = Table(terminal_.Width(), most_lines);
  for (const std::string& line : lines) {
    text += line + "\x1b[K\n";
  }
  fmt::print(out_, "{}\x1b[J", text);
  std::fflush(out_);
  drawn_lines_ = lines.size();
}

void ProgressDisplay::RedrawUntilFinished() {
  std::unique_lock lock(mutex_);
  while (!finished_) {
    DrawTable();
    ++frame_;
    finished_changed_.wait_for(lock, kRedrawInterval, [this] { return finished_; });
  }
}

}  // namespace lakesmith::app
