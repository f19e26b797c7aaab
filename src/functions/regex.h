#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace lakesmith::functions {

// A compiled regular expression with Java's meaning, on UTF-8. Immutable; threads may share it.
// Copies share it.
class Regex {
 public:
  // Errors: INVALID_PARAMETER_VALUE.PATTERN names `function` and the pattern.
  static Result<Regex> Compile(std::string_view pattern, std::string_view function);

  // Byte range of the whole match and of each group; -1 where a group took no part.
  struct Match {
    std::vector<int64_t> starts;
    std::vector<int64_t> ends;
    std::string_view Group(std::string_view text, size_t group) const;
  };

  int group_count() const;
  bool Contains(std::string_view text) const;
  // First match at or after byte `from`.
  std::optional<Match> Find(std::string_view text, size_t from = 0) const;
  std::vector<Match> FindAll(std::string_view text, size_t from = 0) const;

  // All matches from byte `from` on replaced; `$1`, `${name}` and `\x` in the replacement as in
  // Java. Errors: a group that does not exist, or a text that ends in `$` or `\`.
  Result<std::string> ReplaceAll(std::string_view text, std::string_view replacement,
                                 size_t from = 0) const;
  // Spark's split: at most `limit` parts when it is positive, else all with trailing empty ones.
  std::vector<std::string> Split(std::string_view text, int limit) const;

 private:
  struct Code;
  Regex(std::shared_ptr<const Code> code, bool pattern_is_empty)
      : code_(std::move(code)), pattern_is_empty_(pattern_is_empty) {}
  std::shared_ptr<const Code> code_;
  bool pattern_is_empty_;
};

// Whether a pattern means just its own characters, at least one.
bool IsLiteralPattern(std::string_view pattern);
// As Regex::Split by a literal pattern.
std::vector<std::string> SplitAt(std::string_view text, std::string_view separator, int limit);

// Compiles once for one pattern after another: keeps the last few. Not for several threads.
class RegexCache {
 public:
  Result<Regex> Get(std::string_view pattern, std::string_view function);

 private:
  std::vector<std::pair<std::string, Regex>> recent_;
};

// Byte offset of the `position`-th character (from 1) of a UTF-8 text; its size when there are
// fewer.
size_t ByteOfCharacter(std::string_view text, int64_t position);
// Number of characters in the first `byte` bytes.
int64_t CharactersBefore(std::string_view text, size_t byte);

// SQL LIKE as Spark means it. Errors: INVALID_FORMAT.ESC_IN_THE_MIDDLE,
// INVALID_FORMAT.ESC_AT_THE_END.
Result<bool> Like(std::string_view text, std::string_view pattern, char escape, bool ignore_case);

}  // namespace lakesmith::functions
