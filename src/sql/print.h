#pragma once

#include <string>
#include <string_view>

#include "sql/ast.h"

namespace lakesmith::sql {

// Text that parses to an equal tree, on one line. Safe on trees of any depth.
std::string ToSql(const Statement& statement);
std::string ToSql(const Query& query);
std::string ToSql(const Expression& expression);
std::string ToSql(const Relation& relation);
std::string ToSql(const TypeName& type);

// 'text' with its quotes and escapes.
std::string QuoteText(std::string_view text);
// name, or `name` where it is no plain word.
std::string QuoteName(std::string_view name);

}  // namespace lakesmith::sql
