//! The domain every Microsoft 365 tenant has, and hardly anybody guards.

use mailauth::dmarc::Policy;

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence, moera::Moera, policy::Draft};

/// The declaration.
pub static CHECK: Check = Check {
    id: "moera-dmarc",
    severity: Severity::High,
    title: "The tenant's onmicrosoft.com domain has no DMARC policy of reject",
    meaning: "Every Microsoft 365 tenant has a domain that ends in onmicrosoft.com. It can send mail, it is trusted as \
              Microsoft's, and it has no DMARC policy until the tenant's owner adds one.",
    risk: "Anybody can send mail in the name of this domain to people outside, who see the name of your organisation in it.",
    advice: "Add it in the Microsoft 365 admin center (https://admin.microsoft.com): Show all, Settings, Domains, the \
              onmicrosoft.com domain, DNS records, Add record. Type TXT, TXT name _dmarc, TXT value as below, then save. No \
              program can do this for you: Microsoft has no supported interface for it.",
    references: &[
        Reference {
            title: "Microsoft: set up DMARC for the onmicrosoft.com domain",
            url: "https://learn.microsoft.com/en-us/defender-office-365/email-authentication-dmarc-configure#use-the-microsoft-365-admin-center-to-add-dmarc-txt-records-for-onmicrosoftcom-domains-in-microsoft-365",
        },
        Reference { title: "RFC 9989 section 4.7", url: "https://www.rfc-editor.org/rfc/rfc9989.html#section-4.7" },
    ],
    baseline: &["MS.EXO.4.1v1", "MS.EXO.4.2v1"],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let dmarc = &evidence.dmarc;
    let counts = dmarc.effective().map_or(Policy::None, |policy| policy.counts());
    if Moera::of(&evidence.domain) != Some(Moera::Tenants) || dmarc.is_unknown() || counts == Policy::Reject {
        return;
    }
    let texts: Vec<String> = dmarc.own.words().map(std::borrow::Cow::into_owned).collect();
    let seen = if texts.is_empty() { "no record".to_owned() } else { texts.join(", ") };
    let own = dmarc.own_record().map(Draft::of).unwrap_or_else(|| Draft::new(Policy::Reject));
    let draft = Draft { policy: Policy::Reject, testing: false, ..own }.no_weaker_below();
    let severity = if counts == Policy::Quarantine { Severity::Low } else { check.severity };
    let finding = check.found(&evidence.domain).matters(severity).seen(format!("{} TXT", dmarc.own.name), seen);
    found.push(finding.publish(dmarc.own.name.clone(), "TXT", draft.to_string(), &texts));
}
