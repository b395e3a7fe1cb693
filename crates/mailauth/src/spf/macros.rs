//! Macros (RFC 7208 section 7): their syntax, and what they expand to.

use std::{borrow::Cow, fmt::Write, net::IpAddr, ops::Range};

use thiserror::Error;

/// The longest name that can be asked for, in text.
const MAX_NAME: usize = 253;

/// What grows past this is cut: each of many macros may stand for an address of any length.
const MAX_TEXT: usize = 4096;

/// Where a text with macros stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In a term of a record.
    Term,
    /// In the words that `exp` points to: spaces, and the letters `c`, `r` and `t`.
    Explanation,
}

/// What can be wrong with a macro.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MacroFault {
    /// A percent sign that begins nothing.
    #[error("`%` stands before `{{`, `%`, `_` or `-`")]
    Percent,
    /// A macro without its end.
    #[error("a macro begins with `%{{` and does not end with `}}`")]
    Open,
    /// A letter that stands for nothing.
    #[error("there is no macro letter `{0}`")]
    Letter(char),
    /// A letter that stands for something in an explanation only.
    #[error("the macro letter `{0}` is for explanations")]
    ExplanationLetter(char),
    /// A number of parts that is none.
    #[error("a macro cannot keep zero parts")]
    ZeroParts,
    /// Something else between the letter and the end.
    #[error("`{0}` is neither a number, nor `r`, nor one of the delimiters `.-+,/_=`")]
    Transformer(char),
    /// A character that an explanation cannot hold.
    #[error("the character {0:?} is not allowed")]
    Character(char),
}

/// What a macro letter stands for (section 7.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Letter {
    /// `s`, the sender.
    Sender,
    /// `l`, the sender's local part.
    LocalPart,
    /// `o`, the sender's domain.
    SenderDomain,
    /// `d`, the domain whose record is evaluated.
    Domain,
    /// `i`, the client's address, in parts.
    Ip,
    /// `p`, the client's name, checked both ways.
    ValidatedName,
    /// `v`, `in-addr` or `ip6`.
    Family,
    /// `h`, what the client greeted with.
    Helo,
    /// `c`, the client's address as people write it.
    ReadableIp,
    /// `r`, the host that evaluates.
    Receiver,
    /// `t`, the seconds since 1970.
    Time,
}

/// A macro between braces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Macro<'a> {
    /// What it stands for.
    pub letter: Letter,
    /// Whether characters that a URL cannot hold are escaped: the letter was a capital.
    pub escape: bool,
    /// How many parts are kept, from the right; all if `None`.
    pub parts: Option<usize>,
    /// Whether the parts are turned around.
    pub reverse: bool,
    /// What the value is cut at; dots if it is empty.
    pub delimiters: &'a str,
}

/// A piece of a text with macros.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// What stands for itself; `%%`, `%_` and `%-` are `%`, a space and `%20`.
    Literal(&'a str),
    /// A macro.
    Expand(Macro<'a>),
}

/// The pieces of a text, one after the other, until the first fault.
#[derive(Debug, Clone)]
pub struct Pieces<'a> {
    text: &'a str,
    at: usize,
    place: Place,
}

/// The pieces of a text.
#[must_use]
pub const fn pieces(text: &str, place: Place) -> Pieces<'_> {
    Pieces { text, at: 0, place }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Result<Piece<'a>, (Range<usize>, MacroFault)>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let start = self.at;
        let (length, piece) = match rest.find('%') {
            Some(0) => match self.percent(rest) {
                Ok(found) => found,
                Err((length, fault)) => {
                    self.at = self.text.len();
                    return Some(Err((start..start + length, fault)));
                }
            },
            found => {
                let length = found.unwrap_or(rest.len());
                let literal = rest.get(..length).unwrap_or_default();
                if let Some((at, wrong)) = literal.char_indices().find(|(_, c)| !self.allows(*c)) {
                    self.at = self.text.len();
                    return Some(Err((start + at..start + at + wrong.len_utf8(), MacroFault::Character(wrong))));
                }
                (length, Piece::Literal(literal))
            }
        };
        self.at += length;
        Some(Ok(piece))
    }
}

