//! Nothing that the domain sends can be signed.

use mailauth::dmarc::Policy;

use crate::{
    Check, Finding, Reference, Severity,
    evidence::{DomainEvidence, Purpose},
    words,
};

/// The declaration.
pub static CHECK: Check = Check {
    id: "dkim-missing",
    severity: Severity::Medium,
    title: "No DKIM key",
    meaning: "DKIM lets the servers of a domain sign what they send; receivers check that with a key in the DNS. This domain seems to send mail \
              and has no key that could be used.",
    risk: "Whether a message is the domain's can only be told by the server that brings it. Every forwarded message fails, so the domain cannot \
           ask receivers to refuse forged mail without losing honest mail.",
    advice: "Switch signing on at every service that sends for the domain, and publish the key that it shows, of RSA with 2048 bits.",
    references: &[
        Reference { title: "RFC 6376 section 3.6", url: "https://www.rfc-editor.org/rfc/rfc6376.html#section-3.6" },
        Reference { title: "RFC 8301 section 3.2", url: "https://www.rfc-editor.org/rfc/rfc8301.html#section-3.2" },
    ],
    baseline: &["MS.EXO.3.1v1"],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let dkim = &evidence.dkim;
    let sends = evidence.deduced().purpose == Purpose::Sending;
    if !sends || dkim.is_unknown() || dkim.all().any(crate::evidence::dkim::Selector::is_usable) {
        return;
    }
    // Names that exist below `_domainkey` and are none of the known ones hold keys, most probably.
    if !dkim.is_empty() && dkim.existing().next().is_none() {
        return;
    }
    let enforced = evidence.dmarc.effective().is_some_and(|policy| policy.counts() > Policy::None);
    let severity = if enforced { Severity::High } else { Severity::Medium };
    let mut finding = check.found(&evidence.domain).matters(severity);
    if dkim.is_empty() {
        finding = finding.seen(dkim.base.name.clone(), "the name does not exist, so no key can stand below it");
    }
    for selector in dkim.existing().take(10) {
        finding = finding.seen(words::key_at(selector), format!("no key that can be used{}", words::whose(selector)));
    }
    if enforced {
        finding =
            finding.seen(evidence.dmarc.own.name.clone(), "receivers are asked to refuse what fails, forwarded mail among it");
    }
    if words::is_at_microsoft(evidence) {
        finding.advice.push_str(
            " In Microsoft 365: `New-DkimSigningConfig -DomainName DOMAIN -KeySize 2048 -Enabled $true`, after the two aliases that \
             `Get-DkimSigningConfig` shows as Selector1CNAME and Selector2CNAME are published.",
        );
    }
    found.push(finding.for_purpose(evidence));
}
