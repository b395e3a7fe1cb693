//! `spoofwatch lake`: what is stored, and its upkeep.

use std::path::Path;

use ::lake::{Lake, LakeError, Maintain};
use clap::{Args, Subcommand};
use schema::text::datetime;

use crate::{
    clock,
    failure::Failure,
    output,
    term::{self, Column, grid},
};

/// Arguments of `lake`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Tables with their rows, time span and size.
    Info {
        /// One JSON object a table.
        #[arg(long)]
        json: bool,
    },
    /// Compact small files, delete what is past its time, remove files no one reads.
    Maintain {
        /// Delete rows older than this many days; all are kept without.
        #[arg(long, value_name = "DAYS")]
        keep_days: Option<u32>,
        /// Keep files that were let go of for this many hours, for readers that still use them.
        #[arg(long, value_name = "HOURS", default_value_t = 168)]
        keep_removed_hours: u32,
    },
}

pub(crate) async fn run(data: &Path, options: Options) -> Result<(), Failure> {
    match options.command {
        Command::Info { json } => info(data, json).await,
        Command::Maintain { keep_days, keep_removed_hours } => maintain(data, keep_days, keep_removed_hours).await,
    }
}

async fn info(data: &Path, json: bool) -> Result<(), Failure> {
    let lake = Lake::open_existing(data).await?;
    let mut lines = String::new();
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut failed: Vec<LakeError> = Vec::new();
    for name in lake.table_names().await? {
        let info = match lake.table_info(&name).await {
            Ok(Some(info)) => info,
            Ok(None) => continue,
            Err(error) => {
                failed.push(error);
                continue;
            }
        };
        if json {
            let object = serde_json::json!({
                "table": info.name, "rows": info.rows, "files": info.files, "bytes": info.bytes,
                "first": info.first.map(moment), "last": info.last.map(moment), "extraColumns": info.extra_columns,
            });
            lines.push_str(&format!("{object}\n"));
        }
        rows.push(vec![
            info.name,
            info.rows.to_string(),
            info.first.map(minute).unwrap_or_default(),
            info.last.map(minute).unwrap_or_default(),
            bytes(info.bytes),
            info.files.to_string(),
            info.extra_columns.join(", "),
        ]);
    }
    if json {
        output::print(&lines)?;
    } else if rows.is_empty() {
        output::print(&format!("{} holds no tables yet; add some with: spoofwatch ingest PATH\n", data.display()))?;
    } else {
        let columns = [
            Column::text("Table"),
            Column::number("Rows"),
            Column::text("From"),
            Column::text("To"),
            Column::number("Size"),
            Column::number("Files"),
            Column::text("Columns of your own"),
        ];
        output::print(&grid(&columns, rows))?;
    }
    reported(failed)
}

async fn maintain(data: &Path, keep_days: Option<u32>, keep_removed_hours: u32) -> Result<(), Failure> {
    let lake = Lake::open_existing(data).await?;
    let options = Maintain { now: clock::micros(clock::now()), keep_days, keep_removed_hours };
    let mut failed = Vec::new();
    for name in lake.table_names().await? {
        let progress = term::Progress::start(&format!("maintaining {name}"));
        let done = lake.maintain_table(&name, &options).await;
        progress.finish();
        match done {
            Ok(None) => {}
            Ok(Some(report)) => output::print(&format!(
                "{name}: {} rows past their time, {} files compacted into {}, {} files ({}) removed\n",
                report.expired_rows,
                report.compacted_files,
                report.into_files,
                report.removed_files,
                bytes(report.removed_bytes)
            ))?,
            Err(error) => failed.push(error),
        }
    }
    reported(failed)
}

fn reported(failed: Vec<LakeError>) -> Result<(), Failure> {
    Failure::all(failed.into_iter().map(Failure::from).collect())
}

fn moment(micros: i64) -> String {
    let mut out = String::new();
    datetime::write(datetime::from_unix_micros(micros).unwrap_or_default(), &mut out);
    out
}

/// A moment without its seconds.
fn minute(micros: i64) -> String {
    moment(micros).get(..16).unwrap_or_default().replace('T', " ")
}

fn bytes(count: u64) -> String {
    indicatif::HumanBytes(count).to_string()
}
