#include <utility>

#include "delta/column_mapping.h"
#include "delta/protocol.h"
#include "delta/schema.h"
#include "engine/statements/dml_internal.h"

namespace lakesmith::engine {

Result<TableActions> ChangeSchema(const delta::Snapshot& snapshot, const types::DataType& schema,
                                  const std::string& display,
                                  const std::vector<std::string>& partition_columns) {
  TableActions actions;
  actions.metadata = snapshot.metadata();
  actions.metadata.partition_columns = partition_columns;
  const bool mapped = snapshot.properties().column_mapping_mode != delta::ColumnMappingMode::kNone;
  TRY(delta::CheckSchema(schema, actions.metadata.partition_columns, mapped));
  types::DataType full = schema;
  if (mapped) {
    int64_t max_id = snapshot.properties().max_column_id;
    full = delta::AssignColumnMapping(schema, false, &max_id);
    actions.metadata.configuration["delta.columnMapping.maxColumnId"] = std::to_string(max_id);
  }
  actions.metadata.schema_string = delta::SchemaText(full);
  actions.protocol =
      delta::MergeProtocols(snapshot.protocol(), TRY(delta::ProtocolFor(actions.metadata, full)));
  actions.shape = {display, full, actions.metadata.partition_columns,
                   TRY(delta::TableProperties::Parse(actions.metadata.configuration))};
  return actions;
}

Result<std::optional<TableActions>> EvolveSchema(const delta::Snapshot& snapshot,
                                                 const std::vector<types::StructField>& incoming,
                                                 const std::string& display) {
  std::vector<types::StructField> plain;
  for (types::StructField field : incoming) {
    field.metadata = Json::object();
    field.nullable = true;
    plain.push_back(std::move(field));
  }
  delta::MergeOptions options;
  options.widen_types = snapshot.properties().enable_type_widening;
  const types::DataType merged = TRY(
      delta::MergeSchemas(snapshot.schema(), types::DataType::Struct(std::move(plain)), options));
  if (merged == snapshot.schema()) return std::optional<TableActions>();
  return std::optional<TableActions>(
      TRY(ChangeSchema(snapshot, merged, display, snapshot.metadata().partition_columns)));
}

}  // namespace lakesmith::engine
