//! What the sample holds of alerts, incidents and exclusions, made of `data.json`: the same every time, changed in memory.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde::Deserialize;
use serde_json::{Map, Value, json};
use state::{Alert, Attack, Detail, Entity, Incident, Moment};

use super::{HOSTILE, NOW};
use crate::{ExclusionView, TimelineEntry};

/// A minute, in microseconds.
pub(super) const MINUTE: Moment = 60_000_000;
/// A day, in microseconds.
pub(super) const DAY: Moment = 24 * 60 * MINUTE;
/// How long the long cell is: more than any page shows at once.
const LONG: usize = 60_000;
/// Alerts that are made of the list beside those that are written down.
const MORE: usize = 32;

/// A rule of `data.json`.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Rule {
    pub(super) key: String,
    pub(super) name: String,
    version: String,
    severity: String,
    risk: i64,
    confidence: String,
    pub(super) language: String,
    description: String,
    query: String,
    pub(super) deciding: Vec<String>,
    tactics: Vec<(String, String)>,
    techniques: Vec<(String, String)>,
    tags: Vec<String>,
    guide: String,
    /// What the author says, how it fits, why.
    pub(super) false_positives: Vec<(String, String, String)>,
    references: Vec<String>,
    next_steps: Vec<String>,
}

/// An alert of `data.json`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Seed {
    rule: usize,
    severity: String,
    status: String,
    verdict: String,
    minutes: i64,
    who: String,
    domain: String,
    ip: String,
    subject: String,
    assignee: String,
    comment: String,
    incident: i64,
}

#[derive(Debug, Deserialize)]
struct File {
    rules: Vec<Rule>,
    alerts: Vec<Seed>,
}

/// Everything, as it is now.
#[derive(Debug, Default)]
pub(super) struct Inner {
    pub(super) rules: Vec<Rule>,
    /// The youngest first.
    pub(super) alerts: Vec<Alert>,
    pub(super) incidents: Vec<Incident>,
    pub(super) exclusions: Vec<ExclusionView>,
    /// What was done with each alert, incident and exclusion.
    pub(super) record: BTreeMap<String, Vec<TimelineEntry>>,
}

/// What the samples of several traits share.
#[derive(Debug)]
pub(super) struct Store(Mutex<Inner>);

impl Default for Store {
    fn default() -> Self {
        Self(Mutex::new(Inner::made()))
    }
}

impl Store {
    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn made() -> Self {
        let text = include_str!("data.json").replace("HOSTILE", &escaped(HOSTILE));
        let Ok(File { rules, mut alerts }) = serde_json::from_str::<File>(&text) else { return Self::default() };
        alerts.extend((0..MORE).map(more));
        let mut alerts: Vec<Alert> =
            alerts.iter().enumerate().filter_map(|(place, seed)| Some(alert(place + 1, seed, rules.get(seed.rule)?))).collect();
        alerts.sort_by_key(|alert| std::cmp::Reverse(alert.created_at));
        let incidents = [1, 2, 3].into_iter().filter_map(|number| incident(number, &alerts)).collect();
        let exclusions = super::exclusions::kept();
        Self { rules, alerts, incidents, exclusions, record: BTreeMap::new() }
    }

    /// The rule of an alert.
    pub(super) fn rule(&self, alert: &Alert) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.key == alert.rule_key)
    }

    /// Writes down what was done.
    pub(super) fn note(&mut self, subject: &str, who: &str, what: String) {
        let entry = TimelineEntry { at: NOW, kind: "change".to_owned(), who: who.to_owned(), what, alert: String::new() };
        self.record.entry(subject.to_owned()).or_default().push(entry);
    }
}

/// A text as it stands within a JSON text, without quotes.
fn escaped(text: &str) -> String {
    let quoted = json!(text).to_string();
    quoted.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or_default().to_owned()
}

/// One of the many: closed ones of the past 30 days, and some that are open.
fn more(place: usize) -> Seed {
    const SEVERITIES: [&str; 5] = ["informational", "low", "medium", "high", "critical"];
    const VERDICTS: [&str; 4] = ["false_positive", "benign_positive", "true_positive", "undetermined"];
    const DOMAINS: [&str; 4] = ["contoso.com", "fabrikam.fr", "lists.example.org", "partner.example"];
    const PEOPLE: [&str; 5] = ["news", "billing", "no-reply", "support", "ceo"];
    const SUBJECTS: [&str; 4] = ["Weekly digest", "Delivery note 88-12", "Re: offer", "Action required: verify your mailbox"];
    let pick = |list: &[&str], step: usize| list.get((place * step) % list.len()).copied().unwrap_or_default().to_owned();
    let status = ["closed", "closed", "new", "in_progress"][place % 4];
    let domain = pick(&DOMAINS, 3);
    Seed {
        rule: [4, 2, 1, 2, 4, 3, 0][place % 7],
        severity: pick(&SEVERITIES, 3),
        status: status.to_owned(),
        verdict: if status == "closed" { pick(&VERDICTS[place / 4 % 4..], 1) } else { String::new() },
        minutes: 400 + i64::try_from(place * place * 41).unwrap_or_default(),
        who: format!("{}@{domain}", pick(&PEOPLE, 1)),
        domain,
        ip: format!("198.51.100.{}", place % 9 + 1),
        subject: pick(&SUBJECTS, 1),
        assignee: if status == "new" { String::new() } else { pick(&["ann", "ben"], 1) },
        comment: String::new(),
        incident: 0,
    }
}

