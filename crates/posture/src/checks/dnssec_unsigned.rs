//! A domain without signatures.

use mailauth::dns::Absent;

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence};

/// The declaration.
pub static CHECK: Check = Check {
    id: "dnssec-unsigned",
    severity: Severity::Informational,
    title: "The domain's DNS is not signed",
    meaning: "With DNSSEC, answers of the DNS are signed, so that nobody on the way can change them. The zone above the domain has no digest of its key.",
    risk: "Whoever can forge answers of the DNS sends mail elsewhere, or takes the records of SPF, DKIM and DMARC away. That takes a place on the way or \
           much luck.",
    advice: "Switch DNSSEC on at the host of the domain's DNS, and have the registrar publish the DS record that it shows.",
    references: &[
        Reference { title: "RFC 9364", url: "https://www.rfc-editor.org/rfc/rfc9364.html" },
        Reference { title: "RFC 4033 section 2", url: "https://www.rfc-editor.org/rfc/rfc4033.html#section-2" },
    ],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let dnssec = &evidence.dnssec;
    if dnssec.proven {
        return;
    }
    let unsigned = match &dnssec.delegation {
        Err(Absent::NoData) => true,
        // A name that does not exist is nobody's, and what nobody answered is not known.
        Err(Absent::NoSuchName | Absent::Trouble(_)) => false,
        Ok(found) => found.is_empty(),
    };
    if unsigned {
        found.push(check.found(&evidence.domain).seen(format!("{} DS", dnssec.zone), "no record"));
    }
}
