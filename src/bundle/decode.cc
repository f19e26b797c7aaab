#include "bundle/decode.h"

#include <charconv>

namespace lakesmith::bundle {

std::optional<bool> ReadBool(const Yaml& value) {
  if (value.is_bool()) return value.bool_value();
  if (!value.is_string()) return std::nullopt;
  const std::string& text = value.text();
  for (const char* word : {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"}) {
    if (text == word) return true;
  }
  for (const char* word : {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"}) {
    if (text == word) return false;
  }
  return std::nullopt;
}

std::optional<int64_t> ReadInteger(const Yaml& value) {
  if (value.is_int()) return value.int_value();
  if (!value.is_string()) return std::nullopt;
  const std::string& text = value.text();
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole ? std::optional(number) : std::nullopt;
}

void FinishDecoding(Task& task, const Yaml& value) {
  static const std::vector<std::pair<std::string, TaskKind>> kKinds = {
      {"notebook_task", TaskKind::kNotebook},
      {"sql_task", TaskKind::kSql},
      {"spark_python_task", TaskKind::kSparkPython},
      {"python_wheel_task", TaskKind::kPythonWheel},
      {"pipeline_task", TaskKind::kPipeline},
      {"run_job_task", TaskKind::kRunJob},
      {"condition_task", TaskKind::kCondition},
      {"for_each_task", TaskKind::kForEach},
      {"dbt_task", TaskKind::kDbt},
      {"shell_task", TaskKind::kShell}};
  for (const auto& [name, kind] : kKinds) {
    const Yaml* found = value.Find(name);
    if (found != nullptr && !found->is_null()) task.kind = kind;
  }
  for (const YamlEntry& entry : value.entries()) {
    const Field* field = ShapeOf<Task>().FindField(entry.key);
    const bool unsupported = field != nullptr && field->use == FieldUse::kUnsupported;
    if (unsupported && task.kind == TaskKind::kNone) task.kind = TaskKind::kUnsupported;
  }
}

}  // namespace lakesmith::bundle
