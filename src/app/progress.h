#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "app/terminal.h"

namespace lakesmith::app {

// One task or dataset of a run.
struct ProgressRow {
  enum class Phase { kWaiting, kActive, kGood, kBad, kLeftOut };

  std::string key;     // Unique in the run.
  std::string parent;  // Key of the row above it in the tree; "" for a task.
  std::string name;    // As shown.
  std::string state;   // E.g. "RUNNING", "COMPLETED".
  Phase phase = Phase::kWaiting;
  std::optional<int64_t> rows;  // Written.
  int64_t dropped_rows = 0;
  std::optional<std::chrono::steady_clock::time_point> started;
  std::optional<std::chrono::microseconds> elapsed;  // Once it is over.
  std::string note;                                  // Why it failed or did nothing; one line.
};

// Shows how a run goes on: on a terminal as a table that is redrawn ten times a second, elsewhere
// as one line for each change of a state. Thread-safe.
class ProgressDisplay {
 public:
  enum class Mode { kLive, kLines, kSilent };

  // Writes to `out`, which must be the terminal for kLive.
  ProgressDisplay(Mode mode, std::FILE* out, const Terminal& terminal);
  ~ProgressDisplay();
  ProgressDisplay(const ProgressDisplay&) = delete;
  ProgressDisplay& operator=(const ProgressDisplay&) = delete;

  // Adds a row, or replaces the one of that key.
  void Put(ProgressRow row);
  // Sets the remark of a row, if it is there.
  void Note(const std::string& key, std::string note);
  // A line of its own: in kLines as it is, in kLive above the table.
  void Line(const std::string& text);
  // Ends the redrawing and leaves the screen without the table.
  void Finish();

  // The table as it stands, one line a row, for the end of a run.
  std::vector<std::string> FinalTable(int width) const;
  std::vector<ProgressRow> rows() const;

 private:
  std::vector<const ProgressRow*> InOrder() const;
  std::vector<std::string> Table(int width, size_t most_lines) const;
  std::string RowText(const ProgressRow& row, int name_width, int width) const;
  void AddBelow(const std::string& parent, std::vector<const ProgressRow*>& order) const;
  int Depth(const ProgressRow& row) const;
  void PrintChange(const ProgressRow& row, const ProgressRow* before) const;
  void EraseTable();
  void DrawTable();
  void RedrawUntilFinished();

  const Mode mode_;
  std::FILE* const out_;
  const Terminal& terminal_;
  mutable std::mutex mutex_;  // Guards all below.
  std::condition_variable finished_changed_;
  std::vector<ProgressRow> rows_;        // In order of arrival.
  std::map<std::string, size_t> index_;  // Key to position in rows_.
  size_t drawn_lines_ = 0;
  size_t frame_ = 0;
  bool finished_ = false;
  std::thread redrawing_;
};

// "2026-11-21 12:00:00" in local time: how each line of kLines begins.
std::string LineTime();

}  // namespace lakesmith::app
