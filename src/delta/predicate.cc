#include "delta/predicate.h"

#include <utility>

namespace lakesmith::delta {

Predicate Predicate::Compare(std::vector<std::string> column, CompareOp op, types::Value literal) {
  Predicate predicate{.kind = Kind::kCompare, .column = std::move(column), .op = op};
  predicate.literals.push_back(std::move(literal));
  return predicate;
}

Predicate Predicate::In(std::vector<std::string> column, std::vector<types::Value> literals) {
  return {.kind = Kind::kIn, .column = std::move(column), .literals = std::move(literals)};
}

Predicate Predicate::IsNull(std::vector<std::string> column) {
  return {.kind = Kind::kIsNull, .column = std::move(column)};
}

Predicate Predicate::IsNotNull(std::vector<std::string> column) {
  return {.kind = Kind::kIsNotNull, .column = std::move(column)};
}

Predicate Predicate::StartsWith(std::vector<std::string> column, std::string prefix) {
  Predicate predicate{.kind = Kind::kStartsWith, .column = std::move(column)};
  predicate.literals.emplace_back(std::move(prefix));
  return predicate;
}

Predicate Predicate::And(std::vector<Predicate> children) {
  return {.kind = Kind::kAnd, .children = std::move(children)};
}

Predicate Predicate::Or(std::vector<Predicate> children) {
  return {.kind = Kind::kOr, .children = std::move(children)};
}

Predicate Predicate::Not(Predicate child) {
  Predicate predicate{.kind = Kind::kNot};
  predicate.children.push_back(std::move(child));
  return predicate;
}

}  // namespace lakesmith::delta
