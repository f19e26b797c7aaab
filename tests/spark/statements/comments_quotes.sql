-- comment at first
SELECT 1 /* a /* nested */ b */ AS x, 2 -- tail
AS y;
/* start */ SELECT 'a -- no comment' AS s, '/* neither */' AS t;
SELECT /*+ BROADCAST(t), REPARTITION(3) */ * FROM VALUES (1) t(a);
SELECT /*+ NOSUCHHINT */ 1;
SELECT 1 /* unclosed;
SELECT -- comment
 1
 + /* c */ 2;
SET spark.sql.ansi.doubleQuotedIdentifiers=true;
SELECT "a" FROM VALUES (1) t(a);
SELECT "t"."a" AS "my col", 'x' AS "y" FROM VALUES (1) AS "t"("a");
SELECT "nosuch" FROM VALUES (1) t(a);
CREATE TEMP VIEW "my view" AS SELECT 1 AS "the x";
SELECT "the x" FROM "my view";
-- differs: refused by both, with another error class.
SELECT 'a' "b", "the x"'c' FROM "my view";
SET spark.sql.ansi.doubleQuotedIdentifiers=false;
SELECT "a" FROM VALUES (1) t(a);
SELECT * FROM "my view";
