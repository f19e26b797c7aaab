// What is parsed prints to a text that parses to an equal tree.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "sql/parse.h"
#include "sql/print.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using lakesmith::sql::ParseStatement;
  using lakesmith::sql::ToSql;
  const auto parsed = ParseStatement({reinterpret_cast<const char*>(data), size});
  if (!parsed) {
    return 0;
  }
  const std::string printed = ToSql(**parsed);
  const auto again = ParseStatement(printed);
  if (!again || !(*again == *parsed)) {
    std::fprintf(stderr, "printed: %s\n%s\n", printed.c_str(),
                 again ? "is another tree" : again.error().ToString().c_str());
    std::abort();
  }
  return 0;
}
