//! Public keys as `p=` has them: RSA as SubjectPublicKeyInfo (RFC 5280) or, by mistake of some, as the bare RSAPublicKey of RFC 8017
//! inside it; Ed25519 as its 32 bytes (RFC 8463 section 4).

use aws_lc_rs::{
    digest::Digest,
    rsa::PublicKeyComponents,
    signature::{ED25519, ED25519_PUBLIC_KEY_LEN, ParsedPublicKey, RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY},
};

use super::{fault::KeyFault, signature::Algorithm};

/// The object identifier 1.2.840.113549.1.1.1, rsaEncryption.
const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OBJECT_IDENTIFIER: u8 = 0x06;
const SEQUENCE: u8 = 0x30;

/// A key that can be checked with.
#[derive(Debug)]
pub(crate) struct PublicKey {
    key: ParsedPublicKey,
    algorithm: Algorithm,
    pub bits: u32,
}

impl PublicKey {
    pub(crate) fn rsa(der: &[u8]) -> Result<Self, KeyFault> {
        let (n, e) = rsa_numbers(der).ok_or(KeyFault::NotAKey("its p= holds no RSA key"))?;
        let bits = bits_of(n);
        match bits {
            0..1024 => return Err(KeyFault::Small(bits)),
            1024..=8192 => {}
            _ => return Err(KeyFault::Large(bits)),
        }
        let exponent = e.iter().take(6).fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
        // What the library takes. Nobody uses more: the exponent is public, and large ones only make checks slow.
        let odd = n.last().is_some_and(|last| last % 2 == 1) && exponent % 2 == 1;
        if !odd || exponent < 3 || exponent >> 33 != 0 {
            return Err(KeyFault::NotAKey("its numbers are not those of an RSA key"));
        }
        let parsed = PublicKeyComponents { n, e }.to_parsed_public_key(&RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY);
        let key = parsed.map_err(|_| KeyFault::NotAKey("its numbers are not those of an RSA key"))?;
        Ok(Self { key, algorithm: Algorithm::RsaSha256, bits })
    }

    pub(crate) fn ed25519(bytes: &[u8]) -> Result<Self, KeyFault> {
        if bytes.len() != ED25519_PUBLIC_KEY_LEN {
            return Err(KeyFault::NotAKey("an Ed25519 key has 32 bytes, and this has another number of them"));
        }
        let key = ParsedPublicKey::new(&ED25519, bytes).map_err(|_| KeyFault::NotAKey("its p= holds no Ed25519 key"))?;
        Ok(Self { key, algorithm: Algorithm::Ed25519Sha256, bits: 256 })
    }

    pub(crate) fn serves(&self, algorithm: Algorithm) -> Result<(), KeyFault> {
        let key = match self.algorithm {
            Algorithm::RsaSha256 => "rsa",
            Algorithm::Ed25519Sha256 => "ed25519",
        };
        if self.algorithm == algorithm { Ok(()) } else { Err(KeyFault::OtherType { key, algorithm: algorithm.as_str() }) }
    }

    /// Whether the signature over the hash was made with this key's other half.
    pub(crate) fn verifies(&self, digest: &Digest, signature: &[u8]) -> bool {
        match self.algorithm {
            Algorithm::RsaSha256 => self.key.verify_digest_sig(digest, signature).is_ok(),
            // The hash is the message that is signed (RFC 8463 section 3).
            Algorithm::Ed25519Sha256 => self.key.verify_sig(digest.as_ref(), signature).is_ok(),
        }
    }

    pub(crate) fn kind(&self) -> &'static str {
        match self.algorithm {
            Algorithm::RsaSha256 => "RSA",
            Algorithm::Ed25519Sha256 => "Ed25519",
        }
    }
}

