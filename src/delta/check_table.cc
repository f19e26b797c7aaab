#include "delta/deletion_vector.h"
#include "delta/log_listing_internal.h"
#include "delta/maintenance.h"
#include "delta/replay_internal.h"
#include "delta/statistics_internal.h"
#include "delta/version_checksum.h"

namespace lakesmith::delta {
namespace {

using Kind = Finding::Kind;

class TableCheck {
 public:
  explicit TableCheck(const Table& table) : table_(table) {}

  Result<std::vector<Finding>> Run() {
    const LogListing listing = TRY(ListLog(table_));
    if (listing.empty()) {
      return NotFound("{}: not a Delta table (no commit under _delta_log)", table_.root)
          .WithClass("DELTA_TABLE_NOT_FOUND", "42P01");
    }
    TRY(CheckCommits(listing));
    TRY(CheckCheckpoints(listing));
    const Result<SnapshotPtr> snapshot = Snapshot::Load(table_);
    if (!snapshot) {
      Report(Kind::kBadCommit, table_.LogFolder(),
             fmt::format("the newest version cannot be read: {}", snapshot.error().message()));
      return std::move(findings_);
    }
    TRY(CheckChecksum(**snapshot));
    for (const AddFilePtr& file : (*snapshot)->files()) TRY(CheckFile(*file));
    return std::move(findings_);
  }

 private:
  void Report(Kind kind, std::string path, std::string message) {
    findings_.push_back({.kind = kind, .path = std::move(path), .message = std::move(message)});
  }

  // Passes on what means "cannot tell now", reports what means "is damaged".
  Status Judge(const Error& error, Kind kind, const std::string& path) {
    if (error.code() == ErrorCode::kUnavailable || error.code() == ErrorCode::kUnsupported)
      return error;
    Report(kind, path, error.message());
    return {};
  }

  Status CheckCommits(const LogListing& listing) {
    std::optional<int64_t> previous;
    for (const CommitFile& commit : listing.commits) {
      if (previous && commit.version != *previous + 1) {
        Report(Kind::kGap, CommitPath(table_, *previous + 1),
               fmt::format("commits {} to {} are missing; versions after the gap need a checkpoint "
                           "at or after it",
                           *previous + 1, commit.version - 1));
      }
      previous = commit.version;
      const Result<std::string> bytes = table_.store->Read(commit.path);
      if (!bytes) {
        TRY(Judge(bytes.error(), Kind::kBadCommit, commit.path));
        continue;
      }
      const Result<CommitContent> content = ParseCommit(*bytes, commit.path);
      if (!content) TRY(Judge(content.error(), Kind::kBadCommit, commit.path));
    }
    return {};
  }

  Status CheckCheckpoints(const LogListing& listing) {
    for (const std::string& path : listing.incomplete_checkpoints) {
      Report(Kind::kBadCheckpoint, path,
             "the checkpoint lacks other parts and is not used; it can be deleted");
    }
    for (const CheckpointFiles& checkpoint : listing.checkpoints) {
      Replay replay(table_.root);
      const Status read = ReadCheckpoint(table_, checkpoint, &replay);
      if (!read) TRY(Judge(read.error(), Kind::kBadCheckpoint, checkpoint.paths.front()));
    }
    return {};
  }

  Status CheckChecksum(const Snapshot& snapshot) {
    const std::string path = VersionChecksumPath(table_, snapshot.version());
    const Result<VersionChecksum> checksum = ReadVersionChecksum(table_, snapshot.version());
    if (!checksum) {
      // It is optional.
      if (checksum.error().code() == ErrorCode::kNotFound) return {};
      return Judge(checksum.error(), Kind::kBadChecksum, path);
    }
    const VersionChecksum actual = ChecksumOf(snapshot);
    if (checksum->num_files != actual.num_files ||
        checksum->table_size_bytes != actual.table_size_bytes) {
      Report(
          Kind::kBadChecksum, path,
          fmt::format("says {} files of {} bytes, but replaying the log gives {} files of {} bytes",
                      checksum->num_files, checksum->table_size_bytes, actual.num_files,
                      actual.table_size_bytes));
    }
    return {};
  }

  Status CheckFile(const AddFile& file) {
    const std::string path = table_.FullPath(file.path);
    const Result<storage::ObjectInfo> info = table_.store->Stat(path);
    if (!info) {
      if (info.error().code() != ErrorCode::kNotFound) return info.error();
      Report(Kind::kMissingFile, path,
             "the log names this data file, but it is gone; restore it from a backup, or go back "
             "with RESTORE to a "
             "version without it");
    } else if (info->size_bytes != file.size_bytes) {
      Report(Kind::kWrongSize, path,
             fmt::format("has {} bytes, but the log says {}; it was cut or overwritten",
                         info->size_bytes, file.size_bytes));
    } else if (table_.parquet) {
      const Result<types::DataType> schema = table_.parquet->ReadSchema(path);
      if (!schema) TRY(Judge(schema.error(), Kind::kCorruptFile, path));
    }
    if (const Result<StatisticTokens> tokens = ReadStatistics(file.stats, {}); !tokens) {
      Report(Kind::kBadStatistics, path, tokens.error().message());
    }
    return CheckVector(file);
  }

  Status CheckVector(const AddFile& file) {
    if (!file.deletion_vector) return {};
    const Result<RowBitmap> bitmap = ReadDeletionVector(table_, *file.deletion_vector);
    if (bitmap) return {};
    const Kind kind = bitmap.error().code() == ErrorCode::kNotFound ? Kind::kMissingDeletionVector
                                                                    : Kind::kCorruptDeletionVector;
    std::string path = DeletionVectorPath(table_, *file.deletion_vector);
    return Judge(bitmap.error(), kind, path.empty() ? table_.FullPath(file.path) : path);
  }

  const Table& table_;
  std::vector<Finding> findings_;
};

}  // namespace

Result<std::vector<Finding>> CheckTable(const Table& table) { return TableCheck(table).Run(); }

}  // namespace lakesmith::delta
