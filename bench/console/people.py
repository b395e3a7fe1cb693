"""People at work: each reads pages, opens alerts and hunts, thinking in between, with a session and a stream of events of their own."""

import http.client
import json
import random
import selectors
import socket
import threading
import time
import urllib.parse

from pages import SHAPES, shape
from person import Links, Person

# Seconds between an answer and what is done next.
THINK = (1.0, 3.0)
# What is done: so many of a hundred. The rest are pages.
ALERTS, HUNTS = 20, 10
# Where somebody goes who reads pages, by how often; then they follow what is linked there.
PLACES = {"/alerts": 40, "/": 10, "/rules": 15, "/incidents": 10, "/domains": 8, "/messages": 4, "/reports/domains": 3, "/hunt/history": 4, "/exclusions": 3, "/fixes": 3}
# What a page leads to is followed so often.
FOLLOW = 0.6
# What is hunted for, over these stretches.
STRETCHES = ["1h", "3h", "6h", "12h", "1d"]
HUNTS_ASKED = [
    "EmailEvents | where Timestamp > ago({}) | where AuthenticationDetails has 'fail' | summarize count() by SenderFromDomain | top 20 by count_",
    "EmailEvents | where Timestamp > ago({}) and SenderFromDomain =~ 'contoso.com' | extend A = parse_json(AuthenticationDetails) | where tostring(A.DMARC) == 'fail' | project Timestamp, SenderFromAddress, RecipientEmailAddress, Subject | take 200",
    "EmailEvents | where Timestamp > ago({}) | summarize Messages = count() by bin(Timestamp, 1h), EmailDirection | render timechart",
    "EmailEvents | where Timestamp > ago({}) and isnotempty(ThreatTypes) | join kind=inner (EmailUrlInfo | where Timestamp > ago({})) on NetworkMessageId | project Timestamp, RecipientEmailAddress, UrlDomain, Url | take 500",
    "EmailEvents | where Timestamp > ago({}) | where Subject has 'invoice' | summarize Senders = dcount(SenderFromAddress), Messages = count() by SenderFromDomain | sort by Messages desc | take 50",
]
# So long after the end everything has been answered, in seconds.
LINGER = 30
# How a page's script waits for a hunt: milliseconds, growing, at most a second.
WAIT, GROWS = 0.04, 1.4


class Work:
    """What everybody did, and what of it failed."""

    def __init__(self):
        self.lock = threading.Lock()
        self.pages, self.asking, self.details, self.hunts, self.faults, self.events = [], [], [], [], [], 0

    def add(self, list_name, value):
        with self.lock:
            getattr(self, list_name).append(value)

    def fault(self, words):
        with self.lock:
            self.faults.append(words)


