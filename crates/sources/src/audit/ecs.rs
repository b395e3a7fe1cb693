//! A record in the Elastic Common Schema, as Elastic's integration of Microsoft 365 shapes it, so that rules written against
//! that find the same events. Every member of the record is under `o365.audit`, too, under its own name.
//!
//! Authority: <https://www.elastic.co/docs/reference/integrations/o365>, and the ECS field reference.

use serde_json::{Map, Value, json};

use super::category::{categorised, outcome};
use super::client::client;
use super::properties::{by_name, modified};
use super::record::Record;
use crate::geography::Location;

/// The table.
pub(super) const TABLE: &str = "o365.audit";
/// Where the record's own members are.
const OWN: &str = "o365.audit.";

/// The columns of a record.
pub(super) fn document(record: &Record, place: Option<&Location>) -> Map<String, Value> {
    let mut document = Document(Map::new());
    let kind = record.kind().unwrap_or_default();
    event(&mut document, record, &kind);
    people(&mut document, record, &kind);
    network(&mut document, record, &kind, place);
    match kind.as_str() {
        "SharePointFileOperation" | "SharePointSharingOperation" => file(&mut document, record),
        "SecurityComplianceAlerts" => alert(&mut document, record),
        "ComplianceDLPSharePoint" | "ComplianceDLPExchange" => loss_prevention(&mut document, record),
        "Yammer" => yammer(&mut document, record),
        "MicrosoftTeams" => document.text("group.name", record.text("TeamName")),
        _ => {}
    }
    own(&mut document, record);
    document.0
}

/// Columns being filled; what is there is kept.
struct Document(Map<String, Value>);

impl Document {
    fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.0.entry(name).or_insert_with(|| value.into());
    }

    fn text(&mut self, name: &str, text: Option<String>) {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            self.set(name, text);
        }
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }
}

fn event(document: &mut Document, record: &Record, kind: &str) {
    let named = categorised(kind, &record.text("Operation").unwrap_or_default(), record.text("Category").as_deref());
    document.text("@timestamp", record.text("CreationTime"));
    document.set("ecs.version", "8.11.0");
    document.text("event.id", record.text("Id"));
    let alerts = ["SecurityComplianceAlerts", "ComplianceDLPSharePoint", "ComplianceDLPExchange"];
    document.set("event.kind", if alerts.contains(&kind) { "alert" } else { "event" });
    document.set("event.module", "o365");
    document.set("event.dataset", TABLE);
    document.set("data_stream.type", "logs");
    document.set("data_stream.dataset", TABLE);
    document.set("data_stream.namespace", "default");
    document.text("event.provider", record.text("Workload"));
    document.text("event.action", Some(named.action));
    document.set("event.category", named.categories);
    document.set("event.type", named.types);
    document.text("event.code", Some(kind.to_owned()));
    if !kind.starts_with("ComplianceDLP") {
        document.set("event.outcome", outcome(record.text("ResultStatus").as_deref()));
    }
    if let Some(severity) = record.text("Severity").as_deref().and_then(severity) {
        document.set("event.severity", severity);
    }
}

/// Severities as numbers.
fn severity(name: &str) -> Option<u8> {
    match name.to_lowercase().as_str() {
        "informational" => Some(1),
        "low" => Some(2),
        "medium" => Some(3),
        "high" => Some(4),
        _ => None,
    }
}

