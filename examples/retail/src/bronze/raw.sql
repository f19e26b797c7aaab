-- Bronze: every raw row, as delivered. Files are ingested once; rules are counted, no row is dropped.

CREATE OR REFRESH STREAMING TABLE bronze.customers (
  CONSTRAINT has_id EXPECT (customer_id IS NOT NULL),
  CONSTRAINT plausible_email EXPECT (email RLIKE '^[^@ ]+@[^@ ]+[.][a-z]+$')
)
COMMENT 'Customers as delivered: one row each time something about a customer changes'
AS SELECT * FROM STREAM read_files('${landing}/customers', format => 'parquet');

CREATE OR REFRESH STREAMING TABLE bronze.products (
  CONSTRAINT has_id EXPECT (product_id IS NOT NULL),
  CONSTRAINT positive_price EXPECT (unit_price > 0)
)
COMMENT 'Products as delivered: one row each time price, stock or activity changes'
AS SELECT * FROM STREAM read_files('${landing}/products', format => 'parquet');

CREATE OR REFRESH STREAMING TABLE bronze.transactions (
  CONSTRAINT known_status EXPECT (status IN ('completed', 'pending', 'cancelled', 'refunded'))
)
COMMENT 'Sales as delivered'
AS SELECT * FROM STREAM read_files('${landing}/transactions', format => 'parquet');
