//! `spoofwatch quarantine report`: a message that was wrongly kept, or wrongly let through, is shown to those who decide about filters.

use clap::{Args, ValueEnum};
use mailflow::quarantine::{
    Inject as _, Store,
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
    let reached = Reached::open(tenant)?.ok_or_else(|| {
        Failure::input("error: no tenant is configured to send it through: spoofwatch.toml needs a table [tenant]; without --send it is printed")
    })?;
    let id = store.find(&options.id).map_err(failed)?;
    let item = store.item(&id).map_err(failed)?;
    let message = store.message(&id).map_err(failed)?;
    let category = options.category.category();
    let recipient = item.about.recipients.first().map(String::as_str).unwrap_or_default();
    let body = submission(category, recipient, &message);
    let taken = reached.graph.submit_email(&body).await.map_err(|error| match error.is_passing() {
        true => Failure::internal(error),
        false => Failure::input(format!("error: {error}")),
    })?;
    let status = if taken.status.is_empty() { "taken" } else { taken.status.as_str() };
    output::print(&format!("{id} shown to Microsoft as {}: submission {}, {status}\n", taken.category, taken.id))
}

pub(super) fn run(store: &Store, config: &MailFlow, options: &Options, now: i64) -> Result<(), Failure> {
    let id = store.find(&options.id).map_err(failed)?;
    let item = store.item(&id).map_err(failed)?;
    let message = store.message(&id).map_err(failed)?;
    let category = options.category.category();
    if options.graph {
        let recipient = item.about.recipients.first().map(String::as_str).unwrap_or_default();
        return output::print(&format!("{}\n", submission(category, recipient, &message)));
    }
    let configured = |set: &Option<crate::config::Set<String>>| set.as_ref().map(|set| set.value.clone());
    let to = options.to.clone().or_else(|| configured(&config.report_to)).ok_or_else(|| {
        Failure::input(
            "error: nobody is there to report to: name somebody with --to, or in the configuration as mailflow.report-to",
        )
    })?;
    let from = options.from.clone().or_else(|| configured(&config.report_from)).unwrap_or_else(|| to.clone());
    let date = clock::mail_date(now);
    let report = Report { from: &from, to: &to, date: &date, category, comment: &options.comment };
    let answer = Smtp::new(config.smtp())?.inject(&from, std::slice::from_ref(&to), &report.message(&message));
    let answer =
        answer.map_err(|refused| Failure::internal(format_args!("the mail server did not take the report: {refused}")))?;
    output::print(&format!("{id} reported to {to}: {answer}\n"))
}
