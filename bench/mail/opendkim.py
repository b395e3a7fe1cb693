"""opendkim alone, and opendkim with opendmarc behind it, as Postfix would have them: two milters, the second given what the first added. SPF is
opendmarc's own. Neither checks seals of ARC."""

import pathlib
import re
import subprocess

from milter import Milter, added
from process import MEASURED, Program, find

SERVER = "mx.receiver.example"

OPENDKIM = """Mode v
Socket local:{folder}/{name}.socket
Background no
Syslog no
AuthservID {server}
AlwaysAddARHeader yes
QueryCache yes
Nameservers 127.0.0.1
DNSTimeout 5
InternalHosts {folder}/internal
PidFile {folder}/opendkim.pid
TemporaryDirectory {folder}
"""

OPENDMARC = """Socket local:{folder}/{name}.socket
Background false
Syslog false
AuthservID {server}
TrustedAuthservIDs {server}
SPFSelfValidate true
SPFIgnoreResults true
PublicSuffixList {folder}/suffixes
IgnoreHosts {folder}/internal
RejectFailures false
PidFile {folder}/opendmarc.pid
"""


class OpenDkim:
    name = "opendkim"
    methods = ("dkim",)
    needs = ("opendkim",)

    @classmethod
    def missing(cls):
        """What is not installed."""
        return " and ".join(name for name in cls.needs if not find(name)) or None

    def __init__(self, folder: pathlib.Path):
        self.folder = folder / self.name.replace(" ", "-")
        self.folder.mkdir()
        (self.folder / "internal").write_text("192.0.2.255\n")
        (self.folder / "suffixes").write_text("example\ntest\n")
        self.programs = []
        self.version = ", ".join(version(name) for name in self.needs)
        try:
            for name in self.needs:
                self.start(name)
        except Exception:
            self.stop()
            raise

    def start(self, name):
        configuration = self.folder / f"{name}.conf"
        configuration.write_text({"opendkim": OPENDKIM, "opendmarc": OPENDMARC}[name].format(folder=self.folder, name=name, server=SERVER))
        self.programs.append(Program([find(name), "-f", "-x" if name == "opendkim" else "-c", configuration], self.folder, MEASURED, name))
        self.programs[-1].wait_for(self.folder / f"{name}.socket")

    def connect(self):
        # Sockets of the file system: over TCP libmilter waits for the other side's delayed acknowledgements.
        return Chain([self.folder / f"{name}.socket" for name in self.needs])

    def stop(self):
        for program in self.programs:
            program.stop()


class OpenDmarc(OpenDkim):
    name = "opendkim and opendmarc"
    methods = ("spf", "dkim", "dmarc")
    needs = ("opendkim", "opendmarc")


def version(name):
    said = subprocess.run([find(name), "-V"], capture_output=True, text=True)
    found = re.search(r"v(\d[\w.~]*)", said.stdout + said.stderr)
    return f"{name} {found[1]}" if found else name


class Chain:
    """Several milters, one after the other."""

    def __init__(self, places):
        self.places = places

    def check(self, post):
        fields = []
        for place in self.places:
            milter = Milter(place)
            try:
                _, changes = milter.send(post, fields)
            finally:
                milter.close()
            fields = added(changes) + fields
        return fields

    def verdicts(self, post):
        """From the Authentication-Results that were added."""
        found = {"spf": "missing", "dkim": [], "arc": "missing", "dmarc": "missing"}
        for name, value in self.check(post):
            if name.lower() != b"authentication-results":
                continue
            text = re.sub(r"\([^()]*\)", "", value.decode())
            for method, result in re.findall(r"(?:^|;|\s)(spf|dkim|dmarc|arc)=(\w+)", text):
                if method == "dkim":
                    found["dkim"].append(result)
                else:
                    found[method] = result
        found["dkim"] = ",".join(found["dkim"]) or "missing"
        return found

    def close(self):
        """Nothing stays open."""
