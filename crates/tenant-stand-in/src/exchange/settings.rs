//! Cmdlets that only read and write settings: policies, connectors, the organisation, auditing.
//!
//! Authority: the page of each under <https://learn.microsoft.com/powershell/module/exchangepowershell>.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::cmdlet::{Outcome, chosen, is_named};
use super::error::Refusal;
use super::parameters::Bound;
use crate::tenant::{Object, Tenant, text};

/// By what a policy or a connector is found.
const NAMES: [&str; 3] = ["Identity", "Name", "Guid"];
/// Parameters that are no settings.
const NO_SETTINGS: [&str; 6] = ["Confirm", "Force", "Identity", "MakeDefault", "ResultSize", "WhatIf"];

pub(crate) fn anti_phish(tenant: &mut Tenant, bound: &Bound, _: DateTime<Utc>) -> Result<Outcome, Refusal> {
    Ok(Outcome::rows(chosen(&tenant.anti_phish, &NAMES, bound)?.into_iter().cloned().collect()))
}

pub(crate) fn connectors(tenant: &mut Tenant, bound: &Bound, _: DateTime<Utc>) -> Result<Outcome, Refusal> {
    Ok(Outcome::rows(chosen(&tenant.connectors, &NAMES, bound)?.into_iter().cloned().collect()))
}

pub(crate) fn content_filter(tenant: &mut Tenant, bound: &Bound, _: DateTime<Utc>) -> Result<Outcome, Refusal> {
    Ok(Outcome::rows(chosen(&tenant.content_filters, &NAMES, bound)?.into_iter().cloned().collect()))
}

pub(crate) fn connection_filter(tenant: &mut Tenant, bound: &Bound, _: DateTime<Utc>) -> Result<Outcome, Refusal> {
    Ok(Outcome::rows(chosen(&tenant.connection_filters, &NAMES, bound)?.into_iter().cloned().collect()))
}

pub(crate) fn transport(tenant: &mut Tenant, _: &Bound, _: DateTime<Utc>) -> Result<Outcome, Refusal> {
    Ok(Outcome::rows(vec![tenant.transport.clone()]))
}

pub(crate) fn remote_domains(tenant: &mut Tenant, bound: &Bound, _: DateTime<Utc>) -> Result<Outcome, Refusal> {
    Ok(Outcome::rows(chosen(&tenant.remote_domains, &NAMES, bound)?.into_iter().cloned().collect()))
}

pub(crate) fn organization(tenant: &mut Tenant, _: &Bound, _: DateTime<Utc>) -> Result<Outcome, Refusal> {
    Ok(Outcome::rows(vec![tenant.organization.clone()]))
}

pub(crate) fn audit(tenant: &mut Tenant, _: &Bound, _: DateTime<Utc>) -> Result<Outcome, Refusal> {
    Ok(Outcome::rows(vec![tenant.audit.clone()]))
}

pub(crate) fn set_anti_phish(tenant: &mut Tenant, bound: &Bound, _: DateTime<Utc>) -> Result<Outcome, Refusal> {
    if bound.number("PhishThresholdLevel").is_some_and(|level| !(1..=4).contains(&level)) {
        return Err(Refusal::validation("PhishThresholdLevel must be from 1 to 4."));
    }
    set_one(&mut tenant.anti_phish, bound)
}

pub(crate) fn set_connector(tenant: &mut Tenant, bound: &Bound, _: DateTime<Utc>) -> Result<Outcome, Refusal> {
    let is = |name: &str| bound.is(name) == Some(true);
    if is("RestrictDomainsToIPAddresses") && is("RestrictDomainsToCertificate") {
        return Err(Refusal::validation("RestrictDomainsToIPAddresses and RestrictDomainsToCertificate can't both be true."));
    }
    set_one(&mut tenant.connectors, bound)
}

