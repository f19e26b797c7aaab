#include <utility>
#include <vector>

#include "sql/parser_internal.h"

namespace lakesmith::sql {

// Behind "|>".
Result<QueryBodyPtr> Parser::ParsePipeOperator(QueryBodyPtr input, uint32_t begin) {
  Ptr<PipeBody> pipe(new PipeBody);
  pipe->input = std::move(input);
  if (At("SELECT")) {
    TRY(ParsePipeSelect(pipe.get()));
  } else if (Accept("EXTEND")) {
    pipe->pipe_kind = PipeOperatorKind::kExtend;
    pipe->items = TRY(ParseList<ExpressionPtr>([this] { return ParseNamedExpression(); }));
  } else if (Accept("SET")) {
    TRY(ParsePipeSet(pipe.get()));
  } else if (Accept("DROP")) {
    pipe->pipe_kind = PipeOperatorKind::kDrop;
    pipe->drop_columns = TRY(ParseList<std::vector<Identifier>>([this] { return ParsePath(); }));
  } else if (Accept("AS")) {
    pipe->pipe_kind = PipeOperatorKind::kAs;
    pipe->alias = TRY(ParseIdentifier("an alias"));
  } else if (Accept("WHERE")) {
    pipe->pipe_kind = PipeOperatorKind::kWhere;
    pipe->condition = TRY(ParseExpression());
  } else if (Accept("AGGREGATE")) {
    TRY(ParsePipeAggregate(pipe.get()));
  } else if (AtOrganization()) {
    pipe->pipe_kind = PipeOperatorKind::kOrganize;
    pipe->organization = TRY(ParseOrganization());
    const QueryOrganization& organization = pipe->organization;
    const bool orders = organization.order_by_all || !organization.order_by.empty() ||
                        !organization.sort_by.empty() || !organization.cluster_by.empty() ||
                        !organization.distribute_by.empty();
    if (orders && (organization.limit || organization.limit_all || organization.offset)) {
      return ErrorAt(RangeFrom(begin),
                     "one pipe operator orders or limits, not both: put |> between")
          .WithClass("MULTIPLE_QUERY_RESULT_CLAUSES_WITH_PIPE_OPERATORS", "42000");
    }
  } else {
    TRY(ParsePipeRelation(pipe.get()));
  }
  pipe->range = RangeFrom(begin);
  return pipe;
}

Status Parser::ParsePipeSelect(PipeBody* pipe) {
  const uint32_t begin = Begin();
  pipe->pipe_kind = PipeOperatorKind::kSelect;
  Ptr<Select> select(new Select);
  TRY(ParseSelectList(select.get()));
  if (AtAll({"GROUP", "BY"})) {
    select->group_by = TRY(ParseGroupBy(false));
  }
  if (At("WINDOW")) {
    select->windows = TRY(ParseWindows());
  }
  select->range = RangeFrom(begin);
  pipe->select = std::move(select);
  return {};
}

Status Parser::ParsePipeAggregate(PipeBody* pipe) {
  pipe->pipe_kind = PipeOperatorKind::kAggregate;
  if (!AtAll({"GROUP", "BY"})) {
    pipe->items = TRY(ParseList<ExpressionPtr>([this] { return ParseNamedExpression(); }));
  }
  if (AtAll({"GROUP", "BY"})) {
    pipe->group_by = TRY(ParseGroupBy(true));
  }
  return {};
}

// SET a = 1, b = 2
Status Parser::ParsePipeSet(PipeBody* pipe) {
  pipe->pipe_kind = PipeOperatorKind::kSet;
  pipe->items = TRY(ParseList<ExpressionPtr>([this]() -> Result<ExpressionPtr> {
    const uint32_t begin = Begin();
    Ptr<Alias> assignment(new Alias);
    assignment->names = TRY(ParsePath());
    if (assignment->names.size() > 1) {
      return ErrorAt(RangeFrom(begin), "SET of a pipe changes whole columns: no name with dots")
          .WithClass("UNSUPPORTED_FEATURE.SET_PIPE_OPERATOR_NESTED_FIELD", "0A000");
    }
    TRY(Expect(TokenKind::kEqual));
    assignment->operand = TRY(ParseExpression());
    assignment->range = RangeFrom(begin);
    return assignment;
  }));
  return {};
}

// Operators that have the shape of a relation: joins, set operations, pivots, samples.
Status Parser::ParsePipeRelation(PipeBody* pipe) {
  const uint32_t begin = Begin();
  for (const bool intersect : {false, true}) {
    if (const auto op = AcceptSetOperator(intersect)) {
      pipe->pipe_kind = PipeOperatorKind::kSetOperation;
      pipe->set_operator = *op;
      pipe->quantifier = AcceptSetQuantifier();
      pipe->right = TRY(ParseQueryPrimary());
      return {};
    }
  }
  if (AtPivot()) {
    pipe->pipe_kind = Sees("PIVOT", 0) ? PipeOperatorKind::kPivot : PipeOperatorKind::kUnpivot;
    pipe->relation = TRY(ParsePivotOrUnpivot(RelationPtr(), begin));
    return {};
  }
  if (At("TABLESAMPLE")) {
    Ptr<ParenthesizedRelation> holder(new ParenthesizedRelation);
    holder->sample = TRY(ParseSample());
    holder->range = RangeFrom(begin);
    pipe->pipe_kind = PipeOperatorKind::kSample;
    pipe->relation = std::move(holder);
    return {};
  }
  Ptr<JoinRelation> join(new JoinRelation);
  const auto type = AcceptJoin(&join->natural);
  if (!type) {
    return Unexpected("a pipe operator");
  }
  pipe->pipe_kind = PipeOperatorKind::kJoin;
  join->type = *type;
  TRY(ParseJoinRight(join.get()));
  join->range = RangeFrom(begin);
  pipe->relation = std::move(join);
  return {};
}

}  // namespace lakesmith::sql
