-- Valid product rows as they arrive, then the latest state of each product, then those that are sold today.
CREATE OR REFRESH STREAMING TABLE silver.products_history (
  CONSTRAINT has_id EXPECT (product_id IS NOT NULL) ON VIOLATION DROP ROW,
  CONSTRAINT has_category EXPECT (category IS NOT NULL) ON VIOLATION DROP ROW,
  CONSTRAINT positive_price EXPECT (unit_price > 0) ON VIOLATION DROP ROW
)
COMMENT 'Every valid state of each product'
AS SELECT * FROM STREAM bronze.products;

CREATE OR REFRESH MATERIALIZED VIEW silver.products
COMMENT 'One row a product: its latest state'
AS
SELECT product_id, product_name, category, subcategory, brand, supplier, supplier_country,
       unit_price, unit_cost, stock_quantity, reorder_level, is_active, updated_at
FROM silver.products_history
QUALIFY row_number() OVER (PARTITION BY product_id ORDER BY updated_at DESC) = 1;

CREATE OR REFRESH MATERIALIZED VIEW silver.products_active
COMMENT 'Products that are sold today'
AS
SELECT product_id, product_name, category, subcategory, brand, supplier, supplier_country,
       unit_price, unit_cost, stock_quantity, reorder_level,
       round((unit_price - unit_cost) / unit_price * 100, 1) AS margin_percent,
       stock_quantity * unit_price AS stock_value,
       stock_quantity < reorder_level AS is_low_stock
FROM silver.products
WHERE is_active;
