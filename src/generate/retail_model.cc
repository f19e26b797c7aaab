#include "generate/retail_model.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "generate/calendar.h"
#include "generate/retail_words.h"

namespace lakesmith::generate {
namespace {

constexpr int64_t kHistoryDays = 1095;  // The oldest customers registered so long before the start.
constexpr int kDaysPerPrice = 91;
// A duplicate repeats one of so many rows before it.
constexpr int64_t kDuplicateReach = 64;

// How often each fault is among the dirty rows, in the order of the enumerations, without kNone.
constexpr std::array<uint16_t, 4> kCustomerFaultWeights = {20, 30, 15, 35};
constexpr std::array<uint16_t, 4> kProductFaultWeights = {25, 25, 25, 25};
constexpr std::array<uint16_t, 8> kTransactionFaultWeights = {15, 15, 25, 15, 10, 5, 8, 7};

// Draws a fault; the first row of all is always clean, so that something valid exists.
template <typename Fault, size_t count>
Fault DrawFault(RowRandom random, int64_t index, int32_t dirty_millionths,
                const std::array<uint16_t, count>& weights) {
  if (index == 0 || !random.Chance(static_cast<uint64_t>(dirty_millionths))) return Fault::kNone;
  return static_cast<Fault>(1 + random.Weighted(weights, 100));
}

// The clean row that a duplicate repeats: some rows back, not before `first`; `index` itself when
// all are dirty.
template <typename IsClean>
int64_t OriginalOf(RowRandom random, int64_t first, int64_t index, const IsClean& is_clean) {
  const int64_t reach = std::min<int64_t>(index - first, kDuplicateReach);
  if (reach == 0) return index;
  int64_t original = index - 1 - static_cast<int64_t>(random.Below(static_cast<uint64_t>(reach)));
  while (original >= first && !is_clean(original)) {
    --original;
  }
  return original < first ? index : original;
}

uint64_t WeightOfDay(uint64_t seed, int32_t day) {
  RowRandom random(seed, kDayStream, static_cast<uint64_t>(static_cast<int64_t>(day)));
  const uint64_t weekday = words::kWeekdayWeights[static_cast<size_t>(WeekdayOf(day))];
  const uint64_t month = words::kMonthWeights[static_cast<size_t>(MonthOf(day) - 1)];
  return weekday * month * static_cast<uint64_t>(random.Between(85, 115)) * 1000;
}

// Second of the day at which the share position / weight of the day's sales has happened.
int64_t SecondOfDay(int32_t day, uint64_t position, uint64_t weight) {
  const auto hours = WeekdayOf(day) >= 5 ? words::kWeekendHourWeights : words::kHourWeights;
  // In thousandths of a thousandth of the day's sales.
  uint64_t left =
      static_cast<uint64_t>(static_cast<unsigned __int128>(position) * 1000000 / weight);
  size_t hour = 0;
  while (hour + 1 < hours.size() && left >= hours[hour] * 1000ULL) {
    left -= hours[hour++] * 1000ULL;
  }
  return static_cast<int64_t>(hour * 3600 + left * 3600 / (hours[hour] * 1000ULL));
}

}  // namespace

RetailModel::RetailModel(const RetailArguments& arguments, int batches)
    : arguments_(arguments),
      batches_(batches),
      customer_shuffle_(static_cast<uint64_t>(arguments.customers)),
      new_customer_shuffle_(static_cast<uint64_t>(arguments.customers / 20)),
      product_shuffle_(static_cast<uint64_t>(arguments.products)) {
  CHECK(arguments.customers > 0 && arguments.transactions > 0 && arguments.products > 0);
  CHECK(arguments.days > 0 && batches > 0);
  MakeProducts();
  MakeCalendars();
  FindChangedProducts();
}

void RetailModel::MakeProducts() {
  products_.reserve(static_cast<size_t>(arguments_.products));
  for (int64_t index = 0; index < arguments_.products; ++index) {
    RowRandom random = Random(kProductStream, static_cast<uint64_t>(index));
    const size_t category = random.Weighted(words::kCategoryWeights, 1000);
    const words::Category& facts = words::kCategories[category];
    const uint64_t range = static_cast<uint64_t>(facts.max_price_cents - facts.min_price_cents);
    const int32_t price = facts.min_price_cents + static_cast<int32_t>(random.CubeSkewed(range));
    const ProductFault fault = FaultOfProduct(index);
    products_.push_back({.base_price_cents = price / 10 * 10 + 9,
                         .category = static_cast<uint8_t>(category),
                         .valid = fault == ProductFault::kNone});
  }
}

void RetailModel::MakeCalendars() {
  calendars_.resize(static_cast<size_t>(batches_));
  for (int batch = 1; batch <= batches_; ++batch) {
    std::vector<uint64_t>& ends = calendars_[static_cast<size_t>(batch - 1)].day_ends;
    uint64_t sum = 0;
    for (int32_t day = FirstDay(batch); day <= LastDay(batch); ++day) {
      sum += WeightOfDay(arguments_.seed, day);
      ends.push_back(sum);
    }
  }
}

void RetailModel::FindChangedProducts() {
  changed_products_.resize(static_cast<size_t>(batches_) + 1);
  for (int batch = 2; batch <= batches_; ++batch) {
    for (int64_t index = 0; index < arguments_.products; ++index) {
      const bool changed = ProductPriceCents(index, LastDay(batch)) !=
                               ProductPriceCents(index, LastDay(batch - 1)) ||
                           ProductStock(index, batch) != ProductStock(index, batch - 1) ||
                           IsActiveProduct(index, batch) != IsActiveProduct(index, batch - 1);
      if (changed && IsValidProduct(index)) {
        changed_products_[static_cast<size_t>(batch)].push_back(index);
      }
    }
  }
}

// --- Customers -----------------------------------------------------------------------------------

int64_t RetailModel::CustomersOfBatch(int batch) const {
  return batch == 1 ? arguments_.customers : arguments_.customers / 20;
}

int64_t RetailModel::CustomersThrough(int batch) const {
  return arguments_.customers + (batch - 1) * (arguments_.customers / 20);
}

int64_t RetailModel::ChangedCustomers(int batch) const {
  return batch == 1 ? 0 : arguments_.customers / 20;
}

int64_t RetailModel::CustomerRows(int batch) const {
  return CustomersOfBatch(batch) + ChangedCustomers(batch);
}

CustomerFault RetailModel::FaultOfCustomer(int64_t index) const {
  return DrawFault<CustomerFault>(Random(kCustomerFaultStream, static_cast<uint64_t>(index)), index,
                                  arguments_.dirty_millionths, kCustomerFaultWeights);
}

bool RetailModel::IsValidCustomer(int64_t index) const {
  const CustomerFault fault = FaultOfCustomer(index);
  return fault == CustomerFault::kNone || fault == CustomerFault::kMalformedEmail;
}

CustomerRow RetailModel::Customer(int batch, int64_t row) const {
  const int64_t made = CustomersOfBatch(batch);
  if (row >= made) {
    const int64_t changed = ChangedCustomer(batch, row - made);
    if (changed >= 0) return {.index = changed, .batch = batch, .is_change = true};
    return {.index = 0, .batch = batch, .is_change = true, .fault = CustomerFault::kNullId};
  }
  const int64_t first = batch == 1 ? 0 : CustomersThrough(batch - 1);
  const int64_t index = first + row;
  const CustomerFault fault = FaultOfCustomer(index);
  if (fault != CustomerFault::kDuplicate) return {.index = index, .batch = batch, .fault = fault};
  const int64_t original =
      OriginalOf(Random(kDirtStream, static_cast<uint64_t>(index)), first, index,
                 [this](int64_t other) { return FaultOfCustomer(other) == CustomerFault::kNone; });
  // Without an original to repeat, the row is lost in another way.
  const CustomerFault shown = original == index ? CustomerFault::kNullId : fault;
  return {.index = original, .batch = batch, .fault = shown};
}

int64_t RetailModel::ChangedCustomer(int batch, int64_t window) const {
  const int64_t width = CustomersThrough(batch - 1) / ChangedCustomers(batch);
  RowRandom random = Random(kChangedCustomerStream + 100 * static_cast<uint64_t>(batch),
                            static_cast<uint64_t>(window));
  const int64_t start = random.Between(0, width - 1);
  for (int64_t step = 0; step < width; ++step) {
    const int64_t index = window * width + (start + step) % width;
    if (IsValidCustomer(index)) return index;
  }
  return -1;
}

int RetailModel::LatestCustomerBatch(int64_t index, int batch) const {
  int latest = batch;
  for (; latest > 1; --latest) {
    if (index >= CustomersThrough(latest - 1)) continue;
    const int64_t changes = ChangedCustomers(latest);
    if (changes == 0) continue;
    const int64_t window = index / (CustomersThrough(latest - 1) / changes);
    if (window < changes && ChangedCustomer(latest, window) == index) return latest;
  }
  if (index < arguments_.customers) return 1;
  return 2 + static_cast<int>((index - arguments_.customers) / (arguments_.customers / 20));
}

int64_t RetailModel::RegistrationSeconds(int64_t index) const {
  RowRandom random = Random(kRegistrationStream, static_cast<uint64_t>(index));
  const int64_t second = random.Between(0, kSecondsPerDay - 1);
  const int64_t before = std::max<int64_t>(1, arguments_.customers * 6 / 10);
  int64_t day = arguments_.start_day;
  if (index < before) {
    day += index * kHistoryDays / before - kHistoryDays;
  } else if (index < arguments_.customers) {
    day += (index - before) * arguments_.days / (arguments_.customers - before);
  } else {
    const int64_t each = arguments_.customers / 20;
    const int64_t later = index - arguments_.customers;
    day = FirstDay(2 + static_cast<int>(later / each)) + later % each * arguments_.days / each;
  }
  return day * kSecondsPerDay + second;
}

int64_t RetailModel::ChangeSeconds(int64_t index, int batch) const {
  RowRandom random =
      Random(kChangeStream + 100 * static_cast<uint64_t>(batch), static_cast<uint64_t>(index));
  return FirstDay(batch) * kSecondsPerDay + random.Between(0, arguments_.days * kSecondsPerDay - 1);
}

size_t RetailModel::CustomerCity(int64_t index, int batch) const {
  return Random(kCustomerCityStream + 100 * static_cast<uint64_t>(batch),
                static_cast<uint64_t>(index))
      .Weighted(words::kCityWeights, 1000);
}

// --- Products ------------------------------------------------------------------------------------

int64_t RetailModel::ProductRows(int batch) const {
  if (batch == 1) return arguments_.products;
  return static_cast<int64_t>(changed_products_[static_cast<size_t>(batch)].size());
}

ProductFault RetailModel::FaultOfProduct(int64_t index) const {
  return DrawFault<ProductFault>(Random(kProductFaultStream, static_cast<uint64_t>(index)), index,
                                 arguments_.dirty_millionths, kProductFaultWeights);
}

ProductRow RetailModel::Product(int batch, int64_t row) const {
  if (batch > 1) {
    return {.index = changed_products_[static_cast<size_t>(batch)][static_cast<size_t>(row)],
            .batch = batch};
  }
  const ProductFault fault = FaultOfProduct(row);
  if (fault != ProductFault::kDuplicate) return {.index = row, .fault = fault};
  const int64_t original = OriginalOf(Random(kDirtStream + 100, static_cast<uint64_t>(row)), 0, row,
                                      [this](int64_t other) { return IsValidProduct(other); });
  return {.index = original, .fault = fault};
}

size_t RetailModel::ProductSupplier(int64_t index) const {
  RowRandom random = Random(kProductStream + 100, static_cast<uint64_t>(index));
  // Each category buys from five suppliers.
  const size_t choice = static_cast<size_t>(random.Below(5));
  return (ProductCategory(index) * 3 + choice) % words::kSuppliers.size();
}

int64_t RetailModel::ProductCostCents(int64_t index) const {
  RowRandom random = Random(kProductStream + 200, static_cast<uint64_t>(index));
  return products_[static_cast<size_t>(index)].base_price_cents * random.Between(45, 75) / 100;
}

int64_t RetailModel::ProductPriceCents(int64_t index, int32_t day) const {
  static constexpr std::array<int64_t, 8> kPercents = {85, 90, 95, 100, 100, 100, 105, 110};
  const int64_t quarter = (day - arguments_.start_day) / kDaysPerPrice;
  RowRandom random =
      Random(kPriceStream + 100 * static_cast<uint64_t>(quarter), static_cast<uint64_t>(index));
  const int64_t percent = kPercents[static_cast<size_t>(random.Below(kPercents.size()))];
  return products_[static_cast<size_t>(index)].base_price_cents * percent / 100;
}

int32_t RetailModel::ProductStock(int64_t index, int batch) const {
  // A stock is counted again in one of four batches.
  int counted = batch;
  while (counted > 1 && (static_cast<int64_t>(counted) + index) % 4 != 0) {
    --counted;
  }
  RowRandom random =
      Random(kStockStream + 100 * static_cast<uint64_t>(counted), static_cast<uint64_t>(index));
  return static_cast<int32_t>(random.SquareSkewed(1000));
}

bool RetailModel::IsActiveProduct(int64_t index, int batch) const {
  const uint64_t draw = Random(kActivityStream, static_cast<uint64_t>(index)).Below(100);
  return draw >= 10 + 2 * static_cast<uint64_t>(batch - 1);
}

// --- Transactions --------------------------------------------------------------------------------

TransactionFault RetailModel::FaultOfTransaction(int64_t number) const {
  return DrawFault<TransactionFault>(Random(kTransactionFaultStream, static_cast<uint64_t>(number)),
                                     number, arguments_.dirty_millionths, kTransactionFaultWeights);
}

int64_t RetailModel::SaleSeconds(RowRandom& random, int batch, int64_t row) const {
  const std::vector<uint64_t>& ends = calendars_[static_cast<size_t>(batch - 1)].day_ends;
  const auto share = (static_cast<unsigned __int128>(row) << 20) + random.Below(1U << 20);
  const auto scale = static_cast<unsigned __int128>(arguments_.transactions) << 20;
  const uint64_t position = static_cast<uint64_t>(share * ends.back() / scale);
  const size_t day = static_cast<size_t>(std::ranges::upper_bound(ends, position) - ends.begin());
  const uint64_t day_start = day == 0 ? 0 : ends[day - 1];
  const int32_t date = FirstDay(batch) + static_cast<int32_t>(day);
  return date * kSecondsPerDay + SecondOfDay(date, position - day_start, ends[day] - day_start);
}

int64_t RetailModel::PickCustomer(RowRandom& random, int batch, int64_t seconds) const {
  constexpr int kTries = 16;
  const int64_t each = arguments_.customers / 20;
  for (int attempt = 0; attempt < kTries; ++attempt) {
    const uint64_t cohort = random.Below(static_cast<uint64_t>(CustomersThrough(batch)));
    int64_t index = 0;
    if (cohort < static_cast<uint64_t>(arguments_.customers)) {
      index = static_cast<int64_t>(
          customer_shuffle_.Map(random.CubeSkewed(static_cast<uint64_t>(arguments_.customers))));
    } else {
      const int64_t first = static_cast<int64_t>(cohort) -
                            (static_cast<int64_t>(cohort) - arguments_.customers) % each;
      index = first + static_cast<int64_t>(new_customer_shuffle_.Map(
                          random.CubeSkewed(static_cast<uint64_t>(each))));
    }
    if (RegistrationSeconds(index) < seconds && IsValidCustomer(index)) return index;
  }
  // Customers of the years before the start are always registered; the first one is always valid.
  int64_t index = static_cast<int64_t>(
      random.Below(static_cast<uint64_t>(std::max<int64_t>(1, arguments_.customers * 6 / 10))));
  while (!IsValidCustomer(index)) {
    --index;
  }
  return index;
}

int64_t RetailModel::PickProduct(RowRandom& random) const {
  int64_t index = static_cast<int64_t>(
      product_shuffle_.Map(random.SquareSkewed(static_cast<uint64_t>(arguments_.products))));
  while (!IsValidProduct(index)) {
    --index;  // The first one is always valid.
  }
  return index;
}

TransactionRow RetailModel::CleanTransaction(int batch, int64_t row) const {
  static constexpr std::array<uint16_t, 5> kQuantityWeights = {62, 22, 9, 4, 3};
  static constexpr std::array<uint16_t, 5> kDiscountWeights = {70, 12, 10, 4, 4};
  TransactionRow sale;
  sale.number = (batch - 1) * arguments_.transactions + row;
  RowRandom random = Random(kTransactionStream, static_cast<uint64_t>(sale.number));
  sale.seconds = SaleSeconds(random, batch, row);
  sale.customer = PickCustomer(random, batch, sale.seconds);
  sale.product = PickProduct(random);
  sale.quantity = 1 + static_cast<int32_t>(random.Weighted(kQuantityWeights, 100));
  sale.discount_percent = 5 * static_cast<int32_t>(random.Weighted(kDiscountWeights, 100));
  sale.unit_price_cents =
      ProductPriceCents(sale.product, static_cast<int32_t>(sale.seconds / kSecondsPerDay));
  // Rounded half up, as round() does with positive decimals.
  sale.total_cents =
      (sale.quantity * sale.unit_price_cents * (100 - sale.discount_percent) + 50) / 100;
  sale.status = static_cast<uint8_t>(random.Weighted(words::kStatusWeights, 1000));

  // Most people keep to one device and one way to pay.
  RowRandom habits = Random(kCustomerHabitStream, static_cast<uint64_t>(sale.customer));
  RowRandom& payment_source = random.Chance(700000) ? habits : random;
  sale.payment = static_cast<uint8_t>(payment_source.Weighted(words::kPaymentWeights, 1000));
  RowRandom device_habits =
      Random(kCustomerHabitStream + 100, static_cast<uint64_t>(sale.customer));
  RowRandom& device_source = random.Chance(750000) ? device_habits : random;
  sale.device = static_cast<uint8_t>(device_source.Weighted(words::kDeviceWeights, 1000));
  sale.browser =
      static_cast<uint8_t>(device_source.Weighted(words::BrowserWeights(sale.device), 1000));
  return sale;
}

TransactionRow RetailModel::Transaction(int batch, int64_t row) const {
  const int64_t first = (batch - 1) * arguments_.transactions;
  TransactionFault fault = FaultOfTransaction(first + row);
  int64_t source = row;
  if (fault == TransactionFault::kDuplicate) {
    const int64_t original = OriginalOf(
        Random(kDirtStream + 200, static_cast<uint64_t>(first + row)), first, first + row,
        [this](int64_t other) { return FaultOfTransaction(other) == TransactionFault::kNone; });
    source = original - first;
    if (source == row) fault = TransactionFault::kNullId;
  }
  TransactionRow sale = CleanTransaction(batch, source);
  sale.fault = fault;
  return sale;
}

// --- Names ---------------------------------------------------------------------------------------

std::string_view FaultName(CustomerFault fault) {
  static constexpr std::array<std::string_view, 5> kNames = {"none", "null_id", "duplicate",
                                                             "future_date", "malformed_email"};
  return kNames[static_cast<size_t>(fault)];
}

std::string_view FaultName(ProductFault fault) {
  static constexpr std::array<std::string_view, 5> kNames = {"none", "null_id", "duplicate",
                                                             "negative_price", "null_category"};
  return kNames[static_cast<size_t>(fault)];
}

std::string_view FaultName(TransactionFault fault) {
  static constexpr std::array<std::string_view, 9> kNames = {
      "none",           "null_id",     "null_customer",   "duplicate",     "negative_amount",
      "unknown_status", "future_date", "orphan_customer", "orphan_product"};
  return kNames[static_cast<size_t>(fault)];
}

}  // namespace lakesmith::generate
