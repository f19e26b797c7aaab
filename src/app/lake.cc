#include "app/lake.h"

#include <utility>

namespace lakesmith::app {

Result<std::unique_ptr<engine::Session>> Lake::OpenSession(engine::SessionOptions options) {
  std::shared_ptr<engine::Workspace> workspace;
  {
    const std::lock_guard lock(mutex_);
    if (workspace_ == nullptr)
      workspace_ = TRY(engine::Workspace::Open({.warehouse = project_.warehouse,
                                                .memory_limit_bytes = project_.memory_limit_bytes,
                                                .threads = project_.threads}));
    workspace = workspace_;
  }
  options.read_secret = read_secret_;
  return engine::Session::Open(std::move(workspace), std::move(options));
}

}  // namespace lakesmith::app
