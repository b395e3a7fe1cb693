//! Values as data of records and back, and what a change comes to in a message: names, texts cut into strings, sizes.

use hickory_proto::rr::{
    Name, RData, RecordType,
    rdata::{CNAME, MX, TXT},
};

use crate::change::{Change, NameFault, RecordKind, Unwritable, Value};

/// The longest string of a text (RFC 1035 section 3.3).
const MAX_STRING: usize = 255;

/// The longest text: with a byte of length for each 255 of it, it fits in the 65,535 bytes of a record's data.
pub(crate) const MAX_TEXT: usize = 65_279;

/// The longest name, as text without the dot at the end.
const MAX_NAME: usize = 253;

/// Of the 65,535 bytes of a message, what is left for records beside header, zone, signature and the prerequisites' heads.
pub(crate) const MAX_RECORDS: usize = 64_000;

/// What stands before the data of each record, at most: a name that is written once and pointed at, type, class, time, length.
const RECORD_HEAD: usize = 12;

/// The longest time answers may be remembered (RFC 2181 section 8).
const MAX_TTL: u32 = i32::MAX as u32;

/// A change that can be written.
#[derive(Debug)]
pub(crate) struct Planned {
    pub(crate) name: Name,
    pub(crate) record_type: RecordType,
    pub(crate) before: Vec<RData>,
    pub(crate) after: Vec<RData>,
    pub(crate) ttl: u32,
}

impl Planned {
    pub(crate) fn new(change: &Change) -> Result<Self, Unwritable> {
        if change.ttl > MAX_TTL {
            return Err(Unwritable::Ttl(change.ttl));
        }
        let name = name(&change.name)?;
        Ok(Self {
            name,
            record_type: record_type(change.kind),
            before: set(&change.before, change.kind)?,
            after: set(&change.after, change.kind)?,
            ttl: change.ttl,
        })
        .and_then(|planned| planned.fits())
    }

    /// What stands there and what shall stand there travel in one message.
    fn fits(self) -> Result<Self, Unwritable> {
        let bytes = self.before.iter().chain(&self.after).map(|data| RECORD_HEAD.saturating_add(length(data))).sum();
        if bytes > MAX_RECORDS { Err(Unwritable::Records { bytes }) } else { Ok(self) }
    }
}

fn set(values: &[Value], kind: RecordKind) -> Result<Vec<RData>, Unwritable> {
    let mut found: Vec<&Value> = Vec::new();
    for value in values {
        if value.kind() != kind {
            return Err(Unwritable::Kind { expected: kind, found: value.kind() });
        }
        if !found.iter().any(|other| other.same(value)) {
            found.push(value);
        }
    }
    if kind == RecordKind::Cname && found.len() > 1 {
        return Err(Unwritable::Aliases);
    }
    let null = |value: &&Value| matches!(value, Value::Mx(_, host) if host.is_empty());
    if found.iter().any(null) && !matches!(found.as_slice(), [Value::Mx(0, _)]) {
        return Err(Unwritable::NullMx);
    }
    found.into_iter().map(data).collect()
}

/// A value as data of a record.
fn data(value: &Value) -> Result<RData, Unwritable> {
    Ok(match value {
        Value::Txt(text) if text.len() > MAX_TEXT => return Err(Unwritable::Text { bytes: text.len() }),
        Value::Txt(text) => RData::TXT(TXT::from_bytes(cut(text.as_bytes()))),
        Value::Cname(target) => RData::CNAME(CNAME(name(target)?)),
        Value::Mx(preference, host) if host.is_empty() => RData::MX(MX::new(*preference, Name::root())),
        Value::Mx(preference, host) => RData::MX(MX::new(*preference, name(host)?)),
    })
}

/// The strings of a text: full ones, and what is left. An empty text is one empty string (RFC 1035 section 3.3.14 wants one at least).
pub(crate) fn cut(text: &[u8]) -> Vec<&[u8]> {
    if text.is_empty() { vec![text] } else { text.chunks(MAX_STRING).collect() }
}

fn length(data: &RData) -> usize {
    match data {
        RData::TXT(text) => text.txt_data.iter().map(|string| string.len().saturating_add(1)).sum(),
        // A name, and what stands before it.
        _ => MAX_NAME + 4,
    }
}

/// The data of a record as a value; `None` for that of another kind. Bytes of a text that are not UTF-8 become U+FFFD, which nobody
/// writes, and a name with bytes that no name written here has keeps them escaped.
pub(crate) fn value(data: &RData) -> Option<Value> {
    match data {
        RData::TXT(text) => Some(Value::Txt(String::from_utf8_lossy(&text.txt_data.concat()).into_owned())),
        RData::CNAME(target) => Some(Value::Cname(plain(&target.0))),
        RData::MX(mx) => Some(Value::Mx(mx.preference, plain(&mx.exchange))),
        _ => None,
    }
}

pub(crate) const fn record_type(kind: RecordKind) -> RecordType {
    match kind {
        RecordKind::Txt => RecordType::TXT,
        RecordKind::Cname => RecordType::CNAME,
        RecordKind::Mx => RecordType::MX,
    }
}

