"""Somebody who sits at the console: signs in by a link or a password, and asks for pages over one connection, as a browser does."""

import html
import http.client
import re
import time
import urllib.parse

# The installation is on this machine's loopback and is thrown away.
PASSWORD = "seven lanterns behind the quiet harbour"
# Far above what any answer should take: what does not come by then has failed.
PATIENCE = 120


class Page:
    """An answer: what it is, and how long its first byte and the whole of it took, in milliseconds."""

    def __init__(self, status, headers, text, first, whole):
        self.status, self.headers, self.text, self.first, self.whole = status, headers, text, first, whole


class Links:
    """The addresses a page leads to, and the mark of its forms. By pattern: a parser of HTML would take the processor from who is measured."""

    def __init__(self, text):
        # What is downloaded is no page.
        anchors = [anchor for anchor in re.findall(r"<a\b[^>]*>", text) if " download" not in anchor]
        hrefs = [match[1] for anchor in anchors if (match := re.search(r' href="(/[^"#]*)', anchor))]
        self.found = [html.unescape(href) for href in hrefs]
        csrf = re.search(r' name="csrf" value="([^"]*)"', text)
        self.csrf = csrf[1] if csrf else ""


class Person:
    def __init__(self, port, name):
        self.port, self.name, self.cookie = port, name, ""
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def ask(self, method, address, body=None, headers=None):
        """Asks once; what the server closed meanwhile is opened again."""
        send = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin", **({"Cookie": self.cookie} if self.cookie else {}), **(headers or {})}
        if self.connection.sock is None:
            self.connection.connect()
        start = time.monotonic()
        self.connection.request(method, address, body, send)
        answer = self.connection.getresponse()
        first = time.monotonic()
        text = answer.read().decode("utf-8", "replace")
        page = Page(answer.status, answer.headers, text, (first - start) * 1000, (time.monotonic() - start) * 1000)
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            self.cookie = cookie.split(";")[0]
        return page

    def get(self, address, headers=None):
        try:
            return self.ask("GET", address, headers=headers)
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            # A connection that rests is closed after a while; browsers ask again, too.
            self.connection.close()
            return self.ask("GET", address, headers=headers)

    def post(self, address, fields, headers=None):
        body = urllib.parse.urlencode(fields)
        return self.ask("POST", address, body, {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})})

    def welcome(self, path, first=False):
        """Uses a link up, and is in."""
        fields = {"password": PASSWORD, "again": PASSWORD, **({"name": self.name} if first else {})}
        self.get(path)
        return self.entered(self.post(path, fields))

    def sign_in(self):
        return self.entered(self.post("/sign-in", {"name": self.name, "password": PASSWORD}))

    def entered(self, page):
        if page.status != 303:
            raise SystemExit(f"{self.name} is not let in: {page.status}\n{page.text[:2000]}")
        return self

    def leave(self):
        self.connection.close()
