#pragma once

#include <string>
#include <vector>

#include "app/terminal.h"

namespace lakesmith::app {

// Rows under a heading, columns side by side, for lists that a person reads. Nothing but the
// heading when there are none.
std::string TextTable(const std::vector<std::string>& heading,
                      const std::vector<std::vector<std::string>>& rows, const Terminal& terminal);

}  // namespace lakesmith::app
