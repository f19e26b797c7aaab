#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sql/ast.h"
#include "types/data_type.h"

namespace lakesmith::sql {

// Spark settings that change how text is read.
struct ParseOptions {
  // spark.sql.ansi.enabled: off, a few words more are names and `!` binds as NOT does.
  bool ansi = true;
  // spark.sql.ansi.doubleQuotedIdentifiers: "a" is a name, not a text.
  bool double_quoted_identifiers = false;
  // spark.sql.parser.escapedStringLiterals: backslashes in texts stand for themselves.
  bool escaped_string_literals = false;
  // spark.sql.timestampType is TIMESTAMP_NTZ: the type TIMESTAMP is that without time zone.
  bool timestamp_ntz = false;
  // spark.sql.parser.singleCharacterPipeOperator.enabled: `|` before a word such as WHERE is a
  // pipe, too.
  bool single_character_pipe = true;
  // spark.sql.legacy.setopsPrecedence.enabled: INTERSECT binds as UNION and EXCEPT do.
  bool equal_set_operators = false;
  // spark.sql.legacy.identifierClause: IDENTIFIER('a') stands for whole names only, not for any
  // identifier.
  bool legacy_identifier_clause = false;
};

// Those that a session, or a stored view, was under; settings that are not there have their
// defaults.
ParseOptions OptionsUnder(const std::map<std::string, std::string>& settings);

// Each function is pure and safe to call from any thread, on text of any nesting.
// Errors: kInvalid of class PARSE_SYNTAX_ERROR (42601) with line and column, what was found, what
// was expected, the source line with a caret, and a near word where one is likely. Ranges in the
// tree count bytes of `text`.

// One statement; a ';' may follow. Empty text is an error (PARSE_EMPTY_STATEMENT).
Result<StatementPtr> ParseStatement(std::string_view text, const ParseOptions& options = {});

// Statements divided by ';'; empty ones are left out.
Result<std::vector<StatementPtr>> ParseStatements(std::string_view text,
                                                  const ParseOptions& options = {});

Result<ExpressionPtr> ParseExpression(std::string_view text, const ParseOptions& options = {});

// A query alone, e.g. the text of a view.
Result<QueryPtr> ParseQuery(std::string_view text, const ParseOptions& options = {});

// A name of one or more parts, e.g. a.`b c`.d
Result<Name> ParseName(std::string_view text, const ParseOptions& options = {});

// "array<struct<a: int>>". Errors also: kInvalid of class UNSUPPORTED_DATATYPE (0A000).
Result<types::DataType> ParseDataType(std::string_view text);

// "a INT, b STRING NOT NULL COMMENT 'x'" or a type: gives a struct for the first form.
Result<types::DataType> ParseTableSchema(std::string_view text);

// One statement of a script, without the ';' and the white space around it.
struct StatementPiece {
  size_t offset = 0;  // Of its first byte in the script.
  std::string_view text;
};

// Cuts a script at each ';' outside texts, names and comments. Pieces of only space and comments
// are left out. Never fails: an unclosed text or comment reaches to the end.
std::vector<StatementPiece> SplitStatements(std::string_view script);

// Line and column, from 1, of a byte offset; a column counts characters of UTF-8.
SourceLocation LocationOf(std::string_view text, size_t offset);

}  // namespace lakesmith::sql
