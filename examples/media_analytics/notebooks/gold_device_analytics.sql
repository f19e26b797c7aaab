-- Databricks notebook source
-- MAGIC %md
-- MAGIC # Gold: what people watch on
-- MAGIC One row a day, device type and platform.

-- COMMAND ----------

USE CATALOG IDENTIFIER(:catalog);
DECLARE OR REPLACE VARIABLE load_date DATE;
SET VAR load_date = DATE(:date);

-- COMMAND ----------

CREATE TABLE IF NOT EXISTS gold.device_analytics (
  date DATE, device_type STRING, platform STRING, views BIGINT, active_devices BIGINT, completed BIGINT, watch_seconds BIGINT,
  revenue DECIMAL(18, 2), hdr_views BIGINT)
COMMENT 'Device usage patterns';

-- COMMAND ----------

-- Only the day of this run is computed; other days stay as they are.
INSERT INTO gold.device_analytics REPLACE WHERE date = DATE(:date)
SELECT m.date, d.device_type, d.platform, count(*), count(DISTINCT m.device_id), count_if(completed), sum(watch_seconds),
       CAST(sum(revenue) AS DECIMAL(18, 2)), count_if(supports_hdr)
FROM silver.metrics m JOIN silver.devices d ON d.id = m.device_id
WHERE m.date = load_date
GROUP BY m.date, d.device_type, d.platform;
