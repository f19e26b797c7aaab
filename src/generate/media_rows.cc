#include "generate/media_rows.h"

#include <array>
#include <string>
#include <utility>

namespace lakesmith::generate {
namespace {

using types::DataType;

constexpr int64_t kMicros = 1000000;
constexpr int64_t kOrphanAssetId = 900000000001;
constexpr int32_t kWrongDays = 30;  // Before the day of the file.

types::StructField MediaColumn(std::string_view name, DataType type) {
  return {.name = std::string(name), .type = std::move(type)};
}

std::vector<types::StructField> AssetColumns(int day) {
  std::vector<types::StructField> columns = {MediaColumn("id", DataType::Long()),
                                             MediaColumn("date", DataType::Date()),
                                             MediaColumn("title", DataType::String()),
                                             MediaColumn("asset_type", DataType::String()),
                                             MediaColumn("genre", DataType::String()),
                                             MediaColumn("language", DataType::String()),
                                             MediaColumn("studio", DataType::String()),
                                             MediaColumn("duration_seconds", DataType::Int()),
                                             MediaColumn("release_date", DataType::Date()),
                                             MediaColumn("license_fee", DataType::Decimal(12, 2)),
                                             MediaColumn("is_premium", DataType::Boolean()),
                                             MediaColumn("updated_at", DataType::Timestamp())};
  if (day >= kRatingFromDay) columns.push_back(MediaColumn("content_rating", DataType::String()));
  return columns;
}

// What deliveries and metrics begin with.
std::vector<types::StructField> EventColumns(std::string_view time) {
  return {MediaColumn("id", DataType::Long()),       MediaColumn("date", DataType::Date()),
          MediaColumn("asset_id", DataType::Long()), MediaColumn("device_id", DataType::Long()),
          MediaColumn("place_id", DataType::Long()), MediaColumn(time, DataType::Timestamp())};
}

std::vector<types::StructField> Joined(std::vector<types::StructField> columns,
                                       const std::vector<types::StructField>& more) {
  columns.insert(columns.end(), more.begin(), more.end());
  return columns;
}

}  // namespace

std::string_view TableName(MediaTable table) {
  constexpr std::array<std::string_view, kMediaTableCount> kNames = {"assets", "delivery",
                                                                     "devices", "geo", "metrics"};
  return kNames[static_cast<size_t>(table)];
}

std::vector<types::StructField> MediaColumns(MediaTable table, int day) {
  switch (table) {
    case MediaTable::kAssets:
      return AssetColumns(day);
    case MediaTable::kDevices:
      return {MediaColumn("id", DataType::Long()),
              MediaColumn("date", DataType::Date()),
              MediaColumn("device_type", DataType::String()),
              MediaColumn("platform", DataType::String()),
              MediaColumn("manufacturer", DataType::String()),
              MediaColumn("app_version", DataType::String()),
              MediaColumn("screen_height", DataType::Int()),
              MediaColumn("supports_hdr", DataType::Boolean()),
              MediaColumn("updated_at", DataType::Timestamp())};
    case MediaTable::kGeo:
      return {MediaColumn("id", DataType::Long()),
              MediaColumn("date", DataType::Date()),
              MediaColumn("city", DataType::String()),
              MediaColumn("country", DataType::String()),
              MediaColumn("country_name", DataType::String()),
              MediaColumn("region", DataType::String()),
              MediaColumn("continent", DataType::String()),
              MediaColumn("time_zone", DataType::String())};
    case MediaTable::kDelivery:
      return Joined(
          EventColumns("started_at"),
          {MediaColumn("cdn", DataType::String()), MediaColumn("protocol", DataType::String()),
           MediaColumn("status", DataType::String()), MediaColumn("http_status", DataType::Int()),
           MediaColumn("startup_ms", DataType::Int()),
           MediaColumn("rebuffer_count", DataType::Int()),
           MediaColumn("rebuffer_ms", DataType::Int()),
           MediaColumn("bitrate_kbps", DataType::Int()),
           MediaColumn("bytes_sent", DataType::Long())});
    case MediaTable::kMetrics:
      break;
  }
  return Joined(
      EventColumns("viewed_at"),
      {MediaColumn("watch_seconds", DataType::Int()), MediaColumn("completed", DataType::Boolean()),
       MediaColumn("likes", DataType::Int()), MediaColumn("shares", DataType::Int()),
       MediaColumn("revenue", DataType::Decimal(12, 2))});
}

MediaRows::MediaRows(const MediaModel& model, MediaTable table, int day)
    : model_(model), table_(table), day_(day) {
  if (table == MediaTable::kAssets) AddItems(model.AssetsOf(day), kAssetDirtStream);
  if (table == MediaTable::kDevices) AddItems(model.DevicesOf(day), kDeviceDirtStream);
  if (table == MediaTable::kGeo) {
    std::vector<int64_t> all;
    for (size_t i = 0; i < MediaModel::Places().size(); ++i) all.push_back(static_cast<int64_t>(i));
    AddItems(all, kGeoDirtStream);
  }
  size_ = static_cast<int64_t>(items_.size());
  if (table == MediaTable::kDelivery) size_ = model.arguments().deliveries;
  if (table == MediaTable::kMetrics) size_ = model.arguments().metrics;
}

void MediaRows::AddItems(const std::vector<int64_t>& indexes, uint64_t dirt_stream) {
  for (const int64_t index : indexes) {
    items_.push_back({index, MediaFault::kNone});
    const MediaFault fault = model_.DirtyCopy(dirt_stream, day_, index);
    if (fault != MediaFault::kNone) items_.push_back({index, fault});
  }
}

MediaFault MediaRows::Put(int64_t number, size_t row, engine::OutputBatch& batch) const {
  if (table_ == MediaTable::kDelivery) {
    const DeliveryRow delivery = model_.Delivery(day_, number);
    PutDelivery(delivery, row, batch);
    return delivery.event.fault;
  }
  if (table_ == MediaTable::kMetrics) {
    const MetricRow metric = model_.Metric(day_, number);
    PutMetric(metric, row, batch);
    return metric.event.fault;
  }
  const Item& item = items_[static_cast<size_t>(number)];
  if (table_ == MediaTable::kAssets) PutAsset(item, row, batch);
  if (table_ == MediaTable::kDevices) PutDevice(item, row, batch);
  if (table_ == MediaTable::kGeo) PutPlace(item, row, batch);
  return item.fault;
}

void MediaRows::PutKey(int64_t id, MediaFault fault, size_t row, engine::OutputBatch& batch) const {
  const int32_t day = model_.arguments().start_day + day_;
  batch.Values<int64_t>(0)[row] = id;
  if (fault == MediaFault::kNullId) batch.SetNull(0, row);
  batch.Values<int32_t>(1)[row] = fault == MediaFault::kWrongDate ? day - kWrongDays : day;
}

void MediaRows::PutAsset(const Item& item, size_t row, engine::OutputBatch& batch) const {
  const AssetFacts asset = model_.Asset(item.index, day_);
  PutKey(item.index + 1, item.fault, row, batch);
  batch.SetText(2, row, asset.title);
  batch.SetText(3, row, asset.type);
  batch.SetText(4, row, asset.genre);
  batch.SetText(5, row, asset.language);
  batch.SetText(6, row, asset.studio);
  const bool negative = item.fault == MediaFault::kNegative;
  batch.Values<int32_t>(7)[row] = negative ? -asset.duration_seconds : asset.duration_seconds;
  batch.Values<int32_t>(8)[row] = asset.release_day;
  batch.Values<int64_t>(9)[row] = asset.license_fee_cents;
  batch.Values<bool>(10)[row] = asset.is_premium;
  batch.Values<int64_t>(11)[row] = asset.updated_seconds * kMicros;
  if (day_ >= kRatingFromDay) batch.SetText(12, row, asset.rating);
}

void MediaRows::PutDevice(const Item& item, size_t row, engine::OutputBatch& batch) const {
  const DeviceFacts device = model_.Device(item.index, day_);
  PutKey(item.index + 1, item.fault, row, batch);
  batch.SetText(2, row, device.type);
  batch.SetText(3, row, device.platform);
  batch.SetText(4, row, device.manufacturer);
  batch.SetText(5, row, device.app_version);
  batch.Values<int32_t>(6)[row] = device.screen_height;
  batch.Values<bool>(7)[row] = device.supports_hdr;
  batch.Values<int64_t>(8)[row] = device.updated_seconds * kMicros;
}

void MediaRows::PutPlace(const Item& item, size_t row, engine::OutputBatch& batch) const {
  const Place& place = MediaModel::Places()[static_cast<size_t>(item.index)];
  PutKey(item.index + 1, item.fault, row, batch);
  batch.SetText(2, row, place.city);
  batch.SetText(3, row, place.country);
  batch.SetText(4, row, place.country_name);
  batch.SetText(5, row, place.region);
  batch.SetText(6, row, place.continent);
  batch.SetText(7, row, place.time_zone);
}

void MediaRows::PutEvent(const MediaEvent& event, size_t row, engine::OutputBatch& batch) const {
  PutKey(event.number + 1, event.fault, row, batch);
  const bool orphan = event.fault == MediaFault::kOrphanAsset;
  batch.Values<int64_t>(2)[row] = orphan ? kOrphanAssetId + event.asset : event.asset + 1;
  batch.Values<int64_t>(3)[row] = event.device + 1;
  batch.Values<int64_t>(4)[row] = static_cast<int64_t>(event.place) + 1;
  batch.Values<int64_t>(5)[row] = event.seconds * kMicros;
}

void MediaRows::PutDelivery(const DeliveryRow& delivery, size_t row,
                            engine::OutputBatch& batch) const {
  PutEvent(delivery.event, row, batch);
  batch.SetText(6, row, delivery.cdn);
  batch.SetText(7, row, delivery.protocol);
  batch.SetText(8, row, delivery.status);
  batch.Values<int32_t>(9)[row] = delivery.http_status;
  batch.Values<int32_t>(10)[row] = delivery.startup_ms;
  batch.Values<int32_t>(11)[row] = delivery.rebuffer_count;
  batch.Values<int32_t>(12)[row] = delivery.rebuffer_ms;
  batch.Values<int32_t>(13)[row] = delivery.bitrate_kbps;
  const bool negative = delivery.event.fault == MediaFault::kNegative;
  batch.Values<int64_t>(14)[row] = negative ? -delivery.bytes - 1 : delivery.bytes;
}

void MediaRows::PutMetric(const MetricRow& metric, size_t row, engine::OutputBatch& batch) const {
  PutEvent(metric.event, row, batch);
  const bool negative = metric.event.fault == MediaFault::kNegative;
  batch.Values<int32_t>(6)[row] = negative ? -metric.watch_seconds - 1 : metric.watch_seconds;
  batch.Values<bool>(7)[row] = metric.completed;
  batch.Values<int32_t>(8)[row] = metric.likes;
  batch.Values<int32_t>(9)[row] = metric.shares;
  batch.Values<int64_t>(10)[row] = metric.revenue_cents;
}

}  // namespace lakesmith::generate
