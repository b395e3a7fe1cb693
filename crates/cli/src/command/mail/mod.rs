//! `spoofwatch mail`: one message, or many, and what can be proved of who sent them.

mod explain;
mod verify;

use std::path::Path;

use clap::{Args, Subcommand};

use crate::failure::Failure;

/// Arguments of `mail`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Tell one message's way and every verdict on it, and which rules fire.
    Explain(Box<explain::Options>),
    /// Verify SPF, DKIM, DMARC and ARC of a message, with the reason of each verdict.
    Verify(Box<verify::Options>),
}

pub(crate) async fn run(data: &Path, options: Options) -> Result<(), Failure> {
    match options.command {
        Command::Explain(options) => explain::run(data, *options).await,
        Command::Verify(options) => verify::run(data, *options).await,
    }
}
