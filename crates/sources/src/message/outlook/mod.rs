//! Outlook's `.msg` files (MS-OXMSG): compound files whose streams are properties. The message is put together again as RFC 5322 text, so
//! that it takes the way of all others: its header as it came by SMTP where the file has it (PidTagTransportMessageHeaders), otherwise
//! one made from the properties; text, HTML and attachments behind it.
//!
//! The bytes are not those that were signed, and such a message is marked for it. Start with [`rebuild`].

mod codepage;
mod properties;
mod rtf;

use std::io::{Cursor, Read, Seek};

use cfb::CompoundFile;
use mail_parser::DateTime;

use self::properties::{Properties, tag};

/// Messages inside each other that are rebuilt.
const MOST_DEEP: usize = 4;
/// Attachments of one message that are read.
const MOST_ATTACHMENTS: usize = 500;
/// Recipients of one message that are read.
const MOST_RECIPIENTS: usize = 10_000;

/// Why a file is not a message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoMessage {
    /// Not a compound file, or a broken one.
    #[error("the compound file cannot be read: {0}")]
    Broken(String),
    /// A compound file of another kind.
    #[error("a compound file, but not a message of Outlook")]
    Other,
}

/// The message in a file, as RFC 5322 text.
pub(crate) fn rebuild(bytes: &[u8], limit: usize) -> Result<Vec<u8>, NoMessage> {
    let mut file = CompoundFile::open(Cursor::new(bytes)).map_err(|cause| NoMessage::Broken(cause.to_string()))?;
    if !file.is_stream("/__properties_version1.0") {
        return Err(NoMessage::Other);
    }
    let mut builder = Builder { file: &mut file, room: limit };
    Ok(builder.message("/", 32, 0))
}

struct Builder<'f, F> {
    file: &'f mut CompoundFile<F>,
    /// Bytes of properties that may still be read.
    room: usize,
}

impl<F: Read + Seek> Builder<'_, F> {
    /// The message of a storage, whose property stream has a header of so many bytes (MS-OXMSG section 2.4.1).
    fn message(&mut self, storage: &str, header: usize, deep: usize) -> Vec<u8> {
        let properties = Properties::read(self.file, storage, header, &mut self.room);
        let mut out = match properties.text(tag::TRANSPORT_HEADERS).filter(|text| text.contains(':')) {
            Some(text) => transport(&text),
            None => self.header(storage, &properties),
        };
        out.extend_from_slice(b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"=_rebuilt\"\r\n\r\n");
        let mut text = properties.text(tag::BODY);
        let html = properties.bytes(tag::HTML).map(<[u8]>::to_vec).or_else(|| properties.text(tag::HTML).map(String::into_bytes));
        let rtf = match (&text, &html) {
            (Some(_), Some(_)) => None,
            _ => properties.bytes(tag::RTF).and_then(rtf::decompress).map(|rtf| rtf::read(&rtf)),
        };
        if let Some(html) = html {
            part(
                &mut out,
                &format!("text/html; charset={}", codepage::charset(properties.number(tag::INTERNET_CODEPAGE))),
                "",
                &html,
            );
        } else if let Some(rtf::Text::Html(html)) = &rtf {
            part(&mut out, "text/html; charset=utf-8", "", html.as_bytes());
        }
        if let Some(rtf::Text::Plain(plain)) = rtf {
            text = text.or(Some(plain));
        }
        if let Some(text) = text {
            part(&mut out, "text/plain; charset=utf-8", "", text.as_bytes());
        }
        for attachment in self.storages(storage, "__attach_version1.0_#", MOST_ATTACHMENTS) {
            self.attachment(&attachment, deep, &mut out);
        }
        out.extend_from_slice(b"--=_rebuilt--\r\n");
        out
    }

    /// A header made from the properties.
    fn header(&mut self, storage: &str, properties: &Properties) -> Vec<u8> {
        let mut out = String::new();
        let mut add = |name: &str, value: String| {
            let value = value.replace(['\r', '\n', '\0'], " ");
            if !value.trim().is_empty() {
                out.push_str(&format!("{name}: {}\r\n", value.trim()));
            }
        };
        let first = |tags: &[u16]| {
            tags.iter().find_map(|tag| properties.text(*tag).filter(|text| text.contains('@'))).unwrap_or_default()
        };
        let from = first(&[tag::REPRESENTING_SMTP, tag::REPRESENTING_EMAIL, tag::SENDER_SMTP, tag::SENDER_EMAIL]);
        let name = properties.text(tag::REPRESENTING_NAME).or_else(|| properties.text(tag::SENDER_NAME)).unwrap_or_default();
        add("From", mailbox(&name, &from));
        let (mut to, mut cc) = (Vec::new(), Vec::new());
        for recipient in self.storages(storage, "__recip_version1.0_#", MOST_RECIPIENTS) {
            let recipient = Properties::read(self.file, &recipient, 8, &mut self.room);
            let address = [tag::SMTP_ADDRESS, tag::EMAIL_ADDRESS]
                .iter()
                .find_map(|tag| recipient.text(*tag).filter(|text| text.contains('@')));
            let written = mailbox(&recipient.text(tag::DISPLAY_NAME).unwrap_or_default(), &address.unwrap_or_default());
            match recipient.number(tag::RECIPIENT_TYPE) {
                Some(2) => cc.push(written),
                Some(3) => {}
                _ => to.push(written),
            }
        }
        add("To", to.join(", "));
        add("Cc", cc.join(", "));
        add("Subject", properties.text(tag::SUBJECT).unwrap_or_default());
        add("Message-ID", properties.text(tag::MESSAGE_ID).unwrap_or_default());
        let time = properties.time(tag::DELIVERY_TIME).or_else(|| properties.time(tag::SUBMIT_TIME));
        add("Date", time.map(|seconds| DateTime::from_timestamp(seconds).to_rfc822()).unwrap_or_default());
        out.into_bytes()
    }

    fn attachment(&mut self, storage: &str, deep: usize, out: &mut Vec<u8>) {
        let properties = Properties::read(self.file, storage, 8, &mut self.room);
        let name =
            [tag::LONG_NAME, tag::SHORT_NAME, tag::DISPLAY_NAME].iter().find_map(|tag| properties.text(*tag)).unwrap_or_default();
        let inner = format!("{storage}/__substg1.0_3701000D");
        if self.file.is_storage(&inner) && self.file.is_stream(format!("{inner}/__properties_version1.0")) {
            if deep < MOST_DEEP {
                let message = self.message(&inner, 24, deep + 1);
                part(out, "message/rfc822", &disposition("attachment", &name), &message);
            }
            return;
        }
        let Some(data) = properties.bytes(tag::ATTACHED_DATA) else { return };
        let media_type =
            properties.text(tag::MEDIA_TYPE).filter(|text| text.contains('/') && text.chars().all(|c| c.is_ascii_graphic()));
        let content_id = properties.text(tag::CONTENT_ID).filter(|id| id.chars().all(|c| c.is_ascii_graphic()) && !id.is_empty());
        let mut fields = disposition(if content_id.is_some() { "inline" } else { "attachment" }, &name);
        if let Some(id) = content_id {
            fields.push_str(&format!("Content-ID: <{}>\r\n", id.trim_matches(['<', '>'])));
        }
        part(out, media_type.as_deref().unwrap_or("application/octet-stream"), &fields, data);
    }

    /// The storages directly in a storage whose names begin so, in order.
    fn storages(&self, storage: &str, prefix: &str, most: usize) -> Vec<String> {
        let Ok(entries) = self.file.read_storage(storage) else { return Vec::new() };
        let named = entries.filter(|entry| entry.is_storage() && entry.name().starts_with(prefix));
        let mut found: Vec<String> =
            named.take(most).map(|entry| format!("{}/{}", storage.trim_end_matches('/'), entry.name())).collect();
        found.sort();
        found
    }
}

