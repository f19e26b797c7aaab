#include <algorithm>
#include <chrono>
#include <utility>

#include "base/nearest.h"
#include "delta/column_mapping.h"
#include "delta/partition_values.h"
#include "delta/paths.h"
#include "delta/protocol.h"
#include "delta/schema.h"
#include "delta/statistics.h"
#include "engine/statements/table_write_internal.h"
#include "engine/write_spec.h"

namespace lakesmith::engine {
namespace {

// Files are closed at about this size unless the table says otherwise.
constexpr int64_t kTargetFileBytes = 128LL << 20;
constexpr int kMaxStatementAttempts = 10;

ParquetCompression CompressionOf(const std::string& codec) {
  const std::string folded = catalog::FoldName(codec);
  if (folded == "snappy") return ParquetCompression::kSnappy;
  if (folded == "uncompressed" || folded == "none") return ParquetCompression::kUncompressed;
  return ParquetCompression::kZstd;
}

WriteSpec SpecFor(const TableShape& shape, const std::string& location,
                  const std::string& subfolder) {
  WriteSpec spec;
  spec.root = location;
  spec.columns = shape.fields();
  spec.partition_columns = shape.partition_columns;
  spec.column_mapping = shape.properties.column_mapping_mode;
  spec.random_prefix = shape.properties.randomize_file_prefixes ||
                       shape.properties.column_mapping_mode != delta::ColumnMappingMode::kNone;
  spec.subfolder = subfolder;
  spec.compression = CompressionOf(shape.properties.parquet_codec);
  spec.target_file_bytes = shape.properties.target_file_size_bytes.value_or(kTargetFileBytes);
  return spec;
}

Result<delta::PartitionValues> PartitionTexts(const WrittenFile& file, const TableShape& shape) {
  delta::PartitionValues texts;
  for (const auto& [name, value] : file.partition_values) {
    const std::optional<size_t> index = shape.schema.FieldIndex(name);
    if (!index) return Internal("a file has the unknown partition column '{}'", name);
    const types::StructField& field = shape.fields()[*index];
    texts.push_back({delta::PhysicalName(field, shape.properties.column_mapping_mode),
                     TRY(delta::PartitionValueText(value, field.type))});
  }
  return texts;
}

bool IsFeatureProperty(const std::string& key) {
  return key.starts_with("delta.feature.") || key == "delta.minReaderVersion" ||
         key == "delta.minWriterVersion";
}

}  // namespace

TableShape ShapeOf(const TableTarget& target, const delta::Snapshot& snapshot) {
  return {target.Display(), snapshot.schema(), snapshot.metadata().partition_columns,
          snapshot.properties()};
}

std::string JsonList(const std::vector<std::string>& items) { return JsonText(Json(items)); }

Result<WrittenRows> WriteRows(StatementContext& context, const RowsText& rows,
                              const TableShape& shape, const std::string& location,
                              const std::string& subfolder) {
  WriteSpec spec = SpecFor(shape, location, subfolder);
  if (subfolder.empty()) {
    spec.statistics_columns =
        delta::StatisticsColumns(shape.schema, shape.partition_columns, shape.properties);
  } else {
    spec.columns.push_back(TextColumn("_change_type"));
  }
  const std::vector<WrittenFile> files =
      TRY(context.session.connection->WriteParquet(rows.ToQuery(), spec));
  WrittenRows written;
  for (const WrittenFile& file : files) {
    delta::AddFile add;
    add.path = delta::EncodePath(file.path);
    add.partition_values = TRY(PartitionTexts(file, shape));
    add.size_bytes = file.size_bytes;
    add.modified_ms = file.modification_time_millis;
    add.stats = delta::StatisticsJson(file.row_count, spec.statistics_columns, file.statistics,
                                      shape.properties.data_skipping_string_prefix_length);
    written.row_count += file.row_count;
    written.size_bytes += file.size_bytes;
    written.files.push_back(std::move(add));
  }
  return written;
}

Result<std::vector<delta::CdcFile>> WriteChangeData(StatementContext& context, const RowsText& rows,
                                                    const TableShape& shape,
                                                    const std::string& location) {
  WrittenRows written = TRY(WriteRows(context, rows, shape, location, "_change_data"));
  std::vector<delta::CdcFile> files;
  for (delta::AddFile& file : written.files) {
    files.push_back({std::move(file.path), std::move(file.partition_values), file.size_bytes, {}});
  }
  return files;
}

Result<TableActions> DefineTable(const TableDefinition& definition, const std::string& display) {
  TableActions actions;
  delta::Metadata& metadata = actions.metadata;
  metadata.id = delta::NewUuid();
  metadata.description = definition.comment;
  metadata.partition_columns = definition.partition_columns;
  metadata.created_time_ms = delta::SystemNowMs();
  std::vector<std::string> features;
  for (const auto& [key, value] : definition.properties) {
    const std::string canonical = delta::CanonicalPropertyKey(key);
    TRY(delta::CheckPropertyKey(canonical));
    if (canonical.starts_with("delta.feature.")) features.push_back(canonical.substr(14));
    if (!IsFeatureProperty(canonical)) metadata.configuration[canonical] = value;
  }
  types::DataType schema = types::DataType::Struct(definition.fields);
  const delta::TableProperties asked = TRY(delta::TableProperties::Parse(metadata.configuration));
  const bool mapped = asked.column_mapping_mode != delta::ColumnMappingMode::kNone;
  TRY(delta::CheckSchema(schema, definition.partition_columns, mapped));
  metadata.schema_string = delta::SchemaText(schema);
  if (mapped) {
    metadata = TRY(delta::EnableColumnMapping(metadata, schema, asked.column_mapping_mode, true));
    schema = TRY(delta::ParseSchema(metadata.schema_string));
  }
  actions.protocol = TRY(delta::ProtocolFor(metadata, schema, features));
  actions.shape = {display, schema, definition.partition_columns,
                   TRY(delta::TableProperties::Parse(metadata.configuration))};
  return actions;
}

Result<bool> ApplyExtras(delta::Transaction& transaction, const CommitExtras& extras,
                         delta::OperationInfo& operation) {
  if (extras.txn) {
    const delta::SnapshotPtr& snapshot = transaction.snapshot();
    const std::optional<int64_t> last =
        snapshot == nullptr ? std::nullopt : snapshot->TransactionVersion(extras.txn->app_id);
    if (last && *last >= extras.txn->version) return false;
    if (extras.txn->expected && last.value_or(-1) != *extras.txn->expected) {
      return Conflict("batch {} of '{}' was planned after batch {}, but the table is at batch {}",
                      extras.txn->version, extras.txn->app_id, *extras.txn->expected,
                      last.value_or(-1));
    }
    transaction.SetTransactionVersion(extras.txn->app_id, extras.txn->version);
  }
  for (const auto& [domain, configuration] : extras.domains) {
    transaction.SetDomain({domain, configuration, configuration.empty()});
  }
  if (!extras.commit_info.empty()) {
    operation.user_metadata = JsonText(extras.commit_info);
  } else if (extras.user_metadata) {
    operation.user_metadata = *extras.user_metadata;
  }
  if (!extras.operation.empty()) operation.name = extras.operation;
  return true;
}

void ReportCommit(StatementResult& result, const delta::OperationInfo& operation,
                  const delta::CommitOutcome& outcome, const WrittenRows& written) {
  result.metrics.table_version = outcome.version;
  result.metrics.files_written = static_cast<int64_t>(written.files.size());
  result.metrics.bytes_written = written.size_bytes;
  for (const auto& [name, value] : operation.metrics) {
    result.metrics.operation[name] = std::to_string(value);
  }
}

Result<StatementResult> RetryOnConflict(StatementContext& context,
                                        const std::function<Result<StatementResult>()>& run) {
  for (int attempt = 1;; ++attempt) {
    Result<StatementResult> result = run();
    const bool lost = !result && result.error().code() == ErrorCode::kConflict;
    if (!lost || attempt == kMaxStatementAttempts || context.session.cancelled) return result;
    context.catalog.ForgetSnapshots();
  }
}

}  // namespace lakesmith::engine
