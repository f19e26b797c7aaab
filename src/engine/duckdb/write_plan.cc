#include <algorithm>
#include <utility>
#include <vector>

#include "delta/column_mapping.h"
#include "engine/duckdb/split_copy_internal.h"
#include "engine/duckdb/type_mapping_internal.h"
#include "engine/duckdb/write_plan_internal.h"

namespace lakesmith::engine {
namespace {

using types::DataType;
using types::StructField;
using types::TypeId;

std::string Quote(std::string_view text, char quote) {
  std::string quoted(1, quote);
  for (const char c : text) {
    if (c == quote) quoted += quote;
    quoted += c;
  }
  return quoted + quote;
}

bool IsPartition(const WriteSpec& spec, const std::string& name) {
  return std::find(spec.partition_columns.begin(), spec.partition_columns.end(), name) !=
         spec.partition_columns.end();
}

// Part of a FIELD_IDS option for what is inside a type; "" when nothing there has an id.
std::string NestedFieldIds(const DataType& type);

std::string FieldIdEntry(const std::string& name, std::optional<int> id, const DataType& type) {
  const std::string nested = NestedFieldIds(type);
  if (nested.empty()) return id ? fmt::format("{}: {}", QuoteName(name), *id) : "";
  const std::string own = id ? fmt::format("__duckdb_field_id: {}, ", *id) : "";
  return fmt::format("{}: {{{}{}}}", QuoteName(name), own, nested);
}

void AppendEntry(std::string& list, const std::string& entry) {
  if (entry.empty()) return;
  if (!list.empty()) list += ", ";
  list += entry;
}

std::string NestedFieldIds(const DataType& type) {
  std::string ids;
  switch (type.id()) {
    case TypeId::kArray:
      return FieldIdEntry("element", std::nullopt, type.element());
    case TypeId::kMap:
      AppendEntry(ids, FieldIdEntry("key", std::nullopt, type.key()));
      AppendEntry(ids, FieldIdEntry("value", std::nullopt, type.value()));
      return ids;
    case TypeId::kStruct:
      for (const StructField& field : type.fields()) {
        AppendEntry(ids, FieldIdEntry(delta::PhysicalName(field, delta::ColumnMappingMode::kName),
                                      delta::ColumnId(field), field.type));
      }
      return ids;
    default:
      return ids;
  }
}

// The value of column `index` of the query as it is stored: cast to the planned type, nested names
// replaced, variants encoded.
std::string StoredExpression(size_t index, const StructField& field, const WriteSpec& spec) {
  const std::string logical = ToDuckType(field.type).ToString();
  const std::string expression = fmt::format("CAST(c{} AS {})", index, logical);
  const DataType physical_type =
      delta::PhysicalSchema(DataType::Struct({field}), spec.column_mapping).fields()[0].type;
  const std::string physical = ToStoredType(physical_type).ToString();
  if (physical == logical) return expression;
  return fmt::format("lakesmith_rename({}, CAST(NULL AS {}))", expression, physical);
}

std::string_view CodecName(ParquetCompression compression) {
  switch (compression) {
    case ParquetCompression::kZstd:
      return "zstd";
    case ParquetCompression::kSnappy:
      return "snappy";
    case ParquetCompression::kUncompressed:
      return "uncompressed";
  }
  return "zstd";
}

std::string SplitOptions(const WriteSpec& spec) {
  if (!spec.partition_columns.empty()) {
    std::string names;
    for (const std::string& name : spec.partition_columns) {
      AppendEntry(names, QuoteName(name));
    }
    const std::string target =
        spec.target_file_bytes ? fmt::format(", {} {}", kTargetBytesOption, *spec.target_file_bytes)
                               : "";
    return fmt::format(
        ", PARTITION_BY ({}), HIVE_FILE_PATTERN false, OVERWRITE_OR_IGNORE true, "
        "FILENAME_PATTERN '{{uuid}}'{}",
        names, target);
  }
  if (spec.target_file_bytes) {
    return fmt::format(
        ", FILE_SIZE_BYTES {}, OVERWRITE_OR_IGNORE true, WRITE_EMPTY_FILE false, "
        "FILENAME_PATTERN '{{uuid}}'",
        *spec.target_file_bytes);
  }
  return ", WRITE_EMPTY_FILE false";
}

}  // namespace

std::string QuoteName(std::string_view name) { return Quote(name, '"'); }

std::string QuoteText(std::string_view text) { return Quote(text, '\''); }

std::string StatisticsKey(const std::vector<std::string>& physical_path) {
  std::string key;
  for (const std::string& name : physical_path) {
    if (!key.empty()) key += ".";
    key += QuoteName(name);
  }
  return key;
}

Result<std::string> CopyStatement(const std::string& sql, const WriteSpec& spec,
                                  const std::string& folder) {
  std::string selected;
  std::string aliases;
  std::string field_ids;
  size_t stored = 0;
  for (size_t i = 0; i < spec.columns.size(); ++i) {
    const StructField& field = spec.columns[i];
    AppendEntry(aliases, fmt::format("c{}", i));
    if (field.type.is(TypeId::kVoid)) continue;
    // Partition columns are not stored, so they keep the name by which PARTITION_BY calls them.
    const bool is_partition = IsPartition(spec, field.name);
    const std::string name =
        is_partition ? field.name : delta::PhysicalName(field, spec.column_mapping);
    AppendEntry(selected,
                fmt::format("{} AS {}", StoredExpression(i, field, spec), QuoteName(name)));
    if (is_partition) continue;
    ++stored;
    if (spec.column_mapping != delta::ColumnMappingMode::kNone) {
      AppendEntry(field_ids, FieldIdEntry(name, delta::ColumnId(field), field.type));
    }
  }
  if (stored == 0) {
    return Invalid("cannot write a table in which every column is a partition column")
        .WithClass("ALL_PARTITION_COLUMNS_NOT_ALLOWED", "KD005");
  }
  const bool is_folder = !spec.partition_columns.empty() || spec.target_file_bytes.has_value();
  const std::string ids = field_ids.empty() ? "" : fmt::format(", FIELD_IDS {{{}}}", field_ids);
  return fmt::format(
      "COPY (SELECT {} FROM ({}) AS q({})) TO {} (FORMAT {}, COMPRESSION {}, "
      "ROW_GROUP_SIZE {}, RETURN_STATS true{}{})",
      selected, sql, aliases, QuoteText(is_folder ? folder : folder + "/0.parquet"),
      spec.partition_columns.empty() ? "parquet" : kSplitCopyFormat, CodecName(spec.compression),
      spec.row_group_rows, ids, SplitOptions(spec));
}

}  // namespace lakesmith::engine
