#include "catalog/catalog.h"

#include <algorithm>
#include <utility>

#include "base/nearest.h"

namespace lakesmith::catalog {
namespace {

namespace fs = std::filesystem;

bool SameName(std::string_view a, std::string_view b) { return FoldName(a) == FoldName(b); }

std::string Suggestion(std::string_view name, const std::vector<std::string>& candidates) {
  const std::string nearest = Nearest(name, candidates);
  return nearest.empty() ? "" : fmt::format(" Did you mean `{}`?", nearest);
}

Error CatalogNotFound(std::string_view name, const std::vector<std::string>& names) {
  return NotFound("The catalog `{}` is not found.{}", name, Suggestion(name, names))
      .WithClass("CATALOG_NOT_FOUND", "42P08");
}

Error SchemaNotFound(const Namespace& ns, const std::vector<std::string>& names) {
  const std::string parts[] = {ns.catalog, ns.schema};
  return NotFound(
             "The schema {} cannot be found. Verify the spelling and correctness of the schema and "
             "catalog.{}",
             QuoteParts(parts), Suggestion(ns.schema, names))
      .WithClass("SCHEMA_NOT_FOUND", "42704");
}

Error SchemaNotEmpty(const Namespace& ns) {
  const std::string parts[] = {ns.catalog, ns.schema};
  return Invalid(
             "Cannot drop the schema {} because it contains objects. Use DROP SCHEMA ... CASCADE "
             "to drop the "
             "schema and all its objects.",
             QuoteParts(parts))
      .WithClass("SCHEMA_NOT_EMPTY", "2BP01");
}

std::string Absolute(const fs::path& path) {
  std::string text = fs::absolute(path).lexically_normal().string();
  while (text.size() > 1 && text.ends_with('/')) text.pop_back();
  return text;
}

}  // namespace

Catalog::Catalog(const fs::path& warehouse)
    : warehouse_(Absolute(warehouse)), root_(fs::path(warehouse_) / ".catalog") {}

fs::path Catalog::CatalogFolder(std::string_view catalog) const {
  return root_ / FileNameOf(CanonicalCatalog(catalog));
}

fs::path Catalog::SchemaFolder(const Namespace& ns) const {
  return CatalogFolder(ns.catalog) / FileNameOf(ns.schema);
}

fs::path Catalog::ObjectFile(const QualifiedName& name, std::string_view kind) const {
  return SchemaFolder(name.ns()) / kind / (FileNameOf(name.name) + ".json");
}

Result<NameLock> Catalog::Lock(const QualifiedName& name) const {
  const std::string file = fmt::format("{}.{}.{}", FileNameOf(name.catalog),
                                       FileNameOf(name.schema), FileNameOf(name.name));
  return NameLock::Take(root_ / ".locks" / file);
}

Result<std::vector<CatalogInfo>> Catalog::ListCatalogs() const {
  std::vector<CatalogInfo> catalogs;
  bool has_default = false;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(root_, error)) {
    const std::optional<Json> json = TRY(object_files::Read(entry.path() / "catalog.json"));
    if (!json) continue;
    catalogs.push_back(TRY(CatalogFromJson(*json)));
    has_default |= SameName(catalogs.back().name, kDefaultCatalog);
  }
  if (!has_default) catalogs.push_back({std::string(kDefaultCatalog), {}});
  std::ranges::sort(catalogs, {}, &CatalogInfo::name);
  return catalogs;
}

Result<CatalogInfo> Catalog::GetCatalog(std::string_view name) const {
  const std::optional<Json> json = TRY(object_files::Read(CatalogFolder(name) / "catalog.json"));
  if (json) return CatalogFromJson(*json);
  if (SameName(CanonicalCatalog(name), kDefaultCatalog)) {
    return CatalogInfo{std::string(kDefaultCatalog), {}};
  }
  std::vector<std::string> names;
  for (const CatalogInfo& info : TRY(ListCatalogs())) names.push_back(info.name);
  return CatalogNotFound(name, names);
}

Result<bool> Catalog::CreateCatalog(CatalogInfo info, bool if_not_exists) const {
  const bool is_default = SameName(CanonicalCatalog(info.name), kDefaultCatalog);
  const bool made = !is_default && TRY(object_files::Create(
                                       CatalogFolder(info.name) / "catalog.json", ToJson(info)));
  if (made || if_not_exists) return made;
  return Invalid(
             "Cannot create catalog `{}` because it already exists. Choose a different name, or "
             "use IF NOT EXISTS.",
             info.name)
      .WithClass("CATALOG_ALREADY_EXISTS", "42710");
}

Result<bool> Catalog::DropCatalog(std::string_view name, bool if_exists, bool cascade) const {
  Result<CatalogInfo> info = GetCatalog(name);
  if (!info && if_exists && info.error().code() == ErrorCode::kNotFound) return false;
  if (!info) return std::move(info).error();
  if (SameName(info->name, kDefaultCatalog)) {
    return Invalid("The default catalog `{}` cannot be dropped.", kDefaultCatalog);
  }
  for (const SchemaInfo& schema : TRY(ListSchemas(info->name))) {
    if (!cascade && !SameName(schema.name.schema, kDefaultSchema)) {
      return Invalid(
                 "Cannot drop the catalog `{}` because it contains schemas. Use CASCADE to drop "
                 "them too.",
                 info->name)
          .WithClass("CATALOG_NOT_EMPTY", "2BP01");
    }
    TRY(DropSchema(schema.name, true, cascade));
  }
  TRY(object_files::Remove(CatalogFolder(name) / "catalog.json"));
  return true;
}

