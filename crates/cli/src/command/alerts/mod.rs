//! `spoofwatch alerts`: the queue on the command line.

mod export;
mod hits;

use std::path::Path;

use clap::{Args, Subcommand, ValueEnum};
use schema::text::datetime;
use serde_json::{Map, Value, json};
use state::{Alert, AlertChange, AlertFilter, SEVERITIES, STATUSES, State, VERDICTS};

use crate::{
    clock,
    failure::Failure,
    output,
    term::{self, Column},
    watch::StateUrl,
};

/// Arguments of `alerts`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    state: StateUrl,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show the queue, the youngest first: open alerts, or those that the options name.
    List(List),
    /// Show one alert: why it was raised, what is known, what to do next.
    Show(Show),
    /// Close alerts with a verdict.
    Close(Close),
    /// Give alerts to somebody, and mark them as in progress.
    Assign(Assign),
    /// Print alerts in a form that other programs read, an object a line, the first raised first.
    Export(export::Options),
}

#[derive(Debug, Args)]
struct List {
    /// Only these: new, in_progress, closed. Open ones without.
    #[arg(long, value_name = "STATUS", value_parser = STATUSES)]
    status: Vec<String>,
    /// Every alert, closed ones too.
    #[arg(long, conflicts_with = "status")]
    all: bool,
    /// Only of these severities.
    #[arg(long, value_name = "SEVERITY", value_parser = SEVERITIES)]
    severity: Vec<String>,
    /// Only of the rule with this key.
    #[arg(long, value_name = "KEY")]
    rule: Option<String>,
    /// Only about this: an address, a domain, a name.
    #[arg(long, value_name = "VALUE")]
    entity: Option<String>,
    /// Only of this person.
    #[arg(long, value_name = "NAME")]
    assignee: Option<String>,
    /// Hits that exclusions took, in place of alerts.
    #[arg(long, conflicts_with_all = ["held", "status", "all", "severity", "entity", "assignee"])]
    excluded: bool,
    /// Hits beyond a rule's limit of alerts in a run, in place of alerts.
    #[arg(long, conflicts_with_all = ["status", "all", "severity", "entity", "assignee"])]
    held: bool,
    /// At most so many.
    #[arg(long, value_name = "COUNT", default_value_t = 50)]
    limit: u32,
    /// How they are shown.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Debug, Args)]
struct Show {
    /// The alert's id, or its beginning.
    id: String,
    /// How it is shown.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Debug, Args)]
struct Close {
    /// Ids of alerts, or their beginnings.
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,
    /// What they turned out to be.
    #[arg(long, value_parser = VERDICTS)]
    verdict: String,
    /// Words for the record.
    #[arg(long)]
    comment: Option<String>,
    /// Who closes them.
    #[arg(long, env = "USER", default_value = "unknown")]
    actor: String,
}

#[derive(Debug, Args)]
struct Assign {
    /// Ids of alerts, or their beginnings.
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,
    /// Who works on them; an empty name takes them from everybody.
    #[arg(long, value_name = "NAME")]
    to: String,
    /// Who assigns them.
    #[arg(long, env = "USER", default_value = "unknown")]
    actor: String,
}

/// How alerts are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For reading.
    Table,
    /// All that is kept, a JSON object a line.
    Json,
    /// Elastic's alert documents, one a line.
    Ecs,
    /// OCSF Detection Findings, one a line.
    Ocsf,
    /// Rows of Sentinel's SecurityAlert, one a line.
    Sentinel,
}

pub(crate) async fn run(data: &Path, options: Options) -> Result<(), Failure> {
    let state = options.state.open(data).await?;
    let done = match options.action {
        Action::List(list) => self::list(&state, list).await,
        Action::Show(show) => self::show(&state, &show).await,
        Action::Close(close) => {
            let change = AlertChange {
                status: Some("closed".to_owned()),
                verdict: Some(close.verdict),
                comment: close.comment,
                assignee: None,
            };
            changed(&state, &close.ids, &change, &close.actor).await
        }
        Action::Export(options) => export::run(&state, &options).await,
        Action::Assign(assign) => {
            let status = (!assign.to.is_empty()).then(|| "in_progress".to_owned());
            let change = AlertChange { status, assignee: Some(assign.to), ..AlertChange::default() };
            changed(&state, &assign.ids, &change, &assign.actor).await
        }
    };
    state.close().await;
    done
}

async fn list(state: &State, list: List) -> Result<(), Failure> {
    for (wanted, kind) in [(list.excluded, "excluded"), (list.held, "held")] {
        if wanted {
            return hits::list(state, kind, list.rule, list.limit, list.format != Format::Table).await;
        }
    }
    let open = || STATUSES.iter().filter(|status| **status != "closed").map(|status| (*status).to_owned()).collect();
    let filter = AlertFilter {
        statuses: if list.status.is_empty() && !list.all { open() } else { list.status },
        severities: list.severity,
        rule_key: list.rule,
        entity: list.entity,
        assignee: list.assignee,
        limit: Some(i64::from(list.limit)),
        ..AlertFilter::default()
    };
    let alerts = state.alerts(&filter).await?;
    if list.format != Format::Table {
        return alerts.iter().try_for_each(|alert| output::print(&line(alert, list.format)));
    }
    if alerts.is_empty() {
        return output::print("no alerts\n");
    }
    let columns = ["Id", "Raised", "Severity", "Status", "Alert", "About", "Incident", "Assignee"].map(Column::text);
    let rows = alerts.iter().map(|alert| {
        vec![
            short(&alert.id).to_owned(),
            moment(alert.created_at),
            alert.severity.clone(),
            alert.status.clone(),
            cut(&alert.title, 48),
            alert
                .detail
                .entities
                .iter()
                .find(|entity| entity.kind != "MailMessage")
                .map_or_else(String::new, |entity| cut(&entity.value, 36)),
            alert.incident_id.clone().unwrap_or_default(),
            alert.assignee.clone().unwrap_or_default(),
        ]
    });
    output::print(&term::grid(&columns, rows))
}

async fn show(state: &State, show: &Show) -> Result<(), Failure> {
    let alert = state.alert(&show.id).await?;
    if show.format != Format::Table {
        return output::print(&line(&alert, show.format));
    }
    let history = state.history(&format!("alert {}", alert.id)).await?;
    let mut text = described(&alert, true);
    if !history.is_empty() {
        text.push_str("\nHistory\n");
        for (at, actor, action, detail) in history {
            text.push_str(&format!("  {} {actor}: {action} ({detail})\n", moment(at)));
        }
    }
    output::print(&text)
}

/// An alert for reading: the sentence first, then what it stands on, then what to do; `with_query`: and the query.
pub(crate) fn described(alert: &Alert, with_query: bool) -> String {
    let detail = &alert.detail;
    let mut text = format!("{}\n{}\n\n", alert.title, alert.reason);
    let mut fact = |name: &str, value: &str| {
        if !value.is_empty() {
            text.push_str(&format!("  {name:<12} {value}\n"));
        }
    };
    fact("Id", &alert.id);
    fact("Severity", &format!("{} (risk {}, confidence {})", alert.severity, alert.risk_score, alert.confidence));
    let verdict = alert.verdict.as_ref().map_or_else(String::new, |verdict| format!(", {verdict}"));
    fact("Status", &format!("{}{verdict}", alert.status));
    fact("Assignee", alert.assignee.as_deref().unwrap_or_default());
    fact("Incident", alert.incident_id.as_deref().unwrap_or_default());
    fact("Rule", &format!("{} ({}, version {})", alert.rule_name, alert.rule_key, alert.rule_version));
    fact("Window", &format!("{} to {}", moment(alert.window_from), moment(alert.window_to)));
    fact("First event", &alert.first_event.map(moment).unwrap_or_default());
    fact("Last event", &alert.last_event.map(moment).unwrap_or_default());
    let attacks = detail.tactics.iter().chain(&detail.techniques).map(|attack| format!("{} {}", attack.id, attack.name));
    fact("ATT&CK", attacks.collect::<Vec<_>>().join(", ").trim());
    if !alert.description.is_empty() {
        text.push_str(&format!("\n{}\n", alert.description));
    }
    section(&mut text, "About", detail.entities.iter().map(|entity| format!("{} {}", entity.kind, entity.value)));
    let rows = detail.evidence.iter().take(3).map(evidence);
    section(&mut text, &format!("Evidence ({})", term::count(detail.evidence_rows, "row")), rows);
    section(&mut text, "Next steps", detail.next_steps.iter().cloned());
    let offers = !fixes::offer::of_alert(&alert.rule_key, &detail.evidence).is_empty();
    let id = alert.id.get(..10).unwrap_or(&alert.id);
    section(
        &mut text,
        "Fix",
        offers
            .then(|| format!("spoofwatch fix {id} offers what closes it; nothing is changed before it is approved."))
            .into_iter(),
    );
    section(&mut text, "Known false positives", detail.false_positives.iter().cloned());
    section(&mut text, "Read", detail.references.iter().cloned());
    if with_query {
        text.push_str(&format!("\nQuery as it was run\n{}\n", indented(&detail.query)));
    }
    text
}

fn section(text: &mut String, title: &str, lines: impl Iterator<Item = String>) {
    for (place, line) in lines.enumerate() {
        if place == 0 {
            text.push_str(&format!("\n{title}\n"));
        }
        text.push_str(&format!("  - {line}\n"));
    }
}

fn indented(text: &str) -> String {
    text.trim_end().lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}

/// Columns of a row that are shown in a line; a document has a hundred.
const SHOWN: usize = 16;

/// A row in one line, without what is empty.
pub(crate) fn evidence(row: &Map<String, Value>) -> String {
    let cells = row.iter().filter_map(|(name, value)| match value {
        Value::Null => None,
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(format!("{name}: {}", cut(text, 80))),
        other => Some(format!("{name}: {}", cut(&other.to_string(), 80))),
    });
    let mut cells: Vec<String> = cells.collect();
    if let Some(more) = cells.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        cells.truncate(SHOWN);
        cells.push(format!("and {more} more (--format json)"));
    }
    cells.join(" · ")
}

