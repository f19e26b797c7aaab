#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/session_state.h"
#include "engine/write_request.h"
#include "plan/catalog_lookup.h"

namespace lakesmith::engine {

struct RowsText;
struct TableTarget;

// A variable is reached as v, session.v or system.session.v.
bool IsVariableName(const std::vector<std::string>& parts);

// What names mean to one statement of a session: substitutions of the caller, temporary views, then
// the catalog. A table named twice gives the same version twice. Used by one thread during one
// statement.
class SessionCatalog : public plan::CatalogLookup {
 public:
  SessionCatalog(SessionState& state, RelationResolver* resolver)
      : state_(state), resolver_(resolver) {}

  Result<plan::ResolvedRelation> FindRelation(const plan::RelationName& name,
                                              const plan::NameScope& scope) const override;
  Result<std::optional<plan::ResolvedRelation>> FindTableFunction(
      const plan::TableFunctionRequest& request) const override;
  Result<std::optional<plan::ResolvedFunction>> FindFunction(
      const std::vector<std::string>& parts, const plan::NameScope& scope) const override;
  std::optional<Variable> FindVariable(const std::vector<std::string>& parts) const override;
  Result<std::optional<types::Value>> EvaluateConstant(
      const plan::Expression& expression) const override;
  std::string CurrentCatalog() const override { return state_.current.catalog; }
  std::string CurrentSchema() const override { return state_.current.schema; }

  // The snapshot of a table for this statement: loaded at its first mention, then kept.
  Result<delta::SnapshotPtr> SnapshotOf(const std::string& location) const;
  // Whether a query of the statement reads the newest version of the table.
  bool Reads(const std::string& location) const { return scanned_.contains(location); }
  // Before the statement is planned anew.
  void ForgetSnapshots();

 private:
  Result<plan::ResolvedRelation> Replace(const RelationReplacement& replacement,
                                         const plan::RelationName& name) const;
  std::optional<plan::ResolvedRelation> FindTemporary(const std::vector<std::string>& parts) const;
  Result<plan::ResolvedRelation> FindByPath(const plan::RelationName& name) const;
  Result<plan::ResolvedRelation> FromCatalog(const catalog::Relation& relation,
                                             const plan::RelationName& name) const;
  Result<plan::ResolvedRelation> DeltaTable(std::vector<std::string> name,
                                            const std::string& location,
                                            const std::optional<plan::TimeTravel>& travel) const;
  Result<plan::ResolvedRelation> AppendedRows(const DeltaAppendsRelation& appends) const;
  Result<plan::ResolvedRelation> Files(const FilesRelation& files) const;
  Result<plan::ResolvedRelation> TableChanges(const plan::TableFunctionRequest& request) const;
  Result<TableTarget> NamedTable(const plan::TableFunctionRequest& request) const;
  Result<plan::ResolvedRelation> History(const plan::TableFunctionRequest& request) const;
  // The version that bounds table_changes: given as such, or as a time.
  Result<int64_t> ChangesFrom(const delta::Table& place,
                              const plan::TableFunctionRequest::Argument& argument,
                              bool begins) const;
  // Rows kept in scratch files until the session's next statement.
  Result<plan::ResolvedRelation> Materialised(std::vector<std::string> name,
                                              const std::vector<types::StructField>& columns,
                                              const RowsText& rows) const;
  Result<plan::ResolvedRelation> ReadFiles(const plan::TableFunctionRequest& request) const;

  SessionState& state_;
  RelationResolver* resolver_;
  mutable std::map<std::string, delta::SnapshotPtr> snapshots_;
  mutable std::set<std::string> scanned_;
};

// The folder of the table that `parts` names in a session: of the catalog, or delta.`path`.
struct TableTarget {
  std::vector<std::string> parts;             // catalog, schema, table; or delta, path.
  std::optional<catalog::Relation> relation;  // nullopt of a path.
  std::string location;
  bool is_delta = true;

  std::string Display() const { return catalog::QuoteParts(parts); }
};
// Errors: kNotFound as of the catalog; kInvalid for a view.
Result<TableTarget> FindTable(const SessionState& state, const std::vector<std::string>& parts);

// An absolute local path of a path or a file: URI.
std::string LocalPath(const std::string& path);

// The path of a name such as delta.`/lake/t`, with its format; nullopt for other names.
struct PathName {
  std::string format;
  std::string path;
};
std::optional<PathName> AsPathName(const std::vector<std::string>& parts);

}  // namespace lakesmith::engine
