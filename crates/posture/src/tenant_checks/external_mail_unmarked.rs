//! `external-mail-unmarked`: no mail-flow rule marks mail that comes from outside.

use tenant::TransportRule;

use crate::{
    CommandLine, Finding, Severity, TenantCheck, TenantEvidence,
    tenancy::{pages, rules},
};

/// The declaration.
pub static CHECK: TenantCheck = TenantCheck {
    id: "external-mail-unmarked",
    severity: Severity::Low,
    title: "Mail from outside is not marked",
    meaning: "No mail-flow rule writes a mark into mail that comes from outside. Outlook's own External tag is not read here; it serves the same end.",
    risk: "A stranger's mail under a colleague's name looks like the colleague's.",
    advice: "Put a mark before the subject of mail from outside. Outlook's External tag (Set-ExternalInOutlook) is the milder way; this check does not see it.",
    references: &[pages::SCUBA_EXO, pages::RULES],
    baseline: &["MS.EXO.7.1v1"],
    run,
};

/// What a rule may write into a message that people see.
const MARKS: [&str; 2] = ["PrependSubject", "ApplyHtmlDisclaimerText"];

/// What the rule is called.
const NAME: &str = "Mark mail from outside";

fn run(check: &TenantCheck, evidence: &TenantEvidence<'_>, found: &mut Vec<Finding>) {
    if evidence.snapshot.transport_rules.read().is_none() {
        return;
    }
    let marks =
        |rule: &&TransportRule| rules::is_enforced(rule) && is_for_strangers(rule) && MARKS.iter().any(|mark| is_set(rule, mark));
    if !rules::on(evidence).iter().any(marks) {
        // A rule, because that is what this check, and CISA's, can see.
        let command = CommandLine::new("New-TransportRule")
            .with("Name", NAME)
            .with("FromScope", "NotInOrganization")
            .with("SentToScope", "InOrganization")
            .with("PrependSubject", "[External] ")
            .with("Mode", "Enforce")
            .undone_by(CommandLine::new("Remove-TransportRule").with("Identity", NAME).with("Confirm", false));
        found.push(check.found(evidence.tenant()).seen("Get-TransportRule", "no rule marks mail from outside").command(command));
    }
}

fn is_for_strangers(rule: &TransportRule) -> bool {
    rule.other
        .get("FromScope")
        .map(rules::texts)
        .unwrap_or_default()
        .iter()
        .any(|scope| scope.eq_ignore_ascii_case("NotInOrganization"))
}

fn is_set(rule: &TransportRule, parameter: &str) -> bool {
    rule.other.get(parameter).is_some_and(|value| !rules::texts(value).is_empty())
}
