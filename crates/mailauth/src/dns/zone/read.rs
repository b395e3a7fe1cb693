//! Master files (RFC 1035 section 5.1) to a [`Zone`].
//!
//! Understood: `$ORIGIN`, `$TTL` (RFC 2308 section 4), comments, parentheses, quoted strings, `\.` and `\123` escapes, relative names, `@`,
//! a line that takes the owner of the line before it, times such as `1h30m`, records of type A, AAAA, MX, PTR, TXT and CNAME. Records of
//! other types make their name exist and say no more, `TYPE65280` of RFC 3597 among them. `$INCLUDE` and `$GENERATE` are refused: what a
//! zone holds stands in its text.

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, Ipv6Addr},
    time::Duration,
};

use thiserror::Error;

use super::{
    super::{Absent, Kind, Mx, Records, name as plain_name},
    DEFAULT_TTL, Node, Zone,
};

/// The longest string of a TXT record: its length is one byte (RFC 1035 section 3.3).
const MAX_STRING: usize = 255;

/// The longest time to live (RFC 2181 section 8).
const MAX_TTL: u64 = i32::MAX as u64;

/// Record types whose data is not looked at.
const OTHER_TYPES: &[&str] = &[
    "AFSDB",
    "APL",
    "CAA",
    "CDNSKEY",
    "CDS",
    "CERT",
    "CSYNC",
    "DHCID",
    "DNSKEY",
    "DS",
    "EUI48",
    "EUI64",
    "HINFO",
    "HIP",
    "HTTPS",
    "IPSECKEY",
    "KEY",
    "KX",
    "LOC",
    "NAPTR",
    "NS",
    "NSEC",
    "NSEC3",
    "NSEC3PARAM",
    "OPENPGPKEY",
    "RP",
    "RRSIG",
    "SIG",
    "SMIMEA",
    "SOA",
    "SPF",
    "SRV",
    "SSHFP",
    "SVCB",
    "TLSA",
    "URI",
    "WKS",
    "ZONEMD",
];

/// Records that may stand beside an alias (RFC 4034 section 2.5): they are about the alias.
const BESIDE_ALIAS: &[&str] = &["KEY", "NSEC", "RRSIG", "SIG"];

/// A zone file that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}: {problem}")]
pub struct ZoneError {
    /// The line where the record or directive begins, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: ZoneProblem,
}

/// What can be wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ZoneProblem {
    /// A parenthesis without its partner.
    #[error("a parenthesis has no partner")]
    Parenthesis,
    /// A quotation mark without its partner.
    #[error("a quoted string does not end on its line")]
    OpenQuote,
    /// A backslash at the end, or before a number that is no byte.
    #[error("`\\` stands before a character, or before three digits up to 255")]
    Escape,
    /// A name that cannot exist.
    #[error("`{0}` is not a domain name")]
    Name(String),
    /// A name with a dot inside a label.
    #[error("`{0}` has a dot inside a label, which is not supported")]
    DotInLabel(String),
    /// The first record takes its name from a line before it.
    #[error("the first record needs a name")]
    NoOwner,
    /// A directive of another program, or none.
    #[error("`{0}` is not a directive; there are $ORIGIN, $TTL, $TROUBLE, $NXDOMAIN, $NODATA and $UNKNOWN")]
    Directive(String),
    /// A type that does not exist or changes what others mean.
    #[error("`{0}` is not a record type that is understood or can be passed over")]
    Type(String),
    /// Something is missing at the end.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// Something is not what it should be.
    #[error("`{found}` is not {wanted}")]
    Not {
        /// What should stand there.
        wanted: &'static str,
        /// What does.
        found: String,
    },
    /// Something is left over.
    #[error("`{0}` is too much")]
    TooMuch(String),
    /// A string that does not fit.
    #[error("a string has {0} bytes; a TXT record has as many strings as needed, of up to 255 bytes each")]
    LongString(usize),
    /// Records of other types beside a CNAME, or two of it (RFC 1034 section 3.6.2).
    #[error("{0} is an alias and has other records too")]
    BesideAlias(String),
}

