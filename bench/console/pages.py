"""Every page once after the start, then again and again: how long its first byte takes. Pages are found as people find them, by links."""

import re
import statistics
import urllib.parse

from person import Links

# The pages, by their address; after `?` the parameters that make another page of it. A text says which query runs on the page. What is linked
# somewhere and not in this list is told of, and so is what is in it and linked nowhere.
SHAPES = {
    "/": "",
    "/?days": "",
    "/alerts": "",
    "/alerts?q": "",
    "/alerts?sort": "",
    "/alerts?page": "",
    "/alerts/{id}": "",
    "/incidents": "",
    "/incidents?status": "",
    "/incidents/{id}": "",
    "/rules": "",
    "/rules?state": "",
    "/rules?sort": "",
    "/rules/{key}": "",
    "/rules/{key}?part=guide": "",
    "/rules/{key}?part=query": "",
    "/rules/{key}?part=versions": "",
    "/rules/{key}?part=runs": "",
    "/rules/{key}?part=exclusions": "",
    "/rules/{key}?part=backtest": "",
    "/rules/{key}/edit": "",
    "/rules/new": "",
    "/rules/import": "",
    "/rules/coverage": "",
    "/exclusions": "",
    "/exclusions?status": "",
    "/exclusions/new": "",
    "/exclusions/new?alert": "",
    "/exclusions/{id}": "",
    "/hunt": "",
    "/hunt?q": "the hunt",
    "/hunt/saved": "",
    "/hunt/saved/new": "",
    "/hunt/history": "",
    "/hunt/schema": "",
    "/hunt/schema/{name}": "",
    "/hunt/functions": "",
    "/hunt/functions/{name}": "",
    "/hunt/explain": "",
    "/domains": "scores and findings of the domains",
    "/domains/{name}": "checks and findings of the domain",
    "/domains/keys": "DKIM keys and when mail was last signed with them",
    "/domains/tenant": "the tenant's findings",
    "/fixes": "",
    "/fixes?status": "",
    "/fixes/{id}": "",
    "/reports/domains": "DMARC reports",
    "/reports/senders": "DMARC reports",
    "/reports/policy": "DMARC reports",
    "/reports/failures": "DMARC reports",
    "/reports/reporters": "DMARC reports",
    "/reports/new": "DMARC reports",
    "/reports/addresses": "DMARC reports",
    "/reports/tls": "TLS reports",
    "/messages": "the newest messages",
    "/messages?q": "messages with an address, a domain or an id",
    "/messages/{id}": "everything about one message",
    "/quarantine": "",
    "/quarantine/{id}": "",
    "/settings/sources": "",
    "/settings/accepted-domains": "what domains are checked for",
    "/settings/watchlists": "",
    "/settings/watchlists/{alias}": "",
    "/settings/notifications": "",
    "/settings/storage": "",
    "/settings/configuration": "",
    "/settings/users": "",
    "/settings/audit": "",
    "/settings/account": "",
    "/help/keys": "",
}
# Pages to which a form leads and no link.
HUNT = urllib.parse.quote("EmailEvents | where Timestamp > ago(1h) | summarize count() by SenderFromDomain")
BY_FORM = {"/hunt/explain": f"/hunt/explain?q={HUNT}", "/hunt/saved/new": f"/hunt/saved/new?q={HUNT}"}
# Links to what is no page of its own: an address that leads on, a file.
LEADING = ["/reports", "/settings"]
OTHERS = [*LEADING, "/settings/new-watchlist", "/rules/coverage/navigator", "/alerts/export"]


def pattern(path):
    return re.compile("".join("[^/]+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{\w+\})", path)) + "$")


# Fixed addresses first: `/hunt/saved` is not the table `saved`.
PATHS = [(path, pattern(path)) for path in sorted({shape.split("?")[0] for shape in SHAPES}, key=lambda path: ("{" in path, path))]


def shape(address):
    """Which page an address is, and whether by a parameter that makes it another one; `None` for a page that is not known."""
    path, _, query = address.partition("?")
    known = next((known for known, pattern in PATHS if pattern.match(path)), None)
    if known is None:
        return None
    parameters = urllib.parse.parse_qsl(query)
    for name, value in parameters:
        for wanted in (f"{known}?{name}={value}", f"{known}?{name}"):
            if wanted in SHAPES:
                return wanted
    return known if known in SHAPES else None


class Found:
    """An address of each page, by following links from the first one."""

    def __init__(self, person):
        self.addresses, self.unknown, self.faults = dict(BY_FORM), set(), []
        waiting, known_links = ["/"], {"/"}
        for address in waiting:
            self.look_at(person, address)
            for link in sorted(self.links - known_links):
                known = shape(link)
                if known is None and link not in LEADING:
                    continue
                known_links.add(link)
                if known is None or known not in self.addresses:
                    waiting.append(link)
                if known:
                    self.addresses.setdefault(known, link)
        self.missing = [known for known in SHAPES if known not in self.addresses]

    def look_at(self, person, address):
        """The links of a page, and of the one it leads on to."""
        self.links = set()
        page = person.get(address)
        if page.status == 303:
            address = page.headers["Location"]
            page = person.get(address)
        if page.status != 200:
            self.faults.append(f"{address}: {page.status}")
            return
        if known := shape(address):
            self.addresses.setdefault(known, address)
        for link in Links(page.text).found:
            # A job has ended when the link is followed again.
            link = re.sub(r"[?&]job=[^&]*", "", link)
            if shape(link) is None and link.split("?")[0] not in OTHERS:
                self.unknown.add(link.split("?")[0])
            else:
                self.links.add(link)


def measure(addresses, person, times):
    """The first request to each page since the start, then `times` more after one that is not counted: {page: figures}."""
    found = {known: {"address": address, "query": SHAPES[known], "cold": 0, "warm": [], "whole": [], "status": [], "bytes": 0} for known, address in addresses.items()}
    for turn in range(times + 2):
        for figures in found.values():
            page = person.get(figures["address"])
            figures["status"].append(page.status)
            if turn == 0:
                figures["cold"] = page.first
            elif turn > 1:
                figures["warm"].append(page.first)
                figures["whole"].append(page.whole)
                figures["bytes"] = len(page.text.encode())
    return found


def line(known, figures):
    warm = figures["warm"]
    return f"{known:32} first {figures['cold']:8.1f} ms, then {min(warm):7.1f} / {statistics.median(warm):7.1f} / {max(warm):7.1f} ms  {figures['bytes'] / 1000:6.0f} KB{'  query' if figures['query'] else ''}"
