#include "app/interrupt.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "base/check.h"

namespace lakesmith::app {
namespace {

// The handler may only write: a thread reads and does the rest. Descriptors of the one living
// watcher.
std::array<int, 2> pipe_ends = {-1, -1};

constexpr char kEnd = 0;  // No signal has this number.

void OnSignal(int signal) {
  const int saved = errno;
  const auto byte = static_cast<char>(signal);
  // A full pipe means that plenty of signals wait already.
  [[maybe_unused]] const ssize_t written = write(pipe_ends[1], &byte, 1);
  errno = saved;
}

void SetHandlers(void (*handler)(int)) {
  struct sigaction action{};
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  // Without SA_RESTART: a prompt that waits for a key comes back.
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

}  // namespace

InterruptWatcher::InterruptWatcher(std::function<void(int signal)> on_signal) {
  CHECK(pipe_ends[0] == -1);
  CHECK(pipe2(pipe_ends.data(), O_CLOEXEC) == 0);
  thread_ = std::thread([callback = std::move(on_signal)] {
    // Signals go to the other threads, so that a waiting prompt notices them.
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    char byte = kEnd;
    while (true) {
      const ssize_t count = read(pipe_ends[0], &byte, 1);
      if (count < 0 && errno == EINTR) continue;
      if (count != 1 || byte == kEnd) return;
      callback(byte);
    }
  });
  SetHandlers(OnSignal);
}

InterruptWatcher::~InterruptWatcher() {
  SetHandlers(SIG_DFL);
  [[maybe_unused]] const ssize_t written = write(pipe_ends[1], &kEnd, 1);
  thread_.join();
  close(pipe_ends[0]);
  close(pipe_ends[1]);
  pipe_ends = {-1, -1};
}

}  // namespace lakesmith::app
