#include "sql/token_cursor.h"

#include <algorithm>
#include <utility>

#include "base/nearest.h"
#include "sql/syntax_error.h"

namespace lakesmith::sql {

namespace {

constexpr size_t kMostExpectedShown = 12;

std::string UpperAscii(std::string_view text) {
  std::string upper(text);
  std::transform(upper.begin(), upper.end(), upper.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return upper;
}

}  // namespace

TokenCursor::TokenCursor(std::string_view text, std::vector<Token> tokens,
                         const ParseOptions& options, bool explain)
    : text_(text), tokens_(std::move(tokens)), options_(options), explain_(explain) {}

bool TokenCursor::SeesAny(std::initializer_list<Keyword> keywords, size_t ahead) const {
  const KeywordId found = Peek(ahead).keyword;
  return found != 0 && std::any_of(keywords.begin(), keywords.end(),
                                   [found](Keyword keyword) { return keyword.id == found; });
}

bool TokenCursor::SeesAny(std::initializer_list<TokenKind> kinds, size_t ahead) const {
  const TokenKind found = Peek(ahead).kind;
  return std::any_of(kinds.begin(), kinds.end(), [found](TokenKind kind) { return kind == found; });
}

bool TokenCursor::AtAll(std::initializer_list<Keyword> keywords) const {
  if (!At(*keywords.begin())) {
    return false;
  }
  size_t ahead = 0;
  return std::all_of(keywords.begin(), keywords.end(),
                     [&](Keyword keyword) { return Sees(keyword, ahead++); });
}

bool TokenCursor::Accept(TokenKind kind) {
  if (!At(kind)) {
    return false;
  }
  Advance();
  return true;
}

bool TokenCursor::Accept(Keyword keyword) {
  if (!At(keyword)) {
    return false;
  }
  Advance();
  return true;
}

KeywordId TokenCursor::AcceptAny(std::initializer_list<Keyword> keywords) {
  for (const Keyword keyword : keywords) {
    if (Accept(keyword)) {
      return keyword.id;
    }
  }
  return 0;
}

bool TokenCursor::AcceptAll(std::initializer_list<Keyword> keywords) {
  if (!AtAll(keywords)) {
    return false;
  }
  Advance(keywords.size());
  return true;
}

Status TokenCursor::Expect(TokenKind kind) {
  if (Accept(kind)) {
    return {};
  }
  return Unexpected();
}

Status TokenCursor::Expect(Keyword keyword) {
  if (Accept(keyword)) {
    return {};
  }
  return Unexpected();
}

Status TokenCursor::ExpectAll(std::initializer_list<Keyword> keywords) {
  for (const Keyword keyword : keywords) {
    TRY(Expect(keyword));
  }
  return {};
}

bool TokenCursor::AtName() const { return SeesAny({TokenKind::kWord, TokenKind::kQuotedName}); }

SourceRange TokenCursor::RangeFrom(uint32_t begin) const {
  const uint32_t end = position_ == 0 ? begin : tokens_[position_ - 1].end;
  return {begin, std::max(begin, end)};
}

std::string_view TokenCursor::TextOf(const Token& token) const {
  return TextBetween(token.begin, token.end);
}

std::string_view TokenCursor::TextBetween(uint32_t begin, uint32_t end) const {
  return text_.substr(begin, end > begin ? end - begin : 0);
}

std::string TokenCursor::UpperText(const Token& token) const { return UpperAscii(TextOf(token)); }

Error TokenCursor::Unexpected(std::string_view expected) const {
  const Token& token = Peek();
  const Token& before = tokens_[position_ == 0 ? 0 : position_ - 1];
  const bool hyphenated = token.kind == TokenKind::kMinus && before.end == token.begin &&
                          before.kind == TokenKind::kWord && Sees(TokenKind::kWord, 1) &&
                          Peek(1).begin == token.end;
  if (hyphenated) {
    const std::string name(TextBetween(before.begin, Peek(1).end));
    return SyntaxError(text_, before.begin, name.size(),
                       fmt::format("The name {0} holds a '-': write `{0}` between backticks", name))
        .WithClass("INVALID_IDENTIFIER", "42602");
  }
  std::string message = Found() + Expected(expected) + Suggestion();
  return SyntaxError(text_, token.begin, token.end - token.begin, message);
}

Error TokenCursor::ErrorAt(SourceRange range, std::string_view message) const {
  return SyntaxError(text_, range.begin, range.end - range.begin, message);
}

void TokenCursor::NoteExpected(TokenKind kind) const {
  const std::string_view symbol = TokenKindText(kind);
  if (!symbol.empty()) {
    NoteExpectedText("'" + std::string(symbol) + "'", false);
  }
}

void TokenCursor::NoteExpected(Keyword keyword) const {
  NoteExpectedText(std::string(KeywordText(keyword.id)), true);
}

void TokenCursor::NoteExpectedText(std::string text, bool word) const {
  if (expected_position_ != position_) {
    expected_position_ = position_;
    expected_words_.clear();
    expected_symbols_.clear();
  }
  auto& list = word ? expected_words_ : expected_symbols_;
  if (std::find(list.begin(), list.end(), text) == list.end()) {
    list.push_back(std::move(text));
  }
}

std::string TokenCursor::Found() const {
  const Token& token = Peek();
  if (token.kind == TokenKind::kEnd) {
    return "Syntax error at the end of the text";
  }
  constexpr size_t kMostShown = 60;
  std::string_view found = TextOf(token);
  std::string shown(found.substr(0, kMostShown));
  return "Syntax error at or near '" + shown + (found.size() > kMostShown ? "..." : "") + "'";
}

std::string TokenCursor::Expected(std::string_view expected) const {
  std::vector<std::string> all;
  if (!expected.empty()) {
    all.emplace_back(expected);
  }
  if (expected_position_ == position_) {
    all.insert(all.end(), expected_words_.begin(), expected_words_.end());
    all.insert(all.end(), expected_symbols_.begin(), expected_symbols_.end());
  }
  if (all.empty()) {
    return "";
  }
  std::string text = ": expected ";
  const size_t shown = std::min(all.size(), kMostExpectedShown);
  for (size_t i = 0; i < shown; ++i) {
    text += (i == 0 ? "" : i + 1 == all.size() ? " or " : ", ") + all[i];
  }
  return text + (shown < all.size() ? ", ..." : "");
}

std::string TokenCursor::Suggestion() const {
  if (expected_position_ != position_ || expected_words_.empty()) {
    return "";
  }
  const auto near = [&](const Token& token, size_t shortest) -> std::string {
    if (token.kind != TokenKind::kWord || token.end - token.begin < shortest) {
      return "";
    }
    const std::string word = UpperText(token);
    const std::string nearest = Nearest(word, expected_words_);
    return nearest == word ? "" : nearest;
  };
  const std::string here = near(Peek(), 3);
  if (!here.empty()) {
    return "; did you mean " + here + "?";
  }
  // In SELECT a FORM t the slip was read as an alias, one word before the error.
  if (position_ > 0 && tokens_[position_ - 1].keyword == 0) {
    const Token& before = tokens_[position_ - 1];
    const std::string earlier = near(before, 4);
    if (!earlier.empty() && EditDistance(UpperText(before), earlier) == 1) {
      return "; did you mean " + earlier + " instead of '" + std::string(TextOf(before)) + "'?";
    }
  }
  return "";
}

}  // namespace lakesmith::sql
