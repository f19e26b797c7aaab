#include "engine/read_files.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "engine/duckdb/runtime.h"
#include "engine/row_stream.h"
#include "sql/parse.h"

namespace lakesmith::engine {
namespace {

using SourceFormat = connect::FileFormat;
using connect::InputFile;
using connect::ReadFiles;
using types::DataType;
using types::StructField;

// Files that are looked into when columns are inferred.
constexpr size_t kInferenceFiles = 1000;

std::string Quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    quoted += c;
    if (c == '\'') quoted += c;
  }
  return quoted + "'";
}

// A pattern of java.time in the engine's strptime letters. Errors: kUnsupported names a letter
// without equal.
Result<std::string> StrptimePattern(std::string_view option, std::string_view pattern) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 17> kLetters = {
      {{"yyyy", "%Y"},
       {"yy", "%y"},
       {"MMMM", "%B"},
       {"MMM", "%b"},
       {"MM", "%m"},
       {"M", "%m"},
       {"dd", "%d"},
       {"d", "%d"},
       {"HH", "%H"},
       {"H", "%H"},
       {"hh", "%I"},
       {"mm", "%M"},
       {"ss", "%S"},
       {"SSS", "%g"},
       {"SSSSSS", "%f"},
       {"XXX", "%z"},
       {"a", "%p"}}};
  std::string result;
  for (size_t i = 0; i < pattern.size();) {
    const char c = pattern[i];
    if (c == '\'') {
      const size_t end = std::min(pattern.find('\'', i + 1), pattern.size());
      result += pattern.substr(i + 1, end - i - 1);
      i = end + 1;
      continue;
    }
    if (std::isalpha(static_cast<unsigned char>(c)) == 0) {
      result += c;
      ++i;
      continue;
    }
    const size_t end = std::min(pattern.find_first_not_of(c, i), pattern.size());
    const std::string_view run = pattern.substr(i, end - i);
    const auto* known =
        std::ranges::find(kLetters, run, &std::pair<std::string_view, std::string_view>::first);
    if (known == kLetters.end()) {
      return Unsupported("'{}' in option {} is not supported", run, option);
    }
    result += known->second;
    i = end;
  }
  return result;
}

using EngineOptions = std::vector<std::pair<std::string, std::string>>;

std::string OptionOr(const std::map<std::string, std::string>& options, const std::string& name,
                     const std::string& fallback) {
  const auto found = options.find(name);
  return found == options.end() ? fallback : found->second;
}

Status AddTimeFormats(const std::map<std::string, std::string>& options, EngineOptions& engine) {
  for (const auto& [name, target] :
       {std::pair("dateformat", "dateformat"), std::pair("timestampformat", "timestampformat")}) {
    const std::string pattern = OptionOr(options, name, "");
    if (pattern.empty()) continue;
    engine.emplace_back(target, TRY(StrptimePattern(name, pattern)));
  }
  return {};
}

// Spark's defaults where they differ from the engine's are written out.
Result<EngineOptions> CsvOptions(const std::map<std::string, std::string>& options) {
  EngineOptions engine;
  engine.emplace_back("delim", OptionOr(options, "sep", OptionOr(options, "delimiter", ",")));
  engine.emplace_back("header", OptionOr(options, "header", "true"));
  engine.emplace_back("quote", OptionOr(options, "quote", "\""));
  engine.emplace_back("escape", OptionOr(options, "escape", "\""));
  engine.emplace_back("nullstr", OptionOr(options, "nullvalue", ""));
  if (const std::string comment = OptionOr(options, "comment", ""); !comment.empty()) {
    engine.emplace_back("comment", comment);
  }
  if (const std::string skip = OptionOr(options, "skiprows", "0"); skip != "0") {
    engine.emplace_back("skip", skip);
  }
  TRY(AddTimeFormats(options, engine));
  return engine;
}

