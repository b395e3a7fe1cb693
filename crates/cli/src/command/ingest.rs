//! `spoofwatch ingest`: files into the lake. Reading runs on a thread of its own, a table's rows are appended as they come.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::Arc,
};

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use arrow::datatypes::{DataType, Field, Schema};
use clap::Args;
use lake::{Appended, Appender, Arrival, Lake, LakeError, ROW_ID};
use schema::{INGESTION_TIME, Registry, Table};
use sources::{Input, InputError, Item, Notice, Place, ReadSummary, Reject};
use tokio::sync::mpsc;

use crate::{
    clock,
    config::{ConfigFile, Verify},
    failure::Failure,
    geoip,
    mail::Looking,
    output, term,
};

/// Arguments of `ingest`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Files, directories, patterns, or `-` for standard input. Formats and compression are found out.
    #[arg(required = true, value_name = "PATH")]
    inputs: Vec<String>,
    /// The table every row belongs to; found from the data without.
    #[arg(long, value_name = "NAME")]
    table: Option<String>,
    /// Look the places and networks of addresses in audit records up in files of MaxMind's format, such as GeoLite2-City.mmdb and
    /// GeoLite2-ASN.mmdb. May be given more than once; what spoofwatch.toml names without.
    #[arg(long, value_name = "FILE")]
    geoip: Vec<PathBuf>,
    /// Which messages are verified by the program itself.
    #[arg(long, value_name = "WHICH", value_enum)]
    verify: Option<Verify>,
    #[command(flatten)]
    looking: Looking,
    #[command(flatten)]
    config: ConfigFile,
}

impl Options {
    /// These inputs, each with what is found in it.
    pub(crate) fn of(inputs: Vec<String>, config: ConfigFile) -> Self {
        Self { inputs, table: None, geoip: Vec::new(), verify: None, looking: Looking::default(), config }
    }
}

/// What ingesting did, summed over the inputs.
#[derive(Debug, Default)]
pub(crate) struct Totals {
    tables: BTreeMap<String, Appended>,
    rejected: u64,
    pub(crate) failures: Vec<Failure>,
}

/// Rows on their way from the reader to the lake. A few at a time: memory stays bounded when the disk is slow.
const QUEUE: usize = 8;
/// Rejects are written in batches of this many.
const REJECTS: usize = 4096;
/// The table of what could not be read.
pub(crate) const REJECTED: &str = "Rejects";
/// How the names of tables end that a workspace of Log Analytics defined for itself.
const CUSTOM: &str = "_CL";

pub(crate) async fn run(data: &Path, options: Options) -> Result<(), Failure> {
    counted(data, options).await.0
}

/// The same, with how many rows it added.
pub(crate) async fn counted(data: &Path, options: Options) -> (Result<(), Failure>, u64) {
    let mut totals = Totals::default();
    let taken = take_in(data, options, &mut totals).await;
    let rows = totals.tables.values().map(|appended| appended.added).sum();
    (taken.and_then(|()| report(totals)), rows)
}

async fn take_in(data: &Path, options: Options, totals: &mut Totals) -> Result<(), Failure> {
    if let Some(name) = &options.table {
        known(name)?;
    }
    let own = std::fs::canonicalize(data).ok();
    let stored = |path: &Path| (own.is_some() && std::fs::canonicalize(path).ok() == own) || Lake::is_at(path);
    let (inputs, errors) = sources::expand(&options.inputs, &stored);
    for error in errors {
        match &error {
            // Met on the way, not asked for.
            InputError::DeltaTable { path } if !options.inputs.contains(path) => term::warn(&error.to_string()),
            InputError::EmptyDirectory { path } if stored(Path::new(path)) => totals.failures.push(Failure::input(format!(
                "error: {path}: a data directory of this program; to hunt in it: spoofwatch --data {path} hunt"
            ))),
            _ => totals.failures.push(Failure::input(format!("error: {error}"))),
        }
    }
    if !inputs.is_empty() {
        let config = options.config.load(data)?;
        let mut databases = options.geoip;
        if databases.is_empty() {
            databases.extend(config.geoip.as_ref().map(|set| set.value.clone()));
        }
        let read = sources::Options {
            table: options.table,
            arrived: Some(clock::micros(clock::now())),
            geography: geoip::databases(&databases)?,
            mail: options.looking.options(&config.mail, options.verify, clock::micros(clock::now())).await?,
            ..sources::Options::default()
        };
        ingest(data, &read, &inputs, totals).await?;
    }
    Ok(())
}

