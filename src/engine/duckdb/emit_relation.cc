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

SelectBlock Emitter::Wrap(SelectBlock block) {
  SelectBlock outer;
  outer.from = fmt::format("({}) AS {}", block.Text(), FreshName("q"));
  return outer;
}

// Keys of ORDER BY name output columns of the block, so they can move out with LIMIT.
SelectBlock Emitter::WrapKeepingOrder(SelectBlock block) {
  std::string order_by = std::exchange(block.order_by, "");
  std::string limit = std::exchange(block.limit, "");
  std::string offset = std::exchange(block.offset, "");
  SelectBlock outer = Wrap(std::move(block));
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
  const std::string call =
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
    block = block.order_hidden ? Wrap(std::move(block)) : WrapKeepingOrder(std::move(block));
  }
  block.order_hidden = !block.order_by.empty();
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
  if (!open) block = Wrap(std::move(block));
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
  return Wrap(std::move(block));
}

Result<SelectBlock> Emitter::BuildAggregate(const plan::AggregateRelation& aggregate) {
  SelectBlock block = TRY(Build(*aggregate.inputs.front()));
  const bool open = block.select.empty() && block.group_by.empty() && !block.distinct &&
                    block.limit.empty() && block.offset.empty();
  if (!open) {
    block = Wrap(std::move(block));
  } else {
    block.order_by.clear();
  }
  block = TRY(ComputeGroups(aggregate, std::move(block)));
  std::vector<std::string> groups;
  for (size_t i = 0; i < aggregate.groups.size(); ++i) {
    const plan::NamedExpression& group = aggregate.groups[i];
    groups.push_back(TRY(Expression(*group.expression)));
    const bool in_a_set =
        aggregate.sets.empty() ||
        std::any_of(aggregate.sets.begin(), aggregate.sets.end(), [i](const auto& set) {
          return std::find(set.begin(), set.end(), i) != set.end();
        });
    if (!block.select.empty()) block.select += ", ";
    block.select +=
        fmt::format("{} AS {}", in_a_set ? groups.back() : TypedNull(group.expression->type),
                    column_sql_(group.id));
  }
  for (const plan::NamedExpression& item : aggregate.aggregates) {
    if (!block.select.empty()) block.select += ", ";
    block.select +=
        fmt::format("{} AS {}", TRY(Expression(*item.expression)), column_sql_(item.id));
  }
  if (aggregate.aggregates.empty() && groups.empty())
    block.select = "count(*) AS " + FreshName("n");
  if (!aggregate.sets.empty()) {
    std::string sets;
    for (const std::vector<size_t>& set : aggregate.sets) {
      std::string parts;
      std::set<size_t> seen;
      for (const size_t index : set) {
        if (!seen.insert(index).second) continue;
        parts += (parts.empty() ? "" : ", ") + groups[index];
      }
      sets += fmt::format("{}({})", sets.empty() ? "" : ", ", parts);
    }
    const bool only_total = std::all_of(aggregate.sets.begin(), aggregate.sets.end(),
                                        [](const auto& set) { return set.empty(); });
    if (!only_total || aggregate.sets.size() > 1) {
      block.group_by = fmt::format("GROUPING SETS ({})", sets);
      // Spark's total of no rows is no row.
      block.having = "count(*) > 0";
    }
  } else {
    for (size_t i = 0; i < groups.size(); ++i) {
      block.group_by += fmt::format("{}{}", i == 0 ? "" : ", ", i + 1);
    }
  }
  // An aggregation is always closed: what comes above names its columns.
  return Wrap(std::move(block));
}

Result<SelectBlock> Emitter::BuildWindow(const plan::WindowRelation& window) {
  SelectBlock block = TRY(Build(*window.inputs.front()));
  const bool open = block.select.empty() && block.group_by.empty() && !block.distinct &&
                    block.order_by.empty() && block.limit.empty() && block.offset.empty();
  if (!open) block = Wrap(std::move(block));
  block.select = block.from.empty() ? "0 AS nothing" : "*";
  for (const plan::NamedExpression& item : window.windows) {
    block.select +=
        fmt::format(", {} AS {}", TRY(Expression(*item.expression)), column_sql_(item.id));
  }
  return Wrap(std::move(block));
}

namespace {

// The lists that a generator unnests side by side, one a column.
struct GeneratorLists {
  std::vector<std::string> lists;
  std::string inside;  // For inline: the one list of structs whose fields are the columns.
};

std::string OuterList(const std::string& list, bool outer) {
  if (!outer) return list;
  return fmt::format("CASE WHEN len({0}) > 0 THEN {0} ELSE [NULL] END", list);
}

}  // namespace

