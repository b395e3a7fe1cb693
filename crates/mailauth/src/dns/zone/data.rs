//! The data of records, from the words of a line, and what gathers at a name while a file is read.

use std::{
    net::{Ipv4Addr, Ipv6Addr},
    time::Duration,
};

use super::{
    super::{Ds, Kind, Mx, Records, Soa, Tlsa},
    Node,
    problem::ZoneProblem,
    words::Word,
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
    "NSEC",
    "NSEC3",
    "NSEC3PARAM",
    "OPENPGPKEY",
    "RP",
    "RRSIG",
    "SIG",
    "SMIMEA",
    "SPF",
    "SRV",
    "SSHFP",
    "SVCB",
    "URI",
    "WKS",
    "ZONEMD",
];

/// Records that may stand beside an alias (RFC 4034 section 2.5): they are about the alias.
const BESIDE_ALIAS: &[&str] = &["KEY", "NSEC", "RRSIG", "SIG"];

/// One record, whose names are whole.
pub(super) enum Datum {
    A(Ipv4Addr),
    Aaaa(Ipv6Addr),
    Mx(Mx),
    Ptr(Box<str>),
    Txt(Box<[u8]>),
    Cname(Box<str>),
    Ns(Box<str>),
    Soa(Soa),
    Tlsa(Tlsa),
    Ds(Ds),
    /// Of a type that is not looked at; whether it may stand beside an alias.
    Other {
        beside_alias: bool,
    },
}

impl Datum {
    /// What the words after a type say; `name` completes a name.
    pub(super) fn read(
        kind: &Word,
        words: &[Word],
        name: impl Fn(&Word) -> Result<String, ZoneProblem>,
    ) -> Result<Self, ZoneProblem> {
        let name = |word: &Word| name(word).map(String::into_boxed_str);
        let one_name = || name(fields(words, ["the name"])?[0]);
        let known = if kind.quoted { None } else { Kind::from_mnemonic(&kind.text()) };
        Ok(match known {
            Some(Kind::A) => Self::A(field("an IPv4 address", fields(words, ["the address"])?[0])?),
            Some(Kind::Aaaa) => Self::Aaaa(field("an IPv6 address", fields(words, ["the address"])?[0])?),
            Some(Kind::Mx) => {
                let [preference, host] = fields(words, ["the preference", "the exchange"])?;
                Self::Mx(Mx { preference: field("a preference", preference)?, exchange: name(host)? })
            }
            Some(Kind::Ptr) => Self::Ptr(one_name()?),
            Some(Kind::Txt) => Self::Txt(strings(words)?),
            Some(Kind::Cname) => Self::Cname(one_name()?),
            Some(Kind::Ns) => Self::Ns(one_name()?),
            Some(Kind::Soa) => Self::Soa(soa(words, name)?),
            Some(Kind::Tlsa) => Self::Tlsa(tlsa(words)?),
            Some(Kind::Ds) => Self::Ds(ds(words)?),
            None if is_other_type(kind) => Self::Other { beside_alias: BESIDE_ALIAS.iter().any(|beside| kind.is(beside)) },
            None => return Err(ZoneProblem::Type(kind.text())),
        })
    }
}

fn soa(words: &[Word], name: impl Fn(&Word) -> Result<Box<str>, ZoneProblem>) -> Result<Soa, ZoneProblem> {
    let called = ["the primary server", "the contact", "the serial number", "refresh", "retry", "expire", "the minimum"];
    let [primary, contact, serial, refresh, retry, expire, minimum] = fields(words, called)?;
    let seconds = |word: &Word| {
        let time = ttl(word).and_then(|time| u32::try_from(time.as_secs()).ok());
        time.ok_or_else(|| not("a time", word))
    };
    Ok(Soa {
        primary: name(primary)?,
        contact: name(contact)?,
        serial: field("a serial number", serial)?,
        refresh: seconds(refresh)?,
        retry: seconds(retry)?,
        expire: seconds(expire)?,
        minimum: seconds(minimum)?,
    })
}

fn tlsa(words: &[Word]) -> Result<Tlsa, ZoneProblem> {
    let ([usage, selector, matching], data) = leading(words, ["the usage", "the selector", "the matching type", "the data"])?;
    Ok(Tlsa {
        usage: field("a usage", usage)?,
        selector: field("a selector", selector)?,
        matching: field("a matching type", matching)?,
        data,
    })
}

fn ds(words: &[Word]) -> Result<Ds, ZoneProblem> {
    let ([tag, algorithm, digest_type], digest) =
        leading(words, ["the key tag", "the algorithm", "the digest type", "the digest"])?;
    Ok(Ds {
        key_tag: field("a key tag", tag)?,
        algorithm: field("the number of an algorithm", algorithm)?,
        digest_type: field("the number of a digest type", digest_type)?,
        digest,
    })
}

/// Three numbers, and hexadecimal digits in any number of words (RFC 4034 section 5.3, RFC 6698 section 2.2).
fn leading<'a>(words: &'a [Word], called: [&'static str; 4]) -> Result<([&'a Word; 3], Box<[u8]>), ZoneProblem> {
    let missing = || ZoneProblem::Missing(called.get(words.len()).copied().unwrap_or("a field"));
    let ([one, two, three], rest) = words.split_first_chunk().ok_or_else(missing)?;
    if rest.is_empty() {
        return Err(missing());
    }
    let digits: Vec<u8> = rest.iter().flat_map(|word| word.bytes.iter().copied()).collect();
    let value = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let bytes = digits.chunks(2).map(|pair| match pair {
        [high, low] => Some(value(*high)? << 4 | value(*low)?),
        _ => None,
    });
    let bytes: Option<Box<[u8]>> = bytes.collect();
    let wrong =
        || ZoneProblem::Not { wanted: "bytes in hexadecimal digits", found: String::from_utf8_lossy(&digits).into_owned() };
    Ok(([one, two, three], bytes.ok_or_else(wrong)?))
}

