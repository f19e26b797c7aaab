-- Databricks notebook source
-- MAGIC %md
-- MAGIC # Silver: cleaned asset attributes
-- MAGIC A day brings the assets that changed; they are merged by id, and an older state never replaces a newer one. Columns
-- MAGIC that appear in later files (`content_rating`) are added to the table.

-- COMMAND ----------

USE CATALOG IDENTIFIER(:catalog);
DECLARE OR REPLACE VARIABLE load_date DATE;
SET VAR load_date = DATE(:date);

-- COMMAND ----------

-- Each row of the batch with the rule that it breaks; of rows that say the same thing twice, one is kept.
CREATE OR REPLACE TEMPORARY VIEW judged AS
SELECT *, CASE WHEN id IS NULL THEN 'null_id'
            WHEN date IS DISTINCT FROM batch_date THEN 'wrong_date'
            WHEN duration_seconds <= 0 THEN 'negative'
       END AS fault
FROM bronze.raw_assets WHERE batch_date = load_date;

CREATE OR REPLACE TEMPORARY VIEW batch AS
SELECT * EXCEPT (batch_date, source_file, ingested_at, fault)
FROM judged WHERE fault IS NULL
QUALIFY row_number() OVER (PARTITION BY id ORDER BY updated_at DESC) = 1;

-- COMMAND ----------

-- The checks that each batch must pass before anything is written.
SELECT assert_true(count(*) > 0, concat('Empty dataset: bronze.raw_assets has no valid row of ', :date)),
       assert_true(count_if(id IS NULL) = 0, 'Null IDs found'),
       assert_true(count(DISTINCT date) = 1, 'Multiple dates in batch')
FROM batch;

INSERT INTO silver.data_quality REPLACE WHERE table_name = 'assets' AND batch_date = DATE(:date)
SELECT 'assets', load_date, count(*), count_if(fault = 'null_id'), count_if(fault = 'wrong_date'),
       count_if(fault = 'negative'), count_if(fault = 'unknown_asset'),
       count_if(fault IS NULL) - (SELECT count(*) FROM batch), (SELECT count(*) FROM batch)
FROM judged;

-- COMMAND ----------

CREATE TABLE IF NOT EXISTS silver.assets (
  id BIGINT, date DATE COMMENT 'Day of the last change', title STRING, asset_type STRING, genre STRING,
  language STRING, studio STRING, duration_seconds INT, release_date DATE, license_fee DECIMAL(12, 2),
  is_premium BOOLEAN, updated_at TIMESTAMP)
COMMENT 'Cleaned asset attributes';

-- COMMAND ----------

MERGE WITH SCHEMA EVOLUTION INTO silver.assets AS target
USING batch AS source ON target.id = source.id
WHEN MATCHED AND source.updated_at > target.updated_at THEN UPDATE SET *
WHEN NOT MATCHED THEN INSERT *;

-- Small files of many merges become one, ordered for queries by type and genre.
OPTIMIZE silver.assets ZORDER BY (asset_type, genre);
