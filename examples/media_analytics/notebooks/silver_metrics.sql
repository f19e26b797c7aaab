-- Databricks notebook source
-- MAGIC %md
-- MAGIC # Silver: validated performance metrics
-- MAGIC A day is a partition. Rows are merged by id within it: a batch that comes again, whole or corrected, changes just the
-- MAGIC rows that differ. An asset counts as known when bronze has it: silver tasks run at once, so silver.assets may be behind.

-- COMMAND ----------

USE CATALOG IDENTIFIER(:catalog);
DECLARE OR REPLACE VARIABLE load_date DATE;
SET VAR load_date = DATE(:date);

-- COMMAND ----------

-- Each row of the batch with the rule that it breaks; of rows that say the same thing twice, one is kept.
CREATE OR REPLACE TEMPORARY VIEW judged AS
SELECT *, CASE WHEN id IS NULL THEN 'null_id'
            WHEN date IS DISTINCT FROM batch_date THEN 'wrong_date'
            WHEN watch_seconds < 0 THEN 'negative'
            WHEN asset_id NOT IN (SELECT id FROM bronze.raw_assets WHERE id IS NOT NULL) THEN 'unknown_asset'
       END AS fault
FROM bronze.raw_metrics WHERE batch_date = load_date;

CREATE OR REPLACE TEMPORARY VIEW batch AS
SELECT id, date, asset_id, device_id, place_id, viewed_at, watch_seconds, completed, likes, shares, revenue
FROM judged WHERE fault IS NULL
QUALIFY row_number() OVER (PARTITION BY id ORDER BY viewed_at) = 1;

-- COMMAND ----------

-- The checks that each batch must pass before anything is written.
SELECT assert_true(count(*) > 0, concat('Empty dataset: bronze.raw_metrics has no valid row of ', :date)),
       assert_true(count_if(id IS NULL) = 0, 'Null IDs found'),
       assert_true(count(DISTINCT date) = 1, 'Multiple dates in batch')
FROM batch;

INSERT INTO silver.data_quality REPLACE WHERE table_name = 'metrics' AND batch_date = DATE(:date)
SELECT 'metrics', load_date, count(*), count_if(fault = 'null_id'), count_if(fault = 'wrong_date'),
       count_if(fault = 'negative'), count_if(fault = 'unknown_asset'),
       count_if(fault IS NULL) - (SELECT count(*) FROM batch), (SELECT count(*) FROM batch)
FROM judged;

-- COMMAND ----------

CREATE TABLE IF NOT EXISTS silver.metrics (
  id BIGINT, date DATE, asset_id BIGINT, device_id BIGINT, place_id BIGINT, viewed_at TIMESTAMP, watch_seconds INT,
  completed BOOLEAN, likes INT, shares INT, revenue DECIMAL(12, 2))
PARTITIONED BY (date)
COMMENT 'Validated performance metrics';

-- COMMAND ----------

MERGE INTO silver.metrics AS target
USING batch AS source ON target.id = source.id AND target.date = source.date AND target.date = DATE(:date)
WHEN MATCHED AND (source.watch_seconds <> target.watch_seconds OR source.revenue <> target.revenue) THEN UPDATE SET *
WHEN NOT MATCHED THEN INSERT *;

OPTIMIZE silver.metrics WHERE date = DATE(:date) ZORDER BY (asset_id, device_id);