Status Catalog::UpdateCatalog(std::string_view name,
                              const std::function<Status(CatalogInfo&)>& change) const {
  const NameLock lock = TRY(Lock({std::string(name), "", ""}));
  CatalogInfo info = TRY(GetCatalog(name));
  TRY(change(info));
  return object_files::Replace(CatalogFolder(name) / "catalog.json", ToJson(info));
}

Result<std::vector<SchemaInfo>> Catalog::ListSchemas(std::string_view catalog) const {
  const CatalogInfo info = TRY(GetCatalog(catalog));
  std::vector<SchemaInfo> schemas;
  bool has_default = false;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(CatalogFolder(catalog), error)) {
    const std::optional<Json> json = TRY(object_files::Read(entry.path() / "schema.json"));
    if (!json) continue;
    schemas.push_back(TRY(SchemaFromJson(*json, warehouse_)));
    has_default |= SameName(schemas.back().name.schema, kDefaultSchema);
  }
  if (!has_default) schemas.push_back({{info.name, std::string(kDefaultSchema)}, "", {}});
  std::ranges::sort(schemas, {}, [](const SchemaInfo& schema) { return schema.name.schema; });
  return schemas;
}

Result<SchemaInfo> Catalog::GetSchema(const Namespace& name) const {
  const std::optional<Json> json = TRY(object_files::Read(SchemaFolder(name) / "schema.json"));
  if (json) return SchemaFromJson(*json, warehouse_);
  const CatalogInfo catalog = TRY(GetCatalog(name.catalog));
  if (SameName(name.schema, kDefaultSchema)) {
    return SchemaInfo{{catalog.name, std::string(kDefaultSchema)}, "", {}};
  }
  std::vector<std::string> names;
  for (const SchemaInfo& info : TRY(ListSchemas(name.catalog))) names.push_back(info.name.schema);
  return SchemaNotFound({catalog.name, name.schema}, names);
}

Status Catalog::CheckSchema(const Namespace& ns) const {
  TRY(GetSchema(ns));
  return {};
}

Result<bool> Catalog::CreateSchema(SchemaInfo info, bool if_not_exists) const {
  const CatalogInfo catalog = TRY(GetCatalog(info.name.catalog));
  info.name.catalog = catalog.name;
  const bool is_default = SameName(info.name.schema, kDefaultSchema);
  const bool made = !is_default && TRY(object_files::Create(SchemaFolder(info.name) / "schema.json",
                                                            ToJson(info, warehouse_)));
  if (made || if_not_exists) return made;
  const std::string parts[] = {info.name.catalog, info.name.schema};
  return Invalid(
             "Cannot create schema {} because it already exists. Choose a different name, drop the "
             "existing "
             "schema, or add the IF NOT EXISTS clause to tolerate pre-existing schema.",
             QuoteParts(parts))
      .WithClass("SCHEMA_ALREADY_EXISTS", "42P06");
}

Status Catalog::DropAllIn(const Namespace& ns) const {
  for (const Relation& relation : TRY(ListRelations(ns))) TRY(DropRelation(relation.name));
  for (const FunctionInfo& function : TRY(ListFunctions(ns)))
    TRY(DropFunction(function.name, true));
  for (const VolumeInfo& volume : TRY(ListVolumes(ns))) TRY(DropVolume(volume.name, true));
  return {};
}

Result<bool> Catalog::DropSchema(const Namespace& name, bool if_exists, bool cascade) const {
  Result<SchemaInfo> info = GetSchema(name);
  if (!info && if_exists && info.error().code() == ErrorCode::kNotFound) return false;
  if (!info) return std::move(info).error();
  if (cascade) TRY(DropAllIn(name));
  const bool empty = TRY(ListVisibleRelations(name)).empty() && TRY(ListFunctions(name)).empty() &&
                     TRY(ListVolumes(name)).empty();
  if (!empty) return SchemaNotEmpty(info->name);
  TRY(DropAllIn(name));
  TRY(object_files::Remove(SchemaFolder(name) / "schema.json"));
  return true;
}

Status Catalog::UpdateSchema(const Namespace& name,
                             const std::function<Status(SchemaInfo&)>& change) const {
  const NameLock lock = TRY(Lock({name.catalog, name.schema, ""}));
  SchemaInfo info = TRY(GetSchema(name));
  TRY(change(info));
  return object_files::Replace(SchemaFolder(name) / "schema.json", ToJson(info, warehouse_));
}

Result<std::vector<FunctionInfo>> Catalog::ListFunctions(const Namespace& ns) const {
  TRY(CheckSchema(ns));
  std::vector<FunctionInfo> functions;
  for (const fs::path& path : TRY(object_files::List(SchemaFolder(ns) / "functions"))) {
    const std::optional<Json> json = TRY(object_files::Read(path));
    if (json) functions.push_back(TRY(FunctionFromJson(*json)));
  }
  return functions;
}

