//! `UrlClickEvents`: a click on a link that Safe Links checked.
//!
//! Authority: Microsoft's page `advanced-hunting-urlclickevents-table`.

use schema::Type::{Bool, Datetime, String as Text};

use super::{Layout, Table};

/// The columns.
pub(crate) static LAYOUT: Layout = Layout {
    name: "UrlClickEvents",
    columns: &[
        ("Timestamp", Datetime),
        ("Url", Text),
        ("ActionType", Text),
        ("AccountUpn", Text),
        ("Workload", Text),
        ("NetworkMessageId", Text),
        ("ThreatTypes", Text),
        ("DetectionMethods", Text),
        ("IPAddress", Text),
        ("IsClickedThrough", Bool),
        ("UrlChain", Text),
        ("ReportId", Text),
    ],
};

/// What a row holds.
#[derive(Debug, Clone)]
pub(crate) struct Click {
    pub(crate) url: String,
    pub(crate) account: String,
    pub(crate) network_message_id: String,
    pub(crate) action: &'static str,
    pub(crate) threat_types: &'static str,
    pub(crate) methods: &'static str,
    pub(crate) address: String,
    pub(crate) clicked_through: bool,
    pub(crate) report_id: String,
}

/// Writes one.
pub(crate) fn push(table: &mut Table, moment: i64, click: &Click) {
    // URLs of the templates hold nothing that JSON would escape.
    let chain = format!("[\"{}\"]", click.url);
    table
        .row()
        .time("Timestamp", moment)
        .text("Url", &click.url)
        .text("ActionType", click.action)
        .text("AccountUpn", &click.account)
        .text("Workload", "Email")
        .text("NetworkMessageId", &click.network_message_id)
        .text("ThreatTypes", click.threat_types)
        .text("DetectionMethods", click.methods)
        .text("IPAddress", &click.address)
        .bool("IsClickedThrough", click.clicked_through)
        .text("UrlChain", &chain)
        .text("ReportId", &click.report_id);
}
