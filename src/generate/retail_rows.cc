#include "generate/retail_rows.h"

#include <array>
#include <string>

#include "generate/calendar.h"
#include "generate/retail_words.h"

namespace lakesmith::generate {
namespace {

using types::DataType;

constexpr int64_t kMicrosPerSecond = 1000000;
constexpr int64_t kFutureDays = 3652;  // 2090-01-01 to 2099-12-31.
constexpr int64_t kOrphanId = 900000000001;

types::StructField Column(std::string_view name, DataType type) {
  return {.name = std::string(name), .type = std::move(type)};
}

RowRandom Random(const RetailModel& model, uint64_t stream, int64_t row) {
  return {model.arguments().seed, stream, static_cast<uint64_t>(row)};
}

int64_t FutureDay(RowRandom& random) {
  static const int32_t kFirst = DaysOf(2090, 1, 1);
  return kFirst + random.Between(0, kFutureDays - 1);
}

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& letter : lower) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return lower;
}

struct Person {
  std::string_view first_name;
  std::string_view last_name;
  std::string_view gender;
  int32_t birth_day;
  bool opted_in;
};

Person PersonOf(const RetailModel& model, int64_t index) {
  RowRandom random = Random(model, kCustomerStream, index);
  const uint64_t gender = random.Below(100);
  const bool from_women = gender < 51 || (gender >= 98 && gender % 2 == 0);
  const auto names = from_women ? words::kWomen : words::kMen;
  Person person;
  person.first_name = names[random.SquareSkewed(names.size())];
  person.last_name = words::kLastNames[random.SquareSkewed(words::kLastNames.size())];
  person.gender = gender >= 98 ? "X" : from_women ? "F" : "M";
  const int64_t age_days = random.Between(int64_t{18} * 366, int64_t{80} * 365);
  person.birth_day = model.arguments().start_day - static_cast<int32_t>(age_days);
  person.opted_in = random.Below(100) < 42;
  return person;
}

std::string Email(const RetailModel& model, const CustomerRow& customer, const Person& person) {
  RowRandom random =
      Random(model, kCustomerStream + 100 * static_cast<uint64_t>(customer.batch), customer.index);
  const std::string_view domain = words::kMailDomains[random.Below(words::kMailDomains.size())];
  const std::string name = fmt::format("{}.{}.{}", LowerCase(person.first_name),
                                       LowerCase(person.last_name), customer.index + 1);
  if (customer.fault != CustomerFault::kMalformedEmail) return fmt::format("{}@{}", name, domain);
  switch (random.Below(4)) {
    case 0:
      return fmt::format("{}{}", name, domain);
    case 1:
      return fmt::format("{}@", name);
    case 2:
      return fmt::format("@{}", domain);
    default:
      return fmt::format("{} {}@{}", LowerCase(person.first_name), LowerCase(person.last_name),
                         domain);
  }
}

std::string Phone(const RetailModel& model, const CustomerRow& customer) {
  RowRandom random = Random(
      model, kCustomerCityStream + 1000000 + static_cast<uint64_t>(customer.batch), customer.index);
  return fmt::format("+1-555-{:07}", random.Below(10000000));
}

std::string ProductName(const RetailModel& model, int64_t index,
                        const words::Subcategory& subcategory, std::string_view brand) {
  RowRandom random = Random(model, kProductStream + 300, index);
  const std::string_view adjective = words::kAdjectives[random.Below(words::kAdjectives.size())];
  return fmt::format("{} {} {} {}", brand, adjective, subcategory.noun, 100 + random.Below(900));
}

}  // namespace

std::string_view TableName(RetailTable table) {
  static constexpr std::array<std::string_view, 3> kNames = {"customers", "transactions",
                                                             "products"};
  return kNames[static_cast<size_t>(table)];
}

std::vector<types::StructField> TableColumns(RetailTable table) {
  switch (table) {
    case RetailTable::kCustomers:
      return {Column("customer_id", DataType::Long()),
              Column("first_name", DataType::String()),
              Column("last_name", DataType::String()),
              Column("email", DataType::String()),
              Column("phone", DataType::String()),
              Column("birth_date", DataType::Date()),
              Column("gender", DataType::String()),
              Column("city", DataType::String()),
              Column("country", DataType::String()),
              Column("registration_date", DataType::Date()),
              Column("marketing_opt_in", DataType::Boolean()),
              Column("updated_at", DataType::Timestamp())};
    case RetailTable::kProducts:
      return {Column("product_id", DataType::Long()),
              Column("product_name", DataType::String()),
              Column("category", DataType::String()),
              Column("subcategory", DataType::String()),
              Column("brand", DataType::String()),
              Column("supplier", DataType::String()),
              Column("supplier_country", DataType::String()),
              Column("unit_price", DataType::Decimal(10, 2)),
              Column("unit_cost", DataType::Decimal(10, 2)),
              Column("stock_quantity", DataType::Int()),
              Column("reorder_level", DataType::Int()),
              Column("is_active", DataType::Boolean()),
              Column("updated_at", DataType::Timestamp())};
    case RetailTable::kTransactions:
      break;
  }
  return {Column("transaction_id", DataType::Long()),
          Column("customer_id", DataType::Long()),
          Column("product_id", DataType::Long()),
          Column("transaction_time", DataType::Timestamp()),
          Column("quantity", DataType::Int()),
          Column("unit_price", DataType::Decimal(10, 2)),
          Column("discount_percent", DataType::Int()),
          Column("total_amount", DataType::Decimal(12, 2)),
          Column("status", DataType::String()),
          Column("payment_method", DataType::String()),
          Column("device", DataType::String()),
          Column("browser", DataType::String())};
}

