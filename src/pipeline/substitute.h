#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace lakesmith::pipeline {

// The text of a source file with its `${key}` replaced, and the way back to places in the file.
class SourceText {
 public:
  // Replaces each `${key}` outside comments, also inside quotes. Values are not looked into again.
  // Errors: kInvalid at the place of a key that `values` lacks, with the nearest one.
  static Result<SourceText> Substitute(std::string file, std::string_view written,
                                       const std::map<std::string, std::string>& values);

  // A text that was made from a statement of this one: all its places are that of the statement,
  // `offset`.
  SourceText Derived(std::string text, size_t offset) const;

  const std::string& file() const { return file_; }
  const std::string& text() const { return text_; }
  // Where byte `offset` of text() stands in the file; inside a replaced value, the start of its
  // `${key}`.
  SourceLocation At(size_t offset) const;
  // Turns a place in text() into the place in the file. For errors of the parser and the analyzer.
  SourceLocation FromText(const SourceLocation& in_text) const;
  // The error with its place in the file.
  Error Locate(Error error) const;

 private:
  // From `offset` of the text on, bytes stand `written_offset` onwards in the file; all at one
  // place if `replaced`.
  struct Span {
    size_t offset;
    size_t written_offset;
    bool replaced;
  };

  std::string file_;
  std::string written_;
  std::string text_;
  std::vector<Span> spans_;
};

}  // namespace lakesmith::pipeline
