"""rspamd with nothing but the four checks, asked over HTTP."""

import json
import pathlib
import socket
import subprocess

from process import MEASURED, Program, find

PLUGINS = pathlib.Path("/usr/share/rspamd/plugins")

CONFIGURATION = """options {{
    pidfile = "{folder}/rspamd.pid"; url_tld = "{suffixes}"; filters = "dkim"; explicit_modules = []; tempdir = "{folder}";
    cache_file = "{folder}/symbols.cache"; hs_cache_dir = "{folder}"; control_socket = "{folder}/rspamd.sock mode=0600"; history_rows = 1;
    local_addrs = [127.0.0.0/8]; task_timeout = 8s;
    dns {{ nameserver = ["127.0.0.1"]; timeout = 2s; sockets = 16; retransmits = 3; }}
}}
logging {{ type = "file"; filename = "{folder}/rspamd.messages"; level = "error"; }}
worker "normal" {{ bind_socket = "{folder}/rspamd-worker.socket mode=0600"; count = 1; mime = true; keepalive = true; }}
modules {{ path = "{plugins}/spf.lua"; path = "{plugins}/dmarc.lua"; path = "{plugins}/arc.lua"; }}
actions {{ reject = 1000; }}
dkim {{ dkim_cache_size = 2k; }}
spf {{ enabled = true; spf_cache_size = 2k; }}
dmarc {{ enabled = true; }}
arc {{ enabled = true; sign_inbound = false; }}
"""

SPF = {"R_SPF_ALLOW": "pass", "R_SPF_FAIL": "fail", "R_SPF_SOFTFAIL": "softfail", "R_SPF_NEUTRAL": "neutral", "R_SPF_NA": "none",
       "R_SPF_DNSFAIL": "temperror", "R_SPF_PERMFAIL": "permerror"}
ARC = {"ARC_ALLOW": "pass", "ARC_REJECT": "fail", "ARC_INVALID": "fail", "ARC_NA": "none", "ARC_DNSFAIL": "temperror"}
DMARC = {"DMARC_POLICY_ALLOW": "pass", "DMARC_POLICY_ALLOW_WITH_FAILURES": "pass", "DMARC_POLICY_REJECT": "fail", "DMARC_POLICY_QUARANTINE": "fail",
         "DMARC_POLICY_SOFTFAIL": "fail", "DMARC_NA": "none", "DMARC_BAD_POLICY": "permerror", "DMARC_DNSFAIL": "temperror"}


class Rspamd:
    name = "rspamd"
    methods = ("spf", "dkim", "arc", "dmarc")

    @staticmethod
    def missing():
        """What is not installed."""
        return None if find("rspamd") and PLUGINS.is_dir() else "rspamd"

    def __init__(self, folder: pathlib.Path):
        self.folder = folder / "rspamd"
        self.folder.mkdir()
        # A socket of the file system: over TCP the answer would wait for the acknowledgement of its first half.
        self.place = self.folder / "rspamd-worker.socket"
        suffixes = self.folder / "suffixes"
        suffixes.write_text("example\ntest\n")
        configuration = self.folder / "rspamd.conf"
        configuration.write_text(CONFIGURATION.format(folder=self.folder, suffixes=suffixes, plugins=PLUGINS))
        self.version = "rspamd " + subprocess.run([find("rspamd"), "--version"], capture_output=True, text=True).stdout.split("version")[-1].strip()
        self.programs = [Program([find("rspamd"), "-c", configuration, "-f", "-i"], self.folder, MEASURED, "rspamd")]
        try:
            self.programs[0].wait_for(self.place)
        except Exception:
            self.stop()
            raise

    def connect(self):
        return Connection(self.place)

    def stop(self):
        for program in self.programs:
            program.stop()


class Connection:
    """HTTP as little as will do: a library would take longer over it than rspamd over the message."""

    def __init__(self, place):
        self.place = place
        self.socket = None

    def ask(self, post):
        """Sends a message; gives the JSON of the answer."""
        head = (f"POST /checkv2 HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\nIP: {post.ip}\r\nHelo: {post.helo}\r\nFrom: {post.mail_from}\r\n"
                f"Rcpt: {post.rcpt_to}\r\nContent-Length: {len(post.text)}\r\n\r\n")
        for _ in range(2):
            if self.socket is None:
                self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                self.socket.settimeout(10)
                self.socket.connect(str(self.place))
            try:
                self.socket.sendall(head.encode() + post.text)
                return self.answer()
            except ConnectionError:
                # It was kept open for the next message and closed nevertheless.
                self.socket.close()
                self.socket = None
        raise ConnectionError("rspamd closes every connection")

    def answer(self):
        data = b""
        while b"\r\n\r\n" not in data:
            data += self.more()
        head, _, body = data.partition(b"\r\n\r\n")
        headers = dict(line.lower().split(b":", 1) for line in head.split(b"\r\n")[1:])
        size = int(headers[b"content-length"])
        while len(body) < size:
            body += self.more()
        if headers.get(b"connection", b"").strip() == b"close":
            self.socket.close()
            self.socket = None
        return body

    def more(self):
        more = self.socket.recv(65536)
        if not more:
            raise ConnectionError("closed")
        return more

    def check(self, post):
        self.ask(post)

    def verdicts(self, post):
        symbols = json.loads(self.ask(post)).get("symbols", {})

        def of(names):
            return next((verdict for name, verdict in names.items() if name in symbols), "missing")

        signs = {"+": "pass", "-": "fail", "~": "permerror", "?": "temperror"}
        trace = symbols.get("DKIM_TRACE", {}).get("options", [])
        dkim = ",".join(signs.get(entry[-1], entry) for entry in trace) or "none"
        return {"spf": of(SPF), "dkim": dkim, "arc": of(ARC), "dmarc": of(DMARC)}

    def close(self):
        if self.socket:
            self.socket.close()
