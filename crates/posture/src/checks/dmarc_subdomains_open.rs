//! A policy for sub-domains that is weaker than the domain's.

use mailauth::dmarc::{Policy, Record};

use crate::{
    Check, Finding, Reference, Severity,
    evidence::{DomainEvidence, dmarc::Effective},
    policy::Draft,
};

/// The declaration.
pub static CHECK: Check = Check {
    id: "dmarc-subdomains-open",
    severity: Severity::Medium,
    title: "Sub-domains are guarded less than the domain",
    meaning: "The record asks for less where mail claims to be of a name below the domain: by sp for names that exist, by np \
              for names that nobody has made, or a sub-domain has a weaker record of its own.",
    risk: "An attacker who cannot use the domain's name uses one below it, such as invoice.example.com, which people trust \
              as much.",
    advice: "Ask for the same for sub-domains: without sp and np they have the domain's policy. Where a sub-domain still \
              sends mail that does not pass, ask for np=reject at once, which touches no honest mail, and put that sub-domain \
              right.",
    references: &[
        Reference { title: "RFC 9989 section 4.7", url: "https://www.rfc-editor.org/rfc/rfc9989.html#section-4.7" },
        Reference { title: "RFC 9989 section 4.10.1", url: "https://www.rfc-editor.org/rfc/rfc9989.html#section-4.10.1" },
    ],
    baseline: &["MS.EXO.4.2v1"],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let dmarc = &evidence.dmarc;
    let own = dmarc.effective().filter(|policy| policy.domain == evidence.domain && policy.asked > Policy::None);
    let Some(own) = own.filter(|_| !evidence.sends_nothing()) else { return };
    let gaps = Gaps::below(evidence, own);
    let Some(severity) = gaps.severity() else { return };
    let name = &dmarc.own.name;
    let mut finding = check.found(&evidence.domain).matters(severity).seen(format!("{name} TXT"), own.record.text.clone());
    for (what, policy) in [("names that exist", gaps.existing), ("names that nobody has made", gaps.made_up)] {
        if let Some(policy) = policy {
            let instead = format!("have {} instead of {}", policy.as_str(), own.asked.as_str());
            finding = finding.seen(format!("{what} below {}", evidence.domain), instead);
        }
    }
    if gaps.existing.or(gaps.made_up).is_some() {
        finding = finding.rewrites(name, own.record, &Draft::of(own.record).no_weaker_below());
    }
    for (name, record, policy) in &gaps.own_records {
        let draft = Draft { policy: own.asked, ..Draft::of(record) };
        finding = finding.seen(format!("{name} TXT"), format!("its own policy is {}", policy.as_str()));
        finding = finding.rewrites(name, record, &draft);
    }
    found.push(finding);
}

/// What is asked for names below a domain, where that is less than for the domain.
struct Gaps<'a> {
    existing: Option<Policy>,
    made_up: Option<Policy>,
    /// Names with a weaker record of their own: the record's name, the record, and what it asks.
    own_records: Vec<(&'a str, Record, Policy)>,
}

impl<'a> Gaps<'a> {
    fn below(evidence: &'a DomainEvidence, own: Effective<'_>) -> Self {
        let dmarc = &evidence.dmarc;
        let weaker = |below: Option<Effective<'_>>| {
            let below = below.filter(|below| below.domain == evidence.domain && below.asked < own.asked);
            below.map(|below| below.asked)
        };
        let own_records = dmarc.subdomains.iter().filter_map(|name| {
            let record = name.record()?;
            let policy = record.policy.filter(|policy| *policy < own.asked)?;
            Some((name.own.name.as_str(), record, policy))
        });
        Self {
            existing: weaker(dmarc.below(true)),
            // With a wildcard every name exists, and `np` counts for none.
            made_up: weaker(dmarc.below(dmarc.everything_exists == Some(true))),
            own_records: own_records.collect(),
        }
    }

    /// How much they matter; `None` without any. Of names that can be made up there is no end.
    fn severity(&self) -> Option<Severity> {
        let records = self.own_records.iter().map(|(_, _, policy)| *policy);
        let weakest = [self.made_up, self.existing].into_iter().flatten().chain(records).min()?;
        Some(match (self.made_up, weakest) {
            (Some(Policy::None), _) => Severity::High,
            (_, Policy::None) => Severity::Medium,
            (_, Policy::Quarantine | Policy::Reject) => Severity::Low,
        })
    }
}
