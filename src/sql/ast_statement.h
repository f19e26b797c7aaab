#pragma once

#include <cstdint>

#include "sql/ast_node.h"
#include "sql/ast_query.h"

namespace lakesmith::sql {

enum class StatementKind : uint8_t {
  // ast_statement.h
  kQuery,
  kExplain,
  // ast_ddl.h
  kCreateTable,
  kCreateTableLike,
  kCloneTable,
  kCreateView,
  kCreateFunction,
  kCreateObject,
  kDropObject,
  kAlterTable,
  kAlterObject,
  kComment,
  kConvertToDelta,
  // ast_pipeline.h
  kCreateFlow,
  kCreateSink,
  // ast_dml.h
  kInsert,
  kMultiInsert,
  kMerge,
  kUpdate,
  kDelete,
  kTruncate,
  kCopyInto,
  kLoadData,
  // ast_maintenance.h
  kOptimize,
  kVacuum,
  kRestore,
  kReorg,
  kAnalyze,
  kRefresh,
  kCache,
  kUncache,
  kMaintenance,
  // ast_command.h
  kUse,
  kSet,
  kReset,
  kSetTimeZone,
  kDeclareVariable,
  kSetVariable,
  kExecuteImmediate,
  kShow,
  kDescribe,
  kGrant,
  kCall,
  kResource,
};

// Base of all statements: switch over `kind`, then As<Class>(statement).
class Statement : public Node {
 public:
  const StatementKind kind;

 protected:
  explicit Statement(StatementKind kind) : kind(kind) {}
  bool SameBase(const Statement&) const { return true; }
};
using StatementPtr = Ptr<Statement>;

struct QueryStatement : NodeOf<QueryStatement, Statement> {
  static constexpr auto kKind = StatementKind::kQuery;
  QueryPtr query;
  bool operator==(const QueryStatement&) const = default;
};

enum class ExplainMode : uint8_t { kSimple, kExtended, kCodegen, kCost, kFormatted, kLogical };

struct Explain : NodeOf<Explain, Statement> {
  static constexpr auto kKind = StatementKind::kExplain;
  ExplainMode mode = ExplainMode::kSimple;
  StatementPtr statement;
  bool operator==(const Explain&) const = default;
};

}  // namespace lakesmith::sql
