//! A key record that cannot be read, or not by everybody.

use mailauth::dkim::{PublishedFault, PublishedKey};

use crate::{
    Check, Finding, Reference, Severity,
    evidence::{
        DomainEvidence,
        dkim::{KnownBy, Selector},
    },
    words,
};

/// The declaration.
pub static CHECK: Check = Check {
    id: "dkim-syntax",
    severity: Severity::Medium,
    title: "A DKIM key record has a fault",
    meaning: "What stands at the selector's name is not written as a key has to be.",
    risk: "Receivers cannot check signatures made with it, and treat the messages as unsigned or as forged.",
    advice: "Publish the record as the signing server shows it, whole, in one TXT record; the DNS may cut it into strings of 255 letters, which \
             receivers put together again.",
    references: &[
        Reference { title: "RFC 6376 section 3.6.1", url: "https://www.rfc-editor.org/rfc/rfc6376.html#section-3.6.1" },
        Reference { title: "RFC 6376 section 3.6.2.2", url: "https://www.rfc-editor.org/rfc/rfc6376.html#section-3.6.2.2" },
    ],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    for selector in &evidence.dkim.selectors {
        if selector.texts.found.is_ok() && selector.keys.is_empty() {
            let severity = if selector.known_by == KnownBy::User { Severity::High } else { Severity::Low };
            let finding = check.found(&selector.texts.name).matters(severity);
            let text = selector.texts.words().next().unwrap_or_default();
            found.push(finding.seen(words::key_at(selector), format!("no key, but: {}", text)));
            continue;
        }
        for key in &selector.keys {
            faults(check, selector, key, found);
        }
    }
}

fn faults(check: &Check, selector: &Selector, key: &PublishedKey, found: &mut Vec<Finding>) {
    // Those that other checks tell.
    let told = |fault: &PublishedFault| matches!(fault, PublishedFault::PrivateKey | PublishedFault::Hashes(_));
    let faults: Vec<&PublishedFault> = key.faults.iter().filter(|fault| !told(fault)).collect();
    if faults.is_empty() {
        return;
    }
    let severity = match (faults.iter().any(|fault| fault.is_fatal()), selector.known_by) {
        (true, KnownBy::User) => Severity::High,
        (true, KnownBy::History | KnownBy::Common) => Severity::Medium,
        (false, _) if faults.iter().any(|fault| matches!(fault, PublishedFault::Quoting(_))) => Severity::Low,
        (false, _) => Severity::Informational,
    };
    let mut finding = check.found(&selector.texts.name).matters(severity);
    for fault in &faults {
        finding = finding.seen(words::key_at(selector), fault.to_string());
    }
    if severity == Severity::Informational {
        finding.risk = "None today: receivers pass over what they do not know.".to_owned();
    }
    let cleaned = key.text.replace(['\\', '"'], "");
    let repaired = key.plain().or_else(|| PublishedKey::read(cleaned.as_bytes()).plain());
    match repaired.filter(|_| selector.aliases.is_empty()) {
        Some(plain) => finding = finding.publish(selector.texts.name.clone(), "TXT", plain, std::slice::from_ref(&key.text)),
        None => finding = finding.seen(words::key_at(selector), key.text.clone()),
    }
    found.push(finding);
}
