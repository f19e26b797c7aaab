// Calls of functions: by name, template or code, see plan/function_registry.h.
#include <algorithm>
#include <cctype>

#include "engine/duckdb/emit_internal.h"

namespace lakesmith::engine {

using plan::ExpressionKind;
using plan::FunctionKind;

namespace {

constexpr size_t kLongArgument = 160;

bool IsIdentifier(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
  });
}

// How often a template mentions `$<digit>`.
int Mentions(std::string_view text, char digit) {
  int count = 0;
  for (size_t i = 0; i + 1 < text.size(); ++i) {
    if (text[i] == '$' && text[i + 1] == digit) ++count;
  }
  return count;
}

bool IsVolatile(const plan::Expression& expression) {
  if (expression.kind == ExpressionKind::kCall && expression.function->is_volatile) return true;
  return std::any_of(expression.children.begin(), expression.children.end(),
                     [](const plan::ExpressionPtr& child) { return IsVolatile(*child); });
}

}  // namespace

Result<std::vector<std::string>> Emitter::Arguments(const plan::Expression& call) {
  std::vector<std::string> arguments;
  for (const plan::ExpressionPtr& child : call.children) {
    if (child->kind == ExpressionKind::kLambda) {
      arguments.emplace_back();
      continue;
    }
    arguments.push_back(TRY(Expression(*child)));
    // The engine works out arguments of rows too that FILTER leaves out: they may fail there.
    const bool filtered = call.filter && call.kind == ExpressionKind::kCall &&
                          call.function->kind == FunctionKind::kAggregate;
    if (filtered && !IsFoldable(*child) && child->kind != ExpressionKind::kColumn) {
      arguments.back() =
          fmt::format("CASE WHEN {} THEN {} END", TRY(Expression(*call.filter)), arguments.back());
    }
  }
  return arguments;
}

Result<std::string> Emitter::Call(const plan::Expression& call) {
  std::string text = TRY(MarkedCall(call));
  std::erase(text, kOverMark);
  return text;
}

namespace {

std::string Placeholder(size_t index) { return fmt::format("\x03{}\x03", index); }

size_t Occurrences(std::string_view text, std::string_view part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string_view::npos;
       at = text.find(part, at + part.size())) {
    ++count;
  }
  return count;
}

void ReplaceAll(std::string& text, std::string_view part, std::string_view by) {
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + by.size())) {
    text.replace(at, part.size(), by);
  }
}

bool HasSubquery(std::string_view text) { return text.find("SELECT ") != std::string_view::npos; }

}  // namespace

// A long argument that the text would repeat is computed once, so that calls within calls do not
// double at each level. The engine allows no subquery in a lambda: then those are computed, too.
Result<std::string> Emitter::CustomCall(const plan::Expression& call, CustomEmit emit) {
  const std::vector<std::string> arguments = TRY(Arguments(call));
  std::vector<std::string> shown = arguments;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i].size() >= kLongArgument || HasSubquery(arguments[i]))
      shown[i] = Placeholder(i);
  }
  if (call.function->kind != FunctionKind::kScalar || shown == arguments) {
    return Native(TRY(emit(*this, call, arguments)));
  }
  std::string text = TRY(emit(*this, call, shown));
  bool binds = false;
  for (size_t i = 0; i < shown.size(); ++i) {
    binds |= shown[i] != arguments[i] && Occurrences(text, shown[i]) > 1;
  }
  const std::string variable = FreshName("b");
  std::string bound;
  for (size_t i = 0; i < shown.size(); ++i) {
    if (shown[i] == arguments[i]) continue;
    const bool bind = binds && (HasSubquery(arguments[i]) || Occurrences(text, shown[i]) > 1);
    if (bind) bound += fmt::format("{}a{} := {}", bound.empty() ? "" : ", ", i, arguments[i]);
    ReplaceAll(text, shown[i], bind ? fmt::format("{}.a{}", variable, i) : arguments[i]);
  }
  if (binds) {
    text =
        fmt::format("(list_transform([struct_pack({})], lambda {}: {})[1])", bound, variable, text);
  }
  return Native(std::move(text));
}