/// A table that rows can be told to belong to.
fn known(name: &str) -> Result<(), Failure> {
    let Err(near) = is_table(name) else { return Ok(()) };
    let help = if near.is_empty() {
        format!("; a table of your own has a name that ends in {CUSTOM}")
    } else {
        format!("; did you mean {}?", near.join(", "))
    };
    Err(Failure::input(format!("error: --table {name}: there is no table of that name{help}")))
}

/// Whether rows can be told to belong to a table of this name: a documented one, or one of the user's own. The error is names like it.
pub(crate) fn is_table(name: &str) -> Result<(), Vec<String>> {
    let own = || name.ends_with(CUSTOM) && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    if Registry::builtin().table(name).is_some() || own() {
        return Ok(());
    }
    Err(Registry::builtin().nearest_tables(name).into_iter().map(str::to_owned).collect())
}

/// Adds what is in the inputs. True if all of it that could be read is stored.
pub(crate) async fn ingest(data: &Path, read: &sources::Options, inputs: &[Input], totals: &mut Totals) -> Result<bool, Failure> {
    let lake = Lake::open(data).await?;
    // Whoever writes several tables has the turn, so that two that each wait for the other's table cannot come about.
    let _turn = match lake.try_turn()? {
        Some(turn) => turn,
        None => {
            term::say("another program is adding to this data; waiting until it has finished");
            lake.turn().await?
        }
    };
    let arrival = Arrival::At(clock::micros(clock::now()));
    let mut writer =
        Writer { lake: &lake, arrival, tables: BTreeMap::new(), failures: Vec::new(), rejects: Vec::new(), notices: Vec::new() };
    let progress = term::Progress::start("reading");
    let summary = writer.inputs(inputs, read, &progress).await?;
    totals.rejected += summary.rejected;
    totals.failures.extend(summary.faults.iter().map(|fault| Failure::input(format!("error: {fault}"))));
    writer.write_rejects().await?;
    progress.finish();
    for notice in &writer.notices {
        term::warn(&notice.to_string());
    }
    let before = totals.failures.len();
    writer.finish(totals).await;
    Ok(totals.failures.len() == before)
}

/// The tables being written.
struct Writer<'a> {
    lake: &'a Lake,
    /// When the run began: everything it adds came in then.
    arrival: Arrival,
    /// `None` for a table that failed: its rows are passed over, and those of the others go on.
    tables: BTreeMap<String, Option<Appender>>,
    pub(crate) failures: Vec<Failure>,
    rejects: Vec<(i64, Reject)>,
    notices: Vec<Notice>,
}

