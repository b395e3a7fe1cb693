//! A signature's field written, folded so that no line is longer than people and relays like (RFC 5322 section 2.1.1).

use std::fmt::Write as _;

use base64::{Engine, prelude::BASE64_STANDARD};

use super::canonical::Canonicalization;
use crate::message::Field;

/// Where lines are folded, if they can be.
const WIDTH: usize = 76;

/// A field that is to hold a signature: complete but for the value of `b=`, which is its last tag.
#[derive(Debug)]
pub(crate) struct Unsigned {
    name: &'static str,
    whole: String,
}

impl Unsigned {
    /// A field with these tags, in this order.
    pub(crate) fn new(name: &'static str, tags: &[(&str, String)]) -> Self {
        let mut whole = format!("{name}:");
        let mut column = whole.len();
        for (tag, value) in tags {
            let text = format!("{tag}={value};");
            if text.len() < WIDTH {
                place(&mut whole, &mut column, " ", &text);
                continue;
            }
            // Only a list of names is so long, and may be folded at its colons.
            for (at, part) in text.split_inclusive(':').enumerate() {
                place(&mut whole, &mut column, if at == 0 { " " } else { "" }, part);
            }
        }
        whole.push_str("\r\n\tb=");
        Self { name, whole }
    }

    /// Adds it as it is signed.
    pub(crate) fn canonical(&self, form: Canonicalization, out: &mut Vec<u8>) {
        let bytes = self.whole.as_bytes();
        let (name, value) = bytes.split_at(self.name.len());
        let field = Field { name, value: &value[1..], whole: bytes };
        form.signature(&field, &(field.value.len()..field.value.len()), out);
    }

    /// The field with its signature and its line end.
    pub(crate) fn signed(mut self, signature: &[u8]) -> String {
        let letters = BASE64_STANDARD.encode(signature);
        let mut rest = letters.as_str();
        let mut room = WIDTH - "\tb=".len();
        while rest.len() > room {
            let (line, next) = rest.split_at(room);
            let _ = write!(self.whole, "{line}\r\n\t ");
            rest = next;
            room = WIDTH - "\t ".len();
        }
        self.whole.push_str(rest);
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
        let names = vec!["Content-Transfer-Encoding"; 20].join(":");
        let tags = [("v", "1".to_owned()), ("d", "example.com".to_owned()), ("h", names.clone()), ("bh", "A".repeat(44))];
        let text = Unsigned::new("DKIM-Signature", &tags).signed(&[7; 256]);
        assert!(text.lines().all(|line| line.len() <= WIDTH), "{text}");
        let message = Message::new(text.as_bytes());
        let field = message.fields().next().unwrap();
        let list = TagList::parse(field.value, Gaps::Refused).unwrap();
        assert_eq!(list.get("h").unwrap().compact().as_ref(), names.as_bytes());
        assert_eq!(list.get("b").unwrap().compact().len(), 344);
    }
}
