//! X-Microsoft-Antispam-Mailbox-Delivery: what the mailbox did with a message.

use serde::Serialize;

use super::pairs::{pairs, value};

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

impl MailboxDelivery {
    /// Reads the value of a header. Never fails.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let pairs = pairs(text);
        let get = |key: &str| value(&pairs, key);
        Self { destination: get("dest"), override_reason: get("OFR"), folder: get("RF"), pairs }
    }
}

#[cfg(test)]
mod tests {
    use super::MailboxDelivery;

    #[test]
    fn the_folder_and_what_overrode_the_filter_are_told() {
        let found = MailboxDelivery::parse("wl:1;ucf:0;jmr:0;auth:0;dest:I;OFR:TrustedSenderList;ENG:(1)(2);RF:JunkEmail;");
        assert_eq!((found.destination.as_deref(), found.folder.as_deref()), (Some("I"), Some("JunkEmail")));
        assert_eq!((found.override_reason.as_deref(), found.pairs.len()), (Some("TrustedSenderList"), 8));
    }
}
