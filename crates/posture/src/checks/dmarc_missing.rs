//! Nobody is told what to do with mail that is not the domain's.

use mailauth::{dmarc::Policy, dns::Absent, spf::record::Qualifier};

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence, policy::Draft};

/// The declaration.
pub static CHECK: Check = Check {
    id: "dmarc-missing",
    severity: Severity::High,
    title: "No DMARC policy",
    meaning: "DMARC is a line of text in the DNS by which a domain tells those who receive mail what to do with messages that \
              carry its name and were not sent by it. This domain has none.",
    risk: "Anybody can send mail that shows an address of this domain as its sender, and most receivers will deliver it.",
    advice: "Publish a policy. Begin with p=none and an address for reports, read there who sends in the domain's name, then \
              go on to quarantine and reject.",
    references: &[Reference { title: "RFC 9989 section 4.7", url: "https://www.rfc-editor.org/rfc/rfc9989.html#section-4.7" }],
    baseline: &["MS.EXO.4.1v1"],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let dmarc = &evidence.dmarc;
    let below_another = dmarc.registered.as_deref().is_some_and(|registered| registered != evidence.domain);
    let told_elsewhere = dmarc.has_near_miss() || evidence.alias_at(&dmarc.own.name).is_some() && dmarc.own.found.is_err();
    let nothing_stands = dmarc.policies().is_empty() && dmarc.found().is_none() && !told_elsewhere;
    if dmarc.is_unknown() || !nothing_stands || below_another || evidence.sends_nothing() {
        return;
    }
    let seen = match &dmarc.own.found {
        Err(Absent::NoSuchName) => "the name does not exist".to_owned(),
        Err(_) => "no TXT record".to_owned(),
        Ok(texts) => format!("{}, none of them a policy", crate::words::counted(texts.len() as u64, "TXT record")),
    };
    // Where SPF refuses others, many receivers put what they send aside.
    let severity = match evidence.spf.of_others() {
        Some(Qualifier::Fail | Qualifier::Softfail) => Severity::High,
        _ if evidence.apex.texts.is_unknown() => Severity::High,
        Some(Qualifier::Pass | Qualifier::Neutral) | None => Severity::Critical,
    };
    let record = Draft::new(Policy::None).reporting(evidence).to_string();
    let finding = check.found(&evidence.domain).matters(severity).seen(format!("{} TXT", dmarc.own.name), seen);
    found.push(finding.publish(dmarc.own.name.clone(), "TXT", record, &[]).for_purpose(evidence));
}
