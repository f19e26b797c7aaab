#include <chrono>
#include <utility>

#include "engine/duckdb/connection_internal.h"
#include "engine/duckdb/error_mapping_internal.h"
#include "engine/duckdb/scan_internal.h"
#include "engine/duckdb/type_mapping_internal.h"
#include "engine/duckdb/value_conversion_internal.h"
#include "engine/duckdb/write_plan_internal.h"

namespace lakesmith::engine {
namespace {

using ::duckdb::ErrorData;
using ::duckdb::PendingExecutionResult;
using ::duckdb::PendingQueryResult;
using ::duckdb::QueryResult;

class DuckRowStream : public RowStream {
 public:
  DuckRowStream(std::shared_ptr<RunningResult> result, std::vector<types::StructField> columns)
      : RowStream(std::move(columns)), result_(std::move(result)) {}
  ~DuckRowStream() override { result_->Close(); }

  Result<std::vector<Row>> Next() override { return result_->Next(); }
  void Close() override { result_->Close(); }

 private:
  std::shared_ptr<RunningResult> result_;
};

// Columns of a result: as planned, or from the engine when the plan does not say.
Result<std::vector<types::StructField>> ResultColumns(const QueryResult& result,
                                                      const EmittedQuery& query) {
  if (query.without_columns) return std::vector<types::StructField>();
  if (!query.columns.empty()) {
    if (query.columns.size() != result.types.size()) {
      return Internal("the engine gave {} columns where {} were planned", result.types.size(),
                      query.columns.size());
    }
    return query.columns;
  }
  std::vector<types::StructField> columns;
  for (size_t i = 0; i < result.types.size(); ++i) {
    types::DataType type = TRY(FromDuckType(result.types[i]));
    columns.push_back({.name = result.names[i], .type = std::move(type)});
  }
  return columns;
}

// The engine's name of a zone that Java knows: "Z", "+02:00", "GMT+3", "UTC-1" have other names
// there.
std::string EngineZone(std::string_view zone) {
  if (zone == "Z") return "UTC";
  std::string_view offset = zone;
  for (const std::string_view prefix : {"GMT", "UTC", "UT"}) {
    if (offset.size() > prefix.size() && offset.starts_with(prefix)) {
      offset.remove_prefix(prefix.size());
      break;
    }
  }
  int hours = 0;
  int minutes = 0;
  char sign = 0;
  const int read = std::sscanf(std::string(offset).c_str(), "%c%d:%d", &sign, &hours, &minutes);
  if (read < 2 || (sign != '+' && sign != '-') || minutes != 0 || hours > 14) {
    return std::string(zone);
  }
  // POSIX counts the other way round.
  return hours == 0 ? "UTC" : fmt::format("Etc/GMT{}{}", sign == '+' ? '-' : '+', hours);
}

}  // namespace

Result<std::vector<Row>> RunningResult::Next() {
  std::vector<Row> rows;
  if (at_end_) return rows;
  if (result_ == nullptr) return Cancelled("the result was closed");
  try {
    while (rows.empty()) {
      auto chunk = result_->Fetch();
      if (result_->HasError()) return FromDuckError(result_->GetErrorObject());
      if (chunk == nullptr || chunk->size() == 0) {
        at_end_ = true;
        result_.reset();
        break;
      }
      ::duckdb::ClientContext* context = nullptr;
      if (result_->type == ::duckdb::QueryResultType::STREAM_RESULT) {
        context = result_->Cast<::duckdb::StreamQueryResult>().context.get();
      }
      TRY(AppendRows(context, *chunk, columns_, rows));
    }
  } catch (const std::exception& exception) {
    return FromDuckError(ErrorData(exception));
  }
  return rows;
}

void RunningResult::Close() {
  if (result_ != nullptr && result_->type == ::duckdb::QueryResultType::STREAM_RESULT) {
    result_->Cast<::duckdb::StreamQueryResult>().Close();
  }
  result_.reset();
}

std::unique_ptr<Connection> MakeConnection(std::shared_ptr<Runtime::Implementation> runtime) {
  return std::make_unique<ConnectionImpl>(std::move(runtime));
}

ConnectionImpl::~ConnectionImpl() {
  if (const auto running = running_.lock()) running->Close();
}

Status ConnectionImpl::Connect(std::shared_ptr<Instance> instance) {
  auto connection = std::make_unique<::duckdb::Connection>(instance->database());
  {
    const std::lock_guard lock(mutex_);
    connection_ = std::move(connection);
  }
  instance_ = std::move(instance);
  return SetTimeZone(time_zone_);
}

Status ConnectionImpl::Prepare(const EmittedQuery& query) {
  try {
    if (const auto running = running_.lock()) running->Close();
    running_.reset();
    std::shared_ptr<Instance> instance = TRY(runtime_->Current());
    if (instance != instance_) TRY(Connect(std::move(instance)));
    TRY(instance_->EnsureFunctions(query.native_functions));
    if (!query.scans.empty()) instance_->EnsureScans();
    ScanBindings::Get(*connection_->context).Set(query.scans);
    return {};
  } catch (const std::exception& exception) {
    return FromDuckError(ErrorData(exception));
  }
}

Result<std::unique_ptr<QueryResult>> ConnectionImpl::RunPending(PendingQueryResult& pending) {
  using std::chrono::steady_clock;
  constexpr std::chrono::microseconds kFirstWait(20);
  constexpr std::chrono::microseconds kLongestWait(500);
  auto reported = steady_clock::now();
  std::chrono::microseconds wait = kFirstWait;
  while (true) {
    const PendingExecutionResult state = pending.ExecuteTask();
    if (PendingQueryResult::IsResultReady(state)) break;
    if (state == PendingExecutionResult::BLOCKED ||
        state == PendingExecutionResult::NO_TASKS_AVAILABLE) {
      // Other threads have the work: asking again and again would take a processor from them.
      std::this_thread::sleep_for(wait);
      wait = std::min(wait * 2, kLongestWait);
    } else {
      wait = kFirstWait;
    }
    if (!progress_) continue;
    if (steady_clock::now() - reported < std::chrono::milliseconds(100)) continue;
    reported = steady_clock::now();
    const double percent = connection_->GetQueryProgress();
    if (percent >= 0) progress_(std::min(percent / 100, 1.0));
  }
  if (pending.HasError()) return FromDuckError(pending.GetErrorObject());
  std::unique_ptr<QueryResult> result = pending.Execute();
  if (result->HasError()) return FromDuckError(result->GetErrorObject());
  return result;
}

Result<std::unique_ptr<QueryResult>> ConnectionImpl::Start(const std::string& sql, bool stream) {
  try {
    auto& config = connection_->context->config;
    config.enable_progress_bar = static_cast<bool>(progress_);
    config.print_progress_bar = false;
    config.wait_time = 0;
    const auto output = stream ? ::duckdb::QueryResultOutputType::ALLOW_STREAMING
                               : ::duckdb::QueryResultOutputType::FORCE_MATERIALIZED;
    auto pending = connection_->PendingQuery(sql, ::duckdb::QueryParameters(output));
    if (pending->HasError()) return FromDuckError(pending->GetErrorObject());
    return RunPending(*pending);
  } catch (const std::exception& exception) {
    return FromDuckError(ErrorData(exception));
  }
}

Result<std::unique_ptr<RowStream>> ConnectionImpl::Query(const EmittedQuery& query) {
  TRY(Prepare(query));
  std::unique_ptr<QueryResult> result = TRY(Start(query.sql, true));
  std::vector<types::StructField> columns = TRY(ResultColumns(*result, query));
  auto running = std::make_shared<RunningResult>(std::move(result), columns);
  running_ = running;
  return std::unique_ptr<RowStream>(
      std::make_unique<DuckRowStream>(std::move(running), std::move(columns)));
}

Status ConnectionImpl::ForEachChunk(const EmittedQuery& query,
                                    const std::function<Status(::duckdb::DataChunk&)>& consume) {
  TRY(Prepare(query));
  std::unique_ptr<QueryResult> result = TRY(Start(query.sql, true));
  try {
    while (auto chunk = result->Fetch()) {
      if (chunk->size() == 0) break;
      TRY(consume(*chunk));
    }
    if (result->HasError()) return FromDuckError(result->GetErrorObject());
    return {};
  } catch (const std::exception& exception) {
    return FromDuckError(ErrorData(exception));
  }
}

Result<std::vector<types::StructField>> ConnectionImpl::Columns(const EmittedQuery& query) {
  TRY(Prepare(query));
  std::unique_ptr<QueryResult> result = TRY(Start(query.sql, true));
  return ResultColumns(*result, query);
}

Status ConnectionImpl::Execute(std::string_view sql) {
  TRY(Prepare({}));
  try {
    auto result = connection_->Query(std::string(sql));
    if (result->HasError()) return FromDuckError(result->GetErrorObject());
    return {};
  } catch (const std::exception& exception) {
    return FromDuckError(ErrorData(exception));
  }
}

Result<std::string> ConnectionImpl::Explain(const EmittedQuery& query, bool analyze) {
  TRY(Prepare(query));
  std::unique_ptr<QueryResult> result =
      TRY(Start((analyze ? "EXPLAIN ANALYZE " : "EXPLAIN ") + query.sql, false));
  std::string text;
  while (auto chunk = result->Fetch()) {
    if (chunk->size() == 0) break;
    for (::duckdb::idx_t row = 0; row < chunk->size(); ++row) {
      text += chunk->GetValue(1, row).ToString();
    }
  }
  return text;
}

Status ConnectionImpl::SetTimeZone(std::string_view zone) {
  if (connection_ == nullptr) {
    time_zone_ = zone;
    return {};
  }
  auto result = connection_->Query("SET TimeZone = " + QuoteText(EngineZone(zone)));
  if (result->HasError()) {
    return Invalid(
               "The time zone '{}' is not supported: give a name such as Europe/Oslo, or an offset "
               "of whole hours such as +01:00.",
               zone)
        .WithClass("INVALID_CONF_VALUE.TIME_ZONE", "22022");
  }
  time_zone_ = zone;
  return {};
}

void ConnectionImpl::Interrupt() {
  const std::lock_guard lock(mutex_);
  if (connection_ != nullptr) connection_->Interrupt();
}

}  // namespace lakesmith::engine
