//! Names of messages and of their rows, the same whenever the same message is read.

use sha2::{Digest, Sha256};

use super::envelope::Envelope;

/// The id of a message that has no network message id: a UUID made from its bytes (RFC 9562 section 5.8: version 8). A delivery that was
/// witnessed is told from others of the same bytes, as replayed messages are, by its envelope.
pub(crate) fn of(bytes: &[u8], envelope: &Envelope) -> String {
    let mut hasher = Sha256::new();
    hasher.update(b"spoofwatch message 1\0");
    if let Some(arrived) = envelope.arrived {
        hasher.update(arrived.to_be_bytes());
        for text in envelope.mail_from.iter().chain(&envelope.recipients) {
            hasher.update(text.as_bytes());
            hasher.update(b"\0");
        }
    }
    hasher.update(bytes);
    let mut id = [0; 16];
    for (to, from) in id.iter_mut().zip(hasher.finalize()) {
        *to = from;
    }
    let number = u128::from_be_bytes(id) & !(0xf << 76) & !(0x3 << 62) | (8 << 76) | (2 << 62);
    let hex = format!("{number:032x}");
    let part = |range: std::ops::Range<usize>| hex.get(range).unwrap_or_default();
    [part(0..8), part(8..12), part(12..16), part(16..20), part(20..32)].join("-")
}

/// The key of a row: the message, what kind of row, and which of them, cut short.
pub(crate) fn row(message: &str, kind: &str, which: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for text in which {
        hasher.update(text.as_bytes());
        hasher.update(b"\0");
    }
    let hash = super::content::attachment::hex(&hasher.finalize());
    format!("{message}/{kind}/{}", hash.get(..16).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::{of, row};
    use crate::message::Envelope;

    #[test]
    fn the_same_message_has_the_same_id() {
        let file = Envelope::default();
        let id = of(b"message", &file);
        assert_eq!(id, of(b"message", &Envelope { stated: Some(1), ..Envelope::default() }));
        assert_ne!(id, of(b"massage", &file));
        assert_eq!((id.len(), id.as_bytes()[14]), (36, b'8'));
        assert!(matches!(id.as_bytes()[19], b'8' | b'9' | b'a' | b'b'));
    }

    #[test]
    fn a_delivery_is_told_from_another_of_the_same_bytes() {
        let live = |arrived| Envelope { arrived: Some(arrived), ..Envelope::default() };
        assert_ne!(of(b"message", &live(1)), of(b"message", &live(2)));
    }

    #[test]
    fn rows_are_told_apart() {
        assert_ne!(row("id", "url", &["a", "bc"]), row("id", "url", &["ab", "c"]));
        assert!(row("id", "url", &["a"]).starts_with("id/url/"));
    }
}
