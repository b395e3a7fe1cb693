//! A record that calls an ordinary domain a public suffix, or hides the domain above.

use mailauth::dmarc::record::PublicSuffix;

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence, policy::Draft};

/// The declaration.
pub static CHECK: Check = Check {
    id: "dmarc-psd",
    severity: Severity::Medium,
    title: "The DMARC record says the wrong thing about what the domain is",
    meaning: "The tag psd=y is for registries: it says that names below the domain belong to other people, as those below com \
              do. This domain is registered itself.",
    risk: "Every sub-domain counts as another organisation: messages that pass for the domain do not \
           pass for its sub-domains, and the other way round, and policies for sub-domains are looked for at the wrong place.",
    advice: "Take psd=y out of the record.",
    references: &[
        Reference { title: "RFC 9989 section 4.7", url: "https://www.rfc-editor.org/rfc/rfc9989.html#section-4.7" },
        Reference { title: "RFC 9989 section 4.10.2", url: "https://www.rfc-editor.org/rfc/rfc9989.html#section-4.10.2" },
    ],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let Some(record) = evidence.dmarc.own_record().filter(|record| record.public_suffix == PublicSuffix::Yes) else { return };
    if evidence.dmarc.registered.is_none() {
        return;
    }
    let name = &evidence.dmarc.own.name;
    let draft = Draft { public_suffix: PublicSuffix::Unknown, ..Draft::of(record) };
    let finding = check.found(&evidence.domain).seen(format!("{name} TXT"), record.text.clone());
    found.push(finding.rewrites(name, record, &draft));
}
