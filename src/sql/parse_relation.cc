#include <string>
#include <utility>

#include "base/stack_space.h"
#include "sql/parser_internal.h"

namespace lakesmith::sql {

Result<RelationPtr> Parser::ParseFrom() {
  const uint32_t begin = Begin();
  RelationPtr left = TRY(ParseRelation());
  while (Accept(TokenKind::kComma)) {
    RelationPtr right = TRY(ParseRelation());
    auto join = Make<JoinRelation>(begin);
    join->type = JoinType::kComma;
    join->left = std::move(left);
    join->right = std::move(right);
    left = std::move(join);
  }
  while (Sees("LATERAL", 0) && Sees("VIEW", 1)) {
    left = TRY(ParseLateralView(std::move(left), begin));
  }
  while (AtPivot()) {
    left = TRY(ParsePivotOrUnpivot(std::move(left), begin));
  }
  return left;
}

Result<RelationPtr> Parser::ParseRelation() {
  return WithStackSpace([this]() -> Result<RelationPtr> {
    const uint32_t begin = Begin();
    RelationPtr primary = TRY(ParseRelationPrimary());
    return ParseJoins(std::move(primary), begin);
  });
}

Result<RelationPtr> Parser::ParseRelationPrimary() {
  if (Sees("LATERAL", 0) && !SeesAny({"VIEW", "AS", "JOIN", "WHERE"}, 1) &&
      SeesAny({TokenKind::kWord, TokenKind::kQuotedName, TokenKind::kLeftParen}, 1)) {
    Advance();
    RelationPtr relation = TRY(ParseRelationPrimary());
    relation->lateral = true;
    return relation;
  }
  if (Sees(TokenKind::kLeftParen, 0)) {
    return ParseParenthesizedRelation();
  }
  if (Sees("VALUES", 0) && AtQuery()) {
    return ParseValues();
  }
  if (Sees("STREAM", 0) &&
      (SeesAny({TokenKind::kLeftParen, TokenKind::kQuotedName}, 1) ||
       (Sees(TokenKind::kWord, 1) &&
        !SeesAny({"AS",          "WHERE",   "JOIN",    "LEFT",    "RIGHT",  "INNER", "CROSS",
                  "FULL",        "NATURAL", "GROUP",   "ORDER",   "LIMIT",  "UNION", "EXCEPT",
                  "INTERSECT",   "ON",      "USING",   "LATERAL", "HAVING", "SEMI",  "ANTI",
                  "TABLESAMPLE", "WINDOW",  "QUALIFY", "PIVOT",   "UNPIVOT"},
                 1)))) {
    return ParseStream();
  }
  return ParseNamedRelation();
}

Result<RelationPtr> Parser::ParseParenthesizedRelation() {
  const uint32_t begin = Begin();
  if (Peek().opens_query) {
    QueryPtr query = TRY(ParseParenthesizedQuery());
    Ptr<SubqueryRelation> subquery(new SubqueryRelation);
    subquery->query = std::move(query);
    TRY(ParseRelationSuffixes(subquery.get()));
    subquery->range = RangeFrom(begin);
    return subquery;
  }
  if (SeesAny({"DESCRIBE", "DESC"}, 1) && Sees("HISTORY", 2)) {
    return ParseHistoryRelation();
  }
  TRY(Expect(TokenKind::kLeftParen));
  Ptr<ParenthesizedRelation> inner(new ParenthesizedRelation);
  inner->input = TRY(ParseRelation());
  TRY(Expect(TokenKind::kRightParen));
  TRY(ParseRelationSuffixes(inner.get()));
  inner->range = RangeFrom(begin);
  return inner;
}

// (DESCRIBE HISTORY t), which is a call of a table function of that name.
Result<RelationPtr> Parser::ParseHistoryRelation() {
  const uint32_t begin = Begin();
  Advance(3);
  const uint32_t table_begin = Begin();
  const Name table = TRY(ParseMultipartName("a table"));
  Ptr<Literal> text(new Literal);
  text->literal_kind = LiteralKind::kString;
  text->text = table.ToString();
  text->range = RangeFrom(table_begin);
  Ptr<TableFunctionRelation> function(new TableFunctionRelation);
  Identifier name;
  name.name = "describe_history";
  function->name.parts.push_back(std::move(name));
  function->name.range = RangeFrom(begin);
  function->arguments.push_back({"", std::move(text)});
  TRY(Expect(TokenKind::kRightParen));
  TRY(ParseRelationSuffixes(function.get()));
  function->range = RangeFrom(begin);
  return function;
}

Result<RelationPtr> Parser::ParseNamedRelation() {
  const uint32_t begin = Begin();
  Name name = TRY(ParseMultipartName("a table, a function or a query in parentheses"));
  if (Sees(TokenKind::kLeftParen, 0)) {
    return ParseTableFunction(std::move(name), false, begin);
  }
  Ptr<TableRelation> table(new TableRelation);
  table->name = std::move(name);
  TRY(ParseTableModifiers(table.get()));
  TRY(ParseRelationSuffixes(table.get()));
  table->range = RangeFrom(begin);
  return table;
}

// What belongs to a table itself: time travel, changes, options.
Status Parser::ParseTableModifiers(TableRelation* table) {
  TRY(ParseTimeTravel(table));
  if (Sees("CHANGES", 0) && Sees("FROM", 1)) {
    table->changes = TRY(ParseChanges());
  }
  if (Sees("WITH", 0) && Sees(TokenKind::kLeftParen, 1)) {
    Advance();
    table->options = TRY(ParseOptionList());
  }
  return table->time_travel == TimeTravelKind::kNone ? ParseTimeTravel(table) : Status();
}

Status Parser::ParseTimeTravel(TableRelation* table) {
  if (Sees(TokenKind::kAt, 0)) {
    return ParseAtSign(table);
  }
  const size_t word = Sees("FOR", 0) ? 1 : 0;
  if (!Sees("AS", word + 1) || !Sees("OF", word + 2)) {
    return {};
  }
  if (SeesAny({"VERSION", "SYSTEM_VERSION"}, word)) {
    table->time_travel = TimeTravelKind::kVersion;
  } else if (SeesAny({"TIMESTAMP", "SYSTEM_TIME"}, word)) {
    table->time_travel = TimeTravelKind::kTimestamp;
  } else {
    return {};
  }
  Advance(word + 3);
  table->travel_point = TRY(ParseValueExpression());
  return {};
}

// t@v12 and t@20240115103000000 (year to millisecond).
Status Parser::ParseAtSign(TableRelation* table) {
  const Token& at = Peek();
  const Token& point = Peek(1);
  const std::string_view text = TextOf(point);
  const SourceRange range{at.begin, point.end};
  const bool version = point.kind == TokenKind::kWord && text.size() > 1 &&
                       (text[0] == 'v' || text[0] == 'V') &&
                       text.find_first_not_of("0123456789", 1) == std::string_view::npos;
  const bool timestamp = point.kind == TokenKind::kInteger && text.size() == 17;
  if (!version && !timestamp) {
    return ErrorAt(range, "After '@' stands a version such as v12, or a time as yyyyMMddHHmmssSSS");
  }
  Ptr<Literal> literal(new Literal);
  literal->range = range;
  if (version) {
    table->time_travel = TimeTravelKind::kVersion;
    literal->literal_kind = LiteralKind::kInteger;
    literal->text = text.substr(1);
  } else {
    table->time_travel = TimeTravelKind::kTimestamp;
    literal->literal_kind = LiteralKind::kTimestamp;
    literal->text =
        fmt::format("{}-{}-{} {}:{}:{}.{}", text.substr(0, 4), text.substr(4, 2), text.substr(6, 2),
                    text.substr(8, 2), text.substr(10, 2), text.substr(12, 2), text.substr(14, 3));
  }
  table->travel_point = std::move(literal);
  Advance(2);
  return {};
}

Result<ChangesClause> Parser::ParseChanges() {
  Advance(2);
  ChangesClause changes;
  if (Accept("TIMESTAMP")) {
    changes.unit = TimeTravelKind::kTimestamp;
  } else {
    TRY(Expect("VERSION"));
  }
  const auto bound = [this](ExpressionPtr* point, bool* inclusive) -> Status {
    *point = TRY(ParseValueExpression());
    if (Accept("EXCLUSIVE")) {
      *inclusive = false;
    } else {
      Accept("INCLUSIVE");
    }
    return {};
  };
  TRY(bound(&changes.from, &changes.from_inclusive));
  if (Accept("TO")) {
    TRY(Expect(changes.unit == TimeTravelKind::kVersion ? Keyword("VERSION")
                                                        : Keyword("TIMESTAMP")));
    TRY(bound(&changes.to, &changes.to_inclusive));
  }
  return changes;
}

Result<RelationPtr> Parser::ParseTableFunction(Name name, bool stream, uint32_t begin) {
  if (!name.parts.empty() && tokens_[position_ - 1].keyword == Keyword("IDENTIFIER").id) {
    return Unexpected("the end of the name: IDENTIFIER(...) stands for a whole name");
  }
  TRY(Expect(TokenKind::kLeftParen));
  Ptr<TableFunctionRelation> function(new TableFunctionRelation);
  function->name = std::move(name);
  function->stream = stream;
  if (!Sees(TokenKind::kRightParen, 0)) {
    function->arguments = TRY(ParseArguments(false));
  }
  TRY(Expect(TokenKind::kRightParen));
  if (Sees("WITH", 0) && Sees(TokenKind::kLeftParen, 1)) {
    Advance();
    function->options = TRY(ParseOptionList());
  }
  if (!stream) {
    TRY(ParseRelationSuffixes(function.get()));
  }
  function->range = RangeFrom(begin);
  return function;
}

Result<RelationPtr> Parser::ParseValues() {
  const uint32_t begin = Begin();
  TRY(Expect("VALUES"));
  Ptr<ValuesRelation> values(new ValuesRelation);
  values->rows = TRY(ParseExpressionList());
  TRY(ParseRelationSuffixes(values.get()));
  values->range = RangeFrom(begin);
  return values;
}

// STREAM name, STREAM(name), STREAM function(...), STREAM(function(...)), STREAM (query).
Result<RelationPtr> Parser::ParseStream() {
  const uint32_t begin = Begin();
  TRY(Expect("STREAM"));
  RelationPtr relation;
  const bool parenthesized = Sees(TokenKind::kLeftParen, 0);
  if (Peek().opens_query) {
    QueryPtr query = TRY(ParseParenthesizedQuery());
    Ptr<SubqueryRelation> subquery(new SubqueryRelation);
    subquery->query = std::move(query);
    subquery->stream = true;
    relation = std::move(subquery);
  } else {
    if (parenthesized) {
      Advance();
    }
    Name name = TRY(ParseMultipartName("a table or a function"));
    if (Sees(TokenKind::kLeftParen, 0)) {
      relation = TRY(ParseTableFunction(std::move(name), true, begin));
    } else {
      Ptr<TableRelation> table(new TableRelation);
      table->name = std::move(name);
      table->stream = true;
      TRY(ParseTableModifiers(table.get()));
      relation = std::move(table);
    }
    if (parenthesized) {
      TRY(Expect(TokenKind::kRightParen));
      if (relation->kind == RelationKind::kTable) {
        TRY(ParseTableModifiers(static_cast<TableRelation*>(relation.get())));
      }
    }
  }
  TRY(ParseRelationSuffixes(relation.get()));
  relation->range = RangeFrom(begin);
  return relation;
}

// [TABLESAMPLE ...] [WATERMARK ...] [[AS] alias [(columns)]]
Status Parser::ParseRelationSuffixes(Relation* relation) {
  if (Sees("TABLESAMPLE", 0)) {
    relation->sample = TRY(ParseSample());
  }
  if (Sees("WATERMARK", 0) && !Sees(TokenKind::kLeftParen, 1) && !AtEnd() &&
      !SeesAny({TokenKind::kEnd, TokenKind::kComma, TokenKind::kRightParen}, 1)) {
    relation->watermark = TRY(ParseWatermark());
  }
  relation->alias = TRY(ParseTableAlias());
  return {};
}

Result<Watermark> Parser::ParseWatermark() {
  TRY(Expect("WATERMARK"));
  Watermark watermark;
  const uint32_t begin = Begin();
  ExpressionPtr column = TRY(ParseExpression());
  if (Accept("AS")) {
    auto alias = Make<Alias>(begin);
    alias->names.push_back(TRY(ParseIdentifier()));
    alias->operand = std::move(column);
    column = std::move(alias);
  }
  watermark.column = std::move(column);
  TRY(ExpectAll({"DELAY", "OF"}));
  watermark.delay = TRY(ParseValueExpression());
  return watermark;
}

bool Parser::AtTableAlias() const {
  if (!AtName() || AtClause()) {
    return false;
  }
  if (SeesAny({"ANTI",    "CROSS", "EXCEPT",  "FULL",   "INNER", "INTERSECT", "JOIN",
               "LATERAL", "LEFT",  "NATURAL", "ON",     "RIGHT", "SEMI",      "SETMINUS",
               "UNION",   "USING", "WHERE",   "SET",    "WHEN",  "MINUS",     "HAVING",
               "QUALIFY", "LIMIT", "OFFSET",  "SELECT", "VALUES"})) {
    return false;
  }
  return !AtPivot() && !(Sees("WITH", 0) && Sees(TokenKind::kLeftParen, 1)) &&
         !(Sees("WITH", 0) && Sees("SCHEMA", 1)) && !(Sees("REPLACE", 0) && Sees("WHERE", 1)) &&
         !(Sees("CHANGES", 0) && Sees("FROM", 1)) && !(Sees("BY", 0) && Sees("NAME", 1));
}

Result<std::optional<TableAlias>> Parser::ParseTableAlias() {
  TableAlias alias;
  const bool said = Accept("AS");
  if (said && Sees(TokenKind::kLeftParen, 0)) {
    alias.columns = TRY(ParseIdentifierList());
    return alias;
  }
  if (!said && !AtTableAlias()) {
    return std::optional<TableAlias>();
  }
  alias.name = TRY(ParseIdentifier("an alias"));
  if (Sees(TokenKind::kLeftParen, 0)) {
    alias.columns = TRY(ParseIdentifierList());
  }
  return alias;
}

// TABLESAMPLE (...) [REPEATABLE (seed)]
Result<TableSample> Parser::ParseSample() {
  TRY(Expect("TABLESAMPLE"));
  AcceptAny({"SYSTEM", "BERNOULLI"});
  TRY(Expect(TokenKind::kLeftParen));
  TableSample sample;
  if (AcceptAll({"BUCKET"})) {
    sample.unit = SampleUnit::kBucket;
    sample.amount = TRY(ParseValueExpression());
    TRY(ExpectAll({"OUT", "OF"}));
    sample.bucket_count = TRY(ParseDigits());
  } else if (Sees(TokenKind::kWord, 0) && Peek().keyword == 0 && Sees(TokenKind::kRightParen, 1)) {
    sample.unit = SampleUnit::kBytes;
    sample.bytes = std::string(TextOf(Peek()));
    Advance();
  } else {
    sample.amount = TRY(ParseValueExpression());
    if (Accept("ROWS")) {
      sample.unit = SampleUnit::kRows;
    } else {
      TRY(Expect("PERCENT"));
    }
  }
  TRY(Expect(TokenKind::kRightParen));
  if (Accept("REPEATABLE")) {
    TRY(Expect(TokenKind::kLeftParen));
    sample.seed = TRY(ParseSignedInteger());
    TRY(Expect(TokenKind::kRightParen));
  }
  return sample;
}

}  // namespace lakesmith::sql
