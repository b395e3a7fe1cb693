//! Keys to sign with: made, read, and turned into the record that tells the world their public half. Their secret leaves only as the PEM text
//! that is asked for, which is wiped from memory when it is dropped.

use std::fmt;

use aws_lc_rs::{
    digest::Digest,
    encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der},
    rsa::{KeyPair as RsaKeyPair, KeySize},
    signature::{Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{signature::Algorithm, tags::is_space};

/// Most characters of a PEM text that are read; a key of 8192 bits has about 6,500.
const MOST_PEM: usize = 64 << 10;

/// Most bytes of one string in a TXT record (RFC 1035 section 3.3.14).
const MOST_STRING: usize = 255;

/// Why there is no key to sign with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SigningKeyError {
    /// The text has no `-----BEGIN PRIVATE KEY-----`, or nothing readable between that and its end.
    #[error("the text holds no private key in PEM form")]
    Pem,
    /// The bytes are neither a PKCS#8 key of RSA or Ed25519, nor the RSAPrivateKey of RFC 8017.
    #[error("it is no RSA key of 2048 bits or more, nor an Ed25519 key")]
    Kind,
    /// The library could not do what it was asked for.
    #[error("the cryptographic library failed")]
    Library,
}

/// Which key is made. The names are those of configuration files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyKind {
    /// RSA of 2048 bits, which fits every receiver and every name server.
    #[default]
    Rsa2048,
    /// RSA of 3072 bits.
    Rsa3072,
    /// RSA of 4096 bits: the most that every verifier has to take (RFC 8301 section 3.2). Its record fits no answer over UDP of 512 bytes.
    Rsa4096,
    /// Ed25519 (RFC 8463), beside an RSA key, as many receivers do not know it.
    Ed25519,
}

impl KeyKind {
    /// What it signs with.
    #[must_use]
    pub const fn algorithm(self) -> Algorithm {
        match self {
            Self::Rsa2048 | Self::Rsa3072 | Self::Rsa4096 => Algorithm::RsaSha256,
            Self::Ed25519 => Algorithm::Ed25519Sha256,
        }
    }

    /// Its size in bits.
    #[must_use]
    pub const fn bits(self) -> u32 {
        match self {
            Self::Rsa2048 => 2048,
            Self::Rsa3072 => 3072,
            Self::Rsa4096 => 4096,
            Self::Ed25519 => 256,
        }
    }
}

/// A key to sign with. Debug output never shows its secret.
pub struct SigningKey {
    pair: Pair,
}

enum Pair {
    Rsa(Box<RsaKeyPair>),
    Ed25519(Box<Ed25519KeyPair>),
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("algorithm", &self.algorithm()).finish_non_exhaustive()
    }
}

impl SigningKey {
    /// A new key: RSA of 2048 bits, which fits every receiver and every name server, or Ed25519.
    ///
    /// # Errors
    ///
    /// [`SigningKeyError::Library`], without randomness for instance.
    pub fn generate(algorithm: Algorithm) -> Result<Self, SigningKeyError> {
        Self::of_kind(match algorithm {
            Algorithm::RsaSha256 => KeyKind::Rsa2048,
            Algorithm::Ed25519Sha256 => KeyKind::Ed25519,
        })
    }

    /// A new key. One of 4096 bits takes seconds.
    ///
    /// # Errors
    ///
    /// [`SigningKeyError::Library`], without randomness for instance.
    pub fn of_kind(kind: KeyKind) -> Result<Self, SigningKeyError> {
        let rsa = |size| RsaKeyPair::generate(size).map(|pair| Pair::Rsa(Box::new(pair)));
        let pair = match kind {
            KeyKind::Rsa2048 => rsa(KeySize::Rsa2048),
            KeyKind::Rsa3072 => rsa(KeySize::Rsa3072),
            KeyKind::Rsa4096 => rsa(KeySize::Rsa4096),
            KeyKind::Ed25519 => Ed25519KeyPair::generate().map(|pair| Pair::Ed25519(Box::new(pair))),
        };
        pair.map(|pair| Self { pair }).map_err(|_| SigningKeyError::Library)
    }

