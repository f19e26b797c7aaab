#include <string>
#include <utility>

#include "sql/parser_internal.h"

namespace lakesmith::sql {

Result<StatementPtr> Parser::ParseInsert() {
  const uint32_t begin = Begin();
  TRY(Expect("INSERT"));
  Ptr<Insert> insert(new Insert);
  insert->with_schema_evolution = AcceptAll({"WITH", "SCHEMA", "EVOLUTION"});
  if (Accept("OVERWRITE")) {
    insert->mode = InsertMode::kOverwrite;
  } else {
    TRY(Expect("INTO"));
  }
  if (insert->mode == InsertMode::kOverwrite &&
      ((Sees("LOCAL", 0) && Sees("DIRECTORY", 1)) ||
       (Sees("DIRECTORY", 0) && (Sees(TokenKind::kString, 1) || Sees("USING", 1))))) {
    TRY(ParseInsertDirectory(insert.get()));
  } else {
    TRY(ParseInsertTarget(insert.get()));
  }
  insert->query = TRY(ParseQuery());
  insert->range = RangeFrom(begin);
  return insert;
}

Status Parser::ParseInsertTarget(Insert* insert) {
  if (Sees("TABLE", 0) && SeesAny({TokenKind::kWord, TokenKind::kQuotedName}, 1)) {
    Advance();
  }
  insert->table = TRY(ParseMultipartName("a table"));
  if (Sees("WITH", 0) && Sees(TokenKind::kLeftParen, 1)) {
    Advance();
    insert->table_options = TRY(ParseOptionList());
  }
  if (Sees("AS", 0) || (AtTableAlias() && SeesAny({"REPLACE"}, 1))) {
    insert->alias = TRY(ParseTableAlias());
  }
  if (Accept("PARTITION")) {
    insert->partition = TRY(ParsePartition());
    insert->if_not_exists = AcceptIfNotExists();
  }
  if (AcceptAll({"REPLACE", "WHERE"})) {
    insert->mode = InsertMode::kReplaceWhere;
    insert->replace_where = TRY(ParseExpression());
  } else if (AcceptAll({"REPLACE", "USING"})) {
    insert->mode = InsertMode::kReplaceUsing;
    insert->replace_using = TRY(ParseIdentifierList());
  } else if (AcceptAll({"REPLACE", "ON"})) {
    insert->mode = InsertMode::kReplaceOn;
    insert->replace_where = TRY(ParseExpression());
  }
  if (AcceptAll({"BY", "NAME"})) {
    insert->by_name = true;
  } else if (Sees(TokenKind::kLeftParen, 0) && !Peek().opens_query) {
    insert->columns = TRY(ParseIdentifierList());
  }
  if (AcceptAll({"REPLACE", "WHERE"})) {
    insert->mode = InsertMode::kReplaceWhere;
    insert->replace_where = TRY(ParseExpression());
  }
  return {};
}

Status Parser::ParseInsertDirectory(Insert* insert) {
  insert->directory = true;
  insert->local = Accept("LOCAL");
  TRY(Expect("DIRECTORY"));
  if (Sees(TokenKind::kString, 0)) {
    insert->path = TakeText();
  }
  insert->row_format = TakeRowFormat();
  if (Accept("USING")) {
    insert->provider = TRY(ParseMultipartName("a format"));
  } else if (AcceptAll({"STORED", "AS"})) {
    insert->provider = TRY(ParseMultipartName("a format"));
  }
  if (Accept("OPTIONS")) {
    insert->options = TRY(ParseOptionList());
  }
  return {};
}

// FROM relation INSERT ... INSERT ...
Result<StatementPtr> Parser::ParseMultiInsert(std::optional<WithClause> with, uint32_t begin) {
  TRY(Expect("FROM"));
  Ptr<MultiInsert> multi(new MultiInsert);
  multi->with = std::move(with);
  multi->from = TRY(ParseFrom());
  do {
    multi->inserts.push_back(TRY(ParseInsert()));
  } while (Sees("INSERT", 0));
  multi->range = RangeFrom(begin);
  return multi;
}

// A table with an optional alias.
Result<RelationPtr> Parser::ParseDmlTarget() {
  const uint32_t begin = Begin();
  Ptr<TableRelation> table(new TableRelation);
  table->name = TRY(ParseMultipartName("a table"));
  table->alias = TRY(ParseTableAlias());
  table->range = RangeFrom(begin);
  return table;
}

Result<Assignment> Parser::ParseAssignment() {
  Assignment assignment;
  assignment.target = TRY(ParsePath());
  TRY(Expect(TokenKind::kEqual));
  assignment.value = TRY(ParseExpression());
  return assignment;
}

Result<StatementPtr> Parser::ParseUpdate(std::optional<WithClause> with) {
  const uint32_t begin = Begin();
  TRY(Expect("UPDATE"));
  Ptr<Update> update(new Update);
  update->with = std::move(with);
  update->target = TRY(ParseDmlTarget());
  TRY(Expect("SET"));
  update->assignments = TRY(ParseList<Assignment>([this] { return ParseAssignment(); }));
  if (Accept("WHERE")) {
    update->where = TRY(ParseExpression());
  }
  update->range = RangeFrom(begin);
  return update;
}

Result<StatementPtr> Parser::ParseDelete(std::optional<WithClause> with) {
  const uint32_t begin = Begin();
  TRY(ExpectAll({"DELETE", "FROM"}));
  Ptr<Delete> statement(new Delete);
  statement->with = std::move(with);
  statement->target = TRY(ParseDmlTarget());
  if (Accept("WHERE")) {
    statement->where = TRY(ParseExpression());
  }
  statement->range = RangeFrom(begin);
  return statement;
}

Result<StatementPtr> Parser::ParseTruncate() {
  const uint32_t begin = Begin();
  TRY(ExpectAll({"TRUNCATE", "TABLE"}));
  Ptr<Truncate> truncate(new Truncate);
  truncate->table = TRY(ParseMultipartName("a table"));
  if (Accept("PARTITION")) {
    truncate->partition = TRY(ParsePartition());
  }
  truncate->range = RangeFrom(begin);
  return truncate;
}

Result<StatementPtr> Parser::ParseLoad() {
  const uint32_t begin = Begin();
  TRY(ExpectAll({"LOAD", "DATA"}));
  Ptr<LoadData> load(new LoadData);
  load->local = Accept("LOCAL");
  TRY(Expect("INPATH"));
  load->path = TRY(ParseText("a path"));
  load->overwrite = Accept("OVERWRITE");
  TRY(ExpectAll({"INTO", "TABLE"}));
  load->table = TRY(ParseMultipartName("a table"));
  if (Accept("PARTITION")) {
    load->partition = TRY(ParsePartition());
  }
  load->range = RangeFrom(begin);
  return load;
}

}  // namespace lakesmith::sql
