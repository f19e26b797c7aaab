#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time_zone.h"
#include "catalog/names.h"
#include "catalog/objects.h"
#include "engine/delta_tables.h"
#include "engine/duckdb/runtime.h"
#include "engine/scratch_folder.h"
#include "engine/session.h"
#include "types/data_type.h"
#include "types/value.h"

namespace lakesmith::engine {

// The settings of one session: what SET stored over what holds by default.
class SessionSettings {
 public:
  // What SET stored, else the default; nullopt when the key is neither set nor known.
  std::optional<std::string> Get(std::string_view key) const;
  std::string GetOr(std::string_view key, std::string_view fallback) const;
  bool IsTrue(std::string_view key) const;
  void Put(std::string_view key, std::string_view value);
  // Back to the default.
  void Remove(std::string_view key);
  void Clear() { values_.clear(); }

  const std::map<std::string, std::string>& set_values() const { return values_; }
  // Set and default ones together, ordered by key.
  std::map<std::string, std::string> All() const;

 private:
  std::map<std::string, std::string> values_;
};

inline constexpr std::string_view kTimeZoneKey = "spark.sql.session.timeZone";

struct SessionVariable {
  std::string name;
  types::DataType type;
  types::Value value;
  std::string default_text;  // SQL of DEFAULT; "NULL" without.
};

// All that one session remembers between statements.
struct SessionState {
  std::shared_ptr<Workspace> workspace;
  std::unique_ptr<Connection> connection;
  catalog::Namespace current;
  SessionSettings settings;
  lakesmith::TimeZone zone;
  // By folded name; the schema of a global temporary view is `global_temp`.
  std::map<std::string, catalog::Relation> temporary_views;
  std::map<std::string, catalog::FunctionInfo> temporary_functions;
  std::map<std::string, SessionVariable> variables;
  std::vector<std::shared_ptr<ScratchFolder>>
      scratch;  // Of the last statement: its stream may read them.
  std::function<Result<std::string>(const std::string& scope, const std::string& key)> read_secret;
  std::atomic<bool> cancelled = false;

  DeltaTables& tables() const { return workspace->tables(); }
  catalog::Catalog& catalog() const { return workspace->catalog(); }
};

}  // namespace lakesmith::engine
