//! A report about one message (RFC 5965, RFC 6591, RFC 9991) to a row of `DmarcForensic`.
//!
//! The report is a part of type `message/feedback-report`, fields as in a header; beside it stands the message it is about, or its
//! header. Exim writes the same as plain text. Must not know files. Start with [`row`].

mod exim;
mod fields;

use std::net::IpAddr;

use mail_parser::{DateTime, Message, MessageParser, MessagePart, MimeHeaders as _, PartType};

use super::row::{Row, domain};
use crate::field::capped;
use crate::json;
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

/// Whether a part is such a report.
pub(super) fn is_feedback(part: &MessagePart<'_>) -> bool {
    part.content_type().is_some_and(|found| {
        found.ctype().eq_ignore_ascii_case("message")
            && found.subtype().is_some_and(|subtype| subtype.eq_ignore_ascii_case("feedback-report"))
    })
}

/// The row of a message that is such a report; `None` for any other message.
pub(super) fn row(message: &Message<'_>) -> Option<Row> {
    let (fields, original) = match message.parts.iter().find(|part| is_feedback(part)) {
        Some(part) => (Fields::parse(&String::from_utf8_lossy(part.contents())), original(message)),
        None => {
            let text = message.parts.iter().find_map(|part| match &part.body {
                PartType::Text(text) => exim::read(text),
                _ => None,
            })?;
            (text.fields, Some(text.header))
        }
    };
    let parser = MessageParser::new();
    // The same message has the same row whichever way its lines came to end.
    let original = original.unwrap_or_default().replace("\r\n", "\n");
    let about = parser.parse_headers(original.as_str());
    let mut row = Row::default();
    times(&fields, message, about.as_ref(), &mut row);
    of_fields(&fields, &mut row);
    if let Some(about) = &about {
        of_original(about, &fields, &mut row);
    } else {
        row.text("Subject", fields.one("subject"));
        row.text("InternetMessageId", fields.one("message-id"));
    }
    row.text("OriginalHeaders", &capped(&original, MAX_HEADER_BYTES));
    row.text("ReporterAddress", sender(message).1);
    Some(row.identified(1))
}

/// The header of the message that is reported, as it was sent along.
fn original(message: &Message<'_>) -> Option<String> {
    message.parts.iter().find_map(|part| match &part.body {
        PartType::Message(inner) => {
            let root = inner.parts.first()?;
            let header = inner.raw_message.get(root.offset_header as usize..root.offset_body as usize)?;
            Some(String::from_utf8_lossy(header).into_owned())
        }
        PartType::Text(text) if is_header(part) => Some(text.clone().into_owned()),
        PartType::Binary(bytes) if is_header(part) => Some(String::from_utf8_lossy(bytes).into_owned()),
        _ => None,
    })
}

/// Whether a part is a header alone: `text/rfc822-headers`, which some write `message/rfc822-headers` or `text/rfc822`.
fn is_header(part: &MessagePart<'_>) -> bool {
    part.content_type().and_then(|found| found.subtype()).is_some_and(|subtype| {
        ["rfc822-headers", "rfc822-header", "rfc822"].iter().any(|known| subtype.eq_ignore_ascii_case(known))
    })
}

fn times(fields: &Fields, report: &Message<'_>, about: Option<&Message<'_>>, row: &mut Row) {
    let of_field = |name: &str| DateTime::parse_rfc822(fields.one(name)).as_ref().and_then(micros);
    let written = report.date().and_then(micros);
    let sent = about.and_then(Message::date).and_then(micros);
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

fn of_original(about: &Message<'_>, fields: &Fields, row: &mut Row) {
    let (name, from) = sender(about);
    row.text("SenderFromAddress", from);
    row.domain("SenderFromDomain", from.rsplit_once('@').map(|(_, domain)| domain).unwrap_or_default());
    row.text("SenderDisplayName", name);
    row.text("Subject", about.subject().unwrap_or_else(|| fields.one("subject")));
    let id = about.message_id().map(|id| format!("<{id}>"));
    row.text("InternetMessageId", id.as_deref().unwrap_or_else(|| fields.one("message-id")));
}

/// Name and address of the first From.
fn sender<'m>(message: &'m Message<'_>) -> (&'m str, &'m str) {
    let from = message.from().and_then(|from| from.first());
    let text = |text: Option<&'m str>| text.unwrap_or_default();
    from.map(|from| (text(from.name()), text(from.address()))).unwrap_or_default()
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
