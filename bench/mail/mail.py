"""Mail at full speed. Makes the messages, measures spoofwatch and its peers in turn, and prints what came of it or writes docs/mail-benchmarks.md."""

import argparse
import json
import os
import pathlib
import shutil
import signal
import sys
import tempfile
import traceback

import dns
import ingest
import latency
import page
import peers
import postfix
import posts
import spoofwatch
from milter import Ended, Milter
from opendkim import OpenDkim, OpenDmarc
from process import OTHERS, Failed
from rspamd import Rspamd

ROOT = pathlib.Path(__file__).parent.parent.parent
PARTS = ("verify", "milter", "ingest")


def arguments():
    parser = argparse.ArgumentParser(prog="bench/mail/run", description=__doc__)
    parser.add_argument("--spoofwatch", type=pathlib.Path, default=ROOT / "target/release/spoofwatch", help="the program (default %(default)s)")
    parser.add_argument("--examples", type=pathlib.Path, default=ROOT / "target/release/examples", help="the examples of mailauth (default %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is measured, in turn (default %(default)s)")
    parser.add_argument("--seconds", type=float, default=4, help="how long each time (default %(default)s)")
    parser.add_argument("--messages", type=int, default=4000, help="messages of each set (default %(default)s)")
    parser.add_argument("--files", type=int, default=10000, help="messages to ingest (default %(default)s)")
    parser.add_argument("--rate", type=int, default=200, help="messages a second at the milter (default %(default)s)")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="what to measure (default: all)")
    parser.add_argument("--dir", type=pathlib.Path, help="where the messages are made (default: a temporary folder)")
    parser.add_argument("--quick", action="store_true", help="one short round of each")
    parser.add_argument("--record", action="store_true", help="write docs/mail-benchmarks.md")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.seconds, options.messages, options.files = 1, 1, 1000, 1000
    for name in ("mailset", "throughput", "parse_only"):
        if not (options.examples / name).is_file():
            sys.exit(f"{options.examples / name} is missing: cargo build --release -p spoofwatch-mailauth --examples")
    return options


