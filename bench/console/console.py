"""How long people wait for the console: makes an installation, asks for every page, lets people work while mail arrives, and says what came of it."""

import argparse
import json
import multiprocessing
import pathlib
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent
# The sender of messages, the receiver of alerts and the rules are those of the load without people.
sys.path.insert(0, str(HERE.parent / "load"))

import load
import pages
import people
import report
from data import ADMIN, Data, Serve, first_message, told, token
from person import Person


def arguments():
    parser = argparse.ArgumentParser(prog="bench/console/run", description=__doc__)
    parser.add_argument("--spoofwatch", type=pathlib.Path, default=ROOT / "target/release/spoofwatch", help="the program (default %(default)s)")
    parser.add_argument("--dir", type=pathlib.Path, default=ROOT / "target/bench-console", help="where the data is made and kept (default %(default)s)")
    parser.add_argument("--messages", type=int, default=9_000_000, help="messages of a month (default %(default)s)")
    parser.add_argument("--rules", type=int, default=300, help="rules, those that come with the program among them (default %(default)s)")
    parser.add_argument("--alerts", type=int, default=2000, help="alerts in the queue at least (default %(default)s)")
    parser.add_argument("--runs", type=int, default=6000, help="runs kept at least (default %(default)s)")
    parser.add_argument("--people", type=int, default=50, help="people at work (default %(default)s)")
    parser.add_argument("--times", type=int, default=20, help="counted requests of each page, after the first and one to warm up (default %(default)s)")
    parser.add_argument("--only", choices=["data", "pages", "people"], help="make the data; and measure pages alone, or people at work alone")
    parser.add_argument("--reuse", action="store_true", help="take the data as it is, however old and however made")
    parser.add_argument("--rate", type=int, default=1000, help="messages a second (default %(default)s)")
    parser.add_argument("--body", type=int, default=50, help="messages of one request (default %(default)s)")
    parser.add_argument("--senders", type=int, default=16, help="connections that send (default %(default)s)")
    parser.add_argument("--marked", type=float, default=1, help="messages a second that raise an alert (default %(default)s)")
    parser.add_argument("--warm-up", type=float, default=15, help="seconds before anything counts (default %(default)s)")
    parser.add_argument("--seconds", type=float, default=300, help="seconds that count (default %(default)s)")
    parser.add_argument("--record", action="store_true", help="write docs/console-benchmarks.md, of what is not measured now the last figures")
    return parser.parse_args()


def every_page(data, options):
    """Finds the pages, starts anew, and asks for each."""
    serve = Serve(options.spoofwatch, data.lake, data.folder / "find.log")
    try:
        person = Person(serve.port, ADMIN).sign_in()
        found = pages.Found(person)
    finally:
        serve.stop()
    for fault in found.faults:
        told(f"fault: {fault}")
    for unknown in sorted(found.unknown):
        told(f"not in the list of pages: {unknown}")
    told(f"{len(found.addresses)} pages; nothing leads to {', '.join(found.missing) or 'no other'}")
    serve = Serve(options.spoofwatch, data.lake, data.folder / "pages.log")
    try:
        measured = pages.measure(found.addresses, Person(serve.port, ADMIN).sign_in(), options.times)
        _, memory = load.used(serve.process)
    finally:
        serve.stop()
    for known, figures in measured.items():
        print(pages.line(known, figures), flush=True)
    faults = found.faults + [f"{known}: {set(figures['status']) - {200}}" for known, figures in measured.items() if set(figures["status"]) != {200}]
    return {"pages": measured, "missing": found.missing, "times": options.times, "memory": memory, "faults": faults}


def at_work(data, options):
    """People and mail at the same time."""
    (data.folder / "mail").mkdir(exist_ok=True)
    mail = load.Mail(options.spoofwatch, data.folder / "mail", first_message())
    receiver = load.Told()
    serve = Serve(options.spoofwatch, data.lake, data.folder / "people.log", "--notify", f"generic={receiver.url}")
    try:
        ours, theirs = multiprocessing.Pipe()
        span = (options.warm_up, options.seconds)
        others = multiprocessing.get_context("spawn").Process(target=people.work, args=(serve.port, data.people(), span, theirs))
        others.start()
        answer(ours, others)
        told(f"{options.people} people signed in")
        serve.settle()
        told("mail begins")
        refused, stored = serve.counted("spoofwatch_refused_requests_total"), serve.counted("spoofwatch_ingested_rows_total", "EmailEvents")
        before, _ = load.used(serve.process)
        ours.send(time.monotonic())
        sending = load.Load(options, serve.port, token(data.lake), mail)
        sending.run()
        after, memory = load.used(serve.process)
        stored = serve.counted("spoofwatch_ingested_rows_total", "EmailEvents") - stored
        done = answer(ours, others)
        patience = time.monotonic() + 15
        while time.monotonic() < patience and any(mark not in receiver.times for mark in sending.sent):
            time.sleep(0.1)
        refused = serve.counted("spoofwatch_refused_requests_total") - refused
    finally:
        serve.stop()
    delays = [receiver.times[mark][0] - sent for mark, sent in sending.sent.items() if mark in receiver.times]
    faults = done.pop("faults") + sending.faults
    for fault in faults[:10]:
        told(f"failed: {fault}")
    return {
        **done, "faults": faults, "delays": delays, "marked": len(sending.sent), "answers": sending.answers, "sent": mail.sent(), "took": sending.took,
        "stored": stored, "refused": refused, "processor": (after - before) / sending.took, "memory": memory, "people": options.people,
        "think": people.THINK, "mix": [people.ALERTS, people.HUNTS], "body": options.body, "seconds": options.seconds,
    }


def answer(pipe, process):
    """What the other process says; its end without a word is an end."""
    while not pipe.poll(1):
        if not process.is_alive():
            sys.exit("the people at work ended")
    return pipe.recv()


def main():
    options = arguments()
    data = Data(options)
    version = subprocess.run([options.spoofwatch, "--version"], check=True, capture_output=True, text=True).stdout.strip()
    kept = data.folder / "figures.json"
    figures = json.loads(kept.read_text()) if kept.exists() else {}
    figures["data"] = {**data.known, "bytes": data.size()}
    faults = []
    for part, measure in (("pages", every_page), ("people", at_work)):
        if options.only in (None, part):
            figures[part] = measure(data, options) | {"version": version, "date": datetime.now(UTC).strftime("%Y-%m-%d"), "machine": load.machine()}
            kept.write_text(json.dumps(figures))
            print(report.part(part, figures), flush=True)
            faults += figures[part]["faults"]
    if options.record:
        if not all(part in figures for part in ("pages", "people")):
            sys.exit("--record needs figures of the pages and of people at work: leave --only out, or run both first")
        (ROOT / "docs/console-benchmarks.md").write_text(report.page(figures))
    if faults:
        sys.exit(f"{len(faults)} requests failed")


if __name__ == "__main__":
    main()
