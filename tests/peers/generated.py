"""Compares the rows of generated queries with those of DuckDB: pipelines of random operators over small tables full of nulls, empty texts and duplicates.

The same seed gives the same tables and queries. A query that differs is printed with its SQL; `--only N` runs it alone.
"""

import argparse
import datetime
import decimal
import json
import math
import pathlib
import random
import subprocess
import sys
import tempfile

try:
    import duckdb
except ImportError:
    print("skipped: the comparison with DuckDB needs the Python package duckdb")
    sys.exit(0)

from expressions import STEPS, TEXTS, Column, Expressions

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CLOCK = "2026-03-10T00:00:00Z"

SCHEMAS = {
    "Mails": [("Id", "long"), ("Sender", "string"), ("Subject", "string"), ("Size", "long"), ("Score", "real"), ("Internal", "bool"), ("Sent", "datetime"), ("Rank", "long")],
    "Users": [("Name", "string"), ("Domain", "string"), ("Level", "long"), ("Weight", "real"), ("Joined", "datetime"), ("Rank", "long")],
}
SQL_TYPES = {"long": "BIGINT", "string": "VARCHAR", "real": "DOUBLE", "bool": "BOOLEAN", "datetime": "TIMESTAMP"}
FIRST = datetime.datetime(2026, 3, 1)


def cell(dice, name, type_name, number):
    """A value of a table; `Id` is unique, every other column holds nulls and duplicates."""
    if name == "Id":
        return number
    if dice.random() < 0.12:
        return None
    match type_name:
        case "long":
            return dice.choice([0, 1, 2, 2, 3, 5, 7, -4, 12, 100, 4096])
        case "real":
            return dice.choice([0.0, 0.25, 0.5, 0.5, 1.75, -2.5, 100.25])
        case "bool":
            return dice.random() < 0.5
        case "datetime":
            return FIRST + datetime.timedelta(minutes=15 * dice.randrange(0, 4 * 24 * 10), microseconds=dice.choice([0, 0, 1, 500_000]))
        case _:
            return dice.choice(TEXTS)


def tables(folder, dice):
    """Writes the tables as Parquet; a connection in which they are views without null texts."""
    database = duckdb.connect()
    for (name, columns), count in zip(SCHEMAS.items(), (160, 40)):
        declared = ", ".join(f'"{column}" {SQL_TYPES[type_name]}' for column, type_name in columns)
        database.execute(f"CREATE TABLE raw ({declared})")
        rows = [[cell(dice, column, type_name, number) for column, type_name in columns] for number in range(count)]
        database.executemany(f"INSERT INTO raw VALUES ({', '.join('?' * len(columns))})", rows)
        database.execute(f"COPY raw TO '{folder / name}.parquet' (FORMAT parquet)")
        database.execute("DROP TABLE raw")
        shown = ", ".join(f"coalesce(\"{column}\", '') AS \"{column}\"" if type_name == "string" else f'"{column}"' for column, type_name in columns)
        database.execute(f"CREATE VIEW \"{name}\" AS SELECT {shown} FROM read_parquet('{folder / name}.parquet')")
    return database


