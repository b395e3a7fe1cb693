//! What in a message was broken or too much, so that a reader knows what was not looked at.

use serde::Serialize;

/// Something that was not looked at, or not as it was meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Note {
    /// More header than is looked at.
    Header,
    /// A multipart without its boundary was taken for text.
    Boundary,
    /// Multiparts nested deeper than anyone does were not opened.
    Nested,
    /// More parts than are looked at.
    Parts,
    /// More recipients than become rows.
    Recipients,
    /// More URLs than are kept.
    Urls,
    /// More text than is searched for URLs.
    Text,
    /// More images, or larger ones, than are searched for QR codes.
    Images,
    /// An archive was not looked into: encrypted, broken, or of a kind that is not read.
    ArchiveUnread,
    /// An archive expands as decompression bombs do, or beyond the limits; the rest of it was not looked at.
    ArchiveBomb,
    /// Archives or messages inside each other, deeper than is looked.
    ArchiveDepth,
    /// The message was put together from an Outlook file: its signatures cannot be checked.
    Rebuilt,
    /// Reading what is in the message failed in a way that it should not: its parts, URLs and attachments are missing.
    Unreadable,
    /// The message has no time of its own; the moment of reading stands for it.
    NoTime,
}

impl Note {
    /// One sentence for people.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Header => "There is more header than is looked at.",
            Self::Boundary => "A multipart without its boundary was taken for text.",
            Self::Nested => "Parts nested deeper than anyone does were not opened.",
            Self::Parts => "There are more parts than are looked at.",
            Self::Recipients => "There are more recipients than become rows.",
            Self::Urls => "There are more URLs than are kept.",
            Self::Text => "There is more text than is searched for URLs.",
            Self::Images => "There are more images, or larger ones, than are searched for QR codes.",
            Self::ArchiveUnread => "An archive was not looked into: it is encrypted, broken, or of a kind that is not read.",
            Self::ArchiveBomb => "An archive expands as decompression bombs do; the rest of it was not looked at.",
            Self::ArchiveDepth => "Archives or messages lie inside each other deeper than is looked.",
            Self::Rebuilt => "The message was put together from an Outlook file: its signatures cannot be checked.",
            Self::Unreadable => "Reading what is in the message failed: its parts, URLs and attachments are missing.",
            Self::NoTime => "The message has no time of its own; the moment of reading stands for it.",
        }
    }
}

/// The notes on one message, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Notes(Vec<Note>);

impl Notes {
    /// Adds a note.
    pub(crate) fn add(&mut self, note: Note) {
        if !self.0.contains(&note) {
            self.0.push(note);
        }
    }

    /// All notes, in the order in which they were met.
    #[must_use]
    pub fn list(&self) -> &[Note] {
        &self.0
    }
}
