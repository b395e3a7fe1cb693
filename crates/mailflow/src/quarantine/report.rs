//! A message reported as wrongly kept, or wrongly let through: as a message to an address, and in the form that Microsoft Graph takes.

use base64::Engine as _;
use mailauth::Message;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// What a message is said to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Category {
    /// Wanted, and kept all the same: a false positive.
    NotJunk,
    /// Unwanted advertising: a false negative, like those below.
    Spam,
    /// Somebody who pretends to be another.
    Phishing,
    /// It carries harm.
    Malware,
}

impl Category {
    /// As Graph writes it (`submissionCategory`).
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotJunk => "notJunk",
            Self::Spam => "spam",
            Self::Phishing => "phishing",
            Self::Malware => "malware",
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::NotJunk => "a false positive: it is wanted",
            Self::Spam => "a false negative: it is spam",
            Self::Phishing => "a false negative: it is phishing",
            Self::Malware => "a false negative: it carries malware",
        }
    }
}

/// A report that is sent by mail.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    /// Who sends it.
    pub from: &'a str,
    /// Who gets it.
    pub to: &'a str,
    /// The moment it is written, as RFC 5322 section 3.3 has it.
    pub date: &'a str,
    /// What the message is said to be.
    pub category: Category,
    /// What the reporter has to say.
    pub comment: &'a str,
}

impl Report<'_> {
    /// The report as a message, with the reported one attached as it came (`message/rfc822`, RFC 2046 section 5.2.1).
    #[must_use]
    pub fn message(&self, reported: &[u8]) -> Vec<u8> {
        let message = Message::new(reported);
        let bytes = message.bytes();
        let digest: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        let boundary = boundary(bytes, &digest);
        let plain = |text: &str| text.chars().map(|char| if char.is_control() { ' ' } else { char }).collect::<String>();
        let domain = self.from.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
        let head = format!(
            "From: <{from}>\r\nTo: <{to}>\r\nDate: {date}\r\nMessage-ID: <report.{id}@{domain}>\r\nSubject: Report: {category} ({id})\r\n\
             MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"{boundary}\"\r\nContent-Transfer-Encoding: 8bit\r\n\
             Auto-Submitted: auto-generated\r\n\r\n\
             --{boundary}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\
             The attached message is reported as {words}.\r\n{comment}\r\n\
             --{boundary}\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment; filename=\"{id}.eml\"\r\n\
             Content-Transfer-Encoding: 8bit\r\n\r\n",
            from = plain(self.from),
            to = plain(self.to),
            date = plain(self.date),
            domain = plain(domain),
            id = digest.get(..16).unwrap_or_default(),
            category = self.category.as_str(),
            words = self.category.words(),
            comment = plain(self.comment),
        );
        let mut whole = head.into_bytes();
        whole.extend_from_slice(bytes);
        whole.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
        whole
    }
}

/// A line that the message does not have.
fn boundary(bytes: &[u8], digest: &str) -> String {
    let text = String::from_utf8_lossy(bytes);
    let candidates = (0_u32..).map(|number| format!("report-{}-{number}", digest.get(16..48).unwrap_or_default()));
    // A message has room for only so many of them.
    candidates.into_iter().find(|candidate| !text.contains(candidate.as_str())).unwrap_or_default()
}

/// The report as Graph takes it: the body of `POST /security/threatSubmission/emailThreats` (`emailContentThreatSubmission`).
#[must_use]
pub fn submission(category: Category, recipient: &str, reported: &[u8]) -> Value {
    json!({
        "@odata.type": "#microsoft.graph.security.emailContentThreatSubmission",
        "category": category.as_str(),
        "recipientEmailAddress": recipient,
        "fileContent": base64::engine::general_purpose::STANDARD.encode(Message::new(reported).bytes()),
    })
}

#[cfg(test)]
mod tests {
    use mail_parser::{MessageParser, MimeHeaders as _};

    use super::*;

    const REPORTED: &[u8] = b"From: a@example.com\r\nSubject: caf\xc3\xa9\r\n\r\n--report-\r\nbody";

    #[test]
    fn a_report_carries_the_message_as_it_came() {
        let report = Report {
            from: "soc@example.com",
            to: "abuse@example.net",
            date: "Sat, 21 Nov 2026 18:00:00 +0000",
            category: Category::NotJunk,
            comment: "a newsletter\r\nBcc: all@example.com",
        };
        let bytes = report.message(REPORTED);
        let parsed = MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(parsed.subject().map(|subject| subject.starts_with("Report: notJunk (")), Some(true));
        assert!(parsed.bcc().is_none());
        let attached = parsed.attachment(0).unwrap();
        assert_eq!(attached.content_type().map(|kind| kind.subtype()), Some(Some("rfc822")));
        assert_eq!(attached.contents().trim_ascii_end(), REPORTED);
    }

    #[test]
    fn graph_is_given_its_own_form() {
        let value = submission(Category::Phishing, "bob@example.com", b"A: 1\n\nx");
        assert_eq!(value["@odata.type"], "#microsoft.graph.security.emailContentThreatSubmission");
        assert_eq!((&value["category"], &value["recipientEmailAddress"]), (&json!("phishing"), &json!("bob@example.com")));
        assert_eq!(value["fileContent"], "QTogMQ0KDQp4");
    }
}