class Bench:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.found = {"skipped": [], "failed": []}
        self.program = options.spoofwatch.resolve()
        self.milter = self.program.is_file() and spoofwatch.has_milter(self.program)

    def skip(self, what, why):
        print(f"{what}: skipped, {why}", flush=True)
        self.found["skipped"].append([what, why])

    def make(self):
        options = self.options
        print(spoofwatch.make(options.examples, self.folder, one=options.messages, mix=options.messages, ingest=options.files if "ingest" in options.parts else 0).strip())
        self.one, self.mix = posts.load(self.folder, "one"), posts.load(self.folder, "mix")
        self.server = dns.start(self.folder, self.folder / "zone.db")

    def throughput(self, rounds, seconds):
        return spoofwatch.throughput(self.options.examples, self.folder, self.folder / "verdicts.tsv", rounds, seconds)

    def verify(self):
        """The library and each peer in turn, several times; before that, whether they agree."""
        self.found["library"] = self.throughput(1, 0.2) | {"rounds": {}}
        table = posts.known(self.folder, self.mix, self.folder / "verdicts.tsv")
        running = self.start_peers(table)
        try:
            for number in range(self.options.rounds):
                for name, rounds in self.throughput(1, self.options.seconds / 2)["rounds"].items():
                    self.found["library"]["rounds"].setdefault(name, []).extend(rounds)
                for peer, record in running:
                    for name, some in (("one", self.one), ("mix", self.mix)):
                        record["rounds"].setdefault(name, []).append(peers.round_of(peer.connect, peer.programs, some, self.options.seconds))
                print(f"round {number + 1} of {self.options.rounds}", flush=True)
            for peer, record in running:
                record["memory"] = sum(program.memory() for program in peer.programs)
        finally:
            for peer, _ in running:
                peer.stop()

    def start_peers(self, table):
        """All at once: who is not asked takes no time of the processor."""
        running = []
        self.found["peers"] = {}
        kinds = [(kind.name, kind, kind.missing()) for kind in (OpenDkim, OpenDmarc, Rspamd)]
        ours = None if self.milter else f"{self.program} has no such command"
        kinds.append((spoofwatch.Spoofwatch.name, lambda folder: spoofwatch.Spoofwatch(self.program, folder), ours))
        for name, kind, missing in kinds:
            if missing or not self.server:
                self.skip(name, f"{missing} is not installed" if missing and missing != ours else missing or "BIND 9 is not installed")
                continue
            peer = None
            try:
                peer = kind(self.folder)
                differences = peers.agreement(peer, self.mix, table)
                peers.drive(peer.connect, self.one, 1)
            except (OSError, Failed, Ended) as fault:
                self.found["failed"].append([name, str(fault)])
                print(f"{name}: {fault}", flush=True)
                if peer:
                    peer.stop()
                continue
            differences = [[*key, count] for key, count in sorted(differences.items())]
            record = {"version": peer.version, "methods": list(peer.methods), "differences": differences, "asked": len(self.mix), "rounds": {}}
            print(f"{name}: {json.dumps(differences) if differences else 'agrees'}", flush=True)
            self.found["peers"][name] = record
            running.append((peer, record))
        return running

    def waiting(self):
        """What a message waits for at the milter, and at opendkim and opendmarc."""
        self.found["latency"] = {}
        if not self.server:
            return self.skip("the milter's latency", "BIND 9 is not installed")
        options = self.options
        kinds = [(lambda: spoofwatch.Spoofwatch(self.program, self.again()), spoofwatch.Spoofwatch.name, None if self.milter else f"{self.program} has no such command")]
        kinds.append((lambda: OpenDkim(self.again()), OpenDkim.name, OpenDkim.missing() and "it is not installed"))
        for kind, name, missing in kinds:
            if missing:
                self.skip(f"the latency of {name}", missing)
                continue
            peer = kind()
            try:
                place = peer.connect().places[0]
                self.at_rate(name, lambda: Milter(place))
                if name == spoofwatch.Spoofwatch.name:
                    self.through_postfix(place)
            except (OSError, Failed, latency.Late, Ended) as fault:
                self.found["failed"].append([f"the latency of {name}", str(fault)])
                print(f"the latency of {name}: {fault}", flush=True)
            finally:
                peer.stop()

    def at_rate(self, name, connect):
        """After two seconds that do not count."""
        options = self.options
        latency.measure(connect, self.mix, options.rate, 2)
        figures = [latency.measure(connect, self.mix, options.rate, options.seconds * 2) for _ in range(options.rounds)]
        self.found["latency"][name] = {"rate": options.rate, "rounds": figures}

    def through_postfix(self, milter):
        """The same messages to a Postfix that asks the milter, and to one that does not."""
        missing = postfix.Postfix.missing()
        if missing:
            return self.skip("the milter behind Postfix", missing)
        server = postfix.Postfix(self.again(), milter)
        self.found.setdefault("others", []).append(server.version)
        try:
            for name, port in (("Postfix without a milter", postfix.PLAIN), ("Postfix with spoofwatch milter", postfix.ASKING)):
                self.at_rate(name, lambda: postfix.Smtp(port))
                postfix.settled(server.folder)
        finally:
            server.stop()

    def again(self):
        """A folder for programs that were started before."""
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        folder.chmod(0o755)
        return folder

    def read(self):
        """Message files: into the lake, and only read."""
        folder, box = self.folder / "ingest", self.folder / "ingest.mbox"
        ingest.mbox(folder, box)
        count, size = ingest.warmed(folder)
        ways = {"Python's email package, read only": lambda: ingest.python(folder), "mail-parser, read only": lambda: ingest.mail_parser(self.options.examples, folder)}
        if self.milter:
            zone = ["--zone", self.folder / "zone.db", "--verify", "always"]
            ways["spoofwatch ingest of a folder"] = lambda: ingest.spoofwatch(self.program, self.folder, folder, ["--verify", "never"])
            ways["spoofwatch ingest of a folder, every message verified"] = lambda: ingest.spoofwatch(self.program, self.folder, folder, zone)
            ways["spoofwatch ingest of one mbox"] = lambda: ingest.spoofwatch(self.program, self.folder, box, ["--verify", "never"])
        else:
            self.skip("ingest", f"{self.program} does not read messages")
        self.found["ingest"] = {"messages": count, "bytes": size, "ways": {name: [] for name in ways}}
        for _ in range(max(1, min(3, self.options.rounds))):
            for name, way in ways.items():
                self.found["ingest"]["ways"][name].append(way())

    def run(self):
        self.make()
        try:
            if "verify" in self.options.parts:
                self.verify()
            if "milter" in self.options.parts:
                self.waiting()
            if "ingest" in self.options.parts:
                self.read()
        finally:
            if self.server:
                self.server.stop()
        if self.program.is_file():
            self.found["version"] = spoofwatch.version(self.program)
        return self.found


def ended(number, _):
    sys.exit(128 + number)


def main():
    signal.signal(signal.SIGTERM, ended)
    options = arguments()
    os.sched_setaffinity(0, {OTHERS})
    folder = options.dir or pathlib.Path(tempfile.mkdtemp(prefix="spoofwatch-mail-"))
    folder.mkdir(parents=True, exist_ok=True)
    # Name server and milters may run as somebody else.
    folder.chmod(0o755)
    bench = Bench(options, folder.resolve())
    try:
        found = bench.run()
    except BaseException:
        # The logs of programs that ended are in the folder.
        traceback.print_exc()
        sys.exit(f"{folder} is left as it is")
    if options.dir:
        (folder / "found.json").write_text(json.dumps(found, indent=1))
    else:
        shutil.rmtree(folder)
    text = page.text(found)
    print(text)
    if options.record:
        (ROOT / "docs/mail-benchmarks.md").write_text(text)
    if found["failed"]:
        sys.exit("; ".join(f"{what}: {why}" for what, why in found["failed"]))


if __name__ == "__main__":
    main()
