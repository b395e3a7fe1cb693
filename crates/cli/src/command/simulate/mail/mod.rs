//! `spoofwatch simulate mail`: attacks and honest mail sent to a mail server that the user names, and a report of what became of each.
//!
//! What is sent is made by `simulate::mail`. Here: whom it may be sent to (`target`), the sending (`play`), what became of it (`fate`), what
//! that means (`report`), and what is written instead of sent (`write`).

mod fate;
mod play;
mod report;
mod target;
mod write;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use ::simulate::mail::{self as letters, Keys, MailOptions, Message, Scenario, mail_scenario, mail_scenarios};
use clap::{ArgGroup, Args, ValueEnum};
use serde_json::json;

use crate::{
    clock,
    config::ConfigFile,
    failure::Failure,
    output,
    term::{self, Column},
    watch::StateUrl,
};

/// The most rounds: with all scenarios about ten thousand messages, which is a test and no load.
const MOST_ROUNDS: u32 = 400;

/// How results are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For reading.
    Table,
    /// An object a message, one a line.
    Json,
}

/// Arguments of `simulate mail`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").required(true).multiple(true).args(["to", "dry_run", "write_zone", "list"]))]
pub(crate) struct Options {
    /// The server to test: on this machine, or listed under test-hosts of the configuration.
    #[arg(long, value_name = "HOST:PORT", conflicts_with_all = ["dry_run", "list"])]
    to: Option<String>,
    /// Who is written to. May be given more than once; made-up people of the own domain without.
    #[arg(long, value_name = "ADDRESS")]
    rcpt: Vec<String>,
    /// Only these scenarios. May be given more than once.
    #[arg(long, value_name = "NAME")]
    scenario: Vec<String>,
    /// List the scenarios.
    #[arg(long)]
    list: bool,
    /// The domain that the server receives mail for.
    #[arg(long, value_name = "DOMAIN", default_value = "example.test")]
    own: String,
    /// What the domains of everybody else end in.
    #[arg(long, value_name = "SUFFIX", default_value = "example")]
    outside: String,
    /// Messages a second, or a minute, such as 30/m.
    #[arg(long, value_name = "N/s", default_value = "5/s", value_parser = play::pause)]
    rate: Duration,
    /// How often each scenario is played.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_ROUNDS)))]
    count: u32,
    /// Play the senders' addresses, where the server allows it to us (XCLIENT, an extension of Postfix).
    #[arg(long)]
    xclient: bool,
    /// Write the DNS records that the messages want: a file, or files for BIND 9 where this is a folder.
    #[arg(long, value_name = "FILE")]
    write_zone: Option<PathBuf>,
    /// The keys that sign, made where the file is missing. Without it, keys are made for this run alone.
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
    /// Write the messages into a folder, with their envelopes, and send nothing.
    #[arg(long, value_name = "DIR")]
    dry_run: Option<PathBuf>,
    /// Look in this Maildir, or in all below this folder, whether messages were delivered.
    #[arg(long, value_name = "DIR", requires = "to")]
    maildir: Option<PathBuf>,
    /// Seconds to wait for deliveries and alerts.
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    wait: u64,
    /// The same seed and moment give the same messages.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The date of the messages, such as 2026-11-20T00:00:00Z; now without.
    #[arg(long, value_name = "TIME")]
    as_of: Option<String>,
    /// How results are shown.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    #[command(flatten)]
    config: ConfigFile,
    #[command(flatten)]
    state: StateUrl,
}

impl From<letters::MailError> for Failure {
    fn from(error: letters::MailError) -> Self {
        let more = match &error {
            letters::MailError::Scenario(_) => "; `spoofwatch simulate mail --list` shows those there are",
            _ => "",
        };
        Self::input(format!("error: {error}{more}"))
    }
}

pub(crate) async fn run(data: &Path, options: Options) -> Result<(), Failure> {
    if options.list {
        return list(options.format);
    }
    let target = match &options.to {
        Some(to) => Some(target::resolve(to, &options.config.load(data)?).await?),
        None => None,
    };
    if target.is_none() && options.dry_run.is_none() && options.keys.is_none() {
        return Err(Failure::input(
            "error: --write-zone alone would publish keys that no later run has: add --keys FILE, which keeps them",
        ));
    }
    let scenarios = chosen(&options.scenario)?;
    let keys = match &options.keys {
        Some(path) => write::keys(path)?,
        None => Keys::generate()?,
    };
    if let Some(path) = &options.write_zone {
        write::zones(path, &letters::zones(&options.own, &options.outside, &keys)?)?;
    }
    let wanted = MailOptions {
        seed: options.seed,
        moment: clock::micros(clock::as_of(options.as_of.as_deref())?) / 1_000_000,
        own: options.own.clone(),
        outside: options.outside.clone(),
        recipients: options.rcpt.clone(),
        rounds: options.count,
    };
    let messages = letters::messages(&wanted, &scenarios, &keys)?;
    if let Some(folder) = &options.dry_run {
        return write::messages(folder, &messages);
    }
    match target {
        Some(target) => test(data, &options, target, messages).await,
        None => Ok(()),
    }
}

/// Sends, waits and reports.
async fn test(data: &Path, options: &Options, target: std::net::SocketAddr, messages: Vec<Message>) -> Result<(), Failure> {
    let began = clock::micros(clock::now());
    let sent = play::send(target, messages, options.xclient, options.rate).await?;
    let watch = fate::Watch { data, state: &options.state, maildir: options.maildir.as_deref(), began };
    let knowing = report::Knowing { played: options.xclient, looked: options.maildir.is_some() };
    let results = report::judged(watch.wait(sent, Duration::from_secs(options.wait)).await?, knowing);
    match options.format {
        Format::Json => results.iter().try_for_each(|result| output::print(&format!("{}\n", report::json(result))))?,
        Format::Table => output::print(&report::table(&results))?,
    }
    report::verdict(&results, options.format == Format::Json)
}

/// The scenarios that were named, or all of them.
fn chosen(names: &[String]) -> Result<Vec<&'static Scenario>, Failure> {
    if names.is_empty() {
        return Ok(mail_scenarios().to_vec());
    }
    Ok(names.iter().map(|name| mail_scenario(name)).collect::<Result<_, _>>()?)
}

fn list(format: Format) -> Result<(), Failure> {
    let scenarios = mail_scenarios();
    if format == Format::Json {
        return scenarios.iter().try_for_each(|scenario| {
            let line = json!({
                "scenario": scenario.name,
                "attack": scenario.kind.is_attack(),
                "technique": scenario.kind.technique(),
                "imitates": scenario.imitates,
                "expected": report::expected(scenario),
            });
            output::print(&format!("{line}\n"))
        });
    }
    let columns = ["Scenario", "Kind", "SPF", "DKIM", "ARC", "DMARC", "What it imitates"].map(Column::text);
    let rows = scenarios.iter().map(|scenario| {
        let expected = scenario.expected;
        let dkim: Vec<&str> = expected.dkim.iter().map(|result| result.as_str()).collect();
        vec![
            scenario.name.to_owned(),
            if scenario.kind.is_attack() { format!("attack {}", scenario.kind.technique()) } else { "honest".to_owned() },
            expected.spf.as_str().to_owned(),
            if dkim.is_empty() { "none".to_owned() } else { dkim.join(", ") },
            expected.arc.as_str().to_owned(),
            expected.dmarc.as_str().to_owned(),
            scenario.imitates.to_owned(),
        ]
    });
    output::print(&term::grid(&columns, rows))
}
