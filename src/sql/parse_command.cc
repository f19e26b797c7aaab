#include <string>
#include <utility>

#include "sql/lexer.h"
#include "sql/parser_internal.h"

namespace lakesmith::sql {

namespace {

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\f\v";
  const size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) {
    return "";
  }
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

}  // namespace

Result<StatementPtr> Parser::ParseUse() {
  const uint32_t begin = Begin();
  TRY(Expect("USE"));
  Ptr<Use> use(new Use);
  const bool word_is_name = SeesAny({TokenKind::kEnd, TokenKind::kSemicolon, TokenKind::kDot}, 1);
  if (!word_is_name && Accept("CATALOG")) {
    use->target = UseTarget::kCatalog;
  } else if (!word_is_name && AcceptAny({"SCHEMA", "DATABASE", "NAMESPACE"}) != 0) {
    use->explicit_schema = true;
  }
  if (Sees(TokenKind::kString, 0)) {
    Identifier name{.name = TakeText(), .quoted = true, .range = RangeFrom(begin)};
    use->name.parts.push_back(std::move(name));
  } else {
    use->name = TRY(ParseMultipartName("a catalog or a schema"));
  }
  use->range = RangeFrom(begin);
  return use;
}

Result<StatementPtr> Parser::ParseSet() {
  const uint32_t begin = Begin();
  TRY(Expect("SET"));
  if (SeesAny({"VARIABLE", "VAR"}) && !SeesAny({TokenKind::kDot, TokenKind::kEqual}, 1) &&
      !AtEnd()) {
    return ParseSetVariable();
  }
  if (AtAll({"TIME", "ZONE"})) {
    return ParseSetTimeZone();
  }
  if (Sees("CATALOG", 0) &&
      SeesAny({TokenKind::kWord, TokenKind::kQuotedName, TokenKind::kString}, 1)) {
    Advance();
    Ptr<Use> use(new Use);
    use->target = UseTarget::kCatalog;
    if (Sees(TokenKind::kString, 0)) {
      use->name.parts.push_back({.name = TakeText(), .quoted = true});
    } else {
      use->name = TRY(ParseMultipartName("a catalog"));
    }
    use->range = RangeFrom(begin);
    return use;
  }
  return ParseConfiguration(begin);
}

// Behind SET: -v, key, key = value. Values are free text up to the end of the statement.
Result<StatementPtr> Parser::ParseConfiguration(uint32_t begin) {
  Ptr<Set> set(new Set);
  if (AtEnd()) {
    set->range = RangeFrom(begin);
    return set;
  }
  const uint32_t key_begin = Begin();
  size_t equal = 0;
  while (!SeesAny({TokenKind::kEnd, TokenKind::kSemicolon, TokenKind::kEqual}, equal)) {
    ++equal;
  }
  const uint32_t key_end = Peek(equal).begin;
  std::string_view key = Trimmed(TextBetween(key_begin, key_end));
  if (key == "-v" || key == "-V") {
    set->verbose = true;
    key = "";
  } else if (Sees(TokenKind::kQuotedName, 0) && equal == 1) {
    set->key = QuotedNameValue(key);
  } else {
    for (const char c : key) {
      const bool allowed = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') ||
                           std::string_view("_.-:/$*").find(c) != std::string_view::npos ||
                           static_cast<unsigned char>(c) >= 0x80;
      if (!allowed) {
        return ErrorAt({key_begin, key_end},
                       "The name of a setting is one word; write SET key = value, and quote other "
                       "names with backticks")
            .WithClass("INVALID_SET_SYNTAX", "42000");
      }
    }
    set->key = key;
  }
  Advance(equal);
  if (Accept(TokenKind::kEqual)) {
    const uint32_t value_begin = RangeFrom(begin).end;
    while (!AtEnd()) {
      Advance();
    }
    // Comments behind the value end before the next token, so cut at the last token.
    set->value = std::string(Trimmed(TextBetween(value_begin, RangeFrom(begin).end)));
    if (set->value->size() >= 2 && set->value->front() == '`' && set->value->back() == '`') {
      set->value = QuotedNameValue(*set->value);
    }
  }
  set->range = RangeFrom(begin);
  return set;
}

Result<StatementPtr> Parser::ParseSetTimeZone() {
  const uint32_t begin = tokens_[position_ - 1].begin;
  Advance(2);
  Ptr<SetTimeZone> set(new SetTimeZone);
  if (Accept("LOCAL")) {
    set->local = true;
  } else if (Sees("INTERVAL", 0)) {
    set->interval = TRY(ParseInterval());
  } else {
    set->zone = TRY(ParseText("a time zone between quotes, LOCAL or INTERVAL"));
  }
  set->range = RangeFrom(begin);
  return set;
}

// SET VARIABLE a = 1, b = 2; SET VARIABLE (a, b) = (query)
Result<StatementPtr> Parser::ParseSetVariable() {
  const uint32_t begin = tokens_[position_ - 1].begin;
  Advance();
  Ptr<SetVariable> set(new SetVariable);
  const auto name = [this]() -> Result<Name> { return ParseMultipartName("a variable"); };
  if (Accept(TokenKind::kLeftParen)) {
    do {
      set->items.push_back({.name = TRY(name()), .value = nullptr});
    } while (Accept(TokenKind::kComma));
    TRY(Expect(TokenKind::kRightParen));
    TRY(Expect(TokenKind::kEqual));
    set->query = TRY(ParseParenthesizedQuery());
  } else {
    do {
      SetVariable::Item item;
      item.name = TRY(name());
      TRY(Expect(TokenKind::kEqual));
      item.value = TRY(ParseExpression());
      set->items.push_back(std::move(item));
    } while (Accept(TokenKind::kComma));
  }
  set->range = RangeFrom(begin);
  return set;
}

