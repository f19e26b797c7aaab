#include "bundle/diagnostics.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/check.h"

namespace lakesmith::bundle {

std::string_view SeverityName(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return "error";
    case Severity::kWarning:
      return "warning";
    case Severity::kRecommendation:
      return "recommendation";
    case Severity::kInfo:
      return "info";
  }
  CHECK(!"a valid severity");
}

std::string Diagnostic::ToString() const {
  const std::string place = location.ToString();
  return fmt::format("{}: {}{}{}", SeverityName(severity), place, place.empty() ? "" : ": ",
                     message);
}

void Diagnostics::Add(Severity severity, SourceLocation location, std::string message) {
  for (Diagnostic& known : all_) {
    const bool same_place = location.line > 0 && known.location == location;
    if (!same_place && !(known.location == location && known.message == message)) continue;
    if (severity < known.severity) known = {severity, std::move(location), std::move(message)};
    return;
  }
  all_.push_back({severity, std::move(location), std::move(message)});
}

void Diagnostics::Add(const Error& error) {
  Add(Severity::kError, error.location(), error.message());
}

std::vector<Diagnostic> Diagnostics::Sorted() const {
  std::vector<Diagnostic> sorted = all_;
  std::ranges::stable_sort(sorted, {}, [](const Diagnostic& diagnostic) {
    const SourceLocation& place = diagnostic.location;
    return std::tuple(diagnostic.severity, place.file, place.line, place.column);
  });
  return sorted;
}

size_t Diagnostics::Count(Severity severity) const {
  return static_cast<size_t>(std::ranges::count(all_, severity, &Diagnostic::severity));
}

Status Diagnostics::ToStatus() const {
  if (!has_errors()) return {};
  Diagnostic first = Sorted().front();
  return Invalid("{}", first.message).At(std::move(first.location));
}

}  // namespace lakesmith::bundle