Result<std::string> Emitter::MarkedCall(const plan::Expression& call) {
  const std::string_view emission = call.function->emission;
  if (emission.empty()) return Unsupported("function {} is not supported", call.name);
  if (auto ordered = TRY(NestedOrderCall(call))) return *std::move(ordered);
  if (emission == "@and" || emission == "@or") {
    // These walk their chain themselves.
    return FindCustomEmit(emission.substr(1))(*this, call, {});
  }
  if (emission.front() == '@') {
    const CustomEmit emit = FindCustomEmit(emission.substr(1));
    if (emit == nullptr) {
      return Unsupported("function {} is not supported yet", call.name)
          .WithClass("UNSUPPORTED_FEATURE.FUNCTION", "0A000");
    }
    return CustomCall(call, emit);
  }
  if (IsIdentifier(emission)) {
    const std::vector<std::string> arguments = TRY(Arguments(call));
    return Native(fmt::format("{}({})", emission, fmt::join(arguments, ", ")));
  }
  return Template(call, emission);
}

namespace {

// Puts FILTER and the mark behind the parentheses that `\x02` stands in; at the end when there is
// none.
std::string WithTail(std::string text, const std::string& tail) {
  const size_t mark = text.find('\x02');
  if (mark == std::string::npos) return text + tail;
  text.erase(mark, 1);
  int depth = 1;
  size_t at = mark;
  while (at < text.size() && depth > 0) {
    if (text[at] == '(') ++depth;
    if (text[at] == ')') --depth;
    ++at;
  }
  text.insert(at, tail);
  return text;
}

}  // namespace

namespace {

// `text` of a template with the arguments in their places.
std::string FilledIn(std::string_view text, const plan::Expression& call,
                     const std::vector<std::string>& arguments) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '$' || i + 1 == text.size()) {
      result += text[i];
      continue;
    }
    const char next = text[++i];
    if (next == '*') {
      result += fmt::format("{}", fmt::join(arguments, ", "));
    } else if (next == 'R') {
      result += DuckDbTypeName(call.type);
    } else if (next == 'T') {
      result += DuckDbTypeName(call.children[static_cast<size_t>(text[++i] - '1')]->type);
    } else if (next == '~') {
      result += '\x02';
      if (call.distinct) result += "DISTINCT ";
    } else {
      result += arguments[static_cast<size_t>(next - '1')];
    }
  }
  return result;
}

// An argument that a template repeats is computed once when it is long or volatile: gives the
// fields of a struct named `variable`, and puts those in the place of such arguments.
std::string BindRepeated(const plan::Expression& call, std::string_view text,
                         const std::string& variable, std::vector<std::string>& arguments) {
  std::string bound;
  for (size_t i = 0; i < arguments.size() && i < 9; ++i) {
    if (Mentions(text, static_cast<char>('1' + i)) < 2) continue;
    if (arguments[i].size() < kLongArgument && !IsVolatile(*call.children[i])) continue;
    bound += fmt::format("{}a{} := {}", bound.empty() ? "" : ", ", i, arguments[i]);
    arguments[i] = fmt::format("{}.a{}", variable, i);
  }
  return bound;
}

}  // namespace

Result<std::string> Emitter::Template(const plan::Expression& call, std::string_view text) {
  std::vector<std::string> arguments = TRY(Arguments(call));
  const bool scalar = call.function->kind == FunctionKind::kScalar;
  const std::string variable = FreshName("b");
  std::string bound;
  if (scalar) bound = BindRepeated(call, text, variable, arguments);
  std::string result = FilledIn(text, call, arguments);
  if (scalar) {
    const bool bare = result.starts_with("(") && result.ends_with(")");
    if (!bare) result = "(" + result + ")";
    if (!bound.empty()) {
      result = fmt::format("(list_transform([struct_pack({})], lambda {}: {})[1])", bound, variable,
                           result);
    }
  } else {
    std::string tail;
    if (call.filter) tail = fmt::format(" FILTER (WHERE {})", TRY(Expression(*call.filter)));
    result = WithTail(std::move(result), tail + kOverMark);
  }
  return Native(std::move(result));
}

}  // namespace lakesmith::engine
