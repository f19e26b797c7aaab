#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/duckdb/batch_writer.h"
#include "generate/retail_model.h"
#include "types/data_type.h"

namespace lakesmith::generate {

enum class RetailTable : uint8_t { kCustomers, kTransactions, kProducts };
inline constexpr RetailTable kRetailTables[] = {RetailTable::kCustomers, RetailTable::kTransactions,
                                                RetailTable::kProducts};

// Name of the table and of its folder.
std::string_view TableName(RetailTable table);

// Columns as docs/generate.md lists them.
std::vector<types::StructField> TableColumns(RetailTable table);

// Each writes one row into position `row` of a batch with the columns of its table.
void PutCustomer(const RetailModel& model, const CustomerRow& customer, size_t row,
                 engine::OutputBatch& batch);
void PutProduct(const RetailModel& model, const ProductRow& product, size_t row,
                engine::OutputBatch& batch);
void PutTransaction(const RetailModel& model, const TransactionRow& sale, size_t row,
                    engine::OutputBatch& batch);

}  // namespace lakesmith::generate
