//! What the fate of a message means: an attack should have been stopped or raised an alert, honest mail should have reached its reader.

use std::collections::BTreeMap;

use mailauth::dkim::DkimResult;
use serde_json::{Value, json};
use simulate::mail::Scenario;

use super::{
    fate::{self, Raised, Seen},
    play::Answer,
};
use crate::{
    failure::Failure,
    output,
    term::{self, Column},
};

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The server refused it for good.
    Rejected,
    /// The server refused it for now.
    Deferred,
    /// It was set apart.
    Quarantined,
    /// It lies among the junk.
    Junk,
    /// It lies in a mailbox.
    Delivered,
    /// The server took it, and no more is known.
    Accepted,
    /// The conversation ended early.
    Failed,
}

impl Outcome {
    fn of(seen: &Seen) -> Self {
        let Answer::Decided(transaction) = &seen.sent.answer else { return Self::Failed };
        let reply = &transaction.decided;
        if reply.is_transient() {
            Self::Deferred
        } else if !reply.is_positive() {
            Self::Rejected
        } else if seen.is_quarantined() {
            Self::Quarantined
        } else if seen.delivered.is_empty() {
            Self::Accepted
        } else if seen.delivered.iter().all(|path| fate::is_junk(path)) {
            Self::Junk
        } else {
            Self::Delivered
        }
    }

    /// As it is shown and written.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::Deferred => "deferred",
            Self::Quarantined => "quarantined",
            Self::Junk => "junk",
            Self::Delivered => "delivered",
            Self::Accepted => "accepted",
            Self::Failed => "failed",
        }
    }

    /// Whether its reader never sees it, or only where they look for spam.
    const fn is_stopped(self) -> bool {
        matches!(self, Self::Rejected | Self::Quarantined | Self::Junk)
    }
}

/// A message, and whether all went well with it.
#[derive(Debug)]
pub(super) struct Judged {
    seen: Seen,
    outcome: Outcome,
    /// What is wrong, if anything is.
    fault: Option<&'static str>,
    /// What authentication came to and should not have; empty if all is as expected, `None` if that cannot be said.
    differs: Option<String>,
}

/// How much can be said.
#[derive(Debug, Clone, Copy)]
pub(super) struct Knowing {
    /// Messages came from the addresses they claim, so that SPF means something.
    pub(super) played: bool,
    /// Somebody looked whether messages were delivered.
    pub(super) looked: bool,
}

/// Holds what was seen against what should be.
pub(super) fn judged(seen: Vec<Seen>, knowing: Knowing) -> Vec<Judged> {
    let judge = |seen: Seen| {
        let outcome = Outcome::of(&seen);
        let fault = fault(seen.sent.message.scenario, outcome, &seen.alerts, knowing);
        let row = seen.row.as_ref().filter(|row| knowing.played && !row.authentication.is_empty());
        let differs = row.map(|row| differs(seen.sent.message.scenario, &row.authentication));
        Judged { seen, outcome, fault, differs }
    };
    seen.into_iter().map(judge).collect()
}

/// The results of AuthenticationDetails that are not what the scenario wants of its receiver. Of several signatures the column holds the best.
fn differs(scenario: &Scenario, authentication: &str) -> String {
    let found: Value = serde_json::from_str(authentication).unwrap_or_default();
    let wanted = scenario.expected;
    let best = wanted.dkim.iter().find(|result| **result == DkimResult::Pass).or(wanted.dkim.first());
    let dkim = best.map_or("none", |result| result.as_str());
    let mut parts = Vec::new();
    for (key, wanted) in [("SPF", wanted.spf.as_str()), ("DKIM", dkim), ("DMARC", wanted.dmarc.as_str())] {
        let found = found.get(key).and_then(Value::as_str).unwrap_or("none");
        if !found.eq_ignore_ascii_case(wanted) {
            parts.push(format!("{key} is {found} and not {wanted}"));
        }
    }
    parts.join(", ")
}

fn fault(scenario: &Scenario, outcome: Outcome, alerts: &[Raised], knowing: Knowing) -> Option<&'static str> {
    if outcome == Outcome::Failed {
        return Some("could not be sent");
    }
    if scenario.kind.is_attack() {
        let noticed = outcome.is_stopped() || !alerts.is_empty();
        return (!noticed).then_some("attack neither stopped nor alerted");
    }
    match outcome {
        Outcome::Accepted if knowing.looked => Some("honest mail not delivered in time"),
        Outcome::Delivered | Outcome::Accepted => None,
        Outcome::Rejected => Some("honest mail rejected"),
        Outcome::Deferred => Some("honest mail deferred"),
        Outcome::Quarantined => Some("honest mail quarantined"),
        Outcome::Junk => Some("honest mail put into junk"),
        Outcome::Failed => Some("could not be sent"),
    }
}

