#include "catalog/names.h"

#include <algorithm>

namespace lakesmith::catalog {
namespace {

Error TooManyParts(std::span<const std::string> parts, size_t limit) {
  return Invalid("{} is not a valid identifier: it has more than {} name parts.", QuoteParts(parts),
                 limit)
      .WithClass("IDENTIFIER_TOO_MANY_NAME_PARTS", "42601");
}

bool IsPlainFileByte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return std::isalnum(byte) != 0 || c == '_' || c == '-' || byte >= 0x80;
}

// Matches one alternative; both texts are folded.
bool MatchesWildcard(std::string_view text, std::string_view pattern) {
  size_t text_at = 0;
  size_t pattern_at = 0;
  size_t star = std::string_view::npos;
  size_t resume = 0;
  while (text_at < text.size()) {
    if (pattern_at < pattern.size() && pattern[pattern_at] == '*') {
      star = pattern_at++;
      resume = text_at;
    } else if (pattern_at < pattern.size() &&
               (pattern[pattern_at] == text[text_at] || pattern[pattern_at] == '.')) {
      ++pattern_at;
      ++text_at;
    } else if (star != std::string_view::npos) {
      pattern_at = star + 1;
      text_at = ++resume;
    } else {
      return false;
    }
  }
  while (pattern_at < pattern.size() && pattern[pattern_at] == '*') ++pattern_at;
  return pattern_at == pattern.size();
}

}  // namespace

std::string QualifiedName::ToString() const {
  const std::string parts[] = {catalog, schema, name};
  return QuoteParts(parts);
}

std::string QuoteParts(std::span<const std::string> parts) {
  std::string text;
  for (const std::string& part : parts) {
    if (!text.empty()) text += '.';
    text += '`';
    for (const char c : part) {
      if (c == '`') text += '`';
      text += c;
    }
    text += '`';
  }
  return text;
}

bool IsInternalName(std::string_view name) {
  return FoldName(name.substr(0, kInternalPrefix.size())) == kInternalPrefix;
}

std::string FoldName(std::string_view name) {
  std::string folded(name);
  std::ranges::transform(folded, folded.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return folded;
}

std::string CanonicalCatalog(std::string_view name) {
  const std::string folded = FoldName(name);
  if (folded == "spark_catalog" || folded == "hive_metastore") return std::string(kDefaultCatalog);
  return std::string(name);
}

Result<QualifiedName> Qualify(std::span<const std::string> parts, const Namespace& current) {
  switch (parts.size()) {
    case 1:
      return QualifiedName{current.catalog, current.schema, parts[0]};
    case 2:
      return QualifiedName{current.catalog, parts[0], parts[1]};
    case 3:
      return QualifiedName{CanonicalCatalog(parts[0]), parts[1], parts[2]};
    default:
      return TooManyParts(parts, 3);
  }
}

Result<Namespace> QualifySchema(std::span<const std::string> parts, std::string_view current) {
  switch (parts.size()) {
    case 1:
      return Namespace{std::string(current), parts[0]};
    case 2:
      return Namespace{CanonicalCatalog(parts[0]), parts[1]};
    default:
      return TooManyParts(parts, 2);
  }
}

std::string FileNameOf(std::string_view name) {
  std::string text;
  for (const char c : FoldName(name)) {
    if (IsPlainFileByte(c)) {
      text += c;
    } else {
      text += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return text;
}

bool MatchesPattern(std::string_view name, std::string_view pattern) {
  const std::string folded_name = FoldName(name);
  const std::string folded_pattern = FoldName(pattern);
  std::string_view rest = folded_pattern;
  while (true) {
    const size_t bar = rest.find('|');
    std::string_view alternative = rest.substr(0, bar);
    while (alternative.starts_with(' ')) alternative.remove_prefix(1);
    while (alternative.ends_with(' ')) alternative.remove_suffix(1);
    if (MatchesWildcard(folded_name, alternative)) return true;
    if (bar == std::string_view::npos) return false;
    rest.remove_prefix(bar + 1);
  }
}

}  // namespace lakesmith::catalog