Result<SelectBlock> Emitter::BuildGenerate(const plan::GenerateRelation& generate) {
  SelectBlock block = TRY(Build(*generate.inputs.front()));
  const bool open = block.select.empty() && block.group_by.empty() && !block.distinct &&
                    block.order_by.empty() && block.limit.empty() && block.offset.empty();
  if (!open) block = Wrap(std::move(block));
  const plan::Expression& call = *generate.generator;
  const std::string_view kind = call.function->emission;
  std::vector<std::string> lists;
  const std::string input = FreshName("g");
  std::string source;  // The list or map computed once, below the unnesting.
  const auto make_struct_list = [&](const std::vector<std::string>& rows) {
    return fmt::format("[{}]", fmt::join(rows, ", "));
  };
  if (kind == "@stack") {
    const size_t width = generate.generated.size();
    std::vector<std::string> rows;
    for (size_t i = 1; i < call.children.size(); i += width) {
      std::string cells;
      for (size_t k = 0; k < width; ++k) {
        cells += fmt::format("{}f{} := {}", k == 0 ? "" : ", ", k,
                             TRY(Expression(*call.children[i + k])));
      }
      rows.push_back(fmt::format("struct_pack({})", cells));
    }
    source = make_struct_list(rows);
  } else if (kind == "@json_tuple") {
    std::string arguments;
    for (const plan::ExpressionPtr& child : call.children) {
      arguments += (arguments.empty() ? "" : ", ") + TRY(Expression(*child));
    }
    source = Native(fmt::format("[spark_json_tuple({})]", arguments));
  } else if (kind == "@variant_explode") {
    source = Native(fmt::format("spark_variant_explode({})", TRY(Expression(*call.children[0]))));
  } else {
    source = TRY(Expression(*call.children[0]));
  }
  const bool on_map = call.children[0]->type.is(TypeId::kMap);
  const bool structs = kind == "@stack" || kind == "@inline" || kind == "@variant_explode";
  const std::string keys = on_map ? fmt::format("map_keys({})", input) : input;
  block.select = block.from.empty() ? "" : "*, ";
  block.select += fmt::format("{} AS {}", source, input);
  block = Wrap(std::move(block));
  block.select = fmt::format("* EXCLUDE ({})", input);
  const std::string unnested = FreshName("u");
  size_t column = 0;
  if (kind == "@posexplode") {
    block.select += fmt::format(
        ", {} AS {}",
        generate.outer
            ? fmt::format(
                  "unnest(CASE WHEN len({0}) > 0 THEN range(len({0})) ELSE [NULL] END)::INTEGER",
                  keys)
            : fmt::format("unnest(range(len({})))::INTEGER", keys),
        column_sql_(generate.generated[column].id));
    ++column;
  }
  if (structs || kind == "@json_tuple") {
    block.select += fmt::format(", unnest({}) AS {}", OuterList(input, generate.outer), unnested);
    block = Wrap(std::move(block));
    block.select = fmt::format("* EXCLUDE ({})", unnested);
    for (size_t i = 0; i < generate.generated.size(); ++i) {
      const char* access = structs ? "struct_extract_at({}, {})" : "({})[{}]";
      block.select += fmt::format(", {} AS {}", fmt::format(fmt::runtime(access), unnested, i + 1),
                                  column_sql_(generate.generated[i].id));
    }
  } else {
    block.select += fmt::format(", unnest({}) AS {}", OuterList(keys, generate.outer),
                                column_sql_(generate.generated[column].id));
    if (on_map) {
      block.select += fmt::format(", unnest({}) AS {}",
                                  OuterList(fmt::format("map_values({})", input), generate.outer),
                                  column_sql_(generate.generated[column + 1].id));
    }
  }
  return Wrap(std::move(block));
}

namespace {

void CollectSubqueries(const plan::Expression& expression,
                       std::vector<const plan::Expression*>& found) {
  if (expression.kind == plan::ExpressionKind::kSubquery) {
    found.push_back(&expression);
    return;
  }
  plan::ForEachPart(expression,
                    [&found](const plan::Expression& part) { CollectSubqueries(part, found); });
}

bool RefersTo(const std::set<plan::ColumnId>& columns, const plan::Relation& relation) {
  return std::any_of(
      relation.output.begin(), relation.output.end(),
      [&columns](const plan::OutputColumn& column) { return columns.contains(column.id); });
}

}  // namespace

