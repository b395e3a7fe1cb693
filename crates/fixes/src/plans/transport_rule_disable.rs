//! A mail-flow rule that lets mail past the filters switched off. It is kept, so that it can be looked at and switched on again.

use serde_json::json;
use tenant::TransportRule;

use super::{NoPlan, command, plan, reading};
use crate::{Plan, Proof, Step};

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
        "Messages that this rule is for reach mailboxes whatever the filters think of them. Whoever knows what the rule looks for can \
         write messages that fit it.",
    );
    plan.references =
        vec!["https://learn.microsoft.com/exchange/security-and-compliance/mail-flow-rules/mail-flow-rules".to_owned()];
    plan.warnings.push("Mail that somebody wanted to get through by this rule is filtered again: ask who made it.".to_owned());
    // By its id, where it has one: a rule of the same name that was made since is another.
    let by = if rule.guid.is_empty() { &rule.name } else { &rule.guid };
    let identity = ("Identity", json!(by));
    let is = |state: &str| reading("Get-TransportRule", std::slice::from_ref(&identity), &[("State", json!(state))]);
    let mut disable = command("Disable-TransportRule", &[identity.clone(), ("Confirm", json!(false))]);
    let mut enable = command("Enable-TransportRule", std::slice::from_ref(&identity));
    enable.made = Some(is("Enabled"));
    disable.undo = Some(Box::new(enable));
    disable.made = Some(is("Disabled"));
    plan.steps.push(Step::Tenant(disable));
    plan.proofs.push(Proof::Tenant(is("Disabled")));
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
            "Disable-TransportRule -Identity '5b1ee04f-7bd2-4bc8-8a2f-7a7d1f0e2a10' -Confirm $false\n"
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
