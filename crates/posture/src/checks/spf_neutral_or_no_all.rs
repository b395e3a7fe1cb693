//! A record that says nothing of those it does not name.

use mailauth::{
    dmarc::Policy,
    spf::{
        record::{Modifier, Qualifier, TermKind},
        survey::{Standing, Survey},
    },
};

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence, sender::Draft};

/// The declaration.
pub static CHECK: Check = Check {
    id: "spf-neutral-or-no-all",
    severity: Severity::Medium,
    title: "SPF says nothing against other servers",
    meaning: "The record names servers that may send, and says nothing of all others: it ends in ?all, or has no all \
              at its end. For receivers that is as if there were no record.",
    risk: "Mail from any other server in the world is not held against its sender.",
    advice: "End the record in ~all (probably not ours) or -all (not ours). With a DMARC policy of reject both are \
              the same to most receivers, and ~all does less harm to mail that others pass on.",
    references: &[
        Reference { title: "RFC 7208 section 4.7", url: "https://www.rfc-editor.org/rfc/rfc7208.html#section-4.7" },
        Reference { title: "RFC 7208 section 5.1", url: "https://www.rfc-editor.org/rfc/rfc7208.html#section-5.1" },
        Reference { title: "RFC 7208 section 8.2", url: "https://www.rfc-editor.org/rfc/rfc7208.html#section-8.2" },
    ],
    baseline: &["MS.EXO.2.2v3"],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let survey = &evidence.spf.survey;
    if evidence.spf.own().is_none() || survey.is_endless() {
        return;
    }
    let Some(last) = last(survey) else { return };
    let Some((node, record)) = survey.nodes.get(last).and_then(|node| Some((node, node.record()?))) else { return };
    let policy = evidence.dmarc.effective().map_or(Policy::None, |policy| policy.counts());
    let (words, severity) = match survey.otherwise {
        Some(Qualifier::Fail | Qualifier::Pass) => return,
        // With DMARC it is what many recommend; without, it keeps little out.
        Some(Qualifier::Softfail) if policy > Policy::None || evidence.dmarc.is_unknown() => return,
        Some(Qualifier::Softfail) => {
            ("ends in ~all, which alone keeps little out: DMARC asks for nothing", Severity::Informational)
        }
        // A mistake may hide the end of the record; that it is one is told elsewhere.
        None if !node.faults.is_empty() => return,
        None => ("has no `all` at its end", check.severity),
        Some(Qualifier::Neutral) => ("ends in ?all", check.severity),
    };
    let severity = if policy == Policy::Reject { severity.min(Severity::Low) } else { severity };
    let mut finding = check.found(&evidence.domain).matters(severity);
    if survey.otherwise == Some(Qualifier::Softfail) {
        "SPF only suspects other servers".clone_into(&mut finding.title);
        "The record ends in ~all: mail from other servers is probably not the domain's. What becomes of it is left to the \
         receiver, as long as DMARC does not say."
            .clone_into(&mut finding.meaning);
        "Forged mail arrives, in many places in the folder for junk.".clone_into(&mut finding.risk);
        "Publish a DMARC policy and raise it to reject: then ~all is enough.".clone_into(&mut finding.advice);
        found.push(finding.seen(format!("{} TXT", node.domain), record));
        return;
    }
    finding = finding.seen(format!("{} TXT", node.domain), format!("{words}: {record}"));
    if let Some(draft) = Draft::of(evidence, last) {
        let end = if draft.names_somebody() { Qualifier::Softfail } else { Qualifier::Fail };
        finding = draft.otherwise(end).publish(finding);
    }
    found.push(finding);
}

/// The record whose end counts: the first, or the last that it redirects to. `None` if a redirect leads to no record that is known.
fn last(survey: &Survey) -> Option<usize> {
    let mut at = 0;
    for _ in 0..=survey.nodes.len() {
        let node = survey.nodes.get(at)?;
        node.record()?;
        let redirect = node
            .terms
            .iter()
            .find(|term| matches!(term.kind, TermKind::Modifier(Modifier::Redirect(_))) && term.standing == Standing::Reached);
        match redirect {
            Some(term) => at = term.leads_to?,
            None => return Some(at),
        }
    }
    None
}
