//! Somebody has a name that can be taken for the domain's.

use crate::{
    Check, Finding, Reference, Severity,
    evidence::{
        DomainEvidence,
        lookalikes::{How, Lookalike, MOST_LOOKALIKES},
    },
    words,
};

/// The declaration.
pub static CHECK: Check = Check {
    id: "lookalike-registered",
    severity: Severity::Medium,
    title: "A domain that looks alike is registered",
    meaning: "A name that people take for the domain's is registered. What it publishes tells whether mail can be sent from it, and answered to.",
    risk: "Mail from it passes every check, as it is its owner's own: nothing but the name gives it away. It may belong to an honest namesake, or to you.",
    advice: "If it is not yours, block it where mail comes in, and tell your people. If it deceives, report it to its registrar, or have the name \
             transferred. If it is yours, lock it down as a domain without mail.",
    references: &[
        Reference { title: "MITRE ATT&CK T1583.001", url: "https://attack.mitre.org/techniques/T1583/001/" },
        Reference { title: "UTS 39 section 4", url: "https://www.unicode.org/reports/tr39/#Confusable_Detection" },
        Reference { title: "ICANN: UDRP", url: "https://www.icann.org/resources/pages/help/dndr/udrp-en" },
    ],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let lookalikes = &evidence.lookalikes;
    for lookalike in &lookalikes.found {
        let finding = check.found(&lookalike.domain).matters(severity(lookalike));
        found.push(facts(finding.seen(evidence.domain.clone(), lookalike.how.to_string()), lookalike));
    }
    if lookalikes.left_out > 0 {
        let mut finding = check.found(&evidence.domain).matters(Severity::Informational);
        "Not all names that look alike were asked about".clone_into(&mut finding.title);
        finding.advice = format!("Give at most {MOST_LOOKALIKES} names at a time, those that deceive best.");
        found.push(finding.seen(evidence.domain.clone(), format!("{} names were left out", lookalikes.left_out)));
    }
}

fn severity(lookalike: &Lookalike) -> Severity {
    let takes = !lookalike.exchangers.is_empty();
    match (takes, lookalike.sends(), lookalike.how) {
        (true, true, How::Letters | How::Typing) => Severity::High,
        (true, true, How::Ending | How::Dash | How::Word | How::Other) => Severity::Medium,
        (true, false, _) | (false, true, _) => Severity::Low,
        (false, false, _) => Severity::Informational,
    }
}

fn facts(finding: Finding, lookalike: &Lookalike) -> Finding {
    let Lookalike { domain, servers, exchangers, spf, dmarc, same_servers, .. } = lookalike;
    let mut finding = finding.seen(format!("{domain} NS"), words::listed(servers.iter().take(5)));
    if *same_servers {
        finding = finding.seen(format!("{domain} NS"), "the same name servers as the domain's own: it may be yours");
    }
    let mail = if exchangers.is_empty() { "takes no mail".to_owned() } else { words::listed(exchangers.iter().take(5)) };
    finding = finding.seen(format!("{domain} MX"), mail);
    if let Some(spf) = spf {
        finding = finding.seen(format!("{domain} TXT"), spf.clone());
    }
    if let Some(dmarc) = dmarc {
        finding = finding.seen(format!("_dmarc.{domain} TXT"), dmarc.clone());
    }
    finding
}