/// Who did it, to whom, in which organisation.
fn people(document: &mut Document, record: &Record, kind: &str) {
    let exchange = matches!(kind, "ExchangeAdmin" | "ExchangeItem");
    document.text("user.id", record.text("UserId"));
    if kind == "ExchangeItem" {
        document.text("user.id", record.text("LogonUserSid"));
        document.text("user.full_name", record.text("LogonUserDisplayName"));
        document.text("process.name", record.text("ClientProcessName"));
    }
    if kind == "AzureActiveDirectory"
        || (kind == "MicrosoftTeams" && document.get("event.action") == Some("deleted-user-account"))
    {
        document.text("user.target.id", record.text("ObjectId"));
    }
    for prefix in ["user", "user.target"] {
        let id = document.get(&format!("{prefix}.id")).map(str::to_owned);
        // `name@domain`, and nothing with a second `@`.
        let parts = id.as_deref().and_then(|id| id.split_once('@')).filter(|(_, domain)| !domain.contains('@'));
        if let (Some((name, domain)), Some(id)) = (parts, &id) {
            document.set(&format!("{prefix}.email"), id.clone());
            document.text(&format!("{prefix}.name"), Some(name.to_owned()));
            document.text(&format!("{prefix}.domain"), Some(domain.to_owned()));
        }
    }
    if kind == "ExchangeItem" {
        document.text("user.email", record.text("MailboxOwnerUPN"));
    }
    document.text("organization.id", record.text("OrganizationId").map(|id| id.to_lowercase()));
    if exchange {
        document.text("organization.name", record.text("OrganizationName"));
    }
    document.text("host.id", document.get("organization.id").map(str::to_owned));
    let name = document.get("organization.name").or_else(|| document.get("user.domain")).map(str::to_owned);
    document.text("host.name", name);
    let members = record.get("Members").and_then(Value::as_array).into_iter().flatten();
    let members = members.filter_map(|member| member.get("UPN").and_then(Value::as_str)).map(str::to_owned);
    let mut related: Vec<String> = if kind == "MicrosoftTeams" { members.collect() } else { Vec::new() };
    related.extend(["user.name", "user.target.name"].iter().filter_map(|name| document.get(name)).map(str::to_owned));
    let mut known: Vec<String> = Vec::new();
    related.retain(|name| {
        !name.is_empty() && !known.contains(name) && {
            known.push(name.clone());
            true
        }
    });
    if !related.is_empty() {
        document.set("related.user", related);
    }
}

/// Where from, with what, to which server.
fn network(document: &mut Document, record: &Record, kind: &str, place: Option<&Location>) {
    document.text("user_agent.original", record.user_agent());
    let client = record.client();
    document.text("client.address", client.address.clone());
    document.text("client.domain", client.domain.clone());
    let mut addresses: Vec<String> = Vec::new();
    if let Some(ip) = client.ip {
        let text = ip.to_string();
        document.set("client.ip", text.as_str());
        document.set("source.ip", text.as_str());
        document.set("network.type", if ip.is_ipv4() { "ipv4" } else { "ipv6" });
        addresses.push(text);
    }
    if let Some(port) = client.port {
        document.set("client.port", port);
        document.set("source.port", port);
    }
    if let (Some(server), "ExchangeAdmin" | "ExchangeItem") = (record.text("OriginatingServer"), kind) {
        // `NAME (15.20.9343.010)`: what stands in brackets is the version of the server, or its address.
        let found = self::client(&server.replace(['\n', '\r'], ""));
        document.text("server.domain", found.domain);
        document.text("server.address", found.address);
        if let Some(ip) = found.ip {
            document.set("server.ip", ip.to_string());
            document.set("destination.ip", ip.to_string());
            addresses.push(ip.to_string());
        }
    }
    if !addresses.is_empty() {
        document.set("related.ip", addresses);
    }
    if let Some(place) = place {
        geography(document, place);
    }
}

fn geography(document: &mut Document, place: &Location) {
    for (name, text) in [
        ("source.geo.continent_name", &place.continent),
        ("source.geo.country_iso_code", &place.country_code),
        ("source.geo.country_name", &place.country),
        ("source.geo.region_iso_code", &place.region_code),
        ("source.geo.region_name", &place.region),
        ("source.geo.city_name", &place.city),
        ("source.as.organization.name", &place.as_organization),
    ] {
        document.text(name, Some(text.clone()));
    }
    if let Some((north, east)) = place.coordinates {
        document.set("source.geo.location", json!({"lat": north, "lon": east}));
    }
    if let Some(number) = place.as_number {
        document.set("source.as.number", number);
    }
}

fn file(document: &mut Document, record: &Record) {
    document.text("url.original", record.text("ObjectId"));
    document.text("file.directory", record.text("SourceRelativeUrl"));
    document.text("file.name", record.text("SourceFileName"));
    document.text("file.extension", record.text("SourceFileExtension"));
}

