#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/session.h"

namespace lakesmith::app {

// What the word before the cursor may become, for the shell: keywords, schemas, tables, and columns
// of the tables that the statement names. Column lists are kept until Forget.
class WordCompletion {
 public:
  explicit WordCompletion(engine::Session& session) : session_(session) {}

  struct Offer {
    size_t word_start = 0;  // Where the word begins in the text.
    std::vector<std::string>
        candidates;  // Whole words, sorted; each begins with the word, ignoring case.
  };
  // `statement` is what was typed up to the cursor, earlier lines included.
  Offer Complete(std::string_view statement);

  // After a statement has run, tables may have changed.
  void Forget() { columns_.clear(); }

 private:
  std::vector<std::string> Relations(std::string_view word) const;
  std::vector<std::string> Columns(std::string_view statement);

  engine::Session& session_;
  std::map<std::string, std::vector<std::string>> columns_;  // By table as written.
};

// Names that follow FROM, JOIN, INTO, UPDATE or TABLE in a statement, as written.
std::vector<std::string> MentionedTables(std::string_view statement);

}  // namespace lakesmith::app