/// What a scenario should come to, for programs.
pub(super) fn expected(scenario: &Scenario) -> Value {
    let expected = scenario.expected;
    let dkim: Vec<&str> = expected.dkim.iter().map(|result| result.as_str()).collect();
    json!({
        "spf": expected.spf.as_str(),
        "dkim": dkim,
        "arc": expected.arc.as_str(),
        "dmarc": expected.dmarc.as_str(),
        "outcome": if scenario.kind.is_attack() { "stopped or alerted" } else { "delivered" },
    })
}

/// A message as an object.
pub(super) fn json(result: &Judged) -> Value {
    let Seen { sent, delivered, quarantined, row, alerts } = &result.seen;
    let message = &sent.message;
    let (reply, refused) = match &sent.answer {
        Answer::Decided(transaction) => (Some(&transaction.decided), transaction.refused.as_slice()),
        Answer::Failed(_) => (None, [].as_slice()),
    };
    let refused: Vec<Value> =
        refused.iter().map(|(address, reply)| json!({ "recipient": address, "reply": reply.to_string() })).collect();
    let alerts: Vec<Value> = alerts
        .iter()
        .map(|alert| {
            json!({
                "id": alert.id, "rule": alert.rule_name, "rule_key": alert.rule_key, "severity": alert.severity,
                "after_ms": alert.after / 1000,
            })
        })
        .collect();
    let authentication = row.as_ref().map(|row| {
        serde_json::from_str::<Value>(&row.authentication).unwrap_or_else(|_| Value::from(row.authentication.as_str()))
    });
    json!({
        "scenario": message.scenario.name,
        "attack": message.scenario.kind.is_attack(),
        "technique": message.scenario.kind.technique(),
        "id": message.id,
        "message_id": message.message_id,
        "subject": message.subject,
        "client": message.client,
        "mail_from": message.mail_from,
        "recipients": message.recipients,
        "outcome": result.outcome.as_str(),
        "reply": reply.map(ToString::to_string),
        "error": fate::failure(&sent.answer),
        "refused": refused,
        "delivered": delivered,
        "quarantine_id": quarantined,
        "network_message_id": row.as_ref().map(|row| row.network_message_id.as_str()),
        "authentication": authentication,
        "authentication_differs": result.differs.as_ref().filter(|differs| !differs.is_empty()),
        "alerts": alerts,
        "expected": expected(message.scenario),
        "ok": result.fault.is_none(),
        "fault": result.fault,
    })
}

/// All messages, for reading.
pub(super) fn table(results: &[Judged]) -> String {
    let columns =
        ["", "Scenario", "Kind", "Outcome", "Server's answer", "Authentication", "Alerts", "First after"].map(Column::text);
    let rows = results.iter().map(|result| {
        let seen = &result.seen;
        let scenario = seen.sent.message.scenario;
        let answer = match &seen.sent.answer {
            Answer::Decided(transaction) => transaction.decided.to_string(),
            Answer::Failed(reason) => reason.clone(),
        };
        let rules: Vec<&str> = seen.alerts.iter().map(|alert| alert.rule_name.as_str()).collect();
        let first = seen.alerts.iter().map(|alert| alert.after).min();
        vec![
            if result.fault.is_none() { "✓".to_owned() } else { "✗".to_owned() },
            scenario.name.to_owned(),
            if scenario.kind.is_attack() { "attack".to_owned() } else { "honest".to_owned() },
            result.outcome.as_str().to_owned(),
            term::harmless(&answer, 60),
            match result.differs.as_deref() {
                None => String::new(),
                Some("") => "as expected".to_owned(),
                Some(differs) => differs.split(", ").map(|part| term::harmless(part, 60)).collect::<Vec<_>>().join("\n"),
            },
            rules.join("\n"),
            first.map_or_else(String::new, |micros| {
                format!("{}.{:02} s", micros / 1_000_000, micros.rem_euclid(1_000_000) / 10_000)
            }),
        ]
    });
    term::grid(&columns, rows)
}

