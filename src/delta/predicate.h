#pragma once

#include <string>
#include <vector>

#include "types/data_type.h"
#include "types/value.h"

namespace lakesmith::delta {

enum class CompareOp {
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kNullSafeEqual
};

// A simple condition on rows, used to skip files and to find conflicts. It may be weaker than the
// statement's own condition, never stronger: what cannot be said is kUnknown, which every row may
// fulfil.
struct Predicate {
  enum class Kind {
    kUnknown,
    kFalse,
    kCompare,
    kIn,
    kIsNull,
    kIsNotNull,
    kStartsWith,
    kAnd,
    kOr,
    kNot
  };

  Kind kind = Kind::kUnknown;
  std::vector<std::string> column;  // Logical names from the top level downwards.
  CompareOp op = CompareOp::kEqual;
  // One literal for kCompare and kStartsWith, any number for kIn; of the column's type (integers of
  // any width, decimals of any scale, and float beside double are taken too).
  std::vector<types::Value> literals;
  std::vector<Predicate> children;  // kAnd, kOr: any number; kNot: one.

  static Predicate Unknown() { return {}; }
  static Predicate Compare(std::vector<std::string> column, CompareOp op, types::Value literal);
  static Predicate In(std::vector<std::string> column, std::vector<types::Value> literals);
  static Predicate IsNull(std::vector<std::string> column);
  static Predicate IsNotNull(std::vector<std::string> column);
  static Predicate StartsWith(std::vector<std::string> column, std::string prefix);
  static Predicate And(std::vector<Predicate> children);
  static Predicate Or(std::vector<Predicate> children);
  static Predicate Not(Predicate child);
};

}  // namespace lakesmith::delta
