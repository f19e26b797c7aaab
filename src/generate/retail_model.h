#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "generate/random.h"

namespace lakesmith::generate {

// What decides the rows of the retail data set. Two equal values give the same rows.
struct RetailArguments {
  int64_t customers = 10000;
  int64_t transactions = 50000;
  int64_t products = 200;
  uint64_t seed = 42;
  int32_t start_day = 19723;  // 2024-01-01, in days since 1970-01-01.
  int32_t days = 365;
  int32_t dirty_millionths = 20000;
  bool operator==(const RetailArguments&) const = default;
};

// Faults of dirty rows; names in docs/generate.md.
enum class CustomerFault : uint8_t { kNone, kNullId, kDuplicate, kFutureDate, kMalformedEmail };
enum class ProductFault : uint8_t { kNone, kNullId, kDuplicate, kNegativePrice, kNullCategory };
enum class TransactionFault : uint8_t {
  kNone,
  kNullId,
  kNullCustomer,
  kDuplicate,
  kNegativeAmount,
  kUnknownStatus,
  kFutureDate,
  kOrphanCustomer,
  kOrphanProduct,
};

// Indexes count from 0; the id in the data is one more.
struct CustomerRow {
  int64_t index = 0;
  int batch = 1;  // Of the values that this row shows.
  bool is_change = false;
  CustomerFault fault = CustomerFault::kNone;
};

struct ProductRow {
  int64_t index = 0;
  int batch = 1;
  ProductFault fault = ProductFault::kNone;
};

struct TransactionRow {
  int64_t number = 0;  // Over all batches, from 0.
  int64_t customer = 0;
  int64_t product = 0;
  int64_t seconds = 0;  // Since 1970-01-01T00:00:00 UTC.
  int64_t unit_price_cents = 0;
  int64_t total_cents = 0;
  int32_t quantity = 0;
  int32_t discount_percent = 0;
  uint8_t status = 0;
  uint8_t payment = 0;
  uint8_t device = 0;
  uint8_t browser = 0;
  TransactionFault fault = TransactionFault::kNone;
};

// The retail data set as functions from row numbers to rows. Immutable, so threads may share it;
// memory is a few bytes a product and a day.
class RetailModel {
 public:
  // Knows batches 1 to `batches`. CHECKs that the counts are positive.
  RetailModel(const RetailArguments& arguments, int batches);

  const RetailArguments& arguments() const { return arguments_; }
  int batches() const { return batches_; }

  // Rows of the files of one batch.
  int64_t CustomerRows(int batch) const;
  int64_t ProductRows(int batch) const;
  int64_t TransactionRows() const { return arguments_.transactions; }

  // Rows of a batch by their number in it. Duplicates are resolved: such a row shows the values of
  // its original.
  CustomerRow Customer(int batch, int64_t row) const;
  ProductRow Product(int batch, int64_t row) const;
  TransactionRow Transaction(int batch, int64_t row) const;

  // Customers and products that were made up to the end of a batch, faulty ones included.
  int64_t CustomersThrough(int batch) const;
  int64_t products() const { return arguments_.products; }

  // Whether a customer (product) exists for correct tables: its first row is not lost to a fault.
  bool IsValidCustomer(int64_t index) const;
  bool IsValidProduct(int64_t index) const { return products_[index].valid; }
  // The batch whose values hold for a customer at the end of `batch`.
  int LatestCustomerBatch(int64_t index, int batch) const;

  int32_t FirstDay(int batch) const { return arguments_.start_day + (batch - 1) * arguments_.days; }
  int32_t LastDay(int batch) const { return FirstDay(batch) + arguments_.days - 1; }

  // When a customer registered, in seconds since the epoch.
  int64_t RegistrationSeconds(int64_t index) const;
  // When the customer's values of a later batch became true.
  int64_t ChangeSeconds(int64_t index, int batch) const;
  size_t CustomerCity(int64_t index, int batch) const;

  size_t ProductCategory(int64_t index) const { return products_[index].category; }
  size_t ProductSupplier(int64_t index) const;
  int64_t ProductCostCents(int64_t index) const;
  // List price on a day.
  int64_t ProductPriceCents(int64_t index, int32_t day) const;
  int32_t ProductStock(int64_t index, int batch) const;
  bool IsActiveProduct(int64_t index, int batch) const;

 private:
  struct ProductFacts {
    int32_t base_price_cents;
    uint8_t category;
    bool valid;
  };
  struct BatchCalendar {
    std::vector<uint64_t> day_ends;  // Running sum of the days' weights.
  };

  void MakeProducts();
  void MakeCalendars();
  void FindChangedProducts();
  RowRandom Random(uint64_t stream, uint64_t row) const { return {arguments_.seed, stream, row}; }
  CustomerFault FaultOfCustomer(int64_t index) const;
  ProductFault FaultOfProduct(int64_t index) const;
  TransactionFault FaultOfTransaction(int64_t number) const;
  int64_t CustomersOfBatch(int batch) const;
  int64_t ChangedCustomers(int batch) const;
  // The customer who changes in one of the windows into which earlier customers are cut; -1 when no
  // valid one is there.
  int64_t ChangedCustomer(int batch, int64_t window) const;
  int64_t PickCustomer(RowRandom& random, int batch, int64_t seconds) const;
  int64_t PickProduct(RowRandom& random) const;
  int64_t SaleSeconds(RowRandom& random, int batch, int64_t row) const;
  TransactionRow CleanTransaction(int batch, int64_t row) const;

  RetailArguments arguments_;
  int batches_;
  Shuffle customer_shuffle_;
  Shuffle new_customer_shuffle_;
  Shuffle product_shuffle_;
  std::vector<ProductFacts> products_;
  std::vector<std::vector<int64_t>> changed_products_;  // By batch; batch 1 is empty.
  std::vector<BatchCalendar> calendars_;                // By batch, from batch 1.
};

std::string_view FaultName(CustomerFault fault);
std::string_view FaultName(ProductFault fault);
std::string_view FaultName(TransactionFault fault);

// Numbers of random streams: one for each independent decision about a row.
enum Stream : uint64_t {
  kCustomerFaultStream = 1,
  kProductFaultStream,
  kTransactionFaultStream,
  kCustomerStream,
  kCustomerCityStream,
  kCustomerHabitStream,
  kRegistrationStream,
  kChangeStream,
  kChangedCustomerStream,
  kProductStream,
  kPriceStream,
  kStockStream,
  kActivityStream,
  kTransactionStream,
  kDayStream,
  kDirtStream,
};

}  // namespace lakesmith::generate
