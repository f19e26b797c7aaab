"""Seeded random queries for parity_test.py: functions by their signatures, casts, operators, aggregates, windows, queries.

`Cases(functions, seed).next()` gives a Case; it stands for one query, and `smaller()` gives simpler ones of its kind.
"""
import random
import re

# The table `t`, as an inline table: Spark keeps it in its plan and needs no job to read it.
COLUMNS = {
    "b": ("boolean", ["true", "false", None, "true", "false", "true"]),
    "ty": ("tinyint", ["1", "-128", "7", None, "0", "100"]),
    "sm": ("smallint", ["300", "-1", None, "0", "12", "-32768"]),
    "i": ("int", ["0", "1", "-7", "42", None, "100"]),
    "j": ("int", ["3", "2", "0", None, "-2", "5"]),
    "l": ("bigint", ["5000000000", "-1", "0", "12", "9", None]),
    "f": ("float", ["1.5", "-0.25", "0", None, "3.4e10", "100"]),
    "d": ("double", ["0.1", "-2.5", None, "1e10", "0", "123.456"]),
    "m": ("decimal(10,2)", ["12.34", "-0.05", "99999.99", "0", None, "2.50"]),
    "n": ("decimal(5,3)", ["1.500", None, "-7.125", "0.001", "10", "0"]),
    "s": ("string", ["'abc'", "''", "'Zaß Bc'", None, "'12'", "'a,b'"]),
    "u": ("string", ["'b'", "'abcabc'", None, "' x '", "'2024-02-29'", "'Abc'"]),
    "bi": ("binary", ["X'616263'", "X''", None, "X'00FF'", "X'31'", "X'61'"]),
    "dt": ("date", ["'2024-02-29'", "'1969-12-31'", None, "'2001-10-05'", "'1582-10-15'", "'2038-01-19'"]),
    "ts": ("timestamp", ["'2024-03-10 01:30:00'", "'1999-12-31 23:59:59.5'", "'2024-11-03 01:30:00'", None, "'1970-01-01 00:00:00'", "'2020-06-15 12:34:56.123456'"]),
    "tn": ("timestamp_ntz", ["'2024-03-10 02:30:00'", None, "'1999-12-31 23:59:59.5'", "'2001-01-01 00:00:00'", "'1960-07-04 08:09:10'", "'2020-06-15 12:34:56.123456'"]),
    "ym": ("interval year to month", ["INTERVAL '1-2' YEAR TO MONTH", "INTERVAL '-3' MONTH", None, "INTERVAL '0' YEAR", "INTERVAL '10' YEAR", "INTERVAL '5' MONTH"]),
    "di": ("interval day to second", ["INTERVAL '1 02:03:04.5' DAY TO SECOND", "INTERVAL '-36' HOUR", None, "INTERVAL '0' SECOND", "INTERVAL '7' DAY", "INTERVAL '90' MINUTE"]),
    "a": ("array<int>", ["array(1, 2, 2)", "array(3, NULL, 1)", "array()", None, "array(-5)", "array(9, 8)"]),
    "sa": ("array<string>", ["array('x', NULL, 'y')", "array('a', 'b')", None, "array()", "array('abc')", "array('b', 'a')"]),
    "mp": ("map<string,int>", ["map('a', 1, 'b', 2)", "map()", None, "map('k', NULL)", "map('a', 5)", "map('x', 0, 'b', 7)"]),
    "st": ("struct<x:int,y:string>", ["named_struct('x', 1, 'y', 'a')", "named_struct('x', 2, 'y', NULL)", None, "named_struct('x', 1, 'y', 'b')", "named_struct('x', -3, 'y', 'a')", "named_struct('x', NULL, 'y', 'z')"]),
}
LITERALS = {
    "boolean": ["true", "false"], "tinyint": ["5Y", "-1Y"], "smallint": ["300S", "2S"], "int": ["0", "1", "3", "-1", "2", "2147483647"],
    "bigint": ["0L", "9L", "-5000000000L"], "float": ["1.5F", "float('NaN')", "-0.0F"], "double": ["0D", "2.5D", "double('NaN')", "double('Infinity')", "-1e-7D"],
    "decimal(10,2)": ["1.5", "0.00", "-12.34", "123456789012345678.123", "0.5BD"], "decimal(5,3)": ["2.125", "7"],
    "string": ["'abc'", "''", "'12'", "'a'", "' 7 '", "'2024-02-29'", "'1.5e3'", "'true'", "'Zaß'"], "binary": ["X'616263'", "X''"],
    "date": ["DATE'2024-01-31'", "DATE'1900-01-01'"], "timestamp": ["TIMESTAMP'2024-03-10 01:30:00'", "TIMESTAMP'1969-12-31 23:59:59.999999'"],
    "timestamp_ntz": ["TIMESTAMP_NTZ'2024-03-10 02:30:00'"], "interval year to month": ["INTERVAL '1-2' YEAR TO MONTH", "INTERVAL 3 MONTHS"],
    "interval day to second": ["INTERVAL '1 02:03:04.5' DAY TO SECOND", "INTERVAL 36 HOURS"], "array<int>": ["array(1, 2, 2)", "array(3, NULL, 1)"],
    "array<string>": ["array('x', NULL, 'y')", "split('a-b-c', '-')"], "map<string,int>": ["map('a', 1, 'b', 2)"],
    "struct<x:int,y:string>": ["named_struct('x', 1, 'y', 'a')"], "void": ["NULL"], "time": ["TIME'12:34:56.789'", "TIME'00:00:00'"],
    "variant": ["parse_json('{\"a\": [1, 2.5, null, \"x\"]}')"],
}
BY_TYPE = {}
for _name, (_type, _) in COLUMNS.items():
    BY_TYPE.setdefault(_type, []).append(_name)
