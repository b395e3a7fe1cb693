//! Compressed RTF (MS-OXRTFCP), the only text that many `.msg` files have, and the HTML (MS-OXRTFEX) or plain text in it.

use super::codepage;
use crate::message::content::transfer;

/// Bytes of text that are taken out of one message.
const MOST: usize = 32 << 20;
/// Groups inside each other that are read.
const MOST_DEEP: usize = 1_000;

/// What every dictionary begins with (MS-OXRTFCP section 2.1.2.1).
const DICTIONARY: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

/// What an RTF holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Text {
    /// HTML that was made RTF.
    Html(String),
    /// Anything else, without its looks.
    Plain(String),
}

/// The RTF in its compressed form; `None` if it is not in one. One that breaks off gives what is before the break.
pub(super) fn decompress(bytes: &[u8]) -> Option<Vec<u8>> {
    let number = |at: usize| bytes.get(at..at + 4).and_then(|four| four.try_into().ok()).map(u32::from_le_bytes);
    let size = usize::try_from(number(4)?).ok()?.min(MOST);
    let body = bytes.get(16..)?;
    match number(8)? {
        // "MELA": not compressed.
        0x414c_454d => Some(body.get(..size.min(body.len()))?.to_vec()),
        // "LZFu".
        0x7546_5a4c => Some(expand(body, size)),
        _ => None,
    }
}

fn expand(body: &[u8], size: usize) -> Vec<u8> {
    let mut ring = [b' '; 4096];
    for (to, from) in ring.iter_mut().zip(DICTIONARY) {
        *to = *from;
    }
    let (mut out, mut write) = (Vec::new(), DICTIONARY.len());
    let mut bytes = body.iter().copied();
    let mut put = |byte: u8, out: &mut Vec<u8>, ring: &mut [u8; 4096]| {
        out.push(byte);
        if let Some(place) = ring.get_mut(write) {
            *place = byte;
        }
        write = (write + 1) % ring.len();
        write
    };
    let mut at = DICTIONARY.len();
    while let Some(control) = bytes.next() {
        for bit in 0..8 {
            if out.len() >= size {
                return out;
            }
            if control >> bit & 1 == 0 {
                let Some(byte) = bytes.next() else { return out };
                at = put(byte, &mut out, &mut ring);
                continue;
            }
            let (Some(high), Some(low)) = (bytes.next(), bytes.next()) else { return out };
            let reference = usize::from(high) << 8 | usize::from(low);
            let (offset, length) = (reference >> 4, (reference & 15) + 2);
            if offset == at {
                return out;
            }
            for step in 0..length {
                let byte = ring.get((offset + step) % ring.len()).copied().unwrap_or(b' ');
                at = put(byte, &mut out, &mut ring);
            }
        }
    }
    out
}

/// The HTML or the text of an RTF.
pub(super) fn read(rtf: &[u8]) -> Text {
    let is_html = memchr::memmem::find(rtf.get(..rtf.len().min(4096)).unwrap_or_default(), b"\\fromhtml").is_some();
    let mut reader = Reader {
        rtf,
        at: 0,
        html: is_html,
        charset: "windows-1252",
        raw: Vec::new(),
        out: String::new(),
        unicode_skip: 1,
        skip: 0,
    };
    reader.run();
    reader.flush();
    if is_html { Text::Html(reader.out) } else { Text::Plain(reader.out) }
}

/// What holds within one group.
#[derive(Debug, Clone, Copy, Default)]
struct Group {
    /// A destination that is not shown.
    hidden: bool,
    /// `\*` was read, and the next word says which destination it is.
    starred: bool,
    /// A tag of the HTML.
    tag: bool,
    /// Text that is there for readers of RTF only (`\htmlrtf`).
    rtf_only: bool,
}

struct Reader<'r> {
    rtf: &'r [u8],
    at: usize,
    html: bool,
    charset: &'static str,
    /// Bytes of the code page not yet decoded.
    raw: Vec<u8>,
    out: String,
    /// Characters that stand behind each `\u` for those who cannot read it.
    unicode_skip: usize,
    skip: usize,
}

