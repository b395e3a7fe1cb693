"""The mail server's side of the milter protocol, version 6: shows messages to a filter and says what it answered."""

import socket
import struct

# What a filter may leave out, and where it may leave out its answer (mfdef.h of libmilter).
SKIPS = {"C": 0x1, "H": 0x2, "M": 0x4, "R": 0x8, "B": 0x10, "L": 0x20, "N": 0x40, "T": 0x200}
SILENT = {"L": 0x80, "C": 0x1000, "H": 0x2000, "M": 0x4000, "R": 0x8000, "T": 0x10000, "N": 0x40000, "B": 0x80000}
LEADING_SPACE = 0x100000

ACTIONS = 0x1FF
PROTOCOL = 0x1FFFFF

# Replies at the end of a message that change it, and come before the verdict.
CHANGES = b"himb+-e2q"
CHUNK = 65535


def frame(command: str, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data) + 1) + command.encode() + data


class Ended(Exception):
    """The filter closed the connection, or answered what no filter answers."""


class Milter:
    """A connection for one message, as Postfix makes one for each sender that connects."""

    def __init__(self, place, timeout=10.0):
        """`place` is a port of this machine or the path of a socket."""
        if isinstance(place, int):
            self.socket = socket.create_connection(("127.0.0.1", place), timeout)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        else:
            self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self.socket.settimeout(timeout)
            self.socket.connect(str(place))
        self.buffer = b""
        self.socket.sendall(frame("O", struct.pack(">III", 6, ACTIONS, PROTOCOL)))
        command, data = self.reply()
        if command != b"O":
            raise Ended(f"the filter answered {command!r} to the negotiation")
        _, self.actions, self.protocol = struct.unpack(">III", data[:12])

    def reply(self):
        while True:
            if len(self.buffer) >= 4:
                size = struct.unpack(">I", self.buffer[:4])[0]
                if len(self.buffer) >= 4 + size:
                    whole = self.buffer[4 : 4 + size]
                    self.buffer = self.buffer[4 + size :]
                    return whole[:1], whole[1:]
            more = self.socket.recv(65536)
            if not more:
                raise Ended("the filter closed the connection")
            self.buffer += more

    def steps(self, post, extra=()):
        """Commands of a message that the filter wants, each with the number of answers it has."""
        steps = []

        def step(command, data):
            if not self.protocol & SKIPS.get(command, 0):
                steps.append((command, frame(command, data), 0 if self.protocol & SILENT.get(command, 0) else 1))

        def macros(of, *pairs):
            steps.append(("D", frame("D", of.encode() + b"".join(text.encode() + b"\0" for text in pairs)), 0))

        macros("C", "j", "mx.receiver.example", "{daemon_name}", "bench", "v", "bench")
        family = b"6" if ":" in post.ip else b"4"
        step("C", post.helo.encode() + b"\0" + family + struct.pack(">H", 25) + post.ip.encode() + b"\0")
        step("H", post.helo.encode() + b"\0")
        macros("M", "i", post.file.replace("/", "").replace(".eml", ""), "{mail_addr}", post.mail_from)
        step("M", f"<{post.mail_from}>".encode() + b"\0")
        macros("R", "{rcpt_addr}", post.rcpt_to)
        step("R", f"<{post.rcpt_to}>".encode() + b"\0")
        step("T", b"")
        for name, value in (*extra, *post.fields):
            if not self.protocol & LEADING_SPACE:
                value = value.removeprefix(b" ")
            # Filters are shown folded fields with bare line feeds.
            step("L", name + b"\0" + value.replace(b"\r\n", b"\n") + b"\0")
        step("N", b"")
        for at in range(0, len(post.body), CHUNK):
            step("B", post.body[at : at + CHUNK])
        macros("E", "i", post.file.replace("/", "").replace(".eml", ""))
        return steps

    def send(self, post, extra=(), at_end=None):
        """Shows a message; gives the verdict and the changes. All is sent before an answer is read, but the end of the message:
        that waits until everything before it is answered, and `at_end` is called just before it goes."""
        steps = self.steps(post, extra)
        self.socket.sendall(b"".join(data for _, data, _ in steps))
        for _ in range(sum(answers for _, _, answers in steps)):
            command, data = self.reply()
            if command not in b"cs":
                raise Ended(f"the filter answered {command!r} {data!r} before the end of the message")
        if at_end:
            at_end()
        self.socket.sendall(frame("E"))
        changes = []
        while True:
            command, data = self.reply()
            if command in CHANGES:
                changes.append((command.decode(), data))
            elif command != b"p":
                return command.decode(), changes

    def close(self):
        try:
            self.socket.sendall(frame("Q"))
        except OSError:
            pass
        self.socket.close()


def added(changes):
    """Fields that were added: (name, value) pairs."""
    fields = []
    for command, data in changes:
        if command in "hi":
            name, _, value = (data[4:] if command == "i" else data).partition(b"\0")
            fields.append((name, value.rstrip(b"\0")))
    return fields