for _type in LITERALS:
    BY_TYPE.setdefault(_type, [])
NUMERIC = ["tinyint", "smallint", "int", "bigint", "float", "double", "decimal(10,2)", "decimal(5,3)"]
CLASSES = {
    "any": [type_ for type_ in LITERALS if type_ not in ("time", "variant")], "numeric": NUMERIC, "integral": NUMERIC[:4], "fractional": NUMERIC[4:],
    "decimal": NUMERIC[6:], "atomic": [*NUMERIC, "string", "boolean", "date", "timestamp", "binary"],
    "orderable": [*NUMERIC, "string", "boolean", "date", "timestamp", "binary", "array<int>", "struct<x:int,y:string>", "interval day to second"],
    "timestamps": ["timestamp", "timestamp_ntz"], "intervals": ["interval year to month", "interval day to second"], "ym": ["interval year to month"],
    "dt": ["interval day to second"], "interval": ["interval year to month"], "struct": ["struct<x:int,y:string>"], "T": ["int", "string", "double", "decimal(10,2)", "date"],
    "K": ["string"], "V": ["int"], "decimal(16,6)": ["decimal(5,3)", "int"], "decimal(18,6)": ["decimal(5,3)"],
}
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
    "date_diff": [None, None], "repeat": [None, ["0", "2", "-1", "j"]], "space": [["3", "0", "-1"]], "lpad": [None, ["5", "0", "-1"]], "rpad": [None, ["5", "2"]], "array_repeat": [None, ["2", "0", "j"]],
    "sequence": [["1", "i", "DATE'2024-01-01'"], ["5", "j", "DATE'2024-03-01'"], ["1", "2", "INTERVAL 1 MONTH"]], "ntile": [["2", "4"]], "nth_value": [None, ["1", "2"]],
    "lag": [None, ["1", "2", "-1", "0"]], "lead": [None, ["1", "2"]], "try_to_number": [["'12'", "'x'"], ["'99'"]], "variant_get": [["parse_json('{\"a\": [1, 2.5]}')"], ["'$.a[0]'", "'$.b'"], ["'int'", "'string'"]],
    "schema_of_json": [["'{\"a\": [1, 2.5]}'", "'[]'"]], "schema_of_csv": [["'1,abc,2.5'"]], "like": [None, ["'%a_'", "'a%'", "'\\\\%'"]], "extract": [["'year'"]], "stack": [["2"]], "histogram_numeric": [None, ["2"]],
    "from_unixtime": [["0", "1700000000", "l"], ["'yyyy-MM-dd'", "'HH:mm'"]], "unix_timestamp": [None, ["'yyyy-MM-dd'"]], "element_at": [["a", "mp", "sa"], ["1", "-1", "'a'", "5"]],
    "try_element_at": [["a", "mp", "sa"], ["1", "j", "'a'", "5"]], "bit_get": [None, ["0", "3", "40"]], "shiftleft": [None, ["1", "33", "j"]], "round": [None, ["0", "1", "-1", "3"]], "bround": [None, ["0", "1", "-1"]],
    "to_csv": [["st", "struct(i, s)"]], "to_json": [["st", "mp", "a", "struct(ts, m)"]], "inline": [["array(st)", "arrays_zip(a, sa)"]], "grouping": [["g"]], "aes_encrypt": [None, ["'0000111122223333'"]],
    "time_trunc": [["'HOUR'", "'SECOND'"]], "time_diff": [["'HOUR'", "'MINUTE'"]], "listagg": [["s", "u"], ["','", "'-'"]], "map_from_entries": [["array(struct('a', i))", "map_entries(mp)"]],
    "str_to_map": [["'a:1,b:2'", "s"], ["','"], ["':'"]], "window": [["ts"], ["'1 hour'"]], "collation": [["s"]], "to_varchar": [None, ["'99999.99'"]], "overlay": [None, None, ["1", "2"], ["0", "2"]],
    "mode": [None, ["true", "false"]], "first": [None, ["true", "false"]], "last": [None, ["true"]], "any_value": [None, ["true"]], "ceil": [None, ["0", "1", "-1"]], "floor": [None, ["1", "-1"]],
    "array_insert": [None, ["1", "3", "-1", "-3", "0"], None], "make_timestamp": [["2024"], ["2", "13"], ["29"], ["12"], ["30", "60"], ["1.5", "60"]], "substring": [None, ["0", "1", "-2", "i"], ["1", "3", "-1", "j"]],
    "levenshtein": [None, None, ["1", "2"]], "instr": [None, None, ["1", "2"], ["1"]], "regexp_count": [None, ["'a'", "'[bc]'"]], "regexp_instr": [None, ["'b'", "'[bc]'"]], "regexp_substr": [None, ["'b.'", "'z'"]],
    "assert_true": [["true", "b"]], "raise_error": [["'x'"]], "sentences": [None, ["'en'"], ["'US'"]], "width_bucket": [None, None, None, ["4", "0"]], "count_min_sketch": [["i"], ["0.5D"], ["0.5D"], ["1"]],
}
LAMBDAS = [
    "transform(a, x -> x + {int})", "transform(a, (x, k) -> x * k)", "filter(a, x -> x > {int})", "filter(sa, (x, k) -> k > 0)", "exists(a, x -> x = {int})", "forall(a, x -> x < {int})", "aggregate(a, {int}, (r, x) -> r + x)",
    "aggregate(a, 0D, (r, x) -> r + x, r -> r / 2)", "reduce(sa, '', (r, x) -> r || x)", "zip_with(a, sa, (x, y) -> concat(x, y))", "map_filter(mp, (k, v) -> v > {int})", "transform_keys(mp, (k, v) -> upper(k))",
    "transform_values(mp, (k, v) -> v + {int})", "map_zip_with(mp, map('a', 9), (k, v, w) -> coalesce(v, 0) + w)", "array_sort(a, (x, y) -> y - x)", "transform(sa, x -> length(x) + {int})", "a[{int}]", "mp['a']", "mp[{string}]",
    "st.x + {int}", "st.y || {string}", "sa[0]", "array(st).x", "map_keys(mp)[0]", "CASE {int} WHEN 1 THEN {string} WHEN {int} THEN 'q' ELSE {string} END", "CASE WHEN {boolean} THEN {numeric} ELSE {numeric} END",
    "if({boolean}, {any}, {any})", "coalesce({numeric}, {numeric})", "{int} IN ({int}, {numeric}, {int})", "{string} IN ({string}, {int})", "{any} IS DISTINCT FROM {any}", "{string} LIKE {string}", "{string} NOT LIKE 'a%'",
    "{string} ILIKE 'A_C'", "{string} LIKE ANY ('a%', 'b%')", "EXTRACT(YEAR FROM {date})", "EXTRACT(SECOND FROM {timestamp})", "{numeric} BETWEEN {numeric} AND {numeric}", "array({numeric}, {numeric})", "map({string}, {numeric})",
    "struct({int}, {string})", "named_struct('q', {numeric})", "(SELECT max(i) FROM t) + {int}", "EXISTS (SELECT 1 FROM t AS w WHERE w.i = t.j)", "i IN (SELECT j FROM t)", "i NOT IN (SELECT j FROM t WHERE j IS NOT NULL)",
    "(SELECT count(*) FROM t AS w WHERE w.i < t.i)", "{date} + {interval}", "{timestamp} - {intervals}", "{date} - {date}", "{timestamp} - {timestamp}", "{intervals} * {numeric}", "{intervals} / {numeric}", "{date} + {int}", "-{intervals}",
    "TRIM(BOTH 'a' FROM {string})", "POSITION({string} IN {string})", "SUBSTRING({string} FROM 2 FOR 2)", "OVERLAY({string} PLACING 'Z' FROM 2)", "{string}::int", "{numeric}::string", "- {numeric}", "~{integral}", "NOT {boolean}",
    "{boolean} AND {boolean} OR {boolean}", "{int} IS NULL", "{boolean} IS NOT TRUE", "{string} || {any}", "greatest({numeric}, {numeric})", "nullif({numeric}, {numeric})", "nvl2({any}, {int}, {string})", "try_add({date}, {int})",
    "to_json(struct({any} AS q))", "hash({any}, {any})", "xxhash64({any})", "typeof({any})", "CAST({any} AS STRING)", "sort_array(array({int}, {int}, NULL))", "array_max(array({numeric}, {numeric}))", "{int} <=> {int}",
    "sum({numeric}) OVER (PARTITION BY b ORDER BY i, j, id)", "rank() OVER (ORDER BY {orderable})", "lag({any}) OVER (ORDER BY id)", "count({any}) OVER (PARTITION BY {boolean})",
]
OPERATORS = ["+", "-", "*", "/", "%", "div", "=", "<", "<=>", "!=", ">=", "||", "&", "|", "^", "AND"]
SKIPPED = re.compile(
    r"^(__|current_|curdate|now$|local|user$|session_user|version|secret|try_secret|uuid|monotonic|spark_part|input_file|rand|shuffle|randstr|uniform|.*xml.*|xpath|.*avro|.*protobuf|java_method|reflect|try_reflect"
    r"|hll|kll|theta|tuple|st_|approx_top_k|.*sketch|read_|window|session_window|collat|cast$|unix_timestamp$|raise_error|event_log|in$|between$|\W+$|case$|when$|and$|or$|not$|vector_|ai_|h3_|is_account|zstd|try_zstd|bitmap_|measure$|aes_|aggregate$|reduce$|try_variant|sample)"
)
CASTS = ["boolean", "tinyint", "smallint", "int", "bigint", "float", "double", "decimal(10,2)", "decimal(4,1)", "decimal(38,10)", "string", "binary", "date", "timestamp", "timestamp_ntz", "interval year to month",
         "interval day to second", "interval day", "array<string>", "array<bigint>", "map<string,string>", "struct<a:string,b:string>", "time"]