impl Writer<'_> {
    /// Reads inputs to their end, one after the other; messages of several are read together, so that their senders are verified together.
    async fn inputs(
        &mut self,
        inputs: &[Input],
        options: &sources::Options,
        progress: &term::Progress,
    ) -> Result<ReadSummary, Failure> {
        let (sender, mut items) = mpsc::channel::<(usize, Item)>(QUEUE);
        let (reading, settings): (Vec<Input>, _) = (inputs.to_vec(), options.clone());
        let reader = tokio::task::spawn_blocking(move || {
            sources::read_all(&reading, &settings, &mut |place, item| match sender.blocking_send((place, item)) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            })
        });
        let (mut rows, mut current) = (0, None);
        while let Some((place, item)) = items.recv().await {
            let input = inputs.get(place);
            // Rows that are equal within one input are several, and across inputs one.
            if current != Some(place) {
                current = Some(place);
                self.next_source().await;
            }
            match item {
                Item::Rows { table, batch } => {
                    rows += batch.num_rows() as u64;
                    progress.at(format!("{}: {rows} rows", input.map(|input| input.name.as_str()).unwrap_or_default()));
                    self.append(&table, batch).await;
                }
                Item::Reject(reject) => {
                    self.rejects.push((input.map_or(0, modified), reject));
                    if self.rejects.len() >= REJECTS {
                        self.write_rejects().await?;
                    }
                }
                // A data file of a lake given as input brings its bookkeeping along, which the lake leaves out.
                Item::Notice(Notice::UnknownColumn { column, .. })
                    if ROW_ID.contains(&column.as_str()) || column == INGESTION_TIME => {}
                Item::Notice(notice) => self.notices.push(notice),
            }
        }
        reader.await.map_err(|error| Failure::internal(format!("reading stopped: {error}")))
    }

    async fn next_source(&mut self) {
        for table in self.tables.values_mut() {
            if let Some(appender) = table
                && let Err(error) = appender.next_source().await
            {
                self.failures.push(error.into());
                *table = None;
            }
        }
    }

    async fn append(&mut self, name: &str, batch: RecordBatch) {
        if let Err(error) = self.try_append(name, batch).await {
            self.failures.push(error.into());
            self.tables.insert(name.to_owned(), None);
        }
    }

    async fn try_append(&mut self, name: &str, batch: RecordBatch) -> Result<(), LakeError> {
        if !self.tables.contains_key(name) {
            let appender = self.lake.appender(&table(name, &batch), self.arrival).await?;
            self.tables.insert(name.to_owned(), Some(appender));
        }
        match self.tables.get_mut(name) {
            Some(Some(appender)) => appender.append(batch).await,
            _ => Ok(()),
        }
    }

    async fn write_rejects(&mut self) -> Result<(), Failure> {
        if !self.rejects.is_empty() {
            let batch = rejects_batch(&std::mem::take(&mut self.rejects), |_| String::new())?;
            self.append(REJECTED, batch).await;
        }
        Ok(())
    }

    /// Commits table by table; one that fails is as it was.
    async fn finish(self, totals: &mut Totals) {
        totals.failures.extend(self.failures);
        for (name, appender) in self.tables {
            let Some(appender) = appender else { continue };
            match appender.finish().await {
                Ok(appended) => {
                    let sum = totals.tables.entry(name).or_default();
                    sum.added += appended.added;
                    sum.already += appended.already;
                }
                Err(error) => totals.failures.push(error.into()),
            }
        }
    }
}

/// The documentation of a table, or what its first rows tell of one that has none.
pub(crate) fn table(name: &str, rows: &RecordBatch) -> Cow<'static, Table> {
    if let Some(table) = Registry::builtin().table(name) {
        return Cow::Borrowed(table);
    }
    let schema = rows.schema_ref();
    let time = schema.fields().iter().find(|field| matches!(field.data_type(), DataType::Timestamp(..)));
    Cow::Owned(Table::undocumented(name, time.map_or("TimeGenerated", |field| field.name())))
}

/// When the input was last changed, in microseconds since 1970: the same each time a file is read, so that its rejects
/// are known again. Standard input has no such time.
fn modified(input: &Input) -> i64 {
    let changed = match &input.place {
        Place::File(path) => std::fs::metadata(path).and_then(|file| file.modified()).ok(),
        Place::Stdin | Place::Memory(_) => None,
    };
    let since = changed.and_then(|time| time.duration_since(std::time::SystemTime::UNIX_EPOCH).ok());
    since.and_then(|since| i64::try_from(since.as_micros()).ok()).unwrap_or_else(|| clock::micros(clock::now()))
}

/// What could not be read, each with the moment it was met and the id it is known by, as rows of their table. Without an id a reject is who
/// it says it is.
pub(crate) fn rejects_batch(rejects: &[(i64, Reject)], id: fn(&Reject) -> String) -> Result<RecordBatch, Failure> {
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
        ("RejectId", Arc::new(rejects.iter().map(|(_, reject)| Some(id(reject))).collect::<StringArray>())),
    ];
    let fields: Vec<Field> = columns.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), true)).collect();
    Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), columns.into_iter().map(|(_, array)| array).collect())?)
}

/// Tells what was added, and what went wrong.
pub(crate) fn report(totals: Totals) -> Result<(), Failure> {
    let mut text = String::new();
    for (table, appended) in totals.tables.iter().filter(|(table, _)| *table != REJECTED) {
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
    Failure::all(totals.failures)
}
