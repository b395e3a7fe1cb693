"""The conversation between the benchmark and a peer's process.

A peer reads one JSON object a line and answers each with one line, so that its start-up is paid once and never measured.
What is measured is the time inside the engine, from the query's text to its rows in memory; turning rows into JSON for the
comparison comes after the clock has stopped.

Requests: {"open": {table: [Parquet files]}}, {"query", "rows": bool}, {"ingest": NDJSON file, "to": Parquet file}, {"version"}.
"""

import datetime
import json
import os
import sys
import time

MICROSECOND = datetime.timedelta(microseconds=1)
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def plain(value):
    """A cell as JSON: moments as spoofwatch writes them."""
    if isinstance(value, datetime.datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=datetime.timezone.utc)
        return moment.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f0Z")
    return value


def serve(peer):
    """Answers requests until standard input ends. Libraries that write to standard output are kept out of the answers."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = respond(peer, request)
        except Exception as error:  # noqa: BLE001 - one failure is reported and the rest goes on
            answer = {"ok": False, "error": f"{type(error).__name__}: {error}"[:2000]}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def respond(peer, request):
    if "version" in request:
        return {"ok": True, "version": peer.version()}
    if "open" in request:
        peer.open(request["open"])
        return {"ok": True}
    started = time.perf_counter()
    if "ingest" in request:
        peer.ingest(request["ingest"], request["to"])
        return {"ok": True, "ms": (time.perf_counter() - started) * 1000}
    result = peer.query(request["query"])
    answer = {"ok": True, "ms": (time.perf_counter() - started) * 1000}
    if request.get("rows"):
        columns, rows = peer.rows(result)
        answer["columns"] = columns
        answer["rows"] = [[plain(cell) for cell in row] for row in rows]
    return answer
