// The part of Catalog that makes, finds and drops tables and views.
#include <algorithm>
#include <chrono>

#include "base/nearest.h"
#include "catalog/catalog.h"

namespace lakesmith::catalog {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kRelations = "relations";

int64_t NowMillis() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

Error AlreadyExists(const QualifiedName& name) {
  return Invalid(
             "Cannot create table or view {} because it already exists. Choose a different name, "
             "drop or replace "
             "the existing object, or add the IF NOT EXISTS clause to tolerate pre-existing "
             "objects.",
             name.ToString())
      .WithClass("TABLE_OR_VIEW_ALREADY_EXISTS", "42P07");
}

std::string TrimSlashes(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

}  // namespace

Result<std::string> Catalog::DataFolder(const Namespace& ns) const {
  const SchemaInfo schema = TRY(GetSchema(ns));
  if (!schema.location.empty()) return TrimSlashes(schema.location);
  return (fs::path(warehouse_) / FileNameOf(schema.name.catalog) / FileNameOf(schema.name.schema))
      .string();
}

Result<std::vector<Relation>> Catalog::ListRelations(const Namespace& ns) const {
  TRY(CheckSchema(ns));
  std::vector<Relation> relations;
  for (const fs::path& path : TRY(object_files::List(SchemaFolder(ns) / kRelations))) {
    const std::optional<Json> json = TRY(object_files::Read(path));
    if (json) relations.push_back(TRY(RelationFromJson(*json, warehouse_)));
  }
  return relations;
}

Result<std::optional<Relation>> Catalog::FindRelation(const QualifiedName& name) const {
  const std::optional<Json> json = TRY(object_files::Read(ObjectFile(name, kRelations)));
  if (!json) return std::optional<Relation>();
  Relation relation = TRY(RelationFromJson(*json, warehouse_));
  // A rename that was interrupted has moved the file and not yet written the spelling.
  if (FoldName(relation.name.name) != FoldName(name.name)) relation.name.name = name.name;
  return std::optional<Relation>(std::move(relation));
}

Result<std::vector<Relation>> Catalog::ListVisibleRelations(const Namespace& ns) const {
  std::vector<Relation> relations = TRY(ListRelations(ns));
  std::erase_if(relations,
                [](const Relation& relation) { return IsInternalName(relation.name.name); });
  return relations;
}

Result<Relation> Catalog::GetRelation(const QualifiedName& name) const {
  std::optional<Relation> relation = TRY(FindRelation(name));
  if (!relation) return RelationNotFound(name);
  return *std::move(relation);
}

Error Catalog::RelationNotFound(const QualifiedName& name, std::vector<std::string> also) const {
  std::vector<std::string> names = std::move(also);
  if (const Result<std::vector<Relation>> relations = ListVisibleRelations(name.ns())) {
    for (const Relation& relation : *relations) names.push_back(relation.name.name);
  }
  const std::string nearest = Nearest(name.name, names);
  return NotFound(
             "The table or view {} cannot be found. Verify the spelling and correctness of the "
             "schema and "
             "catalog.{}",
             name.ToString(), nearest.empty() ? "" : fmt::format(" Did you mean `{}`?", nearest))
      .WithClass("TABLE_OR_VIEW_NOT_FOUND", "42P01");
}

Result<std::string> Catalog::FreeTableFolder(const QualifiedName& name) const {
  std::string folder = (fs::path(TRY(DataFolder(name.ns()))) / FileNameOf(name.name)).string();
  std::error_code error;
  if (!fs::exists(folder, error)) return folder;
  for (const Relation& relation : TRY(ListRelations(name.ns()))) {
    // A renamed table keeps its folder.
    if (!relation.is_view() && relation.location == folder)
      return folder + "-" + object_files::FreshSuffix();
  }
  // No table has it: it was left behind by a writer or a drop that did not finish.
  TRY(object_files::DiscardFolder(warehouse_, folder));
  return folder;
}

Result<TableCreation> Catalog::BeginTable(const QualifiedName& name, bool replace,
                                          const std::string& location) const {
  const SchemaInfo schema = TRY(GetSchema(name.ns()));
  const QualifiedName full{schema.name.catalog, schema.name.schema, name.name};
  NameLock lock = TRY(Lock(full));
  std::optional<Relation> existing = TRY(FindRelation(full));
  if (existing && !replace) return AlreadyExists(full);
  if (existing && existing->is_view()) {
    return Invalid("{} is a view, and a table cannot replace it. Drop the view first.",
                   full.ToString())
        .WithClass("EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE", "42809");
  }
  TableCreation::Plan plan{full,         TrimSlashes(location),        location.empty(),
                           std::nullopt, ObjectFile(full, kRelations), warehouse_};
  if (existing && (location.empty() || plan.location == existing->location)) {
    plan.location = existing->location;
    plan.managed = existing->kind == RelationKind::kManagedTable;
  } else if (plan.managed) {
    plan.location = TRY(FreeTableFolder(full));
  }
  plan.existing = std::move(existing);
  return TableCreation(std::move(lock), std::move(plan));
}

Status Catalog::CreateView(Relation view, bool replace) const {
  const SchemaInfo schema = TRY(GetSchema(view.name.ns()));
  view.name.catalog = schema.name.catalog;
  view.name.schema = schema.name.schema;
  view.kind = RelationKind::kView;
  if (view.notes.created_millis == 0) view.notes.created_millis = NowMillis();
  const NameLock lock = TRY(Lock(view.name));
  const std::optional<Relation> existing = TRY(FindRelation(view.name));
  if (existing && !existing->is_view() && replace) {
    return Invalid("{} is a table, and a view cannot replace it. Drop the table first.",
                   view.name.ToString())
        .WithClass("EXPECT_VIEW_NOT_TABLE.NO_ALTERNATIVE", "42809");
  }
  const fs::path path = ObjectFile(view.name, kRelations);
  if (replace) return object_files::Replace(path, ToJson(view, warehouse_));
  if (TRY(object_files::Create(path, ToJson(view, warehouse_)))) return {};
  return AlreadyExists(view.name);
}

Status Catalog::DropRelation(const QualifiedName& name) const {
  const NameLock lock = TRY(Lock(name));
  const Relation relation = TRY(GetRelation(name));
  TRY(object_files::Remove(ObjectFile(name, kRelations)));
  if (relation.kind == RelationKind::kManagedTable)
    return object_files::DiscardFolder(warehouse_, relation.location);
  return {};
}

Status Catalog::RenameRelation(const QualifiedName& from, const QualifiedName& to) const {
  const SchemaInfo schema = TRY(GetSchema(to.ns()));
  const NameLock lock = TRY(Lock(from));
  Relation relation = TRY(GetRelation(from));
  const QualifiedName target{schema.name.catalog, schema.name.schema, to.name};
  const bool only_case =
      FoldName(from.name) == FoldName(to.name) && SchemaFolder(from.ns()) == SchemaFolder(to.ns());
  if (!only_case &&
      !TRY(object_files::Rename(ObjectFile(from, kRelations), ObjectFile(to, kRelations)))) {
    return AlreadyExists(target);
  }
  relation.name = target;
  return object_files::Replace(ObjectFile(to, kRelations), ToJson(relation, warehouse_));
}

Status Catalog::UpdateRelation(const QualifiedName& name,
                               const std::function<Status(Relation&)>& change) const {
  const NameLock lock = TRY(Lock(name));
  Relation relation = TRY(GetRelation(name));
  TRY(change(relation));
  return object_files::Replace(ObjectFile(name, kRelations), ToJson(relation, warehouse_));
}

Status TableCreation::Finish(Relation relation) {
  relation.name = plan_.name;
  relation.kind = plan_.managed ? RelationKind::kManagedTable : RelationKind::kExternalTable;
  relation.location = plan_.location;
  if (relation.notes.created_millis == 0) relation.notes.created_millis = NowMillis();
  TRY(object_files::Replace(plan_.entry, ToJson(relation, plan_.warehouse)));
  lock_.reset();
  return {};
}

TableCreation::~TableCreation() {
  if (lock_ == nullptr || !plan_.managed || plan_.existing) return;
  // Best effort: the next table of this name removes what is left.
  (void)object_files::DiscardFolder(plan_.warehouse, plan_.location);
}

}  // namespace lakesmith::catalog
