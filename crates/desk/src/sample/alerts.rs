//! Alerts of every severity and status.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use serde_json::json;
use state::{Alert, Entity, STATUSES, VERDICTS};

use super::{
    NOW, filter, look,
    store::{DAY, Inner, MINUTE, Store},
};
use crate::*;

/// Notification targets there are; the second one never answers.
const TARGETS: [&str; 2] = ["soc-webhook", "pager"];

/// Alerts of every severity and status.
#[derive(Debug, Default)]
pub(super) struct Sample {
    pub(super) store: Arc<Store>,
}

#[async_trait]
impl Alerts for Sample {
    async fn queue(&self, query: &QueueQuery) -> Result<Queue, Fault> {
        let filter = filter::read(&query.q)?;
        let inner = self.store.lock();
        let mut found: Vec<&Alert> = inner.alerts.iter().filter(|alert| filter.holds(alert)).collect();
        sort(&mut found, &query.sort)?;
        let size = if query.size == 0 { 50 } else { query.size.min(500) };
        let page = query.page.max(1);
        let skipped = (page as usize - 1).saturating_mul(size as usize);
        Ok(Queue {
            alerts: found.iter().skip(skipped).take(size as usize).map(|alert| brief(alert)).collect(),
            total: found.len() as u64,
            page,
            size,
            counts: ["severity", "status", "rule", "entity", "assignee"].map(|field| facet(field, &found)).into(),
        })
    }

    async fn alert(&self, id: &str) -> Result<AlertView, Fault> {
        let inner = self.store.lock();
        let alert = find(&inner, id)?.clone();
        let rule = inner.rule(&alert);
        let mut timeline = timeline(&alert);
        timeline.extend(inner.record.get(&alert.id).into_iter().flatten().cloned());
        timeline.sort_by_key(|entry| entry.at);
        let shares = |other: &&Alert| {
            other.id != alert.id
                && (other.incident_id.is_some() && other.incident_id == alert.incident_id
                    || other.detail.entities.iter().any(|entity| alert.detail.entities.contains(entity)))
        };
        let audit = alert.detail.language == "kuery";
        let closed = alert.status == "closed";
        let line = FixLine {
            id: "fix-dkim-enable-contoso".to_owned(),
            kind: "dkim-enable".to_owned(),
            subject: "contoso.com".to_owned(),
            title: "Switch DKIM signing of contoso.com on".to_owned(),
            status: "verified".to_owned(),
            alert: alert.id.clone(),
            proposed_by: "ben".to_owned(),
            approved_by: "cora".to_owned(),
            updated_at: alert.updated_at,
            ..FixLine::default()
        };
        Ok(AlertView {
            deciding: rule.map(|rule| rule.deciding.clone()).unwrap_or_default(),
            entities: alert.detail.entities.iter().map(|entity| past(&inner, entity)).collect(),
            timeline,
            guide: guide(&alert),
            false_positives: rule.map_or_else(Vec::new, |rule| {
                let note = |(note, fit, because): &(String, String, String)| FalsePositive {
                    note: note.clone(),
                    fit: fit.clone(),
                    because: because.clone(),
                };
                rule.false_positives.iter().map(note).collect()
            }),
            related: inner.alerts.iter().filter(shares).take(8).map(brief).collect(),
            incident: inner.incidents.iter().find(|one| Some(&one.id) == alert.incident_id.as_ref()).cloned(),
            hunt: alert.detail.query.clone(),
            hunt_language: alert.detail.language.clone(),
            fixes: if audit && closed { vec![line] } else { Vec::new() },
            can_fix: audit && !closed,
            targets: TARGETS.map(str::to_owned).into(),
            alert,
        })
    }

    async fn change(&self, ids: &[String], edit: &AlertEdit, who: &str) -> Result<Vec<(String, Option<Fault>)>, Fault> {
        checked(edit)?;
        let mut inner = self.store.lock();
        Ok(ids.iter().map(|id| (id.clone(), change(&mut inner, id, edit, who).err())).collect())
    }

    async fn notify(&self, id: &str, target: &str, who: &str) -> Result<(), Fault> {
        let mut inner = self.store.lock();
        let id = find(&inner, id)?.id.clone();
        match target {
            "soc-webhook" => inner.note(&id, who, format!("told {target}")),
            "pager" => return Err(Fault::Unavailable { reason: "pager does not answer: no connection within 10 s".to_owned() }),
            other => return Err(Fault::Unknown { what: "notification target", id: other.to_owned() }),
        }
        Ok(())
    }

    async fn export(&self, ids: &[String], query: &QueueQuery, form: &str) -> Result<Download, Fault> {
        let inner = self.store.lock();
        let filter = filter::read(&query.q)?;
        let wanted = |alert: &&Alert| if ids.is_empty() { filter.holds(alert) } else { ids.contains(&alert.id) };
        let of = inner.alerts.iter().filter(wanted);
        let (media_type, ending, lines): (_, _, Vec<String>) = match form {
            "csv" => {
                let lines = of.map(|alert| format!("{},{},{}\r\n", alert.id, alert.severity, alert.status));
                ("text/csv; charset=utf-8", "csv", std::iter::once("id,severity,status\r\n".to_owned()).chain(lines).collect())
            }
            "json" | "ecs" | "ocsf" | "sentinel" => {
                ("application/x-ndjson", "ndjson", of.map(|alert| format!("{}\n", json!(alert))).collect())
            }
            other => return Err(Fault::input(format!("there is no form `{other}`: there are json, ecs, ocsf, sentinel, csv"))),
        };
        Ok(Download { name: format!("alerts-{form}.{ending}"), media_type, bytes: lines.concat().into_bytes() })
    }
}

