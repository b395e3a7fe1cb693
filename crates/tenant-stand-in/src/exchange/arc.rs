//! `Get-ArcConfig`, `Set-ArcConfig`: whose ARC seals are believed.
//!
//! Authority: <https://learn.microsoft.com/powershell/module/exchangepowershell/set-arcconfig>, whose examples cut the property at commas, and
//! clear it with a single space.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::cmdlet::Outcome;
use super::error::Refusal;
use super::parameters::Bound;
use crate::tenant::{Tenant, object};

pub(crate) fn get(tenant: &mut Tenant, _: &Bound, _: DateTime<Utc>) -> Result<Outcome, Refusal> {
    Ok(Outcome::rows(vec![object(json!({
        "Identity": "Default",
        "ArcTrustedSealers": tenant.sealers.join(","),
        "IsValid": true,
        "ObjectState": "Unchanged",
    }))]))
}

pub(crate) fn set(tenant: &mut Tenant, bound: &Bound, _: DateTime<Utc>) -> Result<Outcome, Refusal> {
    let identity = bound.text("Identity").unwrap_or_default();
    if !identity.rsplit('\\').next().unwrap_or_default().eq_ignore_ascii_case("Default") {
        return Err(Refusal::not_found(identity));
    }
    let given = bound.0.get("ArcTrustedSealers").and_then(Value::as_array);
    let given: Vec<&str> = given.into_iter().flatten().filter_map(Value::as_str).collect();
    if given.iter().all(|item| item.is_empty()) {
        let text = "Cannot bind argument to parameter 'ArcTrustedSealers' because it is an empty array.";
        return Err(Refusal::validation(text));
    }
    let names = given.iter().flat_map(|item| item.split(',')).map(str::trim).filter(|name| !name.is_empty());
    let sealers: Vec<String> = names.map(str::to_owned).collect();
    if let Some(wrong) = sealers.iter().find(|name| !is_domain(name)) {
        return Err(Refusal::validation(format!("'{wrong}' isn't a valid domain of an ARC sealer.")));
    }
    if sealers == tenant.sealers {
        return Ok(Outcome::unchanged("Default"));
    }
    tenant.sealers = sealers;
    Ok(Outcome::changed("Default"))
}

fn is_domain(name: &str) -> bool {
    name.contains('.')
        && name
            .split('.')
            .all(|label| !label.is_empty() && label.bytes().all(|byte| byte == b'-' || byte.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use serde_json::json;

    use crate::exchange::cmdlet;
    use crate::tenant::{Tenant, object};

    #[test]
    fn a_single_space_clears_the_list() {
        let mut tenant = Tenant { sealers: vec!["a.example".to_owned()], ..Tenant::default() };
        let mut set = |value: serde_json::Value| {
            let given = object(json!({ "Identity": "Default", "ArcTrustedSealers": value }));
            let done = cmdlet::named("Set-ArcConfig").unwrap().run(&mut tenant, &given, DateTime::<Utc>::UNIX_EPOCH);
            (done.is_ok(), tenant.sealers.join(" "))
        };
        assert_eq!(set(json!("")), (false, "a.example".to_owned()));
        assert_eq!(set(json!(["a.example", "b.example"])), (true, "a.example b.example".to_owned()));
        assert_eq!(set(json!("c.example,d.example")), (true, "c.example d.example".to_owned()));
        assert_eq!(set(json!("no domain")), (false, "c.example d.example".to_owned()));
        assert_eq!(set(json!(" ")), (true, String::new()));
    }
}
