#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/duckdb/batch_writer.h"
#include "generate/media_model.h"
#include "types/data_type.h"

namespace lakesmith::generate {

enum class MediaTable : uint8_t { kAssets, kDelivery, kDevices, kGeo, kMetrics };
inline constexpr MediaTable kMediaTables[] = {MediaTable::kAssets, MediaTable::kDelivery,
                                              MediaTable::kDevices, MediaTable::kGeo,
                                              MediaTable::kMetrics};
inline constexpr size_t kMediaTableCount = 5;

std::string_view TableName(MediaTable table);

// From this day on, counted from 0, files of assets have a further column: content_rating.
inline constexpr int kRatingFromDay = 2;

// Columns as docs/generate.md lists them.
std::vector<types::StructField> MediaColumns(MediaTable table, int day);

// The rows of one file: `at` is a clean row or a dirty one, so that any number of threads and
// formats give the same rows. Holds a few bytes for each asset or device.
class MediaRows {
 public:
  MediaRows(const MediaModel& model, MediaTable table, int day);

  int64_t size() const { return size_; }
  // Writes row `number` into position `row` of the batch and returns its fault.
  MediaFault Put(int64_t number, size_t row, engine::OutputBatch& batch) const;

 private:
  // A row of assets, devices or geo: a clean one, or its dirty copy.
  struct Item {
    int64_t index = 0;
    MediaFault fault = MediaFault::kNone;
  };

  void AddItems(const std::vector<int64_t>& indexes, uint64_t dirt_stream);
  void PutAsset(const Item& item, size_t row, engine::OutputBatch& batch) const;
  void PutDevice(const Item& item, size_t row, engine::OutputBatch& batch) const;
  void PutPlace(const Item& item, size_t row, engine::OutputBatch& batch) const;
  void PutDelivery(const DeliveryRow& delivery, size_t row, engine::OutputBatch& batch) const;
  void PutMetric(const MetricRow& metric, size_t row, engine::OutputBatch& batch) const;
  void PutKey(int64_t id, MediaFault fault, size_t row, engine::OutputBatch& batch) const;
  void PutEvent(const MediaEvent& event, size_t row, engine::OutputBatch& batch) const;

  const MediaModel& model_;
  MediaTable table_;
  int day_;
  int64_t size_ = 0;
  std::vector<Item> items_;
};

}  // namespace lakesmith::generate