/// An alert of that id, or the only one whose id begins so.
pub(super) fn find<'a>(inner: &'a Inner, id: &str) -> Result<&'a Alert, Fault> {
    let unknown = || Fault::Unknown { what: "alert", id: id.to_owned() };
    if id.is_empty() {
        return Err(unknown());
    }
    let mut found = inner.alerts.iter().filter(|alert| alert.id.starts_with(id));
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        (Some(_), Some(_)) => Err(Fault::input(format!("several alerts begin with `{id}`"))),
        (None, _) => Err(unknown()),
    }
}

/// Whether an edit can be made at all.
pub(super) fn checked(edit: &AlertEdit) -> Result<(), Fault> {
    let known = |value: &Option<String>, list: &[&str], what: &str| match value {
        Some(value) if !list.contains(&value.as_str()) => {
            Err(Fault::input(format!("`{value}` is no {what}: there are {}", list.join(", "))))
        }
        _ => Ok(()),
    };
    known(&edit.status, &STATUSES, "status")?;
    known(&edit.verdict, &VERDICTS, "verdict")
}

/// Makes an edit of one alert.
pub(super) fn change(inner: &mut Inner, id: &str, edit: &AlertEdit, who: &str) -> Result<(), Fault> {
    let id = find(inner, id)?.id.clone();
    let Some(alert) = inner.alerts.iter_mut().find(|alert| alert.id == id) else {
        return Err(Fault::Unknown { what: "alert", id });
    };
    if let Some(status) = &edit.status {
        alert.status.clone_from(status);
    }
    if let Some(name) = &edit.assignee {
        alert.assignee = (!name.is_empty()).then(|| name.clone());
    }
    if edit.verdict.is_some() {
        alert.verdict.clone_from(&edit.verdict);
    }
    if edit.comment.is_some() {
        alert.comment.clone_from(&edit.comment);
    }
    alert.updated_at = NOW;
    let parts = [("status", &edit.status), ("verdict", &edit.verdict), ("assignee", &edit.assignee), ("comment", &edit.comment)];
    let told: Vec<String> =
        parts.iter().filter_map(|(name, value)| value.as_ref().map(|value| format!("{name}: {value}"))).collect();
    inner.note(&id, who, told.join("; "));
    Ok(())
}

/// An alert without its evidence.
pub(super) fn brief(alert: &Alert) -> Alert {
    let mut brief = alert.clone();
    brief.detail.evidence.clear();
    brief
}

fn sort(found: &mut [&Alert], sort: &str) -> Result<(), Fault> {
    let (field, descending) = sort.strip_prefix('-').map_or((sort, false), |field| (field, true));
    let rank = |alert: &Alert| state::SEVERITIES.iter().position(|known| *known == alert.severity);
    match field {
        "" => found.sort_by_key(|alert| std::cmp::Reverse(alert.created_at)),
        "created" => found.sort_by_key(|alert| alert.created_at),
        "event" => found.sort_by_key(|alert| alert.last_event),
        "risk" => found.sort_by_key(|alert| alert.risk_score),
        "severity" => found.sort_by_key(|alert| rank(alert)),
        other if QUEUE_FIELDS.iter().any(|(name, _)| *name == other) => {
            found.sort_by_key(|alert| filter::values(alert, other));
        }
        other => return Err(Fault::input(format!("there is no field `{other}` to sort by"))),
    }
    if descending {
        found.reverse();
    }
    Ok(())
}

fn facet(field: &str, found: &[&Alert]) -> Facet {
    let mut counts: BTreeMap<String, (String, u64)> = BTreeMap::new();
    for alert in found {
        let values = match field {
            "rule" => vec![alert.rule_key.clone()],
            other => filter::values(alert, other),
        };
        for value in values {
            let label = if field == "rule" { alert.rule_name.clone() } else { value.clone() };
            counts.entry(value).or_insert((label, 0)).1 += 1;
        }
    }
    let mut values: Vec<FacetValue> =
        counts.into_iter().map(|(value, (label, count))| FacetValue { value, label, count }).collect();
    values.sort_by_key(|value| std::cmp::Reverse(value.count));
    values.truncate(10);
    Facet { field: field.to_owned(), values }
}

