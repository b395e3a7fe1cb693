//! A key record as those read it who look after a domain: all that it says and all that is wrong with it, weak keys among it that a verifier
//! only refuses. Pure. What a verifier does with the same text is in `key`.

use std::{borrow::Cow, fmt};

use super::{
    public_key::{self, Shape},
    signature::base64,
    tags::{Gaps, Tag, TagFault, TagList, shown},
};

/// Most tags and flags without a meaning that are told of one record.
const MOST_FAULTS: usize = 10;

/// Everything at a selector's name that is one record (RFC 6376 section 3.6.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedKey {
    /// The record; what is not UTF-8 is replaced.
    pub text: String,
    /// What `p=` holds.
    pub key: PublicPart,
    /// The value of `p=` without white space: what tells one key from another. Empty without one.
    pub p: String,
    /// `t=y`: the domain is testing, and receivers treat its signatures as if there were none.
    pub testing: bool,
    /// `t=s`: signatures may not be on behalf of addresses below the domain.
    pub strict: bool,
    /// `h=`: the hashes that may be used; `None` allows all.
    pub hashes: Option<Vec<String>>,
    /// `s=`: what the key is for; `None` is for everything.
    pub services: Option<Vec<String>>,
    /// What is wrong with it.
    pub faults: Vec<PublishedFault>,
}

/// A key, as far as it can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PublicPart {
    /// `p=` is empty: signatures with this selector are void.
    Revoked,
    /// An RSA key.
    Rsa {
        /// The length of its modulus.
        bits: u32,
        /// Its public exponent, as far as it fits.
        exponent: u64,
    },
    /// An Ed25519 key (RFC 8463).
    Ed25519,
    /// Nothing that can be used; the faults say why.
    Unusable,
}

/// Something wrong with a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PublishedFault {
    /// It is no list of tags.
    #[error("it is not a list of tag=value parts between semicolons: {0}")]
    Tags(TagFault),
    /// `v=` is not `DKIM1` or not first.
    #[error("v={0} is not what a DKIM key begins with; it must be v=DKIM1, as the first tag, or be left out")]
    Version(String),
    /// No `p=`.
    #[error("it has no p= tag, so it holds no key")]
    NoKey,
    /// A key that is not base64.
    #[error("the key in p= is not base64: it holds {0:?}")]
    NotBase64(char),
    /// A key that is not base64 though each of its letters is.
    #[error("the key in p= is not base64: its length is wrong, as if a part of it had been lost")]
    Base64Length,
    /// A key with an end that is missing.
    #[error("the key in p= is cut off: it says it has {said} bytes, and {there} are there")]
    CutOff {
        /// How many bytes it says it has.
        said: usize,
        /// How many it has.
        there: usize,
    },
    /// A key with the lines of its file around it.
    #[error("p= holds the BEGIN and END lines of a key file, which do not belong there")]
    Armour,
    /// The other half of the key, which nobody may see.
    #[error("p= holds a PRIVATE key: whoever reads the DNS can sign as the domain")]
    PrivateKey,
    /// Not the bytes of a key.
    #[error("the bytes in p= are no {0} key")]
    NotAKey(&'static str),
    /// A key with numbers that no RSA key has.
    #[error("the numbers of the RSA key in p= are not those of a real key")]
    Numbers,
    /// A kind of key that nobody knows.
    #[error("k={0} is no kind of key that receivers know; rsa and ed25519 are")]
    Kind(String),
    /// `h=` allows nothing that may be used.
    #[error("h={0} leaves out sha256, the only hash that may be used")]
    Hashes(String),
    /// `s=` leaves out mail.
    #[error("s={0} says that the key is not for mail")]
    Services(String),
    /// A tag the standard does not have.
    #[error("the tag {0}= means nothing in a DKIM key")]
    UnknownTag(String),
    /// `g=`, of the predecessor.
    #[error("the tag g= means nothing since RFC 6376")]
    Granularity,
    /// A flag of `t=` that the standard does not have.
    #[error("t={0} means nothing in a DKIM key; y and s do")]
    UnknownFlag(String),
    /// Signs of a zone file's quoting within the text.
    #[error("it holds {0:?}, left over from a zone file: the DNS must hold the text without it")]
    Quoting(char),
}

impl fmt::Display for PublicPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Revoked => f.write_str("a key that has been revoked"),
            Self::Rsa { bits, .. } => write!(f, "an RSA key of {bits} bits"),
            Self::Ed25519 => f.write_str("an Ed25519 key"),
            Self::Unusable => f.write_str("no key that can be used"),
        }
    }
}

