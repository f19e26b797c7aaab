-- TIME: literals, casts, sums, functions.
SELECT time'10:11:12.345', time'23:59:59.999999', typeof(time'01:02:03'), time'1:2:3';
SELECT time'25:00:00';
SELECT time'10:60:00';
SELECT cast('10:11:12' AS time(0)), cast('10:11:12.123456' AS time(3)), time'10:11:12.987' :: time(1), cast(time'10:11:12' AS STRING), cast('x' AS time);
SELECT try_cast('x' AS time), try_cast('10:11' AS time), hour(time'10:11:12'), minute(time'10:11:12'), second(time'10:11:12.5'), extract(SECOND FROM time'10:11:12.5'), date_part('HOUR', time'10:11:12');
SELECT time'10:00:00' + interval '1' hour, time'10:00:00' - interval '90' minute, time'10:00:00' - time'09:00:00', interval '1' second + time'10:00:00';
SELECT time'23:00:00' + interval '2' hour;
SELECT time'10:00:00' + interval '1' day;
SELECT time'10:00:00' + interval '1' month;
SELECT time'10:00:00' < time'11:00:00', time'10:00:00' = '10:00:00', greatest(time'10:00:00', time'11:00:00'), max(x) FROM VALUES (time'01:00:00'), (time'02:00:00') t(x) GROUP BY ALL;
SELECT time_diff('HOUR', time'10:00:00', time'12:30:00'), time_trunc('MINUTE', time'10:11:12'), make_time(10, 11, 12.5), to_time('10:11:12'), to_time('10.11', 'HH.mm'), try_to_time('x');
-- differs: refused by both, with another error class.
SELECT time_diff('DAY', time'10:00:00', time'12:30:00');
SELECT current_time() IS NOT NULL, typeof(current_time), typeof(current_time(3)), typeof(localtime);
-- differs: answered here, refused there.
SELECT current_time(7);
SELECT cast(time'10:11:12' AS INT), cast(time'10:11:12.5' AS DECIMAL(10, 2)), cast(time'10:11:12' AS BIGINT);
SELECT cast(time'10:11:12' AS timestamp);
SELECT date'2020-01-01' + time'10:00:00', timestamp_ntz'2020-01-01 10:00:00'::time;
SELECT time'10:11:12', count(*) FROM range(2) GROUP BY 1;
-- differs: answered here, refused there.
SELECT date_format(time'10:11:12', 'HH:mm'), hash(time'10:11:12') IS NOT NULL, to_json(struct(time'10:11:12' AS t));
