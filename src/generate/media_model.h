#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "generate/random.h"

namespace lakesmith::generate {

// What decides the rows of the media data set. Two equal values give the same rows.
struct MediaArguments {
  int64_t assets = 500;
  int64_t devices = 2000;
  int64_t deliveries = 20000;  // Each day.
  int64_t metrics = 20000;     // Each day.
  uint64_t seed = 42;
  int32_t start_day = 19737;  // 2024-01-15, in days since 1970-01-01.
  int32_t dirty_millionths = 20000;
  bool operator==(const MediaArguments&) const = default;
};

// Faults of dirty rows; names in docs/generate.md. Rows of assets, devices and geo have the first
// three only, and kNegative stands for a duration below zero.
enum class MediaFault : uint8_t {
  kNone,
  kNullId,
  kDuplicate,
  kNegative,
  kOrphanAsset,
  kWrongDate,
};
inline constexpr size_t kMediaFaults = 6;
std::string_view FaultName(MediaFault fault);

struct AssetFacts {
  std::string title;
  std::string_view type;
  std::string_view genre;
  std::string_view language;
  std::string_view studio;
  std::string_view rating;
  int32_t duration_seconds = 0;
  int32_t release_day = 0;
  int64_t license_fee_cents = 0;
  bool is_premium = false;
  int64_t updated_seconds = 0;
};

struct DeviceFacts {
  std::string_view type;
  std::string_view platform;
  std::string_view manufacturer;
  std::string app_version;
  int32_t screen_height = 0;
  bool supports_hdr = false;
  int64_t updated_seconds = 0;
};

struct Place {
  std::string_view city;
  std::string_view country;
  std::string_view country_name;
  std::string_view region;
  std::string_view continent;
  std::string_view time_zone;
};

// Who saw what where: what deliveries and metrics have in common. Indexes count from 0.
struct MediaEvent {
  int64_t number = 0;  // Over all days, from 0; the id is one more.
  int64_t asset = 0;
  int64_t device = 0;
  size_t place = 0;
  int64_t seconds = 0;  // Since 1970-01-01T00:00:00 UTC.
  MediaFault fault = MediaFault::kNone;
};

struct DeliveryRow {
  MediaEvent event;
  std::string_view cdn;
  std::string_view protocol;
  std::string_view status;  // ok, degraded, failed
  int32_t http_status = 200;
  int32_t startup_ms = 0;
  int32_t rebuffer_count = 0;
  int32_t rebuffer_ms = 0;
  int32_t bitrate_kbps = 0;
  int64_t bytes = 0;
};

struct MetricRow {
  MediaEvent event;
  int32_t watch_seconds = 0;
  bool completed = false;
  int32_t likes = 0;
  int32_t shares = 0;
  int64_t revenue_cents = 0;
};

// The media data set as functions from row numbers to rows. Days count from 0. Immutable, so
// threads may share it.
class MediaModel {
 public:
  explicit MediaModel(const MediaArguments& arguments);

  const MediaArguments& arguments() const { return arguments_; }

  // Assets and devices that have a row in the file of a day, in order: all of them on the first
  // day, later those that change: each fifth asset, each tenth device.
  std::vector<int64_t> AssetsOf(int day) const;
  std::vector<int64_t> DevicesOf(int day) const;
  // Whether the clean row of an asset, device or place is followed by a dirty one, and its fault.
  MediaFault DirtyCopy(uint64_t stream, int day, int64_t index) const;

  // What is true of it since its last change up to the end of `day`.
  AssetFacts Asset(int64_t index, int day) const;
  DeviceFacts Device(int64_t index, int day) const;
  static const std::vector<Place>& Places();

  // Rows of a day by their number in it. A duplicate shows the row before it.
  DeliveryRow Delivery(int day, int64_t row) const;
  MetricRow Metric(int day, int64_t row) const;

  // What never changes about an asset or a device, without the rest.
  size_t AssetType(int64_t index) const;
  size_t DeviceType(int64_t index) const;
  static const std::vector<std::string_view>& AssetTypes();
  static const std::vector<std::string_view>& DeviceTypes();
  static const std::vector<std::string_view>& Cdns();

 private:
  RowRandom Random(uint64_t stream, int64_t row) const {
    return {arguments_.seed, stream, static_cast<uint64_t>(row)};
  }
  MediaFault EventFault(uint64_t stream, int day, int64_t row, int64_t rows) const;
  MediaEvent Event(uint64_t stream, int day, int64_t row, int64_t rows, RowRandom& random) const;

  MediaArguments arguments_;
  Shuffle asset_shuffle_;
  Shuffle device_shuffle_;
};

// Numbers of random streams: one for each independent decision about a row.
enum MediaStream : uint64_t {
  kAssetStream = 101,
  kAssetVersionStream,
  kAssetDirtStream,
  kMediaDeviceStream,
  kDeviceVersionStream,
  kDeviceDirtStream,
  kGeoDirtStream,
  kDeliveryStream,
  kDeliveryFaultStream,
  kMetricStream,
  kMetricFaultStream,
};

}  // namespace lakesmith::generate
