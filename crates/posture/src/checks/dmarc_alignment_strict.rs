//! A record that wants equal names where the domain's own mail has others.

use mailauth::dmarc::{Policy, record::Alignment};

use crate::{
    Check, Finding, Reference, Severity,
    evidence::{DomainEvidence, dkim::Selector},
    policy::Draft,
};

/// The declaration.
pub static CHECK: Check = Check {
    id: "dmarc-alignment-strict",
    severity: Severity::Medium,
    title: "Strict alignment may keep out the domain's own mail",
    meaning: "With aspf=s and adkim=s, a message passes only if the domain that SPF or the signature proves is the sender's domain, letter for letter. \
              Some mail of this domain seems to be proven by a name below it: a service sends from there, and the domain itself has no key \
              for signatures.",
    risk: "Honest messages are set apart or refused, as forged ones are.",
    advice: "Take aspf=s out, so that a name below the domain counts as the domain, or have the service sign for the domain itself.",
    references: &[Reference { title: "RFC 9989 section 4.4", url: "https://www.rfc-editor.org/rfc/rfc9989.html#section-4.4" }],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let own = evidence.dmarc.effective().filter(|policy| policy.domain == evidence.domain && policy.asked > Policy::None);
    let Some(own) = own.filter(|policy| policy.record.spf_alignment == Alignment::Strict) else { return };
    if evidence.dkim.existing().any(Selector::is_usable) || evidence.dkim.is_unknown() || evidence.sends_nothing() {
        return;
    }
    let senders: Vec<&str> =
        evidence.dmarc.subdomains.iter().filter(|name| name.sends_mail).map(|name| name.name.as_str()).collect();
    if senders.is_empty() {
        return;
    }
    let name = &evidence.dmarc.own.name;
    let draft = Draft { spf: Alignment::Relaxed, ..Draft::of(own.record) };
    let finding = check.found(&evidence.domain).seen(format!("{name} TXT"), own.record.text.clone());
    let finding = finding.seen(senders.join(", "), "sends mail, by its SPF record");
    let finding =
        finding.seen(format!("_domainkey.{}", evidence.domain), "no key was found under the selectors that were asked for");
    found.push(finding.rewrites(name, own.record, &draft));
}
