//! Facts that several headers tell, and which of them was listened to.

use serde::Serialize;

/// A fact and where it was taken from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Taken<T> {
    /// The fact.
    pub value: T,
    /// Where it was taken from.
    pub from: Place,
}

/// Places of a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// X-Forefront-Antispam-Report.
    AntispamReport,
    /// Believed Authentication-Results.
    AuthenticationResults,
    /// Received-SPF.
    ReceivedSpf,
    /// X-Sender-IP.
    XSenderIp,
    /// The topmost Received field with a public address: right if all hops above it are ours.
    Received,
    /// Return-Path.
    ReturnPath,
    /// X-MS-Exchange-Organization-* or X-MS-Exchange-CrossTenant-*.
    Exchange,
    /// X-MS-Office365-Filtering-Correlation-Id.
    CorrelationId,
    /// Delivered-To or X-Original-To.
    DeliveredTo,
    /// To.
    To,
    /// Date.
    Date,
    /// The addresses of author and recipients, beside our own domains.
    Addresses,
}

/// Which way a message went, as EmailEvents has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Direction {
    /// From outside.
    Inbound,
    /// To outside.
    Outbound,
    /// From one of ours to one of ours.
    #[serde(rename = "Intra-org")]
    IntraOrg,
    /// Nobody says.
    Unknown,
}

impl Direction {
    /// As EmailEvents writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inbound => "Inbound",
            Self::Outbound => "Outbound",
            Self::IntraOrg => "Intra-org",
            Self::Unknown => "Unknown",
        }
    }
}
