//! A policy that nobody has to keep.

use crate::{
    Check, Finding, Reference, Severity,
    evidence::{
        DomainEvidence,
        mta_sts::{self, Mode},
    },
};

/// The declaration.
pub static CHECK: Check = Check {
    id: "mta-sts-testing",
    severity: Severity::Low,
    title: "The MTA-STS policy is not enforced",
    meaning: "The policy for incoming mail is in testing mode, or switched off: senders deliver whether or not it is kept.",
    risk: "As without a policy: whoever sits on the way can have mail in the clear, or at a server of theirs.",
    advice: "When the TLS reports show no failures for some weeks, serve the policy with `mode: enforce`, and change the id of the record.",
    references: &[Reference { title: "RFC 8461 section 5", url: "https://www.rfc-editor.org/rfc/rfc8461.html#section-5" }],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let sts = &evidence.mta_sts;
    let Some(policy) = sts.policy() else { return };
    let mode = match policy.mode {
        Some(mode @ (Mode::Testing | Mode::None)) => mode,
        Some(Mode::Enforce) | None => return,
    };
    let severity = if mode == Mode::None { Severity::Informational } else { check.severity };
    let mut finding = check.found(&evidence.domain).matters(severity);
    finding = finding.seen(mta_sts::url(&evidence.domain), format!("mode: {mode}"));
    let fits = evidence.mx.hosts().all(|mx| policy.allows(&mx.host.to_ascii_lowercase()));
    if mode == Mode::Testing && fits {
        finding = finding.serve_policy(evidence, Mode::Enforce);
    }
    found.push(finding);
}
