//! `spoofwatch tenant pull`: what is new of the tenant's feeds, taken once.

use std::{path::Path, sync::Arc};

use clap::Args;
use server::Metrics;
use tokio::sync::Notify;

use super::no_tenant;
use crate::{
    config::Config,
    failure::Failure,
    output,
    term::{self, Column, grid},
    watch::{
        Feeds, StateUrl,
        feeds::{Source, Taken, Trouble},
    },
};

/// Arguments of `tenant pull`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// These of the configured feeds only: a content type such as Audit.Exchange, or a table such as EmailEvents.
    #[arg(value_name = "FEED")]
    feeds: Vec<String>,
    #[command(flatten)]
    state: StateUrl,
}

pub(super) async fn run(data: &Path, config: &Config, options: &Options) -> Result<(), Failure> {
    if !config.tenant.is_set() {
        return Err(no_tenant());
    }
    let state = options.state.open(data).await?;
    let (metrics, arrived) = (Arc::new(Metrics::default()), Arc::new(Notify::new()));
    let feeds = Feeds::open(data, config, &state, &metrics, &arrived, &Arc::default())?.ok_or_else(|| {
        Failure::input(
            "error: no feeds are configured: name some in [tenant], such as feeds = [\"Audit.Exchange\"] or hunting = [\"EmailEvents\"]",
        )
    })?;
    let wanted = wanted(&feeds.sources, &options.feeds)?;
    let progress = term::Progress::start("taking the tenant's feeds");
    let taken = futures::future::join_all(wanted.iter().map(|source| feeds.take(source))).await;
    progress.finish();
    state.close().await;
    let outcomes: Vec<(&Source, Result<Taken, Trouble>)> = wanted.iter().zip(taken).collect();
    let rows = outcomes.iter().flat_map(|(source, taken)| rows(source, taken));
    let columns = [
        Column::text("Feed"),
        Column::text("Table"),
        Column::number("New rows"),
        Column::number("Already there"),
        Column::number("Rejected"),
    ];
    output::print(&grid(&columns, rows))?;
    Failure::all(outcomes.into_iter().filter_map(|(source, taken)| taken.err().map(|trouble| failed(source, &trouble))).collect())
}

/// The feeds that are named; without names all.
fn wanted(sources: &[Source], names: &[String]) -> Result<Vec<Source>, Failure> {
    if names.is_empty() {
        return Ok(sources.to_vec());
    }
    let found = |name: &String| {
        let known = sources.iter().find(|source| source.name().eq_ignore_ascii_case(name)).cloned();
        known.ok_or_else(|| {
            let known: Vec<&str> = sources.iter().map(Source::name).collect();
            Failure::input(format!("error: {name}: no configured feed; there are {}", known.join(", ")))
        })
    };
    names.iter().map(found).collect()
}

/// A line a table; one of a feed that brought nothing.
fn rows(source: &Source, taken: &Result<Taken, Trouble>) -> Vec<Vec<String>> {
    let name = source.name().to_owned();
    let Ok(Taken { receipt, .. }) = taken else {
        return vec![vec![name, "in trouble".to_owned(), String::new(), String::new(), String::new()]];
    };
    if receipt.tables.is_empty() {
        return vec![vec![name, String::new(), "0".to_owned(), "0".to_owned(), receipt.rejected.to_string()]];
    }
    let first = receipt.tables.keys().next().cloned();
    let line = |(table, counts): (&String, &server::intake::Counts)| {
        // What is rejected belongs to no table.
        let rejected = if first.as_ref() == Some(table) { receipt.rejected.to_string() } else { String::new() };
        vec![name.clone(), table.clone(), counts.added.to_string(), counts.duplicates.to_string(), rejected]
    };
    receipt.tables.iter().map(line).collect()
}

fn failed(source: &Source, trouble: &Trouble) -> Failure {
    let words = format!("{}: {trouble}", source.name());
    if trouble.is_passing() { Failure::internal(words) } else { Failure::input(format!("error: {words}")) }
}
