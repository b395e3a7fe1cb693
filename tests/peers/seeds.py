"""Compares the rows that `spoofwatch hunt` gives for the seed rules with those that DuckDB gives for SQL written by hand."""

import argparse
import dataclasses
import datetime
import json
import pathlib
import subprocess
import sys
import tempfile

try:
    import duckdb
except ImportError:
    print("skipped: the comparison with DuckDB needs the Python package duckdb")
    sys.exit(0)

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
END = "2026-11-20T00:00:00Z"
TABLES = ["EmailEvents", "CloudAppEvents", "o365.audit"]

# A member of a JSON column as KQL reads it: "" when the text is not JSON, is no object, or has no such member.
MEMBERS = """
CREATE MACRO member(details, name) AS coalesce(CASE WHEN json_valid(details) THEN json_extract_string(details, '$.' || name) END, '');
CREATE MACRO text(value) AS coalesce(value, '');
"""


@dataclasses.dataclass
class Check:
    """A query, and SQL for the same rows. `{now}` in the SQL is the moment the run stands for."""

    name: str
    file: str
    sql: str
    moments: list[str] = dataclasses.field(default_factory=lambda: [END])
    # KQL in place of the file's query, for a rule that is not written in KQL.
    kql: str | None = None
    # The column that rows are sorted by, descending.
    sorted_by: str | None = None
    # A column that may hold any of the values of the SQL's list.
    any_of: str | None = None
    # Whether the query leaves all columns of its table in place.
    whole_rows: bool = False


HOURS = [f"2026-11-{day:02}T{hour:02}:00:00Z" for day in (12, 16, 19) for hour in (3, 9, 13, 16, 20)] + [END]

PUBLISHED = [
    Check(
        "seed 000, DKIM Failure Trend",
        "dkim-failure-trend.yaml",
        """
        WITH days AS (SELECT unnest(generate_series(date_trunc('day', {now} - INTERVAL 30 DAY), date_trunc('day', {now}) - INTERVAL 1 DAY, INTERVAL 1 DAY)) AS day)
        SELECT list(n ORDER BY day) AS Count, list(day ORDER BY day) AS Timestamp
        FROM (SELECT day, (SELECT count(*) FROM EmailEvents WHERE Timestamp >= day AND Timestamp < day + INTERVAL 1 DAY) AS n FROM days)
        """,
        moments=[END, "2026-11-10T15:30:00Z"],
    ),
    Check(
        "seed 001, DKIM signing configuration disabled, in KQL",
        "exchange-dkim-signing-config-disabled.toml",
        """
        SELECT "@timestamp" AS "When", "event.id" AS Id, text("user.id") AS Account, text("o365.audit.ObjectId") AS Domain FROM "o365.audit"
        WHERE text("event.dataset") = 'o365.audit' AND text("event.provider") = 'Exchange' AND contains("event.category", '"web"')
          AND "event.action" = 'Set-DkimSigningConfig' AND member("o365.audit.Parameters", 'Enabled') = 'False' AND "event.outcome" = 'success'
        """,
        kql="""
        ['o365.audit']
        | where ['event.dataset'] == "o365.audit" and ['event.provider'] == "Exchange" and set_has_element(['event.category'], "web")
            and ['event.action'] == "Set-DkimSigningConfig" and tostring(['o365.audit.Parameters'].Enabled) == "False" and ['event.outcome'] == "success"
        | project When = ['@timestamp'], Id = ['event.id'], Account = ['user.id'], Domain = ['o365.audit.ObjectId']
        """,
    ),
    Check(
        "seed 002, Accepted Domain with DMARC TempError",
        "accepted-domain-dmarc-temperror.yaml",
        """
        SELECT *, member(AuthenticationDetails, 'SPF') AS SPF, member(AuthenticationDetails, 'DMARC') AS DMARC FROM EmailEvents
        WHERE EmailDirection = 'Inbound' AND SenderMailFromDomain IN ('contoso.com', 'fabrikam.fr') AND (DMARC = 'temperror' OR SPF = 'temperror')
        """,
        whole_rows=True,
    ),
    Check(
        "seed 003, T1672 Email Spoofing",
        "T1672-email-spoofing.kql",
        """
        WITH read AS (
          SELECT * REPLACE (text(SenderFromDomain) AS SenderFromDomain, text(SenderMailFromDomain) AS SenderMailFromDomain, text(DeliveryAction) AS DeliveryAction),
            regexp_extract(text(AuthenticationDetails), 'spf=([a-z]+)', 1) AS SPFResult, regexp_extract(text(AuthenticationDetails), 'dkim=([a-z]+)', 1) AS DKIMResult,
            regexp_extract(text(AuthenticationDetails), 'dmarc=([a-z]+)', 1) AS DMARCResult
          FROM EmailEvents WHERE Timestamp > {now} - INTERVAL 1 HOUR AND EmailDirection IN ('Inbound', 'IntraOrg')
        )
        SELECT Timestamp, NetworkMessageId, SenderFromAddress, SenderMailFromAddress, SenderFromDomain, SenderMailFromDomain, RecipientEmailAddress, text(Subject) AS Subject,
          SPFResult, DKIMResult, DMARCResult, lower(SenderFromDomain) <> lower(SenderMailFromDomain) AS DomainMismatch,
          (SPFResult IN ('fail', 'softfail'))::BIGINT + (DKIMResult = 'fail')::BIGINT + (DMARCResult = 'fail')::BIGINT AS AuthFailCount,
          DeliveryAction, DeliveryLocation, text(ThreatTypes) AS ThreatTypes, ConfidenceLevel
        FROM read
        WHERE DeliveryAction <> 'Blocked' AND (
          (SPFResult IN ('fail', 'softfail', 'none') AND DKIMResult IN ('fail', 'none') AND DMARCResult IN ('fail', 'none', 'bestguesspass'))
          OR (SenderFromDomain <> SenderMailFromDomain AND SenderFromDomain <> '' AND SenderMailFromDomain <> ''))
        """,
        moments=HOURS,
        sorted_by="Timestamp",
    ),
]

