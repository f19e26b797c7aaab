#include "delta/table.h"

#include <chrono>

#include "delta/paths.h"

namespace lakesmith::delta {

int64_t SystemNowMs() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

std::string Table::LogFolder() const { return storage::JoinPath(root, "_delta_log"); }

std::string Table::FullPath(const std::string& path) const {
  const std::string canonical = CanonicalPath(path, root);
  const bool outside = IsAbsolutePath(path) && IsAbsolutePath(canonical);
  return outside ? canonical : storage::JoinPath(root, canonical);
}

}  // namespace lakesmith::delta
