#include "pipeline/definition.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "pipeline/statement_reader_internal.h"
#include "sql/notebook_source.h"
#include "sql/parse.h"

namespace lakesmith::pipeline {
namespace {

Result<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return NotFound("{}: the file cannot be read", path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// The path as messages show it.
std::string ShownPath(const std::string& path, const std::string& root) {
  if (root.empty()) return path;
  const std::filesystem::path relative = std::filesystem::path(path).lexically_relative(root);
  const std::string text = relative.string();
  return text.empty() || text.starts_with("..") ? path : text;
}

std::map<std::string, std::string> SubstitutionValues(const PipelineSpec& spec) {
  std::map<std::string, std::string> values = spec.parameters;
  values.insert(spec.configuration.begin(), spec.configuration.end());
  return values;
}

// Statements of one file, each with its own namespace and settings as USE and SET leave them.
Status ReadFileStatements(const std::shared_ptr<const SourceText>& source,
                          const catalog::Namespace& current, DefinitionBuilder& builder) {
  Result<std::vector<sql::StatementPtr>> statements = sql::ParseStatements(source->text());
  if (!statements) return source->Locate(std::move(statements).error());
  StatementReader reader(source, current, builder);
  for (sql::StatementPtr& statement : *statements) {
    TRY(reader.Read(*statement));
  }
  return {};
}

}  // namespace

std::string DatasetDefinition::FullName() const {
  return name.schema.empty() ? name.name : name.catalog + "." + name.schema + "." + name.name;
}

std::string DatasetDefinition::Key() const { return catalog::FoldName(FullName()); }

Result<PipelineDefinition> DefinitionFromTexts(
    const std::vector<std::pair<std::string, std::string>>& files,
    const std::map<std::string, std::string>& values, const catalog::Namespace& current) {
  DefinitionBuilder builder;
  for (const auto& [file, text] : files) {
    SourceText source = TRY(SourceText::Substitute(file, text, values));
    TRY(ReadFileStatements(std::make_shared<const SourceText>(std::move(source)), current,
                           builder));
  }
  return std::move(builder).Finish();
}

Result<PipelineDefinition> LoadDefinition(const PipelineSpec& spec,
                                          const catalog::Namespace& current) {
  std::vector<std::pair<std::string, std::string>> files;
  for (const std::string& path : spec.source_files) {
    std::string text = TRY(ReadFile(path));
    if (sql::IsNotebookSource(text)) text = sql::DivideCells(text);
    files.emplace_back(ShownPath(path, spec.root_folder), std::move(text));
  }
  return DefinitionFromTexts(files, SubstitutionValues(spec), current);
}

}  // namespace lakesmith::pipeline
