//! What is in a message: its parts, the URLs in them, and its attachments. Everything is bounded, and what was not looked at is noted.
//!
//! | file | what it knows |
//! | --- | --- |
//! | `mime`, `transfer` | parts, their encodings and charsets |
//! | `html`, `entities`, `plain`, `target`, `wrapped`, `link` | URLs, from pages and text to what they lead to |
//! | `attachment`, `file_type`, `archive` | files, what they are, and what is inside |
//! | `qr` | codes in pictures |
//!
//! Must not know who sent the message or what is believed of it. Start with [`read`].

pub(crate) mod archive;
pub(crate) mod attachment;
mod entities;
pub(crate) mod file_type;
mod html;
pub(crate) mod link;
pub(crate) mod mime;
mod pdf;
mod plain;
mod qr;
mod target;
pub(crate) mod transfer;
mod wrapped;

use mailauth::Message;
use serde::Serialize;

use self::archive::{Member, Room};
use self::attachment::{Attachment, sha256};
use self::link::{Link, Links, Location};
use self::mime::Part;
use self::target::Target;
use super::notes::{Note, Notes};

/// Messages inside each other that are opened.
const MOST_DEEP: usize = 4;
/// Pictures of a message in which codes are looked for.
const MOST_PICTURES: usize = 24;
/// Bytes of the largest picture file that is looked at.
const MOST_PICTURE: usize = 16 << 20;

/// A part of a message, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartSummary {
    /// Where it is, as in `1.2`; empty for a message that is one part.
    pub path: String,
    /// The media type it declares.
    pub media_type: String,
    /// Its charset, as declared.
    pub charset: Option<String>,
    /// Its file's name, decoded.
    pub name: Option<String>,
    /// Bytes, as they came.
    pub size: usize,
    /// Whether it is text of the message itself.
    pub body: bool,
}

/// What is in a message.
#[derive(Debug, Default)]
pub(crate) struct Content {
    pub(crate) parts: Vec<PartSummary>,
    pub(crate) links: Vec<Link>,
    pub(crate) attachments: Vec<Attachment>,
}

/// Reads what is in a message.
pub(crate) fn read(message: &Message<'_>, subject: &str, notes: &mut Notes) -> Content {
    let mut reader = Reader { links: Links::default(), room: Room::default(), pictures: 0, notes };
    reader.links.scan(subject, Location::Subject, reader.notes);
    let mut content = Content::default();
    for part in mime::cut(message, reader.notes) {
        let raw = message.bytes().get(part.body.clone()).unwrap_or_default();
        let bytes = part.transfer.decode(raw);
        content.parts.push(PartSummary {
            path: part.path.clone(),
            media_type: part.media_type.clone(),
            charset: part.charset.clone(),
            name: part.name.clone(),
            size: raw.len(),
            body: part.is_body(),
        });
        if part.is_body() {
            reader.body(&part, &bytes, Location::Body);
        } else {
            content.attachments.push(reader.attachment(part, &bytes));
        }
    }
    content.links = reader.links.into_found();
    content
}

struct Reader<'n> {
    links: Links,
    room: Room,
    pictures: usize,
    notes: &'n mut Notes,
}