    /// Reads PKCS#8 (RFC 5958) or the older RSAPrivateKey (RFC 8017) in its binary form.
    ///
    /// # Errors
    ///
    /// [`SigningKeyError::Kind`].
    pub fn from_der(der: &[u8]) -> Result<Self, SigningKeyError> {
        let rsa = || RsaKeyPair::from_pkcs8(der).or_else(|_| RsaKeyPair::from_der(der)).map(|pair| Pair::Rsa(Box::new(pair)));
        let ed25519 = || Ed25519KeyPair::from_pkcs8(der).map(|pair| Pair::Ed25519(Box::new(pair)));
        let pair = ed25519().or_else(|_| rsa()).map_err(|_| SigningKeyError::Kind)?;
        Ok(Self { pair })
    }

    /// Reads the first private key of a PEM text (RFC 7468).
    ///
    /// # Errors
    ///
    /// [`SigningKeyError::Pem`] and [`SigningKeyError::Kind`].
    pub fn from_pem(text: &str) -> Result<Self, SigningKeyError> {
        let inside = |label: &str| {
            let (_, rest) = text.split_once(&format!("-----BEGIN {label}-----"))?;
            rest.split_once(&format!("-----END {label}-----")).map(|(inside, _)| inside)
        };
        let found = inside("PRIVATE KEY").or_else(|| inside("RSA PRIVATE KEY")).filter(|inside| inside.len() <= MOST_PEM);
        let letters: Zeroizing<Vec<u8>> =
            Zeroizing::new(found.ok_or(SigningKeyError::Pem)?.bytes().filter(|byte| !is_space(byte)).collect());
        let der = Zeroizing::new(BASE64_STANDARD.decode(letters.as_slice()).map_err(|_| SigningKeyError::Pem)?);
        Self::from_der(&der)
    }

    /// The key as PKCS#8 in PEM form, for the file it is kept in.
    ///
    /// # Errors
    ///
    /// [`SigningKeyError::Library`].
    pub fn to_pem(&self) -> Result<Zeroizing<String>, SigningKeyError> {
        let der: Pkcs8V1Der<'_> = match &self.pair {
            Pair::Rsa(pair) => pair.as_der(),
            Pair::Ed25519(pair) => pair.as_der(),
        }
        .map_err(|_| SigningKeyError::Library)?;
        let letters = Zeroizing::new(BASE64_STANDARD.encode(der.as_ref()));
        let mut pem = Zeroizing::new(String::with_capacity(letters.len() * 2 + 80));
        pem.push_str("-----BEGIN PRIVATE KEY-----\n");
        let mut rest = letters.as_str();
        while !rest.is_empty() {
            let (line, next) = rest.split_at(rest.len().min(64));
            pem.push_str(line);
            pem.push('\n');
            rest = next;
        }
        pem.push_str("-----END PRIVATE KEY-----\n");
        Ok(pem)
    }

    /// What it signs with.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        match &self.pair {
            Pair::Rsa(_) => Algorithm::RsaSha256,
            Pair::Ed25519(_) => Algorithm::Ed25519Sha256,
        }
    }

    /// Its size in bits.
    #[must_use]
    pub fn bits(&self) -> u32 {
        match &self.pair {
            Pair::Rsa(pair) => u32::try_from(pair.public_modulus_len()).unwrap_or(u32::MAX).saturating_mul(8),
            Pair::Ed25519(_) => KeyKind::Ed25519.bits(),
        }
    }

    /// The text to publish at `SELECTOR._domainkey.DOMAIN` (RFC 6376 section 3.6.1, RFC 8463 section 4).
    ///
    /// # Errors
    ///
    /// [`SigningKeyError::Library`].
    pub fn record(&self) -> Result<String, SigningKeyError> {
        let (kind, key) = match &self.pair {
            Pair::Rsa(pair) => {
                let der: PublicKeyX509Der<'_> = pair.public_key().as_der().map_err(|_| SigningKeyError::Library)?;
                ("rsa", BASE64_STANDARD.encode(der.as_ref()))
            }
            Pair::Ed25519(pair) => ("ed25519", BASE64_STANDARD.encode(pair.public_key().as_ref())),
        };
        Ok(format!("v=DKIM1; k={kind}; p={key}"))
    }

    /// The line of a zone file that publishes it (RFC 1035 section 5), its text cut into strings that fit.
    ///
    /// # Errors
    ///
    /// [`SigningKeyError::Library`].
    pub fn zone_line(&self, selector: &str, domain: &str) -> Result<String, SigningKeyError> {
        let mut line = format!("{selector}._domainkey.{}. IN TXT (", domain.trim_end_matches('.'));
        for string in strings(&self.record()?) {
            line.push_str(" \"");
            line.push_str(string);
            line.push('"');
        }
        line.push_str(" )");
        Ok(line)
    }

    /// The signature of a hash.
    pub(crate) fn sign(&self, digest: &Digest) -> Result<Vec<u8>, SigningKeyError> {
        match &self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                let done = pair.sign_digest(&RSA_PKCS1_SHA256, digest, &mut signature);
                done.map(|()| signature).map_err(|_| SigningKeyError::Library)
            }
            Pair::Ed25519(pair) => {
                let signature = pair.try_sign(digest.as_ref()).map_err(|_| SigningKeyError::Library)?;
                Ok(signature.as_ref().to_vec())
            }
        }
    }
}

