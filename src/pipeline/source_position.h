#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "connect/file_listing.h"
#include "delta/snapshot.h"
#include "storage/object_store.h"
#include "types/data_type.h"

namespace lakesmith::pipeline {

// How far one flow has read its sources. The position is part of the table: a commit names it by
// the version of its `txn` action, and `<table>/_lakesmith/flows/<flow>/<version>.json` holds it.
// Such a file is written before the commit, once, and never changed; a file that no commit names is
// what a crash left and stands for nothing. Source: docs/pipelines.md, "Where a flow stands".

// Up to which version a flow has read a Delta table.
struct TablePosition {
  std::string table_id;  // Of the metadata: a table that was made anew starts from nothing.
  int64_t version = -1;
};

// A file that was ingested, as it was then.
struct SeenFile {
  std::string path;
  int64_t size_bytes = 0;
  int64_t modified_micros = 0;
};

// What one batch adds to a position.
struct PositionStep {
  std::map<std::string, types::DataType>
      schemas;  // By source key, of files: what was read so far, as structs.
  std::map<std::string, TablePosition>
      tables;  // By source key: all of them, not only changed ones.
  std::map<std::string, std::vector<SeenFile>> files;  // By source key: those of this batch.
  bool once_done = false;
};

// A table property; a full refresh changes it in the commit that empties the table, and so forgets
// all positions.
inline constexpr const char* kEpochProperty = "lakesmith.epoch";

class FlowPosition {
 public:
  // Reads the position that the snapshot's `txn` of this flow names; a fresh one when there is
  // none, or when the table was fully refreshed since: kEpochProperty of the table then differs
  // from that in the position. Errors: kCorrupt when a file that a commit names is missing or
  // damaged.
  static Result<FlowPosition> Load(std::shared_ptr<storage::ObjectStore> store,
                                   const delta::Snapshot& table, const std::string& flow);

  const std::string& app_id() const { return app_id_; }
  // The version of the flow's `txn` in the table; -1 before the first batch.
  int64_t committed() const { return committed_; }
  bool once_done() const { return once_done_; }
  // The columns of a source of files as read so far; nullopt before its first batch.
  std::optional<types::DataType> Schema(const std::string& source) const;
  std::optional<TablePosition> Table(const std::string& source) const;
  // Of `listed`, those that are not ingested yet. With `allow_overwrites` also those that have
  // changed since.
  std::vector<connect::InputFile> Unseen(const std::string& source,
                                         const std::vector<connect::InputFile>& listed,
                                         bool allow_overwrites) const;
  int64_t seen_files() const;

  // Writes the position after one more batch beside the table, and returns the number for the
  // commit's `txn`. Takes effect by that commit alone; then call Committed.
  Result<int64_t> Prepare(const PositionStep& step);
  // The batch with that number is in the table.
  void Committed(int64_t number, PositionStep step);

 private:
  // Segments are merged into one when there are more.
  static constexpr size_t kMaxSegments = 16;

  std::string FilePath(int64_t number) const;
  Status LoadFrom(int64_t number);
  Status LoadSegment(int64_t number);
  Json ToJson(const PositionStep& step, bool whole) const;

  std::shared_ptr<storage::ObjectStore> store_;
  std::string folder_;
  std::string app_id_;
  int64_t committed_ = -1;
  int64_t next_number_ = 0;
  bool once_done_ = false;
  std::string epoch_;
  std::map<std::string, TablePosition> tables_;
  std::map<std::string, types::DataType> schemas_;
  std::map<std::string, std::map<std::string, SeenFile>> files_;  // By source key, then path.
  std::vector<int64_t>
      segments_;  // Numbers of the files whose lists of files together are `files_`.
};

}  // namespace lakesmith::pipeline
