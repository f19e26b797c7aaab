#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "plan/relation.h"

namespace lakesmith::plan {

// A column of a table that a query reads.
struct SourceColumn {
  std::string table;  // catalog.schema.table, or what was read in place of a table.
  std::string column;
  auto operator<=>(const SourceColumn&) const = default;
};

// How values come from a source column; the later of two wins where both are so.
enum class DirectReach : uint8_t { kIdentity, kTransformation, kAggregation };
// How a source column decides about values without being in them.
enum class IndirectReach : uint8_t { kFilter, kJoin, kGroupBy, kSort, kWindow, kConditional };

struct ColumnLineage {
  std::string name;
  types::DataType type;
  std::map<SourceColumn, DirectReach> direct;
  std::map<SourceColumn, std::set<IndirectReach>> indirect;
};

// Where each output column of a query comes from, in their order. Views are looked through: sources
// are what is scanned. Pure.
std::vector<ColumnLineage> TraceLineage(const Query& query);

// "identity", "group_by", ...
std::string_view ReachName(DirectReach reach);
std::string_view ReachName(IndirectReach reach);

}  // namespace lakesmith::plan
