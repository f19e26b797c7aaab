// `*` and `t.*` in a select list, and their EXCEPT.
#include <algorithm>

#include "functions/regex.h"
#include "plan/analyzer_internal.h"
#include "plan/spark_error.h"

namespace lakesmith::plan {

using types::DataType;
using types::TypeId;

namespace {

bool QualifierIs(const OutputColumn& column, const std::vector<sql::Identifier>& qualifier) {
  if (qualifier.size() > column.qualifier.size()) return false;
  const size_t skip = column.qualifier.size() - qualifier.size();
  for (size_t i = 0; i < qualifier.size(); ++i) {
    if (!SameName(column.qualifier[skip + i], qualifier[i].name)) return false;
  }
  return true;
}

// What EXCEPT takes away may be named once only.
Status CheckOverlap(const std::vector<std::string>& path, bool dropped,
                    const std::vector<std::vector<std::string>>& others) {
  const bool overlaps =
      dropped || (path.empty() && !others.empty()) ||
      std::ranges::any_of(others, [&path](const std::vector<std::string>& other) {
        const size_t common = std::min(path.size(), other.size());
        return std::equal(
            path.begin(), path.begin() + static_cast<ptrdiff_t>(common), other.begin(),
            [](const std::string& a, const std::string& b) { return SameName(a, b); });
      });
  if (!overlaps) return {};
  return SparkError("EXCEPT_OVERLAPPING_COLUMNS", "42702",
                    "Columns in an EXCEPT list must be distinct and non-overlapping, but got "
                    "{} twice.",
                    path.empty() ? "a column" : DottedName(path));
}

}  // namespace

Result<std::vector<NamedExpression>> Analyzer::ExpandStar(const sql::Star& star,
                                                          const Scope& scope) {
  std::vector<NamedExpression> items;
  const Scope* at = &scope;
  while (at->parameters != nullptr && at->around != nullptr) at = at->around;
  for (const auto* level : at->levels) {
    for (const OutputColumn& column : *level) {
      if (column.is_metadata) continue;
      if (star.qualifier.empty() ? column.hidden : !QualifierIs(column, star.qualifier)) continue;
      items.push_back({0, column.name, ColumnOf(column)});
    }
    if (!items.empty()) break;
  }
  if (items.empty() && !star.qualifier.empty() && at->outer != nullptr) {
    Scope around = *at->outer;  // And no further out.
    around.outer = nullptr;
    Result<std::vector<NamedExpression>> outer = ExpandStar(star, around);
    if (outer) return outer;
  }
  // Without FROM there is nothing to expand, which is no error.
  if (items.empty() && !star.qualifier.empty()) items = TRY(ExpandStruct(star, *at));
  TRY(ExcludeColumns(star, *at, items));
  return items;
}

// The fields of the struct that stands before `.*`.
Result<std::vector<NamedExpression>> Analyzer::ExpandStruct(const sql::Star& star,
                                                            const Scope& scope) {
  std::vector<std::string> parts;
  parts.reserve(star.qualifier.size());
  for (const sql::Identifier& part : star.qualifier) parts.push_back(part.name);
  const ExpressionPtr base = TRY(LookUp(parts, scope));
  if (!base || !base->type.is(TypeId::kStruct)) {
    return SparkError(
        "CANNOT_RESOLVE_STAR_EXPAND", "42704",
        "Cannot resolve {}.* given input columns. Please check that the specified table or "
        "struct exists and is accessible in the input columns.",
        DottedName(parts));
  }
  std::vector<NamedExpression> items;
  items.reserve(base->type.fields().size());
  for (const types::StructField& field : base->type.fields()) {
    items.push_back({0, field.name, TRY(Field(base, field.name))});
  }
  return items;
}

// The items that a name of EXCEPT means, with the fields that follow.
Result<std::vector<Analyzer::Excluded>> Analyzer::FindExcluded(
    const std::vector<std::string>& parts, const Scope& scope,
    const std::vector<NamedExpression>& items) {
  Result<ExpressionPtr> found = LookUp(parts, scope);
  ExpressionPtr column = found ? *std::move(found) : nullptr;
  std::vector<std::string> fields;
  for (; column && column->kind == ExpressionKind::kField; column = column->children.front()) {
    fields.insert(fields.begin(), column->name);
  }
  const bool is_column = column && column->kind == ExpressionKind::kColumn;
  std::vector<Excluded> excluded;
  for (size_t i = 0; i < items.size(); ++i) {
    const Expression& item = *items[i].expression;
    if (is_column ? item.kind == ExpressionKind::kColumn && item.column == column->column
                  : SameName(items[i].name, parts.back())) {
      excluded.push_back({i, fields});
    } else if (!is_column && SameName(items[i].name, parts.front())) {
      excluded.push_back({i, {parts.begin() + 1, parts.end()}});
    }
  }
  return excluded;
}

// Takes away what `* EXCEPT (...)` names.
Status Analyzer::ExcludeColumns(const sql::Star& star, const Scope& scope,
                                std::vector<NamedExpression>& items) {
  std::vector<std::vector<std::vector<std::string>>> fields(items.size());
  std::vector<bool> dropped(items.size(), false);
  for (const auto& excluded : star.except) {
    std::vector<std::string> parts;
    parts.reserve(excluded.size());
    for (const sql::Identifier& part : excluded) parts.push_back(part.name);
    const std::vector<Excluded> found = TRY(FindExcluded(parts, scope, items));
    bool any = false;
    for (const Excluded& one : found) {
      TRY(CheckOverlap(one.fields, dropped[one.item], fields[one.item]));
      any = any || !dropped[one.item];
      if (one.fields.empty()) {
        dropped[one.item] = true;
      } else {
        fields[one.item].push_back(one.fields);
      }
    }
    if (!any) {
      return SparkError(
          "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION", "42703",
          "A column, variable, or function parameter with name {} cannot be resolved.",
          DottedName(parts));
    }
  }
  std::vector<NamedExpression> kept;
  kept.reserve(items.size());
  for (size_t i = 0; i < items.size(); ++i) {
    if (dropped[i]) continue;
    if (!fields[i].empty()) {
      items[i].expression = TRY(WithoutFields(items[i].expression, fields[i]));
    }
    kept.push_back(std::move(items[i]));
  }
  items = std::move(kept);
  return {};
}

// The struct without the fields at those paths. Of a null struct, as in Spark, a struct of nulls.
Result<ExpressionPtr> Analyzer::WithoutFields(const ExpressionPtr& base,
                                              const std::vector<std::vector<std::string>>& paths) {
  for (const std::vector<std::string>& path : paths) TRY(Field(base, path.front()));
  if (!base->type.is(TypeId::kStruct)) {
    return Unsupported("EXCEPT takes fields out of structs alone, not of \"{}\"", base->type.Sql());
  }
  auto rest = std::make_shared<Expression>();
  rest->kind = ExpressionKind::kStruct;
  std::vector<types::StructField> fields;
  for (const types::StructField& field : base->type.fields()) {
    std::vector<std::vector<std::string>> inside;
    bool dropped = false;
    for (const std::vector<std::string>& path : paths) {
      if (!SameName(path.front(), field.name)) continue;
      dropped = dropped || path.size() == 1;
      inside.emplace_back(path.begin() + 1, path.end());
    }
    if (dropped) continue;
    ExpressionPtr value = TRY(Field(base, field.name));
    if (!inside.empty()) value = TRY(WithoutFields(value, inside));
    fields.push_back({field.name, value->type, field.nullable});
    rest->children.push_back(std::move(value));
  }
  rest->type = DataType::Struct(std::move(fields));
  return ExpressionPtr(rest);
}

Result<std::optional<std::vector<NamedExpression>>> Analyzer::ExpandRegex(
    const sql::Expression& item, const Scope& scope) {
  using Columns = std::vector<NamedExpression>;
  const auto* name = sql::TryAs<sql::ColumnReference>(&item);
  if (name == nullptr || !name->parts.back().quoted || name->parts.size() > 2) {
    return std::optional<Columns>();
  }
  if (config_.Get("spark.sql.parser.quotedRegexColumnNames", "false") != "true") {
    return std::optional<Columns>();
  }
  sql::Star star;
  star.qualifier.assign(name->parts.begin(), name->parts.end() - 1);
  const bool sensitive = config_.Get("spark.sql.caseSensitive", "false") == "true";
  const auto pattern = TRY(functions::Regex::Compile(
      fmt::format("{}^(?:{})$", sensitive ? "" : "(?i)", name->parts.back().name), "column name"));
  Result<Columns> all = ExpandStar(star, scope);
  if (!all) return std::optional<Columns>();
  std::erase_if(*all,
                [&pattern](const NamedExpression& one) { return !pattern.Contains(one.name); });
  return std::optional(*std::move(all));
}

}  // namespace lakesmith::plan