impl PublishedFault {
    /// Whether the key cannot be used because of it.
    #[must_use]
    pub const fn is_fatal(&self) -> bool {
        !matches!(self, Self::UnknownTag(_) | Self::Granularity | Self::UnknownFlag(_) | Self::Quoting(_))
    }
}

impl PublishedKey {
    /// Reads a text, whatever it is.
    #[must_use]
    pub fn read(text: &[u8]) -> Self {
        let mut record = Self {
            text: String::from_utf8_lossy(text).into_owned(),
            key: PublicPart::Unusable,
            p: String::new(),
            testing: false,
            strict: false,
            hashes: None,
            services: None,
            faults: Vec::new(),
        };
        if let Some(mark) = [b'\\', b'"'].into_iter().find(|mark| text.contains(mark)) {
            record.faults.push(PublishedFault::Quoting(char::from(mark)));
        }
        match TagList::parse(text, Gaps::Ignored) {
            Ok(tags) => record.tags(&tags),
            Err(fault) => record.faults.push(PublishedFault::Tags(fault)),
        }
        record
    }

    /// Whether a text is meant as a key: those at a selector's name that are not have come there by a wildcard or by mistake.
    #[must_use]
    pub fn is_meant(text: &[u8]) -> bool {
        let begins =
            |word: &[u8]| text.trim_ascii_start().get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
        begins(b"v=DKIM1")
            || TagList::parse(text, Gaps::Ignored).is_ok_and(|tags| {
                let version = tags.get("v").is_none_or(|tag| tag.value.eq_ignore_ascii_case(b"DKIM1"));
                version && tags.get("p").is_some()
            })
    }

    /// Whether receivers can check signatures with it, weak as it may be.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        matches!(self.key, PublicPart::Rsa { .. } | PublicPart::Ed25519) && !self.faults.iter().any(PublishedFault::is_fatal)
    }

    /// The key in a record as it should be: without the flag of a test, without limits on hashes and services, without what means nothing.
    /// `None` where no key can be told.
    #[must_use]
    pub fn plain(&self) -> Option<String> {
        let kind = match self.key {
            PublicPart::Rsa { .. } => "rsa",
            PublicPart::Ed25519 => "ed25519",
            PublicPart::Revoked | PublicPart::Unusable => return None,
        };
        let strict = if self.strict { " t=s;" } else { "" };
        Some(format!("v=DKIM1; k={kind};{strict} p={}", self.p))
    }

    fn tags(&mut self, tags: &TagList<'_>) {
        for (at, tag) in tags.iter().enumerate() {
            match tag.name {
                "v" if at > 0 || tag.value != b"DKIM1" => self.faults.push(PublishedFault::Version(shown(tag.value))),
                "v" | "k" | "n" | "p" => {}
                "h" => self.hashes = Some(list(tag)),
                "s" => self.services = Some(list(tag)),
                "t" => self.flags(tag),
                "g" => self.faults.push(PublishedFault::Granularity),
                _ if self.faults.len() >= MOST_FAULTS => {}
                other => self.faults.push(PublishedFault::UnknownTag(shown(other.as_bytes()))),
            }
        }
        if let Some(hashes) = &self.hashes
            && !hashes.iter().any(|hash| hash == "sha256")
        {
            self.faults.push(PublishedFault::Hashes(shown(hashes.join(":").as_bytes())));
        }
        if let Some(services) = &self.services
            && !services.iter().any(|service| service == "*" || service == "email")
        {
            self.faults.push(PublishedFault::Services(shown(services.join(":").as_bytes())));
        }
        match tags.get("p") {
            Some(p) => self.key(p, tags.get("k")),
            None => self.faults.push(PublishedFault::NoKey),
        }
    }

    fn flags(&mut self, tag: &Tag<'_>) {
        for flag in list(tag) {
            match flag.as_str() {
                "y" => self.testing = true,
                "s" => self.strict = true,
                "" => {}
                _ if self.faults.len() >= MOST_FAULTS => {}
                other => self.faults.push(PublishedFault::UnknownFlag(shown(other.as_bytes()))),
            }
        }
    }

    fn key(&mut self, p: &Tag<'_>, kind: Option<&Tag<'_>>) {
        self.p = String::from_utf8_lossy(&p.compact()).into_owned();
        if self.p.is_empty() {
            self.key = PublicPart::Revoked;
            return;
        }
        let kind = kind.map_or(Cow::Borrowed("rsa"), Tag::text);
        match part(p, &kind) {
            Ok(key) => self.key = key,
            Err(fault) => self.faults.push(fault),
        }
    }
}

