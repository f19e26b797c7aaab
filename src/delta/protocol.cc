#include "delta/protocol.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/nearest.h"
#include "delta/table_properties.h"

namespace lakesmith::delta {
namespace {

using types::DataType;
using types::StructField;
using types::TypeId;

constexpr int kNoLegacyVersion = 100;

struct Feature {
  std::string_view name;
  bool for_readers = false;
  int legacy_writer_version = kNoLegacyVersion;  // The first writer version that implies it.
  bool readable = true;                          // Writer-only features never hinder reading.
  bool writable = false;
};

// Source: Delta protocol, "Valid Feature Names in Table Features".
constexpr std::array kFeatures = {
    Feature{.name = "allowColumnDefaults", .writable = true},
    Feature{.name = "appendOnly", .legacy_writer_version = 2, .writable = true},
    Feature{.name = "catalogManaged", .for_readers = true, .readable = false},
    Feature{.name = "catalogOwned-preview", .for_readers = true, .readable = false},
    Feature{.name = "changeDataFeed", .legacy_writer_version = 4, .writable = true},
    Feature{.name = "checkConstraints", .legacy_writer_version = 3, .writable = true},
    Feature{.name = "checkpointProtection", .writable = true},
    Feature{.name = "clustering"},
    Feature{
        .name = "columnMapping", .for_readers = true, .legacy_writer_version = 5, .writable = true},
    Feature{.name = "deletionVectors", .for_readers = true, .writable = true},
    Feature{.name = "domainMetadata", .writable = true},
    Feature{.name = "generatedColumns", .legacy_writer_version = 4, .writable = true},
    Feature{.name = "icebergCompatV1"},
    Feature{.name = "icebergCompatV2"},
    Feature{.name = "icebergCompatV3"},
    Feature{.name = "identityColumns", .legacy_writer_version = 6},
    Feature{.name = "inCommitTimestamp", .writable = true},
    Feature{.name = "invariants", .legacy_writer_version = 2, .writable = true},
    Feature{.name = "materializePartitionColumns"},
    Feature{.name = "rowTracking"},
    Feature{.name = "timestampNtz", .for_readers = true, .writable = true},
    Feature{.name = "timestampWithoutTimezone", .for_readers = true, .writable = true},
    Feature{.name = "typeWidening", .for_readers = true, .writable = true},
    Feature{.name = "typeWidening-preview", .for_readers = true, .writable = true},
    Feature{.name = "v2Checkpoint", .for_readers = true, .writable = true},
    Feature{.name = "vacuumProtocolCheck", .for_readers = true, .writable = true},
    Feature{.name = "variantShredding", .for_readers = true},
    Feature{.name = "variantShredding-preview", .for_readers = true},
    Feature{.name = "variantType", .for_readers = true, .writable = true},
    Feature{.name = "variantType-preview", .for_readers = true, .writable = true},
};

const Feature* FindFeature(std::string_view name) {
  const auto found = std::ranges::find(kFeatures, name, &Feature::name);
  return found == kFeatures.end() ? nullptr : &*found;
}

bool Contains(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

std::string QuotedList(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    if (!text.empty()) text += ", ";
    text += '\'' + name + '\'';
  }
  return text;
}

// All features that hold for the protocol, whether by name or by version.
std::set<std::string> FeaturesOf(const Protocol& protocol) {
  if (protocol.min_writer_version >= 7) {
    std::set<std::string> names(protocol.writer_features.begin(), protocol.writer_features.end());
    names.insert(protocol.reader_features.begin(), protocol.reader_features.end());
    return names;
  }
  std::set<std::string> names;
  for (const Feature& feature : kFeatures) {
    if (protocol.min_writer_version >= feature.legacy_writer_version) names.emplace(feature.name);
  }
  return names;
}

// The lowest protocol that has exactly these features or, with a legacy version, as few more as can
// be.
Protocol LowestProtocol(const std::set<std::string>& names) {
  const bool legacy = std::ranges::all_of(
      names, [](const std::string& name) { return name == "appendOnly" || name == "invariants"; });
  if (legacy) return {.min_reader_version = 1, .min_writer_version = 2};

  Protocol protocol{.min_reader_version = 1, .min_writer_version = 7};
  for (const std::string& name : names) {
    const Feature* feature = FindFeature(name);
    protocol.writer_features.push_back(name);
    if (feature == nullptr || !feature->for_readers) continue;
    protocol.reader_features.push_back(name);
    protocol.min_reader_version =
        std::max(protocol.min_reader_version, name == "columnMapping" ? 2 : 3);
  }
  // Reader version 2 stands for column mapping without naming it.
  if (protocol.min_reader_version < 3) protocol.reader_features.clear();
  return protocol;
}

void CollectTypeFeatures(const DataType& type, std::set<std::string>* names);

void CollectFieldFeatures(const StructField& field, std::set<std::string>* names) {
  if (field.metadata.contains("delta.generationExpression")) names->insert("generatedColumns");
  if (field.metadata.contains("CURRENT_DEFAULT")) names->insert("allowColumnDefaults");
  if (field.metadata.contains("delta.identity.start")) names->insert("identityColumns");
  if (field.metadata.contains("delta.typeChanges")) names->insert("typeWidening");
  if (field.metadata.contains("delta.invariants")) names->insert("invariants");
  CollectTypeFeatures(field.type, names);
}

void CollectTypeFeatures(const DataType& type, std::set<std::string>* names) {
  switch (type.id()) {
    case TypeId::kTimestampNtz:
      names->insert("timestampNtz");
      return;
    case TypeId::kVariant:
      names->insert("variantType");
      return;
    case TypeId::kArray:
      return CollectTypeFeatures(type.element(), names);
    case TypeId::kMap:
      CollectTypeFeatures(type.key(), names);
      return CollectTypeFeatures(type.value(), names);
    case TypeId::kStruct:
      for (const StructField& field : type.fields()) CollectFieldFeatures(field, names);
      return;
    default:
      return;
  }
}

struct Switch {
  std::string_view property;
  std::string_view value;
  std::string_view feature;
};

// Table properties that need a feature.
constexpr std::array kSwitches = {
    Switch{"delta.appendOnly", "true", "appendOnly"},
    Switch{"delta.enableChangeDataFeed", "true", "changeDataFeed"},
    Switch{"delta.enableDeletionVectors", "true", "deletionVectors"},
    Switch{"delta.enableRowTracking", "true", "rowTracking"},
    Switch{"delta.enableTypeWidening", "true", "typeWidening"},
    Switch{"delta.enableInCommitTimestamps", "true", "inCommitTimestamp"},
    Switch{"delta.enableVariantShredding", "true", "variantShredding"},
    Switch{"delta.enableIcebergCompatV1", "true", "icebergCompatV1"},
    Switch{"delta.enableIcebergCompatV2", "true", "icebergCompatV2"},
    Switch{"delta.enableIcebergCompatV3", "true", "icebergCompatV3"},
    Switch{"delta.checkpointPolicy", "v2", "v2Checkpoint"},
    Switch{"delta.columnMapping.mode", "name", "columnMapping"},
    Switch{"delta.columnMapping.mode", "id", "columnMapping"},
};

std::set<std::string> FeaturesFor(const Metadata& metadata, const DataType& schema) {
  std::set<std::string> names = {"appendOnly", "invariants"};
  for (const Switch& entry : kSwitches) {
    const auto found = metadata.configuration.find(std::string(entry.property));
    if (found != metadata.configuration.end() && found->second == entry.value)
      names.emplace(entry.feature);
  }
  for (const auto& [key, value] : metadata.configuration) {
    if (key.starts_with("delta.constraints.")) names.insert("checkConstraints");
  }
  CollectTypeFeatures(schema, &names);
  return names;
}

std::vector<std::string> NamesWhere(bool Feature::* wanted) {
  std::vector<std::string> names;
  for (const Feature& feature : kFeatures) {
    if (feature.*wanted) names.emplace_back(feature.name);
  }
  return names;
}

}  // namespace

bool HasFeature(const Protocol& protocol, std::string_view feature) {
  if (Contains(protocol.writer_features, feature) || Contains(protocol.reader_features, feature))
    return true;
  if (protocol.min_writer_version >= 7) {
    // Reader 2 beside writer 7 still says column mapping through the writer's list only.
    return false;
  }
  const Feature* known = FindFeature(feature);
  return known != nullptr && protocol.min_writer_version >= known->legacy_writer_version;
}

Status CheckReadable(const Protocol& protocol, std::string_view root) {
  if (protocol.min_reader_version > 3 || protocol.min_reader_version < 1) {
    return Unsupported(
               "{}: the table asks for Delta reader version {}; this product reads versions 1 to 3",
               root, protocol.min_reader_version)
        .WithClass("DELTA_INVALID_PROTOCOL_VERSION", "KD004");
  }
  if (protocol.min_reader_version < 3) return {};
  std::vector<std::string> missing;
  for (const std::string& name : protocol.reader_features) {
    const Feature* feature = FindFeature(name);
    if (feature == nullptr || !feature->readable) missing.push_back(name);
  }
  if (missing.empty()) return {};
  return Unsupported("{}: reading this table needs the Delta feature {}, which is not supported",
                     root, QuotedList(missing))
      .WithClass("DELTA_UNSUPPORTED_FEATURES_FOR_READ", "56038");
}

Status CheckWritable(const Protocol& protocol, std::string_view root) {
  TRY(CheckReadable(protocol, root));
  if (protocol.min_writer_version > 7 || protocol.min_writer_version < 1) {
    return Unsupported(
               "{}: the table asks for Delta writer version {}; this product writes versions 1 to "
               "7",
               root, protocol.min_writer_version)
        .WithClass("DELTA_INVALID_PROTOCOL_VERSION", "KD004");
  }
  // Of the legacy versions only 6 implies something that cannot be written, and only if it is used:
  // the schema says.
  if (protocol.min_writer_version < 7) return {};
  std::vector<std::string> missing;
  for (const std::string& name : protocol.writer_features) {
    const Feature* feature = FindFeature(name);
    if (feature == nullptr || !feature->writable) missing.push_back(name);
  }
  if (missing.empty()) return {};
  return Unsupported("{}: writing to this table needs the Delta feature {}, which is not supported",
                     root, QuotedList(missing))
      .WithClass("DELTA_UNSUPPORTED_FEATURES_FOR_WRITE", "56038");
}

Result<Protocol> ProtocolFor(const Metadata& metadata, const DataType& schema,
                             const std::vector<std::string>& explicit_features) {
  std::set<std::string> names = FeaturesFor(metadata, schema);
  for (const std::string& name : explicit_features) {
    if (FindFeature(name) == nullptr) {
      std::vector<std::string> known = NamesWhere(&Feature::readable);
      return Unsupported("the Delta feature '{}' is not known; closest: '{}'", name,
                         NearestFew(name, known, 1)[0])
          .WithClass("DELTA_UNSUPPORTED_FEATURES_IN_CONFIG", "56038");
    }
    names.insert(name);
  }
  std::vector<std::string> missing;
  for (const std::string& name : names) {
    if (!FindFeature(name)->writable) missing.push_back(name);
  }
  if (!missing.empty()) {
    return Unsupported("the Delta feature {} cannot be written yet", QuotedList(missing))
        .WithClass("DELTA_UNSUPPORTED_FEATURES_FOR_WRITE", "56038");
  }
  return LowestProtocol(names);
}

Result<std::vector<std::string>> TakeFeatureProperties(
    std::map<std::string, std::string>* configuration) {
  constexpr std::string_view kPrefix = "delta.feature.";
  std::vector<std::string> names;
  for (auto entry = configuration->begin(); entry != configuration->end();) {
    const auto& [key, value] = *entry;
    if (key.starts_with(kPrefix)) {
      if (value != "supported" && value != "enabled") {
        return Invalid("table property '{}' is '{}'; it can only be 'supported'", key, value);
      }
      names.push_back(key.substr(kPrefix.size()));
    } else if (key != "delta.minReaderVersion" && key != "delta.minWriterVersion") {
      ++entry;
      continue;
    }
    entry = configuration->erase(entry);
  }
  return names;
}

Protocol MergeProtocols(const Protocol& current, const Protocol& needed) {
  std::set<std::string> names = FeaturesOf(current);
  const std::set<std::string> more = FeaturesOf(needed);
  if (std::ranges::includes(names, more)) return current;
  names.insert(more.begin(), more.end());
  Protocol merged = LowestProtocol(names);
  merged.min_reader_version = std::max(merged.min_reader_version, current.min_reader_version);
  if (merged.min_reader_version >= 3 && merged.reader_features.empty()) {
    for (const std::string& name : merged.writer_features) {
      const Feature* feature = FindFeature(name);
      if (feature != nullptr && feature->for_readers) merged.reader_features.push_back(name);
    }
  }
  return merged;
}

Result<Protocol> DropFeature(const Protocol& protocol, std::string_view feature) {
  constexpr std::array kDroppable = {
      "allowColumnDefaults", "changeDataFeed",    "checkConstraints",    "deletionVectors",
      "domainMetadata",      "inCommitTimestamp", "typeWidening",        "v2Checkpoint",
      "vacuumProtocolCheck", "columnMapping",     "checkpointProtection"};
  if (!HasFeature(protocol, feature)) {
    const std::set<std::string> present = FeaturesOf(protocol);
    return Invalid("the table does not have the Delta feature '{}'; it has {}", feature,
                   QuotedList({present.begin(), present.end()}))
        .WithClass("DELTA_FEATURE_DROP_FEATURE_NOT_PRESENT", "55000");
  }
  if (std::ranges::find(kDroppable, feature) == kDroppable.end()) {
    return Unsupported("the Delta feature '{}' cannot be dropped", feature)
        .WithClass("DELTA_FEATURE_DROP_NONREMOVABLE_FEATURE", "0AKDC");
  }
  std::set<std::string> names = FeaturesOf(protocol);
  names.erase(std::string(feature));
  return LowestProtocol(names);
}

std::vector<std::string> ReadableFeatures() { return NamesWhere(&Feature::readable); }
std::vector<std::string> WritableFeatures() { return NamesWhere(&Feature::writable); }

}  // namespace lakesmith::delta
