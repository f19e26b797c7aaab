#include "base/redaction.h"

#include <algorithm>
#include <mutex>
#include <utility>

namespace lakesmith {
namespace {

// Lines of a long value, a private key for example, are secrets of their own from this length on.
constexpr size_t kShortestLine = 8;

std::string Doubled(std::string_view text, char quote) {
  std::string doubled;
  for (const char c : text) doubled.append(c == quote ? 2 : 1, c);
  return doubled;
}

}  // namespace

Redactor& Redactor::OfProcess() {
  static Redactor redactor;
  return redactor;
}

void Redactor::AddOne(std::string_view secret) {
  if (secret.size() >= kShortest) values_[secret.size()].emplace(secret, true);
}

void Redactor::Add(std::string_view secret) {
  const std::unique_lock lock(mutex_);
  AddOne(secret);
  const std::string quoted = JsonText(Json(std::string(secret)));
  AddOne(std::string_view(quoted).substr(1, quoted.size() - 2));
  AddOne(Doubled(secret, '\''));
  AddOne(Doubled(secret, '"'));
  if (secret.find('\n') == std::string_view::npos) return;
  for (std::string_view rest = secret; !rest.empty();) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    if (end >= kShortestLine) AddOne(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

bool Redactor::empty() const {
  const std::shared_lock lock(mutex_);
  return values_.empty();
}

std::string Redactor::Redact(std::string_view text) const {
  const std::shared_lock lock(mutex_);
  std::string result(text);
  // The longest first: a value may hold another one.
  for (const auto& [size, values] : values_) {
    for (const auto& [value, unused] : values) {
      for (size_t at = result.find(value); at != std::string::npos;
           at = result.find(value, at + kRedacted.size())) {
        result.replace(at, value.size(), kRedacted);
      }
    }
  }
  return result;
}

Json Redactor::RedactJson(const Json& json) const {
  if (empty()) return json;
  if (json.is_string()) return Redact(json.get_ref<const std::string&>());
  if (json.is_array()) {
    Json copy = Json::array();
    for (const Json& item : json) copy.push_back(RedactJson(item));
    return copy;
  }
  if (!json.is_object()) return json;
  Json copy = Json::object();
  for (const auto& [key, value] : json.items()) copy[Redact(key)] = RedactJson(value);
  return copy;
}

size_t Redactor::OpenEnd(std::string_view text) const {
  const std::shared_lock lock(mutex_);
  size_t open = 0;
  for (const auto& [size, values] : values_) {
    for (const auto& [value, unused] : values) {
      for (size_t length = std::min(size - 1, text.size()); length > open; --length) {
        if (text.ends_with(std::string_view(value).substr(0, length))) open = length;
      }
    }
  }
  return open;
}

std::string RedactingStream::Push(std::string_view piece) {
  if (redactor_.empty() && held_.empty()) return std::string(piece);
  // First whole values, then what may still become one.
  held_ = redactor_.Redact(held_ + std::string(piece));
  const size_t open = redactor_.OpenEnd(held_);
  std::string shown = held_.substr(0, held_.size() - open);
  held_.erase(0, shown.size());
  return shown;
}

std::string RedactingStream::Finish() { return std::exchange(held_, {}); }

}  // namespace lakesmith
