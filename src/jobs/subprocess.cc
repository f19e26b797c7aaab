#include "jobs/subprocess.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

namespace lakesmith::jobs {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kMaxOutputBytes = 1 << 20;
constexpr auto kGrace = std::chrono::seconds(5);
constexpr int kPollMillis = 50;
constexpr int kNotFoundExit = 127;
constexpr int kSignalBase = 128;

// Closes its descriptor at the end of its life.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { Close(); }

  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }
  void Set(int number) {
    Close();
    number_ = number;
  }
  void Close() {
    if (number_ >= 0) close(number_);
    number_ = -1;
  }

 private:
  int number_;
};

Status MakePipe(Descriptor& read_end, Descriptor& write_end) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return Internal("pipe: {}", std::strerror(errno));
  read_end.Set(ends[0]);
  write_end.Set(ends[1]);
  return {};
}

// Arguments of exec, made before the fork: the child may not allocate.
struct ExecArguments {
  std::vector<std::string> environment;
  std::vector<char*> argv;
  std::vector<char*> envp;
  std::string program;
};

Result<std::string> FindProgram(const std::string& name,
                                const std::map<std::string, std::string>& environment) {
  if (name.find('/') != std::string::npos) return name;
  const auto path = environment.find("PATH");
  std::string_view folders = "/usr/bin:/bin";
  if (path != environment.end()) folders = path->second;
  while (!folders.empty()) {
    const size_t colon = folders.find(':');
    std::string candidate = fmt::format("{}/{}", folders.substr(0, colon), name);
    if (access(candidate.c_str(), X_OK) == 0) return candidate;
    folders = colon == std::string_view::npos ? "" : folders.substr(colon + 1);
  }
  return NotFound("program '{}' is not on PATH", name);
}

Result<ExecArguments> MakeArguments(const Subprocess& subprocess) {
  ExecArguments arguments;
  arguments.program = TRY(FindProgram(subprocess.arguments.at(0), subprocess.environment));
  for (const auto& [name, value] : subprocess.environment) {
    arguments.environment.push_back(fmt::format("{}={}", name, value));
  }
  for (const std::string& argument : subprocess.arguments) {
    arguments.argv.push_back(const_cast<char*>(argument.c_str()));
  }
  for (std::string& variable : arguments.environment) arguments.envp.push_back(variable.data());
  arguments.argv.push_back(nullptr);
  arguments.envp.push_back(nullptr);
  return arguments;
}

[[noreturn]] void BecomeChild(const ExecArguments& arguments, const char* folder, int input,
                              int output) {
  setpgid(0, 0);
  // Dies with the thread that waits for it, also when that is killed.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // The signals that this program blocks or ignores are its own affair.
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  signal(SIGPIPE, SIG_DFL);
  signal(SIGINT, SIG_DFL);
  dup2(input, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  if (folder[0] == '\0' || chdir(folder) == 0) {
    execve(arguments.program.c_str(), arguments.argv.data(), arguments.envp.data());
  }
  _exit(kNotFoundExit);
}

// Follows one child to its end.
class Watch {
 public:
  Watch(pid_t child, Descriptor& output, Descriptor& input, std::string_view text,
        const std::function<void(std::string_view)>& on_output)
      : child_(child),
        end_(static_cast<int>(syscall(SYS_pidfd_open, child, 0))),
        output_(output),
        input_(input),
        text_(text),
        on_output_(on_output) {}

  SubprocessEnd Run(const std::stop_token& stop) {
    SubprocessEnd end;
    int status = 0;
    while (true) {
      Poll();
      if (stop.stop_requested()) Terminate(end);
      if (waitpid(child_, &status, WNOHANG) == child_) break;
    }
    // Whatever it left behind in its group dies with it; then its last words are read.
    kill(-child_, SIGKILL);
    while (ReadOutput()) {
    }
    end.exit_code = WIFSIGNALED(status) ? kSignalBase + WTERMSIG(status) : WEXITSTATUS(status);
    end.output = std::move(collected_);
    return end;
  }

 private:
  void Poll() {
    std::array<pollfd, 3> watched{};
    watched[0] = {.fd = output_.number(), .events = POLLIN, .revents = 0};
    watched[1] = {.fd = input_.number(), .events = POLLOUT, .revents = 0};
    watched[2] = {.fd = end_.number(), .events = POLLIN, .revents = 0};
    poll(watched.data(), watched.size(), kPollMillis);
    if (watched[0].revents != 0) ReadOutput();
    if (watched[1].revents != 0) WriteInput();
  }

  // True when there may be more.
  bool ReadOutput() {
    if (!output_.is_open()) return false;
    std::array<char, 8192> buffer{};
    const ssize_t count = read(output_.number(), buffer.data(), buffer.size());
    if (count < 0) return errno == EINTR;  // EAGAIN: nothing is there.
    if (count == 0) {
      output_.Close();
      return false;
    }
    const std::string_view piece(buffer.data(), static_cast<size_t>(count));
    collected_ += piece;
    if (collected_.size() > kMaxOutputBytes) {
      collected_.erase(0, collected_.size() - kMaxOutputBytes);
    }
    if (on_output_) on_output_(piece);
    return true;
  }

  void WriteInput() {
    if (!input_.is_open()) return;
    const ssize_t count = text_.empty() ? 0 : write(input_.number(), text_.data(), text_.size());
    if (count > 0) text_.remove_prefix(static_cast<size_t>(count));
    if (text_.empty() || (count < 0 && errno != EAGAIN && errno != EINTR)) input_.Close();
  }

  void Terminate(SubprocessEnd& end) {
    if (!end.stopped) {
      end.stopped = true;
      stopped_at_ = Clock::now();
      kill(-child_, SIGTERM);
    } else if (Clock::now() - stopped_at_ > kGrace) {
      kill(-child_, SIGKILL);
    }
  }

  const pid_t child_;
  Descriptor end_;  // Readable when the child has ended; not open on an old kernel.
  Descriptor& output_;
  Descriptor& input_;
  std::string_view text_;
  const std::function<void(std::string_view)>& on_output_;
  std::string collected_;
  Clock::time_point stopped_at_;
};

}  // namespace

Result<SubprocessEnd> RunSubprocess(const Subprocess& subprocess, const std::stop_token& stop,
                                    const std::function<void(std::string_view)>& on_output) {
  const ExecArguments arguments = TRY(MakeArguments(subprocess));
  Descriptor child_input;
  Descriptor input;
  Descriptor output;
  Descriptor child_output;
  TRY(MakePipe(child_input, input));
  TRY(MakePipe(output, child_output));
  const std::string folder = subprocess.folder.string();
  const pid_t child = fork();
  if (child < 0) return Internal("fork: {}", std::strerror(errno));
  if (child == 0) {
    BecomeChild(arguments, folder.c_str(), child_input.number(), child_output.number());
  }
  setpgid(child, child);  // Here too: whichever runs first.
  child_input.Close();
  child_output.Close();
  fcntl(output.number(), F_SETFL, O_NONBLOCK);
  fcntl(input.number(), F_SETFL, O_NONBLOCK);
  if (subprocess.input.empty()) input.Close();
  return Watch(child, output, input, subprocess.input, on_output).Run(stop);
}

}  // namespace lakesmith::jobs
