#include <utility>

#include "sql/parser_internal.h"

namespace lakesmith::sql {

// ALTER [COLUMN] a change, b change; CHANGE [COLUMN] a [a] type ...
Status Parser::ParseAlterColumns(AlterTable* alter) {
  const bool change = Sees("CHANGE", 0);
  Advance();
  if (SeesAny({"COLUMN", "COLUMNS"}) &&
      SeesAny({TokenKind::kWord, TokenKind::kQuotedName, TokenKind::kLeftParen}, 1)) {
    Advance();
  }
  do {
    const uint32_t begin = Begin();
    AlterAction action;
    action.column_paths.push_back(TRY(ParsePath()));
    if (change) {
      TRY(ParseChangeColumn(&action));
    } else {
      TRY(ParseAlterColumn(&action));
    }
    action.range = RangeFrom(begin);
    alter->actions.push_back(std::move(action));
  } while (Accept(TokenKind::kComma));
  return {};
}

// Behind ALTER COLUMN name.
Status Parser::ParseAlterColumn(AlterAction* action) {
  if (Accept("TYPE")) {
    action->alter_kind = AlterKind::kAlterColumnType;
    action->type = TRY(ParseType());
  } else if (Accept("COMMENT")) {
    action->alter_kind = AlterKind::kAlterColumnComment;
    action->comment = TRY(ParseText());
  } else if (SeesAny({"FIRST", "AFTER"})) {
    action->alter_kind = AlterKind::kAlterColumnPosition;
    action->position = TRY(ParseColumnPosition());
  } else if (AcceptAll({"SET", "NOT", "NULL"})) {
    action->alter_kind = AlterKind::kAlterColumnSetNotNull;
  } else if (AcceptAll({"DROP", "NOT", "NULL"})) {
    action->alter_kind = AlterKind::kAlterColumnDropNotNull;
  } else if (AcceptAll({"SET", "DEFAULT"})) {
    action->alter_kind = AlterKind::kAlterColumnSetDefault;
    action->expression = TRY(ParseExpression());
  } else if (AcceptAll({"DROP", "DEFAULT"})) {
    action->alter_kind = AlterKind::kAlterColumnDropDefault;
  } else if (AcceptAll({"SET", "MASK"})) {
    action->alter_kind = AlterKind::kAlterColumnSetMask;
    action->mask = TRY(ParseMask());
  } else if (AcceptAll({"DROP", "MASK"})) {
    action->alter_kind = AlterKind::kAlterColumnDropMask;
  } else if (AcceptAll({"SET", "TAGS"})) {
    action->alter_kind = AlterKind::kAlterColumnSetTags;
    action->options = TRY(ParseOptionList());
  } else if (AcceptAll({"UNSET", "TAGS"})) {
    action->alter_kind = AlterKind::kAlterColumnUnsetTags;
    action->options = TRY(ParseOptionKeyList());
  } else if (AcceptAll({"SYNC", "IDENTITY"})) {
    action->alter_kind = AlterKind::kAlterColumnSyncIdentity;
  } else {
    return ParseChangeColumn(action);
  }
  return {};
}

// [new name] type [NOT NULL] [COMMENT 'text'] [FIRST | AFTER a], or COMMENT alone.
Status Parser::ParseChangeColumn(AlterAction* action) {
  action->alter_kind = AlterKind::kAlterColumnType;
  if (!SeesAny({"COMMENT", "FIRST", "AFTER"})) {
    if (AtName() && SeesAny({TokenKind::kWord}, 1) && !SeesAny({"COMMENT", "FIRST", "AFTER"}, 1) &&
        !Sees("NOT", 1) && !Sees("TO", 1)) {
      Identifier name = TRY(ParseIdentifier());
      action->new_name.parts.push_back(std::move(name));
    }
    action->type = TRY(ParseType());
    action->not_null = AcceptAll({"NOT", "NULL"});
  }
  if (Accept("COMMENT")) {
    action->comment = TRY(ParseText());
  }
  if (SeesAny({"FIRST", "AFTER"})) {
    action->position = TRY(ParseColumnPosition());
  }
  if (!action->type) {
    action->alter_kind =
        action->comment ? AlterKind::kAlterColumnComment : AlterKind::kAlterColumnPosition;
    if (!action->comment && !action->position) {
      return Unexpected("a change of the column");
    }
  }
  return {};
}

}  // namespace lakesmith::sql
