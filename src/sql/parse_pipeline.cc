#include <string>
#include <utility>

#include "sql/parser_internal.h"

namespace lakesmith::sql {

Result<StatementPtr> Parser::ParseCreateFlow(uint32_t begin) {
  Ptr<CreateFlow> create(new CreateFlow);
  create->name = TRY(ParseMultipartName("a name for the flow"));
  if (Accept("COMMENT")) {
    create->comment = TRY(ParseText());
  }
  TRY(Expect("AS"));
  create->flow = TRY(ParseFlowBody());
  create->range = RangeFrom(begin);
  return create;
}

// INSERT INTO ..., AUTO CDC INTO ..., APPLY CHANGES INTO ...
Result<FlowBody> Parser::ParseFlowBody() {
  FlowBody flow;
  if (Accept("INSERT")) {
    flow.once = Accept("ONCE");
    TRY(Expect("INTO"));
    flow.once |= Sees("ONCE", 0) && SeesAny({TokenKind::kWord, TokenKind::kQuotedName}, 1) &&
                 !SeesAny({"BY", "REPLACE", "SELECT"}, 1) && Accept("ONCE");
    flow.target = TRY(ParseMultipartName("a table"));
    if (AcceptAll({"REPLACE", "WHERE"})) {
      flow.flow_kind = FlowKind::kReplaceWhere;
      flow.replace_where = TRY(ParseExpression());
    }
    flow.by_name = AcceptAll({"BY", "NAME"});
    if (Sees(TokenKind::kLeftParen, 0) && !Peek().opens_query) {
      flow.columns = TRY(ParseIdentifierList());
    }
    flow.query = TRY(ParseQuery());
    return flow;
  }
  if (AcceptAll({"AUTO", "CDC"}) || AcceptAll({"APPLY", "CHANGES"})) {
    flow.flow_kind = FlowKind::kAutoCdc;
    flow.once = Accept("ONCE");
    TRY(Expect("INTO"));
    flow.target = TRY(ParseMultipartName("a table"));
    flow.auto_cdc = TRY(ParseAutoCdc());
    return flow;
  }
  return Unexpected("a flow");
}

// Behind CREATE STREAMING TABLE ... FLOW.
Result<FlowBody> Parser::ParseInlineFlow() {
  FlowBody flow;
  if (AcceptAll({"AUTO", "CDC"}) || AcceptAll({"APPLY", "CHANGES"})) {
    flow.flow_kind = FlowKind::kAutoCdc;
    flow.once = Accept("ONCE");
    flow.auto_cdc = TRY(ParseAutoCdc());
    return flow;
  }
  TRY(Expect("INSERT"));
  flow.once = Accept("ONCE");
  if (AcceptAll({"REPLACE", "WHERE"})) {
    flow.flow_kind = FlowKind::kReplaceWhere;
    flow.replace_where = TRY(ParseExpression());
  }
  TRY(ExpectAll({"BY", "NAME"}));
  flow.by_name = true;
  flow.query = TRY(ParseQuery());
  return flow;
}

Result<StatementPtr> Parser::ParseApplyChanges() {
  const uint32_t begin = Begin();
  Ptr<CreateFlow> create(new CreateFlow);
  create->flow = TRY(ParseFlowBody());
  create->range = RangeFrom(begin);
  return create;
}

Result<StatementPtr> Parser::ParseCreateSink(uint32_t begin) {
  Ptr<CreateSink> create(new CreateSink);
  create->name = TRY(ParseMultipartName("a name for the sink"));
  if (Accept("USING")) {
    create->provider = TRY(ParseMultipartName("a format"));
  }
  TRY(Expect("OPTIONS"));
  create->options = TRY(ParseOptionList());
  create->range = RangeFrom(begin);
  return create;
}

// FROM source KEYS (...) and the options in any order.
Result<AutoCdc> Parser::ParseAutoCdc() {
  const uint32_t begin = Begin();
  TRY(Expect("FROM"));
  AutoCdc cdc;
  cdc.source = TRY(ParseCdcSource());
  bool keys = false;
  while (true) {
    if (Accept("KEYS")) {
      cdc.keys = TRY(ParseIdentifierList());
      keys = true;
    } else if (!TRY(ParseCdcOption(&cdc))) {
      break;
    }
  }
  cdc.range = RangeFrom(begin);
  if (!keys) {
    return Unexpected("KEYS (columns)");
  }
  if (!cdc.sequence_by) {
    return Unexpected("SEQUENCE BY expression");
  }
  return cdc;
}

// [STREAM] name, (name), (query) or function(...), without an alias.
Result<RelationPtr> Parser::ParseCdcSource() {
  const uint32_t begin = Begin();
  if (Sees("STREAM", 0)) {
    return ParseStream();
  }
  if (Peek().opens_query) {
    QueryPtr query = TRY(ParseParenthesizedQuery());
    auto subquery = Make<SubqueryRelation>(begin);
    subquery->query = std::move(query);
    return subquery;
  }
  const bool parenthesized = Accept(TokenKind::kLeftParen);
  Name name = TRY(ParseMultipartName("a table, a function or a query in parentheses"));
  RelationPtr relation;
  if (Sees(TokenKind::kLeftParen, 0)) {
    relation = TRY(ParseTableFunction(std::move(name), false, begin));
  } else {
    auto table = Make<TableRelation>(begin);
    table->name = std::move(name);
    TRY(ParseTableModifiers(table.get()));
    relation = std::move(table);
  }
  if (parenthesized) {
    TRY(Expect(TokenKind::kRightParen));
  }
  return relation;
}

// False when no option begins here.
Result<bool> Parser::ParseCdcOption(AutoCdc* cdc) {
  if (AcceptAll({"SEQUENCE", "BY"})) {
    cdc->sequence_by = TRY(ParseExpression());
  } else if (AcceptAll({"APPLY", "AS", "DELETE", "WHEN"})) {
    cdc->delete_when = TRY(ParseExpression());
  } else if (AcceptAll({"APPLY", "AS", "TRUNCATE", "WHEN"})) {
    cdc->truncate_when = TRY(ParseExpression());
  } else if (AcceptAll({"IGNORE", "NULL", "UPDATES"})) {
    cdc->ignore_null_updates = true;
    if (Accept("ON")) {
      cdc->ignore_null_updates_on = TRY(ParseColumnSelection());
    }
  } else if (AcceptAll({"COLUMNS", "TO", "UPDATE"})) {
    cdc->columns_to_update = TRY(ParseIdentifier("a column")).name;
  } else if (Accept("COLUMNS")) {
    cdc->columns = TRY(ParseColumnSelection());
  } else if (AcceptAll({"STORED", "AS"})) {
    TRY(ParseStoredAs(cdc));
  } else if (AcceptAll({"SYSTEM", "SEQUENCE", "BY"})) {
    cdc->system_sequence_by = TRY(ParseIdentifier("a column")).name;
  } else if (AcceptAll({"TRACK", "HISTORY", "ON"})) {
    cdc->track_history_on = TRY(ParseColumnSelection());
  } else {
    return false;
  }
  return true;
}

Status Parser::ParseStoredAs(AutoCdc* cdc) {
  cdc->stored_as_given = true;
  if (Accept("BITEMPORAL")) {
    cdc->stored_as = ScdType::kBitemporal;
    return {};
  }
  TRY(ExpectAll({"SCD", "TYPE"}));
  const SourceRange range{Peek().begin, Peek().end};
  const std::string type = TRY(ParseDigits());
  if (type != "1" && type != "2") {
    return ErrorAt(range, "There are SCD TYPE 1 and SCD TYPE 2");
  }
  cdc->stored_as = type == "1" ? ScdType::kType1 : ScdType::kType2;
  return {};
}

// (a, b), a, b or * EXCEPT (a, b)
Result<ColumnSelection> Parser::ParseColumnSelection() {
  ColumnSelection selection;
  if (Accept(TokenKind::kStar)) {
    TRY(Expect("EXCEPT"));
    selection.selection_kind = ColumnSelectionKind::kAllExcept;
    selection.columns = TRY(ParseIdentifierList());
    return selection;
  }
  selection.selection_kind = ColumnSelectionKind::kList;
  selection.columns =
      Sees(TokenKind::kLeftParen, 0)
          ? TRY(ParseIdentifierList())
          : TRY(ParseList<Identifier>([this] { return ParseIdentifier("a column"); }));
  return selection;
}

}  // namespace lakesmith::sql
