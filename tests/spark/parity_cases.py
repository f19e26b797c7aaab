"""Seeded random queries for parity_test.py: nested expressions by type, from the functions' signatures and the forms of
parity_words.py, and whole queries from the templates of parity_queries.py.

`Cases(functions, seed).next()` gives a Case; it stands for one query, and `smaller()` gives simpler ones of its kind.
"""
import random
import re

from parity_queries import AGGREGATE_FRAMES, QUERIES, WINDOW_ORDERS, WINDOW_SPANS
from parity_values import CASTS, CLASSES, COLUMNS, LITERALS, NUMBERS, TEXTS
from parity_words import FORMS, LAMBDA_CALLS, OPEN_FORMS, OPERATORS, SKIPPED, WORDS

BY_KIND = {kind: [name for name, of in COLUMNS.items() if of == kind] for kind in LITERALS}
# Functions that take only the arguments of WORDS: others have no single answer, or make values of gigabytes.
ONLY_WORDS = {"max_by", "min_by", "lpad", "rpad", "repeat", "space", "array_repeat", "sequence"}
LETTERS = {"T", "U", "K", "V", "W"}
ORDER_MATTERS = {"first", "last", "first_value", "last_value", "any_value", "listagg", "string_agg"}


class Node:
    """A piece of a query: a text with holes for pieces. `kind` is the type of an expression, or empty; `plainer` are texts
    that may stand in its place."""

    def __init__(self, template, children=(), kind="", plainer=()):
        self.template, self.children, self.kind, self.plainer = template, list(children), kind, plainer

    def text(self):
        parts = iter(self.children)
        return re.sub(r"\0", lambda _: next(parts).text(), self.template)

    def shape(self):
        parts = iter(self.children)
        return re.sub(r"\0", lambda _: "_" if (part := next(parts)).kind else part.shape(), self.template)

    def smaller(self):
        """Trees with one piece replaced by a plainer one, the outer pieces first."""
        length = len(self.text())
        for text in self.plainer:
            if len(text) < length:
                yield Node(text, kind=self.kind)
        for child in self.children:
            if self.kind and child.kind == self.kind:
                yield child
        for at, child in enumerate(self.children):
            for less in child.smaller():
                yield Node(self.template, [*self.children[:at], less, *self.children[at + 1:]], self.kind, self.plainer)


