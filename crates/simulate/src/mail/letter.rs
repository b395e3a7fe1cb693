//! A message under construction: header fields and a body, put into bytes at any moment, so that it can be signed, changed on its way
//! and signed again.

use super::mime;

/// A header field, its value folded.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Field {
    name: String,
    value: String,
}

/// A message as it stands.
#[derive(Debug, Clone, Default)]
pub(super) struct Letter {
    fields: Vec<Field>,
    /// With CR LF.
    pub(super) body: String,
}

impl Letter {
    /// Adds a field below all others.
    pub(super) fn add(&mut self, name: &str, value: &str) {
        self.fields.push(field(name, value));
    }

    /// Adds a field above all others, as every server on the way does.
    pub(super) fn stamp(&mut self, name: &str, value: &str) {
        self.fields.insert(0, field(name, value));
    }

    /// Adds a field above all others just as it is, name, colon and folds, as a signer gives it.
    pub(super) fn stamp_whole(&mut self, whole: &str) {
        let (name, value) = whole.trim_end_matches(['\r', '\n']).split_once(':').unwrap_or((whole, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        self.fields.insert(0, Field { name: name.to_owned(), value: value.to_owned() });
    }

    /// Gives the topmost field of a name another value, or adds it below the others.
    pub(super) fn set(&mut self, name: &str, value: &str) {
        match self.fields.iter_mut().find(|field| field.name.eq_ignore_ascii_case(name)) {
            Some(found) => found.value = mime::folded(name, value),
            None => self.add(name, value),
        }
    }

    /// The value of the topmost field of a name, unfolded; empty if there is none.
    pub(super) fn get(&self, name: &str) -> String {
        let found = self.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name));
        found.map_or_else(String::new, |field| field.value.replace("\r\n", ""))
    }

    /// The message in bytes, its lines ended by CR LF.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut text = String::with_capacity(self.body.len() + 2048);
        for field in &self.fields {
            text.push_str(&field.name);
            text.push_str(": ");
            text.push_str(&field.value);
            text.push_str("\r\n");
        }
        text.push_str("\r\n");
        text.push_str(&self.body);
        text.into_bytes()
    }
}

/// A field that cannot become two: line ends in a value are spaces.
fn field(name: &str, value: &str) -> Field {
    Field { name: name.to_owned(), value: mime::folded(name, &value.replace(['\r', '\n'], " ")) }
}

#[cfg(test)]
mod tests {
    use super::Letter;

    #[test]
    fn servers_stamp_above_and_a_value_is_never_two_fields() {
        let mut letter = Letter::default();
        letter.add("Subject", "one\r\nBcc: two");
        letter.stamp("Received", "here");
        letter.stamp_whole("DKIM-Signature: v=1;\r\n d=example.test\r\n");
        letter.set("subject", "three");
        letter.body.push_str("body\r\n");
        let text = String::from_utf8(letter.bytes()).unwrap();
        assert_eq!(text, "DKIM-Signature: v=1;\r\n d=example.test\r\nReceived: here\r\nSubject: three\r\n\r\nbody\r\n");
        assert_eq!(letter.get("dkim-signature"), "v=1; d=example.test");
    }
}