Result<EngineOptions> JsonOptions(const std::map<std::string, std::string>& options) {
  EngineOptions engine;
  const bool whole_file = OptionOr(options, "multiline", "false") == "true";
  engine.emplace_back("format", whole_file ? "auto" : "newline_delimited");
  TRY(AddTimeFormats(options, engine));
  return engine;
}

Result<EngineOptions> ReaderOptions(SourceFormat format,
                                    const std::map<std::string, std::string>& options) {
  switch (format) {
    case SourceFormat::kParquet:
      return EngineOptions();
    case SourceFormat::kCsv:
      return CsvOptions(options);
    case SourceFormat::kJson:
      return JsonOptions(options);
    case SourceFormat::kText:
    case SourceFormat::kBinaryFile:
      break;
  }
  return Unsupported("read_files cannot read the format '{}' yet; it reads parquet, csv and json",
                     connect::FileFormatName(format));
}

std::string_view ReaderFunction(SourceFormat format) {
  if (format == SourceFormat::kParquet) return "read_parquet";
  return format == SourceFormat::kCsv ? "read_csv" : "read_json";
}

// Names of columns without a header, as Spark gives them.
std::string PositionNames() {
  constexpr int kColumns = 1000;
  std::string names;
  for (int i = 0; i < kColumns; ++i) names += fmt::format("{}'_c{}'", i == 0 ? "" : ", ", i);
  return "[" + names + "]";
}

// A SELECT without rows whose columns are those of the files.
Result<std::string> InferenceQuery(const ReadFiles& read, SourceFormat format,
                                   const std::vector<InputFile>& files) {
  std::string list;
  for (const InputFile& file : files) {
    list += (list.empty() ? "" : ", ") + Quoted(file.path);
  }
  const EngineOptions options = TRY(ReaderOptions(format, read.format_options));
  std::string arguments = "[" + list + "], union_by_name = true, hive_partitioning = false";
  for (const auto& [name, value] : options) arguments += ", " + name + " = " + Quoted(value);
  if (format == SourceFormat::kCsv && !read.infer_column_types) arguments += ", all_varchar = true";
  if (format == SourceFormat::kCsv && OptionOr(read.format_options, "header", "true") != "true")
    arguments += ", names = " + PositionNames();
  return fmt::format("SELECT * FROM {}({}) LIMIT 0", ReaderFunction(format), arguments);
}

// The first file whose columns cannot be told; the folder when each can, and not all together.
std::string UnreadableFile(Connection& connection, const ReadFiles& read, SourceFormat format,
                           const std::vector<InputFile>& files) {
  for (const InputFile& file : files) {
    EmittedQuery query;
    Result<std::string> sql = InferenceQuery(read, format, {file});
    if (!sql) break;
    query.sql = *std::move(sql);
    if (!connection.Query(query)) return file.path;
  }
  return read.list.path;
}

Result<std::vector<StructField>> InferColumns(Connection& connection, const ReadFiles& read,
                                              SourceFormat format,
                                              const std::vector<InputFile>& files) {
  if (files.empty()) {
    return Invalid(
        "read_files finds no file in '{}' to learn the columns from; put files there or give "
        "schema => '...'",
        read.list.path);
  }
  const size_t looked_at = std::min(files.size(), kInferenceFiles);
  const std::vector<InputFile> sample(files.begin(),
                                      files.begin() + static_cast<ptrdiff_t>(looked_at));
  EmittedQuery query;
  query.sql = TRY(InferenceQuery(read, format, sample));
  Result<std::unique_ptr<RowStream>> stream = connection.Query(query);
  if (!stream) {
    const std::string culprit = UnreadableFile(connection, read, format, sample);
    return std::move(stream).error().Within(fmt::format("columns of '{}'", culprit));
  }
  std::vector<StructField> columns = (*stream)->columns();
  (*stream)->Close();
  for (StructField& column : columns) {
    column.nullable = true;
    if (format != SourceFormat::kParquet) {
      column.type = TypeFromText(column.type, read.infer_column_types);
    }
  }
  TRY(ApplySchemaHints(read.schema_hints, columns));
  return columns;
}

}  // namespace

