#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sql/ast_expression.h"
#include "sql/ast_function.h"
#include "sql/ast_relation.h"

namespace lakesmith::sql {

enum class QueryBodyKind : uint8_t {
  kSelect,
  kSetOperation,
  kValues,
  kTable,
  kSubquery,
  kFrom,
  kPipe
};

// What stands between WITH and ORDER BY.
class QueryBody : public Node {
 public:
  const QueryBodyKind kind;

 protected:
  explicit QueryBody(QueryBodyKind kind) : kind(kind) {}
  bool SameBase(const QueryBody&) const { return true; }
};
using QueryBodyPtr = Ptr<QueryBody>;

// ORDER BY, SORT BY, ..., WINDOW, LIMIT, OFFSET at the end of a query or in a pipe.
struct QueryOrganization {
  bool order_by_all = false;    // ORDER BY ALL
  OrderItem order_by_all_item;  // Its direction; the expression is null.
  std::vector<OrderItem> order_by;
  std::vector<ExpressionPtr> cluster_by;
  std::vector<ExpressionPtr> distribute_by;
  std::vector<OrderItem> sort_by;
  std::vector<std::pair<Identifier, WindowSpecification>> windows;
  bool limit_all = false;
  ExpressionPtr limit;   // Null without.
  ExpressionPtr offset;  // Null without.
  bool operator==(const QueryOrganization&) const = default;
};

struct CommonTableExpression {
  Identifier name;
  std::vector<Identifier> columns;
  std::string max_recursion;  // Digits of MAX RECURSION LEVEL; empty without.
  QueryPtr query;
  bool operator==(const CommonTableExpression&) const = default;
};

struct WithClause {
  bool recursive = false;
  std::vector<CommonTableExpression> tables;
  bool operator==(const WithClause&) const = default;
};

// The root of every query and subquery.
class Query : public Node {
 public:
  Node* Clone() const override { return new Query(*this); }
  bool Equals(const Node& other) const override;

