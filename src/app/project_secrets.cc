#include "app/project_secrets.h"

#include <memory>
#include <mutex>
#include <optional>

#include "bundle/bundle.h"
#include "secrets/vault.h"
#include "state/state.h"

namespace lakesmith::app {
namespace {

// A vault that is opened when it is first asked.
class LateVault {
 public:
  explicit LateVault(std::string state_file) : state_file_(std::move(state_file)) {}

  Result<std::string> Get(const std::string& scope, const std::string& key) {
    const std::lock_guard lock(mutex_);
    if (!vault_) {
      if (!std::filesystem::exists(state_file_)) {
        return NotFound(
            "there is no secret scope '{}'; make it with: lakesmith secrets create-scope", scope);
      }
      store_ = TRY(state::Store::Open(state_file_));
      vault_.emplace(*store_, bundle::ProcessEnvironment());
    }
    return vault_->Get(scope, key);
  }

 private:
  const std::string state_file_;
  std::mutex mutex_;  // Guards all below.
  std::unique_ptr<state::Store> store_;
  std::optional<secrets::Vault> vault_;
};

}  // namespace

std::function<Result<std::string>(const std::string& scope, const std::string& key)> SecretReader(
    const Project& project) {
  const auto vault = std::make_shared<LateVault>(project.StateFile().string());
  return
      [vault](const std::string& scope, const std::string& key) { return vault->Get(scope, key); };
}

}  // namespace lakesmith::app
