//! What happened around an alert, in time order.

use std::collections::BTreeMap;

use desk::{Fault, TimelineEntry};
use detect::hit::Hit;
use state::{Alert, Delivery, Done, Fix, Moment, Run};

use crate::{command::alerts::evidence, desk::Context, term};

/// Rows of the evidence that are told one by one: the first ones.
const ROWS: usize = 50;
/// Characters of a row.
const LONGEST: usize = 400;

/// What happened: its events, the run that raised it, what people did, who was told, what was fixed.
pub(super) async fn of_alert(desk: &Context, alert: &Alert, fixes: &[Fix]) -> Result<Vec<TimelineEntry>, Fault> {
    let state = desk.state();
    let run = state.run(&alert.run_id).await?;
    let mut entries = events(alert);
    entries.push(raised(alert, run.as_ref()));
    entries.extend(changes(state.history(&format!("alert {}", alert.id)).await?, "change"));
    entries.extend(told(&state.deliveries_of(&alert.id).await?));
    for fix in fixes {
        let history = state.history(&format!("fix {}", fix.id)).await?;
        entries.extend(
            changes(history, "fix")
                .into_iter()
                .map(|entry| TimelineEntry { what: format!("{}: {}", fix.title, entry.what), ..entry }),
        );
    }
    Ok(in_order(entries))
}

/// The story of several alerts.
pub(in crate::desk) async fn of_alerts(desk: &Context, alerts: &[Alert]) -> Result<Vec<TimelineEntry>, Fault> {
    let mut entries = Vec::new();
    // Alerts that share an event tell of it once.
    let mut known: BTreeMap<(Moment, String), ()> = BTreeMap::new();
    let subject = |alert: &Alert| format!("alert {}", alert.id);
    let mut histories = desk.state().histories(&alerts.iter().map(subject).collect::<Vec<_>>()).await?;
    for alert in alerts {
        let fresh = events(alert).into_iter().filter(|entry| known.insert((entry.at, entry.what.clone()), ()).is_none());
        let mut own: Vec<TimelineEntry> = fresh.collect();
        own.push(TimelineEntry { what: format!("{}: {}", alert.title, alert.reason), ..raised(alert, None) });
        own.extend(changes(histories.remove(&subject(alert)).unwrap_or_default(), "change"));
        own.iter_mut().for_each(|entry| entry.alert.clone_from(&alert.id));
        entries.append(&mut own);
    }
    Ok(entries)
}

/// The same in time order; what happened at one moment stays in the order it was found in.
pub(in crate::desk) fn in_order(mut entries: Vec<TimelineEntry>) -> Vec<TimelineEntry> {
    entries.sort_by_key(|entry| entry.at);
    entries
}

/// The rows that say when they happened.
fn events(alert: &Alert) -> Vec<TimelineEntry> {
    let rows = alert.detail.evidence.iter().take(ROWS).filter_map(|row| {
        let at = Hit::new(&alert.rule_key, row.clone(), None, alert.window_to).at?;
        Some(TimelineEntry {
            at,
            kind: "event".to_owned(),
            what: term::harmless(&evidence(row), LONGEST),
            ..TimelineEntry::default()
        })
    });
    let mut entries: Vec<TimelineEntry> = rows.collect();
    if let (true, Some(at)) = (entries.is_empty(), alert.first_event) {
        entries.push(TimelineEntry {
            at,
            kind: "event".to_owned(),
            what: "the first event".to_owned(),
            ..TimelineEntry::default()
        });
    }
    entries
}

fn raised(alert: &Alert, run: Option<&Run>) -> TimelineEntry {
    let took = |micros: i64| match micros {
        ..1_000_000 => format!("{} ms", (micros / 1_000).max(1)),
        _ => format!("{:.1} s", micros_in_seconds(micros)),
    };
    let what = match run {
        Some(run) => format!("raised by a {} run of {} that took {}", run.kind, alert.rule_name, took(run.duration_us)),
        None => format!("raised by {}", alert.rule_name),
    };
    TimelineEntry { at: alert.created_at, kind: "alert".to_owned(), what, ..TimelineEntry::default() }
}

#[expect(clippy::cast_precision_loss, reason = "a duration, for people")]
fn micros_in_seconds(micros: i64) -> f64 {
    micros as f64 / 1e6
}

/// Lines of the record.
pub(in crate::desk) fn changes(history: Vec<Done>, kind: &str) -> Vec<TimelineEntry> {
    let entry = |(at, who, action, detail): Done| {
        let what = if detail.is_empty() { action } else { format!("{action} ({detail})") };
        TimelineEntry { at, kind: kind.to_owned(), who, what, alert: String::new() }
    };
    history.into_iter().map(entry).collect()
}

fn told(deliveries: &[Delivery]) -> Vec<TimelineEntry> {
    let entry = |delivery: &Delivery| {
        let (at, what) = match (delivery.status.as_str(), delivery.delivered_at, &delivery.last_error) {
            (_, Some(at), _) => (at, format!("{} was told", delivery.target)),
            ("given_up", None, error) => {
                let why = error.as_deref().unwrap_or_default();
                (delivery.created_at, format!("{} was not told: {why}", delivery.target))
            }
            (_, None, Some(error)) => (delivery.created_at, format!("{} is still to be told: {error}", delivery.target)),
            (_, None, None) => (delivery.created_at, format!("{} is to be told", delivery.target)),
        };
        TimelineEntry { at, kind: "notification".to_owned(), what, ..TimelineEntry::default() }
    };
    deliveries.iter().map(entry).collect()
}