/// The sum, and the exit status: 1 if an attack went unnoticed or honest mail was stopped. With `quiet`, a success says nothing.
pub(super) fn verdict(results: &[Judged], quiet: bool) -> Result<(), Failure> {
    let of = |attack: bool| results.iter().filter(move |result| result.seen.sent.message.scenario.kind.is_attack() == attack);
    let stopped = of(true).filter(|result| result.outcome.is_stopped()).count();
    let alerted = of(true).filter(|result| !result.seen.alerts.is_empty()).count();
    let reached = of(false).filter(|result| result.fault.is_none()).count();
    let count = |attack: bool, thing: &str| term::count(u64::try_from(of(attack).count()).unwrap_or(u64::MAX), thing);
    let sum = format!(
        "{}: {stopped} stopped, {alerted} alerted, {} unnoticed; {}: {reached} let through",
        count(true, "attack"),
        of(true).filter(|result| result.fault.is_some()).count(),
        count(false, "honest message"),
    );
    let mut faults: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for result in results {
        if let Some(fault) = result.fault {
            *faults.entry((result.seen.sent.message.scenario.name, fault)).or_default() += 1;
        }
    }
    let line = |((name, fault), count): (&(&str, &str), &usize)| match count {
        1 => format!("  {name}: {fault}"),
        count => format!("  {name}: {fault} ({count} messages)"),
    };
    let faults: Vec<String> = faults.iter().map(line).collect();
    if results.iter().any(|result| result.differs.as_ref().is_some_and(|differs| !differs.is_empty())) {
        term::warn(
            "authentication is not what the records say: does the server ask a DNS that has those of --write-zone, with these --keys?",
        );
    }
    if !faults.is_empty() {
        return Err(Failure::input(format!("{sum}\n{}", faults.join("\n"))));
    }
    if quiet { Ok(()) } else { output::print(&format!("{sum}\n")) }
}

#[cfg(test)]
mod tests {
    use simulate::mail::{MailError, mail_scenario};

    use super::{Knowing, Outcome, Raised, differs, fault};

    const ALL: Knowing = Knowing { played: true, looked: true };

    #[test]
    fn attacks_should_be_stopped_or_alerted() -> Result<(), MailError> {
        let attack = mail_scenario("domain-spoof")?;
        let alert = [Raised {
            id: "1".to_owned(),
            rule_key: "k".to_owned(),
            rule_name: "n".to_owned(),
            severity: "high".to_owned(),
            after: 1,
        }];
        for stopped in [Outcome::Rejected, Outcome::Quarantined, Outcome::Junk] {
            assert_eq!(fault(attack, stopped, &[], ALL), None);
        }
        for passed in [Outcome::Delivered, Outcome::Accepted, Outcome::Deferred] {
            assert_eq!(fault(attack, passed, &[], ALL), Some("attack neither stopped nor alerted"));
            assert_eq!(fault(attack, passed, &alert, ALL), None);
        }
        Ok(())
    }

    #[test]
    fn honest_mail_should_arrive_whatever_rules_say_of_it() -> Result<(), MailError> {
        let honest = mail_scenario("mailing-list")?;
        assert_eq!(fault(honest, Outcome::Delivered, &[], ALL), None);
        assert_eq!(fault(honest, Outcome::Accepted, &[], ALL), Some("honest mail not delivered in time"));
        assert_eq!(fault(honest, Outcome::Accepted, &[], Knowing { looked: false, ..ALL }), None);
        assert_eq!(fault(honest, Outcome::Rejected, &[], ALL), Some("honest mail rejected"));
        assert_eq!(fault(honest, Outcome::Junk, &[], ALL), Some("honest mail put into junk"));
        assert_eq!(fault(honest, Outcome::Failed, &[], ALL), Some("could not be sent"));
        Ok(())
    }

    #[test]
    fn a_receiver_that_finds_something_else_is_told() -> Result<(), MailError> {
        let list = mail_scenario("mailing-list")?;
        assert_eq!(differs(list, r#"{"SPF":"pass","DKIM":"pass","DMARC":"fail"}"#), "");
        assert_eq!(differs(list, r#"{"SPF":"none","DKIM":"pass","DMARC":"fail"}"#), "SPF is none and not pass");
        assert_eq!(differs(mail_scenario("direct-send")?, r#"{"SPF":"fail","DMARC":"fail"}"#), "");
        Ok(())
    }
}
