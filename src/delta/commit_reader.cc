#include <simdjson.h>

#include <utility>

#include "delta/commit_reader_internal.h"

namespace lakesmith::delta {
namespace {

namespace ondemand = simdjson::ondemand;
using simdjson::error_code;

// What a member of an object is called and holds.
struct Member {
  std::string_view name;
  ondemand::value value;
};

// Thrown by nothing: simdjson is used with error codes. The first error sticks here, so that the
// readers of single fields need no result of their own.
class Reader {
 public:
  bool failed() const { return error_ != simdjson::SUCCESS || !detail_.empty(); }
  std::string Message() const {
    return detail_.empty() ? std::string(simdjson::error_message(error_)) : detail_;
  }
  void Fail(error_code error) {
    if (!failed()) error_ = error;
  }
  void Fail(std::string detail) {
    if (!failed()) detail_ = std::move(detail);
  }

  // Calls `visit(name, value)` for each member that is not null. An unvisited value is skipped.
  template <typename Visit>
  void ForEachMember(ondemand::object object, const Visit& visit) {
    for (auto field : object) {
      ondemand::field pair;
      if (const error_code error = std::move(field).get(pair)) return Fail(error);
      std::string_view name;
      if (const error_code error = pair.unescaped_key().get(name)) return Fail(error);
      ondemand::value value = pair.value();
      if (IsNull(value)) continue;
      visit(name, value);
      if (failed()) return;
    }
  }

  template <typename Visit>
  void ForEachMember(ondemand::value value, const Visit& visit) {
    ondemand::object object;
    if (const error_code error = value.get_object().get(object)) return Fail(error);
    ForEachMember(object, visit);
  }

  void Read(ondemand::value value, std::string* out) {
    std::string_view text;
    if (const error_code error = value.get_string().get(text)) return Fail(error);
    out->assign(text);
  }
  void Read(ondemand::value value, int64_t* out) {
    if (value.get_int64().get(*out) == simdjson::SUCCESS) return;
    // Some writers give whole numbers as 1.0.
    double number = 0;
    if (const error_code error = value.get_double().get(number)) return Fail(error);
    if (!(number > -9e18 && number < 9e18)) return Fail("a number is out of range");
    *out = static_cast<int64_t>(number);
  }
  void Read(ondemand::value value, int* out) {
    int64_t number = 0;
    Read(value, &number);
    if (number < INT32_MIN || number > INT32_MAX) return Fail("a number is out of range");
    *out = static_cast<int>(number);
  }
  void Read(ondemand::value value, bool* out) {
    if (const error_code error = value.get_bool().get(*out)) Fail(error);
  }
  template <typename T>
  void Read(ondemand::value value, std::optional<T>* out) {
    T inner{};
    Read(value, &inner);
    *out = std::move(inner);
  }
  void Read(ondemand::value value, std::vector<std::string>* out) {
    ondemand::array array;
    if (const error_code error = value.get_array().get(array)) return Fail(error);
    for (auto element : array) {
      ondemand::value text;
      if (const error_code error = std::move(element).get(text)) return Fail(error);
      Read(text, &out->emplace_back());
      if (failed()) return;
    }
  }
  void Read(ondemand::value value, std::map<std::string, std::string>* out) {
    ForEachMember(value, [&](std::string_view name, ondemand::value member) {
      // Values are text by the protocol; some writers put bare numbers and booleans.
      std::string key(name);
      std::string text;
      ReadTextOrToken(member, &text);
      (*out)[std::move(key)] = std::move(text);
    });
  }
  void Read(ondemand::value value, PartitionValues* out);
  void Read(ondemand::value value, DeletionVectorDescriptor* out);

 private:
  bool IsNull(ondemand::value& value) {
    ondemand::json_type type;
    if (const error_code error = value.type().get(type)) {
      Fail(error);
      return true;
    }
    if (type != ondemand::json_type::null) return false;
    bool is_null = false;
    if (const error_code error = value.is_null().get(is_null)) Fail(error);
    if (!is_null) Fail(simdjson::N_ATOM_ERROR);
    return true;
  }
  void ReadTextOrToken(ondemand::value value, std::string* out) {
    ondemand::json_type type;
    if (const error_code error = value.type().get(type)) return Fail(error);
    if (type == ondemand::json_type::string) return Read(value, out);
    if (type == ondemand::json_type::object || type == ondemand::json_type::array) {
      return Fail(simdjson::INCORRECT_TYPE);
    }
    std::string_view token = value.raw_json_token();
    while (!token.empty() && (token.back() == ' ' || token.back() == '\t')) token.remove_suffix(1);
    out->assign(token);
  }

