-- Valid customer rows as they arrive, then the latest state of each customer, then spending and segment.
CREATE OR REFRESH STREAMING TABLE silver.customers_history (
  CONSTRAINT has_id EXPECT (customer_id IS NOT NULL) ON VIOLATION DROP ROW,
  CONSTRAINT plausible_registration EXPECT (registration_date < DATE'2090-01-01') ON VIOLATION DROP ROW
)
COMMENT 'Every valid state of each customer; a malformed e-mail is emptied'
AS
SELECT customer_id, first_name, last_name,
       CASE WHEN email RLIKE '^[^@ ]+@[^@ ]+[.][a-z]+$' THEN email END AS email,
       phone, birth_date, gender, city, country, registration_date, marketing_opt_in, updated_at
FROM STREAM bronze.customers;

CREATE OR REFRESH MATERIALIZED VIEW silver.customers
COMMENT 'One row a customer: the latest state'
AS
SELECT *
FROM silver.customers_history
QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY updated_at DESC) = 1;

CREATE OR REFRESH MATERIALIZED VIEW silver.customers_enriched
COMMENT 'Customers with what they have bought and their segment by spending'
AS
WITH spending AS (
  SELECT customer_id,
         count(*) AS orders,
         sum(total_amount) AS total_spent,
         max(transaction_date) AS last_purchase
  FROM silver.transactions_clean
  GROUP BY customer_id
)
SELECT c.customer_id, c.first_name, c.last_name, c.email, c.city, c.country, c.registration_date, c.marketing_opt_in,
       coalesce(s.orders, 0) AS orders,
       coalesce(s.total_spent, 0) AS total_spent,
       s.total_spent / s.orders AS average_order,
       s.last_purchase,
       CASE
         WHEN s.total_spent >= 2000 THEN 'Premium'
         WHEN s.total_spent >= 1000 THEN 'Gold'
         WHEN s.total_spent >= 300 THEN 'Silver'
         ELSE 'Bronze'
       END AS segment
FROM silver.customers c
LEFT JOIN spending s ON s.customer_id = c.customer_id;
