"""Templates of whole queries for parity_cases.py.

{kind} is an expression of that type or class, {kind:0} a column or literal, {kind@p,q} one over the relations p and q;
{open} an expression of any type, {agg} an aggregate, {aggnum} one that gives a number, {window}, {generator}. «a¦b» is one
of the texts, the first the plainest. Whatever an answer depends on must be told: rows that are cut are in a total order.
"""

WINDOW_ORDERS = ["id", "i, id", "s DESC, id", "d DESC NULLS FIRST, id", "dt NULLS LAST, id", "m + 1, id"]
WINDOW_SPANS = [
    "", "", " ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING", " ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING", " ROWS 2 PRECEDING", " RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW",
    " ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING", " RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING", " ROWS BETWEEN CURRENT ROW AND 2 FOLLOWING",
]
ORDERED = "(SELECT * FROM t ORDER BY id)"
AGGREGATE_FRAMES = [
    f"SELECT {{}} FROM {ORDERED}", f"SELECT {{}} FROM {ORDERED}", f"SELECT g, {{}} FROM (SELECT *, id % 2 AS g FROM {ORDERED}) GROUP BY g", f"SELECT b, {{}}, count(*) FROM {ORDERED} GROUP BY ALL", "SELECT {} FROM t WHERE id > 100",
    f"SELECT b, id % 2 AS g, {{}} FROM {ORDERED} GROUP BY ROLLUP (b, g)", f"SELECT b FROM {ORDERED} GROUP BY b HAVING {{}} IS NOT NULL", f"SELECT s, {{}} FROM {ORDERED} GROUP BY s",
]
JOIN = "«JOIN¦LEFT JOIN¦RIGHT JOIN¦FULL JOIN¦INNER JOIN»"
QUERIES = [
    "SELECT id FROM t WHERE {boolean}", "SELECT id FROM t WHERE {boolean} «AND¦OR» {boolean}", "SELECT id FROM t WHERE NOT ({boolean})", "SELECT id, {open} AS x, x IS NULL FROM t «¦WHERE {boolean}»", "SELECT id, {any:1} AS x, x || '!' FROM t",
    "SELECT {key} AS g, {agg}, count(*) FROM t GROUP BY «g¦1¦ALL»", "SELECT {key} AS g, {aggnum} FROM t «¦WHERE {boolean} »GROUP BY g «¦HAVING {aggnum} > 1¦HAVING {agg} IS NOT NULL¦HAVING count(*) > 1»", "SELECT {aggnum}, {aggnum} FROM t WHERE {boolean}",
    "SELECT b, g, {aggnum}, «¦grouping(b), ¦grouping_id(b, g), »grouping(g) FROM (SELECT *, {key:1} AS g FROM t) GROUP BY «ROLLUP (b, g)¦CUBE (b, g)¦GROUPING SETS ((b), (g, b), ())¦b, ROLLUP (g)¦CUBE (b), g¦GROUPING SETS ((b, g), (b, g))» «¦HAVING count(*) > 1¦HAVING grouping(g) = 0»",
    "SELECT {key} + 0 AS x, sum({numeric}) FROM t GROUP BY x ORDER BY x", "SELECT DISTINCT {key}, {key} FROM t", "SELECT DISTINCT {open} FROM t", "SELECT {boolean}, {key} FROM t GROUP BY ALL",
    "SELECT id, {window} FROM t", "SELECT id, {window} + 1 FROM t", "SELECT id, {window} AS w FROM t QUALIFY «w IS NOT NULL¦row_number() OVER (ORDER BY {key}, id) <= 2»", "SELECT b, sum({aggnum}) OVER (ORDER BY b «¦NULLS LAST») FROM t GROUP BY b",
    "SELECT id, sum({int:1}) OVER w, max({any:1}) OVER w FROM t WINDOW w AS (PARTITION BY «b¦{key}» ORDER BY id «¦ROWS 1 PRECEDING¦DESC»)", "SELECT id, count(*) OVER (ORDER BY «i¦ty¦d¦m¦l» RANGE BETWEEN 1 PRECEDING AND «1 FOLLOWING¦CURRENT ROW¦2 FOLLOWING») FROM t",
    "SELECT id, sum(j) OVER (ORDER BY «dt¦ts¦tn» RANGE BETWEEN INTERVAL «'1' DAY¦'30' DAY¦'1' HOUR¦'1' YEAR» PRECEDING AND CURRENT ROW) FROM t",
    f"SELECT p.id, q.id AS k FROM t p {JOIN} t q ON {{boolean@p,q}}", f"SELECT p.id, q.id AS k, {{any@p}}, {{any@q}} FROM t p {JOIN} t q ON {{key@p}} = {{key@q}}", f"SELECT p.id, q.id FROM t p {JOIN} t q ON p.i = q.j AND {{boolean@p,q}}",
    "SELECT p.id FROM t p «LEFT SEMI¦LEFT ANTI¦SEMI¦ANTI» JOIN t q ON {boolean@p,q}", "SELECT p.id, q.id AS k FROM t p «CROSS JOIN¦,» t q WHERE {boolean@p,q}".replace("¦,»", "»"),
    f"SELECT * FROM (SELECT {{key}} AS k, id AS x FROM t) p {JOIN} (SELECT {{key}} AS k, id AS y FROM t) q USING (k)", f"SELECT k, p.k, q.k, x FROM (SELECT {{key}} AS k, id AS x FROM t) p {JOIN} (SELECT {{key}} AS k, id AS y FROM t) q USING (k)",
    "SELECT * FROM (SELECT i, {any} AS x FROM t) p NATURAL «JOIN¦LEFT JOIN¦FULL JOIN» (SELECT j AS i, {any} AS y FROM t) q", "SELECT a.id, b.id AS k, c.id AS m FROM t a JOIN t b ON a.i = b.i LEFT JOIN t c ON {boolean@b,c}",
    "SELECT {any} AS x, {int} FROM t «UNION ALL¦UNION¦INTERSECT¦EXCEPT¦INTERSECT ALL¦EXCEPT ALL¦MINUS» SELECT {any}, {numeric} FROM t", "SELECT {key} AS x FROM t «UNION ALL¦UNION¦INTERSECT¦EXCEPT» SELECT {key} FROM t «UNION ALL¦UNION¦INTERSECT¦EXCEPT» SELECT {key} FROM t",
    "SELECT {numeric} AS x FROM t «UNION ALL¦UNION¦INTERSECT¦EXCEPT¦INTERSECT ALL¦EXCEPT ALL» SELECT {numeric} FROM t", "SELECT * FROM (SELECT id, {any:1} AS x FROM t) UNION ALL BY NAME SELECT {any:1} AS x, id FROM t",
    "SELECT id, (SELECT {aggnum@w} FROM t w WHERE {boolean@w,t}) AS n FROM t", "SELECT id, (SELECT {aggnum@w} FROM t w WHERE w.i = t.j) AS n FROM t", "SELECT id FROM t WHERE {numeric@t} > (SELECT {aggnum@w} FROM t w «¦WHERE w.j = t.i»)",
    "SELECT id FROM t WHERE {key@t} «IN¦NOT IN» (SELECT {key@w} FROM t w «¦WHERE {boolean@w,t}»)", "SELECT id FROM t WHERE {int@t} «IN¦NOT IN» (SELECT {numeric@w} FROM t w «¦WHERE {boolean@w}») «¦OR {boolean@t}»", "SELECT id, {int@t} «IN¦NOT IN» (SELECT {int@w} FROM t w) AS x FROM t",
    "SELECT id FROM t WHERE (i, s) «IN¦NOT IN» (SELECT {int@w}, {string@w} FROM t w)", "SELECT id FROM t WHERE «¦NOT »EXISTS (SELECT 1 FROM t w WHERE {boolean@w,t}) «¦OR {boolean@t}»", "SELECT id FROM t WHERE {numeric@t} > «ALL¦ANY» (SELECT {numeric@w} FROM t w)",
    "SELECT id, w.* FROM t LATERAL VIEW «¦OUTER »{generator} w", "SELECT id, {generator} FROM t", "SELECT id, w.* FROM t, LATERAL {generator} AS w", "SELECT id, x, y FROM t LATERAL VIEW «¦OUTER »explode({array<int>}) p AS x LATERAL VIEW «¦OUTER »posexplode({array<string>}) q AS z, y",
    "SELECT id, k, v FROM t LATERAL VIEW «¦OUTER »explode({map<string,int>}) p AS k, v WHERE {boolean}", "SELECT id, w.x FROM t, LATERAL (SELECT {any@t} AS x «¦WHERE {boolean@t}») w", "SELECT id, w.n FROM t «JOIN¦LEFT JOIN» LATERAL (SELECT {aggnum@q} AS n FROM t q WHERE q.i = t.j) w «¦ON {boolean@t}»",
    "SELECT * FROM (SELECT b, {any} AS x FROM t) PIVOT (count(x) FOR b IN (true, false))", "SELECT * FROM (SELECT b, {key} AS g, {numeric} AS x FROM t) PIVOT («sum¦max¦avg¦min»(x) AS y, count(*) FOR b IN (true AS yes, false AS no))", "SELECT * FROM (SELECT id, b, j FROM t) PIVOT (max({any:0}) AS y FOR (b, j) IN ((true, 1), (false, 2)))",
    "SELECT * FROM (SELECT id, {int} AS p, {int} AS q FROM t) UNPIVOT «¦INCLUDE NULLS »(v FOR k IN (p«¦ AS one», q«¦ AS two»))", "SELECT * FROM (SELECT id, {numeric} AS p, {numeric} AS q FROM t) UNPIVOT (v FOR k IN (p, q))",
    "SELECT id, {open} AS x FROM t ORDER BY {key} «¦DESC¦NULLS LAST¦DESC NULLS FIRST», id LIMIT «3¦1» «¦OFFSET 1»", "SELECT id, {key} AS x FROM t ORDER BY x «¦DESC», id LIMIT 2", "SELECT {key} AS x FROM t GROUP BY x ORDER BY x «¦DESC¦NULLS LAST» LIMIT 2",
    "WITH c AS (SELECT id, {open} AS x FROM t) SELECT a.id, b.x FROM c a JOIN c b ON a.id = b.id + 1", "WITH c AS (SELECT {key} AS x, {aggnum} AS n FROM t GROUP BY x) SELECT x, n FROM c WHERE n > (SELECT min(n) FROM c)", "SELECT id, x FROM (SELECT id, {open} AS x FROM t WHERE {boolean}) WHERE x IS NOT NULL",
    "FROM t |> WHERE {boolean} |> SELECT id, {open} AS x |> AGGREGATE count(x) AS n", "FROM t |> EXTEND {numeric} AS x |> AGGREGATE sum(x), count(*) GROUP BY b «¦|> ORDER BY b |> LIMIT 1»", "FROM t |> SET i = {int} |> DROP a, mp |> SELECT id, i", "SELECT id, q.x FROM t JOIN (SELECT {key} AS x FROM t) q ON t.i = q.x",
    "SELECT {agg}, {agg} FROM (SELECT * FROM t ORDER BY id)", "SELECT max(x), min(x), count(DISTINCT x) FROM (SELECT {key} AS x FROM t)", "SELECT count(DISTINCT {key:1}, {key:1}), sum(DISTINCT {numeric:1}) FROM t", "SELECT avg(x), stddev(x), sum(x) FROM (SELECT {numeric} AS x FROM t) WHERE x IS NOT NULL",
    "SELECT listagg({string}, ',') WITHIN GROUP (ORDER BY id) FROM t «¦GROUP BY b»", "SELECT percentile_cont(«0.5¦0.25») WITHIN GROUP (ORDER BY {numeric}) FROM t", "SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY {int} «¦DESC») FROM t", "SELECT mode() WITHIN GROUP (ORDER BY {int}) FROM t",
    "SELECT x.* FROM (SELECT {struct} AS x FROM t)", "SELECT * EXCEPT (a, mp) FROM t WHERE {boolean}", "SELECT id, CASE WHEN {boolean} THEN {any} ELSE {any} END AS x FROM t", "SELECT sum(x) OVER (ORDER BY id), x FROM (SELECT id, {numeric} AS x FROM t)", "SELECT b, max_by({any}, id), min_by({any}, id) FROM t GROUP BY b",
]
