-- Databricks notebook source
-- MAGIC %md
-- MAGIC # Gold: where people watch
-- MAGIC One row a day and country.

-- COMMAND ----------

USE CATALOG IDENTIFIER(:catalog);
DECLARE OR REPLACE VARIABLE load_date DATE;
SET VAR load_date = DATE(:date);

-- COMMAND ----------

CREATE TABLE IF NOT EXISTS gold.geographic_analytics (
  date DATE, continent STRING, country STRING, country_name STRING, views BIGINT, active_devices BIGINT, watch_seconds BIGINT,
  revenue DECIMAL(18, 2), deliveries BIGINT, failed BIGINT, bytes_sent BIGINT)
COMMENT 'Regional performance insights';

-- COMMAND ----------

-- Only the day of this run is computed; other days stay as they are.
INSERT INTO gold.geographic_analytics REPLACE WHERE date = DATE(:date)
WITH viewed AS (
  SELECT g.country, count(*) AS views, count(DISTINCT device_id) AS active_devices, sum(watch_seconds) AS watch_seconds, sum(revenue) AS revenue
  FROM silver.metrics m JOIN silver.geo g ON g.id = m.place_id WHERE m.date = load_date GROUP BY g.country),
delivered AS (
  SELECT g.country, count(*) AS deliveries, count_if(has_failed) AS failed, sum(bytes_sent) AS bytes_sent
  FROM silver.delivery d JOIN silver.geo g ON g.id = d.place_id WHERE d.date = load_date GROUP BY g.country),
countries AS (SELECT DISTINCT continent, country, country_name FROM silver.geo)
SELECT load_date, continent, country, country_name, coalesce(views, 0), coalesce(active_devices, 0), coalesce(watch_seconds, 0),
       CAST(coalesce(revenue, 0) AS DECIMAL(18, 2)), coalesce(deliveries, 0), coalesce(failed, 0), coalesce(bytes_sent, 0)
FROM countries LEFT JOIN viewed USING (country) LEFT JOIN delivered USING (country)
WHERE views IS NOT NULL OR deliveries IS NOT NULL;
