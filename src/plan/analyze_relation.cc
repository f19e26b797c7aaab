#include <algorithm>

#include "base/nearest.h"
#include "base/stack_space.h"
#include "plan/analyzer_internal.h"
#include "plan/spark_error.h"
#include "plan/type_coercion.h"
#include "sql/parse.h"

namespace lakesmith::plan {

using Syntax = sql::RelationKind;
using types::DataType;

namespace {

Error ColumnAliasCount(size_t given, size_t actual) {
  return SparkError(
      "ASSIGNMENT_ARITY_MISMATCH", "42802",
      "The number of columns or variables assigned or aliased: {} does not match the number of "
      "source expressions: {}.",
      given, actual);
}

}  // namespace

Result<Planned> Analyzer::PlanRelation(const sql::Relation& relation, const Scope* outer) {
  return WithStackSpace([&]() -> Result<Planned> {
    Result<Planned> core = PlanRelationCore(relation, outer);
    if (!core) return Located(std::move(core).error(), relation.range);
    Planned planned = *std::move(core);
    if (relation.sample) planned = TRY(ApplySample(std::move(planned), *relation.sample, outer));
    if (relation.alias) TRY(ApplyAlias(planned, *relation.alias));
    return planned;
  });
}

Result<Planned> Analyzer::PlanRelationCore(const sql::Relation& relation, const Scope* outer) {
  switch (relation.kind) {
    case Syntax::kTable:
      return PlanTable(sql::As<sql::TableRelation>(relation), outer);
    case Syntax::kTableFunction:
      return PlanTableFunction(sql::As<sql::TableFunctionRelation>(relation), outer);
    case Syntax::kSubquery: {
      Planned planned = TRY(PlanQuery(*sql::As<sql::SubqueryRelation>(relation).query, outer));
      std::erase_if(planned.columns, [](const OutputColumn& column) { return column.hidden; });
      for (OutputColumn& column : planned.columns) column.qualifier.clear();
      return planned;
    }
    case Syntax::kValues:
      return PlanValues(sql::As<sql::ValuesRelation>(relation), outer);
    case Syntax::kParenthesized:
      return PlanRelation(*sql::As<sql::ParenthesizedRelation>(relation).input, outer);
    case Syntax::kJoin:
      return PlanJoin(sql::As<sql::JoinRelation>(relation), outer);
    case Syntax::kLateralView:
      return PlanLateralView(sql::As<sql::LateralViewRelation>(relation), outer);
    case Syntax::kPivot: {
      const auto& pivot = sql::As<sql::PivotRelation>(relation);
      Planned input = TRY(PlanRelation(*pivot.input, outer));
      return PlanPivot(pivot.pivot, input, outer);
    }
    case Syntax::kUnpivot: {
      const auto& unpivot = sql::As<sql::UnpivotRelation>(relation);
      Planned input = TRY(PlanRelation(*unpivot.input, outer));
      return PlanUnpivot(unpivot.unpivot, std::move(input), outer);
    }
  }
  return Internal("unknown kind of relation");
}

// A literal in place of an expression that depends on nothing; others stay as they are.
Result<ExpressionPtr> Analyzer::Folded(ExpressionPtr value) {
  if (value->kind == ExpressionKind::kLiteral || !IsFoldable(*value)) return value;
  const auto constant = TRY(catalog_.EvaluateConstant(*value));
  return constant ? MakeLiteral(*constant, value->type) : value;
}

// What IDENTIFIER('a.b') stands for.
Result<sql::Name> Analyzer::NameOfText(const sql::Expression& text) {
  ExpressionPtr value = TRY(Folded(TRY(Resolve(text, Scope{}))));
  if (value->kind != ExpressionKind::kLiteral || !value->type.IsString() ||
      value->value.is_null()) {
    return SparkError(
        "NOT_A_CONSTANT_STRING.NOT_CONSTANT", "42601",
        "The expression \"{}\" used for the routine or clause IDENTIFIER must be a constant "
        "STRING which is NOT NULL.",
        PrettyName(*value));
  }
  return sql::ParseName(value->value.as<std::string>());
}

Result<ExpressionPtr> Analyzer::ResolveIdentifier(const sql::IdentifierClause& clause,
                                                  const Scope& scope) {
  sql::ColumnReference reference;
  reference.parts = TRY(NameOfText(*clause.argument)).parts;
  reference.range = clause.range;
  return ResolveName(reference, scope);
}

Result<std::vector<std::string>> Analyzer::NameParts(const sql::Name& name) {
  std::vector<std::string> parts;
  const sql::Name written =
      name.identifier_clause ? TRY(NameOfText(*name.identifier_clause)) : sql::Name();
  for (const sql::Identifier& part : (name.identifier_clause ? written : name).parts)
    parts.push_back(part.name);
  return parts;
}

Result<std::optional<TimeTravel>> Analyzer::TimeTravelOf(const sql::TableRelation& table) {
  if (table.time_travel == sql::TimeTravelKind::kNone) return std::optional<TimeTravel>();
  const ExpressionPtr written = TRY(Resolve(*table.travel_point, Scope{}));
  ExpressionPtr point = written;
  while (point->kind == ExpressionKind::kCast) point = point->children.front();
  if (point->kind != ExpressionKind::kLiteral &&
      table.time_travel != sql::TimeTravelKind::kVersion) {
    const auto instant =
        TRY(catalog_.EvaluateConstant(*MakeCast(written, types::DataType::Timestamp(), false)));
    if (instant) point = MakeLiteral(*instant, types::DataType::Timestamp());
  }
  TimeTravel travel;
  if (point->kind == ExpressionKind::kLiteral && !point->value.is_null()) {
    if (table.time_travel == sql::TimeTravelKind::kVersion) {
      if (point->type.IsIntegral()) travel.version = point->value.as<int64_t>();
      if (point->type.IsString()) {
        const auto& text = point->value.as<std::string>();
        if (!text.empty() && text.find_first_not_of("0123456789") == std::string::npos) {
          travel.version = std::atoll(text.c_str());
        }
      }
    } else if (point->type.is(types::TypeId::kTimestamp)) {
      travel.timestamp = point->value.as<types::TimestampValue>();
    } else if (point->type.IsString()) {
      sql::Literal literal;
      literal.literal_kind = sql::LiteralKind::kTimestampLtz;
      literal.text = point->value.as<std::string>();
      travel.timestamp = TRY(ResolveLiteral(literal))->value.as<types::TimestampValue>();
    }
  }
  if (travel.version || travel.timestamp) return std::optional(travel);
  return SparkError(
      "INVALID_TIME_TRAVEL_TIMESTAMP_EXPR.INPUT", "42K0E",
      "Cannot time travel to the point \"{}\": a constant version or timestamp is needed.",
      PrettyName(*point));
}

Result<Planned> Analyzer::PlanTable(const sql::TableRelation& table, const Scope*) {
  RelationName name;
  name.parts = TRY(NameParts(table.name));
  if (name.parts.size() == 1 && table.time_travel == sql::TimeTravelKind::kNone && !table.stream) {
    for (const CteFrame* frame = ctes_; frame != nullptr; frame = frame->outer) {
      for (size_t i = frame->tables.size(); i-- > 0;) {
        if (SameName(frame->tables[i].name, name.parts[0])) return ReferToCte(frame->tables[i]);
      }
    }
  }
  if (table.changes) return Unsupported("CHANGES FROM is not supported in a query");
  name.time_travel = TRY(TimeTravelOf(table));
  name.stream = table.stream;
  for (const sql::Option& option : table.options) {
    const auto* literal = sql::TryAs<sql::Literal>(option.value.get());
    name.options[option.key] = literal == nullptr ? "" : literal->text;
  }
  if (!text_.empty()) name.location = sql::LocationOf(text_, table.name.range.begin);
  ResolvedRelation found = TRY(catalog_.FindRelation(name, names_));
  if (const auto* view = std::get_if<ResolvedView>(&found)) {
    if (view->temporary) NoteTemporary("VIEW", name.parts);
    return PlanView(*view);
  }
  return PlanScan(std::get<ResolvedTable>(found));
}

Planned Analyzer::PlanScan(const ResolvedTable& table) {
  auto scan = std::make_shared<ScanRelation>();
  scan->table_name = DottedName(table.name);
  scan->handle = table.handle;
  for (const types::StructField& field : table.columns) {
    OutputColumn column = NewColumn(field.name, field.type, field.nullable);
    column.qualifier = table.name;
    column.metadata = field.metadata;
    scan->source_columns.push_back(field.name);
    scan->output.push_back(std::move(column));
  }
  if (table.metadata_column) {
    OutputColumn column =
        NewColumn(table.metadata_column->name, table.metadata_column->type, false);
    column.qualifier = table.name;
    column.hidden = column.is_metadata = true;
    scan->source_columns.push_back(column.name);
    scan->output.push_back(std::move(column));
  }
  std::vector<OutputColumn> columns = scan->output;
  return {std::move(scan), std::move(columns)};
}

Status Analyzer::ApplyAlias(Planned& planned, const sql::TableAlias& alias) {
  std::erase_if(planned.columns,
                [](const OutputColumn& column) { return column.hidden && !column.is_metadata; });
  if (!alias.columns.empty()) {
    // `_metadata` comes last.
    const auto visible = static_cast<size_t>(std::ranges::count_if(
        planned.columns, [](const OutputColumn& column) { return !column.hidden; }));
    if (alias.columns.size() != visible) {
      return Located(ColumnAliasCount(alias.columns.size(), visible), alias.columns.front().range);
    }
    for (size_t i = 0; i < alias.columns.size(); ++i)
      planned.columns[i].name = alias.columns[i].name;
  }
  if (alias.name.name.empty()) return {};
  for (OutputColumn& column : planned.columns) column.qualifier = {alias.name.name};
  return {};
}

Result<Planned> Analyzer::PlanValues(const sql::ValuesRelation& values, const Scope* outer) {
  auto relation = std::make_shared<ValuesRelation>();
  Scope scope;
  scope.outer = outer;
  for (const sql::ExpressionPtr& row : values.rows) {
    std::vector<ExpressionPtr> cells;
    if (const auto* many = sql::TryAs<sql::Row>(row.get())) {
      cells = TRY(ResolveAll(many->items, scope));
    } else {
      cells.push_back(TRY(Resolve(*row, scope)));
    }
    // VALUES struct(1, 2) is VALUES (1, 2).
    const bool is_row = cells.size() == 1 && cells[0]->kind == ExpressionKind::kStruct;
    if (is_row) cells = std::vector<ExpressionPtr>(cells[0]->children);
    if (!relation->rows.empty() && relation->rows[0].size() != cells.size()) {
      return Located(
          SparkError("INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH", "42000",
                     "Invalid inline table. Inline table expected {} columns but found {} "
                     "columns in row {}.",
                     relation->rows[0].size(), cells.size(), relation->rows.size()),
          row->range);
    }
    for (const ExpressionPtr& cell : cells) {
      if (ContainsAggregate(*cell) || ContainsGenerator(*cell) || ContainsWindow(*cell) ||
          ContainsVolatile(*cell) || RefersTo(*cell, outer)) {
        return Located(
            SparkError("INVALID_INLINE_TABLE.CANNOT_EVALUATE_EXPRESSION_IN_INLINE_TABLE", "42000",
                       "Invalid inline table. Cannot evaluate the expression \"{}\" in inline "
                       "table definition.",
                       PrettyName(*cell)),
            row->range);
      }
    }
    relation->rows.push_back(std::move(cells));
  }
  for (size_t column = 0; column < relation->rows[0].size(); ++column) {
    std::optional<DataType> type = DataType();
    for (const auto& row : relation->rows) {
      if (type) type = WiderTypeWithoutText(*type, row[column]->type);
    }
    if (!type) {
      return SparkError(
          "INVALID_INLINE_TABLE.INCOMPATIBLE_TYPES_IN_INLINE_TABLE", "42000",
          "Invalid inline table. Found incompatible types in the column `col{}` for inline "
          "table.",
          column + 1);
    }
    for (auto& row : relation->rows) row[column] = MakeCast(row[column], *type, true);
    relation->output.push_back(NewColumn("col" + std::to_string(column + 1), *type, true));
  }
  std::vector<OutputColumn> columns = relation->output;
  return Planned{std::move(relation), std::move(columns)};
}

Result<Planned> Analyzer::PlanLateralView(const sql::LateralViewRelation& view,
                                          const Scope* outer) {
  Planned input = TRY(PlanRelation(*view.input, outer));
  Scope scope;
  scope.outer = outer;
  scope.levels = {&input.columns};
  sql::FunctionCall call;
  call.name = view.function;
  call.range = view.range;
  for (const sql::ExpressionPtr& argument : view.arguments)
    call.arguments.push_back({"", argument});
  ExpressionPtr generator = TRY(Resolve(call, scope));
  if (!ContainsGenerator(*generator)) {
    return SparkError("UNSUPPORTED_GENERATOR.NOT_GENERATOR", "42K0E",
                      "The generator is not supported: {} is expected to be a generator.",
                      view.function.ToString());
  }
  Generated generated = TRY(MakeGenerator(generator));
  if (!view.columns.empty()) {
    if (view.columns.size() != generated.columns.size()) {
      return SparkError(
          "UDTF_ALIAS_NUMBER_MISMATCH", "42802",
          "Number of given aliases does not match number of output columns. Function name: "
          "{}; number of aliases: {}; number of output columns: {}.",
          view.function.ToString(), view.columns.size(), generated.columns.size());
    }
    for (size_t i = 0; i < view.columns.size(); ++i) {
      generated.columns[i].name = view.columns[i].name;
    }
  }
  if (!view.table_name.name.empty()) {
    for (OutputColumn& column : generated.columns) column.qualifier = {view.table_name.name};
  }
  return Generate(std::move(input), std::move(generated), view.outer);
}

Result<Planned> Analyzer::ApplySample(Planned input, const sql::TableSample& sample,
                                      const Scope* outer) {
  if (sample.unit == sql::SampleUnit::kBytes) {
    return Unsupported("TABLESAMPLE of bytes is not supported")
        .WithClass("UNSUPPORTED_FEATURE", "0A000");
  }
  Scope scope;
  scope.outer = outer;
  ExpressionPtr amount = TRY(Resolve(*sample.amount, scope));
  auto relation = std::make_shared<SampleRelation>();
  if (!sample.seed.empty()) relation->seed = std::atoll(sample.seed.c_str());
  const std::string text = PrettyName(*amount);
  if (sample.unit == sql::SampleUnit::kRows) {
    relation->rows = std::atoll(text.c_str());
  } else if (sample.unit == sql::SampleUnit::kBucket) {
    relation->fraction =
        std::atof(text.c_str()) / std::max(1.0, std::atof(sample.bucket_count.c_str()));
  } else {
    relation->fraction = std::atof(text.c_str()) / 100;
    if (*relation->fraction < 0 || *relation->fraction > 1) {
      return SparkError("INVALID_SQL_SYNTAX", "42000",
                        "Sampling fraction ({}) must be on interval [0, 1].", *relation->fraction);
    }
  }
  relation->output = input.relation->output;
  relation->inputs.push_back(std::move(input.relation));
  input.relation = std::move(relation);
  return input;
}

}  // namespace lakesmith::plan
