//! A record as Defender for Cloud Apps shows it, the record itself in `RawEventData`.
//!
//! Authority: <https://learn.microsoft.com/defender-xdr/advanced-hunting-cloudappevents-table>.

use serde_json::{Map, Value, json};

use super::record::Record;
use crate::geography::Location;

/// The table.
pub(super) const TABLE: &str = "CloudAppEvents";

/// The application of a service and its number in the Defender portal.
fn application(workload: &str) -> (&'static str, i32) {
    match workload {
        "Exchange" => ("Microsoft Exchange Online", 20_893),
        "SharePoint" => ("Microsoft SharePoint Online", 20_892),
        "OneDrive" => ("Microsoft OneDrive for Business", 15_600),
        "MicrosoftTeams" => ("Microsoft Teams", 28_375),
        _ => ("Microsoft 365", 11_161),
    }
}

/// The columns of a record.
pub(super) fn row(record: &Record, place: Option<&Location>) -> Map<String, Value> {
    let mut columns = Map::new();
    let mut set = |name: &str, value: Value| {
        if !value.is_null() && value != "" {
            columns.insert(name.to_owned(), value);
        }
    };
    let text = |name: &str| record.text(name).map_or(Value::Null, Value::String);
    let user = record.text("UserId").unwrap_or_default();
    let kind = record.user_kind().unwrap_or_else(|| "Regular".to_owned());
    let is_admin = matches!(kind.as_str(), "Admin" | "DcAdmin") || record.kind().as_deref() == Some("ExchangeAdmin");
    let (name, number) = application(&record.text("Workload").unwrap_or_default());
    set("Timestamp", text("CreationTime"));
    set("ActionType", text("Operation"));
    set("Application", name.into());
    set("ApplicationId", number.into());
    set("AppInstanceId", 0.into());
    // The key of a user is the object's id in the directory, but for system accounts.
    let object = record.text("UserKey").filter(|key| is_guid(key));
    set("AccountObjectId", object.map_or(Value::Null, Value::String));
    set("AccountId", user.as_str().into());
    set("AccountDisplayName", user.as_str().into());
    set("AccountType", kind.as_str().into());
    set("IsAdminOperation", is_admin.into());
    set("IsExternalUser", user.to_lowercase().contains("#ext#").into());
    set("IsImpersonated", false.into());
    set("IPAddress", record.client().ip.map_or(Value::Null, |ip| ip.to_string().into()));
    set("UserAgent", record.user_agent().map_or(Value::Null, Value::String));
    set("ActivityType", if is_admin { "Edit" } else { "Basic" }.into());
    set("ActivityObjects", json!([]));
    set("ObjectName", text("ObjectId"));
    set("ObjectId", text("ObjectId"));
    set("ReportId", text("Id"));
    set("RawEventData", Value::Object(record.members.clone()));
    if let Some(place) = place {
        set("CountryCode", place.country_code.as_str().into());
        set("City", place.city.as_str().into());
        set("ISP", place.as_organization.as_str().into());
    }
    columns
}

/// Hexadecimal digits in groups of 8, 4, 4, 4 and 12.
fn is_guid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::row;
    use crate::{audit::record::Record, geography::Location};

    #[test]
    fn the_record_is_whole_and_its_members_are_named() {
        let record = json!({
            "CreationTime": "2026-11-20T23:00:00", "Id": "1", "Operation": "Set-Mailbox", "RecordType": 1, "Workload": "Exchange",
            "UserId": "eve@contoso.com", "UserKey": "4e4e584e-35c0-41f4-8b57-6cfc4a9dd1ce", "ClientIP": "192.0.2.1:55",
        });
        let Value::Object(members) = record.clone() else { panic!("no object") };
        let place = Location { country_code: "NO".to_owned(), ..Location::default() };
        let found = row(&Record::new(members), Some(&place));
        for (name, expected) in [
            ("ActionType", json!("Set-Mailbox")),
            ("Application", json!("Microsoft Exchange Online")),
            ("IPAddress", json!("192.0.2.1")),
            ("IsAdminOperation", json!(true)),
            ("AccountObjectId", json!("4e4e584e-35c0-41f4-8b57-6cfc4a9dd1ce")),
            ("CountryCode", json!("NO")),
            ("ReportId", json!("1")),
            ("RawEventData", record),
        ] {
            assert_eq!(found.get(name), Some(&expected), "{name}");
        }
    }
}
