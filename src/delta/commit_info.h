#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "delta/actions.h"
#include "delta/table_properties.h"
#include "delta/transaction.h"

namespace lakesmith::delta {

// What goes into a commitInfo besides the operation itself.
struct CommitInfoFields {
  OperationInfo operation;
  int64_t timestamp_ms = 0;
  std::optional<int64_t> read_version;
  IsolationLevel isolation_level = IsolationLevel::kWriteSerializable;
  bool is_blind_append = false;
  std::string txn_id;
  std::optional<int64_t> in_commit_timestamp_ms;
};

CommitInfo MakeCommitInfo(const CommitInfoFields& fields);

// "Lakesmith/<version>", as commits name their writer.
std::string EngineInfo();

}  // namespace lakesmith::delta
