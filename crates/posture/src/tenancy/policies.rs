//! What checks of anti-phishing policies have in common.

use tenant::AntiPhishPolicy;

use super::{TenantEvidence, called};
use crate::{CommandLine, Finding, Severity};

/// Policies that can apply to somebody, Microsoft's presets apart: those cannot be changed, and are as Microsoft recommends.
pub(crate) fn of<'a>(evidence: &TenantEvidence<'a>) -> impl Iterator<Item = &'a AntiPhishPolicy> {
    let policies = evidence.snapshot.anti_phish.read().into_iter().flatten();
    policies.filter(|policy| (policy.enabled || policy.is_default) && !is_preset(policy))
}

fn is_preset(policy: &AntiPhishPolicy) -> bool {
    ["Standard Preset Security Policy", "Strict Preset Security Policy"].iter().any(|name| policy.name.starts_with(name))
}

/// What a policy is called to cmdlets.
pub(crate) fn identity(policy: &AntiPhishPolicy) -> &str {
    called(&policy.identity, &policy.name)
}

/// The cmdlet that changes a policy.
pub(crate) fn set(policy: &AntiPhishPolicy) -> CommandLine {
    CommandLine::new("Set-AntiPhishPolicy").with("Identity", identity(policy))
}

/// How much a fault of a policy matters: the default one is for everybody whom no other covers, others are for some.
pub(crate) fn matters(finding: Finding, policy: &AntiPhishPolicy) -> Finding {
    let lower = match finding.severity {
        Severity::Critical => Severity::High,
        Severity::High => Severity::Medium,
        Severity::Medium | Severity::Low => Severity::Low,
        Severity::Informational => Severity::Informational,
    };
    if policy.is_default { finding } else { finding.matters(lower) }
}

/// What a fact about a policy's setting is called.
pub(crate) fn fact(policy: &AntiPhishPolicy, setting: &str) -> String {
    format!("Get-AntiPhishPolicy {}: {setting}", policy.name)
}
