#include <string>
#include <utility>
#include <vector>

#include "sql/parser_internal.h"

namespace lakesmith::sql {

Result<StatementPtr> Parser::ParseCopy() {
  const uint32_t begin = Begin();
  TRY(ExpectAll({"COPY", "INTO"}));
  Ptr<CopyInto> copy(new CopyInto);
  copy->table = TRY(ParseMultipartName("a table"));
  copy->by_position = AcceptAll({"BY", "POSITION"});
  if (Sees(TokenKind::kLeftParen, 0)) {
    copy->columns = TRY(ParseIdentifierList());
  }
  TRY(Expect("FROM"));
  TRY(ParseCopySource(copy.get()));
  TRY(Expect("FILEFORMAT"));
  TRY(Expect(TokenKind::kEqual));
  TRY(ParseIdentifier("a format"));
  copy->file_format = UpperText(tokens_[position_ - 1]);
  while (TRY(ParseCopyOption(copy.get()))) {
  }
  copy->range = RangeFrom(begin);
  return copy;
}

// 'path' or (SELECT items FROM 'path' [alias])
Status Parser::ParseCopySource(CopyInto* copy) {
  const bool select = Sees(TokenKind::kLeftParen, 0);
  if (select) {
    Advance();
    TRY(Expect("SELECT"));
    copy->select = TRY(ParseList<ExpressionPtr>([this] { return ParseNamedExpression(); }));
    TRY(Expect("FROM"));
  }
  copy->source = TRY(ParseText("a path between quotes"));
  TRY(ParseCopyCredential(copy));
  if (select) {
    copy->source_alias = TRY(ParseTableAlias());
    TRY(Expect(TokenKind::kRightParen));
  }
  return {};
}

// WITH (CREDENTIAL name | CREDENTIAL (...) [ENCRYPTION (...)])
Status Parser::ParseCopyCredential(CopyInto* copy) {
  if (!Accept("WITH")) {
    return {};
  }
  TRY(Expect(TokenKind::kLeftParen));
  while (AcceptAny({"CREDENTIAL", "ENCRYPTION"}) != 0) {
    if (!Sees(TokenKind::kLeftParen, 0)) {
      copy->credential = TRY(ParseIdentifier("a credential")).name;
      continue;
    }
    for (Option& option : TRY(ParseOptionList())) {
      copy->credential_options.push_back(std::move(option));
    }
  }
  return Expect(TokenKind::kRightParen);
}

Result<bool> Parser::ParseCopyOption(CopyInto* copy) {
  if (Accept("VALIDATE")) {
    copy->validate = "ALL";
    if (!Accept("ALL") && Sees(TokenKind::kInteger, 0)) {
      copy->validate = TRY(ParseDigits());
      TRY(Expect("ROWS"));
    }
  } else if (Accept("FILES")) {
    TRY(Expect(TokenKind::kEqual));
    TRY(Expect(TokenKind::kLeftParen));
    copy->files = TRY(ParseList<std::string>([this] { return ParseText("a file"); }));
    TRY(Expect(TokenKind::kRightParen));
  } else if (Accept("PATTERN")) {
    TRY(Expect(TokenKind::kEqual));
    copy->pattern = TRY(ParseText());
  } else if (Accept("FORMAT_OPTIONS")) {
    copy->format_options = TRY(ParseOptionList());
  } else if (Accept("COPY_OPTIONS")) {
    copy->copy_options = TRY(ParseOptionList());
  } else {
    return false;
  }
  return true;
}

}  // namespace lakesmith::sql
