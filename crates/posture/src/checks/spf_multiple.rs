//! Several records count as an error.

use mailauth::spf::survey::Published;

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence, sender};

/// The declaration.
pub static CHECK: Check = Check {
    id: "spf-multiple",
    severity: Severity::High,
    title: "Several SPF records",
    meaning: "A domain may have one SPF record, and this one has more. Receivers do not guess which is meant: they \
              answer with an error.",
    risk: "It is worse than no record at all: honest mail fails the check wherever it goes, and forged mail cannot \
              be told from it.",
    advice: "Publish one record with the terms of all, such as the one below, and delete the others.",
    references: &[
        Reference { title: "RFC 7208 section 4.5", url: "https://www.rfc-editor.org/rfc/rfc7208.html#section-4.5" },
        Reference { title: "RFC 7208 section 3.2", url: "https://www.rfc-editor.org/rfc/rfc7208.html#section-3.2" },
    ],
    baseline: &["MS.EXO.2.2v3"],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let Some(node) = evidence.spf.survey.root() else { return };
    let Published::Several(texts) = &node.published else { return };
    let what = format!("{} TXT", evidence.domain);
    let finding = texts.iter().fold(check.found(&evidence.domain), |finding, text| finding.seen(what.clone(), text));
    found.push(sender::publish_proposed(finding, evidence, node, sender::merged(texts)));
}