/// A name that can be written: more careful than the DNS, which allows any byte (RFC 2181 section 11), because what is written here is
/// asked for by mail software and goes through zone files and forms of others.
pub(crate) fn name(text: &str) -> Result<Name, Unwritable> {
    checked(text).map_err(|fault| Unwritable::Name { name: text.to_owned(), fault })
}

/// The same, with nothing of the name in the error.
pub(crate) fn checked(text: &str) -> Result<Name, NameFault> {
    let plain = text.strip_suffix('.').unwrap_or(text);
    if plain.is_empty() {
        return Err(NameFault::Empty);
    }
    if plain.len() > MAX_NAME {
        return Err(NameFault::Long);
    }
    for (at, label) in plain.split('.').enumerate() {
        if label.is_empty() {
            return Err(NameFault::EmptyLabel);
        }
        if label.len() > 63 {
            return Err(NameFault::LongLabel);
        }
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if let Some(odd) = label.chars().find(|c| !fits(*c)).filter(|_| at > 0 || label != "*") {
            return Err(NameFault::Character(odd));
        }
    }
    Name::from_ascii(format!("{plain}.")).map_err(|_| NameFault::Long)
}

/// A name as text, in lower case, without the dot at the end.
pub(crate) fn plain(name: &Name) -> String {
    let mut text = name.to_ascii();
    text.make_ascii_lowercase();
    text.truncate(text.strip_suffix('.').unwrap_or(&text).len());
    text
}

#[cfg(test)]
mod tests {
    use super::{MAX_TEXT, Planned, cut, name, value};
    use crate::change::{Change, NameFault, RecordKind, Unwritable, Value};

    fn change(kind: RecordKind, after: Vec<Value>) -> Change {
        Change { name: "example.com".to_owned(), kind, before: Vec::new(), after, ttl: 300 }
    }

    fn texts(after: &[String]) -> Result<Planned, Unwritable> {
        Planned::new(&change(RecordKind::Txt, after.iter().cloned().map(Value::Txt).collect()))
    }

    #[test]
    fn a_long_text_is_cut_into_strings_and_read_as_one() {
        assert_eq!(cut(b""), [b""]);
        let long = "x".repeat(255 + 255 + 1);
        assert_eq!(cut(long.as_bytes()).iter().map(|string| string.len()).collect::<Vec<_>>(), [255, 255, 1]);
        assert_eq!(value(&texts(std::slice::from_ref(&long)).unwrap().after[0]), Some(Value::Txt(long)));
    }

    #[test]
    fn a_record_has_a_size() {
        assert!(texts(&["x".repeat(60_000)]).is_ok());
        assert_eq!(texts(&["x".repeat(MAX_TEXT + 1)]).unwrap_err(), Unwritable::Text { bytes: MAX_TEXT + 1 });
        let three = ["x", "y", "z"].map(|letter| letter.repeat(30_000));
        assert!(matches!(texts(&three), Err(Unwritable::Records { bytes }) if bytes > 90_000));
    }

    #[test]
    fn names_are_those_that_mail_software_asks_for() {
        for good in [
            "example.com",
            "_dmarc.example.com.",
            "*._domainkey.example.com",
            "S1._domainkey.example.com",
            "xn--bcher-kva.example",
        ] {
            assert!(name(good).is_ok(), "{good}");
        }
        let label = "a".repeat(64);
        for (bad, fault) in [
            ("", NameFault::Empty),
            (".", NameFault::Empty),
            ("a..b", NameFault::EmptyLabel),
            (".a", NameFault::EmptyLabel),
            (label.as_str(), NameFault::LongLabel),
            (["abcdefg"; 40].join(".").as_str(), NameFault::Long),
            ("bücher.example", NameFault::Character('ü')),
            ("a b.example", NameFault::Character(' ')),
            ("a\\046b.example", NameFault::Character('\\')),
            ("a.*.example", NameFault::Character('*')),
            ("a*.example", NameFault::Character('*')),
        ] {
            assert_eq!(name(bad).unwrap_err(), Unwritable::Name { name: bad.to_owned(), fault });
        }
    }

    #[test]
    fn values_are_of_the_kind_of_the_change() {
        let wrong = change(RecordKind::Txt, vec![Value::Cname("example.net".to_owned())]);
        assert_eq!(wrong.check().unwrap_err(), Unwritable::Kind { expected: RecordKind::Txt, found: RecordKind::Cname });
        let host = |host: &str| Value::Mx(0, host.to_owned());
        assert!(change(RecordKind::Mx, vec![host("")]).check().is_ok());
        assert_eq!(change(RecordKind::Mx, vec![host(""), host("mx.example.com")]).check(), Err(Unwritable::NullMx));
        assert_eq!(change(RecordKind::Mx, vec![Value::Mx(10, String::new())]).check(), Err(Unwritable::NullMx));
        let alias = |name: &str| Value::Cname(name.to_owned());
        assert!(change(RecordKind::Cname, vec![alias("a.example"), alias("A.example.")]).check().is_ok());
        assert_eq!(change(RecordKind::Cname, vec![alias("a.example"), alias("b.example")]).check(), Err(Unwritable::Aliases));
        let late = Change { ttl: u32::MAX, ..change(RecordKind::Txt, Vec::new()) };
        assert_eq!(late.check(), Err(Unwritable::Ttl(u32::MAX)));
    }
}