class Query:
    """A pipeline that grows step by step, with the SQL of the same rows nested around it."""

    def __init__(self, dice, table=None):
        self.dice = dice
        self.table = table or "Mails"
        self.columns = [Column(name, type_name) for name, type_name in SCHEMAS[self.table]]
        self.lets = []
        self.kql = [self.table]
        self.sql = f'SELECT * FROM "{self.table}"'
        self.ordered = False
        self.named = 0

    def text(self):
        return "".join(f"let {name} = {value};\n" for name, value in self.lets) + "\n| ".join(self.kql)

    @property
    def draw(self):
        return Expressions(self.dice, self.columns)

    def has_rows_of_one_id(self):
        """Whether `Id` still tells every row from every other."""
        return self.has("Id") and not any(word in part for part in self.kql for word in ("join", "mv-expand", "union"))

    def fresh(self):
        self.named += 1
        return f"c{self.named}"

    def of_type(self, *types):
        return [column for column in self.columns if column.type in types and not column.final]

    def has(self, name):
        return any(column.name == name for column in self.columns)

    def step(self, kql, sql, columns=None, ordered=False):
        self.kql.append(kql)
        self.sql = sql
        self.columns = self.columns if columns is None else columns
        self.ordered = ordered

    def source(self):
        return f"({self.sql}) AS t"

    # One method an operator. Each leaves the query as it was when it does not fit.

    def where(self):
        test = self.draw.bool(3)
        self.step(f"where {test.kql}", f"SELECT * FROM {self.source()} WHERE {test.sql}", ordered=self.ordered)

    def extend(self):
        value, name = self.draw.any(3), self.fresh()
        # Over an old column or beside it.
        if self.dice.random() < 0.2 and (same := [column for column in self.columns if column.name not in ("Id", "Rank")]):
            name = self.dice.choice(same).name
        kept = [column for column in self.columns if column.name != name]
        place = [column.name for column in self.columns].index(name) if len(kept) < len(self.columns) else len(kept)
        columns = [*kept[:place], Column(name, value.type), *kept[place:]]
        picked = ", ".join(f'{value.sql} AS "{name}"' if column.name == name else f'"{column.name}"' for column in columns)
        self.step(f"extend {name} = {value.kql}", f"SELECT {picked} FROM {self.source()}", columns, self.ordered)

    def project(self):
        kept = self.dice.sample(self.columns, self.dice.randint(1, len(self.columns)))
        value, name = self.draw.any(3), self.fresh()
        shown = [column.name for column in kept] + [f"{name} = {value.kql}"]
        picked = ", ".join([f'"{column.name}"' for column in kept] + [f'{value.sql} AS "{name}"'])
        self.step(f"project {', '.join(shown)}", f"SELECT {picked} FROM {self.source()}", [*kept, Column(name, value.type)], self.ordered)

    def project_away(self):
        if len(self.columns) < 3:
            return
        gone = self.dice.choice([column for column in self.columns if column.name != "Id"])
        columns = [column for column in self.columns if column != gone]
        self.step(f"project-away {gone.name}", f'SELECT * EXCLUDE ("{gone.name}") FROM {self.source()}', columns, self.ordered)

    def distinct(self):
        kept = self.dice.sample(self.of_type("string", "long", "bool"), min(2, len(self.of_type("string", "long", "bool"))))
        if kept:
            names = ", ".join(f'"{column.name}"' for column in kept)
            self.step(f"distinct {', '.join(column.name for column in kept)}", f"SELECT DISTINCT {names} FROM {self.source()}", kept)

    def count(self):
        self.step("count", f'SELECT count(*) AS "Count" FROM {self.source()}', [Column("Count", "long")])

    def sort_keys(self, columns):
        """Keys in both languages, for an order that decides every pair of different rows."""
        kql, sql = [], []
        for column in self.dice.sample(columns, len(columns)):
            way = self.dice.choice(["asc", "desc", ""])
            nulls = self.dice.choice(["first", "last", ""])
            last = nulls == "last" or (nulls == "" and way != "asc")
            kql.append(" ".join(word for word in (column.name, way, f"nulls {nulls}" if nulls else "") if word))
            sql.append(f'"{column.name}" {way or "desc"} NULLS {"LAST" if last else "FIRST"}')
        return ", ".join(kql), ", ".join(sql)

    def sortable(self):
        columns = [column for column in self.columns if not column.final]
        return columns if len(columns) == len(self.columns) else []

    def sort(self):
        if columns := self.sortable():
            kql, sql = self.sort_keys(columns)
            self.step(f"{self.dice.choice(['sort', 'order'])} by {kql}", f"SELECT * FROM {self.source()} ORDER BY {sql}", ordered=True)

    def top(self):
        if columns := self.sortable():
            kql, sql = self.sort_keys(columns)
            count = self.dice.choice([0, 1, 3, 20])
            self.step(f"top {count} by {kql}", f"SELECT * FROM {self.source()} ORDER BY {sql} LIMIT {count}", ordered=True)

    def sort_take(self):
        if columns := self.sortable():
            kql, sql = self.sort_keys(columns)
            self.step(f"sort by {kql}\n| take 5", f"SELECT * FROM {self.source()} ORDER BY {sql} LIMIT 5", ordered=True)

    def key(self):
        """A key to group by: a column, a bin of time or of a number, or an expression."""
        match self.dice.randrange(5):
            case 0 if found := self.of_type("datetime"):
                column, step = self.dice.choice(found), self.dice.choice(list(STEPS))
                sql = f'make_timestamp(epoch_us("{column.name}") // {STEPS[step]} * {STEPS[step]})'
                return f"{column.name} = bin({column.name}, {step})", sql, Column(column.name, "datetime")
            case 1:
                value, name = self.draw.any(2), self.fresh()
                return f"{name} = {value.kql}", value.sql, Column(name, value.type)
            case _ if found := self.of_type("string", "bool", "long"):
                column = self.dice.choice(found)
                return column.name, f'"{column.name}"', column
            case _:
                return None

    def aggregate(self):
        draw, dice = self.draw, self.dice
        number, real, test, text = draw.long(1), draw.real(1), draw.bool(2), draw.string(1)
        ordered = draw.of(dice.choice(["long", "real", "datetime"]), 1)
        numeric = dice.choice([number, real])
        forms = [
            ("count()", "count(*)", "long", False),
            (f"countif({test.kql})", f"count(*) FILTER (WHERE {test.sql})", "long", False),
            (f"sum({number.kql})", f"coalesce(sum({number.sql}), 0)::BIGINT", "long", False),
            (f"sum({real.kql})", f"coalesce(sum({real.sql}), 0)", "real", True),
            (f"sumif({number.kql}, {test.kql})", f"coalesce(sum({number.sql}) FILTER (WHERE {test.sql}), 0)::BIGINT", "long", False),
            (f"avg({numeric.kql})", f"coalesce(avg({numeric.sql}), 'NaN'::DOUBLE)", "real", True),
            (f"avgif({numeric.kql}, {test.kql})", f"coalesce(avg({numeric.sql}) FILTER (WHERE {test.sql}), 'NaN'::DOUBLE)", "real", True),
            (f"min({ordered.kql})", f"min({ordered.sql})", ordered.type, False),
            (f"max({ordered.kql})", f"max({ordered.sql})", ordered.type, False),
            (f"maxif({ordered.kql}, {test.kql})", f"max({ordered.sql}) FILTER (WHERE {test.sql})", ordered.type, False),
            (f"dcount({text.kql})", f"count(DISTINCT {text.sql})", "long", False),
            (f"dcount({number.kql})", f"count(DISTINCT {number.sql})", "long", False),
            (f"dcountif({text.kql}, {test.kql})", f"count(DISTINCT {text.sql}) FILTER (WHERE {test.sql})", "long", False),
            (f"array_sort_asc(make_set({text.kql}))", f"coalesce(list_sort(list(DISTINCT {text.sql})), [])", "dynamic", True),
            (f"array_sort_asc(make_list({number.kql}))", f"coalesce(list_sort(list({number.sql}) FILTER (WHERE ({number.sql}) IS NOT NULL)), [])", "dynamic", True),
            (f"array_length(make_list({text.kql}))", f"count({text.sql})", "long", False),
            (f"stdev({numeric.kql})", f"CASE WHEN count({numeric.sql}) < 2 THEN 0 ELSE stddev_samp({numeric.sql}) END", "real", True),
            (f"variance({numeric.kql})", f"CASE WHEN count({numeric.sql}) < 2 THEN 0 ELSE var_samp({numeric.sql}) END", "real", True),
        ]
        kql, sql, type_name, final = dice.choice(forms)
        name = self.fresh()
        return f"{name} = {kql}", f'{sql} AS "{name}"', Column(name, type_name, final)

    def summarize(self):
        keys = {key[2].name: key for key in (self.key() for _ in range(self.dice.choice([0, 1, 1, 1, 2]))) if key}.values()
        aggregates = [self.aggregate() for _ in range(self.dice.randint(1, 3))]
        picked = [f'{sql} AS "{column.name}"' for _, sql, column in keys] + [sql for _, sql, _ in aggregates]
        by = f" by {', '.join(kql for kql, _, _ in keys)}" if keys else ""
        group = f" GROUP BY {', '.join(str(place + 1) for place in range(len(keys)))}" if keys else ""
        columns = [column for _, _, column in keys] + [column for _, _, column in aggregates]
        self.step(f"summarize {', '.join(kql for kql, _, _ in aggregates)}{by}", f"SELECT {', '.join(picked)} FROM {self.source()}{group}", columns)

    def latest(self):
        """The row of the highest `Id` of each group."""
        keys = [column for column in self.of_type("string", "bool")]
        if not self.has_rows_of_one_id() or not keys:
            return
        key, value = self.dice.choice(keys), self.dice.choice(self.columns)
        if value.name in (key.name, "Id"):
            return
        columns = [key, Column("Id", "long"), value]
        way, order = self.dice.choice([("arg_max", "DESC"), ("arg_min", "ASC")])
        inner = f'SELECT *, row_number() OVER (PARTITION BY "{key.name}" ORDER BY "Id" {order}) AS place FROM {self.source()}'
        sql = f'SELECT "{key.name}", "Id", "{value.name}" FROM ({inner}) AS p WHERE place = 1'
        self.step(f"summarize {way}(Id, {value.name}) by {key.name}", sql, columns)

    def other(self):
        """Another pipeline, whose columns have names of their own."""
        inner = Query(self.dice, self.dice.choice(["Users", "Users", "Mails"]))
        for method in self.dice.choices([Query.where, Query.extend, Query.distinct, Query.summarize], k=self.dice.randrange(0, 2)):
            method(inner)
        prefix = f"r{self.fresh()}_"
        columns = [Column(prefix + column.name, column.type, column.final) for column in inner.columns]
        pairs = list(zip(columns, inner.columns))
        shown = ", ".join(f"{new.name} = {old.name}" for new, old in pairs)
        picked = ", ".join(f'"{old.name}" AS "{new.name}"' for new, old in pairs)
        inner.step(f"project {shown}", f"SELECT {picked} FROM {inner.source()}", columns)
        return inner

    def join(self):
        if len(self.columns) > 12 or any("join" in part for part in self.kql):
            return
        right = self.other()
        shared = [name for name in ("string", "long") if self.of_type(name) and right.of_type(name)]
        if not shared:
            return
        pairs = []
        for type_name in self.dice.sample(shared, self.dice.randint(1, len(shared))):
            pairs.append((self.dice.choice(self.of_type(type_name)), self.dice.choice(right.of_type(type_name))))
        kind = self.dice.choice(["inner", "innerunique", "leftouter", "rightouter", "fullouter", "leftsemi", "leftanti", "rightsemi", "rightanti"])
        if kind == "innerunique":
            # One row a key stays of the left side: make it the only one.
            names = ", ".join(f'"{left.name}"' for left in dict.fromkeys(left for left, _ in pairs))
            kept = list(dict.fromkeys(left for left, _ in pairs))
            self.step(f"distinct {', '.join(column.name for column in kept)}", f"SELECT DISTINCT {names} FROM {self.source()}", kept)
        on = ", ".join(f"$left.{left.name} == $right.{found.name}" for left, found in pairs)
        test = " AND ".join(f'l."{left.name}" = r."{found.name}"' for left, found in pairs)
        # A join without a kind is innerunique.
        word = "join" if kind == "innerunique" and self.dice.random() < 0.5 else f"join kind={kind}"
        kql = f"{word} ({right.text()}) on {on}"
        left, other = f"({self.sql}) AS l", f"({right.sql}) AS r"
        match kind:
            case "leftsemi" | "leftanti":
                self.step(kql, f"SELECT * FROM {left} WHERE {'NOT ' if kind == 'leftanti' else ''}EXISTS (SELECT 1 FROM {other} WHERE {test})")
            case "rightsemi" | "rightanti":
                sql = f"SELECT * FROM {other} WHERE {'NOT ' if kind == 'rightanti' else ''}EXISTS (SELECT 1 FROM {left} WHERE {test})"
                self.step(kql, sql, right.columns)
            case _:
                words = {"inner": "JOIN", "innerunique": "JOIN", "leftouter": "LEFT JOIN", "rightouter": "RIGHT JOIN", "fullouter": "FULL JOIN"}[kind]
                columns = [*self.columns, *right.columns]
                # What has no partner has "" for a text.
                picked = ", ".join(f"coalesce(\"{column.name}\", '') AS \"{column.name}\"" if column.type == "string" else f'"{column.name}"' for column in columns)
                self.step(kql, f"SELECT {picked} FROM {left} {words} {other} ON {test}", columns)

    def lookup(self):
        """A lookup repeats no key, and keeps rows without a partner."""
        key = self.dice.choice(self.of_type("string") or [None])
        if not key or any("join" in part for part in self.kql):
            return
        value, name = self.fresh(), key.name
        kql = f"lookup (Users | summarize {value} = max(Level) by {name} = Name) on {name}"
        sql = f'SELECT t.*, u."{value}" FROM {self.source()} LEFT JOIN (SELECT "Name", max("Level") AS "{value}" FROM "Users" GROUP BY 1) AS u ON t."{name}" = u."Name"'
        self.step(kql, sql, [*self.columns, Column(value, "long")])

    def among_rows(self):
        """`in` over the rows of a query, or of a `let`."""
        texts = self.of_type("string")
        if not texts:
            return
        column, inner = self.dice.choice(texts), Query(self.dice, "Users")
        inner.where()
        negated = self.dice.random() < 0.5
        rows = f"{inner.text()} | project Name"
        if self.dice.random() < 0.5:
            name = self.fresh()
            self.lets.append((name, rows))
            rows = name
        sql = f'SELECT * FROM {self.source()} WHERE "{column.name}" {"NOT " if negated else ""}IN (SELECT "Name" FROM ({inner.sql}) AS i)'
        self.step(f"where {column.name} {'!' if negated else ''}in ({rows})", sql, ordered=self.ordered)

    def scalar(self):
        """A number taken from another table."""
        numbers = self.of_type("long")
        if not numbers:
            return
        name, column, operator = self.fresh(), self.dice.choice(numbers), self.dice.choice(["<", ">="])
        self.lets.append((name, "toscalar(Users | summarize max(Rank) / 2)"))
        sql = f'SELECT * FROM {self.source()} WHERE "{column.name}" {operator} (SELECT CAST(trunc(max("Rank")::DOUBLE / 2) AS BIGINT) FROM "Users")'
        self.step(f"where {column.name} {operator} {name}", sql, ordered=self.ordered)

    def union(self):
        """The same columns of two tables, or columns that only one of them has."""
        if self.lets or any(column.final for column in self.columns):
            return
        inner = Query(self.dice, "Users")
        inner.where()
        texts, numbers = self.of_type("string"), self.of_type("long")
        if not texts or not numbers:
            return
        text, number, own = self.dice.choice(texts), self.dice.choice(numbers), self.fresh()
        names = ", ".join(f'"{column.name}"' for column in self.columns)
        missing = ", ".join(
            f'"Name" AS "{column.name}"' if column == text
            else f'"Level" AS "{column.name}"' if column == number
            else f"'' AS \"{column.name}\"" if column.type == "string"
            else f'NULL::{SQL_TYPES[column.type]} AS "{column.name}"'
            for column in self.columns
        )
        kql = f"union ({inner.text()} | project {text.name} = Name, {number.name} = Level, {own} = Domain)"
        sql = f"SELECT {names}, '' AS \"{own}\" FROM {self.source()} UNION ALL SELECT {missing}, \"Domain\" AS \"{own}\" FROM ({inner.sql}) AS i"
        self.step(kql, sql, [*self.columns, Column(own, "string")])

    def mv_expand(self):
        one, two, name = self.draw.long(1), self.draw.long(1), self.fresh()
        sql = f'SELECT *, unnest([{one.sql}, {two.sql}]) AS "{name}" FROM {self.source()}'
        self.step(f"mv-expand {name} = pack_array({one.kql}, {two.kql}) to typeof(long)", sql, [*self.columns, Column(name, "long")])

    def window(self):
        """Rows beside each other, in the order of `Id`."""
        if not self.has_rows_of_one_id():
            return
        value = self.draw.long(1)
        a, b, c, d = (self.fresh() for _ in range(4))
        kql = f"sort by Id asc\n| extend {a} = row_number(), {b} = {value.kql}\n| extend {c} = prev({b}), {d} = row_cumsum(coalesce({b}, 0))"
        inner = f'SELECT *, row_number() OVER (ORDER BY "Id") AS "{a}", {value.sql} AS "{b}" FROM {self.source()}'
        sql = f'SELECT *, lag("{b}") OVER (ORDER BY "Id") AS "{c}", (sum(coalesce("{b}", 0)) OVER (ORDER BY "Id"))::BIGINT AS "{d}" FROM ({inner}) AS w'
        self.step(kql, sql, [*self.columns, *(Column(name, "long") for name in (a, b, c, d))])

    def make_series(self):
        """Counts of each day of a week, gaps filled, for each value of a key."""
        keys, moments = self.of_type("string", "bool"), self.of_type("datetime")
        if not keys or not moments:
            return
        key, moment, name = self.dice.choice(keys), self.dice.choice(moments), self.fresh()
        kql = f"make-series {name} = count() on {moment.name} from datetime(2026-03-01) to datetime(2026-03-08) step 1d by {key.name}"
        place = f"date_diff('day', TIMESTAMP '2026-03-01', \"{moment.name}\")"
        counts = ", ".join(f"count(*) FILTER (WHERE {place} = {day})" for day in range(7))
        rows = f"\"{moment.name}\" >= TIMESTAMP '2026-03-01' AND \"{moment.name}\" < TIMESTAMP '2026-03-08'"
        axis = "[" + ", ".join(f"'2026-03-0{day + 1}T00:00:00.0000000Z'" for day in range(7)) + "]"
        sql = f'SELECT "{key.name}", [{counts}] AS "{name}", {axis} AS "{moment.name}" FROM {self.source()} WHERE {rows} GROUP BY "{key.name}"'
        self.step(kql, sql, [key, Column(name, "dynamic", True), Column(moment.name, "dynamic", True)])


