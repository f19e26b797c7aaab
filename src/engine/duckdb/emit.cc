#include "engine/duckdb/emit.h"

#include "base/stack_space.h"
#include "engine/duckdb/emit_internal.h"

namespace lakesmith::engine {

using types::DataType;
using types::StructField;
using types::TypeId;

std::string SqlText(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "''";
    } else if (c == '\0') {
      quoted += "' || chr(0) || '";
    } else {
      quoted += c;
    }
  }
  quoted += "'";
  return text.find('\0') == std::string_view::npos ? quoted : "(" + quoted + ")";
}

std::string SqlName(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    quoted += c;
    if (c == '"') quoted += c;
  }
  return quoted + "\"";
}

std::string ColumnName(plan::ColumnId id) { return "c" + std::to_string(id); }

std::string TypedNull(const DataType& type) {
  // Parentheses, because a subscript may follow.
  if (type.is(TypeId::kArray)) return fmt::format("(NULL::{})", DuckDbTypeName(type));
  return "NULL::" + DuckDbTypeName(type);
}

std::string RaiseError(std::string_view error_class, std::string_view sql_state,
                       std::string_view message) {
  return fmt::format("error({})",
                     SqlText(fmt::format("[{}:{}] {}", error_class, sql_state, message)));
}

bool IsLiteral(const plan::Expression& expression) {
  return expression.kind == plan::ExpressionKind::kLiteral && !expression.value.is_null();
}

std::optional<std::string> LiteralText(const plan::Expression& expression) {
  if (!IsLiteral(expression) || !expression.type.IsString()) return std::nullopt;
  return expression.value.as<std::string>();
}

std::string DuckDbTypeName(const DataType& type) {
  switch (type.id()) {
    case TypeId::kVoid:
    case TypeId::kInt:
    case TypeId::kYearMonthInterval:
      return "INTEGER";
    case TypeId::kBoolean:
      return "BOOLEAN";
    case TypeId::kByte:
      return "TINYINT";
    case TypeId::kShort:
      return "SMALLINT";
    case TypeId::kLong:
    case TypeId::kDayTimeInterval:
      return "BIGINT";
    case TypeId::kFloat:
      return "FLOAT";
    case TypeId::kDouble:
      return "DOUBLE";
    case TypeId::kDecimal:
      return fmt::format("DECIMAL({},{})", type.precision(), type.scale());
    case TypeId::kString:
    case TypeId::kChar:
    case TypeId::kVarchar:
    case TypeId::kVariant:
      return "VARCHAR";
    case TypeId::kBinary:
      return "BLOB";
    case TypeId::kDate:
      return "DATE";
    case TypeId::kTime:
      return "TIME";
    case TypeId::kTimestamp:
      return "TIMESTAMPTZ";
    case TypeId::kTimestampNtz:
      return "TIMESTAMP";
    case TypeId::kCalendarInterval:
      return "INTERVAL";
    case TypeId::kArray:
      return DuckDbTypeName(type.element()) + "[]";
    case TypeId::kMap:
      return fmt::format("MAP({}, {})", DuckDbTypeName(type.key()), DuckDbTypeName(type.value()));
    case TypeId::kStruct: {
      std::string fields;
      for (const StructField& field : type.fields()) {
        if (!fields.empty()) fields += ", ";
        fields += SqlName(field.name) + " " + DuckDbTypeName(field.type);
      }
      return fmt::format("STRUCT({})", fields);
    }
  }
  return "VARCHAR";
}

std::optional<StructField> MetadataColumn(const decltype(ScanBinding::source)& source) {
  std::vector<StructField> fields = FileMetadataFields();
  const auto* files = std::get_if<FileScan>(&source);
  if (files == nullptr && !std::holds_alternative<DeltaScan>(source)) return std::nullopt;
  if (files == nullptr || files->format == FileFormat::kParquet) {
    fields.push_back({.name = "row_index", .type = DataType::Long(), .nullable = false});
  }
  return StructField{.name = "_metadata", .type = DataType::Struct(fields), .nullable = false};
}

Result<EmittedQuery> Emit(const plan::Query& query) {
  Emitter emitter(ColumnName);
  return WithStackSpace([&]() -> Result<EmittedQuery> {
    const SelectBlock block = TRY(emitter.Build(*query.root));
    EmittedQuery emitted;
    emitted.sql = emitter.Finish(block.Text());
    emitted.scans = emitter.scans();
    emitted.native_functions = emitter.natives();
    emitted.columns = query.columns;
    emitted.without_columns = query.columns.empty();
    return emitted;
  });
}

Result<EmittedExpression> EmitExpression(
    const plan::Expression& expression,
    const std::function<std::string(plan::ColumnId)>& column_sql) {
  Emitter emitter(column_sql);
  return WithStackSpace([&]() -> Result<EmittedExpression> {
    EmittedExpression emitted;
    emitted.sql = emitter.Finish(TRY(emitter.Expression(expression)));
    emitted.scans = emitter.scans();
    emitted.native_functions = emitter.natives();
    return emitted;
  });
}

}  // namespace lakesmith::engine
