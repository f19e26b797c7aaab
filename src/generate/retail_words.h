#pragma once

#include <cstdint>
#include <span>
#include <string_view>

// The vocabulary of the retail data set. Order and content decide the data: changing a line changes
// what a seed gives.
namespace lakesmith::generate::words {

struct City {
  std::string_view name;
  std::string_view country;
};
extern const std::span<const City> kCities;
extern const std::span<const uint16_t> kCityWeights;  // Sum 1000.

extern const std::span<const std::string_view> kWomen;
extern const std::span<const std::string_view> kMen;
extern const std::span<const std::string_view> kLastNames;
extern const std::span<const std::string_view> kMailDomains;

struct Subcategory {
  std::string_view name;
  std::string_view noun;  // What a product of it is called.
};
struct Category {
  std::string_view name;
  int32_t min_price_cents;
  int32_t max_price_cents;
  std::span<const Subcategory> subcategories;
};
extern const std::span<const Category> kCategories;
extern const std::span<const uint16_t> kCategoryWeights;  // Sum 1000.

extern const std::span<const std::string_view> kBrands;
extern const std::span<const std::string_view> kAdjectives;

struct Supplier {
  std::string_view name;
  std::string_view country;
};
extern const std::span<const Supplier> kSuppliers;

extern const std::span<const std::string_view> kStatuses;
extern const std::span<const uint16_t> kStatusWeights;  // Sum 1000.
extern const std::span<const std::string_view> kUnknownStatuses;
extern const std::span<const std::string_view> kPaymentMethods;
extern const std::span<const uint16_t> kPaymentWeights;  // Sum 1000.
extern const std::span<const std::string_view> kDevices;
extern const std::span<const uint16_t> kDeviceWeights;  // Sum 1000.
extern const std::span<const std::string_view> kBrowsers;
// Weights of the browsers on one device, sum 1000.
std::span<const uint16_t> BrowserWeights(size_t device);

extern const std::span<const uint16_t> kWeekdayWeights;      // Monday first.
extern const std::span<const uint16_t> kMonthWeights;        // January first.
extern const std::span<const uint16_t> kHourWeights;         // Of a working day; sum 1000.
extern const std::span<const uint16_t> kWeekendHourWeights;  // Sum 1000.

}  // namespace lakesmith::generate::words