impl Reader<'_> {
    /// Text of a message: of this one, or of one that is attached.
    fn body(&mut self, part: &Part, bytes: &[u8], location: Location) {
        let text = transfer::text(bytes, part.charset.as_deref());
        if part.media_type == "text/html" || part.media_type == "text/x-amp-html" {
            self.page(&text, location);
        } else {
            self.links.scan(&text, location, self.notes);
        }
    }

    fn page(&mut self, text: &str, location: Location) {
        let page = html::read(text);
        if page.cut {
            self.notes.add(Note::Urls);
        }
        for (target, words) in page.links {
            if !self.links.add(target, location, &words, self.notes) {
                break;
            }
        }
        self.links.scan(&page.text, location, self.notes);
        for picture in page.pictures {
            self.picture(&transfer::base64(picture.as_bytes()));
        }
    }

    fn attachment(&mut self, part: Part, bytes: &[u8]) -> Attachment {
        let mut name = part.name.clone().unwrap_or_default();
        let is_message = matches!(part.media_type.as_str(), "message/rfc822" | "message/global");
        let kind = if is_message { "eml".to_owned() } else { file_type::of(bytes, &name) };
        let mut members = Vec::new();
        if kind == "eml" {
            let inner = Message::new(bytes);
            if name.is_empty()
                && let Some(subject) = inner.first("Subject")
            {
                name = format!("{}.eml", transfer::unstructured(subject.value));
            }
            self.message(&inner, "", 1, &mut members);
        } else {
            self.inside(&kind, bytes);
            members = archive::list(bytes, &kind, &name, &mut self.room, self.notes);
        }
        Attachment {
            part: part.path,
            extension: file_type::extension(&name),
            name,
            kind,
            media_type: part.media_type,
            inline: part.disposition.as_deref() == Some("inline") || (part.disposition.is_none() && part.content_id),
            size: bytes.len() as u64,
            sha256: sha256(bytes),
            members,
        }
    }

    /// A message that is attached: its URLs are those of the attachment, its files are listed.
    fn message(&mut self, message: &Message<'_>, path: &str, deep: usize, members: &mut Vec<Member>) {
        if deep > MOST_DEEP {
            return self.notes.add(Note::ArchiveDepth);
        }
        for part in mime::cut(message, self.notes) {
            let raw = message.bytes().get(part.body.clone()).unwrap_or_default();
            let bytes = part.transfer.decode(raw);
            if part.is_body() {
                self.body(&part, &bytes, Location::Attachment);
                continue;
            }
            let name = part.name.clone().unwrap_or_default();
            let member = if path.is_empty() { name.clone() } else { format!("{path}!{name}") };
            let is_message = matches!(part.media_type.as_str(), "message/rfc822" | "message/global");
            let kind = if is_message { "eml".to_owned() } else { file_type::of(&bytes, &name) };
            let size = bytes.len() as u64;
            members.push(Member { path: member.clone(), size, kind: kind.clone(), sha256: sha256(&bytes), encrypted: false });
            if kind == "eml" {
                self.message(&Message::new(&bytes), &member, deep + 1, members);
            } else {
                self.inside(&kind, &bytes);
                let listed = archive::list(&bytes, &kind, &name, &mut self.room, self.notes);
                members.extend(listed.into_iter().map(|found| Member { path: format!("{member}!{}", found.path), ..found }));
            }
        }
    }

    /// The URLs in a file.
    fn inside(&mut self, kind: &str, bytes: &[u8]) {
        match kind {
            "html" | "svg" | "hta" | "xml" => self.page(&transfer::text(bytes, None), Location::Attachment),
            "txt" | "csv" | "ics" | "vcf" | "url" | "js" | "vbs" | "ps1" | "bat" | "cmd" | "md" | "rtf" | "iqy" | "json"
            | "wsf" | "sct" => {
                self.links.scan(&transfer::text(bytes, None), Location::Attachment, self.notes);
            }
            "pdf" => {
                for url in pdf::urls(bytes) {
                    if let Some(target) = Target::of_attribute(&url, None)
                        && !self.links.add(target, Location::Attachment, "", self.notes)
                    {
                        break;
                    }
                }
            }
            "png" | "jpg" | "gif" => self.picture(bytes),
            _ => {}
        }
    }

    fn picture(&mut self, bytes: &[u8]) {
        if self.pictures >= MOST_PICTURES || bytes.len() > MOST_PICTURE {
            return self.notes.add(Note::Images);
        }
        self.pictures += 1;
        match qr::read(bytes) {
            qr::Seen::TooLarge => self.notes.add(Note::Images),
            qr::Seen::Codes(codes) => codes.iter().for_each(|text| self.links.scan(text, Location::QRCode, self.notes)),
        }
    }
}
