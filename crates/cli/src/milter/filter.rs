//! Decides about a message: who it is from is verified, the mail-flow rules are asked, and what they say is done.
//!
//! Whatever fails, the message is delivered, unless the configuration says otherwise. Nothing of a message goes into a log.

use std::sync::Arc;

use async_trait::async_trait;
use mailauth::{
    Message,
    evidence::{Direction, Evidence, Trust},
    spf::Spf,
    verify::{Arrival, Verdicts, Verifier},
};
use mailflow::{
    Decision, Facts, Fate, Mode, Networks, Quarantine, Rule, decide,
    quarantine::{About, Store, release},
};
use milter::{Answer, Envelope, Event, Handler, Modification, Trouble, Verdict, handler::Refusal};
use server::Metrics;
use sources::message::Delivery;

use super::{
    changes,
    detections::Detections,
    sign::Signing,
    telemetry::{Answered, Telemetry, rows_of},
};
use crate::{
    clock,
    config::{Full, Milter},
    term,
};

/// What decides.
pub(super) struct Filter {
    /// The name under which verdicts are written; without, what the mail server calls itself.
    pub(super) authserv_id: Option<String>,
    pub(super) verifier: Verifier,
    pub(super) rules: Arc<Vec<Rule>>,
    /// Detection rules that the mail-flow rules want to know of.
    pub(super) detections: Option<Detections>,
    pub(super) trusted: Trusted,
    /// Clients whose mail is ours.
    pub(super) own: Networks,
    /// What becomes of a message that cannot be quarantined.
    pub(super) full: Full,
    pub(super) store: Store,
    /// Keys that sign what is ours.
    pub(super) signing: Signing,
    pub(super) telemetry: Telemetry,
    pub(super) metrics: Arc<Metrics>,
}

/// Whose words in a header count, by who hands the message in.
pub(super) struct Trusted {
    clients: Networks,
    /// Of mail from those.
    believed: Arc<Trust>,
    /// Of all other mail: anybody can have written its header.
    nobody: Arc<Trust>,
}

impl Trusted {
    pub(super) fn new(believed: Trust, config: &Milter) -> Self {
        let clients = config.trusted_clients.as_ref().map(|set| set.value.1.clone()).unwrap_or_default();
        let nobody = Trust { own_domains: believed.own_domains.clone(), ..Trust::nobody() };
        Self { clients, believed: Arc::new(believed), nobody: Arc::new(nobody) }
    }

    fn by(&self, envelope: &Envelope) -> &Arc<Trust> {
        if envelope.client.address.is_some_and(|client| self.clients.has(client)) { &self.believed } else { &self.nobody }
    }
}

/// What was found of a message.
#[derive(Clone)]
struct Found {
    evidence: Evidence,
    /// Our verdicts; `None` for mail that is ours, which has not been signed yet.
    verdicts: Option<Verdicts>,
    arrival: Arrival,
    direction: Direction,
    recipients: Vec<String>,
    trust: Arc<Trust>,
}

/// What was done with a message.
struct Done {
    changes: Vec<Modification>,
    verdict: Verdict,
    delivery: Delivery,
}

#[async_trait]
impl Handler for Filter {
    async fn message(&self, envelope: Envelope, bytes: Vec<u8>) -> Answer {
        let now = clock::micros(clock::now());
        let message = Message::new(&bytes);
        let authserv_id = self.authserv_id(&envelope);
        let recipients: Vec<String> = envelope.recipients.iter().map(|path| path.address.clone()).collect();
        let mut changes = changes::forged_results(&message, &authserv_id);
        changes.extend(changes::all_of(&message, release::FIELD));
        if let Some(item) = self.store.is_released(&message, &recipients, now) {
            match item.about.authentication_results.as_deref() {
                Some(results) => changes.push(changes::marked(results)),
                // Mail of ours was not verified when it was set apart, and not signed either.
                None => {
                    let from = Evidence::read(&message, self.trusted.by(&envelope)).from;
                    changes.extend(self.signing.sign(&bytes, &changes, &from, now));
                }
            }
            return Answer { changes, verdict: Verdict::Continue };
        }
        let found = self.look(&message, &envelope, recipients, now).await;
        let detections = self.detections(&bytes, &envelope, &found, now).await;
        let decision = self.decide(&message, &envelope, &found, &detections);
        let results = found.verdicts.as_ref().map(|verdicts| changes::results(&authserv_id, &found.arrival, verdicts));
        changes.extend(results.as_deref().map(changes::marked));
        changes.extend(
            decision.headers.iter().map(|(name, value)| Modification::AddHeader { name: name.clone(), value: value.clone() }),
        );
        changes.extend(changes::tagged(&message, &decision.tags));
        let about = about(&envelope, &found, &decision, results);
        drop(message);
        let (done, bytes) = self.act(&decision, &envelope, bytes, about, now).await;
        changes.extend(done.changes);
        if found.verdicts.is_none() && done.verdict == Verdict::Continue {
            changes.extend(self.signing.sign(&bytes, &changes, &found.evidence.from, now));
        }
        self.telemetry.take(answered(bytes, &envelope, found, done.delivery, now));
        Answer { changes, verdict: done.verdict }
    }

