//! A report about one message (RFC 5965, RFC 6591, RFC 9991) to a row of `DmarcForensic`.
//!
//! The report is a part of type `message/feedback-report`, fields as in a header; beside it stands the message it is about, or its
//! header. Exim writes the same as plain text. Must not know files. Start with [`row`].

mod exim;
mod fields;

use std::net::IpAddr;

use mail_parser::DateTime;
use mailauth::Message;
use mailauth::evidence::{AddressList, Mailbox};

use super::message::Part;
use super::row::{Row, domain};
use crate::field::capped;
use crate::json;
use crate::message::transfer;
use fields::Fields;

/// The table of the rows.
pub(super) const TABLE: &str = "DmarcForensic";

/// Bytes of the reported message's header that are kept: ten times that of a message which came a long way.
const MAX_HEADER_BYTES: usize = 64 << 10;

/// Fields with a column of their own; all others are kept in `AdditionalFields`.
const KNOWN: [&str; 31] = [
    "feedback-type",
    "user-agent",
    "version",
    "original-envelope-id",
    "original-mail-from",
    "original-rcpt-to",
    "arrival-date",
    "received-date",
    "reporting-mta",
    "source-ip",
    "source",
    "source-port",
    "incidents",
    "authentication-results",
    "reported-domain",
    "reported-uri",
    "auth-failure",
    "delivery-result",
    "identity-alignment",
    "dkim-domain",
    "dkim-identity",
    "dkim-selector",
    "dkim-selector-dns",
    "dkim-canonicalized-header",
    "dkim-canonicalized-body",
    "spf-dns",
    "message-id",
    "subject",
    "original-date",
    "from",
    "date",
];

/// The row of a message that is such a report; `None` for any other message.
pub(super) fn row(message: &Message<'_>, parts: &[Part<'_>]) -> Option<Row> {
    let (fields, original) = match parts.iter().find(|part| part.media_type == "message/feedback-report") {
        Some(part) => (Fields::parse(&String::from_utf8_lossy(&part.bytes)), original(parts)),
        None => {
            let texts = parts.iter().filter(|part| part.media_type == "text/plain");
            let report = texts.filter_map(|part| std::str::from_utf8(&part.bytes).ok()).find_map(exim::read)?;
            (report.fields, report.header)
        }
    };
    // The same message has the same row whichever way its lines came to end.
    let original = original.replace("\r\n", "\n");
    let about = Message::new(original.as_bytes());
    let mut row = Row::default();
    times(&fields, message, &about, &mut row);
    of_fields(&fields, &mut row);
    of_original(&about, &fields, &mut row);
    row.text("OriginalHeaders", &capped(&original, MAX_HEADER_BYTES));
    row.text("ReporterAddress", &sender(message).address);
    Some(row.identified(1))
}

