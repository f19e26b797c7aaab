#include <array>
#include <utility>

#include "catalog/names.h"
#include "engine/session_state.h"

namespace lakesmith::engine {
namespace {

struct Default {
  std::string_view key;
  std::string_view value;
};

// Defaults of the keys that this product reads, and of those that projects read most. Source: Spark
// SQL configuration reference; Delta configuration reference.
constexpr Default kDefaults[] = {
    {"spark.databricks.delta.retentionDurationCheck.enabled", "true"},
    {"spark.databricks.delta.schema.autoMerge.enabled", "false"},
    {"spark.sql.ansi.doubleQuotedIdentifiers", "false"},
    {"spark.sql.ansi.enabled", "true"},
    {"spark.sql.caseSensitive", "false"},
    {"spark.sql.parser.escapedStringLiterals", "false"},
    {"spark.sql.session.timeZone", "UTC"},
    {"spark.sql.shuffle.partitions", "200"},
    {"spark.sql.sources.default", "delta"},
    {"spark.sql.sources.partitionOverwriteMode", "STATIC"},
    {"spark.sql.storeAssignmentPolicy", "ANSI"},
    {"spark.sql.warehouse.dir", ""},
};

}  // namespace

std::optional<std::string> SessionSettings::Get(std::string_view key) const {
  const auto found = values_.find(std::string(key));
  if (found != values_.end()) return found->second;
  for (const Default& known : kDefaults) {
    if (known.key == key) return std::string(known.value);
  }
  return std::nullopt;
}

std::string SessionSettings::GetOr(std::string_view key, std::string_view fallback) const {
  return Get(key).value_or(std::string(fallback));
}

bool SessionSettings::IsTrue(std::string_view key) const {
  return catalog::FoldName(GetOr(key, "false")) == "true";
}

void SessionSettings::Put(std::string_view key, std::string_view value) {
  values_[std::string(key)] = value;
}

void SessionSettings::Remove(std::string_view key) { values_.erase(std::string(key)); }

std::map<std::string, std::string> SessionSettings::All() const {
  std::map<std::string, std::string> all = values_;
  for (const Default& known : kDefaults) all.try_emplace(std::string(known.key), known.value);
  return all;
}

}  // namespace lakesmith::engine
