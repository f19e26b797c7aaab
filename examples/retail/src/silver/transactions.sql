-- Completed sales, each once, with what is needed to group them. A row without its customer or product is dropped by rule.
CREATE OR REFRESH MATERIALIZED VIEW silver.transactions_clean (
  CONSTRAINT has_id EXPECT (transaction_id IS NOT NULL) ON VIOLATION DROP ROW,
  CONSTRAINT has_customer EXPECT (customer_id IS NOT NULL) ON VIOLATION DROP ROW,
  CONSTRAINT known_customer EXPECT (customer_since IS NOT NULL) ON VIOLATION DROP ROW,
  CONSTRAINT known_product EXPECT (category IS NOT NULL) ON VIOLATION DROP ROW,
  CONSTRAINT positive_amount EXPECT (total_amount > 0) ON VIOLATION DROP ROW,
  CONSTRAINT not_in_the_future EXPECT (transaction_time < TIMESTAMP'2090-01-01 00:00:00') ON VIOLATION DROP ROW
)
COMMENT 'Completed sales with time features'
AS
WITH sales AS (
  SELECT DISTINCT *
  FROM bronze.transactions
  WHERE status = 'completed'
)
SELECT s.transaction_id,
       s.customer_id,
       c.registration_date AS customer_since,
       s.product_id,
       p.category,
       s.transaction_time,
       to_date(s.transaction_time) AS transaction_date,
       year(s.transaction_time) AS year,
       month(s.transaction_time) AS month,
       hour(s.transaction_time) AS hour,
       dayofweek(s.transaction_time) AS day_of_week,
       dayofweek(s.transaction_time) IN (1, 7) AS is_weekend,
       CASE
         WHEN hour(s.transaction_time) BETWEEN 6 AND 11 THEN 'morning'
         WHEN hour(s.transaction_time) BETWEEN 12 AND 17 THEN 'afternoon'
         WHEN hour(s.transaction_time) BETWEEN 18 AND 22 THEN 'evening'
         ELSE 'night'
       END AS day_part,
       s.quantity,
       s.unit_price,
       s.discount_percent,
       s.total_amount,
       s.payment_method,
       s.device,
       s.browser
FROM sales s
LEFT JOIN silver.customers c ON c.customer_id = s.customer_id
LEFT JOIN silver.products p ON p.product_id = s.product_id;
