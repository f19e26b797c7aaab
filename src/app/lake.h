#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "app/project.h"
#include "app/project_secrets.h"
#include "base/result.h"
#include "engine/session.h"

namespace lakesmith::app {

// The warehouse of a project, opened when it is first needed: a run of shell tasks alone never
// starts the engine. Thread-safe.
class Lake {
 public:
  explicit Lake(Project project)
      : project_(std::move(project)), read_secret_(SecretReader(project_)) {}

  const Project& project() const { return project_; }
  // A new session on the warehouse. Errors: those of Workspace::Open and Session::Open.
  Result<std::unique_ptr<engine::Session>> OpenSession(engine::SessionOptions options = {});

 private:
  const Project project_;
  const decltype(engine::SessionOptions::read_secret) read_secret_;
  std::mutex mutex_;
  std::shared_ptr<engine::Workspace> workspace_;  // Guarded by mutex_.
};

}  // namespace lakesmith::app
