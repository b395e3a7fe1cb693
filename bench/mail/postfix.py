"""A Postfix of our own: mail is taken with a milter or without, and thrown away. What the milter adds is the difference."""

import os
import pathlib
import socket
import subprocess
import time

from process import Failed, Program, find

PLAIN, ASKING = 2525, 2526

MAIN = """compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log/postfix.log
maillog_file_prefixes = {folder}/log
myhostname = mx.receiver.example
mydestination =
alias_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
disable_dns_lookups = yes
default_transport = error:nothing leaves this machine
relay_transport = error:nothing leaves this machine
virtual_mailbox_domains = receiver.example
virtual_mailbox_maps = static:all
virtual_transport = discard:
smtpd_authorized_xclient_hosts = 127.0.0.1
smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
smtpd_recipient_restrictions = permit
smtpd_client_connection_rate_limit = 0
smtpd_client_connection_count_limit = 0
smtpd_peername_lookup = no
milter_protocol = 6
milter_default_action = tempfail
"""

MASTER = """{plain} inet n - n - 100 smtpd
{asking} inet n - n - 100 smtpd
    -o smtpd_milters=unix:{milter}
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
error unix - - n - - error
discard unix - - n - - discard
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    @staticmethod
    def missing():
        """Why it cannot be measured."""
        if not find("postfix"):
            return "Postfix is not installed"
        return None if os.geteuid() == 0 and pathlib.Path("/proc/self/uid_map").read_text().split()[2] != "1" else "Postfix is only started by root"

    def __init__(self, folder: pathlib.Path, milter: pathlib.Path):
        self.folder = folder / "postfix"
        for name in ("etc", "queue", "data", "log"):
            (self.folder / name).mkdir(parents=True)
        # The queue in memory: how fast a disk confirms what was written is not the question. The mount is gone with this network.
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", self.folder / "queue"], check=True)
        # Postfix asks for folders that its own user can enter.
        folder.chmod(0o755)
        milter.chmod(0o666)
        subprocess.run(["chown", "postfix", self.folder / "data"], check=True)
        (self.folder / "etc/main.cf").write_text(MAIN.format(folder=self.folder))
        (self.folder / "etc/master.cf").write_text(MASTER.format(plain=PLAIN, asking=ASKING, milter=milter))
        said = subprocess.run([find("postconf"), "-d", "-h", "mail_version"], capture_output=True, text=True, check=False)
        self.version = f"Postfix {said.stdout.strip()}"
        self.command = [find("postfix"), "-c", self.folder / "etc"]
        self.program = Program([*self.command, "start-fg"], self.folder, None, "postfix-start")
        try:
            for port in (PLAIN, ASKING):
                self.program.wait_for(port)
        except Failed:
            self.stop()
            raise

    def stop(self):
        subprocess.run([*self.command, "stop"], capture_output=True, check=False)
        self.program.stop()
        subprocess.run(["umount", "-l", self.folder / "queue"], check=False)


class Smtp:
    """A sender with one message, who says that it comes from the message's address."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), 10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.lines = self.socket.makefile("rb")
        self.answer(b"220")

    def answer(self, wanted):
        while True:
            line = self.lines.readline()
            if not line.startswith(wanted):
                raise ConnectionError(f"Postfix answered {line!r}")
            if line[3:4] != b"-":
                return

    def say(self, text, wanted=b"250"):
        self.socket.sendall(text.encode() + b"\r\n")
        self.answer(wanted)

    def send(self, post, at_end):
        """Sends the message; `at_end` is called just before its last line goes."""
        self.say(f"EHLO {post.helo}")
        self.say(f"XCLIENT ADDR={post.ip} NAME={post.helo} HELO={post.helo}", b"220")
        self.say(f"EHLO {post.helo}")
        self.say(f"MAIL FROM:<{post.mail_from}>")
        self.say(f"RCPT TO:<{post.rcpt_to}>")
        self.say("DATA", b"354")
        self.socket.sendall(post.text.replace(b"\r\n.", b"\r\n.."))
        at_end()
        self.socket.sendall(b"\r\n.\r\n" if not post.text.endswith(b"\r\n") else b".\r\n")
        self.answer(b"250")

    def close(self):
        self.socket.close()


def settled(folder, patience=20):
    """Waits until everything that was taken is gone."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if not any((folder / "queue" / name).is_dir() and any(os.scandir(folder / "queue" / name)) for name in ("incoming", "active")):
            return
        time.sleep(0.1)
