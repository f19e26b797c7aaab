#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/duckdb/duckdb_internal.h"
#include "engine/duckdb/emitted_query.h"

namespace lakesmith::engine {

// The name by which the text of a query calls a scan.
inline constexpr const char* kScanFunction = "lakesmith_scan";

// The scan bindings of the statement that a connection runs; the scan functions look here while
// they are bound.
class ScanBindings : public ::duckdb::ClientContextState {
 public:
  // Those of `context`, made when there are none.
  static ScanBindings& Get(::duckdb::ClientContext& context);

  void Set(const std::vector<ScanBinding>& bindings);
  // Throws an engine exception when there is no such binding.
  std::shared_ptr<const ScanBinding> Find(const std::string& id) const;

 private:
  std::map<std::string, std::shared_ptr<const ScanBinding>> bindings_;
};

// Registers lakesmith_scan and what it needs in the instance.
void RegisterScanFunctions(::duckdb::DatabaseInstance& instance);

}  // namespace lakesmith::engine
