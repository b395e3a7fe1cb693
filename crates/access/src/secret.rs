//! What only its owner may know: how it is made, hashed, compared and forgotten.

use std::fmt;

use aws_lc_rs::{constant_time, hmac, rand};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Deserializer};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::AccessError;

/// A text that is shown nowhere and wiped from memory when it is no longer needed: a password, a token.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Keeps a text secret.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text, for whoever it is for.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("***")
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(Self::new)
    }
}

/// Random bytes.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], AccessError> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| AccessError::System("no random numbers"))?;
    Ok(bytes)
}

/// 256 random bits, as text that fits a cookie and an address.
pub(crate) fn unguessable() -> Result<Secret, AccessError> {
    Ok(Secret::new(URL_SAFE_NO_PAD.encode(random::<32>()?)))
}

/// A random id that opens nothing: 64 bits, hexadecimal.
pub(crate) fn id() -> Result<String, AccessError> {
    Ok(hexadecimal(&random::<8>()?))
}

/// Bytes as hexadecimal digits.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What is kept of a secret: SHA-256, hexadecimal. One pass is enough for what has 256 random bits; passwords are hashed elsewhere.
pub(crate) fn hash(secret: &str) -> String {
    hexadecimal(&Sha256::digest(secret.as_bytes()))
}

/// Whether two texts are the same, in a time that does not tell where they differ.
pub(crate) fn same(left: &str, right: &str) -> bool {
    constant_time::verify_slices_are_equal(left.as_bytes(), right.as_bytes()).is_ok()
}

/// What a session's forms bring along: made of its secret, so that nothing is kept, and saying nothing about it.
pub(crate) fn csrf(session: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, session.as_bytes());
    URL_SAFE_NO_PAD.encode(hmac::sign(&key, b"spoofwatch forms").as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_shown() {
        assert_eq!(format!("{:?}", Secret::new("hunter2".to_owned())), "***");
    }

    #[test]
    fn secrets_differ_and_are_long_enough() -> Result<(), AccessError> {
        let (one, other) = (unguessable()?, unguessable()?);
        assert_ne!(one.expose(), other.expose());
        assert_eq!(one.expose().len(), 43, "256 bits in six a character");
        Ok(())
    }

    #[test]
    fn the_mark_of_forms_follows_from_the_session_and_is_not_it() {
        assert_eq!(csrf("a"), csrf("a"));
        assert_ne!(csrf("a"), csrf("b"));
        assert!(same("x", "x") && !same("x", "y") && !same("x", "xx"));
    }
}
