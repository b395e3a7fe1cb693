//! A policy for sub-domains that is weaker than the domain's.

use mailauth::dmarc::Policy;

use crate::{
    Check, Finding, Reference, Severity,
    evidence::{
        DomainEvidence,
        dmarc::{Effective, Subdomain},
    },
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
    let Some(own) = dmarc.effective().filter(|policy| policy.domain == evidence.domain && policy.asked > Policy::None) else {
        return;
    };
    if evidence.sends_nothing() {
        return;
    }
    let weaker = |below: Option<Effective<'_>>| {
        below.filter(|below| below.domain == evidence.domain && below.asked < own.asked).map(|below| below.asked)
    };
    let existing = weaker(dmarc.below(true));
    // With a wildcard every name exists, and `np` counts for none.
    let made_up = weaker(dmarc.below(dmarc.everything_exists == Some(true)));
    let weak: Vec<(&Subdomain, Policy)> = dmarc
        .subdomains
        .iter()
        .filter_map(|name| Some((name, name.policy()?)))
        .filter(|(_, policy)| *policy < own.asked)
        .collect();
    let weakest = [made_up, existing].into_iter().flatten().chain(weak.iter().map(|(_, policy)| *policy)).min();
    let Some(weakest) = weakest else { return };
    let severity = match (made_up, weakest) {
        (Some(Policy::None), _) => Severity::High,
        (_, Policy::None) => Severity::Medium,
        (_, Policy::Quarantine | Policy::Reject) => Severity::Low,
    };
    let name = &dmarc.own.name;
    let mut finding = check.found(&evidence.domain).matters(severity).seen(format!("{name} TXT"), own.record.text.clone());
    for (what, policy) in [("names that exist", existing), ("names that nobody has made", made_up)] {
        if let Some(policy) = policy {
            finding = finding.seen(
                format!("{what} below {}", evidence.domain),
                format!("have {} instead of {}", policy.as_str(), own.asked.as_str()),
            );
        }
    }
    for (subdomain, policy) in &weak {
        finding = finding.seen(format!("{} TXT", subdomain.own.name), format!("its own policy is {}", policy.as_str()));
    }
    if existing.or(made_up).is_some() {
        let draft = Draft::of(own.record).no_weaker_below();
        finding = finding.rewrites(name, own.record, &draft);
    }
    for (subdomain, _) in weak {
        let text = subdomain.own.words().next().unwrap_or_default().into_owned();
        let draft = subdomain.record().map(|record| Draft { policy: own.asked, ..Draft::of(&record) });
        if let Some(draft) = draft {
            finding = finding.publish(subdomain.own.name.clone(), "TXT", draft.to_string(), &[text]);
        }
    }
    found.push(finding);
}
