// Any bytes are parsed or refused: no crash, no hang.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "sql/parse.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)lakesmith::sql::ParseStatements(text);
  (void)lakesmith::sql::ParseExpression(text);
  (void)lakesmith::sql::ParseTableSchema(text);
  (void)lakesmith::sql::SplitStatements(text);
  return 0;
}
