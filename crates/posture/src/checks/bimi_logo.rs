//! A logo that mailboxes do not show.

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence};

/// The declaration.
pub static CHECK: Check = Check {
    id: "bimi-logo",
    severity: Severity::Informational,
    title: "The BIMI logo cannot be shown",
    meaning: "The logo has to be a small, square picture in the format SVG Tiny PS, which holds no scripts, no animations, and nothing that is got from \
              elsewhere.",
    risk: "None: no logo is shown.",
    advice: "Export the logo as SVG Tiny PS, at most 32 KB, and have the web server give it under its address.",
    references: &[
        Reference { title: "draft-svg-tiny-ps-abrotman", url: "https://datatracker.ietf.org/doc/draft-svg-tiny-ps-abrotman/" },
        Reference {
            title: "draft-brand-indicators-for-message-identification section 5",
            url: "https://datatracker.ietf.org/doc/draft-brand-indicators-for-message-identification/",
        },
    ],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let Some(page) = &evidence.bimi.logo else { return };
    let problems = page.problems();
    if !problems.is_empty() {
        let finding = check.found(&evidence.domain);
        found.push(problems.into_iter().fold(finding, |finding, words| finding.seen(page.url.clone(), words)));
    }
}
