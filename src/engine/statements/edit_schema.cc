// ALTER TABLE of columns: how the schema changes.
#include <algorithm>
#include <cctype>
#include <utility>

#include "base/nearest.h"
#include "delta/schema.h"
#include "engine/statements/alter_internal.h"
#include "engine/statements/table_write_internal.h"
#include "sql/parse.h"
#include "sql/print.h"

namespace lakesmith::engine {
namespace {

using catalog::FoldName;
using types::DataType;
using types::StructField;
using types::TypeId;
using Path = std::vector<sql::Identifier>;

std::string Dotted(const Path& path) {
  std::string text;
  for (const sql::Identifier& part : path) text += (text.empty() ? "" : ".") + part.name;
  return text;
}

std::vector<std::string> DottedAll(const std::vector<Path>& paths) {
  std::vector<std::string> texts;
  for (const Path& path : paths) texts.push_back(Dotted(path));
  return texts;
}

Error ColumnNotFound(StatementContext& context, const Path& path,
                     const std::vector<StructField>& fields) {
  std::vector<std::string> names;
  for (const StructField& field : fields) names.push_back(field.name);
  const std::string nearest = Nearest(path.back().name, names);
  Error error = Invalid("A column with name `{}` cannot be resolved.{}", Dotted(path),
                        nearest.empty() ? "" : fmt::format(" Did you mean `{}`?", nearest))
                    .WithClass("UNRESOLVED_COLUMN.WITH_SUGGESTION", "42703");
  return std::move(error).At(context.PlaceOf(path.front().range));
}

// Changes the list of fields that holds the last part of a path, and rebuilds the types around it.
using FieldsChange =
    std::function<Status(std::vector<StructField>& fields, std::optional<size_t> index)>;

Result<DataType> ChangeAt(StatementContext& context, const DataType& type, const Path& path,
                          size_t depth, const FieldsChange& change) {
  if (type.is(TypeId::kArray) && depth < path.size() && FoldName(path[depth].name) == "element") {
    return DataType::Array(TRY(ChangeAt(context, type.element(), path, depth + 1, change)),
                           type.contains_null());
  }
  if (type.is(TypeId::kMap) && depth < path.size()) {
    const std::string part = FoldName(path[depth].name);
    if (part == "key") {
      return DataType::Map(TRY(ChangeAt(context, type.key(), path, depth + 1, change)),
                           type.value(), type.contains_null());
    }
    if (part == "value") {
      return DataType::Map(type.key(),
                           TRY(ChangeAt(context, type.value(), path, depth + 1, change)),
                           type.contains_null());
    }
  }
  if (!type.is(TypeId::kStruct)) return ColumnNotFound(context, path, {});
  std::vector<StructField> fields = type.fields();
  const std::optional<size_t> index = type.FieldIndex(path[depth].name);
  if (depth + 1 == path.size()) {
    TRY(change(fields, index));
  } else {
    if (!index) return ColumnNotFound(context, path, fields);
    fields[*index].type = TRY(ChangeAt(context, fields[*index].type, path, depth + 1, change));
  }
  return DataType::Struct(std::move(fields));
}

// Moves a field to its wished place.
Status Place(std::vector<StructField>& fields, size_t index, const sql::ColumnPosition& position) {
  StructField field = fields[index];
  fields.erase(fields.begin() + static_cast<ptrdiff_t>(index));
  size_t target = 0;
  if (!position.first) {
    const std::optional<size_t> after = DataType::Struct(fields).FieldIndex(position.after.name);
    if (!after) {
      return Invalid("A column with name `{}` cannot be resolved.", position.after.name)
          .WithClass("UNRESOLVED_COLUMN.WITHOUT_SUGGESTION", "42703");
    }
    target = *after + 1;
  }
  fields.insert(fields.begin() + static_cast<ptrdiff_t>(target), std::move(field));
  return {};
}

Result<DataType> AddColumn(StatementContext& context, const DataType& schema,
                           const sql::ColumnDefinition& column) {
  if (!column.type) return Invalid("The column `{}` has no type.", column.name());
  StructField field{column.name(), TRY(context.TypeOf(*column.type)), true};
  if (column.not_null) {
    return Unsupported("NOT NULL is not supported for a column added to an existing table.")
        .WithClass("DELTA_ADD_COLUMN_NOT_NULL", "0A000");
  }
  if (column.default_value) {
    return Unsupported(
               "A default value is not supported for a column added to an existing Delta table. "
               "Add the column, "
               "then ALTER COLUMN ... SET DEFAULT.")
        .WithClass("WRONG_COLUMN_DEFAULTS_FOR_DELTA_ALTER_TABLE_ADD_COLUMN_NOT_SUPPORTED", "0AKDC");
  }
  if (column.comment) field.metadata["comment"] = *column.comment;
  return ChangeAt(
      context, schema, column.path, 0,
      [&](std::vector<StructField>& fields, std::optional<size_t> index) -> Status {
        if (index) {
          return Invalid(
                     "The column `{}` already exists. Choose another name or rename the existing "
                     "column.",
                     column.name())
              .WithClass("FIELD_ALREADY_EXISTS", "42710");
        }
        fields.push_back(field);
        if (column.position) return Place(fields, fields.size() - 1, *column.position);
        return {};
      });
}

// Whether an expression of the table's metadata names the column.
bool UsesColumn(const delta::Snapshot& snapshot, const std::string& name, std::string& user) {
  const std::string folded = FoldName(name);
  const auto part_of_name = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
  };
  const auto mentions = [&](const std::string& text) {
    const std::string lower = FoldName(text);
    for (size_t at = lower.find(folded); at != std::string::npos; at = lower.find(folded, at + 1)) {
      const size_t end = at + folded.size();
      const bool begins = at == 0 || !part_of_name(lower[at - 1]);
      if (begins && (end == lower.size() || !part_of_name(lower[end]))) return true;
    }
    return false;
  };
  for (const auto& [constraint, text] : snapshot.properties().constraints) {
    if (mentions(text)) {
      user = fmt::format("the CHECK constraint '{}'", constraint);
      return true;
    }
  }
  for (const StructField& field : snapshot.schema().fields()) {
    const auto generated = field.metadata.find("delta.generationExpression");
    if (generated != field.metadata.end() && mentions(generated->get<std::string>())) {
      user = fmt::format("the generated column '{}'", field.name);
      return true;
    }
  }
  return false;
}

// Whether a column may be renamed or dropped.
Status CheckRemovable(const StatementContext::OpenTable& table, const Path& path, bool drops) {
  const delta::Snapshot& snapshot = *table.snapshot;
  if (snapshot.properties().column_mapping_mode == delta::ColumnMappingMode::kNone) {
    return Invalid(
               "{} a column needs column mapping. Enable it by ALTER TABLE {} SET TBLPROPERTIES "
               "('delta.columnMapping.mode' = 'name').",
               drops ? "Dropping" : "Renaming", table.target.Display())
        .WithClass(drops ? "DELTA_UNSUPPORTED_DROP_COLUMN" : "DELTA_UNSUPPORTED_RENAME_COLUMN",
                   "0AKDC");
  }
  const auto& partitions = snapshot.metadata().partition_columns;
  const bool is_partition = std::ranges::any_of(partitions, [&](const std::string& name) {
    return FoldName(name) == FoldName(path.front().name);
  });
  if (is_partition && drops) {
    return Invalid("The partition column `{}` cannot be dropped.", path.front().name)
        .WithClass("DELTA_UNSUPPORTED_DROP_PARTITION_COLUMN", "0AKDC");
  }
  std::string user;
  if (path.size() == 1 && UsesColumn(snapshot, path.front().name, user)) {
    return Invalid("The column `{}` is used by {}. Drop that first.", path.front().name, user)
        .WithClass("DELTA_CONSTRAINT_DEPENDENT_COLUMN_CHANGE", "42K09");
  }
  return {};
}

Result<DataType> DropColumns(StatementContext& context, const StatementContext::OpenTable& table,
                             const sql::AlterAction& action) {
  DataType schema = table.snapshot->schema();
  for (const Path& path : action.column_paths) {
    TRY(CheckRemovable(table, path, true));
    schema =
        TRY(ChangeAt(context, schema, path, 0,
                     [&](std::vector<StructField>& fields, std::optional<size_t> index) -> Status {
                       if (!index && action.if_exists) return {};
                       if (!index) return ColumnNotFound(context, path, fields);
                       fields.erase(fields.begin() + static_cast<ptrdiff_t>(*index));
                       return {};
                     }));
  }
  return schema;
}

Result<DataType> ReplaceColumns(StatementContext& context, const sql::AlterAction& action) {
  DataType schema = DataType::Struct({});
  for (const sql::ColumnDefinition& column : action.columns)
    schema = TRY(AddColumn(context, schema, column));
  return schema;
}

// Whether every text of the one type is one of the other: CHAR and VARCHAR may get longer.
bool HoldsSameText(const DataType& from, const DataType& to) {
  const bool is_char = from.is(TypeId::kChar);
  if (!is_char && !from.is(TypeId::kVarchar)) return false;
  if (to.is(TypeId::kVarchar)) return to.length() >= from.length();
  return !is_char && to.is(TypeId::kString);
}

Status ChangeType(StatementContext& context, const StatementContext::OpenTable& table,
                  StructField& field, const sql::AlterAction& action) {
  const DataType wanted = TRY(context.TypeOf(*action.type));
  if (wanted == field.type) return {};
  if (HoldsSameText(field.type, wanted)) {
    field.type = wanted;
    return {};
  }
  const bool widens = table.snapshot->properties().enable_type_widening &&
                      delta::IsLegalWidening(field.type, wanted);
  if (!widens) {
    return Invalid("ALTER TABLE cannot change the column `{}` from {} to {}.{}", field.name,
                   field.type.Sql(), wanted.Sql(),
                   delta::IsLegalWidening(field.type, wanted)
                       ? " Enable type widening first: SET TBLPROPERTIES "
                         "('delta.enableTypeWidening' = 'true')."
                       : "")
        .WithClass("DELTA_UNSUPPORTED_ALTER_TABLE_CHANGE_COL_OP", "0AKDC");
  }
  delta::MergeOptions options;
  options.widen_types = true;
  const DataType merged = TRY(delta::MergeSchemas(
      DataType::Struct({field}), DataType::Struct({{field.name, wanted}}), options));
  field = merged.fields().front();
  return {};
}

Status ChangeField(StatementContext& context, const StatementContext::OpenTable& table,
                   std::vector<StructField>& fields, size_t index, const sql::AlterAction& action) {
  StructField& field = fields[index];
  switch (action.alter_kind) {
    case sql::AlterKind::kAlterColumnComment:
      field.metadata["comment"] = action.comment.value_or("");
      return {};
    case sql::AlterKind::kAlterColumnSetNotNull:
      field.nullable = false;
      return {};
    case sql::AlterKind::kAlterColumnDropNotNull:
      field.nullable = true;
      return {};
    case sql::AlterKind::kAlterColumnSetDefault:
      field.metadata["CURRENT_DEFAULT"] = sql::ToSql(*action.expression);
      return {};
    case sql::AlterKind::kAlterColumnDropDefault:
      field.metadata.erase("CURRENT_DEFAULT");
      return {};
    default:
      break;
  }
  if (action.type) TRY(ChangeType(context, table, field, action));
  if (action.comment) field.metadata["comment"] = *action.comment;
  if (action.position) return Place(fields, index, *action.position);
  return {};
}

Status RenameField(StatementContext& context, std::vector<StructField>& fields, size_t index,
                   const sql::AlterAction& action) {
  const std::string name = TRY(context.Parts(action.new_name)).back();
  const std::optional<size_t> taken = DataType::Struct(fields).FieldIndex(name);
  if (taken && *taken != index) {
    return Invalid("The column `{}` already exists. Choose another name.", name)
        .WithClass("FIELD_ALREADY_EXISTS", "42710");
  }
  fields[index].name = name;
  return {};
}

std::string_view OperationName(sql::AlterKind kind) {
  switch (kind) {
    case sql::AlterKind::kAddColumns:
      return "ADD COLUMNS";
    case sql::AlterKind::kReplaceColumns:
      return "REPLACE COLUMNS";
    case sql::AlterKind::kDropColumns:
      return "DROP COLUMNS";
    case sql::AlterKind::kRenameColumn:
      return "RENAME COLUMN";
    default:
      return "CHANGE COLUMN";
  }
}

}  // namespace

