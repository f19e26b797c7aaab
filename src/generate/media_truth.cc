#include "generate/media_truth.h"

namespace lakesmith::generate {
namespace {

template <typename Totals>
Json ByKey(const std::map<std::string, Totals, std::less<>>& totals) {
  Json object = Json::object();
  for (const auto& [key, value] : totals) object[key] = value.ToJson();
  return object;
}

}  // namespace

Json MediaTruth::Deliveries::ToJson() const {
  return {{"deliveries", deliveries},
          {"failed", failed},
          {"bytes", bytes},
          {"rebuffer_ms", rebuffer_ms}};
}

Json MediaTruth::Views::ToJson() const {
  return {{"views", views},
          {"completed", completed},
          {"watch_seconds", watch_seconds},
          {"revenue_cents", revenue_cents}};
}

void MediaTruth::Count(const DeliveryRow& delivery, Deliveries& into) {
  into.deliveries += 1;
  into.failed += delivery.status == "failed" ? 1 : 0;
  into.bytes += delivery.bytes;
  into.rebuffer_ms += delivery.rebuffer_ms;
}

void MediaTruth::Count(const MetricRow& metric, Views& into) {
  into.views += 1;
  into.completed += metric.completed ? 1 : 0;
  into.watch_seconds += metric.watch_seconds;
  into.revenue_cents += metric.revenue_cents;
}

void MediaTruth::Add(const DeliveryRow& delivery) {
  if (delivery.event.fault != MediaFault::kNone) return;
  Count(delivery, deliveries_);
  Count(delivery, by_cdn_[std::string(delivery.cdn)]);
}

void MediaTruth::Add(const MetricRow& metric) {
  const MediaEvent& event = metric.event;
  if (event.fault != MediaFault::kNone) return;
  Count(metric, views_);
  const size_t asset_type = model_.AssetType(event.asset);
  const size_t device_type = model_.DeviceType(event.device);
  Count(metric, by_asset_type_[std::string(MediaModel::AssetTypes()[asset_type])]);
  Count(metric, by_device_type_[std::string(MediaModel::DeviceTypes()[device_type])]);
  Count(metric, by_country_[std::string(MediaModel::Places()[event.place].country)]);
}

Json MediaTruth::ToJson() const {
  return {{"delivery", deliveries_.ToJson()},
          {"delivery_by_cdn", ByKey(by_cdn_)},
          {"metrics", views_.ToJson()},
          {"metrics_by_asset_type", ByKey(by_asset_type_)},
          {"metrics_by_device_type", ByKey(by_device_type_)},
          {"metrics_by_country", ByKey(by_country_)}};
}

}  // namespace lakesmith::generate