class Case:
    """A query: an expression, and the frame it goes into."""

    def __init__(self, frame, node):
        self.frame, self.node = frame, node

    def query(self):
        return self.frame.replace("{}", self.node.text())

    def shape(self):
        return re.sub(r"'[^']*'", "''", self.node.shape())

    def smaller(self):
        for node in self.node.smaller():
            yield Case(self.frame, node)
        if self.frame.endswith("FROM t") and self.frame.startswith("SELECT"):
            for row in range(9):
                yield Case(f"{self.frame} WHERE id = {row}", self.node)


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
        self.scalars = [one for one in self.functions if one[2] == "scalar" and one[0] not in LAMBDA_CALLS]
        self.aggregates = [one for one in self.functions if one[2] == "aggregate"]
        self.windows = [one for one in self.functions if one[2] in ("window", "aggregate")]
        self.generators = [one for one in self.functions if one[2] == "generator"]
        self.makers = {kind: self.makers_of(kind) for kind in LITERALS}

    def makers_of(self, kind):
        """Functions whose result is of that type: (function, what letters stand for, the first argument's type or nothing)."""
        found = []
        for function in self.scalars:
            result = function[1].split("->")[-1].strip()
            first = (split_top(function[1][1: function[1].rindex(")")]) or [""])[0].strip("[].")
            bound = {"K": "string", "V": "int"}
            if result == kind or CLASSES.get(result) == [kind] and result not in LETTERS:
                found.append((function, bound, ""))
            elif result == "$1" and (first == kind or any(kind in CLASSES.get(one, [one]) for one in first.split("|"))):
                found.append((function, bound, kind))
            elif result == "T":
                found.append((function, {**bound, "T": kind}, ""))
            elif result == "array<T>" and kind.startswith("array<"):
                found.append((function, {**bound, "T": kind[6:-1]}, ""))
        return found

    def next(self):
        makers = [(self.function, 26), (self.nested, 22), (self.cast, 9), (self.operator, 9), (self.open_form, 18), (self.aggregate, 16), (self.window, 12), (self.whole, 34)]
        return self.random.choices([maker for maker, _ in makers], [weight for _, weight in makers])[0]()

    # Expressions.

    def concrete(self, kind):
        kind = kind.strip("[] ")
        if "|" in kind and "<" not in kind.split("|")[0]:
            return self.concrete(self.random.choice(kind.split("|")))
        if kind in CLASSES:
            return self.concrete(self.random.choice(CLASSES[kind]))
        return kind

    def leaf(self, kind, scopes=()):
        kind = self.concrete(kind)
        if kind.startswith("array<") and kind not in LITERALS:
            inner = kind[6:-1]
            return Node("array(\0, \0)", [self.leaf(inner, scopes), self.leaf(inner, scopes)])
        if kind not in LITERALS:
            kind = "int"
        columns = [f"{scope}.{name}" for scope in scopes for name in BY_KIND[kind]] if scopes else BY_KIND[kind]
        plainer = [*columns[:1], LITERALS[kind][0]]
        return Node(self.random.choice(columns) if columns and self.random.random() < 0.75 else self.random.choice(LITERALS[kind]), kind=kind, plainer=plainer)

    def expression(self, kind, depth, scopes=()):
        """An expression of a type or class of types, of at most that depth."""
        kind = self.concrete(kind)
        if depth <= 0 or kind not in LITERALS or self.random.random() < 0.3:
            return self.leaf(kind, scopes)
        forms, makers = FORMS.get(kind, []), self.makers[kind]
        pick = self.random.random()
        if makers and (pick < 0.55 or not forms):
            function, bound, first = self.random.choice(makers)
            node = self.call(function, depth - 1, scopes, bound, first)
        elif forms and pick < 0.88:
            node = self.filled(self.random.choice(forms), depth - 1, scopes)
        else:
            form = self.random.choice(["CASE WHEN {boolean} THEN {$} ELSE {$} END", "if({boolean}, {$}, {$})", "coalesce({$}, {$})", "nullif({$}, {$})", "CASE {int} WHEN 1 THEN {$} WHEN {int} THEN {$} END", "(SELECT max({$}) FROM t)"])
            node = self.filled(form.replace("$", kind), depth - 1, () if "SELECT" in form else scopes)
        node.kind, node.plainer = kind, self.leaf(kind, scopes).plainer
        return node

    def any_expression(self, depth, scopes=()):
        """Of whatever type; also calls and forms whose type is not known beforehand."""
        pick = self.random.random()
        if pick < 0.25:
            return self.call(self.random.choice(self.scalars), depth - 1, scopes)
        if pick < 0.4:
            return self.filled(self.random.choice([form for form in OPEN_FORMS if "explode" not in form]), depth - 1, scopes)
        return self.expression("any", depth, scopes)

    def filled(self, form, depth, scopes=()):
        """A form with its slots filled: {kind}, {kind:depth}, {kind@scope,scope}, and one of the texts of «text¦text»."""
        children = []

        def piece(match):
            if match.group(1) is not None:
                options = match.group(1).split("¦")
                child = self.filled(self.random.choice(options), depth, scopes)
                child.plainer = [options[0]] if "{" not in options[0] else []
                children.append(child)
                return "\0"
            kind, _, within = match.group(2).partition("@")
            kind, at = re.fullmatch(r"(.*?)(?::(\d))?", kind).groups()
            children.append(self.slot(kind, int(at) if at else depth, tuple(within.split(",")) if within else scopes))
            return "\0"

        return Node(re.sub(r"«([^»]*)»|\{([a-zTKVU][^{}]*)\}", piece, form), children)

    def slot(self, kind, depth, scopes):
        if kind == "open":
            return self.any_expression(depth, scopes)
        if kind == "agg":
            return self.aggregate_call(depth, scopes)
        if kind == "aggnum":
            return self.filled(self.random.choice(["sum({numeric})", "max({numeric})", "min({int})", "count({open})", "avg({numeric})", "count(*)", "count(DISTINCT {int})", "max({int}) + 1", "coalesce(sum({int}), 0)", "count_if({boolean})"]), depth, scopes)
        if kind == "window":
            return self.window_call(depth, scopes)
        if kind == "generator":
            return self.call(self.random.choice(self.generators), 0, scopes)
        return self.expression(kind, depth, scopes)

    def arguments(self, function, depth, scopes, bound, first):
        name, signature, _ = function
        kinds = []
        for parameter in split_top(signature[1: signature.rindex(")")]):
            if parameter.startswith("[") and self.random.random() < 0.5:
                break
            kind = parameter.removesuffix("...").strip("[]").removesuffix("...")
            kinds += [kind] * (self.random.randint(1, 2) if "..." in parameter else 1)
        chosen = self.random.choice(["int", "int", "string", "double"])
        bound = {"T": chosen, "W": chosen, "K": "string", "V": "int", "U": "string", **bound}
        words = WORDS.get(name, [])
        for index, kind in enumerate(kinds):
            kind = re.sub(r"\b[TKVUW]\b", lambda letter: bound[letter.group()], kind)
            if index == 0 and first:
                yield self.expression(first, depth, scopes)
            elif index < len(words) and words[index] and (self.random.random() < 0.85 or name in ONLY_WORDS):
                word = self.random.choice(words[index])
                yield Node(re.sub(r"^(\w+)$", rf"{scopes[0]}.\1", word) if scopes and (word in COLUMNS or word == "id") else word)
            elif self.random.random() < 0.04:
                yield self.expression("any", depth, scopes)
            else:
                yield self.expression(kind, depth, scopes)

    def call(self, function, depth, scopes=(), bound=None, first=""):
        children = list(self.arguments(function, depth, scopes, bound or {}, first))
        return Node(f"{function[0]}({', '.join(chr(0) for _ in children)})", children)

    def aggregate_call(self, depth, scopes=()):
        """An aggregate whose value does not depend on the order of rows, which Spark does not keep below an aggregation."""
        function = self.random.choice([one for one in self.aggregates if one[0] not in ORDER_MATTERS])
        node = self.call(function, depth, scopes)
        if self.random.random() < 0.15:
            node.template = node.template.replace("(", "(DISTINCT ", 1)
        node.template += self.random.choice(["", "", "", "", " FILTER (WHERE id > 1)"])
        if function[0] in ("collect_set", "collect_list", "array_agg"):
            node.template = f"sort_array({node.template})"
        return node

    def window_call(self, depth, scopes=()):
        node = self.call(self.random.choice(self.windows), depth, scopes)
        partition = self.random.choice(["", "PARTITION BY b ", "PARTITION BY id % 2 ", "PARTITION BY s, b "])
        node.template += f" OVER ({partition}ORDER BY {self.random.choice(WINDOW_ORDERS)}{self.random.choice(WINDOW_SPANS)})"
        return node

    # Cases.

    def function(self):
        return Case("SELECT id, {} FROM t", self.call(self.random.choice(self.scalars), 0))

    def nested(self):
        return Case("SELECT id, {} FROM t", self.any_expression(self.random.choice([2, 2, 3, 4])))

    def cast(self):
        to = self.random.choice(CASTS)
        pool = self.random.random()
        value = Node(self.random.choice(TEXTS)) if pool < 0.35 else Node(self.random.choice(NUMBERS)) if pool < 0.6 else self.leaf("any") if pool < 0.95 else self.leaf(self.random.choice(["time", "variant"]))
        how = self.random.choice(["CAST", "CAST", "TRY_CAST"])
        return Case("SELECT id, {} FROM t", Node(f"{how}(\0 AS {to})", [value]))

    def operator(self):
        sides = [self.leaf("any" if self.random.random() < 0.5 else "numeric") for _ in range(2)]
        return Case("SELECT id, {} FROM t", Node(f"\0 {self.random.choice(OPERATORS)} \0", sides))

    def open_form(self):
        forms = OPEN_FORMS if self.random.random() < 0.4 else FORMS[self.random.choice(list(FORMS))]
        return Case("SELECT id, {} FROM t", self.filled(self.random.choice(forms), self.random.choice([0, 0, 1])))

    def aggregate(self):
        node = self.aggregate_call(self.random.choice([0, 0, 1]))
        frame = self.random.choice(AGGREGATE_FRAMES)
        if "SELECT {} " in frame and self.random.random() < 0.2:
            node = Node(self.random.choice(["\0 + 1", "\0 IS NULL", "coalesce(\0, 0)", "CAST(\0 AS STRING)"]), [node])
        return Case(frame, node)

    def window(self):
        return Case("SELECT id, {} FROM t", self.window_call(self.random.choice([0, 0, 1])))

    def whole(self):
        return Case("{}", self.filled(self.random.choice(QUERIES), self.random.choice([0, 1, 1, 2])))
