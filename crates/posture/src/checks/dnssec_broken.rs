//! Signatures that do not hold.

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence, words};

/// The declaration.
pub static CHECK: Check = Check {
    id: "dnssec-broken",
    severity: Severity::High,
    title: "The domain is said to be signed, and nobody answers for it",
    meaning: "The zone above the domain has the digest of its key, so resolvers that check signatures insist on them. Asked about the domain itself, the \
              resolver failed: signatures that are missing, have run out or were made with another key look like that. Servers that are down do too.",
    risk: "For everybody behind such a resolver the domain does not exist: mail to it and from it is put off and comes back.",
    advice: "Look at the signatures at the host of the domain's DNS. If they cannot be put right at once, have the registrar take the DS record away.",
    references: &[
        Reference { title: "RFC 4035 section 5.5", url: "https://www.rfc-editor.org/rfc/rfc4035.html#section-5.5" },
        Reference { title: "RFC 6781 section 4.3.3", url: "https://www.rfc-editor.org/rfc/rfc6781.html#section-4.3.3" },
    ],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let dnssec = &evidence.dnssec;
    if let Some(trouble) = dnssec.trouble.as_ref().filter(|_| dnssec.is_signed() && evidence.unfinished.is_none()) {
        let keys: Vec<String> = dnssec.delegation.iter().flatten().map(|ds| ds.key_tag.to_string()).collect();
        let finding = check.found(&evidence.domain).seen(format!("{} DS", dnssec.zone), format!("keys {}", words::listed(keys)));
        found.push(finding.seen(format!("{} SOA", dnssec.zone), trouble.clone()));
    }
}
