//! Tag lists, `a=1; b=2`: the form of signatures, of key records and of the other records that mail authentication keeps in the DNS
//! (RFC 6376 section 3.2). Knows no tag's meaning.

use std::{borrow::Cow, ops::Range};

/// Most bytes of a list that are read. Signatures have about one thousand; the DNS cannot hold more than this in a record.
pub const MOST_BYTES: usize = 64 << 10;

/// Most tags in a list. The standards name about fifteen.
pub const MOST_TAGS: usize = 100;

/// Why a text is no tag list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TagFault {
    /// Something between two semicolons is not `name=value`.
    #[error("\"{0}\" is not of the form name=value")]
    NoTag(String),
    /// A name is not letters, digits and underscores after a letter.
    #[error("\"{0}\" is not the name of a tag")]
    Name(String),
    /// A control character in a value.
    #[error("the value of {0}= holds a control character")]
    Value(String),
    /// A name occurs twice, which makes the whole list invalid.
    #[error("{0}= occurs twice")]
    Twice(String),
    /// More than [`MOST_TAGS`].
    #[error("it has more than {MOST_TAGS} tags")]
    TooMany,
    /// More than [`MOST_BYTES`].
    #[error("it is longer than {MOST_BYTES} bytes")]
    TooLong,
}

/// What is done with nothing between two semicolons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gaps {
    /// It is a fault, as the grammar has it.
    Refused,
    /// It is passed over: records in the DNS are written by hand.
    Ignored,
}

/// One tag of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag<'a> {
    /// The name; its case matters.
    pub name: &'a str,
    /// The value, without white space at its ends.
    pub value: &'a [u8],
    /// Where in the list everything between `=` and the next semicolon lies, white space included.
    pub room: Range<usize>,
}

impl<'a> Tag<'a> {
    /// The value as text; what is not UTF-8 is replaced.
    #[must_use]
    pub fn text(&self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.value)
    }

    /// The value without any white space, as base64 and lists are read.
    #[must_use]
    pub fn compact(&self) -> Cow<'a, [u8]> {
        if !self.value.iter().any(is_space) {
            return Cow::Borrowed(self.value);
        }
        // Whole runs at a time: a folded signature is half of all that is read of a message's header.
        let mut compact = Vec::with_capacity(self.value.len());
        self.value.split(is_space).for_each(|run| compact.extend_from_slice(run));
        Cow::Owned(compact)
    }

    /// The parts between colons, without white space at their ends.
    pub fn parts(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        self.value.split(|byte| *byte == b':').map(trim)
    }
}

/// Tags in the order in which they are written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TagList<'a> {
    tags: Vec<Tag<'a>>,
}

impl<'a> TagList<'a> {
    /// Reads a list. White space and folds are allowed around names and values, a semicolon at the end too.
    ///
    /// # Errors
    ///
    /// The first fault; nothing of a list that has one may be used (RFC 6376 section 3.2).
    pub fn parse(bytes: &'a [u8], gaps: Gaps) -> Result<Self, TagFault> {
        if bytes.len() > MOST_BYTES {
            return Err(TagFault::TooLong);
        }
        let mut tags: Vec<Tag<'a>> = Vec::with_capacity(16);
        let mut from = 0;
        while from < bytes.len() {
            let end = memchr::memchr(b';', &bytes[from..]).map_or(bytes.len(), |at| from + at);
            let part = &bytes[from..end];
            if trim(part).is_empty() {
                if end < bytes.len() && gaps == Gaps::Refused {
                    return Err(TagFault::NoTag(String::new()));
                }
            } else {
                let tag = Tag::parse(part, from)?;
                if tags.iter().any(|other| other.name == tag.name) {
                    return Err(TagFault::Twice(tag.name.to_owned()));
                }
                if tags.len() == MOST_TAGS {
                    return Err(TagFault::TooMany);
                }
                tags.push(tag);
            }
            from = end + 1;
        }
        Ok(Self { tags })
    }

    /// The tag of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Tag<'a>> {
        self.tags.iter().find(|tag| tag.name == name)
    }

    /// All tags.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Tag<'a>> {
        self.tags.iter()
    }
}

