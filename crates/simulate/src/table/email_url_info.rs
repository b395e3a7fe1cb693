//! `EmailUrlInfo`: a link of a message, once for the message however many recipients it has.
//!
//! Authority: Microsoft's page `advanced-hunting-emailurlinfo-table`.

use schema::Type::{Datetime, String as Text};

use super::{Layout, Table};
use crate::draft::Link;
use crate::text::host;

/// The columns.
pub(crate) static LAYOUT: Layout = Layout {
    name: "EmailUrlInfo",
    columns: &[
        ("Timestamp", Datetime),
        ("NetworkMessageId", Text),
        ("Url", Text),
        ("UrlDomain", Text),
        ("UrlLocation", Text),
        ("ReportId", Text),
    ],
};

/// Writes one.
pub(crate) fn push(table: &mut Table, moment: i64, network_message_id: &str, report_id: &str, link: &Link) {
    table
        .row()
        .time("Timestamp", moment)
        .text("NetworkMessageId", network_message_id)
        .text("Url", &link.url)
        .text("UrlDomain", host(&link.url))
        .text("UrlLocation", link.location)
        .text("ReportId", report_id);
}
