//! A BIMI record that mailboxes do not understand.

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence, words};

/// The declaration.
pub static CHECK: Check = Check {
    id: "bimi-record",
    severity: Severity::Informational,
    title: "The BIMI record has a fault",
    meaning: "A record at default._bimi names the logo that mailboxes show beside messages of the domain. Something in it is not as it has to be.",
    risk: "None: no logo is shown.",
    advice: "Publish one record with v=BIMI1, the address of the logo in l= and that of its certificate in a=, both with https.",
    references: &[Reference {
        title: "draft-brand-indicators-for-message-identification section 4.2",
        url: "https://datatracker.ietf.org/doc/draft-brand-indicators-for-message-identification/",
    }],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let bimi = &evidence.bimi;
    let faults: Vec<String> = bimi.records.iter().flat_map(|record| &record.faults).map(ToString::to_string).collect();
    if faults.is_empty() && bimi.records.len() < 2 {
        return;
    }
    let what = format!("{} TXT", bimi.texts.name);
    let mut finding =
        check.found(&evidence.domain).seen(what.clone(), words::listed(bimi.records.iter().map(|record| &record.text)));
    if bimi.records.len() > 1 {
        finding = finding.seen(what.clone(), format!("{} records, which count as none", bimi.records.len()));
    }
    for fault in faults {
        finding = finding.seen(what.clone(), fault);
    }
    found.push(finding);
}
