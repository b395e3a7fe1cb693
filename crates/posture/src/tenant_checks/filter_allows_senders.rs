//! `filter-allows-senders`: a policy against spam lets whole domains or single senders past the filter.

use serde_json::json;

use crate::{
    CommandLine, Finding, Severity, TenantCheck, TenantEvidence,
    tenancy::{called, pages},
};

/// The declaration.
pub static CHECK: TenantCheck = TenantCheck {
    id: "filter-allows-senders",
    severity: Severity::High,
    title: "Senders are let past the spam filter",
    meaning: "The policy against spam names domains or addresses whose mail is not filtered. What is compared is the sender's address, \
              which is what anybody can write.",
    risk: "Mail that only pretends to come from one of them is delivered: the list tells attackers whose name to take.",
    advice: "Take the domains off the list. Where a partner's mail is lost, have the partner authenticate it, or report it to Microsoft \
              as clean.",
    references: &[pages::SAFE_SENDERS, pages::SCUBA_SUITE],
    baseline: &["MS.SECURITYSUITE.6.2v1"],
    run,
};

fn run(check: &TenantCheck, evidence: &TenantEvidence<'_>, found: &mut Vec<Finding>) {
    for policy in evidence.snapshot.content_filters.read().into_iter().flatten() {
        let (domains, senders) = (&policy.allowed_sender_domains, &policy.allowed_senders);
        let identity = called(&policy.identity, &policy.name);
        let fact = |setting: &str| format!("Get-HostedContentFilterPolicy {}: {setting}", policy.name);
        let mut finding = check.found(&policy.name);
        let mut set = CommandLine::new("Set-HostedContentFilterPolicy").with("Identity", identity);
        let is_own = |domain: &String| evidence.own().any(|own| own.domain_name.eq_ignore_ascii_case(domain));
        if !domains.is_empty() {
            finding = finding.seen(fact("AllowedSenderDomains"), domains.join(", "));
            set = set.changes("AllowedSenderDomains", json!([]), json!(domains));
        } else {
            // CISA's baseline is about domains only.
            finding = finding.matters(Severity::Low);
            finding.baseline = Vec::new();
        }
        if domains.iter().any(is_own) {
            finding = finding.matters(Severity::Critical);
        }
        if !senders.is_empty() {
            finding = finding.seen(fact("AllowedSenders"), senders.join(", "));
            set = set.changes("AllowedSenders", json!([]), json!(senders));
        }
        if !finding.facts.is_empty() {
            found.push(finding.command(set));
        }
    }
}
