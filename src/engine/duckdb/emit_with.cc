// Common table expressions, recursive ones with their limit.
#include "engine/duckdb/emit_internal.h"

namespace lakesmith::engine {

using plan::RelationKind;
using types::DataType;

namespace {

// Gives every relation between `relation` and its reference to the recursive table one column more,
// the level of recursion that a row comes from. Null where the table is not referred to below.
plan::RelationPtr ThreadLevel(const plan::RelationPtr& relation, int cte, plan::ColumnId& next,
                              plan::ColumnId& level) {
  if (relation->kind == RelationKind::kCteReference) {
    const auto& reference = static_cast<const plan::CteReferenceRelation&>(*relation);
    if (reference.cte != cte) return nullptr;
    auto copy = std::make_shared<plan::CteReferenceRelation>(reference);
    level = ++next;
    copy->source.push_back(0);
    copy->output.push_back({level, "level", DataType::Int(), false});
    return copy;
  }
  const auto with_input = [&](const auto& copy, size_t index, plan::RelationPtr input) {
    copy->inputs[index] = std::move(input);
    copy->output.push_back({level, "level", DataType::Int(), false});
    return plan::RelationPtr(copy);
  };
  switch (relation->kind) {
    case RelationKind::kFilter: {
      auto input = ThreadLevel(relation->inputs[0], cte, next, level);
      if (!input) return nullptr;
      return with_input(std::make_shared<plan::FilterRelation>(
                            static_cast<const plan::FilterRelation&>(*relation)),
                        0, std::move(input));
    }
    case RelationKind::kGenerate: {
      auto input = ThreadLevel(relation->inputs[0], cte, next, level);
      if (!input) return nullptr;
      return with_input(std::make_shared<plan::GenerateRelation>(
                            static_cast<const plan::GenerateRelation&>(*relation)),
                        0, std::move(input));
    }
    case RelationKind::kJoin: {
      for (size_t side = 0; side < 2; ++side) {
        auto input = ThreadLevel(relation->inputs[side], cte, next, level);
        if (!input) continue;
        return with_input(
            std::make_shared<plan::JoinRelation>(static_cast<const plan::JoinRelation&>(*relation)),
            side, std::move(input));
      }
      return nullptr;
    }
    case RelationKind::kProject: {
      auto input = ThreadLevel(relation->inputs[0], cte, next, level);
      if (!input) return nullptr;
      auto copy = std::make_shared<plan::ProjectRelation>(
          static_cast<const plan::ProjectRelation&>(*relation));
      const plan::ColumnId below = level;
      level = ++next;
      copy->inputs[0] = std::move(input);
      copy->expressions.push_back(
          {level, "level", plan::MakeColumn(below, "level", DataType::Int(), false)});
      copy->output.push_back({level, "level", DataType::Int(), false});
      return copy;
    }
    default:
      return nullptr;
  }
}

}  // namespace

Result<std::string> Emitter::RecursiveCte(const plan::CteDefinition& definition) {
  std::string names;
  std::string selected;
  for (const plan::OutputColumn& column : definition.relation->output) {
    names += (names.empty() ? "" : ", ") + column_sql_(column.id);
  }
  plan::ColumnId next = 1'000'000'000 + 1000 * definition.id;
  plan::ColumnId level = 0;
  plan::RelationPtr threaded;
  if (definition.recursive_all)
    threaded = ThreadLevel(definition.recursive, definition.id, next, level);
  const std::string anchor = TRY(Build(*definition.relation)).Text();
  const char* word = definition.recursive_all ? "UNION ALL" : "UNION";
  if (!threaded) {
    const std::string step = TRY(Build(*definition.recursive)).Text();
    return fmt::format("cte_{}({}) AS (({}) {} ({}))", definition.id, names, anchor, word, step);
  }
  const std::string level_name = fmt::format("level_{}", definition.id);
  level_columns_[definition.id] = level_name;
  const std::string step = TRY(Build(*threaded)).Text();
  level_columns_.erase(definition.id);
  for (const plan::OutputColumn& column : definition.recursive->output) {
    selected += column_sql_(column.id) + ", ";
  }
  const std::string raise = RaiseError(
      "RECURSION_LEVEL_LIMIT_EXCEEDED", "42836",
      fmt::format(
          "Recursion level limit {} reached but query has not exhausted, try increasing it like "
          "'WITH RECURSIVE t(col) MAX RECURSION LEVEL 200'.",
          definition.level_limit));
  const std::string guarded = fmt::format(
      "SELECT {2}CASE WHEN {0} >= {1} THEN {3}::INTEGER ELSE {0} + 1 END FROM ({4}) AS {5}",
      column_sql_(level), definition.level_limit, selected, raise, step, FreshName("q"));
  return fmt::format("cte_{}({}, {}) AS ((SELECT *, 1 FROM ({}) AS {}) {} ({}))", definition.id,
                     names, level_name, anchor, FreshName("q"), word, guarded);
}

Result<SelectBlock> Emitter::BuildWith(const plan::WithRelation& with) {
  std::string tables;
  bool recursive = false;
  for (const plan::CteDefinition& definition : with.definitions) {
    if (!tables.empty()) tables += ", ";
    if (definition.recursive) {
      recursive = true;
      tables += TRY(RecursiveCte(definition));
    } else {
      tables +=
          fmt::format("cte_{} AS ({})", definition.id, TRY(Build(*definition.relation)).Text());
    }
  }
  SelectBlock block = TRY(Build(*with.inputs.front()));
  if (tables.empty()) return block;
  if (!block.prefix.empty()) block = Wrap(block);
  block.prefix = fmt::format("WITH {}{} ", recursive ? "RECURSIVE " : "", tables);
  return block;
}

Result<SelectBlock> Emitter::BuildCteReference(const plan::CteReferenceRelation& reference) {
  std::string columns;
  for (size_t i = 0; i < reference.output.size(); ++i) {
    const std::string source =
        reference.source[i] == 0 ? level_columns_[reference.cte] : column_sql_(reference.source[i]);
    columns += fmt::format("{}{} AS {}", columns.empty() ? "" : ", ", source,
                           column_sql_(reference.output[i].id));
  }
  SelectBlock block;
  block.from = fmt::format("(SELECT {} FROM cte_{}) AS {}", columns, reference.cte, FreshName("q"));
  return block;
}

}  // namespace lakesmith::engine
