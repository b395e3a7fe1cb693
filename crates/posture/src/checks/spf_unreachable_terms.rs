//! Terms behind the end of the record.

use mailauth::spf::{
    record::{Mechanism, Qualifier},
    survey::{Standing, TermRef},
};

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence, sender};

/// The declaration.
pub static CHECK: Check = Check {
    id: "spf-unreachable-terms",
    severity: Severity::Medium,
    title: "SPF has terms that nobody reads",
    meaning: "The record ends at its all: what stands behind it is never looked at. A redirect counts for nothing in a \
              record that has an all.",
    risk: "Servers that were added at the end are not allowed: their mail fails, though they stand in the record.",
    advice: "Put all at the end of the record, or take out what is not needed.",
    references: &[
        Reference { title: "RFC 7208 section 5.1", url: "https://www.rfc-editor.org/rfc/rfc7208.html#section-5.1" },
        Reference { title: "RFC 7208 section 6.1", url: "https://www.rfc-editor.org/rfc/rfc7208.html#section-6.1" },
    ],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let survey = &evidence.spf.survey;
    if evidence.spf.own().is_none() {
        return;
    }
    let own = survey.terms().filter(|(_, node, _)| sender::is_at_or_below(&node.domain, &evidence.domain));
    let late: Vec<(TermRef, Standing)> = own
        .filter(|(_, _, term)| matches!(term.standing, Standing::AfterAll | Standing::BesideAll))
        .map(|(place, _, term)| (place, term.standing))
        .collect();
    if late.is_empty() {
        return;
    }
    // A second `all` or a redirect that is ignored keeps nobody's mail from passing.
    let matters = |place: &TermRef| {
        survey.at(*place).is_some_and(|(_, term)| {
            term.standing == Standing::AfterAll
                && term.qualifier() == Some(Qualifier::Pass)
                && !matches!(term.mechanism(), Some(Mechanism::All))
        })
    };
    let severity = if late.iter().any(|(place, _)| matters(place)) { check.severity } else { Severity::Low };
    let mut finding = check.found(&evidence.domain).matters(severity);
    for (place, standing) in &late {
        let words = if *standing == Standing::AfterAll { "stands behind `all`" } else { "is ignored beside `all`" };
        finding = finding.seen(survey.named(*place), words);
    }
    let mut nodes: Vec<usize> = late.iter().map(|(place, _)| place.node).collect();
    nodes.dedup();
    for at in nodes {
        let Some(node) = survey.nodes.get(at) else { continue };
        let proposed = sender::in_order(node);
        if proposed.as_ref().is_none_or(|text| evidence.spf.objection(&node.domain, text).is_none()) {
            finding = sender::publish_proposed(finding, evidence, node, proposed);
            continue;
        }
        // What stands behind the end must not come into effect: it goes.
        let gone: Vec<TermRef> = late.iter().map(|(place, _)| *place).filter(|place| place.node == at).collect();
        finding = sender::publish_without(finding, evidence, &gone);
    }
    found.push(finding);
}
