//! `spoofwatch ingest`: files into the lake. Reading runs on a thread of its own, a table's rows are appended as they come.

use std::{collections::BTreeMap, ops::ControlFlow, path::Path, sync::Arc};

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use arrow::datatypes::{Field, Schema};
use clap::Args;
use lake::{Appended, Appender, Lake};
use schema::{Registry, Table};
use sources::{Input, Item, Notice, Place, ReadSummary, Reject};
use tokio::sync::mpsc;

use crate::{clock, failure::Failure, output, term};

/// Arguments of `ingest`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Files, directories, patterns, or `-` for standard input. Formats and compression are found out.
    #[arg(required = true, value_name = "PATH")]
    inputs: Vec<String>,
    /// The table every row belongs to; found from the data without.
    #[arg(long, value_name = "NAME")]
    table: Option<String>,
}

/// What ingesting did, summed over the inputs.
#[derive(Debug, Default)]
struct Totals {
    tables: BTreeMap<String, Appended>,
    rejected: u64,
    faults: Vec<String>,
}

/// Rows on their way from the reader to the lake. A few at a time: memory stays bounded when the disk is slow.
const QUEUE: usize = 8;
/// Rejects are written in batches of this many.
const REJECTS: usize = 4096;

pub(crate) async fn run(data: &Path, options: Options) -> Result<(), Failure> {
    let (inputs, errors) = sources::expand(&options.inputs);
    let mut totals = Totals { faults: errors.iter().map(ToString::to_string).collect(), ..Totals::default() };
    if let Some(name) = options.table.as_deref().filter(|name| Registry::builtin().table(name).is_none()) {
        let near = Registry::builtin().nearest_tables(name).join(", ");
        let help = if near.is_empty() { String::new() } else { format!("; did you mean {near}?") };
        return Err(Failure::input(format!("error: --table {name}: there is no table of that name{help}")));
    }
    if !inputs.is_empty() {
        let lake = Lake::open(data).await?;
        let mut writer = Writer { lake: &lake, appenders: BTreeMap::new(), rejects: Vec::new(), notices: Vec::new() };
        let read = sources::Options { table: options.table.clone(), ..sources::Options::default() };
        let progress = term::Progress::start("reading");
        let mut rows = 0;
        for input in &inputs {
            let summary = writer.input(input, &read, &progress, rows).await?;
            rows += summary.rows;
            totals.rejected += summary.rejected;
            totals.faults.extend(summary.faults.iter().map(ToString::to_string));
        }
        progress.finish();
        for notice in &writer.notices {
            term::warn(&notice.to_string());
        }
        totals.tables = writer.finish().await?;
    }
    report(&totals)
}

/// The tables being written.
struct Writer<'a> {
    lake: &'a Lake,
    appenders: BTreeMap<String, Appender>,
    rejects: Vec<(i64, Reject)>,
    notices: Vec<Notice>,
}

