#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace lakesmith::catalog {

inline constexpr std::string_view kDefaultCatalog = "main";
inline constexpr std::string_view kDefaultSchema = "default";

// A catalog and a schema: where names of one part are looked up.
struct Namespace {
  std::string catalog = std::string(kDefaultCatalog);
  std::string schema = std::string(kDefaultSchema);
  bool operator==(const Namespace&) const = default;
};

// The full name of a table, view, function or volume.
struct QualifiedName {
  std::string catalog;
  std::string schema;
  std::string name;

  Namespace ns() const { return {catalog, schema}; }
  // Each part between backticks, as Spark's errors show names: `main`.`default`.`t`.
  std::string ToString() const;
  bool operator==(const QualifiedName&) const = default;
};

// The parts between backticks, joined by dots.
std::string QuoteParts(std::span<const std::string> parts);

// Tables that this program keeps beside those of its users, such as the change rows of AUTO CDC,
// have names that begin with this. They are left out where tables are listed for people.
inline constexpr std::string_view kInternalPrefix = "__lakesmith_";
bool IsInternalName(std::string_view name);

// Folds ASCII letters: names are compared that way.
std::string FoldName(std::string_view name);

// `main` for the names that other products give to the default catalog (spark_catalog,
// hive_metastore), else the name itself.
std::string CanonicalCatalog(std::string_view name);

// Completes a name of one to three parts from `current`.
// Errors: kInvalid (IDENTIFIER_TOO_MANY_NAME_PARTS) for more parts.
Result<QualifiedName> Qualify(std::span<const std::string> parts, const Namespace& current);

// Completes the name of a schema of one or two parts.
Result<Namespace> QualifySchema(std::span<const std::string> parts, std::string_view current);

// A file name for an object: folded, with every byte that is not a letter, digit, '_', '-' or
// non-ASCII as %XX, so that no name can leave its folder or collide on another file system.
std::string FileNameOf(std::string_view name);

// True when `name` matches a pattern of SHOW: '*' stands for anything, '|' separates alternatives,
// letters fold.
bool MatchesPattern(std::string_view name, std::string_view pattern);

}  // namespace lakesmith::catalog
