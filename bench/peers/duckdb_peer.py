"""DuckDB, in process, over views of Parquet files."""

import os

import duckdb

from protocol import serve


def quoted(files):
    return "[" + ", ".join("'" + file.replace("'", "''") + "'" for file in files) + "]"


class DuckDb:
    def __init__(self):
        self.connection = duckdb.connect()
        self.connection.execute(f"SET threads = {int(os.environ['BENCH_THREADS'])}")
        self.connection.execute("SET TimeZone = 'UTC'")
        self.connection.execute("SET preserve_insertion_order = false")
        self.connection.execute("SET enable_progress_bar = false")
        # What a long-lived session would switch on: footers are read once.
        for setting in ("parquet_metadata_cache", "enable_object_cache"):
            try:
                self.connection.execute(f"SET {setting} = true")
                break
            except duckdb.Error:
                continue

    def version(self):
        return "DuckDB " + duckdb.__version__

    def open(self, tables):
        for name, files in tables.items():
            self.connection.execute(f'CREATE OR REPLACE VIEW "{name}" AS SELECT * FROM read_parquet({quoted(files)})')

    def query(self, text):
        return self.connection.sql(text).to_arrow_table()

    def rows(self, table):
        return table.column_names, list(zip(*(column.to_pylist() for column in table.columns))) if table.num_columns else []

    def ingest(self, source, target):
        self.connection.execute(f"COPY (SELECT * FROM read_json('{source}')) TO '{target}' (FORMAT parquet)")


serve(DuckDb())
