#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "plan/catalog_lookup.h"
#include "plan/expression.h"

namespace lakesmith::plan {

// A column that a relation gives.
struct OutputColumn {
  OutputColumn() = default;
  OutputColumn(ColumnId id, std::string name, types::DataType type, bool nullable)
      : id(id), name(std::move(name)), type(std::move(type)), nullable(nullable) {}

  ColumnId id = 0;
  std::string name;
  types::DataType type;
  bool nullable = true;
  // Names before the dot that reach it: table alias, or catalog.schema.table.
  std::vector<std::string> qualifier;
  // Reached by its qualified name only, never by `*`: the second copy of a USING column.
  bool hidden = false;
  // The column that this one repeats under its own name, 0: none. A name that fits several columns
  // is plain when they repeat one.
  ColumnId same_as = 0;
  // Hidden, but reached by its bare name and through an alias too, and not by `t.*`: `_metadata`.
  bool is_metadata = false;
  bool generated_name = false;  // Named after its expression, e.g. `(a + 1)`.
  Json metadata = Json::object();
};

// An expression that becomes a column.
struct NamedExpression {
  ColumnId id = 0;
  std::string name;
  ExpressionPtr expression;
  bool aliased = false;         // The user gave the name.
  bool generated_name = false;  // The name is the text of the expression.
};

enum class RelationKind : uint8_t {
  kScan,
  kValues,
  kOneRow,
  kRange,
  kProject,
  kFilter,
  kAggregate,
  kWindow,
  kGenerate,
  kJoin,
  kSetOperation,
  kSort,
  kLimit,
  kDistinct,
  kSample,
  kWith,
  kCteReference,
};

enum class JoinKind : uint8_t {
  kInner,
  kLeft,
  kRight,
  kFull,
  kCross,
  kLeftSemi,
  kLeftAnti,
};
enum class SetOperationKind : uint8_t { kUnion, kIntersect, kExcept };

// A resolved relational operator. Immutable once built; `inputs` come first to last as written.
struct Relation {
  RelationKind kind;
  std::vector<OutputColumn> output;
  std::vector<RelationPtr> inputs;

  explicit Relation(RelationKind kind_of) : kind(kind_of) {}
  Relation(const Relation&) = default;
  Relation& operator=(const Relation&) = default;
  virtual ~Relation() = default;
};

// Reads a table; `handle` is what CatalogLookup gave.
struct ScanRelation : Relation {
  ScanRelation() : Relation(RelationKind::kScan) {}
  std::string table_name;  // For messages: catalog.schema.table or delta.`path`.
  std::shared_ptr<const TableHandle> handle;
  // Names in the table of the output columns, in their order.
  std::vector<std::string> source_columns;
};

struct ValuesRelation : Relation {
  ValuesRelation() : Relation(RelationKind::kValues) {}
  std::vector<std::vector<ExpressionPtr>> rows;
};

struct OneRowRelation : Relation {
  OneRowRelation() : Relation(RelationKind::kOneRow) {}
};

// range(start, end, step): one bigint column, `end` not included.
struct RangeRelation : Relation {
  RangeRelation() : Relation(RelationKind::kRange) {}
  ExpressionPtr start;
  ExpressionPtr end;
  ExpressionPtr step;
};

struct ProjectRelation : Relation {
  ProjectRelation() : Relation(RelationKind::kProject) {}
  std::vector<NamedExpression> expressions;
};

struct FilterRelation : Relation {
  FilterRelation() : Relation(RelationKind::kFilter) {}
  ExpressionPtr condition;
};

// `groups` are the grouping columns; `sets` selects of them, one set a grouping set (empty: one
// plain set of all). Output: the groups, the aggregates, then the grouping id (when `grouping_id`
// is not 0).
struct AggregateRelation : Relation {
  AggregateRelation() : Relation(RelationKind::kAggregate) {}
  std::vector<NamedExpression> groups;
  std::vector<std::vector<size_t>> sets;
  std::vector<NamedExpression> aggregates;
  ColumnId grouping_id = 0;
  bool global = false;  // No GROUP BY: one row even of an empty input.
};

// Adds window columns to its input's columns.
struct WindowRelation : Relation {
  WindowRelation() : Relation(RelationKind::kWindow) {}
  std::vector<NamedExpression> windows;
};

// Adds the columns of a generator (explode, stack, ...) to its input's columns: one row an element.
struct GenerateRelation : Relation {
  GenerateRelation() : Relation(RelationKind::kGenerate) {}
  ExpressionPtr generator;  // A call of a generator function.
  bool outer = false;       // Keeps input rows without elements, with nulls.
  std::vector<OutputColumn> generated;
};

struct JoinRelation : Relation {
  JoinRelation() : Relation(RelationKind::kJoin) {}
  JoinKind join = JoinKind::kInner;
  ExpressionPtr condition;  // Null: none.
  bool lateral = false;     // The right input refers to columns of the left.
};

// Inputs have the same number of columns, of the output's types, matched by position.
struct SetOperationRelation : Relation {
  SetOperationRelation() : Relation(RelationKind::kSetOperation) {}
  SetOperationKind operation = SetOperationKind::kUnion;
  bool all = false;
};

struct SortRelation : Relation {
  SortRelation() : Relation(RelationKind::kSort) {}
  std::vector<SortKey> keys;
};

struct LimitRelation : Relation {
  LimitRelation() : Relation(RelationKind::kLimit) {}
  ExpressionPtr limit;  // Null: all.
  ExpressionPtr offset;
};

struct DistinctRelation : Relation {
  DistinctRelation() : Relation(RelationKind::kDistinct) {}
};

struct SampleRelation : Relation {
  SampleRelation() : Relation(RelationKind::kSample) {}
  std::optional<double> fraction;
  std::optional<int64_t> rows;
  std::optional<int64_t> seed;
};

// Common table expressions, then the query that uses them (the last input).
struct CteDefinition {
  int id = 0;
  std::string name;
  RelationPtr relation;       // Of a recursive one: the anchor.
  RelationPtr recursive;      // Null when not recursive.
  bool recursive_all = true;  // UNION ALL, not UNION.
  int level_limit = 100;      // Steps until [RECURSION_LEVEL_LIMIT_EXCEEDED]; of recursive ones.
};

struct WithRelation : Relation {
  WithRelation() : Relation(RelationKind::kWith) {}
  std::vector<CteDefinition> definitions;
};

struct CteReferenceRelation : Relation {
  CteReferenceRelation() : Relation(RelationKind::kCteReference) {}
  int cte = 0;
  std::vector<ColumnId> source;  // The definition's columns, in the order of the output.
};

// An analyzed query. `columns` are what the user sees, names may repeat; they match root->output.
struct Query {
  // Something that only the session knows, e.g. {"VIEW", "`v`"}.
  struct TemporaryObject {
    std::string kind;
    std::string name;
  };
  RelationPtr root;
  std::vector<types::StructField> columns;
  // What the query's own text names; not what views in it name.
  std::vector<TemporaryObject> temporary_objects;
  // Views that the query reads, directly or through others: their full names.
  std::vector<std::vector<std::string>> views;
  // The first column that is named after its expression, e.g. "(a + 1)"; empty: none.
  std::string generated_name;
};

}  // namespace lakesmith::plan
