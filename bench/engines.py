"""The engines as child processes that answer a line of JSON with a line of JSON. They are started once, so no start is measured."""

import json
import os
import pathlib
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).parent
PEERS = {"duckdb": "DuckDB", "clickhouse": "ClickHouse", "polars": "Polars"}


class Failed(Exception):
    """An engine could not do what was asked."""


class Child:
    def __init__(self, command, log, environment=None):
        self.log = open(log, "w")
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True, env={**os.environ, **(environment or {})}
        )

    def ask(self, request):
        """The answer, and the milliseconds until it was here."""
        started = time.perf_counter()
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        elapsed = (time.perf_counter() - started) * 1000
        if not line:
            raise Failed(f"{self.process.args[0]} ended with status {self.process.wait()}; see {self.log.name}")
        answer = json.loads(line)
        if not answer["ok"]:
            error = answer["error"]
            raise Failed(error if isinstance(error, str) else f"{error['code']} {error['message']}")
        return answer, elapsed

    def peak_megabytes(self):
        """The most memory it has held so far."""
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) // 1024
        return 0

    def stop(self):
        self.process.stdin.close()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


class Peer:
    """One of the peers, over a set of Parquet files."""

    def __init__(self, name, tables, threads, logs):
        self.name = name
        environment = {"BENCH_THREADS": str(threads)}
        self.child = Child([sys.executable, str(HERE / "peers" / f"{name}_peer.py")], logs / f"{name}.log", environment)
        self.version = self.child.ask({"version": True})[0]["version"]
        self.child.ask({"open": tables})

    def run(self, hunt, rows):
        """Milliseconds, and the answer with its rows where they are wanted."""
        answer, _ = self.child.ask({"query": hunt.text(self.name), "rows": rows})
        return answer["ms"], answer

    def ingest(self, source, target):
        return self.child.ask({"ingest": str(source), "to": str(target)})[0]["ms"]


class Spoofwatch:
    """`spoofwatch hunt --batch` over Parquet files, or over a lake."""

    name = "spoofwatch"

    def __init__(self, binary, data, tables, as_of, logs):
        command = [str(binary), "--data", str(data), "hunt", "--batch", "-", "--as-of", as_of]
        for table, files in tables.items():
            command += ["--table", f"{table}={files[0]}"]
        self.child = Child(command, logs / "spoofwatch.log")

    def run(self, hunt, _rows):
        answer, elapsed = self.child.ask({"id": hunt.name, "query": hunt.text("kql")})
        # `ms` is cut to whole milliseconds; until the answer is here includes writing and reading it as JSON.
        ms = answer["ms"]
        return (ms if isinstance(ms, float) else min(ms + 1, elapsed)), answer


def whole_process(command, log):
    """Wall and processor seconds and peak megabytes of a command from its start to its end."""
    started = time.perf_counter()
    with open(log, "w") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise Failed(f"{' '.join(map(str, command[:4]))} … ended with status {process.returncode}; see {log}")
    return {"wall": time.perf_counter() - started, "cpu": usage.ru_utime + usage.ru_stime, "megabytes": usage.ru_maxrss // 1024}