class Analyst(threading.Thread):
    def __init__(self, person, work, seed, span):
        super().__init__(daemon=True)
        self.person, self.work, self.span = person, work, span
        self.random = random.Random(seed)
        self.alerts, self.links, self.doing = [], [], "nothing"

    def run(self):
        begin, warm, end = self.span
        time.sleep(max(0, begin - time.monotonic()) + self.random.uniform(0, THINK[1]))
        while time.monotonic() < end:
            self.counts = time.monotonic() >= warm
            try:
                self.act()
            except (OSError, http.client.HTTPException, ValueError) as error:
                self.work.fault(f"{self.person.name}: {type(error).__name__}: {error}")
                self.person.connection.close()
            time.sleep(self.random.uniform(*THINK))

    def act(self):
        chance = self.random.uniform(0, 100)
        if chance < HUNTS:
            self.hunt()
        elif chance < HUNTS + ALERTS:
            self.alert()
        else:
            self.page()

    def get(self, address):
        self.doing = address
        page = self.person.get(address)
        if page.status != 200:
            self.work.fault(f"{address}: {page.status}")
        return page

    def page(self):
        follow = self.links and self.random.random() < FOLLOW
        address = self.random.choice(self.links) if follow else self.random.choices(list(PLACES), list(PLACES.values()))[0]
        page = self.get(address)
        known = shape(address)
        if self.counts:
            self.work.add("asking" if SHAPES[known] else "pages", page.first)
        found = [link for link in Links(page.text).found if shape(link)]
        if alerts := [link for link in found if shape(link) == "/alerts/{id}"]:
            self.alerts = alerts
        # Within an area people go on: the queue's next page, a rule, a domain. Hunts are counted for themselves.
        area = address.split("?")[0].split("/")[1]
        self.links = [link for link in found if area and link.split("?")[0].split("/")[1] == area and not link.startswith("/hunt?") and shape(link) != "/alerts/{id}"]

    def alert(self):
        if not self.alerts:
            page = self.get("/alerts")
            self.alerts = [link for link in Links(page.text).found if shape(link) == "/alerts/{id}"]
        if self.alerts:
            page = self.get(self.random.choice(self.alerts))
            if self.counts:
                self.work.add("details", page.first)

    def hunt(self):
        """As `hunt.js` does it: begin, look until it has ended, fetch the answer and its rows."""
        stretch = self.random.choice(STRETCHES)
        query = self.random.choice(HUNTS_ASKED).replace("{}", stretch)
        csrf = Links(self.get("/hunt").text).csrf
        self.doing, start = query, time.monotonic()
        begun = self.person.post("/hunt/run", {"q": query, "csrf": csrf}, {"X-CSRF-Token": csrf, "Accept": "application/json"})
        job = json.loads(begun.text).get("id")
        if begun.status != 200 or not job:
            self.work.fault(f"hunt: {begun.status} {begun.text[:200]}")
            return
        wait = WAIT
        while True:
            state = json.loads(self.person.get(f"/jobs/{job}", {"Accept": "application/json"}).text)
            if state["state"] != "running":
                break
            time.sleep(wait)
            wait = min(wait * GROWS, 1)
        result = self.get(f"/hunt/result/{job}?{urllib.parse.urlencode({'q': query})}")
        rows = self.get(f"/hunt/rows/{job}")
        if state["state"] != "done" or '"rows"' not in rows.text:
            self.work.fault(f"hunt: {state['state']} {result.text[:200]}")
        elif self.counts:
            self.work.add("hunts", (time.monotonic() - start) * 1000)


class Streams(threading.Thread):
    """The stream of events that an open page of each person listens to."""

    def __init__(self, people, work):
        super().__init__(daemon=True)
        self.work, self.ended = work, False
        self.selector = selectors.DefaultSelector()
        for person in people:
            stream = socket.create_connection(("127.0.0.1", person.port), timeout=30)
            stream.sendall(f"GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1:{person.port}\r\nAccept: text/event-stream\r\nCookie: {person.cookie}\r\nSec-Fetch-Site: same-origin\r\n\r\n".encode())
            if not stream.recv(4096).startswith(b"HTTP/1.1 200"):
                work.fault(f"{person.name}: the stream of events is refused")
            stream.setblocking(False)
            self.selector.register(stream, selectors.EVENT_READ)

    def run(self):
        while not self.ended:
            for key, _ in self.selector.select(1):
                text = key.fileobj.recv(65536)
                self.work.events += text.count(b"event:")
                if not text:
                    self.selector.unregister(key.fileobj)
                    if not self.ended:
                        self.work.fault("a stream of events ended")


def work(port, names, span, report):
    """Everybody at work, in a process of its own, so that who sends messages does not hold up who measures; what came of it goes to `report`."""
    done = Work()
    people = [Person(port, name).sign_in() for name in names]
    streams = Streams(people, done)
    streams.start()
    report.send("ready")
    span = (report.recv(), *span)
    span = (span[0], span[0] + span[1], span[0] + span[1] + span[2])
    analysts = [Analyst(person, done, number, span) for number, person in enumerate(people)]
    for analyst in analysts:
        analyst.start()
    for analyst in analysts:
        analyst.join(max(0, span[2] + LINGER - time.monotonic()))
        if analyst.is_alive():
            done.fault(f"{analyst.person.name}: {analyst.doing} has no answer {LINGER} s after the end")
    streams.ended = True
    report.send({name: getattr(done, name) for name in ("pages", "asking", "details", "hunts", "faults", "events")})
