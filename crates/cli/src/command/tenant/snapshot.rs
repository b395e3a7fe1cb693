//! `spoofwatch tenant snapshot`: what the tenant is configured with, as JSON.

use std::path::PathBuf;

use clap::Args;
use serde_json::Value;
use tenant::Snapshot;

use super::{failed, reached};
use crate::{config::Config, failure::Failure, output, term};

/// Arguments of `tenant snapshot`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Write it to a file.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// The parts: the name that a snapshot has for each, what it is, what it is read with.
const PARTS: &str = include_str!("parts.tsv");

/// A part of a tenant's configuration.
pub(super) struct Part {
    /// What it is, for people.
    pub(super) about: &'static str,
    /// The cmdlet, or the path of Graph.
    pub(super) by: &'static str,
    /// How many objects were read, or why none were.
    pub(super) read: Result<usize, String>,
}

/// What became of each part.
pub(super) fn parts(snapshot: &Snapshot) -> Result<Vec<Part>, Failure> {
    let value = serde_json::to_value(snapshot).map_err(Failure::internal)?;
    let lines = PARTS.lines().filter(|line| !line.starts_with('#'));
    let rows = lines.filter_map(|line| {
        let (name, rest) = line.split_once('\t')?;
        let (about, by) = rest.split_once('\t')?;
        Some((name, about, by))
    });
    Ok(rows.map(|(name, about, by)| Part { about, by, read: outcome(value.get(name)) }).collect())
}

fn outcome(part: Option<&Value>) -> Result<usize, String> {
    let part = part.and_then(Value::as_object);
    match part.and_then(|part| part.get("read")) {
        Some(Value::Array(objects)) => Ok(objects.len()),
        Some(_) => Ok(1),
        None => {
            let why = part.and_then(|part| part.get("failed")).and_then(Value::as_str);
            Err(why.unwrap_or("it was not asked for").to_owned())
        }
    }
}

pub(super) async fn run(config: &Config, options: &Options) -> Result<(), Failure> {
    let reached = reached(config)?;
    // A wrong secret is told once, and not for each part.
    reached.client.sign_in(tenant::Scope::Exchange).await.map_err(|error| failed(&error))?;
    let progress = term::Progress::start("reading the tenant");
    let snapshot = reached.snapshot().await;
    progress.finish();
    let parts = parts(&snapshot)?;
    let unread: Vec<&Part> = parts.iter().filter(|part| part.read.is_err()).collect();
    for part in &unread {
        let why = part.read.as_ref().err().map(String::as_str).unwrap_or_default();
        term::warn(&format!("{} ({}) could not be read: {why}", part.about, part.by));
    }
    if unread.len() == parts.len() {
        return Err(Failure::input("error: no part of the tenant's configuration could be read"));
    }
    let text = serde_json::to_string_pretty(&snapshot).map_err(Failure::internal)? + "\n";
    match &options.output {
        Some(path) => output::to_file(path, |out| Ok(out.write_all(text.as_bytes())?)),
        None => output::print(&text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_a_snapshot_is_listed() -> Result<(), String> {
        let value = serde_json::to_value(Snapshot::default()).map_err(|error| error.to_string())?;
        let names: Vec<&str> =
            PARTS.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split('\t').next()).collect();
        let mut known: Vec<&str> = value.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
        known.retain(|name| *name != "tenant");
        known.sort_unstable();
        let mut listed = names.clone();
        listed.sort_unstable();
        assert_eq!(listed, known);
        assert_eq!(parts(&Snapshot::default()).map_err(|failure| failure.words())?.len(), names.len());
        Ok(())
    }
}
