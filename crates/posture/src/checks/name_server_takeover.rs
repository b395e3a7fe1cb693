//! A name server of the domain is one that anybody can have.

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence};

/// The declaration.
pub static CHECK: Check = Check {
    id: "name-server-takeover",
    severity: Severity::Critical,
    title: "A name server lies in a domain that nobody has registered",
    meaning: "The name servers of a domain answer every question about it. One of them has a name in a domain that is free to be registered: a slip of the \
              pen, or a host that was given up.",
    risk: "Whoever registers it answers for the domain, to a part of the world at least: they say where its mail goes, who may send, and which keys \
           sign. Certificates for its web sites can be had too.",
    advice: "Have the registrar put the right name server in its place, or take it away.",
    references: &[
        Reference { title: "RFC 1034 section 4.2.2", url: "https://www.rfc-editor.org/rfc/rfc1034.html#section-4.2.2" },
        Reference { title: "MITRE ATT&CK T1584.002", url: "https://attack.mitre.org/techniques/T1584/002/" },
    ],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    for server in &evidence.handed_over.servers {
        let Some(domain) = &server.unregistered else { continue };
        let what = format!("{} NS", server.zone);
        // One finding a zone, with all that is wrong with it.
        match found.iter_mut().find(|finding| finding.check == check.id && finding.subject == server.zone) {
            Some(known) => *known = known.clone().seen(what, format!("{}: nobody has registered {domain}", server.host)),
            None => {
                let finding = check.found(&server.zone);
                found.push(finding.seen(what, format!("{}: nobody has registered {domain}", server.host)));
            }
        }
    }
}
