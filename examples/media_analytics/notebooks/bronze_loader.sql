-- Databricks notebook source
-- MAGIC %md
-- MAGIC # Bronze: the raw files of one day, as they are
-- MAGIC A day is a partition. Loading a day again replaces it, so a repeated run ends in the same tables. Columns that
-- MAGIC appear in later files are added to the table.

-- COMMAND ----------

CREATE CATALOG IF NOT EXISTS IDENTIFIER(:catalog);
USE CATALOG IDENTIFIER(:catalog);
CREATE SCHEMA IF NOT EXISTS bronze COMMENT 'Raw data, as it arrived';
CREATE SCHEMA IF NOT EXISTS silver COMMENT 'Clean data, one row a thing';
CREATE SCHEMA IF NOT EXISTS gold COMMENT 'Answers';

-- COMMAND ----------

CREATE TABLE IF NOT EXISTS bronze.raw_assets (
  id BIGINT, date DATE, title STRING, asset_type STRING, genre STRING, language STRING, studio STRING,
  duration_seconds INT, release_date DATE, license_fee DECIMAL(12, 2), is_premium BOOLEAN, updated_at TIMESTAMP,
  batch_date DATE COMMENT 'Day of the file', source_file STRING, ingested_at TIMESTAMP)
PARTITIONED BY (batch_date)
COMMENT 'Raw asset metadata from CMS';

INSERT WITH SCHEMA EVOLUTION INTO bronze.raw_assets BY NAME REPLACE WHERE batch_date = DATE(:date)
SELECT *, DATE(:date) AS batch_date, :assets_path AS source_file, current_timestamp() AS ingested_at
FROM read_files(:assets_path, format => 'parquet');

-- COMMAND ----------

CREATE TABLE IF NOT EXISTS bronze.raw_delivery (
  id BIGINT, date DATE, asset_id BIGINT, device_id BIGINT, place_id BIGINT, started_at TIMESTAMP, cdn STRING,
  protocol STRING, status STRING, http_status INT, startup_ms INT, rebuffer_count INT, rebuffer_ms INT,
  bitrate_kbps INT, bytes_sent BIGINT,
  batch_date DATE COMMENT 'Day of the file', source_file STRING, ingested_at TIMESTAMP)
PARTITIONED BY (batch_date)
COMMENT 'Raw delivery logs from CDN';

INSERT WITH SCHEMA EVOLUTION INTO bronze.raw_delivery BY NAME REPLACE WHERE batch_date = DATE(:date)
SELECT *, DATE(:date) AS batch_date, :delivery_path AS source_file, current_timestamp() AS ingested_at
FROM read_files(:delivery_path, format => 'parquet');

-- COMMAND ----------

CREATE TABLE IF NOT EXISTS bronze.raw_devices (
  id BIGINT, date DATE, device_type STRING, platform STRING, manufacturer STRING, app_version STRING,
  screen_height INT, supports_hdr BOOLEAN, updated_at TIMESTAMP,
  batch_date DATE COMMENT 'Day of the file', source_file STRING, ingested_at TIMESTAMP)
PARTITIONED BY (batch_date)
COMMENT 'Raw device information';

INSERT WITH SCHEMA EVOLUTION INTO bronze.raw_devices BY NAME REPLACE WHERE batch_date = DATE(:date)
SELECT *, DATE(:date) AS batch_date, :devices_path AS source_file, current_timestamp() AS ingested_at
FROM read_files(:devices_path, format => 'parquet');

-- COMMAND ----------

CREATE TABLE IF NOT EXISTS bronze.raw_geo (
  id BIGINT, date DATE, city STRING, country STRING, country_name STRING, region STRING, continent STRING,
  time_zone STRING,
  batch_date DATE COMMENT 'Day of the file', source_file STRING, ingested_at TIMESTAMP)
PARTITIONED BY (batch_date)
COMMENT 'Raw geographic data';

INSERT WITH SCHEMA EVOLUTION INTO bronze.raw_geo BY NAME REPLACE WHERE batch_date = DATE(:date)
SELECT *, DATE(:date) AS batch_date, :geo_path AS source_file, current_timestamp() AS ingested_at
FROM read_files(:geo_path, format => 'parquet');

-- COMMAND ----------

CREATE TABLE IF NOT EXISTS bronze.raw_metrics (
  id BIGINT, date DATE, asset_id BIGINT, device_id BIGINT, place_id BIGINT, viewed_at TIMESTAMP, watch_seconds INT,
  completed BOOLEAN, likes INT, shares INT, revenue DECIMAL(12, 2),
  batch_date DATE COMMENT 'Day of the file', source_file STRING, ingested_at TIMESTAMP)
PARTITIONED BY (batch_date)
COMMENT 'Raw performance metrics';

INSERT WITH SCHEMA EVOLUTION INTO bronze.raw_metrics BY NAME REPLACE WHERE batch_date = DATE(:date)
SELECT *, DATE(:date) AS batch_date, :metrics_path AS source_file, current_timestamp() AS ingested_at
FROM read_files(:metrics_path, format => 'parquet');

-- COMMAND ----------

-- What the silver tasks, which run at once, write about the rows that they leave out.
CREATE TABLE IF NOT EXISTS silver.data_quality (
  table_name STRING, batch_date DATE, rows_read BIGINT, null_ids BIGINT, wrong_dates BIGINT, negative_values BIGINT,
  unknown_assets BIGINT, duplicates BIGINT, rows_kept BIGINT)
PARTITIONED BY (table_name)
COMMENT 'Rows of each batch that a silver table left out, and why';

SELECT 'raw_assets' AS table_name, count(*) AS rows FROM bronze.raw_assets WHERE batch_date = DATE(:date)
UNION ALL SELECT 'raw_delivery', count(*) FROM bronze.raw_delivery WHERE batch_date = DATE(:date)
UNION ALL SELECT 'raw_devices', count(*) FROM bronze.raw_devices WHERE batch_date = DATE(:date)
UNION ALL SELECT 'raw_geo', count(*) FROM bronze.raw_geo WHERE batch_date = DATE(:date)
UNION ALL SELECT 'raw_metrics', count(*) FROM bronze.raw_metrics WHERE batch_date = DATE(:date);
