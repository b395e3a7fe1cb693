//! Nobody is told which servers send the domain's mail.

use mailauth::{dmarc::Policy, spf::survey::Published};

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence, moera::Moera, sender};

/// The declaration.
pub static CHECK: Check = Check {
    id: "spf-missing",
    severity: Severity::High,
    title: "No SPF record",
    meaning: "SPF is a line of text in the DNS by which a domain names the servers that send its mail. This domain \
              sends mail and has none.",
    risk: "Receivers cannot tell the domain's own servers from anybody else's: forged mail is not held against the \
              sender, and honest mail is trusted less.",
    advice: "Publish a record that names everybody who sends for the domain. The one below names the servers that \
              take its mail: add the services that send newsletters, invoices and tickets, then end it in -all.",
    references: &[
        Reference { title: "RFC 7208 section 3", url: "https://www.rfc-editor.org/rfc/rfc7208.html#section-3" },
        Reference { title: "RFC 7208 section 10.1.1", url: "https://www.rfc-editor.org/rfc/rfc7208.html#section-10.1.1" },
    ],
    baseline: &["MS.EXO.2.2v3"],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let Some(node) = evidence.spf.survey.root() else { return };
    // What a domain without mail needs is told as a whole elsewhere.
    if evidence.sends_nothing() || Moera::of(&evidence.domain) == Some(Moera::Microsofts) {
        return;
    }
    let near: &[String] = match &node.published {
        Published::Nothing(near) => near,
        Published::NoSuchName => &[],
        Published::Record(_) | Published::Several(_) | Published::Trouble(_) => return,
    };
    // Where DMARC refuses what is not signed, the signature does what SPF would.
    let enforced = evidence.dmarc.effective().map_or(Policy::None, |policy| policy.counts()) == Policy::Reject;
    let severity = if enforced { Severity::Medium } else { check.severity };
    let what = format!("{} TXT", evidence.domain);
    let mut finding = check.found(&evidence.domain).matters(severity);
    finding = match &node.published {
        Published::NoSuchName => finding.seen(what.clone(), "the name does not exist"),
        _ if near.is_empty() => finding.seen(what.clone(), "no SPF record"),
        _ => finding,
    };
    for text in near {
        finding = finding.seen(what.clone(), format!("no receiver takes this for a record, which begins with `v=spf1 `: {text}"));
    }
    let meant = near.iter().find_map(|text| Some((sender::completed(text)?, text)));
    finding = match meant {
        Some((record, text)) => match evidence.spf.objection(&evidence.domain, &record) {
            None => finding.publish(evidence.domain.clone(), "TXT", record, std::slice::from_ref(text)),
            Some(words) => finding.seen("what was meant must not be published as it is", words),
        },
        None => finding.publish(evidence.domain.clone(), "TXT", sender::suggested(evidence), &[]),
    };
    found.push(finding.for_purpose(evidence));
}
