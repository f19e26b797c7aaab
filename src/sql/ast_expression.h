#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sql/ast_node.h"
#include "types/data_type.h"

namespace lakesmith::sql {

enum class ExpressionKind : uint8_t {
  kLiteral,
  kIntervalLiteral,
  kColumnReference,
  kIdentifierClause,
  kStar,
  kParameter,
  kUnary,
  kBinary,
  kIsTest,
  kIsDistinctFrom,
  kBetween,
  kLike,
  kInList,
  kInSubquery,
  kExists,
  kScalarSubquery,
  kCast,
  kFieldAccess,
  kSubscript,
  kSemiStructured,
  kCase,
  kFunctionCall,
  kLambda,
  kCollate,
  kRow,
  kAlias,
  kTableArgument,
};

// Base of all expressions: switch over `kind`, then As<Class>(expression).
class Expression : public Node {
 public:
  const ExpressionKind kind;

 protected:
  explicit Expression(ExpressionKind kind) : kind(kind) {}
  bool SameBase(const Expression&) const { return true; }
};

// A type as written. `types::DataType` has no collation, so they are kept beside it: one entry a
// string-like leaf in the order of the text, empty when no leaf names one.
struct TypeName {
  types::DataType type;
  std::vector<std::string> collations;
  SourceRange range;

