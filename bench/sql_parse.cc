// Time to parse a query of 50 lines into its syntax tree, and to print it: median of many rounds.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "sql/parse.h"
#include "sql/print.h"

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kRounds = 2000;

// 50 lines as an analyst writes them: common tables, joins, windows, conditions.
constexpr std::string_view kQuery = R"sql(WITH sales AS (
  SELECT
    s.order_id,
    s.customer_id,
    s.order_date,
    date_trunc('MONTH', s.order_date) AS month,
    CAST(s.amount AS DECIMAL(18, 2)) AS amount,
    coalesce(s.discount, 0) AS discount,
    CASE
      WHEN s.amount > 1000 THEN 'large'
      WHEN s.amount > 100 THEN 'medium'
      ELSE 'small'
    END AS size_class
  FROM main.silver.orders AS s
  WHERE s.order_date >= DATE '2024-01-01'
    AND s.order_date < DATE '2025-01-01'
    AND s.status IN ('PAID', 'SHIPPED', 'DONE')
    AND s.customer_id IS NOT NULL
),
customers AS (
  SELECT c.id, c.name, c.country, c.segment, c.address.city AS city
  FROM main.silver.customers c
  WHERE NOT c.deleted AND c.country BETWEEN 'A' AND 'M'
),
monthly AS (
  SELECT
    c.country,
    c.segment,
    s.month,
    count(*) AS orders,
    count(DISTINCT s.customer_id) AS buyers,
    sum(s.amount * (1 - s.discount)) AS revenue,
    avg(s.amount) FILTER (WHERE s.size_class = 'large') AS large_average
  FROM sales s
  JOIN customers c ON s.customer_id = c.id
  LEFT JOIN main.bronze.returns r ON r.order_id = s.order_id AND r.kind LIKE 'full%'
  WHERE r.order_id IS NULL
  GROUP BY c.country, c.segment, s.month
  HAVING sum(s.amount) > 10000
)
SELECT
  country,
  segment,
  month,
  revenue,
  revenue - lag(revenue) OVER (PARTITION BY country, segment ORDER BY month) AS change,
  rank() OVER (PARTITION BY month ORDER BY revenue DESC) AS place
FROM monthly
ORDER BY month, place
LIMIT 100)sql";

template <typename Work>
double MedianMicroseconds(const Work& work) {
  std::vector<double> times;
  for (int round = 0; round < kRounds; ++round) {
    const auto begin = Clock::now();
    work();
    times.push_back(std::chrono::duration<double, std::micro>(Clock::now() - begin).count());
  }
  std::nth_element(times.begin(), times.begin() + kRounds / 2, times.end());
  return times[kRounds / 2];
}

}  // namespace

int main() {
  const auto parsed = lakesmith::sql::ParseStatement(kQuery);
  if (!parsed) {
    std::fprintf(stderr, "%s\n", parsed.error().ToString().c_str());
    return 1;
  }
  std::printf("lines          %8td\n", std::count(kQuery.begin(), kQuery.end(), '\n') + 1);
  std::printf("parse, median  %8.1f us\n",
              MedianMicroseconds([] { (void)lakesmith::sql::ParseStatement(kQuery); }));
  std::printf("print, median  %8.1f us\n",
              MedianMicroseconds([&] { (void)lakesmith::sql::ToSql(**parsed); }));
  return 0;
}
