#include <string>
#include <utility>

#include "sql/parser_internal.h"

namespace lakesmith::sql {

// GRANT | REVOKE | DENY privileges ON object TO | FROM principal
Result<StatementPtr> Parser::ParseGrant() {
  const uint32_t begin = Begin();
  Ptr<Grant> grant(new Grant);
  grant->action = Accept("GRANT")    ? GrantAction::kGrant
                  : Accept("REVOKE") ? GrantAction::kRevoke
                                     : GrantAction::kDeny;
  if (grant->action == GrantAction::kDeny) {
    TRY(Expect("DENY"));
  }
  grant->privileges = TRY(ParseList<std::string>([this] { return ParsePrivilege(); }));
  TRY(Expect("ON"));
  TRY(ParseGrantTarget(grant.get()));
  TRY(Expect(grant->action == GrantAction::kRevoke ? Keyword("FROM") : Keyword("TO")));
  grant->principal = TRY(ParsePrincipal());
  grant->grant_option = AcceptAll({"WITH", "GRANT", "OPTION"});
  grant->range = RangeFrom(begin);
  return grant;
}

// One or more words: SELECT, USE SCHEMA, ALL PRIVILEGES.
Result<std::string> Parser::ParsePrivilege() {
  std::string privilege;
  while (Peek().kind == TokenKind::kWord && !Sees("ON", 0)) {
    privilege += (privilege.empty() ? "" : " ") + UpperText(Peek());
    Advance();
  }
  if (privilege.empty()) {
    return Unexpected("a privilege such as SELECT");
  }
  return privilege;
}

Status Parser::ParseGrantTarget(Grant* grant) {
  if (const auto object = AcceptObjectKind()) {
    grant->object = *object;
    grant->object_given = true;
    if (*object == ObjectKind::kAnyFile || *object == ObjectKind::kMetastore ||
        (*object == ObjectKind::kCatalog && SeesAny({"TO", "FROM"}))) {
      return {};
    }
  }
  grant->name = TRY(ParseMultipartName());
  return {};
}

// A name, `user@example.com`, or USER | GROUP | ROLE before one.
Result<std::string> Parser::ParsePrincipal() {
  if (SeesAny({"USER", "GROUP", "ROLE"}) &&
      SeesAny({TokenKind::kWord, TokenKind::kQuotedName, TokenKind::kString}, 1) &&
      !Sees("WITH", 1)) {
    Advance();
  }
  if (Sees(TokenKind::kString, 0)) {
    return TakeText();
  }
  return TRY(ParseIdentifier("a user or a group")).name;
}

}  // namespace lakesmith::sql
