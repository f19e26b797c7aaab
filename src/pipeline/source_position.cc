#include "pipeline/source_position.h"

#include <algorithm>
#include <utility>

#include "base/json.h"
#include "catalog/names.h"

namespace lakesmith::pipeline {
namespace {

constexpr int kFormatVersion = 1;

Json FileJson(const SeenFile& file) {
  return Json::array({file.path, file.size_bytes, file.modified_micros});
}

// The list of files of one source. Paths that share a folder are told by it once.
Json FilesJson(const std::vector<const SeenFile*>& files) {
  std::map<std::string, Json> folders;
  for (const SeenFile* file : files) {
    const size_t slash = file->path.rfind('/');
    const SeenFile in_folder{.path = file->path.substr(slash + 1),
                             .size_bytes = file->size_bytes,
                             .modified_micros = file->modified_micros};
    folders[file->path.substr(0, slash + 1)].push_back(FileJson(in_folder));
  }
  Json json = Json::object();
  for (auto& [folder, list] : folders) json[folder] = std::move(list);
  return json;
}

}  // namespace

std::string FlowPosition::FilePath(int64_t number) const {
  return fmt::format("{}/{:020}.json", folder_, number);
}

Result<FlowPosition> FlowPosition::Load(std::shared_ptr<storage::ObjectStore> store,
                                        const delta::Snapshot& table, const std::string& flow) {
  FlowPosition position;
  position.store_ = std::move(store);
  position.folder_ = table.root() + "/_lakesmith/flows/" + catalog::FileNameOf(flow);
  position.app_id_ = "lakesmith.flow." + catalog::FoldName(flow);
  position.committed_ = table.TransactionVersion(position.app_id_).value_or(-1);
  position.next_number_ = position.committed_ + 1;
  const auto epoch = table.metadata().configuration.find(kEpochProperty);
  if (epoch != table.metadata().configuration.end()) position.epoch_ = epoch->second;
  if (position.committed_ >= 0) TRY(position.LoadFrom(position.committed_));
  return position;
}

Status FlowPosition::LoadFrom(int64_t number) {
  const std::string path = FilePath(number);
  Result<std::string> text = store_->Read(path);
  if (!text) {
    return Corrupt(
        "{}: the position that the table's last commit of this flow names cannot be read: {}", path,
        text.error().message());
  }
  const Result<Json> json = ParseJson(*text);
  if (!json) return Corrupt("{}: {}", path, json.error().message());
  try {
    if (json->at("epoch") != epoch_) return {};
    once_done_ = json->value("once_done", false);
    for (const auto& [source, entry] : json->at("tables").items()) {
      tables_[source] = {.table_id = entry.at("id"), .version = entry.at("version")};
    }
    for (const auto& [source, schema] : json->at("schemas").items()) {
      schemas_[source] = TRY(types::DataType::FromJson(schema));
    }
    segments_ = json->at("segments").get<std::vector<int64_t>>();
  } catch (const Json::exception& error) {
    return Corrupt("{}: {}", path, error.what());
  }
  for (const int64_t segment : segments_) TRY(LoadSegment(segment));
  return {};
}

Status FlowPosition::LoadSegment(int64_t number) {
  const std::string path = FilePath(number);
  const std::string text = TRY(store_->Read(path));
  const Result<Json> json = ParseJson(text);
  if (!json) return Corrupt("{}: {}", path, json.error().message());
  try {
    for (const auto& [source, folders] : json->at("files").items()) {
      for (const auto& [folder, list] : folders.items()) {
        for (const Json& file : list) {
          SeenFile seen{.path = folder + file.at(0).get<std::string>(),
                        .size_bytes = file.at(1),
                        .modified_micros = file.at(2)};
          files_[source][seen.path] = seen;
        }
      }
    }
  } catch (const Json::exception& error) {
    return Corrupt("{}: {}", path, error.what());
  }
  return {};
}

std::optional<types::DataType> FlowPosition::Schema(const std::string& source) const {
  const auto found = schemas_.find(source);
  if (found == schemas_.end()) return std::nullopt;
  return found->second;
}

std::optional<TablePosition> FlowPosition::Table(const std::string& source) const {
  const auto found = tables_.find(source);
  if (found == tables_.end()) return std::nullopt;
  return found->second;
}

std::vector<connect::InputFile> FlowPosition::Unseen(const std::string& source,
                                                     const std::vector<connect::InputFile>& listed,
                                                     bool allow_overwrites) const {
  const auto seen = files_.find(source);
  if (seen == files_.end()) return listed;
  std::vector<connect::InputFile> unseen;
  for (const connect::InputFile& file : listed) {
    const auto known = seen->second.find(file.path);
    const bool is_new = known == seen->second.end();
    const bool changed = !is_new && (known->second.size_bytes != file.size_bytes ||
                                     known->second.modified_micros != file.modified_micros);
    if (is_new || (allow_overwrites && changed)) unseen.push_back(file);
  }
  return unseen;
}

int64_t FlowPosition::seen_files() const {
  int64_t count = 0;
  for (const auto& [source, files] : files_) count += static_cast<int64_t>(files.size());
  return count;
}

Json FlowPosition::ToJson(const PositionStep& step, bool whole) const {
  Json tables = Json::object();
  for (const auto& [source, table] : step.tables) {
    tables[source] = {{"id", table.table_id}, {"version", table.version}};
  }
  Json schemas = Json::object();
  for (const auto& [source, schema] : step.schemas) schemas[source] = schema.ToJson();
  std::map<std::string, std::vector<const SeenFile*>> lists;
  if (whole) {
    for (const auto& [source, files] : files_) {
      for (const auto& [path, file] : files) lists[source].push_back(&file);
    }
  }
  for (const auto& [source, files] : step.files) {
    for (const SeenFile& file : files) lists[source].push_back(&file);
  }
  Json files = Json::object();
  for (const auto& [source, list] : lists) files[source] = FilesJson(list);
  return {{"format", kFormatVersion},    {"epoch", epoch_},
          {"follows", committed_},       {"once_done", once_done_ || step.once_done},
          {"tables", std::move(tables)}, {"schemas", std::move(schemas)},
          {"files", std::move(files)}};
}

Result<int64_t> FlowPosition::Prepare(const PositionStep& step) {
  const bool whole = segments_.size() >= kMaxSegments;
  Json json = ToJson(step, whole);
  // A number is taken when a crash left its file, or another writer is ahead; the commit finds that
  // out.
  constexpr int kAttempts = 1000;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const int64_t number = next_number_++;
    std::vector<int64_t> segments = whole ? std::vector<int64_t>() : segments_;
    segments.push_back(number);
    json["segments"] = segments;
    const Status put = store_->PutIfAbsent(FilePath(number), JsonText(json));
    if (put) return number;
    if (put.error().code() != ErrorCode::kConflict) return put.error();
  }
  return Conflict("{}: other writers took {} numbers in a row", folder_, kAttempts);
}

void FlowPosition::Committed(int64_t number, PositionStep step) {
  if (segments_.size() >= kMaxSegments) segments_.clear();
  segments_.push_back(number);
  committed_ = number;
  next_number_ = number + 1;
  once_done_ = once_done_ || step.once_done;
  tables_ = std::move(step.tables);
  schemas_ = std::move(step.schemas);
  for (auto& [source, files] : step.files) {
    for (SeenFile& file : files) files_[source][file.path] = std::move(file);
  }
}

}  // namespace lakesmith::pipeline
