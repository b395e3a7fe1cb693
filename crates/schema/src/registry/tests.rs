//! What the shipped tables must be: readable, sorted, with both names of the time column.

use super::*;
use crate::{TableFileError, Type};

#[test]
fn names_are_sorted_and_unique() {
    let names: Vec<&str> = Registry::builtin().names().collect();
    assert!(names.is_sorted_by(|a, b| a < b));
}

#[test]
fn every_file_reads_and_is_named_after_its_table() -> Result<(), TableFileError> {
    for (name, file) in TABLES {
        let table = Table::from_toml(file)?;
        assert_eq!(table.name, *name);
        assert!(!table.doc.is_empty(), "{name}: say what a row stands for");
    }
    assert_eq!(Registry::builtin().tables().len(), TABLES.len());
    Ok(())
}

#[test]
fn every_table_has_both_time_columns() {
    for table in Registry::builtin().tables() {
        for name in ["Timestamp", "TimeGenerated"] {
            assert_eq!(table.column(name).map(|column| column.ty), Some(Type::Datetime), "{}.{name}", table.name);
        }
    }
}

#[test]
fn defender_tables_store_timestamp_and_sentinel_tables_time_generated() {
    for (table, stored, alias) in [
        ("EmailEvents", "Timestamp", "TimeGenerated"),
        ("DeviceProcessEvents", "Timestamp", "TimeGenerated"),
        ("OfficeActivity", "TimeGenerated", "Timestamp"),
        ("SigninLogs", "TimeGenerated", "Timestamp"),
        ("o365.audit", "@timestamp", "Timestamp"),
        ("o365.audit", "@timestamp", "TimeGenerated"),
    ] {
        let found = Registry::builtin().table(table);
        assert_eq!(found.map(|table| table.time_column.as_str()), Some(stored), "{table}");
        let target = found.and_then(|table| table.column(alias)).map(|column| column.name.as_str());
        assert_eq!(target, Some(stored), "{table}.{alias}");
    }
}

#[test]
fn a_vocabulary_and_json_belong_to_text() {
    for table in Registry::builtin().tables() {
        for column in table.columns.iter().filter(|column| column.json || !column.values.is_empty()) {
            assert_eq!(column.ty, Type::String, "{}.{}", table.name, column.name);
            let mut values = column.values.clone();
            values.sort();
            values.dedup();
            assert_eq!(values.len(), column.values.len(), "{}.{}: a value twice", table.name, column.name);
        }
    }
}

#[test]
fn every_column_of_the_mail_tables_is_documented() {
    for name in [
        "EmailEvents",
        "EmailAttachmentInfo",
        "EmailUrlInfo",
        "EmailPostDeliveryEvents",
        "UrlClickEvents",
        "MessageEvents",
        "MessagePostDeliveryEvents",
        "MessageUrlInfo",
        "CampaignInfo",
        "SimulationLabels",
        "Rejects",
    ] {
        let table = Registry::builtin().table(name);
        assert!(table.is_some_and(|table| table.stored().all(|column| !column.doc.is_empty())), "{name}");
    }
}

