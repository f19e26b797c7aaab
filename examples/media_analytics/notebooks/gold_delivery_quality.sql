-- Databricks notebook source
-- MAGIC %md
-- MAGIC # Gold: how well it was delivered
-- MAGIC One row a day, CDN and protocol.

-- COMMAND ----------

USE CATALOG IDENTIFIER(:catalog);
DECLARE OR REPLACE VARIABLE load_date DATE;
SET VAR load_date = DATE(:date);

-- COMMAND ----------

CREATE TABLE IF NOT EXISTS gold.delivery_quality (
  date DATE, cdn STRING, protocol STRING, deliveries BIGINT, failed BIGINT, degraded BIGINT, failed_percent DECIMAL(5, 2),
  bytes_sent BIGINT, rebuffer_ms BIGINT, average_startup_ms DECIMAL(10, 1), startup_ms_95 INT COMMENT '95 of 100 start faster')
COMMENT 'CDN and streaming quality';

-- COMMAND ----------

-- Only the day of this run is computed; other days stay as they are.
INSERT INTO gold.delivery_quality REPLACE WHERE date = DATE(:date)
SELECT date, cdn, protocol, count(*), count_if(has_failed), count_if(status = 'degraded'),
       CAST(100 * count_if(has_failed) / count(*) AS DECIMAL(5, 2)), sum(bytes_sent), sum(rebuffer_ms),
       CAST(avg(startup_ms) AS DECIMAL(10, 1)), CAST(percentile_disc(0.95) WITHIN GROUP (ORDER BY startup_ms) AS INT)
FROM silver.delivery
WHERE date = load_date
GROUP BY date, cdn, protocol;
