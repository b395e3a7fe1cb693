//! An answer as lines of a master file, which [`Zone`](super::Zone) reads back to the same answer.

use std::fmt::{self, Write};

use super::super::{Absent, Answer, Kind, Records, Soa};

/// The longest string of a TXT record (RFC 1035 section 3.3).
const MAX_STRING: usize = 255;

/// Writes what a question came to.
pub(in super::super) fn write_answer(out: &mut impl Write, name: &str, kind: Kind, answer: &Answer) -> fmt::Result {
    let owner = Name(name);
    let records = match &answer.outcome {
        Ok(records) => records,
        Err(Absent::NoSuchName) => return writeln!(out, "$NXDOMAIN {owner}"),
        Err(Absent::NoData) => return writeln!(out, "$NODATA {owner} {kind}"),
        Err(Absent::Trouble(words)) => return writeln!(out, "$TROUBLE {owner} {kind} {}", Quoted(words.as_bytes())),
    };
    if answer.secure {
        writeln!(out, "$SECURE {owner} {kind}")?;
    }
    let ttl = answer.keep.as_secs().min(u64::from(i32::MAX.unsigned_abs()));
    let head = format!("{owner} {ttl} IN {}", records.kind());
    match records {
        Records::A(found) => found.iter().try_for_each(|address| writeln!(out, "{head} {address}")),
        Records::Aaaa(found) => found.iter().try_for_each(|address| writeln!(out, "{head} {address}")),
        Records::Mx(found) => found.iter().try_for_each(|mx| writeln!(out, "{head} {} {}", mx.preference, Name(&mx.exchange))),
        // Not as a record: what other questions came to at the name stands there, though they were answered by way of the alias.
        Records::Cname(found) => found.first().map_or(Ok(()), |target| writeln!(out, "$ALIAS {owner} {ttl} {}", Name(target))),
        Records::Ptr(found) | Records::Ns(found) => found.iter().try_for_each(|name| writeln!(out, "{head} {}", Name(name))),
        Records::Txt(found) => found.iter().try_for_each(|text| {
            write!(out, "{head}")?;
            if text.is_empty() {
                write!(out, " \"\"")?;
            }
            text.chunks(MAX_STRING).try_for_each(|part| write!(out, " {}", Quoted(part)))?;
            writeln!(out)
        }),
        Records::Soa(found) => found.iter().try_for_each(|soa| {
            let Soa { primary, contact, serial, refresh, retry, expire, minimum } = soa;
            writeln!(out, "{head} {} {} {serial} {refresh} {retry} {expire} {minimum}", Name(primary), Name(contact))
        }),
        Records::Tlsa(found) => found
            .iter()
            .try_for_each(|tlsa| writeln!(out, "{head} {} {} {} {}", tlsa.usage, tlsa.selector, tlsa.matching, Hex(&tlsa.data))),
        Records::Ds(found) => found
            .iter()
            .try_for_each(|ds| writeln!(out, "{head} {} {} {} {}", ds.key_tag, ds.algorithm, ds.digest_type, Hex(&ds.digest))),
    }
}

/// Bytes in hexadecimal digits.
struct Hex<'a>(&'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A whole name, with the dot at its end.
struct Name<'a>(&'a str);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'*' | b'/' | b'=' | b'+' => {
                    f.write_char(char::from(byte))?
                }
                other => write!(f, "\\{other:03}")?,
            }
        }
        f.write_char('.')
    }
}

/// A string between quotation marks.
struct Quoted<'a>(&'a [u8]);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for &byte in self.0 {
            match byte {
                b'"' | b'\\' => write!(f, "\\{}", char::from(byte))?,
                b' '..=b'~' => f.write_char(char::from(byte))?,
                other => write!(f, "\\{other:03}")?,
            }
        }
        f.write_char('"')
    }
}
