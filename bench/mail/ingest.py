"""Message files into the lake; beside it what others take to do less: Python's email package and the crate mail-parser read the messages and
forget them."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time


def mbox(folder: pathlib.Path, place: pathlib.Path):
    """All messages of a folder as one file (mboxrd: a line that begins with From, after any number of >, has one more)."""
    with open(place, "wb") as out:
        for file in sorted(folder.glob("*.eml")):
            lines = file.read_bytes().replace(b"\r\n", b"\n").split(b"\n")
            quoted = [b">" + line if line.lstrip(b">").startswith(b"From ") else line for line in lines]
            out.write(b"From alice@sender000.example Sat Nov 21 10:00:00 2026\n" + b"\n".join(quoted) + b"\n\n")


def timed(command, **more):
    """Seconds from start to end, seconds of processor, and megabytes of memory at most."""
    with tempfile.TemporaryFile() as said:
        start = time.monotonic()
        process = subprocess.Popen(command, stdout=said, stderr=said, **more)
        memory, done = 0, 0
        while not done:
            # What the system counts for a child begins with what its parent had, so it is asked while the child is there.
            memory = max(memory, peak(process.pid))
            time.sleep(0.01)
            done, status, usage = os.wait4(process.pid, os.WNOHANG)
        took = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            sys.exit(f"{command} ended with {process.returncode}: {said.read()[-2000:].decode(errors='replace')}")
    return {"seconds": took, "processor": usage.ru_utime + usage.ru_stime, "memory": memory / 1024}


def peak(process):
    """Kilobytes that it has had at most since it became itself."""
    try:
        status = pathlib.Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0)


def spoofwatch(program, scratch: pathlib.Path, source: pathlib.Path, words):
    data = scratch / "lake"
    shutil.rmtree(data, ignore_errors=True)
    try:
        return timed([program, "--data", data, "ingest", source, *words])
    finally:
        shutil.rmtree(data, ignore_errors=True)


def warmed(folder: pathlib.Path):
    """Messages and bytes; read once, so that files are in the operating system's cache for everyone."""
    count = size = 0
    for file in sorted(folder.glob("*.eml")):
        count += 1
        size += len(file.read_bytes())
    return count, size


# What a reader of messages does at least: the header decoded, every part decoded.
PYTHON = """
import email, email.policy, pathlib, sys
for file in sorted(pathlib.Path(sys.argv[1]).glob("*.eml")):
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    message["From"], message["Subject"]
    for part in message.walk():
        if not part.is_multipart():
            part.get_payload(decode=True)
"""


def python(folder: pathlib.Path):
    return timed([sys.executable, "-c", PYTHON, folder])


def mail_parser(examples: pathlib.Path, folder: pathlib.Path):
    return timed([examples / "parse_only", folder])

