"""spoofwatch's own parts: the two examples of `mailauth`, and the milter as a program that is driven like the peers."""

import json
import pathlib
import subprocess

from opendkim import SERVER, Chain
from process import MEASURED, Program


def pinned(command, **more):
    return subprocess.run(["taskset", "-c", str(MEASURED), *map(str, command)], check=True, capture_output=True, text=True, **more)


def make(examples: pathlib.Path, folder: pathlib.Path, **sets):
    """The messages, their zone and their keys."""
    words = [word for name, count in sets.items() for word in (f"--{name}", count)]
    return pinned([examples / "mailset", folder, *words]).stdout


def throughput(examples: pathlib.Path, folder: pathlib.Path, verdicts: pathlib.Path, rounds: int, seconds: float):
    """What the library does on one core."""
    command = [examples / "throughput", folder, "--rounds", rounds, "--seconds", seconds, "--verdicts", verdicts]
    return json.loads(pinned(command).stdout)


class Spoofwatch:
    """`spoofwatch milter`, which verifies, marks and records every message."""

    name = "spoofwatch milter"
    methods = ("spf", "dkim", "arc", "dmarc")

    def __init__(self, program: pathlib.Path, folder: pathlib.Path):
        self.folder = folder / "spoofwatch"
        self.folder.mkdir()
        self.place = self.folder / "milter.socket"
        self.version = version(program)
        command = [program, "--data", self.folder / "data", "milter", "--listen", f"unix:{self.place}", "--authserv-id", SERVER, "--dns", "127.0.0.1:53"]
        self.programs = [Program(command, self.folder, MEASURED, "spoofwatch")]
        try:
            self.programs[0].wait_for(self.place)
        except Exception:
            self.stop()
            raise

    @staticmethod
    def missing():
        """Whether it is there is known before."""
        return None

    def connect(self):
        return Chain([self.place])

    def stop(self):
        for program in self.programs:
            program.stop()


def has_milter(program: pathlib.Path):
    return subprocess.run([program, "milter", "--help"], capture_output=True, check=False).returncode == 0


def version(program):
    return subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout.strip()