SHIPPED = [
    Check(
        "hunt dkim-failure-trend",
        "dkim-failure-trend.kql",
        """
        WITH days AS (SELECT unnest(generate_series(date_trunc('day', {now} - INTERVAL 30 DAY), date_trunc('day', {now}) - INTERVAL 1 DAY, INTERVAL 1 DAY)) AS day)
        SELECT list(n ORDER BY day) AS Failures, list(day ORDER BY day) AS Timestamp FROM (
          SELECT day, (SELECT count(*) FROM EmailEvents WHERE Timestamp >= day AND Timestamp < day + INTERVAL 1 DAY AND member(AuthenticationDetails, 'DKIM') = 'fail') AS n
          FROM days)
        """,
    ),
    Check(
        "hunt dkim-signing-disabled",
        "dkim-signing-disabled.kql",
        """
        SELECT Timestamp, AccountDisplayName, IPAddress, member(RawEventData, 'ObjectId') AS Domain, text(City) AS City, text(CountryCode) AS CountryCode
        FROM (SELECT *, unnest(json_extract(RawEventData, '$.Parameters[*]')) AS parameter FROM CloudAppEvents WHERE ActionType = 'Set-DkimSigningConfig')
        WHERE member(parameter, 'Name') = 'Enabled' AND lower(member(parameter, 'Value')) = 'false'
        """,
    ),
    Check(
        "hunt accepted-domain-temperror",
        "accepted-domain-temperror.kql",
        """
        SELECT date_trunc('second', Timestamp) AS Moment, SenderFromAddress, SenderIPv4, RecipientEmailAddress, text(Subject) AS Subject,
          member(AuthenticationDetails, 'SPF') AS Spf, member(AuthenticationDetails, 'DMARC') AS Dmarc
        FROM EmailEvents
        WHERE EmailDirection = 'Inbound' AND lower(SenderMailFromDomain) IN ('contoso.com', 'fabrikam.fr') AND (Spf = 'temperror' OR Dmarc = 'temperror')
        """,
        sorted_by="Moment",
    ),
    Check(
        "hunt spoofed-sender",
        "spoofed-sender.kql",
        """
        SELECT text(SenderFromDomain) AS SenderFromDomain,
          CASE WHEN member(AuthenticationDetails, 'DMARC') = 'fail' THEN 'DMARC failed' ELSE 'unproven, other envelope' END AS Why, count(*) AS Messages,
          count(DISTINCT text(RecipientEmailAddress)) AS Recipients, count(DISTINCT text(SenderMailFromDomain)) AS Envelopes,
          date_trunc('minute', max(Timestamp)) AS Latest, list(text(Subject)) AS Example
        FROM EmailEvents
        WHERE Timestamp > {now} - INTERVAL 7 DAY AND EmailDirection = 'Inbound' AND text(DeliveryAction) <> 'Blocked' AND (
          member(AuthenticationDetails, 'DMARC') = 'fail' OR (lower(text(SenderFromDomain)) <> lower(text(SenderMailFromDomain))
            AND member(AuthenticationDetails, 'DMARC') <> 'pass' AND member(AuthenticationDetails, 'DKIM') <> 'pass'))
        GROUP BY ALL
        """,
        moments=[END, "2026-11-12T13:00:00Z"],
        sorted_by="Messages",
        any_of="Example",
    ),
]


