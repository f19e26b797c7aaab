#include "functions/java_pattern.h"

#include <fmt/format.h>

#include <vector>

namespace lakesmith::functions {
namespace {

class Translator {
 public:
  explicit Translator(std::string_view pattern) : pattern_(pattern) {}

  std::string Pattern() {
    while (at_ < pattern_.size()) {
      const char c = pattern_[at_];
      if (c == '\\') {
        Escape(result_);
      } else if (c == '[') {
        result_ += Class();
      } else if (c == '(' && pattern_.substr(at_, 2) == "(?") {
        Flags();
      } else {
        result_ += c;
        ++at_;
      }
    }
    return std::move(result_);
  }

 private:
  // A backslash and what belongs to it; a quotation up to its end.
  void Escape(std::string& out) {
    const std::string_view rest = pattern_.substr(at_);
    if (rest.starts_with("\\Q")) {
      const size_t end = std::min(rest.find("\\E"), rest.size() - 2) + 2;
      out += rest.substr(0, end);
      at_ += end;
    } else if (rest.starts_with("\\u") && rest.size() >= 6) {
      out += fmt::format("\\x{{{}}}", rest.substr(2, 4));
      at_ += 6;
    } else {
      out += rest.substr(0, 2);
      at_ += std::min<size_t>(2, rest.size());
    }
  }

  // "(?iu)" or "(?u-m:": the letters that PCRE2 does not know go.
  void Flags() {
    constexpr std::string_view kLetters = "idmsuxU-";
    size_t end = at_ + 2;
    while (end < pattern_.size() && kLetters.find(pattern_[end]) != std::string_view::npos) ++end;
    const bool flags =
        end > at_ + 2 && end < pattern_.size() && (pattern_[end] == ')' || pattern_[end] == ':');
    result_ += "(?";
    at_ += 2;
    if (!flags) return;
    for (; at_ < end; ++at_) {
      if (std::string_view("duU").find(pattern_[at_]) == std::string_view::npos)
        result_ += pattern_[at_];
    }
  }

  // A class from its '[' to its ']', as a pattern of one character: itself where PCRE2 knows it.
  std::string Class() {
    ++at_;
    const bool negated = at_ < pattern_.size() && pattern_[at_] == '^';
    if (negated) ++at_;
    std::vector<std::string> operands;  // Of intersections.
    std::string members;
    std::vector<std::string> nested;
    const auto end_operand = [&] {
      std::string operand = members.empty() ? "" : "[" + members + "]";
      for (const std::string& one : nested) operand += (operand.empty() ? "" : "|") + one;
      operands.push_back(nested.empty() ? operand : "(?:" + operand + ")");
      members.clear();
      nested.clear();
    };
    bool first = true;
    bool closed = false;
    for (; at_ < pattern_.size(); first = false) {
      const char c = pattern_[at_];
      if (c == ']' && !first) {
        ++at_;
        closed = true;
        break;
      }
      if (c == '[') {
        nested.push_back(Class());
      } else if (c == '&' && pattern_.substr(at_, 2) == "&&") {
        at_ += 2;
        end_operand();
      } else if (c == '\\') {
        Escape(members);
      } else {
        members += c;
        ++at_;
      }
    }
    if (!closed) return fmt::format("[{}{}", negated ? "^" : "", members);
    if (operands.empty() && nested.empty())
      return fmt::format("[{}{}]", negated ? "^" : "", members);
    end_operand();
    return Combined(operands, negated);
  }

  static std::string Combined(const std::vector<std::string>& operands, bool negated) {
    std::string all;
    for (const std::string& operand : operands) {
      if (!operand.empty()) all += fmt::format("(?={})", operand);
    }
    return negated ? fmt::format("(?:(?!{})(?s:.))", all) : fmt::format("(?:{}(?s:.))", all);
  }

  std::string_view pattern_;
  size_t at_ = 0;
  std::string result_;
};

}  // namespace

std::string JavaPatternToPcre(std::string_view pattern) { return Translator(pattern).Pattern(); }

}  // namespace lakesmith::functions
