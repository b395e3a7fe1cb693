"""The load: sends messages at a rate, waits for the alerts of the marked ones, and says how long each took."""

import argparse
import http.client
import http.server
import json
import os
import pathlib
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime

import rules

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent


def arguments():
    parser = argparse.ArgumentParser(prog="bench/load/run", description=__doc__)
    parser.add_argument("--spoofwatch", type=pathlib.Path, default=ROOT / "target/release/spoofwatch", help="the program (default %(default)s)")
    parser.add_argument("--rate", type=int, default=1000, help="messages a second (default %(default)s)")
    parser.add_argument("--body", type=int, default=50, help="messages of one request (default %(default)s)")
    parser.add_argument("--senders", type=int, default=4, help="connections that send (default %(default)s)")
    parser.add_argument("--rules", type=int, default=200, help="rules enabled (default %(default)s)")
    parser.add_argument("--continuous", type=int, default=20, help="how many of them run when rows arrive (default %(default)s)")
    parser.add_argument("--warm-up", type=float, default=15, help="seconds before messages are marked (default %(default)s)")
    parser.add_argument("--seconds", type=float, default=300, help="seconds with marked messages (default %(default)s)")
    parser.add_argument("--marked", type=float, default=5, help="marked messages a second (default %(default)s)")
    parser.add_argument("--dir", type=pathlib.Path, help="where the data is made (default: a temporary folder)")
    parser.add_argument("--record", action="store_true", help="write docs/load.md")
    return parser.parse_args()


class Told:
    """A webhook's receiver: when the alert of each marked message came."""

    def __init__(self):
        self.times = {}
        told = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                alert = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                now = time.monotonic()
                for row in alert["evidence"]:
                    told.times.setdefault(row.get("Subject", ""), []).append(now)
                self.send_response(204)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/"


class Mail:
    """Simulated messages as JSON, cut where time, id and subject go, so that many can be made in little time."""

    def __init__(self, program, folder, first=0):
        """`first` is the number of the first message, where some were sent before to the same tables."""
        command = [program, "simulate", "--messages", "5000", "--days", "1", "--seed", "3", "--out", folder, "--format", "ndjson"]
        subprocess.run(command, check=True, capture_output=True)
        self.pieces = []
        for line in (folder / "EmailEvents.ndjson").read_text().splitlines():
            row = json.loads(line) | {"Timestamp": "@@T", "NetworkMessageId": "@@I", "Subject": "@@S"}
            row.pop("TimeGenerated", None)
            self.pieces.append(json.dumps(row, separators=(",", ":")))
        self.first = self.count = first
        self.lock = threading.Lock()

    def sent(self):
        return self.count - self.first

    def body(self, messages, marked):
        with self.lock:
            first = self.count
            self.count += messages
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        lines = []
        for number in range(first, first + messages):
            subject = marked.pop() if marked else f"message {number}"
            text = self.pieces[number % len(self.pieces)]
            lines.append(text.replace("@@T", now).replace("@@I", f"00000000-0000-4000-8000-{number:012x}").replace("@@S", subject))
        return "\n".join(lines).encode()


class Load:
    """Sends at a rate from several connections; each body stands for its share of time."""

    def __init__(self, options, port, token, mail):
        self.options, self.port, self.token, self.mail = options, port, token, mail
        self.sent, self.answers, self.added, self.late = {}, [], 0, 0.0
        self.faults = []
        self.lock = threading.Lock()

    def sender(self, number, start, end):
        step = self.options.body * self.options.senders / self.options.rate
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        due = start + number * step / self.options.senders
        owed = 0.0
        while due < end:
            time.sleep(max(0, due - time.monotonic()))
            marking = due >= start + self.options.warm_up
            owed += self.options.marked * step / self.options.senders if marking else 0
            marks = [f"load marker {number} {len(self.sent)} {piece} {due:.3f}" for piece in range(int(owed))]
            owed -= len(marks)
            body = self.mail.body(self.options.body, list(marks))
            before = time.monotonic()
            try:
                connection.request("POST", "/api/ingest/EmailEvents", body, {"Authorization": f"Bearer {self.token}", "Content-Type": "application/x-ndjson"})
                reply = connection.getresponse()
                answer = reply.read()
                if reply.status != 200:
                    self.faults.append(f"{reply.status} {answer[:200]!r}")
                    marks = []
            except OSError as error:
                self.faults.append(str(error))
                connection.close()
                marks = []
            with self.lock:
                self.sent.update({mark: before for mark in marks})
                self.answers.append(time.monotonic() - before)
                self.late = max(self.late, before - due)
            due += step

    def run(self):
        start = time.monotonic() + 0.5
        end = start + self.options.warm_up + self.options.seconds
        threads = [threading.Thread(target=self.sender, args=(number, start, end)) for number in range(self.options.senders)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.took = time.monotonic() - start


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port, process, seconds=30):
    patience = time.monotonic() + seconds
    while time.monotonic() < patience:
        if process.poll() is not None:
            sys.exit("spoofwatch serve ended")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/metrics")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.05)
    sys.exit("spoofwatch serve does not answer")


