//! `SimulationLabels`: what each message and each audit event is in truth, to measure detections by.

use schema::Type::{Datetime, String as Text};

use super::{Layout, Table};
use crate::audit::EventLabel;
use crate::stream::Stream;

/// The columns.
pub(crate) static LAYOUT: Layout = Layout {
    name: "SimulationLabels",
    columns: &[("Timestamp", Datetime), ("NetworkMessageId", Text), ("EventId", Text), ("Label", Text), ("Scenario", Text)],
};

/// Writes one for a message, however many recipients it has.
pub(crate) fn push_message(table: &mut Table, moment: i64, network_message_id: &str, stream: &Stream) {
    table
        .row()
        .time("Timestamp", moment)
        .text("NetworkMessageId", network_message_id)
        .text("EventId", "")
        .text("Label", stream.label.name())
        .text("Scenario", stream.name);
}

/// Writes one for an audit event, known by the id its three tables share.
pub(crate) fn push_event(table: &mut Table, event: &EventLabel) {
    table
        .row()
        .time("Timestamp", event.moment)
        .text("NetworkMessageId", "")
        .text("EventId", &event.id)
        .text("Label", event.label.name())
        .text("Scenario", event.scenario);
}
