-- Texts that stand for points in time, parts of dates out of range, arguments by name, inline tables, names of calls.
SELECT cast('epoch' as timestamp), cast(' Epoch ' as date), cast('epoch' as timestamp_ntz), try_cast('epoch' as date);
SELECT cast('now' as date) = current_date, timestamp('epoch'), date('epoch');
-- differs: only a constant text is looked at, not what is made of some.
SELECT cast(concat('ep', 'och') as date);
SELECT cast(a as date) FROM VALUES ('epoch') t(a);
SELECT date'epoch' = 'epoch', year('epoch'), date_add('epoch', 1), to_date('epoch'), to_timestamp('epoch'), datediff('tomorrow', 'today');
SELECT 'epoch'::date, 'yesterday'::timestamp = date_trunc('day', now()) - INTERVAL 1 DAY;
-- differs: a zone may follow in literals, not in casts.
SELECT cast('epoch UTC' as timestamp), date'epoch CET', timestamp'epoch CET';
SELECT cast('noon' as date);
SELECT coalesce(date'2020-01-01', 'epoch'), date'2020-01-01' > 'epoch';
SELECT make_date(2013, 2, 29);
SELECT make_date(10000, 1, 1), make_date(-1, 1, 1), make_date(0, 1, 1), make_date(NULL, 1, 1);
SELECT make_timestamp(2013, 13, 1, 0, 0, 0);
SELECT make_timestamp(2013, 2, 30, 0, 0, 0);
SELECT make_timestamp(2013, 2, 3, 24, 0, 0);
SELECT make_timestamp(2013, 2, 3, 4, 60, 0);
SELECT make_timestamp(2013, 2, 3, 4, 5, 61);
-- differs: refused by both, with another error class.
SELECT make_timestamp(2013, 2, 3, 4, 5, 60), make_timestamp(2013, 2, 3, 4, 5, 60.5);
SELECT make_timestamp_ntz(2013, 2, 3, 4, 60, 0);
SELECT make_time(24, 0, 0);
SELECT make_time(1, 60, 0);
SELECT make_time(1, 0, 60);
-- differs: the engine's last date is in July 5881580.
SELECT date('+12345-01-01'), cast('-0044-03-15' as date), cast('5881580-07-11' as date);
SELECT cast('123456-01-01' as timestamp), cast('99999-12-31' as date) + 1;
SELECT locate('a', 'banana'), locate('a', 'banana', 3), position('n' IN 'banana'), position('n', 'banana'), instr('banana', 'n'), POSITION('n' in 'banana') + 1;
SELECT named_struct(concat('a', 'b'), 1, CAST(1 AS STRING), 2);
SELECT mask('abc', 'XX');
SELECT mask('AbC1-', 'Y', 'y', '0', '*'), mask('AbC1-', NULL, NULL, NULL), mask('AbC1-', lowerChar => 'q'), mask(NULL), mask('AbC1-', upperChar => NULL, otherChar => '#');
SELECT decode(1, 1, 2), decode(1, 1, 2, 3), decode(2, 1, 'a'), decode(1, 2, 3, 4, 5), typeof(decode(1, 1, 2));
SELECT decode(x, 1, 2) FROM VALUES (1) t(x);
SELECT concat_ws(a, b, c) FROM VALUES ('-', 'x', 'y'), (NULL, 'x', 'y'), ('+', NULL, 'y') t(a, b, c);
SELECT concat_ws(a, array('x', NULL, b)) FROM VALUES ('-', 'x'), ('+', NULL) t(a, b);
-- differs: another type or name of a column.
SELECT lpad('a', NULL), rpad('a', NULL, 'x'), lpad('a', 3, NULL), lpad(NULL, 3), lpad(X'41', NULL), lpad(a, n) FROM VALUES ('a', 3), ('b', NULL) t(a, n);
SELECT reverse(X'010203'), reverse(NULL), reverse(array(1, 2)), reverse(12);
SELECT round(3.14159D, 2.7), round(2.5, '1');
SELECT in(1, 2), in(1, 1, NULL), in(3, 1, NULL);
SELECT date'2020-01-01' + NULL, NULL + date'2020-01-01', date'2020-01-01' - NULL, NULL - date'2020-01-01', timestamp'2020-01-01' - NULL, NULL - timestamp'2020-01-01';
SELECT interval '1' day + 1;
SELECT '2020-01-01' + interval '1' month;
SELECT '2020-01-01' + interval '1' day, '2020-01-01' - interval '1' day, '2020-01-01' + interval 1 month 2 days;
SELECT 1 + interval '1' month;
SELECT string_agg(x), string_agg(x, ','), string_agg(x) OVER (), listagg(x) OVER () FROM VALUES ('a') t(x) GROUP BY x;
SELECT sentences('1.5 and 2,000 are 3:4 numbers. Isn''t it 10%? e.g. this'), sentences('a-b c_d e''f'), sentences('');
-- differs: refused here, answered there.
SELECT to_csv(NULL), to_json(NULL);
-- differs: answered here, refused there.
SELECT to_variant_object(NULL);
SELECT collect_set(map(1, 2));
SELECT percentile_cont(0.5);
SELECT percentile_cont(x) FROM VALUES (1) t(x);
-- differs: refused by both, with another error class.
SELECT to_time('x');
SELECT approx_top_k(array(1));
SELECT elt(1);
SELECT contains(12, X'31'), startswith(X'3132', '1'), endswith(12.5, X'35'), contains(X'3132', X'31'), contains(NULL, X'31');
SELECT mask('abc', lowerChar => 'q', upperChar => 'Q', otherChar => 'o', digitChar => 'd', str => 'Ab1-');
SELECT mask(lowerChar => 'q', upperChar => 'Q', otherChar => 'o', digitChar => 'd', str => 'Ab1-');
SELECT mask('Ab1-', lowerChar => 'q', lowerChar => 'z');
SELECT mask('Ab1-', 'Q', upperChar => 'z');
SELECT mask(lowerChar => 'q', 'Ab1-');
SELECT mask(lowerChar => 'q');
SELECT mask('Ab1-', nosuch => 'q');
SELECT mask('Ab1-', cellular => 'q', digitChar => 'd');
SELECT upper(str => 'a');
SELECT encode(str => 'a', charset => 'utf-8');
SELECT explode(collection => array(1, 2));
SELECT * FROM explode(collection => array(1, 2));
SELECT * FROM explode_outer(collection => map('a', 1));
-- differs: refused by both, with another error class.
SELECT * FROM explode(collection => explode(array(1)));
SELECT * FROM posexplode(collection => array('a'));
SELECT inline(input => array(struct(1, 2)));
SELECT * FROM inline(input => array(struct(1, 2), struct(3, 4)));
-- differs: refused by both, with another error class.
SELECT * FROM stack(n => 1, 2);
-- differs: range takes its arguments by name here
SELECT * FROM range(start => 1, end => 3);
SELECT t.*, c FROM VALUES (array(1, 2)) t(a) LATERAL VIEW explode(collection => a) x AS c;
SELECT sum(expr => 1);
SELECT * FROM VALUES (1), ('a') AS t;
SELECT * FROM VALUES (1, 2.5), (2.0, 3), (NULL, NULL) AS t(a, b);
SELECT * FROM VALUES (struct(1, 'a')), (struct(2, 'b')) AS t;
SELECT * FROM VALUES struct(1, 'a'), (2, 'b') AS t;
SELECT * FROM VALUES (array(1)), (array('a')) AS t;
SELECT * FROM VALUES (map('a', 1)), (map('b', 2.5)) AS t;
SELECT 'true' AND 'false', 1;
SELECT 'true' OR true, NOT 'true', NULL AND NULL;
