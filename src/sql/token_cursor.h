#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sql/ast_node.h"
#include "sql/keyword.h"
#include "sql/parse.h"
#include "sql/token.h"

namespace lakesmith::sql {

// Walks over the tokens of one text. With `explain` it also remembers what was looked for at the
// current token, for the message of an error: parsing runs without, and once more with it on
// failure.
class TokenCursor {
 public:
  TokenCursor(std::string_view text, std::vector<Token> tokens, const ParseOptions& options,
              bool explain);

 protected:
  const Token& Peek(size_t ahead = 0) const {
    const size_t index = position_ + ahead;
    return tokens_[index < tokens_.size() ? index : tokens_.size() - 1];
  }
  bool At(TokenKind kind) const {
    if (explain_) NoteExpected(kind);
    return Peek().kind == kind;
  }
  bool At(Keyword keyword) const {
    if (explain_) NoteExpected(keyword);
    return Peek().keyword == keyword.id;
  }
  // Whether the token after `ahead` others is of that kind; leaves no trace in messages.
  bool Sees(TokenKind kind, size_t ahead) const { return Peek(ahead).kind == kind; }
  bool Sees(Keyword keyword, size_t ahead) const { return Peek(ahead).keyword == keyword.id; }
  bool SeesAny(std::initializer_list<Keyword> keywords, size_t ahead = 0) const;
  bool SeesAny(std::initializer_list<TokenKind> kinds, size_t ahead = 0) const;
  // Whether the next tokens are these words.
  bool AtAll(std::initializer_list<Keyword> keywords) const;

  void Advance(size_t count = 1) { position_ += count; }
  bool Accept(TokenKind kind);
  bool Accept(Keyword keyword);
  // The first of the keywords that is here; 0 when none is.
  KeywordId AcceptAny(std::initializer_list<Keyword> keywords);
  // All of the words, or none of them.
  bool AcceptAll(std::initializer_list<Keyword> keywords);
  Status Expect(TokenKind kind);
  Status Expect(Keyword keyword);
  Status ExpectAll(std::initializer_list<Keyword> keywords);

  bool AtEnd() const { return SeesAny({TokenKind::kEnd, TokenKind::kSemicolon}); }
  bool AtName() const;
  uint32_t Begin() const { return Peek().begin; }
  // Range from `begin` to the end of the token before this one.
  SourceRange RangeFrom(uint32_t begin) const;
  std::string_view TextOf(const Token& token) const;
  std::string_view TextBetween(uint32_t begin, uint32_t end) const;
  std::string UpperText(const Token& token) const;

  // Makes a node of class T that begins at `begin` and ends before the current token. Set its range
  // again when more follows.
  template <typename T>
  Ptr<T> Make(uint32_t begin) const {
    Ptr<T> node(new T);
    node->range = RangeFrom(begin);
    return node;
  }

  // The error that the current token should not be here. `expected` names what is not a fixed word.
  Error Unexpected(std::string_view expected = "") const;
  // An error at a place, of another class than a syntax error where `error_class` is given.
  Error ErrorAt(SourceRange range, std::string_view message) const;

  std::string_view text_;
  std::vector<Token> tokens_;
  const ParseOptions& options_;
  size_t position_ = 0;

 private:
  void NoteExpected(TokenKind kind) const;
  void NoteExpected(Keyword keyword) const;
  void NoteExpectedText(std::string text, bool word) const;
  std::string Found() const;
  std::string Expected(std::string_view expected) const;
  std::string Suggestion() const;

  bool explain_;
  mutable size_t expected_position_ = 0;
  mutable std::vector<std::string> expected_words_;    // Keywords.
  mutable std::vector<std::string> expected_symbols_;  // With quotes around them.
};

}  // namespace lakesmith::sql
