#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>

#include "base/json.h"
#include "generate/retail_model.h"

namespace lakesmith::generate {

// Counts and totals of transactions, added up by one thread. Amounts in cents.
struct SaleTotals {
  struct Cell {
    int64_t count = 0;
    int64_t units = 0;
    int64_t cents = 0;
    void Add(const Cell& other);
  };
  static constexpr size_t kMaxCategories = 16;
  static constexpr size_t kMaxWords = 8;  // Statuses, payment methods, devices, browsers.

  std::array<Cell, kMaxWords> by_status;  // All valid transactions; the rest holds sales only.
  std::array<Cell, kMaxCategories> by_category;
  std::array<Cell, kMaxCategories> by_active_category;
  std::array<Cell, kMaxWords> by_payment;
  std::array<std::array<Cell, kMaxWords>, kMaxWords> by_device_browser;

  void Add(const SaleTotals& other);
};

// What correct tables show after all batches of a model. Threads add transactions at once, each
// with totals of its own; revenue per customer is shared: 16 bytes for each customer.
class RetailTruth {
 public:
  explicit RetailTruth(const RetailModel& model);

  // Adds one row of any batch; faulty rows count for nothing. Thread-safe when each thread has its
  // own `totals`.
  void Add(const TransactionRow& sale, SaleTotals& totals);

  // The `truth` object of the manifest. `totals` is the sum over all threads.
  Json ToJson(const SaleTotals& totals) const;

 private:
  struct Spending {
    std::atomic<int64_t> cents{0};
    std::atomic<int64_t> sales{0};
  };
  Json Segments() const;
  Json Suppliers() const;
  Json Counts(const SaleTotals& totals) const;

  const RetailModel& model_;
  std::unique_ptr<Spending[]> spending_;
};

}  // namespace lakesmith::generate
