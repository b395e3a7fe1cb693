//! Certificates of applications: made for tests, and looked into for their key.
//!
//! Must not know tokens. A certificate is signed by its own key, as those are that people upload to an app registration.

use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::der;

/// An application's certificate with its private key.
pub struct Certificate {
    der: Vec<u8>,
    private_key: Vec<u8>,
}

/// A key could not be made, or not be written.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("a key could not be made")]
pub struct KeyError;

impl Certificate {
    /// Makes an RSA key of 2048 bits and a certificate for it.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn generate(name: &str) -> Result<Self, KeyError> {
        let key = KeyPair::generate(KeySize::Rsa2048).map_err(|_| KeyError)?;
        let private_key = key.as_der().map_err(|_| KeyError)?.as_ref().to_vec();
        let subject =
            der::sequence(&[der::element(SET, &der::sequence(&[COMMON_NAME.to_vec(), der::element(UTF8, name.as_bytes())]))]);
        let validity = der::sequence(&[der::element(UTC_TIME, b"200101000000Z"), der::element(UTC_TIME, b"491231235959Z")]);
        let algorithm = der::sequence(&[SHA256_WITH_RSA.to_vec(), der::NULL.to_vec()]);
        let body = der::sequence(&[
            der::element(der::VERSION, &der::integer(&[2])),
            der::integer(&[1]),
            algorithm.clone(),
            subject.clone(),
            validity,
            subject,
            der::rsa_key_info(key.public_key().as_ref()),
        ]);
        let mut signature = vec![0; key.public_modulus_len()];
        key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), &body, &mut signature).map_err(|_| KeyError)?;
        Ok(Self { der: der::sequence(&[body, algorithm, der::bits(&signature)]), private_key })
    }

    /// The certificate, in DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The certificate, in PEM (RFC 7468).
    pub fn pem(&self) -> String {
        pem("CERTIFICATE", &self.der)
    }

    /// The private key as PKCS #8, in DER.
    pub fn private_key_der(&self) -> &[u8] {
        &self.private_key
    }

    /// The private key as PKCS #8, in PEM.
    pub fn private_key_pem(&self) -> String {
        pem("PRIVATE KEY", &self.private_key)
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate").field("thumbprint", &thumbprint(&self.der)).finish_non_exhaustive()
    }
}

/// The SHA-256 of a certificate, as the header parameter `x5t#S256` has it (RFC 7515 section 4.1.8).
pub(crate) fn thumbprint(der: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, der))
}

/// The RSA public key in a certificate (RFC 5280 section 4.1): what is in the bit string of its subjectPublicKeyInfo.
pub(crate) fn public_key(certificate: &[u8]) -> Option<&[u8]> {
    let (_, outer, _) = der::next(certificate)?;
    let (_, body, _) = der::next(outer)?;
    let (tag, _, after) = der::next(body)?;
    let mut rest = if tag == der::VERSION { after } else { body };
    // Serial number, algorithm, issuer, validity, subject.
    for _ in 0..5 {
        rest = der::next(rest)?.2;
    }
    let (_, info, _) = der::next(rest)?;
    let (_, _, after) = der::next(info)?;
    let (tag, bits, _) = der::next(after)?;
    (tag == der::BIT_STRING).then(|| bits.split_first())?.map(|(_, key)| key)
}

/// Text armour around bytes.
fn pem(label: &str, der: &[u8]) -> String {
    let encoded = STANDARD.encode(der);
    let lines: Vec<&str> = encoded.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

const SET: u8 = 0x31;
const UTF8: u8 = 0x0c;
const UTC_TIME: u8 = 0x17;
/// commonName, 2.5.4.3.
const COMMON_NAME: [u8; 5] = [0x06, 0x03, 0x55, 0x04, 0x03];
/// sha256WithRSAEncryption, 1.2.840.113549.1.1.11.
const SHA256_WITH_RSA: [u8; 11] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b];

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RsaKeyPair, UnparsedPublicKey};

    use super::{Certificate, public_key};
    use crate::der;

    #[test]
    fn a_certificate_is_signed_by_the_key_that_is_in_it() {
        let made = Certificate::generate("stand-in test").unwrap();
        let key = public_key(made.der()).unwrap();
        let pair = RsaKeyPair::from_pkcs8(made.private_key_der()).unwrap();
        assert_eq!(key, pair.public_key().as_ref());
        let (_, outer, _) = der::next(made.der()).unwrap();
        let (_, _, after) = der::next(outer).unwrap();
        let body = &outer[..outer.len() - after.len()];
        let (_, _, after) = der::next(after).unwrap();
        let (_, signature, _) = der::next(after).unwrap();
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key).verify(body, &signature[1..]).unwrap();
        assert!(!format!("{made:?}").contains("PRIVATE"));
        assert_eq!(public_key(b"no certificate"), None);
    }
}