def used(process):
    """Seconds of processor time, and megabytes of memory at most."""
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    return (int(fields[11]) + int(fields[12])) / 100, peak / 1024


def share(values, part):
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def figures(options, load, told, process, folder):
    delays = [told.times[mark][0] - sent for mark, sent in load.sent.items() if mark in told.times]
    missing = [mark for mark in load.sent if mark not in told.times]
    twice = [mark for mark in load.sent if len(told.times.get(mark, [])) > 1]
    processor, memory = used(process)
    files = len(list((folder / "data/tables/EmailEvents").glob("*.parquet")))
    rows = {
        "Messages sent": f"{load.mail.sent()} in {load.took:.0f} s: {load.mail.sent() / load.took:.0f} a second, in requests of {options.body}",
        "Rules enabled": f"{options.rules}, of which {options.continuous} run when rows arrive and the others every five minutes",
        "Marked messages": f"{len(load.sent)}; {len(missing)} without an alert, {len(twice)} with more than one",
        "From sending a message to its alert at the webhook": f"median {statistics.median(delays):.2f} s, 95 % within {share(delays, 0.95):.2f} s, 99 % within {share(delays, 0.99):.2f} s, longest {max(delays):.2f} s",
        "From sending a request to its answer, when its rows are on disk": f"median {statistics.median(load.answers):.2f} s, 99 % within {share(load.answers, 0.99):.2f} s",
        "Processor": f"{processor / load.took:.2f} cores",
        "Memory at most": f"{memory:.0f} MB",
        "Files of the table at the end": f"{files}",
    }
    return rows, missing, twice


def machine():
    model = next((line.split(":", 1)[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), platform.machine())
    cores = os.cpu_count()
    memory = int(pathlib.Path("/proc/meminfo").read_text().split()[1]) >> 20
    return f"{model}, {cores} cores, {memory} GB of memory, {platform.system()} {platform.release()}"


PAGE = """# Load

Written by `bench/load/run --record`; run it to see your own machine's figures.

Mail arrives over HTTP at `spoofwatch serve` while rules are at work; some messages are marked, a continuous rule finds them, and a webhook is told. The
sender, the receiver of the webhook and the program share the machine.

- **Machine**: {machine}
- **Version**: {version}
- **Date**: {date}

| | |
| --- | --- |
{rows}
"""


def main():
    options = arguments()
    folder = options.dir or pathlib.Path(tempfile.mkdtemp(prefix="spoofwatch-load-"))
    shutil.rmtree(folder / "data", ignore_errors=True)
    shutil.rmtree(folder / "rules", ignore_errors=True)
    rules.write(folder / "rules", options.rules, options.continuous)
    (folder / "mail").mkdir(parents=True, exist_ok=True)
    mail, told, port = Mail(options.spoofwatch, folder / "mail"), Told(), free_port()
    command = [options.spoofwatch, "--data", folder / "data", "serve", "--rules", folder / "rules", "--listen", f"127.0.0.1:{port}", "--notify", f"generic={told.url}"]
    with open(folder / "serve.log", "wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        wait_for(port, process)
        load = Load(options, port, (folder / "data/token").read_text().strip(), mail)
        load.run()
        patience = time.monotonic() + 15
        while time.monotonic() < patience and any(mark not in told.times for mark in load.sent):
            time.sleep(0.1)
        time.sleep(1)
        rows, missing, twice = figures(options, load, told, process, folder)
    finally:
        process.terminate()
        process.wait()
    for name, value in rows.items():
        print(f"{name}: {value}")
    for fault in load.faults[:5]:
        print(f"request failed: {fault}")
    if options.record:
        version = subprocess.run([options.spoofwatch, "--version"], check=True, capture_output=True, text=True).stdout.strip()
        table = "\n".join(f"| {name} | {value} |" for name, value in rows.items())
        date = datetime.now(UTC).strftime("%Y-%m-%d")
        (ROOT / "docs/load.md").write_text(PAGE.format(machine=machine(), version=version, date=date, rows=table))
    if not options.dir:
        shutil.rmtree(folder)
    if missing or twice or load.faults:
        sys.exit(f"{len(missing)} marked messages without an alert, {len(twice)} with more than one, {len(load.faults)} failed requests")


if __name__ == "__main__":
    main()
