//! `spoofwatch simulate`: made-up telemetry into the lake, or into files; and real messages to a mail server that is tested.

mod mail;

use std::{
    collections::BTreeMap,
    io::BufWriter,
    path::{Path, PathBuf},
};

use ::lake::{Appender, Arrival, Lake};
use arrow::array::RecordBatch;
use clap::{Args, Subcommand, ValueEnum};
use tokio::sync::mpsc;

use super::ingest;
use crate::{clock, failure::Failure, output, term};

/// Forms of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One JSON object a row.
    Ndjson,
    /// Comma-separated values with a header.
    Csv,
    /// Parquet.
    Parquet,
}

/// Arguments of `simulate`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Options {
    #[command(subcommand)]
    action: Option<Action>,
    /// Days it covers.
    #[arg(long, default_value_t = 30)]
    days: u32,
    /// Messages: the rows of EmailEvents.
    #[arg(long, default_value_t = 100_000)]
    messages: u64,
    /// The same seed gives the same telemetry.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The moment it ends, such as 2026-11-20T00:00:00Z; the last full hour without.
    #[arg(long, value_name = "TIME")]
    as_of: Option<String>,
    /// Write files, one a table, and leave the data directory as it is.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Form of the files.
    #[arg(long, value_enum, default_value_t = Format::Ndjson, requires = "out")]
    format: Format,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Send labelled attacks and honest mail to a mail server of your own, and report what stopped them and what raised an alert.
    Mail(Box<mail::Options>),
}

pub(crate) async fn run(data: &Path, options: Options) -> Result<(), Failure> {
    if let Some(Action::Mail(options)) = options.action {
        return mail::run(data, *options).await;
    }
    let end = match &options.as_of {
        Some(_) => clock::as_of(options.as_of.as_deref())?,
        None => clock::now() / schema::text::timespan::TICKS_PER_HOUR * schema::text::timespan::TICKS_PER_HOUR,
    };
    let made =
        ::simulate::Options { days: options.days, messages: options.messages, seed: options.seed, end, batch_rows: 65_536 };
    let summary = match &options.out {
        Some(directory) => to_files(directory, options.format, made).await?,
        None => to_lake(data, made).await?,
    };
    let mut text = String::new();
    for (table, rows) in &summary.rows {
        text.push_str(&format!("{table}: {}\n", term::count(*rows, "row")));
    }
    for ((label, scenario), messages) in &summary.messages {
        text.push_str(&format!("  {label:?} · {scenario}: {}\n", term::count(*messages, "message")));
    }
    output::print(&text)
}

/// Fills a lake; what is there already is not added again.
pub(super) async fn to_lake(data: &Path, options: ::simulate::Options) -> Result<::simulate::Summary, Failure> {
    let lake = Lake::open(data).await?;
    let _turn = lake.turn().await?;
    let mut appenders: BTreeMap<String, Appender> = BTreeMap::new();
    let (sender, mut batches) = mpsc::channel::<(String, RecordBatch)>(4);
    let maker = tokio::task::spawn_blocking(move || {
        ::simulate::generate::<Stopped>(&options, &mut |table, batch| {
            sender.blocking_send((table.to_owned(), batch)).map_err(|_| Stopped(String::new()))
        })
    });
    let progress = term::Progress::start("simulating");
    let mut rows = 0;
    while let Some((table, batch)) = batches.recv().await {
        rows += batch.num_rows();
        progress.at(format!("simulating: {rows} rows"));
        if !appenders.contains_key(&table) {
            // Made telemetry comes in when it happens: rules that run by arrival find months of it as if they had watched.
            appenders.insert(table.clone(), lake.appender(&ingest::table(&table, &batch), Arrival::Own).await?);
        }
        if let Some(appender) = appenders.get_mut(&table) {
            appender.append(batch).await?;
        }
    }
    let made = maker.await.map_err(Failure::internal)?.map_err(|stopped| Failure::input(format!("error: {}", stopped.0)))?;
    for appender in appenders.into_values() {
        appender.finish().await?;
    }
    Ok(made)
}

/// Why making telemetry stopped early.
struct Stopped(String);

impl From<::simulate::Error> for Stopped {
    fn from(error: ::simulate::Error) -> Self {
        Self(error.to_string())
    }
}

async fn to_files(directory: &Path, format: Format, options: ::simulate::Options) -> Result<::simulate::Summary, Failure> {
    std::fs::create_dir_all(directory).map_err(|error| Failure::input(format!("error: {}: {error}", directory.display())))?;
    let directory = directory.to_owned();
    let made = tokio::task::spawn_blocking(move || {
        let mut files: BTreeMap<String, Sink> = BTreeMap::new();
        let made = ::simulate::generate::<Stopped>(&options, &mut |table, batch| {
            let failed = |problem: String| Stopped(format!("{}: {problem}", directory.display()));
            if !files.contains_key(table) {
                files.insert(table.to_owned(), Sink::create(&directory, table, format, &batch).map_err(failed)?);
            }
            match files.get_mut(table) {
                Some(file) => file.write(&batch).map_err(failed),
                None => Ok(()),
            }
        })?;
        for file in files.into_values() {
            file.finish().map_err(Stopped)?;
        }
        Ok(made)
    });
    made.await.map_err(Failure::internal)?.map_err(|stopped: Stopped| Failure::input(format!("error: {}", stopped.0)))
}

/// A file being written.
enum Sink {
    Ndjson(arrow::json::LineDelimitedWriter<BufWriter<std::fs::File>>),
    Csv(Box<arrow::csv::Writer<BufWriter<std::fs::File>>>),
    Parquet(Box<parquet::arrow::ArrowWriter<BufWriter<std::fs::File>>>),
}

impl Sink {
    fn create(directory: &Path, table: &str, format: Format, first: &RecordBatch) -> Result<Self, String> {
        let ending = match format {
            Format::Ndjson => "ndjson",
            Format::Csv => "csv",
            Format::Parquet => "parquet",
        };
        let file = std::fs::File::create(directory.join(format!("{table}.{ending}"))).map_err(|error| error.to_string())?;
        let file = BufWriter::with_capacity(1 << 20, file);
        Ok(match format {
            Format::Ndjson => Self::Ndjson(arrow::json::LineDelimitedWriter::new(file)),
            Format::Csv => Self::Csv(Box::new(arrow::csv::Writer::new(file))),
            Format::Parquet => {
                let writer =
                    parquet::arrow::ArrowWriter::try_new(file, first.schema(), None).map_err(|error| error.to_string())?;
                Self::Parquet(Box::new(writer))
            }
        })
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<(), String> {
        match self {
            Self::Ndjson(writer) => writer.write(batch).map_err(|error| error.to_string()),
            Self::Csv(writer) => writer.write(batch).map_err(|error| error.to_string()),
            Self::Parquet(writer) => writer.write(batch).map_err(|error| error.to_string()),
        }
    }

    fn finish(self) -> Result<(), String> {
        match self {
            Self::Ndjson(mut writer) => {
                writer.finish().map_err(|error| error.to_string())?;
                std::io::Write::flush(&mut writer.into_inner()).map_err(|error| error.to_string())
            }
            Self::Csv(writer) => std::io::Write::flush(&mut writer.into_inner()).map_err(|error| error.to_string()),
            Self::Parquet(writer) => writer.close().map(drop).map_err(|error| error.to_string()),
        }
    }
}
