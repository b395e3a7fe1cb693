//! `o365.audit`: an audit event in the Elastic Common Schema, as the Office 365 integration of Elastic writes it.
//!
//! Authority: the field reference of that integration; `o365.audit.Parameters.*` are keywords, so that `Enabled` is the
//! text `False`.

use schema::Type::{Datetime, Dynamic, String as Text};
use serde_json::{Map, Value, json};

use super::{Layout, Table};
use crate::audit::Event;
use crate::calendar::{self, MINUTE};
use crate::text::{domain, local_part};
use crate::world::World;

/// The columns.
pub(crate) static LAYOUT: Layout = Layout {
    name: "o365.audit",
    columns: &[
        ("@timestamp", Datetime),
        ("event.ingested", Datetime),
        ("event.action", Text),
        ("event.category", Dynamic),
        ("event.code", Text),
        ("event.dataset", Text),
        ("event.id", Text),
        ("event.kind", Text),
        ("event.module", Text),
        ("event.outcome", Text),
        ("event.provider", Text),
        ("event.type", Dynamic),
        ("data_stream.dataset", Text),
        ("data_stream.namespace", Text),
        ("data_stream.type", Text),
        ("user.id", Text),
        ("user.name", Text),
        ("user.full_name", Text),
        ("user.email", Text),
        ("user.domain", Text),
        ("source.ip", Text),
        ("client.ip", Text),
        ("user_agent.original", Text),
        ("organization.id", Text),
        ("organization.name", Text),
        ("related.ip", Dynamic),
        ("related.user", Dynamic),
        ("ecs.version", Text),
        ("o365.audit.ClientIP", Text),
        ("o365.audit.CreationTime", Text),
        ("o365.audit.Id", Text),
        ("o365.audit.ObjectId", Text),
        ("o365.audit.Operation", Text),
        ("o365.audit.OrganizationId", Text),
        ("o365.audit.OrganizationName", Text),
        ("o365.audit.Parameters", Dynamic),
        ("o365.audit.RecordType", Text),
        ("o365.audit.ResultStatus", Text),
        ("o365.audit.UserId", Text),
        ("o365.audit.UserKey", Text),
        ("o365.audit.UserType", Text),
        ("o365.audit.Workload", Text),
    ],
};

/// ECS categories and types of an event, as the integration gives them.
fn category(event: &Event<'_>) -> (&'static str, &'static str) {
    match (event.record_type, event.name) {
        ("AzureActiveDirectoryStsLogon", _) => ("[\"web\",\"authentication\"]", "[\"info\",\"start\",\"access\"]"),
        (_, "FileAccessed" | "FileDownloaded") => ("[\"web\",\"file\"]", "[\"info\",\"access\"]"),
        (_, "FileModified" | "FileMoved" | "FileRenamed") => ("[\"web\",\"file\"]", "[\"info\",\"change\"]"),
        (_, "FileUploaded") => ("[\"web\",\"file\"]", "[\"info\",\"creation\"]"),
        (_, "FileDeleted") => ("[\"web\",\"file\"]", "[\"info\",\"deletion\"]"),
        _ => ("[\"web\"]", "[\"info\"]"),
    }
}

/// Writes one.
pub(crate) fn push(table: &mut Table, world: &World, event: &Event<'_>) {
    let parameters: Map<String, Value> = event.parameters.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    let parameters = (!parameters.is_empty()).then(|| Value::from(parameters).to_string());
    let user = &event.user.address;
    let (category, kind) = category(event);
    // The Management Activity API gives records out minutes later; the delay comes from the moment, so that it is the same.
    let ingested = event.moment + 2 * MINUTE + event.moment.rem_euclid(7 * MINUTE);
    table
        .row()
        .time("@timestamp", event.moment)
        .time("event.ingested", ingested)
        .text("event.action", event.name)
        .text("event.category", category)
        .text("event.code", event.record_type)
        .text("event.dataset", "o365.audit")
        .text("event.id", &event.id)
        .text("event.kind", "event")
        .text("event.module", "o365")
        .text("event.outcome", "success")
        .text("event.provider", event.workload)
        .text("event.type", kind)
        .text("data_stream.dataset", "o365.audit")
        .text("data_stream.namespace", "default")
        .text("data_stream.type", "logs")
        .text("user.id", user)
        .text("user.name", local_part(user))
        .text("user.full_name", &event.user.name)
        .text("user.email", user)
        .text("user.domain", domain(user))
        .text("source.ip", event.address)
        .text("client.ip", event.address)
        .text("user_agent.original", event.agent)
        .text("organization.id", &world.cast.tenant_id)
        .text("organization.name", &world.cast.initial_domain)
        .text("related.ip", &json!([event.address]).to_string())
        .text("related.user", &json!([local_part(user)]).to_string())
        .text("ecs.version", "8.11.0")
        .text("o365.audit.ClientIP", event.address)
        .text("o365.audit.CreationTime", &calendar::iso(event.moment))
        .text("o365.audit.Id", &event.id)
        .text("o365.audit.ObjectId", &event.object)
        .text("o365.audit.Operation", event.name)
        .text("o365.audit.OrganizationId", &world.cast.tenant_id)
        .text("o365.audit.OrganizationName", &world.cast.initial_domain)
        .text_or_null("o365.audit.Parameters", parameters.as_deref())
        .text("o365.audit.RecordType", &event.record_type_id.to_string())
        .text("o365.audit.ResultStatus", if event.is_admin { "True" } else { "Succeeded" })
        .text("o365.audit.UserId", user)
        .text("o365.audit.UserKey", &event.user.object_id)
        .text("o365.audit.UserType", if event.is_admin { "2" } else { "0" })
        .text("o365.audit.Workload", event.workload);
}
