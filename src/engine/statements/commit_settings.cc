// What settings of the session, and options of INSERT, add to the commit of a statement.
#include <charconv>
#include <utility>

#include "engine/statements/table_write_internal.h"

namespace lakesmith::engine {
namespace {

// Source: Delta configuration reference (idempotent writes, user metadata).
constexpr const char* kAppId = "spark.databricks.delta.write.txnAppId";
constexpr const char* kVersion = "spark.databricks.delta.write.txnVersion";
constexpr const char* kReset = "spark.databricks.delta.write.txnVersion.autoReset.enabled";
constexpr const char* kUserMetadata = "spark.databricks.delta.commitInfo.userMetadata";

Error InvalidOptions(std::string_view reason) {
  return Invalid("Invalid options for idempotent writes: {}", reason)
      .WithClass("DELTA_INVALID_IDEMPOTENT_WRITES_OPTIONS", "42616");
}

Result<CommitExtras::Txn> TxnOf(const std::string& app_id, const std::string& version) {
  CommitExtras::Txn txn{.app_id = app_id, .expected = {}};
  const char* end = version.data() + version.size();
  const auto [rest, failure] = std::from_chars(version.data(), end, txn.version);
  if (failure != std::errc() || rest != end || txn.version < 0)
    return InvalidOptions(fmt::format("txnVersion must be a whole number, not '{}'.", version));
  return txn;
}

}  // namespace

Status TakeCommitSettings(StatementContext& context) {
  const SessionSettings& settings = context.session.settings;
  if (!context.commit.user_metadata) context.commit.user_metadata = settings.Get(kUserMetadata);
  if (context.commit.txn) return {};
  const std::optional<std::string> app_id = settings.Get(kAppId);
  const std::optional<std::string> version = settings.Get(kVersion);
  if (app_id.has_value() != version.has_value())
    return InvalidOptions(fmt::format("{} and {} must both be set, or neither.", kAppId, kVersion));
  if (app_id) context.commit.txn = TRY(TxnOf(*app_id, *version));
  return {};
}

void ResetCommitSettings(StatementContext& context) {
  SessionSettings& settings = context.session.settings;
  if (settings.Get(kVersion) && settings.IsTrue(kReset)) settings.Remove(kVersion);
}

Status TakeWriteOptions(StatementContext& context, const std::vector<sql::Option>& options) {
  std::optional<std::string> app_id;
  std::optional<std::string> version;
  for (const auto& [key, value] : TRY(context.OptionTexts(options))) {
    const std::string folded = catalog::FoldName(key);
    if (folded == "txnappid") {
      app_id = value;
    } else if (folded == "txnversion") {
      version = value;
    } else if (folded == "usermetadata") {
      context.commit.user_metadata = value;
    } else {
      return Unsupported(
                 "The option '{}' of INSERT is not supported; txnAppId, txnVersion and "
                 "userMetadata are.",
                 key)
          .WithClass("UNSUPPORTED_FEATURE", "0A000");
    }
  }
  if (app_id.has_value() != version.has_value())
    return InvalidOptions("txnAppId and txnVersion must both be given, or neither.");
  if (app_id) context.commit.txn = TRY(TxnOf(*app_id, *version));
  return {};
}

bool IsCommitted(const StatementContext& context, const delta::Snapshot& snapshot) {
  if (!context.commit.txn) return false;
  const std::optional<int64_t> last = snapshot.TransactionVersion(context.commit.txn->app_id);
  return last && *last >= context.commit.txn->version;
}

}  // namespace lakesmith::engine
