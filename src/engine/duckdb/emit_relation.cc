#include <algorithm>

#include "base/stack_space.h"
#include "engine/duckdb/emit_internal.h"
#include "plan/visit.h"

namespace lakesmith::engine {

using plan::RelationKind;
using types::DataType;
using types::TypeId;

bool SelectBlock::HasOnlyFrom() const {
  return prefix.empty() && select.empty() && !from.empty() && where.empty() && group_by.empty() &&
         order_by.empty() && limit.empty() && offset.empty() && !distinct;
}

std::string SelectBlock::Text() const {
  std::string text = prefix;
  text += distinct ? "SELECT DISTINCT " : "SELECT ";
  text += select.empty() ? (from.empty() ? "0 AS nothing" : "*") : select;
  if (!from.empty()) text += " FROM " + from;
  if (!where.empty()) text += " WHERE " + where;
  if (!group_by.empty()) text += " GROUP BY " + group_by;
  if (!having.empty()) text += " HAVING " + having;
  if (!order_by.empty()) text += " ORDER BY " + order_by;
  if (!limit.empty()) text += " LIMIT " + limit;
  if (!offset.empty()) text += " OFFSET " + offset;
  return text;
}

std::string Emitter::FreshName(std::string_view stem) {
  return fmt::format("{}{}", stem, ++last_name_);
}

SelectBlock Emitter::Wrap(const SelectBlock& block) {
  SelectBlock outer;
  outer.from = fmt::format("({}) AS {}", block.Text(), FreshName("q"));
  return outer;
}

// Keys of ORDER BY name output columns of the block, so they can move out with LIMIT.
SelectBlock Emitter::WrapKeepingOrder(SelectBlock block) {
  std::string order_by = std::exchange(block.order_by, "");
  std::string limit = std::exchange(block.limit, "");
  std::string offset = std::exchange(block.offset, "");
  SelectBlock outer = Wrap(block);
  outer.order_by = std::move(order_by);
  outer.limit = std::move(limit);
  outer.offset = std::move(offset);
  return outer;
}

Result<std::string> Emitter::FromItem(const plan::Relation& relation) {
  const SelectBlock block = TRY(Build(relation));
  if (block.HasOnlyFrom() && block.single_from) return block.from;
  return fmt::format("({}) AS {}", block.Text(), FreshName("q"));
}

Result<SelectBlock> Emitter::Build(const plan::Relation& relation) {
  return WithStackSpace([&]() -> Result<SelectBlock> {
    switch (relation.kind) {
      case RelationKind::kScan:
        return BuildScan(static_cast<const plan::ScanRelation&>(relation));
      case RelationKind::kValues:
        return BuildValues(static_cast<const plan::ValuesRelation&>(relation));
      case RelationKind::kOneRow:
        return SelectBlock();
      case RelationKind::kRange:
        return BuildRange(static_cast<const plan::RangeRelation&>(relation));
      case RelationKind::kProject:
        return BuildProject(static_cast<const plan::ProjectRelation&>(relation));
      case RelationKind::kFilter:
        return BuildFilter(static_cast<const plan::FilterRelation&>(relation));
      case RelationKind::kAggregate:
        return BuildAggregate(static_cast<const plan::AggregateRelation&>(relation));
      case RelationKind::kWindow:
        return BuildWindow(static_cast<const plan::WindowRelation&>(relation));
      case RelationKind::kGenerate:
        return BuildGenerate(static_cast<const plan::GenerateRelation&>(relation));
      case RelationKind::kJoin:
        return BuildJoin(static_cast<const plan::JoinRelation&>(relation));
      case RelationKind::kSetOperation:
        return BuildSetOperation(static_cast<const plan::SetOperationRelation&>(relation));
      case RelationKind::kSort:
        return BuildSort(static_cast<const plan::SortRelation&>(relation));
      case RelationKind::kLimit:
        return BuildLimit(static_cast<const plan::LimitRelation&>(relation));
      case RelationKind::kDistinct:
        return BuildDistinct(static_cast<const plan::DistinctRelation&>(relation));
      case RelationKind::kSample:
        return BuildSample(static_cast<const plan::SampleRelation&>(relation));
      case RelationKind::kWith:
        return BuildWith(static_cast<const plan::WithRelation&>(relation));
      case RelationKind::kCteReference:
        return BuildCteReference(static_cast<const plan::CteReferenceRelation&>(relation));
    }
    return Internal("a relation that the emitter does not know");
  });
}

Result<SelectBlock> Emitter::BuildScan(const plan::ScanRelation& scan) {
  const auto* handle = dynamic_cast<const ScanHandle*>(scan.handle.get());
  if (handle == nullptr) return Internal("{} has no handle of this engine", scan.table_name);
  const std::string id = fmt::format("s{}", scans_.size());
  scans_.push_back({id, handle->source});
  std::string names;
  std::optional<plan::ColumnId> metadata;
  for (const plan::OutputColumn& column : scan.output) {
    if (column.is_metadata) {
      metadata = column.id;
      continue;
    }
    if (!names.empty()) names += ", ";
    names += column_sql_(column.id);
  }
  const std::string alias = FreshName("t");
  SelectBlock block;
  if (metadata) {
    block.from = fmt::format("\x02{}\x02", id);
    open_scans_.push_back({block.from, scans_.size() - 1, *metadata, alias, names});
  } else {
    block.from = fmt::format("lakesmith_scan('{}') AS {}({})", id, alias, names);
  }
  return block;
}

std::string Emitter::ScanText(const OpenScan& open) {
  ScanBinding& binding = scans_[open.scan];
  std::string call =
      fmt::format("lakesmith_scan('{}') AS {}({})", binding.id, open.alias, open.names);
  if (!referenced_.contains(open.metadata)) return call;
  std::string value = fmt::format("{}.{}", open.alias, kFileMetadataColumn);
  auto* files = std::get_if<FileScan>(&binding.source);
  if (files != nullptr && files->format != FileFormat::kParquet) {
    files->with_metadata = true;
  } else {
    value =
        fmt::format("struct_insert({}, row_index := {}.{})", value, open.alias, kRowIndexColumn);
  }
  return fmt::format("(SELECT {}, {} AS {} FROM {}) AS {}", open.names, value,
                     column_sql_(open.metadata), call, open.alias);
}

std::string Emitter::Finish(std::string text) {
  for (const OpenScan& open : open_scans_) {
    const std::string scan = ScanText(open);
    size_t at = text.find(open.marker);
    while (at != std::string::npos) {
      text.replace(at, open.marker.size(), scan);
      at = text.find(open.marker, at + scan.size());
    }
  }
  return text;
}

Result<SelectBlock> Emitter::BuildValues(const plan::ValuesRelation& values) {
  std::string rows;
  for (const auto& row : values.rows) {
    std::string cells;
    for (size_t i = 0; i < row.size(); ++i) {
      if (!cells.empty()) cells += ", ";
      // The first row decides the types of the columns.
      const std::string cell = TRY(Expression(*row[i]));
      cells +=
          rows.empty() ? fmt::format("CAST({} AS {})", cell, DuckDbTypeName(row[i]->type)) : cell;
    }
    rows += fmt::format("{}({})", rows.empty() ? "" : ", ", cells);
  }
  std::string names;
  for (const plan::OutputColumn& column : values.output) {
    if (!names.empty()) names += ", ";
    names += column_sql_(column.id);
  }
  SelectBlock block;
  block.from = fmt::format("(VALUES {}) AS {}({})", rows, FreshName("v"), names);
  return block;
}

Result<SelectBlock> Emitter::BuildRange(const plan::RangeRelation& range) {
  const std::string start = TRY(Expression(*range.start));
  const std::string end = TRY(Expression(*range.end));
  const std::string step = TRY(Expression(*range.step));
  SelectBlock block;
  const std::string name = column_sql_(range.output.front().id);
  if (IsFoldable(*range.start) && IsFoldable(*range.end) && IsFoldable(*range.step)) {
    block.from = fmt::format("range({}, {}, {}) AS {}({})", start, end, step, FreshName("r"), name);
  } else {
    block.from = fmt::format("(SELECT unnest(range({}, {}, {})) AS {}) AS {}", start, end, step,
                             name, FreshName("r"));
  }
  return block;
}

Result<SelectBlock> Emitter::BuildProject(const plan::ProjectRelation& project) {
  SelectBlock block = TRY(Build(*project.inputs.front()));
  if (!block.select.empty() || block.distinct) {
    block = block.order_hidden ? Wrap(block) : WrapKeepingOrder(std::move(block));
  }
  block.order_hidden = !block.order_by.empty();
  if (project.expressions.empty()) block.select = "0 AS " + FreshName("n");
  for (const plan::NamedExpression& item : project.expressions) {
    if (!block.select.empty()) block.select += ", ";
    block.select +=
        fmt::format("{} AS {}", TRY(Expression(*item.expression)), column_sql_(item.id));
  }
  return block;
}

Result<SelectBlock> Emitter::BuildFilter(const plan::FilterRelation& filter) {
  SelectBlock block = TRY(Build(*filter.inputs.front()));
  const bool open = block.select.empty() && block.group_by.empty() && !block.distinct &&
                    block.order_by.empty() && block.limit.empty() && block.offset.empty() &&
                    !block.from.empty();
  if (!open) block = Wrap(block);
  const std::string condition = TRY(Expression(*filter.condition));
  block.where =
      block.where.empty() ? condition : fmt::format("({}) AND ({})", block.where, condition);
  return block;
}

// Groups that hold subqueries are computed below the aggregation.
Result<SelectBlock> Emitter::ComputeGroups(const plan::AggregateRelation& aggregate,
                                           SelectBlock block) {
  std::string added;
  for (const plan::NamedExpression& group : aggregate.groups) {
    if (!plan::ContainsSubquery(*group.expression)) continue;
    const std::string name = FreshName("g");
    added += fmt::format(", {} AS {}", TRY(Expression(*group.expression)), name);
    computed_[group.expression.get()] = name;
  }
  if (added.empty()) return block;
  block.select = (block.from.empty() ? "0 AS nothing" : "*") + added;
  return Wrap(block);
}

namespace {

// Whether some grouping set has group `index`; it is null in all rows when none has.
bool IsInASet(const plan::AggregateRelation& aggregate, size_t index) {
  return aggregate.sets.empty() ||
         std::any_of(aggregate.sets.begin(), aggregate.sets.end(), [index](const auto& set) {
           return std::find(set.begin(), set.end(), index) != set.end();
         });
}

std::string GroupingSets(const std::vector<std::vector<size_t>>& sets,
                         const std::vector<std::string>& groups) {
  std::string text;
  for (const std::vector<size_t>& set : sets) {
    std::string parts;
    std::set<size_t> seen;
    for (const size_t index : set) {
      if (!seen.insert(index).second) continue;
      parts += (parts.empty() ? "" : ", ") + groups[index];
    }
    text += fmt::format("{}({})", text.empty() ? "" : ", ", parts);
  }
  return text;
}

}  // namespace

Result<SelectBlock> Emitter::BuildAggregate(const plan::AggregateRelation& aggregate) {
  SelectBlock block = TRY(Build(*aggregate.inputs.front()));
  const bool open = block.select.empty() && block.group_by.empty() && !block.distinct &&
                    block.limit.empty() && block.offset.empty();
  if (!open) {
    block = Wrap(block);
  } else {
    block.order_by.clear();
  }
  block = TRY(ComputeGroups(aggregate, std::move(block)));
  std::vector<std::string> groups;
  for (size_t i = 0; i < aggregate.groups.size(); ++i) {
    const plan::NamedExpression& group = aggregate.groups[i];
    groups.push_back(TRY(Expression(*group.expression)));
    if (!block.select.empty()) block.select += ", ";
    block.select += fmt::format(
        "{} AS {}", IsInASet(aggregate, i) ? groups.back() : TypedNull(group.expression->type),
        column_sql_(group.id));
  }
  for (const plan::NamedExpression& item : aggregate.aggregates) {
    if (!block.select.empty()) block.select += ", ";
    block.select +=
        fmt::format("{} AS {}", TRY(Expression(*item.expression)), column_sql_(item.id));
  }
  if (aggregate.aggregates.empty() && groups.empty())
    block.select = "count(*) AS " + FreshName("n");
  if (aggregate.sets.empty()) {
    for (size_t i = 0; i < groups.size(); ++i) {
      block.group_by += fmt::format("{}{}", i == 0 ? "" : ", ", i + 1);
    }
  } else if (!aggregate.sets.front().empty() || aggregate.sets.size() > 1) {
    block.group_by = fmt::format("GROUPING SETS ({})", GroupingSets(aggregate.sets, groups));
    // Spark's total of no rows is no row.
    block.having = "count(*) > 0";
  }
  // An aggregation is always closed: what comes above names its columns.
  return Wrap(block);
}

Result<SelectBlock> Emitter::BuildWindow(const plan::WindowRelation& window) {
  SelectBlock block = TRY(Build(*window.inputs.front()));
  const bool open = block.select.empty() && block.group_by.empty() && !block.distinct &&
                    block.order_by.empty() && block.limit.empty() && block.offset.empty();
  if (!open) block = Wrap(block);
  block.select = block.from.empty() ? "0 AS nothing" : "*";
  for (const plan::NamedExpression& item : window.windows) {
    block.select +=
        fmt::format(", {} AS {}", TRY(Expression(*item.expression)), column_sql_(item.id));
  }
  return Wrap(block);
}

namespace {

std::string OuterList(const std::string& list, bool outer) {
  if (!outer) return list;
  return fmt::format("CASE WHEN len({0}) > 0 THEN {0} ELSE [NULL] END", list);
}

}  // namespace

// The list or map that a generator unnests, computed once.
Result<std::string> Emitter::GeneratorSource(const plan::GenerateRelation& generate) {
  const plan::Expression& call = *generate.generator;
  const std::string_view kind = call.function->emission;
  if (kind == "@stack") return StackRows(call, generate.generated.size());
  if (kind == "@json_tuple") {
    std::string arguments;
    for (const plan::ExpressionPtr& child : call.children) {
      arguments += (arguments.empty() ? "" : ", ") + TRY(Expression(*child));
    }
    return Native(fmt::format("[spark_json_tuple({})]", arguments));
  }
  const std::string argument = TRY(Expression(*call.children[0]));
  return kind == "@variant_explode" ? Native(fmt::format("spark_variant_explode({})", argument))
                                    : argument;
}

// stack(n, a, b, ...) as a list of structs of `width` fields.
Result<std::string> Emitter::StackRows(const plan::Expression& call, size_t width) {
  std::vector<std::string> rows;
  for (size_t i = 1; i < call.children.size(); i += width) {
    std::string cells;
    for (size_t k = 0; k < width; ++k) {
      cells +=
          fmt::format("{}f{} := {}", k == 0 ? "" : ", ", k, TRY(Expression(*call.children[i + k])));
    }
    rows.push_back(fmt::format("struct_pack({})", cells));
  }
  return fmt::format("[{}]", fmt::join(rows, ", "));
}

// A row for each element of the list `input`: its fields, or its elements, are the columns.
SelectBlock Emitter::UnnestFields(const plan::GenerateRelation& generate, SelectBlock block,
                                  const std::string& input, bool structs) {
  const std::string unnested = FreshName("u");
  block.select += fmt::format(", unnest({}) AS {}", OuterList(input, generate.outer), unnested);
  block = Wrap(block);
  block.select = fmt::format("* EXCLUDE ({})", unnested);
  const char* access = structs ? "struct_extract_at({}, {})" : "({})[{}]";
  for (size_t i = 0; i < generate.generated.size(); ++i) {
    block.select += fmt::format(", {} AS {}", fmt::format(fmt::runtime(access), unnested, i + 1),
                                column_sql_(generate.generated[i].id));
  }
  return block;
}

// A row for each element of a list, or for each key and value of a map.
void Emitter::UnnestElements(const plan::GenerateRelation& generate, const std::string& input,
                             SelectBlock& block) {
  const bool on_map = generate.generator->children[0]->type.is(TypeId::kMap);
  const std::string keys = on_map ? fmt::format("map_keys({})", input) : input;
  size_t column = 0;
  const auto add = [&](const std::string& text) {
    block.select += fmt::format(", {} AS {}", text, column_sql_(generate.generated[column++].id));
  };
  if (generate.generator->function->emission == "@posexplode") {
    const std::string positions = fmt::format("range(len({}))", keys);
    add(fmt::format("unnest({})::INTEGER",
                    generate.outer ? fmt::format("CASE WHEN len({}) > 0 THEN {} ELSE [NULL] END",
                                                 keys, positions)
                                   : positions));
  }
  add(fmt::format("unnest({})", OuterList(keys, generate.outer)));
  if (on_map) {
    add(fmt::format("unnest({})", OuterList(fmt::format("map_values({})", input), generate.outer)));
  }
}

Result<SelectBlock> Emitter::BuildGenerate(const plan::GenerateRelation& generate) {
  SelectBlock block = TRY(Build(*generate.inputs.front()));
  const bool open = block.select.empty() && block.group_by.empty() && !block.distinct &&
                    block.order_by.empty() && block.limit.empty() && block.offset.empty();
  if (!open) block = Wrap(block);
  const std::string input = FreshName("g");
  const std::string source = TRY(GeneratorSource(generate));
  block.select = block.from.empty() ? "" : "*, ";
  block.select += fmt::format("{} AS {}", source, input);
  block = Wrap(block);
  block.select = fmt::format("* EXCLUDE ({})", input);
  const std::string_view kind = generate.generator->function->emission;
  const bool structs = kind == "@stack" || kind == "@inline" || kind == "@variant_explode";
  if (structs || kind == "@json_tuple") {
    block = UnnestFields(generate, std::move(block), input, structs);
  } else {
    UnnestElements(generate, input, block);
  }
  return Wrap(block);
}

Result<SelectBlock> Emitter::BuildSetOperation(const plan::SetOperationRelation& operation) {
  const char* word = operation.operation == plan::SetOperationKind::kUnion       ? "UNION"
                     : operation.operation == plan::SetOperationKind::kIntersect ? "INTERSECT"
                                                                                 : "EXCEPT";
  const std::string left = TRY(Build(*operation.inputs[0])).Text();
  const std::string right = TRY(Build(*operation.inputs[1])).Text();
  std::string names;
  for (const plan::OutputColumn& column : operation.output) {
    names += (names.empty() ? "" : ", ") + column_sql_(column.id);
  }
  SelectBlock block;
  block.from = fmt::format("(({}) {}{} ({})) AS {}({})", left, word, operation.all ? " ALL" : "",
                           right, FreshName("q"), names);
  return block;
}

Result<SelectBlock> Emitter::BuildSort(const plan::SortRelation& sort) {
  SelectBlock block = TRY(Build(*sort.inputs.front()));
  const bool plain = std::all_of(sort.keys.begin(), sort.keys.end(), [](const plan::SortKey& key) {
    return key.expression->kind == plan::ExpressionKind::kColumn;
  });
  const bool open = (block.select.empty() || plain) && block.order_by.empty() &&
                    block.limit.empty() && block.offset.empty();
  if (!open) block = Wrap(block);
  for (const plan::SortKey& key : sort.keys) {
    if (IsFoldable(*key.expression)) continue;
    if (!block.order_by.empty()) block.order_by += ", ";
    block.order_by += fmt::format(
        "{} {} NULLS {}", OrderKey(TRY(Expression(*key.expression)), key.expression->type),
        key.descending ? "DESC" : "ASC", key.nulls_first ? "FIRST" : "LAST");
  }
  return block;
}

Result<SelectBlock> Emitter::BuildLimit(const plan::LimitRelation& limit) {
  SelectBlock block = TRY(Build(*limit.inputs.front()));
  if (!block.limit.empty() || !block.offset.empty()) block = Wrap(block);
  if (limit.limit) block.limit = TRY(Expression(*limit.limit));
  if (limit.offset) block.offset = TRY(Expression(*limit.offset));
  return block;
}

Result<SelectBlock> Emitter::BuildDistinct(const plan::DistinctRelation& distinct) {
  SelectBlock block = TRY(Build(*distinct.inputs.front()));
  const bool open =
      !block.distinct && block.order_by.empty() && block.limit.empty() && block.offset.empty();
  if (!open) block = Wrap(block);
  block.distinct = true;
  return block;
}

Result<SelectBlock> Emitter::BuildSample(const plan::SampleRelation& sample) {
  SelectBlock block = TRY(Build(*sample.inputs.front()));
  block = Wrap(block);
  if (sample.rows) {
    block.limit = std::to_string(*sample.rows);
    return block;
  }
  block.from += fmt::format(" TABLESAMPLE bernoulli({} PERCENT)", *sample.fraction * 100);
  if (sample.seed) block.from += fmt::format(" REPEATABLE ({})", *sample.seed);
  return Wrap(block);
}

}  // namespace lakesmith::engine
