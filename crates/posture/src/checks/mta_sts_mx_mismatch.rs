//! Mail goes to hosts that the policy forbids.

use crate::{
    Check, Finding, Reference, Severity,
    evidence::{
        DomainEvidence,
        mta_sts::{self, Mode},
    },
    words,
};

/// The declaration.
pub static CHECK: Check = Check {
    id: "mta-sts-mx-mismatch",
    severity: Severity::High,
    title: "The MTA-STS policy leaves out hosts that take mail",
    meaning: "The policy for incoming mail names the hosts that may take it. The MX records name others.",
    risk: "Senders that know the policy do not deliver to a host that it leaves out: mail is put off, and comes back after some days.",
    advice: "Serve a policy with all hosts, and change the id of the record.",
    references: &[
        Reference { title: "RFC 8461 section 4.1", url: "https://www.rfc-editor.org/rfc/rfc8461.html#section-4.1" },
        Reference { title: "RFC 8461 section 5", url: "https://www.rfc-editor.org/rfc/rfc8461.html#section-5" },
    ],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let sts = &evidence.mta_sts;
    let Some(policy) = sts.policy() else { return };
    let Some(mode @ (Mode::Enforce | Mode::Testing)) = policy.mode else { return };
    let hosts: Vec<String> = evidence.mx.hosts().map(|mx| mx.host.to_ascii_lowercase()).collect();
    let outside: Vec<&String> = hosts.iter().filter(|host| !policy.allows(host)).collect();
    if outside.is_empty() {
        return;
    }
    let severity = match mode {
        // Senders go on to the next host, and have none when that one is down.
        Mode::Enforce if outside.len() < hosts.len() => Severity::Medium,
        Mode::Enforce => check.severity,
        Mode::Testing | Mode::None => Severity::Low,
    };
    let mut finding = check.found(&evidence.domain).matters(severity);
    finding = finding.seen(format!("{} MX", evidence.domain), format!("not in the policy: {}", words::listed(outside)));
    finding = finding.seen(mta_sts::url(&evidence.domain), format!("mode {mode}, mx {}", words::listed(&policy.mx)));
    if mode == Mode::Testing {
        finding.risk =
            "None while the policy is in testing mode: senders deliver, and report. In enforce mode mail would be lost."
                .to_owned();
    }
    found.push(finding.serve_policy(evidence, mode));
}
