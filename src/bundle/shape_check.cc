#include "bundle/shape_check.h"

#include <algorithm>
#include <cctype>

#include "base/nearest.h"
#include "bundle/decode.h"

namespace lakesmith::bundle {
namespace {

constexpr size_t kMaxKeyLength = 100;

std::string Quote(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

// Names of values stand in quotes, descriptions do not.
std::string Quoted(const std::string& where) {
  const bool is_description = where.starts_with("the ") || where.starts_with("an entry ");
  return is_description ? where : "'" + where + "'";
}

bool IsKeyCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
}

class Checker {
 public:
  Checker(const ShapeCheckOptions& options, Diagnostics& diagnostics)
      : options_(options), diagnostics_(diagnostics) {}

  // `where` names the value in messages: its key, or "a task".
  void Check(const Yaml& value, const Shape& shape, const std::string& where, const Field* field) {
    if (value.is_null() || IsReference(value)) return;
    switch (shape.kind) {
      case Shape::Kind::kAny:
        return;
      case Shape::Kind::kText:
        return CheckText(value, where, field);
      case Shape::Kind::kBool:
        return CheckBool(value, where);
      case Shape::Kind::kInteger:
        return CheckInteger(value, where, field);
      case Shape::Kind::kNumber:
        if (!value.is_number()) Mismatch(value, where, "a number");
        return;
      case Shape::Kind::kWord:
        return CheckWord(value, where, shape.words);
      case Shape::Kind::kList:
        return CheckList(value, shape, where, field);
      case Shape::Kind::kMap:
        return CheckMap(value, shape, where);
      case Shape::Kind::kObject:
        return CheckObject(value, shape, where);
    }
  }

 private:
  // A reference may become a value of any kind.
  bool IsReference(const Yaml& value) const {
    return options_.partial && value.is_string() && value.text().find("${") != std::string::npos;
  }

  void AddError(const SourceLocation& place, std::string message) {
    diagnostics_.Add(Severity::kError, place, std::move(message));
  }

  void Mismatch(const Yaml& value, const std::string& where, std::string_view wanted,
                std::string_view hint = "") {
    const std::string found = value.is_scalar() && !value.is_null()
                                  ? fmt::format("{} '{}'", value.KindName(), value.text())
                                  : std::string(value.KindName());
    AddError(value.location(),
             fmt::format("{} must be {}, this is {}{}", Quoted(where), wanted, found, hint));
  }

  void CheckText(const Yaml& value, const std::string& where, const Field* field) {
    if (!value.is_scalar()) return Mismatch(value, where, "a string");
    if (field == nullptr) return;
    if (!field->words.empty()) CheckWord(value, where, field->words);
    if (field->key_characters_only) CheckKeyCharacters(value, where);
  }

  void CheckKeyCharacters(const Yaml& value, const std::string& where) {
    const std::string& text = value.text();
    if (text.size() > kMaxKeyLength) {
      return AddError(value.location(),
                      fmt::format("'{}' may have at most {} characters, this has {}", where,
                                  kMaxKeyLength, text.size()));
    }
    const auto odd = std::ranges::find_if_not(text, IsKeyCharacter);
    if (odd == text.end() && !text.empty()) return;
    std::string fixed = text;
    std::ranges::replace_if(fixed, [](char c) { return !IsKeyCharacter(c); }, '_');
    AddError(value.location(),
             text.empty()
                 ? fmt::format("'{}' is empty", where)
                 : fmt::format("{} '{}' may hold letters, digits, '_' and '-' only; write '{}'",
                               where, text, fixed));
  }

  void CheckBool(const Yaml& value, const std::string& where) {
    const std::optional<bool> read = ReadBool(value);
    if (!read) return Mismatch(value, where, "true or false");
    if (value.is_string()) {
      diagnostics_.Add(Severity::kWarning, value.location(),
                       fmt::format("'{}' is the text '{}', taken as {}; write it without quotes",
                                   where, value.text(), *read ? "true" : "false"));
    }
  }

  void CheckInteger(const Yaml& value, const std::string& where, const Field* field) {
    const std::optional<int64_t> read = ReadInteger(value);
    if (!read) return Mismatch(value, where, "a whole number");
    if (field == nullptr) return;
    if (field->minimum && *read < *field->minimum) {
      AddError(value.location(),
               fmt::format("'{}' must be at least {}, this is {}", where, *field->minimum, *read));
    } else if (field->maximum && *read > *field->maximum) {
      AddError(value.location(),
               fmt::format("'{}' must be at most {}, this is {}", where, *field->maximum, *read));
    }
  }

  void CheckWord(const Yaml& value, const std::string& where,
                 const std::vector<std::string>& words) {
    if (!value.is_scalar()) return Mismatch(value, where, "one of " + Quote(words));
    if (std::ranges::find(words, value.text()) != words.end()) return;
    const std::string nearest = Nearest(value.text(), words);
    AddError(
        value.location(),
        nearest.empty()
            ? fmt::format("'{}' cannot be '{}'; it is one of {}", where, value.text(), Quote(words))
            : fmt::format("'{}' cannot be '{}'; did you mean '{}'?", where, value.text(), nearest));
  }

