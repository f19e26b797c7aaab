#pragma once

#include <functional>
#include <thread>

namespace lakesmith::app {

// While one lives, Ctrl-C (SIGINT) and SIGTERM call `on_signal` with the signal's number, on a
// thread of its own, instead of ending the process. At most one at a time.
class InterruptWatcher {
 public:
  explicit InterruptWatcher(std::function<void(int signal)> on_signal);
  ~InterruptWatcher();
  InterruptWatcher(const InterruptWatcher&) = delete;
  InterruptWatcher& operator=(const InterruptWatcher&) = delete;

 private:
  std::thread thread_;
};

}  // namespace lakesmith::app
