//! `spoofwatch config`: what the configuration file says, and whether what it names can be used.

use std::path::Path;

use clap::{Args, Subcommand};

use crate::{
    config::{Config, ConfigFile, KEYS},
    failure::Failure,
    functions, geoip, output,
    term::{Column, grid},
    watchlists,
};

/// Arguments of `config`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show what holds, and where it comes from.
    Show(ConfigFile),
    /// Read the file and what it names: saved functions, watchlists, the file of IP addresses.
    Check(ConfigFile),
}

pub(crate) fn run(data: &Path, options: &Options) -> Result<(), Failure> {
    match &options.command {
        Command::Show(file) => show(data, file),
        Command::Check(file) => check(data, file),
    }
}

/// A key of the configuration, with what holds.
#[derive(Debug)]
pub(crate) struct InEffect {
    /// The key.
    pub(crate) key: &'static str,
    /// What holds, without secrets: those stand in files of their own.
    pub(crate) value: String,
    /// Where it is from: the file and its line, or `default`.
    pub(crate) from: String,
    /// What it says.
    pub(crate) about: &'static str,
}

/// What holds, key by key.
pub(crate) fn in_effect(config: &Config) -> Vec<InEffect> {
    let origin = config.path.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
    let mut rows = Vec::new();
    for key in KEYS {
        let values = (key.shown)(config);
        let row = |value: String, from: String| InEffect { key: key.name, value, from, about: key.about };
        if values.is_empty() {
            rows.push(row(key.default.to_owned(), "default".to_owned()));
        }
        rows.extend(values.into_iter().map(|(value, line)| row(value, format!("{origin}:{line}"))));
    }
    rows
}

fn show(data: &Path, file: &ConfigFile) -> Result<(), Failure> {
    let config = file.load(data)?;
    let rows = in_effect(&config).into_iter().map(|row| vec![row.key.to_owned(), row.value, row.from, row.about.to_owned()]);
    let columns = [Column::text("Key"), Column::text("Value"), Column::text("From"), Column::text("Meaning")];
    output::print(&grid(&columns, rows))
}

fn check(data: &Path, file: &ConfigFile) -> Result<(), Failure> {
    let config = file.load(data)?;
    let folders = config.functions.as_ref().map(|set| set.value.as_slice()).unwrap_or_default();
    let saved = functions::open(data, folders)?.iter().filter(|function| !function.shipped).count();
    let lists = watchlists::open(data, &config, &[])?.len();
    if let Some(set) = &config.geoip {
        geoip::check(&set.value)?;
    }
    let origin = config.path.as_ref().map_or_else(|| "no configuration file".to_owned(), |path| path.display().to_string());
    output::print(&format!("{origin}: in order; saved functions: {saved}, watchlists: {lists}\n"))
}
