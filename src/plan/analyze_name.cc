#include <algorithm>

#include "base/nearest.h"
#include "catalog/names.h"
#include "plan/analyzer_internal.h"
#include "plan/spark_error.h"

namespace lakesmith::plan {

using types::DataType;
using types::TypeId;

namespace {

// Whether `parts[0, count)` name the relation: the last `count` names of its qualifier.
bool QualifierMatches(const OutputColumn& column, const std::vector<std::string>& parts,
                      size_t count) {
  if (count > column.qualifier.size()) return false;
  const size_t skip = column.qualifier.size() - count;
  for (size_t i = 0; i < count; ++i) {
    const bool catalog = count == 3 && i == 0;
    const std::string part = catalog ? catalog::CanonicalCatalog(parts[i]) : parts[i];
    if (!SameName(column.qualifier[skip + i], part)) return false;
  }
  return true;
}

// Columns that `parts` may mean when the first `count` are a qualifier.
std::vector<const OutputColumn*> Candidates(const std::vector<OutputColumn>& columns,
                                            const std::vector<std::string>& parts, size_t count) {
  std::vector<const OutputColumn*> found;
  for (const OutputColumn& column : columns) {
    if (!SameName(column.name, parts[count])) continue;
    const bool hidden = column.hidden && !column.is_metadata;
    if (count == 0 ? hidden : !QualifierMatches(column, parts, count)) continue;
    const bool known =
        std::any_of(found.begin(), found.end(), [&column](const OutputColumn* other) {
          return other->id == column.id ||
                 (other->same_as != 0 && other->same_as == column.same_as);
        });
    if (!known) found.push_back(&column);
  }
  // A column of the table goes before `_metadata`.
  const bool named =
      std::ranges::any_of(found, [](const OutputColumn* column) { return !column->is_metadata; });
  if (named) std::erase_if(found, [](const OutputColumn* column) { return column->is_metadata; });
  return found;
}

Error Ambiguous(const std::vector<std::string>& parts,
                const std::vector<const OutputColumn*>& candidates) {
  std::vector<std::string> names;
  for (const OutputColumn* column : candidates) {
    std::vector<std::string> full = column->qualifier;
    full.push_back(column->name);
    names.push_back(DottedName(full));
  }
  return SparkError("AMBIGUOUS_REFERENCE", "42704", "Reference {} is ambiguous, could be: [{}].",
                    DottedName(parts), fmt::join(names, ", "));
}

// Functions that may be called without parentheses.
bool IsBareFunction(std::string_view name) {
  static constexpr std::string_view kNames[] = {
      "current_date",   "current_timestamp", "current_user",
      "user",           "session_user",      "current_time",
      "localtimestamp", "current_catalog",   "current_database",
  };
  return std::any_of(std::begin(kNames), std::end(kNames),
                     [name](std::string_view one) { return SameName(one, name); });
}

}  // namespace

Result<ExpressionPtr> Analyzer::ResolveName(const sql::ColumnReference& reference,
                                            const Scope& scope) {
  std::vector<std::string> parts;
  for (const sql::Identifier& part : reference.parts) parts.push_back(part.name);
  // Such a function comes after the columns of this query, before aliases and outer queries.
  const bool function = parts.size() == 1 && IsBareFunction(parts[0]);
  ExpressionPtr found = TRY(function ? LookUpHere(parts, scope) : LookUp(parts, scope));
  if (found) return found;
  if (parts.size() == 1 && SameName(parts[0], "grouping__id"))
    return WithPretty(TRY(MakeCall("grouping_id", {})), "grouping__id");
  if (function) {
    const std::string name = Lower(parts[0]);
    if (ExpressionPtr value = SessionValue(name)) return value;
    return MakeCall(name, {});
  }
  if (const auto variable = names_.stored ? std::nullopt : catalog_.FindVariable(parts)) {
    NoteTemporary("VARIABLE", parts);
    ExpressionPtr literal = MakeLiteral(variable->value, variable->type);
    auto named = std::make_shared<Expression>(*literal);
    named->pretty = parts.back();
    return ExpressionPtr(named);
  }
  return UnresolvedColumn(parts, scope);
}

Result<ExpressionPtr> Analyzer::LookUpHere(const std::vector<std::string>& parts,
                                           const Scope& scope) {
  Scope here = scope;
  here.outer = nullptr;
  here.aliases = nullptr;
  if (here.parameters == nullptr || here.around == nullptr) return LookUp(parts, here);
  here.around = nullptr;
  ExpressionPtr found = TRY(LookUp(parts, here));
  if (found) return found;
  return LookUpHere(parts, *scope.around);
}

Result<ExpressionPtr> Analyzer::LookUp(const std::vector<std::string>& parts, const Scope& scope) {
  // A correlated reference reaches the query around this one, and no further.
  int levels = 0;
  for (const Scope* at = &scope; at != nullptr;) {
    if (levels >= 2 && !at->is_function) {
      at = at->parameters != nullptr ? at->around : at->outer;
      continue;
    }
    if (at->parameters != nullptr) {
      for (const LambdaParameter& parameter : *at->parameters) {
        if (!SameName(parameter.name, parts[0])) continue;
        auto variable = std::make_shared<Expression>();
        variable->kind = ExpressionKind::kLambdaVariable;
        variable->column = parameter.id;
        variable->name = parameter.name;
        variable->type = parameter.type;
        return Fields(variable, parts, 1);
      }
      at = at->around;
      continue;
    }
    for (size_t i = 0; i < at->levels.size(); ++i) {
      Result<ExpressionPtr> found = LookUpColumn(parts, *at->levels[i]);
      // What is ambiguous in the output may be plain in the input.
      if (!found && i + 1 < at->levels.size()) continue;
      if (!found) return std::move(found).error();
      if (*found) return found;
    }
    Status problem;
    ExpressionPtr alias = levels == 0 ? LookUpAlias(parts, *at, problem) : nullptr;
    TRY(std::move(problem));
    if (alias) return Fields(alias, parts, 1);
    at = at->outer;
    ++levels;
  }
  return ExpressionPtr();
}

Result<ExpressionPtr> Analyzer::LookUpColumn(const std::vector<std::string>& parts,
                                             const std::vector<OutputColumn>& columns) {
  for (size_t count = std::min<size_t>(parts.size() - 1, 3) + 1; count-- > 0;) {
    const auto candidates = Candidates(columns, parts, count);
    if (candidates.empty()) continue;
    if (candidates.size() > 1) return Ambiguous(parts, candidates);
    // Named as the query writes it, which may be in other letters than the table's.
    const OutputColumn& column = *candidates.front();
    return Fields(MakeColumn(column.id, parts[count], column.type, column.nullable), parts,
                  count + 1);
  }
  return ExpressionPtr();
}

// Nodes of the tree, where shared ones count each time: each reference to an alias repeats it.
size_t Analyzer::TreeSize(const ExpressionPtr& expression) {
  const auto known = tree_sizes_.find(expression);
  if (known != tree_sizes_.end()) return known->second;
  size_t size = 1;
  for (const ExpressionPtr& child : expression->children) size += TreeSize(child);
  tree_sizes_.emplace(expression, size);
  return size;
}

ExpressionPtr Analyzer::LookUpAlias(const std::vector<std::string>& parts, const Scope& scope,
                                    Status& problem) {
  if (scope.aliases == nullptr) return nullptr;
  const NamedExpression* found = nullptr;
  int count = 0;
  for (const NamedExpression& item : *scope.aliases) {
    const bool named = item.aliased || item.expression->kind == ExpressionKind::kField;
    if (!named || !SameName(item.name, parts[0])) continue;
    found = &item;
    ++count;
  }
  if (found == nullptr) return nullptr;
  if (count > 1) {
    problem =
        SparkError("AMBIGUOUS_LATERAL_COLUMN_ALIAS", "42702",
                   "Lateral column alias `{}` is ambiguous and has {} matches.", parts[0], count);
    return nullptr;
  }
  if (!scope.alias_ban.empty()) {
    problem = SparkError(
        fmt::format("UNSUPPORTED_FEATURE.LATERAL_COLUMN_ALIAS_IN_{}", scope.alias_ban), "0A000",
        "The feature is not supported: Referencing a lateral column alias `{}` in {}.", parts[0],
        scope.alias_ban == "WINDOW" ? "a window expression" : "an aggregate function");
    return nullptr;
  }
  constexpr size_t kLargest = 20'000;
  if (TreeSize(found->expression) > kLargest) {
    problem = TooComplex();
    return nullptr;
  }
  auto copy = std::make_shared<Expression>(*found->expression);
  copy->pretty = fmt::format("lateralAliasReference({})", found->name);
  return copy;
}

Result<ExpressionPtr> Analyzer::Fields(ExpressionPtr base, const std::vector<std::string>& parts,
                                       size_t first) {
  for (size_t i = first; i < parts.size(); ++i) base = TRY(Field(std::move(base), parts[i]));
  return base;
}

Result<ExpressionPtr> Analyzer::Field(ExpressionPtr base, const std::string& name) {
  const DataType& type = base->type;
  if (type.is(TypeId::kVoid)) {
    auto nothing = std::make_shared<Expression>(*MakeNull(DataType::Void()));
    nothing->pretty = PrettyName(*base) + "." + name;
    return ExpressionPtr(nothing);
  }
  if (type.is(TypeId::kStruct)) {
    const auto index = type.FieldIndex(name);
    if (!index) {
      std::vector<std::string> names;
      for (const auto& field : type.fields()) names.push_back("`" + field.name + "`");
      return SparkError("FIELD_NOT_FOUND", "42704", "No such struct field `{}` in {}.", name,
                        fmt::join(names, ", "));
    }
    auto field = std::make_shared<Expression>();
    field->kind = ExpressionKind::kField;
    field->field_index = *index;
    field->name = type.fields()[*index].name;
    field->type = type.fields()[*index].type;
    const bool window = base->kind == ExpressionKind::kCall && base->name == "window";
    field->pretty = (window ? base->name : PrettyName(*base)) + "." + name;
    field->children.push_back(std::move(base));
    return ExpressionPtr(field);
  }
  if (type.is(TypeId::kMap) && type.key().IsString()) {
    auto call = std::make_shared<Expression>(
        *CallOf("[]", {base, MakeLiteral(types::Value(name), DataType::String())}, type.value()));
    call->pretty = PrettyName(*base) + "[" + name + "]";
    return ExpressionPtr(call);
  }
  if (type.is(TypeId::kArray) && type.element().is(TypeId::kStruct)) {
    // arr.field is the array of that field of all elements.
    const LambdaParameter element{NextId(), "element", type.element()};
    auto variable = std::make_shared<Expression>();
    variable->kind = ExpressionKind::kLambdaVariable;
    variable->column = element.id;
    variable->type = element.type;
    auto lambda = std::make_shared<Expression>();
    lambda->kind = ExpressionKind::kLambda;
    lambda->parameters = {element};
    lambda->children.push_back(TRY(Field(variable, name)));
    lambda->type = lambda->children.front()->type;
    auto call = std::make_shared<Expression>();
    call->kind = ExpressionKind::kCall;
    call->function = &FindFunctions("transform").front();
    call->name = "transform";
    call->pretty = PrettyName(*base) + "." + name;
    call->type = DataType::Array(lambda->type, true);
    call->children = {base, lambda};
    return ExpressionPtr(call);
  }
  return SparkError(
      "INVALID_EXTRACT_BASE_FIELD_TYPE", "42000",
      "Can't extract a value from \"{}\". Need a complex type [STRUCT, ARRAY, MAP] but got "
      "\"{}\".",
      PrettyName(*base), type.Sql());
}

namespace {

// Names of the columns of the innermost scope that has any, with their tables when `qualified`.
std::vector<std::string> NamesInScope(const Scope& scope, bool qualified) {
  std::vector<std::string> names;
  for (const Scope* at = &scope; at != nullptr && names.empty();
       at = at->parameters != nullptr ? at->around : at->outer) {
    for (const auto* level : at->levels) {
      for (const OutputColumn& column : *level) {
        if (column.hidden) continue;
        const bool dotted = qualified && !column.qualifier.empty();
        std::string name =
            dotted ? fmt::format("{}.{}", column.qualifier.back(), column.name) : column.name;
        if (std::find(names.begin(), names.end(), name) == names.end()) {
          names.push_back(std::move(name));
        }
      }
    }
  }
  return names;
}

}  // namespace

Error Analyzer::UnresolvedColumn(const std::vector<std::string>& parts, const Scope& scope) {
  const std::vector<std::string> names = NamesInScope(scope, parts.size() > 1);
  if (names.empty()) {
    return SparkError("UNRESOLVED_COLUMN.WITHOUT_SUGGESTION", "42703",
                      "A column, variable, or function parameter with name {} cannot be resolved.",
                      DottedName(parts));
  }
  std::string wanted = parts.back();
  if (parts.size() > 1) wanted = fmt::format("{}.{}", parts[parts.size() - 2], wanted);
  std::vector<std::string> near = NearestFew(wanted, names, 5);
  for (std::string& name : near) {
    const size_t dot = name.find('.');
    name = dot == std::string::npos
               ? fmt::format("`{}`", name)
               : fmt::format("`{}`.`{}`", name.substr(0, dot), name.substr(dot + 1));
  }
  return SparkError(
      "UNRESOLVED_COLUMN.WITH_SUGGESTION", "42703",
      "A column, variable, or function parameter with name {} cannot be resolved. Did you "
      "mean one of the following? [{}].",
      DottedName(parts), fmt::join(near, ", "));
}

std::string LastStep(const sql::Expression& item) {
  if (const auto* cast = sql::TryAs<sql::Cast>(&item)) return LastStep(*cast->operand);
  std::string name;
  if (const auto* path = sql::TryAs<sql::SemiStructured>(&item)) {
    for (const auto& step : path->path) {
      if (!step.name.empty()) name = step.name;
    }
  }
  return name;
}

}  // namespace lakesmith::plan
