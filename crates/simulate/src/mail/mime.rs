//! How text is written so that mail carries it: quoted-printable bodies (RFC 2045 section 6.7), encoded words (RFC 2047), phrases,
//! folded fields (RFC 5322 section 2.2.3) and dates (section 3.3).

use crate::calendar;

/// Where lines are folded: RFC 5322 section 2.1.1 asks for 78.
const FOLD_AT: usize = 78;
/// The longest encoded word (RFC 2047 section 2).
const WORD: usize = 75;
/// The longest line of quoted-printable text, without its line end (RFC 2045 section 6.7, rule 5).
const QP_LINE: usize = 76;
const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// A date as headers write it: `Sat, 21 Nov 2026 18:40:00 +0100`. `seconds` are since 1970, `offset` is minutes east of UTC.
pub(super) fn date(seconds: i64, offset: i64) -> String {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let local = seconds.saturating_add(offset * 60).saturating_mul(calendar::SECOND);
    let (year, _, day) = calendar::date(local);
    let month = calendar::month_name(local).get(..3).unwrap_or("Jan");
    let weekday = DAYS[usize::from(calendar::weekday(local, 0)) % 7];
    let second = local.rem_euclid(calendar::DAY) / calendar::SECOND;
    let (sign, zone) = if offset < 0 { ('-', -offset) } else { ('+', offset) };
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{weekday}, {day} {month} {year} {hour:02}:{minute:02}:{second:02} {sign}{:02}{:02}", zone / 60, zone % 60)
}

/// A time of iCalendar in UTC (RFC 5545 section 3.3.5): `20261121T184000Z`.
pub(super) fn calendar_time(seconds: i64) -> String {
    calendar::iso(seconds.saturating_mul(calendar::SECOND)).replace(['-', ':'], "")
}

/// Text as a field may carry it: encoded words where it is not plain ASCII.
pub(super) fn unstructured(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { encoded(text) }
}

/// A display name: bare where RFC 5322 allows it, quoted where it has special characters, encoded where it is not ASCII.
pub(super) fn phrase(name: &str) -> String {
    let atext = |byte: u8| byte.is_ascii_alphanumeric() || b" !#$%&'*+-/=?^_`{|}~".contains(&byte);
    if !is_plain(name) {
        encoded(name)
    } else if name.bytes().all(atext) {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
    }
}

/// Printable ASCII, without what a reader would take for an encoded word.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~')) && !text.contains("=?")
}

/// Encoded words, each at most 75 characters, cut between characters (RFC 2047 section 5, rule 3).
fn encoded(text: &str) -> String {
    const BEGIN: &str = "=?utf-8?Q?";
    let mut words = String::from(BEGIN);
    let mut room = WORD - BEGIN.len() - 2;
    for letter in text.chars() {
        let mut bytes = [0_u8; 4];
        let mut piece = String::new();
        for byte in letter.encode_utf8(&mut bytes).bytes() {
            match byte {
                b' ' => piece.push('_'),
                byte if byte.is_ascii_alphanumeric() => piece.push(char::from(byte)),
                byte => push_escape(&mut piece, byte),
            }
        }
        if piece.len() > room {
            words.push_str("?= ");
            words.push_str(BEGIN);
            room = WORD - BEGIN.len() - 2;
        }
        room -= piece.len();
        words.push_str(&piece);
    }
    words.push_str("?=");
    words
}

fn push_escape(text: &mut String, byte: u8) {
    text.push('=');
    text.push(char::from(HEX[usize::from(byte >> 4)]));
    text.push(char::from(HEX[usize::from(byte & 15)]));
}

/// A field's value on lines of at most 78 characters, cut before white space; what has no white space stays long.
pub(super) fn folded(name: &str, value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 16);
    let mut column = name.len() + 1;
    for (index, word) in value.split(' ').enumerate() {
        if index > 0 && column + 1 + word.len() > FOLD_AT && !word.is_empty() {
            out.push_str("\r\n");
            column = 0;
        }
        if index > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += word.len();
    }
    out
}

/// Text as a quoted-printable body. Lines end in CR LF, whatever they ended in before.
pub(super) fn quoted_printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    for line in text.lines() {
        let mut column = 0;
        let bytes = line.as_bytes();
        for (index, byte) in bytes.iter().copied().enumerate() {
            let last = index + 1 == bytes.len();
            // White space at the end of a line would be lost; a dot alone or `From ` at its beginning are changed by some servers.
            let plain = match byte {
                b' ' | b'\t' => !last,
                b'.' => !(index == 0 && last),
                b'F' => !(index == 0 && line.starts_with("From ")),
                b'=' => false,
                byte => matches!(byte, b'!'..=b'~'),
            };
            let width = if plain { 1 } else { 3 };
            // The soft line end takes a column itself.
            if column + width > QP_LINE - usize::from(!last) {
                out.push_str("=\r\n");
                column = 0;
            }
            if plain {
                out.push(char::from(byte));
            } else {
                push_escape(&mut out, byte);
            }
            column += width;
        }
        out.push_str("\r\n");
    }
    out
}

/// Text as HTML carries it.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::{calendar_time, date, folded, phrase, quoted_printable, unstructured};

    #[test]
    fn dates_are_those_of_headers() {
        assert_eq!(date(1_795_286_400, 0), "Sat, 21 Nov 2026 18:40:00 +0000");
        assert_eq!(date(1_795_286_400, 330), "Sun, 22 Nov 2026 00:10:00 +0530");
        assert_eq!(date(1_795_286_400, -480), "Sat, 21 Nov 2026 10:40:00 -0800");
        assert_eq!(calendar_time(1_795_286_400), "20261121T184000Z");
    }

    #[test]
    fn names_are_bare_quoted_or_encoded() {
        assert_eq!(phrase("Ana Lima"), "Ana Lima");
        assert_eq!(phrase("Lima, Ana"), "\"Lima, Ana\"");
        assert_eq!(phrase("ana@example.test"), "\"ana@example.test\"");
        assert_eq!(phrase("Zoë \"Z\" Öz"), "=?utf-8?Q?Zo=C3=AB_=22Z=22_=C3=96z?=");
    }

    #[test]
    fn long_text_becomes_several_encoded_words() {
        let text = "ö".repeat(40);
        let encoded = unstructured(&text);
        assert!(encoded.split(' ').all(|word| word.len() <= 75 && word.starts_with("=?utf-8?Q?") && word.ends_with("?=")));
        assert_eq!(encoded.matches("=C3=B6").count(), 40);
    }

    #[test]
    fn fields_are_folded_before_white_space() {
        let value = "word ".repeat(30) + "end";
        let folded = folded("Subject", &value);
        assert!(folded.lines().all(|line| line.len() <= 78), "{folded}");
        assert_eq!(folded.replace("\r\n", ""), value);
    }

    #[test]
    fn bodies_are_quoted_where_mail_would_change_them() {
        assert_eq!(quoted_printable("a=b\n"), "a=3Db\r\n");
        assert_eq!(quoted_printable("end \n.\nFrom me"), "end=20\r\n=2E\r\n=46rom me\r\n");
        let long = quoted_printable(&"ü".repeat(60));
        assert!(long.lines().all(|line| line.len() <= 76), "{long}");
        assert_eq!(long.replace("=\r\n", "").matches("=C3=BC").count(), 60);
        assert_eq!(quoted_printable(&"x".repeat(76)), format!("{}\r\n", "x".repeat(76)));
    }
}
