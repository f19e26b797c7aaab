-- Databricks notebook source
-- MAGIC %md
-- MAGIC # Silver: standardized device data
-- MAGIC A day brings devices that are new or changed; they are merged by id.

-- COMMAND ----------

USE CATALOG IDENTIFIER(:catalog);
DECLARE OR REPLACE VARIABLE load_date DATE;
SET VAR load_date = DATE(:date);

-- COMMAND ----------

-- Each row of the batch with the rule that it breaks; of rows that say the same thing twice, one is kept.
CREATE OR REPLACE TEMPORARY VIEW judged AS
SELECT *, CASE WHEN id IS NULL THEN 'null_id'
            WHEN date IS DISTINCT FROM batch_date THEN 'wrong_date'
       END AS fault
FROM bronze.raw_devices WHERE batch_date = load_date;

CREATE OR REPLACE TEMPORARY VIEW batch AS
SELECT id, date, lower(device_type) AS device_type, platform, manufacturer, app_version, screen_height, supports_hdr,
       updated_at
FROM judged WHERE fault IS NULL
QUALIFY row_number() OVER (PARTITION BY id ORDER BY updated_at DESC) = 1;

-- COMMAND ----------

-- The checks that each batch must pass before anything is written.
SELECT assert_true(count(*) > 0, concat('Empty dataset: bronze.raw_devices has no valid row of ', :date)),
       assert_true(count_if(id IS NULL) = 0, 'Null IDs found'),
       assert_true(count(DISTINCT date) = 1, 'Multiple dates in batch')
FROM batch;

INSERT INTO silver.data_quality REPLACE WHERE table_name = 'devices' AND batch_date = DATE(:date)
SELECT 'devices', load_date, count(*), count_if(fault = 'null_id'), count_if(fault = 'wrong_date'),
       count_if(fault = 'negative'), count_if(fault = 'unknown_asset'),
       count_if(fault IS NULL) - (SELECT count(*) FROM batch), (SELECT count(*) FROM batch)
FROM judged;

-- COMMAND ----------

CREATE TABLE IF NOT EXISTS silver.devices (
  id BIGINT, date DATE COMMENT 'Day of the last change', device_type STRING, platform STRING, manufacturer STRING,
  app_version STRING, screen_height INT, supports_hdr BOOLEAN, updated_at TIMESTAMP)
COMMENT 'Standardized device data';

-- COMMAND ----------

MERGE INTO silver.devices AS target
USING batch AS source ON target.id = source.id
WHEN MATCHED AND source.updated_at > target.updated_at THEN UPDATE SET *
WHEN NOT MATCHED THEN INSERT *;

OPTIMIZE silver.devices;
