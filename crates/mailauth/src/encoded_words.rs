//! Encoded words (RFC 2047) in header texts, decoded. Tolerant: what is no whole encoded word stays as it is, and is told.

use std::borrow::Cow;

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use mail_parser::decoders::charsets::map::charset_decoder;

/// Base64 as it is found: padded or not, with or without bits left over.
const LOOSE: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent).with_decode_allow_trailing_bits(true),
);

/// A text without its encoded words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// The text.
    pub text: Cow<'a, str>,
    /// How many encoded words there were.
    pub words: usize,
    /// Whether something begins like an encoded word and is none, or has a charset that nobody knows, or is glued to other text.
    pub broken: bool,
}

/// One encoded word, found.
struct Word<'a> {
    charset: &'a str,
    base64: bool,
    data: &'a str,
    /// Just after it.
    end: usize,
    whole: bool,
}

/// Decodes the encoded words of a text. Those that follow one another in the same charset are decoded together, because a character
/// may be cut in two between them; white space between two encoded words is not part of the text (RFC 2047 section 6.2).
#[must_use]
pub fn decode(text: &str) -> Decoded<'_> {
    if !text.contains("=?") {
        return Decoded { text: Cow::Borrowed(text), words: 0, broken: false };
    }
    let mut out = Decoder::default();
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find("=?")) {
        let start = at + found;
        let Some(word) = word_at(text, start) else {
            out.plain(&text[at..start + 2]);
            out.broken = true;
            at = start + 2;
            continue;
        };
        out.plain(&text[at..start]);
        out.word(&word);
        at = word.end;
    }
    out.plain(text.get(at..).unwrap_or_default());
    out.flush();
    Decoded { text: Cow::Owned(out.text), words: out.words, broken: out.broken }
}

/// Just after the encoded word that begins at a place; `None` if none does.
pub(crate) fn end_of_word(text: &str, at: usize) -> Option<usize> {
    word_at(text, at).filter(|word| word.whole).map(|word| word.end)
}

/// The encoded word at a place. The last of a text may lack its end.
fn word_at(text: &str, at: usize) -> Option<Word<'_>> {
    let rest = text.get(at..)?.strip_prefix("=?")?;
    let (charset, rest) = rest.split_once('?')?;
    let plain = |c: char| c.is_ascii_graphic() && !"()<>@,;:\"/[]?=".contains(c);
    if charset.is_empty() || charset.len() > 60 || !charset.chars().all(plain) {
        return None;
    }
    let (encoding, rest) = rest.split_once('?')?;
    let base64 = match encoding {
        "B" | "b" => true,
        "Q" | "q" => false,
        _ => return None,
    };
    let (data, whole) = match rest.find('?') {
        Some(end) if rest[end..].starts_with("?=") => (&rest[..end], true),
        Some(_) => return None,
        None if base64 && !rest.contains(char::is_whitespace) => (rest, false),
        None => return None,
    };
    let after = text.len() - rest.len() + data.len();
    Some(Word { charset, base64, data, end: if whole { after + 2 } else { after }, whole })
}

/// What has been decoded so far.
#[derive(Default)]
struct Decoder {
    text: String,
    /// Bytes of encoded words that wait for more of the same charset.
    bytes: Vec<u8>,
    charset: String,
    /// White space after an encoded word: dropped before another.
    gap: String,
    after_word: bool,
    words: usize,
    broken: bool,
}

impl Decoder {
    fn plain(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if self.after_word && text.chars().all(|c| matches!(c, ' ' | '\t' | '\r' | '\n')) {
            self.gap.push_str(text);
            return;
        }
        let glued = |c: char| c.is_alphanumeric();
        self.broken |= self.after_word && self.gap.is_empty() && text.starts_with(glued);
        self.flush();
        self.text.push_str(text);
    }