fn line(alert: &Alert, format: Format) -> String {
    let value = match format {
        Format::Ecs => Value::Object(detect::shape::ecs(alert)),
        Format::Ocsf => detect::shape::ocsf(alert),
        Format::Sentinel => Value::Object(detect::shape::security_alert(alert)),
        Format::Table | Format::Json => json!(alert),
    };
    format!("{value}\n")
}

async fn changed(state: &State, ids: &[String], change: &AlertChange, actor: &str) -> Result<(), Failure> {
    for id in ids {
        let alert = state.change_alert(id, change, actor, clock::micros(clock::now())).await?;
        let assignee = alert.assignee.as_ref().map_or_else(String::new, |name| format!(", {name}"));
        output::print(&format!("{} {}{assignee}: {}\n", short(&alert.id), alert.status, alert.title))?;
    }
    Ok(())
}

/// The beginning of an id, long enough to tell alerts apart.
fn short(id: &str) -> &str {
    id.get(..10).unwrap_or(id)
}

/// A moment to the second.
pub(crate) fn moment(micros: i64) -> String {
    let mut text = String::new();
    if let Some(ticks) = datetime::from_unix_micros(micros) {
        datetime::write(ticks, &mut text);
    }
    text.get(..19).map_or_else(String::new, |text| format!("{}Z", text.replace('T', " ")))
}

/// At most so many letters; the rest is three dots.
pub(crate) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}