fn timeline(alert: &Alert) -> Vec<TimelineEntry> {
    let entry = |at, kind: &str, who: &str, what: String| TimelineEntry {
        at,
        kind: kind.to_owned(),
        who: who.to_owned(),
        what,
        alert: String::new(),
    };
    let mut found = vec![
        entry(alert.first_event.unwrap_or(alert.created_at), "event", "", format!("The first event: {}", subject(alert))),
        entry(alert.last_event.unwrap_or(alert.created_at), "event", "", "The last event".to_owned()),
        entry(alert.created_at, "alert", "", format!("Raised by run {}", alert.run_id)),
        entry(alert.created_at + MINUTE / 6, "notification", "", "soc-webhook was told".to_owned()),
    ];
    if let Some(name) = &alert.assignee {
        found.push(entry(alert.created_at + 20 * MINUTE, "change", name, format!("assignee: {name}; status: in_progress")));
    }
    if let Some(verdict) = &alert.verdict {
        let who = alert.assignee.as_deref().unwrap_or("ann");
        let comment = alert.comment.as_ref().map_or_else(String::new, |comment| format!("; comment: {comment}"));
        found.push(entry(alert.updated_at, "change", who, format!("status: closed; verdict: {verdict}{comment}")));
    }
    found
}

fn subject(alert: &Alert) -> String {
    let row = alert.detail.evidence.first();
    let cell = |name: &str| row.and_then(|row| row.get(name)).and_then(|value| value.as_str());
    cell("Subject").or_else(|| cell("event.action")).unwrap_or_default().to_owned()
}

/// How often an entity was seen.
fn past(inner: &Inner, entity: &Entity) -> EntityHistory {
    let of: Vec<&Alert> = inner.alerts.iter().filter(|alert| alert.detail.entities.contains(entity)).collect();
    let closed = |verdicts: &[&str]| {
        of.iter().filter(|alert| alert.verdict.as_deref().is_some_and(|verdict| verdicts.contains(&verdict))).count() as u64
    };
    let column = match entity.kind.as_str() {
        "Mailbox" => "SenderFromAddress",
        "DNS" => "SenderFromDomain",
        "IP" => "SenderIPv4",
        _ => "",
    };
    let value = json!(entity.value);
    EntityHistory {
        entity: Some(entity.clone()),
        alerts: of.len() as u64,
        true_positives: closed(&["true_positive"]),
        harmless: closed(&["benign_positive", "false_positive"]),
        first: of.iter().map(|alert| alert.created_at).min(),
        days: days(of.iter().map(|alert| alert.created_at)),
        hunt: if column.is_empty() { String::new() } else { format!("EmailEvents\n| where {column} =~ {value}\n| take 100") },
    }
}

/// How many moments are in each of the last 30 days, the oldest first.
pub(super) fn days(moments: impl Iterator<Item = state::Moment>) -> Vec<u64> {
    let mut counts = vec![0; 30];
    for at in moments {
        let ago = usize::try_from((NOW - at) / DAY).unwrap_or(usize::MAX);
        if let Some(count) = 29_usize.checked_sub(ago).and_then(|place| counts.get_mut(place)) {
            *count += 1;
        }
    }
    counts
}

/// The guide, and the queries of its fenced blocks.
fn guide(alert: &Alert) -> Guide {
    let mut queries = Vec::new();
    let mut parts = alert.detail.guide.split("```");
    parts.next();
    while let (Some(block), after) = (parts.next(), parts.next()) {
        if let Some((language, query)) = block.split_once('\n') {
            queries.push(GuideQuery {
                label: format!("Query {}", queries.len() + 1),
                query: query.trim_end().to_owned(),
                colours: look::colours(query.trim_end()),
                runs: matches!(language, "kusto" | "kuery" | "lucene"),
                language: language.to_owned(),
            });
        }
        if after.is_none() {
            break;
        }
    }
    Guide { markdown: alert.detail.guide.clone(), queries }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_queue_is_filtered_sorted_and_paged() {
        let sample = Sample::default();
        let open = sample.queue(&QueueQuery::default()).await.unwrap();
        assert!(open.alerts.iter().all(|alert| alert.status != "closed" && alert.detail.evidence.is_empty()));
        let ask = QueueQuery { q: "severity:critical and not assignee:*".to_owned(), size: 2, ..QueueQuery::default() };
        let page = sample.queue(&ask).await.unwrap();
        assert_eq!(page.alerts.len(), 2);
        assert!(page.total > 2);
        let ask = QueueQuery { q: "risk>=0".to_owned(), sort: "-severity".to_owned(), ..QueueQuery::default() };
        assert_eq!(sample.queue(&ask).await.unwrap().alerts.first().unwrap().severity, "critical");
    }

    #[tokio::test]
    async fn a_change_is_kept_and_stands_in_the_timeline() {
        let sample = Sample::default();
        let edit =
            AlertEdit { status: Some("closed".to_owned()), verdict: Some("true_positive".to_owned()), ..AlertEdit::default() };
        let done = sample.change(&["0001".to_owned(), "zzzz".to_owned()], &edit, "ann").await.unwrap();
        assert!(done[0].1.is_none() && done[1].1.is_some());
        let view = sample.alert("0001").await.unwrap();
        assert_eq!(view.alert.status, "closed");
        assert!(view.timeline.iter().any(|entry| entry.who == "ann" && entry.what.contains("true_positive")));
        assert_eq!(view.guide.queries.len(), 3);
    }
}
