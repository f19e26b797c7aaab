#include "base/json.h"

namespace lakesmith {
namespace {

SourceLocation LocationOf(std::string_view text, size_t offset) {
  SourceLocation location{.file = "", .line = 1, .column = 1};
  for (size_t i = 0; i < offset && i < text.size(); ++i) {
    if (text[i] == '\n') {
      ++location.line;
      location.column = 1;
    } else {
      ++location.column;
    }
  }
  return location;
}

}  // namespace

Result<Json> ParseJson(std::string_view text) {
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    const size_t offset = error.byte > 0 ? error.byte - 1 : 0;
    return Invalid("not valid JSON: {}", error.what()).At(LocationOf(text, offset));
  } catch (const Json::exception& error) {
    // A number that is too large for a double is valid JSON, but cannot be held.
    return Invalid("not usable JSON: {}", error.what());
  }
}

std::string JsonText(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace lakesmith