/// A word of a line, its escapes undone.
struct Word {
    bytes: Vec<u8>,
    quoted: bool,
    /// Whether any of it was escaped, so that it is not a sign of the syntax whatever it looks like.
    escaped: bool,
    escaped_dot: bool,
}

impl Word {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    fn is(&self, text: &str) -> bool {
        !self.quoted && !self.escaped && self.bytes.eq_ignore_ascii_case(text.as_bytes())
    }
}

/// A record or directive: a line, or several within parentheses.
struct Entry {
    line: usize,
    indented: bool,
    words: Vec<Word>,
}

/// The text, cut into entries one at a time.
struct Cutter<'a> {
    bytes: &'a [u8],
    at: usize,
    line: usize,
}

impl Cutter<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        if byte == b'\n' {
            self.line += 1;
        }
        Some(byte)
    }

    /// The next entry that has words; `None` at the end.
    fn entry(&mut self) -> Result<Option<Entry>, ZoneError> {
        loop {
            let (start, mut open) = (self.line, None);
            let mut entry = Entry { line: start, indented: matches!(self.peek(), Some(b' ' | b'\t')), words: Vec::new() };
            let fail = |line, problem| Err(ZoneError { line, problem });
            let ended = loop {
                match self.peek() {
                    None => break true,
                    Some(b'\n') if open.is_none() => {
                        self.next();
                        break false;
                    }
                    Some(b' ' | b'\t' | b'\r' | b'\n') => {
                        self.next();
                    }
                    Some(b';') => while self.peek().is_some_and(|byte| byte != b'\n') && self.next().is_some() {},
                    Some(b'(') if open.is_none() => {
                        open = Some(self.line);
                        self.next();
                    }
                    Some(b')') if open.is_some() => {
                        open = None;
                        self.next();
                    }
                    Some(b'(' | b')') => return fail(self.line, ZoneProblem::Parenthesis),
                    Some(_) => {
                        if entry.words.is_empty() {
                            entry.line = self.line;
                        }
                        let line = self.line;
                        entry.words.push(self.word().map_err(|problem| ZoneError { line, problem })?);
                    }
                }
            };
            if let Some(line) = open {
                return fail(line, ZoneProblem::Parenthesis);
            }
            if !entry.words.is_empty() {
                return Ok(Some(entry));
            }
            if ended {
                return Ok(None);
            }
        }
    }

    fn word(&mut self) -> Result<Word, ZoneProblem> {
        let quoted = self.peek() == Some(b'"');
        if quoted {
            self.next();
        }
        let mut word = Word { bytes: Vec::new(), quoted, escaped: false, escaped_dot: false };
        loop {
            match self.peek() {
                Some(b'"') if quoted => {
                    self.next();
                    return Ok(word);
                }
                None | Some(b'\n') if quoted => return Err(ZoneProblem::OpenQuote),
                Some(b'\\') => {
                    self.next();
                    let byte = self.escape()?;
                    word.escaped = true;
                    word.escaped_dot |= byte == b'.';
                    word.bytes.push(byte);
                }
                None | Some(b' ' | b'\t' | b'\r' | b'\n' | b';' | b'(' | b')' | b'"') if !quoted => return Ok(word),
                None => return Ok(word),
                Some(byte) => {
                    self.next();
                    word.bytes.push(byte);
                }
            }
        }
    }

    /// What follows a backslash: three digits, or a character that stands for itself.
    fn escape(&mut self) -> Result<u8, ZoneProblem> {
        match self.peek() {
            None | Some(b'\n' | b'\r') => Err(ZoneProblem::Escape),
            Some(b'0'..=b'9') => {
                let digits = self.bytes.get(self.at..self.at.saturating_add(3)).ok_or(ZoneProblem::Escape)?;
                let text = str::from_utf8(digits).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
                let byte = text.and_then(|text| text.parse().ok()).ok_or(ZoneProblem::Escape)?;
                self.at += 3;
                Ok(byte)
            }
            Some(byte) => {
                self.next();
                Ok(byte)
            }
        }
    }
}

