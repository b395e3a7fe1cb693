"""The benchmark: makes the data once, runs every hunt in every engine in turn, compares rows, prints and records ratios."""

import argparse
import json
import pathlib
import shutil
import statistics
import subprocess
import sys

import duckdb

import report
from engines import PEERS, Failed, Peer, Spoofwatch, whole_process
from hunts import AS_OF, difference, load

HERE = pathlib.Path(__file__).parent
TABLES = ["EmailEvents", "EmailUrlInfo", "o365.audit"]


def arguments():
    parser = argparse.ArgumentParser(prog="bench/run", description=__doc__)
    parser.add_argument("--messages", type=int, default=100_000, help="rows of EmailEvents (default %(default)s)")
    parser.add_argument("--ingest-messages", type=int, help="rows of the NDJSON to ingest; 0 leaves ingest out (default: --messages, at most a million)")
    parser.add_argument("--repetitions", type=int, default=5, help="counted runs of each hunt, after one that is not (default %(default)s)")
    parser.add_argument("--threads", type=int, default=2, help="threads of each peer (default %(default)s)")
    parser.add_argument("--hunt", action="append", default=[], help="only this hunt; may be given more than once")
    parser.add_argument("--over", choices=["files", "lake", "both"], default="both", help="which files are hunted in (default %(default)s)")
    parser.add_argument("--spoofwatch", type=pathlib.Path, default=HERE.parent / "target/release/spoofwatch", help="the program (default %(default)s)")
    parser.add_argument("--dir", type=pathlib.Path, default=HERE.parent / "target/bench-data", help="where the data is made and kept (default %(default)s)")
    parser.add_argument("--record", action="store_true", help="write docs/benchmarks.md")
    parser.add_argument("--note", action="append", default=[], help="a sentence for the record; may be given more than once")
    parser.add_argument("--json", type=pathlib.Path, help="write every figure to this file")
    return parser.parse_args()


class Data:
    """What is hunted in: simulated Parquet files, and a lake that has taken them in."""

    def __init__(self, options):
        self.spoofwatch = options.spoofwatch
        self.folder = options.dir / f"{options.messages}"
        self.files_folder = self.folder / "files"
        self.lake = self.folder / "lake"
        self.empty = self.folder / "no-lake"
        self.logs = options.dir / "logs"
        self.logs.mkdir(parents=True, exist_ok=True)
        self.simulate(options.messages, self.files_folder, "parquet")
        self.files = {table: [str(self.files_folder / f"{table}.parquet")] for table in TABLES}
        if options.over != "files":
            self.fill_lake()

    def simulate(self, messages, folder, form):
        if (folder / "complete").exists():
            return
        shutil.rmtree(folder, ignore_errors=True)
        print(f"simulating {messages} messages as {form}", flush=True)
        command = [self.spoofwatch, "simulate", "--messages", str(messages), "--days", "30", "--seed", "1", "--as-of", AS_OF]
        subprocess.run([*command, "--out", folder, "--format", form], check=True, stdout=subprocess.DEVNULL)
        (folder / "complete").touch()

    def fill_lake(self):
        complete = self.lake.with_suffix(".complete")
        if complete.exists():
            return
        shutil.rmtree(self.lake, ignore_errors=True)
        print("taking the files into a lake", flush=True)
        for table in TABLES:
            subprocess.run([self.spoofwatch, "--data", self.lake, "ingest", "--table", table, self.files[table][0]], check=True)
        complete.touch()

    def lake_files(self):
        """The files that the Delta log of each table names."""
        found = {}
        for log in sorted(self.lake.rglob("_delta_log")):
            names = {}
            for commit in sorted(log.glob("*.json")):
                for line in commit.read_text().splitlines():
                    action = json.loads(line)
                    if "add" in action:
                        names[action["add"]["path"]] = True
                    elif "remove" in action:
                        names.pop(action["remove"]["path"], None)
            found[log.parent.name] = [str(log.parent / name) for name in names]
        return {table: found[table] for table in TABLES}

    def needles(self):
        """An address that one message went to, and the id of a message in the middle."""
        connection = duckdb.connect()
        events = f"'{self.files['EmailEvents'][0]}'"
        address = f"SELECT RecipientEmailAddress FROM {events} GROUP BY 1 ORDER BY count(*), 1 LIMIT 1"
        message = f"SELECT NetworkMessageId FROM {events} LIMIT 1 OFFSET (SELECT count(*) // 2 FROM {events})"
        return {"address": connection.execute(address).fetchone()[0], "message": connection.execute(message).fetchone()[0]}


