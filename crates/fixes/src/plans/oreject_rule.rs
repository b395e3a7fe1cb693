//! The mail-flow rule that puts messages into quarantine whose DMARC failure Microsoft 365 overrode, although the domain asks to reject.
//!
//! The words are those of the unfolded header, with one blank, as the rule's condition sees it.
//! <https://learn.microsoft.com/powershell/module/exchangepowershell/new-transportrule>

use serde_json::{Value, json};
use tenant::TransportRule;

use super::{command, plan, reading};
use crate::{Plan, Proof, Step};

/// The rule's name.
pub const OREJECT_RULE: &str = "DMARC oreject to quarantine";

/// What the header says of such a message.
const WORDS: &str = "dmarc=fail action=oreject";

/// The plan: the rule is made, or one of this name that has drifted is set right.
#[must_use]
pub fn oreject_rule(existing: Option<&TransportRule>) -> Plan {
    let mut plan = plan(
        "oreject-rule",
        OREJECT_RULE,
        "Quarantine messages whose DMARC failure was overridden".to_owned(),
        "A domain that publishes p=reject asks receivers to refuse what fails DMARC. Microsoft 365 may override that (action=oreject) and \
         deliver the message. With this rule such messages wait in quarantine, where they can be looked at and released.",
    );
    plan.references =
        vec!["https://learn.microsoft.com/defender-office-365/email-authentication-about#composite-authentication".to_owned()];
    plan.warnings.push(
        "Mail that is forwarded or sent by a list without ARC, from domains that publish p=reject, will wait in quarantine: look there in the \
         first days."
            .to_owned(),
    );
    let identity = ("Identity", json!(OREJECT_RULE));
    let right = reading(
        "Get-TransportRule",
        std::slice::from_ref(&identity),
        &[
            ("State", json!("Enabled")),
            ("Mode", json!("Enforce")),
            ("Quarantine", json!(true)),
            ("HeaderContainsMessageHeader", json!("Authentication-Results")),
            ("HeaderContainsWords", json!([WORDS])),
        ],
    );
    let meaning: Vec<(&str, Value)> = vec![
        ("HeaderContainsMessageHeader", json!("Authentication-Results")),
        ("HeaderContainsWords", json!([WORDS])),
        ("Quarantine", json!(true)),
        ("Mode", json!("Enforce")),
        ("Priority", json!(0)),
        ("StopRuleProcessing", json!(true)),
    ];
    match existing {
        None => {
            let mut new = command("New-TransportRule", &[&[("Name", json!(OREJECT_RULE))], meaning.as_slice()].concat());
            new.undo = Some(Box::new(command("Remove-TransportRule", &[identity, ("Confirm", json!(false))])));
            new.made = Some(right.clone());
            plan.steps.push(Step::Tenant(new));
        }
        Some(rule) => {
            let mut set = command("Set-TransportRule", &[std::slice::from_ref(&identity), meaning.as_slice()].concat());
            set.made = Some(crate::Reading {
                expect: right
                    .expect
                    .iter()
                    .filter(|(name, _)| *name != "State")
                    .map(|(name, value)| (name.clone(), value.clone()))
                    .collect(),
                ..right.clone()
            });
            set.undo = Some(Box::new(command("Set-TransportRule", &before(rule))));
            plan.steps.push(Step::Tenant(set));
            if !rule.state.eq_ignore_ascii_case("Enabled") {
                let mut enable = command("Enable-TransportRule", std::slice::from_ref(&identity));
                enable.undo = Some(Box::new(command("Disable-TransportRule", &[identity.clone(), ("Confirm", json!(false))])));
                enable.made = Some(reading("Get-TransportRule", std::slice::from_ref(&identity), &[("State", json!("Enabled"))]));
                plan.steps.push(Step::Tenant(enable));
            }
        }
    }
    plan.proofs.push(Proof::Tenant(right));
    plan
}

/// What sets a rule to how it is now.
fn before(rule: &TransportRule) -> Vec<(&'static str, Value)> {
    let mut now = vec![
        ("Identity", json!(OREJECT_RULE)),
        ("HeaderContainsMessageHeader", json!(rule.header_contains_message_header)),
        ("HeaderContainsWords", json!(rule.header_contains_words)),
        ("Quarantine", json!(rule.quarantine)),
        ("Mode", json!(rule.mode)),
        ("StopRuleProcessing", json!(rule.stop_rule_processing)),
    ];
    now.extend(rule.priority.map(|priority| ("Priority", json!(priority))));
    now
}

#[cfg(test)]
mod tests {
    use tenant::TransportRule;

    use super::{OREJECT_RULE, oreject_rule};

    #[test]
    fn the_rule_is_that_of_the_guide() {
        let plan = oreject_rule(None);
        let step = plan.steps[0].to_string();
        assert_eq!(
            step,
            "New-TransportRule -Name 'DMARC oreject to quarantine' -HeaderContainsMessageHeader 'Authentication-Results' \
             -HeaderContainsWords @('dmarc=fail action=oreject') -Quarantine $true -Mode 'Enforce' -Priority 0 \
             -StopRuleProcessing $true\n"
        );
        assert_eq!(
            plan.steps[0].undo().map(|undo| undo.to_string()).as_deref(),
            Some("Remove-TransportRule -Identity 'DMARC oreject to quarantine' -Confirm $false\n")
        );
    }

    #[test]
    fn a_rule_that_was_weakened_is_set_right_and_can_be_set_back() {
        let rule = TransportRule {
            name: OREJECT_RULE.to_owned(),
            state: "Disabled".to_owned(),
            mode: "Audit".to_owned(),
            header_contains_words: Some(vec!["other".to_owned()]),
            ..TransportRule::default()
        };
        let plan = oreject_rule(Some(&rule));
        let steps: Vec<String> = plan.steps.iter().map(ToString::to_string).collect();
        assert!(steps[0].starts_with("Set-TransportRule -Identity 'DMARC oreject to quarantine'"), "{steps:?}");
        assert_eq!(steps[1], "Enable-TransportRule -Identity 'DMARC oreject to quarantine'\n");
        let undo = plan.steps[0].undo().unwrap().to_string();
        assert!(undo.contains("-HeaderContainsWords @('other')") && undo.contains("-Mode 'Audit'"), "{undo}");
    }
}