STEPS_OF_A_QUERY = [
    (Query.where, 5), (Query.extend, 5), (Query.project, 2), (Query.project_away, 1), (Query.distinct, 1), (Query.count, 1), (Query.sort, 2), (Query.top, 2),
    (Query.sort_take, 1), (Query.summarize, 5), (Query.latest, 1), (Query.join, 4), (Query.lookup, 1), (Query.among_rows, 1), (Query.scalar, 1), (Query.union, 1),
    (Query.mv_expand, 1), (Query.window, 1), (Query.make_series, 1),
]


def generated(seed, number):
    """The query of that number, the same whatever else is run."""
    dice = random.Random(f"{seed}/{number}")
    query = Query(dice)
    methods, weights = zip(*STEPS_OF_A_QUERY)
    for method in dice.choices(methods, weights, k=dice.randint(1, 5)):
        method(query)
    return query


def plain(value):
    """A cell in the form both sides share."""
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.%f0Z")
    if isinstance(value, list):
        return [plain(element) for element in value]
    if isinstance(value, decimal.Decimal):
        value = float(value)
    if isinstance(value, float):
        if math.isnan(value):
            return "NaN"
        return f"{value + 0.0:.9g}" if abs(value) > 1e-9 else "0"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:.9g}" if abs(value) >= 10**9 else str(value)
    return value


