#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "catalog/names.h"
#include "catalog/object_files.h"
#include "catalog/objects.h"

namespace lakesmith::catalog {

// A table that is being made: holds its name against others and owns its folder until Finish. When
// it is destroyed unfinished, the folder of a managed table is removed.
class TableCreation {
 public:
  struct Plan {
    QualifiedName name;
    std::string location;
    bool managed = true;
    std::optional<Relation> existing;
    std::filesystem::path entry;  // The file that makes the table visible.
    std::string warehouse;
  };
  TableCreation(NameLock lock, Plan plan)
      : lock_(std::make_unique<NameLock>(std::move(lock))), plan_(std::move(plan)) {}
  ~TableCreation();
  TableCreation(TableCreation&&) noexcept = default;
  TableCreation& operator=(TableCreation&&) = delete;

  const QualifiedName& name() const { return plan_.name; }
  // Absolute folder of the table. That of a managed table is free: nothing is in it.
  const std::string& location() const { return plan_.location; }
  bool managed() const { return plan_.managed; }
  // The relation that the name stands for already, when it was opened to be replaced.
  const std::optional<Relation>& existing() const { return plan_.existing; }

  // Makes the table visible. `relation.name`, `kind` and `location` are filled in.
  Status Finish(Relation relation);

 private:
  std::unique_ptr<NameLock> lock_;  // Null once finished or moved from.
  Plan plan_;
};

// Catalogs, schemas, tables, views, functions and volumes of one warehouse, each a small JSON file
// below <warehouse>/.catalog. Keeps no state in memory, so threads and processes may share a
// warehouse; each change is one atomic move of a file. Names match ignoring ASCII case and keep
// their spelling. The catalog `main` and its schema `default` always exist.
//
// Not-found errors are kNotFound with Spark's class and the nearest name; a name that is taken is
// kInvalid.
class Catalog {
 public:
  explicit Catalog(const std::filesystem::path& warehouse);

  const std::string& warehouse() const { return warehouse_; }

  Result<std::vector<CatalogInfo>> ListCatalogs() const;
  Result<CatalogInfo> GetCatalog(std::string_view name) const;
  // False when it exists already and `if_not_exists`.
  Result<bool> CreateCatalog(CatalogInfo info, bool if_not_exists) const;
  // Refuses a catalog with schemas other than an empty `default`, unless `cascade`.
  Result<bool> DropCatalog(std::string_view name, bool if_exists, bool cascade) const;
  Status UpdateCatalog(std::string_view name,
                       const std::function<Status(CatalogInfo&)>& change) const;

  Result<std::vector<SchemaInfo>> ListSchemas(std::string_view catalog) const;
  Result<SchemaInfo> GetSchema(const Namespace& name) const;
  Result<bool> CreateSchema(SchemaInfo info, bool if_not_exists) const;
  Result<bool> DropSchema(const Namespace& name, bool if_exists, bool cascade) const;
  Status UpdateSchema(const Namespace& name,
                      const std::function<Status(SchemaInfo&)>& change) const;

  Result<std::vector<Relation>> ListRelations(const Namespace& ns) const;
  // Those that are shown to people: without the tables of IsInternalName.
  Result<std::vector<Relation>> ListVisibleRelations(const Namespace& ns) const;
  Result<Relation> GetRelation(const QualifiedName& name) const;
  // nullopt where GetRelation says not found.
  Result<std::optional<Relation>> FindRelation(const QualifiedName& name) const;
  // Starts to make a table; waits while another writer makes one of that name. With `replace`, an
  // existing table keeps its folder and is in `existing()`. `location` empty: managed. Errors:
  // kInvalid when the name is taken and not `replace`, or taken by a view.
  Result<TableCreation> BeginTable(const QualifiedName& name, bool replace,
                                   const std::string& location) const;
  Status CreateView(Relation view, bool replace) const;
  // Removes the entry and, of a managed table, its folder.
  Status DropRelation(const QualifiedName& name) const;
  // The folder of a managed table stays where it is.
  Status RenameRelation(const QualifiedName& from, const QualifiedName& to) const;
  Status UpdateRelation(const QualifiedName& name,
                        const std::function<Status(Relation&)>& change) const;
  // The error for a relation that does not exist; `also` are names that the session knows beside
  // the catalog's.
  Error RelationNotFound(const QualifiedName& name, std::vector<std::string> also = {}) const;

  Result<std::vector<FunctionInfo>> ListFunctions(const Namespace& ns) const;
  Result<std::optional<FunctionInfo>> FindFunction(const QualifiedName& name) const;
  Status CreateFunction(FunctionInfo function, bool replace) const;
  Result<bool> DropFunction(const QualifiedName& name, bool if_exists) const;

  Result<std::vector<VolumeInfo>> ListVolumes(const Namespace& ns) const;
  Result<VolumeInfo> GetVolume(const QualifiedName& name) const;
  // A managed volume gets a folder below the warehouse.
  Result<bool> CreateVolume(VolumeInfo volume, bool if_not_exists) const;
  Result<bool> DropVolume(const QualifiedName& name, bool if_exists) const;
  Status UpdateVolume(const QualifiedName& name,
                      const std::function<Status(VolumeInfo&)>& change) const;

  // Things that are recorded without meaning on one machine: external locations, credentials,
  // shares. `kind` is a plural in lower case, e.g. "external_locations".
  Status Record(std::string_view kind, std::string_view name, const Json& json) const;
  Result<bool> Forget(std::string_view kind, std::string_view name) const;

 private:
  std::filesystem::path CatalogFolder(std::string_view catalog) const;
  std::filesystem::path SchemaFolder(const Namespace& ns) const;
  std::filesystem::path ObjectFile(const QualifiedName& name, std::string_view kind) const;
  Result<NameLock> Lock(const QualifiedName& name) const;
  Status CheckSchema(const Namespace& ns) const;
  Result<std::string> DataFolder(const Namespace& ns) const;
  Result<std::string> FreeTableFolder(const QualifiedName& name) const;
  Status DropAllIn(const Namespace& ns) const;

  std::string warehouse_;  // Absolute, without a trailing slash.
  std::filesystem::path root_;
};

}  // namespace lakesmith::catalog
