"""BIND 9 with the zone of the messages, at port 53 of a loopback that nobody else sees."""

import pathlib
import subprocess

from process import OTHERS, Program, find

CONFIGURATION = """controls {{ }};
options {{
    directory "{folder}"; pid-file "{folder}/named.pid"; session-keyfile "{folder}/session.key"; managed-keys-directory "{folder}";
    listen-on port 53 {{ 127.0.0.1; }}; listen-on-v6 {{ none; }}; recursion no; dnssec-validation no; minimal-responses yes; notify no;
}};
zone "." {{ type primary; file "{zone}"; }};
"""


def start(folder: pathlib.Path, zone: pathlib.Path):
    """The name server, which everybody in this network of our own asks; `None` where BIND is not installed."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    named = find("named")
    if not named:
        return None
    resolv = folder / "resolv.conf"
    resolv.write_text("nameserver 127.0.0.1\n")
    # Only in here: the mounts are ours too.
    subprocess.run(["mount", "--bind", resolv, pathlib.Path("/etc/resolv.conf").resolve()], check=True)
    (folder / "named.conf").write_text(CONFIGURATION.format(folder=folder, zone=zone.resolve()))
    server = Program([named, "-f", "-4", "-n", "1", "-c", folder / "named.conf", "-L", folder / "named.messages"], folder, OTHERS, "named")
    server.wait_for(53)
    return server
