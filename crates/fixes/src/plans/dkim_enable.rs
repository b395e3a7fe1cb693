//! DKIM signing of a domain in Exchange Online switched on again, or set up.
//!
//! `Set-DkimSigningConfig -Enabled` is refused while the aliases of the two selectors are not in the DNS, so they come first.
//! <https://learn.microsoft.com/powershell/module/exchangepowershell/set-dkimsigningconfig>

use serde_json::json;
use tenant::DkimSigningConfig;
use zones::{Change, RecordKind, Value};

use super::{NoPlan, command, plan, reading};
use crate::{Plan, Proof, Step};

/// How long answers about a selector's alias may be remembered, in seconds.
const TTL: u32 = 3600;

/// The aliases that stand at the two selectors of a domain now; `None` where there is none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Aliases {
    /// At `selector1._domainkey`.
    pub selector1: Option<String>,
    /// At `selector2._domainkey`.
    pub selector2: Option<String>,
}

/// The plan, from what the tenant says of the domain, and what the DNS says.
///
/// # Errors
///
/// The tenant names no aliases, or signing is on already.
pub fn dkim_enable(domain: &str, config: Option<&DkimSigningConfig>, aliases: &Aliases) -> Result<Plan, NoPlan> {
    let mut plan = plan(
        "dkim-enable",
        domain,
        format!("Sign mail of {domain} with DKIM again"),
        "Without a signature of its own domain, mail is told from a forgery by the address it comes from alone. What is forwarded fails \
         DMARC, and forgeries look more like the real mail.",
    );
    plan.references = vec!["https://learn.microsoft.com/defender-office-365/email-authentication-dkim-configure".to_owned()];
    let enabled = reading("Get-DkimSigningConfig", &[("Identity", json!(domain))], &[("Enabled", json!(true))]);
    let Some(config) = config else {
        // Its default would be a key of 1024 bits.
        let parameters = [("DomainName", json!(domain)), ("KeySize", json!(2048)), ("Enabled", json!(true))];
        let mut new = command("New-DkimSigningConfig", &parameters);
        new.made = Some(enabled.clone());
        new.undo = Some(Box::new(command("Remove-DkimSigningConfig", &[("Identity", json!(domain)), ("Confirm", json!(false))])));
        plan.steps.push(Step::Tenant(new));
        plan.proofs.push(Proof::Tenant(enabled));
        plan.warnings.push(
            "The tenant makes the keys with this step, and names the aliases to publish only afterwards: where it refuses to sign before \
             they are in the DNS, offer this fix once more."
                .to_owned(),
        );
        return Ok(plan);
    };
    if config.enabled {
        return Err(NoPlan(format!("mail of {domain} is signed already")));
    }
    for (number, wanted, now) in
        [(1, &config.selector1_cname, &aliases.selector1), (2, &config.selector2_cname, &aliases.selector2)]
    {
        let wanted = wanted.trim_end_matches('.').to_ascii_lowercase();
        // The tenant's own domain has its keys where Microsoft keeps them.
        if wanted.is_empty() || domain.ends_with(".onmicrosoft.com") {
            continue;
        }
        let name = format!("selector{number}._domainkey.{domain}");
        let value = Value::Cname(wanted.clone());
        if now.as_deref() != Some(wanted.as_str()) {
            let before = now.iter().map(|name| Value::Cname(name.clone())).collect();
            let change = Change { name: name.clone(), kind: RecordKind::Cname, before, after: vec![value.clone()], ttl: TTL };
            plan.steps.push(Step::Dns(change));
        }
        plan.proofs.push(Proof::Dns { name, kind: RecordKind::Cname, values: vec![value] });
    }
    let mut enable = command("Set-DkimSigningConfig", &[("Identity", json!(domain)), ("Enabled", json!(true))]);
    enable.undo = Some(Box::new(command("Set-DkimSigningConfig", &[("Identity", json!(domain)), ("Enabled", json!(false))])));
    enable.made = Some(enabled.clone());
    plan.steps.push(Step::Tenant(enable));
    plan.proofs.push(Proof::Tenant(enabled));
    if config.selector1_key_size.or(config.selector2_key_size).is_some_and(|bits| bits < 2048) {
        plan.warnings.push(
            "A key of this domain has less than 2048 bits: rotate twice afterwards (`spoofwatch dkim rotate`), once for each selector."
                .to_owned(),
        );
    }
    Ok(plan)
}

#[cfg(test)]
mod tests {
    use tenant::DkimSigningConfig;

    use super::{Aliases, dkim_enable};

    fn config() -> DkimSigningConfig {
        DkimSigningConfig {
            domain: "contoso.com".to_owned(),
            selector1_cname: "selector1-contoso-com._domainkey.contoso.n-v1.dkim.mail.microsoft".to_owned(),
            selector2_cname: "selector2-contoso-com._domainkey.contoso.n-v1.dkim.mail.microsoft".to_owned(),
            ..DkimSigningConfig::default()
        }
    }

    fn typed(config: Option<&DkimSigningConfig>, aliases: &Aliases) -> String {
        let plan = dkim_enable("contoso.com", config, aliases).unwrap();
        let proofs = plan.proofs.iter().map(|proof| format!("= {proof}\n"));
        plan.steps.iter().map(ToString::to_string).chain(proofs).collect()
    }

    #[test]
    fn where_the_aliases_stand_signing_is_switched_on() {
        let config = config();
        let aliases =
            Aliases { selector1: Some(config.selector1_cname.clone()), selector2: Some(config.selector2_cname.clone()) };
        assert_eq!(
            typed(Some(&config), &aliases),
            "Set-DkimSigningConfig -Identity 'contoso.com' -Enabled $true\n\
             = every server of the zone answers selector1._domainkey.contoso.com CNAME with \
             selector1-contoso-com._domainkey.contoso.n-v1.dkim.mail.microsoft.\n\
             = every server of the zone answers selector2._domainkey.contoso.com CNAME with \
             selector2-contoso-com._domainkey.contoso.n-v1.dkim.mail.microsoft.\n\
             = Get-DkimSigningConfig -Identity 'contoso.com' says Enabled = $true\n"
        );
    }

    #[test]
    fn an_alias_that_is_missing_or_wrong_comes_first() {
        let aliases = Aliases { selector1: None, selector2: Some("old.example".to_owned()) };
        let typed = typed(Some(&config()), &aliases);
        let lines: Vec<&str> = typed.lines().take(4).collect();
        assert_eq!(
            lines,
            [
                "+ selector1._domainkey.contoso.com 3600 CNAME selector1-contoso-com._domainkey.contoso.n-v1.dkim.mail.microsoft.",
                "- selector2._domainkey.contoso.com 3600 CNAME old.example.",
                "+ selector2._domainkey.contoso.com 3600 CNAME selector2-contoso-com._domainkey.contoso.n-v1.dkim.mail.microsoft.",
                "Set-DkimSigningConfig -Identity 'contoso.com' -Enabled $true",
            ]
        );
    }

    #[test]
    fn a_domain_without_keys_gets_long_ones() {
        assert!(
            typed(None, &Aliases::default())
                .starts_with("New-DkimSigningConfig -DomainName 'contoso.com' -KeySize 2048 -Enabled $true\n")
        );
    }

    #[test]
    fn what_is_signed_needs_nothing() {
        let config = DkimSigningConfig { enabled: true, ..config() };
        assert!(dkim_enable("contoso.com", Some(&config), &Aliases::default()).is_err());
    }
}