/// The records of a name, before they are packed.
#[derive(Default)]
struct Draft {
    a: Vec<Ipv4Addr>,
    aaaa: Vec<Ipv6Addr>,
    mx: Vec<Mx>,
    ptr: Vec<Box<str>>,
    txt: Vec<Box<[u8]>>,
    /// The least time to live of the records of each kind (RFC 2181 section 5.2), in the order of [`Kind::ALL`].
    ttl: [Option<Duration>; 5],
    alias: Option<(Box<str>, Duration)>,
    beside_alias: bool,
}

impl Draft {
    fn pack(self) -> Node {
        let [a, aaaa, mx, ptr, txt] = self.ttl.map(|ttl| ttl.unwrap_or(DEFAULT_TTL));
        let mut node = Node { records: Vec::new(), alias: self.alias };
        if !self.a.is_empty() {
            node.records.push((Records::A(self.a.into()), a));
        }
        if !self.aaaa.is_empty() {
            node.records.push((Records::Aaaa(self.aaaa.into()), aaaa));
        }
        if !self.mx.is_empty() {
            let mut sorted = self.mx;
            sorted.sort_by_key(|mx| mx.preference);
            node.records.push((Records::Mx(sorted.into()), mx));
        }
        if !self.ptr.is_empty() {
            node.records.push((Records::Ptr(self.ptr.into()), ptr));
        }
        if !self.txt.is_empty() {
            node.records.push((Records::Txt(self.txt.into()), txt));
        }
        node
    }
}

/// The name and the type that a directive is about, and the words after them.
type Said<'a> = (Box<str>, Option<Kind>, &'a [Word]);

/// What has been read so far.
#[derive(Default)]
struct Reader {
    origin: String,
    ttl: Option<Duration>,
    owner: Option<String>,
    drafts: BTreeMap<String, Draft>,
    zone: Zone,
}

pub(super) fn read(text: &str) -> Result<Zone, ZoneError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut cutter = Cutter { bytes: text.as_bytes(), at: 0, line: 1 };
    let mut reader = Reader::default();
    while let Some(entry) = cutter.entry()? {
        let line = entry.line;
        reader.entry(entry).map_err(|problem| ZoneError { line, problem })?;
    }
    let Reader { drafts, mut zone, .. } = reader;
    zone.names.insert(Box::from(""), Node::default());
    for name in drafts.keys() {
        let mut above = name.as_str();
        while let Some((_, rest)) = above.split_once('.') {
            if zone.names.contains_key(rest) {
                break;
            }
            zone.names.insert(Box::from(rest), Node::default());
            above = rest;
        }
    }
    zone.names.extend(drafts.into_iter().map(|(name, draft)| (name.into_boxed_str(), draft.pack())));
    Ok(zone)
}

impl Reader {
    fn entry(&mut self, entry: Entry) -> Result<(), ZoneProblem> {
        let mut words = entry.words.into_iter().peekable();
        if words.peek().is_some_and(|word| !word.quoted && !word.escaped && word.bytes.starts_with(b"$")) {
            return self.directive(&words.collect::<Vec<_>>());
        }
        if !entry.indented
            && let Some(word) = words.next()
        {
            self.owner = Some(self.name(&word)?);
        }
        let owner = self.owner.clone().ok_or(ZoneProblem::NoOwner)?;
        let mut ttl = None;
        // The time and the class stand before the type in either order (RFC 1035 section 5.1).
        while let Some(word) = words.peek() {
            let class = ["IN", "CH", "HS"].into_iter().any(|class| word.is(class));
            match if class { None } else { self::ttl(word) } {
                Some(found) => ttl = Some(found),
                None if class => {}
                None => break,
            }
            words.next();
        }
        let kind = words.next().ok_or(ZoneProblem::Missing("the record's type"))?;
        let data: Vec<Word> = words.collect();
        self.record(owner, ttl.or(self.ttl).unwrap_or(DEFAULT_TTL), &kind, &data)
    }

