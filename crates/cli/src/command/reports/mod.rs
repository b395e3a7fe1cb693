//! `spoofwatch reports`: what receivers of mail report of the user's domains, and how reports come in.
//!
//! Each view is a saved function of `content/functions/`, so that it is a query the user can run, change and build on.

mod fetch;
mod view;

use std::path::Path;

use clap::{Args, Subcommand};

use crate::failure::Failure;
pub(crate) use view::View;

/// Arguments of `reports`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Options {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    view: view::ViewOptions,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Who sends for a domain: messages, how many were aligned, what the others look like.
    Senders(Box<view::ViewOptions>),
    /// The same by address.
    Addresses(Box<view::ViewOptions>),
    /// Senders that were not there before.
    New(Box<NewOptions>),
    /// What p=quarantine and p=reject would have done.
    Policy(Box<view::ViewOptions>),
    /// Who reports on a domain.
    Reporters(Box<view::ViewOptions>),
    /// Single messages that failure reports tell of.
    Failures(Box<view::ViewOptions>),
    /// Sessions with TLS and without, and how they failed.
    Tls(Box<view::ViewOptions>),
    /// Read the reports in a mailbox that came since the last time.
    Fetch(Box<fetch::Options>),
}

/// Arguments of `reports new`.
#[derive(Debug, Args)]
struct NewOptions {
    /// Days that count as new.
    #[arg(long, value_name = "DAYS", default_value_t = view::NEW)]
    days: u32,
    #[command(flatten)]
    view: view::ViewOptions,
}

pub(crate) async fn run(data: &Path, options: Options) -> Result<(), Failure> {
    match options.command {
        None => view::run(data, View::Domains, &options.view).await,
        Some(Command::Senders(options)) => view::run(data, View::Senders, &options).await,
        Some(Command::Addresses(options)) => view::run(data, View::Addresses, &options).await,
        Some(Command::New(options)) => view::run(data, View::New { days: options.days }, &options.view).await,
        Some(Command::Policy(options)) => view::run(data, View::Policy, &options).await,
        Some(Command::Reporters(options)) => view::run(data, View::Reporters, &options).await,
        Some(Command::Failures(options)) => view::run(data, View::Failures, &options).await,
        Some(Command::Tls(options)) => view::run(data, View::Tls, &options).await,
        Some(Command::Fetch(options)) => fetch::run(data, *options).await,
    }
}
