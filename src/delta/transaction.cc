#include "delta/transaction.h"

#include <algorithm>

#include "delta/paths.h"
#include "delta/statistics.h"
#include "delta/transaction_internal.h"

namespace lakesmith::delta {

Transaction::Transaction(Table table, SnapshotPtr snapshot)
    : pending_(std::make_unique<PendingCommit>()) {
  pending_->table = std::move(table);
  pending_->snapshot = std::move(snapshot);
}
Transaction::~Transaction() = default;
Transaction::Transaction(Transaction&&) noexcept = default;
Transaction& Transaction::operator=(Transaction&&) noexcept = default;

const SnapshotPtr& Transaction::snapshot() const { return pending_->snapshot; }

void Transaction::SetProtocol(Protocol protocol) { pending_->protocol = std::move(protocol); }
void Transaction::SetMetadata(Metadata metadata) { pending_->metadata = std::move(metadata); }
void Transaction::Add(AddFile file) { pending_->adds.push_back(std::move(file)); }

void Transaction::Remove(const AddFile& file, bool data_change) {
  pending_->removes.push_back(RemoveOf(file, pending_->table.now_ms(), data_change));
}

Status Transaction::ReplaceDeletionVector(const AddFile& file, DeletionVectorDescriptor vector) {
  AddFile replaced = file;
  replaced.deletion_vector = std::move(vector);
  replaced.data_change = true;
  replaced.stats = TRY(WidenStatistics(file.stats));
  Remove(file);
  Add(std::move(replaced));
  return {};
}

void Transaction::AddChangeData(CdcFile file) { pending_->change_data.push_back(std::move(file)); }

void Transaction::SetTransactionVersion(std::string app_id, int64_t version) {
  pending_->transactions.push_back({.app_id = std::move(app_id),
                                    .version = version,
                                    .last_updated_ms = pending_->table.now_ms()});
}

void Transaction::SetDomain(DomainMetadata domain) {
  pending_->domains.push_back(std::move(domain));
}

void Transaction::ReadWholeTable() { pending_->read_whole_table = true; }
void Transaction::ReadMatching(Predicate predicate) {
  pending_->read_predicates.push_back(std::move(predicate));
}
void Transaction::ReadFile(const AddFile& file) {
  pending_->read_files.insert(CanonicalPath(file.path, pending_->table.root));
}

void Transaction::SetIsolationLevel(IsolationLevel level) { pending_->isolation_level = level; }
void Transaction::SetMaxAttempts(int attempts) { pending_->max_attempts = attempts; }

bool PendingCommit::IsBlindAppend() const {
  const bool read_something = read_whole_table || !read_predicates.empty() || !read_files.empty();
  return !read_something && removes.empty() && change_data.empty();
}

bool PendingCommit::OnlyRearranges() const {
  if (protocol || metadata || !domains.empty() || (adds.empty() && removes.empty())) return false;
  return std::ranges::none_of(adds, &AddFile::data_change) &&
         std::ranges::none_of(removes, &RemoveFile::data_change);
}

IsolationLevel PendingCommit::EffectiveIsolation(const TableProperties& properties) const {
  if (OnlyRearranges()) return IsolationLevel::kSnapshot;
  if (isolation_level) return *isolation_level;
  return properties.isolation_level.value_or(IsolationLevel::kWriteSerializable);
}

}  // namespace lakesmith::delta
