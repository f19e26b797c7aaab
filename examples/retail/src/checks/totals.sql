-- The same revenue, seen through each gold table. A difference fails the task.
SELECT assert_true(
  (SELECT sum(revenue) FROM gold.category_analytics) = (SELECT sum(total_amount) FROM silver.transactions_clean),
  'gold.category_analytics: the revenue is not that of the sales');
SELECT assert_true(
  (SELECT sum(revenue) FROM gold.customer_analytics) = (SELECT sum(total_amount) FROM silver.transactions_clean),
  'gold.customer_analytics: the revenue is not that of the sales');
SELECT assert_true(
  (SELECT sum(revenue) FROM gold.payment_analytics) = (SELECT sum(revenue) FROM gold.device_analytics),
  'gold.payment_analytics and gold.device_analytics: the revenues differ');