    fn directive(&mut self, words: &[Word]) -> Result<(), ZoneProblem> {
        let (head, rest) = words.split_first().ok_or(ZoneProblem::Missing("the directive"))?;
        if head.is("$ORIGIN") {
            let [name] = fields(rest, ["the origin"])?;
            self.origin = self.name(name)?;
        } else if head.is("$TTL") {
            let [word] = fields(rest, ["the time to live"])?;
            self.ttl = Some(ttl(word).ok_or_else(|| not("a time to live", word))?);
        } else if head.is("$TROUBLE") {
            let (name, kind, words) = self.said(rest)?;
            let words = sentence(words)?;
            self.zone.said.entry(name).or_default().push((kind, Absent::Trouble(words.into())));
        } else if head.is("$NXDOMAIN") {
            let [name] = fields(rest, ["the name"])?;
            let name = self.name(name)?;
            self.zone.said.entry(name.into()).or_default().push((None, Absent::NoSuchName));
        } else if head.is("$NODATA") {
            let (name, kind, words) = self.said(rest)?;
            nothing_more(words)?;
            self.zone.said.entry(name).or_default().push((kind, Absent::NoData));
        } else if head.is("$UNKNOWN") {
            self.zone.unknown = Some(Absent::Trouble(sentence(rest)?.into()));
        } else {
            return Err(ZoneProblem::Directive(head.text()));
        }
        Ok(())
    }

    /// The name and the type that a directive is about; the type is one only in capitals, so that a reason may begin with "a".
    fn said<'a>(&self, words: &'a [Word]) -> Result<Said<'a>, ZoneProblem> {
        let (name, rest) = words.split_first().ok_or(ZoneProblem::Missing("the name"))?;
        let name = self.name(name)?.into_boxed_str();
        if let Some((first, more)) = rest.split_first()
            && let Some(kind) = Kind::ALL.into_iter().find(|kind| !first.quoted && first.bytes == kind.mnemonic().as_bytes())
        {
            return Ok((name, Some(kind), more));
        }
        Ok((name, None, rest))
    }

    fn record(&mut self, owner: String, ttl: Duration, kind: &Word, data: &[Word]) -> Result<(), ZoneProblem> {
        let mut exchange = None;
        let mut target = None;
        let known = if kind.quoted { None } else { Kind::from_mnemonic(&kind.text()) };
        // Names are made before the draft is taken hold of: both belong to the reader.
        match known {
            Some(Kind::Mx) => {
                let [preference, host] = fields(data, ["the preference", "the exchange"])?;
                exchange = Some(Mx { preference: field("a preference", preference)?, exchange: self.name(host)?.into() });
            }
            Some(Kind::Ptr) => target = Some(self.name(fields(data, ["the name"])?[0])?),
            None if kind.is("CNAME") => target = Some(self.name(fields(data, ["the name"])?[0])?),
            Some(Kind::A | Kind::Aaaa | Kind::Txt) | None => {}
        }
        let draft = self.drafts.entry(owner.clone()).or_default();
        let passed_over = known.is_none() && !kind.is("CNAME");
        if passed_over && !is_other_type(kind) {
            return Err(ZoneProblem::Type(kind.text()));
        }
        let beside = BESIDE_ALIAS.iter().any(|name| kind.is(name));
        if draft.alias.is_some() && !beside || kind.is("CNAME") && draft.beside_alias {
            return Err(ZoneProblem::BesideAlias(owner));
        }
        draft.beside_alias |= !beside && !kind.is("CNAME");
        match (known, target) {
            (Some(Kind::A), _) => draft.a.push(field("an IPv4 address", fields(data, ["the address"])?[0])?),
            (Some(Kind::Aaaa), _) => draft.aaaa.push(field("an IPv6 address", fields(data, ["the address"])?[0])?),
            (Some(Kind::Mx), _) => draft.mx.extend(exchange),
            (Some(Kind::Ptr), target) => draft.ptr.extend(target.map(String::into_boxed_str)),
            (Some(Kind::Txt), _) => draft.txt.push(strings(data)?),
            (None, Some(target)) => draft.alias = Some((target.into(), ttl)),
            (None, None) => {}
        }
        for (slot, of) in draft.ttl.iter_mut().zip(Kind::ALL) {
            if Some(of) == known {
                *slot = Some(slot.map_or(ttl, |earlier| earlier.min(ttl)));
            }
        }
        Ok(())
    }

    /// A name, completed by the origin unless it ends in a dot. The root is empty.
    fn name(&self, word: &Word) -> Result<String, ZoneProblem> {
        if word.is("@") {
            return Ok(self.origin.clone());
        }
        if word.escaped_dot {
            return Err(ZoneProblem::DotInLabel(word.text()));
        }
        let wrong = || ZoneProblem::Name(word.text());
        let text = str::from_utf8(&word.bytes).map_err(|_| wrong())?;
        if text == "." {
            return Ok(String::new());
        }
        let whole =
            if text.ends_with('.') || self.origin.is_empty() { text.to_owned() } else { format!("{text}.{}", self.origin) };
        plain_name(&whole).ok_or_else(wrong)
    }
}

