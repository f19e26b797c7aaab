// How the rows of a query become rows of a table: casts, defaults, generated columns, constraints.
#include <algorithm>
#include <utility>

#include "base/nearest.h"
#include "engine/statements/table_write_internal.h"
#include "plan/type_coercion.h"
#include "sql/parse.h"

namespace lakesmith::engine {
namespace {

using types::StructField;

constexpr const char* kDefault = "CURRENT_DEFAULT";
constexpr const char* kGeneration = "delta.generationExpression";

// Columns behind the table's own, and the one of them that says which rows are finished; empty:
// all.
struct Finish {
  size_t extra_columns = 0;
  std::string only;
};

std::optional<std::string> MetadataText(const StructField& field, const char* key) {
  const auto found = field.metadata.find(key);
  if (found == field.metadata.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

std::string NameList(const std::vector<StructField>& columns) {
  std::string list;
  for (const StructField& column : columns) {
    list += fmt::format("{}`{}`", list.empty() ? "" : ", ", column.name);
  }
  return list;
}

std::vector<plan::InputColumn> InputColumns(const TableShape& shape) {
  std::vector<plan::InputColumn> columns;
  for (const StructField& field : shape.fields()) columns.push_back({{}, field});
  return columns;
}

// An expression that the table's metadata holds as text, over the table's columns named k0, k1, ...
Result<plan::ExpressionPtr> AnalyzeStored(StatementContext& context, const std::string& text,
                                          const std::vector<plan::InputColumn>& columns,
                                          const std::string& what) {
  Result<sql::ExpressionPtr> parsed = sql::ParseExpression(text);
  if (!parsed) return std::move(parsed).error().Within(what);
  plan::SessionConfig config = context.config;
  config.text = text;
  Result<plan::ExpressionPtr> analyzed =
      plan::AnalyzeExpression(**parsed, columns, context.catalog, config);
  if (!analyzed) return std::move(analyzed).error().Within(what);
  return analyzed;
}

// Writes `SELECT items FROM (rows)`.
void Wrap(RowsText& rows, const std::vector<std::string>& items) {
  std::string list;
  for (size_t i = 0; i < items.size(); ++i) {
    list += fmt::format("{}{} AS {}", i == 0 ? "" : ", ", items[i], RowsColumn(i));
  }
  rows.sql = fmt::format("SELECT {} FROM ({}) AS q", list, rows.sql);
}

// The text that fills column `index` of the table from the source, not yet of a generated column.
Result<std::string> FilledColumn(StatementContext& context, RowsText& rows,
                                 const StructField& field, const std::optional<size_t>& source,
                                 const TableShape& shape) {
  plan::ExpressionPtr value;
  if (source) {
    const StructField& from = rows.columns[*source];
    value = plan::MakeColumn(static_cast<plan::ColumnId>(*source + 1), from.name, from.type,
                             from.nullable);
  } else if (const std::optional<std::string> text = MetadataText(field, kDefault)) {
    value =
        TRY(AnalyzeStored(context, *text, {}, fmt::format("default of column '{}'", field.name)));
  } else {
    value = plan::MakeNull(field.type);
  }
  value = TRY(CastForColumn(std::move(value), field, shape.display));
  return TakeReferences(rows, TRY(context.Emit(value, RowsColumn)));
}

bool HasGenerated(const TableShape& shape) {
  return std::ranges::any_of(shape.fields(), [](const StructField& field) {
    return MetadataText(field, kGeneration).has_value();
  });
}

// Columns behind the table's own pass through.
void AddExtraColumns(const TableShape& shape, size_t count, std::vector<std::string>& items) {
  for (size_t i = 0; i < count; ++i) items.push_back(RowsColumn(shape.fields().size() + i));
}

// Computes generated columns that the source lacks; those it has must agree.
Status FillGenerated(StatementContext& context, RowsText& rows, const ColumnSources& sources,
                     const TableShape& shape, const Finish& finish) {
  if (!HasGenerated(shape)) return {};
  std::vector<std::string> items;
  for (size_t i = 0; i < shape.fields().size(); ++i) {
    const StructField& field = shape.fields()[i];
    const std::optional<std::string> text = MetadataText(field, kGeneration);
    if (!text) {
      items.push_back(RowsColumn(i));
      continue;
    }
    plan::ExpressionPtr value = TRY(AnalyzeStored(
        context, *text, InputColumns(shape), fmt::format("generated column '{}'", field.name)));
    value = TRY(CastForColumn(std::move(value), field, shape.display));
    const std::string computed = TakeReferences(rows, TRY(context.Emit(value, RowsColumn)));
    if (!sources[i]) {
      items.push_back(finish.only.empty() ? computed
                                          : fmt::format("CASE WHEN {} THEN {} ELSE {} END",
                                                        finish.only, computed, RowsColumn(i)));
      continue;
    }
    const std::string message = fmt::format(
        "CHECK constraint Generated Column (`{}` <=> {}) violated by row.", field.name, *text);
    items.push_back(
        fmt::format("CASE WHEN {0} IS NOT DISTINCT FROM ({1}) THEN {0} ELSE {2} END", RowsColumn(i),
                    computed, RaiseText("DELTA_VIOLATE_CONSTRAINT_WITH_VALUES", "23001", message)));
  }
  AddExtraColumns(shape, finish.extra_columns, items);
  Wrap(rows, items);
  return {};
}

// The row's values for a message: "\n - a : 1\n - b : x".
std::string RowValuesText(const TableShape& shape) {
  std::string text;
  for (size_t i = 0; i < shape.fields().size(); ++i) {
    text +=
        fmt::format("{}{} || coalesce(CAST({} AS VARCHAR), 'null')", text.empty() ? "" : " || ",
                    EngineText(fmt::format("\n - {} : ", shape.fields()[i].name)), RowsColumn(i));
  }
  return text;
}

// CHAR(n) is kept with spaces up to n, VARCHAR(n) without those beyond it.
std::string StoredText(const StructField& field, const std::string& column) {
  const int length = field.type.is(types::TypeId::kChar) || field.type.is(types::TypeId::kVarchar)
                         ? field.type.length()
                         : 0;
  if (field.type.is(types::TypeId::kChar)) return fmt::format("rpad({}, {}, ' ')", column, length);
  if (field.type.is(types::TypeId::kVarchar)) return fmt::format("left({}, {})", column, length);
  return column;
}

// Fails rows in which a NOT NULL field of a struct that is there is null, at every level.
void RequireFields(const StructField& parent, const std::string& column, const std::string& path,
                   std::vector<std::string>& failures) {
  if (!parent.type.is(types::TypeId::kStruct)) return;
  for (const StructField& field : parent.type.fields()) {
    const std::string value = fmt::format("struct_extract({}, {})", column, EngineText(field.name));
    const std::string name = path + "." + field.name;
    if (!field.nullable) {
      failures.push_back(fmt::format(
          "WHEN {} IS NOT NULL AND {} IS NULL THEN {}", column, value,
          RaiseText("DELTA_NOT_NULL_CONSTRAINT_VIOLATED", "23502",
                    fmt::format("NOT NULL constraint violated for column: {}.", name))));
    }
    RequireFields(field, value, name, failures);
  }
}

// Fails rows that break NOT NULL, a length or a CHECK constraint.
Result<RowsText> CheckRows(StatementContext& context, RowsText rows, const TableShape& shape,
                           const Finish& finish) {
  std::vector<std::string> failures;  // "WHEN condition THEN error(...)"
  for (size_t i = 0; i < shape.fields().size(); ++i) {
    const StructField& field = shape.fields()[i];
    const std::string column = RowsColumn(i);
    if (!field.nullable) {
      failures.push_back(fmt::format(
          "WHEN {} IS NULL THEN {}", column,
          RaiseText("DELTA_NOT_NULL_CONSTRAINT_VIOLATED", "23502",
                    fmt::format("NOT NULL constraint violated for column: {}.", field.name))));
    }
    RequireFields(field, column, field.name, failures);
    if (field.type.is(types::TypeId::kVarchar) || field.type.is(types::TypeId::kChar)) {
      failures.push_back(
          fmt::format("WHEN length(rtrim({}, ' ')) > {} THEN {}", column, field.type.length(),
                      RaiseText("EXCEEDS_LIMIT_LENGTH", "22001",
                                fmt::format("Exceeds char/varchar type length limitation: {}.",
                                            field.type.length()))));
    }
  }
  for (const auto& [name, text] : shape.properties.constraints) {
    const plan::ExpressionPtr condition = TRY(
        AnalyzeStored(context, text, InputColumns(shape), fmt::format("constraint '{}'", name)));
    const std::string emitted = TakeReferences(rows, TRY(context.Emit(condition, RowsColumn)));
    failures.push_back(fmt::format(
        "WHEN ({}) IS NOT TRUE THEN {}", emitted,
        RaiseText("DELTA_VIOLATE_CONSTRAINT_WITH_VALUES", "23001",
                  fmt::format("CHECK constraint {} ({}) violated by row with values:", name, text),
                  RowValuesText(shape))));
  }
  if (failures.empty()) return rows;
  std::vector<std::string> items;
  for (size_t i = 0; i < shape.fields().size(); ++i)
    items.push_back(StoredText(shape.fields()[i], RowsColumn(i)));
  AddExtraColumns(shape, finish.extra_columns, items);
  std::string checked = "CASE ";
  if (!finish.only.empty()) checked += fmt::format("WHEN NOT {} THEN {} ", finish.only, items[0]);
  for (const std::string& failure : failures) checked += failure + " ";
  // A check in a WHERE clause could run before other conditions; in the first column it sees kept
  // rows alone.
  items[0] = checked + fmt::format("ELSE {} END", items[0]);
  Wrap(rows, items);
  return rows;
}

}  // namespace

Result<plan::ExpressionPtr> CastForColumn(plan::ExpressionPtr value, const StructField& field,
                                          const std::string& display) {
  const bool limited =
      field.type.is(types::TypeId::kVarchar) || field.type.is(types::TypeId::kChar);
  // Delta takes whatever can be cast, text as a date for one, and fails values that are malformed.
  if (!limited && plan::CanCast(value->type, field.type))
    return plan::MakeCast(std::move(value), field.type, true);
  if (!limited) return plan::CastForStore(std::move(value), field, display);
  return plan::CastForStore(std::move(value),
                            {field.name, types::DataType::String(), field.nullable}, display);
}

Result<ColumnSources> SourcesByPosition(const std::vector<StructField>& source,
                                        const TableShape& shape) {
  if (source.size() != shape.fields().size()) {
    const bool few = source.size() < shape.fields().size();
    return Invalid("Cannot write to {}, the reason is {}:\nTable columns: {}.\nData columns: {}.",
                   shape.display, few ? "not enough data columns" : "too many data columns",
                   NameList(shape.fields()), NameList(source))
        .WithClass(fmt::format("INSERT_COLUMN_ARITY_MISMATCH.{}",
                               few ? "NOT_ENOUGH_DATA_COLUMNS" : "TOO_MANY_DATA_COLUMNS"),
                   "21S01");
  }
  ColumnSources sources;
  for (size_t i = 0; i < source.size(); ++i) sources.emplace_back(i);
  return sources;
}

Result<ColumnSources> SourcesByName(const std::vector<StructField>& source,
                                    const TableShape& shape) {
  ColumnSources sources(shape.fields().size());
  for (size_t i = 0; i < source.size(); ++i) {
    const std::optional<size_t> column = shape.schema.FieldIndex(source[i].name);
    if (!column) {
      std::vector<std::string> names;
      for (const StructField& field : shape.fields()) names.push_back(field.name);
      const std::string nearest = Nearest(source[i].name, names);
      return Invalid(
                 "Cannot write incompatible data for the table {}: Cannot write extra columns "
                 "`{}`.{}",
                 shape.display, source[i].name,
                 nearest.empty() ? "" : fmt::format(" Did you mean `{}`?", nearest))
          .WithClass("INCOMPATIBLE_DATA_FOR_TABLE.EXTRA_COLUMNS", "KD000");
    }
    if (sources[*column]) {
      return Invalid("The column `{}` is given more than once.", source[i].name)
          .WithClass("COLUMN_ALREADY_EXISTS", "42711");
    }
    sources[*column] = i;
  }
  return sources;
}

Result<RowsText> ShapeRows(StatementContext& context, RowsText source, const ColumnSources& sources,
                           const TableShape& shape) {
  RowsText rows = std::move(source);
  std::vector<std::string> items;
  for (size_t i = 0; i < shape.fields().size(); ++i) {
    items.push_back(TRY(FilledColumn(context, rows, shape.fields()[i], sources[i], shape)));
  }
  Wrap(rows, items);
  rows.columns = shape.fields();
  TRY(FillGenerated(context, rows, sources, shape, {}));
  return CheckRows(context, std::move(rows), shape, {});
}

Result<RowsText> FinishRows(StatementContext& context, RowsText rows, const TableShape& shape,
                            size_t extra_columns, const std::string& only) {
  const ColumnSources none(shape.fields().size());
  const Finish finish{extra_columns, only};
  TRY(FillGenerated(context, rows, none, shape, finish));
  return CheckRows(context, std::move(rows), shape, finish);
}

}  // namespace lakesmith::engine
