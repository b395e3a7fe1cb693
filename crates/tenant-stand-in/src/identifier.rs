//! Identifiers that look as Microsoft's do and are the same in every run: made of a text, not of chance.

use aws_lc_rs::digest::{SHA256, digest};

/// A GUID of a text.
pub(crate) fn guid(of: &str) -> String {
    let hash = hex(of);
    let part = |from: usize, to: usize| hash.get(from..to).unwrap_or_default();
    // Version 4, variant 1, as RFC 9562 writes them.
    format!("{}-{}-4{}-a{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
}

/// The hash of a text, in hexadecimal.
pub(crate) fn hex(of: &str) -> String {
    digest(&SHA256, of.as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// True for a GUID in the form with dashes, any case.
pub(crate) fn is_guid(text: &str) -> bool {
    let lengths = [8, 4, 4, 4, 12];
    let mut parts = text.split('-');
    lengths
        .iter()
        .all(|length| parts.next().is_some_and(|part| part.len() == *length && part.bytes().all(|byte| byte.is_ascii_hexdigit())))
        && parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::{guid, is_guid};

    #[test]
    fn a_guid_is_of_its_text() {
        assert_eq!(guid("a"), guid("a"));
        assert_ne!(guid("a"), guid("b"));
        assert!(is_guid(&guid("a")), "{}", guid("a"));
        assert!(!is_guid("contoso.onmicrosoft.com"));
        assert!(!is_guid(""));
    }
}