impl<'a> Pieces<'a> {
    fn allows(&self, c: char) -> bool {
        matches!(c, '!'..='~') || c == ' ' && self.place == Place::Explanation
    }

    /// What begins with a percent sign, and its length.
    fn percent(&self, rest: &'a str) -> Result<(usize, Piece<'a>), (usize, MacroFault)> {
        match rest.as_bytes().get(1) {
            Some(b'%') => Ok((2, Piece::Literal("%"))),
            Some(b'_') => Ok((2, Piece::Literal(" "))),
            Some(b'-') => Ok((2, Piece::Literal("%20"))),
            Some(b'{') => {
                let end = rest.find('}').ok_or((rest.len(), MacroFault::Open))?;
                let inside = rest.get(2..end).unwrap_or_default();
                let found = inner(inside, self.place).map_err(|fault| (end + 1, fault))?;
                Ok((end + 1, Piece::Expand(found)))
            }
            _ => Err((1, MacroFault::Percent)),
        }
    }
}

/// What stands between the braces: `macro-letter *DIGIT [ "r" ] *delimiter`.
fn inner(text: &str, place: Place) -> Result<Macro<'_>, MacroFault> {
    let first = text.chars().next().ok_or(MacroFault::Open)?;
    let letter = match first.to_ascii_lowercase() {
        's' => Letter::Sender,
        'l' => Letter::LocalPart,
        'o' => Letter::SenderDomain,
        'd' => Letter::Domain,
        'i' => Letter::Ip,
        'p' => Letter::ValidatedName,
        'v' => Letter::Family,
        'h' => Letter::Helo,
        'c' | 'r' | 't' if place == Place::Term => return Err(MacroFault::ExplanationLetter(first)),
        'c' => Letter::ReadableIp,
        'r' => Letter::Receiver,
        't' => Letter::Time,
        _ => return Err(MacroFault::Letter(first)),
    };
    let rest = text.get(first.len_utf8()..).unwrap_or_default();
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, rest) = rest.split_at_checked(digits).unwrap_or_default();
    // A number too large to hold keeps all parts, as any number does that is larger than there are parts.
    let parts = if number.is_empty() { None } else { Some(number.parse().unwrap_or(usize::MAX)) };
    if parts == Some(0) {
        return Err(MacroFault::ZeroParts);
    }
    let (reverse, delimiters) = match rest.strip_prefix(['r', 'R']) {
        Some(delimiters) => (true, delimiters),
        None => (false, rest),
    };
    if let Some(wrong) = delimiters.chars().find(|c| !".-+,/_=".contains(*c)) {
        return Err(MacroFault::Transformer(wrong));
    }
    Ok(Macro { letter, escape: first.is_ascii_uppercase(), parts, reverse, delimiters })
}

/// Whether a text is as it should be; where not, and why.
pub(super) fn check(text: &str, place: Place) -> Result<(), (Range<usize>, MacroFault)> {
    pieces(text, place).try_for_each(|piece| piece.map(drop))
}

/// Whether a text that is as it should be ends in a macro, `%%`, `%_` and `%-` among them.
pub(super) fn ends_in_macro(text: &str) -> bool {
    let mut pieces = pieces(text, Place::Term);
    let mut last = 0;
    while pieces.next().is_some() {
        if pieces.at < text.len() {
            last = pieces.at;
        }
    }
    text.as_bytes().get(last) == Some(&b'%')
}

/// Whether a text uses a letter.
pub(super) fn uses(text: &str, place: Place, letter: Letter) -> bool {
    pieces(text, place).any(|piece| matches!(piece, Ok(Piece::Expand(found)) if found.letter == letter))
}

/// What the letters stand for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Values<'a> {
    pub(super) local_part: &'a str,
    pub(super) sender_domain: &'a str,
    /// The domain whose record is evaluated.
    pub(super) domain: &'a str,
    pub(super) client: IpAddr,
    pub(super) helo: &'a str,
    /// The client's name, or `unknown`.
    pub(super) validated_name: &'a str,
    pub(super) receiver: &'a str,
    /// Seconds since 1970.
    pub(super) now: i64,
}