def differences(query, answer, description, theirs):
    """Sentences about what differs."""
    if not answer["ok"]:
        return [f"spoofwatch refuses it: {answer['error']['code']} {answer['error']['message']}"]
    columns, names = [column["name"] for column in answer["columns"]], [column[0] for column in description]
    if columns != names:
        return [f"columns are {columns}, not {names}"]
    found, expected = ([json.dumps([plain(cell) for cell in row], ensure_ascii=False) for row in rows] for rows in (answer["rows"], theirs))
    if not query.ordered:
        found, expected = sorted(found), sorted(expected)
    if found == expected:
        return []
    at = next((place for place, (a, b) in enumerate(zip(found, expected)) if a != b), min(len(found), len(expected)))
    ours, other = (rows[at] if at < len(rows) else "none" for rows in (found, expected))
    return [f"{len(found)} rows, DuckDB has {len(expected)}; the first that differs:\n      spoofwatch: {ours}\n      DuckDB:     {other}"]


def compare(options, folder):
    """How many queries were compared, and how many differ."""
    database = tables(folder, random.Random(options.seed))
    numbers = [options.only] if options.only is not None else range(options.queries)
    queries = {str(number): generated(options.seed, number) for number in numbers}
    batch = folder / "queries.jsonl"
    batch.write_text("".join(json.dumps({"id": name, "query": query.text()}) + "\n" for name, query in queries.items()))
    files = [word for name in SCHEMAS for word in ("--table", f"{name}={folder / name}.parquet")]
    command = [options.spoofwatch.resolve(), "--data", folder / "lake", "hunt", "--batch", batch, "--as-of", CLOCK, *files]
    failed = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            answer = json.loads(line)
            query = queries.pop(answer["id"])
            try:
                result = database.execute(query.sql)
                complaints = differences(query, answer, result.description, result.fetchall())
            except duckdb.Error as error:
                complaints = [f"DuckDB cannot run it: {error}"]
            failed += bool(complaints)
            for complaint in complaints:
                print(f"DIFFERS  query {answer['id']} of seed {options.seed}: {complaint}\n{query.text()}\n{query.sql}\n", flush=True)
    if queries:
        print(f"FAILED   spoofwatch ended with status {process.returncode} and {len(queries)} queries were never answered")
    return len(numbers), failed + len(queries)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--spoofwatch", type=pathlib.Path, default=ROOT / "target/debug/spoofwatch", help="the program (default %(default)s)")
    parser.add_argument("--queries", type=int, default=500, help="queries to generate (default %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="what tables and queries are drawn from (default %(default)s)")
    parser.add_argument("--only", type=int, help="the number of one query to run alone")
    options = parser.parse_args()
    if not options.spoofwatch.exists():
        print(f"skipped: there is no program at {options.spoofwatch}; build it, or name it with --spoofwatch")
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        compared, failed = compare(options, pathlib.Path(scratch))
    print(f"{compared - failed} of {compared} generated queries (seed {options.seed}) give the rows that DuckDB gives")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
