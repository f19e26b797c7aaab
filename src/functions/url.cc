#include <algorithm>
#include <array>
#include <cctype>

#include "functions/text.h"

namespace lakesmith::functions {
namespace {

// Whether form encoding leaves a byte as it is.
constexpr std::array<bool, 256> kStaysInForm = [] {
  std::array<bool, 256> stays{};
  for (const unsigned char c : {'.', '-', '*', '_'}) stays[c] = true;
  for (size_t c = '0'; c <= '9'; ++c) stays[c] = true;
  for (size_t c = 'a'; c <= 'z'; ++c) stays[c] = true;
  for (size_t c = 'A'; c <= 'Z'; ++c) stays[c] = true;
  return stays;
}();

bool IsHex(char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; }

Error InvalidUrl(std::string_view url) {
  return Invalid(
             "The url is invalid: {}. Use `try_parse_url` to tolerate invalid URL and return NULL "
             "instead.",
             url)
      .WithClass("INVALID_URL", "22P02");
}

// The parts of RFC 2396, as java.net.URI names them; nullopt where there is none.
struct UrlParts {
  std::optional<std::string_view> scheme;
  std::optional<std::string_view> authority;
  std::string_view path;
  std::optional<std::string_view> query;
  std::optional<std::string_view> fragment;
};

// What stands before the first colon, if no path begins before it, is a scheme: letters first.
bool HasLegalScheme(std::string_view url) {
  const size_t colon = url.find_first_of(":/?#");
  if (colon == std::string_view::npos || url[colon] != ':') return true;
  return colon > 0 && std::isalpha(static_cast<unsigned char>(url[0])) &&
         std::all_of(url.begin(), url.begin() + static_cast<std::ptrdiff_t>(colon), [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) || c == '+' || c == '-' || c == '.';
         });
}

bool HasOnlyLegalCharacters(std::string_view url) {
  for (size_t at = 0; at < url.size(); ++at) {
    const auto c = static_cast<unsigned char>(url[at]);
    if (c <= ' ' || c == 0x7f ||
        std::string_view("\"<>\\^`{|}").find(url[at]) != std::string_view::npos)
      return false;
    if (c == '%' && !(at + 2 < url.size() && IsHex(url[at + 1]) && IsHex(url[at + 2])))
      return false;
  }
  return true;
}

UrlParts SplitUrl(std::string_view url) {
  UrlParts parts;
  if (const size_t hash = url.find('#'); hash != std::string_view::npos) {
    parts.fragment = url.substr(hash + 1);
    url = url.substr(0, hash);
  }
  if (const size_t colon = url.find_first_of(":/?");
      colon != std::string_view::npos && url[colon] == ':') {
    parts.scheme = url.substr(0, colon);
    url = url.substr(colon + 1);
  }
  if (const size_t mark = url.find('?'); mark != std::string_view::npos) {
    parts.query = url.substr(mark + 1);
    url = url.substr(0, mark);
  }
  if (url.starts_with("//")) {
    const size_t end = url.find('/', 2);
    parts.authority = url.substr(2, end == std::string_view::npos ? end : end - 2);
    url = end == std::string_view::npos ? std::string_view() : url.substr(end);
  }
  parts.path = url;
  return parts;
}

std::optional<std::string> HostOf(std::string_view authority) {
  if (const size_t at = authority.rfind('@'); at != std::string_view::npos)
    authority = authority.substr(at + 1);
  const size_t bracket = authority.rfind(']');
  const size_t colon = authority.rfind(':');
  if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
    authority = authority.substr(0, colon);
  }
  if (authority.empty()) return std::nullopt;
  return std::string(authority);
}

std::optional<std::string> QueryValue(std::string_view query, std::string_view key) {
  while (!query.empty()) {
    const size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    const size_t equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == key)
      return std::string(pair.substr(equals + 1));
    query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
  }
  return std::nullopt;
}

std::optional<std::string> Text(const std::optional<std::string_view>& part) {
  return part ? std::optional<std::string>(*part) : std::nullopt;
}

}  // namespace

std::string UrlEncode(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  const size_t plain = static_cast<size_t>(
      std::ranges::find_if_not(text, [](unsigned char c) { return kStaysInForm[c]; }) -
      text.begin());
  std::string encoded(text.substr(0, plain));
  for (const unsigned char c : text.substr(plain)) {
    if (kStaysInForm[c]) {
      encoded += static_cast<char>(c);
    } else if (c == ' ') {
      encoded += '+';
    } else {
      encoded.append({'%', kHex[c >> 4], kHex[c & 15]});
    }
  }
  return encoded;
}

Result<std::string> UrlDecode(std::string_view text) {
  const auto is_code = [](char c) { return c == '+' || c == '%'; };
  std::string decoded(text.begin(), std::ranges::find_if(text, is_code));
  if (decoded.size() == text.size()) return decoded;
  decoded.reserve(text.size());
  for (size_t at = decoded.size(); at < text.size(); ++at) {
    if (text[at] == '+') {
      decoded += ' ';
    } else if (text[at] != '%') {
      decoded += text[at];
    } else if (at + 2 < text.size() && IsHex(text[at + 1]) && IsHex(text[at + 2])) {
      decoded += *Unhex(text.substr(at + 1, 2));
      at += 2;
    } else {
      return Invalid(
                 "The provided URL cannot be decoded: {}. Please ensure that the URL is properly "
                 "formatted and try again.",
                 text)
          .WithClass("CANNOT_DECODE_URL", "22546");
    }
  }
  return decoded;
}

Result<std::optional<std::string>> ParseUrl(std::string_view url, std::string_view part,
                                            std::optional<std::string_view> key) {
  if (!HasOnlyLegalCharacters(url) || !HasLegalScheme(url)) return InvalidUrl(url);
  const UrlParts parts = SplitUrl(url);
  if (key) {
    if (part != "QUERY" || !parts.query) return std::optional<std::string>();
    return QueryValue(*parts.query, *key);
  }
  if (part == "PROTOCOL") return Text(parts.scheme);
  if (part == "QUERY") return Text(parts.query);
  if (part == "REF") return Text(parts.fragment);
  if (part == "AUTHORITY") return Text(parts.authority);
  if (part == "HOST") return parts.authority ? HostOf(*parts.authority) : std::nullopt;
  if (part == "PATH") return std::optional(std::string(parts.path));
  if (part == "FILE") {
    std::string file(parts.path);
    if (parts.query) file += "?" + std::string(*parts.query);
    return std::optional(file);
  }
  if (part == "USERINFO") {
    const size_t at = parts.authority ? parts.authority->rfind('@') : std::string_view::npos;
    if (at == std::string_view::npos) return std::optional<std::string>();
    return std::optional(std::string(parts.authority->substr(0, at)));
  }
  return std::optional<std::string>();
}

}  // namespace lakesmith::functions
