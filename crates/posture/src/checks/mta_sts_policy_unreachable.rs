//! A policy that is announced and cannot be had.

use crate::{
    Check, Finding, Reference, Severity,
    evidence::{
        DomainEvidence, FetchError,
        mta_sts::{self, NoPolicy},
    },
};

/// The declaration.
pub static CHECK: Check = Check {
    id: "mta-sts-policy-unreachable",
    severity: Severity::Medium,
    title: "The MTA-STS policy cannot be had",
    meaning: "The DNS announces a policy for incoming mail. It stands on a web server, which has to give it as plain text, under a certificate that is \
              valid for its name, without sending anybody elsewhere.",
    risk: "Senders that do not know the policy yet deliver as if there were none; those that know an older one keep to that until it ends.",
    advice: "Have the web server answer at this address with status 200 and the type text/plain.",
    references: &[Reference { title: "RFC 8461 section 3.3", url: "https://www.rfc-editor.org/rfc/rfc8461.html#section-3.3" }],
    baseline: &[],
    run,
};

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let Some(Err(why)) = &evidence.mta_sts.page else { return };
    let severity = match why {
        // Nobody wanted it looked at.
        NoPolicy::Fetch(FetchError::NotAsked(_)) => return,
        // Some senders take it all the same.
        NoPolicy::ContentType(_) => Severity::Low,
        NoPolicy::Fetch(_) | NoPolicy::Redirect(_) | NoPolicy::Status(_) => check.severity,
    };
    let mut finding = check.found(&evidence.domain).matters(severity);
    if let NoPolicy::Fetch(FetchError::Certificate(_)) = why {
        finding.advice = format!("Give the web server a certificate that is valid for mta-sts.{}.", evidence.domain);
    }
    found.push(finding.seen(mta_sts::url(&evidence.domain), why.to_string()));
}
