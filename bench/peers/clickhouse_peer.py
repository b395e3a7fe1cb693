"""ClickHouse, in process (chdb), over views of Parquet files."""

import os

import chdb
import pyarrow
from chdb import session

from protocol import serve


class ClickHouse:
    def __init__(self):
        self.session = session.Session()
        self.session.query(f"SET max_threads = {int(os.environ['BENCH_THREADS'])}")
        # Missing texts are "", as they are in KQL: columns that cannot be null are also the faster ones.
        self.session.query("SET schema_inference_make_columns_nullable = 0")
        self.session.query("SET output_format_arrow_string_as_string = 1")
        self.session.query("SET session_timezone = 'UTC'")
        self.session.query("CREATE DATABASE IF NOT EXISTS bench ENGINE = Atomic")
        self.session.query("USE bench")

    def version(self):
        return "ClickHouse " + str(self.session.query("SELECT version()", "TSV")).strip() + f" (chdb {chdb.__version__})"

    def open(self, tables):
        for name, files in tables.items():
            place = files[0]
            if len(files) > 1:
                # Alternatives may not hold a slash; the files of a table are in one folder.
                names = ",".join(os.path.basename(file) for file in files)
                place = f"{os.path.dirname(files[0])}/{{{names}}}"
            self.session.query(f"CREATE OR REPLACE VIEW \"{name}\" AS SELECT * FROM file('{place}', Parquet)")

    def query(self, text):
        return self.session.query(text, "Arrow")

    def rows(self, result):
        table = pyarrow.ipc.open_file(pyarrow.BufferReader(result.bytes())).read_all()
        return table.column_names, list(zip(*(column.to_pylist() for column in table.columns)))

    def ingest(self, source, target):
        self.session.query(f"INSERT INTO FUNCTION file('{target}', Parquet) SELECT * FROM file('{source}', JSONEachRow) SETTINGS engine_file_truncate_on_insert = 1")


serve(ClickHouse())
