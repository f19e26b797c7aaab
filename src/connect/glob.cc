#include <algorithm>
#include <utility>

#include "connect/file_listing.h"

namespace lakesmith::connect {
namespace {

// End of the group that opens at `open` ('{' or '['), or npos when it is not closed.
size_t GroupEnd(std::string_view glob, size_t open) {
  const bool braces = glob[open] == '{';
  int depth = 0;
  // In a set, ']' right after '[' or '[^' is a member.
  const size_t first = open + (glob.substr(open).starts_with("[^") ? 2 : 1);
  for (size_t i = open; i < glob.size(); ++i) {
    if (glob[i] == '\\') {
      ++i;
    } else if (braces && glob[i] == '{') {
      ++depth;
    } else if (braces ? glob[i] == '}' && --depth == 0 : glob[i] == ']' && i > first) {
      return i;
    }
  }
  return std::string_view::npos;
}

// The alternatives of "{a,b}" without the braces, split at commas of the outer level.
std::vector<std::string> Alternatives(std::string_view body) {
  std::vector<std::string> parts(1);
  int depth = 0;
  for (size_t i = 0; i < body.size(); ++i) {
    const char c = body[i];
    if (c == ',' && depth == 0) {
      parts.emplace_back();
      continue;
    }
    if (c == '{') ++depth;
    if (c == '}') --depth;
    parts.back() += c;
    if (c == '\\' && i + 1 < body.size()) parts.back() += body[++i];
  }
  return parts;
}

bool SetHolds(std::string_view set, char c) {
  const bool negated = set.starts_with('^') || set.starts_with('!');
  if (negated) set.remove_prefix(1);
  bool holds = false;
  for (size_t i = 0; i < set.size(); ++i) {
    if (i + 2 < set.size() && set[i + 1] == '-') {
      holds = holds || (set[i] <= c && c <= set[i + 2]);
      i += 2;
    } else {
      holds = holds || set[i] == c;
    }
  }
  return holds != negated;
}

// Bytes of the UTF-8 character that `text` starts with.
size_t CharacterSize(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const size_t size = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  return std::min(size, text.size());
}

Result<bool> Matches(std::string_view glob, std::string_view name);

Result<bool> MatchesStar(std::string_view rest, std::string_view name) {
  for (size_t skip = 0; skip <= name.size(); ++skip) {
    const bool matches = TRY(Matches(rest, name.substr(skip)));
    if (matches) return true;
  }
  return false;
}

Result<bool> MatchesBraces(std::string_view glob, size_t end, std::string_view name) {
  for (const std::string& part : Alternatives(glob.substr(1, end - 1))) {
    const bool matches = TRY(Matches(part + std::string(glob.substr(end + 1)), name));
    if (matches) return true;
  }
  return false;
}

Result<bool> Matches(std::string_view glob, std::string_view name) {
  while (!glob.empty()) {
    const char c = glob[0];
    if (c == '*') return MatchesStar(glob.substr(1), name);
    if (c == '{') return MatchesBraces(glob, GroupEnd(glob, 0), name);
    if (name.empty()) return false;
    if (c == '?') {
      glob.remove_prefix(1);
      name.remove_prefix(CharacterSize(name));
      continue;
    }
    if (c == '[') {
      const size_t end = GroupEnd(glob, 0);
      if (!SetHolds(glob.substr(1, end - 1), name[0])) return false;
      glob.remove_prefix(end + 1);
    } else {
      if (c == '\\' && glob.size() > 1) glob.remove_prefix(1);
      if (glob[0] != name[0]) return false;
      glob.remove_prefix(1);
    }
    name.remove_prefix(1);
  }
  return name.empty();
}

Status CheckGroups(std::string_view glob) {
  for (size_t i = 0; i < glob.size(); ++i) {
    if (glob[i] == '\\') {
      ++i;
    } else if (glob[i] == '[' || glob[i] == '{') {
      const size_t end = GroupEnd(glob, i);
      if (end == std::string_view::npos) {
        return Invalid("the glob '{}' has a '{}' that is not closed", glob, glob[i]);
      }
      if (glob[i] == '[') i = end;
    }
  }
  return {};
}

}  // namespace

bool IsGlob(std::string_view path) { return path.find_first_of("?*[{") != std::string_view::npos; }

Result<std::vector<std::string>> ExpandBraces(std::string_view glob) {
  TRY(CheckGroups(glob));
  size_t open = 0;
  while (open < glob.size() && glob[open] != '{') {
    if (glob[open] == '\\') ++open;
    if (open < glob.size() && glob[open] == '[') open = GroupEnd(glob, open);
    ++open;
  }
  if (open >= glob.size()) return std::vector<std::string>{std::string(glob)};
  const size_t end = GroupEnd(glob, open);
  std::vector<std::string> expanded;
  for (const std::string& part : Alternatives(glob.substr(open + 1, end - open - 1))) {
    const std::string one = fmt::format("{}{}{}", glob.substr(0, open), part, glob.substr(end + 1));
    const std::vector<std::string> inner = TRY(ExpandBraces(one));
    expanded.insert(expanded.end(), inner.begin(), inner.end());
  }
  return expanded;
}

Result<bool> GlobMatches(std::string_view glob, std::string_view name) {
  TRY(CheckGroups(glob));
  return Matches(glob, name);
}

}  // namespace lakesmith::connect
