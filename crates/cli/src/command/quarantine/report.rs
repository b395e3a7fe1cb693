//! `spoofwatch quarantine report`: a message that was wrongly kept, or wrongly let through, is shown to those who decide about filters.

use clap::{Args, ValueEnum};
use mailflow::quarantine::{
    Id, Inject as _, Store,
    report::{Category, Report, submission},
};

use super::failed;
use crate::{clock, config::MailFlow, failure::Failure, harden::Reached, milter::Smtp, output};

/// Arguments of `quarantine report`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The message's id, or its beginning.
    id: String,
    /// What it is.
    #[arg(long = "as", value_enum, value_name = "WHAT")]
    category: Kind,
    /// Who gets the report. Without: what the configuration says (mailflow.report-to).
    #[arg(long, value_name = "ADDRESS")]
    to: Option<String>,
    /// Who sends it. Without: what the configuration says (mailflow.report-from), else the one who gets it.
    #[arg(long, value_name = "ADDRESS")]
    from: Option<String>,
    /// Words for those who read it.
    #[arg(long, default_value = "")]
    comment: String,
    /// Print it as Microsoft Graph takes it at POST /security/threatSubmission/emailThreats, and send nothing without --send.
    #[arg(long, conflicts_with_all = ["to", "from", "comment"])]
    graph: bool,
    /// Show the message to Microsoft through Graph, as the application of the configuration ([tenant]).
    #[arg(long, requires = "graph")]
    send: bool,
}

/// What a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Wanted: it was kept by mistake.
    FalsePositive,
    /// Unwanted advertising.
    Spam,
    /// Somebody who pretends to be another.
    Phishing,
    /// It carries harm.
    Malware,
}

impl Kind {
    const fn category(self) -> Category {
        match self {
            Self::FalsePositive => Category::NotJunk,
            Self::Spam => Category::Spam,
            Self::Phishing => Category::Phishing,
            Self::Malware => Category::Malware,
        }
    }
}

impl Options {
    /// Whether it goes to Microsoft.
    pub(super) const fn goes_to_microsoft(&self) -> bool {
        self.send
    }
}

/// Shows a message to Microsoft, with all that it holds.
pub(super) async fn send(store: &Store, tenant: &crate::config::Tenant, options: &Options) -> Result<(), Failure> {
    let (id, answer) = submitted(store, tenant, &options.id, options.category.category()).await?;
    output::print(&format!("{id} {answer}\n"))
}

/// The same; what became of it.
pub(crate) async fn submitted(
    store: &Store,
    tenant: &crate::config::Tenant,
    text: &str,
    category: Category,
) -> Result<(Id, String), Failure> {
    let reached = Reached::open(tenant)?.ok_or_else(|| {
        Failure::input("error: no tenant is configured to send it through: spoofwatch.toml needs a table [tenant]; without --send it is printed")
    })?;
    let (id, body) = submission_of(store, text, category)?;
    let taken = reached.graph.submit_email(&body).await.map_err(|error| match error.is_passing() {
        true => Failure::internal(error),
        false => Failure::input(format!("error: {error}")),
    })?;
    let status = if taken.status.is_empty() { "taken" } else { taken.status.as_str() };
    Ok((id, format!("shown to Microsoft as {}: submission {}, {status}", taken.category, taken.id)))
}

/// What Graph takes.
fn submission_of(store: &Store, text: &str, category: Category) -> Result<(Id, serde_json::Value), Failure> {
    let id = store.find(text).map_err(failed)?;
    let item = store.item(&id).map_err(failed)?;
    let message = store.message(&id).map_err(failed)?;
    let recipient = item.about.recipients.first().map(String::as_str).unwrap_or_default();
    Ok((id, submission(category, recipient, &message)))
}

/// To whom a report goes, from whom, and with which words.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Told<'a> {
    /// Without: what the configuration says.
    pub(crate) to: Option<&'a str>,
    /// Without: what the configuration says, else the one who gets it.
    pub(crate) from: Option<&'a str>,
    /// Words for those who read it.
    pub(crate) comment: &'a str,
}

/// Sends a message to those who decide about filters: to whom it went, and what the mail server answered.
pub(crate) fn reported(
    store: &Store,
    config: &MailFlow,
    text: &str,
    category: Category,
    told: &Told<'_>,
    now: i64,
) -> Result<(Id, String, String), Failure> {
    let id = store.find(text).map_err(failed)?;
    let message = store.message(&id).map_err(failed)?;
    let configured = |set: &Option<crate::config::Set<String>>| set.as_ref().map(|set| set.value.clone());
    let to = told.to.map(str::to_owned).or_else(|| configured(&config.report_to)).ok_or_else(|| {
        Failure::input(
            "error: nobody is there to report to: name somebody with --to, or in the configuration as mailflow.report-to",
        )
    })?;
    let from = told.from.map(str::to_owned).or_else(|| configured(&config.report_from)).unwrap_or_else(|| to.clone());
    let date = clock::mail_date(now);
    let report = Report { from: &from, to: &to, date: &date, category, comment: told.comment };
    let answer = Smtp::new(config.smtp())?.inject(&from, std::slice::from_ref(&to), &report.message(&message));
    let answer =
        answer.map_err(|refused| Failure::internal(format_args!("the mail server did not take the report: {refused}")))?;
    Ok((id, to, answer))
}

pub(super) fn run(store: &Store, config: &MailFlow, options: &Options, now: i64) -> Result<(), Failure> {
    let category = options.category.category();
    if options.graph {
        return output::print(&format!("{}\n", submission_of(store, &options.id, category)?.1));
    }
    let told = Told { to: options.to.as_deref(), from: options.from.as_deref(), comment: &options.comment };
    let (id, to, answer) = reported(store, config, &options.id, category, &told, now)?;
    output::print(&format!("{id} reported to {to}: {answer}\n"))
}
