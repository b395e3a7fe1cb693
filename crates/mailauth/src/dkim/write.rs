//! A signature's field written, folded so that no line is longer than people and relays like (RFC 5322 section 2.1.1).

use base64::{Engine, prelude::BASE64_STANDARD};

use super::canonical::Canonicalization;
use crate::message::Field;

/// Where lines are folded, if they can be.
const WIDTH: usize = 76;

/// Where a single value is folded that is longer: relays may refuse lines of more than 998 bytes.
const LONGEST_VALUE: usize = 900;

/// A field that is to hold a signature: complete but for the value of `b=`.
#[derive(Debug)]
pub(crate) struct Unsigned {
    name: &'static str,
    whole: String,
    /// Where the value of `b=` goes, and in which column that is.
    hole: usize,
    column: usize,
}

impl Unsigned {
    /// A field with these tags, in this order; `b` is among them, with no value. Tags without a value are left out otherwise.
    pub(crate) fn new(name: &'static str, tags: &[(&str, String)]) -> Self {
        let mut field = Self { name, whole: format!("{name}:"), hole: 0, column: name.len() + 1 };
        let tags = tags.iter().filter(|(tag, value)| *tag == "b" || !value.is_empty());
        let (mut gap, mut column) = ("", field.column);
        for (tag, value) in tags {
            field.whole.push_str(gap);
            gap = ";";
            let text = format!("{tag}={value}");
            if text.len() < LONGEST_VALUE {
                place(&mut field.whole, &mut column, " ", &text);
            } else {
                // Only a list of names is so long, and may be folded at its colons.
                for (at, part) in text.split_inclusive(':').enumerate() {
                    place(&mut field.whole, &mut column, if at == 0 { " " } else { "" }, part);
                }
            }
            if *tag == "b" {
                (field.hole, field.column) = (field.whole.len(), column);
                // What follows is on a line of its own.
                column = WIDTH;
            }
        }
        field
    }

    /// Adds it as it is signed.
    pub(crate) fn canonical(&self, form: Canonicalization, out: &mut Vec<u8>) {
        let bytes = self.whole.as_bytes();
        let (name, rest) = bytes.split_at(self.name.len());
        let value = rest.get(1..).unwrap_or_default();
        form.signature(&Field { name, value, whole: bytes }, &(0..0), out);
    }

    /// The field with its signature and its line end.
    pub(crate) fn signed(mut self, signature: &[u8]) -> String {
        let letters = BASE64_STANDARD.encode(signature);
        let mut folded = String::with_capacity(letters.len() + letters.len() / 16);
        let mut room = WIDTH.saturating_sub(self.column + 1);
        let mut rest = letters.as_str();
        while let Some((line, next)) = rest.split_at_checked(room).filter(|(_, next)| !next.is_empty()) {
            folded.push_str(line);
            folded.push_str("\r\n\t ");
            rest = next;
            room = WIDTH - "\t ;".len();
        }
        folded.push_str(rest);
        self.whole.insert_str(self.hole, &folded);
        self.whole.push_str("\r\n");
        self.whole
    }
}

/// Adds a text after a gap, or on the next line if it does not fit.
fn place(whole: &mut String, column: &mut usize, gap: &str, text: &str) {
    if *column + gap.len() + text.len() > WIDTH {
        whole.push_str("\r\n\t");
        *column = 1;
    } else {
        whole.push_str(gap);
        *column += gap.len();
    }
    whole.push_str(text);
    *column += text.len();
}

/// Base64 as tags have it.
pub(crate) fn base64(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::{Unsigned, WIDTH};
    use crate::{
        dkim::tags::{Gaps, TagList},
        message::Message,
    };

    #[test]
    fn lines_are_short_and_the_tags_are_read_back() {
        let names = vec!["Content-Transfer-Encoding"; 40].join(":");
        let tags = [
            ("v", "1".to_owned()),
            ("d", "example.com".to_owned()),
            ("h", names.clone()),
            ("bh", "A".repeat(44)),
            ("b", String::new()),
            ("i", "1".to_owned()),
        ];
        let text = Unsigned::new("DKIM-Signature", &tags).signed(&[7; 256]);
        assert!(text.lines().all(|line| line.len() <= WIDTH), "{text}");
        let message = Message::new(text.as_bytes());
        let field = message.fields().next().unwrap();
        let list = TagList::parse(field.value, Gaps::Refused).unwrap();
        assert_eq!(list.get("h").unwrap().compact().as_ref(), names.as_bytes());
        assert_eq!(list.get("b").unwrap().compact().len(), 344);
    }
}
