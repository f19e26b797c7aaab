#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lakesmith::connect {

enum class OptionUse {
  kHandled,      // Becomes a field of ReadFiles.
  kFormat,       // Handed to the reader of the format.
  kIgnored,      // Tunes the original; changes nothing that is read here.
  kUnsupported,  // Would change what is read: refused unless it has its harmless value.
};

struct OptionRule {
  std::string_view name;  // As documented.
  OptionUse use;
  std::string_view harmless_value = "";
};

// The rule of an option by its name in lower case; nullptr when there is none.
const OptionRule* FindOption(std::string_view lower_name);

// All names as documented, for suggestions.
std::vector<std::string> OptionNames();

}  // namespace lakesmith::connect
