//! `spoofwatch tenant`: whether the Microsoft 365 tenant can be reached, what it is configured with, and its telemetry taken by hand.

mod pull;
mod snapshot;
mod status;

use std::{path::Path, sync::Arc};

use clap::{Args, Subcommand};

use crate::{
    config::{Config, ConfigFile},
    failure::Failure,
    harden::Reached,
};

/// Arguments of `tenant`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    config: ConfigFile,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Sign in, and say what the application may do, what can be read, and how the feeds are.
    Status(status::Options),
    /// Print what the tenant is configured with, as JSON.
    Snapshot(snapshot::Options),
    /// Take what is new of the feeds, once; `serve` does it by itself.
    Pull(pull::Options),
}

pub(crate) async fn run(data: &Path, options: Options) -> Result<(), Failure> {
    let config = options.config.load(data)?;
    match options.action {
        Action::Status(options) => status::run(data, &config, &options).await,
        Action::Snapshot(options) => snapshot::run(&config, &options).await,
        Action::Pull(options) => pull::run(data, &config, &options).await,
    }
}

/// The tenant of the configuration.
fn reached(config: &Config) -> Result<Arc<Reached>, Failure> {
    Reached::open(&config.tenant)?.ok_or_else(no_tenant)
}

fn no_tenant() -> Failure {
    Failure::input(
        "error: no tenant is configured: spoofwatch.toml needs a table [tenant] with id, client-id and secret-file (see docs/guide/microsoft-365.md)",
    )
}

/// What an error of the tenant is to whoever runs a command: what passes is nobody's input.
pub(super) fn failed(error: &tenant::Error) -> Failure {
    if error.is_passing() { Failure::internal(error) } else { Failure::input(format!("error: {error}")) }
}