TEXTS = ["'1'", "' 12 '", "'1.5'", "'-0'", "'1e3'", "'abc'", "''", "'true'", "'T'", "'no'", "'NaN'", "'-Infinity'", "'2024-02-30'", "'2024-02-29'", "'2024'", "'2024-1-5'", "'2024-03-10 02:30:00'", "'2024-03-10T02:30:00Z'", "'12:30:00'",
         "'2024-01-01 00:00:00+05:30'", "'1-2'", "'1 02:03:04'", "'interval 3 months'", "'999999999999'", "'1.999'", "'0x1F'", "'1L'", "'1d'", "'.5'", "'5.'", "'+7'", "'12345678901234567890'", "'epoch'", "'1_000'", "'2024-01-01 1:2:3.4567891'"]
NUMBERS = ["127Y", "-1S", "300", "2147483648L", "1.5F", "-0.0D", "12.7D", "-12.7D", "1e20D", "double('NaN')", "float('Infinity')", "99.995", "0.05", "123456.789", "1e-10D", "1.0E7D", "1.0E-3D", "123456789.125F", "9999999999.99BD"]


def table():
    """The statement that makes `t`, six rows of every type."""
    rows = ", ".join(f"({row}, " + ", ".join(f"CAST({values[row] or 'NULL'} AS {kind})" for kind, values in COLUMNS.values()) + ")" for row in range(6))
    return f"CREATE OR REPLACE TEMP VIEW t AS SELECT * FROM VALUES {rows} AS t(id, {', '.join(COLUMNS)})"


