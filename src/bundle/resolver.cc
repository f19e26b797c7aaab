#include "bundle/resolver.h"

#include <algorithm>

#include "base/check.h"
#include "base/nearest.h"
#include "bundle/shape_check.h"

namespace lakesmith::bundle {
namespace {

constexpr size_t kMaxRounds = 11;

const std::vector<std::string>& AllRoots() {
  static const std::vector<std::string> kRoots = {
      "var", "bundle", "workspace", "resources", "artifacts", "variables", "env", "secrets"};
  return kRoots;
}

std::vector<std::string> KeysOf(const Yaml& map) {
  std::vector<std::string> keys;
  for (const YamlEntry& entry : map.entries()) keys.push_back(entry.key);
  return keys;
}

std::string FirstStep(const std::string& path) { return path.substr(0, path.find_first_of(".[")); }

// `var.x` is short for `variables.x.value`, and so on.
std::string LongForm(const std::string& path) {
  if (path.starts_with("var.")) {
    const size_t end = path.find_first_of(".[", 4);
    const std::string rest = end == std::string::npos ? "" : path.substr(end);
    return "variables." + path.substr(4, end == std::string::npos ? end : end - 4) + ".value" +
           rest;
  }
  return path == "bundle.environment" ? "bundle.target" : path;
}

bool IsResourceId(const std::vector<std::string>& steps) {
  return steps.size() == 4 && steps[0] == "resources" && steps[3] == "id";
}

}  // namespace

Resolver::Resolver(const Yaml& config, const Options& options, Diagnostics& diagnostics)
    : config_(config), options_(options), diagnostics_(diagnostics) {}

Yaml Resolver::Resolve(const Yaml& value) {
  if (value.is_string()) return ResolveText(value);
  Yaml copy = value;
  for (Yaml& item : copy.items()) item = Resolve(item);
  for (YamlEntry& entry : copy.entries()) entry.value = Resolve(entry.value);
  return copy;
}

Yaml Resolver::ResolveText(const Yaml& value) {
  const std::string& text = value.text();
  if (text.find("${") == std::string::npos) return value;
  std::string resolved;
  size_t position = 0;
  for (const Reference& reference : FindReferences(text)) {
    std::optional<Yaml> found = ValueOf(reference, value.location());
    if (!found) continue;
    const bool is_whole = reference.size == text.size();
    if (is_whole) return std::move(*found).AtPlaceOf(value);
    if (!found->is_scalar()) {
      diagnostics_.Add(Severity::kError, value.location(),
                       fmt::format("'${{{}}}' is {}, which cannot stand inside a longer text",
                                   reference.path, found->KindName()));
      continue;
    }
    resolved += text.substr(position, reference.begin - position) + found->text();
    position = reference.begin + reference.size;
  }
  resolved += text.substr(position);
  return Yaml::String(std::move(resolved)).AtPlaceOf(value);
}

bool Resolver::IsMine(const std::string& path) const {
  return std::ranges::find(options_.roots, FirstStep(path)) != options_.roots.end();
}

std::optional<Yaml> Resolver::ValueOf(const Reference& reference, const SourceLocation& place) {
  if (!IsMine(reference.path)) return std::nullopt;
  const std::string path = LongForm(reference.path);
  if (const auto known = values_.find(path); known != values_.end()) {
    // What could not be looked up is told once, at its first use.
    return known->second;
  }
  if (std::ranges::find(stack_, path) != stack_.end()) {
    ReportCycle(path, place);
    return std::nullopt;
  }
  if (stack_.size() >= kMaxRounds) {
    diagnostics_.Add(Severity::kWarning, place,
                     fmt::format("references are nested deeper than {}: '${{{}}}' stays as it is",
                                 kMaxRounds, reference.path));
    return std::nullopt;
  }
  stack_.push_back(path);
  std::optional<Yaml> value = Lookup(path, place);
  stack_.pop_back();
  values_[path] = value;
  return value;
}

std::optional<Yaml> Resolver::Lookup(const std::string& path, const SourceLocation& place) {
  if (path.starts_with("env.")) return LookupEnvironment(path, place);
  if (path.starts_with("secrets.")) {
    // Read when a run starts: the resolved configuration never holds its value.
    std::vector<std::string> steps = SplitPath(path);
    if (steps.size() == 3) return Yaml::String("{{secrets/" + steps[1] + "/" + steps[2] + "}}");
    diagnostics_.Add(Severity::kError, place,
                     fmt::format("'${{{}}}': write ${{secrets.scope.key}}", path));
    return std::nullopt;
  }
  std::optional<Yaml> value = Walk(path, place);
  if (!value) return std::nullopt;
  return Resolve(*value);
}

std::optional<Yaml> Resolver::LookupEnvironment(const std::string& path,
                                                const SourceLocation& place) {
  const std::string name = path.substr(4);
  const auto found = options_.environment.find(name);
  if (found != options_.environment.end()) return Yaml::String(found->second);
  std::vector<std::string> names;
  names.reserve(options_.environment.size());
  for (const auto& [known, value] : options_.environment) names.push_back(known);
  diagnostics_.Add(
      Severity::kError, place,
      fmt::format("environment variable '{}' is not set{}", name, DidYouMean(name, names)));
  return std::nullopt;
}

std::optional<Yaml> Resolver::Walk(const std::string& path, const SourceLocation& place) {
  const std::vector<std::string> steps = SplitPath(path);
  Yaml node;  // Holds what a reference on the way led to.
  const Yaml* current = &config_;
  for (size_t i = 0; i < steps.size(); ++i) {
    const std::string& step = steps[i];
    if (current->is_string() && IsWholeReference(current->text())) {
      node = ResolveText(*current);
      current = &node;
    }
    const Yaml* next = nullptr;
    if (step.starts_with('[')) {
      const size_t index = std::stoul(step.substr(1));
      if (index < current->items().size()) next = &current->items()[index];
    } else {
      next = current->Find(step);
    }
    const bool is_id = i == 3 && IsResourceId(steps) && current->is_map();
    if (is_id) return Yaml::String(steps[2]);  // Known by its key inside the bundle.
    if (next == nullptr) {
      ReportUnknownStep(path, *current, step, place);
      return std::nullopt;
    }
    current = next;
  }
  return *current;
}

void Resolver::ReportUnknownStep(const std::string& path, const Yaml& parent,
                                 const std::string& step, const SourceLocation& place) {
  if (path.starts_with("variables.")) {
    const std::string name = SplitPath(path)[1];
    const Yaml* variables = config_.Find("variables");
    const bool declared = variables != nullptr && variables->Find(name) != nullptr;
    if (declared && step == "value") return;  // That it has no value is told where it is declared.
    if (!declared) {
      const auto names = variables == nullptr ? std::vector<std::string>() : KeysOf(*variables);
      diagnostics_.Add(
          Severity::kError, place,
          fmt::format("variable '{}' is not declared{}", name, DidYouMeanOrKnown(name, names)));
      return;
    }
  }
  diagnostics_.Add(Severity::kError, place,
                   fmt::format("'${{{}}}' leads nowhere: there is no '{}'{}", path, step,
                               DidYouMeanOrKnown(step, KeysOf(parent))));
}

void Resolver::ReportCycle(const std::string& path, const SourceLocation& place) {
  const auto short_form = [](const std::string& text) {
    const bool is_variable = text.starts_with("variables.") && text.ends_with(".value");
    return is_variable ? "var." + text.substr(10, text.size() - 16) : text;
  };
  if (stack_.back() == path) {
    diagnostics_.Add(
        Severity::kError, place,
        fmt::format("'${{{}}}' is defined as itself; give it a value", short_form(path)));
    return;
  }
  std::string chain;
  for (auto step = std::ranges::find(stack_, path); step != stack_.end(); ++step) {
    chain += short_form(*step) + " -> ";
  }
  diagnostics_.Add(Severity::kError, place,
                   fmt::format("references form a cycle: {}{}", chain, short_form(path)));
}

namespace {

void CheckRoot(const Reference& reference, const Yaml& value, const Yaml& config,
               Diagnostics& diagnostics) {
  const std::string root = FirstStep(reference.path);
  const std::vector<std::string>& roots = AllRoots();
  const bool known = std::ranges::find(roots, root) != roots.end();
  const bool alone = root == reference.path;
  if (known && !alone) return;
  const Yaml* variables = config.Find("variables");
  const bool is_variable = variables != nullptr && variables->Find(reference.path) != nullptr;
  const std::string nearest = NearestFew(root, roots, 1)[0];
  if (is_variable) {
    diagnostics.Add(
        Severity::kError, value.location(),
        fmt::format("'${{{0}}}' is no reference; did you mean '${{var.{0}}}'?", reference.path));
  } else if (!alone && IsNearMiss(root, nearest)) {
    diagnostics.Add(Severity::kError, value.location(),
                    fmt::format("'${{{}}}' is no reference; did you mean '${{{}{}}}'?",
                                reference.path, nearest, reference.path.substr(root.size())));
  } else {
    diagnostics.Add(Severity::kWarning, value.location(),
                    fmt::format("'${{{}}}' is not declared and stays as it is; variables are "
                                "'${{var.name}}', environment variables '${{env.NAME}}'",
                                reference.path));
  }
}

}  // namespace

void CheckReferenceRoots(const Yaml& value, const Yaml& config, Diagnostics& diagnostics) {
  if (value.is_string()) {
    for (const Reference& reference : FindReferences(value.text())) {
      CheckRoot(reference, value, config, diagnostics);
    }
  }
  for (const Yaml& item : value.items()) CheckReferenceRoots(item, config, diagnostics);
  for (const YamlEntry& entry : value.entries()) {
    CheckReferenceRoots(entry.value, config, diagnostics);
  }
}

}  // namespace lakesmith::bundle
