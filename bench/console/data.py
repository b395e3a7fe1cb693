"""An installation as it is after a month: messages, reports, rules with their runs, alerts, people. All of it is made by the program itself."""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import time
import urllib.request
import uuid
from datetime import UTC, datetime

import load
import rules
from person import Person

ADMIN = "boss"
# What a run of a rule may raise at most: so many messages are marked for each rule that fills the queue.
AT_ONCE = 100
EXCLUSIONS = 20
# Findings of the demonstration's domains.
FINDINGS = [("dmarc-missing", "fabrikam.fr"), ("nonsending-not-locked", "contoso-events.example"), ("mta-sts-missing", "contoso.com")]
# Data that is older has no messages of today.
GOOD_FOR = 6 * 3600
SEVERITIES = ["High", "Medium", "Low", "Informational"]
# How often rules run while their runs are made, and how often they run as published.
HASTY, USUAL = "queryFrequency: 20s", "queryFrequency: 5m"


def told(*words):
    print(datetime.now(UTC).strftime("%H:%M:%S"), *words, flush=True)


class Serve:
    """`spoofwatch serve` over the data, with what it says and counts."""

    def __init__(self, program, data, log, *more):
        self.port = load.free_port()
        self.log = log
        command = [program, "--data", data, "serve", "--listen", f"127.0.0.1:{self.port}", *more]
        with open(log, "wb") as file:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file, stderr=file)
        load.wait_for(self.port, self.process, 300)

    def counted(self, name, where=""):
        """The sum of a counter's values, or of those with these words among their labels."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=60) as answer:
            lines = answer.read().decode().splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(name) and where in line)

    def until(self, what, enough, seconds):
        """Waits until something is enough; more than enough time is an end."""
        patience = time.monotonic() + seconds
        while not enough():
            if self.process.poll() is not None:
                sys.exit(f"spoofwatch serve ended, see {self.log}")
            if time.monotonic() > patience:
                sys.exit(f"{what}: not within {seconds:.0f} s, see {self.log}")
            time.sleep(0.5)

    def settle(self, seconds=300):
        """Waits until what was due at the start is done: rules that missed a run, the overview's figures."""
        patience = time.monotonic() + seconds
        while time.monotonic() < patience:
            before, _ = load.used(self.process)
            time.sleep(3)
            if load.used(self.process)[0] - before < 1:
                return

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Data:
    def __init__(self, options):
        self.options = options
        self.folder = options.dir / f"{options.messages}"
        self.lake = self.folder / "data"
        self.facts = self.folder / "complete.json"
        wanted = {name: getattr(options, name) for name in ("messages", "rules", "alerts", "runs", "people")}
        known = json.loads(self.facts.read_text()) if self.facts.exists() else {}
        fresh = time.time() - known.get("made", 0) < GOOD_FOR
        if options.reuse and known or fresh and known.get("wanted") == wanted:
            self.known = known
            return
        self.facts.unlink(missing_ok=True)
        self.known = {"wanted": wanted}
        self.make()
        self.known["made"] = time.time()
        self.facts.write_text(json.dumps(self.known, indent=1))

    def make(self):
        told(f"making {self.options.messages} messages")
        self.folder.mkdir(parents=True, exist_ok=True)
        program = self.options.spoofwatch
        with open(self.folder / "demo.log", "wb") as log:
            command = [program, "demo", "--directory", self.lake, "--messages", str(self.options.messages)]
            subprocess.run(command, check=True, stdout=log, stderr=log)
        told("making rules, people, alerts and runs")
        self.write_rules()
        serve = Serve(program, self.lake, self.folder / "fill.log")
        try:
            self.let_in(serve)
            self.raise_alerts(serve)
            runs = lambda: serve.counted("spoofwatch_rule_runs_total")
            serve.until("runs of rules", lambda: runs() >= self.options.runs, 3600)
            self.known["runs"] = int(runs())
            self.work_done()
        finally:
            serve.stop()
        self.pace(HASTY, USUAL)

    def write_rules(self):
        """The rules that come with the program, some that fill the queue, and as many of bench/load as are wanting."""
        folder = self.lake / "rules"
        listed = subprocess.run([self.options.spoofwatch, "rules", "list", folder, "--format", "json"], check=True, capture_output=True, text=True)
        own = len(listed.stdout.splitlines())
        filling = -(-self.options.alerts // AT_ONCE)
        others = max(1, self.options.rules - own - filling)
        rules.write(folder / "load", others, max(1, others // 10))
        (folder / "queue").mkdir()
        for number in range(filling):
            query = rules.MARKED.replace("load marker", f"queue {number} ")
            text = rules.HEAD.format(
                id=uuid.uuid5(uuid.NAMESPACE_DNS, f"queue{number}.example"), name=f"Queue {number}", kind="NRT", schedule="",
                query="\n".join(f"  {line}" for line in query.splitlines()),
            )
            text = text.replace("severity: Medium", f"severity: {SEVERITIES[number % len(SEVERITIES)]}")
            (folder / "queue" / f"queue-{number:02}.yaml").write_text(text)
        self.pace(USUAL, HASTY)
        self.known["rules"] = own + filling + others

    def pace(self, before, after):
        for file in (self.lake / "rules/load").glob("*.yaml"):
            file.write_text(file.read_text().replace(before, after))

    def let_in(self, serve):
        """The first administrator by the link that is printed, everybody else by an invitation, as in any installation."""
        link = re.search(r"/welcome/[\w-]+", serve.log.read_text())
        if not link:
            sys.exit(f"no link for the first administrator in {serve.log}")
        Person(serve.port, ADMIN).welcome(link[0], first=True).leave()
        for name in self.people():
            link = self.spoofwatch("users", "invite", name, "--role", "analyst", "--actor", ADMIN)
            Person(serve.port, name).welcome(link).leave()

    def people(self):
        return [f"analyst-{number:02}" for number in range(self.options.people)]

    def raise_alerts(self, serve):
        """Messages that the rules of the queue look for, an alert each."""
        (self.folder / "mail").mkdir(exist_ok=True)
        mail = load.Mail(self.options.spoofwatch, self.folder / "mail", first_message())
        left = self.options.alerts
        for number in range(-(-left // AT_ONCE)):
            marks = [f"queue {number} {piece}" for piece in range(min(left, AT_ONCE))]
            left -= len(marks)
            send(serve.port, token(self.lake), mail.body(len(marks), marks))
        raised = lambda: serve.counted("spoofwatch_alerts_total")
        serve.until("alerts of marked messages", lambda: raised() >= self.options.alerts, 600)
        self.known["alerts"] = int(raised())

    def work_done(self):
        """What people had done by then: exclusions, a watchlist, fixes that were offered."""
        (self.lake / "watchlists").mkdir(exist_ok=True)
        (self.lake / "watchlists/Partners.csv").write_text("Domain,Name\n" + "".join(f"partner{number}.example,Partner {number}\n" for number in range(500)))
        for number in range(EXCLUSIONS):
            self.spoofwatch("exclusions", "add", "--name", f"Partner {number}", "--reason", "Sends through a service that signs for it", "--all-rules",
                            "--field", f"SenderFromDomain=partner{number}.example", "--expires", "90d", "--approve", "--actor", ADMIN)
        # Answers come from the demonstration's zone file. Findings are no failure.
        self.spoofwatch("check", "--no-fetch", check=False)
        for check, domain in FINDINGS:
            self.spoofwatch("fix", "finding", check, domain, "--actor", ADMIN, check=False)

    def spoofwatch(self, *words, check=True):
        command = [self.options.spoofwatch, "--data", self.lake, *words]
        return subprocess.run(command, check=check, capture_output=True, text=True).stdout.strip()

    def size(self):
        """Bytes of the tables."""
        return sum(file.stat().st_size for file in (self.lake / "tables").rglob("*.parquet"))


def first_message():
    """A number no earlier message had: ids tell messages apart, over runs too."""
    return int(time.time()) * 100_000


def token(lake):
    return (pathlib.Path(lake) / "token").read_text().strip()


def send(port, secret, body):
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/ingest/EmailEvents", body, {"Authorization": f"Bearer {secret}", "Content-Type": "application/x-ndjson"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        answer.read()