fn alert(document: &mut Document, record: &Record) {
    for (column, member) in [
        ("message", "Comments"),
        ("rule.name", "Name"),
        ("rule.id", "PolicyId"),
        ("rule.category", "Category"),
        ("rule.ruleset", "EntityType"),
        ("rule.description", "AlertEntityId"),
    ] {
        document.text(column, record.text(member));
    }
    let links = record.get("AlertLinks").and_then(Value::as_array).into_iter().flatten();
    let link = links.filter_map(|link| link.get("AlertLinkHref")).find_map(Value::as_str);
    document.text("rule.reference", link.map(str::to_owned));
    let about = record.text("AlertEntityId");
    match record.text("EntityType").as_deref() {
        Some("User") => document.text("user.id", about),
        Some("Recipients" | "Sender") => document.text("user.email", about),
        Some("MalwareFamily") => document.text("threat.technique.id", about),
        _ => {}
    }
}

/// Data loss prevention: the rules that matched, whom it was sent to, and whether it was let through.
fn loss_prevention(document: &mut Document, record: &Record) {
    let within = |object: &str, member: &str| record.get(object)?.get(member)?.as_str().map(str::to_owned);
    let share = |member: &str| within("SharePointMetaData", member);
    document.text("user.id", share("From"));
    document.text("file.name", share("FileName"));
    document.text("url.original", share("FilePathUrl"));
    document.text("file.inode", share("UniqueId").or_else(|| share("UniqueID")));
    document.text("file.owner", share("FileOwner"));
    document.text("file.mtime", share("LastModifiedTime"));
    document.text("source.user.email", within("ExchangeMetaData", "From"));
    document.text("message", within("ExchangeMetaData", "Subject"));
    let mail = record.get("ExchangeMetaData");
    let mut recipients: Vec<Value> = Vec::new();
    for member in ["To", "CC", "BCC"] {
        match mail.and_then(|mail| mail.get(member)) {
            Some(Value::Array(list)) => recipients.extend(list.iter().cloned()),
            Some(Value::String(one)) => recipients.push(Value::from(one.as_str())),
            _ => {}
        }
    }
    if !recipients.is_empty() {
        document.set("destination.user.email", recipients);
    }
    let policies = record.get("PolicyDetails").and_then(Value::as_array).into_iter().flatten();
    let rules: Vec<&Value> = policies.filter_map(|policy| policy.get("Rules")).filter_map(Value::as_array).flatten().collect();
    let all = |member: &str| -> Vec<Value> { rules.iter().filter_map(|rule| rule.get(member)).cloned().collect() };
    for (column, member) in [("rule.id", "RuleId"), ("rule.name", "RuleName")] {
        let found = all(member);
        if !found.is_empty() {
            document.set(column, found);
        }
    }
    let worst = all("Severity").iter().filter_map(Value::as_str).filter_map(severity).max();
    document.set("event.severity", worst.unwrap_or_default());
    let blocked = all("Actions").iter().any(|actions| {
        actions.as_array().is_some_and(|actions| actions.iter().any(|action| action == "BlockAccess")) || actions == "BlockAccess"
    });
    let excepted = record.get("ExceptionInfo").is_some_and(|info| *info != json!({}) && *info != json!(""));
    let undone = record.text("Operation").as_deref() == Some("DlpRuleUndo");
    let informed = record.text("Operation").as_deref() == Some("DlpInfo");
    let passed = !blocked || undone || (excepted && !informed);
    document.set("event.outcome", if passed { "success" } else { "failure" });
}

fn yammer(document: &mut Document, record: &Record) {
    for (column, member) in [
        ("user.email", "ActorUserId"),
        ("user.id", "ActorYammerUserId"),
        ("file.inode", "FileId"),
        ("file.name", "FileName"),
        ("group.name", "GroupName"),
        ("destination.user.email", "TargetUserId"),
        ("destination.user.id", "TargetYammerUserId"),
    ] {
        document.text(column, record.text(member));
    }
}