/// The key in `p=`.
fn part(p: &Tag<'_>, kind: &str) -> Result<PublicPart, PublishedFault> {
    if p.compact().starts_with(b"-----") {
        return Err(PublishedFault::Armour);
    }
    let Some(bytes) = base64(p) else {
        let text = p.text();
        let good = |letter: char| letter.is_ascii_alphanumeric() || "+/= \t\r\n".contains(letter);
        return Err(text.chars().find(|letter| !good(*letter)).map_or(PublishedFault::Base64Length, PublishedFault::NotBase64));
    };
    // Asked before anything else: a private key is one whatever `k=` says of it.
    if public_key::is_private(&bytes) {
        return Err(PublishedFault::PrivateKey);
    }
    if kind.eq_ignore_ascii_case("ed25519") {
        return public_key::is_ed25519(&bytes).then_some(PublicPart::Ed25519).ok_or(PublishedFault::NotAKey("Ed25519"));
    }
    if !kind.eq_ignore_ascii_case("rsa") {
        return Err(PublishedFault::Kind(shown(kind.as_bytes())));
    }
    match public_key::shape(&bytes) {
        Shape::Rsa { bits, exponent, sound: true } => Ok(PublicPart::Rsa { bits, exponent }),
        Shape::Rsa { sound: false, .. } => Err(PublishedFault::Numbers),
        Shape::CutOff { said } => Err(PublishedFault::CutOff { said, there: bytes.len() }),
        Shape::Other => Err(PublishedFault::NotAKey("RSA")),
    }
}

