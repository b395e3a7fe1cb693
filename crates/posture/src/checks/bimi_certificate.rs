//! A logo without proof of whose it is.

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence};

/// The declaration.
pub static CHECK: Check = Check {
    id: "bimi-certificate",
    severity: Severity::Informational,
    title: "The certificate of the BIMI logo is missing or cannot be used",
    meaning: "Large mailboxes show a logo only with a certificate (VMC or CMC) that says whose it is.",
    risk: "None: no logo is shown there.",
    advice: "Get a mark certificate from one of the authorities that issue them, and name the file with it and the certificates of its issuers in a=.",
    references: &[
        Reference {
            title: "draft-fetch-validation-vmc-wchuang",
            url: "https://datatracker.ietf.org/doc/draft-fetch-validation-vmc-wchuang/",
        },
        Reference {
            title: "draft-brand-indicators-for-message-identification section 4.2",
            url: "https://datatracker.ietf.org/doc/draft-brand-indicators-for-message-identification/",
        },
    ],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let bimi = &evidence.bimi;
    if let Some(page) = &bimi.certificate {
        let problems = page.problems();
        if !problems.is_empty() {
            let finding = check.found(&evidence.domain);
            found.push(problems.into_iter().fold(finding, |finding, words| finding.seen(page.url.clone(), words)));
        }
    } else if let Some(record) = bimi.records.first().filter(|record| record.logo.is_some() && record.faults.is_empty()) {
        let finding = check.found(&evidence.domain).seen(format!("{} TXT", bimi.texts.name), record.text.clone());
        found.push(finding.seen(format!("{} TXT", bimi.texts.name), "no a="));
    }
}
