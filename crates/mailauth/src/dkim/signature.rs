//! A signature as its field has it (RFC 6376 section 3.5; RFC 8617 section 4.1.2 for the one of a chain), read and found free of faults.

use std::ops::Range;

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use super::{
    canonical::Canonicalization,
    fault::{Fault, span},
    tags::{Gaps, Tag, TagList, is_space, shown},
    verdict::{Dkim, DkimResult},
};

/// Most header fields that one signature may name. Signers that name each twice come to about sixty.
pub(crate) const MOST_SIGNED: usize = 300;

/// How far the clock of a signer may be ahead, in seconds.
const CLOCK_DRIFT: i64 = 300;

/// Base64 as signers write it: some leave the padding out.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent).with_decode_allow_trailing_bits(true),
);

/// With which key and hash a signature is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// RSA over SHA-256 (RFC 6376 section 3.3.2).
    RsaSha256,
    /// Ed25519 over SHA-256 (RFC 8463).
    Ed25519Sha256,
}

impl Algorithm {
    /// As `a=` writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RsaSha256 => "rsa-sha256",
            Self::Ed25519Sha256 => "ed25519-sha256",
        }
    }

    pub(crate) fn of(tags: &TagList<'_>) -> Result<Self, Fault> {
        let text = required(tags, "a")?.text();
        if text.eq_ignore_ascii_case("rsa-sha1") {
            return Err(Fault::Sha1);
        }
        let known = [Self::RsaSha256, Self::Ed25519Sha256].into_iter().find(|it| text.eq_ignore_ascii_case(it.as_str()));
        known.ok_or_else(|| Fault::Algorithm(shown(text.as_bytes())))
    }
}

/// Which field a signature is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// DKIM-Signature: `v` is required, `i` is on whose behalf.
    Dkim,
    /// ARC-Message-Signature: no `v`, and `i` is the instance.
    Arc,
}

/// What every signature says of its maker: also a seal, which has no list of fields and no body.
#[derive(Debug, Clone)]
pub(crate) struct Maker {
    pub algorithm: Algorithm,
    /// In lower case.
    pub domain: String,
    pub selector: String,
    pub signature: Vec<u8>,
    /// What of the field's value is not signed: the value of `b=`.
    pub hole: Range<usize>,
    /// The domain of `i=`, if there is one.
    pub identity: Option<String>,
}

/// A signature that can be checked.
#[derive(Debug, Clone)]
pub(crate) struct Signature<'a> {
    pub maker: Maker,
    pub header: Canonicalization,
    pub body: Canonicalization,
    pub signed: Vec<&'a [u8]>,
    pub length: Option<u64>,
    pub body_hash: Vec<u8>,
}

impl<'a> Signature<'a> {
    /// Reads the value of a field.
    ///
    /// # Errors
    ///
    /// The first fault that section 6.1.1 knows.
    pub(crate) fn parse(tags: &TagList<'a>, place: Place, now: i64) -> Result<Self, Fault> {
        if place == Place::Dkim {
            let version = required(tags, "v")?;
            if version.value != b"1" {
                return Err(Fault::Version(shown(version.value)));
            }
        }
        for name in ["a", "b", "bh", "d", "h", "s"] {
            required(tags, name)?;
        }
        let maker = Maker::parse(tags, place)?;
        let (header, body) = forms(tags)?;
        let signed = signed_names(tags)?;
        let covers = |name: &str| signed.iter().any(|other| other.eq_ignore_ascii_case(name.as_bytes()));
        match place {
            Place::Dkim if !covers("From") => return Err(Fault::FromUnsigned),
            Place::Arc if covers("ARC-Seal") => return Err(Fault::CoversSeal),
            Place::Dkim | Place::Arc => {}
        }
        query(tags)?;
        let body_hash = decoded(tags, "bh")?;
        if body_hash.len() != aws_lc_rs::digest::SHA256_OUTPUT_LEN {
            return Err(fault("bh", "it is no SHA-256 hash"));
        }
        let length = tags.get("l").map(|tag| number(tag, "l")).transpose()?;
        times(tags, now)?;
        Ok(Self { maker, header, body, signed, length, body_hash })
    }
}

