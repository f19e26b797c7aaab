#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "sql/parser_internal.h"

namespace lakesmith::sql {

// Kinds of one word or more, the longer first.
std::optional<ObjectKind> Parser::AcceptObjectKind() {
  if (AcceptAll({"MATERIALIZED", "VIEW"})) return ObjectKind::kMaterializedView;
  if (AcceptAll({"STREAMING", "TABLE"})) return ObjectKind::kStreamingTable;
  if (AcceptAll({"EXTERNAL", "LOCATION"})) return ObjectKind::kExternalLocation;
  if (AcceptAll({"STORAGE", "CREDENTIAL"})) return ObjectKind::kStorageCredential;
  if (AcceptAll({"SERVICE", "CREDENTIAL"})) return ObjectKind::kStorageCredential;
  if (AcceptAll({"ANY", "FILE"})) return ObjectKind::kAnyFile;
  if (AcceptAll({"ANONYMOUS", "FUNCTION"})) return ObjectKind::kAnonymousFunction;
  if (AcceptAll({"EXTERNAL", "VOLUME"})) return ObjectKind::kVolume;
  if (AcceptAll({"FOREIGN", "CATALOG"})) return ObjectKind::kCatalog;
  struct Word {
    Keyword word;
    ObjectKind kind;
  };
  static constexpr Word kWords[] = {
      {"TABLE", ObjectKind::kTable},
      {"VIEW", ObjectKind::kView},
      {"SCHEMA", ObjectKind::kSchema},
      {"DATABASE", ObjectKind::kSchema},
      {"NAMESPACE", ObjectKind::kSchema},
      {"CATALOG", ObjectKind::kCatalog},
      {"FUNCTION", ObjectKind::kFunction},
      {"VOLUME", ObjectKind::kVolume},
      {"VARIABLE", ObjectKind::kVariable},
      {"VAR", ObjectKind::kVariable},
      {"COLUMN", ObjectKind::kColumn},
      {"CONNECTION", ObjectKind::kConnection},
      {"SHARE", ObjectKind::kShare},
      {"RECIPIENT", ObjectKind::kRecipient},
      {"PROVIDER", ObjectKind::kProvider},
      {"WIDGET", ObjectKind::kWidget},
      {"FLOW", ObjectKind::kFlow},
      {"SINK", ObjectKind::kSink},
      {"GROUP", ObjectKind::kGroup},
      {"POLICY", ObjectKind::kPolicy},
      {"PROCEDURE", ObjectKind::kProcedure},
      {"METASTORE", ObjectKind::kMetastore},
      {"CREDENTIAL", ObjectKind::kStorageCredential},
      {"SERVER", ObjectKind::kServer},
      {"INDEX", ObjectKind::kIndex},
      {"MODEL", ObjectKind::kModel},
  };
  for (const Word& word : kWords) {
    if (Accept(word.word)) {
      return word.kind;
    }
  }
  return std::nullopt;
}

Result<StatementPtr> Parser::ParseCreateObject(ObjectKind object, bool or_replace, uint32_t begin) {
  Ptr<CreateObject> create(new CreateObject);
  const KeywordId before = position_ >= 2 ? tokens_[position_ - 2].keyword : KeywordId{0};
  if (before == Keyword("EXTERNAL").id && object == ObjectKind::kVolume) {
    create->variant = "EXTERNAL";
  } else if (before == Keyword("FOREIGN").id) {
    create->variant = "FOREIGN";
  } else if (before == Keyword("SERVICE").id) {
    create->variant = "SERVICE";
  }
  create->object = object;
  create->or_replace = or_replace;
  create->if_not_exists = AcceptIfNotExists();
  create->name = TRY(ParseMultipartName("a name"));
  TRY(ParseObjectClauses(create.get()));
  create->range = RangeFrom(begin);
  return create;
}

Status Parser::ParseObjectClauses(CreateObject* create) {
  while (TRY(ParseObjectClause(create))) {
  }
  return {};
}

Result<bool> Parser::ParseObjectClause(CreateObject* create) {
  if (Accept("COMMENT")) {
    create->comment = TRY(ParseText());
  } else if (Accept("LOCATION") || Accept("URL")) {
    create->location = TRY(ParseText("a location between quotes"));
  } else if (AcceptAll({"MANAGED", "LOCATION"})) {
    create->managed_location = TRY(ParseText("a location between quotes"));
  } else if (AcceptAll({"WITH", "DBPROPERTIES"}) || AcceptAll({"WITH", "PROPERTIES"}) ||
             Accept("DBPROPERTIES") || Accept("PROPERTIES")) {
    create->properties = TRY(ParseOptionList());
  } else if (Accept("OPTIONS")) {
    create->options = TRY(ParseOptionList());
  } else if (AcceptAll({"DEFAULT", "COLLATION"})) {
    create->default_collation = TRY(ParseIdentifier("a collation")).name;
  } else if (Accept("TYPE")) {
    create->connection_type = TRY(ParseIdentifier("a kind of connection")).name;
  } else if (AcceptAll({"USING", "CONNECTION"}) || AcceptAll({"USING", "SHARE"}) ||
             AcceptAll({"USING", "ID"})) {
    create->using_object = TRY(ParseMultipartName());
  } else if (Sees("WITH", 0) && Sees(TokenKind::kLeftParen, 1)) {
    Advance(2);
    AcceptAny({"STORAGE", "SERVICE"});
    TRY(Expect("CREDENTIAL"));
    create->using_object = TRY(ParseMultipartName("a credential"));
    TRY(Expect(TokenKind::kRightParen));
  } else {
    return false;
  }
  return true;
}

// CREATE WIDGET kind name DEFAULT value [CHOICES query | CHOICES a, b]
Result<StatementPtr> Parser::ParseCreateWidget(uint32_t begin) {
  Ptr<CreateObject> create(new CreateObject);
  create->object = ObjectKind::kWidget;
  if (AcceptAny({"TEXT", "DROPDOWN", "COMBOBOX", "MULTISELECT"}) == 0) {
    return Unexpected();
  }
  create->variant = UpperText(tokens_[position_ - 1]);
  create->name = TRY(ParseMultipartName("a name for the widget"));
  if (Accept("DEFAULT")) {
    create->default_value = TRY(ParseExpression());
  }
  if (Accept("CHOICES")) {
    if (AtQuery()) {
      auto subquery = Make<ScalarSubquery>(Begin());
      subquery->query = TRY(ParseQuery());
      create->choices.push_back(std::move(subquery));
    } else {
      create->choices = TRY(ParseExpressionList());
    }
  }
  create->range = RangeFrom(begin);
  return create;
}

Result<StatementPtr> Parser::ParseDrop() {
  const uint32_t begin = Begin();
  TRY(Expect("DROP"));
  Ptr<DropObject> drop(new DropObject);
  drop->temporary = AcceptAny({"TEMPORARY", "TEMP"}) != 0;
  const auto object = AcceptObjectKind();
  if (!object) {
    return Unexpected("the kind of what to drop");
  }
  if (*object == ObjectKind::kVariable && !drop->temporary) {
    position_ -= 1;
    return Unexpected("TEMPORARY before VARIABLE");
  }
  drop->object = *object;
  drop->if_exists = AcceptIfExists();
  drop->name = TRY(ParseMultipartName());
  while (*object == ObjectKind::kVariable && Accept(TokenKind::kComma)) {
    drop->more_names.push_back(TRY(ParseMultipartName()));
  }
  if (*object == ObjectKind::kPolicy && Accept("ON")) {
    AcceptObjectKind();
    drop->more_names.push_back(TRY(ParseMultipartName("a table")));
  }
  while (SeesAny({"CASCADE", "RESTRICT", "PURGE", "FORCE"})) {
    drop->cascade |= Accept("CASCADE");
    drop->restrict |= Accept("RESTRICT");
    drop->purge |= Accept("PURGE");
    drop->force |= Accept("FORCE");
  }
  drop->range = RangeFrom(begin);
  return drop;
}

Result<StatementPtr> Parser::ParseUndrop() {
  const uint32_t begin = Begin();
  TRY(Expect("UNDROP"));
  Ptr<DropObject> drop(new DropObject);
  drop->undrop = true;
  const auto object = AcceptObjectKind();
  if (!object) {
    return Unexpected("TABLE or SCHEMA");
  }
  drop->object = *object;
  drop->name = TRY(ParseMultipartName());
  drop->range = RangeFrom(begin);
  return drop;
}

Result<StatementPtr> Parser::ParseComment() {
  const uint32_t begin = Begin();
  TRY(ExpectAll({"COMMENT", "ON"}));
  Ptr<Comment> comment(new Comment);
  const auto object = AcceptObjectKind();
  if (!object) {
    return Unexpected("the kind of what the comment is on");
  }
  comment->object = *object;
  comment->name = TRY(ParseMultipartName());
  TRY(Expect("IS"));
  if (!Accept("NULL")) {
    comment->comment = TRY(ParseText());
  }
  comment->range = RangeFrom(begin);
  return comment;
}

std::string_view ObjectKindText(ObjectKind kind) {
  static constexpr std::pair<ObjectKind, std::string_view> kTexts[] = {
      {ObjectKind::kTable, "TABLE"},
      {ObjectKind::kView, "VIEW"},
      {ObjectKind::kMaterializedView, "MATERIALIZED VIEW"},
      {ObjectKind::kStreamingTable, "STREAMING TABLE"},
      {ObjectKind::kSchema, "SCHEMA"},
      {ObjectKind::kCatalog, "CATALOG"},
      {ObjectKind::kFunction, "FUNCTION"},
      {ObjectKind::kVolume, "VOLUME"},
      {ObjectKind::kVariable, "VARIABLE"},
      {ObjectKind::kColumn, "COLUMN"},
      {ObjectKind::kExternalLocation, "EXTERNAL LOCATION"},
      {ObjectKind::kStorageCredential, "STORAGE CREDENTIAL"},
      {ObjectKind::kConnection, "CONNECTION"},
      {ObjectKind::kShare, "SHARE"},
      {ObjectKind::kRecipient, "RECIPIENT"},
      {ObjectKind::kProvider, "PROVIDER"},
      {ObjectKind::kWidget, "WIDGET"},
      {ObjectKind::kFlow, "FLOW"},
      {ObjectKind::kSink, "SINK"},
      {ObjectKind::kGroup, "GROUP"},
      {ObjectKind::kPolicy, "POLICY"},
      {ObjectKind::kProcedure, "PROCEDURE"},
      {ObjectKind::kMetastore, "METASTORE"},
      {ObjectKind::kAnyFile, "ANY FILE"},
      {ObjectKind::kAnonymousFunction, "ANONYMOUS FUNCTION"},
      {ObjectKind::kServer, "SERVER"},
      {ObjectKind::kIndex, "INDEX"},
      {ObjectKind::kModel, "MODEL"},
  };
  const auto* found = std::find_if(std::begin(kTexts), std::end(kTexts),
                                   [&](const auto& entry) { return entry.first == kind; });
  CHECK(found != std::end(kTexts));
  return found->second;
}

}  // namespace lakesmith::sql
