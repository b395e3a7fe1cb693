//! Tags that RFC 9989 has taken away.

use mailauth::dmarc::record::Fault;

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence, policy::Draft};

/// The declaration.
pub static CHECK: Check = Check {
    id: "dmarc-obsolete-tags",
    severity: Severity::Low,
    title: "The DMARC record holds obsolete tags",
    meaning: "The tags pct, rf and ri were a part of DMARC until 2026 and are none any more. Newer receivers pass over them; \
              older ones still act on pct, and apply the policy to a part of the messages only.",
    risk: "With pct below 100, some receivers let a share of forged messages through, and others treat the record as if pct \
              were not there: nobody can say what happens.",
    advice: "Take them out. To try a policy out, use t=y instead.",
    references: &[Reference { title: "RFC 9989 section 4.7", url: "https://www.rfc-editor.org/rfc/rfc9989.html#section-4.7" }],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let policies = evidence.dmarc.policies();
    let [record] = policies.as_slice() else { return };
    let tags = record.faults.iter().filter_map(|fault| if let Fault::Obsolete(tag) = fault { Some(tag.as_str()) } else { None });
    let tags: Vec<&str> = tags.collect();
    if tags.is_empty() {
        return;
    }
    let severity = if tags.contains(&"pct") { check.severity } else { Severity::Informational };
    let name = &evidence.dmarc.own.name;
    let finding = check.found(&evidence.domain).matters(severity).seen(format!("{name} TXT"), record.text.clone());
    let finding = finding.seen(format!("{name} TXT"), format!("obsolete: {}", tags.join(", ")));
    found.push(finding.rewrites(name, record, &Draft::of(record)));
}