pub(crate) fn set_organization(tenant: &mut Tenant, bound: &Bound, _: DateTime<Utc>) -> Result<Outcome, Refusal> {
    let name = text(&tenant.organization, "Name").to_owned();
    Ok(change(&mut tenant.organization, bound, &name))
}

pub(crate) fn set_audit(tenant: &mut Tenant, bound: &Bound, _: DateTime<Utc>) -> Result<Outcome, Refusal> {
    Ok(change(&mut tenant.audit, bound, "Admin Audit Log Settings"))
}

pub(crate) fn set_content_filter(tenant: &mut Tenant, bound: &Bound, _: DateTime<Utc>) -> Result<Outcome, Refusal> {
    set_one(&mut tenant.content_filters, bound)
}

pub(crate) fn set_connection_filter(tenant: &mut Tenant, bound: &Bound, _: DateTime<Utc>) -> Result<Outcome, Refusal> {
    set_one(&mut tenant.connection_filters, bound)
}

pub(crate) fn set_transport(tenant: &mut Tenant, bound: &Bound, _: DateTime<Utc>) -> Result<Outcome, Refusal> {
    Ok(change(&mut tenant.transport, bound, "Transport Settings"))
}

pub(crate) fn set_remote_domain(tenant: &mut Tenant, bound: &Bound, _: DateTime<Utc>) -> Result<Outcome, Refusal> {
    set_one(&mut tenant.remote_domains, bound)
}

fn set_one(objects: &mut [Object], bound: &Bound) -> Result<Outcome, Refusal> {
    let identity = bound.text("Identity").unwrap_or_default();
    let Some(found) = objects.iter_mut().find(|one| is_named(one, &NAMES, identity)) else {
        return Err(Refusal::not_found(identity));
    };
    let name = text(found, "Identity").to_owned();
    Ok(change(found, bound, &name))
}

/// Writes the settings that were given; says so when nothing became different.
pub(crate) fn change(object: &mut Object, bound: &Bound, name: &str) -> Outcome {
    let before = object.clone();
    for (setting, value) in bound.0.iter().filter(|(setting, _)| !NO_SETTINGS.contains(&setting.as_str())) {
        let value = match (value.as_object(), object.get(setting)) {
            (Some(difference), Some(Value::Array(present))) => Value::Array(added_and_removed(present, difference)),
            _ => value.clone(),
        };
        object.insert(setting.clone(), value);
    }
    if *object == before { Outcome::unchanged(name) } else { Outcome::changed(name) }
}

/// A list after `@{Add=...; Remove=...}`.
fn added_and_removed(present: &[Value], difference: &Object) -> Vec<Value> {
    let items = |name: &str| match difference.get(name) {
        Some(Value::Array(items)) => items.clone(),
        Some(one @ Value::String(_)) => vec![one.clone()],
        _ => Vec::new(),
    };
    let removed = items("Remove");
    let mut list: Vec<Value> = present.iter().filter(|item| !removed.contains(item)).cloned().collect();
    for item in items("Add") {
        if !list.contains(&item) {
            list.push(item);
        }
    }
    list
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::change;
    use crate::exchange::parameters::Bound;
    use crate::tenant::object;

    #[test]
    fn lists_are_replaced_or_changed() {
        let mut one = object(json!({ "SenderDomains": ["smtp:a.example;1"] }));
        let bound = |value| Bound(object(json!({ "SenderDomains": value })));
        change(&mut one, &bound(json!({ "Add": ["b"], "@odata.type": "#Exchange.GenericHashTable" })), "x");
        assert_eq!(one["SenderDomains"], json!(["smtp:a.example;1", "b"]));
        change(&mut one, &bound(json!({ "Remove": "b" })), "x");
        assert_eq!(one["SenderDomains"], json!(["smtp:a.example;1"]));
        assert_eq!(change(&mut one, &bound(json!(["smtp:a.example;1"])), "x").warnings.len(), 1);
        change(&mut one, &bound(json!([])), "x");
        assert_eq!(one["SenderDomains"], json!([]));
    }
}
