//! Key records as texts (RFC 6376 section 3.6.1): is this one revoked, are these two the same key. Whether a key serves a signature is
//! decided by `mailauth`.

use mailauth::dkim::tags::{Gaps, TagList};

/// What is published in place of a key that is no longer used: an empty `p=` (RFC 6376 section 3.6.1).
pub const REVOKED: &str = "v=DKIM1; p=";

/// What a text at the name of a key says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyText {
    /// A key: its kind in lower case, its `p=` without white space.
    Key(String, String),
    /// A key that was revoked.
    Revoked,
    /// Something else.
    Other,
}

impl KeyText {
    /// Reads a text.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let Ok(tags) = TagList::parse(text.as_bytes(), Gaps::Ignored) else { return Self::Other };
        let Some(p) = tags.get("p") else { return Self::Other };
        if p.value.is_empty() {
            return Self::Revoked;
        }
        let kind = tags.get("k").map_or_else(|| "rsa".to_owned(), |tag| tag.text().to_ascii_lowercase());
        Self::Key(kind, String::from_utf8_lossy(&p.compact()).into_owned())
    }

    /// Whether a text holds the same key as another, however each is spaced.
    #[must_use]
    pub fn same(one: &str, other: &str) -> bool {
        match (Self::read(one), Self::read(other)) {
            (one @ Self::Key(..), other @ Self::Key(..)) => one == other,
            _ => one == other,
        }
    }

    /// Whether texts leave a name free for a new key: there are none, or each is revoked.
    #[must_use]
    pub fn is_free(texts: &[String]) -> bool {
        texts.iter().all(|text| Self::read(text) == Self::Revoked)
    }
}

/// Where the key of a selector is (RFC 6376 section 3.6.2.1).
#[must_use]
pub fn key_name(selector: &str, domain: &str) -> String {
    format!("{selector}._domainkey.{domain}")
}

#[cfg(test)]
mod tests {
    use super::{KeyText, REVOKED};

    #[test]
    fn what_a_text_says() {
        assert_eq!(KeyText::read("v=DKIM1; k=rsa; p=MI IB"), KeyText::Key("rsa".into(), "MIIB".into()));
        assert_eq!(KeyText::read("p=MIIB"), KeyText::Key("rsa".into(), "MIIB".into()));
        assert_eq!(KeyText::read(REVOKED), KeyText::Revoked);
        assert_eq!(KeyText::read("v=spf1 -all"), KeyText::Other);
        assert_eq!(KeyText::read(""), KeyText::Other);
    }

    #[test]
    fn the_same_key_in_another_writing() {
        assert!(KeyText::same("v=DKIM1; k=rsa; p=MIIB", "k=RSA;p=MI IB; v=DKIM1"));
        assert!(!KeyText::same("v=DKIM1; k=rsa; p=MIIB", "v=DKIM1; k=ed25519; p=MIIB"));
        assert!(!KeyText::same(REVOKED, "v=DKIM1; p=MIIB"));
    }

    #[test]
    fn a_name_is_free_without_a_key() {
        assert!(KeyText::is_free(&[]));
        assert!(KeyText::is_free(&[REVOKED.to_owned()]));
        assert!(!KeyText::is_free(&["v=DKIM1; p=MIIB".to_owned()]));
        assert!(!KeyText::is_free(&["something".to_owned()]));
    }
}
