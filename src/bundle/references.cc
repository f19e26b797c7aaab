#include "bundle/references.h"

#include <cctype>
#include <optional>

#include "base/ascii.h"

namespace lakesmith::bundle {
namespace {

// Bytes of letters outside ASCII count as letters.
bool IsLetter(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0 || static_cast<unsigned char>(c) >= 0x80;
}
// Length of the segment that begins the text: letters, then letters and digits with '-' and '_'
// between them; 0 when none does.
size_t SegmentLength(std::string_view text) {
  if (text.empty() || !IsLetter(text[0])) return 0;
  size_t length = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool is_word = IsLetter(text[i]) || IsDigit(text[i]);
    if (!is_word && text[i] != '-' && text[i] != '_') break;
    if (is_word) length = i + 1;
  }
  return length;
}

size_t IndexLength(std::string_view text) {
  if (!text.starts_with('[')) return 0;
  size_t i = 1;
  while (i < text.size() && IsDigit(text[i])) ++i;
  return i > 1 && i < text.size() && text[i] == ']' ? i + 1 : 0;
}

// The path after "${" up to "}", when it is one.
std::optional<std::string> ReadPath(std::string_view text) {
  size_t position = 0;
  while (true) {
    const size_t segment = SegmentLength(text.substr(position));
    if (segment == 0) return std::nullopt;
    position += segment;
    while (const size_t index = IndexLength(text.substr(position))) position += index;
    if (position >= text.size()) return std::nullopt;
    if (text[position] == '}') return std::string(text.substr(0, position));
    if (text[position] != '.') return std::nullopt;
    ++position;
  }
}

}  // namespace

std::vector<Reference> FindReferences(std::string_view text) {
  std::vector<Reference> references;
  for (size_t begin = text.find("${"); begin != std::string_view::npos;
       begin = text.find("${", begin + 1)) {
    if (begin > 0 && text[begin - 1] == '$') continue;
    std::optional<std::string> path = ReadPath(text.substr(begin + 2));
    if (!path) continue;
    const size_t size = path->size() + 3;
    references.push_back({.begin = begin, .size = size, .path = std::move(*path)});
  }
  return references;
}

bool IsWholeReference(std::string_view text) {
  const std::vector<Reference> references = FindReferences(text);
  return references.size() == 1 && references[0].size == text.size();
}

std::vector<std::string> SplitPath(std::string_view path) {
  std::vector<std::string> steps;
  std::string step;
  const auto finish = [&] {
    if (!step.empty()) steps.push_back(std::move(step));
    step.clear();
  };
  for (const char c : path) {
    if (c == '.' || c == '[') finish();
    if (c != '.') step += c;
    if (c == ']') finish();
  }
  finish();
  return steps;
}

}  // namespace lakesmith::bundle