Result<StatementPtr> Parser::ParseReset() {
  const uint32_t begin = Begin();
  TRY(Expect("RESET"));
  Ptr<Reset> reset(new Reset);
  if (Sees(TokenKind::kQuotedName, 0)) {
    reset->key = TakeIdentifier().name;
  } else {
    const uint32_t key_begin = Begin();
    while (!AtEnd()) {
      Advance();
    }
    reset->key = std::string(Trimmed(TextBetween(key_begin, RangeFrom(key_begin).end)));
  }
  reset->range = RangeFrom(begin);
  return reset;
}

// DECLARE [OR REPLACE] [VARIABLE | VAR] a, b [type] [DEFAULT | = expression]
Result<StatementPtr> Parser::ParseDeclare() {
  const uint32_t begin = Begin();
  TRY(Expect("DECLARE"));
  Ptr<DeclareVariable> declare(new DeclareVariable);
  declare->or_replace = AcceptAll({"OR", "REPLACE"});
  if (SeesAny({"VARIABLE", "VAR"}) && SeesAny({TokenKind::kWord, TokenKind::kQuotedName}, 1)) {
    Advance();
  }
  if (Sees("IF", 0) && Sees("NOT", 1)) {
    return Unexpected("the name of a variable");
  }
  declare->names = TRY(ParseList<Name>([this] { return ParseMultipartName("a variable"); }));
  if (!AtEnd() && !SeesAny({"DEFAULT"}) && !Sees(TokenKind::kEqual, 0)) {
    declare->type = TRY(ParseType());
  }
  if (Accept("DEFAULT") || Accept(TokenKind::kEqual)) {
    declare->default_value = TRY(ParseExpression());
  } else if (!declare->type) {
    return Unexpected("a data type, DEFAULT or '='")
        .WithClass("INVALID_SQL_SYNTAX.VARIABLE_TYPE_OR_DEFAULT_REQUIRED", "42000");
  }
  declare->range = RangeFrom(begin);
  return declare;
}

// EXECUTE IMMEDIATE text [INTO a, b] [USING ...]
Result<StatementPtr> Parser::ParseExecute() {
  const uint32_t begin = Begin();
  TRY(ExpectAll({"EXECUTE", "IMMEDIATE"}));
  Ptr<ExecuteImmediate> execute(new ExecuteImmediate);
  execute->text = TRY(ParseExpression());
  const auto into = [&]() -> Status {
    if (Accept("INTO")) {
      execute->into = TRY(ParseList<Name>([this] { return ParseMultipartName("a variable"); }));
    }
    return {};
  };
  TRY(into());
  if (Accept("USING")) {
    const bool list =
        Sees(TokenKind::kLeftParen, 0) && !Peek().opens_query && Peek().match != 0 && [&] {
          const TokenKind after = tokens_[Peek().match + 1].kind;
          return after == TokenKind::kEnd || after == TokenKind::kSemicolon;
        }();
    if (list) {
      Advance();
    }
    execute->arguments = TRY(ParseList<ExpressionPtr>([this] { return ParseNamedExpression(); }));
    if (list) {
      TRY(Expect(TokenKind::kRightParen));
    }
    TRY(into());
  }
  execute->range = RangeFrom(begin);
  return execute;
}

Result<StatementPtr> Parser::ParseCall() {
  const uint32_t begin = Begin();
  TRY(Expect("CALL"));
  Ptr<Call> call(new Call);
  call->name = TRY(ParseMultipartName("a procedure"));
  TRY(Expect(TokenKind::kLeftParen));
  if (!Sees(TokenKind::kRightParen, 0)) {
    call->arguments = TRY(ParseArguments(false));
  }
  TRY(Expect(TokenKind::kRightParen));
  call->range = RangeFrom(begin);
  return call;
}

// ADD JAR path, LIST FILES
Result<StatementPtr> Parser::ParseResource() {
  const uint32_t begin = Begin();
  Ptr<Resource> resource(new Resource);
  resource->action = UpperText(Peek());
  Advance();
  if (AcceptAny({"JAR", "JARS", "FILE", "FILES", "ARCHIVE", "ARCHIVES"}) == 0) {
    return Unexpected();
  }
  resource->resource_kind = UpperText(tokens_[position_ - 1]);
  const uint32_t text_begin = Begin();
  while (!AtEnd()) {
    Advance();
  }
  resource->text = std::string(Trimmed(TextBetween(text_begin, RangeFrom(text_begin).end)));
  resource->range = RangeFrom(begin);
  return resource;
}

Result<StatementPtr> Parser::ParseRemoveWidget() {
  const uint32_t begin = Begin();
  TRY(ExpectAll({"REMOVE", "WIDGET"}));
  Ptr<DropObject> drop(new DropObject);
  drop->object = ObjectKind::kWidget;
  drop->name = TRY(ParseMultipartName("a widget"));
  drop->range = RangeFrom(begin);
  return drop;
}

}  // namespace lakesmith::sql
