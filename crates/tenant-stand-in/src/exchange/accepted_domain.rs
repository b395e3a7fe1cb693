//! `Get-AcceptedDomain`, `Set-AcceptedDomain`.
//!
//! Authority: <https://learn.microsoft.com/powershell/module/exchangepowershell/set-accepteddomain>.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::cmdlet::{Outcome, chosen, is_named};
use super::error::Refusal;
use super::parameters::Bound;
use super::settings;
use crate::tenant::{Object, Tenant, object, text};

const NAMES: [&str; 4] = ["DomainName", "Name", "Identity", "Guid"];

/// A domain as it is after it was added to a tenant.
pub(crate) fn row(domain: &str, kind: &str, is_default: bool, is_initial: bool) -> Object {
    object(json!({
        "DomainName": domain,
        "CatchAllRecipientID": null,
        "DomainType": kind,
        "MatchSubDomains": false,
        "AddressBookEnabled": true,
        "Default": is_default,
        "EmailOnly": false,
        "ExternallyManaged": false,
        "AuthenticationType": "Managed",
        "LiveIdInstanceType": "Business",
        "PendingRemoval": false,
        "PendingCompletion": false,
        "FederatedOrganizationLink": null,
        "OutboundOnly": false,
        "PendingFederatedAccountNamespace": false,
        "PendingFederatedDomain": false,
        "IsCoexistenceDomain": false,
        "InitialDomain": is_initial,
        "CanHaveCloudCache": false,
        "SendingFromDomainDisabled": false,
        "SendingToDomainDisabled": false,
        "EnableNego2Authentication": false,
        "Guid": crate::identifier::guid(domain),
        "Identity": domain,
        "Id": domain,
        "IsValid": true,
        "ExchangeVersion": "1.1 (15.0.0.0)",
        "Name": domain,
        "WhenCreatedUTC": "2020-01-07T09:12:31.0000000Z",
    }))
}

pub(crate) fn get(tenant: &mut Tenant, bound: &Bound, _: DateTime<Utc>) -> Result<Outcome, Refusal> {
    Ok(Outcome::rows(chosen(&tenant.accepted, &NAMES, bound)?.into_iter().cloned().collect()))
}

pub(crate) fn set(tenant: &mut Tenant, bound: &Bound, _: DateTime<Utc>) -> Result<Outcome, Refusal> {
    let identity = bound.text("Identity").unwrap_or_default();
    let Some(found) = tenant.accepted.iter_mut().find(|one| is_named(one, &NAMES, identity)) else {
        return Err(Refusal::not_found(identity));
    };
    let name = text(found, "DomainName").to_owned();
    if bound.text("DomainType").is_some_and(|kind| kind != "Authoritative")
        && found.get("InitialDomain") == Some(&Value::Bool(true))
    {
        return Err(Refusal::validation(format!("The type of the initial domain '{name}' can't be changed.")));
    }
    Ok(settings::change(found, bound, &name))
}