impl Values<'_> {
    fn of(&self, letter: Letter) -> Cow<'_, str> {
        match letter {
            Letter::Sender => format!("{}@{}", self.local_part, self.sender_domain).into(),
            Letter::LocalPart => self.local_part.into(),
            Letter::SenderDomain => self.sender_domain.into(),
            Letter::Domain => self.domain.into(),
            Letter::Ip => in_parts(self.client).into(),
            Letter::ValidatedName => self.validated_name.into(),
            Letter::Family => family(self.client).into(),
            Letter::Helo => self.helo.into(),
            Letter::ReadableIp => self.client.to_string().into(),
            Letter::Receiver => self.receiver.into(),
            Letter::Time => self.now.to_string().into(),
        }
    }
}

const fn family(client: IpAddr) -> &'static str {
    match client {
        IpAddr::V4(_) => "in-addr",
        IpAddr::V6(_) => "ip6",
    }
}

/// An address as `i` writes it: an IPv6 address is its 32 hexadecimal digits with dots between them.
fn in_parts(client: IpAddr) -> String {
    match client {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let mut text = String::with_capacity(63);
            for (at, octet) in address.octets().into_iter().enumerate() {
                let _ = write!(text, "{}{:x}.{:x}", if at == 0 { "" } else { "." }, octet >> 4, octet & 15);
            }
            text
        }
    }
}

/// The name below which the names of a client are, for a question of type PTR (RFC 1035 section 3.5, RFC 3596 section 2.5).
pub(super) fn reverse_name(client: IpAddr) -> String {
    let parts = in_parts(client);
    let mut name = String::with_capacity(parts.len() + 13);
    for part in parts.rsplit('.') {
        name.push_str(part);
        name.push('.');
    }
    name.push_str(family(client));
    name.push_str(".arpa");
    name
}

/// A text that [`check`] finds nothing wrong with, its macros expanded.
pub(super) fn expand(text: &str, place: Place, values: &Values<'_>) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    for piece in pieces(text, place) {
        match piece {
            Ok(Piece::Literal(literal)) => out.push_str(literal),
            Ok(Piece::Expand(found)) => append(&mut out, &found, &values.of(found.letter)),
            Err(_) => {}
        }
        if out.len() <= MAX_TEXT {
            continue;
        }
        match place {
            // Of a name the right-hand end counts.
            Place::Term => drop(out.drain(..out.ceil_char_boundary(out.len() - MAX_TEXT / 2))),
            Place::Explanation => {
                out.truncate(out.floor_char_boundary(MAX_TEXT));
                break;
            }
        }
    }
    out
}

/// A macro's value, cut into parts and put together again (section 7.3).
fn append(out: &mut String, found: &Macro<'_>, value: &str) {
    let start = out.len();
    if found.parts.is_none() && !found.reverse && found.delimiters.is_empty() {
        out.push_str(value);
    } else {
        let delimiters = if found.delimiters.is_empty() { "." } else { found.delimiters };
        let mut parts: Vec<&str> = value.split(|c| delimiters.contains(c)).collect();
        if found.reverse {
            parts.reverse();
        }
        let dropped = parts.len().saturating_sub(found.parts.unwrap_or(usize::MAX));
        for (at, part) in parts.iter().skip(dropped).enumerate() {
            if at > 0 {
                out.push('.');
            }
            out.push_str(part);
        }
    }
    if found.escape {
        let plain = out.split_off(start);
        for byte in plain.bytes() {
            // The characters that RFC 3986 section 2.3 leaves unreserved.
            if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
                out.push(char::from(byte));
            } else {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
}

/// An expanded domain-spec as a name: without the dot at its end, and without as many labels on the left as make it too long (section 7.3).
pub(super) fn fitted(expanded: &str) -> &str {
    let mut name = expanded.strip_suffix('.').unwrap_or(expanded);
    while name.len() > MAX_NAME {
        match name.split_once('.') {
            Some((_, rest)) => name = rest,
            None => break,
        }
    }
    name
}

#[cfg(test)]
mod tests;