/// A text in the strings of a TXT record.
fn strings(mut text: &str) -> Vec<&str> {
    let mut strings = Vec::new();
    while let Some((string, rest)) = text.split_at_checked(MOST_STRING) {
        strings.push(string);
        text = rest;
    }
    if !text.is_empty() {
        strings.push(text);
    }
    strings
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::digest::{SHA256, digest};

    use super::{Algorithm, KeyKind, SigningKey, SigningKeyError, strings};
    use crate::dkim::key::KeyRecord;

    const ED25519: &str = include_str!("../../tests/keys/only-for-tests-ed25519.pem");
    const RSA: &str = include_str!("../../tests/keys/only-for-tests-rsa2048.pem");

    #[test]
    fn what_a_key_signs_its_record_verifies() {
        for (pem, algorithm) in [(ED25519, Algorithm::Ed25519Sha256), (RSA, Algorithm::RsaSha256)] {
            let key = SigningKey::from_pem(pem).unwrap();
            assert_eq!(key.algorithm(), algorithm);
            let record = KeyRecord::parse(key.record().unwrap().as_bytes()).unwrap();
            let hash = digest(&SHA256, b"text");
            assert!(record.key.verifies(&hash, &key.sign(&hash).unwrap()));
            assert!(!record.key.verifies(&digest(&SHA256, b"another"), &key.sign(&hash).unwrap()));
        }
    }

    #[test]
    fn a_key_is_written_as_it_was_read() {
        for pem in [ED25519, RSA] {
            assert_eq!(SigningKey::from_pem(pem).unwrap().to_pem().unwrap().as_str(), pem);
        }
    }

    #[test]
    fn new_keys_differ_and_can_be_kept() {
        let (one, two) =
            (SigningKey::generate(Algorithm::Ed25519Sha256).unwrap(), SigningKey::generate(Algorithm::Ed25519Sha256).unwrap());
        assert_ne!(one.record(), two.record());
        let kept = SigningKey::from_pem(&one.to_pem().unwrap()).unwrap();
        assert_eq!(kept.record(), one.record());
        for kind in [KeyKind::Rsa2048, KeyKind::Rsa3072, KeyKind::Ed25519] {
            let key = SigningKey::of_kind(kind).unwrap();
            assert_eq!((key.algorithm(), key.bits()), (kind.algorithm(), kind.bits()));
            assert_eq!(KeyRecord::parse(key.record().unwrap().as_bytes()).unwrap().key.bits, kind.bits());
        }
    }

    #[test]
    fn debug_output_has_no_secret() {
        assert_eq!(format!("{:?}", SigningKey::from_pem(RSA).unwrap()), "SigningKey { algorithm: RsaSha256, .. }");
    }

    #[test]
    fn a_long_record_is_cut_into_strings_that_fit() {
        let line = SigningKey::from_pem(RSA).unwrap().zone_line("s1", "example.com").unwrap();
        assert!(line.starts_with("s1._domainkey.example.com. IN TXT ( \"v=DKIM1; k=rsa; p=MII"));
        assert_eq!(line.matches('"').count(), 4);
        assert_eq!(strings(&"a".repeat(510)).iter().map(|it| it.len()).collect::<Vec<_>>(), [255, 255]);
        assert!(strings("").is_empty());
    }

    #[test]
    fn what_is_no_key_is_said_to_be_none() {
        assert_eq!(SigningKey::from_pem("no key").err(), Some(SigningKeyError::Pem));
        let empty = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
        assert_eq!(SigningKey::from_pem(empty).err(), Some(SigningKeyError::Kind));
    }
}