  std::optional<WithClause> with;
  QueryBodyPtr body;
  QueryOrganization organization;
  bool operator==(const Query& other) const {
    return with == other.with && body == other.body && organization == other.organization;
  }
};

enum class SetQuantifier : uint8_t { kNone, kDistinct, kAll };

struct Hint {
  Identifier name;
  std::vector<ExpressionPtr> arguments;
  bool operator==(const Hint&) const = default;
};

enum class GroupingKind : uint8_t { kPlain, kRollup, kCube, kSets };

// One item of GROUP BY: an expression, ROLLUP (...), CUBE (...) or GROUPING SETS (...).
struct GroupingItem {
  GroupingKind grouping_kind = GroupingKind::kPlain;
  ExpressionPtr expression;                      // kPlain
  std::vector<std::vector<ExpressionPtr>> sets;  // kRollup, kCube: each group of columns; kSets
  std::vector<GroupingItem> nested;              // kSets only: then `sets` is empty.
  bool operator==(const GroupingItem&) const = default;
};

struct GroupBy {
  bool all = false;                 // GROUP BY ALL
  std::vector<GroupingItem> items;  // GROUP BY a, ROLLUP (b): the product of the items.
  // GROUP BY a, b WITH ROLLUP | WITH CUBE | GROUPING SETS ((a), (b)): of all the items.
  GroupingKind suffix = GroupingKind::kPlain;
  std::vector<std::vector<ExpressionPtr>> suffix_sets;  // kSets
  bool operator==(const GroupBy&) const = default;
};

// SELECT TRANSFORM (...) USING 'script' AS (...): parsed, run by no engine here.
struct TransformClause {
  std::vector<ExpressionPtr> inputs;
  std::string input_format;  // ROW FORMAT text, as written.
  std::string script;
  bool has_output = false;
  std::vector<std::pair<Identifier, std::optional<TypeName>>> outputs;
  std::string output_format;
  bool operator==(const TransformClause&) const = default;
};

struct Select : NodeOf<Select, QueryBody> {
  static constexpr auto kKind = QueryBodyKind::kSelect;
  std::vector<Hint> hints;
  SetQuantifier quantifier = SetQuantifier::kNone;
  std::vector<ExpressionPtr> items;          // Alias nodes where named, Star nodes for *.
  std::optional<TransformClause> transform;  // Then `items` is empty.
  RelationPtr from;  // Null without; FROM a, b is a JoinRelation of type kComma.
  ExpressionPtr where;
  std::optional<GroupBy> group_by;
  ExpressionPtr having;
  ExpressionPtr qualify;
  std::vector<std::pair<Identifier, WindowSpecification>> windows;
  bool operator==(const Select&) const = default;
};

enum class SetOperator : uint8_t { kUnion, kIntersect, kExcept };

// Chains are left-deep.
struct SetOperation : NodeOf<SetOperation, QueryBody> {
  static constexpr auto kKind = QueryBodyKind::kSetOperation;
  SetOperator op = SetOperator::kUnion;
  SetQuantifier quantifier = SetQuantifier::kNone;  // None means distinct.
  QueryBodyPtr left;
  QueryBodyPtr right;
  bool operator==(const SetOperation&) const = default;
};

// VALUES ... as a query.
struct ValuesBody : NodeOf<ValuesBody, QueryBody> {
  static constexpr auto kKind = QueryBodyKind::kValues;
  RelationPtr values;  // A ValuesRelation, maybe with an alias.
  bool operator==(const ValuesBody&) const = default;
};

// TABLE name
struct TableBody : NodeOf<TableBody, QueryBody> {
  static constexpr auto kKind = QueryBodyKind::kTable;
  RelationPtr table;  // A TableRelation.
  bool operator==(const TableBody&) const = default;
};

// (query)
struct SubqueryBody : NodeOf<SubqueryBody, QueryBody> {
  static constexpr auto kKind = QueryBodyKind::kSubquery;
  QueryPtr query;
  bool operator==(const SubqueryBody&) const = default;
};

// FROM relation without SELECT, as a pipe starts.
struct FromBody : NodeOf<FromBody, QueryBody> {
  static constexpr auto kKind = QueryBodyKind::kFrom;
  RelationPtr from;
  bool operator==(const FromBody&) const = default;
};

enum class PipeOperatorKind : uint8_t {
  kSelect,        // select: items, quantifier, hints, group_by, windows
  kExtend,        // items
  kSet,           // items: Alias nodes
  kDrop,          // drop_columns
  kAs,            // alias
  kWhere,         // condition
  kPivot,         // relation: PivotRelation without input, maybe with an alias
  kUnpivot,       // relation: UnpivotRelation without input
  kSample,        // relation: a ParenthesizedRelation without input, with a sample
  kJoin,          // relation: a JoinRelation whose left is null
  kSetOperation,  // right, set_operator, quantifier
  kOrganize,      // organization: ORDER BY, LIMIT, ...
  kAggregate,     // items (aggregates, maybe none), group_by
};

// input |> operator. Chains are left-deep.
struct PipeBody : NodeOf<PipeBody, QueryBody> {
  static constexpr auto kKind = QueryBodyKind::kPipe;
  QueryBodyPtr input;
  PipeOperatorKind pipe_kind = PipeOperatorKind::kWhere;
  QueryBodyPtr select;  // kSelect: a Select without FROM.
  std::vector<ExpressionPtr> items;
  std::vector<std::vector<Identifier>> drop_columns;
  Identifier alias;
  ExpressionPtr condition;
  RelationPtr relation;
  SetOperator set_operator = SetOperator::kUnion;
  SetQuantifier quantifier = SetQuantifier::kNone;
  QueryBodyPtr right;
  QueryOrganization organization;
  std::optional<GroupBy> group_by;  // Its items may be Alias nodes.
  bool operator==(const PipeBody&) const = default;
};

}  // namespace lakesmith::sql