impl<'a> Tag<'a> {
    /// Reads what stands between two semicolons, of which the first byte is at `from` in the list.
    fn parse(part: &'a [u8], from: usize) -> Result<Self, TagFault> {
        let equals = memchr::memchr(b'=', part).ok_or_else(|| TagFault::NoTag(shown(part)))?;
        let (name, rest) = part.split_at(equals);
        let name = name_of(trim(name)).ok_or_else(|| TagFault::Name(shown(name)))?;
        let value = trim(&rest[1..]);
        if value.iter().any(|byte| (byte.is_ascii_control()) && !is_space(byte)) {
            return Err(TagFault::Value(name.to_owned()));
        }
        Ok(Self { name, value, room: from + equals + 1..from + part.len() })
    }
}

fn name_of(bytes: &[u8]) -> Option<&str> {
    let first = bytes.first()?.is_ascii_alphabetic();
    let good = first && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    std::str::from_utf8(bytes).ok().filter(|_| good)
}

/// White space of a folded line (FWS).
pub(super) fn is_space(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// Without white space at its ends.
pub(super) fn trim(mut bytes: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = bytes
        && is_space(first)
    {
        bytes = rest;
    }
    while let [rest @ .., last] = bytes
        && is_space(last)
    {
        bytes = rest;
    }
    bytes
}

/// As much of foreign bytes as a sentence can bear.
pub(crate) fn shown(bytes: &[u8]) -> String {
    const MOST: usize = 40;
    let text = String::from_utf8_lossy(trim(bytes));
    let mut short: String = text.chars().take(MOST).map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    if text.chars().nth(MOST).is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::{Gaps, MOST_BYTES, MOST_TAGS, TagFault, TagList};

    fn read(text: &str) -> Result<Vec<(&str, String)>, TagFault> {
        let list = TagList::parse(text.as_bytes(), Gaps::Refused)?;
        Ok(list.iter().map(|tag| (tag.name, tag.text().into_owned())).collect())
    }

    #[test]
    fn a_list_is_names_and_values() {
        assert_eq!(
            read("v=1; a=rsa-sha256;d=example.com"),
            Ok(vec![("v", "1".into()), ("a", "rsa-sha256".into()), ("d", "example.com".into())])
        );
    }

    #[test]
    fn folds_and_a_last_semicolon_are_allowed() {
        assert_eq!(read(" v = 1 ;\r\n\tb = ab\r\n cd == ; "), Ok(vec![("v", "1".into()), ("b", "ab\r\n cd ==".into())]));
        let list = TagList::parse(b"b= ab\r\n cd ;x=", Gaps::Refused).unwrap();
        let tag = list.get("b").unwrap();
        assert_eq!((tag.compact().as_ref(), tag.room.clone()), (&b"abcd"[..], 2..11));
        assert_eq!(list.get("x").unwrap().value, b"");
    }

    #[test]
    fn parts_stand_between_colons() {
        let list = TagList::parse(b"h=From : To:\r\n Subject", Gaps::Refused).unwrap();
        let parts: Vec<_> = list.get("h").unwrap().parts().collect();
        assert_eq!(parts, [&b"From"[..], b"To", b"Subject"]);
    }

    #[test]
    fn case_of_a_name_matters_and_unknown_names_are_kept() {
        assert_eq!(read("B=1; b=2; x_9=3").map(|list| list.len()), Ok(3));
    }

    #[test]
    fn one_fault_makes_the_whole_list_invalid() {
        assert_eq!(read("a=1; a=2"), Err(TagFault::Twice("a".into())));
        assert_eq!(read("a=1; b"), Err(TagFault::NoTag("b".into())));
        assert_eq!(read("a=1;; b=2"), Err(TagFault::NoTag(String::new())));
        assert_eq!(read("1a=1"), Err(TagFault::Name("1a".into())));
        assert_eq!(read("=1"), Err(TagFault::Name(String::new())));
        assert_eq!(read("a=\u{1}"), Err(TagFault::Value("a".into())));
    }

    #[test]
    fn records_written_by_hand_may_have_gaps() {
        let list = TagList::parse(b";k=rsa;; p=;", Gaps::Ignored).unwrap();
        assert_eq!(list.iter().len(), 2);
    }

    #[test]
    fn too_much_is_refused() {
        let many: String = (0..=MOST_TAGS).map(|at| format!("t{at}=1;")).collect();
        assert_eq!(read(&many), Err(TagFault::TooMany));
        assert_eq!(read(&format!("a={}", "1".repeat(MOST_BYTES))), Err(TagFault::TooLong));
    }
}
