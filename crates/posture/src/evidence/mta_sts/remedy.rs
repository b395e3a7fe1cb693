//! The policy a domain should have, made of the one it has: whatever is wrong with it, all findings say to serve the same file.

use super::{MOST_AGE, Mode, id, url, write};
use crate::{Finding, Publish, evidence::DomainEvidence};

/// How long senders should keep a policy at least, in seconds: a week. Shorter, and a long weekend is enough for an attack.
pub const SHORT_AGE: u64 = 604_800;

/// How long they should: two weeks, long enough to protect, short enough to change one's mind.
const GOOD_AGE: u64 = 1_209_600;

impl Finding {
    /// The same, with the policy to serve in a mode, and the record that announces it anew. Hosts that are in the policy stay, as mail may
    /// be about to move to them.
    pub(crate) fn serve_policy(self, evidence: &DomainEvidence, mode: Mode) -> Self {
        let policy = evidence.mta_sts.page.as_ref().and_then(|page| page.as_ref().ok());
        let mut hosts = policy.map(|policy| policy.mx.clone()).unwrap_or_default();
        for host in evidence.mx.hosts().map(|mx| mx.host.to_ascii_lowercase()) {
            if !policy.is_some_and(|policy| policy.allows(&host)) && !hosts.contains(&host) {
                hosts.push(host);
            }
        }
        let age = policy.and_then(|policy| policy.max_age).filter(|age| *age >= SHORT_AGE).unwrap_or(GOOD_AGE).min(MOST_AGE);
        let page = self.publish(url(&evidence.domain), Publish::FILE, write(mode, &hosts, age), &[]);
        page.announce_policy(evidence)
    }

    /// The same, with the record that announces a policy that is new to senders.
    pub(crate) fn announce_policy(self, evidence: &DomainEvidence) -> Self {
        let now: Vec<String> = evidence.mta_sts.records.iter().map(|record| record.text.clone()).collect();
        self.publish(evidence.mta_sts.texts.name.clone(), "TXT", format!("v=STSv1; id={}", id(evidence.now)), &now)
    }
}
