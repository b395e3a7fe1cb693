"""Random expressions in both languages, KQL and the SQL of DuckDB, that mean the same: what `generated.py` makes queries of.

An expression is a `Pair` of texts with a type. Only what both engines define alike is drawn; where Kusto has a rule of its own (null, `has`, `%`) the SQL spells the
rule out. Text is never null on either side: the views of DuckDB give "" for it.
"""

import dataclasses
import random

TEXTS = [
    "", "a", "Alice", "ALICE", "alice@example.com", "Bob@Example.com", "spf=fail dkim=pass", "dkim_fail", "fail2", "Re: Invoice 12", "invoice", "12", "-7",
    "x,y,,z", "a.b.c", "Überweisung fällig", "été 2026", "100%", "it's", "(none)", "aaaa",
]
NEEDLES = ["", "a", "alice", "Alice", "fail", "invoice", "example", "example.com", "dkim", "12", "spf=fail", "x", "fällig", "Re:", "@", "aa", "c"]
MOMENTS = ["2026-02-28T23:59:59.999999", "2026-03-01T00:00:00", "2026-03-01T12:30:15.5", "2026-03-08T07:00:00", "2025-12-31T23:00:00", "2024-02-29T10:00:00"]
STEPS = {"5m": 300_000_000, "15m": 900_000_000, "1h": 3_600_000_000, "1d": 86_400_000_000}
PERIODS = ["year", "quarter", "month", "day", "hour", "minute"]
# Patterns that RE2 and Rust's regex read alike.
PATTERNS = ["[a-z]+", "^[A-Z]", "[0-9]{2}", "fail|pass", "a.*e", r"\d$", r"\.", "(a)(l)?"]
GROUPS = ["([a-z]+)=", "@([A-Za-z]+)", "([0-9]+)", "^(.)", "([A-Za-z]+)$"]


@dataclasses.dataclass(frozen=True)
class Pair:
    """One expression in KQL and in SQL."""

    kql: str
    sql: str
    type: str


@dataclasses.dataclass(frozen=True)
class Column:
    """A column of the rows so far. One that is `final` is shown and nothing else: it may hold NaN, or an array."""

    name: str
    type: str
    final: bool = False

    @property
    def pair(self):
        return Pair(self.name, f'"{self.name}"', self.type)


def kql_text(value):
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def sql_text(value):
    return "'" + value.replace("'", "''") + "'"


def has_pattern(needle):
    """The regular expression of a whole-term search: an edge that is a letter or digit needs a boundary."""
    special = "\\.+*?()[]{}|^$"
    text = "".join("\\" + character if character in special else character for character in needle)
    before = "(^|[^\\pL\\pN])" if needle[:1].isalnum() else ""
    after = "($|[^\\pL\\pN])" if needle[-1:].isalnum() else ""
    return before + text + after


def has_sql(text, needle, fold=True):
    return f"regexp_matches({text}, {sql_text(('(?i)' if fold else '') + has_pattern(needle))})"


