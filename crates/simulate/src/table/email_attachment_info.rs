//! `EmailAttachmentInfo`: an attachment of a message, for each recipient.
//!
//! Authority: Microsoft's page `advanced-hunting-emailattachmentinfo-table`.

use schema::Type::{Datetime, Long, String as Text};

use super::{Layout, Table};
use crate::draft::{Attachment, Draft};
use crate::table::email_events::Copy;

/// The columns.
pub(crate) static LAYOUT: Layout = Layout {
    name: "EmailAttachmentInfo",
    columns: &[
        ("Timestamp", Datetime),
        ("NetworkMessageId", Text),
        ("SenderFromAddress", Text),
        ("SenderDisplayName", Text),
        ("SenderObjectId", Text),
        ("RecipientEmailAddress", Text),
        ("RecipientObjectId", Text),
        ("FileName", Text),
        ("FileType", Text),
        ("SHA256", Text),
        ("FileSize", Long),
        ("ThreatTypes", Text),
        ("ThreatNames", Text),
        ("DetectionMethods", Text),
        ("ReportId", Text),
        ("FileExtension", Text),
    ],
};

/// Writes one. The findings of the message are the attachment's when the attachment is what was found.
pub(crate) fn push(table: &mut Table, draft: &Draft, copy: Copy<'_>, attachment: &Attachment) {
    let extension = attachment.name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let found = |text: &'_ str| -> bool { attachment.malicious && !text.is_empty() };
    let outcome = copy.outcome;
    table
        .row()
        .time("Timestamp", draft.moment)
        .text("NetworkMessageId", copy.network_message_id)
        .text("SenderFromAddress", &draft.from)
        .text("SenderDisplayName", &draft.from_name)
        .text("SenderObjectId", &draft.from_object_id)
        .text("RecipientEmailAddress", copy.recipient)
        .text("RecipientObjectId", copy.recipient_object_id)
        .text("FileName", &attachment.name)
        .text("FileType", extension)
        .text("SHA256", &attachment.sha256)
        .long("FileSize", attachment.size)
        .text("ThreatTypes", if found(&outcome.threat_types) { &outcome.threat_types } else { "" })
        .text("ThreatNames", if found(&outcome.threat_names) { &outcome.threat_names } else { "" })
        .text("DetectionMethods", if found(&outcome.methods) { &outcome.methods } else { "" })
        .text("ReportId", copy.report_id)
        .text("FileExtension", extension);
}
