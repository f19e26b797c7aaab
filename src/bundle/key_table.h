#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/yaml.h"
#include "bundle/resources.h"

// The one table of all keys that bundle files may hold: key_table_*.cc fill it. Checks of keys and
// values (shape_check.h), typed loading (decode.h), path handling and the JSON schema all read it.
namespace lakesmith::bundle {

struct Field;

// What a value may be.
struct Shape {
  enum class Kind { kAny, kText, kBool, kInteger, kNumber, kWord, kList, kMap, kObject };

  Kind kind = Kind::kAny;
  std::vector<std::string> words;       // kWord: the values allowed.
  const Shape& (*element)() = nullptr;  // kList, kMap: of each value.
  std::vector<Field> fields;            // kObject.

  const Field* FindField(std::string_view name) const;
  std::vector<std::string> FieldNames() const;
};

enum class FieldUse {
  kUsed,
  kIgnored,      // Accepted, without effect here: an info.
  kUnsupported,  // An error, unless unsupported tasks are allowed.
};

// What a path must lead to. Paths are relative to the folder of the file that holds them.
enum class PathKind {
  kNone,  // Not a path.
  kAny,   // Need not be there.
  kFile,
  kNotebook,  // A file; the extension may be left out.
  kGlob,      // A pattern, or a file or folder.
};

// One key of a map, with what its value means.
struct Field {
  std::string name;
  std::string description;
  const Shape& (*shape)() = nullptr;
  // Puts a value into the struct that `object` is; null for keys that are not stored.
  void (*store)(void* object, const Yaml& value) = nullptr;
  FieldUse use = FieldUse::kUsed;
  bool required = false;
  bool key_characters_only = false;  // Letters, digits, `_` and `-`.
  PathKind path = PathKind::kNone;
  std::vector<std::string> words;  // Narrows a text to these.
  std::optional<int64_t> minimum;
  std::optional<int64_t> maximum;
  std::string fold_by;  // Of lists of maps: entries with the same value of this key are one.

  Field&& Required() &&;
  Field&& Ignored() &&;
  Field&& Unsupported() &&;
  Field&& KeyCharacters() &&;
  Field&& Path(PathKind kind) &&;
  Field&& OneOf(std::vector<std::string> allowed) &&;
  Field&& Between(int64_t lowest, int64_t highest) &&;
  Field&& AtLeast(int64_t lowest) &&;
  Field&& FoldBy(std::string key) &&;
};

// Words of an enum type with their values, in the order of the documentation.
template <typename T>
std::vector<std::pair<std::string, T>> WordsOf();
template <>
std::vector<std::pair<std::string, PauseStatus>> WordsOf<PauseStatus>();
template <>
std::vector<std::pair<std::string, PeriodUnit>> WordsOf<PeriodUnit>();
template <>
std::vector<std::pair<std::string, RunIf>> WordsOf<RunIf>();
template <>
std::vector<std::pair<std::string, ConditionOp>> WordsOf<ConditionOp>();

// Parts of a file that have no struct of their own.
struct AnyValue {};  // Not looked into.
struct RootFile {};  // A whole bundle file.
struct BundleSection {};
struct GitSection {};
struct DeploymentSection {};
struct LockSection {};
struct TargetSection {};
struct SyncSection {};
struct ArtifactSection {};
struct ArtifactFile {};
struct WorkspaceSection {};
struct VariableSection {};
struct ExperimentalSection {};
struct ExperimentalScripts {};
struct Resources {
  std::map<std::string, Job> jobs;
  std::map<std::string, Pipeline> pipelines;
  std::map<std::string, Schema> schemas;
  std::map<std::string, Volume> volumes;
  std::map<std::string, SecretScope> secret_scopes;
};

// The keys of a struct.
template <typename T>
std::vector<Field> FieldsOf();
#define LAKESMITH_KEYS(Type) \
  template <>                \
  std::vector<Field> FieldsOf<Type>()
LAKESMITH_KEYS(ArtifactFile);
LAKESMITH_KEYS(ArtifactSection);
LAKESMITH_KEYS(BundleSection);
LAKESMITH_KEYS(ConditionTask);
LAKESMITH_KEYS(Continuous);
LAKESMITH_KEYS(CronSchedule);
LAKESMITH_KEYS(DbtTask);
LAKESMITH_KEYS(Dependency);
LAKESMITH_KEYS(DeploymentSection);
LAKESMITH_KEYS(EmailNotifications);
LAKESMITH_KEYS(EnvironmentSpec);
LAKESMITH_KEYS(ExperimentalScripts);
LAKESMITH_KEYS(ExperimentalSection);
LAKESMITH_KEYS(FileArrivalTrigger);
LAKESMITH_KEYS(ForEachTask);
LAKESMITH_KEYS(GitSection);
LAKESMITH_KEYS(Health);
LAKESMITH_KEYS(HealthRule);
LAKESMITH_KEYS(Job);
LAKESMITH_KEYS(JobEnvironment);
LAKESMITH_KEYS(JobParameter);
LAKESMITH_KEYS(LibraryFile);
LAKESMITH_KEYS(LibraryGlob);
LAKESMITH_KEYS(Lifecycle);
LAKESMITH_KEYS(LockSection);
LAKESMITH_KEYS(NotebookTask);
LAKESMITH_KEYS(NotificationSettings);
LAKESMITH_KEYS(PeriodicTrigger);
LAKESMITH_KEYS(Pipeline);
LAKESMITH_KEYS(PipelineLibrary);
LAKESMITH_KEYS(PipelineTask);
LAKESMITH_KEYS(Presets);
LAKESMITH_KEYS(PypiLibrary);
LAKESMITH_KEYS(PythonWheelTask);
LAKESMITH_KEYS(Queue);
LAKESMITH_KEYS(Resources);
LAKESMITH_KEYS(RetryBackoff);
LAKESMITH_KEYS(RootFile);
LAKESMITH_KEYS(RunAs);
LAKESMITH_KEYS(RunJobTask);
LAKESMITH_KEYS(Schema);
LAKESMITH_KEYS(Script);
LAKESMITH_KEYS(SecretScope);
LAKESMITH_KEYS(ShellTask);
LAKESMITH_KEYS(SparkPythonTask);
LAKESMITH_KEYS(SqlFile);
LAKESMITH_KEYS(SqlQuery);
LAKESMITH_KEYS(SqlTask);
LAKESMITH_KEYS(SyncSection);
LAKESMITH_KEYS(TableUpdateTrigger);
LAKESMITH_KEYS(TargetSection);
LAKESMITH_KEYS(Task);
LAKESMITH_KEYS(TaskLibrary);
LAKESMITH_KEYS(Trigger);
LAKESMITH_KEYS(VariableSection);
LAKESMITH_KEYS(Volume);
LAKESMITH_KEYS(WebhookNotifications);
LAKESMITH_KEYS(WebhookReference);
LAKESMITH_KEYS(WorkspaceSection);

}  // namespace lakesmith::bundle
