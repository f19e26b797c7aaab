#include <string>
#include <utility>

#include "sql/parser_internal.h"

namespace lakesmith::sql {

namespace {

struct ShowForm {
  ShowKind kind;
  std::initializer_list<Keyword> words;
};

}  // namespace

// SHOW kind [IN | FROM schema] [[LIKE] 'pattern'], and the kinds of other shape.
Result<StatementPtr> Parser::ParseShow() {
  static constexpr ShowForm kForms[] = {
      {ShowKind::kTableExtended, {"TABLE", "EXTENDED"}},
      {ShowKind::kTablesDropped, {"TABLES", "DROPPED"}},
      {ShowKind::kTables, {"TABLES"}},
      {ShowKind::kMaterializedViews, {"MATERIALIZED", "VIEWS"}},
      {ShowKind::kStreamingTables, {"STREAMING", "TABLES"}},
      {ShowKind::kViews, {"VIEWS"}},
      {ShowKind::kSchemas, {"SCHEMAS"}},
      {ShowKind::kSchemas, {"DATABASES"}},
      {ShowKind::kSchemas, {"NAMESPACES"}},
      {ShowKind::kCatalogs, {"CATALOGS"}},
      {ShowKind::kVolumes, {"VOLUMES"}},
      {ShowKind::kVariables, {"VARIABLES"}},
      {ShowKind::kUsers, {"USERS"}},
      {ShowKind::kGroups, {"GROUPS"}},
      {ShowKind::kExternalLocations, {"EXTERNAL", "LOCATIONS"}},
      {ShowKind::kStorageCredentials, {"STORAGE", "CREDENTIALS"}},
      {ShowKind::kStorageCredentials, {"CREDENTIALS"}},
      {ShowKind::kConnections, {"CONNECTIONS"}},
      {ShowKind::kShares, {"SHARES"}},
      {ShowKind::kRecipients, {"RECIPIENTS"}},
      {ShowKind::kProviders, {"PROVIDERS"}},
      {ShowKind::kProcedures, {"PROCEDURES"}},
      {ShowKind::kCollations, {"COLLATIONS"}},
      {ShowKind::kCurrentSchema, {"CURRENT", "SCHEMA"}},
      {ShowKind::kCurrentSchema, {"CURRENT", "DATABASE"}},
      {ShowKind::kCurrentSchema, {"CURRENT", "NAMESPACE"}},
  };
  const uint32_t begin = Begin();
  TRY(Expect("SHOW"));
  Ptr<Show> show(new Show);
  bool plain = false;
  for (const ShowForm& form : kForms) {
    if (AcceptAll(form.words)) {
      show->show_kind = form.kind;
      plain = true;
      break;
    }
  }
  TRY(plain ? ParseShowNames(show.get()) : ParseShowOther(show.get()));
  show->as_json |= AcceptAll({"AS", "JSON"});
  show->range = RangeFrom(begin);
  return show;
}

Status Parser::ParseShowNames(Show* show) {
  if (AcceptAny({"IN", "FROM"}) != 0) {
    show->in = TRY(ParseMultipartName("a schema"));
  }
  if (Accept("LIKE") || Sees(TokenKind::kString, 0)) {
    show->pattern = TRY(ParseText("a pattern between quotes"));
  }
  if (show->show_kind == ShowKind::kTableExtended && Accept("PARTITION")) {
    show->partition = TRY(ParsePartition());
  }
  return {};
}

Status Parser::ParseShowOther(Show* show) {
  if (Accept("COLUMNS")) {
    return ParseShowColumns(show);
  }
  if (AcceptAll({"CREATE", "TABLE"}) || AcceptAll({"CREATE", "VIEW"})) {
    show->show_kind = ShowKind::kCreateTable;
    show->name = TRY(ParseMultipartName("a table"));
    show->as_serde = AcceptAll({"AS", "SERDE"});
    return {};
  }
  if (Accept("TBLPROPERTIES")) {
    show->show_kind = ShowKind::kTableProperties;
    show->name = TRY(ParseMultipartName("a table"));
    if (Accept(TokenKind::kLeftParen)) {
      show->key = TRY(ParseOption(false)).key;
      TRY(Expect(TokenKind::kRightParen));
    }
    return {};
  }
  if (Accept("PARTITIONS")) {
    show->show_kind = ShowKind::kPartitions;
    show->name = TRY(ParseMultipartName("a table"));
    if (Accept("PARTITION")) {
      show->partition = TRY(ParsePartition());
    }
    return {};
  }
  if (Accept("POLICIES")) {
    show->show_kind = ShowKind::kPolicies;
    TRY(Expect("ON"));
    AcceptObjectKind();
    show->name = TRY(ParseMultipartName());
    return {};
  }
  if (AcceptAny({"GRANTS", "GRANT"}) != 0) {
    return ParseShowGrants(show);
  }
  return ParseShowFunctions(show);
}

// [USER | SYSTEM | ALL] FUNCTIONS [IN schema] [[LIKE] name or 'pattern']
Status Parser::ParseShowFunctions(Show* show) {
  show->show_kind = ShowKind::kFunctions;
  if (SeesAny({"USER", "SYSTEM", "ALL"}) && Sees("FUNCTIONS", 1)) {
    show->scope = UpperText(Peek());
    Advance();
  }
  TRY(Expect("FUNCTIONS"));
  if (AcceptAny({"IN", "FROM"}) != 0) {
    show->in = TRY(ParseMultipartName("a schema"));
  }
  Accept("LIKE");
  if (Sees(TokenKind::kString, 0)) {
    show->pattern = TakeText();
  } else if (!AtEnd() && !Sees("AS", 0)) {
    show->name = TRY(ParseMultipartName("a function"));
  }
  return {};
}

// COLUMNS IN t [IN schema]
Status Parser::ParseShowColumns(Show* show) {
  show->show_kind = ShowKind::kColumns;
  if (AcceptAny({"IN", "FROM"}) == 0) {
    return Unexpected();
  }
  show->name = TRY(ParseMultipartName("a table"));
  if (AcceptAny({"IN", "FROM"}) != 0) {
    show->in = TRY(ParseMultipartName("a schema"));
  }
  return {};
}

// GRANTS [principal] ON object
Status Parser::ParseShowGrants(Show* show) {
  show->show_kind = ShowKind::kGrants;
  if (!Sees("ON", 0)) {
    show->principal = TRY(ParsePrincipal());
  }
  TRY(Expect("ON"));
  if (const auto object = AcceptObjectKind()) {
    show->object = *object;
  }
  if (!AtEnd()) {
    show->name = TRY(ParseMultipartName());
  }
  return {};
}

Result<StatementPtr> Parser::ParseDescribe() {
  struct DescribeForm {
    DescribeKind kind;
    std::initializer_list<Keyword> words;
  };
  static constexpr DescribeForm kForms[] = {
      {DescribeKind::kHistory, {"HISTORY"}},
      {DescribeKind::kDetail, {"DETAIL"}},
      {DescribeKind::kFunction, {"FUNCTION"}},
      {DescribeKind::kSchema, {"SCHEMA"}},
      {DescribeKind::kSchema, {"DATABASE"}},
      {DescribeKind::kSchema, {"NAMESPACE"}},
      {DescribeKind::kCatalog, {"CATALOG"}},
      {DescribeKind::kVolume, {"VOLUME"}},
      {DescribeKind::kExternalLocation, {"EXTERNAL", "LOCATION"}},
      {DescribeKind::kStorageCredential, {"STORAGE", "CREDENTIAL"}},
      {DescribeKind::kConnection, {"CONNECTION"}},
      {DescribeKind::kShare, {"SHARE"}},
      {DescribeKind::kRecipient, {"RECIPIENT"}},
      {DescribeKind::kProvider, {"PROVIDER"}},
      {DescribeKind::kProcedure, {"PROCEDURE"}},
  };
  const uint32_t begin = Begin();
  if (AcceptAny({"DESCRIBE", "DESC"}) == 0) {
    return Unexpected();
  }
  Ptr<Describe> describe(new Describe);
  for (const DescribeForm& form : kForms) {
    // A word at the end is the name of a table.
    if (AtAll(form.words) &&
        !SeesAny({TokenKind::kEnd, TokenKind::kSemicolon, TokenKind::kDot}, form.words.size())) {
      Advance(form.words.size());
      describe->describe_kind = form.kind;
      break;
    }
  }
  if (describe->describe_kind == DescribeKind::kTable) {
    TRY(ParseDescribeTable(describe.get()));
  } else {
    describe->extended =
        Sees("EXTENDED", 0) && !SeesAny({TokenKind::kEnd}, 1) && Accept("EXTENDED");
    describe->name =
        Sees(TokenKind::kString, 0) ? TRY(ParseTableOrPath()) : TRY(ParseDescribedName());
    if (describe->describe_kind == DescribeKind::kHistory && Accept("LIMIT")) {
      describe->limit = TRY(ParseDigits());
    }
  }
  describe->range = RangeFrom(begin);
  return describe;
}

// Functions may be operators: DESCRIBE FUNCTION +.
Result<Name> Parser::ParseDescribedName() {
  if (AtName()) {
    return ParseMultipartName();
  }
  if (AtEnd() || Peek().kind == TokenKind::kUnknown) {
    return Unexpected("a name");
  }
  const uint32_t begin = Begin();
  while (!AtEnd()) {
    Advance();
  }
  Name name;
  name.range = RangeFrom(begin);
  name.parts.push_back({.name = std::string(TextBetween(begin, name.range.end)),
                        .quoted = true,
                        .range = name.range});
  return name;
}

// [QUERY] query, or [TABLE] [EXTENDED | FORMATTED] t [PARTITION (...)] [column] [AS JSON]
Status Parser::ParseDescribeTable(Describe* describe) {
  const bool query_word = Sees("QUERY", 0) && AtQuery(1);
  if (query_word || (AtQuery() && !(Sees("TABLE", 0)))) {
    if (query_word) {
      Advance();
    }
    describe->describe_kind = DescribeKind::kQuery;
    describe->query = TRY(ParseQuery());
    return {};
  }
  const auto followed = [this] {
    return !SeesAny({TokenKind::kEnd, TokenKind::kSemicolon, TokenKind::kDot}, 1);
  };
  if (Sees("TABLE", 0) && followed()) {
    Advance();
  }
  if (Sees("EXTENDED", 0) && followed()) {
    Advance();
    describe->extended = true;
  } else if (Sees("FORMATTED", 0) && followed()) {
    Advance();
    describe->formatted = true;
  }
  describe->name = TRY(ParseTableOrPath());
  if (Accept("PARTITION")) {
    describe->partition = TRY(ParsePartition());
  }
  if (AtName() && !Sees("AS", 0)) {
    describe->column = TRY(ParsePath());
  }
  describe->as_json = AcceptAll({"AS", "JSON"});
  return {};
}

}  // namespace lakesmith::sql