  error_code error_ = simdjson::SUCCESS;
  std::string detail_;
};

void Reader::Read(ondemand::value value, PartitionValues* out) {
  ondemand::object object;
  if (const error_code error = value.get_object().get(object)) return Fail(error);
  for (auto field : object) {
    ondemand::field pair;
    if (const error_code error = std::move(field).get(pair)) return Fail(error);
    std::string_view name;
    if (const error_code error = pair.unescaped_key().get(name)) return Fail(error);
    PartitionValue& entry = out->emplace_back();
    entry.name.assign(name);
    ondemand::value text = pair.value();
    if (!IsNull(text)) ReadTextOrToken(text, &entry.value.emplace());
    if (failed()) return;
  }
}

void Reader::Read(ondemand::value value, DeletionVectorDescriptor* out) {
  std::string storage_type;
  ForEachMember(value, [&](std::string_view name, ondemand::value member) {
    if (name == "storageType") return Read(member, &storage_type);
    if (name == "pathOrInlineDv") return Read(member, &out->path_or_inline);
    if (name == "offset") return Read(member, &out->offset);
    if (name == "sizeInBytes") return Read(member, &out->size_bytes);
    if (name == "cardinality") return Read(member, &out->cardinality);
  });
  if (failed()) return;
  if (storage_type != "u" && storage_type != "p" && storage_type != "i") {
    return Fail(fmt::format("deletion vector of unknown storage type '{}'", storage_type));
  }
  out->storage_type = storage_type[0];
}

void ReadAction(Reader* reader, ondemand::value value, Protocol* out) {
  reader->ForEachMember(value, [&](std::string_view name, ondemand::value member) {
    if (name == "minReaderVersion") return reader->Read(member, &out->min_reader_version);
    if (name == "minWriterVersion") return reader->Read(member, &out->min_writer_version);
    if (name == "readerFeatures") return reader->Read(member, &out->reader_features);
    if (name == "writerFeatures") return reader->Read(member, &out->writer_features);
  });
}

void ReadAction(Reader* reader, ondemand::value value, Metadata* out) {
  reader->ForEachMember(value, [&](std::string_view name, ondemand::value member) {
    if (name == "id") return reader->Read(member, &out->id);
    if (name == "name") return reader->Read(member, &out->name);
    if (name == "description") return reader->Read(member, &out->description);
    if (name == "schemaString") return reader->Read(member, &out->schema_string);
    if (name == "partitionColumns") return reader->Read(member, &out->partition_columns);
    if (name == "configuration") return reader->Read(member, &out->configuration);
    if (name == "createdTime") return reader->Read(member, &out->created_time_ms);
    if (name != "format") return;
    reader->ForEachMember(member, [&](std::string_view part, ondemand::value text) {
      if (part == "provider") reader->Read(text, &out->format_provider);
    });
  });
}

void ReadAction(Reader* reader, ondemand::value value, AddFile* out) {
  reader->ForEachMember(value, [&](std::string_view name, ondemand::value member) {
    if (name == "path") return reader->Read(member, &out->path);
    if (name == "partitionValues") return reader->Read(member, &out->partition_values);
    if (name == "size") return reader->Read(member, &out->size_bytes);
    if (name == "modificationTime") return reader->Read(member, &out->modified_ms);
    if (name == "dataChange") return reader->Read(member, &out->data_change);
    if (name == "stats") return reader->Read(member, &out->stats);
    if (name == "deletionVector") return reader->Read(member, &out->deletion_vector);
    if (name == "baseRowId") return reader->Read(member, &out->base_row_id);
    if (name == "defaultRowCommitVersion")
      return reader->Read(member, &out->default_row_commit_version);
    if (name == "clusteringProvider") return reader->Read(member, &out->clustering_provider);
    if (name == "tags") return reader->Read(member, &out->tags);
  });
  if (out->path.empty()) reader->Fail("an 'add' without 'path'");
}

void ReadAction(Reader* reader, ondemand::value value, RemoveFile* out) {
  reader->ForEachMember(value, [&](std::string_view name, ondemand::value member) {
    if (name == "path") return reader->Read(member, &out->path);
    if (name == "deletionTimestamp") return reader->Read(member, &out->deletion_timestamp_ms);
    if (name == "dataChange") return reader->Read(member, &out->data_change);
    if (name == "extendedFileMetadata") return reader->Read(member, &out->extended_file_metadata);
    if (name == "partitionValues") return reader->Read(member, &out->partition_values);
    if (name == "size") return reader->Read(member, &out->size_bytes);
    if (name == "deletionVector") return reader->Read(member, &out->deletion_vector);
    if (name == "baseRowId") return reader->Read(member, &out->base_row_id);
    if (name == "defaultRowCommitVersion")
      return reader->Read(member, &out->default_row_commit_version);
    if (name == "tags") return reader->Read(member, &out->tags);
  });
  if (out->path.empty()) reader->Fail("a 'remove' without 'path'");
}

void ReadAction(Reader* reader, ondemand::value value, CdcFile* out) {
  reader->ForEachMember(value, [&](std::string_view name, ondemand::value member) {
    if (name == "path") return reader->Read(member, &out->path);
    if (name == "partitionValues") return reader->Read(member, &out->partition_values);
    if (name == "size") return reader->Read(member, &out->size_bytes);
    if (name == "tags") return reader->Read(member, &out->tags);
  });
}

void ReadAction(Reader* reader, ondemand::value value, SetTransaction* out) {
  reader->ForEachMember(value, [&](std::string_view name, ondemand::value member) {
    if (name == "appId") return reader->Read(member, &out->app_id);
    if (name == "version") return reader->Read(member, &out->version);
    if (name == "lastUpdated") return reader->Read(member, &out->last_updated_ms);
  });
}

void ReadAction(Reader* reader, ondemand::value value, DomainMetadata* out) {
  reader->ForEachMember(value, [&](std::string_view name, ondemand::value member) {
    if (name == "domain") return reader->Read(member, &out->domain);
    if (name == "configuration") return reader->Read(member, &out->configuration);
    if (name == "removed") return reader->Read(member, &out->removed);
  });
}

void ReadAction(Reader* reader, ondemand::value value, Sidecar* out) {
  reader->ForEachMember(value, [&](std::string_view name, ondemand::value member) {
    if (name == "path") return reader->Read(member, &out->path);
    if (name == "sizeInBytes") return reader->Read(member, &out->size_bytes);
    if (name == "modificationTime") return reader->Read(member, &out->modified_ms);
  });
}

void ReadLine(Reader* reader, std::string_view name, ondemand::value value, CommitContent* out) {
  if (name == "add") return ReadAction(reader, value, &out->adds.emplace_back());
  if (name == "remove") return ReadAction(reader, value, &out->removes.emplace_back());
  if (name == "txn") return ReadAction(reader, value, &out->transactions.emplace_back());
  if (name == "metaData") return ReadAction(reader, value, &out->metadata.emplace());
  if (name == "protocol") return ReadAction(reader, value, &out->protocol.emplace());
  if (name == "domainMetadata") return ReadAction(reader, value, &out->domains.emplace_back());
  if (name == "cdc") return ReadAction(reader, value, &out->change_data.emplace_back());
  if (name == "sidecar") return ReadAction(reader, value, &out->sidecars.emplace_back());
  if (name == "checkpointMetadata") {
    out->has_checkpoint_metadata = true;
    return;
  }
  if (name != "commitInfo") return;
  ondemand::object object;
  if (const error_code error = value.get_object().get(object)) return reader->Fail(error);
  std::string_view text;
  if (const error_code error = object.raw_json().get(text)) return reader->Fail(error);
  out->commit_info.assign(text);
}

bool IsBlank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

// One parser per thread: it owns buffers that grow to the longest line.
ondemand::parser& ThreadParser() {
  thread_local ondemand::parser parser;
  return parser;
}

Status ParseLine(simdjson::padded_string_view line, CommitContent* content) {
  Reader reader;
  ondemand::document document;
  ondemand::object object;
  error_code error = ThreadParser().iterate(line).get(document);
  if (error == simdjson::SUCCESS) error = document.get_object().get(object);
  if (error != simdjson::SUCCESS) return Corrupt("{}", simdjson::error_message(error));
  reader.ForEachMember(object, [&](std::string_view name, ondemand::value value) {
    ReadLine(&reader, name, value, content);
  });
  const char* rest = nullptr;
  const bool at_end = document.current_location().get(rest) == simdjson::OUT_OF_BOUNDS;
  if (!reader.failed() && !at_end) reader.Fail(simdjson::TRAILING_CONTENT);
  if (reader.failed()) return Corrupt("{}", reader.Message());
  return {};
}

}  // namespace

Result<CommitContent> ParseCommit(std::string bytes, std::string_view path) {
  bytes.reserve(bytes.size() + simdjson::SIMDJSON_PADDING);
  CommitContent content;
  size_t line_number = 0;
  for (size_t start = 0; start < bytes.size();) {
    ++line_number;
    const size_t end = std::min(bytes.find('\n', start), bytes.size());
    const std::string_view line(bytes.data() + start, end - start);
    if (!IsBlank(line)) {
      const simdjson::padded_string_view padded(line.data(), line.size(), bytes.capacity() - start);
      const Status parsed = ParseLine(padded, &content);
      if (!parsed)
        return Corrupt("{}:{}: not an action: {}", path, line_number, parsed.error().message());
    }
    start = end + 1;
  }
  return content;
}

std::optional<int64_t> InCommitTimestampOf(std::string_view commit_info) {
  if (commit_info.empty()) return std::nullopt;
  const Result<Json> json = ParseJson(commit_info);
  if (!json || !json->is_object()) return std::nullopt;
  const auto found = json->find("inCommitTimestamp");
  if (found == json->end() || !found->is_number_integer()) return std::nullopt;
  return found->get<int64_t>();
}

}  // namespace lakesmith::delta