impl Maker {
    pub(crate) fn parse(tags: &TagList<'_>, place: Place) -> Result<Self, Fault> {
        let algorithm = Algorithm::of(tags)?;
        let domain = domain_of(required(tags, "d")?, "d")?;
        let selector = domain_of(required(tags, "s")?, "s")?;
        let signature = decoded(tags, "b")?;
        let identity = match place {
            Place::Dkim => tags.get("i").map(|tag| identity_of(tag, &domain)).transpose()?,
            Place::Arc => None,
        };
        let hole = tags.get("b").map(|tag| tag.room.clone()).unwrap_or_default();
        Ok(Self { algorithm, domain, selector, signature, hole, identity })
    }

    /// Where the key is (section 3.6.2.1).
    pub(crate) fn key_name(&self) -> Result<String, Fault> {
        let name = format!("{}._domainkey.{}", self.selector, self.domain);
        crate::dns::name(&name).ok_or(Fault::KeyName(name))
    }
}

impl Dkim {
    /// What can be read of a signature, whatever its faults. The result and the reason are still to be given.
    pub(crate) fn describe(tags: &TagList<'_>, place: Place) -> Self {
        let text = |name: &str| tags.get(name).map(|tag| tag.text().into_owned()).filter(|text| !text.is_empty());
        let named = |name: &str| tags.get(name).and_then(|tag| number(tag, "").ok());
        let identity = tags.get("i").filter(|_| place == Place::Dkim);
        let names = tags.get("h").into_iter().flat_map(Tag::parts).filter(|name| !name.is_empty());
        Self {
            domain: text("d").map(|domain| domain.to_lowercase()),
            selector: text("s"),
            identity: identity.map(|tag| String::from_utf8_lossy(&quoted_printable(tag.value)).into_owned()),
            algorithm: text("a").map(|text| text.to_ascii_lowercase()),
            canonicalization: text("c"),
            signed_headers: names.take(MOST_SIGNED).map(|name| String::from_utf8_lossy(name).into_owned()).collect(),
            body_length: named("l"),
            signed_at: named("t"),
            expires_at: named("x"),
            tag: tags.get("b").map(|tag| String::from_utf8_lossy(&tag.compact()).chars().take(8).collect()),
            ..Self::unread()
        }
    }

    /// A signature of which nothing is known yet.
    pub(crate) fn unread() -> Self {
        Self {
            result: DkimResult::Neutral,
            domain: None,
            selector: None,
            identity: None,
            algorithm: None,
            canonicalization: None,
            signed_headers: Vec::new(),
            body_length: None,
            signed_at: None,
            expires_at: None,
            tag: None,
            key_bits: None,
            testing: false,
            strict: false,
            key_name: None,
            reason: String::new(),
        }
    }

    /// With the result and the words of a fault.
    pub(crate) fn with(mut self, fault: &Fault) -> Self {
        self.result = fault.result();
        self.reason = fault.to_string();
        self
    }
}

/// A field's value as tags.
pub(crate) fn tags_of(value: &[u8]) -> Result<TagList<'_>, Fault> {
    TagList::parse(value, Gaps::Refused).map_err(Fault::Syntax)
}

pub(crate) fn required<'t, 'a>(tags: &'t TagList<'a>, name: &'static str) -> Result<&'t Tag<'a>, Fault> {
    tags.get(name).ok_or(Fault::Missing(name))
}

fn fault(tag: &'static str, problem: impl Into<String>) -> Fault {
    Fault::Tag { tag, problem: problem.into() }
}

/// A number, however many digits it has (sections 3.5 and 7.x allow more than any type holds).
pub(crate) fn number(tag: &Tag<'_>, name: &'static str) -> Result<u64, Fault> {
    if tag.value.is_empty() || !tag.value.iter().all(u8::is_ascii_digit) {
        return Err(fault(name, format!("\"{}\" is no number", shown(tag.value))));
    }
    Ok(tag.value.iter().fold(0_u64, |sum, digit| sum.saturating_mul(10).saturating_add(u64::from(digit - b'0'))))
}

fn decoded(tags: &TagList<'_>, name: &'static str) -> Result<Vec<u8>, Fault> {
    let bytes = base64(required(tags, name)?).ok_or_else(|| fault(name, "it is not base64"))?;
    if bytes.is_empty() { Err(fault(name, "it is empty")) } else { Ok(bytes) }
}

/// Base64 with white space anywhere; `None` if it is none.
pub(super) fn base64(tag: &Tag<'_>) -> Option<Vec<u8>> {
    BASE64.decode(tag.compact()).ok()
}

