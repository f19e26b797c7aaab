// Time to parse a query of 50 lines into its syntax tree, and to print it: median of many rounds.
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "median.h"
#include "sql/parse.h"
#include "sql/print.h"

namespace {

constexpr int kRounds = 2000;

constexpr std::string_view kQuery =
#include "query_of_50_lines.inc"
    ;

}  // namespace

int main() {
  const auto parsed = lakesmith::sql::ParseStatement(kQuery);
  if (!parsed) {
    std::fprintf(stderr, "%s\n", parsed.error().ToString().c_str());
    return 1;
  }
  std::printf("lines          %8td\n", std::count(kQuery.begin(), kQuery.end(), '\n') + 1);
  std::printf("parse, median  %8.1f us\n", lakesmith::bench::MedianMicroseconds(kRounds, [] {
                (void)lakesmith::sql::ParseStatement(kQuery);
              }));
  std::printf("print, median  %8.1f us\n", lakesmith::bench::MedianMicroseconds(kRounds, [&] {
                (void)lakesmith::sql::ToSql(**parsed);
              }));
  return 0;
}
