//! The URLs of a message: each once a place, no more than are bearable.

use std::collections::HashSet;

use serde::Serialize;

use super::target::Target;
use super::{plain, wrapped};
use crate::message::notes::{Note, Notes};

/// URLs of one message that are kept. The longest newsletters have some hundreds.
const MOST: usize = 2_000;
/// Bytes of text, of all the parts of a message together, that are searched for URLs.
const MOST_TEXT: usize = 16 << 20;

/// Where a URL stood, as `EmailUrlInfo.UrlLocation` has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Location {
    /// The Subject field.
    Subject,
    /// The text, as HTML or not.
    Body,
    /// A file or message that is attached.
    Attachment,
    /// A QR code in a picture.
    QRCode,
}

impl Location {
    /// As Microsoft writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Subject => "Subject",
            Self::Body => "Body",
            Self::Attachment => "Attachment",
            Self::QRCode => "QRCode",
        }
    }
}

/// A URL of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Link {
    /// The URL.
    pub url: String,
    /// Its host, in lower case and ASCII form.
    pub domain: String,
    /// Where it stood.
    pub location: Location,
    /// The words it is shown as, where it is a link of HTML; empty without.
    pub words: String,
    /// The link it was taken out of, such as one of Safe Links; empty if it was none.
    pub wrapped_by: String,
}

/// URLs being collected.
#[derive(Debug, Default)]
pub(crate) struct Links {
    found: Vec<Link>,
    seen: HashSet<(String, Location)>,
    searched: usize,
}

impl Links {
    /// Adds a URL, and those it is wrapped around; false when there are enough.
    pub(crate) fn add(&mut self, target: Target, location: Location, words: &str, notes: &mut Notes) -> bool {
        let (mut next, mut wrapped_by) = (Some(target), String::new());
        for _ in 0..=wrapped::MOST_DEEP {
            let Some(target) = next else { break };
            next = wrapped::inside(&target);
            if self.found.len() >= MOST {
                notes.add(Note::Urls);
                return false;
            }
            let outer = target.url.clone();
            if self.seen.insert((target.url.clone(), location)) {
                let Target { url, domain } = target;
                self.found.push(Link { url, domain, location, words: words.to_owned(), wrapped_by });
            }
            wrapped_by = outer;
        }
        true
    }

    /// Adds the URLs of a text.
    pub(crate) fn scan(&mut self, text: &str, location: Location, notes: &mut Notes) {
        let room = MOST_TEXT.saturating_sub(self.searched);
        let searched = text.get(..text.floor_char_boundary(room)).unwrap_or_default();
        if searched.len() < text.len() {
            notes.add(Note::Text);
        }
        self.searched += searched.len();
        plain::scan(searched, &mut |target| self.add(target, location, "", notes));
    }

    /// All of them, in the order in which they were found.
    pub(crate) fn into_found(self) -> Vec<Link> {
        self.found
    }
}
