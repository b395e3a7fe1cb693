//! `OfficeActivity`: an audit event as the Microsoft 365 connector of Sentinel writes it. Sign-ins are not in it.
//!
//! Authority: Azure Monitor's table reference, page `officeactivity`.

use schema::Type::{Bool, Datetime, String as Text};
use serde_json::json;

use super::{Layout, Table};
use crate::audit::Event;
use crate::text::domain;
use crate::world::World;

/// The columns.
pub(crate) static LAYOUT: Layout = Layout {
    name: "OfficeActivity",
    columns: &[
        ("TimeGenerated", Datetime),
        ("ClientIP", Text),
        ("ExternalAccess", Text),
        ("IsManagedDevice", Bool),
        ("OfficeId", Text),
        ("OfficeObjectId", Text),
        ("OfficeTenantId", Text),
        ("OfficeWorkload", Text),
        ("Operation", Text),
        ("OrganizationId", Text),
        ("OrganizationName", Text),
        ("OriginatingServer", Text),
        ("Parameters", Text),
        ("RecordType", Text),
        ("ResultStatus", Text),
        ("SourceRecordId", Text),
        ("SourceSystem", Text),
        ("UserAgent", Text),
        ("UserDomain", Text),
        ("UserId", Text),
        ("UserKey", Text),
        ("UserType", Text),
    ],
};

/// Writes one.
pub(crate) fn push(table: &mut Table, world: &World, event: &Event<'_>) {
    let parameters = if event.parameters.is_empty() {
        String::new()
    } else {
        let list: Vec<_> = event.parameters.iter().map(|(name, value)| json!({"Name": name, "Value": value})).collect();
        serde_json::Value::from(list).to_string()
    };
    // Exchange records the client's port, too.
    let client = if event.is_admin {
        format!("{}:{}", event.address, 49_152 + event.moment.rem_euclid(16_000))
    } else {
        event.address.to_owned()
    };
    table
        .row()
        .time("TimeGenerated", event.moment)
        .text("ClientIP", &client)
        .text("ExternalAccess", if event.is_admin { "False" } else { "" })
        .text("OfficeId", &event.id)
        .text("OfficeObjectId", &event.object)
        .text("OfficeTenantId", &world.cast.tenant_id)
        .text("OfficeWorkload", event.workload)
        .text("Operation", event.name)
        .text("OrganizationId", &world.cast.tenant_id)
        .text("OrganizationName", &world.cast.initial_domain)
        .text("OriginatingServer", if event.is_admin { "EXCH-0001 (15.20.9343.010)" } else { "" })
        .text("Parameters", &parameters)
        .text("RecordType", event.record_type)
        .text("ResultStatus", if event.is_admin { "True" } else { "Succeeded" })
        .text("SourceRecordId", &event.id)
        .text("SourceSystem", "OfficeActivityManager")
        .text("UserAgent", event.agent)
        .text("UserDomain", domain(&event.user.address))
        .text("UserId", &event.user.address)
        .text("UserKey", &event.user.object_id)
        .text("UserType", if event.is_admin { "Admin" } else { "Regular" });
}
