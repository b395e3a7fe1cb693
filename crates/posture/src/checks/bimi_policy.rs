//! A logo that nobody shows because forged mail would bear it too.

use mailauth::dmarc::Policy;

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence};

/// The declaration.
pub static CHECK: Check = Check {
    id: "bimi-policy",
    severity: Severity::Informational,
    title: "There is a logo, and no DMARC policy that it needs",
    meaning: "Mailboxes show a logo only for domains that ask receivers to quarantine or to refuse what fails DMARC, for names below them too, and \
              without t=y.",
    risk: "None: no logo is shown.",
    advice: "Bring the DMARC policy to p=quarantine or p=reject, with an sp that is not none.",
    references: &[Reference {
        title: "draft-brand-indicators-for-message-identification section 7.2",
        url: "https://datatracker.ietf.org/doc/draft-brand-indicators-for-message-identification/",
    }],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let (bimi, dmarc) = (&evidence.bimi, &evidence.dmarc);
    let Some(record) = bimi.records.first().filter(|record| !record.declined) else { return };
    if dmarc.is_unknown() {
        return;
    }
    let seen = match (dmarc.effective(), dmarc.below(true)) {
        (None, _) => "no policy".to_owned(),
        (Some(policy), _) if policy.record.testing => "t=y: the policy is only being tried out".to_owned(),
        (Some(policy), _) if policy.asked == Policy::None => format!("{}=none", policy.tag),
        (_, Some(below)) if below.asked == Policy::None => format!("{}=none for names below the domain", below.tag),
        _ => return,
    };
    let finding = check.found(&evidence.domain).seen(format!("{} TXT", bimi.texts.name), record.text.clone());
    found.push(finding.seen(format!("{} TXT", dmarc.own.name), seen));
}
