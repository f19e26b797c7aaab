#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>
#include <utility>

#include "connect/file_listing.h"
#include "engine/statements/dml_internal.h"
#include "sql/print.h"

namespace lakesmith::engine {
namespace {

// The names of files that COPY INTO has loaded are kept in a domain of the table's log, so that a
// file is loaded once.
constexpr const char* kLoadedDomain = "lakesmith.copyInto";

std::set<std::string> LoadedFiles(const delta::Snapshot& snapshot) {
  std::set<std::string> files;
  const auto found = snapshot.domains().find(kLoadedDomain);
  if (found == snapshot.domains().end()) return files;
  const Result<Json> json = ParseJson(found->second.configuration);
  if (!json || !json->is_array()) return files;
  for (const Json& entry : *json) files.insert(entry.get<std::string>());
  return files;
}

// A file as it was: its path, size and time, so that a changed file counts as another one.
std::string Fingerprint(const connect::InputFile& file) {
  return fmt::format("{}|{}|{}", file.path, file.size_bytes, file.modified_micros);
}

bool IsTrue(const std::map<std::string, std::string>& options, const std::string& key) {
  for (const auto& [name, value] : options) {
    if (catalog::FoldName(name) == key) return catalog::FoldName(value) == "true";
  }
  return false;
}

Result<std::vector<connect::InputFile>> SourceFiles(const sql::CopyInto& statement) {
  connect::ListRequest request;
  request.path = LocalPath(statement.source);
  std::vector<connect::InputFile> files = TRY(connect::ListFiles(request));
  if (!statement.files.empty()) {
    std::erase_if(files, [&](const connect::InputFile& file) {
      return std::ranges::find(statement.files, file.Name()) == statement.files.end();
    });
  }
  if (!statement.pattern.empty()) {
    std::vector<connect::InputFile> kept;
    for (connect::InputFile& file : files) {
      if (TRY(connect::GlobMatches(statement.pattern, file.Name())))
        kept.push_back(std::move(file));
    }
    files = std::move(kept);
  }
  return files;
}

// Puts the files where the statement's FROM stands.
class CopySource : public RelationResolver {
 public:
  explicit CopySource(FilesRelation files) : files_(std::move(files)) {}
  Result<std::optional<RelationReplacement>> Resolve(const RelationRequest& request) override {
    if (request.name.size() == 1 && request.name[0] == "__copy_source") {
      return std::optional<RelationReplacement>(files_);
    }
    return std::optional<RelationReplacement>();
  }

 private:
  FilesRelation files_;
};

std::string SelectText(const sql::CopyInto& statement) {
  std::string items;
  for (const sql::ExpressionPtr& item : statement.select)
    items += (items.empty() ? "" : ", ") + sql::ToSql(*item);
  std::string alias;
  if (statement.source_alias) alias = " AS " + sql::QuoteName(statement.source_alias->name.name);
  return fmt::format("SELECT {} FROM __copy_source{}", items.empty() ? "*" : items, alias);
}

StatementResult CopyResult(int64_t rows) {
  StatementResult result = RowsResult({{"num_affected_rows", types::DataType::Long()},
                                       {"num_inserted_rows", types::DataType::Long()}},
                                      {{types::Value(rows), types::Value(rows)}});
  result.kind = "COPY INTO";
  result.metrics.rows_affected = rows;
  return result;
}

Result<StatementResult> CopyOnce(StatementContext& context, const sql::CopyInto& statement) {
  const StatementContext::OpenTable table = TRY(context.OpenDelta(statement.table));
  std::map<std::string, std::string> copy_options =
      TRY(context.OptionTexts(statement.copy_options));
  std::set<std::string> loaded = LoadedFiles(*table.snapshot);
  FilesRelation files;
  files.format = catalog::FoldName(statement.file_format);
  for (const auto& [key, value] : TRY(context.OptionTexts(statement.format_options))) {
    files.options[catalog::FoldName(key)] = value;
  }
  // Columns of several files are united by name in any case.
  files.options.erase("mergeschema");
  if (const auto infer = files.options.extract("inferschema"); !infer.empty())
    files.options["infercolumntypes"] = infer.mapped();
  if (files.format == "csv") files.options.try_emplace("header", "false");
  const bool force = IsTrue(copy_options, "force");
  for (const connect::InputFile& file : TRY(SourceFiles(statement))) {
    if (!loaded.insert(Fingerprint(file)).second && !force) continue;
    files.paths.push_back(file.path);
  }
  if (files.paths.empty() || IsCommitted(context, *table.snapshot)) return CopyResult(0);

  WriteRequest request;
  request.target = TRY(context.Parts(statement.table));
  request.query.text = SelectText(statement);
  request.evolve_schema = IsTrue(copy_options, "mergeschema");
  request.commit = context.commit;
  request.commit.domains[kLoadedDomain] = JsonText(Json(loaded));
  request.commit.operation = "COPY INTO";
  request.file = context.options.file;
  CopySource source(std::move(files));
  request.resolver = &source;
  const WriteMetrics metrics = TRY(ExecuteWrite(context.session, request));
  StatementResult result = CopyResult(metrics.rows_written);
  result.metrics.files_written = metrics.files_written;
  result.metrics.bytes_written = metrics.bytes_written;
  result.metrics.table_version = metrics.version;
  return result;
}

}  // namespace

Result<StatementResult> RunCopyInto(StatementContext& context, const sql::CopyInto& statement) {
  if (!statement.validate.empty() || !statement.columns.empty() || statement.by_position) {
    return Unsupported(
               "COPY INTO with VALIDATE, a column list or BY POSITION is not supported yet.")
        .WithClass("UNSUPPORTED_FEATURE", "0A000");
  }
  return RetryOnConflict(context, [&] { return CopyOnce(context, statement); });
}

}  // namespace lakesmith::engine
