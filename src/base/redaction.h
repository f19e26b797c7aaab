#pragma once

#include <map>
#include <shared_mutex>
#include <string>
#include <string_view>

#include "base/json.h"

namespace lakesmith {

// What stands where a secret was.
inline constexpr std::string_view kRedacted = "[REDACTED]";

// Secret values that this process has seen. Whatever it shows or stores passes through Redact: on
// the value, not on its name. Thread-safe.
class Redactor {
 public:
  // Values shorter than this are not struck out: they would turn every text into nonsense.
  static constexpr size_t kShortest = 4;

  static Redactor& OfProcess();

  // Adds a value, each of its longer lines, and its form inside JSON, SQL and CSV texts.
  void Add(std::string_view secret);
  bool empty() const;
  // The text with every known value replaced.
  std::string Redact(std::string_view text) const;
  // All texts inside a JSON value; keys too.
  Json RedactJson(const Json& json) const;
  // How many bytes at the end of `text` may be the beginning of a value that goes on behind it.
  size_t OpenEnd(std::string_view text) const;

 private:
  void AddOne(std::string_view secret);

  mutable std::shared_mutex mutex_;
  std::map<size_t, std::map<std::string, bool, std::less<>>, std::greater<>> values_;  // By size.
};

// Redacts a text that comes in pieces: holds back an end that may be the beginning of a secret.
class RedactingStream {
 public:
  explicit RedactingStream(const Redactor& redactor) : redactor_(redactor) {}

  // What may be shown after this piece.
  std::string Push(std::string_view piece);
  // What was held back.
  std::string Finish();

 private:
  const Redactor& redactor_;
  std::string held_;
};

}  // namespace lakesmith
