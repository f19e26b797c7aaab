// Joins, and subqueries in the ON of outer ones.
#include <algorithm>

#include "engine/duckdb/emit_internal.h"
#include "plan/visit.h"

namespace lakesmith::engine {
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

// Whether an expression of a join, subqueries aside, has columns of neither side.
bool RefersOutside(const plan::Expression& expression, const plan::JoinRelation& join) {
  if (expression.kind == plan::ExpressionKind::kColumn) {
    const std::set<plan::ColumnId> column = {expression.column};
    return !RefersTo(column, *join.inputs[0]) && !RefersTo(column, *join.inputs[1]);
  }
  bool outside = false;
  plan::ForEachPart(expression, [&](const plan::Expression& part) {
    outside = outside || RefersOutside(part, join);
  });
  return outside;
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

// A chain of joins stays one: the engine orders joins anew, but not across a subquery. Of very long
// chains it does not find an order in any reasonable time, so the rows of each twenty are kept
// before it goes on.
Result<std::string> Emitter::LeftFromItem(const plan::Relation& relation) {
  constexpr int kJoinsInOneFrom = 20;
  int joins = 0;
  const plan::Relation* at = &relation;
  while (at->kind == plan::RelationKind::kJoin) {
    ++joins;
    at = at->inputs.front().get();
  }
  SelectBlock block = TRY(Build(relation));
  if (joins > 0 && joins % kJoinsInOneFrom == 0) {
    return fmt::format("(WITH {0} AS MATERIALIZED ({1}) SELECT * FROM {0}) AS {2}", FreshName("j"),
                       block.Text(), FreshName("q"));
  }
  if (block.HasOnlyFrom()) return std::move(block.from);
  return fmt::format("({}) AS {}", block.Text(), FreshName("q"));
}

// Joins that the engine cannot do within a correlated subquery, said otherwise: a semi join as
// EXISTS, and an outer one whose condition has columns from around as a lateral one.
std::optional<SelectBlock> Emitter::JoinInside(const plan::JoinRelation& join,
                                               const std::string& left, const std::string& right,
                                               const std::string& condition) {
  const std::string where = condition.empty() ? "true" : condition;
  SelectBlock block;
  if (join.join == plan::JoinKind::kLeftSemi || join.join == plan::JoinKind::kLeftAnti) {
    const bool anti = join.join == plan::JoinKind::kLeftAnti;
    block.from = left;
    block.where =
        fmt::format("{}EXISTS (SELECT 1 FROM {} WHERE {})", anti ? "NOT " : "", right, where);
    return Wrap(block);
  }
  const bool outer = join.join == plan::JoinKind::kLeft || join.join == plan::JoinKind::kRight;
  if (!outer || !join.condition || !RefersOutside(*join.condition, join)) return std::nullopt;
  const bool swapped = join.join == plan::JoinKind::kRight;
  block.from = fmt::format("{} LEFT JOIN LATERAL (SELECT * FROM {} WHERE {}) AS {} ON true",
                           swapped ? right : left, swapped ? left : right, where, FreshName("q"));
  block.single_from = false;
  return block;
}

Result<SelectBlock> Emitter::BuildJoin(const plan::JoinRelation& join) {
  std::string left = TRY(LeftFromItem(*join.inputs[0]));
  inside_ += join.lateral ? 1 : 0;
  Result<std::string> built = FromItem(*join.inputs[1]);
  inside_ -= join.lateral ? 1 : 0;
  std::string right = TRY(std::move(built));
  const bool inner = join.join == plan::JoinKind::kInner || join.join == plan::JoinKind::kCross;
  if (!inner && join.condition) TRY(ComputeSubqueries(join, left, right));
  if (join.lateral && !right.starts_with("(")) {
    right = fmt::format("(SELECT * FROM {}) AS {}", right, FreshName("q"));
  }
  std::string condition;
  if (join.condition) condition = TRY(Expression(*join.condition));
  if (inside_ > 0) {
    if (auto block = JoinInside(join, left, right, condition)) return *std::move(block);
  }
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
  if (semi) return Wrap(block);
  return block;
}

}  // namespace lakesmith::engine