    fn word(&mut self, word: &Word<'_>) {
        let charset = word.charset.split('*').next().unwrap_or_default();
        self.broken |= !word.whole || (!self.after_word && self.text.ends_with(char::is_alphanumeric));
        self.gap.clear();
        if !self.charset.eq_ignore_ascii_case(charset) {
            self.flush();
            charset.clone_into(&mut self.charset);
        }
        self.words += 1;
        self.after_word = true;
        match bytes(word) {
            Some(bytes) => self.bytes.extend_from_slice(&bytes),
            None => self.broken = true,
        }
    }

    /// Decodes what waits, and gives out the gap after it.
    fn flush(&mut self) {
        if !self.bytes.is_empty() {
            match charset_decoder(self.charset.as_bytes()) {
                Some(decode) => self.text.push_str(&decode(&self.bytes)),
                None => {
                    self.broken |= !["utf-8", "utf8", "us-ascii"].iter().any(|known| self.charset.eq_ignore_ascii_case(known));
                    self.text.push_str(&String::from_utf8_lossy(&self.bytes));
                }
            }
            self.bytes.clear();
        }
        self.charset.clear();
        self.text.push_str(&self.gap);
        self.gap.clear();
        self.after_word = false;
    }
}

fn bytes(word: &Word<'_>) -> Option<Vec<u8>> {
    if !word.base64 {
        return Some(quoted(word.data));
    }
    let mut data: Vec<u8> =
        word.data.bytes().filter(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')).collect();
    if data.len() % 4 == 1 {
        data.pop();
    }
    LOOSE.decode(data).ok()
}

/// The Q encoding (RFC 2047 section 4.2).
fn quoted(data: &str) -> Vec<u8> {
    let mut bytes = data.bytes().peekable();
    let mut out = Vec::with_capacity(data.len());
    while let Some(byte) = bytes.next() {
        match byte {
            b'_' => out.push(b' '),
            b'=' => {
                let pair = [bytes.next(), bytes.next()].map(|digit| digit.and_then(|digit| char::from(digit).to_digit(16)));
                if let [Some(high), Some(low)] = pair {
                    out.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
                } else {
                    out.push(b'?');
                }
            }
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn encoded_words_become_the_text_they_stand_for() {
        let cases = [
            ("plain", "plain"),
            ("=?utf-8?Q?B=C3=BCcher?= for you", "Bücher for you"),
            ("=?UTF-8?B?QsO8Y2hlcg==?=", "Bücher"),
            ("=?iso-8859-1?q?B=FCcher_here?=", "Bücher here"),
            ("=?windows-1251?B?z/Do4uXy?=", "Привет"),
            ("=?utf-8*en?Q?one?=", "one"),
            ("=?utf-8?Q?one?= =?utf-8?Q?_two?=", "one two"),
            ("=?utf-8?Q?one?=\r\n =?utf-8?Q?two?= three", "onetwo three"),
            ("=?utf-8?Q?B=C3?= =?utf-8?Q?=BCcher?=", "Bücher"),
            ("=?utf-8?B?QsM=?= =?utf-8?B?vGNoZXI=?=", "Bücher"),
        ];
        for (text, expected) in cases {
            let found = decode(text);
            assert_eq!((found.text.as_ref(), found.broken), (expected, false), "{text}");
        }
    }

    #[test]
    fn what_is_broken_stays_readable_and_is_told() {
        let cases = [
            ("=?utf-8?B?c3BmPXBhc3M", "spf=pass"),
            ("=?utf-8?B?c3BmPXBhc3M!!=?=", "spf=pass"),
            ("=?utf-8?X?abc?=", "=?utf-8?X?abc?="),
            ("a =? b", "a =? b"),
            ("=?no-such-charset?Q?abc?=", "abc"),
            ("abc=?utf-8?Q?def?=", "abcdef"),
            ("=?utf-8?Q?abc?=def", "abcdef"),
        ];
        for (text, expected) in cases {
            assert_eq!(decode(text).text, expected, "{text}");
        }
        assert!(decode("=?utf-8?B?c3BmPXBhc3M").broken && decode("a =? b").broken && decode("=?utf-8?Q?abc?=def").broken);
        assert_eq!(decode("=?utf-8?Q?=4?=").text, "?");
    }
}
