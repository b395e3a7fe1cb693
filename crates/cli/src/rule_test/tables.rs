//! The rows of a case as tables, on the way that files take into the lake: the same names, the same types, the same texts.

use std::{
    io::Write as _,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use arrow::array::RecordBatch;
use engine::MemoryCatalog;
use rules::{
    Fault,
    case::{Case, CaseRow, CaseRows, CaseTable},
};
use schema::{Registry, text::datetime};
use serde_json::{Map, Value};
use sources::{Input, Item, Notice};

use crate::{catalog::in_memory, failure::Failure};

/// Names under which rows have their time.
const TIMES: [&str; 3] = ["Timestamp", "TimeGenerated", "@timestamp"];
/// The member of a record of the Microsoft 365 audit log that says when it was made.
const CREATED: &str = "CreationTime";

/// The tables of a case, or what is wrong with its rows; `scratch` is a file that may be written.
pub(super) fn catalog(case: &Case, file: &Path, scratch: &Path) -> Result<Result<MemoryCatalog, Vec<Fault>>, Failure> {
    let mut catalog = MemoryCatalog::default();
    let mut faults = Vec::new();
    for table in &case.tables {
        let mut reading =
            Reading { table, case_file: file.display().to_string(), lines: &[], batches: Vec::new(), faults: Vec::new() };
        match &table.rows {
            CaseRows::Here(rows) => {
                write(scratch, &table.name, rows, case.at).map_err(|error| Failure::of_output("a temporary file", &error))?;
                reading.lines = rows;
                reading.read(scratch.to_owned());
                let _ = std::fs::remove_file(scratch);
            }
            CaseRows::File(path) => reading.read(file.parent().unwrap_or_else(|| Path::new("")).join(path)),
        }
        faults.extend(reading.faults);
        if !reading.batches.is_empty() {
            catalog.insert(&table.name, in_memory(reading.batches)?);
        }
    }
    Ok(if faults.is_empty() { Ok(catalog) } else { Err(faults) })
}

/// Writes rows, one a line. A row that does not say when it happened happened at the moment of the run.
fn write(path: &Path, table: &str, rows: &[CaseRow], at: i64) -> std::io::Result<()> {
    let known = Registry::builtin().table(table);
    let time_column = known.map_or("TimeGenerated", |table| table.time_column.as_str());
    let mut moment = String::new();
    datetime::write(datetime::from_unix_micros(at).unwrap_or_default(), &mut moment);
    let mut out = std::io::BufWriter::new(std::fs::File::create(path)?);
    for row in rows {
        let says = |name: &str| row.columns.get(name).is_some_and(|value| !value.is_null());
        if says(time_column) || says(CREATED) || TIMES.iter().any(|name| says(name)) {
            serde_json::to_writer(&mut out, &row.columns)?;
        } else {
            let mut columns: Map<String, Value> = row.columns.clone();
            columns.insert(time_column.to_owned(), Value::String(moment.clone()));
            serde_json::to_writer(&mut out, &columns)?;
        }
        out.write_all(b"\n")?;
    }
    out.flush()
}

/// A table being read.
struct Reading<'a> {
    table: &'a CaseTable,
    case_file: String,
    /// The rows of the case, in the order of the lines that are read; none for a file.
    lines: &'a [CaseRow],
    batches: Vec<RecordBatch>,
    faults: Vec<Fault>,
}

impl Reading<'_> {
    fn read(&mut self, path: PathBuf) {
        let options = sources::Options { table: Some(self.table.name.clone()), threads: 0, ..sources::Options::default() };
        let input = Input::file(path);
        let (mut batches, mut faults) = (Vec::new(), Vec::new());
        let summary = sources::read(&input, &options, &mut |item| {
            match item {
                Item::Rows { batch, .. } => batches.push(batch),
                Item::Reject(reject) => {
                    let place = usize::try_from(reject.line).unwrap_or(1).saturating_sub(1);
                    match self.lines.get(place) {
                        Some(row) => faults.push(self.fault(row.line, reject.reason)),
                        None => faults
                            .push(self.fault(self.table.line, format!("{}:{}: {}", reject.source, reject.line, reject.reason))),
                    }
                }
                // The names of a case's own rows were looked at when it was read; documents have fields that nothing documents.
                Item::Notice(notice @ Notice::UnknownColumn { .. }) if self.lines.is_empty() && !self.has_documents() => {
                    faults.push(self.fault(self.table.line, notice.to_string()));
                }
                Item::Notice(_) => {}
            }
            ControlFlow::Continue(())
        });
        faults.extend(summary.faults.iter().map(|fault| self.fault(self.table.line, fault.to_string())));
        self.batches = batches;
        self.faults = faults;
    }

    /// Whether the rows are documents of the Elastic Common Schema.
    fn has_documents(&self) -> bool {
        Registry::builtin().table(&self.table.name).is_some_and(|table| table.time_column == "@timestamp")
    }

    fn fault(&self, line: usize, reason: impl Into<String>) -> Fault {
        Fault::error(&self.case_file, line, format!("{}: {}", self.table.name, reason.into()))
    }
}
