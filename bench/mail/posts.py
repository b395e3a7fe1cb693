"""The messages that `mailset` made, and what every check should come to."""

import csv
import dataclasses
import pathlib

METHODS = ("spf", "dkim", "arc", "dmarc")


@dataclasses.dataclass
class Post:
    """A message and how it arrives. `fields` are (name, value) pairs from the top, each value as it stands after the colon, without the line end."""

    file: str
    kind: str
    ip: str
    helo: str
    mail_from: str
    rcpt_to: str
    expected: dict
    text: bytes
    fields: list
    body: bytes


def load(folder: pathlib.Path, name: str) -> list:
    posts = []
    with open(folder / f"{name}.tsv", newline="") as table:
        for row in csv.DictReader(table, delimiter="\t"):
            text = (folder / row["file"]).read_bytes()
            fields, body = cut(text)
            expected = {method: row[method] for method in METHODS}
            posts.append(Post(row["file"], row["kind"], row["ip"], row["helo"], row["mail_from"], row["rcpt_to"], expected, text, fields, body))
    return posts


def cut(text: bytes):
    head, _, body = text.partition(b"\r\n\r\n")
    fields = []
    for line in head.split(b"\r\n"):
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1] = (fields[-1][0], fields[-1][1] + b"\r\n" + line)
        else:
            name, _, value = line.partition(b":")
            fields.append((name, value))
    return fields, body


def known(folder: pathlib.Path, posts: list, table: pathlib.Path) -> dict:
    """Verdicts that were written as a table: file to method to verdict."""
    with open(table, newline="") as lines:
        return {row["file"]: {method: row[method] for method in METHODS} for row in csv.DictReader(lines, delimiter="\t")}