/// The header of the message that is reported, as it was sent along: of the message itself, or in a part of its own,
/// `text/rfc822-headers`, which some write `message/rfc822-headers` or `text/rfc822`.
fn original(parts: &[Part<'_>]) -> String {
    const HEADERS: [&str; 4] = ["text/rfc822-headers", "message/rfc822-headers", "text/rfc822-header", "text/rfc822"];
    let Some(part) = parts.iter().find(|part| part.is_message() || HEADERS.contains(&part.media_type.as_str())) else {
        return String::new();
    };
    let message = Message::new(&part.bytes);
    let header = message.bytes().len().saturating_sub(message.body().len());
    String::from_utf8_lossy(message.bytes().get(..header).unwrap_or_default()).into_owned()
}

fn times(fields: &Fields, report: &Message<'_>, about: &Message<'_>, row: &mut Row) {
    let moment = |text: &str| DateTime::parse_rfc822(text).as_ref().and_then(micros);
    let of_field = |name: &str| moment(fields.one(name));
    let date = |message: &Message<'_>| message.first("Date").and_then(|date| moment(&date.text()));
    let (written, sent) = (date(report), date(about));
    let arrived = of_field("arrival-date").or_else(|| of_field("received-date"));
    row.moment("Timestamp", arrived.or(written).or(sent));
    row.moment("ReportTime", written);
    row.moment("OriginalDate", sent.or_else(|| of_field("original-date")));
}

/// Microseconds from 1970, of a date that exists.
fn micros(date: &DateTime) -> Option<i64> {
    let micros = date.is_valid().then(|| date.to_timestamp())?.checked_mul(1_000_000)?;
    schema::text::datetime::from_unix_micros(micros).map(|_| micros)
}

fn of_fields(fields: &Fields, row: &mut Row) {
    row.lower("FeedbackType", fields.one("feedback-type"));
    let failed: Vec<String> = fields.words("auth-failure").map(str::to_lowercase).collect();
    row.list("AuthFailure", failed.iter().map(String::as_str));
    row.lower("DeliveryResult", fields.one("delivery-result"));
    let source = [fields.one("source-ip"), fields.one("source")].into_iter().find(|text| !text.is_empty());
    row.text("SourceIP", &address(source.unwrap_or_default()));
    row.text("SourcePort", fields.one("source-port"));
    let domains: Vec<String> = fields.all("reported-domain").map(|name| domain(name).to_lowercase()).collect();
    row.domain("ReportedDomain", domains.first().map(String::as_str).unwrap_or_default());
    row.list("ReportedDomains", domains.iter().map(String::as_str));
    row.list("ReportedUris", fields.all("reported-uri"));
    row.text("Incidents", fields.one("incidents"));
    row.lower("IdentityAlignment", fields.one("identity-alignment"));
    row.domain("DkimDomain", fields.one("dkim-domain"));
    row.list("SpfDns", fields.all("spf-dns"));
    row.text("SenderMailFromAddress", bare(fields.one("original-mail-from")));
    let recipients: Vec<&str> = fields.all("original-rcpt-to").map(bare).filter(|text| !text.is_empty()).collect();
    row.text("RecipientEmailAddress", recipients.first().copied().unwrap_or_default());
    row.list("RecipientEmailAddresses", recipients.iter().copied());
    for (column, field) in [
        ("AuthenticationResults", "authentication-results"),
        ("DkimIdentity", "dkim-identity"),
        ("DkimSelector", "dkim-selector"),
        ("DkimSelectorDns", "dkim-selector-dns"),
        ("OriginalEnvelopeId", "original-envelope-id"),
        ("UserAgent", "user-agent"),
        ("ReportVersion", "version"),
    ] {
        row.text(column, fields.one(field));
    }
    // Base64, which folding broke into lines.
    let joined = |field: &str| fields.one(field).split_whitespace().collect::<String>();
    row.text("DkimCanonicalizedHeader", &joined("dkim-canonicalized-header"));
    row.text("DkimCanonicalizedBody", &joined("dkim-canonicalized-body"));
    row.json("AdditionalFields", additional(fields));
}

/// What the message's own header says, or the report where it has none.
fn of_original(about: &Message<'_>, fields: &Fields, row: &mut Row) {
    let from = sender(about);
    row.text("SenderFromAddress", &from.address);
    row.text("SenderFromDomain", &from.domain);
    row.text("SenderDisplayName", from.display_name.as_deref().unwrap_or_default());
    let subject = about.first("Subject").map(|subject| transfer::unstructured(subject.value));
    row.text("Subject", subject.as_deref().unwrap_or_else(|| fields.one("subject")));
    let id = about.first("Message-ID").map(|id| id.text());
    row.text("InternetMessageId", id.as_deref().unwrap_or_else(|| fields.one("message-id")));
}

/// The first mailbox of From.
fn sender(message: &Message<'_>) -> Mailbox {
    AddressList::of(message, "From").first().cloned().unwrap_or_default()
}

/// An address without its angle brackets.
fn bare(address: &str) -> &str {
    let address = address.trim();
    address.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(address).trim()
}

/// An IP address without what surrounds it in SMTP: `[192.0.2.1]`, `[IPv6:2001:db8::1]`; anything else stays as it is.
fn address(text: &str) -> String {
    let text = text.split_whitespace().next().unwrap_or_default();
    let inner = text.trim_start_matches('[').trim_end_matches(']');
    let inner = inner.get(..5).filter(|tag| tag.eq_ignore_ascii_case("ipv6:")).and_then(|_| inner.get(5..)).unwrap_or(inner);
    inner.parse::<IpAddr>().map_or_else(|_| text.to_owned(), |address| address.to_string())
}

/// The fields without a column as a JSON object; a field that comes more than once is a list.
fn additional(fields: &Fields) -> String {
    let mut out = String::from("{");
    for name in fields.names().filter(|name| !KNOWN.contains(name)) {
        if out.len() > 1 {
            out.push(',');
        }
        json::quote(name, &mut out);
        out.push(':');
        let values: Vec<&str> = fields.all(name).collect();
        if let [only] = values.as_slice() {
            json::quote(only, &mut out);
            continue;
        }
        for (index, value) in values.iter().enumerate() {
            out.push(if index == 0 { '[' } else { ',' });
            json::quote(value, &mut out);
        }
        out.push(']');
    }
    out.push('}');
    out
}

#[cfg(test)]
mod tests {
    use super::{address, bare};

    #[test]
    fn addresses_lose_what_surrounds_them() {
        assert_eq!(address("[192.0.2.1]"), "192.0.2.1");
        assert_eq!(address("IPv6:2001:DB8::1"), "2001:db8::1");
        assert_eq!(address("[ipv6:2001:db8::1] (mail.example)"), "2001:db8::1");
        assert_eq!(address("unknown"), "unknown");
        assert_eq!(bare(" <a@example.com> "), "a@example.com");
        assert_eq!(bare("<>"), "");
    }
}
