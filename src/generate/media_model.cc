#include "generate/media_model.h"

#include <algorithm>
#include <array>

#include "base/result.h"
#include "generate/calendar.h"

namespace lakesmith::generate {
namespace {

// The vocabulary. Order and content decide the data: changing a line changes what a seed gives.
constexpr std::array<std::string_view, 12> kAdjectives = {"Silent",   "Golden", "Last",    "Hidden",
                                                          "Northern", "Broken", "Distant", "Second",
                                                          "Electric", "Quiet",  "Crimson", "Open"};
constexpr std::array<std::string_view, 16> kNouns = {
    "Harbour", "Signal", "Summer", "Empire", "River", "Garden", "Orbit", "Winter",
    "Kitchen", "Island", "Letter", "Season", "Road",  "Mirror", "Choir", "Match"};
constexpr std::array<uint16_t, 5> kTypeWeights = {250, 400, 250, 40, 60};
constexpr std::array<std::string_view, 8> kGenres = {"drama",       "comedy", "news",  "sports",
                                                     "documentary", "kids",   "music", "thriller"};
constexpr std::array<std::string_view, 6> kLanguages = {"en", "de", "es", "fr", "hi", "ja"};
constexpr std::array<std::string_view, 10> kStudios = {
    "Alder Pictures", "Bluebird",   "Cobalt House", "Drift Films", "Everline",
    "Fjord Media",    "Glasshouse", "Halcyon",      "Ironbridge",  "Juniper"};
constexpr std::array<std::string_view, 5> kRatings = {"all", "6", "12", "16", "18"};
// Shortest and longest, in seconds, by type.
constexpr std::array<std::array<int32_t, 2>, 5> kDurations = {
    {{4800, 9000}, {1200, 3600}, {30, 600}, {3600, 14400}, {900, 5400}}};

constexpr std::array<uint16_t, 5> kDeviceWeights = {420, 260, 160, 100, 60};
struct Platform {
  std::string_view name;
  std::string_view manufacturer;
};
constexpr std::array<std::array<Platform, 3>, 5> kPlatforms = {{
    {{{"Android", "Samsung"}, {"iOS", "Apple"}, {"Android", "Google"}}},
    {{{"Tizen", "Samsung"}, {"webOS", "LG"}, {"Android TV", "Sony"}}},
    {{{"Windows", "Lenovo"}, {"macOS", "Apple"}, {"Linux", "Dell"}}},
    {{{"iPadOS", "Apple"}, {"Android", "Samsung"}, {"Android", "Lenovo"}}},
    {{{"PlayStation", "Sony"}, {"Xbox", "Microsoft"}, {"Switch", "Nintendo"}}},
}};
constexpr std::array<int32_t, 4> kScreens = {720, 1080, 1440, 2160};

constexpr std::array<uint16_t, 4> kCdnWeights = {400, 300, 200, 100};
constexpr std::array<std::string_view, 3> kProtocols = {"hls", "dash", "cmaf"};
constexpr std::array<int32_t, 5> kBitrates = {800, 2400, 4800, 8000, 16000};
constexpr std::array<uint16_t, 5> kBitrateWeights = {100, 250, 350, 200, 100};
constexpr std::array<int32_t, 3> kFailures = {404, 500, 503};
// Of a day: few at night, most in the evening.
constexpr std::array<uint16_t, 24> kHourWeights = {20, 12, 8,  6,  5,  8,  18, 30, 36,  34, 32, 34,
                                                   44, 42, 38, 40, 46, 58, 76, 96, 108, 98, 72, 39};

template <size_t N>
uint32_t Sum(const std::array<uint16_t, N>& weights) {
  uint32_t sum = 0;
  for (const uint16_t weight : weights) sum += weight;
  return sum;
}

template <size_t N>
size_t Draw(RowRandom& random, const std::array<uint16_t, N>& weights) {
  return random.Weighted(weights, Sum(weights));
}

template <typename Words>
std::string_view Pick(RowRandom& random, const Words& words) {
  return words[random.Below(words.size())];
}

// The day of the last change up to `day` of the item at this position: each `every` days.
int LastChange(uint64_t position, int day, int every) {
  const int last = day - static_cast<int>((position + static_cast<uint64_t>(day)) %
                                          static_cast<uint64_t>(every));
  return std::max(last, 0);
}

std::vector<int64_t> ChangedOn(const Shuffle& shuffle, int64_t count, int day, int every) {
  std::vector<int64_t> changed;
  for (int64_t index = 0; index < count; ++index) {
    const uint64_t position = shuffle.Map(static_cast<uint64_t>(index));
    if (day == 0 || LastChange(position, day, every) == day) changed.push_back(index);
  }
  return changed;
}

}  // namespace

std::string_view FaultName(MediaFault fault) {
  constexpr std::array<std::string_view, kMediaFaults> kNames = {
      "none", "null_id", "duplicate", "negative", "orphan_asset", "wrong_date"};
  return kNames[static_cast<size_t>(fault)];
}

MediaModel::MediaModel(const MediaArguments& arguments)
    : arguments_(arguments),
      asset_shuffle_(static_cast<uint64_t>(arguments.assets)),
      device_shuffle_(static_cast<uint64_t>(arguments.devices)) {}

const std::vector<std::string_view>& MediaModel::AssetTypes() {
  static const std::vector<std::string_view> kTypes = {"movie", "episode", "clip", "live",
                                                       "podcast"};
  return kTypes;
}

const std::vector<std::string_view>& MediaModel::DeviceTypes() {
  static const std::vector<std::string_view> kTypes = {"mobile", "tv", "desktop", "tablet",
                                                       "console"};
  return kTypes;
}

const std::vector<std::string_view>& MediaModel::Cdns() {
  static const std::vector<std::string_view> kNames = {"edgenet", "swiftcast", "polaris", "origin"};
  return kNames;
}

const std::vector<Place>& MediaModel::Places() {
  static const std::vector<Place> kPlaces = {
      {"New York", "US", "United States", "Northeast", "North America", "America/New_York"},
      {"Chicago", "US", "United States", "Midwest", "North America", "America/Chicago"},
      {"Los Angeles", "US", "United States", "West", "North America", "America/Los_Angeles"},
      {"Toronto", "CA", "Canada", "Ontario", "North America", "America/Toronto"},
      {"Mexico City", "MX", "Mexico", "Centro", "North America", "America/Mexico_City"},
      {"São Paulo", "BR", "Brazil", "Sudeste", "South America", "America/Sao_Paulo"},
      {"Buenos Aires", "AR", "Argentina", "Pampas", "South America",
       "America/Argentina/Buenos_Aires"},
      {"London", "GB", "United Kingdom", "England", "Europe", "Europe/London"},
      {"Dublin", "IE", "Ireland", "Leinster", "Europe", "Europe/Dublin"},
      {"Paris", "FR", "France", "Île-de-France", "Europe", "Europe/Paris"},
      {"Madrid", "ES", "Spain", "Madrid", "Europe", "Europe/Madrid"},
      {"Berlin", "DE", "Germany", "Berlin", "Europe", "Europe/Berlin"},
      {"München", "DE", "Germany", "Bayern", "Europe", "Europe/Berlin"},
      {"Oslo", "NO", "Norway", "Østlandet", "Europe", "Europe/Oslo"},
      {"Warszawa", "PL", "Poland", "Mazowsze", "Europe", "Europe/Warsaw"},
      {"Roma", "IT", "Italy", "Lazio", "Europe", "Europe/Rome"},
      {"Lagos", "NG", "Nigeria", "South West", "Africa", "Africa/Lagos"},
      {"Nairobi", "KE", "Kenya", "Nairobi", "Africa", "Africa/Nairobi"},
      {"Cape Town", "ZA", "South Africa", "Western Cape", "Africa", "Africa/Johannesburg"},
      {"Mumbai", "IN", "India", "Maharashtra", "Asia", "Asia/Kolkata"},
      {"Delhi", "IN", "India", "Delhi", "Asia", "Asia/Kolkata"},
      {"Singapore", "SG", "Singapore", "Central", "Asia", "Asia/Singapore"},
      {"Tokyo", "JP", "Japan", "Kanto", "Asia", "Asia/Tokyo"},
      {"Osaka", "JP", "Japan", "Kansai", "Asia", "Asia/Tokyo"},
      {"Seoul", "KR", "South Korea", "Sudogwon", "Asia", "Asia/Seoul"},
      {"Sydney", "AU", "Australia", "New South Wales", "Oceania", "Australia/Sydney"},
  };
  return kPlaces;
}

std::vector<int64_t> MediaModel::AssetsOf(int day) const {
  return ChangedOn(asset_shuffle_, arguments_.assets, day, 5);
}

std::vector<int64_t> MediaModel::DevicesOf(int day) const {
  return ChangedOn(device_shuffle_, arguments_.devices, day, 10);
}

MediaFault MediaModel::DirtyCopy(uint64_t stream, int day, int64_t index) const {
  RowRandom random = Random(stream + 1000 * static_cast<uint64_t>(day + 1), index);
  if (!random.Chance(static_cast<uint64_t>(arguments_.dirty_millionths))) return MediaFault::kNone;
  // Only assets have a number that can be wrong.
  const uint64_t kinds = stream == kAssetDirtStream ? 3 : 2;
  return static_cast<MediaFault>(1 + random.Below(kinds));
}

size_t MediaModel::AssetType(int64_t index) const {
  RowRandom random = Random(kAssetStream, index);
  return Draw(random, kTypeWeights);
}

size_t MediaModel::DeviceType(int64_t index) const {
  RowRandom random = Random(kMediaDeviceStream, index);
  return Draw(random, kDeviceWeights);
}

AssetFacts MediaModel::Asset(int64_t index, int day) const {
  RowRandom random = Random(kAssetStream, index);
  const size_t type = Draw(random, kTypeWeights);
  const uint64_t position = asset_shuffle_.Map(static_cast<uint64_t>(index));
  const int changed = LastChange(position, day, 5);
  AssetFacts asset;
  asset.type = AssetTypes()[type];
  const std::string_view adjective = Pick(random, kAdjectives);
  const std::string_view noun = Pick(random, kNouns);
  asset.genre = Pick(random, kGenres);
  asset.language = kLanguages[random.SquareSkewed(kLanguages.size())];
  asset.studio = Pick(random, kStudios);
  asset.rating = Pick(random, kRatings);
  asset.duration_seconds =
      static_cast<int32_t>(random.Between(kDurations[type][0], kDurations[type][1]));
  asset.release_day = arguments_.start_day - static_cast<int32_t>(random.Between(1, 7300));
  asset.title = fmt::format("{} {} {}", adjective, noun, index + 1);
  // What changes from time to time.
  RowRandom version =
      Random(kAssetVersionStream + 1000 * static_cast<uint64_t>(changed + 1), index);
  asset.is_premium = version.Below(100) < 35;
  asset.license_fee_cents = version.Between(1000, 500000);
  asset.updated_seconds =
      (arguments_.start_day + changed) * kSecondsPerDay + version.Between(0, kSecondsPerDay - 1);
  return asset;
}

DeviceFacts MediaModel::Device(int64_t index, int day) const {
  RowRandom random = Random(kMediaDeviceStream, index);
  const size_t type = Draw(random, kDeviceWeights);
  const uint64_t position = device_shuffle_.Map(static_cast<uint64_t>(index));
  const int changed = LastChange(position, day, 10);
  const Platform& platform = kPlatforms[type][random.SquareSkewed(3)];
  DeviceFacts device;
  device.type = DeviceTypes()[type];
  device.platform = platform.name;
  device.manufacturer = platform.manufacturer;
  device.screen_height = kScreens[random.Below(kScreens.size())];
  device.supports_hdr = device.screen_height >= 1440 && random.Below(100) < 70;
  RowRandom version =
      Random(kDeviceVersionStream + 1000 * static_cast<uint64_t>(changed + 1), index);
  device.app_version = fmt::format("{}.{}.{}", 5 + changed / 10, changed % 10, version.Below(10));
  device.updated_seconds =
      (arguments_.start_day + changed) * kSecondsPerDay + version.Between(0, kSecondsPerDay - 1);
  return device;
}

MediaFault MediaModel::EventFault(uint64_t stream, int day, int64_t row, int64_t rows) const {
  RowRandom random = Random(stream, day * rows + row);
  if (!random.Chance(static_cast<uint64_t>(arguments_.dirty_millionths))) return MediaFault::kNone;
  return static_cast<MediaFault>(1 + random.Below(kMediaFaults - 1));
}

MediaEvent MediaModel::Event(uint64_t stream, int day, int64_t row, int64_t rows,
                             RowRandom& random) const {
  MediaEvent event;
  event.number = day * rows + row;
  event.fault = EventFault(stream, day, row, rows);
  if (event.fault == MediaFault::kDuplicate) {
    // Of a clean row only, so that each dirty row has one fault.
    const bool possible = row > 0 && EventFault(stream, day, row - 1, rows) == MediaFault::kNone;
    if (possible) {
      --event.number;
    } else {
      event.fault = MediaFault::kNullId;
    }
  }
  random = Random(stream - 1, event.number);
  const auto assets = static_cast<uint64_t>(arguments_.assets);
  event.asset = static_cast<int64_t>(asset_shuffle_.Map(random.SquareSkewed(assets)));
  event.device = static_cast<int64_t>(random.Below(static_cast<uint64_t>(arguments_.devices)));
  event.place = random.SquareSkewed(Places().size());
  const auto hour = static_cast<int64_t>(Draw(random, kHourWeights));
  event.seconds =
      (arguments_.start_day + day) * kSecondsPerDay + hour * 3600 + random.Between(0, 3599);
  return event;
}

DeliveryRow MediaModel::Delivery(int day, int64_t row) const {
  RowRandom random(0, 0, 0);
  DeliveryRow delivery;
  delivery.event = Event(kDeliveryFaultStream, day, row, arguments_.deliveries, random);
  const size_t cdn = Draw(random, kCdnWeights);
  delivery.cdn = Cdns()[cdn];
  delivery.protocol = Pick(random, kProtocols);
  delivery.bitrate_kbps = kBitrates[Draw(random, kBitrateWeights)];
  delivery.startup_ms = static_cast<int32_t>(120 + random.SquareSkewed(2500) * (cdn + 2) / 3);
  const bool failed = random.Below(1000) < 8 + 6 * cdn;
  if (failed) {
    delivery.status = "failed";
    delivery.http_status = kFailures[random.Below(kFailures.size())];
    return delivery;
  }
  delivery.rebuffer_count = static_cast<int32_t>(random.CubeSkewed(6 + 2 * cdn));
  delivery.rebuffer_ms = delivery.rebuffer_count * static_cast<int32_t>(random.Between(200, 4000));
  delivery.status = delivery.rebuffer_count >= 3 ? "degraded" : "ok";
  delivery.bytes = static_cast<int64_t>(delivery.bitrate_kbps) * 125 * random.Between(20, 3600);
  return delivery;
}

MetricRow MediaModel::Metric(int day, int64_t row) const {
  RowRandom random(0, 0, 0);
  MetricRow metric;
  metric.event = Event(kMetricFaultStream, day, row, arguments_.metrics, random);
  const int32_t duration = Asset(metric.event.asset, 0).duration_seconds;
  metric.completed = random.Below(100) < 38;
  metric.watch_seconds =
      metric.completed ? duration
                       : static_cast<int32_t>(random.SquareSkewed(static_cast<uint64_t>(duration)));
  metric.likes = random.Below(100) < 7 ? 1 : 0;
  metric.shares = random.Below(100) < 2 ? 1 : 0;
  metric.revenue_cents = metric.watch_seconds / 300 + static_cast<int64_t>(random.Below(12));
  return metric;
}

}  // namespace lakesmith::generate
