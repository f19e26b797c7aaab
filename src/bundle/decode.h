#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/yaml.h"
#include "bundle/key_table.h"

// How a C++ type reads a YAML value, and which Shape it therefore has. Templates, because the table
// binds keys to members of many types. A value of the wrong kind is left out: the check of shapes
// tells the user.
namespace lakesmith::bundle {

// Numbers and bools as the official tool takes them: also from text such as "5" or "true".
std::optional<bool> ReadBool(const Yaml& value);
std::optional<int64_t> ReadInteger(const Yaml& value);

// Sets what follows from several keys at once: the kind of a task.
void FinishDecoding(Task& task, const Yaml& value);

namespace decoding {

template <typename T>
struct IsVector : std::false_type {};
template <typename T>
struct IsVector<std::vector<T>> : std::true_type {
  using Element = T;
};
template <typename T>
struct IsMap : std::false_type {};
template <typename T>
struct IsMap<std::map<std::string, T>> : std::true_type {
  using Element = T;
};
template <typename T>
struct IsBox : std::false_type {};
template <typename T>
struct IsBox<std::optional<T>> : std::true_type {
  using Element = T;
};
template <typename T>
struct IsBox<std::shared_ptr<T>> : std::true_type {
  using Element = T;
};

template <typename T>
const Shape& ShapeOf();

template <typename T>
Shape MakeShape() {
  using Kind = Shape::Kind;
  if constexpr (std::is_same_v<T, AnyValue>) {
    return {.kind = Kind::kAny};
  } else if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, LocatedText>) {
    return {.kind = Kind::kText};
  } else if constexpr (std::is_same_v<T, bool>) {
    return {.kind = Kind::kBool};
  } else if constexpr (std::is_integral_v<T>) {
    return {.kind = Kind::kInteger};
  } else if constexpr (std::is_floating_point_v<T>) {
    return {.kind = Kind::kNumber};
  } else if constexpr (std::is_enum_v<T>) {
    Shape shape{.kind = Kind::kWord};
    for (const auto& [word, value] : WordsOf<T>()) shape.words.push_back(word);
    return shape;
  } else if constexpr (IsVector<T>::value) {
    return {.kind = Kind::kList, .element = &ShapeOf<typename IsVector<T>::Element>};
  } else if constexpr (IsMap<T>::value) {
    return {.kind = Kind::kMap, .element = &ShapeOf<typename IsMap<T>::Element>};
  } else {
    return {.kind = Kind::kObject, .fields = FieldsOf<T>()};
  }
}

template <typename T>
const Shape& ShapeOf() {
  if constexpr (IsBox<T>::value) {
    return ShapeOf<typename IsBox<T>::Element>();
  } else {
    static const Shape kShape = MakeShape<T>();
    return kShape;
  }
}

template <typename T>
void Decode(const Yaml& value, T& into);

template <typename T>
void DecodeList(const Yaml& value, std::vector<T>& into) {
  into.clear();
  for (const Yaml& item : value.items()) Decode(item, into.emplace_back());
}

template <typename T>
void DecodeMap(const Yaml& value, std::map<std::string, T>& into) {
  for (const YamlEntry& entry : value.entries()) {
    T& element = into[entry.key];
    Decode(entry.value, element);
    if constexpr (requires { element.key = entry.key; }) {
      element.key = entry.key;
      element.location = entry.key_location;
    }
  }
}

template <typename T>
void DecodeObject(const Yaml& value, T& into) {
  if constexpr (requires { into.location = value.location(); }) into.location = value.location();
  const Shape& shape = ShapeOf<T>();
  for (const YamlEntry& entry : value.entries()) {
    const Field* field = shape.FindField(entry.key);
    if (field != nullptr && field->store != nullptr) field->store(&into, entry.value);
  }
  if constexpr (requires { FinishDecoding(into, value); }) FinishDecoding(into, value);
}

template <typename T>
void DecodeBox(const Yaml& value, T& into) {
  using Element = typename IsBox<T>::Element;
  auto element = Element();
  Decode(value, element);
  if constexpr (std::is_same_v<T, std::shared_ptr<Element>>) {
    into = std::make_shared<Element>(std::move(element));
  } else {
    into = std::move(element);
  }
}

template <typename T>
void Decode(const Yaml& value, T& into) {
  if (value.is_null()) return;
  if constexpr (std::is_same_v<T, std::string>) {
    if (value.is_scalar()) into = value.text();
  } else if constexpr (std::is_same_v<T, LocatedText>) {
    if (value.is_scalar()) into = {value.text(), value.location()};
  } else if constexpr (std::is_same_v<T, bool>) {
    into = ReadBool(value).value_or(into);
  } else if constexpr (std::is_integral_v<T>) {
    into = ReadInteger(value).value_or(into);
  } else if constexpr (std::is_floating_point_v<T>) {
    if (value.is_number()) into = value.number_value();
  } else if constexpr (std::is_enum_v<T>) {
    for (const auto& [word, meaning] : WordsOf<T>()) {
      if (value.is_scalar() && value.text() == word) into = meaning;
    }
  } else if constexpr (IsVector<T>::value) {
    DecodeList(value, into);
  } else if constexpr (IsMap<T>::value) {
    DecodeMap(value, into);
  } else if constexpr (IsBox<T>::value) {
    DecodeBox(value, into);
  } else {
    DecodeObject(value, into);
  }
}

template <typename Class, typename Member>
Class ClassOfMember(Member Class::*);
template <typename Class, typename Member>
Member TypeOfMember(Member Class::*);

template <auto kMember>
void Store(void* object, const Yaml& value) {
  using Class = decltype(ClassOfMember(kMember));
  Decode(value, static_cast<Class*>(object)->*kMember);
}

}  // namespace decoding

using decoding::Decode;
using decoding::ShapeOf;

// A key bound to a member of a struct.
template <auto kMember>
Field Key(const char* name, const char* description) {
  using Type = decltype(decoding::TypeOfMember(kMember));
  return {.name = name,
          .description = description,
          .shape = &ShapeOf<Type>,
          .store = &decoding::Store<kMember>};
}

// A key whose value is read from the tree where it is needed, or not at all.
template <typename Type>
Field Unbound(const char* name, const char* description) {
  return {.name = name, .description = description, .shape = &ShapeOf<Type>};
}

}  // namespace lakesmith::bundle
