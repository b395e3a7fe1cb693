//! Several records count as an error.

use mailauth::spf::{
    record::{Mechanism, Qualifier, Record, TermKind},
    survey::Published,
};

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence};

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
    baseline: &["MS.EXO.2.2v2"],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let Some(Published::Several(texts)) = evidence.spf.survey.root().map(|node| &node.published) else { return };
    let what = format!("{} TXT", evidence.domain);
    let finding = texts.iter().fold(check.found(&evidence.domain), |finding, text| finding.seen(what.clone(), text));
    found.push(match merged(texts) {
        Some(record) => finding.publish(evidence.domain.clone(), "TXT", record, texts),
        None => finding,
    });
}

/// One record that lets everybody send whom one of them lets, and says of others what the strictest says. `None` if one of them has a fault:
/// what it was meant to say is for people to find out.
fn merged(texts: &[String]) -> Option<String> {
    let mut terms: Vec<String> = Vec::new();
    let mut end = None;
    for text in texts {
        let parsed = Record::parse(text);
        if !parsed.faults.is_empty() {
            return None;
        }
        let redirect = parsed.record.redirect().map(|(term, _)| term.span.clone());
        for term in &parsed.record.terms {
            let written = parsed.record.slice(&term.span);
            let written = match &term.kind {
                TermKind::Directive(qualifier, Mechanism::All) => {
                    end = Some(end.map_or(*qualifier, |end| strictest(end, *qualifier)));
                    // What stands behind it is never reached.
                    break;
                }
                // A redirect counts for the whole record, and would do nothing beside the `all` of another.
                TermKind::Modifier(_) if redirect.as_ref() == Some(&term.span) => {
                    format!("include:{}", written.split_once('=').map_or("", |(_, target)| target))
                }
                TermKind::Directive(..) | TermKind::Modifier(_) => written.to_owned(),
            };
            if !terms.iter().any(|known| known.eq_ignore_ascii_case(&written)) {
                terms.push(written);
            }
        }
    }
    let end = end.unwrap_or(Qualifier::Softfail);
    Some(format!("v=spf1 {}{}{}all", terms.join(" "), if terms.is_empty() { "" } else { " " }, end.as_str()))
}

/// Of two ends the one that says more against a stranger.
const fn strictest(one: Qualifier, other: Qualifier) -> Qualifier {
    match (one, other) {
        (Qualifier::Fail, _) | (_, Qualifier::Fail) => Qualifier::Fail,
        (Qualifier::Softfail, _) | (_, Qualifier::Softfail) => Qualifier::Softfail,
        (Qualifier::Neutral, _) | (_, Qualifier::Neutral) => Qualifier::Neutral,
        (Qualifier::Pass, Qualifier::Pass) => Qualifier::Pass,
    }
}
