//! A domain without mail that anybody may use.

use mailauth::{
    dkim::PublicPart,
    dmarc::{Policy, record::Alignment},
    dns::Absent,
};

use crate::{
    Check, Finding, Reference, Severity,
    evidence::{DomainEvidence, dkim::Selector},
    policy::Draft,
};

/// The declaration.
pub static CHECK: Check = Check {
    id: "nonsending-not-locked",
    severity: Severity::High,
    title: "A domain without mail is not locked",
    meaning: "A domain that sends no mail can say so in four places of the DNS: nobody may send (SPF), no mail is taken (MX), \
              every signature is worthless (DKIM), and whatever claims to be of the domain is to be refused (DMARC). Some of \
              that is missing here.",
    risk: "Attackers like domains that nobody watches: mail in their name comes from a known and honest domain, and nobody \
              notices.",
    advice: "Publish the records below. They harm nothing, since the domain sends no mail.",
    references: &[
        Reference { title: "RFC 7208 section 10.1.2", url: "https://www.rfc-editor.org/rfc/rfc7208.html#section-10.1.2" },
        Reference { title: "RFC 7505 section 3", url: "https://www.rfc-editor.org/rfc/rfc7505.html#section-3" },
        Reference { title: "RFC 6376 section 3.6.1", url: "https://www.rfc-editor.org/rfc/rfc6376.html#section-3.6.1" },
        Reference { title: "RFC 9989 section 4.7", url: "https://www.rfc-editor.org/rfc/rfc9989.html#section-4.7" },
    ],
    baseline: &["MS.EXO.2.2v2", "MS.EXO.4.2v1"],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    if !evidence.sends_nothing() {
        return;
    }
    let mut finding = check.found(&evidence.domain).matters(Severity::Informational);
    for part in [spf, mx, keys, dmarc] {
        finding = part(evidence, finding);
    }
    if !finding.facts.is_empty() {
        found.push(finding.for_purpose(evidence));
    }
}

/// Something that is missing: what it makes the finding matter, at least.
fn lacks(finding: Finding, severity: Severity, what: String, seen: impl Into<String>) -> Finding {
    let severity = finding.severity.max(severity);
    finding.matters(severity).seen(what, seen)
}

fn spf(evidence: &DomainEvidence, finding: Finding) -> Finding {
    if evidence.apex.nobody_sends() || evidence.apex.texts.is_unknown() {
        return finding;
    }
    let records: Vec<String> = evidence.apex.spf().iter().map(|record| record.text().to_owned()).collect();
    let seen = if records.is_empty() { "no SPF record".to_owned() } else { records.join(", ") };
    let finding = lacks(finding, Severity::Medium, format!("{} TXT", evidence.domain), seen);
    finding.publish(evidence.domain.clone(), "TXT", "v=spf1 -all", &records)
}

fn mx(evidence: &DomainEvidence, finding: Finding) -> Finding {
    let what = format!("{} MX", evidence.domain);
    match &evidence.mx.records {
        Err(Absent::NoData | Absent::NoSuchName) => {
            lacks(finding, Severity::Low, what, "no record").publish(evidence.domain.clone(), "MX", "0 .", &[])
        }
        Ok(_) if !evidence.mx.is_null() => {
            // A domain may take mail and send none: only its owner knows.
            let hosts: Vec<&str> = evidence.mx.hosts().map(|mx| mx.host.as_str()).collect();
            let words = format!("mail is taken at {}: if that is not meant, publish `0 .` in its place", hosts.join(", "));
            lacks(finding, Severity::Informational, what, words)
        }
        Ok(_) | Err(Absent::Trouble(_)) => finding,
    }
}

fn keys(evidence: &DomainEvidence, finding: Finding) -> Finding {
    let revoked =
        |selector: &Selector| !selector.keys.is_empty() && selector.keys.iter().all(|key| key.key == PublicPart::Revoked);
    if evidence.dkim.wildcard.as_ref().is_some_and(revoked) || evidence.dkim.base.is_unknown() {
        return finding;
    }
    let name = format!("*._domainkey.{}", evidence.domain);
    let finding = lacks(finding, Severity::Low, format!("{name} TXT"), "no record that says that there are no keys");
    finding.publish(name, "TXT", "v=DKIM1; p=", &[])
}

fn dmarc(evidence: &DomainEvidence, finding: Finding) -> Finding {
    let dmarc = &evidence.dmarc;
    if dmarc.is_unknown() {
        return finding;
    }
    let (policies, own) = (dmarc.policies(), dmarc.own_record());
    let effective = dmarc.effective().map_or(Policy::None, |policy| policy.counts());
    let below = |exists| {
        dmarc.below(exists).map_or(Policy::None, |policy| if policy.record.testing { Policy::None } else { policy.asked })
    };
    let strict =
        own.is_some_and(|record| record.dkim_alignment == Alignment::Strict && record.spf_alignment == Alignment::Strict);
    // What is inherited refuses as well as what is the domain's own; how strictly it is compared matters only to a domain that sends.
    let inherits = own.is_none() && policies.is_empty();
    let severity = match effective {
        Policy::None => Severity::High,
        Policy::Quarantine => Severity::Medium,
        Policy::Reject if inherits => return finding,
        Policy::Reject if below(true) < Policy::Reject || below(false) < Policy::Reject => Severity::Medium,
        Policy::Reject if !strict => Severity::Low,
        Policy::Reject => return finding,
    };
    let texts: Vec<String> = policies.iter().map(|record| record.text.clone()).collect();
    let seen = if texts.is_empty() { "no policy of its own".to_owned() } else { texts.join(", ") };
    let addresses = own.map(Draft::of).map(|draft| (draft.aggregate, draft.failure)).unwrap_or_default();
    let draft = Draft {
        subdomains: Some(Policy::Reject),
        nonexistent: Some(Policy::Reject),
        dkim: Alignment::Strict,
        spf: Alignment::Strict,
        aggregate: if addresses.0.is_empty() { evidence.report_address.iter().cloned().collect() } else { addresses.0 },
        failure: addresses.1,
        ..Draft::new(Policy::Reject)
    };
    let finding = lacks(finding, severity, format!("{} TXT", dmarc.own.name), seen);
    finding.publish(dmarc.own.name.clone(), "TXT", draft.to_string(), &texts)
}