    fn noted(&self, event: &Event) {
        match event {
            Event::Answered { verdict, took } => self.metrics.mail_answered(verdict, took.as_secs_f64()),
            Event::Refused => self.metrics.mail_trouble("refused_connection"),
            Event::Trouble(trouble) => {
                self.metrics.mail_trouble(trouble.name());
                if !matches!(trouble, Trouble::TooLarge) {
                    term::warn(&format!("live mail: {trouble}"));
                }
            }
            Event::Connected => {}
        }
    }
}

impl Filter {
    /// The name under which verdicts are written.
    fn authserv_id(&self, envelope: &Envelope) -> String {
        let own = || envelope.macros.get("j").filter(|name| crate::config::authserv_id(name).is_ok()).cloned();
        self.authserv_id.clone().or_else(own).unwrap_or_else(|| "localhost".to_owned())
    }

    /// Verifies a message, and reads what its header says.
    async fn look(&self, message: &Message<'_>, envelope: &Envelope, recipients: Vec<String>, now: i64) -> Found {
        let trust = Arc::clone(self.trusted.by(envelope));
        let evidence = Evidence::read(message, &trust);
        let client = envelope.client.address;
        let is_own = envelope.signed_in().is_some() || client.is_none_or(|client| self.own.has(client));
        let arrival = Arrival {
            client,
            helo: envelope.client.helo.clone(),
            mail_from: Some(envelope.sender.address.clone()),
            now: now.div_euclid(1_000_000),
        };
        let verdicts = if is_own { None } else { Some(self.verifier.verify(Some(message), &arrival).await) };
        let direction = direction(is_own, &recipients, &trust);
        Found { evidence, verdicts, arrival, direction, recipients, trust }
    }

    /// The keys of detection rules that match, where a mail-flow rule asks for them.
    async fn detections(&self, bytes: &[u8], envelope: &Envelope, found: &Found, now: i64) -> Vec<String> {
        let Some(detections) = &self.detections else { return Vec::new() };
        // As far as is known now, it is delivered.
        let delivery = by_rule(&Decision::default(), "Delivered", "Inbox/folder");
        let message = answered(bytes.to_vec(), envelope, found.clone(), delivery, now);
        let rows = tokio::task::spawn_blocking(move || rows_of(&message)).await;
        match rows.map_err(|stopped| stopped.to_string()).and_then(|rows| rows) {
            Ok(rows) => detections.matching(&rows, now).await,
            Err(reason) => {
                self.metrics.mail_trouble("detection_failed");
                term::warn(&format!("live mail: {reason}"));
                Vec::new()
            }
        }
    }

    /// Asks the rules.
    fn decide(&self, message: &Message<'_>, envelope: &Envelope, found: &Found, detections: &[String]) -> Decision {
        let unverified = Verdicts { spf: Spf::without_client(), dkim: Vec::new(), arc: None, dmarc: None };
        let facts = Facts {
            message,
            evidence: &found.evidence,
            verdicts: found.verdicts.as_ref().unwrap_or(&unverified),
            mail_from: &envelope.sender.address,
            recipients: &found.recipients,
            client: envelope.client.address,
            signed_in: envelope.signed_in().is_some(),
            size: envelope.size,
            direction: found.direction,
            detections,
        };
        let decision = decide(&self.rules, &facts);
        for matched in &decision.matched {
            let mode = if matched.mode == Mode::Report { "report" } else { "enforce" };
            self.metrics.mail_rule(&matched.rule, mode);
        }
        decision
    }

    /// Does what was decided. Gives the message back.
    async fn act(&self, decision: &Decision, envelope: &Envelope, bytes: Vec<u8>, about: About, now: i64) -> (Done, Vec<u8>) {
        let done = match &decision.fate {
            Fate::Deliver => delivered(decision),
            Fate::Redirect(addresses) => {
                let delivery = Delivery { rule_action: "Redirect".to_owned(), ..by_rule(decision, "Delivered", "Inbox/folder") };
                let recipients = envelope.recipients.iter().map(|path| path.address.as_str());
                Done { changes: changes::redirected(recipients, addresses), verdict: Verdict::Continue, delivery }
            }
            Fate::Reject(refuse) => {
                let refusal = Refusal::new(refuse.code, refuse.status.as_deref(), &refuse.text);
                let delivery = Delivery { rule_action: "Block".to_owned(), ..by_rule(decision, "Blocked", "Failed") };
                Done { changes: Vec::new(), verdict: refusal.map_or(Verdict::Reject, Verdict::Refuse), delivery }
            }
            Fate::Quarantine(Quarantine::Hold) if envelope.can_hold => held(decision),
            // A server that cannot hold mail has it kept here.
            Fate::Quarantine(_) => return self.keep(decision, envelope, bytes, about, now).await,
        };
        (done, bytes)
    }

