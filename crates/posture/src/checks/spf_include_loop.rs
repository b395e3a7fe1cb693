//! Records that include one another in a circle.

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence, sender};

/// The declaration.
pub static CHECK: Check = Check {
    id: "spf-include-loop",
    severity: Severity::High,
    title: "SPF includes itself",
    meaning: "A record leads back to itself: it includes a record that includes it again. Receivers stop after ten \
              steps, and the check ends with an error.",
    risk: "Honest mail fails the check unless a term before the circle matches, and nothing is said against forged \
              mail.",
    advice: "Take out the include that leads back.",
    references: &[
        Reference { title: "RFC 7208 section 4.6.4", url: "https://www.rfc-editor.org/rfc/rfc7208.html#section-4.6.4" },
        Reference { title: "RFC 7208 section 5.2", url: "https://www.rfc-editor.org/rfc/rfc7208.html#section-5.2" },
    ],
    baseline: &["MS.EXO.2.2v3"],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let survey = &evidence.spf.survey;
    if evidence.spf.own().is_none() || survey.loops.is_empty() {
        return;
    }
    let mut finding = check.found(&evidence.domain);
    for place in &survey.loops {
        let back = survey.at(*place).and_then(|(_, term)| term.leads_to).and_then(|at| survey.nodes.get(at));
        let words = format!("leads back to {}", back.map_or("", |node| &node.domain));
        finding = finding.seen(survey.named(*place), words);
    }
    found.push(sender::publish_without(finding, evidence, &survey.loops));
}
