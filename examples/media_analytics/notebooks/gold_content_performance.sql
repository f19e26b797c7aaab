-- Databricks notebook source
-- MAGIC %md
-- MAGIC # Gold: how each asset did
-- MAGIC One row a day and asset that was watched.

-- COMMAND ----------

USE CATALOG IDENTIFIER(:catalog);
DECLARE OR REPLACE VARIABLE load_date DATE;
SET VAR load_date = DATE(:date);

-- COMMAND ----------

CREATE TABLE IF NOT EXISTS gold.content_performance (
  date DATE, asset_id BIGINT, title STRING, asset_type STRING, genre STRING, is_premium BOOLEAN, views BIGINT, completed BIGINT,
  watch_seconds BIGINT, likes BIGINT, shares BIGINT, revenue DECIMAL(18, 2), completion_percent DECIMAL(5, 2),
  rank_of_day INT COMMENT '1 has the most watch time of its day')
PARTITIONED BY (date)
COMMENT 'Content engagement metrics';

-- COMMAND ----------

-- Only the day of this run is computed; other days stay as they are.
INSERT INTO gold.content_performance REPLACE WHERE date = DATE(:date)
SELECT m.date, m.asset_id, a.title, a.asset_type, a.genre, a.is_premium, count(*), count_if(completed), sum(watch_seconds),
       sum(likes), sum(shares), CAST(sum(revenue) AS DECIMAL(18, 2)), CAST(100 * count_if(completed) / count(*) AS DECIMAL(5, 2)),
       CAST(rank() OVER (ORDER BY sum(watch_seconds) DESC, m.asset_id) AS INT)
FROM silver.metrics m JOIN silver.assets a ON a.id = m.asset_id
WHERE m.date = load_date
GROUP BY m.date, m.asset_id, a.title, a.asset_type, a.genre, a.is_premium;

OPTIMIZE gold.content_performance WHERE date = DATE(:date) ZORDER BY (asset_type, genre);