/// Records of one kind, and the least of their times to live (RFC 2181 section 5.2).
struct Set<T> {
    found: Vec<T>,
    ttl: Duration,
}

impl<T> Default for Set<T> {
    fn default() -> Self {
        Self { found: Vec::new(), ttl: Duration::MAX }
    }
}

impl<T> Set<T> {
    fn add(&mut self, one: T, ttl: Duration) {
        self.found.push(one);
        self.ttl = self.ttl.min(ttl);
    }

    fn pack(self, records: impl FnOnce(std::sync::Arc<[T]>) -> Records, to: &mut Vec<(Records, Duration)>) {
        if !self.found.is_empty() {
            to.push((records(self.found.into()), self.ttl));
        }
    }
}

/// The records of a name, before they are packed.
#[derive(Default)]
pub(super) struct Draft {
    a: Set<Ipv4Addr>,
    aaaa: Set<Ipv6Addr>,
    mx: Set<Mx>,
    ptr: Set<Box<str>>,
    txt: Set<Box<[u8]>>,
    ns: Set<Box<str>>,
    soa: Set<Soa>,
    tlsa: Set<Tlsa>,
    ds: Set<Ds>,
    alias: Option<(Box<str>, Duration)>,
    /// Whether there is a record that an alias may not stand beside.
    beside_alias: bool,
}

impl Draft {
    /// Takes a record in. `false`: it stands beside an alias, or is a second one (RFC 1034 section 3.6.2).
    #[must_use]
    pub(super) fn add(&mut self, datum: Datum, ttl: Duration) -> bool {
        let alias = matches!(datum, Datum::Cname(_));
        let beside = matches!(datum, Datum::Other { beside_alias: true });
        if self.alias.is_some() && !beside || alias && self.beside_alias {
            return false;
        }
        self.beside_alias |= !beside && !alias;
        match datum {
            Datum::A(one) => self.a.add(one, ttl),
            Datum::Aaaa(one) => self.aaaa.add(one, ttl),
            Datum::Mx(one) => self.mx.add(one, ttl),
            Datum::Ptr(one) => self.ptr.add(one, ttl),
            Datum::Txt(one) => self.txt.add(one, ttl),
            Datum::Cname(one) => self.alias = Some((one, ttl)),
            Datum::Ns(one) => self.ns.add(one, ttl),
            Datum::Soa(one) => self.soa.add(one, ttl),
            Datum::Tlsa(one) => self.tlsa.add(one, ttl),
            Datum::Ds(one) => self.ds.add(one, ttl),
            Datum::Other { .. } => {}
        }
        true
    }

    pub(super) fn pack(mut self) -> Node {
        let mut records = Vec::new();
        self.mx.found.sort_by_key(|mx| mx.preference);
        self.a.pack(Records::A, &mut records);
        self.aaaa.pack(Records::Aaaa, &mut records);
        self.mx.pack(Records::Mx, &mut records);
        self.ptr.pack(Records::Ptr, &mut records);
        self.txt.pack(Records::Txt, &mut records);
        self.ns.pack(Records::Ns, &mut records);
        self.soa.pack(Records::Soa, &mut records);
        self.tlsa.pack(Records::Tlsa, &mut records);
        self.ds.pack(Records::Ds, &mut records);
        Node { records, alias: self.alias }
    }
}

pub(super) fn is_other_type(word: &Word) -> bool {
    let text = word.text();
    let number = text.get(4..).filter(|_| text.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("TYPE")));
    !word.quoted && (OTHER_TYPES.iter().any(|name| word.is(name)) || number.is_some_and(|number| number.parse::<u16>().is_ok()))
}

pub(super) fn not(wanted: &'static str, word: &Word) -> ZoneProblem {
    ZoneProblem::Not { wanted, found: word.text() }
}

pub(super) fn nothing_more(words: &[Word]) -> Result<(), ZoneProblem> {
    words.first().map_or(Ok(()), |word| Err(ZoneProblem::TooMuch(word.text())))
}

/// Exactly these fields.
pub(super) fn fields<'a, const N: usize>(words: &'a [Word], called: [&'static str; N]) -> Result<[&'a Word; N], ZoneProblem> {
    nothing_more(words.get(N..).unwrap_or_default())?;
    let found: Vec<&Word> = words.iter().collect();
    let missing = called.get(found.len()).copied().unwrap_or("a field");
    found.try_into().map_err(|_| ZoneProblem::Missing(missing))
}

pub(super) fn field<T: std::str::FromStr>(wanted: &'static str, word: &Word) -> Result<T, ZoneProblem> {
    word.text().parse().map_err(|_| not(wanted, word))
}

/// The strings of a TXT record, put together.
pub(super) fn strings(words: &[Word]) -> Result<Box<[u8]>, ZoneProblem> {
    if words.is_empty() {
        return Err(ZoneProblem::Missing("the text"));
    }
    if let Some(long) = words.iter().find(|word| word.bytes.len() > MAX_STRING) {
        return Err(ZoneProblem::LongString(long.bytes.len()));
    }
    Ok(words.iter().flat_map(|word| word.bytes.iter().copied()).collect())
}

pub(super) fn sentence(words: &[Word]) -> Result<String, ZoneProblem> {
    if words.is_empty() {
        return Err(ZoneProblem::Missing("the reason"));
    }
    Ok(words.iter().map(Word::text).collect::<Vec<_>>().join(" "))
}

/// Seconds, or numbers with the units w, d, h, m and s.
pub(super) fn ttl(word: &Word) -> Option<Duration> {
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
