// The part of SessionCatalog that reads files without a table: read_files, parquet.`path`, tables
// of other formats.
#include <filesystem>
#include <utility>

#include "catalog/names.h"
#include "connect/file_listing.h"
#include "connect/read_files.h"
#include "engine/duckdb/emit.h"
#include "engine/read_files.h"
#include "engine/session_catalog.h"
#include "engine/session_files_internal.h"

namespace lakesmith::engine {
namespace {

Result<connect::FileFormat> FormatNamed(const std::string& name) {
  const std::string folded = catalog::FoldName(name);
  for (const connect::FileFormat format :
       {connect::FileFormat::kParquet, connect::FileFormat::kCsv, connect::FileFormat::kJson,
        connect::FileFormat::kText, connect::FileFormat::kBinaryFile}) {
    if (folded == catalog::FoldName(connect::FileFormatName(format))) return format;
  }
  return Unsupported("Files of the format '{}' cannot be read; parquet, csv and json can.", name)
      .WithClass("UNSUPPORTED_FEATURE", "0A000");
}

// The files below each path; a path that is a file stands for itself.
Result<std::vector<connect::InputFile>> ListAll(const std::vector<std::string>& paths) {
  std::vector<connect::InputFile> files;
  for (const std::string& path : paths) {
    connect::ListRequest request;
    request.path = path;
    for (connect::InputFile& file : TRY(connect::ListFiles(request)))
      files.push_back(std::move(file));
  }
  return files;
}

plan::ResolvedRelation TableOf(std::vector<std::string> name, FileScan scan) {
  plan::ResolvedTable table;
  table.name = std::move(name);
  table.columns = scan.columns;
  table.metadata_column = MetadataColumn(scan);
  table.handle = std::make_shared<ScanHandle>(std::move(scan));
  return table;
}

}  // namespace

Result<std::vector<types::StructField>> InferFileSchema(SessionState& state,
                                                        const FilesRelation& relation) {
  const std::string path = relation.paths.empty() ? "." : relation.paths.front();
  const connect::ReadFiles read = TRY(connect::ParseReadFiles({path}, relation.options, ""));
  const connect::FileFormat format = TRY(FormatNamed(relation.format));
  return FileColumns(*state.connection, read, format, TRY(ListAll(relation.paths)));
}

Result<plan::ResolvedRelation> SessionCatalog::Files(const FilesRelation& relation) const {
  FilesRelation files = relation;
  if (files.schema.empty()) files.schema = TRY(InferFileSchema(state_, relation));
  const bool is_folder =
      files.paths.size() == 1 && std::filesystem::is_directory(files.paths.front());
  if (is_folder) {
    std::vector<std::string> paths;
    for (const connect::InputFile& file : TRY(ListAll(files.paths))) paths.push_back(file.path);
    files.paths = std::move(paths);
  }
  std::vector<std::string> name = {relation.format,
                                   relation.paths.empty() ? "" : relation.paths.front()};
  return TableOf(std::move(name), TRY(ToFileScan(files)));
}

Result<plan::ResolvedRelation> SessionCatalog::ReadFiles(
    const plan::TableFunctionRequest& request) const {
  std::vector<std::string> arguments;
  for (const auto& argument : request.arguments) {
    arguments.push_back(types::ToSparkText(argument.value, argument.type));
  }
  std::map<std::string, std::string> options;
  for (const auto& [name, argument] : request.named_arguments) {
    options[name] = types::ToSparkText(argument.value, argument.type);
  }
  const PlannedFiles planned = TRY(PlanReadFiles(*state_.connection, arguments, options, ""));
  return TableOf(request.name, TRY(ToFileScan(planned)));
}

}  // namespace lakesmith::engine