/// What bytes look like that should be an RSA key, whether or not a verifier would take it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Modulus and exponent.
    Rsa {
        /// The length of the modulus.
        bits: u32,
        /// The exponent; the largest number if it is larger.
        exponent: u64,
        /// Whether a real key can have such numbers: both odd, the exponent at least 3.
        sound: bool,
    },
    /// The beginning of something longer.
    CutOff {
        /// How many bytes it says it has.
        said: usize,
    },
    /// Something else.
    Other,
}

pub(super) fn shape(der: &[u8]) -> Shape {
    if let Some((n, e)) = rsa_numbers(der) {
        let exponent = if e.len() > 8 { u64::MAX } else { e.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)) };
        let odd = |number: &[u8]| number.last().is_some_and(|last| last % 2 == 1);
        return Shape::Rsa { bits: bits_of(n), exponent, sound: odd(n) && odd(e) && exponent >= 3 };
    }
    match length(der) {
        Some((SEQUENCE, head, inside)) if head.saturating_add(inside) > der.len() => {
            Shape::CutOff { said: head.saturating_add(inside) }
        }
        _ => Shape::Other,
    }
}

/// Whether bytes are a private key: PKCS#8 (RFC 5958) or RSAPrivateKey (RFC 8017). Both begin with a version number, which no public key has.
pub(super) fn is_private(der: &[u8]) -> bool {
    let version = |inside| {
        let (version, rest) = element(inside, INTEGER)?;
        matches!(version, [0 | 1]).then_some(rest)
    };
    let inside = element(der, SEQUENCE).map(|(inside, _)| inside);
    inside.and_then(version).is_some_and(|rest| {
        let pkcs8 = element(rest, SEQUENCE).is_some_and(|(algorithm, _)| element(algorithm, OBJECT_IDENTIFIER).is_some());
        let rsa = element(rest, INTEGER).is_some_and(|(_, rest)| element(rest, INTEGER).is_some());
        pkcs8 || rsa
    })
}

/// Whether bytes are an Ed25519 key: they are as many as one has, and a point of the curve.
pub(super) fn is_ed25519(bytes: &[u8]) -> bool {
    PublicKey::ed25519(bytes).is_ok()
}

fn bits_of(number: &[u8]) -> u32 {
    let zeros = number.first().map_or(0, |first| first.leading_zeros());
    u32::try_from(number.len()).unwrap_or(u32::MAX).saturating_mul(8).saturating_sub(zeros)
}

/// Modulus and exponent, neither empty nor with a zero at its start.
fn rsa_numbers(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (inside, _) = element(der, SEQUENCE)?;
    let numbers = if inside.first() == Some(&SEQUENCE) {
        let (algorithm, rest) = element(inside, SEQUENCE)?;
        let (identifier, _) = element(algorithm, OBJECT_IDENTIFIER)?;
        let (bits, _) = element(rest, BIT_STRING)?;
        let key = bits.strip_prefix(&[0]).filter(|_| identifier == RSA_ENCRYPTION)?;
        element(key, SEQUENCE)?.0
    } else {
        inside
    };
    let (n, rest) = element(numbers, INTEGER)?;
    let (e, _) = element(rest, INTEGER)?;
    Some((without_zeros(n)?, without_zeros(e)?))
}

/// The content of an element of this type, and what follows it (X.690, definite lengths).
fn element(bytes: &[u8], kind: u8) -> Option<(&[u8], &[u8])> {
    let (first, head, length) = length(bytes)?;
    bytes.get(head..)?.split_at_checked(length).filter(|_| first == kind)
}

/// The type of an element, how many bytes its head has and how many its content.
fn length(bytes: &[u8]) -> Option<(u8, usize, usize)> {
    let (&first, rest) = bytes.split_first()?;
    let (&length, rest) = rest.split_first()?;
    match length {
        0..=0x7f => Some((first, 2, usize::from(length))),
        0x81..=0x83 => {
            let count = usize::from(length - 0x80);
            let digits = rest.get(..count)?;
            Some((first, 2 + count, digits.iter().fold(0, |sum, digit| sum << 8 | usize::from(*digit))))
        }
        _ => None,
    }
}

