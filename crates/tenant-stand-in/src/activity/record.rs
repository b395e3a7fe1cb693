//! Records of the audit log, as cmdlets of administrators leave them.
//!
//! Authority: <https://learn.microsoft.com/office/office-365-management-api/office-365-management-activity-api-schema>, the common schema and that of
//! administrators of Exchange.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::identifier::guid;
use crate::tenant::{Object, Tenant, object};

/// Who ran a cmdlet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The user principal name, or the id of an application.
    pub user: String,
    /// The address that it came from, with or without a port.
    pub client_ip: String,
    /// The application, when it acted as itself.
    pub app: Option<String>,
}

impl Actor {
    /// An administrator at an address.
    pub fn administrator(user: impl Into<String>, client_ip: impl Into<String>) -> Self {
        Self { user: user.into(), client_ip: client_ip.into(), app: None }
    }

    /// An application that acts as itself.
    pub(crate) fn app(client_id: &str) -> Self {
        Self {
            user: guid(&format!("principal {client_id}")),
            client_ip: "192.0.2.10:49152".to_owned(),
            app: Some(client_id.to_owned()),
        }
    }
}

/// The record of a cmdlet: its name, its parameters, the object it acted upon, whether it succeeded.
pub(crate) fn of(
    tenant: &Tenant,
    actor: &Actor,
    (operation, given, acted_upon, is_success): (&str, &Object, &str, bool),
    serial: u64,
    now: DateTime<Utc>,
) -> Object {
    let identity = given.iter().find(|(name, _)| name.eq_ignore_ascii_case("Identity")).map(|(_, value)| shown(value));
    let acted_upon = if acted_upon.is_empty() { identity.unwrap_or_default() } else { acted_upon.to_owned() };
    let parameters: Vec<Value> = given.iter().map(|(name, value)| json!({ "Name": name, "Value": shown(value) })).collect();
    let mut record = object(json!({
        "CreationTime": now.format("%Y-%m-%dT%H:%M:%S").to_string(),
        "Id": guid(&format!("record {} {serial}", tenant.id)),
        "Operation": operation,
        "OrganizationId": tenant.id,
        "RecordType": 1,
        "ResultStatus": if is_success { "True" } else { "False" },
        "UserKey": actor.app.as_deref().unwrap_or(&actor.user),
        // 2: an administrator; 5: an application.
        "UserType": if actor.app.is_some() { 5 } else { 2 },
        "Version": 1,
        "Workload": "Exchange",
        "ClientIP": actor.client_ip,
        "ObjectId": acted_upon,
        "UserId": actor.user,
        "AppId": actor.app.as_deref().unwrap_or_default(),
        "ClientAppId": "",
        "ExternalAccess": false,
        "OrganizationName": tenant.initial_domain,
        "OriginatingServer": "STANDIN01A001 (15.20.9000.000)",
        "Parameters": parameters,
        "RequestId": guid(&format!("request {} {serial}", tenant.id)),
    }));
    if actor.app.is_none() {
        record.insert("SessionId".to_owned(), Value::from(guid(&format!("session {}", actor.user))));
    }
    record
}

/// A value as the log writes it: as text.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(is) => if *is { "True" } else { "False" }.to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join(";"),
        Value::Object(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use serde_json::json;

    use super::{Actor, of};
    use crate::tenant::{Tenant, object};

    #[test]
    fn a_record_says_who_did_what() {
        let given = object(json!({ "Identity": "contoso.com", "Enabled": false, "Words": ["a", "b"] }));
        let actor = Actor::administrator("admin@contoso.com", "203.0.113.7:4711");
        let cmdlet = ("Set-DkimSigningConfig", &given, "", true);
        let record = of(&Tenant::default(), &actor, cmdlet, 1, DateTime::<Utc>::UNIX_EPOCH);
        let table = [
            ("CreationTime", json!("1970-01-01T00:00:00")),
            ("Operation", json!("Set-DkimSigningConfig")),
            ("ObjectId", json!("contoso.com")),
            ("ResultStatus", json!("True")),
            ("RecordType", json!(1)),
            ("UserId", json!("admin@contoso.com")),
            (
                "Parameters",
                json!([
                    { "Name": "Identity", "Value": "contoso.com" },
                    { "Name": "Enabled", "Value": "False" },
                    { "Name": "Words", "Value": "a;b" },
                ]),
            ),
        ];
        for (name, expected) in table {
            assert_eq!(record[name], expected, "{name}");
        }
    }
}