Result<std::optional<FunctionInfo>> Catalog::FindFunction(const QualifiedName& name) const {
  const std::optional<Json> json = TRY(object_files::Read(ObjectFile(name, "functions")));
  if (!json) return std::optional<FunctionInfo>();
  return std::optional<FunctionInfo>(TRY(FunctionFromJson(*json)));
}

Status Catalog::CreateFunction(FunctionInfo function, bool replace) const {
  const SchemaInfo schema = TRY(GetSchema(function.name.ns()));
  function.name.catalog = schema.name.catalog;
  function.name.schema = schema.name.schema;
  const fs::path path = ObjectFile(function.name, "functions");
  if (replace) return object_files::Replace(path, ToJson(function));
  if (TRY(object_files::Create(path, ToJson(function)))) return {};
  return Invalid(
             "Cannot create the routine {} because a routine of that name already exists. Use "
             "CREATE OR REPLACE, "
             "or IF NOT EXISTS.",
             function.name.ToString())
      .WithClass("ROUTINE_ALREADY_EXISTS", "42723");
}

Result<bool> Catalog::DropFunction(const QualifiedName& name, bool if_exists) const {
  if (TRY(object_files::Remove(ObjectFile(name, "functions")))) return true;
  if (if_exists) return false;
  std::vector<std::string> names;
  for (const FunctionInfo& info : TRY(ListFunctions(name.ns()))) names.push_back(info.name.name);
  return NotFound("The routine {} cannot be found.{}", name.ToString(),
                  Suggestion(name.name, names))
      .WithClass("ROUTINE_NOT_FOUND", "42883");
}

Result<std::vector<VolumeInfo>> Catalog::ListVolumes(const Namespace& ns) const {
  TRY(CheckSchema(ns));
  std::vector<VolumeInfo> volumes;
  for (const fs::path& path : TRY(object_files::List(SchemaFolder(ns) / "volumes"))) {
    const std::optional<Json> json = TRY(object_files::Read(path));
    if (json) volumes.push_back(TRY(VolumeFromJson(*json, warehouse_)));
  }
  return volumes;
}

Result<VolumeInfo> Catalog::GetVolume(const QualifiedName& name) const {
  const std::optional<Json> json = TRY(object_files::Read(ObjectFile(name, "volumes")));
  if (json) return VolumeFromJson(*json, warehouse_);
  std::vector<std::string> names;
  for (const VolumeInfo& info : TRY(ListVolumes(name.ns()))) names.push_back(info.name.name);
  return NotFound("The volume {} cannot be found.{}", name.ToString(), Suggestion(name.name, names))
      .WithClass("VOLUME_NOT_FOUND", "42704");
}

Result<bool> Catalog::CreateVolume(VolumeInfo volume, bool if_not_exists) const {
  const SchemaInfo schema = TRY(GetSchema(volume.name.ns()));
  volume.name.catalog = schema.name.catalog;
  volume.name.schema = schema.name.schema;
  if (!volume.external) {
    volume.location = (fs::path(warehouse_) / ".volumes" / FileNameOf(volume.name.catalog) /
                       FileNameOf(volume.name.schema) / FileNameOf(volume.name.name))
                          .string();
    std::error_code error;
    fs::create_directories(volume.location, error);
    if (error) return Invalid("{}: cannot make the folder: {}", volume.location, error.message());
  }
  const bool made =
      TRY(object_files::Create(ObjectFile(volume.name, "volumes"), ToJson(volume, warehouse_)));
  if (made || if_not_exists) return made;
  return Invalid("Cannot create the volume {} because it already exists.", volume.name.ToString())
      .WithClass("VOLUME_ALREADY_EXISTS", "42710");
}

Result<bool> Catalog::DropVolume(const QualifiedName& name, bool if_exists) const {
  Result<VolumeInfo> volume = GetVolume(name);
  if (!volume && if_exists && volume.error().code() == ErrorCode::kNotFound) return false;
  if (!volume) return std::move(volume).error();
  TRY(object_files::Remove(ObjectFile(name, "volumes")));
  if (!volume->external) TRY(object_files::DiscardFolder(warehouse_, volume->location));
  return true;
}

Status Catalog::UpdateVolume(const QualifiedName& name,
                             const std::function<Status(VolumeInfo&)>& change) const {
  const NameLock lock = TRY(Lock(name));
  VolumeInfo volume = TRY(GetVolume(name));
  TRY(change(volume));
  return object_files::Replace(ObjectFile(name, "volumes"), ToJson(volume, warehouse_));
}

Status Catalog::Record(std::string_view kind, std::string_view name, const Json& json) const {
  return object_files::Replace(root_ / ".recorded" / kind / (FileNameOf(name) + ".json"), json);
}

Result<bool> Catalog::Forget(std::string_view kind, std::string_view name) const {
  return object_files::Remove(root_ / ".recorded" / kind / (FileNameOf(name) + ".json"));
}

}  // namespace lakesmith::catalog