  bool operator==(const TypeName&) const = default;
};

enum class LiteralKind : uint8_t {
  kNull,
  kBoolean,       // text: "true" or "false"
  kByte,          // 1Y
  kShort,         // 1S
  kInteger,       // 1: int, bigint or decimal, whichever is the first to hold it
  kLong,          // 1L
  kDecimal,       // 1.5, 1.5BD, 1e3BD
  kFloat,         // 1.5F
  kDouble,        // 1.5D, 1e3
  kString,        // text: the value, escapes resolved, neighbours joined
  kBinary,        // text: hexadecimal digits of X'1F', as many as written
  kDate,          // DATE '...'; text: what is between the quotes
  kTime,          // TIME '...'
  kTimestamp,     // TIMESTAMP '...': with or without zone, as the session says
  kTimestampLtz,  // TIMESTAMP_LTZ '...'
  kTimestampNtz,  // TIMESTAMP_NTZ '...'
};

struct Literal : NodeOf<Literal, Expression> {
  static constexpr auto kKind = ExpressionKind::kLiteral;
  LiteralKind literal_kind = LiteralKind::kNull;
  // Numbers: digits as written, without suffix; a leading '-' where the parser folded a sign in
  // (as Spark does: -128Y is one literal).
  std::string text;
  bool operator==(const Literal&) const = default;
};

// INTERVAL 1 YEAR 2 MONTHS, INTERVAL '1-2' YEAR TO MONTH, INTERVAL '3 days 2 hours'.
struct IntervalLiteral : NodeOf<IntervalLiteral, Expression> {
  static constexpr auto kKind = ExpressionKind::kIntervalLiteral;
  struct Part {
    std::string value;     // Number as written with its sign, or the text of a quoted value.
    bool quoted = false;   // INTERVAL '1' DAY
    bool negated = false;  // INTERVAL -'1' DAY: a sign before a quoted value.
    std::string unit;      // Upper case, singular: "YEAR", "MONTH", "WEEK", "DAY", ...
    bool operator==(const Part&) const = default;
  };
  std::vector<Part> parts;
  std::string to_unit;   // "MONTH" of YEAR TO MONTH; then there is exactly one part.
  bool is_text = false;  // INTERVAL '3 days 2 hours': `text` says it all, `parts` is empty.
  std::string text;
  bool operator==(const IntervalLiteral&) const = default;
};

// a, a.b, a.b.c: column, table.column or struct field, as the analyzer finds. CURRENT_DATE,
// CURRENT_TIMESTAMP, CURRENT_USER, ... without parentheses and DEFAULT of INSERT are written so
// too.
struct ColumnReference : NodeOf<ColumnReference, Expression> {
  static constexpr auto kKind = ExpressionKind::kColumnReference;
  std::vector<Identifier> parts;
  bool operator==(const ColumnReference&) const = default;
};

// IDENTIFIER(expression) where a column stands.
struct IdentifierClause : NodeOf<IdentifierClause, Expression> {
  static constexpr auto kKind = ExpressionKind::kIdentifierClause;
  ExpressionPtr argument;
  bool operator==(const IdentifierClause&) const = default;
};

// *, t.*, * EXCEPT (a, b.c)
struct Star : NodeOf<Star, Expression> {
  static constexpr auto kKind = ExpressionKind::kStar;
  std::vector<Identifier> qualifier;
  std::vector<std::vector<Identifier>> except;
  bool operator==(const Star&) const = default;
};

// :name, or ? with its position in the statement counted from 0.
struct Parameter : NodeOf<Parameter, Expression> {
  static constexpr auto kKind = ExpressionKind::kParameter;
  std::string name;  // Empty for ?.
  int position = -1;
  bool operator==(const Parameter&) const = default;
};

enum class UnaryOperator : uint8_t { kMinus, kPlus, kBitNot, kNot };

struct Unary : NodeOf<Unary, Expression> {
  static constexpr auto kKind = ExpressionKind::kUnary;
  UnaryOperator op = UnaryOperator::kNot;
  ExpressionPtr operand;
  bool operator==(const Unary&) const = default;
};

enum class BinaryOperator : uint8_t {
  kOr,
  kAnd,
  kEqual,
  kNullSafeEqual,  // <=>
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kBitOr,
  kBitXor,
  kBitAnd,
  kShiftLeft,
  kShiftRight,
  kShiftRightUnsigned,
  kAdd,
  kSubtract,
  kConcat,  // ||
  kMultiply,
  kDivide,
  kModulo,
  kIntegerDivide,  // DIV
};

// Text of the operator: "+", "AND", "DIV".
std::string_view OperatorText(BinaryOperator op);

// Chains are left-deep: walk them with a loop or through WithStackSpace of base/stack_space.h.
struct Binary : NodeOf<Binary, Expression> {
  static constexpr auto kKind = ExpressionKind::kBinary;
  BinaryOperator op = BinaryOperator::kAnd;
  ExpressionPtr left;
  ExpressionPtr right;
  bool operator==(const Binary&) const = default;
};

enum class IsTestKind : uint8_t { kNull, kTrue, kFalse, kUnknown };

// operand IS [NOT] NULL | TRUE | FALSE | UNKNOWN
struct IsTest : NodeOf<IsTest, Expression> {
  static constexpr auto kKind = ExpressionKind::kIsTest;
  IsTestKind test = IsTestKind::kNull;
  bool negated = false;
  ExpressionPtr operand;
  bool operator==(const IsTest&) const = default;
};

// left IS [NOT] DISTINCT FROM right
struct IsDistinctFrom : NodeOf<IsDistinctFrom, Expression> {
  static constexpr auto kKind = ExpressionKind::kIsDistinctFrom;
  bool negated = false;
  ExpressionPtr left;
  ExpressionPtr right;
  bool operator==(const IsDistinctFrom&) const = default;
};

struct Between : NodeOf<Between, Expression> {
  static constexpr auto kKind = ExpressionKind::kBetween;
  bool negated = false;
  ExpressionPtr operand;
  ExpressionPtr low;
  ExpressionPtr high;
  bool operator==(const Between&) const = default;
};

enum class LikeKind : uint8_t { kLike, kILike, kRLike };
enum class LikeQuantifier : uint8_t { kNone, kAny, kAll };

struct Like : NodeOf<Like, Expression> {
  static constexpr auto kKind = ExpressionKind::kLike;
  LikeKind like_kind = LikeKind::kLike;
  LikeQuantifier quantifier = LikeQuantifier::kNone;
  bool negated = false;
  ExpressionPtr operand;
  std::vector<ExpressionPtr> patterns;  // Exactly one without a quantifier.
  std::optional<std::string> escape;    // One character.
  bool operator==(const Like&) const = default;
};

struct InList : NodeOf<InList, Expression> {
  static constexpr auto kKind = ExpressionKind::kInList;
  bool negated = false;
  ExpressionPtr operand;
  std::vector<ExpressionPtr> items;
  bool operator==(const InList&) const = default;
};

// `operand` is a Row for (a, b) IN (SELECT ...).
struct InSubquery : NodeOf<InSubquery, Expression> {
  static constexpr auto kKind = ExpressionKind::kInSubquery;
  bool negated = false;
  ExpressionPtr operand;
  QueryPtr query;
  bool operator==(const InSubquery&) const = default;
};

struct Exists : NodeOf<Exists, Expression> {
  static constexpr auto kKind = ExpressionKind::kExists;
  QueryPtr query;
  bool operator==(const Exists&) const = default;
};

struct ScalarSubquery : NodeOf<ScalarSubquery, Expression> {
  static constexpr auto kKind = ExpressionKind::kScalarSubquery;
  QueryPtr query;
  bool operator==(const ScalarSubquery&) const = default;
};

// CAST(a AS t), TRY_CAST(a AS t), a::t
struct Cast : NodeOf<Cast, Expression> {
  static constexpr auto kKind = ExpressionKind::kCast;
  bool is_try = false;
  ExpressionPtr operand;
  TypeName type;
  bool operator==(const Cast&) const = default;
};

// base.field where base is not itself a plain name.
struct FieldAccess : NodeOf<FieldAccess, Expression> {
  static constexpr auto kKind = ExpressionKind::kFieldAccess;
  ExpressionPtr base;
  Identifier field;
  bool operator==(const FieldAccess&) const = default;
};

// base[index]: array element counted from 0, map value, or struct field.
struct Subscript : NodeOf<Subscript, Expression> {
  static constexpr auto kKind = ExpressionKind::kSubscript;
  ExpressionPtr base;
  ExpressionPtr index;
  bool operator==(const Subscript&) const = default;
};

// base:a.b[0]['c']: path into a VARIANT or JSON text.
struct SemiStructured : NodeOf<SemiStructured, Expression> {
  static constexpr auto kKind = ExpressionKind::kSemiStructured;
  enum class StepKind : uint8_t { kField, kKey, kIndex, kAll };
  struct Step {
    StepKind step_kind = StepKind::kField;  // .name, ['name'], [3], [*]
    std::string name;
    bool quoted = false;  // kField between backticks: case counts.
    int64_t index = 0;
    bool operator==(const Step&) const = default;
  };
  ExpressionPtr base;
  std::vector<Step> path;
  bool operator==(const SemiStructured&) const = default;
};

struct Case : NodeOf<Case, Expression> {
  static constexpr auto kKind = ExpressionKind::kCase;
  struct Branch {
    ExpressionPtr when;
    ExpressionPtr then;
    bool operator==(const Branch&) const = default;
  };
  ExpressionPtr operand;  // Null for CASE WHEN condition.
  std::vector<Branch> branches;
  ExpressionPtr otherwise;  // Null without ELSE.
  bool operator==(const Case&) const = default;
};

// (x, i) -> body
struct Lambda : NodeOf<Lambda, Expression> {
  static constexpr auto kKind = ExpressionKind::kLambda;
  std::vector<Identifier> parameters;
  ExpressionPtr body;
  bool operator==(const Lambda&) const = default;
};

// operand COLLATE a.b
struct Collate : NodeOf<Collate, Expression> {
  static constexpr auto kKind = ExpressionKind::kCollate;
  ExpressionPtr operand;
  std::vector<Identifier> collation;
  bool operator==(const Collate&) const = default;
};

// (a, b): a struct with fields col1, col2, ... Two or more items.
struct Row : NodeOf<Row, Expression> {
  static constexpr auto kKind = ExpressionKind::kRow;
  std::vector<ExpressionPtr> items;
  bool operator==(const Row&) const = default;
};

// operand AS name, or AS (a, b) for generators. Stands in select lists, pivots and struct(...)
// only.
struct Alias : NodeOf<Alias, Expression> {
  static constexpr auto kKind = ExpressionKind::kAlias;
  ExpressionPtr operand;
  std::vector<Identifier> names;
  bool multiple = false;  // Written as a list in parentheses.
  bool operator==(const Alias&) const = default;
};

}  // namespace lakesmith::sql
