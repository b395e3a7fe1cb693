//! A record that lets everybody send, or nearly.

use mailauth::spf::{
    record::{Mechanism, Qualifier},
    survey::{Survey, TermRef},
};

use crate::{
    Check, Finding, Reference, Severity,
    evidence::{DomainEvidence, spf::too_wide},
    sender::{self, Draft},
};

/// The declaration.
pub static CHECK: Check = Check {
    id: "spf-allows-everybody",
    severity: Severity::Critical,
    title: "SPF lets everybody send",
    meaning: "The record is there to name the few servers that send for the domain, and names all there are, or very \
              many.",
    risk: "Anybody whose server is among them sends mail in the domain's name that passes SPF, and with it DMARC: \
              receivers are told that it is honest.",
    advice: "Name the servers and services that send for the domain, and refuse all others: end the record in ~all at \
              first, in -all when the reports of DMARC show nobody missing.",
    references: &[
        Reference { title: "RFC 7208 section 5.1", url: "https://www.rfc-editor.org/rfc/rfc7208.html#section-5.1" },
        Reference { title: "RFC 7208 section 10.1.1", url: "https://www.rfc-editor.org/rfc/rfc7208.html#section-10.1.1" },
    ],
    baseline: &["MS.EXO.2.2v3"],
    run,
};

/// Addresses in all that are too many: a sixteenth of all there are. The largest services that send for others have half a million each.
const MANY: u64 = 1 << 28;

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let survey = &evidence.spf.survey;
    let Some(own) = evidence.spf.own() else { return };
    let all = survey.ipv4_addresses > u64::from(u32::MAX);
    let wide = too_wide(survey);
    if survey.everybody.is_empty() && wide.is_empty() && survey.ipv4_addresses < MANY {
        return;
    }
    let mut finding = check.found(&evidence.domain);
    if survey.everybody.is_empty() && !all {
        "SPF lets very many send".clone_into(&mut finding.title);
        finding = finding.matters(Severity::High);
    }
    finding = finding.seen(format!("{} TXT", own.domain), own.record().unwrap_or_default());
    for place in &survey.everybody {
        finding = finding.seen(survey.named(*place), "lets everybody pass");
    }
    for (place, network) in wide.iter().filter(|(place, _)| !survey.everybody.contains(place)) {
        finding = finding.seen(survey.named(*place), format!("lets all of {network} pass"));
    }
    if survey.everybody.is_empty() {
        finding = finding.seen("IPv4 addresses that may send", survey.ipv4_addresses.to_string());
    }
    found.push(publish(finding, evidence, survey));
}

/// The domain's own record without the terms that let everybody pass; one that is made anew if they are all there is. Networks that are
/// merely wide are not taken out: somebody may send from them.
fn publish(finding: Finding, evidence: &DomainEvidence, survey: &Survey) -> Finding {
    let own: Vec<usize> = survey.everybody.iter().filter(|place| place.node == 0).map(|place| place.term).collect();
    let (Some(draft), false) = (Draft::own(evidence), own.is_empty()) else { return finding };
    let is_all = |at: &usize| {
        let term = survey.at(TermRef { node: 0, term: *at });
        term.is_some_and(|(_, term)| matches!(term.mechanism(), Some(Mechanism::All)))
    };
    let gone: Vec<usize> = own.iter().filter(|at| !is_all(at)).copied().collect();
    let ends_well = matches!(survey.otherwise, Some(Qualifier::Fail | Qualifier::Softfail));
    let draft = draft.without(gone);
    let draft = if ends_well { draft } else { draft.otherwise(Qualifier::Softfail) };
    if draft.names_somebody() {
        return draft.publish(finding);
    }
    let old = evidence.spf.own().and_then(|node| node.record()).unwrap_or_default().to_owned();
    let record = if evidence.sends_nothing() { "v=spf1 -all".to_owned() } else { sender::suggested(evidence) };
    finding.publish(evidence.domain.clone(), "TXT", record, &[old])
}