impl Writer<'_> {
    /// Reads one input to its end.
    async fn input(
        &mut self,
        input: &Input,
        options: &sources::Options,
        progress: &term::Progress,
        before: u64,
    ) -> Result<ReadSummary, Failure> {
        for appender in self.appenders.values_mut() {
            appender.next_source().await?;
        }
        let (sender, mut items) = mpsc::channel::<Item>(QUEUE);
        let (reading, settings) = (input.clone(), options.clone());
        let reader = tokio::task::spawn_blocking(move || {
            sources::read(&reading, &settings, &mut |item| match sender.blocking_send(item) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            })
        });
        let moment = modified(input);
        let mut rows = before;
        while let Some(item) = items.recv().await {
            match item {
                Item::Rows { table, batch } => {
                    rows += batch.num_rows() as u64;
                    progress.at(format!("{}: {rows} rows", input.name));
                    self.append(&table, batch).await?;
                }
                Item::Reject(reject) => {
                    self.rejects.push((moment, reject));
                    if self.rejects.len() >= REJECTS {
                        self.write_rejects().await?;
                    }
                }
                Item::Notice(notice) => self.notices.push(notice),
            }
        }
        reader.await.map_err(|error| Failure::internal(format!("{}: reading stopped: {error}", input.name)))
    }

    async fn append(&mut self, table: &str, batch: RecordBatch) -> Result<(), Failure> {
        if !self.appenders.contains_key(table) {
            let appender = self.lake.appender(documented(table)?).await?;
            self.appenders.insert(table.to_owned(), appender);
        }
        match self.appenders.get_mut(table) {
            Some(appender) => Ok(appender.append(batch).await?),
            None => Ok(()),
        }
    }

    async fn write_rejects(&mut self) -> Result<(), Failure> {
        if self.rejects.is_empty() {
            return Ok(());
        }
        let rejects = std::mem::take(&mut self.rejects);
        let batch = rejects_batch(&rejects)?;
        self.append("Rejects", batch).await
    }

    async fn finish(mut self) -> Result<BTreeMap<String, Appended>, Failure> {
        self.write_rejects().await?;
        let mut done = BTreeMap::new();
        for (table, appender) in self.appenders {
            done.insert(table, appender.finish().await?);
        }
        Ok(done)
    }
}

pub(super) fn documented(table: &str) -> Result<&'static Table, Failure> {
    Registry::builtin().table(table).ok_or_else(|| Failure::internal(format!("there is no table `{table}`")))
}

/// When the input was last changed, in microseconds since 1970: the same each time a file is read, so that its rejects
/// are known again. Standard input has no such time.
fn modified(input: &Input) -> i64 {
    let changed = match &input.place {
        Place::File(path) => std::fs::metadata(path).and_then(|file| file.modified()).ok(),
        Place::Stdin => None,
    };
    let since = changed.and_then(|time| time.duration_since(std::time::SystemTime::UNIX_EPOCH).ok());
    since.and_then(|since| i64::try_from(since.as_micros()).ok()).unwrap_or_else(|| clock::micros(clock::now()))
}

fn rejects_batch(rejects: &[(i64, Reject)]) -> Result<RecordBatch, Failure> {
    let text = |of: fn(&Reject) -> &str| -> ArrayRef {
        Arc::new(rejects.iter().map(|(_, reject)| Some(of(reject))).collect::<StringArray>())
    };
    let columns: Vec<(&str, ArrayRef)> = vec![
        (
            "Timestamp",
            Arc::new(rejects.iter().map(|(moment, _)| Some(*moment)).collect::<TimestampMicrosecondArray>().with_timezone("UTC")),
        ),
        ("Source", text(|reject| &reject.source)),
        ("Line", Arc::new(rejects.iter().map(|(_, reject)| i64::try_from(reject.line).ok()).collect::<Int64Array>())),
        ("Table", text(|reject| reject.table.as_deref().unwrap_or(""))),
        ("Reason", text(|reject| &reject.reason)),
        ("Raw", text(|reject| &reject.raw)),
    ];
    let fields: Vec<Field> = columns.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), true)).collect();
    Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), columns.into_iter().map(|(_, array)| array).collect())?)
}

fn report(totals: &Totals) -> Result<(), Failure> {
    let mut text = String::new();
    for (table, appended) in totals.tables.iter().filter(|(table, _)| *table != "Rejects") {
        text.push_str(&format!("{table}: {} added, {} already there\n", term::count(appended.added, "row"), appended.already));
    }
    if totals.rejected > 0 {
        text.push_str(&format!(
            "{} rejected; see why: spoofwatch hunt 'Rejects | project Source, Line, Reason'\n",
            term::count(totals.rejected, "row")
        ));
    }
    if text.is_empty() {
        text.push_str("no rows were found\n");
    }
    output::print(&text)?;
    if totals.faults.is_empty() {
        return Ok(());
    }
    Err(Failure::input(totals.faults.iter().map(|fault| format!("error: {fault}")).collect::<Vec<_>>().join("\n")))
}