class Data:
    """The same rows as Parquet files, as a lake, and in DuckDB."""

    def __init__(self, name, spoofwatch, folder):
        self.name, self.spoofwatch, self.folder = name, spoofwatch, folder
        self.lake = folder / "lake"
        self.database = duckdb.connect()
        self.database.execute("SET TimeZone = 'UTC'")
        self.database.execute(MEMBERS)

    def load(self):
        for table in TABLES:
            self.database.execute(f"CREATE VIEW \"{table}\" AS SELECT * FROM read_parquet('{self.file(table)}')")
            self.command("ingest", "--table", table, self.file(table))

    def file(self, table):
        return self.folder / f"{table}.parquet"

    def command(self, *arguments):
        done = subprocess.run([self.spoofwatch, "--data", self.lake, *arguments], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"spoofwatch {arguments[0]} ended with status {done.returncode}: {done.stderr.strip()[:1500]}")
        return done.stdout

    def hunt(self, query, moment, in_lake):
        tables = [] if in_lake else [word for table in TABLES for word in ("--table", f"{table}={self.file(table)}")]
        return json.loads(self.command("hunt", *query, "--format", "json", "--as-of", moment, *tables))


def simulated(spoofwatch, folder, messages):
    data = Data("simulated", spoofwatch, folder / "simulated")
    data.command("simulate", "--messages", str(messages), "--days", "30", "--seed", "7", "--as-of", END, "--out", data.folder, "--format", "parquet")
    data.load()
    return data


def edges(spoofwatch, folder):
    data = Data("edges", spoofwatch, folder / "edges")
    data.folder.mkdir()
    with duckdb.connect() as maker:
        maker.execute("SET TimeZone = 'UTC'")
        maker.execute((HERE / "edges.sql").read_text())
        for table in TABLES:
            maker.execute(f"COPY \"{table}\" TO '{data.file(table)}' (FORMAT parquet)")
    data.load()
    return data


