// Time to parse a query of 50 lines into its syntax tree, and to print it: median of many rounds.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "sql/parse.h"
#include "sql/print.h"

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kRounds = 2000;

constexpr std::string_view kQuery =
#include "query_of_50_lines.inc"
    ;

template <typename Work>
double MedianMicroseconds(const Work& work) {
  std::vector<double> times;
  for (int round = 0; round < kRounds; ++round) {
    const auto begin = Clock::now();
    work();
    times.push_back(std::chrono::duration<double, std::micro>(Clock::now() - begin).count());
  }
  std::nth_element(times.begin(), times.begin() + kRounds / 2, times.end());
  return times[kRounds / 2];
}

}  // namespace

int main() {
  const auto parsed = lakesmith::sql::ParseStatement(kQuery);
  if (!parsed) {
    std::fprintf(stderr, "%s\n", parsed.error().ToString().c_str());
    return 1;
  }
  std::printf("lines          %8td\n", std::count(kQuery.begin(), kQuery.end(), '\n') + 1);
  std::printf("parse, median  %8.1f us\n",
              MedianMicroseconds([] { (void)lakesmith::sql::ParseStatement(kQuery); }));
  std::printf("print, median  %8.1f us\n",
              MedianMicroseconds([&] { (void)lakesmith::sql::ToSql(**parsed); }));
  return 0;
}