void PutCustomer(const RetailModel& model, const CustomerRow& customer, size_t row,
                 engine::OutputBatch& batch) {
  const Person person = PersonOf(model, customer.index);
  const words::City& city = words::kCities[model.CustomerCity(customer.index, customer.batch)];
  const int64_t registration = model.RegistrationSeconds(customer.index);
  const int64_t updated =
      customer.is_change ? model.ChangeSeconds(customer.index, customer.batch) : registration;
  int64_t registration_day = registration / kSecondsPerDay;
  if (customer.fault == CustomerFault::kFutureDate) {
    RowRandom random = Random(model, kDirtStream + 300, customer.index);
    registration_day = FutureDay(random);
  }
  batch.Values<int64_t>(0)[row] = customer.index + 1;
  if (customer.fault == CustomerFault::kNullId) batch.SetNull(0, row);
  batch.SetText(1, row, person.first_name);
  batch.SetText(2, row, person.last_name);
  batch.SetText(3, row, Email(model, customer, person));
  batch.SetText(4, row, Phone(model, customer));
  batch.Values<int32_t>(5)[row] = person.birth_day;
  batch.SetText(6, row, person.gender);
  batch.SetText(7, row, city.name);
  batch.SetText(8, row, city.country);
  batch.Values<int32_t>(9)[row] = static_cast<int32_t>(registration_day);
  batch.Values<bool>(10)[row] = person.opted_in;
  batch.Values<int64_t>(11)[row] = updated * kMicrosPerSecond;
}

void PutProduct(const RetailModel& model, const ProductRow& product, size_t row,
                engine::OutputBatch& batch) {
  RowRandom random = Random(model, kProductStream + 400, product.index);
  const words::Category& category = words::kCategories[model.ProductCategory(product.index)];
  const words::Subcategory& subcategory =
      category.subcategories[random.Below(category.subcategories.size())];
  const words::Supplier& supplier = words::kSuppliers[model.ProductSupplier(product.index)];
  const std::string_view brand = words::kBrands[random.Below(words::kBrands.size())];
  const int32_t last_day = model.LastDay(product.batch);
  const int64_t price = model.ProductPriceCents(product.index, last_day);
  batch.Values<int64_t>(0)[row] = product.index + 1;
  if (product.fault == ProductFault::kNullId) batch.SetNull(0, row);
  batch.SetText(1, row, ProductName(model, product.index, subcategory, brand));
  batch.SetText(2, row, category.name);
  if (product.fault == ProductFault::kNullCategory) batch.SetNull(2, row);
  batch.SetText(3, row, subcategory.name);
  batch.SetText(4, row, brand);
  batch.SetText(5, row, supplier.name);
  batch.SetText(6, row, supplier.country);
  batch.Values<int64_t>(7)[row] = product.fault == ProductFault::kNegativePrice ? -price : price;
  batch.Values<int64_t>(8)[row] = model.ProductCostCents(product.index);
  batch.Values<int32_t>(9)[row] = model.ProductStock(product.index, product.batch);
  batch.Values<int32_t>(10)[row] = static_cast<int32_t>(10 * random.Between(2, 10));
  batch.Values<bool>(11)[row] = model.IsActiveProduct(product.index, product.batch);
  batch.Values<int64_t>(12)[row] =
      (last_day * kSecondsPerDay + int64_t{23} * 3600) * kMicrosPerSecond;
}

void PutTransaction(const RetailModel& model, const TransactionRow& sale, size_t row,
                    engine::OutputBatch& batch) {
  RowRandom random = Random(model, kDirtStream + 400, sale.number);
  int64_t seconds = sale.seconds;
  if (sale.fault == TransactionFault::kFutureDate) {
    seconds = FutureDay(random) * kSecondsPerDay + seconds % kSecondsPerDay;
  }
  const bool orphan_customer = sale.fault == TransactionFault::kOrphanCustomer;
  const bool orphan_product = sale.fault == TransactionFault::kOrphanProduct;
  const bool negative = sale.fault == TransactionFault::kNegativeAmount;
  std::string_view status = words::kStatuses[sale.status];
  if (sale.fault == TransactionFault::kUnknownStatus) {
    status = words::kUnknownStatuses[random.Below(words::kUnknownStatuses.size())];
  }
  batch.Values<int64_t>(0)[row] = sale.number + 1;
  if (sale.fault == TransactionFault::kNullId) batch.SetNull(0, row);
  batch.Values<int64_t>(1)[row] =
      orphan_customer ? kOrphanId + random.Between(0, 999) : sale.customer + 1;
  if (sale.fault == TransactionFault::kNullCustomer) batch.SetNull(1, row);
  batch.Values<int64_t>(2)[row] =
      orphan_product ? kOrphanId + random.Between(0, 99) : sale.product + 1;
  batch.Values<int64_t>(3)[row] = seconds * kMicrosPerSecond;
  batch.Values<int32_t>(4)[row] = sale.quantity;
  batch.Values<int64_t>(5)[row] = sale.unit_price_cents;
  batch.Values<int32_t>(6)[row] = sale.discount_percent;
  batch.Values<int64_t>(7)[row] = negative ? -sale.total_cents : sale.total_cents;
  batch.SetText(8, row, status);
  batch.SetText(9, row, words::kPaymentMethods[sale.payment]);
  batch.SetText(10, row, words::kDevices[sale.device]);
  batch.SetText(11, row, words::kBrowsers[sale.browser]);
}

}  // namespace lakesmith::generate
