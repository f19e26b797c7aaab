#include "generate/retail_truth.h"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "generate/retail_words.h"

namespace lakesmith::generate {
namespace {

std::string_view SegmentOf(int64_t cents) {
  if (cents >= 200000) return "Premium";
  if (cents >= 100000) return "Gold";
  return cents >= 30000 ? "Silver" : "Bronze";
}

template <size_t count>
void AddCells(std::array<SaleTotals::Cell, count>& to,
              const std::array<SaleTotals::Cell, count>& from) {
  for (size_t index = 0; index < count; ++index) {
    to[index].Add(from[index]);
  }
}

Json Statuses(const SaleTotals& totals) {
  Json list = Json::array();
  for (size_t index = 0; index < words::kStatuses.size(); ++index) {
    const SaleTotals::Cell& cell = totals.by_status[index];
    list.push_back({{"status", words::kStatuses[index]},
                    {"transactions", cell.count},
                    {"amount_cents", cell.cents}});
  }
  return list;
}

Json Categories(const std::array<SaleTotals::Cell, SaleTotals::kMaxCategories>& cells) {
  std::map<std::string_view, const SaleTotals::Cell*> by_name;
  for (size_t index = 0; index < words::kCategories.size(); ++index) {
    if (cells[index].count > 0) by_name[words::kCategories[index].name] = &cells[index];
  }
  Json list = Json::array();
  for (const auto& [name, cell] : by_name) {
    list.push_back({{"category", name},
                    {"sales", cell->count},
                    {"units", cell->units},
                    {"revenue_cents", cell->cents}});
  }
  return list;
}

Json Payments(const SaleTotals& totals) {
  Json list = Json::array();
  for (size_t index = 0; index < words::kPaymentMethods.size(); ++index) {
    const SaleTotals::Cell& cell = totals.by_payment[index];
    if (cell.count == 0) continue;
    list.push_back({{"payment_method", words::kPaymentMethods[index]},
                    {"sales", cell.count},
                    {"revenue_cents", cell.cents}});
  }
  return list;
}

Json DevicesAndBrowsers(const SaleTotals& totals) {
  Json list = Json::array();
  for (size_t device = 0; device < words::kDevices.size(); ++device) {
    for (size_t browser = 0; browser < words::kBrowsers.size(); ++browser) {
      const SaleTotals::Cell& cell = totals.by_device_browser[device][browser];
      if (cell.count == 0) continue;
      list.push_back({{"device", words::kDevices[device]},
                      {"browser", words::kBrowsers[browser]},
                      {"sales", cell.count},
                      {"revenue_cents", cell.cents}});
    }
  }
  return list;
}

}  // namespace

void SaleTotals::Cell::Add(const Cell& other) {
  count += other.count;
  units += other.units;
  cents += other.cents;
}

void SaleTotals::Add(const SaleTotals& other) {
  AddCells(by_status, other.by_status);
  AddCells(by_category, other.by_category);
  AddCells(by_active_category, other.by_active_category);
  AddCells(by_payment, other.by_payment);
  for (size_t device = 0; device < by_device_browser.size(); ++device) {
    AddCells(by_device_browser[device], other.by_device_browser[device]);
  }
}

RetailTruth::RetailTruth(const RetailModel& model)
    : model_(model),
      spending_(std::make_unique<Spending[]>(
          static_cast<size_t>(model.CustomersThrough(model.batches())))) {}

void RetailTruth::Add(const TransactionRow& sale, SaleTotals& totals) {
  if (sale.fault != TransactionFault::kNone) return;
  const SaleTotals::Cell cell{.count = 1, .units = sale.quantity, .cents = sale.total_cents};
  totals.by_status[sale.status].Add(cell);
  if (sale.status != 0) return;  // Status 0 is `completed`.
  const size_t category = model_.ProductCategory(sale.product);
  totals.by_category[category].Add(cell);
  if (model_.IsActiveProduct(sale.product, model_.batches()))
    totals.by_active_category[category].Add(cell);
  totals.by_payment[sale.payment].Add(cell);
  totals.by_device_browser[sale.device][sale.browser].Add(cell);
  Spending& spending = spending_[static_cast<size_t>(sale.customer)];
  spending.cents.fetch_add(sale.total_cents, std::memory_order_relaxed);
  spending.sales.fetch_add(1, std::memory_order_relaxed);
}

Json RetailTruth::Counts(const SaleTotals& totals) const {
  int64_t customers = 0;
  for (int64_t index = 0; index < model_.CustomersThrough(model_.batches()); ++index) {
    customers += model_.IsValidCustomer(index) ? 1 : 0;
  }
  int64_t products = 0;
  int64_t active = 0;
  for (int64_t index = 0; index < model_.products(); ++index) {
    if (!model_.IsValidProduct(index)) continue;
    ++products;
    active += model_.IsActiveProduct(index, model_.batches()) ? 1 : 0;
  }
  SaleTotals::Cell all;
  for (const SaleTotals::Cell& cell : totals.by_status) {
    all.Add(cell);
  }
  return {{"customers", customers},
          {"products", products},
          {"active_products", active},
          {"transactions", all.count},
          {"sales", totals.by_status[0].count},
          {"sales_revenue_cents", totals.by_status[0].cents}};
}

Json RetailTruth::Suppliers() const {
  struct Stock {
    int64_t products = 0;
    int64_t units = 0;
    int64_t cents = 0;
  };
  std::map<std::string_view, Stock> stocks;
  const int batch = model_.batches();
  for (int64_t index = 0; index < model_.products(); ++index) {
    if (!model_.IsValidProduct(index) || !model_.IsActiveProduct(index, batch)) continue;
    Stock& stock = stocks[words::kSuppliers[model_.ProductSupplier(index)].name];
    const int64_t units = model_.ProductStock(index, batch);
    stock.products += 1;
    stock.units += units;
    stock.cents += units * model_.ProductPriceCents(index, model_.LastDay(batch));
  }
  Json list = Json::array();
  for (const auto& [name, stock] : stocks) {
    list.push_back({{"supplier", name},
                    {"products", stock.products},
                    {"stock_units", stock.units},
                    {"stock_value_cents", stock.cents}});
  }
  return list;
}

Json RetailTruth::Segments() const {
  struct Cell {
    int64_t customers = 0;
    int64_t sales = 0;
    int64_t cents = 0;
  };
  std::map<std::pair<std::string_view, std::string_view>, Cell> cells;
  const int batch = model_.batches();
  for (int64_t index = 0; index < model_.CustomersThrough(batch); ++index) {
    if (!model_.IsValidCustomer(index)) continue;
    const Spending& spending = spending_[static_cast<size_t>(index)];
    const size_t city = model_.CustomerCity(index, model_.LatestCustomerBatch(index, batch));
    Cell& cell = cells[{SegmentOf(spending.cents), words::kCities[city].name}];
    cell.customers += 1;
    cell.sales += spending.sales;
    cell.cents += spending.cents;
  }
  Json list = Json::array();
  for (const auto& [key, cell] : cells) {
    list.push_back({{"segment", key.first},
                    {"city", key.second},
                    {"customers", cell.customers},
                    {"sales", cell.sales},
                    {"revenue_cents", cell.cents}});
  }
  return list;
}

Json RetailTruth::ToJson(const SaleTotals& totals) const {
  Json truth = Counts(totals);
  truth["by_status"] = Statuses(totals);
  truth["by_category"] = Categories(totals.by_category);
  truth["by_category_active"] = Categories(totals.by_active_category);
  truth["by_payment_method"] = Payments(totals);
  truth["by_device_browser"] = DevicesAndBrowsers(totals);
  truth["by_supplier"] = Suppliers();
  truth["by_segment_city"] = Segments();
  return truth;
}

}  // namespace lakesmith::generate
