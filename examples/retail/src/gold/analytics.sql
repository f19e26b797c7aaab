-- Gold: the five tables that reports read.

CREATE OR REFRESH MATERIALIZED VIEW gold.customer_analytics
COMMENT 'Customers and revenue by segment and city'
AS
SELECT segment,
       city,
       count(*) AS customers,
       sum(orders) AS sales,
       sum(total_spent) AS revenue,
       round(sum(total_spent) / count(*), 2) AS revenue_per_customer,
       round(sum(total_spent) / nullif(sum(orders), 0), 2) AS average_order
FROM silver.customers_enriched
GROUP BY segment, city;

CREATE OR REFRESH MATERIALIZED VIEW gold.category_analytics
COMMENT 'Sales and revenue by product category'
AS
SELECT category,
       count(*) AS sales,
       sum(quantity) AS units,
       sum(total_amount) AS revenue,
       count(DISTINCT customer_id) AS customers,
       round(avg(total_amount), 2) AS average_order,
       round(sum(total_amount) / sum(sum(total_amount)) OVER () * 100, 2) AS revenue_percent
FROM silver.transactions_clean
GROUP BY category;

CREATE OR REFRESH MATERIALIZED VIEW gold.payment_analytics
COMMENT 'Sales and revenue by payment method'
AS
SELECT payment_method,
       count(*) AS sales,
       sum(total_amount) AS revenue,
       round(avg(total_amount), 2) AS average_order,
       round(avg(CASE WHEN is_weekend THEN 100 ELSE 0 END), 1) AS weekend_percent
FROM silver.transactions_clean
GROUP BY payment_method;

CREATE OR REFRESH MATERIALIZED VIEW gold.device_analytics
COMMENT 'Sales, revenue and customers by device and browser'
AS
SELECT device,
       browser,
       count(*) AS sales,
       sum(total_amount) AS revenue,
       count(DISTINCT customer_id) AS customers
FROM silver.transactions_clean
GROUP BY device, browser;

CREATE OR REFRESH MATERIALIZED VIEW gold.product_analytics
COMMENT 'Inventory of active products by category and supplier'
AS
SELECT category,
       supplier,
       count(*) AS products,
       sum(stock_quantity) AS stock_units,
       sum(stock_value) AS stock_value,
       count_if(is_low_stock) AS low_stock_products,
       round(avg(margin_percent), 1) AS average_margin_percent
FROM silver.products_active
GROUP BY category, supplier;
