//! The commands: one file each.

pub(crate) mod alerts;
mod batch;
mod check;
mod config;
mod demo;
mod dkim;
pub(crate) mod exclusions;
mod explain;
mod fix;
mod fmt;
mod functions;
pub(crate) mod hunt;
mod incidents;
pub(crate) mod ingest;
mod lake;
mod mail;
mod milter;
pub(crate) mod quarantine;
#[cfg(test)]
mod reference;
mod reports;
pub(crate) mod rules;
mod serve;
mod simulate;
mod tenant;
mod test;
mod users;

use std::{io::IsTerminal as _, path::PathBuf};

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

pub(crate) use config::in_effect;
pub(crate) use dkim::Keys as DkimKeys;
pub(crate) use explain::{Form, explained, explained_text};
pub(crate) use functions::{fenced, markdown as functions_markdown, page as functions_page};
pub(crate) use hunt::{Format, Hunting, Running};
pub(crate) use reports::View as ReportView;
#[cfg(test)]
pub(crate) use serve::for_test as desk_for_test;

use crate::failure::Failure;

/// Find, prove and stop e-mail spoofing: run published detection queries over your own mail telemetry.
#[derive(Debug, Parser)]
#[command(name = "spoofwatch", version, max_term_width = 100, arg_required_else_help = true)]
pub(crate) struct Arguments {
    /// The data directory.
    #[arg(long, global = true, value_name = "DIR", env = "SPOOFWATCH_DATA", default_value = "spoofwatch-data")]
    data: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a query (Kusto Query Language) and show its rows, its chart, or both.
    Hunt(Box<hunt::Options>),
    /// Explain a query step by step (columns, types, order, plan), or a lint or an error by its name.
    Explain(Box<explain::Options>),
    /// Add telemetry from files: exports, streaming blobs, NDJSON, CSV, Parquet, compressed or not.
    Ingest(ingest::Options),
    /// Look at the stored tables, and keep them in order.
    Lake(lake::Options),
    /// Look at domains and the tenant: who can send in their name, what is wrong, what to publish.
    Check(Box<check::Options>),
    /// Close a hole: what answers an alert or a finding, shown exactly, approved, made once, seen from outside, taken back.
    Fix(Box<fix::Options>),
    /// Keys that sign mail: how they are, when they are replaced, and their rotations.
    Dkim(Box<dkim::Options>),
    /// Verify who sent a message, or tell everything about it.
    Mail(mail::Options),
    /// What receivers report of your domains: who sends, what passes, what a policy would do. Fetch reports from a mailbox.
    Reports(Box<reports::Options>),
    /// List published rules, show one, check that their queries can be run.
    Rules(rules::Options),
    /// Make believable, labelled mail telemetry, the same for the same seed.
    Simulate(simulate::Options),
    /// See it work: simulated mail of a month, the hunts that come with the program, the DKIM trend drawn.
    Demo(demo::Options),
    /// Print queries in the standard layout.
    Fmt(fmt::Options),
    /// Show what the configuration file says, or check it.
    Config(config::Options),
    /// List the functions of the query language that are known, or explain one.
    Functions(functions::Options),
    /// Watch: take telemetry in, run rules on their schedules, keep alerts and tell of them.
    Serve(Box<serve::Options>),
    /// Answer a mail server about live mail: verify it, mark it, hold mail-flow rules against it.
    Milter(Box<milter::Options>),
    /// Look through messages that were set apart, release them, delete them, report them.
    Quarantine(quarantine::Options),
    /// Look through alerts, close them, give them to somebody.
    Alerts(alerts::Options),
    /// Look through incidents: alerts that belong together.
    Incidents(incidents::Options),
    /// Say what is known to be benign, who says so and until when, and see what that took.
    Exclusions(exclusions::Options),
    /// Who may sign in to the pages: invite somebody, reset a password, give a role, keep somebody out.
    Users(users::Options),
    /// Look whether the Microsoft 365 tenant can be reached, print its configuration, take its telemetry.
    Tenant(tenant::Options),
    /// Run case files: queries in Markdown with the rows they must give.
    Test(test::Options),
}

impl Arguments {
    /// The arguments of this run; what is wrong with them is told, and ends it.
    pub(crate) fn read() -> Self {
        let mut command = Self::command();
        // A prompt wants someone to talk to.
        if !(std::io::stdin().is_terminal() && std::io::stdout().is_terminal()) {
            command = command.mut_subcommand("hunt", |hunt| {
                hunt.mut_arg("query", |query| query.required_unless_present_any(["file", "batch"]))
            });
        }
        Self::from_arg_matches(&command.get_matches()).unwrap_or_else(|error| error.exit())
    }

    /// True if Ctrl-C does not end the program: the command hears it.
    pub(crate) fn hears_interrupts(&self) -> bool {
        match &self.command {
            Command::Hunt(options) => options.is_prompt(),
            // Messages that are under way come to their end.
            Command::Milter(_) => true,
            _ => false,
        }
    }
}

/// Runs the command that the arguments name.
pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let data = arguments.data;
    match arguments.command {
        Command::Hunt(options) => hunt::run(&data, *options).await,
        Command::Explain(options) => explain::run(&data, *options).await,
        Command::Ingest(options) => ingest::run(&data, options).await,
        Command::Lake(options) => lake::run(&data, options).await,
        Command::Check(options) => check::run(&data, *options).await,
        Command::Fix(options) => fix::run(&data, *options).await,
        Command::Dkim(options) => dkim::run(&data, *options).await,
        Command::Mail(options) => mail::run(&data, options).await,
        Command::Reports(options) => reports::run(&data, *options).await,
        Command::Rules(options) => rules::run(&data, options).await,
        Command::Simulate(options) => simulate::run(&data, options).await,
        Command::Demo(options) => demo::run(options).await,
        Command::Fmt(options) => fmt::run(&options),
        Command::Config(options) => config::run(&data, &options),
        Command::Functions(options) => functions::run(&data, &options),
        Command::Serve(options) => serve::run(&data, *options).await,
        Command::Milter(options) => milter::run(&data, *options).await,
        Command::Quarantine(options) => quarantine::run(&data, options).await,
        Command::Alerts(options) => alerts::run(&data, options).await,
        Command::Incidents(options) => incidents::run(&data, options).await,
        Command::Exclusions(options) => exclusions::run(&data, options).await,
        Command::Users(options) => users::run(&data, options).await,
        Command::Tenant(options) => tenant::run(&data, options).await,
        Command::Test(options) => test::run(options).await,
    }
}