Status Emitter::ComputeSubqueries(const plan::JoinRelation& join, std::string& left,
                                  std::string& right) {
  std::vector<const plan::Expression*> subqueries;
  CollectSubqueries(*join.condition, subqueries);
  for (const plan::Expression* subquery : subqueries) {
    const std::set<plan::ColumnId> columns = plan::ColumnsOf(*subquery);
    const bool on_right = RefersTo(columns, *join.inputs[1]);
    if (on_right && RefersTo(columns, *join.inputs[0])) {
      return Unsupported(
                 "a subquery in the ON of an outer join that refers to both sides is not supported")
          .WithClass("UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_CORRELATED_EXPRESSION",
                     "0A000");
    }
    std::string& side = on_right ? right : left;
    const std::string name = FreshName("j");
    side = fmt::format("(SELECT *, {} AS {} FROM {}) AS {}", TRY(Subquery(*subquery)), name, side,
                       FreshName("q"));
    computed_[subquery] = name;
  }
  return {};
}

Result<SelectBlock> Emitter::BuildJoin(const plan::JoinRelation& join) {
  std::string left = TRY(FromItem(*join.inputs[0]));
  std::string right = TRY(FromItem(*join.inputs[1]));
  const bool inner = join.join == plan::JoinKind::kInner || join.join == plan::JoinKind::kCross;
  if (!inner && join.condition) TRY(ComputeSubqueries(join, left, right));
  if (join.lateral && !right.starts_with("(")) {
    right = fmt::format("(SELECT * FROM {}) AS {}", right, FreshName("q"));
  }
  std::string condition;
  if (join.condition) condition = TRY(Expression(*join.condition));
  const char* word = "JOIN";
  switch (join.join) {
    case plan::JoinKind::kCross:
      word = "CROSS JOIN";
      break;
    case plan::JoinKind::kInner:
      break;
    case plan::JoinKind::kLeft:
      word = "LEFT JOIN";
      break;
    case plan::JoinKind::kRight:
      word = "RIGHT JOIN";
      break;
    case plan::JoinKind::kFull:
      word = "FULL JOIN";
      break;
    case plan::JoinKind::kLeftSemi:
      word = "SEMI JOIN";
      break;
    case plan::JoinKind::kLeftAnti:
      word = "ANTI JOIN";
      break;
  }
  SelectBlock block;
  block.from = fmt::format("{} {} {}{}", left, word, join.lateral ? "LATERAL " : "", right);
  if (join.join != plan::JoinKind::kCross) {
    block.from += fmt::format(" ON {}", condition.empty() ? "true" : condition);
  }
  block.single_from = false;
  const bool semi =
      join.join == plan::JoinKind::kLeftSemi || join.join == plan::JoinKind::kLeftAnti;
  if (semi) return Wrap(std::move(block));
  return block;
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
  if (!open) block = Wrap(std::move(block));
  for (const plan::SortKey& key : sort.keys) {
    if (IsFoldable(*key.expression)) continue;
    if (!block.order_by.empty()) block.order_by += ", ";
    block.order_by +=
        fmt::format("{} {} NULLS {}", TRY(Expression(*key.expression)),
                    key.descending ? "DESC" : "ASC", key.nulls_first ? "FIRST" : "LAST");
  }
  return block;
}

Result<SelectBlock> Emitter::BuildLimit(const plan::LimitRelation& limit) {
  SelectBlock block = TRY(Build(*limit.inputs.front()));
  if (!block.limit.empty() || !block.offset.empty()) block = Wrap(std::move(block));
  if (limit.limit) block.limit = TRY(Expression(*limit.limit));
  if (limit.offset) block.offset = TRY(Expression(*limit.offset));
  return block;
}

Result<SelectBlock> Emitter::BuildDistinct(const plan::DistinctRelation& distinct) {
  SelectBlock block = TRY(Build(*distinct.inputs.front()));
  const bool open =
      !block.distinct && block.order_by.empty() && block.limit.empty() && block.offset.empty();
  if (!open) block = Wrap(std::move(block));
  block.distinct = true;
  return block;
}

Result<SelectBlock> Emitter::BuildSample(const plan::SampleRelation& sample) {
  SelectBlock block = TRY(Build(*sample.inputs.front()));
  block = Wrap(std::move(block));
  if (sample.rows) {
    block.limit = std::to_string(*sample.rows);
    return block;
  }
  block.from += fmt::format(" TABLESAMPLE bernoulli({} PERCENT)", *sample.fraction * 100);
  if (sample.seed) block.from += fmt::format(" REPEATABLE ({})", *sample.seed);
  return Wrap(std::move(block));
}

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
  const auto with_input = [&](auto copy, size_t index, plan::RelationPtr input) {
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
  if (!block.prefix.empty()) block = Wrap(std::move(block));
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
