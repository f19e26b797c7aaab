-- NULL before IN (SELECT ...), and types of window bounds, limits and indexes.
SELECT x IN (SELECT 1) FROM VALUES (NULL), (1) t(x);
SELECT x IN (SELECT 1) FROM VALUES (CAST(NULL AS INT)) t(x);
-- differs: a constant NULL is looked up like any other value.
SELECT x IN (SELECT 1) FROM (SELECT CAST(NULL AS INT) AS x);
SELECT x NOT IN (SELECT y FROM VALUES (1), (2) u(y)) FROM VALUES (CAST(NULL AS INT)), (3), (1) t(x);
SELECT x IN (SELECT y FROM VALUES (1), (NULL) u(y)) FROM VALUES (CAST(NULL AS INT)), (3), (1) t(x);
SELECT NULL IN (SELECT 1), x FROM VALUES (1) t(x);
-- differs: a constant NULL is looked up like any other value.
SELECT x IN (SELECT 1) FROM (SELECT NULL AS x);
SELECT coalesce(x IN (SELECT 1), true), x IN (SELECT 1) IS NULL FROM VALUES (CAST(NULL AS INT)), (2) t(x);
SELECT lag(x, 1, 2.5) OVER (ORDER BY x), lag(x, 1, 'a') OVER (ORDER BY x) FROM VALUES (1) t(x);
SELECT lag(x, 1, 7L) OVER (ORDER BY x), lead(x, 1, '8') OVER (ORDER BY x), lead(x, 1, NULL) OVER (ORDER BY x) FROM VALUES (1) t(x);
SELECT lag(x, 1, 2.5D) OVER (ORDER BY x), lag('a', 1, 2) OVER (ORDER BY x) FROM VALUES (1) t(x);
SELECT lag(NULL, 1, 2) OVER (ORDER BY x) FROM VALUES (1) t(x);
SELECT sum(x) OVER (ORDER BY x ROWS 1L PRECEDING) FROM VALUES (1) t(x);
SELECT sum(x) OVER (ORDER BY x ROWS 1S PRECEDING) FROM VALUES (1) t(x);
SELECT sum(x) OVER (ORDER BY x ROWS BETWEEN 1 + 1 PRECEDING AND 1.5 FOLLOWING) FROM VALUES (1) t(x);
SELECT x FROM VALUES (1) t(x) LIMIT 1S;
SELECT x FROM VALUES (1) t(x) LIMIT 1Y;
SELECT x FROM VALUES (1) t(x) OFFSET 0S;
SELECT element_at(array(1, 2), '1');
SELECT element_at(array(1, 2), 1S), element_at(array(1, 2), 1Y);
SELECT element_at(array(1, 2), 1L);
SELECT map(1, 2) IN (SELECT map(1, 2));
