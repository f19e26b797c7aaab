#include <string>
#include <utility>
#include <vector>

#include "sql/parser_internal.h"

namespace lakesmith::sql {

// Behind FUNCTION.
Result<StatementPtr> Parser::ParseCreateFunction(bool or_replace, bool temporary, uint32_t begin) {
  Ptr<CreateFunction> create(new CreateFunction);
  create->or_replace = or_replace;
  create->temporary = temporary;
  create->if_not_exists = AcceptIfNotExists();
  create->name = TRY(ParseMultipartName("a function"));
  if (Accept("AS")) {
    TRY(ParseFunctionClass(create.get()));
  } else {
    TRY(ParseFunctionSignature(create.get()));
    while (TRY(ParseFunctionCharacteristic(create.get()))) {
    }
    TRY(ParseFunctionBody(create.get()));
  }
  create->range = RangeFrom(begin);
  return create;
}

// AS 'class' [USING JAR 'uri', ...]
Status Parser::ParseFunctionClass(CreateFunction* create) {
  create->class_name = TRY(ParseText("the name of a class between quotes"));
  if (!Accept("USING")) {
    return {};
  }
  create->resources = TRY(ParseList<FunctionResource>([this]() -> Result<FunctionResource> {
    FunctionResource resource;
    if (AcceptAny({"JAR", "FILE", "ARCHIVE"}) == 0) {
      return Unexpected();
    }
    resource.resource_kind = UpperText(tokens_[position_ - 1]);
    resource.uri = TRY(ParseText("a path"));
    return resource;
  }));
  return {};
}

Result<std::vector<FunctionParameter>> Parser::ParseParameters() {
  return ParseList<FunctionParameter>([this]() -> Result<FunctionParameter> {
    FunctionParameter parameter;
    parameter.name = TRY(ParseIdentifier("a parameter"));
    if (Sees(TokenKind::kLeftParen, 0)) {
      return Unexpected("a data type");
    }
    if (Peek().kind == TokenKind::kWord && !SeesAny({"DEFAULT", "COMMENT"})) {
      parameter.type = TRY(ParseType());
    }
    AcceptAll({"NOT", "NULL"});
    if (Accept("DEFAULT")) {
      parameter.default_value = TRY(ParseExpression());
    }
    if (Accept("COMMENT")) {
      parameter.comment = TRY(ParseText());
    }
    if (Sees("GENERATED", 0)) {
      return Unexpected().WithClass(
          "INVALID_SQL_SYNTAX.CREATE_FUNC_WITH_GENERATED_COLUMNS_AS_PARAMETERS", "42000");
    }
    if (AtConstraint()) {
      return Unexpected().WithClass("INVALID_SQL_SYNTAX.CREATE_FUNC_WITH_COLUMN_CONSTRAINTS",
                                    "42000");
    }
    return parameter;
  });
}

// (parameters) [RETURNS type | RETURNS TABLE [(columns)]]
Status Parser::ParseFunctionSignature(CreateFunction* create) {
  TRY(Expect(TokenKind::kLeftParen));
  if (!Sees(TokenKind::kRightParen, 0)) {
    create->parameters = TRY(ParseParameters());
  }
  TRY(Expect(TokenKind::kRightParen));
  if (!Accept("RETURNS")) {
    return {};
  }
  if (!Accept("TABLE")) {
    create->return_type = TRY(ParseType());
    return {};
  }
  create->returns_table = true;
  if (Accept(TokenKind::kLeftParen)) {
    create->table_columns = TRY(ParseParameters());
    for (const FunctionParameter& column : create->table_columns) {
      if (column.default_value) {
        return ErrorAt(column.default_value->range, "A column of RETURNS TABLE has no DEFAULT");
      }
      if (!column.type) {
        return ErrorAt(column.name.range, "A column of RETURNS TABLE needs a data type");
      }
    }
    TRY(Expect(TokenKind::kRightParen));
  }
  return {};
}

Result<bool> Parser::ParseFunctionCharacteristic(CreateFunction* create) {
  const uint32_t begin = Begin();
  if (Accept("LANGUAGE")) {
    TRY(ParseIdentifier("a language"));
    create->language = UpperText(tokens_[position_ - 1]);
  } else if (AcceptAll({"NOT", "DETERMINISTIC"})) {
    create->deterministic = false;
  } else if (Accept("DETERMINISTIC")) {
    create->deterministic = true;
  } else if (Accept("COMMENT")) {
    create->comment = TRY(ParseText());
  } else if (AcceptAll({"CONTAINS", "SQL"})) {
    create->data_access = "CONTAINS SQL";
  } else if (AcceptAll({"READS", "SQL", "DATA"})) {
    create->data_access = "READS SQL DATA";
  } else if (AcceptAll({"MODIFIES", "SQL", "DATA"})) {
    create->data_access = "MODIFIES SQL DATA";
  } else if (AcceptAll({"NO", "SQL"})) {
    create->data_access = "NO SQL";
  } else if (AcceptAll({"SQL", "SECURITY"})) {
    if (AcceptAny({"DEFINER", "INVOKER"}) == 0) {
      return Unexpected();
    }
    create->security = UpperText(tokens_[position_ - 1]);
  } else if (AcceptAll({"DEFAULT", "COLLATION"})) {
    create->default_collation = TRY(ParseIdentifier("a collation")).name;
  } else if (AcceptAll({"CALLED", "ON", "NULL", "INPUT"}) ||
             AcceptAll({"RETURNS", "NULL", "ON", "NULL", "INPUT"})) {
    create->other_characteristics.emplace_back(TextBetween(begin, RangeFrom(begin).end));
  } else {
    return false;
  }
  return true;
}

// RETURN expression | RETURN query | AS $$...$$
Status Parser::ParseFunctionBody(CreateFunction* create) {
  if (Accept("AS")) {
    create->foreign_body = TRY(ParseText("the body between $$"));
    return {};
  }
  TRY(Expect("RETURN"));
  const uint32_t begin = Begin();
  if (AtQuery() && !(Sees(TokenKind::kLeftParen, 0) && !create->returns_table)) {
    create->body_query = TRY(ParseQuery());
  } else {
    create->body_expression = TRY(ParseExpression());
  }
  create->written_body.text = std::string(TextBetween(begin, RangeFrom(begin).end));
  return {};
}

}  // namespace lakesmith::sql
