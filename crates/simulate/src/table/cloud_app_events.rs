//! `CloudAppEvents`: an audit event as Defender for Cloud Apps shows it, the record itself in `RawEventData`.
//!
//! Authority: Microsoft's page `advanced-hunting-cloudappevents-table`; the record's fields are those of the Office 365
//! Management Activity API schema.

use schema::Type::{Bool, Datetime, Dynamic, Int, String as Text};
use serde_json::json;

use super::{Layout, Table};
use crate::audit::{Event, INTRUDER_COUNTRY};
use crate::calendar;
use crate::world::World;

/// The columns.
pub(crate) static LAYOUT: Layout = Layout {
    name: "CloudAppEvents",
    columns: &[
        ("Timestamp", Datetime),
        ("ActionType", Text),
        ("Application", Text),
        ("ApplicationId", Int),
        ("AppInstanceId", Int),
        ("AccountObjectId", Text),
        ("AccountId", Text),
        ("AccountDisplayName", Text),
        ("IsAdminOperation", Bool),
        ("DeviceType", Text),
        ("OSPlatform", Text),
        ("IPAddress", Text),
        ("IsAnonymousProxy", Bool),
        ("CountryCode", Text),
        ("City", Text),
        ("UserAgent", Text),
        ("ActivityType", Text),
        ("ActivityObjects", Dynamic),
        ("ObjectName", Text),
        ("ObjectType", Text),
        ("ObjectId", Text),
        ("ReportId", Text),
        ("AccountType", Text),
        ("IsExternalUser", Bool),
        ("IsImpersonated", Bool),
        ("IPTags", Dynamic),
        ("IPCategory", Text),
        ("RawEventData", Dynamic),
        ("AuditSource", Text),
    ],
};

/// The application and its number in the Defender portal.
fn application(workload: &str) -> (&'static str, i32) {
    match workload {
        "Exchange" => ("Microsoft Exchange Online", 20_893),
        "SharePoint" => ("Microsoft SharePoint Online", 20_892),
        "OneDrive" => ("Microsoft OneDrive for Business", 15_600),
        "MicrosoftTeams" => ("Microsoft Teams", 28_375),
        _ => ("Microsoft 365", 11_161),
    }
}

/// Writes one.
pub(crate) fn push(table: &mut Table, world: &World, event: &Event<'_>) {
    let (name, number) = application(event.workload);
    let site = world.cast.sites.get(event.user.site).filter(|site| site.egress == event.address);
    table
        .row()
        .time("Timestamp", event.moment)
        .text("ActionType", event.name)
        .text("Application", name)
        .int("ApplicationId", Some(number))
        .int("AppInstanceId", Some(0))
        .text("AccountObjectId", &event.user.object_id)
        .text("AccountId", &event.user.address)
        .text("AccountDisplayName", &event.user.name)
        .bool("IsAdminOperation", event.is_admin)
        .text("DeviceType", "Desktop")
        .text("OSPlatform", "Windows 10")
        .text("IPAddress", event.address)
        .bool("IsAnonymousProxy", site.is_none())
        .text("CountryCode", site.map_or(INTRUDER_COUNTRY, |site| site.country.as_str()))
        .text("City", site.map_or("", |site| site.city.as_str()))
        .text("UserAgent", event.agent)
        .text("ActivityType", if event.is_admin { "Edit" } else { "Basic" })
        .text("ActivityObjects", "[]")
        .text("ObjectName", &event.object)
        .text("ObjectType", "")
        .text("ObjectId", &event.object)
        .text("ReportId", &event.id)
        .text("AccountType", if event.is_admin { "Admin" } else { "Regular" })
        .bool("IsExternalUser", false)
        .bool("IsImpersonated", false)
        .text("IPTags", if site.is_some() { "[]" } else { "[\"Anonymous proxy\"]" })
        .text("IPCategory", if site.is_some() { "Corporate" } else { "Risky" })
        .text("RawEventData", &raw(world, event).to_string())
        .text("AuditSource", "");
}

/// The record as the Management Activity API gives it.
fn raw(world: &World, event: &Event<'_>) -> serde_json::Value {
    let parameters: Vec<_> = event.parameters.iter().map(|(name, value)| json!({"Name": name, "Value": value})).collect();
    json!({
        "CreationTime": calendar::iso(event.moment),
        "Id": event.id,
        "Operation": event.name,
        "OrganizationId": world.cast.tenant_id,
        "RecordType": event.record_type_id,
        "ResultStatus": if event.is_admin { "True" } else { "Succeeded" },
        "UserKey": event.user.object_id,
        "UserType": if event.is_admin { 2 } else { 0 },
        "Workload": event.workload,
        "ClientIP": event.address,
        "ObjectId": event.object,
        "UserId": event.user.address,
        "OrganizationName": world.cast.initial_domain,
        "Parameters": parameters,
    })
}
