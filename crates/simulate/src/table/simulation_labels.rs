//! `SimulationLabels`: what each message is in truth, to measure detections by.

use schema::Type::{Datetime, String as Text};

use super::{Layout, Table};
use crate::stream::Stream;

/// The columns.
pub(crate) static LAYOUT: Layout = Layout {
    name: "SimulationLabels",
    columns: &[("Timestamp", Datetime), ("NetworkMessageId", Text), ("Label", Text), ("Scenario", Text)],
};

/// Writes one for a message, however many recipients it has.
pub(crate) fn push(table: &mut Table, moment: i64, network_message_id: &str, stream: &Stream) {
    table
        .row()
        .time("Timestamp", moment)
        .text("NetworkMessageId", network_message_id)
        .text("Label", stream.label.name())
        .text("Scenario", stream.name);
}
