#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace lakesmith::sql {

// Bytes [begin, end) of the parsed text. Never counts in comparisons of trees.
struct SourceRange {
  uint32_t begin = 0;
  uint32_t end = 0;

  bool operator==(const SourceRange&) const { return true; }
};

// A piece of the source kept beside what was parsed from it. Never counts in comparisons.
struct WrittenText {
  std::string text;

  bool operator==(const WrittenText&) const { return true; }
};

// Base of every owned part of a syntax tree. Nodes are plain values: copying one copies what it
// owns, and `==` compares whole trees without their positions.
class Node {
 public:
  SourceRange range;

  virtual ~Node() = default;
  virtual Node* Clone() const = 0;
  // Same class and same content; positions do not count.
  virtual bool Equals(const Node& other) const = 0;

  // Deletes a tree without recursion, so that a chain of any length is safe. Null is allowed.
  static void Destroy(Node* node);
  // Clone and Equals that move to another stack when the tree is deep.
  static Node* CloneDeep(const Node* node);
  static bool EqualsDeep(const Node* a, const Node* b);

 protected:
  Node() = default;
  Node(const Node&) = default;
  Node& operator=(const Node&) = default;

 private:
  Node* next_pending_ = nullptr;  // Links the nodes that Destroy has still to delete.
};

// Sole owner of a node; copying copies the tree. T may be incomplete until it is used.
template <typename T>
class Ptr {
 public:
  Ptr() = default;
  Ptr(std::nullptr_t) {}
  explicit Ptr(T* node) : node_(node) {}
  Ptr(const Ptr& other) : node_(Node::CloneDeep(other.node_)) {}
  Ptr(Ptr&& other) noexcept : node_(std::exchange(other.node_, nullptr)) {}
  template <typename U>
    requires std::is_base_of_v<T, U>
  Ptr(Ptr<U>&& other) noexcept : node_(other.release()) {}
  Ptr& operator=(Ptr other) noexcept {
    std::swap(node_, other.node_);
    return *this;
  }
  ~Ptr() { Node::Destroy(node_); }

  T* get() { return static_cast<T*>(node_); }
  const T* get() const { return static_cast<const T*>(node_); }
  T& operator*() { return *get(); }
  const T& operator*() const { return *get(); }
  T* operator->() { return get(); }
  const T* operator->() const { return get(); }
  explicit operator bool() const { return node_ != nullptr; }
  T* release() { return static_cast<T*>(std::exchange(node_, nullptr)); }

  bool operator==(const Ptr& other) const { return Node::EqualsDeep(node_, other.node_); }

 private:
  Node* node_ = nullptr;
};

// Gives class `Derived` of the family `Base` its kind, its copy and its comparison. Derived
// declares `static constexpr auto kKind` and `bool operator==(const Derived&) const = default`.
template <typename Derived, typename Base>
class NodeOf : public Base {
 public:
  NodeOf() : Base(Derived::kKind) {}

  Node* Clone() const override { return new Derived(static_cast<const Derived&>(*this)); }
  bool Equals(const Node& other) const override {
    static_assert(
        std::is_same_v<decltype(&Derived::operator==), bool (Derived::*)(const Derived&) const>,
        "each node class declares its own operator==");
    const auto* same = dynamic_cast<const Derived*>(&other);
    return same != nullptr && static_cast<const Derived&>(*this) == *same;
  }
  bool operator==(const NodeOf& other) const { return Base::SameBase(other); }
};

// The node as its class: `if (const auto* call = TryAs<FunctionCall>(expression))`. Null stays
// null.
template <typename T, typename Base>
const T* TryAs(const Base* node) {
  return node != nullptr && node->kind == T::kKind ? static_cast<const T*>(node) : nullptr;
}
template <typename T, typename Base>
const T* TryAs(const Ptr<Base>& node) {
  return TryAs<T>(node.get());
}
// The same where the kind is known already.
template <typename T, typename Base>
const T& As(const Base& node) {
  return static_cast<const T&>(node);
}

// One part of a name, without its quotes.
struct Identifier {
  std::string name;
  bool quoted = false;  // Was written between backticks.
  SourceRange range;

  bool operator==(const Identifier& other) const { return name == other.name; }
};

class Expression;
class Query;
using ExpressionPtr = Ptr<Expression>;
using QueryPtr = Ptr<Query>;

// A name of one or more parts, or `IDENTIFIER(expression)` that gives one at run time.
struct Name {
  std::vector<Identifier> parts;
  ExpressionPtr identifier_clause;  // Set instead of `parts`; the caller evaluates it.
  SourceRange range;

  bool empty() const { return parts.empty() && !identifier_clause; }
  const std::string& last() const { return parts.back().name; }
  // Parts joined by dots, quoted where needed.
  std::string ToString() const;
  bool operator==(const Name&) const = default;
};

}  // namespace lakesmith::sql
