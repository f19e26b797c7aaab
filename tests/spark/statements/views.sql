-- Views: what they keep of the text that made them, and how they follow their tables.
CREATE TABLE t (a INT, b STRING);
INSERT INTO t VALUES (1, 'x'), (2, 'y');
CREATE VIEW v AS SELECT * FROM t;
SELECT * FROM v ORDER BY a;
CREATE VIEW v AS SELECT 1;
CREATE OR REPLACE VIEW v (x, y) AS SELECT a, b FROM t;
SELECT x, y FROM v ORDER BY x;
CREATE OR REPLACE VIEW v (x) AS SELECT a, b FROM t;
CREATE OR REPLACE VIEW v (x, x) AS SELECT a, b FROM t;
CREATE OR REPLACE VIEW v AS SELECT a, a FROM t;
CREATE VIEW IF NOT EXISTS v AS SELECT 5 AS five;
-- differs: Spark drops a view that it then fails to replace; here it stays.
SELECT count(*) FROM v;
DROP VIEW v;
DROP VIEW v;
DROP VIEW IF EXISTS v;
DROP TABLE v;
CREATE TEMPORARY VIEW tv AS SELECT a FROM t;
CREATE TEMP VIEW tv AS SELECT 2;
SELECT * FROM tv ORDER BY 1;
CREATE TEMPORARY VIEW tv3 (p COMMENT 'first', q) AS VALUES (1, 'a');
SELECT p, q FROM tv3;
DROP VIEW tv3;
SELECT * FROM tv3;