/// A domain or selector: labels of letters, digits, hyphens, underscores, and letters of other scripts (RFC 8616).
fn domain_of(tag: &Tag<'_>, name: &'static str) -> Result<String, Fault> {
    domain_text(tag.value).ok_or_else(|| fault(name, format!("\"{}\" is no domain name", shown(tag.value))))
}

pub(crate) fn domain_text(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?;
    let letter = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_') || !letter.is_ascii();
    let good = text.split('.').all(|label| !label.is_empty() && label.chars().all(letter));
    good.then(|| text.to_lowercase())
}

/// The domain of `i=`, which must be the signing domain or below it.
fn identity_of(tag: &Tag<'_>, domain: &str) -> Result<String, Fault> {
    let identity = quoted_printable(tag.value);
    let at = memchr::memrchr(b'@', &identity).ok_or_else(|| fault("i", "it has no @"))?;
    let text = domain_text(&identity[at + 1..]).ok_or_else(|| fault("i", "it has no domain"))?;
    if is_within(&text, domain) {
        Ok(text)
    } else {
        Err(Fault::Identity { identity: shown(&identity), domain: domain.to_owned() })
    }
}

/// What DKIM's quoted-printable stands for: white space, which signers fold long identities with, is not part of it (section 2.11).
fn quoted_printable(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte == b'='
            && let [high, low, tail @ ..] = tail
            && let (Some(high), Some(low)) = (char::from(*high).to_digit(16), char::from(*low).to_digit(16))
        {
            out.extend(u8::try_from(high * 16 + low));
            rest = tail;
        } else if !is_space(&byte) {
            out.push(byte);
        }
    }
    out
}

/// Whether a domain is another or below it, in whichever form each is written.
pub(super) fn is_within(name: &str, domain: &str) -> bool {
    let below = |name: &str, domain: &str| name.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    below(name, domain)
        || matches!((crate::dns::name(name), crate::dns::name(domain)), (Some(name), Some(domain)) if below(&name, &domain))
}

/// `c=`: one for the header, one for the body, simple where there is none.
fn forms(tags: &TagList<'_>) -> Result<(Canonicalization, Canonicalization), Fault> {
    let Some(tag) = tags.get("c") else { return Ok((Canonicalization::Simple, Canonicalization::Simple)) };
    let (header, body) = match memchr::memchr(b'/', tag.value) {
        Some(at) => (&tag.value[..at], Canonicalization::parse(&tag.value[at + 1..])),
        None => (tag.value, Some(Canonicalization::Simple)),
    };
    Canonicalization::parse(header).zip(body).ok_or_else(|| Fault::Form(shown(tag.value)))
}

/// `h=`, without what is empty: no field is without a name.
fn signed_names<'a>(tags: &TagList<'a>) -> Result<Vec<&'a [u8]>, Fault> {
    let names: Vec<_> = required(tags, "h")?.parts().filter(|name| !name.is_empty()).take(MOST_SIGNED + 1).collect();
    if names.len() > MOST_SIGNED { Err(Fault::TooManyNames) } else { Ok(names) }
}

/// `q=`: `dns/txt` must be among the ways, `dns` is its name in early drafts.
fn query(tags: &TagList<'_>) -> Result<(), Fault> {
    let Some(tag) = tags.get("q") else { return Ok(()) };
    let known = |way: &[u8]| way.eq_ignore_ascii_case(b"dns/txt") || way.eq_ignore_ascii_case(b"dns");
    if tag.parts().any(known) { Ok(()) } else { Err(Fault::Query(shown(tag.value))) }
}

/// `t=` and `x=` against the clock.
pub(crate) fn times(tags: &TagList<'_>, now: i64) -> Result<(), Fault> {
    let read = |name: &'static str| tags.get(name).map(|tag| number(tag, name)).transpose();
    let (signed, ends) = (read("t")?, read("x")?);
    if let (Some(signed), Some(ends)) = (signed, ends)
        && ends <= signed
    {
        return Err(fault("x", "it is not after t="));
    }
    let seconds = |time: u64| i64::try_from(time).unwrap_or(i64::MAX);
    if let Some(ends) = ends.map(seconds)
        && ends < now
    {
        return Err(Fault::Expired(format!("{} before now", span(now.abs_diff(ends)))));
    }
    match signed.map(seconds) {
        Some(signed) if signed > now.saturating_add(CLOCK_DRIFT) => Err(Fault::Future(span(now.abs_diff(signed)))),
        _ => Ok(()),
    }
}
