//! `rule-sets-trusted-header`: a mail-flow rule writes a header by which checks are skipped or trust is given. Which headers: `data/trusted-headers.tsv`.

use crate::{
    Finding, Severity, TenantCheck, TenantEvidence,
    tenancy::{pages, rules},
};

/// The declaration.
pub static CHECK: TenantCheck = TenantCheck {
    id: "rule-sets-trusted-header",
    severity: Severity::High,
    title: "A mail-flow rule sets a header that Exchange trusts",
    meaning: "Exchange Online acts on some headers as if it had written them itself. The rule sets one of them.",
    risk: "Mail that meets the rule's conditions goes past the check that the header stands for.",
    advice: "Switch the rule off. For simulated phishing and mailboxes of the security team, the advanced delivery policy is meant.",
    references: &[pages::RULES, pages::SAFE_SENDERS],
    baseline: &[],
    run,
};

/// The headers, a line each: name, severity, what it does.
const HEADERS: &str = include_str!("../../data/trusted-headers.tsv");

fn run(check: &TenantCheck, evidence: &TenantEvidence<'_>, found: &mut Vec<Finding>) {
    for rule in rules::on(evidence) {
        let Some(header) = rule.set_header_name.as_deref().filter(|name| !name.is_empty()) else { continue };
        let Some((severity, does)) = known(header) else { continue };
        let value = rule.set_header_value.as_deref().unwrap_or_default();
        let scope = rules::scope(rule);
        let severity = match scope.basis {
            _ if !rules::is_enforced(rule) => Severity::Informational,
            rules::Basis::Inside => Severity::Informational,
            rules::Basis::Proved => severity.min(Severity::Medium),
            rules::Basis::Nothing | rules::Basis::Open | rules::Basis::Claimed => severity,
        };
        let finding = check
            .found(&rule.name)
            .matters(severity)
            .seen(rules::fact(rule, "SetHeader"), format!("{header}: {value}"))
            .seen("does", does);
        found.push(rules::with_scope(finding, rule, &scope).command(rules::disable(rule)));
    }
}

fn known(header: &str) -> Option<(Severity, &'static str)> {
    let lines = HEADERS.lines().filter(|line| !line.starts_with('#'));
    let mut cells =
        lines.map(|line| line.split('\t')).find_map(|mut cells| cells.next()?.eq_ignore_ascii_case(header).then_some(cells))?;
    let severity = match cells.next()? {
        "high" => Severity::High,
        "medium" => Severity::Medium,
        _ => Severity::Low,
    };
    Some((severity, cells.next()?))
}

#[cfg(test)]
mod tests {
    use super::{HEADERS, known};
    use crate::Severity;

    #[test]
    fn headers_are_known_whatever_their_case() {
        assert_eq!(known("x-ms-exchange-organization-authas").map(|(severity, _)| severity), Some(Severity::High));
        assert_eq!(known("X-Marked-By"), None);
    }

    #[test]
    fn every_line_can_be_read() {
        for line in HEADERS.lines().filter(|line| !line.starts_with('#')) {
            let name = line.split('\t').next().unwrap();
            assert!(known(name).is_some_and(|(_, does)| !does.is_empty()), "{line}");
        }
    }
}