/// What published mail rules read most, with the types they rely on.
#[test]
fn the_columns_of_published_mail_rules_are_known() {
    let table = [
        ("EmailEvents", "AuthenticationDetails", Type::String),
        ("EmailEvents", "EmailDirection", Type::String),
        ("EmailEvents", "SenderFromDomain", Type::String),
        ("EmailEvents", "SenderMailFromDomain", Type::String),
        ("EmailEvents", "SenderIPv4", Type::String),
        ("EmailEvents", "EmailClusterId", Type::Long),
        ("EmailEvents", "BulkComplaintLevel", Type::Int),
        ("EmailEvents", "AdditionalFields", Type::Dynamic),
        ("EmailEvents", "To", Type::Dynamic),
        ("EmailEvents", "IsFirstContact", Type::Bool),
        ("EmailEvents", "LatestDeliveryAction", Type::String),
        ("EmailEvents", "Type", Type::String),
        ("EmailEvents", "_BilledSize", Type::Real),
        ("EmailAttachmentInfo", "SHA256", Type::String),
        ("EmailUrlInfo", "UrlDomain", Type::String),
        ("EmailPostDeliveryEvents", "ActionType", Type::String),
        ("UrlClickEvents", "IsClickedThrough", Type::Bool),
        ("MessageEvents", "RecipientDetails", Type::Dynamic),
        ("CloudAppEvents", "RawEventData", Type::Dynamic),
        ("OfficeActivity", "Parameters", Type::String),
        ("IdentityInfo", "AssignedRoles", Type::Dynamic),
        ("AlertEvidence", "NetworkMessageId", Type::String),
        ("SigninLogs", "AuthenticationDetails", Type::String),
        ("AADSignInEventsBeta", "ErrorCode", Type::Int),
        ("ThreatIntelligenceIndicator", "EmailSenderAddress", Type::String),
        ("o365.audit", "event.dataset", Type::String),
        ("o365.audit", "source.as.number", Type::Long),
        ("o365.audit", "o365.audit.Parameters", Type::Dynamic),
        ("SimulationLabels", "Label", Type::String),
        ("Rejects", "Line", Type::Long),
    ];
    for (table, column, ty) in table {
        let found = Registry::builtin().table(table).and_then(|table| table.column(column));
        assert_eq!(found.map(|column| column.ty), Some(ty), "{table}.{column}");
    }
}

#[test]
fn both_spellings_of_a_column_are_one_column() {
    for (table, alias, stored) in [
        ("CampaignInfo", "CampaignSubtype", "CampaignSubType"),
        ("MessageEvents", "ThreadSubType", "ThreadSubtype"),
        ("CloudAppEvents", "Isp", "ISP"),
        ("IdentityInfo", "AccountUPN", "AccountUpn"),
    ] {
        let found = Registry::builtin().table(table).and_then(|table| table.column(alias));
        assert_eq!(found.map(|column| column.name.as_str()), Some(stored), "{table}.{alias}");
    }
}

#[test]
fn closed_sets_of_values_are_known() {
    let values = |table, column| {
        let found = Registry::builtin().table(table).and_then(|table| table.column(column));
        found.map(|column| column.values.join(", ")).unwrap_or_default()
    };
    assert_eq!(values("EmailEvents", "EmailDirection"), "Inbound, Outbound, Intra-org, Unknown");
    assert_eq!(values("EmailEvents", "DeliveryAction"), "Delivered, Junked, Blocked, Replaced");
    assert_eq!(values("SimulationLabels", "Label"), "ordinary, attack, look-alike");
    assert_eq!(values("EmailEvents", "Subject"), "");
}

#[test]
fn text_that_holds_json_is_marked() {
    for (table, column, json) in [
        ("EmailEvents", "AuthenticationDetails", true),
        ("EmailEvents", "DetectionMethods", true),
        ("EmailEvents", "ConfidenceLevel", true),
        ("EmailEvents", "Subject", false),
        ("OfficeActivity", "Parameters", true),
    ] {
        let found = Registry::builtin().table(table).and_then(|table| table.column(column));
        assert_eq!(found.map(|column| column.json), Some(json), "{table}.{column}");
    }
}

#[test]
fn an_unknown_table_finds_its_neighbours() {
    let registry = Registry::builtin();
    assert!(registry.table("emailevents").is_none());
    assert_eq!(registry.nearest_tables("EmailEvent").first(), Some(&"EmailEvents"));
    assert!(registry.nearest_tables("Nothing like it").is_empty());
}

#[test]
fn an_empty_registry_knows_nothing() {
    assert!(Registry::default().table("EmailEvents").is_none());
    assert!(Registry::default().tables().is_empty());
}
