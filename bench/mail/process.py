"""Programs that are started, kept to one core, measured and ended."""

import os
import pathlib
import shutil
import socket
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")

# Who is measured has a core for itself; who sends and who answers for the DNS have another.
CORES = sorted(os.sched_getaffinity(0))
MEASURED, OTHERS = CORES[-1], CORES[0]


class Failed(Exception):
    """A program did not start, or ended."""


def find(*names):
    """The first of these programs that is installed; daemons are often in a folder that is not searched."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin"
    return next((found for name in names if (found := shutil.which(name, path=path))), None)


class Program:
    def __init__(self, command, folder: pathlib.Path, core, name: str):
        """On one core, or with `None` on all."""
        cores = set(CORES) if core is None else {core}
        self.name = name
        self.log = folder / f"{name}.log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=lambda: os.sched_setaffinity(0, cores))

    def wait_for(self, place, seconds=20.0):
        """Until it listens at a port, or at the path of a socket."""
        patience = time.monotonic() + seconds
        while time.monotonic() < patience:
            if self.process.poll() is not None:
                raise Failed(f"{self.name} ended: {self.words()}")
            family, address = (socket.AF_INET, ("127.0.0.1", place)) if isinstance(place, int) else (socket.AF_UNIX, str(place))
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                if probe.connect_ex(address) == 0:
                    return
            time.sleep(0.05)
        raise Failed(f"{self.name} does not listen at {place}: {self.words()}")

    def words(self):
        return self.log.read_text(errors="replace")[-500:].strip()

    def family(self):
        """The program and those it has started."""
        ids, found = [self.process.pid], []
        while ids:
            one = ids.pop()
            found.append(one)
            for task in pathlib.Path(f"/proc/{one}/task").glob("*/children"):
                try:
                    ids += [int(child) for child in task.read_text().split()]
                except OSError:
                    pass
        return found

    def processor(self):
        """Seconds of processor time so far: in the program, and in the system on its behalf."""
        user = system = 0
        for one in self.family():
            try:
                fields = pathlib.Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            user += int(fields[11])
            system += int(fields[12])
        return user / TICKS, system / TICKS

    def memory(self):
        """Megabytes at most."""
        total = 0
        for one in self.family():
            try:
                status = pathlib.Path(f"/proc/{one}/status").read_text()
            except OSError:
                continue
            total += next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0)
        return total / 1024

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
