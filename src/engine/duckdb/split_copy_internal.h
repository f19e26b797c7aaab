#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <string>

#include "engine/duckdb/duckdb_internal.h"

namespace lakesmith::engine {

// The name of a copy function that writes Parquet like the engine's own, and starts another file of
// the same partition once one has the size of option TARGET_BYTES. The engine's own cannot do this
// for partitions.
inline constexpr const char* kSplitCopyFormat = "lakesmith_parquet";
inline constexpr const char* kTargetBytesOption = "target_bytes";

// A file that the copy function started beside the one that COPY knows of.
struct SplitFile {
  std::string first_path;  // The file of that partition that COPY knows of.
  std::string path;
  ::duckdb::CopyFunctionFileStatistics statistics;  // Complete when the statement is.
};

// The split files of the statement that a connection runs. Threads of the statement add to it.
class SplitFiles : public ::duckdb::ClientContextState {
 public:
  static SplitFiles& Get(::duckdb::ClientContext& context);

  void Clear() { files_.clear(); }
  // The place stays where it is until Clear().
  SplitFile& Add(std::string first_path, std::string path);
  // For when the statement is done.
  const std::list<SplitFile>& files() const { return files_; }

 private:
  std::mutex mutex_;  // Guards the list while a statement runs.
  std::list<SplitFile> files_;
};

// `parquet` is the engine's copy function of that name.
::duckdb::CopyFunction MakeSplitCopyFunction(const ::duckdb::CopyFunction& parquet);

}  // namespace lakesmith::engine
