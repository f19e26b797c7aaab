// Parses Spark's own recorded statements. Needs the test data folder; says so where it is missing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/json.h"
#include "sql/parse.h"
#include "sql/print.h"

namespace lakesmith::sql {
namespace {

struct RecordedStatement {
  std::string place;  // File and number.
  std::string text;
  std::string error_class;  // Empty when the statement succeeds.
  ParseOptions options;
};

std::filesystem::path CorpusFolder() {
  const char* folder = std::getenv("LAKESMITH_TESTDATA");
  const std::filesystem::path root =
      folder != nullptr ? std::filesystem::path(folder)
                        : std::filesystem::path(LAKESMITH_SOURCE_DIR) / "../shared/testdata";
  return root / "spark-sql";
}

bool IsOn(const Json& settings, const char* key) {
  return settings.contains(key) && settings[key].get<std::string>() == "true";
}

// Follows SET of the settings that change parsing.
void ApplySetting(const std::string& text, ParseOptions* options) {
  const auto statement = ParseStatement(text);
  const auto* set = statement ? TryAs<Set>(*statement) : nullptr;
  if (set == nullptr || !set->value) {
    return;
  }
  const bool on = *set->value == "true";
  if (set->key == "spark.sql.parser.singleCharacterPipeOperator.enabled") {
    options->single_character_pipe = on;
  } else if (set->key == "spark.sql.ansi.doubleQuotedIdentifiers") {
    options->double_quoted_identifiers = on;
  } else if (set->key == "spark.sql.parser.escapedStringLiterals") {
    options->escaped_string_literals = on;
  }
}

std::vector<RecordedStatement> LoadCorpus() {
  std::vector<RecordedStatement> statements;
  ParseOptions options;
  std::string current_file;
  for (const char* name : {"sqltests.jsonl", "functions.jsonl", "probes.jsonl"}) {
    std::ifstream file(CorpusFolder() / name);
    for (std::string line; std::getline(file, line);) {
      const Json record = Json::parse(line);
      RecordedStatement statement;
      statement.place =
          record["file"].get<std::string>() + ":" + std::to_string(record["n"].get<int>());
      statement.text = record["sql"].get<std::string>();
      if (record.contains("error")) {
        statement.error_class = record.value("error_class", record["error"].get<std::string>());
      }
      if (record["file"] != current_file) {
        current_file = record["file"];
        options = ParseOptions();
        const Json settings = record.value("conf", Json::object());
        options.double_quoted_identifiers =
            IsOn(settings, "spark.sql.ansi.doubleQuotedIdentifiers");
        options.escaped_string_literals = IsOn(settings, "spark.sql.parser.escapedStringLiterals");
        options.legacy_identifier_clause = IsOn(settings, "spark.sql.legacy.identifierClause");
      }
      ApplySetting(statement.text, &options);
      statement.options = options;
      statements.push_back(std::move(statement));
    }
  }
  return statements;
}

class CorpusTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(CorpusFolder())) {
      GTEST_SKIP() << "skipped: no test data in " << CorpusFolder();
    }
    statements_ = LoadCorpus();
    ASSERT_GT(statements_.size(), 1000U);
  }

  std::vector<RecordedStatement> statements_;
};

// Errors that Spark's parser itself raises; every other failure comes after parsing.
bool IsParserError(const std::string& error_class) {
  return error_class.starts_with("PARSE_") || error_class.starts_with("UNSUPPORTED_DATATYPE") ||
         error_class.starts_with("_LEGACY_ERROR_TEMP_00") ||
         error_class.starts_with("INVALID_PARAMETER_VALUE.DATETIME_UNIT");
}

TEST_F(CorpusTest, ParsesValidStatements) {
  size_t valid = 0;
  std::vector<std::string> failures;
  for (const RecordedStatement& statement : statements_) {
    if (!statement.error_class.empty()) {
      continue;
    }
    ++valid;
    const auto parsed = ParseStatement(statement.text, statement.options);
    if (!parsed) {
      failures.push_back(statement.place + "\n" + parsed.error().ToString());
    }
  }
  std::printf("valid statements parsed: %zu of %zu\n", valid - failures.size(), valid);
  for (const std::string& failure : failures) {
    std::printf("  %s\n", failure.c_str());
  }
  EXPECT_LE(failures.size() * 1000, valid * 2);
}

TEST_F(CorpusTest, ParsesWhatFailsLaterOnly) {
  size_t count = 0;
  std::vector<std::string> failures;
  for (const RecordedStatement& statement : statements_) {
    if (statement.error_class.empty() || IsParserError(statement.error_class)) {
      continue;
    }
    ++count;
    const auto parsed = ParseStatement(statement.text, statement.options);
    if (!parsed && parsed.error().error_class() == "PARSE_SYNTAX_ERROR") {
      failures.push_back(statement.place + " " + statement.error_class + "\n" +
                         parsed.error().ToString());
    }
  }
  std::printf("statements that fail after parsing, parsed: %zu of %zu\n", count - failures.size(),
              count);
  for (const std::string& failure : failures) {
    std::printf("  %s\n", failure.c_str());
  }
  EXPECT_LE(failures.size() * 100, count * 2);
}

TEST_F(CorpusTest, PrintedTextParsesToTheSameTree) {
  std::vector<std::string> failures;
  for (const RecordedStatement& statement : statements_) {
    const auto parsed = ParseStatement(statement.text, statement.options);
    if (!parsed) {
      continue;
    }
    const std::string printed = ToSql(**parsed);
    const auto again = ParseStatement(printed);
    if (!again) {
      failures.push_back(statement.place + "\n" + again.error().ToString());
    } else if (*again != *parsed) {
      failures.push_back(statement.place + "\n" + statement.text + "\n" + printed);
    }
  }
  std::printf("round trips that fail: %zu\n", failures.size());
  for (const std::string& failure : failures) {
    std::printf("  %s\n", failure.c_str());
  }
  EXPECT_TRUE(failures.empty());
}

TEST_F(CorpusTest, RefusesSyntaxErrors) {
  size_t count = 0;
  std::vector<std::string> failures;
  for (const RecordedStatement& statement : statements_) {
    // The text inside EXECUTE IMMEDIATE and of schemas in arguments is parsed when the statement
    // runs.
    if (statement.error_class != "PARSE_SYNTAX_ERROR" ||
        statement.text.starts_with("EXECUTE IMMEDIATE") ||
        statement.text.find("from_csv") != std::string::npos) {
      continue;
    }
    ++count;
    const auto parsed = ParseStatement(statement.text, statement.options);
    if (parsed || parsed.error().error_class() != statement.error_class) {
      failures.push_back(statement.place + "\n" + statement.text +
                         (parsed ? "" : "\n" + parsed.error().ToString()));
    }
  }
  std::printf("syntax errors found: %zu of %zu\n", count - failures.size(), count);
  for (const std::string& failure : failures) {
    std::printf("  %s\n", failure.c_str());
  }
  EXPECT_LE(failures.size() * 10, count);
}

}  // namespace
}  // namespace lakesmith::sql