class Case:
    """A query made of an expression of parts: `frame` says where the expression goes."""

    def __init__(self, frame, template, parts):
        self.frame, self.template, self.parts = frame, template, parts

    def expression(self):
        parts = iter(self.parts)
        return re.sub(r"\0", lambda _: next(parts), self.template)

    def query(self):
        return self.frame.replace("{}", self.expression())

    def shape(self):
        return re.sub(r"'[^']*'", "''", self.template.replace("\0", "_"))

    def smaller(self):
        """Cases with one argument replaced by a plainer one of its type, or one row of the table."""
        for index, part in enumerate(self.parts):
            options = [name for name, (kind, _) in COLUMNS.items() if f"\1{kind}" in part] or ["NULL", "i", "s", "1", "'a'"]
            for option in options:
                if len(option) < len(part):
                    yield Case(self.frame, self.template, [*self.parts[:index], option, *self.parts[index + 1:]])
        if self.frame.endswith("FROM t"):
            for row in range(6):
                yield Case(f"{self.frame} WHERE id = {row}", self.template, self.parts)


def split_top(text):
    parts, depth, start = [], 0, 0
    for at, char in enumerate(text):
        depth += (char in "<([") - (char in ">)]")
        if char == "," and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    return [part.strip() for part in [*parts, text[start:]] if part.strip()]


