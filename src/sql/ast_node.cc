#include "sql/ast_node.h"

#include "base/stack_space.h"
#include "sql/ast.h"
#include "sql/print.h"

namespace lakesmith::sql {

void Node::Destroy(Node* node) {
  thread_local Node* pending = nullptr;
  thread_local bool draining = false;
  if (node == nullptr) {
    return;
  }
  node->next_pending_ = pending;
  pending = node;
  if (draining) {
    return;
  }
  draining = true;
  while (pending != nullptr) {
    Node* next = pending;
    pending = next->next_pending_;
    delete next;  // Its children come back here and only join the list.
  }
  draining = false;
}

Node* Node::CloneDeep(const Node* node) {
  if (node == nullptr) {
    return nullptr;
  }
  return WithStackSpace([node] { return node->Clone(); });
}

bool Node::EqualsDeep(const Node* a, const Node* b) {
  if (a == nullptr || b == nullptr) {
    return a == b;
  }
  return WithStackSpace([a, b] { return a->Equals(*b); });
}

std::string Name::ToString() const {
  if (identifier_clause) {
    return "IDENTIFIER(" + ToSql(*identifier_clause) + ")";
  }
  std::string text;
  for (const Identifier& part : parts) {
    text += (text.empty() ? "" : ".") + QuoteName(part.name);
  }
  return text;
}

bool Query::Equals(const Node& other) const {
  const auto* same = dynamic_cast<const Query*>(&other);
  return same != nullptr && *this == *same;
}

}  // namespace lakesmith::sql
