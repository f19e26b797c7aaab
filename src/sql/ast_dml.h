#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sql/ast_alter.h"
#include "sql/ast_statement.h"

namespace lakesmith::sql {

enum class InsertMode : uint8_t { kInto, kOverwrite, kReplaceWhere, kReplaceUsing, kReplaceOn };

// INSERT INTO | OVERWRITE [TABLE] t [PARTITION (...)] [(columns)] [BY NAME] query;
// INSERT INTO t REPLACE WHERE | USING | ON ... query; INSERT OVERWRITE DIRECTORY.
struct Insert : NodeOf<Insert, Statement> {
  static constexpr auto kKind = StatementKind::kInsert;
  InsertMode mode = InsertMode::kInto;
  bool with_schema_evolution = false;
  Name table;
  std::vector<Option> table_options;  // WITH (...)
  std::optional<TableAlias> alias;    // kReplaceOn: INSERT INTO t AS x REPLACE ON ...
  PartitionSpecification partition;   // No values without PARTITION.
  bool if_not_exists = false;         // After PARTITION.
  bool by_name = false;
  std::vector<Identifier> columns;
  ExpressionPtr replace_where;            // kReplaceWhere, kReplaceOn: the condition
  std::vector<Identifier> replace_using;  // kReplaceUsing
  QueryPtr query;
  bool directory = false;  // INSERT OVERWRITE [LOCAL] DIRECTORY
  bool local = false;
  std::optional<std::string> path;
  Name provider;
  std::string row_format;  // As written.
  std::vector<Option> options;
  bool operator==(const Insert&) const = default;
};

// FROM relation INSERT ... SELECT ... INSERT ... SELECT ...: each query selects from `from`.
struct MultiInsert : NodeOf<MultiInsert, Statement> {
  static constexpr auto kKind = StatementKind::kMultiInsert;
  std::optional<WithClause> with;
  RelationPtr from;
  std::vector<StatementPtr> inserts;  // Insert nodes whose Select has no FROM of its own.
  bool operator==(const MultiInsert&) const = default;
};

// SET a.b = expression; DEFAULT is a ColumnReference.
struct Assignment {
  std::vector<Identifier> target;
  ExpressionPtr value;
  bool operator==(const Assignment&) const = default;
};

enum class MergeMatch : uint8_t { kMatched, kNotMatchedByTarget, kNotMatchedBySource };
enum class MergeActionKind : uint8_t { kDelete, kUpdate, kUpdateAll, kInsert, kInsertAll };

struct MergeClause {
  MergeMatch match = MergeMatch::kMatched;
  ExpressionPtr condition;  // AND condition; null without.
  MergeActionKind action = MergeActionKind::kDelete;
  std::vector<Assignment> assignments;  // kUpdate; kInsert: column = value
  bool operator==(const MergeClause&) const = default;
};

struct Merge : NodeOf<Merge, Statement> {
  static constexpr auto kKind = StatementKind::kMerge;
  std::optional<WithClause> with;
  bool with_schema_evolution = false;
  RelationPtr target;  // A TableRelation.
  RelationPtr source;
  ExpressionPtr condition;
  std::vector<MergeClause> clauses;
  bool operator==(const Merge&) const = default;
};

struct Update : NodeOf<Update, Statement> {
  static constexpr auto kKind = StatementKind::kUpdate;
  std::optional<WithClause> with;
  RelationPtr target;
  std::vector<Assignment> assignments;
  ExpressionPtr where;
  bool operator==(const Update&) const = default;
};

struct Delete : NodeOf<Delete, Statement> {
  static constexpr auto kKind = StatementKind::kDelete;
  std::optional<WithClause> with;
  RelationPtr target;
  ExpressionPtr where;
  bool operator==(const Delete&) const = default;
};

struct Truncate : NodeOf<Truncate, Statement> {
  static constexpr auto kKind = StatementKind::kTruncate;
  Name table;
  PartitionSpecification partition;
  bool operator==(const Truncate&) const = default;
};

// COPY INTO t [(columns)] FROM 'path' | (SELECT ... FROM 'path') FILEFORMAT = x ...
struct CopyInto : NodeOf<CopyInto, Statement> {
  static constexpr auto kKind = StatementKind::kCopyInto;
  Name table;
  bool by_position = false;
  std::vector<Identifier> columns;
  std::string source;                 // The path.
  std::vector<ExpressionPtr> select;  // Items of the SELECT form; empty for the plain one.
  std::optional<TableAlias> source_alias;
  std::string credential;                  // WITH (CREDENTIAL name)
  std::vector<Option> credential_options;  // CREDENTIAL (k = v), ENCRYPTION (k = v)
  std::string file_format;                 // Upper case.
  std::string validate;                    // "ALL" or the number of rows; empty without VALIDATE.
  std::vector<std::string> files;          // FILES = (...)
  std::string pattern;
  std::vector<Option> format_options;
  std::vector<Option> copy_options;
  bool operator==(const CopyInto&) const = default;
};

// LOAD DATA [LOCAL] INPATH 'path' [OVERWRITE] INTO TABLE t [PARTITION (...)]
struct LoadData : NodeOf<LoadData, Statement> {
  static constexpr auto kKind = StatementKind::kLoadData;
  bool local = false;
  std::string path;
  bool overwrite = false;
  Name table;
  PartitionSpecification partition;
  bool operator==(const LoadData&) const = default;
};

}  // namespace lakesmith::sql
