#include "bundle/decode.h"
#include "bundle/key_table.h"

// Keys of pipelines and of the smaller resources. Source: compatibility notes, sections 9 and 10.
namespace lakesmith::bundle {

template <>
std::vector<Field> FieldsOf<Resources>() {
  std::vector<Field> fields = {
      Key<&Resources::jobs>("jobs", "Jobs by key."),
      Key<&Resources::pipelines>("pipelines", "Pipelines by key."),
      Key<&Resources::schemas>("schemas", "Schemas by key."),
      Key<&Resources::volumes>("volumes", "Volumes by key."),
      Key<&Resources::secret_scopes>("secret_scopes", "Secret scopes by key."),
      Unbound<std::map<std::string, AnyValue>>("notification_destinations",
                                               "Receivers of notifications by id.")};
  for (const char* name : {"secrets",
                           "quality_monitors",
                           "job_runs",
                           "sql_warehouses",
                           "alerts",
                           "dashboards",
                           "clusters",
                           "instance_pools",
                           "apps",
                           "models",
                           "registered_models",
                           "experiments",
                           "model_serving_endpoints",
                           "genie_spaces",
                           "postgres_branches",
                           "postgres_endpoints",
                           "postgres_projects",
                           "postgres_catalogs",
                           "postgres_synced_tables",
                           "database_catalogs",
                           "database_instances",
                           "synced_database_tables",
                           "vector_search_endpoints",
                           "vector_search_indexes",
                           "catalogs",
                           "external_locations"}) {
    fields.push_back(
        Unbound<std::map<std::string, AnyValue>>(name, "Accepted; skipped here.").Ignored());
  }
  return fields;
}

template <>
std::vector<Field> FieldsOf<Pipeline>() {
  std::vector<Field> fields = {
      Key<&Pipeline::name>("name", "Shown name."),
      Key<&Pipeline::catalog>("catalog", "Catalog of unqualified names."),
      Key<&Pipeline::schema>("schema", "Schema of unqualified names."),
      Key<&Pipeline::schema>("target", "Old name of 'schema'."),
      Key<&Pipeline::libraries>("libraries", "Files that define the datasets."),
      Key<&Pipeline::root_path>("root_path", "Folder of the sources.").Path(PathKind::kAny),
      Key<&Pipeline::configuration>("configuration", "Settings, and ${key} in SQL."),
      Key<&Pipeline::parameters>("parameters", "${key} in SQL."),
      Key<&Pipeline::continuous>("continuous", "Whether it always runs."),
      Key<&Pipeline::development>("development", "No automatic retry."),
      Key<&Pipeline::storage>("storage", "Root of tables without a schema."),
      Key<&Pipeline::edition>("edition", "Without effect here.")
          .OneOf({"CORE", "PRO", "ADVANCED", "core", "pro", "advanced"}),
      Key<&Pipeline::channel>("channel", "Without effect here.")
          .OneOf({"CURRENT", "PREVIEW", "current", "preview"}),
      Key<&Pipeline::allow_duplicate_names>("allow_duplicate_names",
                                            "Whether two may have the same name."),
      Key<&Pipeline::cascade_on_destroy>("cascade_on_destroy",
                                         "Whether destroying it drops its datasets."),
      Key<&Pipeline::tags>("tags", "Labels."),
      Key<&Pipeline::lifecycle>("lifecycle", "Protection from deletion."),
      Unbound<RunAs>("run_as", "Whose rights it has."),
      Unbound<AnyValue>("permissions", "Who may do what."),
      Unbound<AnyValue>("filters", "Files to include and exclude."),
      Unbound<std::vector<AnyValue>>("notifications", "Who is told of what."),
      Unbound<AnyValue>("event_log", "Where the event log is published."),
      Unbound<AnyValue>("environment", "Python packages."),
      Unbound<AnyValue>("ingestion_definition", "A managed connector."),
      Unbound<std::vector<AnyValue>>("clusters", "Clusters: without effect here.")
          .FoldBy("label")
          .Ignored()};
  for (const char* name :
       {"serverless", "photon", "budget_policy_id", "usage_policy_id", "id", "deployment",
        "dry_run", "gateway_definition", "restart_window", "trigger"}) {
    fields.push_back(Unbound<AnyValue>(name, "Without effect here.").Ignored());
  }
  return fields;
}

template <>
std::vector<Field> FieldsOf<PipelineLibrary>() {
  return {Key<&PipelineLibrary::glob>("glob", "Files by a pattern."),
          Key<&PipelineLibrary::file>("file", "A file."),
          Key<&PipelineLibrary::notebook>("notebook", "A notebook."),
          Unbound<AnyValue>("jar", "Without effect here.").Ignored(),
          Unbound<AnyValue>("whl", "Without effect here.").Ignored(),
          Unbound<AnyValue>("maven", "Without effect here.").Ignored()};
}

template <>
std::vector<Field> FieldsOf<LibraryGlob>() {
  return {Key<&LibraryGlob::include>("include", "A path, or 'folder/**' for all below.")
              .Required()
              .Path(PathKind::kGlob)};
}

template <>
std::vector<Field> FieldsOf<LibraryFile>() {
  return {Key<&LibraryFile::path>("path", "The file; may be a pattern.")
              .Required()
              .Path(PathKind::kGlob)};
}

template <>
std::vector<Field> FieldsOf<Schema>() {
  return {Key<&Schema::catalog_name>("catalog_name", "Its catalog.").Required(),
          Key<&Schema::name>("name", "Its name.").Required(),
          Key<&Schema::comment>("comment", "Shown by DESCRIBE."),
          Key<&Schema::storage_root>("storage_root", "Folder of its tables."),
          Key<&Schema::properties>("properties", "Properties."),
          Key<&Schema::lifecycle>("lifecycle", "Protection from deletion."),
          Unbound<AnyValue>("grants", "Who may do what."),
          Unbound<AnyValue>("enable_predictive_optimization", "Without effect here.").Ignored()};
}

template <>
std::vector<Field> FieldsOf<Volume>() {
  return {Key<&Volume::catalog_name>("catalog_name", "Its catalog.").Required(),
          Key<&Volume::schema_name>("schema_name", "Its schema.").Required(),
          Key<&Volume::name>("name", "Its name.").Required(),
          Key<&Volume::comment>("comment", "Shown by DESCRIBE."),
          Key<&Volume::volume_type>("volume_type", "Whether its folder is ours.")
              .OneOf({"MANAGED", "EXTERNAL"}),
          Key<&Volume::storage_location>("storage_location", "Folder of an external volume."),
          Key<&Volume::lifecycle>("lifecycle", "Protection from deletion."),
          Unbound<AnyValue>("grants", "Who may do what.")};
}

template <>
std::vector<Field> FieldsOf<SecretScope>() {
  return {Key<&SecretScope::name>("name", "Its name."),
          Unbound<AnyValue>("permissions", "Who may do what."),
          Unbound<AnyValue>("lifecycle", "Protection from deletion."),
          Unbound<AnyValue>("backend_type", "Without effect here.").Ignored(),
          Unbound<AnyValue>("keyvault_metadata", "Without effect here.").Ignored()};
}

}  // namespace lakesmith::bundle
