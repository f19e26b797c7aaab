#include <fmt/format.h>

#include <utility>

#include "engine/duckdb/split_copy_internal.h"

namespace lakesmith::engine {
namespace {

using ::duckdb::ClientContext;
using ::duckdb::CopyFunction;
using ::duckdb::CopyFunctionFileStatistics;
using ::duckdb::DataChunk;
using ::duckdb::ExecutionContext;
using ::duckdb::FunctionData;
using ::duckdb::GlobalFunctionData;
using ::duckdb::LocalFunctionData;
using ::duckdb::LogicalType;
using ::duckdb::unique_ptr;
using ::duckdb::vector;

constexpr const char* kSplitFilesKey = "lakesmith_split_files";

// Brings the engine's own function to where files are bound.
struct SplitInfo : public ::duckdb::CopyFunctionInfo {
  explicit SplitInfo(CopyFunction function) : parquet(std::move(function)) {}
  CopyFunction parquet;
};

struct SplitBindData : public FunctionData {
  SplitBindData(const CopyFunction& function, unique_ptr<FunctionData> data,
                ::duckdb::optional_idx bytes)
      : parquet(function), bind_data(std::move(data)), target_bytes(bytes) {}

  unique_ptr<FunctionData> Copy() const override {
    return ::duckdb::make_uniq<SplitBindData>(parquet, bind_data->Copy(), target_bytes);
  }
  bool Equals(const FunctionData& other) const override {
    return bind_data->Equals(*other.Cast<SplitBindData>().bind_data);
  }

  CopyFunction parquet;
  unique_ptr<FunctionData> bind_data;
  ::duckdb::optional_idx target_bytes;
};

// The files of one partition: one is open, or none.
struct SplitGlobalState : public GlobalFunctionData {
  explicit SplitGlobalState(std::string path) : first_path(std::move(path)) {}

  const std::string first_path;
  std::mutex mutex;  // Guards what follows: threads share a partition.
  int count = 0;
  unique_ptr<GlobalFunctionData> open;
};

void OpenNext(ClientContext& context, SplitBindData& bind_data, SplitGlobalState& state) {
  const std::string path =
      state.count == 0 ? state.first_path : fmt::format("{}.{}", state.first_path, state.count);
  state.open = bind_data.parquet.copy_to_initialize_global(context, *bind_data.bind_data, path);
  if (state.count > 0) {
    SplitFile& file = SplitFiles::Get(context).Add(state.first_path, path);
    bind_data.parquet.copy_to_get_written_statistics(context, *bind_data.bind_data, *state.open,
                                                     file.statistics);
  }
  ++state.count;
}

unique_ptr<FunctionData> Bind(ClientContext& context, ::duckdb::CopyFunctionBindInput& input,
                              const vector<std::string>& names, const vector<LogicalType>& types) {
  const CopyFunction& parquet = input.function_info->Cast<SplitInfo>().parquet;
  const auto info = input.info.Copy();
  ::duckdb::optional_idx target_bytes;
  const auto option = info->options.find(kTargetBytesOption);
  if (option != info->options.end()) {
    target_bytes = static_cast<::duckdb::idx_t>(
        option->second[0].DefaultCastAs(LogicalType::BIGINT).GetValue<int64_t>());
    info->options.erase(option);
  }
  ::duckdb::CopyFunctionBindInput inner(*info, parquet.function_info);
  inner.file_extension = input.file_extension;
  auto bind_data = parquet.copy_to_bind(context, inner, names, types);
  input.file_extension = inner.file_extension;
  return ::duckdb::make_uniq<SplitBindData>(parquet, std::move(bind_data), target_bytes);
}

unique_ptr<LocalFunctionData> InitializeLocal(ExecutionContext& context, FunctionData& data) {
  auto& bind_data = data.Cast<SplitBindData>();
  return bind_data.parquet.copy_to_initialize_local(context, *bind_data.bind_data);
}

unique_ptr<GlobalFunctionData> InitializeGlobal(ClientContext& context, FunctionData& data,
                                                const std::string& path) {
  auto state = ::duckdb::make_uniq<SplitGlobalState>(path);
  OpenNext(context, data.Cast<SplitBindData>(), *state);
  return state;
}

void WrittenStatistics(ClientContext& context, FunctionData& data, GlobalFunctionData& global,
                       CopyFunctionFileStatistics& statistics) {
  auto& bind_data = data.Cast<SplitBindData>();
  bind_data.parquet.copy_to_get_written_statistics(
      context, *bind_data.bind_data, *global.Cast<SplitGlobalState>().open, statistics);
}

void Sink(ExecutionContext& context, FunctionData& data, GlobalFunctionData& global,
          LocalFunctionData& local, DataChunk& chunk) {
  auto& bind_data = data.Cast<SplitBindData>();
  auto& state = global.Cast<SplitGlobalState>();
  const std::lock_guard lock(state.mutex);
  if (!state.open) OpenNext(context.client, bind_data, state);
  bind_data.parquet.copy_to_sink(context, *bind_data.bind_data, *state.open, local, chunk);
}

// Rows that a thread has buffered go to the file here, so this is where a file may have become
// large enough.
void Combine(ExecutionContext& context, FunctionData& data, GlobalFunctionData& global,
             LocalFunctionData& local) {
  auto& bind_data = data.Cast<SplitBindData>();
  auto& state = global.Cast<SplitGlobalState>();
  const std::lock_guard lock(state.mutex);
  if (!state.open) OpenNext(context.client, bind_data, state);
  FunctionData& inner = *bind_data.bind_data;
  bind_data.parquet.copy_to_combine(context, inner, *state.open, local);
  if (bind_data.parquet.rotate_next_file(*state.open, inner, bind_data.target_bytes)) {
    bind_data.parquet.copy_to_finalize(context.client, inner, *state.open);
    state.open.reset();
  }
}

void Finalize(ClientContext& context, FunctionData& data, GlobalFunctionData& global) {
  auto& bind_data = data.Cast<SplitBindData>();
  auto& state = global.Cast<SplitGlobalState>();
  if (!state.open) return;
  bind_data.parquet.copy_to_finalize(context, *bind_data.bind_data, *state.open);
  state.open.reset();
}

}  // namespace

SplitFiles& SplitFiles::Get(ClientContext& context) {
  return *context.registered_state->GetOrCreate<SplitFiles>(kSplitFilesKey);
}

SplitFile& SplitFiles::Add(std::string first_path, std::string path) {
  const std::lock_guard lock(mutex_);
  SplitFile& file = files_.emplace_back();
  file.first_path = std::move(first_path);
  file.path = std::move(path);
  return file;
}

CopyFunction MakeSplitCopyFunction(const CopyFunction& parquet) {
  CopyFunction function(parquet);
  function.name = kSplitCopyFormat;
  function.function_info = ::duckdb::make_shared_ptr<SplitInfo>(parquet);
  function.copy_options = nullptr;
  function.copy_to_bind = Bind;
  function.copy_to_initialize_local = InitializeLocal;
  function.copy_to_initialize_global = InitializeGlobal;
  function.copy_to_get_written_statistics = WrittenStatistics;
  function.copy_to_sink = Sink;
  function.copy_to_combine = Combine;
  function.copy_to_finalize = Finalize;
  function.initialize_operator = nullptr;
  function.prepare_batch = nullptr;
  function.flush_batch = nullptr;
  function.desired_batch_size = nullptr;
  function.rotate_files = nullptr;
  function.rotate_next_file = nullptr;
  function.serialize = nullptr;
  function.deserialize = nullptr;
  function.copy_from_bind = nullptr;
  return function;
}

}  // namespace lakesmith::engine
