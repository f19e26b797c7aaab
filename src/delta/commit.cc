#include <algorithm>
#include <chrono>
#include <random>
#include <thread>

#include "delta/commit_info.h"
#include "delta/log_listing_internal.h"
#include "delta/paths.h"
#include "delta/post_commit_internal.h"
#include "delta/transaction_internal.h"

namespace lakesmith::delta {
namespace {

constexpr const char* kEnablementVersion = "delta.inCommitTimestampEnablementVersion";
constexpr const char* kEnablementTimestamp = "delta.inCommitTimestampEnablementTimestamp";

CommitBase BaseOf(const PendingCommit& pending) {
  CommitBase base;
  if (!pending.snapshot) return base;
  const Snapshot& snapshot = *pending.snapshot;
  base.version = snapshot.version();
  base.protocol = snapshot.protocol();
  base.metadata = snapshot.metadata();
  base.properties = snapshot.properties();
  base.in_commit_timestamp_ms = snapshot.in_commit_timestamp_ms();
  base.commit_modified_ms = snapshot.state().commit_modified_ms;
  return base;
}

void AppendLine(const Action& action, std::string* text) {
  *text += ActionJson(action);
  *text += '\n';
}

// Drives one transaction from its read version to the version at which it is committed.
class Committer {
 public:
  Committer(PendingCommit* pending, const OperationInfo& operation)
      : pending_(pending), operation_(operation), base_(BaseOf(*pending)), txn_id_(NewUuid()) {}

  Result<CommitOutcome> Run() {
    for (int attempt = 1; attempt <= pending_->max_attempts; ++attempt) {
      const int64_t version = base_.version + 1;
      const bool ours = TRY(Put(version, TRY(Text(version))));
      if (ours) {
        committed_.version = version;
        return CommitOutcome{.version = version, .attempts = attempt};
      }
      if (!pending_->snapshot) {
        return Conflict("{}: another writer made the table first", pending_->table.root)
            .WithClass("DELTA_PROTOCOL_CHANGED", "2D521");
      }
      TRY(Rebase());
      Wait(attempt);
    }
    return Conflict("{}: gave up after {} attempts; other writers were faster each time",
                    pending_->table.root, pending_->max_attempts)
        .WithClass("DELTA_MAX_COMMIT_RETRIES_EXCEEDED", "40000");
  }

  // What the commit made of the table; only after Run succeeded.
  CommittedState Committed() && {
    committed_.protocol = pending_->protocol ? *pending_->protocol : base_.protocol;
    committed_.metadata = pending_->metadata ? *pending_->metadata : base_.metadata;
    committed_.txn_id = txn_id_;
    return std::move(committed_);
  }

 private:
  // The properties that hold once this commit is in.
  Result<TableProperties> Properties() const {
    if (pending_->metadata) return TableProperties::Parse(pending_->metadata->configuration);
    return base_.properties;
  }

  // Strictly later than every commit before: clocks of writers differ and go back.
  int64_t NextTimestamp() const {
    const int64_t now_ms = pending_->table.now_ms();
    if (base_.in_commit_timestamp_ms) return std::max(now_ms, *base_.in_commit_timestamp_ms + 1);
    return base_.version >= 0 ? std::max(now_ms, base_.commit_modified_ms + 1) : now_ms;
  }

  // Notes where in-commit timestamps begin, when this commit is what turns them on.
  void MarkEnablement(const TableProperties& properties, int64_t version, int64_t timestamp_ms) {
    const bool was_on = base_.version >= 0 && base_.properties.enable_in_commit_timestamps;
    if (!pending_->metadata || was_on || base_.version < 0 ||
        !properties.enable_in_commit_timestamps)
      return;
    pending_->metadata->configuration[kEnablementVersion] = std::to_string(version);
    pending_->metadata->configuration[kEnablementTimestamp] = std::to_string(timestamp_ms);
  }

