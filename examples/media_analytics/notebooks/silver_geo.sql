-- Databricks notebook source
-- MAGIC %md
-- MAGIC # Silver: normalized geographic data
-- MAGIC Each day brings the whole list; only places that are new or different are written.

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
FROM bronze.raw_geo WHERE batch_date = load_date;

CREATE OR REPLACE TEMPORARY VIEW batch AS
SELECT id, date, trim(city) AS city, upper(country) AS country, country_name, region, continent, time_zone
FROM judged WHERE fault IS NULL
QUALIFY row_number() OVER (PARTITION BY id ORDER BY city) = 1;

-- COMMAND ----------

-- The checks that each batch must pass before anything is written.
SELECT assert_true(count(*) > 0, concat('Empty dataset: bronze.raw_geo has no valid row of ', :date)),
       assert_true(count_if(id IS NULL) = 0, 'Null IDs found'),
       assert_true(count(DISTINCT date) = 1, 'Multiple dates in batch')
FROM batch;

INSERT INTO silver.data_quality REPLACE WHERE table_name = 'geo' AND batch_date = DATE(:date)
SELECT 'geo', load_date, count(*), count_if(fault = 'null_id'), count_if(fault = 'wrong_date'),
       count_if(fault = 'negative'), count_if(fault = 'unknown_asset'),
       count_if(fault IS NULL) - (SELECT count(*) FROM batch), (SELECT count(*) FROM batch)
FROM judged;

-- COMMAND ----------

CREATE TABLE IF NOT EXISTS silver.geo (
  id BIGINT, date DATE COMMENT 'Day of the last change', city STRING, country STRING, country_name STRING,
  region STRING, continent STRING, time_zone STRING)
COMMENT 'Normalized geographic data';

-- COMMAND ----------

MERGE INTO silver.geo AS target
USING batch AS source ON target.id = source.id
WHEN MATCHED AND source.date > target.date AND (source.city <> target.city OR source.country <> target.country OR source.region <> target.region OR
     source.continent <> target.continent OR source.time_zone <> target.time_zone) THEN UPDATE SET *
WHEN NOT MATCHED THEN INSERT *;
