//! Character references of HTML (`&amp;`, `&#x2F;`), which hide addresses from those who only look for them.

use std::borrow::Cow;

use mail_parser::decoders::html::add_html_token;

/// The longest name of a reference, `&CounterClockwiseContourIntegral;`.
const LONGEST: usize = 32;

/// The text that is meant.
pub(crate) fn decode(text: &str) -> Cow<'_, str> {
    let Some(first) = memchr::memchr(b'&', text.as_bytes()) else { return text.into() };
    let mut out = String::with_capacity(text.len());
    let (before, mut rest) = text.split_at(first);
    out.push_str(before);
    while !rest.is_empty() {
        let used = reference(rest, &mut out);
        let tail = rest.get(used..).unwrap_or_default();
        let next = memchr::memchr(b'&', tail.as_bytes()).unwrap_or(tail.len());
        let (plain, more) = tail.split_at(next);
        out.push_str(plain);
        rest = more;
    }
    out.into()
}

/// Writes what the reference at the front of a text means, and says how long it is.
fn reference(text: &str, out: &mut String) -> usize {
    let bytes = text.as_bytes();
    if let Some(digits) = text.strip_prefix("&#") {
        let (digits, radix, head) = match digits.strip_prefix(['x', 'X']) {
            Some(hex) => (hex, 16, 3),
            None => (digits, 10, 2),
        };
        let length = digits.bytes().take_while(|byte| char::from(*byte).is_digit(radix)).count();
        if length > 0 {
            let code = digits.get(..length).and_then(|digits| u32::from_str_radix(digits, radix).ok());
            out.push(code.and_then(char::from_u32).filter(|c| *c != '\0').unwrap_or(char::REPLACEMENT_CHARACTER));
            // The semicolon may be missing.
            return head + length + usize::from(bytes.get(head + length) == Some(&b';'));
        }
    }
    let name = bytes.iter().skip(1).take(LONGEST).take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let end = name + 1;
    if name > 0
        && bytes.get(end) == Some(&b';')
        && let Some(token) = text.get(..=end)
    {
        add_html_token(out, token.as_bytes(), false);
        return end + 1;
    }
    out.push('&');
    1
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn references_are_what_they_stand_for() {
        for (written, meant) in [
            ("a &amp; b", "a & b"),
            ("&#104;&#x74&#116;p&colon;&sol;&sol;example&period;com", "http://example.com"),
            ("?a=1&b=2&amp", "?a=1&b=2&amp"),
            ("&unknown; &; & &#; &#x;", "&unknown; &; & &#; &#x;"),
            ("&#0; &#x110000;", "\u{fffd} \u{fffd}"),
            ("plain", "plain"),
        ] {
            assert_eq!(decode(written), meant, "{written}");
        }
    }
}
