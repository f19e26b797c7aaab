#include "pipeline/substitute.h"

#include <algorithm>

#include "base/nearest.h"
#include "sql/parse.h"

namespace lakesmith::pipeline {
namespace {

// Past the end of the comment that starts at `start`, or `start` when none does.
size_t SkipComment(std::string_view text, size_t start) {
  const std::string_view rest = text.substr(start);
  if (rest.starts_with("--")) return std::min(text.find('\n', start), text.size());
  if (!rest.starts_with("/*")) return start;
  int depth = 0;
  for (size_t i = start; i < text.size(); ++i) {
    if (text.substr(i).starts_with("/*")) {
      ++depth;
      ++i;
    } else if (text.substr(i).starts_with("*/")) {
      ++i;
      if (--depth == 0) return i + 1;
    }
  }
  return text.size();
}

Error UnknownKey(const std::string& key, const std::map<std::string, std::string>& values) {
  std::vector<std::string> keys;
  for (const auto& [known, value] : values) keys.push_back(known);
  const std::string nearest = Nearest(key, keys);
  return Invalid("'${{{}}}' is not in the configuration or parameters of the pipeline{}", key,
                 nearest.empty() ? "" : fmt::format("; closest: '{}'", nearest));
}

// Byte offset of a line and column (in characters, from 1) of `text`.
size_t OffsetOf(std::string_view text, const SourceLocation& location) {
  size_t offset = 0;
  for (int line = 1; line < location.line && offset < text.size(); ++line) {
    const size_t end = text.find('\n', offset);
    offset = end == std::string_view::npos ? text.size() : end + 1;
  }
  for (int column = 1; column < location.column && offset < text.size(); ++column) {
    ++offset;
    while (offset < text.size() && (static_cast<unsigned char>(text[offset]) & 0xC0U) == 0x80U) {
      ++offset;
    }
  }
  return offset;
}

}  // namespace

Result<SourceText> SourceText::Substitute(std::string file, std::string_view written,
                                          const std::map<std::string, std::string>& values) {
  SourceText source;
  source.file_ = std::move(file);
  source.written_ = written;
  source.spans_.push_back({0, 0, false});
  char quote = 0;
  for (size_t i = 0; i < written.size();) {
    const char c = written[i];
    if (quote == 0) {
      const size_t after = SkipComment(written, i);
      if (after != i) {
        source.text_ += written.substr(i, after - i);
        i = after;
        continue;
      }
      if (c == '\'' || c == '"' || c == '`') quote = c;
    } else if (c == '\\' && quote != '`' && i + 1 < written.size()) {
      source.text_ += written.substr(i, 2);
      i += 2;
      continue;
    } else if (c == quote) {
      quote = 0;
    }
    const size_t close =
        written.substr(i).starts_with("${") ? written.find('}', i) : std::string_view::npos;
    if (close == std::string_view::npos) {
      source.text_ += c;
      ++i;
      continue;
    }
    const std::string key(written.substr(i + 2, close - i - 2));
    const auto value = values.find(key);
    if (value == values.end()) return UnknownKey(key, values).At(source.At(source.text_.size()));
    source.spans_.push_back({source.text_.size(), i, true});
    source.text_ += value->second;
    i = close + 1;
    source.spans_.push_back({source.text_.size(), i, false});
  }
  return source;
}

SourceText SourceText::Derived(std::string text, size_t offset) const {
  const auto after = std::ranges::upper_bound(spans_, offset, {}, &Span::offset);
  const Span& span = *std::prev(after);
  SourceText derived;
  derived.file_ = file_;
  derived.written_ = written_;
  derived.text_ = std::move(text);
  const size_t in_file = span.written_offset + (span.replaced ? 0 : offset - span.offset);
  derived.spans_.push_back({0, in_file, true});
  return derived;
}

SourceLocation SourceText::At(size_t offset) const {
  const auto after = std::ranges::upper_bound(spans_, offset, {}, &Span::offset);
  const Span& span = *std::prev(after);
  const size_t in_file = span.written_offset + (span.replaced ? 0 : offset - span.offset);
  SourceLocation location = sql::LocationOf(written_, std::min(in_file, written_.size()));
  location.file = file_;
  return location;
}

SourceLocation SourceText::FromText(const SourceLocation& in_text) const {
  if (in_text.line == 0) return {.file = file_, .line = 0, .column = 0};
  return At(OffsetOf(text_, in_text));
}

Error SourceText::Locate(Error error) const {
  // A place with another file name belongs to the text of a view: it stays.
  if (!error.location().file.empty() && error.location().file != file_) return error;
  const SourceLocation location = FromText(error.location());
  return std::move(error).At(location);
}

}  // namespace lakesmith::pipeline
