//! X-Microsoft-Antispam-Mailbox-Delivery: what the mailbox did with a message.

use serde::Serialize;

/// One header, read. Microsoft does not document it; what is known is from headers in use.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct MailboxDelivery {
    /// `dest`: `I` the inbox, `J` the junk folder, others a folder by rule.
    pub destination: Option<String>,
    /// `OFR`: what overrode the filter, such as `TrustedSenderList`.
    pub override_reason: Option<String>,
    /// `RF`: the folder, such as `JunkEmail`.
    pub folder: Option<String>,
    /// All keys and values in their order.
    pub pairs: Vec<(String, String)>,
}
