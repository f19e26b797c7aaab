#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace lakesmith::app {

// The bar that `lakesmith generate` shows on standard error, redrawn ten times a second.
class GenerateBar {
 public:
  void Show(int64_t done, int64_t total);
  void Clear() const;

 private:
  using Clock = std::chrono::steady_clock;
  const Clock::time_point started_ = Clock::now();
  Clock::time_point drawn_;
};

// Makes SIGINT and SIGTERM set the flag that is returned, instead of ending the process.
const std::atomic<bool>& StopOnSignals();

}  // namespace lakesmith::app
