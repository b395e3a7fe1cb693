//! A sub-domain without a policy, below a domain without one.

use mailauth::dmarc::Policy;

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence, policy::Draft};

/// The declaration.
pub static CHECK: Check = Check {
    id: "dmarc-inherits-nothing",
    severity: Severity::Medium,
    title: "A sub-domain has no DMARC policy, and none to inherit",
    meaning: "A sub-domain without a DMARC policy of its own takes that of the domain it belongs to. Here that domain has none \
              either, so that nothing is said about mail in the sub-domain's name.",
    risk: "Anybody can send mail in the sub-domain's name. People trust it as much as the domain itself, since its name \
              ends in the same words.",
    advice: "Publish a policy at the domain it belongs to: it then counts for all sub-domains. Where that is another's to do, \
              publish one at the sub-domain.",
    references: &[
        Reference { title: "RFC 9989 section 4.10.1", url: "https://www.rfc-editor.org/rfc/rfc9989.html#section-4.10.1" },
        Reference { title: "RFC 9989 section 4.10.2", url: "https://www.rfc-editor.org/rfc/rfc9989.html#section-4.10.2" },
    ],
    baseline: &["MS.EXO.4.1v1"],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let dmarc = &evidence.dmarc;
    if dmarc.is_unknown() || dmarc.found().is_some() {
        return;
    }
    match dmarc.registered.as_deref() {
        Some(above) if above != evidence.domain => itself(check, evidence, above, found),
        _ => below(check, evidence, found),
    }
}

/// The domain that is looked at is the sub-domain.
fn itself(check: &Check, evidence: &DomainEvidence, above: &str, found: &mut Vec<Finding>) {
    let own = &evidence.dmarc.own;
    if !evidence.dmarc.policies().is_empty() || evidence.dmarc.has_near_miss() || evidence.sends_nothing() {
        return;
    }
    let record = Draft::new(Policy::None).reporting(evidence).to_string();
    let finding = check.found(&evidence.domain).matters(Severity::High).seen(format!("{} TXT", own.name), "no policy");
    let finding = finding.seen(format!("_dmarc.{above} TXT"), "no policy");
    found.push(finding.publish(own.name.clone(), "TXT", record, &[]).for_purpose(evidence));
}

/// Sub-domains of the domain that is looked at.
fn below(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let open = evidence.dmarc.subdomains.iter().filter(|name| !name.has_policy() && !name.own.is_unknown());
    let mut open = open.filter(|name| name.given || name.takes_mail || name.sends_mail).peekable();
    if open.peek().is_none() {
        return;
    }
    let finding = check.found(&evidence.domain).seen(format!("{} TXT", evidence.dmarc.own.name), "no policy that counts");
    found.push(open.fold(finding, |finding, name| finding.seen(format!("{} TXT", name.own.name), name.about())));
}
