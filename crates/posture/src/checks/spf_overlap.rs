//! Terms that say what others say.

use std::collections::BTreeSet;

use mailauth::spf::{record::Mechanism, survey::TermRef};

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence, sender};

/// The declaration.
pub static CHECK: Check = Check {
    id: "spf-overlap",
    severity: Severity::Low,
    title: "SPF allows the same servers twice",
    meaning: "Terms of the record allow addresses that other terms allow as well, or include a record a second time.",
    risk: "Nothing is open. But a server that is taken out in one place stays allowed by the other, and what is \
              included twice is looked up twice.",
    advice: "Take out the narrower term, unless it is the other that should go.",
    references: &[
        Reference { title: "RFC 7208 section 4.6.4", url: "https://www.rfc-editor.org/rfc/rfc7208.html#section-4.6.4" },
        Reference { title: "RFC 7208 section 5.6", url: "https://www.rfc-editor.org/rfc/rfc7208.html#section-5.6" },
    ],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let survey = &evidence.spf.survey;
    if evidence.spf.own().is_none() {
        return;
    }
    let mut finding = check.found(&evidence.domain);
    let mut gone = BTreeSet::new();
    // Of other organisations' records only they can take something out.
    for overlap in survey.overlaps.iter().filter(|overlap| overlap.inner.node == 0) {
        // Addresses of names change: that they lie within a network today means nothing for tomorrow.
        let Some((_, term)) = survey.at(overlap.inner) else { continue };
        if !matches!(term.mechanism(), Some(Mechanism::Ip4(..) | Mechanism::Ip6(..))) || survey.everybody.contains(&overlap.outer)
        {
            continue;
        }
        gone.insert(overlap.inner.term);
        let words = format!("allowed by {} too", survey.named(overlap.outer));
        finding = finding.seen(survey.named(overlap.inner), words);
    }
    for at in sender::duplicates(survey) {
        let place = TermRef { node: 0, term: at };
        let other = survey.again.iter().find_map(|again| match () {
            () if again.then == place => Some(again.first),
            () if again.first == place => Some(again.then),
            () => None,
        });
        let words = format!("included by {} too", other.map_or_else(String::new, |other| survey.named(other)));
        finding = finding.seen(survey.named(place), words);
        gone.insert(at);
    }
    if finding.facts.is_empty() {
        return;
    }
    let gone: Vec<TermRef> = gone.into_iter().map(|term| TermRef { node: 0, term }).collect();
    found.push(sender::publish_without(finding, evidence, &gone));
}
