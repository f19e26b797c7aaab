#include "delta/table_properties.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <limits>

#include "base/ascii.h"
#include "base/nearest.h"

namespace lakesmith::delta {
namespace {

using Configuration = std::map<std::string, std::string>;

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::vector<std::string> Words(std::string_view text) {
  std::vector<std::string> words;
  for (size_t at = 0; at < text.size();) {
    while (at < text.size() && IsSpace(text[at])) ++at;
    size_t end = at;
    while (end < text.size() && !IsSpace(text[end])) ++end;
    if (end > at) words.emplace_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

std::optional<int64_t> WholeNumber(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Reads single properties and remembers the first that is wrong.
class PropertyReader {
 public:
  explicit PropertyReader(const Configuration& configuration) : configuration_(configuration) {}

  const std::string* Find(const std::string& key) const {
    const auto found = configuration_.find(key);
    return found == configuration_.end() ? nullptr : &found->second;
  }

  void Read(const std::string& key, bool* out) {
    const std::string* text = Find(key);
    if (text == nullptr) return;
    const std::string lower = Lower(Trim(*text));
    if (lower != "true" && lower != "false") return Fail(key, *text, "true or false");
    *out = lower == "true";
  }

  void Read(const std::string& key, int64_t least, int64_t* out) {
    const std::string* text = Find(key);
    if (text == nullptr) return;
    const std::optional<int64_t> number = WholeNumber(Trim(*text));
    if (!number || *number < least)
      return Fail(key, *text, fmt::format("a whole number, at least {}", least));
    *out = *number;
  }

  void Read(const std::string& key, std::optional<int64_t>* out) {
    if (Find(key) == nullptr) return;
    out->emplace(0);
    Read(key, std::numeric_limits<int64_t>::min(), &**out);
  }

  void ReadInterval(const std::string& key, int64_t* out) {
    const std::string* text = Find(key);
    if (text == nullptr) return;
    const Result<int64_t> interval = ParseInterval(*text);
    if (!interval) return Fail(key, *text, "an interval such as 'interval 7 days'");
    *out = *interval;
  }

  void ReadByteSize(const std::string& key, std::optional<int64_t>* out) {
    const std::string* text = Find(key);
    if (text == nullptr) return;
    const Result<int64_t> size = ParseByteSize(*text);
    if (!size || *size <= 0) return Fail(key, *text, "a size such as 128mb");
    *out = *size;
  }

  // The position of the value among `choices`, ignoring case; -1 when the property is not set.
  int ReadChoice(const std::string& key, const std::vector<std::string>& choices) {
    const std::string* text = Find(key);
    if (text == nullptr) return -1;
    for (size_t i = 0; i < choices.size(); ++i) {
      if (Lower(choices[i]) == Lower(Trim(*text))) return static_cast<int>(i);
    }
    Fail(key, *text, fmt::format("one of {}", fmt::join(choices, ", ")));
    return -1;
  }

  void Fail(const std::string& key, const std::string& value, const std::string& expected) {
    if (!error_)
      error_ = Invalid("table property '{}' is '{}'; it must be {}", key, value, expected);
  }
  const std::optional<Error>& error() const { return error_; }

 private:
  const Configuration& configuration_;
  std::optional<Error> error_;
};

void ReadLogProperties(PropertyReader* reader, TableProperties* out) {
  reader->Read("delta.appendOnly", &out->append_only);
  reader->Read("delta.checkpointInterval", 1, &out->checkpoint_interval);
  reader->Read("delta.checkpoint.writeStatsAsJson", &out->checkpoint_stats_as_json);
  reader->Read("delta.checkpoint.writeStatsAsStruct", &out->checkpoint_stats_as_struct);
  out->checkpoint_policy_v2 = reader->ReadChoice("delta.checkpointPolicy", {"classic", "v2"}) == 1;
  reader->ReadInterval("delta.logRetentionDuration", &out->log_retention_ms);
  reader->ReadInterval("delta.deletedFileRetentionDuration", &out->deleted_file_retention_ms);
  reader->Read("delta.enableExpiredLogCleanup", &out->enable_expired_log_cleanup);
  if (reader->Find("delta.setTransactionRetentionDuration") != nullptr) {
    out->set_transaction_retention_ms.emplace(0);
    reader->ReadInterval("delta.setTransactionRetentionDuration",
                         &*out->set_transaction_retention_ms);
  }
  switch (reader->ReadChoice("delta.isolationLevel", {"Serializable", "WriteSerializable"})) {
    case 0:
      out->isolation_level = IsolationLevel::kSerializable;
      break;
    case 1:
      out->isolation_level = IsolationLevel::kWriteSerializable;
      break;
    default:
      break;
  }
  reader->Read("delta.enableInCommitTimestamps", &out->enable_in_commit_timestamps);
  reader->Read("delta.inCommitTimestampEnablementVersion",
               &out->in_commit_timestamp_enablement_version);
  reader->Read("delta.inCommitTimestampEnablementTimestamp",
               &out->in_commit_timestamp_enablement_ms);
}

// Names between commas; backticks around a name or a part of it are taken off.
std::vector<std::string> ColumnList(std::string_view text) {
  std::vector<std::string> names;
  std::string name;
  bool quoted = false;
  for (const char c : text) {
    if (c == '`') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      names.emplace_back(Trim(name));
      name.clear();
    } else {
      name += c;
    }
  }
  if (!Trim(name).empty()) names.emplace_back(Trim(name));
  return names;
}

void ReadFileProperties(PropertyReader* reader, TableProperties* out) {
  reader->Read("delta.dataSkippingNumIndexedCols", -1, &out->data_skipping_indexed_columns);
  if (const std::string* names = reader->Find("delta.dataSkippingStatsColumns")) {
    out->data_skipping_columns = ColumnList(*names);
  }
  reader->Read("delta.dataSkippingStringPrefixLength", 1, &out->data_skipping_string_prefix_length);
  reader->ReadByteSize("delta.targetFileSize", &out->target_file_size_bytes);
  const std::string* compact = reader->Find("delta.autoOptimize.autoCompact");
  out->auto_compact =
      compact != nullptr && (Lower(*compact) == "true" || Lower(*compact) == "auto");
  reader->Read("delta.autoOptimize.optimizeWrite", &out->optimize_write);
  const std::vector<std::string> codecs = {"snappy",  "zstd",   "gzip",         "lz4",
                                           "lz4_raw", "brotli", "uncompressed", "none"};
  if (const int codec = reader->ReadChoice("delta.parquet.compression.codec", codecs); codec >= 0) {
    out->parquet_codec = codecs[static_cast<size_t>(codec)];
  }
  reader->Read("delta.randomizeFilePrefixes", &out->randomize_file_prefixes);
}

void ReadFeatureProperties(PropertyReader* reader, TableProperties* out) {
  reader->Read("delta.enableChangeDataFeed", &out->enable_change_data_feed);
  reader->Read("delta.enableDeletionVectors", &out->enable_deletion_vectors);
  reader->Read("delta.enableTypeWidening", &out->enable_type_widening);
  reader->Read("delta.enableRowTracking", &out->enable_row_tracking);
  switch (reader->ReadChoice("delta.columnMapping.mode", {"none", "name", "id"})) {
    case 1:
      out->column_mapping_mode = ColumnMappingMode::kName;
      break;
    case 2:
      out->column_mapping_mode = ColumnMappingMode::kId;
      break;
    default:
      break;
  }
  reader->Read("delta.columnMapping.maxColumnId", 0, &out->max_column_id);
}

struct Unit {
  std::string_view name;
  int64_t micros;
};

constexpr std::array kUnits = {
    Unit{"microsecond", 1},           Unit{"millisecond", 1000},   Unit{"second", 1'000'000},
    Unit{"minute", 60'000'000},       Unit{"hour", 3'600'000'000}, Unit{"day", 86'400'000'000},
    Unit{"week", 7 * 86'400'000'000},
};

// Spelled as Delta spells them; other keys below "delta." are looked up ignoring case too, but only
// among these.
constexpr std::array kKeys = {
    "delta.appendOnly",
    "delta.autoOptimize.autoCompact",
    "delta.autoOptimize.optimizeWrite",
    "delta.checkpoint.writeStatsAsJson",
    "delta.checkpoint.writeStatsAsStruct",
    "delta.checkpointInterval",
    "delta.checkpointPolicy",
    "delta.columnMapping.maxColumnId",
    "delta.columnMapping.mode",
    "delta.dataSkippingNumIndexedCols",
    "delta.dataSkippingStatsColumns",
    "delta.dataSkippingStringPrefixLength",
    "delta.deletedFileRetentionDuration",
    "delta.dropFeatureTruncateHistory.retentionDuration",
    "delta.enableChangeDataFeed",
    "delta.enableDeletionVectors",
    "delta.enableExpiredLogCleanup",
    "delta.enableInCommitTimestamps",
    "delta.enableRowTracking",
    "delta.enableTypeWidening",
    "delta.isolationLevel",
    "delta.logRetentionDuration",
    "delta.minReaderVersion",
    "delta.minWriterVersion",
    "delta.parquet.compression.codec",
    "delta.randomizeFilePrefixes",
    "delta.setTransactionRetentionDuration",
    "delta.targetFileSize",
    "delta.tuneFileSizesForRewrites",
};

// Known to Delta and kept, but without meaning for this product.
constexpr std::array kOtherKeys = {
    "delta.autoOptimize",
    "delta.castIcebergTimeType",
    "delta.checkpointRetentionDuration",
    "delta.compatibility.symlinkFormatManifest.enabled",
    "delta.enableFullRetentionRollback",
    "delta.enableIcebergCompatV1",
    "delta.enableIcebergCompatV2",
    "delta.enableIcebergCompatV3",
    "delta.enableIcebergWriterCompatV1",
    "delta.enableVariantShredding",
    "delta.inCommitTimestampEnablementTimestamp",
    "delta.inCommitTimestampEnablementVersion",
    "delta.lastCommitTimestamp",
    "delta.lastUpdateVersion",
    "delta.parquet.format.version",
    "delta.parquet.vorder.enabled",
    "delta.randomPrefixLength",
    "delta.requireCheckpointProtectionBeforeVersion",
    "delta.rowTrackingSuspended",
    "delta.sampleRetentionDuration",
    "delta.sampling.enabled",
    "delta.universalFormat.enabledFormats",
    "delta.workloadBasedColumns.optimizerStatistics",
};

constexpr std::array kKeyFamilies = {
    "delta.constraints.",       "delta.feature.",  "delta.rowTracking.", "delta.coordinatedCommits",
    "delta.universalFormat.",   "delta.identity.", "delta.liquid.",      "delta.clustering",
    "delta.managedDataSkipping"};

}  // namespace

std::string_view IsolationLevelName(IsolationLevel level) {
  switch (level) {
    case IsolationLevel::kSerializable:
      return "Serializable";
    case IsolationLevel::kWriteSerializable:
      return "WriteSerializable";
    case IsolationLevel::kSnapshot:
      return "SnapshotIsolation";
  }
  return "";
}

Result<TableProperties> TableProperties::Parse(const Configuration& configuration) {
  TableProperties properties;
  PropertyReader reader(configuration);
  ReadLogProperties(&reader, &properties);
  ReadFileProperties(&reader, &properties);
  ReadFeatureProperties(&reader, &properties);
  constexpr std::string_view kConstraint = "delta.constraints.";
  for (const auto& [key, value] : configuration) {
    if (key.starts_with(kConstraint))
      properties.constraints.emplace_back(key.substr(kConstraint.size()), value);
  }
  if (reader.error()) return *reader.error();
  return properties;
}

Result<int64_t> ParseInterval(std::string_view text) {
  std::vector<std::string> words = Words(Lower(text));
  if (!words.empty() && words.front() == "interval") words.erase(words.begin());
  if (words.empty() || words.size() % 2 != 0)
    return Invalid("'{}' is not an interval such as 'interval 7 days'", text);
  int64_t micros = 0;
  for (size_t i = 0; i < words.size(); i += 2) {
    const std::optional<int64_t> count = WholeNumber(words[i]);
    std::string_view name = words[i + 1];
    if (name.ends_with('s')) name.remove_suffix(1);
    const auto unit = std::ranges::find(kUnits, name, &Unit::name);
    if (!count || unit == kUnits.end()) {
      return Invalid("'{} {}' in '{}' is not a number and a unit from microseconds to weeks",
                     words[i], words[i + 1], text);
    }
    int64_t part = 0;
    if (__builtin_mul_overflow(*count, unit->micros, &part) ||
        __builtin_add_overflow(micros, part, &micros)) {
      return Invalid("'{}' is too long an interval", text);
    }
  }
  return micros / 1000;
}

Result<int64_t> ParseByteSize(std::string_view text) {
  std::string lower = Lower(Trim(text));
  size_t digits = 0;
  while (digits < lower.size() && std::isdigit(static_cast<unsigned char>(lower[digits])) != 0)
    ++digits;
  const std::optional<int64_t> number = WholeNumber(std::string_view(lower).substr(0, digits));
  std::string unit(Trim(std::string_view(lower).substr(digits)));
  if (unit.ends_with("ib")) unit.erase(unit.size() - 2);
  if (unit.ends_with('b')) unit.pop_back();
  constexpr std::string_view kScale = "kmgtp";
  const size_t power = unit.empty() ? 0 : kScale.find(unit) + 1;
  int64_t size = 0;
  if (!number || (!unit.empty() && (unit.size() != 1 || power == 0)) ||
      __builtin_mul_overflow(*number, int64_t{1} << (10 * power), &size)) {
    return Invalid("'{}' is not a size such as 134217728 or 128mb", text);
  }
  return size;
}

std::string CanonicalPropertyKey(std::string_view key) {
  const std::string lower = Lower(key);
  for (const char* known : kKeys) {
    if (Lower(known) == lower) return known;
  }
  return std::string(key);
}

Status CheckPropertyKey(std::string_view key) {
  if (!key.starts_with("delta.")) return {};
  std::vector<std::string> known(kKeys.begin(), kKeys.end());
  known.insert(known.end(), kOtherKeys.begin(), kOtherKeys.end());
  const auto is_known = [&](const std::string& entry) { return entry == key; };
  const auto in_family = [&](std::string_view family) { return key.starts_with(family); };
  if (std::ranges::any_of(known, is_known) || std::ranges::any_of(kKeyFamilies, in_family))
    return {};
  return Invalid("Unknown configuration was specified: {}. Did you mean {}?", key,
                 NearestFew(key, known, 1)[0])
      .WithClass("DELTA_UNKNOWN_CONFIGURATION", "F0000");
}

}  // namespace lakesmith::delta