/// The parts of a list in lower case.
fn list(tag: &Tag<'_>) -> Vec<String> {
    tag.parts().map(|part| String::from_utf8_lossy(part).to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use base64::{Engine, prelude::BASE64_STANDARD};
    use proptest::prelude::*;

    use super::{PublicPart, PublishedFault, PublishedKey};
    use crate::dkim::SigningKey;

    const RSA: &str = include_str!("../../tests/keys/only-for-tests-rsa2048.pem");
    const ED25519: &str = include_str!("../../tests/keys/only-for-tests-ed25519.pem");
    /// Of a real key of 512 bits; nobody has kept its other half.
    const SMALL: &str = "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBANUhKoKPexttpq0c6W+wPBMfZGsvHP6NM7s612zuPz50ZvHkV5GxKquaoqrYgL3H4p4VzGaeTQ5crmMf6ACgfsUCAwEAAQ==";

    fn read(text: &str) -> PublishedKey {
        PublishedKey::read(text.as_bytes())
    }

    fn published(pem: &str) -> String {
        SigningKey::from_pem(pem).unwrap().record().unwrap()
    }

    fn words(record: &PublishedKey) -> Vec<String> {
        record.faults.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_key_says_what_it_is() {
        let rsa = read(&published(RSA));
        assert_eq!((rsa.key, rsa.is_usable(), words(&rsa)), (PublicPart::Rsa { bits: 2048, exponent: 65_537 }, true, vec![]));
        let ed25519 = read(&published(ED25519));
        assert_eq!((ed25519.key, ed25519.is_usable(), words(&ed25519)), (PublicPart::Ed25519, true, vec![]));
        let revoked = read("v=DKIM1; p=");
        assert_eq!((revoked.key, revoked.is_usable(), words(&revoked)), (PublicPart::Revoked, false, vec![]));
    }

    #[test]
    fn a_key_is_written_as_it_should_be() {
        let odd = read(&format!("p={SMALL}; g=*; h=sha1; t=y:s; v=DKIM1"));
        assert_eq!(odd.plain(), Some(format!("v=DKIM1; k=rsa; t=s; p={SMALL}")));
        assert!(read(&odd.plain().unwrap_or_default()).is_usable());
        assert_eq!((read("v=DKIM1; p=").plain(), read("hello").plain()), (None, None));
    }

    #[test]
    fn a_weak_key_is_a_key() {
        let weak = read(&format!("k=rsa; p={SMALL}"));
        assert_eq!((weak.key, weak.is_usable()), (PublicPart::Rsa { bits: 512, exponent: 65_537 }, true));
    }

    #[test]
    fn white_space_within_a_key_means_nothing() {
        let (start, end) = SMALL.split_at(40);
        let folded = read(&format!("v=DKIM1; p={start} {end}"));
        assert_eq!((folded.p.as_str(), folded.is_usable()), (SMALL, true));
    }

    #[test]
    fn flags_hashes_and_services_are_read() {
        let record = read(&format!("v=DKIM1; h=sha1:SHA256; s=email:other; t=y:s; n=new in May; p={SMALL}"));
        assert!(record.testing && record.strict && record.is_usable());
        assert_eq!(record.hashes.as_deref(), Some(["sha1".to_owned(), "sha256".to_owned()].as_slice()));
        assert_eq!(record.services.as_deref(), Some(["email".to_owned(), "other".to_owned()].as_slice()));
        assert_eq!(words(&record), Vec::<String>::new());
    }

    #[test]
    fn what_is_wrong_is_said_in_words() {
        let cut = &SMALL[..80];
        let armour = format!("v=DKIM1; p=-----BEGIN PUBLIC KEY-----{SMALL}-----END PUBLIC KEY-----");
        for (text, expected) in [
            (
                format!("p={SMALL}; v=DKIM1"),
                vec!["v=DKIM1 is not what a DKIM key begins with; it must be v=DKIM1, as the first tag, or be left out"],
            ),
            ("v=DKIM1; k=rsa".to_owned(), vec!["it has no p= tag, so it holds no key"]),
            ("v=DKIM1; k=rsa; p=MI§GfMA0".to_owned(), vec!["the key in p= is not base64: it holds '§'"]),
            (
                "v=DKIM1; p=MIGfM".to_owned(),
                vec!["the key in p= is not base64: its length is wrong, as if a part of it had been lost"],
            ),
            (format!("v=DKIM1; p={cut}"), vec!["the key in p= is cut off: it says it has 94 bytes, and 60 are there"]),
            (armour, vec!["p= holds the BEGIN and END lines of a key file, which do not belong there"]),
            ("v=DKIM1; p=aGVsbG8=".to_owned(), vec!["the bytes in p= are no RSA key"]),
            (format!("v=DKIM1; k=ed25519; p={SMALL}"), vec!["the bytes in p= are no Ed25519 key"]),
            (format!("v=DKIM1; k=rsa p={SMALL}"), vec!["it has no p= tag, so it holds no key"]),
            (format!("v=DKIM1; k=dsa; p={SMALL}"), vec!["k=dsa is no kind of key that receivers know; rsa and ed25519 are"]),
            (format!("v=DKIM1; h=sha1; p={SMALL}"), vec!["h=sha1 leaves out sha256, the only hash that may be used"]),
            (format!("v=DKIM1; s=other; p={SMALL}"), vec!["s=other says that the key is not for mail"]),
            (
                format!("v=DKIM1; g=*; x=1; t=z; p={SMALL}"),
                vec![
                    "the tag g= means nothing since RFC 6376",
                    "the tag x= means nothing in a DKIM key",
                    "t=z means nothing in a DKIM key; y and s do",
                ],
            ),
            (
                "v=spf1 -all".to_owned(),
                vec![
                    "v=spf1 -all is not what a DKIM key begins with; it must be v=DKIM1, as the first tag, or be left out",
                    "it has no p= tag, so it holds no key",
                ],
            ),
            (
                "hello".to_owned(),
                vec!["it is not a list of tag=value parts between semicolons: \"hello\" is not of the form name=value"],
            ),
        ] {
            assert_eq!(words(&read(&text)), expected, "{text}");
        }
    }

    #[test]
    fn quoting_left_over_from_a_zone_file_is_seen() {
        let record = read(&format!("v=DKIM1\\; k=rsa\\; p={SMALL}"));
        assert_eq!(record.faults[0], PublishedFault::Quoting('\\'));
        assert!(!record.is_usable());
    }

    #[test]
    fn a_private_key_is_told_from_a_public_one() {
        for pem in [RSA, ED25519] {
            let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
            for kind in ["rsa", "ed25519"] {
                assert_eq!(read(&format!("v=DKIM1; k={kind}; p={base64}")).faults, [PublishedFault::PrivateKey]);
            }
        }
    }

    #[test]
    fn what_stands_at_a_name_by_mistake_is_not_meant_as_a_key() {
        assert!(
            PublishedKey::is_meant(b"v=DKIM1; p=")
                && PublishedKey::is_meant(b"k=rsa; p=AAAA")
                && PublishedKey::is_meant(b" v=dkim1")
        );
        for other in [&b"v=spf1 -all"[..], b"hello", b"", b"v=DMARC1; p=reject", b"\xff\xfe"] {
            assert!(!PublishedKey::is_meant(other));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_text_is_read(text in "(v=DKIM1;)?( ?[a-z]=[ -~]{0,20};){0,4}", bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = PublishedKey::read(text.as_bytes());
            let _ = PublishedKey::read(&bytes);
            let _ = PublishedKey::read(format!("v=DKIM1; p={}", BASE64_STANDARD.encode(&bytes)).as_bytes());
        }
    }
}
