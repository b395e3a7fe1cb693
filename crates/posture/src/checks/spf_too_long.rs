//! A record that does not fit into an answer.

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence};

/// The declaration.
pub static CHECK: Check = Check {
    id: "spf-too-long",
    severity: Severity::Low,
    title: "The SPF record is long",
    meaning: "The name and its TXT records together are longer than what fits into every answer of the DNS. An answer \
              that does not fit is asked for again in another way, which some networks do not let through.",
    risk: "Where the second question does not get through, mail is put off or the record counts as missing.",
    advice: "Take out what is not needed, move records of other services that stand at the domain (verifications that \
              are done) away, or move parts of the record to a name of their own and include it. A text of more than \
              255 bytes is published as several strings of one record.",
    references: &[
        Reference { title: "RFC 7208 section 3.4", url: "https://www.rfc-editor.org/rfc/rfc7208.html#section-3.4" },
        Reference { title: "RFC 7208 section 3.3", url: "https://www.rfc-editor.org/rfc/rfc7208.html#section-3.3" },
    ],
    baseline: &[],
    run,
};

/// What fits into every answer: 512 bytes, less what stands around the records (section 3.4).
const FITS: usize = 450;

/// What fits into one packet of nearly every network, with EDNS: 1232 bytes, less the same.
const FITS_LARGE: usize = 1170;

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let Some((own, record)) = evidence.spf.own().and_then(|node| Some((node, node.record()?))) else { return };
    let ours = |domain: &str| crate::sender::is_at_or_below(domain, &evidence.domain);
    let long: Vec<_> = evidence.spf.survey.nodes.iter().filter(|node| ours(&node.domain) && node.bytes > FITS).collect();
    // Other texts at the domain's own name are common, and most of them go nowhere: what matters is when everything is large.
    if record.len() <= FITS && long.iter().all(|node| node.domain == own.domain && node.bytes <= FITS_LARGE) {
        return;
    }
    let most = long.iter().map(|node| node.bytes).max().unwrap_or_default();
    let severity = if most > FITS_LARGE { Severity::Medium } else { check.severity };
    let mut finding = check.found(&evidence.domain).matters(severity);
    for node in long {
        let length = node.record().map_or(0, str::len);
        let words = format!("{} bytes with all texts at the name, the record itself {length}; {FITS} fit", node.bytes);
        finding = finding.seen(format!("{} TXT", node.domain), words);
    }
    found.push(finding);
}