DataType TypeFromText(const DataType& type, bool infer) {
  if (type.is(types::TypeId::kArray)) return DataType::Array(TypeFromText(type.element(), infer));
  if (type.is(types::TypeId::kStruct)) {
    std::vector<StructField> fields = type.fields();
    for (StructField& field : fields) field.type = TypeFromText(field.type, infer);
    return DataType::Struct(std::move(fields));
  }
  if (type.is(types::TypeId::kMap)) {
    return DataType::Map(type.key(), TypeFromText(type.value(), infer));
  }
  if (!infer) return DataType::String();
  if (type.is(types::TypeId::kTimestampNtz)) return DataType::Timestamp();
  if (type.is(types::TypeId::kVoid)) return DataType::String();
  return type;
}

Status ApplySchemaHints(const std::string& hints, std::vector<StructField>& columns) {
  if (hints.empty()) return {};
  Result<DataType> parsed = sql::ParseTableSchema(hints);
  if (!parsed) return std::move(parsed).error().Within("option 'schemaHints'");
  for (const StructField& hint : parsed->fields()) {
    const auto index = DataType::Struct(columns).FieldIndex(hint.name);
    if (index) {
      columns[*index].type = hint.type;
    } else {
      columns.push_back(hint);
    }
  }
  return {};
}

Result<std::vector<StructField>> FileColumns(Connection& connection, const ReadFiles& read,
                                             SourceFormat format,
                                             const std::vector<InputFile>& files) {
  for (const InputFile& file : files) {
    if (file.partition_values.empty() ||
        (read.partition_columns && read.partition_columns->empty())) {
      continue;
    }
    return Unsupported(
        "'{}' lies in a folder '{}=...': columns from folder names are not supported yet; "
        "partitionColumns => '' reads the files without them",
        file.path, file.partition_values[0].first);
  }
  if (!read.schema) return InferColumns(connection, read, format, files);
  Result<DataType> declared = sql::ParseTableSchema(*read.schema);
  if (!declared) return std::move(declared).error().Within("option 'schema'");
  return declared->fields();
}

Result<PlannedFiles> PlanReadFiles(Connection& connection,
                                   const std::vector<std::string>& arguments,
                                   const std::map<std::string, std::string>& options,
                                   const std::string& base_folder) {
  PlannedFiles plan;
  plan.read = TRY(connect::ParseReadFiles(arguments, options, base_folder));
  plan.files = TRY(connect::ListFiles(plan.read.list));
  if (plan.read.format) {
    plan.format = *plan.read.format;
  } else {
    plan.format = TRY(connect::InferFormat(plan.files));
  }
  plan.columns = TRY(FileColumns(connection, plan.read, plan.format, plan.files));
  return plan;
}

Result<FileScan> ToFileScan(const PlannedFiles& plan) {
  FileScan scan;
  scan.options = TRY(ReaderOptions(plan.format, plan.read.format_options));
  scan.format = plan.format == SourceFormat::kParquet ? FileFormat::kParquet
                : plan.format == SourceFormat::kCsv   ? FileFormat::kCsv
                                                      : FileFormat::kJson;
  for (const InputFile& file : plan.files) scan.files.push_back(file.path);
  scan.columns = plan.columns;
  return scan;
}

Result<FileScan> ToFileScan(const FilesRelation& files) {
  std::map<std::string, std::string> options = files.options;
  options["format"] = files.format;
  PlannedFiles plan;
  plan.read = TRY(connect::ParseReadFiles({"/"}, options, "/"));
  plan.format = *plan.read.format;
  plan.columns = files.schema;
  for (const std::string& path : files.paths) plan.files.push_back({.path = path});
  return ToFileScan(plan);
}

}  // namespace lakesmith::engine
