//! The properties of one storage (MS-OXMSG section 2.1): text and bytes in streams of their own, numbers and times in one that all share.

use std::collections::HashMap;
use std::io::{Read, Seek};

use cfb::CompoundFile;

use super::codepage;
use crate::message::content::transfer;

/// The properties that are read, by their numbers in MS-OXPROPS.
pub(super) mod tag {
    pub(in super::super) const SUBJECT: u16 = 0x0037;
    pub(in super::super) const SUBMIT_TIME: u16 = 0x0039;
    pub(in super::super) const REPRESENTING_NAME: u16 = 0x0042;
    pub(in super::super) const REPRESENTING_EMAIL: u16 = 0x0065;
    pub(in super::super) const TRANSPORT_HEADERS: u16 = 0x007d;
    pub(in super::super) const RECIPIENT_TYPE: u16 = 0x0c15;
    pub(in super::super) const SENDER_NAME: u16 = 0x0c1a;
    pub(in super::super) const SENDER_EMAIL: u16 = 0x0c1f;
    pub(in super::super) const DELIVERY_TIME: u16 = 0x0e06;
    pub(in super::super) const BODY: u16 = 0x1000;
    pub(in super::super) const RTF: u16 = 0x1009;
    pub(in super::super) const HTML: u16 = 0x1013;
    pub(in super::super) const MESSAGE_ID: u16 = 0x1035;
    pub(in super::super) const DISPLAY_NAME: u16 = 0x3001;
    pub(in super::super) const EMAIL_ADDRESS: u16 = 0x3003;
    pub(in super::super) const ATTACHED_DATA: u16 = 0x3701;
    pub(in super::super) const SHORT_NAME: u16 = 0x3704;
    pub(in super::super) const LONG_NAME: u16 = 0x3707;
    pub(in super::super) const MEDIA_TYPE: u16 = 0x370e;
    pub(in super::super) const CONTENT_ID: u16 = 0x3712;
    pub(in super::super) const SMTP_ADDRESS: u16 = 0x39fe;
    pub(in super::super) const INTERNET_CODEPAGE: u16 = 0x3fde;
    pub(in super::super) const CODEPAGE: u16 = 0x3ffd;
    pub(in super::super) const SENDER_SMTP: u16 = 0x5d01;
    pub(in super::super) const REPRESENTING_SMTP: u16 = 0x5d02;
}

/// Types of values (MS-OXCDATA section 2.11.1).
const TEXT: u16 = 0x001f;
const TEXT_OF_CODEPAGE: u16 = 0x001e;
const BYTES: u16 = 0x0102;
const TIME: u16 = 0x0040;

/// Entries of the shared stream that are read.
const MOST_FIXED: usize = 4_000;

/// What a storage says.
#[derive(Debug, Default)]
pub(super) struct Properties {
    texts: HashMap<u16, String>,
    bytes: HashMap<u16, Vec<u8>>,
    fixed: HashMap<u16, (u16, u64)>,
}

impl Properties {
    /// Reads the properties of a storage; what cannot be read, or does not fit into `room`, is left out.
    pub(super) fn read<F: Read + Seek>(file: &mut CompoundFile<F>, storage: &str, header: usize, room: &mut usize) -> Self {
        let storage = storage.trim_end_matches('/');
        let mut properties = Self::default();
        let fixed = stream(file, &format!("{storage}/__properties_version1.0"), room).unwrap_or_default();
        for entry in fixed.get(header..).unwrap_or_default().chunks_exact(16).take(MOST_FIXED) {
            let short = |at: usize| entry.get(at..at + 2).and_then(|two| two.try_into().ok()).map(u16::from_le_bytes);
            let value = entry.get(8..16).and_then(|eight| eight.try_into().ok()).map(u64::from_le_bytes);
            if let (Some(kind), Some(tag), Some(value)) = (short(0), short(2), value) {
                properties.fixed.insert(tag, (kind, value));
            }
        }
        let charset = codepage::charset(properties.number(tag::CODEPAGE));
        let names: Vec<(String, u16, u16)> = match file.read_storage(if storage.is_empty() { "/" } else { storage }) {
            Ok(entries) => entries
                .filter(|entry| entry.is_stream())
                .filter_map(|entry| {
                    let (tag, kind) =
                        entry.name().strip_prefix("__substg1.0_").filter(|id| id.len() == 8 && id.is_ascii())?.split_at(4);
                    Some((entry.name().to_owned(), u16::from_str_radix(tag, 16).ok()?, u16::from_str_radix(kind, 16).ok()?))
                })
                .filter(|(_, _, kind)| matches!(*kind, TEXT | TEXT_OF_CODEPAGE | BYTES))
                .collect(),
            Err(_) => Vec::new(),
        };
        for (name, tag, kind) in names {
            let Some(value) = stream(file, &format!("{storage}/{name}"), room) else { continue };
            match kind {
                TEXT => {
                    let units = value.chunks_exact(2).filter_map(|pair| pair.try_into().ok()).map(u16::from_le_bytes);
                    let text: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
                    properties.texts.insert(tag, text);
                }
                TEXT_OF_CODEPAGE => {
                    properties.texts.entry(tag).or_insert_with(|| transfer::text(&value, Some(charset)));
                }
                _ => {
                    properties.bytes.insert(tag, value);
                }
            }
        }
        properties
    }

    /// A text that is not empty.
    pub(super) fn text(&self, tag: u16) -> Option<String> {
        self.texts.get(&tag).map(|text| text.trim_end_matches('\0').to_owned()).filter(|text| !text.trim().is_empty())
    }

    /// Bytes that are there.
    pub(super) fn bytes(&self, tag: u16) -> Option<&[u8]> {
        self.bytes.get(&tag).map(Vec::as_slice).filter(|bytes| !bytes.is_empty())
    }

    /// A whole number.
    pub(super) fn number(&self, tag: u16) -> Option<u32> {
        let (_, value) = self.fixed.get(&tag)?;
        u32::try_from(value & 0xffff_ffff).ok()
    }

    /// A moment, in seconds since 1970. Windows counts tenths of microseconds since 1601.
    pub(super) fn time(&self, tag: u16) -> Option<i64> {
        let (kind, value) = self.fixed.get(&tag)?;
        let seconds = i64::try_from(value / 10_000_000).ok()?.checked_sub(11_644_473_600)?;
        (*kind == TIME && (0..253_402_300_800).contains(&seconds)).then_some(seconds)
    }
}

/// The bytes of a stream, if they fit into what may still be read.
fn stream<F: Read + Seek>(file: &mut CompoundFile<F>, path: &str, room: &mut usize) -> Option<Vec<u8>> {
    let stream = file.open_stream(path).ok()?;
    let length = usize::try_from(stream.len()).ok().filter(|length| length <= room)?;
    let mut bytes = Vec::new();
    // A chain of sectors that breaks off gives what is before the break.
    let _ = stream.take(u64::try_from(length).ok()?).read_to_end(&mut bytes);
    *room = room.saturating_sub(bytes.len());
    Some(bytes)
}
