#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace lakesmith::bundle {

enum class Severity {
  kError,           // The bundle cannot be used.
  kWarning,         // Probably not what was meant. `--strict` makes it fail.
  kRecommendation,  // Works, but there is a better way.
  kInfo,            // Accepted, without effect here. Shown on request only.
};
// "error", "warning", "recommendation", "info".
std::string_view SeverityName(Severity severity);

// One thing to tell the user about the bundle's files.
struct Diagnostic {
  Severity severity = Severity::kError;
  SourceLocation location;
  std::string message;  // What was found, and what to do. One line.

  // "error: file:line:column: message".
  std::string ToString() const;
};

// Collects diagnostics, one for each place: what goes wrong first at a place is the problem, what
// follows from it is noise. Not thread-safe.
class Diagnostics {
 public:
  // Left out when the same place already has one that is as severe or worse.
  void Add(Severity severity, SourceLocation location, std::string message);
  void Add(const Error& error);  // As an error.

  // Errors first, then by file, line and column.
  std::vector<Diagnostic> Sorted() const;
  const std::vector<Diagnostic>& all() const { return all_; }
  size_t Count(Severity severity) const;
  bool has_errors() const { return Count(Severity::kError) > 0; }
  // The first error in order of place, as an Error of code kInvalid; success without one.
  Status ToStatus() const;

 private:
  std::vector<Diagnostic> all_;
};

}  // namespace lakesmith::bundle
