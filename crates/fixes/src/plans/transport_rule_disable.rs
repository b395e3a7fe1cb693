//! A mail-flow rule switched off that an alert is about, whatever the checks think of it. It is kept, so that it can be looked at and
//! switched on again.

use posture::CommandLine;
use tenant::TransportRule;

use super::{NoPlan, plan};
use crate::{Plan, Proof, Reading, Step};

/// The plan, from what the tenant says of the rule.
///
/// # Errors
///
/// There is no such rule, or it is off already.
pub fn transport_rule_disable(name: &str, rule: Option<&TransportRule>) -> Result<Plan, NoPlan> {
    let rule = rule.ok_or_else(|| NoPlan(format!("the tenant has no mail-flow rule `{name}`")))?;
    if rule.state.eq_ignore_ascii_case("Disabled") {
        return Err(NoPlan(format!("the mail-flow rule `{name}` is off already")));
    }
    let mut plan = plan(
        "transport-rule-disable",
        &rule.name,
        format!("Switch the mail-flow rule `{}` off", rule.name),
        "A mail-flow rule decides before the filters do. Whoever made this one decides what happens to mail that fits it.",
    );
    plan.references =
        vec!["https://learn.microsoft.com/exchange/security-and-compliance/mail-flow-rules/mail-flow-rules".to_owned()];
    plan.warnings.push("Ask who made the rule, and why: what it was meant for does not happen any more.".to_owned());
    // By its id, where it has one: a rule of the same name that was made since is another.
    let identity = if rule.guid.is_empty() { rule.name.as_str() } else { rule.guid.as_str() };
    let disable = CommandLine::new("Disable-TransportRule")
        .with("Identity", identity)
        .with("Confirm", false)
        .undone_by(CommandLine::new("Enable-TransportRule").with("Identity", identity).with("Confirm", false));
    plan.proofs.extend(Reading::after(&disable).map(Proof::Tenant));
    plan.steps.push(Step::Tenant(disable));
    Ok(plan)
}

#[cfg(test)]
mod tests {
    use tenant::TransportRule;

    use super::transport_rule_disable;

    #[test]
    fn it_is_switched_off_by_its_id_and_kept() {
        let rule = TransportRule {
            name: "Let all in".to_owned(),
            guid: "5b1ee04f-7bd2-4bc8-8a2f-7a7d1f0e2a10".to_owned(),
            state: "Enabled".to_owned(),
            ..TransportRule::default()
        };
        let plan = transport_rule_disable("Let all in", Some(&rule)).unwrap();
        assert_eq!(
            plan.steps[0].to_string(),
            "Disable-TransportRule -Identity '5b1ee04f-7bd2-4bc8-8a2f-7a7d1f0e2a10' -Confirm:$false\n"
        );
        assert_eq!(
            plan.proofs[0].to_string(),
            "Get-TransportRule -Identity '5b1ee04f-7bd2-4bc8-8a2f-7a7d1f0e2a10' says State = \"Disabled\""
        );
        assert!(plan.steps[0].undo().unwrap().to_string().starts_with("Enable-TransportRule"));
    }

    #[test]
    fn a_rule_that_is_gone_or_off_needs_nothing() {
        assert!(transport_rule_disable("x", None).is_err());
        let off = TransportRule { state: "Disabled".to_owned(), ..TransportRule::default() };
        assert!(transport_rule_disable("x", Some(&off)).is_err());
    }
}
