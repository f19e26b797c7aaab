#pragma once

#include <string>
#include <string_view>

namespace lakesmith::functions {

// A pattern of java.util.regex in PCRE2's words: \uXXXX, the flags d, u and U (UTF-8 has no other
// meaning), classes within classes and their intersections. What is malformed stays so.
std::string JavaPatternToPcre(std::string_view pattern);

}  // namespace lakesmith::functions
