//! `KEY:value;KEY:value;`, the form of Microsoft's own headers. A value goes to the next semicolon, and only the first colon parts it
//! from its key: IPv6 addresses have more.

/// Most pairs of one header that are read; real ones have about twenty.
const MOST: usize = 200;

/// Keys and values in their order, without white space around them.
pub(super) fn pairs(text: &str) -> Vec<(String, String)> {
    let parts = text.split(';').map(str::trim).filter(|part| !part.is_empty()).take(MOST);
    parts
        .map(|part| {
            let (key, value) = part.split_once(':').unwrap_or((part, ""));
            (key.trim().to_owned(), value.trim().to_owned())
        })
        .collect()
}

/// The first value of a key that is not empty.
pub(super) fn value(pairs: &[(String, String)], key: &str) -> Option<String> {
    let mut found = pairs.iter().filter(|(known, value)| known.eq_ignore_ascii_case(key) && !value.is_empty());
    found.next().map(|(_, value)| value.clone())
}
