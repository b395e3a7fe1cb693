//! A record that receivers cannot understand.

use mailauth::spf::survey::Published;

use crate::{
    Check, Finding, Reference, Severity,
    evidence::DomainEvidence,
    sender::{self, no_effect, run_together},
};

/// The declaration.
pub static CHECK: Check = Check {
    id: "spf-syntax",
    severity: Severity::High,
    title: "The SPF record has mistakes",
    meaning: "A term of the record, or of one that it includes, is not written as the standard wants it. Receivers do \
              not read on: the whole check ends with an error.",
    risk: "Honest mail is treated as if there were no record, or worse, and forged mail along with it. Some of \
              these mistakes also leave out servers that should be allowed.",
    advice: "Put the terms right that are told below. Where the record is another organisation's, tell them, or \
              include something else.",
    references: &[
        Reference { title: "RFC 7208 section 4.6", url: "https://www.rfc-editor.org/rfc/rfc7208.html#section-4.6" },
        Reference { title: "RFC 7208 section 12", url: "https://www.rfc-editor.org/rfc/rfc7208.html#section-12" },
    ],
    baseline: &["MS.EXO.2.2v3"],
    run,
};

/// Faults that are shown of one record.
const SHOWN: usize = 10;

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let mut finding = check.found(&evidence.domain);
    // Several records at the domain are a worse mistake than any in them.
    if matches!(evidence.spf.survey.root().map(|node| &node.published), Some(Published::Several(_))) {
        return;
    }
    let mut worst = None;
    for node in &evidence.spf.survey.nodes {
        let Some(text) = node.record() else { continue };
        for fault in node.faults.iter().take(SHOWN) {
            let at = token(text, fault.span.start);
            finding = finding.seen(format!("{} TXT", node.domain), format!("`{at}`: {fault}"));
            worst = Some(check.severity);
        }
        for name in no_effect(node) {
            let words = format!("`{name}` is passed over: after the name of a mechanism stands a colon, not an equals sign");
            finding = finding.seen(format!("{} TXT", node.domain), words);
            worst = worst.or(Some(Severity::Medium));
        }
        for term in run_together(node) {
            let words = format!("`{term}` is two terms that have run together: a space is missing where the record was split");
            finding = finding.seen(format!("{} TXT", node.domain), words);
            worst = Some(check.severity);
        }
        if sender::is_at_or_below(&node.domain, &evidence.domain) {
            finding = sender::publish_proposed(finding, evidence, node, sender::repaired(text, node));
        }
    }
    if let Some(severity) = worst {
        found.push(finding.matters(severity));
    }
}

/// The word of a record around a place in it.
fn token(text: &str, at: usize) -> &str {
    let start = text.get(..at).and_then(|head| head.rfind(' ')).map_or(0, |space| space + 1);
    text.get(start..).and_then(|rest| rest.split(' ').next()).unwrap_or_default()
}
