//! Signatures and what becomes of them, case by case: `tests/dkim/cases.toml` has messages that our signer signs, what is then done to them,
//! and the verdict.

use std::collections::HashMap;

use serde::Deserialize;
use spoofwatch_mailauth::{
    Message,
    dkim::{Canonicalization, Keys, Signer, SigningKey, verify, verify_with},
    dns::Zone,
};

const CASES: &str = include_str!("dkim/cases.toml");
const RSA: &str = include_str!("keys/only-for-tests-rsa2048.pem");
const ED25519: &str = include_str!("keys/only-for-tests-ed25519.pem");
/// The moment of every case: 1 July 2026.
const NOW: i64 = 1_782_864_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Suite {
    /// Zones by name. `RSA` and `ED25519` stand for the public keys.
    zone: HashMap<String, String>,
    message: HashMap<String, String>,
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    /// Which message.
    #[serde(default = "usual")]
    message: String,
    /// Which keys sign it, the first at the bottom: `rsa`, `ed25519`.
    #[serde(default = "rsa")]
    keys: Vec<String>,
    #[serde(default = "relaxed")]
    form: String,
    identity: Option<String>,
    lifetime: Option<u64>,
    oversign: Option<Vec<String>>,
    fields: Option<Vec<String>>,
    /// What is replaced in the signed message.
    #[serde(default)]
    edit: Vec<(String, String)>,
    #[serde(default = "usual")]
    zone: String,
    /// Seconds between signing and verifying.
    #[serde(default)]
    later: i64,
    /// Each verdict from the top.
    expect: Vec<String>,
    /// What the reason of the first verdict begins with.
    #[serde(default)]
    reason: String,
}

fn usual() -> String {
    "usual".to_owned()
}

fn rsa() -> Vec<String> {
    vec!["rsa".to_owned()]
}

fn relaxed() -> String {
    "relaxed/relaxed".to_owned()
}

fn form(text: &str) -> Option<Canonicalization> {
    Canonicalization::parse(text.as_bytes())
}

fn key(name: &str) -> Result<SigningKey, String> {
    let pem = if name == "rsa" { RSA } else { ED25519 };
    SigningKey::from_pem(pem).map_err(|error| error.to_string())
}

/// The public half as `p=` has it, in strings that fit a record.
fn public(name: &str) -> Result<String, String> {
    let record = key(name)?.record().map_err(|error| error.to_string())?;
    let (_, key) = record.split_once("p=").ok_or("no p=")?;
    Ok(key.split_at_checked(200).map_or(key.to_owned(), |(one, two)| format!("{one}\" \"{two}")))
}

impl Case {
    /// The message as it arrives.
    fn message(&self, suite: &Suite) -> Result<String, String> {
        let mut text = suite.message.get(&self.message).ok_or("no such message")?.replace('\n', "\r\n");
        for name in &self.keys {
            let (header, body) = self.form.split_once('/').and_then(|(a, b)| form(a).zip(form(b))).ok_or("no such form")?;
            let signer = Signer::new(key(name)?, "example.com", name).map_err(|error| error.to_string())?;
            let mut signer = signer.canonicalization(header, body);
            if let Some(identity) = &self.identity {
                signer = signer.identity(identity).map_err(|error| error.to_string())?;
            }
            if let Some(seconds) = self.lifetime {
                signer = signer.lifetime(seconds);
            }
            let strs = |names: &Vec<String>| names.iter().map(|name| name.clone().leak() as &str).collect::<Vec<_>>();
            if let Some(names) = &self.oversign {
                signer = signer.oversigned(&strs(names)).map_err(|error| error.to_string())?;
            }
            if let Some(names) = &self.fields {
                signer = signer.fields(&strs(names)).map_err(|error| error.to_string())?;
            }
            let field = signer.sign(&Message::new(text.as_bytes()), NOW).map_err(|error| error.to_string())?;
            text.insert_str(0, &field);
        }
        for (old, new) in &self.edit {
            let (old, new) = (old.replace('\n', "\r\n"), new.replace('\n', "\r\n"));
            if !text.contains(&old) {
                return Err(format!("{old:?} is not in the message:\n{text}"));
            }
            text = text.replacen(&old, &new, 1);
        }
        Ok(text)
    }

    async fn run(&self, suite: &Suite, keys: &Keys) -> Result<(), String> {
        let text = self.message(suite)?;
        let zone = suite.zone.get(&self.zone).ok_or("no such zone")?;
        let zone = zone.replace("ED25519", &public("ed25519")?).replace("RSA", &public("rsa")?);
        let zone = Zone::parse(&zone).map_err(|error| error.to_string())?;
        let message = Message::new(text.as_bytes());
        let found = verify(&message, &zone, NOW + self.later).await;
        let results: Vec<_> = found.iter().map(|verdict| verdict.result.as_str()).collect();
        let reasons: Vec<_> = found.iter().map(|verdict| verdict.reason.as_str()).collect();
        if results != self.expect {
            return Err(format!("{results:?}, because {reasons:?}"));
        }
        if !reasons.first().copied().unwrap_or_default().starts_with(&self.reason) {
            return Err(format!("because {reasons:?}"));
        }
        // Neither remembered keys nor a second look change anything.
        for _ in 0..2 {
            if verify_with(&message, &zone, NOW + self.later, Some(keys)).await != found {
                return Err("remembered keys change the verdict".to_owned());
            }
        }
        Ok(())
    }
}

#[tokio::test]
async fn every_case_comes_to_its_verdict() {
    let suite: Suite = toml::from_str(CASES).unwrap();
    let keys = Keys::new(16);
    let mut wrong = Vec::new();
    for case in &suite.case {
        if let Err(what) = case.run(&suite, &keys).await {
            wrong.push(format!("{}: {what}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), suite.case.len(), wrong.join("\n"));
}
