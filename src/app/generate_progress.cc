#include "app/generate_progress.h"

#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <string>

#include "app/terminal.h"

namespace lakesmith::app {
namespace {

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free, "set by a signal handler");

void OnInterrupt(int /*signal*/) { interrupted = true; }

}  // namespace

void GenerateBar::Show(int64_t done, int64_t total) {
  const Clock::time_point now = Clock::now();
  if (now - drawn_ < std::chrono::milliseconds(100)) return;
  drawn_ = now;
  constexpr int kBarWidth = 30;
  const int filled = total == 0 ? kBarWidth : static_cast<int>(done * kBarWidth / total);
  const double seconds = std::chrono::duration<double>(now - started_).count();
  std::string bar;
  for (int cell = 0; cell < kBarWidth; ++cell) {
    bar += cell < filled ? "█" : "░";
  }
  fmt::print(stderr, "\r{} {:>3} %  {} rows  {} rows/s\x1b[K",
             Terminal::Error().Styled(bar, Style::kCyan), total == 0 ? 100 : done * 100 / total,
             CountText(done), CountText(static_cast<int64_t>(static_cast<double>(done) / seconds)));
}

void GenerateBar::Clear() const {
  if (drawn_ != Clock::time_point()) fmt::print(stderr, "\r\x1b[K");
}

const std::atomic<bool>& StopOnSignals() {
  std::signal(SIGINT, OnInterrupt);
  std::signal(SIGTERM, OnInterrupt);
  return interrupted;
}

}  // namespace lakesmith::app