    /// Puts a message into the quarantine. The server drops it only when it is on disk there.
    async fn keep(&self, decision: &Decision, envelope: &Envelope, bytes: Vec<u8>, about: About, now: i64) -> (Done, Vec<u8>) {
        let store = self.store.clone();
        let task = tokio::task::spawn_blocking(move || {
            let kept = store.keep(&bytes, about, now);
            (kept, bytes)
        });
        let (reason, bytes) = match task.await {
            Ok((Ok(_), bytes)) => {
                return (Done { verdict: Verdict::Discard, ..quarantined(decision) }, bytes);
            }
            Ok((Err(error), bytes)) => (error.to_string(), bytes),
            Err(stopped) => (stopped.to_string(), Vec::new()),
        };
        self.metrics.mail_trouble("not_quarantined");
        term::warn(&reason);
        let done = match self.full {
            Full::Hold if envelope.can_hold => held(decision),
            Full::Accept => delivered(decision),
            Full::Hold | Full::Tempfail => {
                let refusal = Refusal::new(451, Some("4.3.1"), "the message cannot be kept at the moment");
                let delivery = by_rule(decision, "Blocked", "Failed");
                Done { changes: Vec::new(), verdict: refusal.map_or(Verdict::Tempfail, Verdict::Refuse), delivery }
            }
        };
        (done, bytes)
    }
}

/// A message as its rows are made of it.
fn answered(bytes: Vec<u8>, envelope: &Envelope, found: Found, delivery: Delivery, now: i64) -> Answered {
    Answered {
        bytes,
        envelope: sources::message::Envelope {
            mail_from: Some(envelope.sender.address.clone()),
            recipients: found.recipients,
            client: envelope.client.address,
            helo: envelope.client.helo.clone(),
            arrived: Some(now),
            stated: None,
        },
        verdicts: found.verdicts,
        delivery,
        direction: found.direction,
        trust: found.trust,
    }
}

/// A message that goes on.
fn delivered(decision: &Decision) -> Done {
    Done { changes: Vec::new(), verdict: Verdict::Continue, delivery: by_rule(decision, "Delivered", "Inbox/folder") }
}

/// A message that was set apart.
fn quarantined(decision: &Decision) -> Done {
    let delivery = Delivery { rule_action: "Quarantine".to_owned(), ..by_rule(decision, "Blocked", "Quarantine") };
    Done { changes: Vec::new(), verdict: Verdict::Continue, delivery }
}

/// A message that the mail server holds.
fn held(decision: &Decision) -> Done {
    let reason = format!("spoofwatch: {}", decision.by.as_deref().unwrap_or_default());
    Done { changes: vec![Modification::Quarantine(reason)], ..quarantined(decision) }
}

/// What became of a message, in the words of EmailEvents.
fn by_rule(decision: &Decision, action: &str, location: &str) -> Delivery {
    let rule = decision.by.clone().unwrap_or_default();
    let rule_action = if rule.is_empty() { String::new() } else { "Allow".to_owned() };
    Delivery { action: action.to_owned(), location: location.to_owned(), rule_action, rule }
}

/// Which way a message goes: from one of ours, or from outside whatever name it bears.
fn direction(is_own: bool, recipients: &[String], trust: &Trust) -> Direction {
    let is_for_us = |address: &String| address.rsplit_once('@').is_some_and(|(_, domain)| trust.is_own_domain(domain));
    match (is_own, recipients.iter().all(is_for_us)) {
        (false, _) => Direction::Inbound,
        (true, true) if !trust.own_domains.is_empty() => Direction::IntraOrg,
        (true, _) => Direction::Outbound,
    }
}

/// What is told of a message that is kept.
fn about(envelope: &Envelope, found: &Found, decision: &Decision, results: Option<String>) -> About {
    let from = found.evidence.from.mailboxes.iter().find(|mailbox| !mailbox.address.is_empty());
    About {
        client: envelope.client.address.map(|client| client.to_string()),
        helo: envelope.client.helo.clone(),
        mail_from: envelope.sender.address.clone(),
        recipients: found.recipients.clone(),
        from: from.map(|from| from.address.clone()),
        subject: found.evidence.subject.clone(),
        message_id: found.evidence.message_id.clone(),
        network_message_id: found.evidence.network_message_id().map(|taken| taken.value),
        queue_id: envelope.queue_id().map(str::to_owned),
        rule: decision.by.clone().unwrap_or_default(),
        because: decision.because().to_vec(),
        authentication_results: results,
    }
}
