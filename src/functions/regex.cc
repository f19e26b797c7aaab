#define PCRE2_CODE_UNIT_WIDTH 8
#include "functions/regex.h"

#include <pcre2.h>

#include <cctype>

#include "functions/error.h"
#include "functions/java_pattern.h"

namespace lakesmith::functions {

struct Regex::Code {
  pcre2_code* code = nullptr;
  std::string pattern;
  uint32_t groups = 0;

  Code() = default;
  Code(const Code&) = delete;
  Code& operator=(const Code&) = delete;
  ~Code() { pcre2_code_free(code); }
};

namespace {

constexpr uint32_t kOptions = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C;

std::string MessageOf(int error) {
  unsigned char buffer[256];
  pcre2_get_error_message(error, buffer, sizeof buffer);
  return reinterpret_cast<const char*>(buffer);
}

// One block of match data a thread, big enough for any pattern.
pcre2_match_data* ThreadMatchData(uint32_t groups) {
  struct Holder {
    pcre2_match_data* data = nullptr;
    uint32_t size = 0;
    ~Holder() { pcre2_match_data_free(data); }
  };
  thread_local Holder holder;
  if (holder.size < groups + 1) {
    pcre2_match_data_free(holder.data);
    holder.size = groups + 1;
    holder.data = pcre2_match_data_create(holder.size, nullptr);
  }
  return holder.data;
}

PCRE2_SPTR Units(std::string_view text) {
  static const unsigned char kEmpty = 0;
  return text.data() == nullptr ? &kEmpty : reinterpret_cast<PCRE2_SPTR>(text.data());
}

size_t NextCharacter(std::string_view text, size_t at) {
  ++at;
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) ++at;
  return at;
}

bool IsGroupNameStart(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }

Error BadReplacement(std::string_view replacement, std::string_view why) {
  return Invalid("Could not perform regexp_replace with the replacement '{}': {}", replacement, why)
      .WithClass("INVALID_REGEXP_REPLACE", "22023");
}

// A part of a replacement: a group's number, else -1 and a literal text.
struct ReplacementPiece {
  int group;
  std::string literal;
};

// Reads "{name}" or digits at `at`, just after the '$', and moves it on.
Result<int> ParseGroup(const pcre2_code* code, int group_count, std::string_view replacement,
                       size_t& at) {
  if (at == replacement.size()) return BadReplacement(replacement, "group index is missing");
  if (replacement[at] == '{') {
    const size_t close = replacement.find('}', at);
    if (close == std::string_view::npos) return BadReplacement(replacement, "'{' is not closed");
    const std::string name(replacement.substr(at + 1, close - at - 1));
    const int group =
        pcre2_substring_number_from_name(code, reinterpret_cast<PCRE2_SPTR>(name.c_str()));
    if (name.empty() || !IsGroupNameStart(name[0]) || group < 0) {
      return BadReplacement(replacement, fmt::format("no group with name {{{}}}", name));
    }
    at = close + 1;
    return group;
  }
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (!is_digit(replacement[at])) return BadReplacement(replacement, "illegal group reference");
  int group = replacement[at++] - '0';
  if (group > group_count) return BadReplacement(replacement, fmt::format("no group {}", group));
  // Further digits belong to the number as long as there is such a group.
  for (; at < replacement.size() && is_digit(replacement[at]); ++at) {
    const int longer = group * 10 + (replacement[at] - '0');
    if (longer > group_count) break;
    group = longer;
  }
  return group;
}

Result<std::vector<ReplacementPiece>> ParseReplacement(const pcre2_code* code, int group_count,
                                                       std::string_view replacement) {
  std::vector<ReplacementPiece> pieces;
  for (size_t at = 0; at < replacement.size();) {
    const char c = replacement[at++];
    if (c == '$') {
      pieces.push_back({TRY(ParseGroup(code, group_count, replacement, at)), ""});
      continue;
    }
    if (c == '\\' && at == replacement.size()) {
      return BadReplacement(replacement, "character to be escaped is missing");
    }
    pieces.push_back({-1, std::string(1, c == '\\' ? replacement[at++] : c)});
  }
  return pieces;
}

}  // namespace

std::string_view Regex::Match::Group(std::string_view text, size_t group) const {
  if (starts[group] < 0) return {};
  return text.substr(static_cast<size_t>(starts[group]),
                     static_cast<size_t>(ends[group] - starts[group]));
}

Result<Regex> Regex::Compile(std::string_view pattern, std::string_view function) {
  int error = 0;
  PCRE2_SIZE offset = 0;
  auto code = std::make_shared<Code>();
  const std::string translated = JavaPatternToPcre(pattern);
  code->code =
      pcre2_compile(Units(translated), translated.size(), kOptions, &error, &offset, nullptr);
  if (code->code == nullptr) {
    return InvalidParameterValue(
        "PATTERN", function, "regexp",
        fmt::format("'{}': {} at character {}", pattern, MessageOf(error), offset + 1));
  }
  pcre2_jit_compile(code->code, PCRE2_JIT_COMPLETE);
  pcre2_pattern_info(code->code, PCRE2_INFO_CAPTURECOUNT, &code->groups);
  code->pattern = pattern;
  return Regex(std::move(code), pattern.empty());
}

int Regex::group_count() const { return static_cast<int>(code_->groups); }

bool Regex::Contains(std::string_view text) const {
  pcre2_match_data* data = ThreadMatchData(code_->groups);
  return pcre2_match(code_->code, Units(text), text.size(), 0, 0, data, nullptr) >= 0;
}

