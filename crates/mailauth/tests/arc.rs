//! Chains of ARC, case by case: `tests/arc/cases.toml` has how many hosts seal a message, what is then done to it, and the verdict.

#![expect(clippy::unwrap_used, reason = "the fixed keys of the tests are sound")]

use serde::Deserialize;
use spoofwatch_mailauth::{
    Message,
    arc::{ArcResult, Sealer, validate},
    dkim::SigningKey,
    dns::Zone,
};

const CASES: &str = include_str!("arc/cases.toml");
const RSA: &str = include_str!("keys/only-for-tests-rsa2048.pem");
const ED25519: &str = include_str!("keys/only-for-tests-ed25519.pem");
/// The moment of every case: 1 July 2026.
const NOW: i64 = 1_782_864_000;
const MESSAGE: &str = "From: ann@example.com\r\nTo: list@example.net\r\nSubject: minutes\r\n\r\nHere they are.\r\n";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Suite {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    /// How many hosts seal: the first is `h1.example`, the second `h2.example`, with RSA and Ed25519 in turn.
    hosts: usize,
    /// What each host but the first does to the message before it seals it.
    #[serde(default)]
    footer: bool,
    /// What is replaced before the last host looks at the message; it seals what it then finds.
    #[serde(default)]
    before_last: Vec<(String, String)>,
    /// What is replaced at the end.
    #[serde(default)]
    edit: Vec<(String, String)>,
    /// Lines of the zone beside the keys.
    #[serde(default)]
    zone: String,
    expect: String,
    #[serde(default)]
    reason: String,
    oldest_pass: Option<u32>,
    /// How many sets the message has in the end, if that is to be checked.
    sets: Option<usize>,
}

fn key(host: usize) -> SigningKey {
    SigningKey::from_pem(if host % 2 == 1 { RSA } else { ED25519 }).unwrap()
}

fn sealer(host: usize) -> Sealer {
    Sealer::new(key(host), &format!("h{host}.example"), "arc").unwrap()
}

/// The keys of all hosts, unless the case says something about them.
fn zone(case: &Case) -> Zone {
    let mut text = case.zone.clone();
    for host in 1..=case.hosts {
        if !case.zone.contains(&format!("h{host}.example")) {
            text.push_str(&key(host).zone_line("arc", &format!("h{host}.example")).unwrap());
            text.push('\n');
        }
    }
    Zone::parse(&text).unwrap()
}

fn replace(text: &mut String, edits: &[(String, String)]) -> Result<(), String> {
    for (old, new) in edits {
        let (old, new) = (old.replace('\n', "\r\n"), new.replace('\n', "\r\n"));
        if !text.contains(&old) {
            return Err(format!("{old:?} is not in the message:\n{text}"));
        }
        *text = text.replacen(&old, &new, 1);
    }
    Ok(())
}

impl Case {
    async fn run(&self) -> Result<(), String> {
        let zone = zone(self);
        let mut text = MESSAGE.to_owned();
        for host in 1..=self.hosts {
            if host > 1 && host == self.hosts {
                replace(&mut text, &self.before_last)?;
            }
            let message = Message::new(text.as_bytes());
            let chain = validate(&message, &zone, NOW).await;
            drop(message);
            if self.footer && host > 1 {
                text.push_str("-- \r\nleave the list\r\n");
            }
            let message = Message::new(text.as_bytes());
            let results = format!("h{host}.example; arc={}; spf=none", chain.result.as_str());
            if let Some(fields) = sealer(host).seal(&message, &results, &chain, NOW).map_err(|error| error.to_string())? {
                text = [fields.seal, fields.message_signature, fields.results, text].concat();
            }
        }
        replace(&mut text, &self.edit)?;
        let found = validate(&Message::new(text.as_bytes()), &zone, NOW).await;
        if found.result.as_str() != self.expect || !found.reason.starts_with(&self.reason) {
            return Err(format!("{}, because {}", found.result.as_str(), found.reason));
        }
        if found.result == ArcResult::Pass && found.oldest_pass != Some(self.oldest_pass.unwrap_or(0)) {
            return Err(format!("the oldest that passes is {:?}", found.oldest_pass));
        }
        if self.sets.is_some_and(|sets| sets != found.sets.len()) {
            return Err(format!("{} sets", found.sets.len()));
        }
        Ok(())
    }
}

#[tokio::test]
async fn every_case_comes_to_its_verdict() {
    let suite: Suite = toml::from_str(CASES).unwrap();
    let mut wrong = Vec::new();
    for case in &suite.case {
        if let Err(what) = case.run().await {
            wrong.push(format!("{}: {what}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), suite.case.len(), wrong.join("\n"));
}

#[tokio::test]
async fn what_earlier_hosts_saw_is_kept_as_evidence() {
    let chain = validate(&Message::new(MESSAGE.as_bytes()), &Zone::default(), NOW).await;
    let fields = sealer(1).seal(&Message::new(MESSAGE.as_bytes()), "h1.example; spf=pass smtp.mailfrom=example.com", &chain, NOW);
    let fields = fields.unwrap().unwrap();
    let text = [fields.seal, fields.message_signature, fields.results, MESSAGE.to_owned()].concat();
    let zone = Zone::parse(&key(1).zone_line("arc", "h1.example").unwrap()).unwrap();
    let found = validate(&Message::new(text.as_bytes()), &zone, NOW).await;
    let set = &found.sets[0];
    assert_eq!((set.instance, set.domain.as_deref(), set.selector.as_deref()), (1, Some("h1.example"), Some("arc")));
    assert_eq!(set.chain.as_deref(), Some("none"));
    assert_eq!(set.results.as_deref(), Some("h1.example; spf=pass smtp.mailfrom=example.com"));
    assert_eq!(set.seal.as_ref().unwrap().key_name.as_deref(), Some("arc._domainkey.h1.example"));
    assert_eq!(set.message_signature.as_ref().unwrap().signed_headers, ["From", "Subject", "To"]);
}