impl Reader<'_> {
    fn run(&mut self) {
        let mut stack: Vec<Group> = Vec::new();
        let mut group = Group::default();
        while let Some(&byte) = self.rtf.get(self.at) {
            if self.out.len() + self.raw.len() > MOST {
                return;
            }
            self.at += 1;
            match byte {
                b'{' => {
                    if stack.len() >= MOST_DEEP {
                        return;
                    }
                    stack.push(group);
                    group.starred = false;
                }
                b'}' => group = stack.pop().unwrap_or_default(),
                b'\\' => self.control(&mut group),
                b'\r' | b'\n' => {}
                byte => self.byte(byte, group),
            }
        }
    }

    /// Whether text of a group belongs to what is read.
    fn shows(&self, group: Group) -> bool {
        !group.hidden && !group.rtf_only
    }

    fn byte(&mut self, byte: u8, group: Group) {
        if self.skip > 0 {
            self.skip -= 1;
        } else if self.shows(group) {
            self.raw.push(byte);
        }
    }

    fn text(&mut self, text: &str, group: Group) {
        if self.shows(group) {
            self.flush();
            self.out.push_str(text);
        }
    }

    fn flush(&mut self) {
        if !self.raw.is_empty() {
            let raw = std::mem::take(&mut self.raw);
            self.out.push_str(&transfer::text(&raw, Some(self.charset)));
        }
    }

    fn control(&mut self, group: &mut Group) {
        let Some(&first) = self.rtf.get(self.at) else { return };
        if !first.is_ascii_alphabetic() {
            self.at += 1;
            match first {
                b'\'' => {
                    let digits = self.rtf.get(self.at..self.at + 2).and_then(|two| std::str::from_utf8(two).ok());
                    self.at += 2;
                    if let Some(byte) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
                        self.byte(byte, *group);
                    }
                }
                b'\\' | b'{' | b'}' => self.byte(first, *group),
                b'~' => self.byte(b' ', *group),
                b'*' => group.starred = true,
                b'\r' | b'\n' => self.text("\r\n", *group),
                _ => {}
            }
            return;
        }
        let rest = self.rtf.get(self.at..).unwrap_or_default();
        let letters = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let word = rest.get(..letters).unwrap_or_default();
        let after = rest.get(letters..).unwrap_or_default();
        let sign = usize::from(after.first() == Some(&b'-'));
        let digits = after.get(sign..).unwrap_or_default().iter().take(9).take_while(|byte| byte.is_ascii_digit()).count();
        let number = after.get(..sign + digits).and_then(|text| std::str::from_utf8(text).ok()?.parse::<i32>().ok());
        let used = letters + if digits > 0 { sign + digits } else { 0 };
        self.at += used + usize::from(rest.get(used) == Some(&b' '));
        self.word(word, number, group);
    }

    fn word(&mut self, word: &[u8], number: Option<i32>, group: &mut Group) {
        let starred = std::mem::take(&mut group.starred);
        match word {
            b"htmltag" if starred => group.tag = true,
            b"htmlrtf" => group.rtf_only = number != Some(0),
            // Text in a tag is markup; its line ends are written out as `\par`.
            b"par" | b"line" | b"row" => self.text("\r\n", *group),
            b"tab" | b"cell" => self.text("\t", *group),
            b"lquote" => self.text("\u{2018}", *group),
            b"rquote" => self.text("\u{2019}", *group),
            b"ldblquote" => self.text("\u{201c}", *group),
            b"rdblquote" => self.text("\u{201d}", *group),
            b"bullet" => self.text("\u{2022}", *group),
            b"endash" => self.text("\u{2013}", *group),
            b"emdash" => self.text("\u{2014}", *group),
            b"ansicpg" => self.charset = codepage::charset(number.and_then(|number| u32::try_from(number).ok())),
            b"uc" => self.unicode_skip = number.and_then(|number| usize::try_from(number).ok()).unwrap_or(1).min(16),
            b"u" => {
                // Above 32,767 the number is written as a negative one.
                let code = number.map(|number| if number < 0 { number + 65_536 } else { number });
                let letter = code
                    .and_then(|code| u32::try_from(code).ok())
                    .and_then(char::from_u32)
                    .unwrap_or(char::REPLACEMENT_CHARACTER);
                self.text(letter.encode_utf8(&mut [0; 4]), *group);
                self.skip = self.unicode_skip;
            }
            b"fonttbl" | b"colortbl" | b"stylesheet" | b"info" | b"pict" | b"object" | b"filetbl" | b"listtable" => {
                group.hidden = true
            }
            // The address of a field is worth reading; in HTML it stands in a tag, too.
            b"fldinst" => group.hidden = self.html,
            _ if starred && !group.tag => group.hidden = true,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Text, decompress, read};

    /// The example of MS-OXRTFCP section 3.1.
    const COMPRESSED: &[u8] =
        b"\x2d\0\0\0\x2b\0\0\0LZFu\xf1\xc5\xc7\xa7\x03\0\x0a\0rcpg125\x422\x0a\xf3 hel\x09\0 bw\x05\xb0ld}\x0a\x80\x0f\xa0";

    #[test]
    fn the_example_of_the_standard_is_expanded() {
        assert_eq!(decompress(COMPRESSED).as_deref(), Some(&b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"[..]));
        assert_eq!(read(&decompress(COMPRESSED).unwrap()), Text::Plain("hello world".into()));
    }

    #[test]
    fn what_is_not_compressed_or_broken_is_read_as_far_as_it_goes() {
        assert_eq!(decompress(b"\0\0\0\0\x05\0\0\0MELA\0\0\0\0{\\rtf").as_deref(), Some(&b"{\\rtf"[..]));
        assert!(decompress(&COMPRESSED[..30]).is_some());
        assert_eq!(decompress(b"short"), None);
    }

    #[test]
    fn html_comes_back_out() {
        let rtf = br"{\rtf1\ansi\ansicpg1252\fromhtml1 {\fonttbl{\f0 Arial;}}{\*\htmltag64 <p>}\htmlrtf \par\htmlrtf0 caf\'e9 \u8364?{\*\htmltag84 <a href=\'22https://example.com/\'22>}here{\*\htmltag92 </a>}}";
        assert_eq!(read(rtf), Text::Html("<p>caf\u{e9} \u{20ac}<a href=\"https://example.com/\">here</a>".into()));
    }

    #[test]
    fn broken_rtf_ends() {
        for rtf in
            [&b"{{{{"[..], b"}}}}", b"\\", b"\\'", b"\\'z", b"\\u", b"\\u-1", b"{\\*", b"\\htmlrtf", b"\\uc99999999999 \\u1"]
        {
            read(rtf);
        }
        read("{".repeat(100_000).as_bytes());
    }
}
