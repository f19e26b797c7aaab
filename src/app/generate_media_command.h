#pragma once

#include "app/command.h"

namespace CLI {
class App;
}

namespace lakesmith::app {

// Adds `generate media` to the group `generate`.
void AddGenerateMedia(CLI::App& group, Context& context);

}  // namespace lakesmith::app