std::optional<Regex::Match> Regex::Find(std::string_view text, size_t from) const {
  if (from > text.size()) return std::nullopt;
  pcre2_match_data* data = ThreadMatchData(code_->groups);
  if (pcre2_match(code_->code, Units(text), text.size(), from, 0, data, nullptr) < 0)
    return std::nullopt;
  const PCRE2_SIZE* offsets = pcre2_get_ovector_pointer(data);
  Match match;
  for (size_t group = 0; group <= code_->groups; ++group) {
    const bool unset = offsets[2 * group] == PCRE2_UNSET;
    match.starts.push_back(unset ? -1 : static_cast<int64_t>(offsets[2 * group]));
    match.ends.push_back(unset ? -1 : static_cast<int64_t>(offsets[2 * group + 1]));
  }
  return match;
}

std::vector<Regex::Match> Regex::FindAll(std::string_view text, size_t from) const {
  std::vector<Match> matches;
  while (std::optional<Match> match = Find(text, from)) {
    const auto start = static_cast<size_t>(match->starts[0]);
    const auto end = static_cast<size_t>(match->ends[0]);
    matches.push_back(*std::move(match));
    from = end > start ? end : NextCharacter(text, end);
  }
  return matches;
}

Result<std::string> Regex::ReplaceAll(std::string_view text, std::string_view replacement,
                                      size_t from) const {
  const std::vector<ReplacementPiece> pieces =
      TRY(ParseReplacement(code_->code, group_count(), replacement));
  std::string result;
  size_t copied = 0;
  for (const Match& match : FindAll(text, from)) {
    result += text.substr(copied, static_cast<size_t>(match.starts[0]) - copied);
    for (const ReplacementPiece& piece : pieces) {
      result += piece.group < 0 ? std::string_view(piece.literal)
                                : match.Group(text, static_cast<size_t>(piece.group));
    }
    copied = static_cast<size_t>(match.ends[0]);
  }
  return result += text.substr(copied);
}

std::vector<std::string> Regex::Split(std::string_view text, int limit) const {
  std::vector<std::string> parts;
  size_t start = 0;
  for (const Match& match : FindAll(text)) {
    if (limit > 0 && parts.size() + 1 == static_cast<size_t>(limit)) break;
    const auto begin = static_cast<size_t>(match.starts[0]);
    const auto end = static_cast<size_t>(match.ends[0]);
    // A match of no width gives no empty part at the start; the empty pattern none at the end.
    if (end == 0 || (begin == end && begin == text.size() && pattern_is_empty_)) continue;
    parts.emplace_back(text.substr(start, begin - start));
    start = end;
  }
  parts.emplace_back(text.substr(start));
  return parts;
}

bool IsLiteralPattern(std::string_view pattern) {
  return !pattern.empty() && pattern.find_first_of("\\^$.|?*+()[]{}") == std::string_view::npos;
}

std::vector<std::string> SplitAt(std::string_view text, std::string_view separator, int limit) {
  std::vector<std::string> parts;
  size_t start = 0;
  for (size_t at = text.find(separator); at != std::string_view::npos;
       at = text.find(separator, start)) {
    if (limit > 0 && parts.size() + 1 == static_cast<size_t>(limit)) break;
    parts.emplace_back(text.substr(start, at - start));
    start = at + separator.size();
  }
  parts.emplace_back(text.substr(start));
  return parts;
}

Result<Regex> RegexCache::Get(std::string_view pattern, std::string_view function) {
  constexpr size_t kKept = 8;
  for (const auto& [known, regex] : recent_) {
    if (known == pattern) return regex;
  }
  Regex regex = TRY(Regex::Compile(pattern, function));
  if (recent_.size() == kKept) recent_.erase(recent_.begin());
  recent_.emplace_back(pattern, regex);
  return regex;
}

size_t ByteOfCharacter(std::string_view text, int64_t position) {
  size_t at = 0;
  for (int64_t i = 1; i < position && at < text.size(); ++i) at = NextCharacter(text, at);
  return at;
}

int64_t CharactersBefore(std::string_view text, size_t byte) {
  int64_t count = 0;
  for (size_t at = 0; at < byte; at = NextCharacter(text, at)) ++count;
  return count;
}

Result<bool> Like(std::string_view text, std::string_view pattern, char escape, bool ignore_case) {
  std::string regex = ignore_case ? "(?si)\\A" : "(?s)\\A";
  for (size_t at = 0; at < pattern.size(); ++at) {
    char c = pattern[at];
    if (c == escape) {
      if (++at == pattern.size()) {
        return Invalid("The escape character is not allowed to end with in '{}'.", pattern)
            .WithClass("INVALID_FORMAT.ESC_AT_THE_END", "42601");
      }
      c = pattern[at];
      if (c != '%' && c != '_' && c != escape) {
        return Invalid("The escape character is not allowed to precede '{}' in '{}'.", c, pattern)
            .WithClass("INVALID_FORMAT.ESC_IN_THE_MIDDLE", "42601");
      }
      regex += fmt::format("\\x{{{:x}}}", static_cast<unsigned char>(c));
    } else if (c == '%') {
      regex += ".*";
    } else if (c == '_') {
      regex += '.';
    } else if (static_cast<unsigned char>(c) >= 0x80 ||
               std::isalnum(static_cast<unsigned char>(c))) {
      regex += c;
    } else {
      regex += fmt::format("\\x{{{:x}}}", static_cast<unsigned char>(c));
    }
  }
  thread_local RegexCache cache;
  const Regex compiled = TRY(cache.Get(regex + "\\z", "like"));
  return compiled.Contains(text);
}

}  // namespace lakesmith::functions
