"""The hunts: one TOML file each under hunts/, the same question in KQL and in each peer's own words."""

import json
import pathlib
import tomllib

AS_OF = "2026-11-20T00:00:00Z"
# How each language writes the moment the run stands for.
MOMENTS = {
    "kql": AS_OF,
    "duckdb": "TIMESTAMPTZ '2026-11-20 00:00:00+00'",
    "clickhouse": "toDateTime64('2026-11-20 00:00:00', 6, 'UTC')",
    "polars": "",
}
POLARS_CLOCK = "from datetime import datetime, timezone\nas_of = datetime(2026, 11, 20, tzinfo=timezone.utc)\n"


# What stands for a missing value in columns that cannot be null.
ZEROS = (0, False, "1970-01-01T00:00:00.0000000Z")


class Hunt:
    def __init__(self, path, needles):
        self.name = path.stem
        self.needles = needles
        self.parts = tomllib.loads(path.read_text())
        self.title = self.parts["title"]
        self.place = self.parts["place"]
        self.note = self.parts.get("note")

    def text(self, language):
        text = self.parts[language].replace("{{as_of}}", MOMENTS[language])
        for name, value in self.needles.items():
            text = text.replace("{{" + name + "}}", value)
        return POLARS_CLOCK + text if language == "polars" else text

    def table(self, answer):
        """Columns and rows in a form that can be compared: columns by name, rows without order."""
        columns, rows = [column["name"] if isinstance(column, dict) else column for column in answer["columns"]], answer["rows"]
        columns = [self.parts.get("rename", {}).get(name, name) for name in columns]
        dynamic = {column["name"] for column in answer["columns"] if isinstance(column, dict) and column["type"] == "dynamic"}
        if (unfold := self.parts.get("unfold")) and len(rows) == 1 and isinstance(rows[0][0], list):
            rows = list(zip(*(rows[0][columns.index(name)] for name in unfold)))
            columns, dynamic = unfold, set()
        return columns, dynamic, rows


def cell(value, as_json):
    """Missing text is the empty text; dynamic values are compared as JSON, whatever their spacing."""
    if value is None or value == "":
        return ""
    if as_json and isinstance(value, str):
        try:
            return cell(json.loads(value), False)
        except ValueError:
            return value
    if isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def difference(hunt, ours, theirs, null_is_zero):
    """What differs between two answers, in the columns that the second has; None when nothing does."""
    our_columns, dynamic, our_rows = hunt.table(ours)
    their_columns, _, their_rows = hunt.table(theirs)
    # Files of a lake carry columns of its upkeep, which hunts do not see; the table's name is filled in when it is read.
    shared = [name for name in their_columns if not name.startswith("_") and name != "Type"]
    if missing := [name for name in shared if name not in our_columns]:
        return f"columns {missing} are missing in {our_columns}"

    def keys(columns, rows):
        places = [(columns.index(name), name in dynamic) for name in shared]
        found = ([cell(row[place], as_json) for place, as_json in places] for row in rows)
        if null_is_zero:
            found = (["" if value in ZEROS else value for value in cells] for cells in found)
        return sorted(json.dumps(cells, ensure_ascii=False, sort_keys=True) for cells in found)

    left, right = keys(our_columns, our_rows), keys(their_columns, their_rows)
    if left == right:
        return None
    ours_only, theirs_only = sorted(set(left) - set(right)), sorted(set(right) - set(left))
    return f"{len(left)} rows against {len(right)}; only here: {ours_only[:1]}; only there: {theirs_only[:1]}"


def load(folder, needles, wanted):
    hunts = sorted((Hunt(path, needles) for path in pathlib.Path(folder).glob("*.toml")), key=lambda hunt: hunt.place)
    return [hunt for hunt in hunts if not wanted or hunt.name in wanted]
