//! `sending-disabled-open`: the tenant does not send for a domain, and the DNS does not tell anybody.

use super::dkim_moera_signing::tag;
use crate::{Finding, Severity, TenantCheck, TenantEvidence, tenancy::pages};

/// The declaration.
pub static CHECK: TenantCheck = TenantCheck {
    id: "sending-disabled-open",
    severity: Severity::High,
    title: "A domain that does not send is not locked down",
    meaning: "Sending from this domain is switched off in the tenant. Receivers elsewhere cannot know that: the domain's SPF and DMARC records do not say \
              that no mail is its own.",
    risk: "Anybody sends in the domain's name, and receivers have no reason to refuse it.",
    advice: "Publish the records below: no host may send, and mail in the domain's name is to be rejected.",
    references: &[pages::RFC_9989, pages::ACCEPTED_DOMAINS],
    baseline: &["MS.EXO.2.2v3", "MS.EXO.4.2v1"],
    run,
};

/// The SPF record of a domain without mail.
const SPF: &str = "v=spf1 -all";
/// The DMARC record of a domain without mail.
const DMARC: &str = "v=DMARC1; p=reject; sp=reject; np=reject; adkim=s; aspf=s";

fn run(check: &TenantCheck, evidence: &TenantEvidence<'_>, found: &mut Vec<Finding>) {
    for domain in evidence.own().filter(|domain| domain.sending_from_domain_disabled) {
        let name = &domain.domain_name;
        let Some(facts) = evidence.facts(name) else { continue };
        let mut finding = check.found(name);
        let records = [
            (name.clone(), &facts.spf, SPF, is_closed as fn(&str) -> bool),
            (format!("_dmarc.{name}"), &facts.dmarc, DMARC, rejects as fn(&str) -> bool),
        ];
        for (at, record, wanted, is_enough) in records {
            let Some(record) = record.as_deref().filter(|record| !is_enough(record)) else { continue };
            let there = if record.is_empty() { Vec::new() } else { vec![record.to_owned()] };
            finding = finding
                .seen(format!("{at} TXT"), if record.is_empty() { "none" } else { record })
                .publish(at, "TXT", wanted, &there);
        }
        if !finding.facts.is_empty() {
            found.push(finding.seen(format!("Get-AcceptedDomain {name}: SendingFromDomainDisabled"), "True"));
        }
    }
}

/// Whether an SPF record lets nobody send.
fn is_closed(record: &str) -> bool {
    record.split_ascii_whitespace().skip(1).eq(["-all"])
}

/// Whether a DMARC record has mail rejected, that of subdomains too.
fn rejects(record: &str) -> bool {
    tag(record, "p").as_deref() == Some("reject") && tag(record, "sp").is_none_or(|policy| policy == "reject")
}
