//! `spoofwatch incidents`: alerts that belong together.

use std::path::Path;

use clap::{Args, Subcommand};
use serde_json::json;
use state::{AlertChange, AlertFilter, State, VERDICTS};

use super::alerts::{cut, moment};
use crate::{
    clock,
    failure::Failure,
    output,
    term::{self, Column},
    watch::StateUrl,
};

/// Arguments of `incidents`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    state: StateUrl,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show open incidents, the last changed first.
    List {
        /// Closed ones too.
        #[arg(long)]
        all: bool,
        /// A JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Show one incident: its alerts in the order of their events.
    Show {
        /// Its number, or INC- and its number.
        id: String,
    },
    /// Close an incident and its open alerts with a verdict.
    Close {
        /// Its number, or INC- and its number.
        id: String,
        /// What it turned out to be.
        #[arg(long, value_parser = VERDICTS)]
        verdict: String,
        /// Words for the record.
        #[arg(long)]
        comment: Option<String>,
        /// Who closes it.
        #[arg(long, env = "USER", default_value = "unknown")]
        actor: String,
    },
}

pub(crate) async fn run(data: &Path, options: Options) -> Result<(), Failure> {
    let state = options.state.open(data).await?;
    let done = match options.action {
        Action::List { all, json } => list(&state, all, json).await,
        Action::Show { id } => show(&state, &id).await,
        Action::Close { id, verdict, comment, actor } => {
            let change = AlertChange { status: Some("closed".to_owned()), verdict: Some(verdict), comment, assignee: None };
            let closed = state.change_incident(&id, &change, &actor, clock::micros(clock::now())).await?;
            output::print(&format!("{} closed with {}\n", closed.id, term::count(closed.alerts.unsigned_abs(), "alert")))
        }
    };
    state.close().await;
    done
}

async fn list(state: &State, all: bool, as_json: bool) -> Result<(), Failure> {
    let open = ["new".to_owned(), "in_progress".to_owned()];
    let incidents = state.incidents(if all { &[] } else { &open }, None).await?;
    if as_json {
        return incidents.iter().try_for_each(|incident| output::print(&format!("{}\n", json!(incident))));
    }
    if incidents.is_empty() {
        return output::print("no incidents\n");
    }
    let columns = ["Id", "Changed", "Severity", "Status", "Incident", "Alerts", "Assignee"].map(Column::text);
    let rows = incidents.into_iter().map(|incident| {
        vec![
            incident.id,
            moment(incident.updated_at),
            incident.severity,
            incident.status,
            cut(&incident.title, 60),
            incident.alerts.to_string(),
            incident.assignee.unwrap_or_default(),
        ]
    });
    output::print(&term::grid(&columns, rows))
}

async fn show(state: &State, id: &str) -> Result<(), Failure> {
    let incident = state.incident(id).await?;
    let filter = AlertFilter { incident_id: Some(incident.id.clone()), ..AlertFilter::default() };
    let mut alerts = state.alerts(&filter).await?;
    alerts.sort_by_key(|alert| alert.first_event.unwrap_or(alert.created_at));
    let verdict = incident.verdict.map_or_else(String::new, |verdict| format!(", {verdict}"));
    let mut text = format!("{} {}\n{} · {}{verdict}\n\n", incident.id, incident.title, incident.severity, incident.status);
    for alert in alerts {
        let at = alert.first_event.unwrap_or(alert.created_at);
        text.push_str(&format!("{}  {:<13} {}\n", moment(at), alert.severity, alert.title));
        text.push_str(&format!("{:22}{}\n{:22}alerts show {}\n", "", alert.reason, "", alert.id.get(..10).unwrap_or(&alert.id)));
    }
    output::print(&text)
}
