// Changes statements at random, the same way in each run: whatever comes out is parsed or refused,
// without a crash or a hang, and what is parsed prints to a text of the same tree.
#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "base/json.h"
#include "sql/keyword_table.h"
#include "sql/parse.h"
#include "sql/print.h"

namespace lakesmith::sql {
namespace {

std::vector<std::string> SeedStatements() {
  const char* folder = std::getenv("LAKESMITH_TESTDATA");
  const std::filesystem::path root =
      folder != nullptr ? std::filesystem::path(folder)
                        : std::filesystem::path(LAKESMITH_SOURCE_DIR) / "../shared/testdata";
  std::vector<std::string> statements = {
      "SELECT a, sum(b) OVER (PARTITION BY c ORDER BY d ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) "
      "FROM t JOIN u USING (x) WHERE y IN (SELECT 1) GROUP BY CUBE (a, b) LIMIT 3",
      "MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN "
      "INSERT *",
      "CREATE OR REFRESH STREAMING TABLE t (CONSTRAINT c EXPECT (a > 1) ON VIOLATION DROP ROW) AS "
      "SELECT * FROM STREAM read_files('/x', format => 'json')",
      "FROM t |> WHERE a LIKE 'x%' ESCAPE '!' |> AGGREGATE sum(b) GROUP BY c |> ORDER BY 1",
      "SELECT CASE WHEN a THEN INTERVAL '1-2' YEAR TO MONTH ELSE CAST(b AS ARRAY<INT>)[0] END, "
      "v:a.b::int",
  };
  std::ifstream file(root / "spark-sql" / "sqltests.jsonl");
  size_t number = 0;
  for (std::string line; std::getline(file, line);) {
    if (++number % 7 == 0) {
      statements.push_back(Json::parse(line)["sql"].get<std::string>());
    }
  }
  return statements;
}

class Mutator {
 public:
  std::string Mutate(std::string text, const std::vector<std::string>& seeds) {
    const size_t changes = 1 + random_() % 4;
    for (size_t i = 0; i < changes; ++i) {
      Change(&text, seeds);
    }
    return text;
  }
  size_t Below(size_t limit) { return limit == 0 ? 0 : random_() % limit; }

 private:
  void Change(std::string* text, const std::vector<std::string>& seeds) {
    static const std::vector<std::string> kPieces = {
        "(",  ")",  ",",  ".", "'",   "\"", "`",  "*",  "-",        "--",  "/*",  "*/",
        "::", ":",  "|>", "|", "->",  "=>", "[",  "]",  "1",        "1.5", "1e3", "NULL",
        "a",  "\\", ";",  "?", "@v1", "<",  ">>", "$$", "\xC3\xBC", "\n"};
    const size_t at = Below(text->size() + 1);
    switch (Below(6)) {
      case 0:
        text->erase(at, Below(12));
        break;
      case 1:
        text->insert(at, kPieces[Below(kPieces.size())]);
        break;
      case 2:
        text->insert(at, " " + std::string(kKeywords[1 + Below(kKeywordCount - 1)]) + " ");
        break;
      case 3:
        text->insert(at, text->substr(Below(text->size()), Below(30)));
        break;
      case 4: {
        const std::string& other = seeds[Below(seeds.size())];
        text->insert(at, " " + other.substr(Below(other.size()), Below(40)) + " ");
        break;
      }
      default:
        if (!text->empty()) {
          (*text)[Below(text->size())] = static_cast<char>(Below(256));
        }
    }
  }

  std::mt19937_64 random_{20240115};
};

TEST(MutationTest, NothingCrashesAndPrintedTextParsesToTheSameTree) {
  const std::vector<std::string> seeds = SeedStatements();
  Mutator mutator;
  size_t parsed_count = 0;
  size_t failures = 0;
  constexpr size_t kRounds = 6000;
  for (size_t round = 0; round < kRounds && failures < 10; ++round) {
    const std::string text = mutator.Mutate(seeds[mutator.Below(seeds.size())], seeds);
    const std::clock_t begin = std::clock();
    const auto parsed = ParseStatement(text);
    SplitStatements(text);
    EXPECT_LT(std::clock() - begin, 5 * CLOCKS_PER_SEC) << text;
    if (!parsed) {
      EXPECT_EQ(parsed.error().code(), ErrorCode::kInvalid) << text;
      EXPECT_GT(parsed.error().location().line, 0) << text;
      continue;
    }
    ++parsed_count;
    const std::string printed = ToSql(**parsed);
    const auto again = ParseStatement(printed);
    if (!again || *again != *parsed) {
      ++failures;
      ADD_FAILURE() << text << "\n" << printed << "\n" << (again ? "" : again.error().ToString());
    }
  }
  // The few statements above, without recorded ones, are long and break more often.
  constexpr size_t kOwnSeeds = 5;
  EXPECT_GT(parsed_count, seeds.size() > kOwnSeeds ? kRounds / 20 : kRounds / 60);
}

}  // namespace
}  // namespace lakesmith::sql