def plain(value, as_json=False):
    """A cell in the form both sides share: moments as text with seven digits, missing text as "", dynamic values as JSON."""
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f0Z")
    if isinstance(value, list):
        return [plain(element) for element in value]
    if isinstance(value, str) and as_json:
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def differences(check, ours, names, theirs):
    """Sentences about what differs."""
    columns = [column["name"] for column in ours["columns"]]
    types = {column["name"]: column["type"] for column in ours["columns"]}
    if missing := [name for name in names if name not in columns]:
        return [f"columns {missing} are missing; there are {columns}"]
    # Whole rows have every documented column, in a file or not; what a query projects is exactly that.
    if not check.whole_rows and columns != names:
        return [f"columns are {columns}, not {names}"]
    places = [columns.index(name) for name in names]
    dynamic = [types[name] == "dynamic" for name in names]
    texts = [types[name] == "string" for name in names]
    found = [[plain(row[place], flag) for place, flag in zip(places, dynamic)] for row in ours["rows"]]
    expected = [["" if cell is None and text else plain(cell, flag) for cell, flag, text in zip(row, dynamic, texts)] for row in theirs]
    complaints = []
    if check.sorted_by:
        place = names.index(check.sorted_by)
        keys = [row[place] for row in found]
        if keys != sorted(keys, reverse=True):
            complaints.append(f"rows are not sorted by {check.sorted_by}, descending")
    if check.any_of:
        complaints += chosen(found, expected, names.index(check.any_of))
    left, right = (sorted(json.dumps(row, ensure_ascii=False) for row in rows) for rows in (found, expected))
    if left != right:
        only = lambda a, b: next((row[:600] for row in a if row not in b), "none")  # noqa: E731
        complaints.append(f"{len(left)} rows, DuckDB has {len(right)}\n      only spoofwatch: {only(left, set(right))}\n      only DuckDB:     {only(right, set(left))}")
    return complaints


def chosen(found, expected, place):
    """Whether each row's example is one that its group has; the column is then left out on both sides."""
    examples = {json.dumps(row[:place] + row[place + 1 :]): set(row[place]) for row in expected}
    wrong = [row for row in found if row[place] not in examples.get(json.dumps(row[:place] + row[place + 1 :]), {row[place]})]
    for row in [*found, *expected]:
        row[place] = None
    return [f"the example of {row} is none of its group" for row in wrong[:1]]


def run(check, folder, data):
    """Every difference, over files and lake and at every moment; and how many rows agreed."""
    query = [check.kql] if check.kql else ["--file", str(folder / check.file)]
    complaints, rows = [], 0
    for moment in check.moments:
        answer = data.database.execute(check.sql.replace("{now}", f"TIMESTAMPTZ '{moment}'"))
        names, theirs = [column[0] for column in answer.description], answer.fetchall()
        for in_lake in (False, True):
            place = f"{data.name}, {'lake' if in_lake else 'files'}, as of {moment}"
            try:
                found = differences(check, data.hunt(query, moment, in_lake), names, theirs)
            except RuntimeError as error:
                found = [str(error)]
            complaints += [f"{place}: {complaint}" for complaint in found]
        rows += len(theirs)
    return complaints, rows


def checks(rules, hunts):
    """The checks whose query files are here, each with its folder."""
    found = []
    if all((rules / check.file).exists() for check in PUBLISHED):
        found += [(check, rules) for check in PUBLISHED]
    else:
        print(f"skipped: the published seed rules are not in {rules}; the hunts shipped in their place are compared")
    return found + [(check, hunts) for check in SHIPPED]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--spoofwatch", type=pathlib.Path, default=ROOT / "target/debug/spoofwatch", help="the program (default %(default)s)")
    parser.add_argument("--rules", type=pathlib.Path, default=ROOT.parent / "shared/seeds/rules", help="the seed rules as published (default %(default)s)")
    parser.add_argument("--messages", type=int, default=20_000, help="simulated messages (default %(default)s)")
    options = parser.parse_args()
    if not options.spoofwatch.exists():
        print(f"skipped: there is no program at {options.spoofwatch}; build it, or name it with --spoofwatch")
        return 0
    failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        program = options.spoofwatch.resolve()
        for data in (simulated(program, folder, options.messages), edges(program, folder)):
            for check, place in checks(options.rules, ROOT / "content/hunts"):
                complaints, rows = run(check, place, data)
                print(f"{'FAILED' if complaints else 'agree '}  {check.name} ({data.name}): {rows} rows at {len(check.moments)} moments, files and lake", flush=True)
                for complaint in complaints:
                    print(f"    {complaint}", flush=True)
                failed += bool(complaints)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
