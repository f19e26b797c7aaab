"""Types, random tables and literals for the random queries of parity_test.py."""

# Values of a type: ordinary ones, and those at its edges. A table draws from the edges only now and then, so that most
# sums and casts succeed.
POOLS = {
    "boolean": (["true", "false"], []),
    "tinyint": (["1", "7", "0", "-1", "100"], ["127", "-128"]),
    "smallint": (["300", "-1", "0", "12", "2"], ["32767", "-32768"]),
    "int": (["0", "1", "2", "3", "-7", "42", "100", "-1"], ["2147483647", "-2147483648"]),
    "bigint": (["5000000000", "-1", "0", "12", "9", "3"], ["9223372036854775807", "-9223372036854775808"]),
    "float": (["1.5", "-0.25", "0", "100", "2.5", "0.1"], ["'NaN'", "'Infinity'", "'-0.0'", "3.4e38", "1e-40", "16777217"]),
    "double": (["0.1", "-2.5", "0", "123.456", "1.5", "3", "0.5"], ["'NaN'", "'Infinity'", "'-Infinity'", "'-0.0'", "1e10", "1e150", "4.9e-324", "1e-7"]),
    "decimal(10,2)": (["12.34", "-0.05", "0", "2.50", "100", "7.5", "2.5"], ["99999999.99", "-99999999.99", "0.01"]),
    "decimal(5,3)": (["1.500", "-7.125", "0.001", "10", "0", "2.5"], ["99.999", "-99.999"]),
    "string": (["'abc'", "''", "'b'", "'12'", "'a,b'", "'Abc'", "'abcabc'", "'x'"], ["'Zaß Bc'", "' x '", "'2024-02-29'", "'é😀z'", "'a%_b'", "'-1.5e2'", "'true'", "'A\\\\tb'", "'ǅ İ'", "'{\"a\": 1}'", "'12:34:56'"]),
    "binary": (["X'616263'", "X''", "X'31'", "X'61'"], ["X'00FF'", "X'C3A9'"]),
    "date": (["'2024-02-29'", "'2001-10-05'", "'2023-12-31'", "'1970-01-01'"], ["'1582-10-15'", "'0001-01-01'", "'9999-12-31'", "'1969-12-31'", "'1900-02-28'"]),
    "timestamp": (["'2024-03-10 01:30:00'", "'2020-06-15 12:34:56.123456'", "'1999-12-31 23:59:59.5'", "'1970-01-01 00:00:00'"],
                  ["'2024-11-03 01:30:00'", "'0001-01-03 00:00:00'", "'9999-12-30 23:59:59.999999'", "'1883-11-18 12:00:00'", "'2024-03-10 03:00:00'", "'1960-07-04 08:09:10'"]),
    "timestamp_ntz": (["'2024-03-10 02:30:00'", "'2001-01-01 00:00:00'", "'2020-06-15 12:34:56.123456'"], ["'1960-07-04 08:09:10'", "'0001-01-01 00:00:00'", "'9999-12-31 23:59:59.999999'"]),
    "time": (["'12:34:56.789'", "'00:00:00'", "'08:09:10'"], ["'23:59:59.999999'"]),
    "interval year to month": (["INTERVAL '1-2' YEAR TO MONTH", "INTERVAL '-3' MONTH", "INTERVAL '0' YEAR", "INTERVAL '10' YEAR"], ["INTERVAL '178956970-7' YEAR TO MONTH"]),
    "interval day to second": (["INTERVAL '1 02:03:04.5' DAY TO SECOND", "INTERVAL '-36' HOUR", "INTERVAL '0' SECOND", "INTERVAL '7' DAY", "INTERVAL '90' MINUTE"], ["INTERVAL '106751991 04:00:54.775807' DAY TO SECOND", "INTERVAL '-0.000001' SECOND"]),
    "array<int>": (["array(1, 2, 2)", "array(3, NULL, 1)", "array()", "array(-5)", "array(9, 8)", "array(1)"], ["array(NULL)", "array(2147483647, 1)"]),
    "array<double>": (["array(1.5D, 0.1D)", "array(2D, NULL)", "array()"], ["array(double('NaN'), 1D, -0.0D)", "array(double('Infinity'))"]),
    "array<string>": (["array('x', NULL, 'y')", "array('a', 'b')", "array()", "array('abc')", "array('b', 'a', 'b')"], ["array('')", "array(NULL, NULL)", "array('é', 'Z', 'a')"]),
    "map<string,int>": (["map('a', 1, 'b', 2)", "map()", "map('k', NULL)", "map('a', 5)"], ["map('', 0)", "map('x', 0, 'b', 7, 'a', NULL)"]),
    "struct<x:int,y:string>": (["named_struct('x', 1, 'y', 'a')", "named_struct('x', 2, 'y', NULL)", "named_struct('x', 1, 'y', 'b')", "named_struct('x', -3, 'y', 'a')"], ["named_struct('x', NULL, 'y', NULL)"]),
    "variant": (["parse_json('{\"a\": [1, 2.5, null, \"x\"]}')", "parse_json('1')", "parse_json('\"s\"')"], ["parse_json('null')", "parse_json('[1e300, {}]')"]),
}
COLUMNS = {
    "b": "boolean", "ty": "tinyint", "sm": "smallint", "i": "int", "j": "int", "l": "bigint", "f": "float", "d": "double", "e": "double", "m": "decimal(10,2)", "n": "decimal(5,3)", "s": "string", "u": "string",
    "bi": "binary", "dt": "date", "ts": "timestamp", "tn": "timestamp_ntz", "ti": "time", "ym": "interval year to month", "di": "interval day to second", "a": "array<int>", "da": "array<double>", "sa": "array<string>",
    "mp": "map<string,int>", "st": "struct<x:int,y:string>", "v": "variant",
}
LITERALS = {
    "boolean": ["true", "false"], "tinyint": ["5Y", "-1Y"], "smallint": ["300S", "2S"], "int": ["0", "1", "3", "-1", "2", "2147483647"],
    "bigint": ["0L", "9L", "-5000000000L"], "float": ["1.5F", "float('NaN')", "-0.0F"], "double": ["0D", "2.5D", "double('NaN')", "double('Infinity')", "-1e-7D"],
    "decimal(10,2)": ["1.5", "0.00", "-12.34", "123456789012345678.123", "0.5BD"], "decimal(5,3)": ["2.125", "7"],
    "string": ["'abc'", "''", "'12'", "'a'", "' 7 '", "'2024-02-29'", "'1.5e3'", "'true'", "'Zaß'"], "binary": ["X'616263'", "X''"],
    "date": ["DATE'2024-01-31'", "DATE'1900-01-01'"], "timestamp": ["TIMESTAMP'2024-03-10 01:30:00'", "TIMESTAMP'1969-12-31 23:59:59.999999'"],
    "timestamp_ntz": ["TIMESTAMP_NTZ'2024-03-10 02:30:00'"], "interval year to month": ["INTERVAL '1-2' YEAR TO MONTH", "INTERVAL 3 MONTHS"],
    "interval day to second": ["INTERVAL '1 02:03:04.5' DAY TO SECOND", "INTERVAL 36 HOURS"], "array<int>": ["array(1, 2, 2)", "array(3, NULL, 1)"],
    "array<double>": ["array(1.5D, -2D)"], "array<string>": ["array('x', NULL, 'y')", "split('a-b-c', '-')"], "map<string,int>": ["map('a', 1, 'b', 2)"],
    "struct<x:int,y:string>": ["named_struct('x', 1, 'y', 'a')"], "void": ["NULL"], "time": ["TIME'12:34:56.789'", "TIME'00:00:00'"],
    "variant": ["parse_json('{\"a\": [1, 2.5, null, \"x\"]}')"],
}
NUMERIC = ["tinyint", "smallint", "int", "bigint", "float", "double", "decimal(10,2)", "decimal(5,3)"]
PLAIN = [*NUMERIC, "string", "boolean", "date", "timestamp", "binary"]
CLASSES = {
    "any": [kind for kind in LITERALS if kind not in ("time", "variant")], "numeric": NUMERIC, "integral": NUMERIC[:4], "fractional": NUMERIC[4:], "decimal": NUMERIC[6:], "atomic": PLAIN,
    "orderable": [*PLAIN, "timestamp_ntz", "time", "array<int>", "struct<x:int,y:string>", "interval day to second"], "key": [*PLAIN, "timestamp_ntz", "time", "interval day to second", "array<int>", "struct<x:int,y:string>"],
    "timestamps": ["timestamp", "timestamp_ntz"], "intervals": ["interval year to month", "interval day to second"], "ym": ["interval year to month"],
    "dt": ["interval day to second"], "interval": ["interval year to month"], "struct": ["struct<x:int,y:string>"], "T": ["int", "string", "double", "decimal(10,2)", "date"], "U": ["string", "int"],
    "K": ["string"], "V": ["int"], "decimal(16,6)": ["decimal(5,3)", "int"], "decimal(18,6)": ["decimal(5,3)"], "array<T>": ["array<int>", "array<string>", "array<double>"], "array<any>": ["array<int>", "array<string>"],
    "map<K,V>": ["map<string,int>"], "map<string,string>": ["map<string,int>"], "array<float>": ["array<double>"], "array<K>": ["array<string>"], "array<V>": ["array<int>"],
}
CASTS = ["boolean", "tinyint", "smallint", "int", "bigint", "float", "double", "decimal(10,2)", "decimal(4,1)", "decimal(38,10)", "string", "binary", "date", "timestamp", "timestamp_ntz", "interval year to month",
         "interval day to second", "interval day", "interval month", "interval hour to minute", "array<string>", "array<bigint>", "map<string,string>", "struct<a:string,b:string>", "struct<a:bigint,b:string>", "time", "time(0)", "variant"]
