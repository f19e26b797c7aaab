#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sql/ast_expression.h"
#include "sql/ast_function.h"

namespace lakesmith::sql {

enum class RelationKind : uint8_t {
  kTable,
  kTableFunction,
  kSubquery,
  kValues,
  kParenthesized,
  kJoin,
  kLateralView,
  kPivot,
  kUnpivot,
};

// AS name (column, ...)
struct TableAlias {
  Identifier name;  // Empty name: only columns are renamed.
  std::vector<Identifier> columns;
  bool operator==(const TableAlias&) const = default;
};

enum class SampleUnit : uint8_t { kPercent, kRows, kBucket, kBytes };

// TABLESAMPLE (10 PERCENT | 5 ROWS | BUCKET 1 OUT OF 4 | 100M) [REPEATABLE (seed)]
struct TableSample {
  SampleUnit unit = SampleUnit::kPercent;
  ExpressionPtr amount;      // Percent, rows, or the bucket's number.
  std::string bytes;         // kBytes: as written, e.g. "100M".
  std::string bucket_count;  // kBucket: digits of OUT OF.
  std::string seed;          // Digits of REPEATABLE; empty without.
  bool operator==(const TableSample&) const = default;
};

// WATERMARK column DELAY OF INTERVAL ...
struct Watermark {
  ExpressionPtr column;  // An Alias where the expression is named.
  ExpressionPtr delay;   // An IntervalLiteral.
  bool operator==(const Watermark&) const = default;
};

// One key = value of OPTIONS, TBLPROPERTIES and the like. Keys are dotted names or text.
struct Option {
  std::string key;
  ExpressionPtr value;  // Null where only a key is given. A string literal for bare words.
  SourceRange range;    // Of the key.
  bool operator==(const Option&) const = default;
};

// What can stand in FROM. Modifiers apply in the order sample, watermark, alias.
class Relation : public Node {
 public:
  const RelationKind kind;
  bool lateral = false;
  std::optional<TableSample> sample;
  std::optional<Watermark> watermark;
  std::optional<TableAlias> alias;

 protected:
  explicit Relation(RelationKind kind) : kind(kind) {}
  bool SameBase(const Relation& other) const {
    return lateral == other.lateral && sample == other.sample && watermark == other.watermark &&
           alias == other.alias;
  }
};
using RelationPtr = Ptr<Relation>;

enum class TimeTravelKind : uint8_t { kNone, kVersion, kTimestamp };

// name CHANGES FROM VERSION a [TO VERSION b]: rows of the change feed.
struct ChangesClause {
  TimeTravelKind unit = TimeTravelKind::kVersion;
  ExpressionPtr from;
  bool from_inclusive = true;
  ExpressionPtr to;  // Null: to the newest.
  bool to_inclusive = true;
  bool operator==(const ChangesClause&) const = default;
};

// A table, view or CTE by name; delta.`path` is a name of two parts.
struct TableRelation : NodeOf<TableRelation, Relation> {
  static constexpr auto kKind = RelationKind::kTable;
  Name name;
  bool stream = false;  // STREAM name or STREAM(name).
  TimeTravelKind time_travel = TimeTravelKind::kNone;
  // VERSION AS OF and TIMESTAMP AS OF; t@v1 and t@20240115103000000 arrive here too (the latter as
  // a TIMESTAMP literal).
  ExpressionPtr travel_point;
  std::optional<ChangesClause> changes;
  std::vector<Option> options;  // WITH (key = value)
  bool operator==(const TableRelation&) const = default;
};

// range(10), explode(x), read_files('path', format => 'json')
struct TableFunctionRelation : NodeOf<TableFunctionRelation, Relation> {
  static constexpr auto kKind = RelationKind::kTableFunction;
  Name name;
  std::vector<FunctionArgument> arguments;  // Values may be TableArgument.
  bool stream = false;
  std::vector<Option> options;
  bool operator==(const TableFunctionRelation&) const = default;
};

struct SubqueryRelation : NodeOf<SubqueryRelation, Relation> {
  static constexpr auto kKind = RelationKind::kSubquery;
  QueryPtr query;
  bool stream = false;  // STREAM (SELECT ...), in AUTO CDC sources only.
  bool operator==(const SubqueryRelation&) const = default;
};

// VALUES (1, 'a'), (2, 'b'): a row of one column is its expression, else a Row.
struct ValuesRelation : NodeOf<ValuesRelation, Relation> {
  static constexpr auto kKind = RelationKind::kValues;
  std::vector<ExpressionPtr> rows;
  bool operator==(const ValuesRelation&) const = default;
};

// (a JOIN b ON ...) alias
struct ParenthesizedRelation : NodeOf<ParenthesizedRelation, Relation> {
  static constexpr auto kKind = RelationKind::kParenthesized;
  RelationPtr input;
  bool operator==(const ParenthesizedRelation&) const = default;
};

enum class JoinType : uint8_t {
  kComma,  // FROM a, b
  kCross,
  kInner,
  kLeft,
  kRight,
  kFull,
  kLeftSemi,
  kLeftAnti,
};

// Chains are left-deep. A lateral right side has `lateral` set on itself.
struct JoinRelation : NodeOf<JoinRelation, Relation> {
  static constexpr auto kKind = RelationKind::kJoin;
  JoinType type = JoinType::kInner;
  bool natural = false;
  RelationPtr left;
  RelationPtr right;
  ExpressionPtr condition;                // ON; null without.
  std::vector<Identifier> using_columns;  // USING (a, b)
  bool operator==(const JoinRelation&) const = default;
};

// input LATERAL VIEW [OUTER] function(...) table AS column, ...
struct LateralViewRelation : NodeOf<LateralViewRelation, Relation> {
  static constexpr auto kKind = RelationKind::kLateralView;
  RelationPtr input;
  bool outer = false;
  Name function;
  std::vector<ExpressionPtr> arguments;
  Identifier table_name;  // Empty name when none was given.
  std::vector<Identifier> columns;
  bool operator==(const LateralViewRelation&) const = default;
};

// PIVOT (aggregates FOR columns IN (values)); aggregates and values may be Alias nodes.
struct PivotClause {
  std::vector<ExpressionPtr> aggregates;
  std::vector<Identifier> columns;
  std::vector<ExpressionPtr> values;  // A Row each when there are several columns.
  bool operator==(const PivotClause&) const = default;
};

struct PivotRelation : NodeOf<PivotRelation, Relation> {
  static constexpr auto kKind = RelationKind::kPivot;
  RelationPtr input;  // Null as a pipe operator.
  PivotClause pivot;
  bool operator==(const PivotRelation&) const = default;
};

// UNPIVOT [INCLUDE NULLS] (value FOR name IN (a AS 'x', b)), or with lists:
// UNPIVOT ((v1, v2) FOR name IN ((a, b) AS `x`, (c, d)))
struct UnpivotClause {
  struct Item {
    std::vector<std::vector<Identifier>> columns;  // As many as there are value columns.
    std::optional<Identifier> alias;
    bool operator==(const Item&) const = default;
  };
  std::optional<bool> include_nulls;  // Empty: excluded, not said.
  bool multiple = false;              // Written with lists.
  std::vector<Identifier> value_columns;
  Identifier name_column;
  std::vector<Item> items;
  bool operator==(const UnpivotClause&) const = default;
};

struct UnpivotRelation : NodeOf<UnpivotRelation, Relation> {
  static constexpr auto kKind = RelationKind::kUnpivot;
  RelationPtr input;  // Null as a pipe operator.
  UnpivotClause unpivot;
  bool operator==(const UnpivotRelation&) const = default;
};

}  // namespace lakesmith::sql