/// The header that came by SMTP, without the fields that say how its body was encoded.
fn transport(text: &str) -> Vec<u8> {
    const OF_THE_BODY: [&str; 3] = ["content-type", "content-transfer-encoding", "mime-version"];
    let mut out = Vec::new();
    let mut left_out = false;
    for line in text.split('\n') {
        let line = line.trim_end_matches(['\r', '\0']);
        if line.is_empty() {
            continue;
        }
        if !line.starts_with([' ', '\t']) {
            let name = line.split(':').next().unwrap_or_default().trim_end().to_ascii_lowercase();
            left_out = OF_THE_BODY.contains(&name.as_str()) || !line.contains(':');
        }
        if !left_out {
            out.extend_from_slice(line.as_bytes());
            out.extend_from_slice(b"\r\n");
        }
    }
    out
}

/// A mailbox as a header has it.
fn mailbox(name: &str, address: &str) -> String {
    let name = name.trim().trim_matches(['\'', '"']).replace(['\\', '"'], "");
    match (name.is_empty() || name == address, address.is_empty()) {
        (_, true) => {
            if name.is_empty() {
                String::new()
            } else {
                format!("\"{name}\" <>")
            }
        }
        (true, false) => format!("<{address}>"),
        (false, false) => format!("\"{name}\" <{address}>"),
    }
}

fn disposition(kind: &str, name: &str) -> String {
    if name.is_empty() {
        return format!("Content-Disposition: {kind}\r\n");
    }
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("Content-Disposition: {kind}; filename*=utf-8''{encoded}\r\n")
}

/// Adds a part in base64, whose characters cannot make a boundary.
fn part(out: &mut Vec<u8>, content_type: &str, fields: &str, bytes: &[u8]) {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let head = format!("--=_rebuilt\r\nContent-Type: {content_type}\r\nContent-Transfer-Encoding: base64\r\n{fields}\r\n");
    out.extend_from_slice(head.as_bytes());
    for line in bytes.chunks(57) {
        for group in line.chunks(3) {
            let [a, b, c] = [group.first(), group.get(1), group.get(2)].map(|byte| u32::from(byte.copied().unwrap_or_default()));
            let bits = a << 16 | b << 8 | c;
            for place in 0..4_usize {
                let digit =
                    usize::try_from(bits >> (18 - 6 * place) & 63).ok().and_then(|at| ALPHABET.get(at)).copied().unwrap_or(b'A');
                out.push(if place > group.len() { b'=' } else { digit });
            }
        }
        out.extend_from_slice(b"\r\n");
    }
}

#[cfg(test)]
mod tests;
