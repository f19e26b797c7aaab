#include "engine/duckdb/runtime.h"

#include <unistd.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "engine/duckdb/error_mapping_internal.h"
#include "engine/duckdb/functions/registry.h"
#include "engine/duckdb/instance_internal.h"
#include "engine/duckdb/scan_internal.h"

namespace lakesmith::engine {
namespace {

// A folder that no other process uses, not made yet: the engine makes it when it first spills.
std::string OwnTemporaryFolder() {
  std::error_code ignored;
  std::filesystem::path base = std::filesystem::temp_directory_path(ignored);
  if (base.empty()) base = "/tmp";
  static std::atomic<int> counter = 0;
  return (base / fmt::format("lakesmith-{}-{}", ::getpid(), ++counter)).string();
}

void Configure(const RuntimeOptions& options, const std::string& temporary_folder,
               ::duckdb::DBConfig& config) {
  using ::duckdb::Value;
  config.SetOptionByName("autoinstall_known_extensions", Value::BOOLEAN(false));
  config.SetOptionByName("autoload_known_extensions", Value::BOOLEAN(false));
  config.SetOptionByName("temp_directory", Value(temporary_folder));
  if (options.memory_limit_bytes > 0) {
    config.SetOptionByName("memory_limit", Value(std::to_string(options.memory_limit_bytes) + "B"));
  }
  if (options.threads > 0) config.SetOptionByName("threads", Value::BIGINT(options.threads));
  // Delta tables of the time before Parquet's own variant annotation have plain structs.
  config.AddExtensionOption("__delta_only_variant_encoding_enabled",
                            "read a struct of metadata and value as variant",
                            ::duckdb::LogicalType::BOOLEAN, Value::BOOLEAN(true));
}

}  // namespace

Result<std::shared_ptr<Instance>> Instance::Open(const RuntimeOptions& options,
                                                 const std::string& temporary_folder) {
  try {
    ::duckdb::DBConfig config;
    Configure(options, temporary_folder, config);
    return std::shared_ptr<Instance>(new Instance(config));
  } catch (const std::exception& exception) {
    return FromDuckError(::duckdb::ErrorData(exception)).Within("opening the embedded engine");
  }
}

Status Instance::EnsureFunctions(const std::vector<std::string>& native_functions) {
  const std::lock_guard lock(mutex_);
  for (const std::string& name : native_functions) {
    if (registered_.contains(name)) continue;
    const NativeFunction* function = FindNativeFunction(name);
    if (function == nullptr) {
      return Unsupported("the embedded engine has no native function {}", name);
    }
    ::duckdb::ExtensionLoader loader(*database_.instance, "lakesmith");
    std::visit([&](auto factory) { loader.RegisterFunction(factory()); }, function->factory);
    registered_.insert(name);
  }
  return {};
}

void Instance::EnsureScans() {
  const std::lock_guard lock(mutex_);
  if (has_scans_) return;
  RegisterScanFunctions(*database_.instance);
  has_scans_ = true;
}

bool Instance::IsInvalidated() {
  return ::duckdb::ValidChecker::IsInvalidated(*database_.instance);
}

Runtime::Implementation::~Implementation() {
  instance_.reset();
  if (options_.temporary_folder.empty()) {
    std::error_code ignored;
    std::filesystem::remove_all(temporary_folder_, ignored);
  }
}

Result<std::shared_ptr<Instance>> Runtime::Implementation::Current() {
  const std::lock_guard lock(mutex_);
  if (instance_ == nullptr || instance_->IsInvalidated()) {
    const bool replaces = instance_ != nullptr;
    instance_ = TRY(Instance::Open(options_, temporary_folder_));
    if (replaces) ++replaced_;
  }
  return instance_;
}

int Runtime::Implementation::replaced() const {
  const std::lock_guard lock(mutex_);
  return replaced_;
}

Result<std::unique_ptr<Runtime>> Runtime::Open(const RuntimeOptions& options) {
  std::string folder =
      options.temporary_folder.empty() ? OwnTemporaryFolder() : options.temporary_folder;
  auto implementation = std::make_shared<Implementation>(options, std::move(folder));
  TRY(implementation->Current());
  return std::unique_ptr<Runtime>(new Runtime(std::move(implementation)));
}

Runtime::Runtime(std::shared_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}

Runtime::~Runtime() = default;

Result<std::unique_ptr<Connection>> Runtime::NewConnection() {
  return MakeConnection(implementation_);
}

std::shared_ptr<delta::ParquetIo> Runtime::NewParquetIo() { return MakeParquetIo(implementation_); }

int Runtime::replaced_instances() const { return implementation_->replaced(); }

}  // namespace lakesmith::engine
