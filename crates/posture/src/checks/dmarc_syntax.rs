//! Faults of a record.

use mailauth::dmarc::{Record, record::Fault};

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence, policy::Draft};

/// The declaration.
pub static CHECK: Check = Check {
    id: "dmarc-syntax",
    severity: Severity::Medium,
    title: "A mistake in the DMARC record",
    meaning: "Parts of the DMARC record are not written as the standard wants them. Those who receive mail pass over what they \
              cannot read, and act on the rest.",
    risk: "What the record was meant to do does not happen: a policy does not count, or reports are not sent.",
    advice: "Publish the record as it is written below, and check that it says what you mean.",
    references: &[
        Reference { title: "RFC 9989 section 4.7", url: "https://www.rfc-editor.org/rfc/rfc9989.html#section-4.7" },
        Reference { title: "RFC 9989 section 4.10.1", url: "https://www.rfc-editor.org/rfc/rfc9989.html#section-4.10.1" },
    ],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let own = &evidence.dmarc.own;
    if let [record] = evidence.dmarc.policies().as_slice() {
        faults(check, evidence, record, found);
    } else if let Some(text) = evidence.dmarc.near_misses().next() {
        let mut finding = check.found(&evidence.domain).matters(Severity::High).seen(format!("{} TXT", own.name), text.clone());
        "The DMARC record is not recognised".clone_into(&mut finding.title);
        let why = "it does not begin with `v=DMARC1` and a semicolon, written exactly so: nobody takes it for a DMARC record";
        found.push(finding.seen(format!("{} TXT", own.name), why).for_purpose(evidence));
    }
}

fn faults(check: &Check, evidence: &DomainEvidence, record: &Record, found: &mut Vec<Finding>) {
    let name = &evidence.dmarc.own.name;
    let faults: Vec<&Fault> = record.faults.iter().filter(|fault| !matches!(fault, Fault::Obsolete(_))).collect();
    let Some(severity) = faults.iter().map(|fault| severity(fault)).max() else { return };
    let finding = check.found(&evidence.domain).matters(severity).seen(format!("{name} TXT"), record.text.clone());
    let finding = faults.iter().fold(finding, |finding, fault| {
        let place = place(&record.text, fault).map_or_else(String::new, |place| format!(", part {place}"));
        finding.seen(format!("{name} TXT{place}"), fault.to_string())
    });
    // Without a policy nobody but its owner knows what the record was meant to ask.
    let publish = (!faults.contains(&&Fault::NoPolicy)).then(|| Draft::of(record).to_string());
    let texts = [record.text.clone()];
    found.push(match publish {
        Some(text) => finding.publish(name.clone(), "TXT", text, &texts),
        None => finding,
    });
}

const fn severity(fault: &Fault) -> Severity {
    match fault {
        Fault::NoPolicy | Fault::CountsAsNone => Severity::High,
        Fault::Value { .. } | Fault::Address(_) | Fault::Repeated(_) | Fault::NotATag(_) => Severity::Medium,
        Fault::Unknown(_) | Fault::Obsolete(_) => Severity::Low,
    }
}

/// The part of the record that a fault is about, counted from 1 with the version.
fn place(text: &str, fault: &Fault) -> Option<usize> {
    let tag_is = |part: &str, tag: &str| part.split_once('=').is_some_and(|(name, _)| name.trim().eq_ignore_ascii_case(tag));
    let mut parts = text.split(';').map(str::trim).zip(1..);
    let at = match fault {
        Fault::NotATag(part) => parts.find(|(known, _)| known == part),
        Fault::Repeated(tag) => parts.filter(|(part, _)| tag_is(part, tag)).nth(1),
        Fault::Value { tag, .. } => parts.find(|(part, _)| tag_is(part, tag)),
        Fault::Address(address) => parts.find(|(part, _)| part.contains(address.as_str())),
        Fault::Obsolete(tag) | Fault::Unknown(tag) => parts.find(|(part, _)| tag_is(part, tag)),
        Fault::CountsAsNone | Fault::NoPolicy => None,
    };
    at.map(|(_, place)| place)
}