def hunt_in(engines, hunts, repetitions):
    """Every hunt in every engine, the engines taking turns: {hunt: {engine: [milliseconds]}}, and what went wrong."""
    times, faults = {}, []
    for hunt in hunts:
        times[hunt.name] = {}
        answers = {}
        for engine in engines:
            try:
                _, answers[engine.name] = engine.run(hunt, True)
                times[hunt.name][engine.name] = []
            except Failed as error:
                faults.append(f"{hunt.name}: {engine.name}: {error}")
        expected = answers.get("duckdb")
        for name, answer in answers.items():
            if expected and name != "duckdb" and (found := difference(hunt, answer, expected, name == "clickhouse")):
                faults.append(f"{hunt.name}: {name} and duckdb give different rows: {found}")
        for repetition in range(repetitions):
            for place in range(len(engines)):
                engine = engines[(place + repetition) % len(engines)]
                if engine.name in answers:
                    times[hunt.name][engine.name].append(engine.run(hunt, False)[0])
        print(report.line(hunt, times[hunt.name]), flush=True)
    return times, faults


def hunts_over(data, label, options, tables, lake, hunts):
    """One set of files: starts the engines, hunts, stops them."""
    print(f"\n{label}", flush=True)
    engines = [Peer(name, tables, options.threads, data.logs) for name in PEERS]
    engines.append(Spoofwatch(options.spoofwatch, lake or data.empty, {} if lake else tables, AS_OF, data.logs))
    try:
        times, faults = hunt_in(engines, hunts, options.repetitions)
        for fault in faults:
            print(f"! {fault}", flush=True)
        peaks = {engine.name: engine.child.peak_megabytes() for engine in engines}
        versions = {engine.name: engine.version for engine in engines if isinstance(engine, Peer)}
    finally:
        for engine in engines:
            engine.child.stop()
    return {"label": label, "times": times, "faults": faults, "peaks": peaks, "versions": versions}


def ingest(data, options):
    """NDJSON into a lake, and by each peer into Parquet: {engine: [milliseconds]}."""
    messages = options.ingest_messages if options.ingest_messages is not None else min(options.messages, 1_000_000)
    if messages == 0:
        return None
    folder = options.dir / f"{messages}" / "ndjson"
    data.simulate(messages, folder, "ndjson")
    source, scratch = folder / "EmailEvents.ndjson", options.dir / "scratch"
    size = source.stat().st_size
    print(f"\nIngest of {messages} messages, {size / 1e9:.2f} GB of NDJSON", flush=True)
    times, faults = {}, []
    for _ in range(max(2, options.repetitions // 2)):
        for name in [*PEERS, "spoofwatch"]:
            shutil.rmtree(scratch, ignore_errors=True)
            scratch.mkdir(parents=True)
            try:
                if name == "spoofwatch":
                    command = [options.spoofwatch, "--data", scratch / "lake", "ingest", "--table", "EmailEvents", source]
                    ms = whole_process(command, data.logs / "ingest.log")["wall"] * 1000
                else:
                    peer = Peer(name, {}, options.threads, data.logs)
                    try:
                        ms = peer.ingest(source, scratch / "out.parquet")
                    finally:
                        peer.child.stop()
                times.setdefault(name, []).append(ms)
            except Failed as error:
                faults.append(f"ingest: {name}: {error}")
    shutil.rmtree(scratch, ignore_errors=True)
    print(report.row("NDJSON to columns", times), flush=True)
    for fault in sorted(set(faults)):
        print(f"! {fault}", flush=True)
    return {"messages": messages, "bytes": size, "times": times, "faults": faults}


def whole(data, options, hunts):
    """One hunt as a process of its own, from its start to its end."""
    hunt = next((hunt for hunt in hunts if hunt.name == "json-group"), hunts[0])
    events = data.files["EmailEvents"][0]
    command = [options.spoofwatch, "--data", data.empty, "hunt", "--format", "json", "--as-of", AS_OF, "--table", f"EmailEvents={events}", hunt.text("kql")]
    runs = [whole_process(command, data.logs / "whole.log") for _ in range(options.repetitions + 1)][1:]
    figures = {figure: statistics.median(run[figure] for run in runs) for figure in ("wall", "cpu", "megabytes")}
    print(f"\nWhole process, {hunt.name}: {figures['wall']:.3f} s, {figures['cpu']:.3f} s of processor, {figures['megabytes']:.0f} MB", flush=True)
    return {"hunt": hunt.title, **figures}


def main():
    options = arguments()
    data = Data(options)
    hunts = load(HERE / "hunts", data.needles(), options.hunt)
    sets = []
    if options.over != "lake":
        sets.append(hunts_over(data, "The simulated Parquet files", options, data.files, None, hunts))
    if options.over != "files":
        sets.append(hunts_over(data, "The lake's Parquet files", options, data.lake_files(), data.lake, hunts))
    figures = {
        "messages": options.messages, "repetitions": options.repetitions, "threads": options.threads, "sets": sets, "notes": options.note,
        "bytes": {table: pathlib.Path(files[0]).stat().st_size for table, files in data.files.items()},
        "ingest": ingest(data, options), "whole": whole(data, options, hunts) if options.over != "lake" else None, "machine": report.machine(options.spoofwatch),
    }
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1))
    if options.record:
        (HERE.parent / "docs/benchmarks.md").write_text(report.page(figures, hunts))
    return 1 if any(part["faults"] for part in [*sets, figures["ingest"] or {"faults": []}]) else 0


sys.exit(main())
