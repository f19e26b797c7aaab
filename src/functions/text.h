#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace lakesmith::functions {

// Functions on text with Spark's results. Texts are UTF-8; positions and lengths count characters.

std::string Soundex(std::string_view text);
// Number of single-character edits; -1 when it is above the threshold.
int32_t Levenshtein(std::string_view a, std::string_view b, int32_t threshold);
// Sentences of words, without punctuation.
std::vector<std::vector<std::string>> Sentences(std::string_view text);

// Place, from 1, of the `occurrence`th `part` from the character `start` on; backwards from the end
// where `start` is negative; 0 when there is none.
int32_t Instr(std::string_view text, std::string_view part, int32_t start, int32_t occurrence);

// Each word between blanks with a capital first letter and small ones; of ASCII alone.
std::string InitcapAscii(std::string_view text);
// The part before the `count`th `delimiter`, or behind the one counted from the end where negative;
// the whole text when it has fewer. Places that overlap count, as in Spark.
std::string_view SubstringIndex(std::string_view text, std::string_view delimiter, int32_t count);
// The parts of a comma-separated list, which must outlive it.
class CommaList {
 public:
  explicit CommaList(std::string_view list);
  // Place, from 1, of the part that is `text`; 0 when none is.
  int32_t Find(std::string_view text) const;

 private:
  std::vector<std::string_view> parts_;
};

// Bytes of hexadecimal text, an odd one with a zero before it; nullopt for a bad digit.
std::optional<std::string> Unhex(std::string_view text);
// Base64 in one line.
std::string Base64(std::string_view bytes);
// Base64 of some bytes, which must outlive it, in lines of 76 letters, as MIME has it and Spark's
// base64.
class Base64Lines {
 public:
  explicit Base64Lines(std::string_view bytes) : bytes_(bytes) {}

  size_t size() const;
  // Writes size() letters.
  void Write(char* out) const;

 private:
  static constexpr size_t kLine = 76;
  static constexpr std::string_view kEnd = "\r\n";

  std::string_view bytes_;
};
// As Java's MIME decoder: what is no letter of the code is passed over.
Result<std::string> Unbase64Lines(std::string_view text);
// Errors: CONVERSION_INVALID_INPUT.
Result<std::string> Unbase64(std::string_view text);

bool IsValidUtf8(std::string_view bytes);
// Each wrong sequence becomes U+FFFD, as Java's decoder does.
std::string MakeValidUtf8(std::string_view bytes);

// Errors: INVALID_PARAMETER_VALUE.CHARSET, MALFORMED_CHARACTER_CODING.
Result<std::string> EncodeCharset(std::string_view text, std::string_view charset);
Result<std::string> DecodeCharset(std::string_view bytes, std::string_view charset);

// Form encoding: a blank is '+'.
std::string UrlEncode(std::string_view text);
// Errors: CANNOT_DECODE_URL.
Result<std::string> UrlDecode(std::string_view text);
// A part of a URL: HOST PATH QUERY REF PROTOCOL FILE AUTHORITY USERINFO, or the value of `key` in
// QUERY. Nullopt when the URL has no such part. Errors: INVALID_URL.
Result<std::optional<std::string>> ParseUrl(std::string_view url, std::string_view part,
                                            std::optional<std::string_view> key);

}  // namespace lakesmith::functions