TEXTS = ["'1'", "' 12 '", "'1.5'", "'-0'", "'1e3'", "'abc'", "''", "'true'", "'T'", "'no'", "'NaN'", "'-Infinity'", "'2024-02-30'", "'2024-02-29'", "'2024'", "'2024-1-5'", "'2024-03-10 02:30:00'", "'2024-03-10T02:30:00Z'", "'12:30:00'",
         "'2024-01-01 00:00:00+05:30'", "'1-2'", "'1 02:03:04'", "'interval 3 months'", "'999999999999'", "'1.999'", "'0x1F'", "'1L'", "'1d'", "'.5'", "'5.'", "'+7'", "'12345678901234567890'", "'epoch'", "'1_000'", "'2024-01-01 1:2:3.4567891'",
         "'2024-01-01 24:00:00'", "'T12:30'", "'2024-01-01 Europe/Paris'", "'+2024-01-01'", "'-0001-01-01'", "'99999-01-01'", "'1:2:3'", "'inf'", "'-1e-400'", "'1e400'", "'INTERVAL \\'1\\' DAY'", "'-1-2'", "'+1 00:00:00'", "'1.5E'", "'\\t1\\n'"]
NUMBERS = ["127Y", "-1S", "300", "2147483648L", "1.5F", "-0.0D", "12.7D", "-12.7D", "1e20D", "double('NaN')", "float('Infinity')", "99.995", "0.05", "123456.789", "1e-10D", "1.0E7D", "1.0E-3D", "123456789.125F", "9999999999.99BD",
           "1e19D", "-9.3e18D", "2.5", "3.5", "-0.5D", "0.005D", "1e-3BD", "12345678901234567890123456789012345678BD", "1e38D", "2147483647.5D", "-128.9D", "254402300799D"]


def table(draw):
    """The statement that makes the view `t`: an id and a column of every type, values by the generator `draw`."""
    edges = draw.choice([0.0, 0.05, 0.25])
    nulls = draw.choice([0.0, 0.15, 0.3])
    rows = []
    for row in range(draw.choice([3, 6, 6, 9])):
        cells = []
        for kind in COLUMNS.values():
            plain, odd = POOLS[kind]
            value = "NULL" if draw.random() < nulls else draw.choice(odd) if odd and draw.random() < edges else draw.choice(plain)
            cells.append(value if kind == "variant" and value != "NULL" else f"CAST({value} AS {kind})")
        rows.append(f"({row}, {', '.join(cells)})")
    return f"SELECT * FROM VALUES {', '.join(rows)} AS t(id, {', '.join(COLUMNS)})"