Result<SchemaEdit> EditSchema(StatementContext& context, const StatementContext::OpenTable& table,
                              const sql::AlterAction& action) {
  SchemaEdit edit;
  edit.operation.name = OperationName(action.alter_kind);
  edit.schema = table.snapshot->schema();
  edit.partition_columns = table.snapshot->metadata().partition_columns;
  switch (action.alter_kind) {
    case sql::AlterKind::kAddColumns: {
      std::vector<std::string> names;
      for (const sql::ColumnDefinition& column : action.columns) {
        edit.schema = TRY(AddColumn(context, edit.schema, column));
        names.push_back(Dotted(column.path));
      }
      edit.operation.parameters = {{"columns", JsonList(names)}};
      return edit;
    }
    case sql::AlterKind::kReplaceColumns:
      if (!table.snapshot->files().empty()) {
        return Unsupported("REPLACE COLUMNS is supported for empty tables only.")
            .WithClass("UNSUPPORTED_FEATURE", "0A000");
      }
      edit.schema = TRY(ReplaceColumns(context, action));
      return edit;
    case sql::AlterKind::kDropColumns:
      edit.schema = TRY(DropColumns(context, table, action));
      edit.operation.parameters = {{"columns", JsonList(DottedAll(action.column_paths))}};
      return edit;
    default:
      break;
  }
  const Path& path = action.column_paths.at(0);
  const bool renames = action.alter_kind == sql::AlterKind::kRenameColumn;
  if (renames) TRY(CheckRemovable(table, path, false));
  edit.schema =
      TRY(ChangeAt(context, edit.schema, path, 0,
                   [&](std::vector<StructField>& fields, std::optional<size_t> index) -> Status {
                     if (!index) return ColumnNotFound(context, path, fields);
                     if (renames) return RenameField(context, fields, *index, action);
                     return ChangeField(context, table, fields, *index, action);
                   }));
  edit.operation.parameters = {{"column", Dotted(path)}};
  if (action.alter_kind == sql::AlterKind::kAlterColumnSetNotNull) {
    std::string column;
    for (const sql::Identifier& part : path) {
      column += (column.empty() ? "" : ".") + types::QuoteIdentifierIfNeeded(part.name);
    }
    edit.not_null_check = TRY(sql::ParseExpression(column + " IS NOT NULL"));
  }
  if (renames) {
    const std::string name = TRY(context.Parts(action.new_name)).back();
    edit.operation.parameters = {{"oldColumnPath", Dotted(path)}, {"newColumnPath", name}};
    // Partition columns are kept by their logical name.
    for (std::string& column : edit.partition_columns) {
      if (path.size() == 1 && FoldName(column) == FoldName(path.front().name)) column = name;
    }
  }
  return edit;
}

}  // namespace lakesmith::engine