/// The record itself; lists of names and values become objects that a rule can name.
fn own(document: &mut Document, record: &Record) {
    for (name, value) in &record.members {
        let value = match name.as_str() {
            _ if value.is_null() => None,
            "Parameters" | "ExtendedProperties" => Some(by_name(value)),
            "ModifiedProperties" => modified(value),
            "AlertLinks" => value
                .as_array()
                .map(|links| links.iter().filter_map(|link| link.get("AlertLinkHref")).cloned().collect::<Vec<_>>().into()),
            // Alerts hold what they are about as JSON in a text.
            "Data" => value.as_str().map_or_else(|| Some(value.clone()), |text| Some(data(text))),
            "Platform" => Some(value.as_u64().and_then(platform).map_or_else(|| value.clone(), Value::from)),
            _ => Some(value.clone()),
        };
        if let Some(value) = value {
            document.set(&format!("{OWN}{name}"), value);
        }
    }
}

/// The members of the text's object, and all of it as `flattened`.
fn data(text: &str) -> Value {
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(members)) => {
            let mut object = members.clone();
            object.insert("flattened".to_owned(), Value::Object(members));
            Value::Object(object)
        }
        _ => json!({"flattened": text}),
    }
}

/// Authority: the schema's page, records of Azure Information Protection.
const fn platform(number: u64) -> Option<&'static str> {
    match number {
        0 => Some("Unknown"),
        1 => Some("Windows"),
        2 => Some("MacOS"),
        3 => Some("iOS"),
        4 => Some("Android"),
        5 => Some("Web Browser"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::document;
    use crate::audit::record::Record;

    fn columns(record: Value) -> serde_json::Map<String, Value> {
        let Value::Object(members) = record else { return serde_json::Map::new() };
        document(&Record::new(members), None)
    }

    #[test]
    fn a_cmdlet_is_what_the_published_rule_looks_for() {
        let found = columns(json!({
            "CreationTime": "2026-11-20T23:00:00", "Id": "1", "Operation": "Set-DkimSigningConfig", "RecordType": 1,
            "Workload": "Exchange", "UserId": "eve@contoso.com", "ClientIP": "[::1]:123", "OrganizationName": "contoso.com",
            "Parameters": [{"Name": "Identity", "Value": "contoso.com"}, {"Name": "Enabled", "Value": "False"}],
        }));
        let table = [
            ("event.dataset", json!("o365.audit")),
            ("data_stream.dataset", json!("o365.audit")),
            ("event.provider", json!("Exchange")),
            ("event.category", json!(["web"])),
            ("event.action", json!("Set-DkimSigningConfig")),
            ("event.outcome", json!("success")),
            ("event.code", json!("ExchangeAdmin")),
            ("o365.audit.Parameters", json!({"Identity": "contoso.com", "Enabled": "False"})),
            ("user.name", json!("eve")),
            ("user.domain", json!("contoso.com")),
            ("source.ip", json!("::1")),
            ("source.port", json!(123)),
            ("organization.name", json!("contoso.com")),
            ("o365.audit.RecordType", json!(1)),
        ];
        for (name, expected) in table {
            assert_eq!(found.get(name), Some(&expected), "{name}");
        }
    }

    #[test]
    fn a_blocked_message_has_failed() {
        let record = |operation: &str| {
            columns(json!({
                "CreationTime": "2026-11-20T23:00:00", "Id": "1", "Operation": operation, "RecordType": 13, "Workload": "Exchange",
                "ExchangeMetaData": {"To": ["a@b.c"], "CC": "d@e.f", "Subject": "x"},
                "PolicyDetails": [{"Rules": [{"RuleId": "r", "RuleName": "Cards", "Severity": "High", "Actions": ["BlockAccess"]}]}],
            }))
        };
        let found = record("DlpRuleMatch");
        assert_eq!(found.get("event.outcome"), Some(&json!("failure")));
        assert_eq!(found.get("event.severity"), Some(&json!(4)));
        assert_eq!(found.get("rule.name"), Some(&json!(["Cards"])));
        assert_eq!(found.get("destination.user.email"), Some(&json!(["a@b.c", "d@e.f"])));
        assert_eq!(record("DlpRuleUndo").get("event.outcome"), Some(&json!("success")));
    }
}
