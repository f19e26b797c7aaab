#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/json.h"
#include "generate/media_model.h"

namespace lakesmith::generate {

// What correct tables must show of one day: totals of the valid rows of deliveries and metrics.
// Used by one thread.
class MediaTruth {
 public:
  explicit MediaTruth(const MediaModel& model) : model_(model) {}

  // Faulty rows count for nothing.
  void Add(const DeliveryRow& delivery);
  void Add(const MetricRow& metric);

  // The `truth` object of a day in the manifest; docs/generate.md describes it.
  Json ToJson() const;

 private:
  struct Deliveries {
    int64_t deliveries = 0;
    int64_t failed = 0;
    int64_t bytes = 0;
    int64_t rebuffer_ms = 0;
    Json ToJson() const;
  };
  struct Views {
    int64_t views = 0;
    int64_t completed = 0;
    int64_t watch_seconds = 0;
    int64_t revenue_cents = 0;
    Json ToJson() const;
  };
  static void Count(const DeliveryRow& delivery, Deliveries& into);
  static void Count(const MetricRow& metric, Views& into);

  const MediaModel& model_;
  Deliveries deliveries_;
  std::map<std::string, Deliveries, std::less<>> by_cdn_;
  Views views_;
  std::map<std::string, Views, std::less<>> by_asset_type_;
  std::map<std::string, Views, std::less<>> by_device_type_;
  std::map<std::string, Views, std::less<>> by_country_;
};

}  // namespace lakesmith::generate