class Expressions:
    """Draws expressions over some columns."""

    def __init__(self, dice: random.Random, columns):
        self.dice = dice
        self.columns = [column for column in columns if not column.final]

    def of(self, type_name, depth=2):
        return getattr(self, type_name)(depth)

    def any(self, depth=2):
        return self.of(self.dice.choice(["bool", "long", "real", "string", "datetime"]), depth)

    def column(self, type_name):
        found = [column for column in self.columns if column.type == type_name]
        return self.dice.choice(found).pair if found else None

    def leaf(self, type_name):
        found = self.column(type_name) if self.dice.random() < 0.85 else None
        return found or self.literal(type_name)

    def literal(self, type_name):
        dice = self.dice
        match type_name:
            case "long":
                value = dice.choice([0, 1, -1, 2, 3, 7, 10, -12, 100])
                return Pair(f"long({value})", f"CAST({value} AS BIGINT)", "long")
            case "real":
                value = dice.choice([0.0, 0.5, -0.25, 1.75, 12.5, -3.0])
                return Pair(f"real({value})", f"CAST({value} AS DOUBLE)", "real")
            case "string":
                value = dice.choice(TEXTS)
                return Pair(kql_text(value), sql_text(value), "string")
            case "bool":
                value = dice.choice(["true", "false"])
                return Pair(value, value, "bool")
            case _:
                value = dice.choice(MOMENTS)
                return Pair(f"datetime({value})", f"TIMESTAMP '{value}'", "datetime")

    def choice(self, type_name, depth):
        """`iff`, `case` and, where null is possible, `coalesce`."""
        one, two, three = (self.of(type_name, depth - 1) for _ in range(3))
        test, other = self.bool(depth - 1), self.bool(depth - 1)
        match self.dice.randrange(3):
            case 0:
                return Pair(f"iff({test.kql}, {one.kql}, {two.kql})", f"CASE WHEN {test.sql} THEN {one.sql} ELSE {two.sql} END", type_name)
            case 1:
                sql = f"CASE WHEN {test.sql} THEN {one.sql} WHEN {other.sql} THEN {two.sql} ELSE {three.sql} END"
                return Pair(f"case({test.kql}, {one.kql}, {other.kql}, {two.kql}, {three.kql})", sql, type_name)
            case _ if type_name == "string":
                return Pair(f"coalesce({one.kql}, {two.kql})", f"CASE WHEN {one.sql} <> '' THEN {one.sql} ELSE {two.sql} END", "string")
            case _:
                return Pair(f"coalesce({one.kql}, {two.kql})", f"coalesce({one.sql}, {two.sql})", type_name)

    def drawn(self, type_name, depth, forms):
        """A leaf, a choice, or one of the type's own forms."""
        if depth <= 0 or self.dice.random() < 0.2:
            return self.leaf(type_name)
        if self.dice.random() < 0.15:
            return self.choice(type_name, depth)
        kql, sql = self.dice.choice(forms)(depth - 1)
        return Pair(kql, sql, type_name)

    # Truth values.

    def bool(self, depth=2):
        forms = [self.compared, self.compared, self.searched, self.searched, self.among, self.within, self.missing, self.joined, self.joined]
        return self.drawn("bool", depth, forms)

    def compared(self, depth):
        type_name = self.dice.choice(["long", "real", "datetime", "string", "bool"])
        a, b = self.of(type_name, depth), self.of(type_name, depth)
        equality = type_name in ("string", "bool")
        operator = self.dice.choice(["==", "!="] if equality else ["==", "!=", "<", "<=", ">", ">="])
        if operator in ("==", "!="):
            same = "IS NOT DISTINCT FROM" if operator == "==" else "IS DISTINCT FROM"
            # A value differs from null; of two nulls nothing is known.
            sql = f"(CASE WHEN ({a.sql}) IS NULL AND ({b.sql}) IS NULL THEN NULL ELSE ({a.sql}) {same} ({b.sql}) END)"
        else:
            sql = f"(({a.sql}) {operator} ({b.sql}))"
        return f"(({a.kql}) {operator} ({b.kql}))", sql

    def searched(self, depth):
        text = self.string(min(depth, 1))
        needle = self.dice.choice(NEEDLES)
        literal, lower = sql_text(needle), sql_text(needle.lower())
        low = f"lower({text.sql})"
        forms = {
            "contains": f"contains({low}, {lower})",
            "contains_cs": f"contains({text.sql}, {literal})",
            "startswith": f"starts_with({low}, {lower})",
            "startswith_cs": f"starts_with({text.sql}, {literal})",
            "endswith": f"ends_with({low}, {lower})",
            "endswith_cs": f"ends_with({text.sql}, {literal})",
            "=~": f"({low} = {lower})",
            "has": has_sql(text.sql, needle),
            "has_cs": has_sql(text.sql, needle, fold=False),
            "matches regex": None,
        }
        operator = self.dice.choice(list(forms))
        if operator == "matches regex":
            pattern = self.dice.choice(PATTERNS)
            return f"({text.kql} matches regex {kql_text(pattern)})", f"regexp_matches({text.sql}, {sql_text(pattern)})"
        if self.dice.random() < 0.3:
            opposite = "!~" if operator == "=~" else "!" + operator
            return f"({text.kql} {opposite} {kql_text(needle)})", f"(NOT {forms[operator]})"
        return f"({text.kql} {operator} {kql_text(needle)})", forms[operator]

    def among(self, depth):
        text = self.string(min(depth, 1))
        values = self.dice.sample(TEXTS, 3)
        listed = ", ".join(kql_text(value) for value in values)
        match self.dice.randrange(5):
            case 0:
                return f"({text.kql} in ({listed}))", f"({text.sql} IN ({', '.join(sql_text(value) for value in values)}))"
            case 1:
                return f"({text.kql} !in~ ({listed}))", f"(lower({text.sql}) NOT IN ({', '.join(sql_text(value.lower()) for value in values)}))"
            case 2:
                needles = self.dice.sample([needle for needle in NEEDLES if needle], 2)
                kql = f"({text.kql} has_any ({', '.join(kql_text(needle) for needle in needles)}))"
                return kql, f"({' OR '.join(has_sql(text.sql, needle) for needle in needles)})"
            case 3:
                needles = self.dice.sample([needle for needle in NEEDLES if needle], 2)
                kql = f"({text.kql} has_all ({', '.join(kql_text(needle) for needle in needles)}))"
                return kql, f"({' AND '.join(has_sql(text.sql, needle) for needle in needles)})"
            case _:
                number = self.long(min(depth, 1))
                negated = self.dice.random() < 0.5
                sql = f"coalesce(({number.sql}) IN (0, 1, 7, 12), false)"
                return f"(({number.kql}) {'!' if negated else ''}in (0, 1, 7, 12))", f"(NOT {sql})" if negated else sql

    def within(self, depth):
        negated = self.dice.random() < 0.3
        word, sql_word = ("!between", "NOT BETWEEN") if negated else ("between", "BETWEEN")
        match self.dice.randrange(3):
            case 0:
                number, low, high = self.long(depth), self.literal("long"), self.literal("long")
                return f"(({number.kql}) {word} ({low.kql} .. {high.kql}))", f"(({number.sql}) {sql_word} {low.sql} AND {high.sql})"
            case 1:
                moment, low = self.datetime(depth), self.literal("datetime")
                return f"(({moment.kql}) {word} ({low.kql} .. 1d))", f"(({moment.sql}) {sql_word} {low.sql} AND {low.sql} + INTERVAL 1 DAY)"
            case _:
                moment, low, high = self.datetime(depth), self.literal("datetime"), self.literal("datetime")
                return f"(({moment.kql}) {word} ({low.kql} .. {high.kql}))", f"(({moment.sql}) {sql_word} {low.sql} AND {high.sql})"

    def missing(self, depth):
        if self.dice.random() < 0.4:
            text = self.string(depth)
            return self.dice.choice([(f"isempty({text.kql})", f"(({text.sql}) = '')"), (f"isnotempty({text.kql})", f"(({text.sql}) <> '')")])
        value = self.of(self.dice.choice(["long", "real", "bool", "datetime"]), depth)
        return self.dice.choice([(f"isnull({value.kql})", f"(({value.sql}) IS NULL)"), (f"isnotnull({value.kql})", f"(({value.sql}) IS NOT NULL)")])

    def joined(self, depth):
        a, b = self.bool(depth), self.bool(depth)
        match self.dice.randrange(5):
            case 0 | 1:
                return f"({a.kql} and {b.kql})", f"({a.sql} AND {b.sql})"
            case 2 | 3:
                return f"({a.kql} or {b.kql})", f"({a.sql} OR {b.sql})"
            case _:
                return f"not({a.kql})", f"(NOT {a.sql})"

    # Numbers.

    def long(self, depth=2):
        return self.drawn("long", depth, [self.arithmetic, self.arithmetic, self.of_text, self.of_moment, self.of_long])

    def arithmetic(self, depth):
        a, b = self.long(depth), self.long(depth)
        match self.dice.randrange(5):
            case 0 | 1:
                operator = self.dice.choice("+-")
                return f"({a.kql} {operator} {b.kql})", f"({a.sql} {operator} {b.sql})"
            case 2:
                return f"({a.kql} * {b.kql})", f"({a.sql} * {b.sql})"
            case 3:
                # Towards zero, and null by zero.
                divisor = self.dice.choice([-3, 2, 7])
                return f"({a.kql} / {divisor})", f"CAST(trunc(({a.sql})::DOUBLE / {divisor}) AS BIGINT)"
            case _:
                # Never negative.
                divisor = self.dice.choice([-12, 5, 12])
                return f"({a.kql} % {divisor})", f"(((({a.sql}) % {abs(divisor)}) + {abs(divisor)}) % {abs(divisor)})"

    def of_text(self, depth):
        text = self.string(depth)
        needle = self.dice.choice(["a", "@", "fail", "xyz"])
        forms = [
            (f"strlen({text.kql})", f"length({text.sql})"),
            (f"indexof({text.kql}, {kql_text(needle)})", f"(strpos({text.sql}, {sql_text(needle)}) - 1)"),
            (f"tolong({text.kql})", f"CASE WHEN regexp_full_match({text.sql}, '-?[0-9]{{1,17}}') THEN TRY_CAST({text.sql} AS BIGINT) END"),
            (f'countof({text.kql}, "a")', f"(length({text.sql}) - length(replace({text.sql}, 'a', '')))"),
            (f'array_length(split({text.kql}, ","))', f"len(string_split({text.sql}, ','))"),
        ]
        return self.dice.choice(forms)

    def of_moment(self, depth):
        a, b = self.datetime(depth), self.datetime(depth)
        period = self.dice.choice(PERIODS)
        forms = [
            (f"datetime_diff('{period}', {a.kql}, {b.kql})", f"date_diff('{period}', {b.sql}, {a.sql})"),
            (f"datetime_part('{period}', {a.kql})", f"date_part('{period}', {a.sql})"),
            (f"hourofday({a.kql})", f"date_part('hour', {a.sql})"),
            (f"dayofyear({a.kql})", f"date_part('dayofyear', {a.sql})"),
            (f"week_of_year({a.kql})", f"date_part('week', {a.sql})"),
            (f"tolong(dayofweek({a.kql}) / 1d)", f"date_part('dow', {a.sql})"),
        ]
        kql, sql = self.dice.choice(forms)
        return f"tolong({kql})", sql

    def of_long(self, depth):
        a, b = self.long(depth), self.long(depth)
        size = self.dice.choice([3, 5, 10])
        flag = self.bool(depth)
        forms = [
            (f"abs({a.kql})", f"abs({a.sql})"),
            (f"bin({a.kql}, {size})", f"CAST(floor(({a.sql})::DOUBLE / {size}) * {size} AS BIGINT)"),
            (f"max_of({a.kql}, {b.kql})", f"greatest({a.sql}, {b.sql})"),
            (f"min_of({a.kql}, {b.kql})", f"least({a.sql}, {b.sql})"),
            (f"tolong({flag.kql})", f"CAST({flag.sql} AS BIGINT)"),
            (f"tolong(sign({a.kql}))", f"sign({a.sql})"),
        ]
        return self.dice.choice(forms)

    def real(self, depth=2):
        return self.drawn("real", depth, [self.real_form])

    def real_form(self, depth):
        a, b = self.real(depth), self.real(depth)
        number, moment, other = self.long(depth), self.datetime(depth), self.datetime(depth)
        operator = self.dice.choice("+-*")
        forms = [
            (f"({a.kql} {operator} {b.kql})", f"({a.sql} {operator} {b.sql})"),
            (f"({a.kql} / 4)", f"({a.sql} / 4)"),
            (f"toreal({number.kql})", f"CAST({number.sql} AS DOUBLE)"),
            (f"abs({a.kql})", f"abs({a.sql})"),
            (f"floor({a.kql}, 0.5)", f"(floor(({a.sql}) / 0.5::DOUBLE) * 0.5::DOUBLE)"),
            (f"ceiling({a.kql})", f"ceil({a.sql})"),
            (f"sqrt(abs({a.kql}))", f"sqrt(abs({a.sql}))"),
            (f"(({moment.kql}) - ({other.kql})) / 1h", f"((epoch_us({moment.sql}) - epoch_us({other.sql}))::DOUBLE / 3600000000)"),
            (f"({number.kql} * {a.kql})", f"({number.sql} * {a.sql})"),
        ]
        return self.dice.choice(forms)

    # Text and time.

    def string(self, depth=2):
        return self.drawn("string", depth, [self.text_form, self.text_form, self.text_of])

    def text_form(self, depth):
        a, b = self.string(depth), self.string(depth)
        start, length = self.dice.randrange(0, 5), self.dice.randrange(0, 6)
        group = self.dice.choice(GROUPS)
        forms = [
            (f"tolower({a.kql})", f"lower({a.sql})"),
            (f"toupper({a.kql})", f"upper({a.sql})"),
            (f"substring({a.kql}, {start}, {length})", f"substr({a.sql}, {start + 1}, {length})"),
            (f"substring({a.kql}, {start})", f"substr({a.sql}, {start + 1})"),
            (f"strcat({a.kql}, {kql_text('-')}, {b.kql})", f"concat({a.sql}, '-', {b.sql})"),
            (f'strcat_delim("|", {a.kql}, {b.kql})', f"concat({a.sql}, '|', {b.sql})"),
            (f'replace_string({a.kql}, "a", "éé")', f"replace({a.sql}, 'a', 'éé')"),
            (f'trim("a", {a.kql})', f"trim({a.sql}, 'a')"),
            (f'tostring(split({a.kql}, "@")[0])', f"string_split({a.sql}, '@')[1]"),
            (f'tostring(split({a.kql}, ",")[2])', f"coalesce(string_split({a.sql}, ',')[3], '')"),
            (f"extract({kql_text(group)}, 1, {a.kql})", f"coalesce(regexp_extract({a.sql}, {sql_text(group)}, 1), '')"),
            (f'replace_regex({a.kql}, "[aeiou]", "_")', f"regexp_replace({a.sql}, '[aeiou]', '_', 'g')"),
            (f"reverse({a.kql})", f"reverse({a.sql})"),
            (f"hash_md5({a.kql})", f"md5({a.sql})"),
            (f"hash_sha256({a.kql})", f"sha256({a.sql})"),
            (f"base64_encode_tostring({a.kql})", f"to_base64(encode({a.sql}))"),
        ]
        return self.dice.choice(forms)

    def text_of(self, depth):
        number, flag, moment = self.long(depth), self.bool(depth), self.datetime(depth)
        forms = [
            (f"tostring({number.kql})", f"coalesce(CAST(({number.sql})::BIGINT AS VARCHAR), '')"),
            (f"tostring({flag.kql})", f"coalesce(CAST(({flag.sql}) AS VARCHAR), '')"),
            (f"format_datetime({moment.kql}, 'yyyy-MM-dd HH:mm')", f"coalesce(strftime({moment.sql}, '%Y-%m-%d %H:%M'), '')"),
            (f"tostring({moment.kql})", f"coalesce(strftime({moment.sql}, '%Y-%m-%dT%H:%M:%S.%f0Z'), '')"),
        ]
        return self.dice.choice(forms)

    def datetime(self, depth=2):
        return self.drawn("datetime", depth, [self.moment_form])

    def moment_form(self, depth):
        a, b = self.datetime(depth), self.datetime(depth)
        step = self.dice.choice(list(STEPS))
        start = self.dice.choice(["day", "month", "year"])
        count = self.dice.choice([-13, -1, 1, 5])
        unit = self.dice.choice(["month", "day", "year", "hour"])
        forms = [
            (f"({a.kql} + {step})", f"({a.sql} + to_microseconds({STEPS[step]}))"),
            (f"({a.kql} - {step})", f"({a.sql} - to_microseconds({STEPS[step]}))"),
            (f"bin({a.kql}, {step})", f"make_timestamp(epoch_us({a.sql}) // {STEPS[step]} * {STEPS[step]})"),
            (f"startof{start}({a.kql})", f"date_trunc('{start}', {a.sql})::TIMESTAMP"),
            (f"startofweek({a.kql})", f"(date_trunc('week', {a.sql} + INTERVAL 1 DAY) - INTERVAL 1 DAY)::TIMESTAMP"),
            (f"datetime_add('{unit}', {count}, {a.kql})", f"({a.sql} + INTERVAL ({count}) {unit.upper()})"),
            (f"max_of({a.kql}, {b.kql})", f"greatest({a.sql}, {b.sql})"),
        ]
        return self.dice.choice(forms)
