"""Polars, in process: lazy frames over Parquet files, run by its in-memory engine, which is the faster one
for most of these hunts, or by the one that a hunt asks for."""

import datetime
import os

os.environ["POLARS_MAX_THREADS"] = os.environ["BENCH_THREADS"]

import polars  # noqa: E402 - the number of threads is fixed when it is imported

from protocol import serve  # noqa: E402


class Polars:
    def __init__(self):
        self.names = {"pl": polars, "timedelta": datetime.timedelta}

    def version(self):
        return "Polars " + polars.__version__

    def open(self, tables):
        for name, files in tables.items():
            self.names[name.replace(".", "_")] = polars.scan_parquet(files)

    def query(self, text):
        names = dict(self.names)
        exec(text, names)  # noqa: S102 - the hunts are files of this folder
        return names["result"].collect(engine=names.get("engine", "in-memory"))

    def rows(self, frame):
        return frame.columns, frame.rows()

    def ingest(self, source, target):
        polars.scan_ndjson(source).sink_parquet(target)


serve(Polars())
