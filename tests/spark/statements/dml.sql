-- INSERT, UPDATE, DELETE and MERGE with queries: what they store, cast and refuse.
CREATE TABLE t (id INT, name STRING, price DECIMAL(10, 2), day DATE) USING delta;
INSERT INTO t VALUES (1, 'a', 1.5, DATE'2024-01-01'), (2, 'b', 2.555, DATE'2024-01-02');
SELECT * FROM t ORDER BY id, name, price;
INSERT INTO t (id, name) VALUES (3, 'c');
INSERT INTO t (name, id) SELECT 'd', 4;
SELECT * FROM t ORDER BY id, name, price;
-- differs: another class for the same refusal
INSERT INTO t VALUES (5, 'e');
-- differs: another class for the same refusal
INSERT INTO t VALUES (5, 'e', 1, DATE'2024-01-01', 9);
INSERT INTO t (id, nothing) VALUES (1, 2);
INSERT INTO t (id, id) VALUES (1, 2);
INSERT INTO t VALUES ('x', 'e', 1, DATE'2024-01-01');
-- differs: another class for the same refusal
INSERT INTO t VALUES (3000000000, 'e', 1, DATE'2024-01-01');
INSERT INTO t VALUES (6, 7, '8.5', '2024-05-05');
-- differs: another class for the same refusal
INSERT INTO t VALUES (7, 'h', 123456789012.5, NULL);
INSERT INTO t VALUES (8, 'i', 1, TIMESTAMP'2024-01-01 10:00:00');
INSERT INTO t VALUES (true, 'i', 1, NULL);
-- differs: another class for the same refusal
INSERT INTO t SELECT array(1), 'x', 1, NULL;
INSERT INTO t WITH q AS (SELECT 9 AS i) SELECT i, 'q', 9, NULL FROM q;
INSERT INTO t TABLE t;
SELECT id, count(*) FROM t GROUP BY id ORDER BY id;
INSERT OVERWRITE t SELECT DISTINCT * FROM t;
SELECT * FROM t ORDER BY id, name, price;
INSERT INTO t BY NAME SELECT 'n' AS name, 10 AS id;
-- differs: another class for the same refusal
INSERT INTO t BY NAME SELECT 'n' AS nothing, 10 AS id;
INSERT INTO t DEFAULT VALUES;
UPDATE t SET price = price * 2, name = upper(name) WHERE id = 1;
UPDATE t SET id = id + 1 WHERE id > 100;
UPDATE t SET nothing = 1;
UPDATE t SET id = 'x';
UPDATE t AS u SET u.name = concat(u.name, '!') WHERE u.id < 3;
UPDATE t SET price = DEFAULT WHERE id = 2;
SELECT * FROM t ORDER BY id, name, price;
DELETE FROM t WHERE id = 4;
DELETE FROM t WHERE nothing = 1;
DELETE FROM t AS x WHERE x.id = 3;
SELECT count(*) FROM t;
MERGE INTO t USING (SELECT 1 AS id, 'merged' AS name UNION ALL SELECT 77, 'new') s ON t.id = s.id WHEN MATCHED THEN UPDATE SET name = s.name WHEN NOT MATCHED THEN INSERT (id, name) VALUES (s.id, s.name);
SELECT id, name FROM t ORDER BY id, name;
MERGE INTO t USING (SELECT col1 AS id FROM VALUES (1), (1)) AS s ON t.id = s.id WHEN MATCHED THEN DELETE;
MERGE INTO t USING (SELECT col1 AS id, col2 AS name FROM VALUES (77, 'x'), (77, 'y')) AS s ON t.id = s.id WHEN MATCHED THEN UPDATE SET name = s.name;
MERGE INTO t USING (SELECT col1 AS id, col2 AS name, col3 AS price, col4 AS day FROM VALUES (77, 'x', 1.0, NULL)) AS s ON t.id = s.id WHEN MATCHED AND s.name = 'z' THEN DELETE WHEN MATCHED THEN UPDATE SET *;
MERGE INTO t USING (SELECT col1 AS id FROM VALUES (500)) AS s ON t.id = s.id WHEN NOT MATCHED BY SOURCE AND t.id < 10 THEN DELETE;
SELECT id, name FROM t ORDER BY id, name;
-- differs: another class for the same refusal
MERGE INTO t USING (SELECT col1 AS id FROM VALUES (500)) AS s ON t.id = nothing WHEN MATCHED THEN DELETE;
CREATE TABLE c (a INT NOT NULL, b STRING) USING delta;
INSERT INTO c VALUES (NULL, 'x');
-- differs: another class for the same refusal
INSERT INTO c (b) VALUES ('x');
ALTER TABLE c ADD CONSTRAINT positive CHECK (a > 0);
INSERT INTO c VALUES (0, 'x');
INSERT INTO c VALUES (1, 'x');
SELECT * FROM c;
CREATE TABLE d USING delta AS SELECT id, name AS n, id * 2 AS twice FROM t WHERE id = 77;
SELECT * FROM d;
CREATE TABLE d USING delta AS SELECT 1;
CREATE TABLE IF NOT EXISTS d USING delta AS SELECT 5 AS x;
SELECT * FROM d;
CREATE OR REPLACE TABLE d USING delta AS SELECT 1 AS one, 'a' AS two;
SELECT * FROM d;
CREATE TABLE bad USING delta AS SELECT 1 AS a, 2 AS a;
CREATE TABLE bad (a INT, A STRING) USING delta;
TRUNCATE TABLE d;
SELECT * FROM d;
DROP TABLE d;
SELECT * FROM d;
DROP TABLE d;
DROP TABLE IF EXISTS d;
