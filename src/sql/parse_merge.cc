#include <utility>
#include <vector>

#include "sql/parser_internal.h"

namespace lakesmith::sql {

Result<StatementPtr> Parser::ParseMerge(std::optional<WithClause> with) {
  const uint32_t begin = Begin();
  TRY(Expect("MERGE"));
  Ptr<Merge> merge(new Merge);
  merge->with = std::move(with);
  merge->with_schema_evolution = AcceptAll({"WITH", "SCHEMA", "EVOLUTION"});
  TRY(Expect("INTO"));
  merge->target = TRY(ParseDmlTarget());
  TRY(Expect("USING"));
  merge->source = TRY(ParseRelationPrimary());
  TRY(Expect("ON"));
  merge->condition = TRY(ParseExpression());
  while (At("WHEN")) {
    MergeClause clause = TRY(ParseMergeClause());
    if (!merge->clauses.empty() && clause.match < merge->clauses.back().match) {
      return Unexpected(
          "first the clauses WHEN MATCHED, then WHEN NOT MATCHED, then WHEN NOT MATCHED BY SOURCE");
    }
    merge->clauses.push_back(std::move(clause));
  }
  if (merge->clauses.empty()) {
    return Unexpected();
  }
  merge->range = RangeFrom(begin);
  return merge;
}

Result<MergeClause> Parser::ParseMergeClause() {
  TRY(Expect("WHEN"));
  MergeClause clause;
  if (Accept("NOT")) {
    TRY(Expect("MATCHED"));
    clause.match = MergeMatch::kNotMatchedByTarget;
    if (Accept("BY")) {
      if (Accept("SOURCE")) {
        clause.match = MergeMatch::kNotMatchedBySource;
      } else {
        TRY(Expect("TARGET"));
      }
    }
  } else {
    TRY(Expect("MATCHED"));
  }
  if (Accept("AND")) {
    clause.condition = TRY(ParseExpression());
  }
  TRY(Expect("THEN"));
  TRY(ParseMergeAction(&clause));
  return clause;
}

Status Parser::ParseMergeAction(MergeClause* clause) {
  if (clause->match == MergeMatch::kNotMatchedByTarget) {
    TRY(Expect("INSERT"));
    if (Accept(TokenKind::kStar)) {
      clause->action = MergeActionKind::kInsertAll;
      return {};
    }
    clause->action = MergeActionKind::kInsert;
    auto columns = TRY(ParsePathList());
    TRY(Expect("VALUES"));
    TRY(Expect(TokenKind::kLeftParen));
    auto values = TRY(ParseExpressionList());
    if (values.size() != columns.size()) {
      return Unexpected(
          fmt::format("as many values ({}) as columns ({})", values.size(), columns.size()));
    }
    TRY(Expect(TokenKind::kRightParen));
    for (size_t i = 0; i < columns.size(); ++i) {
      clause->assignments.push_back({std::move(columns[i]), std::move(values[i])});
    }
    return {};
  }
  if (Accept("DELETE")) {
    clause->action = MergeActionKind::kDelete;
    return {};
  }
  TRY(ExpectAll({"UPDATE", "SET"}));
  if (Accept(TokenKind::kStar)) {
    clause->action = MergeActionKind::kUpdateAll;
    return {};
  }
  clause->action = MergeActionKind::kUpdate;
  clause->assignments = TRY(ParseList<Assignment>([this] { return ParseAssignment(); }));
  return {};
}

}  // namespace lakesmith::sql
