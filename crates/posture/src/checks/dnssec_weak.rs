//! Signatures made in a way of yesterday.

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence};

/// The declaration.
pub static CHECK: Check = Check {
    id: "dnssec-weak",
    severity: Severity::Low,
    title: "The domain is signed with what is not to be used any more",
    meaning: "DNSSEC allows several kinds of signatures and digests. Those of this domain are among the ones that were given up.",
    risk: "Resolvers stop checking them, one after the other: for these the domain is unsigned.",
    advice: "Have the host of the domain's DNS sign with algorithm 13 (ECDSA P-256 with SHA-256), and the registrar publish a DS record with a SHA-256 \
             digest (type 2).",
    references: &[
        Reference { title: "RFC 9904", url: "https://www.rfc-editor.org/rfc/rfc9904.html" },
        Reference { title: "RFC 9905", url: "https://www.rfc-editor.org/rfc/rfc9905.html" },
    ],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let dnssec = &evidence.dnssec;
    let weaknesses = dnssec.weaknesses();
    if weaknesses.is_empty() {
        return;
    }
    let mut finding = check.found(&evidence.domain);
    for ds in dnssec.delegation.iter().flatten() {
        let seen = format!("key {}, algorithm {}, digest of type {}", ds.key_tag, ds.algorithm, ds.digest_type);
        finding = finding.seen(format!("{} DS", dnssec.zone), seen);
    }
    found.push(weaknesses.into_iter().fold(finding, |finding, words| finding.seen(dnssec.zone.clone(), words)));
}
