-- Databricks notebook source
-- MAGIC %md
-- MAGIC # Gold: key figures of the day
-- MAGIC One row a day: reach, watch time, revenue, quality of delivery.

-- COMMAND ----------

USE CATALOG IDENTIFIER(:catalog);
DECLARE OR REPLACE VARIABLE load_date DATE;
SET VAR load_date = DATE(:date);

-- COMMAND ----------

CREATE TABLE IF NOT EXISTS gold.executive_summary (
  date DATE, views BIGINT, active_devices BIGINT, active_assets BIGINT, watch_hours DECIMAL(18, 2), completion_percent DECIMAL(5, 2),
  revenue DECIMAL(18, 2), premium_revenue DECIMAL(18, 2), deliveries BIGINT, failed_percent DECIMAL(5, 2), terabytes DECIMAL(18, 4),
  best_asset STRING COMMENT 'Title of the asset with the most watch time')
COMMENT 'Executive KPIs and trends';

-- COMMAND ----------

-- Only the day of this run is computed; other days stay as they are.
INSERT INTO gold.executive_summary REPLACE WHERE date = DATE(:date)
WITH views AS (
  SELECT m.*, a.title, a.is_premium FROM silver.metrics m JOIN silver.assets a ON a.id = m.asset_id WHERE m.date = load_date),
best AS (
  SELECT title FROM views GROUP BY asset_id, title ORDER BY sum(watch_seconds) DESC, asset_id LIMIT 1),
delivered AS (
  SELECT count(*) AS deliveries, count_if(has_failed) AS failed, sum(bytes_sent) AS bytes FROM silver.delivery WHERE date = load_date)
SELECT load_date, count(*), count(DISTINCT device_id), count(DISTINCT asset_id),
       CAST(sum(watch_seconds) / 3600 AS DECIMAL(18, 2)), CAST(100 * count_if(completed) / count(*) AS DECIMAL(5, 2)),
       CAST(sum(revenue) AS DECIMAL(18, 2)), CAST(coalesce(sum(revenue) FILTER (WHERE is_premium), 0) AS DECIMAL(18, 2)),
       max(deliveries), CAST(100 * max(failed) / max(deliveries) AS DECIMAL(5, 2)), CAST(max(bytes) / 1e12 AS DECIMAL(18, 4)),
       max(best.title)
FROM views CROSS JOIN delivered CROSS JOIN best;

SELECT * FROM gold.executive_summary ORDER BY date DESC LIMIT 7;
