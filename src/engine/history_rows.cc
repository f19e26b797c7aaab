#include "engine/history_rows.h"

#include <string>
#include <utility>

#include "delta/history.h"

namespace lakesmith::engine {

using types::DataType;
using types::StructField;
using types::Value;

namespace {

Value MapOfText(const std::vector<std::pair<std::string, std::string>>& entries) {
  types::MapValue map;
  for (const auto& [key, value] : entries) map.entries.emplace_back(Value(key), Value(value));
  return Value(std::move(map));
}

template <typename T>
Value ValueOrNull(const std::optional<T>& value) {
  return value ? Value(*value) : Value();
}

}  // namespace

std::vector<StructField> HistoryColumns() {
  const DataType text_map = DataType::Map(DataType::String(), DataType::String());
  const DataType text = DataType::String();
  return {{"version", DataType::Long()},
          {"timestamp", DataType::Timestamp()},
          {"userId", text},
          {"userName", text},
          {"operation", text},
          {"operationParameters", text_map},
          {"job", DataType::Struct({{"jobId", text},
                                    {"jobName", text},
                                    {"jobRunId", text},
                                    {"runId", text},
                                    {"jobOwnerId", text},
                                    {"triggerType", text}})},
          {"notebook", DataType::Struct({{"notebookId", text}})},
          {"clusterId", text},
          {"readVersion", DataType::Long()},
          {"isolationLevel", text},
          {"isBlindAppend", DataType::Boolean()},
          {"operationMetrics", text_map},
          {"userMetadata", text},
          {"engineInfo", text}};
}

Result<std::vector<Row>> HistoryRows(const delta::Table& table, std::optional<int64_t> limit) {
  std::vector<Row> rows;
  for (const delta::HistoryEntry& entry : TRY(delta::ReadHistory(table, limit))) {
    rows.push_back({Value(entry.version), Value(types::TimestampValue{entry.timestamp_ms * 1000}),
                    Value(), ValueOrNull(entry.user_name), ValueOrNull(entry.operation),
                    MapOfText(entry.operation_parameters), Value(), Value(), Value(),
                    ValueOrNull(entry.read_version), ValueOrNull(entry.isolation_level),
                    ValueOrNull(entry.is_blind_append), MapOfText(entry.operation_metrics),
                    ValueOrNull(entry.user_metadata), ValueOrNull(entry.engine_info)});
  }
  return rows;
}

}  // namespace lakesmith::engine
