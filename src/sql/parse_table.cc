#include <string>
#include <utility>
#include <vector>

#include "sql/parser_internal.h"

namespace lakesmith::sql {

Result<ColumnDefinition> Parser::ParseColumn(bool type_needed) {
  const uint32_t begin = Begin();
  ColumnDefinition column;
  column.path = TRY(ParsePath());
  const bool option_follows =
      SeesAny({"NOT", "GENERATED", "DEFAULT", "COMMENT", "MASK", "CONSTRAINT", "PRIMARY"}) ||
      (SeesAny({"FIRST", "AFTER"}) && !type_needed);
  if (type_needed || (Peek().kind == TokenKind::kWord && !option_follows)) {
    column.type = TRY(ParseType());
  }
  while (SeesAny({TokenKind::kWord})) {
    const size_t before = position_;
    TRY(ParseColumnOption(&column));
    if (position_ == before) {
      break;
    }
  }
  column.range = RangeFrom(begin);
  return column;
}

// Leaves the cursor where it is when no option begins here.
Status Parser::ParseColumnOption(ColumnDefinition* column) {
  if (AcceptAll({"NOT", "NULL"})) {
    column->not_null = true;
  } else if (Accept("DEFAULT")) {
    column->default_value = TRY(ParseExpression());
  } else if (Accept("GENERATED")) {
    TRY(ParseGenerated(column));
  } else if (Accept("COMMENT")) {
    column->comment = TRY(ParseText());
  } else if (Accept("MASK")) {
    column->mask = TRY(ParseMask());
  } else if (AtConstraint()) {
    column->constraints.push_back(TRY(ParseConstraint()));
  } else if (AcceptAll({"COLLATE"})) {
    return Unexpected("COLLATE right behind the type");
  } else if (SeesAny({"FIRST", "AFTER"})) {
    column->position = TRY(ParseColumnPosition());
  } else if (Accept("NULL")) {
    column->not_null = false;
  }
  return {};
}

Result<ColumnPosition> Parser::ParseColumnPosition() {
  ColumnPosition position;
  position.first = Accept("FIRST");
  if (!position.first) {
    TRY(Expect("AFTER"));
    position.after = TRY(ParseIdentifier("a column"));
  }
  return position;
}

// Behind GENERATED.
Status Parser::ParseGenerated(ColumnDefinition* column) {
  const bool always = Accept("ALWAYS");
  if (!always) {
    TRY(ExpectAll({"BY", "DEFAULT"}));
  }
  TRY(Expect("AS"));
  if (!Accept("IDENTITY")) {
    TRY(Expect(TokenKind::kLeftParen));
    column->generated_as = TRY(ParseExpression());
    return Expect(TokenKind::kRightParen);
  }
  IdentitySpecification identity{.always = always};
  if (Accept(TokenKind::kLeftParen)) {
    while (!Accept(TokenKind::kRightParen)) {
      if (AcceptAll({"START", "WITH"})) {
        identity.start = TRY(ParseSignedInteger());
      } else {
        TRY(ExpectAll({"INCREMENT", "BY"}));
        identity.step = TRY(ParseSignedInteger());
      }
      Accept(TokenKind::kComma);
    }
  }
  column->identity = identity;
  return {};
}

Result<ColumnMask> Parser::ParseMask() {
  ColumnMask mask;
  mask.function = TRY(ParseMultipartName("a function"));
  if (AcceptAll({"USING", "COLUMNS"})) {
    TRY(Expect(TokenKind::kLeftParen));
    mask.using_columns = TRY(ParseExpressionList());
    TRY(Expect(TokenKind::kRightParen));
  }
  return mask;
}

bool Parser::AtConstraint() const {
  if (At("CONSTRAINT")) {
    return true;
  }
  return (SeesAny({"PRIMARY", "FOREIGN"}) && Sees("KEY", 1)) ||
         (SeesAny({"CHECK"}) && Sees(TokenKind::kLeftParen, 1)) ||
         (Sees("UNIQUE", 0) && SeesAny({TokenKind::kLeftParen, TokenKind::kComma,
                                        TokenKind::kRightParen, TokenKind::kEnd},
                                       1)) ||
         Sees("REFERENCES", 0);
}

// ( column | constraint, ... )
Status Parser::ParseTableBody(std::vector<ColumnDefinition>* columns,
                              std::vector<TableConstraint>* constraints, bool types_needed) {
  TRY(Expect(TokenKind::kLeftParen));
  if (Accept(TokenKind::kRightParen)) {
    return {};
  }
  do {
    const bool named_column =
        Sees("CONSTRAINT", 0) && !SeesAny({"EXPECT", "CHECK", "PRIMARY", "FOREIGN", "UNIQUE"}, 2);
    if (AtConstraint() && !named_column) {
      constraints->push_back(TRY(ParseConstraint()));
    } else {
      columns->push_back(TRY(ParseColumn(types_needed)));
    }
  } while (Accept(TokenKind::kComma));
  return Expect(TokenKind::kRightParen);
}

Result<TableConstraint> Parser::ParseConstraint() {
  const uint32_t begin = Begin();
  TableConstraint constraint;
  if (Accept("CONSTRAINT")) {
    constraint.name = TRY(ParseIdentifier("a name for the constraint")).name;
  }
  TRY(ParseConstraintBody(&constraint));
  ParseConstraintCharacteristics(&constraint);
  constraint.range = RangeFrom(begin);
  return constraint;
}

Status Parser::ParseConstraintBody(TableConstraint* constraint) {
  if (Accept("EXPECT")) {
    return ParseExpectation(constraint);
  }
  if (Accept("CHECK")) {
    constraint->constraint_kind = ConstraintKind::kCheck;
    TRY(Expect(TokenKind::kLeftParen));
    constraint->condition = TRY(ParseExpression());
    return Expect(TokenKind::kRightParen);
  }
  if (Accept("REFERENCES")) {
    constraint->constraint_kind = ConstraintKind::kForeignKey;
    return ParseReferences(constraint);
  }
  if (AcceptAll({"FOREIGN", "KEY"})) {
    constraint->constraint_kind = ConstraintKind::kForeignKey;
    if (Sees(TokenKind::kLeftParen, 0)) {
      constraint->columns = TRY(ParseIdentifierList());
    }
    TRY(Expect("REFERENCES"));
    return ParseReferences(constraint);
  }
  if (AcceptAll({"PRIMARY", "KEY"})) {
    constraint->constraint_kind = ConstraintKind::kPrimaryKey;
  } else {
    TRY(Expect("UNIQUE"));
    constraint->constraint_kind = ConstraintKind::kUnique;
  }
  if (Accept(TokenKind::kLeftParen)) {
    do {
      constraint->columns.push_back(TRY(ParseIdentifier("a column")));
      if (Accept("TIMESERIES")) {
        constraint->timeseries_column = constraint->columns.back().name;
      }
    } while (Accept(TokenKind::kComma));
    TRY(Expect(TokenKind::kRightParen));
  }
  return {};
}

Status Parser::ParseReferences(TableConstraint* constraint) {
  constraint->referenced_table = TRY(ParseMultipartName("a table"));
  if (Sees(TokenKind::kLeftParen, 0)) {
    constraint->referenced_columns = TRY(ParseIdentifierList());
  }
  return {};
}

// EXPECT (condition) [ON VIOLATION ...]
Status Parser::ParseExpectation(TableConstraint* constraint) {
  constraint->constraint_kind = ConstraintKind::kExpect;
  TRY(Expect(TokenKind::kLeftParen));
  constraint->condition = TRY(ParseExpression());
  TRY(Expect(TokenKind::kRightParen));
  if (!AcceptAll({"ON", "VIOLATION"})) {
    return {};
  }
  if (AcceptAll({"DROP", "ROW"})) {
    constraint->on_violation = ViolationAction::kDropRow;
  } else if (AcceptAll({"FAIL", "UPDATE"})) {
    constraint->on_violation = ViolationAction::kFailUpdate;
  } else if (Accept("QUARANTINE")) {
    constraint->on_violation = ViolationAction::kQuarantine;
    if (Accept("INTO")) {
      constraint->quarantine_table = TRY(ParseMultipartName("a table"));
    }
  } else {
    return Unexpected("DROP ROW or FAIL UPDATE");
  }
  return {};
}

void Parser::ParseConstraintCharacteristics(TableConstraint* constraint) {
  while (true) {
    const uint32_t begin = Begin();
    const bool taken =
        AcceptAny({"RELY", "NORELY", "ENFORCED"}) != 0 || AcceptAll({"NOT", "ENFORCED"}) ||
        AcceptAll({"ENABLE", "NOVALIDATE"}) || AcceptAll({"DEFERRABLE"}) ||
        AcceptAll({"NOT", "DEFERRABLE"}) || AcceptAll({"INITIALLY", "DEFERRED"}) ||
        AcceptAll({"INITIALLY", "IMMEDIATE"}) || AcceptAll({"MATCH", "FULL"}) ||
        AcceptAll({"ON", "UPDATE", "NO", "ACTION"}) || AcceptAll({"ON", "DELETE", "NO", "ACTION"});
    if (!taken) {
      return;
    }
    std::string words;
    for (const char c : TextBetween(begin, RangeFrom(begin).end)) {
      const bool space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
      if (!space) {
        words.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
      } else if (!words.empty() && words.back() != ' ') {
        words.push_back(' ');
      }
    }
    constraint->characteristics.push_back(words);
  }
}

}  // namespace lakesmith::sql
