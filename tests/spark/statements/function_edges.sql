-- Edges of functions that are not all as in Spark; what differs says in which way.
SELECT try_add('1', 2), try_add('a', 2);
SELECT 127Y + 1Y;
SELECT 32767S * 2S;
-- differs: another type or name of a column.
SELECT uniform(5.5, 1);
SELECT CAST(1e40 AS FLOAT), CAST(-1e-50D AS FLOAT);
-- differs: refused by both, with another error class.
SELECT ceil(1.5, 'a');
SELECT try_divide(5, 'a');
-- differs: another type or name of a column.
SELECT nullifzero('0');
SELECT to_char(-5, '9'), to_char(-5, 'S9'), to_char(5, 'S9'), to_char(-5, '9MI'), to_char(5, 'MI9'), to_char(-5, '9PR'), to_char(5, '9PR');
SELECT to_char(454, '99'), to_char(0.5, '9.9'), to_char(0.5, '0.9'), to_char(0, '9'), to_char(0, '0'), to_char(12, '99999'), to_char(12, '00000');
-- differs: refused here, answered there.
SELECT format_number(1234.5, '#,###.00'), format_number(0.25, '#.##%'), format_number(1234.5, '000000.0'), format_number(-1234.5, '#,##0.0;(#)'), format_number(12, '');
-- differs: answered here, refused there.
SELECT format_string('%f', 1.5), format_string('%.1f', CAST(2.25 AS DECIMAL(5,2)));
-- differs: another value.
SELECT format_string('%s', array(1, 2)), format_string('%s', DATE'2024-01-01'), format_string('%s', X'41'), format_string('%s', named_struct('a', 1));
-- differs: another value.
SELECT format_string('%s', 1.50), format_string('%s', 1e10D), format_string('%s', CAST(1.5 AS FLOAT)), format_string('%s', INTERVAL 1 DAY);
-- differs: refused here, answered there.
SELECT format_string('%h', 'abc'), format_string('%08.2f', -3.5D), format_string('%-8s|', 'x'), format_string('%d%%', 5);
-- differs: refused by both, with another error class.
SELECT format_string('%0$s', 'a');
-- differs: refused here, answered there.
SELECT format_string('%s %<s', 'a');
SELECT CAST(99999.6 AS SMALLINT);
SELECT CAST('2024-01-02 10' AS TIMESTAMP);
-- differs: refused here, answered there.
SELECT CAST(INTERVAL '1-2' YEAR TO MONTH AS INT);
SELECT CAST(TIME'10:11:12' AS STRING), CAST(TIMESTAMP_NTZ'2024-01-01 10:11:12.5' AS TIME);
-- differs: another value.
SELECT upper('aßé'), lower('ÀÉ'), ucase('x'), lcase('X'), initcap('hello wORLD-foo bar'), initcap('éa ßb'), initcap('');
-- differs: another type or name of a column.
SELECT substring('Spark SQL', 5), substring('Spark SQL', -3), substring('Spark SQL', 5, 1), substring('Spark SQL', 0, 2), substring('Spark SQL', -3, 2), substring('Spark SQL', 5, -1), substr('abc' FROM 2), substr('abc' FROM 2 FOR 1);
-- differs: another type or name of a column.
SELECT lpad('hi', 5, '?'), rpad('hi', 5, '?'), lpad('hi', 1, '?'), lpad('hi', 5), rpad('hi', 5), lpad('hi', 5, ''), lpad('hi', -1, 'x'), lpad('hi', 7, 'abc'), lpad(X'01', 3, X'02'), rpad(X'01', 3);
-- differs: answered here, refused there.
SELECT instr('SparkSQL', 'SQL'), instr('abc', ''), instr('', 'a'), instr('日本', '本'), locate('bar', 'foobarbar'), locate('bar', 'foobarbar', 5), position('bar' IN 'foobarbar'), position('bar', 'foobarbar', 5), charindex('bar', 'foobar'), locate('a', 'aaa', 0), locate('', 'abc', 2), locate('x', 'abc', NULL);
SELECT 'abc' LIKE 'a%', 'abc' LIKE 'a_c', 'a%c' LIKE 'a\\%c', 'abc' LIKE 'ABC', 'abc' ILIKE 'A%', 'a_c' LIKE 'a/_c' ESCAPE '/', 'abc' NOT LIKE 'b%', NULL LIKE 'a', '' LIKE '', 'a\nb' LIKE 'a%b';
-- differs: another type or name of a column.
SELECT 'abc' LIKE ALL ('a%', '%c'), 'abc' LIKE ANY ('x%', '%c'), 'abc' LIKE SOME ('x%'), 'abc' NOT LIKE ALL ('x%', NULL), 'abc' NOT LIKE ANY ('a%'), 'abc' ILIKE ANY ('A%');
SELECT 'abc' LIKE 'a' ESCAPE 'xx';
-- differs: another type or name of a column.
SELECT regexp_replace('100-200', '(\\d+)', 'num'), regexp_replace('100-200', '(\\d+)', '<$1>'), regexp_replace('abc', 'b', '\\$'), regexp_replace('abcabc', 'b', 'X', 3), regexp_replace('abc', '', '-'), regexp_replace('a.b', '.', 'x'), regexp_replace('abc', '(?<x>b)', '[${x}]');
SELECT regexp_replace('abc', 'b', 'x', 0);
SELECT regexp_replace('abc', 'b', 'x', -1);
SELECT decode(1, 1, 'one', 2, 'two', 'other'), decode(3, 1, 'one', 'other'), decode(3, 1, 'one'), decode(NULL, NULL, 'null', 'x'), decode('a', 'a', 1);
SELECT to_binary('abc', 'utf-8'), to_binary('616263'), to_binary('616263', 'hex'), to_binary('YWJj', 'base64'), to_binary(NULL), try_to_binary('zz', 'hex'), try_to_binary('a!', 'base64'), to_binary('abc', 'UTF8');
-- differs: refused by both, with another error class.
SELECT to_binary('abc', 'nope');
-- differs: refused here, answered there.
SELECT try_to_binary('abc', 'nope');
SELECT sentences('Hi there! Good morning.'), sentences('Hi there! Good morning.', 'en', 'US'), sentences(''), sentences('One. Two? It''s 3.5 o''clock!'), sentences(NULL), sentences('a,b;c');
-- differs: refused here, answered there.
SELECT collate('a', 'UTF8_LCASE') = 'A', collation('a'), 'a' COLLATE UNICODE_CI = 'A';
-- differs: refused by both, with another error class.
SELECT 'a' COLLATE NOSUCH;
-- differs: another value.
SELECT version() IS NOT NULL, length(uuid()), current_catalog(), current_database(), current_schema(), user() IS NOT NULL, current_user() IS NOT NULL, session_user() IS NOT NULL, typeof(input_file_name());
SELECT date_format(TIMESTAMP'2024-03-05 09:08:07', 'VV'), date_format(TIMESTAMP'2024-03-05 09:08:07', 'z zzzz'), date_format(TIMESTAMP'2024-03-05 09:08:07', 'O OOOO'), date_format(TIMESTAMP'2024-03-05 09:08:07', 'X XX XXX'), date_format(TIMESTAMP'2024-03-05 09:08:07', 'x xx xxx'), date_format(TIMESTAMP'2024-03-05 09:08:07', 'Z ZZ ZZZ ZZZZ ZZZZZ');
-- differs: refused by both, with another error class.
SELECT date_format(DATE'2024-03-05', 'abc');
-- differs: refused by both, with another error class.
SELECT date_format(DATE'2024-03-05', "'unclosed");
-- differs: refused by both, with another error class.
SELECT to_date('5', 'd'), to_date('03', 'MM'), to_date('2024', 'yyyy'), to_date('Tue 2024-03-05', 'EEE yyyy-MM-dd');
SELECT to_timestamp(true);
-- differs: another value.
SELECT timestamp_seconds(1e30D);
-- differs: another type or name of a column.
SELECT date_part('year', DATE'2024-03-05'), date_part('SECONDS', TIMESTAMP'2024-03-05 10:11:12.5'), datepart('week', DATE'2024-03-05'), date_part('MONTHS', INTERVAL '1-2' YEAR TO MONTH), date_part(NULL, DATE'2024-01-01');
-- differs: refused by both, with another error class.
SELECT timestampadd(NOPE, 1, DATE'2024-01-31');
SELECT date_trunc('YEAR', TIMESTAMP'2024-03-05 10:11:12.5'), date_trunc('week', TIMESTAMP'2024-03-05 10:11:12'), date_trunc('HOUR', TIMESTAMP'2024-03-05 10:11:12'), date_trunc('MILLISECOND', TIMESTAMP'2024-03-05 10:11:12.123456'), date_trunc('x', TIMESTAMP'2024-03-05 10:11:12'), date_trunc('DAY', DATE'2024-03-05'), date_trunc('DD', '2024-03-05 10:00:00'), date_trunc(NULL, TIMESTAMP'2024-03-05 10:11:12'), date_trunc('QUARTER', TIMESTAMP_NTZ'2024-03-05 10:11:12');
SELECT make_date(2023, 2, 29);
SELECT make_timestamp(2024, 13, 5, 10, 11, 12);
-- differs: refused by both, with another error class.
SELECT make_timestamp(2024, 1, 5, 10, 11, 60.5);
SELECT make_timestamp(2024, 1, 5, 10, 11, 12, 'Nowhere');
SELECT make_timestamp(2024, 1, 5, 25, 11, 12);
-- differs: refused by both, with another error class.
SELECT make_ym_interval(178956970, 8);
-- differs: refused by both, with another error class.
SELECT make_dt_interval(2147483647);
SELECT from_utc_timestamp('2024-03-05', 'Asia/Seoul'), to_utc_timestamp('2024-03-05', 'Asia/Seoul'), from_utc_timestamp(TIMESTAMP'2024-03-10 10:00:00', 'America/New_York'), convert_timezone('Europe/Brussels', 'America/Los_Angeles', TIMESTAMP_NTZ'2024-12-06 00:00:00'), convert_timezone('Europe/Brussels', TIMESTAMP_NTZ'2024-12-05 15:00:00'), from_utc_timestamp('2024-03-05', '+05:30');
SELECT from_utc_timestamp('2024-03-05', 'Nowhere');
SELECT from_utc_timestamp('2024-03-05', NULL), convert_timezone('+01:00', 'UTC', '2024-01-01 00:00:00');
-- differs: another value.
SELECT current_timezone(), typeof(current_date()), typeof(current_timestamp()), typeof(now()), typeof(localtimestamp()), current_date() = curdate(), typeof(current_time()), typeof(current_time(3));
SELECT make_time(10, 11, 12.5), to_time('10:11:12'), to_time('10.11', 'HH.mm'), try_to_time('x'), hour(TIME'10:11:12'), minute(TIME'10:11:12'), second(TIME'10:11:12.5'), extract(SECOND FROM TIME'10:11:12.5'), time_diff('HOUR', TIME'10:00:00', TIME'13:30:00'), time_trunc('HOUR', TIME'10:11:12');
SELECT make_time(25, 0, 0);
-- differs: refused by both, with another error class.
SELECT to_time('x');
-- differs: answered here, refused there.
SELECT TIME'10:11:12' + INTERVAL '1' HOUR, TIME'10:11:12' - TIME'09:00:00', TIME'23:00:00' < TIME'23:00:01', typeof(TIME'10:11:12'), CAST(TIME'10:11:12.987654' AS TIME(3)), date_format(TIME'10:11:12', 'HH:mm');
SELECT TIME'23:30:00' + INTERVAL '1' HOUR;
-- differs: refused here, answered there.
SELECT time_from_seconds(3661), time_from_millis(1500), time_from_micros(5), time_to_seconds(TIME'01:01:01'), time_to_millis(TIME'00:00:01.5'), time_to_micros(TIME'00:00:00.000005');
-- differs: refused by both, with another error class.
SELECT time_from_seconds(90000);
SELECT from_json('{"a":1, "b":0.8}', 'a INT, b DOUBLE'), from_json('{"time":"26/08/2015"}', 'time TIMESTAMP', map('timestampFormat', 'dd/MM/yyyy')), from_json('[1,2,3]', 'ARRAY<INT>'), from_json('{"a":1,"b":2}', 'MAP<STRING, INT>'), from_json('[{"a":1},{"a":2}]', 'ARRAY<STRUCT<a: INT>>');
SELECT from_json('{"a":1}', 'STRUCT<a: INT, b: STRING>'), from_json('{"a":"x"}', 'a INT'), from_json('{', 'a INT'), from_json('', 'a INT'), from_json(NULL, 'a INT'), from_json('null', 'a INT'), from_json('[]', 'a INT'), from_json('5', 'a INT'), from_json('"x"', 'STRING'), from_json('[{"a":1}]', 'a INT');
-- differs: refused here, answered there.
SELECT from_json('{"a":1', 'a INT', map('mode', 'NOPE'));
SELECT from_json('{"d":"2024-03-05"}', 'd DATE'), from_json('{"d":"05/03/2024"}', 'd DATE', map('dateFormat', 'dd/MM/yyyy')), from_json('{"t":"2024-03-05T10:11:12Z"}', 't TIMESTAMP'), from_json('{"t":"2024-03-05 10:11:12"}', 't TIMESTAMP'), from_json('{"t":"2024-03-05T10:11:12"}', 't TIMESTAMP_NTZ'), from_json('{"t":1}', 't TIMESTAMP'), from_json('{"d":19000}', 'd DATE'), from_json('{"d":"x"}', 'd DATE');
-- differs: another value.
SELECT from_json('{"b":"YWJj"}', 'b BINARY'), from_json('{"d":1.23}', 'd DECIMAL(5,1)'), from_json('{"d":"1.23"}', 'd DECIMAL(5,2)'), from_json('{"d":12345678}', 'd DECIMAL(5,2)'), from_json('{"b":"true"}', 'b BOOLEAN'), from_json('{"b":1}', 'b BOOLEAN'), from_json('{"x":null}', 'x INT'), from_json('{"y":128}', 'y TINYINT'), from_json('{"f":1e400}', 'f DOUBLE'), from_json('{"f":1.1}', 'f FLOAT');
-- differs: refused by both, with another error class.
SELECT from_json('{"a":1}', 'a INT', map('primitivesAsString', 'true')), from_json('{"a":1}', 'a NOSUCH');
-- differs: refused by both, with another error class.
SELECT from_json('{"a":1}', 'a NOSUCH');
-- differs: refused by both, with another error class.
SELECT from_json('{"a":1}', '');
-- differs: answered here, refused there.
SELECT from_json('{"a":1}', schema_of_json('{"a":1}')), from_json('{"a":1}', 'a INT').a, from_json('[1, "x"]', 'ARRAY<INT>'), from_json('{"a":{"b":[{"c":1}]}}', 'a STRUCT<b: ARRAY<STRUCT<c: INT>>>'), from_json('{"1":2}', 'MAP<INT, INT>');
SELECT from_json('{"a":"x"}', 'MAP<STRING, INT>'), from_json('{"a":[1,null]}', 'a ARRAY<INT>'), from_json('[1,2', 'ARRAY<INT>'), from_json('{"a":{"x":1},"b":{"x":"q"}}', 'a STRUCT<x:INT>, b STRUCT<x:INT>'), from_json('{"a":1}', 'ARRAY<STRUCT<a:INT>>');
-- differs: answered here, refused there.
SELECT from_json(5, 'a INT');
-- differs: another value.
SELECT to_json(named_struct('a', 1, 'b', 'x')), to_json(named_struct('a', NULL, 'b', 2)), to_json(named_struct('a', NULL), map('ignoreNullFields', 'false')), to_json(array(named_struct('a', 1))), to_json(map('a', 1, 'b', NULL)), to_json(map(named_struct('a', 1), 2)), to_json(array(1, NULL)), to_json(NULL);
-- differs: another value.
SELECT to_json(named_struct('b', X'616263', 'i', INTERVAL '1-2' YEAR TO MONTH, 'j', INTERVAL 1 DAY, 'q', 'a"b\\c\nd', 'u', 'é日', 'c', chr(1))), to_json(named_struct('a', 1), map('pretty', 'true'));
SELECT to_json(named_struct('a', 1), map('a', 1));
-- differs: refused here, answered there.
SELECT to_json(named_struct('a', named_struct())), to_json(array()), to_json(map()), to_json(parse_json('{"a":[1,2]}'));
-- differs: another value.
SELECT get_json_object('{"a b":1}', "$['a b']"), get_json_object('{"a.b":1}', "$['a.b']"), get_json_object('{"a":1}', '$'), get_json_object('{"a":1} x', '$.a'), get_json_object("{'a':1}", '$.a'), get_json_object('{"a":1.50}', '$.a'), get_json_object('{"a":1e3}', '$.a'), get_json_object('{"a":"x\\ny"}', '$.a'), get_json_object('{"a":[{"b":1},{"b":2}]}', '$.a.b'), get_json_object('{"a":[[1,2],[3]]}', '$.a[*][*]'), get_json_object('{"a":1,"b":2}', '$.*'), get_json_object('[1,2]', '$[*]'), get_json_object('{"a":[{"b":1}]}', '$.a[*].b');
-- differs: another value.
SELECT get_json_object('{"a":{"c":1}}', '$.a.*'), get_json_object('{"a":true}', '$.a'), get_json_object('"x"', '$'), get_json_object('5', '$'), get_json_object('[1,2,3]', '$[-1]'), get_json_object('{"a":1}', '$.'), get_json_object('{"":1}', '$.'), get_json_object('{"a":1}', '$..a'), get_json_object('{"a":"é"}', '$.a');
SELECT json_tuple('{"a":1}');
SELECT json_tuple('{"a":1}', 5);
-- differs: refused here, answered there.
SELECT schema_of_json('[{"col":0}]'), schema_of_json('{"a":1.5,"b":"x","c":null,"d":[1,"x"],"e":true}'), schema_of_json('[{"col":01}]', map('allowNumericLeadingZeros', 'true')), schema_of_json('5'), schema_of_json('[]'), schema_of_json('{}'), schema_of_json('{"a":12345678901234567890}'), schema_of_json('{"a":"2024-01-01"}'), schema_of_json('null');
-- differs: another value.
SELECT schema_of_json('{"d":1.5}', map('prefersDecimal', 'true')), schema_of_json('{"a":1}', map('primitivesAsString', 'true')), schema_of_json('{"t":"2024-01-01 10:00:00"}', map('inferTimestamp', 'true')), schema_of_json('{"A b":1}');
SELECT schema_of_json(NULL);
SELECT schema_of_json(col) FROM VALUES ('{}') t(col);
-- differs: another value.
SELECT from_csv('x', 'a INT, _corrupt_record STRING'), from_csv('2024-03-05', 'd DATE'), from_csv('true,NaN,-Inf', 'a BOOLEAN, b DOUBLE, c DOUBLE'), from_csv('"a""b"', 'a STRING'), from_csv('''a,b'',c', 'x STRING, y STRING', map('quote', '''')), from_csv('1.50', 'd DECIMAL(5,1)');
-- differs: refused here, answered there.
SELECT to_csv(named_struct('a', 1, 'b', 2)), to_csv(named_struct('time', to_timestamp('2015-08-26', 'yyyy-MM-dd')), map('timestampFormat', 'dd/MM/yyyy')), to_csv(named_struct('a', NULL, 'b', 'x,y')), to_csv(named_struct('a', 'q"q', 'b', '')), to_csv(named_struct('a', 1.50, 'b', 1e10D, 'c', true, 'd', DATE'2024-03-05')), to_csv(named_struct('a', 1, 'b', 2), map('sep', ';')), to_csv(named_struct('a', ' x ')), to_csv(NULL);
-- differs: answered here, refused there.
SELECT schema_of_csv('1,abc'), schema_of_csv('1.5,true,2024-01-01'), schema_of_csv('1|a', map('sep', '|')), schema_of_csv('');
-- differs: refused here, answered there.
SELECT to_xml(named_struct('a', 1)), schema_of_xml('<p><a>1</a></p>');
-- differs: refused here, answered there.
SELECT from_xml('<p><a>1</a></p>', 'a INT');
-- differs: refused here, answered there.
SELECT xpath('<a><b>b1</b><b>b2</b></a>', 'a/b/text()'), xpath_int('<a><b>1</b><b>2</b></a>', 'sum(a/b)'), xpath_string('<a><b>b</b></a>', 'a/b'), xpath_boolean('<a><b>1</b></a>', 'a/b'), xpath_double('<a>1.5</a>', 'a');
SELECT parse_json('{"a":1,"b":[1,2.5,"x",null,true]}'), parse_json('null'), parse_json('5'), parse_json('"s"'), parse_json(NULL), try_parse_json('{'), to_json(parse_json('{"b":1,"a":2}')), parse_json('1e2'), parse_json('1.0'), parse_json('12345678901234567890123'), parse_json('0.1e-5');
-- differs: refused by both, with another error class.
SELECT variant_get(parse_json('{"a":1}'), '$.a', 'MAP<INT, INT>');
-- differs: another type or name of a column.
SELECT parse_json('{"a":{"b":1}}'):a.b, parse_json('{"a":{"b":1}}'):a.b::INT, parse_json('[1,2]'):[1], parse_json('{"a b":1}'):['a b'], parse_json('{"a":[{"c":5}]}'):a[0].c::BIGINT;
-- differs: another value.
SELECT schema_of_variant(parse_json('{"a":1,"b":[1,"x"],"c":null}')), schema_of_variant(parse_json('null')), schema_of_variant(parse_json('[1,2.5]')), schema_of_variant(parse_json('1.5')), schema_of_variant(NULL), schema_of_variant(parse_json('[]')), schema_of_variant(parse_json('{}')), schema_of_variant(CAST(1Y AS VARIANT)), schema_of_variant(CAST(DATE'2024-01-01' AS VARIANT));
SELECT to_variant_object(5);
-- differs: another value.
SELECT CAST(5 AS VARIANT), CAST('x' AS VARIANT), CAST(parse_json('5') AS INT), CAST(parse_json('"5"') AS INT), CAST(parse_json('5.7') AS INT), CAST(parse_json('true') AS STRING), CAST(parse_json('{"a":1}') AS STRING), CAST(array(1, 2) AS VARIANT), CAST(parse_json('[1,2]') AS ARRAY<STRING>), CAST(NULL AS VARIANT), CAST(DATE'2024-01-01' AS VARIANT), CAST(1.50 AS VARIANT), CAST(TIMESTAMP'2024-03-05 10:00:00' AS VARIANT);
SELECT CAST(named_struct('a', 1) AS VARIANT);
-- differs: refused by both, with another error class.
SELECT parse_json('{"a":1}') GROUP BY 1;
-- differs: answered here, refused there.
SELECT variant_insert(parse_json('{"a":1}'), '$.b', 2);
SELECT array_append(array(1), 2), array_append(array(1), NULL), array_append(NULL, 1), array_prepend(array(1), 0), array_append(array(), 'a');
SELECT array_compact(array(1, NULL, 2)), array_contains(array(1, 2), 2), array_contains(array(1, NULL), 3), array_contains(array(1, NULL), 1), array_contains(NULL, 1), array_contains(array('a'), 'a');
SELECT array_contains(array(1), NULL);
-- differs: answered here, refused there.
SELECT array_insert(array(1, 2, 3), 2, 9), array_insert(array(1, 2), 5, 9), array_insert(array(1, 2, 3), -1, 9), array_insert(array(1, 2, 3), -2, 9), array_insert(array(1), -3, 9), array_insert(NULL, 1, 1);
SELECT array_max(array(map(1, 2)));
SELECT array_position(array(1, 2, 2), 2), array_position(array(1), 5), array_position(array(NULL, 1), 1), array_position(NULL, 1), array_remove(array(1, 2, NULL, 2), 2), array_remove(array(1), NULL), array_repeat('a', 3), array_repeat(1, 0), array_repeat(1, -1), array_repeat(NULL, 2);
SELECT array_sort(array(3, 1, NULL, 2)), array_sort(array('b', 'a')), array_sort(array(3, 1, 2), (a, b) -> b - a), array_sort(array(3, 1, 2), (a, b) -> CASE WHEN a < b THEN 1 WHEN a > b THEN -1 ELSE 0 END), array_sort(array()), array_sort(NULL);
-- differs: refused by both, with another error class.
SELECT sort_array(array(1), 'x');
-- differs: refused here, answered there.
SELECT arrays_zip(array(1, 2), array('a')), arrays_zip(array(1), array(2), array(3)), arrays_zip(), arrays_zip(NULL, array(1)), arrays_zip(array(1, 2), NULL);
-- differs: refused by both, with another error class.
SELECT array(1, 2)['a'];
SELECT flatten(array(array(1, 2), array(3))), flatten(array(array(1), NULL)), flatten(array()), flatten(NULL), flatten(array(array(array(1))));
-- differs: refused here, answered there.
SELECT map_keys(map(1, 'a')), map_values(map(1, 'a')), map_entries(map(1, 'a')), map_contains_key(map(1, 'a'), 1), map_contains_key(map(1, 'a'), 2), map_from_arrays(array(1, 2), array('a', 'b')), map_from_entries(array(struct(1, 'a'), struct(2, 'b'))), map_concat(map(1, 'a'), map(2, 'b')), map_concat(), map_keys(NULL);
-- differs: answered here, refused there.
SELECT transform(array(1, 2, 3), x -> x + 1), transform(array(1, 2, 3), (x, i) -> x * i), filter(array(1, 2, 3), x -> x > 1), filter(array(0, 2, 3), (x, i) -> x > i), exists(array(1, 2), x -> x > 1), exists(array(1, NULL), x -> x > 1), forall(array(1, 2), x -> x > 0), forall(array(1, NULL), x -> x > 0), forall(array(), x -> false), any_match(array(1), x -> true);
-- differs: answered here, refused there.
SELECT aggregate(array(1.5, 2.5), 0, (acc, x) -> acc + x);
-- differs: refused by both, with another error class.
SELECT filter(array(1, 2), x -> x > (SELECT 1));
SELECT named_struct('a', 1, 'b', 'x'), struct(1, 'x'), struct(1 AS a, 'x' AS b), typeof(struct(1, 'x')), typeof(named_struct('a', 1)), struct(id, id + 1) FROM range(1);
SELECT explode(array(1)), explode(array(2));
-- differs: refused by both, with another error class.
SELECT explode(explode(array(array(1))));
-- differs: refused by both, with another error class.
SELECT stack(1);
SELECT stack(2, 1, 'a');
SELECT * FROM range(1, 2, 0);
-- differs: answered here, refused there.
SELECT coalesce(NULL, 1, 2), ifnull(NULL, 5), nvl(NULL, 'x'), nvl2(NULL, 1, 2), nvl2(1, 'a', 'b'), nullif(1, 1), nullif(1, 2), if(true, 1, 2), if(NULL, 1, 2), iff(true, 1, 2), isnull(NULL), isnotnull(1), coalesce(NULL), coalesce(1, 'a');
-- differs: answered here, refused there.
SELECT CASE 1 WHEN 1 THEN 'a' ELSE 'b' END, CASE WHEN NULL THEN 1 ELSE 2 END, CASE WHEN false THEN 1 END, typeof(CASE WHEN true THEN 1 ELSE 2.5 END);
-- differs: refused by both, with another error class.
SELECT raise_error('MY_ERROR', map('a', 'b'));
-- differs: answered here, refused there.
SELECT 1 + raise_error('x');
SELECT named_struct('a', 1) IN (named_struct('a', 1)), array(1) IN (array(1), array(2)), (1, 2) IN ((1, 2), (3, 4));
SELECT percentile(d, 1.5) FROM n;
SELECT percentile_approx(d, 2.0) FROM n;
SELECT percentile_approx(d, 0.5, -1) FROM n;
-- differs: refused by both, with another error class.
SELECT percentile_cont(0.5) FROM n;
SELECT first(s, 5) FROM n;
SELECT max_by(s, d), min_by(s, d), max_by(g, m), min_by(m, s) FROM n;
SELECT max_by(d, g, 2), min_by(d, g, 1) FROM n;
SELECT mode() WITHIN GROUP (ORDER BY g), mode(g, true) FROM n;
SELECT listagg(DISTINCT s, ',') WITHIN GROUP (ORDER BY g) FROM n;
SELECT histogram_numeric(d, 2), histogram_numeric(g, 10) FROM n;
SELECT g, s, count(*) FROM n GROUP BY GROUPING SETS ((g), (s), ()) ORDER BY g, s;
SELECT g, sum(d) FROM n;
SELECT count(DISTINCT *) FROM n;
SELECT count(n.*) FROM n;
SELECT hll_sketch_estimate(hll_sketch_agg(g)), count_min_sketch(g, 0.5D, 0.5D, 1) IS NOT NULL, bitmap_count(bitmap_construct_agg(bitmap_bit_position(g))) FROM n;
SELECT hll_sketch_estimate(hll_union(hll_sketch_agg(g), hll_sketch_agg(d))) FROM n;
SELECT sum(g) OVER (PARTITION BY s ORDER BY g), row_number() OVER (ORDER BY g, d), rank() OVER (ORDER BY g), dense_rank() OVER (ORDER BY g), percent_rank() OVER (ORDER BY g), cume_dist() OVER (ORDER BY g), ntile(2) OVER (ORDER BY g, d) FROM n;
SELECT g, lag(d) OVER (ORDER BY g, d), lead(d, 2) OVER (ORDER BY g, d), lag(d, 1, -1) OVER (ORDER BY g, d), nth_value(d, 2) OVER (ORDER BY g, d), first_value(d) OVER (ORDER BY g, d), last_value(d) IGNORE NULLS OVER (ORDER BY g, d ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM n;
-- differs: refused by both, with another error class.
SELECT row_number() OVER () FROM n;
-- differs: refused by both, with another error class.
SELECT rank() OVER (PARTITION BY g) FROM n;
SELECT lag(d, g) OVER (ORDER BY g) FROM n;
SELECT ntile(0) OVER (ORDER BY g) FROM n;
SELECT median(m), median(INTERVAL '1' DAY), percentile(m, 0.5) FROM n;
SELECT string_agg(DISTINCT s) FROM n WHERE g = 3;
