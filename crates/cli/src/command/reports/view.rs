//! The views of `spoofwatch reports`: each calls a saved function and shows what it gives.

use std::path::{Path, PathBuf};

use clap::Args;
use schema::text::{datetime, timespan};

use crate::{
    clock,
    command::{Format, hunt::Running},
    failure::Failure,
    query::Query,
    show::{self, Showing},
    term,
};

/// Arguments of every view.
#[derive(Debug, Args)]
pub(super) struct ViewOptions {
    /// The domains; all without.
    #[arg(value_name = "DOMAIN")]
    domains: Vec<String>,
    /// From when on: a time such as 2026-11-01, or how long ago, such as 30d.
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Until when, in the same words.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// How rows are shown.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Write rows to a file.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Rows a table shows at most.
    #[arg(long, value_name = "ROWS", default_value_t = 200)]
    rows: usize,
    /// Print the query, and run nothing.
    #[arg(long)]
    query: bool,
    #[command(flatten)]
    running: Running,
}

/// What is looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) enum View {
    Domains,
    Senders,
    Addresses,
    New { days: u32 },
    Policy,
    Reporters,
    Failures,
    Tls,
}

/// Days that count as new where nobody says how many.
pub(super) const NEW: u32 = 7;

impl View {
    /// Every view.
    pub(crate) const ALL: [Self; 8] = [
        Self::Domains,
        Self::Senders,
        Self::Addresses,
        Self::New { days: NEW },
        Self::Policy,
        Self::Reporters,
        Self::Failures,
        Self::Tls,
    ];

    /// What it is called.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Domains => "domains",
            Self::Senders => "senders",
            Self::Addresses => "addresses",
            Self::New { .. } => "new",
            Self::Policy => "policy",
            Self::Reporters => "reporters",
            Self::Failures => "failures",
            Self::Tls => "tls",
        }
    }

    /// The same for reading.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Domains => "Domains",
            Self::Senders => "Senders",
            Self::Addresses => "Addresses",
            Self::New { .. } => "New senders",
            Self::Policy => "Effect of a policy",
            Self::Reporters => "Reporters",
            Self::Failures => "Failure reports",
            Self::Tls => "TLS",
        }
    }

    /// What it shows.
    pub(crate) const fn about(self) -> &'static str {
        match self {
            Self::Domains => "What receivers saw of each domain: messages, how many were aligned, its policy.",
            Self::Senders => "Who sends for a domain: messages, how many were aligned, what the others look like.",
            Self::Addresses => "The same by address.",
            Self::New { .. } => "Senders that were not there a week ago.",
            Self::Policy => "What p=quarantine and p=reject would have done.",
            Self::Reporters => "Who reports on a domain.",
            Self::Failures => "Single messages that failure reports tell of.",
            Self::Tls => "Sessions with TLS and without, and how they failed.",
        }
    }

    /// The saved function, and the table it is made of.
    const fn function(self) -> (&'static str, &'static str) {
        match self {
            Self::Domains => ("DmarcDomains", "DmarcAggregate"),
            Self::Senders => ("DmarcSources", "DmarcAggregate"),
            Self::Addresses => ("DmarcAddresses", "DmarcAggregate"),
            Self::New { .. } => ("DmarcNewSenders", "DmarcAggregate"),
            Self::Policy => ("DmarcPolicyEffect", "DmarcAggregate"),
            Self::Reporters => ("DmarcReporters", "DmarcAggregate"),
            Self::Failures => ("DmarcFailures", "DmarcForensic"),
            Self::Tls => ("TlsSessions", "TlsReports"),
        }
    }

    /// The query: a call of the function with what was asked for.
    pub(crate) fn query(self, domains: &[String], since: Option<i64>, until: Option<i64>) -> String {
        let mut arguments = Vec::new();
        if !domains.is_empty() {
            let domains: Vec<String> = domains.iter().map(|domain| domain.trim_end_matches('.').to_lowercase()).collect();
            arguments.push(format!("domains=dynamic({})", serde_json::json!(domains)));
        }
        let mut moment = |name: &str, ticks: Option<i64>| {
            if let Some(ticks) = ticks {
                let mut text = String::new();
                datetime::write(ticks, &mut text);
                arguments.push(format!("{name}=datetime({text})"));
            }
        };
        moment("since", since);
        moment("until", until);
        if let Self::New { days } = self {
            arguments.push(format!("days={days}"));
        }
        format!("{}({})", self.function().0, arguments.join(", "))
    }
}

pub(super) async fn run(data: &Path, view: View, options: &ViewOptions) -> Result<(), Failure> {
    let now = clock::as_of(options.running.as_of())?;
    let moment = |name: &str, text: &Option<String>| text.as_deref().map(|text| moment(name, text, now)).transpose();
    let (since, until) = (moment("--since", &options.since)?, moment("--until", &options.until)?);
    if matches!(view, View::New { .. }) && until.is_some() {
        return Err(Failure::input("error: --until: what is new is counted back from now; --as-of says when that is"));
    }
    let query = Query::new(&view.query(&options.domains, since, until), "view");
    if options.query {
        return crate::output::print(&format!("{}\n", query.text));
    }
    let (engine, env) = options.running.start(data).await?;
    let failed = |error: &engine::QueryError| Failure::of_query(error, &query);
    let progress = term::Progress::start("counting");
    let planned = query.prepare(&engine, &env, true).await.map_err(|error| failed(&error))?;
    let results = engine.run(&planned).await.map_err(|error| failed(&error))?;
    progress.finish();
    if options.format == Format::Table && results.batches.iter().all(|batch| batch.num_rows() == 0) {
        let (function, table) = view.function();
        return crate::output::print(&format!(
            "{function} has no rows for this; {table} gets them by `spoofwatch ingest` of reports, or by `spoofwatch reports fetch`\n"
        ));
    }
    let showing = Showing { format: options.format, output: options.output.clone(), chart: None, rows: options.rows };
    show::results(&results, "", &showing)
}

/// A moment in ticks: a time, or how long before now.
fn moment(option: &str, text: &str, now: i64) -> Result<i64, Failure> {
    let ago = || timespan::parse_literal(text).and_then(|span| now.checked_sub(span)).filter(|ticks| datetime::in_range(*ticks));
    datetime::parse(text).or_else(ago).ok_or_else(|| {
        Failure::input(format!("error: {option} {text}: write a time such as 2026-11-01, or how long ago, such as 30d"))
    })
}

#[cfg(test)]
mod tests {
    use super::{View, moment};

    #[test]
    fn a_view_is_a_call_that_can_be_typed() {
        let domains = ["Contoso.com.".to_owned(), "a\"); drop".to_owned()];
        assert_eq!(View::Domains.query(&[], None, None), "DmarcDomains()");
        assert_eq!(
            View::New { days: 3 }.query(&domains, Some(0), None),
            "DmarcNewSenders(domains=dynamic([\"contoso.com\",\"a\\\"); drop\"]), since=datetime(0001-01-01T00:00:00.0000000Z), days=3)"
        );
    }

    #[test]
    fn moments_are_times_or_how_long_ago() -> Result<(), String> {
        let words = |failure: crate::failure::Failure| failure.words();
        let now = moment("--since", "2026-11-21", 0).map_err(words)?;
        assert_eq!(moment("--since", "1d", now).map_err(words)?, moment("--since", "2026-11-20", now).map_err(words)?);
        assert!(moment("--since", "soon", now).is_err());
        Ok(())
    }
}