fn is_other_type(word: &Word) -> bool {
    let text = word.text();
    let number = text.get(4..).filter(|_| text.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("TYPE")));
    !word.quoted && (OTHER_TYPES.iter().any(|name| word.is(name)) || number.is_some_and(|number| number.parse::<u16>().is_ok()))
}

fn not(wanted: &'static str, word: &Word) -> ZoneProblem {
    ZoneProblem::Not { wanted, found: word.text() }
}

fn nothing_more(words: &[Word]) -> Result<(), ZoneProblem> {
    words.first().map_or(Ok(()), |word| Err(ZoneProblem::TooMuch(word.text())))
}

/// Exactly these fields.
fn fields<'a, const N: usize>(words: &'a [Word], called: [&'static str; N]) -> Result<[&'a Word; N], ZoneProblem> {
    nothing_more(words.get(N..).unwrap_or_default())?;
    let found: Vec<&Word> = words.iter().collect();
    let missing = called.get(found.len()).copied().unwrap_or("a field");
    found.try_into().map_err(|_| ZoneProblem::Missing(missing))
}

fn field<T: std::str::FromStr>(wanted: &'static str, word: &Word) -> Result<T, ZoneProblem> {
    word.text().parse().map_err(|_| not(wanted, word))
}

/// The strings of a TXT record, put together.
fn strings(words: &[Word]) -> Result<Box<[u8]>, ZoneProblem> {
    if words.is_empty() {
        return Err(ZoneProblem::Missing("the text"));
    }
    if let Some(long) = words.iter().find(|word| word.bytes.len() > MAX_STRING) {
        return Err(ZoneProblem::LongString(long.bytes.len()));
    }
    Ok(words.iter().flat_map(|word| word.bytes.iter().copied()).collect())
}

fn sentence(words: &[Word]) -> Result<String, ZoneProblem> {
    if words.is_empty() {
        return Err(ZoneProblem::Missing("the reason"));
    }
    Ok(words.iter().map(Word::text).collect::<Vec<_>>().join(" "))
}

/// Seconds, or numbers with the units w, d, h, m and s.
fn ttl(word: &Word) -> Option<Duration> {
    if word.quoted || !word.bytes.first()?.is_ascii_digit() {
        return None;
    }
    let (mut whole, mut number, mut pending) = (0_u64, 0_u64, false);
    for byte in &word.bytes {
        if byte.is_ascii_digit() {
            number = number.checked_mul(10)?.checked_add(u64::from(byte - b'0'))?;
            pending = true;
            continue;
        }
        let unit = match byte.to_ascii_lowercase() {
            b'w' => 7 * 86_400,
            b'd' => 86_400,
            b'h' => 3600,
            b'm' => 60,
            b's' => 1,
            _ => return None,
        };
        if !pending {
            return None;
        }
        whole = whole.checked_add(number.checked_mul(unit)?)?;
        (number, pending) = (0, false);
    }
    let whole = whole.checked_add(number)?;
    (whole <= MAX_TTL).then(|| Duration::from_secs(whole))
}
