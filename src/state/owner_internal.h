#pragma once

#include <string>

namespace lakesmith::state {

// Names this process so that no later one has the same name: boot of the machine, process id, start
// time.
std::string ThisOwner();

// Whether that process still runs. False after a reboot, also when its number was given away again.
bool OwnerIsAlive(const std::string& owner);

}  // namespace lakesmith::state