fn alert(number: usize, seed: &Seed, rule: &Rule) -> Alert {
    let at = NOW - seed.minutes * MINUTE;
    let attack = |list: &[(String, String)]| {
        let page = |id: &str| format!("https://attack.mitre.org/techniques/{}/", id.replace('.', "/"));
        list.iter().map(|(id, name)| Attack { id: id.clone(), name: name.clone(), url: page(id) }).collect()
    };
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let evidence = if rule.language == "kuery" { vec![audit(seed, at)] } else { mails(number, seed, at) };
    let severity = if seed.severity.is_empty() { rule.severity.clone() } else { seed.severity.clone() };
    let events = if evidence.len() == 1 { "1 event".to_owned() } else { format!("{} events", evidence.len()) };
    let reason = match rule.language.as_str() {
        "kuery" => format!(
            "{events} matched \"{}\" about Account {}, DNS {}: event.action is \"Set-DkimSigningConfig\", o365.audit.Parameters.Enabled is \"False\".",
            rule.name, seed.who, seed.domain
        ),
        _ => format!(
            "{events} matched \"{}\" about Mailbox {}, DNS {}, IP {}: Subject is \"{}\", DMARC is \"fail\".",
            rule.name, seed.who, seed.domain, seed.ip, seed.subject
        ),
    };
    // Of each number its own bits, so that ids do not begin alike: the number first, for those who write tests.
    let id = format!("{number:04x}{:016x}", (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    Alert {
        id,
        rule_key: rule.key.clone(),
        rule_name: rule.name.clone(),
        rule_version: rule.version.clone(),
        run_id: format!("run-{number}"),
        title: rule.name.clone(),
        description: rule.description.clone(),
        reason,
        risk_score: if seed.severity == "critical" { 95 } else { rule.risk },
        severity,
        confidence: rule.confidence.clone(),
        status: seed.status.clone(),
        verdict: some(&seed.verdict),
        assignee: some(&seed.assignee),
        comment: some(&seed.comment),
        created_at: at,
        updated_at: at + if seed.status == "new" { 0 } else { 30 * MINUTE },
        first_event: Some(at - 4 * MINUTE),
        last_event: Some(at - 2 * MINUTE),
        window_from: at - 30 * MINUTE,
        window_to: at,
        suppressed: if number % 6 == 1 { 4 } else { 0 },
        incident_id: (seed.incident > 0).then(|| format!("INC-{}", seed.incident)),
        detail: Detail {
            tactics: attack(&rule.tactics),
            techniques: attack(&rule.techniques),
            entities: entities(seed, rule.language == "kuery"),
            evidence_rows: evidence.len() as u64 + if number == 2 { 138 } else { 0 },
            evidence,
            custom: Map::new(),
            query: rule.query.clone(),
            language: rule.language.clone(),
            guide: rule.guide.replace("{who}", &seed.who).replace("{domain}", &seed.domain),
            false_positives: rule.false_positives.iter().map(|(note, _, _)| note.clone()).collect(),
            references: rule.references.clone(),
            next_steps: rule.next_steps.clone(),
            tags: rule.tags.clone(),
        },
    }
}

fn entities(seed: &Seed, audit: bool) -> Vec<Entity> {
    let entity = |kind: &str, identifier: &str, value: &str| Entity {
        kind: kind.to_owned(),
        value: value.to_owned(),
        identifier: identifier.to_owned(),
    };
    let person =
        if audit { entity("Account", "FullName", &seed.who) } else { entity("Mailbox", "MailboxPrimaryAddress", &seed.who) };
    vec![person, entity("DNS", "DomainName", &seed.domain), entity("IP", "Address", &seed.ip)]
}

/// A record of the audit log, as `o365.audit` holds it.
fn audit(seed: &Seed, at: Moment) -> Map<String, Value> {
    row(json!({
        "@timestamp": moment(at - 3 * MINUTE),
        "event.dataset": "o365.audit",
        "event.provider": "Exchange",
        "event.category": ["web"],
        "event.action": "Set-DkimSigningConfig",
        "event.outcome": "success",
        "user.id": seed.who,
        "source.ip": seed.ip,
        "o365.audit.ObjectId": seed.domain,
        "o365.audit.Parameters.Identity": seed.domain,
        "o365.audit.Parameters.Enabled": "False",
        "o365.audit.UserAgent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64)",
        "o365.audit.ExtendedProperties": { "RequestId": "5b1f6a0c-7d2e-4a55-9a3e-0c9b7c1f2d10", "Note": HOSTILE },
    }))
}

/// Messages, as `EmailEvents` holds them; the second alert has many, and a cell that is long.
fn mails(number: usize, seed: &Seed, at: Moment) -> Vec<Map<String, Value>> {
    let count = if number == 2 { 12 } else { number % 3 + 1 };
    let temporary = seed.rule == 1;
    (0..count)
        .map(|place| {
            let details = json!({
                "SPF": if temporary { "temperror" } else { "fail" },
                "DKIM": "none",
                "DMARC": if temporary { "temperror" } else { "fail" },
                "CompAuth": "fail",
            });
            let long = if number == 2 && place == 0 { "0123456789 abcdef ".repeat(LONG / 18 + 1) } else { String::new() };
            row(json!({
                "Timestamp": moment(at - i64::try_from(place).unwrap_or_default() * MINUTE - 2 * MINUTE),
                "NetworkMessageId": format!("7f0c0000-0000-4000-8000-{:012x}", number * 64 + place),
                "SenderFromAddress": seed.who,
                "SenderFromDomain": seed.domain,
                "SenderMailFromAddress": format!("bounce-{place}@mailer.example"),
                "SenderMailFromDomain": if temporary { seed.domain.as_str() } else { "mailer.example" },
                "SenderDisplayName": if number == 2 { HOSTILE } else { "The Board" },
                "SenderIPv4": seed.ip,
                "RecipientEmailAddress": format!("user{place}@contoso.com"),
                "Subject": seed.subject,
                "SPF": details["SPF"],
                "DKIM": "none",
                "DMARC": details["DMARC"],
                "AuthenticationDetails": details,
                "DeliveryAction": "Delivered",
                "DeliveryLocation": "Inbox/folder",
                "ThreatTypes": if place % 2 == 0 { "Phish" } else { "" },
                "UrlCount": place,
                "Connectors": Value::Null,
                "RawHeader": long,
            }))
        })
        .collect()
}

fn row(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

/// A moment as rows print it. The sample lies in the 31 days before its own moment, in October and November of 2026.
pub(super) fn moment(at: Moment) -> String {
    // The first day of October, and the days of that month.
    const OCTOBER: Moment = NOW - 50 * DAY - DAY / 2;
    let since = (at - OCTOBER).max(0);
    let (day, second) = (since / DAY, since % DAY / 1_000_000);
    let (month, day) = if day < 31 { (10, day + 1) } else { (11, day - 30) };
    format!("2026-{month:02}-{day:02}T{:02}:{:02}:{:02}.0000000Z", second / 3600, second / 60 % 60, second % 60)
}

fn incident(number: i64, alerts: &[Alert]) -> Option<Incident> {
    let id = format!("INC-{number}");
    let of: Vec<&Alert> = alerts.iter().filter(|alert| alert.incident_id.as_deref() == Some(&id)).collect();
    let rank = |alert: &&&Alert| state::SEVERITIES.iter().position(|known| *known == alert.severity);
    let (first, worst) = (of.iter().min_by_key(|alert| alert.created_at)?, of.iter().max_by_key(rank)?);
    let closed = of.iter().all(|alert| alert.status == "closed");
    Some(Incident {
        id,
        number,
        title: first.title.clone(),
        severity: worst.severity.clone(),
        status: if closed {
            "closed"
        } else if number == 2 {
            "in_progress"
        } else {
            "new"
        }
        .to_owned(),
        verdict: closed.then(|| "true_positive".to_owned()),
        assignee: (number == 2).then(|| "ben".to_owned()),
        comment: None,
        created_at: first.created_at,
        updated_at: of.iter().map(|alert| alert.updated_at).max()?,
        first_event: of.iter().filter_map(|alert| alert.first_event).min(),
        last_event: of.iter().filter_map(|alert| alert.last_event).max(),
        alerts: i64::try_from(of.len()).unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_is_read_and_has_some_of_everything() {
        let inner = Inner::made();
        assert_eq!(inner.alerts.len(), 12 + MORE);
        for severity in state::SEVERITIES {
            assert!(inner.alerts.iter().any(|alert| alert.severity == severity), "{severity}");
        }
        for status in state::STATUSES {
            assert!(inner.alerts.iter().any(|alert| alert.status == status), "{status}");
        }
        for verdict in state::VERDICTS {
            assert!(inner.alerts.iter().any(|alert| alert.verdict.as_deref() == Some(verdict)), "{verdict}");
        }
        assert_eq!(inner.incidents.iter().map(|incident| incident.alerts).max(), Some(7));
        assert!(inner.alerts.iter().any(|alert| alert.title == HOSTILE));
    }

    #[test]
    fn moments_are_written_as_rows_have_them() {
        assert_eq!(moment(NOW), "2026-11-20T12:00:00.0000000Z");
        assert_eq!(moment(NOW - 20 * DAY), "2026-10-31T12:00:00.0000000Z");
        assert_eq!(moment(NOW - 19 * DAY - DAY / 2 - MINUTE), "2026-10-31T23:59:00.0000000Z");
    }
}
