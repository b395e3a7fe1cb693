//! `rule-hides-authentication`: a mail-flow rule removes headers that tell what was checked.

use crate::{
    Finding, Severity, TenantCheck, TenantEvidence,
    tenancy::{pages, rules},
};

/// The declaration.
pub static CHECK: TenantCheck = TenantCheck {
    id: "rule-hides-authentication",
    severity: Severity::High,
    title: "A mail-flow rule removes results of authentication",
    meaning: "The rule takes out of messages what says how they were authenticated, or where they came from.",
    risk: "Later rules that look for failed DMARC find nothing, and whoever looks into an incident cannot see how the mail got in. Attackers who got \
           into a tenant make such rules.",
    advice: "Switch the rule off, and find out who made it and why.",
    references: &[pages::RULES, pages::AUTHENTICATION],
    baseline: &[],
    run,
};

/// Headers by which a message can be judged; those of Microsoft by how they begin.
const TELLING: &[&str] = &[
    "authentication-results",
    "received-spf",
    "received",
    "dkim-signature",
    "arc-authentication-results",
    "arc-seal",
    "arc-message-signature",
    "x-forefront-antispam-report",
    "x-microsoft-antispam",
    "x-ms-exchange-organization-",
    "x-ms-exchange-crosstenant-",
];

fn run(check: &TenantCheck, evidence: &TenantEvidence<'_>, found: &mut Vec<Finding>) {
    for rule in rules::on(evidence) {
        for header in rule.other.get("RemoveHeader").map(rules::texts).unwrap_or_default() {
            let name = header.to_ascii_lowercase();
            if !TELLING.iter().any(|telling| name == *telling || (telling.ends_with('-') && name.starts_with(telling))) {
                continue;
            }
            let scope = rules::scope(rule);
            let finding = check.found(&rule.name).seen(rules::fact(rule, "RemoveHeader"), header);
            let finding = if rules::is_enforced(rule) { finding } else { finding.matters(Severity::Informational) };
            found.push(rules::with_scope(finding, rule, &scope).command(rules::disable(rule)));
        }
    }
}
