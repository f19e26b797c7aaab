#include <string>
#include <utility>
#include <vector>

#include "sql/lexer.h"
#include "sql/parser_internal.h"

namespace lakesmith::sql {

bool Parser::AcceptIfNotExists() { return AcceptAll({"IF", "NOT", "EXISTS"}); }
bool Parser::AcceptIfExists() { return AcceptAll({"IF", "EXISTS"}); }

// VIEW, LIVE VIEW or STREAMING LIVE VIEW.
bool Parser::AcceptViewWords(CreateView& view) {
  view.streaming =
      Sees("STREAMING", 0) && Sees("LIVE", 1) && Sees("VIEW", 2) && Accept("STREAMING");
  view.live = Sees("LIVE", 0) && Sees("VIEW", 1) && Accept("LIVE");
  return Accept("VIEW");
}

// TABLE, STREAMING [LIVE] TABLE, LIVE TABLE or MATERIALIZED VIEW.
bool Parser::AcceptTableWords(CreateTable& table) {
  if (AcceptAll({"STREAMING", "TABLE"})) {
    table.table_kind = TableKind::kStreamingTable;
    return true;
  }
  if (AcceptAll({"STREAMING", "LIVE", "TABLE"})) {
    table.table_kind = TableKind::kStreamingTable;
    table.live = true;
    return true;
  }
  if (AcceptAll({"MATERIALIZED", "VIEW"})) {
    table.table_kind = TableKind::kMaterializedView;
    return true;
  }
  if (AcceptAll({"LIVE", "TABLE"})) {
    table.table_kind = TableKind::kLiveTable;
    table.live = true;
    return true;
  }
  return Accept("TABLE");
}

Result<StatementPtr> Parser::ParseCreate() {
  const uint32_t begin = Begin();
  TRY(Expect("CREATE"));
  Ptr<CreateTable> table(new CreateTable);
  Ptr<CreateView> view(new CreateView);
  if (AcceptAll({"OR", "REPLACE"})) {
    table->or_replace = view->or_replace = true;
  } else if (AcceptAll({"OR", "REFRESH"})) {
    table->or_refresh = true;
  }
  view->global = Accept("GLOBAL");
  table->private_table = Accept("PRIVATE");
  table->temporary = view->temporary = AcceptAny({"TEMPORARY", "TEMP"}) != 0;
  table->external = Sees("EXTERNAL", 0) && Sees("TABLE", 1) && Accept("EXTERNAL");

  if (AcceptViewWords(*view)) {
    return ParseCreateView(std::move(view), begin);
  }
  if (AcceptTableWords(*table)) {
    return ParseCreateTable(std::move(table), begin);
  }
  if (Accept("FUNCTION")) {
    return ParseCreateFunction(table->or_replace, table->temporary, begin);
  }
  if (Accept("FLOW")) {
    return ParseCreateFlow(begin);
  }
  if (Accept("SINK")) {
    return ParseCreateSink(begin);
  }
  if (Accept("WIDGET")) {
    return ParseCreateWidget(begin);
  }
  if (const auto object = AcceptObjectKind()) {
    return ParseCreateObject(*object, table->or_replace, begin);
  }
  return Unexpected("the kind of what to create");
}

Result<StatementPtr> Parser::ParseReplaceTable() {
  const uint32_t begin = Begin();
  TRY(ExpectAll({"REPLACE", "TABLE"}));
  Ptr<CreateTable> table(new CreateTable);
  table->or_replace = true;
  table->replace_only = true;
  return ParseCreateTable(std::move(table), begin);
}

// Behind TABLE or VIEW.
Result<StatementPtr> Parser::ParseCreateTable(Ptr<CreateTable> create, uint32_t begin) {
  create->if_not_exists = AcceptIfNotExists();
  create->name = TRY(ParseMultipartName("a table"));
  if (Sees("LIKE", 0)) {
    return ParseCreateTableLike(std::move(create), begin);
  }
  if (SeesAny({"SHALLOW", "DEEP", "CLONE"})) {
    return ParseClone(std::move(create), begin);
  }
  if (Sees(TokenKind::kLeftParen, 0) && !Peek().opens_query) {
    // A name alone is enough where a query or a flow gives the types.
    TRY(ParseTableBody(&create->columns, &create->constraints, false));
  }
  TRY(ParseTableClauses(&create->clauses));
  TRY(ParseCreateTableTail(create.get()));
  create->range = RangeFrom(begin);
  for (const ColumnDefinition& column : create->columns) {
    if (!column.type && !create->query && create->table_kind == TableKind::kTable) {
      return ErrorAt(column.range, fmt::format("Column '{}' needs a data type", column.name()));
    }
  }
  return create;
}

Status Parser::ParseCreateTableTail(CreateTable* create) {
  if (create->table_kind == TableKind::kStreamingTable && Accept("FLOW")) {
    create->flow = TRY(ParseInlineFlow());
    return {};
  }
  if (Accept("AS") || AtQuery()) {
    create->query = TRY(ParseQuery());
    return {};
  }
  if (create->table_kind == TableKind::kMaterializedView ||
      create->table_kind == TableKind::kLiveTable) {
    return Unexpected("AS and a query");
  }
  return {};
}

Result<StatementPtr> Parser::ParseCreateTableLike(Ptr<CreateTable> create, uint32_t begin) {
  TRY(Expect("LIKE"));
  Ptr<CreateTableLike> like(new CreateTableLike);
  like->if_not_exists = create->if_not_exists;
  like->name = std::move(create->name);
  like->source = TRY(ParseMultipartName("a table"));
  TRY(ParseTableClauses(&like->clauses));
  like->range = RangeFrom(begin);
  return like;
}

Result<StatementPtr> Parser::ParseClone(Ptr<CreateTable> create, uint32_t begin) {
  Ptr<CloneTable> clone(new CloneTable);
  clone->or_replace = create->or_replace;
  clone->if_not_exists = create->if_not_exists;
  clone->name = std::move(create->name);
  clone->shallow = Accept("SHALLOW");
  if (!clone->shallow) {
    Accept("DEEP");
  }
  TRY(Expect("CLONE"));
  Ptr<TableRelation> source(new TableRelation);
  const uint32_t source_begin = Begin();
  source->name = TRY(ParseMultipartName("a table"));
  TRY(ParseTimeTravel(source.get()));
  source->range = RangeFrom(source_begin);
  clone->source = std::move(source);
  TRY(ParseTableClauses(&clone->clauses));
  clone->range = RangeFrom(begin);
  return clone;
}

Result<StatementPtr> Parser::ParseCreateView(Ptr<CreateView> create, uint32_t begin) {
  create->if_not_exists = AcceptIfNotExists();
  create->name = TRY(ParseMultipartName("a view"));
  if (Sees(TokenKind::kLeftParen, 0)) {
    TRY(ParseTableBody(&create->columns, &create->constraints, false));
  }
  TRY(ParseViewClauses(create.get()));
  TRY(ParseViewBody(create.get()));
  create->range = RangeFrom(begin);
  return create;
}

Status Parser::ParseViewClauses(CreateView* create) {
  while (true) {
    if (Accept("COMMENT")) {
      create->comment = TRY(ParseText());
    } else if (Accept("TBLPROPERTIES")) {
      create->properties = TRY(ParseOptionList());
    } else if (AcceptAll({"DEFAULT", "COLLATION"})) {
      create->default_collation = TRY(ParseIdentifier("a collation")).name;
    } else if (AtAll({"WITH", "SCHEMA"})) {
      create->schema_binding = TRY(ParseSchemaBinding());
    } else if (AcceptAll({"PARTITIONED", "ON"})) {
      TRY(ParseIdentifierList());
    } else if (AcceptAll({"WITH", "METRICS"})) {
      create->metrics = true;
    } else if (Accept("LANGUAGE")) {
      TRY(ParseIdentifier("a language"));
    } else if (Accept("USING")) {
      create->provider = TRY(ParseMultipartName("a format"));
    } else if (Accept("OPTIONS")) {
      create->options = TRY(ParseOptionList());
    } else {
      return {};
    }
  }
}

Result<SchemaBinding> Parser::ParseSchemaBinding() {
  TRY(ExpectAll({"WITH", "SCHEMA"}));
  if (Accept("BINDING")) {
    return SchemaBinding::kBinding;
  }
  if (Accept("COMPENSATION")) {
    return SchemaBinding::kCompensation;
  }
  if (AcceptAll({"TYPE", "EVOLUTION"})) {
    return SchemaBinding::kTypeEvolution;
  }
  TRY(Expect("EVOLUTION"));
  return SchemaBinding::kEvolution;
}

Status Parser::ParseViewBody(CreateView* create) {
  if (!create->provider.empty()) {
    return {};
  }
  TRY(Expect("AS"));
  if (create->metrics) {
    create->metrics_yaml = TRY(ParseText("the definition between $$"));
    return {};
  }
  const uint32_t begin = Begin();
  create->query = TRY(ParseQuery());
  create->query_text.text = std::string(TextBetween(begin, RangeFrom(begin).end));
  return {};
}

}  // namespace lakesmith::sql
