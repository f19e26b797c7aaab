#include "plan/lineage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plan/analyzer.h"
#include "sql/parse.h"

namespace lakesmith::plan {
namespace {

using types::DataType;

struct OrdersHandle : TableHandle {};

// Knows orders(id, customer, amount, status) and customers(id, name).
class OrdersCatalog : public CatalogLookup {
 public:
  Result<ResolvedRelation> FindRelation(const RelationName& name, const NameScope&) const override {
    ResolvedTable table;
    table.name = {"main", "default", name.parts.back()};
    table.columns = {{"id", DataType::Int()}, {"name", DataType::String()}};
    if (name.parts.back() == "orders") {
      table.columns = {{"id", DataType::Int()},
                       {"customer", DataType::Int()},
                       {"amount", DataType::Double()},
                       {"status", DataType::String()}};
    }
    table.handle = std::make_shared<OrdersHandle>();
    return ResolvedRelation(table);
  }
  Result<std::optional<ResolvedFunction>> FindFunction(const std::vector<std::string>&,
                                                       const NameScope&) const override {
    return std::optional<ResolvedFunction>();
  }
  std::optional<Variable> FindVariable(const std::vector<std::string>&) const override {
    return std::nullopt;
  }
  std::string CurrentCatalog() const override { return "main"; }
  std::string CurrentSchema() const override { return "default"; }
};

// A line a column: "name: direct | indirect", each as table.column(how).
std::string Lineage(const std::string& text) {
  const auto query = sql::ParseQuery(text);
  if (!query) return query.error().message();
  SessionConfig config;
  config.text = text;
  const auto analyzed = Analyze(**query, OrdersCatalog(), config);
  if (!analyzed) return analyzed.error().message();
  std::string lines;
  const auto name = [](const SourceColumn& source) {
    std::string table = source.table.substr(source.table.rfind('.') + 1);
    std::erase(table, '`');
    return " " + table + "." + source.column;
  };
  for (const ColumnLineage& column : TraceLineage(*analyzed)) {
    lines += column.name + ":";
    for (const auto& [source, reach] : column.direct)
      lines += name(source) + "(" + std::string(ReachName(reach)) + ")";
    lines += " |";
    for (const auto& [source, reaches] : column.indirect) {
      lines += name(source) + "(";
      for (const IndirectReach reach : reaches) lines += std::string(ReachName(reach)) + ",";
      lines.back() = ')';
    }
    lines += "\n";
  }
  return lines;
}

TEST(LineageTest, ValuesAreDirectAndConditionsAreNot) {
  EXPECT_EQ(Lineage("SELECT id, amount * 2 AS twice FROM orders WHERE status = 'paid'"),
            "id: orders.id(identity) | orders.status(filter)\n"
            "twice: orders.amount(transformation) | orders.status(filter)\n");
  EXPECT_EQ(Lineage("SELECT CASE WHEN status = 'x' THEN amount END AS a FROM orders"),
            "a: orders.amount(transformation) | orders.status(conditional)\n");
  EXPECT_EQ(Lineage("SELECT 1 AS one"), "one: |\n");
}

TEST(LineageTest, JoinsGroupsAndWindowsDecideAboutRows) {
  EXPECT_EQ(Lineage("SELECT c.name, sum(o.amount) AS total FROM orders o JOIN customers c ON "
                    "o.customer = c.id GROUP BY c.name"),
            "name: customers.name(identity) | customers.id(join) customers.name(group_by) "
            "orders.customer(join)\n"
            "total: orders.amount(aggregation) | customers.id(join) customers.name(group_by) "
            "orders.customer(join)\n");
  EXPECT_EQ(
      Lineage("SELECT row_number() OVER (PARTITION BY customer ORDER BY id) AS n FROM orders"),
      "n: | orders.customer(window) orders.id(window)\n");
}

TEST(LineageTest, GoesThroughCommonTableExpressionsUnionsAndSubqueries) {
  EXPECT_EQ(Lineage("WITH paid AS (SELECT id, amount AS a FROM orders WHERE status = 'paid') "
                    "SELECT a FROM paid UNION ALL SELECT id FROM customers"),
            "a: customers.id(transformation) orders.amount(identity) | orders.status(filter)\n");
  EXPECT_EQ(Lineage("SELECT (SELECT max(amount) FROM orders o WHERE o.customer = c.id) AS m "
                    "FROM customers c"),
            "m: orders.amount(aggregation) | customers.id(filter) orders.customer(filter)\n");
  EXPECT_EQ(Lineage("SELECT id FROM customers WHERE id IN (SELECT customer FROM orders)"),
            "id: customers.id(identity) | customers.id(filter) orders.customer(filter)\n");
}

}  // namespace
}  // namespace lakesmith::plan
