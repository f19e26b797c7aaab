#include "bundle/decode.h"
#include "bundle/key_table.h"

// Keys of the top of a bundle file and of a target. Source: compatibility notes, sections 1 to 3.
namespace lakesmith::bundle {
namespace {

// Keys that the root and a target share.
void AddSharedKeys(std::vector<Field>& fields) {
  fields.push_back(Unbound<BundleSection>("bundle", "The project itself."));
  fields.push_back(Unbound<WorkspaceSection>("workspace", "Where it is deployed."));
  fields.push_back(Unbound<Resources>("resources", "Jobs, pipelines, schemas, ..."));
  fields.push_back(Unbound<Presets>("presets", "Changes to all resources."));
  fields.push_back(Unbound<std::map<std::string, ArtifactSection>>("artifacts", "What is built."));
  fields.push_back(Unbound<RunAs>("run_as", "Whose rights jobs and pipelines have."));
  fields.push_back(Unbound<SyncSection>("sync", "Which files are deployed."));
  fields.push_back(Unbound<std::vector<AnyValue>>("permissions", "Who may do what."));
}

}  // namespace

template <>
std::vector<Field> FieldsOf<RootFile>() {
  std::vector<Field> fields;
  AddSharedKeys(fields);
  fields.push_back(Unbound<std::vector<std::string>>("include", "Other files of the bundle."));
  fields.push_back(
      Unbound<std::map<std::string, VariableSection>>("variables", "Variables by name."));
  fields.push_back(Unbound<std::map<std::string, TargetSection>>("targets", "Targets by name."));
  fields.push_back(
      Unbound<std::map<std::string, TargetSection>>("environments", "Old name of 'targets'."));
  fields.push_back(Unbound<std::map<std::string, Script>>("scripts", "Commands for bundle run."));
  fields.push_back(Unbound<AnyValue>("python", "Without effect here.").Ignored());
  fields.push_back(Unbound<ExperimentalSection>("experimental", "Hooks."));
  return fields;
}

template <>
std::vector<Field> FieldsOf<TargetSection>() {
  std::vector<Field> fields;
  AddSharedKeys(fields);
  fields.push_back(Unbound<bool>("default", "Whether it is used when none is named."));
  fields.push_back(
      Unbound<std::string>("mode", "Fills presets.").OneOf({"development", "production"}));
  fields.push_back(
      Unbound<std::map<std::string, AnyValue>>("variables", "Values of the root's variables."));
  fields.push_back(Unbound<GitSection>("git", "Branch it belongs to."));
  fields.push_back(Unbound<AnyValue>("cluster_id", "Without effect here.").Ignored());
  fields.push_back(Unbound<AnyValue>("compute_id", "Without effect here.").Ignored());
  return fields;
}

template <>
std::vector<Field> FieldsOf<BundleSection>() {
  return {Unbound<std::string>("name", "Name of the bundle."),
          Unbound<std::string>("engine_version", "Versions of Lakesmith that fit."),
          Unbound<GitSection>("git", "Branch it belongs to."),
          Unbound<DeploymentSection>("deployment", "How it is deployed."),
          Unbound<std::string>("databricks_cli_version", "Without effect here.").Ignored(),
          Unbound<std::string>("cluster_id", "Without effect here.").Ignored(),
          Unbound<std::string>("compute_id", "Without effect here.").Ignored(),
          Unbound<std::string>("engine", "Without effect here.")
              .OneOf({"direct", "terraform"})
              .Ignored(),
          Unbound<std::string>("uuid", "Without effect here.").Ignored()};
}

template <>
std::vector<Field> FieldsOf<GitSection>() {
  return {Unbound<std::string>("branch", "Deploying from another one needs --force."),
          Unbound<std::string>("origin_url", "Repository it comes from.")};
}

template <>
std::vector<Field> FieldsOf<DeploymentSection>() {
  return {Unbound<bool>("fail_on_active_runs", "Deploying fails while runs are active."),
          Unbound<LockSection>("lock", "Lock of the deployment.")};
}

template <>
std::vector<Field> FieldsOf<LockSection>() {
  return {Unbound<bool>("enabled", "Whether deployments exclude each other."),
          Unbound<bool>("force", "Takes the lock of somebody else.")};
}

template <>
std::vector<Field> FieldsOf<WorkspaceSection>() {
  std::vector<Field> fields = {Unbound<std::string>("host", "Address of a workspace."),
                               Unbound<std::string>("root_path", "Folder of the deployment."),
                               Unbound<std::string>("file_path", "Folder of its files."),
                               Unbound<std::string>("resource_path", "Folder of its resources."),
                               Unbound<std::string>("artifact_path", "Folder of what was built."),
                               Unbound<std::string>("state_path", "Folder of its state.")};
  for (const char* name :
       {"profile", "auth_type", "client_id", "google_service_account", "azure_client_id",
        "azure_environment", "azure_login_app_id", "azure_tenant_id", "azure_workspace_resource_id",
        "account_id", "workspace_id", "experimental_is_unified_host"}) {
    fields.push_back(Unbound<AnyValue>(name, "Login to a workspace: without effect.").Ignored());
  }
  return fields;
}

template <>
std::vector<Field> FieldsOf<VariableSection>() {
  return {Unbound<AnyValue>("default", "Value where no other is given."),
          Unbound<std::string>("description", "What it is for."),
          Unbound<std::string>("type", "'complex' for a map or list.").OneOf({"string", "complex"}),
          Unbound<std::map<std::string, std::string>>("lookup", "Finds an id by a name.")};
}

template <>
std::vector<Field> FieldsOf<Presets>() {
  return {
      Key<&Presets::name_prefix>("name_prefix", "Put before names."),
      Key<&Presets::tags>("tags", "Added where absent."),
      Key<&Presets::jobs_max_concurrent_runs>("jobs_max_concurrent_runs", "Where a job sets none.")
          .AtLeast(0),
      Key<&Presets::trigger_pause_status>("trigger_pause_status", "Where a trigger sets none."),
      Key<&Presets::pipelines_development>("pipelines_development", "Where a pipeline sets none."),
      Unbound<bool>("source_linked_deployment", "Run from the working copy."),
      Unbound<bool>("artifacts_dynamic_version", "A version for each build.")};
}

template <>
std::vector<Field> FieldsOf<RunAs>() {
  return {Key<&RunAs::user_name>("user_name", "A user."),
          Key<&RunAs::service_principal_name>("service_principal_name", "A service principal."),
          Unbound<std::string>("group_name", "Without effect here.").Ignored()};
}

template <>
std::vector<Field> FieldsOf<SyncSection>() {
  using Texts = std::vector<std::string>;
  return {Unbound<Texts>("include", "Patterns that win over .gitignore."),
          Unbound<Texts>("exclude", "Patterns that are left out."),
          Unbound<Texts>("paths", "Folders to deploy.")};
}

template <>
std::vector<Field> FieldsOf<ArtifactSection>() {
  return {Unbound<std::string>("type", "Kind of artifact."),
          Unbound<LocatedText>("path", "Folder that is built.").Path(PathKind::kAny),
          Unbound<std::string>("build", "Command that builds it."),
          Unbound<std::string>("executable", "Shell of the command.").OneOf({"bash", "sh", "cmd"}),
          Unbound<std::vector<ArtifactFile>>("files", "What was built."),
          Unbound<bool>("dynamic_version", "A version for each build.")};
}

template <>
std::vector<Field> FieldsOf<ArtifactFile>() {
  return {Unbound<LocatedText>("source", "A path or pattern.").Required().Path(PathKind::kAny)};
}

template <>
std::vector<Field> FieldsOf<Script>() {
  return {Key<&Script::content>("content", "Shell text.").Required(),
          Key<&Script::env>("env", "Environment variables.")};
}

template <>
std::vector<Field> FieldsOf<ExperimentalSection>() {
  std::vector<Field> fields = {Unbound<ExperimentalScripts>("scripts", "Commands by phase.")};
  for (const char* name :
       {"python", "pydabs", "use_legacy_run_as", "python_wheel_wrapper",
        "record_deployment_history", "skip_artifact_cleanup", "skip_name_prefix_for_schema"}) {
    fields.push_back(Unbound<AnyValue>(name, "Without effect here.").Ignored());
  }
  return fields;
}

template <>
std::vector<Field> FieldsOf<ExperimentalScripts>() {
  std::vector<Field> fields;
  for (const char* name :
       {"preinit", "postinit", "prebuild", "postbuild", "predeploy", "postdeploy"}) {
    fields.push_back(Unbound<std::string>(name, "Shell command run at this phase."));
  }
  return fields;
}

}  // namespace lakesmith::bundle
