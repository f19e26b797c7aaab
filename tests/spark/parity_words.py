"""What random expressions are made of beside plain calls: arguments from a small world, and forms with a syntax of their own."""
import re

# Arguments from a small world: function -> texts a parameter takes, by position (None: any).
WORDS = {
    "date_format": [None, ["'yyyy-MM-dd HH:mm:ss'", "'EEE dd MMM yy'", "'D'", "'hh a'", "'SSS'", "'QQQ'", "'y G'"]], "date_trunc": [["'HOUR'", "'WEEK'", "'QUARTER'", "'MILLENNIUM'", "'foo'"]],
    "trunc": [None, ["'MM'", "'week'", "'year'", "'Q'", "'x'"]], "next_day": [None, ["'TU'", "'sunday'", "'x'"]], "to_date": [None, ["'yyyy-MM-dd'"]],
    "to_timestamp": [None, ["'yyyy-MM-dd'"]], "from_utc_timestamp": [None, ["'Asia/Tokyo'", "'UTC'", "'+05:30'", "'x/y'"]],
    "to_utc_timestamp": [None, ["'America/New_York'", "'GMT+1'"]], "convert_timezone": [["'UTC'", "'Europe/Paris'"], ["'Asia/Tokyo'"]],
    "date_part": [["'year'", "'week'", "'dow'", "'second'", "'quarter'", "'hours'"]], "timestampadd": [["MONTH", "HOUR", "QUARTER"]], "timestampdiff": [["MONTH", "DAY", "SECOND"]],
    "format_number": [None, ["0", "2", "'#,##0.0'", "'0000'"]], "format_string": [["'%s-%s'", "'%5s|%s'", "'%d'", "'%08.2f'", "'%x %s'"]],
    "to_char": [None, ["'99999.99'", "'S0999'", "'$99,999.9'", "'9.9EEEE'"]], "to_number": [["'12'", "'1,234.5'", "'-7'"], ["'99'", "'9,999.9'", "'S99'"]],
    "regexp_replace": [None, ["'[a-c]+'", "'(.)b'", "'^'"], ["'<$0>'", "'x'", "'$1'"]], "regexp_extract": [None, ["'([a-z])(b?)'", "'\\\\d+'"], ["0", "1", "2"]],
    "regexp_extract_all": [None, ["'([a-z])'", "'b*'"], ["0", "1"]], "split": [None, ["','", "'b'", "''", "'[ab]'"]], "rlike": [None, ["'^[a-m]'", "'b$'"]],
    "conv": [["'100'", "'-10'", "'ff'", "s"], ["2", "10", "16"], ["10", "16", "-10"]], "parse_url": [["'https://u:p@h.com:80/p/a?q=1&r=2#f'", "s"], ["'HOST'", "'QUERY'", "'FILE'", "'x'"]],
    "from_json": [["'{\"a\": 1, \"b\": \"x\"}'", "'[1, 2]'", "s"], ["'a INT, b STRING'", "'array<int>'", "'map<string,string>'"]], "get_json_object": [["'{\"a\": [1, {\"b\": 2}]}'"], ["'$.a'", "'$.a[1].b'", "'$.x'"]],
    "from_csv": [["'1,x'", "'1'", "s"], ["'a INT, b STRING'"]], "encode": [None, ["'UTF-8'", "'UTF-16'", "'ISO-8859-1'"]], "decode": [None, ["'UTF-8'", "'US-ASCII'"]],
    "sha2": [None, ["256", "512", "0", "1"]], "to_binary": [["'616263'", "s"], ["'hex'", "'utf-8'", "'base64'"]], "percentile": [None, ["0.5", "0.25", "array(0.1, 0.9)"]],
    "approx_percentile": [None, ["0.5", "array(0.0, 1.0)"]], "json_tuple": [["'{\"a\": 1}'"], ["'a'"], ["'b'"]], "make_date": [["2024", "i"], ["2", "13", "j"], ["29", "1"]],
    "date_diff": [None, None], "repeat": [None, ["0", "2", "-1"]], "space": [["3", "0", "-1"]], "lpad": [None, ["5", "0", "-1"]], "rpad": [None, ["5", "2"]], "array_repeat": [None, ["2", "0", "-3"]],
    "sequence": [["1", "ty", "DATE'2024-01-01'"], ["5", "sm", "DATE'2024-03-01'"], ["1", "2", "INTERVAL 1 MONTH"]], "ntile": [["2", "4"]], "nth_value": [None, ["1", "2"]],
    "lag": [None, ["1", "2", "-1", "0"]], "lead": [None, ["1", "2"]], "try_to_number": [["'12'", "'x'"], ["'99'"]], "variant_get": [["parse_json('{\"a\": [1, 2.5]}')"], ["'$.a[0]'", "'$.b'"], ["'int'", "'string'"]],
    "schema_of_json": [["'{\"a\": [1, 2.5]}'", "'[]'"]], "schema_of_csv": [["'1,abc,2.5'"]], "like": [None, ["'%a_'", "'a%'", "'\\\\%'"]], "extract": [["'year'"]], "stack": [["2"]], "histogram_numeric": [None, ["2"]],
    "from_unixtime": [["0", "1700000000", "l"], ["'yyyy-MM-dd'", "'HH:mm'"]], "unix_timestamp": [None, ["'yyyy-MM-dd'"]], "element_at": [["a", "mp", "sa"], ["1", "-1", "'a'", "5"]],
    "try_element_at": [["a", "mp", "sa"], ["1", "j", "'a'", "5"]], "bit_get": [None, ["0", "3", "40"]], "shiftleft": [None, ["1", "33", "j"]], "round": [None, ["0", "1", "-1", "3"]], "bround": [None, ["0", "1", "-1"]],
    "to_csv": [["st", "struct(i, s)"]], "to_json": [["st", "mp", "a", "struct(ts, m)"]], "inline": [["array(st)", "arrays_zip(a, sa)"]], "grouping": [["g"]], "aes_encrypt": [None, ["'0000111122223333'"]],
    "time_trunc": [["'HOUR'", "'SECOND'"]], "time_diff": [["'HOUR'", "'MINUTE'"]], "listagg": [["s", "u"], ["','", "'-'"]], "map_from_entries": [["array(struct('a', i))", "map_entries(mp)"]],
    "str_to_map": [["'a:1,b:2'", "s"], ["','"], ["':'"]], "window": [["ts"], ["'1 hour'"]], "collation": [["s"]], "to_varchar": [None, ["'99999.99'"]], "overlay": [None, None, ["1", "2"], ["0", "2"]],
    "mode": [None, ["true", "false"]], "max_by": [None, ["id"]], "min_by": [None, ["id"]], "first": [None, ["true", "false"]], "last": [None, ["true"]], "any_value": [None, ["true"]], "ceil": [None, ["0", "1", "-1"]], "floor": [None, ["1", "-1"]],
    "array_insert": [None, ["1", "3", "-1", "-3", "0"], None], "make_timestamp": [["2024"], ["2", "13"], ["29"], ["12"], ["30", "60"], ["1.5", "60"]], "substring": [None, ["0", "1", "-2", "i"], ["1", "3", "-1", "j"]],
    "levenshtein": [None, None, ["1", "2"]], "instr": [None, None, ["1", "2"], ["1"]], "regexp_count": [None, ["'a'", "'[bc]'"]], "regexp_instr": [None, ["'b'", "'[bc]'"]], "regexp_substr": [None, ["'b.'", "'z'"]],
    "assert_true": [["true", "b"]], "raise_error": [["'x'"]], "sentences": [None, ["'en'"], ["'US'"]], "width_bucket": [None, None, None, ["4", "0"]], "randstr": [["0"], ["1"]], "percentile_cont": [None, ["0.5"]], "percentile_approx": [None, ["0.5", "array(0.0, 1.0)"]], "try_to_date": [None, ["'yyyy-MM-dd'"]], "time_bucket": [["INTERVAL 1 HOUR"]], "count_min_sketch": [["i"], ["0.5D"], ["0.5D"], ["1"]],
}
# Functions that are not called: without an answer that can be compared (random, the time of day, sketches), not of Spark, or not supported here.
SKIPPED = re.compile(
    r"^(__|current_|curdate|now$|local|user$|session_user|version|secret|try_secret|uuid|monotonic|spark_part|input_file|rand|shuffle|uniform|.*xml.*|xpath|.*avro|.*protobuf|java_method|reflect|try_reflect"
    r"|hll|kll|theta|tuple|st_|approx_top_k|.*sketch|read_|window|session_window|collat|cast$|unix_timestamp$|event_log|in$|between$|\W+$|case$|when$|and$|or$|not$|vector_|ai_|h3_|is_account|zstd|try_zstd|bitmap_|measure$|aes_|aggregate$|reduce$|try_variant|sample|any_match"
    r"|iff$|charindex|mid$|istrue|isfalse|getdate|try_to_geo|grouping)"
)
LAMBDA_CALLS = {"transform", "filter", "exists", "forall", "zip_with", "map_filter", "map_zip_with", "transform_keys", "transform_values"}
# Result type: forms. {kind} is any expression of that type or class.
FORMS = {
    "boolean": [
        "exists({array<int>}, x -> x = {int})", "forall({array<int>}, x -> x < {int})", "{int} IN ({int}, {numeric}, {int})", "{string} IN ({string}, {int})", "{any} IS DISTINCT FROM {any}", "{string} LIKE {string}", "{string} NOT LIKE 'a%'",
        "{string} ILIKE 'A_C'", "{string} LIKE ANY ('a%', 'b%')", "{string} LIKE ALL ('a%', {string})", "{numeric} BETWEEN {numeric} AND {numeric}", "{string} RLIKE '[a-c]+'", "EXISTS (SELECT 1 FROM t AS w WHERE w.i = {int})",
        "{int} IN (SELECT j FROM t)", "{int} NOT IN (SELECT j FROM t WHERE j IS NOT NULL)", "{any} IS NULL", "{any} IS NOT NULL", "{boolean} IS NOT TRUE", "{boolean} IS UNKNOWN", "NOT {boolean}", "({boolean} AND {boolean})", "({boolean} OR {boolean})",
        "{int} <=> {int}", "{numeric} < {numeric}", "{numeric} = {numeric}", "{string} >= {string}", "{date} <= {date}", "{timestamp} > {timestamps}", "{orderable} = {orderable}", "{atomic} < {atomic}", "{date} BETWEEN {date} AND {timestamp}",
        "array_contains({array<int>}, {int})", "isnan({double})", "{array<int>} = {array<int>}", "{struct} < {struct}", "any_value({boolean}) OVER (ORDER BY id ROWS BETWEEN CURRENT ROW AND CURRENT ROW)", "{int} = ANY (SELECT j FROM t)",
        "({int}, {string}) IN ((1, 'a'), (2, {string}))", "{int} NOT IN (1, 2, NULL)", "EXISTS (SELECT 1 FROM t AS w WHERE w.id < {int} AND w.b)", "{intervals} > {intervals}", "{time} < {time}",
    ],
    "int": [
        "aggregate({array<int>}, {int}, (r, x) -> r + x)", "{array<int>}[{int}]", "{map<string,int>}['a']", "{map<string,int>}[{string}]", "st.x + {int}", "(SELECT max(i) FROM t) + {int}", "{string}::int", "EXTRACT(YEAR FROM {date})", "{int} + {int}", "{int} * {int}",
        "{int} - {int}", "{int} % {int}", "{int} & {int}", "{int} | {int}", "{int} ^ {int}", "~{int}", "-{int}", "CAST({numeric} AS INT)", "size({array<string>})", "dense_rank() OVER (ORDER BY {orderable})", "rank() OVER (PARTITION BY b ORDER BY {key}, id)", "length({string})",
        "{int} << 2", "{int} >> {int}", "{int} >>> 1", "POSITION({string} IN {string})", "row_number() OVER (ORDER BY {key} DESC, id)", "lag({int}, 1, {int}) OVER (ORDER BY id)", "hash({any}, {any})", "EXTRACT(DOY FROM {timestamps})", "try_cast({string} AS int)", "EXTRACT(HOUR FROM {time})",
        "CAST({time} AS INT)", "ntile(2) OVER (ORDER BY {key}, id)",
    ],
    "bigint": [
        "(SELECT count(*) FROM t AS w WHERE w.i < {int})", "{int} div {int}", "xxhash64({any})", "CAST({timestamp} AS BIGINT)", "CAST({numeric} AS BIGINT)", "count({any}) OVER (PARTITION BY {boolean})", "{bigint} + {integral}", "{bigint} * {int}", "{integral} div {integral}",
        "count(*) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING)", "sum({int}) OVER (ORDER BY id ROWS 2 PRECEDING)", "{bigint} % {bigint}", "sum({int}) OVER (PARTITION BY b ORDER BY i, j, id)", "{intervals} div {intervals}",
    ],
    "double": [
        "aggregate({array<int>}, 0D, (r, x) -> r + x, r -> r / 2)", "{numeric} / {int}", "{double} * {numeric}", "{double} + {numeric}", "{double} - {double}", "-{double}", "{string}::double", "CAST({numeric} AS DOUBLE)", "avg({int}) OVER (PARTITION BY b)", "{double} % {numeric}",
        "percent_rank() OVER (ORDER BY {key})", "cume_dist() OVER (ORDER BY {key})", "{map<string,int>}['a'] / 2", "CAST({timestamp} AS DOUBLE)", "avg({double}) OVER (ORDER BY id ROWS 1 PRECEDING)",
    ],
    "float": ["CAST({numeric} AS FLOAT)", "{float} + {integral}", "{float} * {float}", "-{float}"],
    "decimal(10,2)": ["CAST({numeric} AS DECIMAL(10,2))", "{decimal} + {decimal}", "{decimal} - {integral}", "{decimal} * {decimal}", "{decimal} / {decimal}", "{decimal} % {decimal}", "-{decimal}", "CAST({string} AS DECIMAL(10,2))", "sum({decimal}) OVER (ORDER BY id)", "EXTRACT(SECOND FROM {timestamp})"],
    "decimal(5,3)": ["CAST({numeric} AS DECIMAL(5,3))", "TRY_CAST({any} AS DECIMAL(5,3))"],
    "tinyint": ["CAST({numeric} AS TINYINT)", "-{tinyint}", "{tinyint} + {tinyint}", "{tinyint} % {tinyint}"], "smallint": ["CAST({numeric} AS SMALLINT)", "{smallint} * {tinyint}", "~{smallint}"],
    "string": [
        "{string} || {any}", "CASE {int} WHEN 1 THEN {string} WHEN {int} THEN 'q' ELSE {string} END", "reduce({array<string>}, '', (r, x) -> r || x)", "st.y || {string}", "{array<string>}[0]", "map_keys({map<string,int>})[0]", "TRIM(BOTH 'a' FROM {string})", "TRIM(LEADING {string} FROM {string})",
        "SUBSTRING({string} FROM 2 FOR 2)", "OVERLAY({string} PLACING 'Z' FROM 2)", "{numeric}::string", "CAST({any} AS STRING)", "to_json(struct({any} AS q))", "typeof({any})", "lag({string}) OVER (ORDER BY id)", "CAST({orderable} AS STRING)", "CAST(array({any}, {any}) AS STRING)",
        "to_json(array({any}))", "first_value({string}) OVER (PARTITION BY {boolean} ORDER BY id)", "array_join(transform({array<int>}, x -> x || {string}), ',')", "to_csv(struct({any}, {any}))", "CAST(struct({any}, {any}) AS STRING)", "CAST({timestamps} AS STRING)", "max({string}) OVER (PARTITION BY b)",
        "get_json_object(to_json(struct({any} AS q)), '$.q')", "nvl({string}, {any})",
    ],
    "binary": ["CAST({string} AS BINARY)", "{binary} || {binary}", "CAST({integral} AS BINARY)"],
    "date": ["{date} + {interval}", "{date} + {int}", "CAST({timestamps} AS DATE)", "{date} - {int}", "try_add({date}, {int})", "{string}::date", "{date} - {interval}", "max({date}) OVER (ORDER BY id)", "CAST({string} AS DATE)"],
    "timestamp": ["{timestamp} - {intervals}", "{timestamp} + {intervals}", "CAST({date} AS TIMESTAMP)", "CAST({timestamp_ntz} AS TIMESTAMP)", "CAST({numeric} AS TIMESTAMP)", "{date} + {dt}", "CAST({string} AS TIMESTAMP)", "TRY_CAST({string} AS TIMESTAMP)"],
    "timestamp_ntz": ["{timestamp_ntz} + {intervals}", "CAST({timestamp} AS TIMESTAMP_NTZ)", "CAST({date} AS TIMESTAMP_NTZ)", "TRY_CAST({string} AS TIMESTAMP_NTZ)"],
    "time": ["CAST({timestamps} AS TIME)", "TRY_CAST({string} AS TIME)", "{time} + {dt}", "{time} - {dt}", "CAST({time} AS TIME(3))"],
    "interval year to month": ["{interval} * {numeric}", "{interval} / {numeric}", "-{interval}", "{interval} + {interval}", "CAST({int} AS INTERVAL MONTH)", "CAST({string} AS INTERVAL YEAR TO MONTH)"],
    "interval day to second": ["{date} - {date}", "{timestamps} - {timestamps}", "{dt} * {numeric}", "{dt} / {numeric}", "-{dt}", "{dt} - {dt}", "{time} - {time}", "CAST({string} AS INTERVAL DAY TO SECOND)", "CAST({int} AS INTERVAL HOUR)"],
    "array<int>": [
        "transform({array<int>}, x -> x + {int})", "transform({array<int>}, (x, k) -> x * k)", "filter({array<int>}, x -> x > {int})", "array_sort({array<int>}, (x, y) -> CASE WHEN x IS NULL OR y IS NULL THEN 0 ELSE y - x END)", "transform({array<string>}, x -> length(x) + {int})",
        "array({int}, {int})", "array({struct}).x", "sort_array(array({int}, {int}, NULL))", "map_values({map<string,int>})", "CAST({array<string>} AS ARRAY<INT>)", "collect_list({int}) OVER (ORDER BY id ROWS 1 PRECEDING)", "transform({array<int>}, x -> if(x > {int}, x, j))", "split({string}, ',')::array<int>",
    ],
    "array<double>": ["array({double}, {double})", "transform({array<int>}, x -> x / {int})", "zip_with({array<int>}, {array<double>}, (x, y) -> x * y)", "CAST({array<int>} AS ARRAY<DOUBLE>)"],
    "array<string>": ["filter({array<string>}, (x, k) -> k > 0)", "zip_with({array<int>}, {array<string>}, (x, y) -> concat(x, y))", "array({string}, {string})", "CAST({array<int>} AS ARRAY<STRING>)", "transform({array<string>}, x -> upper(x) || {string})", "map_keys({map<string,int>})", "array({struct}, {struct}).y"],
    "map<string,int>": [
        "map_filter({map<string,int>}, (k, v) -> v > {int})", "transform_keys({map<string,int>}, (k, v) -> upper(k))", "transform_values({map<string,int>}, (k, v) -> v + {int})", "map_zip_with({map<string,int>}, map('a', 9), (k, v, w) -> coalesce(v, 0) + w)", "map({string}, {int})", "map_from_arrays(array({string}), array({int}))",
    ],
    "struct<x:int,y:string>": ["named_struct('x', {int}, 'y', {string})", "struct({int} AS x, {string} AS y)", "array({struct}, {struct})[0]", "max({struct}) OVER (PARTITION BY b)"],
    "variant": ["{variant}:a", "CAST({numeric} AS VARIANT)", "parse_json(to_json({struct}))"],
}
# Forms whose type depends on their parts.
OPEN_FORMS = [
    "{any} IS NULL", "CASE WHEN {boolean} THEN {numeric} ELSE {numeric} END", "if({boolean}, {any}, {any})", "coalesce({numeric}, {numeric})", "array({numeric}, {numeric})", "map({string}, {numeric})", "struct({int}, {string})", "named_struct('q', {any})", "{intervals} * {numeric}", "{intervals} / {numeric}",
    "{timestamps} - {timestamps}", "{date} - {timestamps}", "greatest({numeric}, {numeric})", "nullif({numeric}, {numeric})", "nvl2({any}, {int}, {string})", "array_max(array({numeric}, {numeric}))", "sum({numeric}) OVER (PARTITION BY b ORDER BY i, j, id)", "lag({any}) OVER (ORDER BY id)", "-{numeric}", "+{any}",
    "map_filter(map({key}, {int}), (k, v) -> v > 0)", "array_distinct(array({numeric}, {numeric}))", "transform(array({any}), x -> struct(x, {int}))", "CASE WHEN {boolean} THEN {any} END", "coalesce({any}, {any})", "least({any}, {any})", "struct({any}, {any}).col1", "array({any}, {any})[0]", "{variant}:a[0]::string",
    "try_divide({numeric}, {numeric})", "try_add({any}, {any})", "try_multiply({any}, {numeric})", "try_subtract({any}, {any})", "try_mod({numeric}, {numeric})", "avg({numeric}) OVER (PARTITION BY b)", "map({key}, {any})[{key}]", "explode(array({any}, {any}))", "array_append(array({numeric}), {numeric})",
    "sequence({date}, {date} + {dt}, {intervals})", "date_trunc('DAY', {any})", "max({any}) OVER (ORDER BY id)", "first({any}) IGNORE NULLS OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)", "arrays_zip({array<int>}, {array<string>})", "map_entries({map<string,int>})",
    "flatten(array({array<int>}, {array<int>}))", "nullif({any}, {any})", "nvl({any}, {any})", "to_json(map({key}, {any}))", "{any} || {any}", "concat({array<int>}, {array<int>})", "ceil({numeric}, {int})", "round({numeric}, 1)", "abs({any})", "sign({any})", "lead({any}, 1, {any}) OVER (ORDER BY id)",
]
OPERATORS = ["+", "-", "*", "/", "%", "div", "=", "<", "<=>", "!=", ">=", "||", "&", "|", "^", "AND"]
