-- Lateral column aliases, positions in ORDER BY and GROUP BY, samples.
SELECT a + 1 AS b, b * 2 AS c, c + b FROM VALUES (1) t(a);
SELECT a AS b, b FROM VALUES (1, 5) t(a, b);
SELECT sum(a) AS s, s + 1, avg(a) + s FROM VALUES (1), (2) t(a);
SELECT a AS x, sum(b) AS y, x + y FROM VALUES (1, 2) t(a, b) GROUP BY a;
SELECT a + 1 AS b FROM VALUES (1) t(a) WHERE b > 1;
SELECT a + 1 AS b, rank() OVER (ORDER BY b) FROM VALUES (1), (3) t(a);
SELECT a AS x, x AS x, x FROM VALUES (1) t(a);
SELECT x AS y, a AS x FROM VALUES (1) t(a);
-- differs: another type or name of a column.
SELECT struct(a) AS s, s.a, s.a + 1 FROM VALUES (1) t(a);
SELECT (SELECT b) FROM (SELECT 1 AS a) LATERAL VIEW explode(array(a)) x AS b;
SELECT a, b FROM VALUES (2, 'x'), (1, 'y') t(a, b) ORDER BY 1, 2 DESC;
SELECT a FROM VALUES (1) t(a) ORDER BY 0;
SELECT a FROM VALUES (1) t(a) ORDER BY 2;
SELECT a FROM VALUES (2), (1) t(a) ORDER BY -1;
SELECT a FROM VALUES (2), (1) t(a) ORDER BY 1 + 0;
SELECT a, count(*) FROM VALUES (1) t(a) GROUP BY 2;
SELECT a, 2 FROM VALUES (1) t(a) GROUP BY 1, 2;
SELECT a, 1 FROM VALUES (1) t(a) GROUP BY -1;
SELECT sum(a) FROM VALUES (1) t(a) GROUP BY 0;
SELECT * FROM VALUES (1), (2), (3) t(a) TABLESAMPLE (100 PERCENT);
SELECT count(*) FROM VALUES (1), (2), (3) t(a) TABLESAMPLE (2 ROWS);
SELECT * FROM VALUES (1) t(a) TABLESAMPLE (-1 PERCENT);
SELECT * FROM VALUES (1) t(a) TABLESAMPLE (101 PERCENT);
SELECT * FROM VALUES (1) t(a) TABLESAMPLE (5);
SELECT * FROM VALUES (1) t(a) TABLESAMPLE (BUCKET 4 OUT OF 10);
SELECT * FROM VALUES (1) t(a) TABLESAMPLE (BUCKET 11 OUT OF 10);
SELECT * FROM VALUES (1) t(a) TABLESAMPLE ();
SELECT sum(a) AS s, rank() OVER (ORDER BY s) FROM VALUES (1) t(a);
SELECT a AS b, sum(b) OVER (PARTITION BY b) FROM VALUES (1) t(a);
SELECT a AS b, sum(a) OVER (PARTITION BY a) AS w, w + b FROM VALUES (1) t(a);
SELECT a AS b, sum(b) FROM VALUES (1) t(a) GROUP BY a;
SELECT a AS b, sum(b + 1) AS c, max(c) FROM VALUES (1) t(a) GROUP BY a;
SELECT a AS b, (SELECT b) FROM VALUES (1) t(a);
SELECT a AS b, exists(array(1), x -> x = b) FROM VALUES (1) t(a);
SELECT a AS b, b IN (SELECT 1) FROM VALUES (1) t(a);
SELECT a AS b, b AS c, c AS d, d + b FROM VALUES (1) t(a) ORDER BY d;
SELECT DISTINCT a AS b, b + 1 AS c FROM VALUES (1), (1) t(a);
SELECT a AS b, count(*) FROM VALUES (1) t(a) GROUP BY b HAVING b > 0;
-- differs: another type or name of a column.
SELECT explode(array(1, 2)) AS x, x + 1;
-- differs: another type or name of a column.
SELECT stack(1, 2, 3) AS (p, q), p + q;
SELECT 1 AS `x.y`, `x.y` + 1;
SELECT named_struct('f', 1) AS s, s.f AS g, g + 1 AS h, h;
