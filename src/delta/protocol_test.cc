#include "delta/protocol.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "delta/column_mapping.h"
#include "delta/schema.h"

namespace lakesmith::delta {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;
using types::DataType;
using types::StructField;

DataType Flat() { return DataType::Struct({{"a", DataType::Int()}, {"b", DataType::String()}}); }

TEST(ProtocolTest, GatesNameWhatIsMissing) {
  EXPECT_TRUE(CheckWritable({.min_reader_version = 1, .min_writer_version = 2}, "/t").has_value());
  const Status too_new = CheckReadable({.min_reader_version = 5, .min_writer_version = 7}, "/t");
  EXPECT_EQ(too_new.error().message(),
            "/t: the table asks for Delta reader version 5; this product reads versions 1 to 3");
  const Protocol geo{.min_reader_version = 3,
                     .min_writer_version = 7,
                     .reader_features = {"deletionVectors", "geospatial"},
                     .writer_features = {"deletionVectors", "geospatial"}};
  EXPECT_THAT(CheckReadable(geo, "/t").error().message(),
              HasSubstr("the Delta feature 'geospatial', which"));
  EXPECT_EQ(CheckReadable(geo, "/t").error().code(), ErrorCode::kUnsupported);
  const Protocol tracking{
      .min_reader_version = 1, .min_writer_version = 7, .writer_features = {"rowTracking"}};
  EXPECT_TRUE(CheckReadable(tracking, "/t").has_value()) << "writer features never hinder reading";
  EXPECT_THAT(CheckWritable(tracking, "/t").error().message(), HasSubstr("'rowTracking'"));
  const Protocol catalog{.min_reader_version = 3,
                         .min_writer_version = 7,
                         .reader_features = {"catalogManaged"},
                         .writer_features = {"catalogManaged"}};
  EXPECT_FALSE(CheckReadable(catalog, "/t").has_value());
}

TEST(ProtocolTest, LegacyVersionsImplyFeatures) {
  EXPECT_TRUE(HasFeature({.min_reader_version = 2, .min_writer_version = 5}, "columnMapping"));
  EXPECT_TRUE(HasFeature({.min_reader_version = 1, .min_writer_version = 4}, "changeDataFeed"));
  EXPECT_FALSE(HasFeature({.min_reader_version = 1, .min_writer_version = 2}, "changeDataFeed"));
  EXPECT_FALSE(HasFeature({.min_reader_version = 1, .min_writer_version = 7}, "appendOnly"));
}

TEST(ProtocolTest, LowestProtocolForWhatIsAsked) {
  const auto protocol = [](std::map<std::string, std::string> configuration,
                           const DataType& schema = Flat()) {
    return *ProtocolFor({.configuration = std::move(configuration)}, schema);
  };
  EXPECT_EQ(protocol({}), (Protocol{.min_reader_version = 1, .min_writer_version = 2}));
  EXPECT_EQ(protocol({{"delta.enableChangeDataFeed", "true"}}),
            (Protocol{.min_reader_version = 1,
                      .min_writer_version = 7,
                      .writer_features = {"appendOnly", "changeDataFeed", "invariants"}}));
  EXPECT_EQ(protocol({{"delta.columnMapping.mode", "name"}}).min_reader_version, 2);
  const Protocol vectors =
      protocol({{"delta.enableDeletionVectors", "true"}, {"delta.columnMapping.mode", "id"}});
  EXPECT_EQ(vectors.min_reader_version, 3);
  EXPECT_THAT(vectors.reader_features, ElementsAre("columnMapping", "deletionVectors"));
  EXPECT_THAT(protocol({}, DataType::Struct({{"t", DataType::Array(DataType::TimestampNtz())}}))
                  .reader_features,
              ElementsAre("timestampNtz"));
  const Result<Protocol> refused =
      ProtocolFor({.configuration = {{"delta.enableRowTracking", "true"}}}, Flat());
  EXPECT_THAT(refused.error().message(), HasSubstr("'rowTracking' cannot be written yet"));
  EXPECT_THAT(ProtocolFor({}, Flat(), {"deletionVector"}).error().message(),
              HasSubstr("closest: 'deletionVectors'"));
}

TEST(ProtocolTest, UpgradeListsWhatTheOldVersionsImplied) {
  const Protocol legacy{.min_reader_version = 2, .min_writer_version = 5};
  const Protocol needed =
      *ProtocolFor({.configuration = {{"delta.enableDeletionVectors", "true"}}}, Flat());
  const Protocol merged = MergeProtocols(legacy, needed);
  EXPECT_EQ(merged.min_reader_version, 3);
  EXPECT_EQ(merged.min_writer_version, 7);
  EXPECT_THAT(merged.reader_features, UnorderedElementsAre("columnMapping", "deletionVectors"));
  EXPECT_THAT(
      merged.writer_features,
      UnorderedElementsAre("appendOnly", "changeDataFeed", "checkConstraints", "columnMapping",
                           "deletionVectors", "generatedColumns", "invariants"));
  EXPECT_EQ(MergeProtocols(merged, legacy), merged) << "never lowered";
  EXPECT_EQ(MergeProtocols(legacy, {.min_reader_version = 1, .min_writer_version = 2}), legacy);
}

TEST(ProtocolTest, FeaturePropertiesAreTakenOut) {
  std::map<std::string, std::string> configuration = {
      {"delta.feature.deletionVectors", "supported"},
      {"delta.minReaderVersion", "3"},
      {"mine", "x"}};
  EXPECT_THAT(*TakeFeatureProperties(&configuration), ElementsAre("deletionVectors"));
  EXPECT_EQ(configuration.size(), 1u);
  configuration["delta.feature.x"] = "off";
  EXPECT_FALSE(TakeFeatureProperties(&configuration).has_value());
}

TEST(ProtocolTest, DropFeature) {
  const Protocol protocol{.min_reader_version = 3,
                          .min_writer_version = 7,
                          .reader_features = {"deletionVectors"},
                          .writer_features = {"appendOnly", "deletionVectors", "invariants"}};
  EXPECT_EQ(*DropFeature(protocol, "deletionVectors"),
            (Protocol{.min_reader_version = 1, .min_writer_version = 2}));
  EXPECT_EQ(DropFeature(protocol, "changeDataFeed").error().error_class(),
            "DELTA_FEATURE_DROP_FEATURE_NOT_PRESENT");
  EXPECT_EQ(DropFeature(protocol, "appendOnly").error().error_class(),
            "DELTA_FEATURE_DROP_NONREMOVABLE_FEATURE");
}

TEST(ColumnMappingTest, AssignsIdsAndNamesAtEveryLevel) {
  const DataType schema = DataType::Struct(
      {{"a", DataType::Int()},
       {"m", DataType::Map(DataType::String(), DataType::Struct({{"k", DataType::Int()}}))}});
  int64_t max_id = 0;
  const DataType kept = AssignColumnMapping(schema, true, &max_id);
  EXPECT_EQ(max_id, 3);
  EXPECT_EQ(ColumnId(kept.fields()[1].type.value().fields()[0]), 3);
  EXPECT_EQ(PhysicalName(kept.fields()[0], ColumnMappingMode::kName), "a");
  EXPECT_EQ(AssignColumnMapping(kept, false, &max_id), kept) << "ids are given once";
  EXPECT_EQ(max_id, 3);
  const DataType fresh = AssignColumnMapping(schema, false, &max_id);
  EXPECT_THAT(PhysicalName(fresh.fields()[0], ColumnMappingMode::kName),
              ::testing::StartsWith("col-"));
  EXPECT_EQ(PhysicalName(fresh.fields()[0], ColumnMappingMode::kNone), "a");
  EXPECT_EQ(ColumnId(fresh.fields()[0]), 4) << "ids are never given twice";

  const DataType physical = PhysicalSchema(fresh, ColumnMappingMode::kName);
  const auto path = *PhysicalPath(fresh, {"M", "value", "K"}, ColumnMappingMode::kName);
  EXPECT_EQ(path[0], physical.fields()[1].name);
  EXPECT_EQ(path[1], "value");
  EXPECT_EQ(path[2], physical.fields()[1].type.value().fields()[0].name);
  EXPECT_EQ(PhysicalPath(fresh, {"nope"}, ColumnMappingMode::kName).error().code(),
            ErrorCode::kNotFound);
}

TEST(ColumnMappingTest, OnlyNoneToNameIsLegalLater) {
  const Metadata metadata{.schema_string = SchemaText(Flat())};
  const Metadata named = *EnableColumnMapping(metadata, Flat(), ColumnMappingMode::kName, false);
  EXPECT_EQ(named.configuration.at("delta.columnMapping.maxColumnId"), "2");
  EXPECT_FALSE(EnableColumnMapping(metadata, Flat(), ColumnMappingMode::kId, false).has_value());
  EXPECT_TRUE(EnableColumnMapping(metadata, Flat(), ColumnMappingMode::kId, true).has_value());
  const Status back = [&]() -> Status {
    TRY(EnableColumnMapping(named, Flat(), ColumnMappingMode::kNone, false));
    return {};
  }();
  EXPECT_EQ(back.error().error_class(), "DELTA_UNSUPPORTED_COLUMN_MAPPING_MODE_CHANGE");
}

}  // namespace
}  // namespace lakesmith::delta
