#pragma once

#include <string>
#include <string_view>

namespace lakesmith::state {

// The owner of runs that wait for whoever takes them.
inline constexpr std::string_view kNoOwner = "-";
inline constexpr std::string_view kInterruptedText = "the process that ran it ended before it did";

// Names this process so that no later one has the same name: boot of the machine, process id, start
// time.
std::string ThisOwner();

// Whether that process still runs. False after a reboot, also when its number was given away again.
bool OwnerIsAlive(const std::string& owner);

}  // namespace lakesmith::state
