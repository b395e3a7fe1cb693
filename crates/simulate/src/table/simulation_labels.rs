//! `SimulationLabels`: what each message is in truth, and each record of a scenario, to measure detections by.

use schema::Type::{Datetime, String as Text};

use super::{Layout, Table};
use crate::scenario::ScenarioInfo;
use crate::stream::Stream;

/// The columns.
pub(crate) static LAYOUT: Layout = Layout {
    name: "SimulationLabels",
    columns: &[("Timestamp", Datetime), ("NetworkMessageId", Text), ("EventId", Text), ("Label", Text), ("Scenario", Text)],
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

/// A record of the audit log that belongs to a scenario.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) moment: i64,
    pub(crate) id: String,
    pub(crate) scenario: &'static ScenarioInfo,
}

/// Writes one for a record.
pub(crate) fn push_record(table: &mut Table, record: &Record) {
    table
        .row()
        .time("Timestamp", record.moment)
        .text("EventId", &record.id)
        .text("Label", record.scenario.label.name())
        .text("Scenario", record.scenario.name);
}