  Result<std::string> Text(int64_t version) {
    const TableProperties properties = TRY(Properties());
    CommitInfoFields fields{.operation = operation_,
                            .timestamp_ms = pending_->table.now_ms(),
                            .isolation_level = pending_->EffectiveIsolation(properties),
                            .is_blind_append = pending_->IsBlindAppend(),
                            .txn_id = txn_id_};
    if (pending_->snapshot) fields.read_version = pending_->snapshot->version();
    if (properties.enable_in_commit_timestamps) {
      fields.in_commit_timestamp_ms = NextTimestamp();
      fields.timestamp_ms = *fields.in_commit_timestamp_ms;
      MarkEnablement(properties, version, *fields.in_commit_timestamp_ms);
    }
    committed_.in_commit_timestamp_ms = fields.in_commit_timestamp_ms;
    std::string text;
    AppendLine(MakeCommitInfo(fields), &text);
    if (pending_->protocol) AppendLine(*pending_->protocol, &text);
    if (pending_->metadata) AppendLine(*pending_->metadata, &text);
    for (const DomainMetadata& domain : pending_->domains) AppendLine(domain, &text);
    for (const SetTransaction& transaction : pending_->transactions) AppendLine(transaction, &text);
    for (const RemoveFile& file : pending_->removes) AppendLine(file, &text);
    for (const AddFile& file : pending_->adds) AppendLine(file, &text);
    for (const CdcFile& file : pending_->change_data) AppendLine(file, &text);
    return text;
  }

  // True when the commit is in, false when another writer has the version.
  Result<bool> Put(int64_t version, const std::string& text) {
    const std::string path = CommitPath(pending_->table, version);
    const Status put = pending_->table.store->PutIfAbsent(path, text);
    if (put) return true;
    switch (put.error().code()) {
      case ErrorCode::kConflict:
        // An earlier try of ours may have arrived after all.
        return IsOurs(path);
      case ErrorCode::kCommitUnknown:
        return ReadBack(path, text, put.error());
      default:
        return put.error();
    }
  }

  Result<bool> IsOurs(const std::string& path) {
    const std::string bytes = TRY(pending_->table.store->Read(path));
    return bytes.find(txn_id_) != std::string::npos;
  }

  // The answer was lost: what is there now decides. If nothing is there, sending the same commit
  // again is safe, as an earlier one that still arrives is known by its txnId.
  Result<bool> ReadBack(const std::string& path, const std::string& text, const Error& lost) {
    Result<bool> ours = IsOurs(path);
    if (ours) return ours;
    if (ours.error().code() == ErrorCode::kNotFound) {
      const Status again = pending_->table.store->PutIfAbsent(path, text);
      if (again) return true;
      if (again.error().code() == ErrorCode::kConflict) return IsOurs(path);
    }
    return CommitUnknown("{}: it is not known whether the commit is in (transaction {}): {}", path,
                         txn_id_, lost.message());
  }

  // Reads all commits since our base, checks each, and moves the base to the newest.
  Status Rebase() {
    const LogListing listing = TRY(ListLog(pending_->table, base_.version + 1));
    const int64_t first = base_.version + 1;
    for (const CommitFile& commit : listing.commits) {
      if (commit.version < first) continue;
      if (commit.version != base_.version + 1) break;
      const std::string bytes = TRY(pending_->table.store->Read(commit.path));
      const CommitContent winner = TRY(ParseCommit(bytes, commit.path));
      TRY(CheckConflict(*pending_, winner, commit.version, &base_));
      base_.commit_modified_ms = commit.modified_ms;
    }
    if (base_.version >= first) return {};
    return Corrupt("{}: commit {} exists, but is not in the listing of the folder",
                   pending_->table.LogFolder(), first);
  }

  // The first tries follow at once: somebody made progress. Later ones spread out.
  static void Wait(int attempt) {
    if (attempt < 3) return;
    thread_local std::minstd_rand random(std::random_device{}());
    const int cap_ms = std::min(100, 1 << std::min(attempt - 3, 7));
    std::this_thread::sleep_for(
        std::chrono::milliseconds(random() % static_cast<unsigned>(cap_ms + 1)));
  }

  PendingCommit* pending_;
  const OperationInfo& operation_;
  CommitBase base_;
  std::string txn_id_;
  CommittedState committed_;
};

}  // namespace

Result<CommitOutcome> Transaction::Commit(const OperationInfo& operation) {
  TRY(ValidatePending(pending_.get()));
  Committer committer(pending_.get(), operation);
  CommitOutcome outcome = TRY(committer.Run());
  outcome.checkpoint_version = AfterCommit(*pending_, std::move(committer).Committed());
  return outcome;
}

}  // namespace lakesmith::delta
