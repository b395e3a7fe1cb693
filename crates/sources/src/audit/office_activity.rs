//! A record as the Microsoft 365 connector of Sentinel writes it. Sign-ins and the directory's changes are not in that table.
//!
//! Authority: <https://learn.microsoft.com/azure/azure-monitor/reference/tables/officeactivity>.

use std::sync::LazyLock;

use schema::Registry;
use serde_json::{Map, Value};

use super::record::Record;

/// The table.
pub(super) const TABLE: &str = "OfficeActivity";

/// The services whose records the connector takes.
const WORKLOADS: [&str; 4] = ["Exchange", "MicrosoftTeams", "OneDrive", "SharePoint"];

/// Columns that have another name than the member they hold.
const RENAMED: [(&str, &str); 14] = [
    ("CreationTime", "TimeGenerated"),
    ("Id", "OfficeId"),
    ("Workload", "OfficeWorkload"),
    ("ObjectId", "OfficeObjectId"),
    ("ClientIPAddress", "Client_IPAddress"),
    ("ClientAppId", "ClientAppId"),
    ("Site", "Site_"),
    ("SiteUrl", "Site_Url"),
    ("SourceName", "Source_Name"),
    ("StartTime", "Start_Time"),
    ("EventData", "Event_Data"),
    ("LogonType", "Logon_Type"),
    ("SendonBehalfOfUserMailboxGuid", "SendonBehalfOfUserMailboxGuid"),
    ("ModifiedObjectResolvedName", "ModifiedObjectResolvedName"),
];

/// Authority: the schema's page, "Enum: LogonType".
const LOGON_TYPES: [&str; 7] = ["Owner", "Admin", "Delegated", "Transport", "SystemService", "BestAccess", "DelegatedAdmin"];

/// The documented columns.
static COLUMNS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    Registry::builtin().table(TABLE).into_iter().flat_map(|table| table.stored()).map(|column| column.name.as_str()).collect()
});

/// The columns of a record; `None` for one that is not in the table.
pub(super) fn row(record: &Record) -> Option<Map<String, Value>> {
    let workload = record.text("Workload")?;
    if !WORKLOADS.contains(&workload.as_str()) {
        return None;
    }
    let mut columns = Map::new();
    for (name, value) in &record.members {
        let column = RENAMED.iter().find(|(member, _)| member == name).map_or(name.as_str(), |(_, column)| column);
        if !value.is_null() && COLUMNS.contains(&column) {
            columns.insert(column.to_owned(), value.clone());
        }
    }
    let mut set = |name: &str, text: Option<String>| {
        if let Some(text) = text {
            columns.insert(name.to_owned(), Value::String(text));
        }
    };
    set("RecordType", record.kind().or_else(|| record.text("RecordType")));
    set("UserType", record.user_kind());
    set("SourceRecordId", record.text("Id"));
    set("SourceSystem", Some("OfficeActivityManager".to_owned()));
    set("OfficeTenantId", record.text("OrganizationId"));
    set("UserAgent", record.user_agent());
    set("ClientIP", record.text("ClientIP").or_else(|| record.text("ClientIPAddress")));
    set("UserDomain", record.text("UserId").and_then(|id| id.rsplit_once('@').map(|(_, domain)| domain.to_owned())));
    let logon = record.text("LogonType");
    let named = logon.as_deref().and_then(|text| text.parse::<usize>().ok()).and_then(|number| LOGON_TYPES.get(number));
    set("Logon_Type", named.map(|name| (*name).to_owned()).or(logon));
    Some(columns)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::row;
    use crate::audit::record::Record;

    fn columns(record: Value) -> Option<serde_json::Map<String, Value>> {
        let Value::Object(members) = record else { return None };
        row(&Record::new(members))
    }

    #[test]
    fn members_have_the_names_of_the_table() {
        let found = columns(json!({
            "CreationTime": "2026-11-20T23:00:00", "Id": "1", "Operation": "MailItemsAccessed", "RecordType": 50, "Workload": "Exchange",
            "UserId": "eve@contoso.com", "UserType": 2, "LogonType": 2, "ObjectId": "x", "OrganizationId": "t", "Nobody": "knows",
        }));
        let Some(found) = found else { panic!("no row") };
        for (name, expected) in [
            ("TimeGenerated", "2026-11-20T23:00:00"),
            ("OfficeId", "1"),
            ("RecordType", "ExchangeItemAggregated"),
            ("UserType", "Admin"),
            ("Logon_Type", "Delegated"),
            ("OfficeObjectId", "x"),
            ("OfficeTenantId", "t"),
            ("OfficeWorkload", "Exchange"),
            ("UserDomain", "contoso.com"),
        ] {
            assert_eq!(found.get(name), Some(&json!(expected)), "{name}");
        }
        assert_eq!(found.get("Nobody"), None);
    }

    #[test]
    fn sign_ins_are_not_in_the_table() {
        assert_eq!(columns(json!({"Workload": "AzureActiveDirectory"})), None);
    }
}
