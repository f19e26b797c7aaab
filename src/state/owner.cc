#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "state/owner_internal.h"

namespace lakesmith::state {
namespace {

std::string FirstLine(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

// Start time of a process in clock ticks since boot, the 22nd field of its stat line; "" when it is
// gone or has ended and only waits for its parent. Source: proc(5).
std::string StartTicks(const std::string& pid) {
  const std::string line = FirstLine("/proc/" + pid + "/stat");
  // The program's name, in parentheses, may hold spaces: count from behind it.
  const size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) return "";
  std::istringstream fields(line.substr(name_end + 1));
  std::string field;
  fields >> field;
  if (field == "Z" || field == "X") return "";
  for (int number = 4; number <= 22; ++number) fields >> field;
  return field;
}

std::string OwnerOf(const std::string& pid) {
  return fmt::format("{}/{}/{}", FirstLine("/proc/sys/kernel/random/boot_id"), pid,
                     StartTicks(pid));
}

}  // namespace

std::string ThisOwner() { return OwnerOf(std::to_string(getpid())); }

bool OwnerIsAlive(const std::string& owner) {
  const size_t first = owner.find('/');
  const size_t second = owner.find('/', first + 1);
  if (first == std::string::npos || second == std::string::npos) return false;
  const std::string pid = owner.substr(first + 1, second - first - 1);
  return !StartTicks(pid).empty() && OwnerOf(pid) == owner;
}

}  // namespace lakesmith::state
