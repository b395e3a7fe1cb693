//! A record of which parts could not be looked at.

use mailauth::{
    dns::Absent,
    spf::survey::{Host, Published},
};

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence};

/// The declaration.
pub static CHECK: Check = Check {
    id: "spf-resolver-trouble",
    severity: Severity::Low,
    title: "Parts of SPF could not be looked up",
    meaning: "Name servers did not answer questions that the record leads to. Receivers to whom they do not answer put the \
              message off.",
    risk: "While this lasts, honest mail is late, or refused after some days. What else the record says could not \
              be checked here.",
    advice: "Check again later. If it stays, tell those who run the name servers of the names below.",
    references: &[
        Reference { title: "RFC 7208 section 2.6.6", url: "https://www.rfc-editor.org/rfc/rfc7208.html#section-2.6.6" },
        Reference { title: "RFC 7208 section 4.4", url: "https://www.rfc-editor.org/rfc/rfc7208.html#section-4.4" },
    ],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let survey = &evidence.spf.survey;
    let mut finding = check.found(&evidence.domain);
    for node in &survey.nodes {
        if let Published::Trouble(words) = &node.published {
            // Without a record nothing at all can be said, to receivers either.
            finding = finding.matters(Severity::Medium).seen(format!("{} TXT", node.domain), words);
        }
    }
    for (place, _, term) in survey.terms().filter(|(_, _, term)| term.is_unknown()) {
        let exchangers = term.exchangers.as_ref().and_then(trouble).map(|words| (term.target.as_deref().unwrap_or(""), words));
        let hosts = term.hosts.iter().filter_map(|host| Some((host.name.as_str(), of_host(host)?)));
        for (name, words) in exchangers.into_iter().chain(hosts) {
            finding = finding.seen(survey.named(place), format!("{name}: {words}"));
        }
    }
    if !survey.complete {
        finding = finding.seen(format!("{} TXT", evidence.domain), "leads to more records and names than are looked at");
    }
    if !finding.facts.is_empty() {
        found.push(finding);
    }
}

fn trouble(found: &Result<usize, Absent>) -> Option<&str> {
    match found {
        Err(Absent::Trouble(words)) => Some(words),
        Ok(_) | Err(Absent::NoSuchName | Absent::NoData) => None,
    }
}

fn of_host(host: &Host) -> Option<&str> {
    trouble(&host.v4).or_else(|| host.v6.as_ref().and_then(trouble))
}
