#pragma once

#include <functional>
#include <string>

#include "app/project.h"
#include "base/result.h"

namespace lakesmith::app {

// What secret(scope, key) asks in sessions of a project. Opens the project's state file when it is
// first called; thread-safe. Errors: those of secrets::Vault::Get.
std::function<Result<std::string>(const std::string& scope, const std::string& key)> SecretReader(
    const Project& project);

}  // namespace lakesmith::app