  void CheckList(const Yaml& value, const Shape& shape, const std::string& where,
                 const Field* field) {
    if (!value.is_list()) {
      return Mismatch(value, where, "a list", "; begin each element with '- '");
    }
    const std::string entry = fmt::format("an entry of '{}'", where);
    for (const Yaml& item : value.items()) Check(item, shape.element(), entry, field);
    if (field != nullptr && !field->fold_by.empty()) CheckUnique(value, field->fold_by);
  }

  // Equal keys in one list are a copy that somebody forgot to change; in different files they are
  // an override.
  void CheckUnique(const Yaml& list, const std::string& key) {
    std::map<std::string, const Yaml*> seen;
    for (const Yaml& item : list.items()) {
      const Yaml* name = item.Find(key);
      if (name == nullptr || !name->is_scalar() || name->text().empty()) continue;
      const auto [first, is_new] = seen.emplace(name->text(), name);
      if (is_new || !options_.partial) continue;
      AddError(name->location(), fmt::format("{} '{}' is already used on line {} of this list", key,
                                             name->text(), first->second->location().line));
    }
  }

  void CheckMap(const Yaml& value, const Shape& shape, const std::string& where) {
    if (!value.is_map()) return Mismatch(value, where, "a map");
    for (const YamlEntry& entry : value.entries()) {
      Check(entry.value, shape.element(), entry.key, nullptr);
    }
  }

  void CheckObject(const Yaml& value, const Shape& shape, const std::string& where) {
    if (!value.is_map()) {
      return Mismatch(value, where, "a map", "; it has the keys " + SomeKeys(shape));
    }
    for (const YamlEntry& entry : value.entries()) {
      const Field* field = shape.FindField(entry.key);
      if (field == nullptr) {
        UnknownKey(entry, shape, where);
      } else {
        CheckField(entry, *field);
      }
    }
    if (options_.partial) return;
    for (const Field& field : shape.fields) {
      const Yaml* found = value.Find(field.name);
      if (!field.required || (found != nullptr && !found->is_null())) continue;
      AddError(value.location(), fmt::format("{} needs the key '{}'", Quoted(where), field.name));
    }
  }

  static std::string SomeKeys(const Shape& shape) {
    std::vector<std::string> names = shape.FieldNames();
    if (names.size() > 4) {
      names.resize(4);
      names.emplace_back("...");
    }
    return Quote(names);
  }

  void CheckField(const YamlEntry& entry, const Field& field) {
    if (field.use == FieldUse::kUnsupported && !entry.value.is_null()) {
      const bool allowed = options_.allow_unsupported;
      diagnostics_.Add(
          allowed ? Severity::kWarning : Severity::kError, entry.key_location,
          allowed ? fmt::format("'{}' is not supported here: the task is left out", entry.key)
                  : fmt::format("'{}' is not supported here; --allow-unsupported leaves "
                                "such tasks out",
                                entry.key));
      return;
    }
    if (field.use == FieldUse::kIgnored) {
      diagnostics_.Add(Severity::kInfo, entry.key_location,
                       fmt::format("'{}' has no effect here", entry.key));
    }
    Check(entry.value, field.shape(), entry.key, &field);
  }

  void UnknownKey(const YamlEntry& entry, const Shape& shape, const std::string& where) {
    const bool is_note = entry.key.starts_with('_') || entry.key.starts_with("x-");
    if (is_note) return;
    const std::vector<std::string> names = shape.FieldNames();
    const std::vector<std::string> few = NearestFew(entry.key, names, 1);
    const bool near = !few.empty() && IsNearMiss(entry.key, few[0]);
    std::string message = fmt::format("unknown key '{}' in {}", entry.key, Quoted(where));
    message += near ? fmt::format("; did you mean '{}'?", few[0])
                    : ", it has no effect" + DidYouMean(entry.key, names);
    diagnostics_.Add(near ? Severity::kError : Severity::kWarning, entry.key_location,
                     std::move(message));
  }

  const ShapeCheckOptions& options_;
  Diagnostics& diagnostics_;
};

}  // namespace

void CheckShape(const Yaml& root, const Shape& shape, const ShapeCheckOptions& options,
                Diagnostics& diagnostics) {
  Checker(options, diagnostics).Check(root, shape, "the file", nullptr);
}

bool IsNearMiss(std::string_view name, std::string_view known) {
  const auto allowed = std::max<size_t>(1, std::max(name.size(), known.size()) / 4);
  return EditDistance(name, known) <= static_cast<int>(allowed);
}

std::string DidYouMean(std::string_view name, const std::vector<std::string>& candidates) {
  const std::string nearest = Nearest(name, candidates);
  return nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest);
}

std::string DidYouMeanOrKnown(std::string_view name, const std::vector<std::string>& candidates) {
  std::string hint = DidYouMean(name, candidates);
  if (!hint.empty() || candidates.empty()) return hint;
  return "; known: " + Quote(NearestFew(name, candidates, 5));
}

}  // namespace lakesmith::bundle
