//! JSON without white space between its tokens.

use super::scan;

/// Appends valid JSON without the white space between its tokens; strings and numbers stay as they are written.
///
/// Rules look for `"DMARC":"fail"` in such text, which only the compact form holds.
pub(crate) fn compact(json: &str, out: &mut String) {
    let bytes = json.as_bytes();
    let (mut start, mut at) = (0, 0);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' => {
                out.push_str(json.get(start..at).unwrap_or_default());
                at += 1;
                start = at;
            }
            b'"' => at = after_string(bytes, at + 1),
            _ => at += 1,
        }
    }
    out.push_str(json.get(start..).unwrap_or_default());
}

/// The index behind the closing quote of a string whose body starts at `at`.
fn after_string(bytes: &[u8], mut at: usize) -> usize {
    while let Some(found) = scan::special(bytes, at) {
        match bytes.get(found) {
            Some(b'"') => return found + 1,
            Some(b'\\') => at = found + 2,
            _ => at = found + 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::compact;

    #[test]
    fn only_white_space_outside_strings_goes() {
        let mut out = String::new();
        compact("{ \"a b\" :\t[ 1 , \"x \\\" y\" ],\r\n\"c\": { } }", &mut out);
        assert_eq!(out, "{\"a b\":[1,\"x \\\" y\"],\"c\":{}}");
    }
}
