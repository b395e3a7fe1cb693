//! `EmailEvents`: a message as delivered to one recipient.
//!
//! Authority: Microsoft's page `advanced-hunting-emailevents-table`. The columns that the streaming API does not fill
//! (`LatestDeliveryLocation`, `LatestDeliveryAction`) and those that Log Analytics adds are left out.

use schema::Type::{Bool, Datetime, Dynamic, Int, Long, String as Text};

use super::{Layout, Table};
use crate::draft::Draft;
use crate::outcome::Outcome;
use crate::text::domain;

/// The columns.
pub(crate) static LAYOUT: Layout = Layout {
    name: "EmailEvents",
    columns: &[
        ("Timestamp", Datetime),
        ("NetworkMessageId", Text),
        ("InternetMessageId", Text),
        ("SenderMailFromAddress", Text),
        ("SenderFromAddress", Text),
        ("SenderDisplayName", Text),
        ("SenderObjectId", Text),
        ("SenderMailFromDomain", Text),
        ("SenderFromDomain", Text),
        ("SenderIPv4", Text),
        ("SenderIPv6", Text),
        ("RecipientEmailAddress", Text),
        ("RecipientObjectId", Text),
        ("Subject", Text),
        ("EmailClusterId", Long),
        ("EmailDirection", Text),
        ("DeliveryAction", Text),
        ("DeliveryLocation", Text),
        ("ThreatTypes", Text),
        ("ThreatNames", Text),
        ("DetectionMethods", Text),
        ("ConfidenceLevel", Text),
        ("BulkComplaintLevel", Int),
        ("EmailAction", Text),
        ("EmailActionPolicy", Text),
        ("EmailActionPolicyGuid", Text),
        ("AuthenticationDetails", Text),
        ("AttachmentCount", Int),
        ("UrlCount", Int),
        ("EmailLanguage", Text),
        ("Connectors", Text),
        ("OrgLevelAction", Text),
        ("OrgLevelPolicy", Text),
        ("UserLevelAction", Text),
        ("UserLevelPolicy", Text),
        ("ReportId", Text),
        ("AdditionalFields", Dynamic),
        ("ExchangeTransportRule", Text),
        ("DistributionList", Text),
        ("ForwardingInformation", Text),
        ("Context", Text),
        ("To", Dynamic),
        ("Cc", Dynamic),
        ("ThreatClassification", Text),
        ("RecipientDomain", Text),
        ("EmailSize", Int),
        ("IsFirstContact", Bool),
    ],
};

/// What a row has beside the message itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Copy<'a> {
    pub(crate) network_message_id: &'a str,
    pub(crate) internet_message_id: &'a str,
    pub(crate) recipient: &'a str,
    pub(crate) recipient_object_id: &'a str,
    pub(crate) authentication: Option<&'a str>,
    pub(crate) report_id: &'a str,
    pub(crate) to: &'a str,
    pub(crate) cc: &'a str,
    pub(crate) outcome: &'a Outcome,
}

/// Writes one.
pub(crate) fn push(table: &mut Table, draft: &Draft, copy: Copy<'_>) {
    let outcome = copy.outcome;
    let count = |entries: usize| i32::try_from(entries).ok();
    table
        .row()
        .time("Timestamp", draft.moment)
        .text("NetworkMessageId", copy.network_message_id)
        .text("InternetMessageId", copy.internet_message_id)
        .text("SenderMailFromAddress", &draft.mail_from)
        .text("SenderFromAddress", &draft.from)
        .text("SenderDisplayName", &draft.from_name)
        .text("SenderObjectId", &draft.from_object_id)
        .text("SenderMailFromDomain", domain(&draft.mail_from))
        .text("SenderFromDomain", domain(&draft.from))
        .text("SenderIPv4", &draft.ipv4)
        .text("SenderIPv6", &draft.ipv6)
        .text("RecipientEmailAddress", copy.recipient)
        .text("RecipientObjectId", copy.recipient_object_id)
        .text("Subject", &draft.content.subject)
        .long("EmailClusterId", i64::try_from(draft.content.cluster >> 1).unwrap_or(0))
        .text("EmailDirection", draft.direction.name())
        .text("DeliveryAction", &outcome.action)
        .text("DeliveryLocation", &outcome.location)
        .text("ThreatTypes", &outcome.threat_types)
        .text("ThreatNames", &outcome.threat_names)
        .text("DetectionMethods", &outcome.methods)
        .text("ConfidenceLevel", &outcome.confidence)
        .int("BulkComplaintLevel", draft.bulk)
        .text("EmailAction", &outcome.email_action)
        .text("EmailActionPolicy", &outcome.email_action_policy)
        .text("EmailActionPolicyGuid", &outcome.policy_guid)
        .text_or_null("AuthenticationDetails", copy.authentication)
        .int("AttachmentCount", count(draft.content.attachments.as_slice().len()))
        .int("UrlCount", count(draft.content.links.as_slice().len()))
        .text("EmailLanguage", &draft.language)
        .text("Connectors", &draft.connector)
        .text("OrgLevelAction", &outcome.org_level_action)
        .text("OrgLevelPolicy", &outcome.org_level_policy)
        .text("UserLevelAction", &outcome.user_level_action)
        .text("UserLevelPolicy", &outcome.user_level_policy)
        .text("ReportId", copy.report_id)
        .text_or_null("AdditionalFields", None)
        .text("ExchangeTransportRule", &outcome.transport_rule)
        .text("DistributionList", &draft.distribution_list)
        .text("ForwardingInformation", &draft.forwarding)
        .text("Context", "")
        .text("To", copy.to)
        .text("Cc", copy.cc)
        .text("ThreatClassification", &outcome.threat_classification)
        .text("RecipientDomain", domain(copy.recipient))
        .int("EmailSize", Some(draft.size))
        .bool("IsFirstContact", draft.first_contact);
}