fn without_zeros(number: &[u8]) -> Option<&[u8]> {
    number.iter().position(|byte| *byte != 0).map(|at| &number[at..])
}

#[cfg(test)]
mod tests {
    use base64::{Engine, prelude::BASE64_STANDARD};
    use proptest::prelude::*;

    use super::{KeyFault, PublicKey, rsa_numbers};
    use crate::dkim::SigningKey;

    const RSA: &str = include_str!("../../tests/keys/only-for-tests-rsa2048.pem");

    /// The public key of the tests, as a record has it.
    fn published() -> Vec<u8> {
        let record = SigningKey::from_pem(RSA).unwrap().record().unwrap();
        BASE64_STANDARD.decode(record.split_once("p=").unwrap().1).unwrap()
    }

    fn element(kind: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        [&[kind, 0x82], &length[..], content].concat()
    }

    /// A bare RSA key whose modulus has so many bits.
    fn bare(bits: usize, last: u8, exponent: &[u8]) -> Vec<u8> {
        let mut modulus = vec![0x55; bits.div_ceil(8)];
        modulus[0] = 1 << ((bits - 1) % 8);
        *modulus.last_mut().unwrap() = last;
        element(0x30, &[element(0x02, &[&[0], &modulus[..]].concat()), element(0x02, exponent)].concat())
    }

    fn bits(der: &[u8]) -> Result<u32, KeyFault> {
        PublicKey::rsa(der).map(|key| key.bits)
    }

    #[test]
    fn a_key_is_read_with_and_without_its_envelope() {
        let der = published();
        assert_eq!(bits(&der), Ok(2048));
        let inside = &der[24..];
        assert_eq!(bits(inside), Ok(2048));
        assert_eq!(rsa_numbers(&der), rsa_numbers(inside));
    }

    #[test]
    fn keys_have_1024_to_8192_bits() {
        for (size, outcome) in [
            (512, Err(KeyFault::Small(512))),
            (1023, Err(KeyFault::Small(1023))),
            (1024, Ok(1024)),
            (4096, Ok(4096)),
            (8192, Ok(8192)),
            (8193, Err(KeyFault::Large(8193))),
            (65_536, Err(KeyFault::Large(65_536))),
        ] {
            assert_eq!(bits(&bare(size, 0x55, &[1, 0, 1])), outcome);
        }
    }

    #[test]
    fn numbers_that_no_rsa_key_has_are_refused() {
        let wrong = Err(KeyFault::NotAKey("its numbers are not those of an RSA key"));
        assert_eq!(bits(&bare(2048, 0x54, &[1, 0, 1])), wrong);
        for exponent in [&[1][..], &[4], &[2, 0, 0, 0, 1], &[1, 1, 1, 1, 1, 1, 1, 1, 1]] {
            assert_eq!(bits(&bare(2048, 0x55, exponent)), wrong, "{exponent:?}");
        }
        assert_eq!(bits(&bare(2048, 0x55, &[3])), Ok(2048));
    }

    #[test]
    fn what_is_no_key_is_no_key() {
        let wrong = Err(KeyFault::NotAKey("its p= holds no RSA key"));
        for bytes in [&b""[..], b"\x30", b"\x30\x80", b"\x30\x84\xff\xff\xff\xff", b"\x30\x00", b"hello"] {
            assert_eq!(bits(bytes), wrong, "{bytes:?}");
        }
        // Another algorithm in the envelope.
        let mut der = published();
        der[8] ^= 1;
        assert_eq!(bits(&der), wrong);
        assert_eq!(bits(&bare(2048, 0x55, &[])), wrong);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_damaged_key_is_a_key_or_a_fault(at in 0_usize..294, byte in any::<u8>(), end in 0_usize..=294) {
            let mut der = published();
            der[at] = byte;
            let _ = PublicKey::rsa(&der[..end]);
            let _ = PublicKey::ed25519(&der[..end]);
        }
    }
}
