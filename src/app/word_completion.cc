#include "app/word_completion.h"

#include <algorithm>
#include <array>
#include <set>

#include "catalog/catalog.h"
#include "sql/keyword_table.h"

namespace lakesmith::app {
namespace {

bool IsWordLetter(char letter) {
  return letter == '_' || letter == '.' || letter == '`' || (letter >= '0' && letter <= '9') ||
         (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         static_cast<signed char>(letter) < 0;
}

char Upper(char letter) {
  return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 32) : letter;
}

bool StartsWith(std::string_view text, std::string_view start) {
  return text.size() >= start.size() &&
         std::equal(start.begin(), start.end(), text.begin(),
                    [](char a, char b) { return Upper(a) == Upper(b); });
}

bool SameWord(std::string_view a, std::string_view b) {
  return a.size() == b.size() && StartsWith(a, b);
}

std::vector<std::string_view> WordsOf(std::string_view statement) {
  std::vector<std::string_view> words;
  for (size_t position = 0; position < statement.size();) {
    if (!IsWordLetter(statement[position])) {
      ++position;
      continue;
    }
    const size_t start = position;
    while (position < statement.size() && IsWordLetter(statement[position])) {
      ++position;
    }
    words.push_back(statement.substr(start, position - start));
  }
  return words;
}

// Keywords as the user writes them: in small letters when the word begins with one.
std::string InCaseOf(std::string_view keyword, std::string_view word) {
  std::string text(keyword);
  if (!word.empty() && word[0] >= 'a' && word[0] <= 'z') {
    for (char& letter : text) {
      if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter + 32);
    }
  }
  return text;
}

}  // namespace

std::vector<std::string> MentionedTables(std::string_view statement) {
  static constexpr std::array<std::string_view, 6> kBefore = {"FROM",   "JOIN",  "INTO",
                                                              "UPDATE", "TABLE", "USING"};
  std::vector<std::string> tables;
  const std::vector<std::string_view> words = WordsOf(statement);
  for (size_t index = 1; index < words.size(); ++index) {
    const auto matches = [&](std::string_view word) { return SameWord(word, words[index - 1]); };
    if (std::ranges::any_of(kBefore, matches)) tables.emplace_back(words[index]);
  }
  return tables;
}

std::vector<std::string> WordCompletion::Relations(std::string_view word) const {
  std::vector<std::string> names;
  const catalog::Catalog& catalog = session_.workspace().catalog();
  const size_t dot = word.rfind('.');
  if (dot != std::string_view::npos) {
    // Tables of the schema before the dot.
    const std::string schema(word.substr(0, dot));
    const size_t first_dot = schema.find('.');
    const catalog::Namespace place =
        first_dot == std::string::npos
            ? catalog::Namespace{.catalog = session_.CurrentCatalog(), .schema = schema}
            : catalog::Namespace{.catalog = schema.substr(0, first_dot),
                                 .schema = schema.substr(first_dot + 1)};
    if (const auto relations = catalog.ListVisibleRelations(place)) {
      for (const catalog::Relation& relation : *relations) {
        names.push_back(schema + "." + types::QuoteIdentifierIfNeeded(relation.name.name));
      }
    }
    return names;
  }
  if (const auto relations = catalog.ListVisibleRelations(
          {.catalog = session_.CurrentCatalog(), .schema = session_.CurrentSchema()})) {
    for (const catalog::Relation& relation : *relations) {
      names.push_back(types::QuoteIdentifierIfNeeded(relation.name.name));
    }
  }
  if (const auto schemas = catalog.ListSchemas(session_.CurrentCatalog())) {
    for (const catalog::SchemaInfo& schema : *schemas) {
      names.push_back(types::QuoteIdentifierIfNeeded(schema.name.schema) + ".");
    }
  }
  return names;
}

std::vector<std::string> WordCompletion::Columns(std::string_view statement) {
  std::vector<std::string> names;
  for (const std::string& table : MentionedTables(statement)) {
    if (!columns_.contains(table)) {
      std::vector<std::string>& known = columns_[table];
      if (const auto fields = session_.DescribeQuery({.text = "SELECT * FROM " + table})) {
        for (const types::StructField& field : *fields) {
          known.push_back(types::QuoteIdentifierIfNeeded(field.name));
        }
      }
    }
    names.insert(names.end(), columns_[table].begin(), columns_[table].end());
  }
  return names;
}

WordCompletion::Offer WordCompletion::Complete(std::string_view statement) {
  Offer offer;
  offer.word_start = statement.size();
  while (offer.word_start > 0 && IsWordLetter(statement[offer.word_start - 1])) {
    --offer.word_start;
  }
  const std::string_view word = statement.substr(offer.word_start);
  std::set<std::string> found;
  for (const std::vector<std::string>& names :
       {Relations(word), Columns(statement.substr(0, offer.word_start))}) {
    for (const std::string& name : names) {
      if (StartsWith(name, word)) found.insert(name);
    }
  }
  if (!word.empty() && word.find('.') == std::string_view::npos) {
    for (const std::string_view keyword : sql::kKeywords) {
      if (!keyword.empty() && StartsWith(keyword, word)) found.insert(InCaseOf(keyword, word));
    }
  }
  offer.candidates.assign(found.begin(), found.end());
  return offer;
}

}  // namespace lakesmith::app
