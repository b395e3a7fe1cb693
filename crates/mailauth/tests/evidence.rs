//! Evidence by cases: a message, whom to trust, and what its header is evidence of. The form is told in `tests/evidence/README.md`.

mod files;

use std::fmt::Display;

use libtest_mimic::{Arguments, Failed, Trial};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use spoofwatch_mailauth::{
    Message,
    authres::Overview,
    evidence::{Evidence, Finding, Stated, Taken, Trust},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Case {
    /// A sentence that the case shows.
    that: String,
    message: String,
    #[serde(default)]
    trust: Trust,
    believed: Option<Vec<String>>,
    apart: Option<Vec<String>>,
    details: Option<String>,
    sender_ip: Option<String>,
    helo: Option<String>,
    mail_from: Option<String>,
    direction: Option<String>,
    arrived: Option<String>,
    recipient: Option<String>,
    network_message_id: Option<String>,
    #[serde(default)]
    findings: Vec<String>,
    #[serde(default)]
    has: toml::Table,
}

fn main() -> Result<(), files::Error> {
    let mut trials = Vec::new();
    for (name, file) in files::read::<File>("evidence")? {
        for case in file.case {
            trials.push(Trial::test(format!("{name}: {}", case.that), move || run(&case)));
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit()
}

fn run(case: &Case) -> Result<(), Failed> {
    let message = Message::new(case.message.trim_start().as_bytes());
    let read = Evidence::read(&message, &case.trust);
    same("believed", &stated(&read.believed)?, case.believed.as_ref())?;
    same("apart", &stated(&read.apart)?, case.apart.as_ref())?;
    let details = read.overview.as_ref().map_or_else(|| "-".to_owned(), Overview::authentication_details);
    same("details", &details, case.details.as_ref())?;
    same("sender-ip", &taken(read.sender_ip())?, case.sender_ip.as_ref())?;
    same("helo", &taken(read.helo())?, case.helo.as_ref())?;
    same("mail-from", &taken(read.mail_from())?, case.mail_from.as_ref())?;
    let direction = read.direction(&case.trust);
    let direction = Taken { value: direction.value.as_str(), from: direction.from };
    same("direction", &taken(Some(direction))?, case.direction.as_ref())?;
    same("arrived", &taken(read.arrived())?, case.arrived.as_ref())?;
    same("recipient", &taken(read.recipient())?, case.recipient.as_ref())?;
    same("network-message-id", &taken(read.network_message_id())?, case.network_message_id.as_ref())?;
    let findings = read.findings.iter().map(|Finding { kind, text, .. }| format!("{}: {text}", kind.code())).collect();
    same("findings", &findings, Some(&case.findings))?;
    let read = serde_json::to_value(&read)?;
    for (pointer, expected) in &case.has {
        let found = read.pointer(pointer).filter(|found| !found.is_null()).cloned().unwrap_or_else(|| "-".into());
        same(pointer, &found, Some(&serde_json::to_value(expected)?))?;
    }
    Ok(())
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: &T, expected: Option<&T>) -> Result<(), Failed> {
    match expected {
        Some(expected) if found != expected => Err(format!("{what}: found {found:#?}, expected {expected:#?}").into()),
        _ => Ok(()),
    }
}

fn stated(all: &[Stated]) -> Result<Vec<String>, Failed> {
    all.iter().map(|stated| Ok(format!("{} {}", word(&stated.field)?, word(&stated.standing)?))).collect()
}

fn taken<T: Display>(found: Option<Taken<T>>) -> Result<String, Failed> {
    found.map_or_else(|| Ok("-".to_owned()), |found| Ok(format!("{} from {}", found.value, word(&found.from)?)))
}

/// A word as it is serialized.
fn word(value: &impl Serialize) -> Result<String, Failed> {
    match serde_json::to_value(value)? {
        Value::String(word) => Ok(word),
        other => Err(format!("{other} is no word").into()),
    }
}
