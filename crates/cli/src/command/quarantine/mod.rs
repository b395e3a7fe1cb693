//! `spoofwatch quarantine`: messages that were set apart.

mod report;
mod show;

pub(crate) use report::{Told, reported, submitted};

use std::path::Path;

use clap::{Args, Subcommand};
use mailflow::quarantine::{Id, Item, Store, StoreError, release, release::ReleaseError};
use serde_json::json;

use super::alerts::{cut, moment};
use crate::{
    clock,
    config::{ConfigFile, MailFlow},
    failure::Failure,
    milter::Smtp,
    output,
    term::{self, Column},
};

/// Arguments of `quarantine`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    config: ConfigFile,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show the messages, the latest first.
    List {
        /// At most so many.
        #[arg(long, value_name = "COUNT", default_value_t = 50)]
        limit: usize,
        /// All that is known, a JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Show one message safely: nothing of it is run, fetched or can be clicked.
    Show(show::Options),
    /// Hand messages to the mail server again, for those they were for.
    Release {
        /// Ids of messages, or their beginnings.
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
        /// Also those that have been released before.
        #[arg(long)]
        again: bool,
        /// The mail server. Without: what the configuration says (mailflow.smtp), else 127.0.0.1:25.
        #[arg(long, value_name = "HOST:PORT")]
        smtp: Option<String>,
    },
    /// Delete messages.
    Delete {
        /// Ids of messages, or their beginnings.
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
    /// Delete messages that are older than so many days; a running milter does it by itself.
    Expire {
        /// Without: what the configuration says (mailflow.keep-days), else 30.
        #[arg(long, value_name = "DAYS")]
        days: Option<u32>,
    },
    /// Report a message as wrongly kept, or as wrongly let through.
    Report(report::Options),
}

/// Microseconds of a day.
const DAY: i64 = 24 * 3_600_000_000;

pub(crate) async fn run(data: &Path, options: Options) -> Result<(), Failure> {
    let store = Store::of(data);
    let config = options.config.load(data)?;
    if let Action::Report(options) = &options.action
        && options.goes_to_microsoft()
    {
        return report::send(&store, &config.tenant, options).await;
    }
    let config = config.mailflow;
    let now = clock::micros(clock::now());
    let work = move || match options.action {
        Action::List { limit, json } => list(&store, limit, json),
        Action::Show(options) => show::run(&store, &options),
        Action::Release { ids, again, smtp } => each(&ids, |text| {
            let (id, answer) = released(&store, &config, smtp.as_deref(), text, (now, again))?;
            output::print(&format!("{id} released: {answer}\n"))
        }),
        Action::Delete { ids } => each(&ids, |text| output::print(&format!("{} deleted\n", deleted(&store, text)?))),
        Action::Expire { days } => {
            let keep = days.map_or_else(|| config.keep(), |days| i64::from(days) * DAY);
            let removed = store.expire(now.saturating_sub(keep), now).map_err(failed)?;
            output::print(&format!("{} deleted\n", term::count(removed.messages as u64, "message")))
        }
        Action::Report(options) => report::run(&store, &config, &options, now),
    };
    tokio::task::spawn_blocking(work).await.map_err(Failure::internal)?
}

/// Hands a message to the mail server again: the one named, or that of the configuration. What the server answered.
pub(crate) fn released(
    store: &Store,
    config: &MailFlow,
    smtp: Option<&str>,
    text: &str,
    (now, again): (i64, bool),
) -> Result<(Id, String), Failure> {
    let smtp = Smtp::new(smtp.unwrap_or_else(|| config.smtp()))?;
    let id = store.find(text).map_err(failed)?;
    let answer = release(store, &id, &smtp, now, again).map_err(refused)?;
    Ok((id, answer))
}

/// Deletes a message.
pub(crate) fn deleted(store: &Store, text: &str) -> Result<Id, Failure> {
    let id = store.find(text).map_err(failed)?;
    store.delete(&id).map_err(failed)?;
    Ok(id)
}

/// Does the same for each; one that fails stops none.
fn each(texts: &[String], work: impl Fn(&str) -> Result<(), Failure>) -> Result<(), Failure> {
    Failure::all(texts.iter().filter_map(|text| work(text).err()).collect())
}

fn list(store: &Store, limit: usize, as_json: bool) -> Result<(), Failure> {
    let listing = store.list(limit).map_err(failed)?;
    for broken in &listing.broken {
        term::warn(&broken.to_string());
    }
    if as_json {
        return listing.items.iter().try_for_each(|item| output::print(&format!("{}\n", json!(item))));
    }
    if listing.items.is_empty() {
        return output::print("no messages\n");
    }
    let columns = ["Id", "Came", "State", "From", "For", "Subject", "Rule"].map(Column::text);
    let rows = listing.items.iter().map(|item| {
        vec![
            item.id.to_string(),
            moment(item.received),
            item.state.as_str().to_owned(),
            cut(sender(item), 32),
            cut(&item.about.recipients.join(", "), 32),
            cut(item.about.subject.as_deref().unwrap_or_default(), 40),
            cut(&item.about.rule, 32),
        ]
    });
    output::print(&term::grid(&columns, rows))?;
    if listing.more {
        term::say(&format!("more than {limit} messages: --limit shows more"));
    }
    Ok(())
}

/// Who a message says that it is from.
fn sender(item: &Item) -> &str {
    item.about.from.as_deref().unwrap_or(&item.about.mail_from)
}

/// What is wrong with an id is the input's fault.
fn failed(error: StoreError) -> Failure {
    match error {
        StoreError::Unknown(_) | StoreError::Ambiguous { .. } => Failure::input(format!("error: {error}")),
        other => Failure::internal(other),
    }
}

fn refused(error: ReleaseError) -> Failure {
    match error {
        ReleaseError::Store(error) => failed(error),
        ReleaseError::Already(_) => Failure::input(format!("error: {error}; --again releases it once more")),
        other => Failure::internal(other),
    }
}
