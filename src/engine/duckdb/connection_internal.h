#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/duckdb/instance_internal.h"
#include "engine/duckdb/runtime.h"

namespace lakesmith::engine {

// The rows of one running statement. Shared by the connection, which closes it before the next
// statement, and the stream that the caller holds.
class RunningResult {
 public:
  RunningResult(std::unique_ptr<::duckdb::QueryResult> result,
                std::vector<types::StructField> columns)
      : result_(std::move(result)), columns_(std::move(columns)) {}

  Result<std::vector<Row>> Next();
  void Close();

 private:
  std::unique_ptr<::duckdb::QueryResult> result_;  // Null once closed or at the end.
  std::vector<types::StructField> columns_;
  bool at_end_ = false;
};

class ConnectionImpl : public Connection {
 public:
  explicit ConnectionImpl(std::shared_ptr<Runtime::Implementation> runtime)
      : runtime_(std::move(runtime)), time_zone_(runtime_->options().time_zone) {}
  ~ConnectionImpl() override;

  Result<std::unique_ptr<RowStream>> Query(const EmittedQuery& query) override;
  Status Execute(std::string_view sql) override;
  Result<std::vector<WrittenFile>> WriteParquet(const EmittedQuery& query,
                                                const WriteSpec& spec) override;
  Result<std::string> Explain(const EmittedQuery& query, bool analyze) override;
  Status SetTimeZone(std::string_view zone) override;
  void SetProgress(ProgressCallback callback) override { progress_ = std::move(callback); }
  void Interrupt() override;

  // Runs `query` and calls `consume` with its chunks, in order, until it fails or there are no
  // more.
  Status ForEachChunk(const EmittedQuery& query,
                      const std::function<Status(::duckdb::DataChunk&)>& consume);
  // Runs `query` to its end and returns the types of its columns without reading a row.
  Result<std::vector<types::StructField>> Columns(const EmittedQuery& query);

 private:
  // Makes the connection ready for a statement that refers to what `query` lists.
  Status Prepare(const EmittedQuery& query);
  Status Connect(std::shared_ptr<Instance> instance);
  // Starts `sql`; with `stream`, rows are computed while they are pulled.
  Result<std::unique_ptr<::duckdb::QueryResult>> Start(const std::string& sql, bool stream);
  Result<std::unique_ptr<::duckdb::QueryResult>> RunPending(::duckdb::PendingQueryResult& pending);

  const std::shared_ptr<Runtime::Implementation> runtime_;
  std::shared_ptr<Instance> instance_;
  std::mutex mutex_;  // Guards the pointer below against Interrupt().
  std::unique_ptr<::duckdb::Connection> connection_;
  std::weak_ptr<RunningResult> running_;
  std::string time_zone_;
  ProgressCallback progress_;
};

}  // namespace lakesmith::engine