class Cases:
    """`functions`: (name, signature, kind); kind is scalar, aggregate, window or generator."""

    def __init__(self, functions, seed):
        self.random = random.Random(seed)
        self.functions = [one for one in functions if not SKIPPED.search(one[0])]
        self.scalars = [one for one in self.functions if one[2] == "scalar"]
        self.aggregates = [one for one in self.functions if one[2] == "aggregate"]
        self.windows = [one for one in self.functions if one[2] in ("window", "aggregate")]
        self.generators = [one for one in self.functions if one[2] == "generator"]

    def next(self):
        makers = [(self.function, 30), (self.nested, 14), (self.cast, 14), (self.operator, 12), (self.special, 16), (self.aggregate, 12), (self.window, 8), (self.generator, 3), (self.whole, 8)]
        return self.random.choices([maker for maker, _ in makers], [weight for _, weight in makers])[0]()

    def value(self, kind):
        """An expression of a type or class of types."""
        draw = self.random
        kind = kind.strip("[] ")
        if "|" in kind and "<" not in kind.split("|")[0]:
            return self.value(draw.choice(kind.split("|")))
        if kind.startswith("array<") and kind not in BY_TYPE:
            inner = kind[6:-1]
            return draw.choice(["a", "sa"]) if inner in ("T", "any", "K", "V") else f"array({self.value(inner)}, {self.value(inner)})"
        if kind.startswith("map<") and kind not in BY_TYPE:
            return draw.choice(["mp", "map('a', 1)", "map('k', 2, 'j', NULL)"])
        if kind in CLASSES:
            return self.value(draw.choice(CLASSES[kind]))
        if kind not in BY_TYPE:
            kind = "int"
        pool = BY_TYPE[kind]
        return draw.choice(pool) if pool and (draw.random() < 0.6 or kind not in LITERALS) else draw.choice(LITERALS[kind])

    def arguments(self, name, signature):
        parameters = split_top(signature[signature.index("(") + 1: signature.rindex(")")])
        kinds = []
        for parameter in parameters:
            if parameter.startswith("[") and self.random.random() < 0.5:
                break
            repeated = parameter.endswith("...")
            kind = parameter.removesuffix("...")
            kinds += [kind] * (self.random.randint(1, 2) if repeated else 1)
        chosen = self.random.choice(CLASSES["T"])
        words = WORDS.get(name, [])
        values = []
        for index, kind in enumerate(kinds):
            if index < len(words) and words[index] and self.random.random() < 0.85:
                values.append(self.random.choice(words[index]))
            elif self.random.random() < 0.06:
                values.append(self.value("any"))
            elif kind.strip("[]") in ("T", "array<T>") and self.random.random() < 0.8:
                inner = "int" if chosen not in ("int", "string") else chosen
                values.append(self.value(f"array<{inner}>" if "array" in kind else inner))
            elif name in ("map_keys", "map_values", "map_contains_key") and "K" in kind:
                values.append(self.value("map<string,int>" if "map" in kind else "string"))
            else:
                values.append(self.value(kind))
        return values

    def call(self, functions):
        name, signature, _ = self.random.choice(functions)
        return name, self.arguments(name, signature)

    def function(self):
        name, values = self.call(self.scalars)
        return Case("SELECT id, {} FROM t", f"{name}({', '.join(chr(0) for _ in values)})", values)

    def nested(self):
        name, values = self.call(self.scalars)
        if values:
            at = self.random.randrange(len(values))
            inner, arguments = self.call(self.scalars)
            if not WORDS.get(name):
                values[at] = f"{inner}({', '.join(arguments)})"
        return Case("SELECT id, {} FROM t", f"{name}({', '.join(chr(0) for _ in values)})", values)

    def cast(self):
        to = self.random.choice(CASTS)
        pool = self.random.random()
        value = self.random.choice(TEXTS) if pool < 0.35 else self.random.choice(NUMBERS) if pool < 0.6 else self.value("any")
        how = self.random.choice(["CAST", "CAST", "TRY_CAST"])
        return Case("SELECT id, {} FROM t", f"{how}(\0 AS {to})", [value])

    def operator(self):
        return Case("SELECT id, {} FROM t", f"\0 {self.random.choice(OPERATORS)} \0", [self.value("any" if self.random.random() < 0.5 else "numeric"), self.value("any" if self.random.random() < 0.4 else "numeric")])

    def special(self):
        template = self.random.choice(LAMBDAS)
        kinds = re.findall(r"\{(\w+)\}", template)
        return Case("SELECT id, {} FROM t", re.sub(r"\{\w+\}", "\0", template), [self.value(kind) for kind in kinds])

    def aggregate(self):
        name, values = self.call(self.aggregates)
        distinct = "DISTINCT " if self.random.random() < 0.15 else ""
        condition = self.random.choice(["", "", "", " FILTER (WHERE i > 0)", " FILTER (WHERE b)"])
        frame = self.random.choice(["SELECT {} FROM t", "SELECT g, {} FROM (SELECT *, id % 2 AS g FROM t) GROUP BY g", "SELECT b, {}, count(*) FROM t GROUP BY ALL", "SELECT {} FROM t WHERE id > 100", "SELECT b, id % 2 AS g, {} FROM t GROUP BY ROLLUP (b, g)",
                                    "SELECT b FROM t GROUP BY b HAVING {} IS NOT NULL"])
        ordered = name in ("first", "last", "any_value", "first_value", "last_value", "collect_list", "array_agg", "listagg", "string_agg")
        if ordered:
            frame = frame.replace("FROM t", "FROM (SELECT * FROM t ORDER BY id)") if "t)" not in frame else frame
        return Case(frame, f"{name}({distinct}{', '.join(chr(0) for _ in values)}){condition}", values)

    def window(self):
        name, values = self.call(self.windows)
        order = self.random.choice(["id", "i, id", "s DESC, id", "d DESC NULLS FIRST, id", "dt NULLS LAST, id"])
        span = self.random.choice(["", "", " ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING", " ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING", " ROWS 2 PRECEDING", " RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"])
        partition = self.random.choice(["", "PARTITION BY b ", "PARTITION BY id % 2 "])
        return Case("SELECT id, {} FROM t", f"{name}({', '.join(chr(0) for _ in values)}) OVER ({partition}ORDER BY {order}{span})", values)

    def generator(self):
        name, values = self.call(self.generators)
        return Case(self.random.choice(["SELECT id, {} FROM t", "SELECT id, w.* FROM t LATERAL VIEW {} w", "SELECT id, w.* FROM t LATERAL VIEW OUTER {} w", "SELECT id, w.* FROM t, LATERAL {} AS w"]), f"{name}({', '.join(chr(0) for _ in values)})", values)

    def whole(self):
        """Joins, set operations, grouping, subqueries over two columns of random types."""
        one, two, three = (self.value(self.random.choice(["numeric", "atomic", "any"])) for _ in range(3))
        join = self.random.choice(["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "LEFT SEMI JOIN", "LEFT ANTI JOIN", "CROSS JOIN"])
        operation = self.random.choice(["UNION", "UNION ALL", "INTERSECT", "EXCEPT", "INTERSECT ALL", "EXCEPT ALL", "MINUS"])
        templates = [
            (f"SELECT \0 AS x FROM t {operation} SELECT \0 FROM t", 2), (f"SELECT * FROM (SELECT i, \0 AS x FROM t) p {join} (SELECT j AS i, \0 AS y FROM t) q " + ("" if "CROSS" in join else "USING (i)"), 2),
            (f"SELECT * FROM (SELECT id, \0 AS x FROM t) p {join} (SELECT id AS k, \0 AS y FROM t) q " + ("" if "CROSS" in join else "ON p.x = q.y"), 2), ("SELECT \0 AS x, count(*), sum(i) FROM t GROUP BY x", 1),
            ("SELECT \0, count(\0) FROM t GROUP BY 1", 2), ("SELECT DISTINCT \0, \0 FROM t", 2), ("SELECT id FROM t WHERE \0 = \0", 2), ("SELECT id, \0 AS x, x || '!' FROM t", 1), ("SELECT \0, \0 FROM t GROUP BY ALL", 2),
            ("SELECT x, grouping(x), grouping_id(x, y), count(*) FROM (SELECT \0 AS x, \0 AS y FROM t) GROUP BY CUBE (x, y)", 2), ("SELECT * FROM t WHERE \0 IN (SELECT \0 FROM t)", 2), ("SELECT id FROM t WHERE \0 > ALL (SELECT 1) OR \0 IS NULL", 2),
            ("FROM t |> WHERE \0 IS NOT NULL |> SELECT id, \0 AS x |> AGGREGATE count(x) AS n", 2), ("SELECT * FROM (SELECT b, \0 AS x FROM t) PIVOT (count(x), min(x) AS low FOR b IN (true, false))", 1),
            ("SELECT * FROM (SELECT id, i, j FROM t) UNPIVOT (v FOR k IN (i, j))", 0), ("SELECT id, row_number() OVER (ORDER BY \0, id) r FROM t QUALIFY r <= 2", 1), ("SELECT \0 x FROM t ORDER BY 1 LIMIT 3", 1), ("VALUES (\0), (\0)", 2),
            ("SELECT id, w.x FROM t, LATERAL (SELECT \0 AS x) w", 1), ("WITH c AS (SELECT id, \0 AS x FROM t) SELECT a.id, b.x FROM c a JOIN c b ON a.id = b.id + 1", 1), ("SELECT array(\0, \0), struct(\0) FROM t", 3), ("SELECT \0 FROM t WHERE id = 0 UNION SELECT \0 UNION SELECT \0", 3),
        ]
        template, count = self.random.choice(templates)
        if template.startswith("VALUES") or "UNION SELECT \0 UNION" in template:
            one, two, three = (self.random.choice(LITERALS[self.random.choice(CLASSES["any"])]) for _ in range(3))
        return Case("{}", template, [one, two, three][:count])
