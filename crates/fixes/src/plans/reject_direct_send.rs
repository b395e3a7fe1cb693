//! Mail that claims to be from an own domain and comes straight to the tenant, by nobody's server, refused.
//! <https://techcommunity.microsoft.com/blog/exchange/introducing-more-control-over-direct-send-in-exchange-online/4408790>

use serde_json::json;

use super::{command, plan, reading};
use crate::{Plan, Proof, Step};

/// The plan.
#[must_use]
pub fn reject_direct_send() -> Plan {
    let mut plan = plan(
        "reject-direct-send",
        "tenant",
        "Refuse Direct Send from strangers".to_owned(),
        "Anybody may hand mail to the tenant's own address as if from one of its users, without signing in. RejectDirectSend refuses such \
         messages unless they come over a connector.",
    );
    plan.references = vec![
        "https://techcommunity.microsoft.com/blog/exchange/introducing-more-control-over-direct-send-in-exchange-online/4408790"
            .to_owned(),
    ];
    plan.warnings = vec![
        "Copiers, applications and services that send so without a connector are refused from then on: give each a connector by its \
         address or certificate first. `spoofwatch hunt` over EmailEvents shows who sends from your domains without one."
            .to_owned(),
        "Mail that is forwarded to you without rewriting its envelope sender is refused too, where that is one of your domains.".to_owned(),
        "Only the envelope sender is looked at: mail with another one and your address in From still comes in, and DMARC has to stop it."
            .to_owned(),
    ];
    let is = |on: bool| reading("Get-OrganizationConfig", &[], &[("RejectDirectSend", json!(on))]);
    let mut set = command("Set-OrganizationConfig", &[("RejectDirectSend", json!(true))]);
    let mut back = command("Set-OrganizationConfig", &[("RejectDirectSend", json!(false))]);
    back.made = Some(is(false));
    set.undo = Some(Box::new(back));
    set.made = Some(is(true));
    plan.steps.push(Step::Tenant(set));
    plan.proofs.push(Proof::Tenant(is(true)));
    plan
}

#[cfg(test)]
mod tests {
    use super::reject_direct_send;

    #[test]
    fn it_is_one_setting_with_its_opposite() {
        let plan = reject_direct_send();
        assert_eq!(plan.steps[0].to_string(), "Set-OrganizationConfig -RejectDirectSend $true\n");
        assert_eq!(plan.steps[0].undo().unwrap().to_string(), "Set-OrganizationConfig -RejectDirectSend $false\n");
        assert_eq!(plan.proofs[0].to_string(), "Get-OrganizationConfig says RejectDirectSend = $true");
    }
}
