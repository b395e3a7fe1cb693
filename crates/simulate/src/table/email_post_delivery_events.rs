//! `EmailPostDeliveryEvents`: what was done to a delivered message later (zero-hour auto purge, release).
//!
//! Authority: Microsoft's page `advanced-hunting-emailpostdeliveryevents-table`.

use schema::Type::{Datetime, String as Text};

use super::{Layout, Table};

/// The columns.
pub(crate) static LAYOUT: Layout = Layout {
    name: "EmailPostDeliveryEvents",
    columns: &[
        ("Timestamp", Datetime),
        ("NetworkMessageId", Text),
        ("InternetMessageId", Text),
        ("Action", Text),
        ("ActionType", Text),
        ("ActionTrigger", Text),
        ("ActionResult", Text),
        ("RecipientEmailAddress", Text),
        ("DeliveryLocation", Text),
        ("ThreatTypes", Text),
        ("DetectionMethods", Text),
        ("ReportId", Text),
        ("EmailDirection", Text),
        ("SenderFromAddress", Text),
    ],
};

/// What a row holds.
#[derive(Debug, Clone)]
pub(crate) struct PostDelivery {
    pub(crate) network_message_id: String,
    pub(crate) internet_message_id: String,
    pub(crate) recipient: String,
    pub(crate) sender: String,
    pub(crate) direction: &'static str,
    pub(crate) action: &'static str,
    pub(crate) action_type: &'static str,
    pub(crate) trigger: &'static str,
    pub(crate) result: &'static str,
    pub(crate) location: &'static str,
    pub(crate) threat_types: &'static str,
    pub(crate) methods: &'static str,
}

/// Writes one.
pub(crate) fn push(table: &mut Table, moment: i64, event: &PostDelivery) {
    table
        .row()
        .time("Timestamp", moment)
        .text("NetworkMessageId", &event.network_message_id)
        .text("InternetMessageId", &event.internet_message_id)
        .text("Action", event.action)
        .text("ActionType", event.action_type)
        .text("ActionTrigger", event.trigger)
        .text("ActionResult", event.result)
        .text("RecipientEmailAddress", &event.recipient)
        .text("DeliveryLocation", event.location)
        .text("ThreatTypes", event.threat_types)
        .text("DetectionMethods", event.methods)
        .text("ReportId", &format!("{}-zap-1", event.network_message_id))
        .text("EmailDirection", event.direction)
        .text("SenderFromAddress", &event.sender);
}
