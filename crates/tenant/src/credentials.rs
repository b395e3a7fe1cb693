//! What the application proves itself with: a secret, or a certificate's private key. Wiped from memory when it is dropped, and never shown.

use std::fmt;

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    rsa::KeyPair as RsaKeyPair,
    signature::{KeyPair as _, RSA_PSS_SHA256},
};
use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use serde_json::json;
use zeroize::Zeroizing;

use crate::{
    error::Error,
    moment::{Moment, SECOND},
    random,
};

/// Most characters of a PEM text that are read.
const MOST_PEM: usize = 64 << 10;
/// How long an assertion holds, in seconds; Microsoft's page asks for five to ten minutes.
const ASSERTION: i64 = 600;
/// How much earlier than now an assertion begins to hold, in seconds: this clock may be ahead of theirs.
const AHEAD: i64 = 60;

/// What the application proves itself with. Debug output shows its kind only.
pub enum Credentials {
    /// A client secret: its value, not its id.
    Secret(Zeroizing<String>),
    /// A certificate that the application is registered with.
    Certificate(Box<Certificate>),
}

/// A certificate and its private key. Debug output shows the certificate's thumbprint only.
pub struct Certificate {
    pair: RsaKeyPair,
    thumbprint: String,
}

/// Why there is nothing to prove oneself with. The text names no part of what was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CredentialsError {
    /// The secret is empty, or has blanks or control characters.
    #[error("the client secret is empty or has blanks in it: copy its value once more")]
    Secret,
    /// There is no private key in the text.
    #[error("the text holds no private key in PEM form (-----BEGIN PRIVATE KEY-----)")]
    NoKey,
    /// The private key is encrypted.
    #[error(
        "the private key is encrypted: write it without a password (openssl pkey -in FILE -out FILE), and keep the file readable by its owner only"
    )]
    Encrypted,
    /// The private key is none that is taken.
    #[error("the private key is no RSA key of 2048 bits or more in PKCS#8")]
    Key,
    /// There is no certificate in the text.
    #[error("the text holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)")]
    NoCertificate,
    /// The private key is another certificate's.
    #[error("the private key does not belong to the certificate")]
    Mismatch,
}

impl Credentials {
    /// A client secret.
    ///
    /// # Errors
    ///
    /// [`CredentialsError::Secret`].
    pub fn secret(secret: Zeroizing<String>) -> Result<Self, CredentialsError> {
        let odd = |char: char| char.is_whitespace() || char.is_control();
        if secret.is_empty() || secret.contains(odd) { Err(CredentialsError::Secret) } else { Ok(Self::Secret(secret)) }
    }

    /// A certificate.
    ///
    /// # Errors
    ///
    /// As [`Certificate::from_pem`].
    pub fn certificate(key: &str, certificate: &str) -> Result<Self, CredentialsError> {
        Ok(Self::Certificate(Box::new(Certificate::from_pem(key, certificate)?)))
    }

    /// A service's words without the secret, should they ever repeat it.
    pub(crate) fn redact(&self, text: &str) -> String {
        match self {
            Self::Secret(secret) => text.replace(secret.as_str(), "[secret]"),
            Self::Certificate(_) => text.to_owned(),
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Secret(_) => f.write_str("Secret(..)"),
            Self::Certificate(certificate) => certificate.fmt(f),
        }
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate").field("thumbprint", &self.thumbprint).finish_non_exhaustive()
    }
}

impl Certificate {
    /// Reads a private key (PKCS#8, not encrypted) and its certificate from PEM texts (RFC 7468). Both may stand in one text.
    ///
    /// # Errors
    ///
    /// Any but [`CredentialsError::Secret`].
    pub fn from_pem(key: &str, certificate: &str) -> Result<Self, CredentialsError> {
        if key.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----") {
            return Err(CredentialsError::Encrypted);
        }
        let key = Zeroizing::new(inside(key, "PRIVATE KEY").ok_or(CredentialsError::NoKey)?);
        let pair = RsaKeyPair::from_pkcs8(&key).map_err(|_| CredentialsError::Key)?;
        let certificate = inside(certificate, "CERTIFICATE").ok_or(CredentialsError::NoCertificate)?;
        // A certificate holds its key as RSAPublicKey, byte for byte (RFC 3279 section 2.3.1).
        let public = pair.public_key().as_ref();
        if !certificate.windows(public.len().max(1)).any(|window| window == public) {
            return Err(CredentialsError::Mismatch);
        }
        let thumbprint = BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, &certificate));
        Ok(Self { pair, thumbprint })
    }

    /// The certificate's SHA-256 in base64url, as the assertion names it.
    #[must_use]
    pub fn thumbprint(&self) -> &str {
        &self.thumbprint
    }

    /// What takes the secret's place: a JWT (RFC 7519, RFC 7523) signed with PS256 (RFC 7518 section 3.5), its certificate named by
    /// `x5t#S256` (RFC 7515 section 4.1.8).
    pub(crate) fn assertion(&self, application: &str, audience: &str, now: Moment) -> Result<Zeroizing<String>, Error> {
        let begins = now / SECOND - AHEAD;
        let header = json!({ "alg": "PS256", "typ": "JWT", "x5t#S256": self.thumbprint });
        let claims = json!({
            "aud": audience, "iss": application, "sub": application, "jti": random::uuid()?,
            "nbf": begins, "iat": begins, "exp": begins + ASSERTION,
        });
        let part = |value: &serde_json::Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let mut token = Zeroizing::new(format!("{}.{}", part(&header), part(&claims)));
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(&RSA_PSS_SHA256, &SystemRandom::new(), token.as_bytes(), &mut signature)
            .map_err(|_| Error::Setting { name: "certificate", why: "nothing can be signed with its key".to_owned() })?;
        token.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(&signature, &mut token);
        Ok(token)
    }
}

/// The bytes of the first PEM block of a kind.
fn inside(text: &str, label: &str) -> Option<Vec<u8>> {
    let (_, rest) = text.split_once(&format!("-----BEGIN {label}-----"))?;
    let (inside, _) = rest.split_once(&format!("-----END {label}-----"))?;
    if inside.len() > MOST_PEM {
        return None;
    }
    let letters: Zeroizing<Vec<u8>> = Zeroizing::new(inside.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect());
    BASE64_STANDARD.decode(letters.as_slice()).ok()
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::{
        encoding::{AsDer as _, Pkcs8V1Der},
        rsa::KeySize,
        signature::{RSA_PSS_2048_8192_SHA256, UnparsedPublicKey},
    };
    use serde_json::Value;

    use super::*;

    fn pem(label: &str, der: &[u8]) -> String {
        format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", BASE64_STANDARD.encode(der))
    }

    /// A private key, and something that holds its public half as a certificate does.
    fn made() -> (RsaKeyPair, String, String) {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let der: Pkcs8V1Der<'_> = pair.as_der().unwrap();
        let key = pem("PRIVATE KEY", der.as_ref());
        let mut certificate = vec![0x30, 0x82];
        certificate.extend_from_slice(pair.public_key().as_ref());
        (pair, key, pem("CERTIFICATE", &certificate))
    }

    #[test]
    fn an_assertion_is_signed_and_names_its_certificate() {
        let (pair, key, pem) = made();
        let certificate = Certificate::from_pem(&key, &pem).unwrap();
        let token = certificate.assertion("app", "https://login.example/t/oauth2/v2.0/token", 1_000_000 * SECOND).unwrap();
        let parts: Vec<&str> = token.split('.').collect();
        let [header, claims, signature] = parts.as_slice() else { panic!("three parts: {}", parts.len()) };
        let read = |part: &str| -> Value { serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap() };
        assert_eq!(read(header), json!({ "alg": "PS256", "typ": "JWT", "x5t#S256": certificate.thumbprint() }));
        let claims_read = read(claims);
        assert_eq!((&claims_read["iss"], &claims_read["sub"]), (&json!("app"), &json!("app")));
        assert_eq!((&claims_read["nbf"], &claims_read["exp"]), (&json!(999_940), &json!(1_000_540)));
        let public = UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, pair.public_key().as_ref());
        let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
        assert!(public.verify(format!("{header}.{claims}").as_bytes(), &signature).is_ok());
    }

    #[test]
    fn what_does_not_fit_is_named_and_not_shown() {
        let (_, key, certificate) = made();
        let (_, _, other) = made();
        let refused = |key: &str, certificate: &str| Certificate::from_pem(key, certificate).err();
        assert_eq!(refused("", &certificate), Some(CredentialsError::NoKey));
        assert_eq!(refused(&pem("ENCRYPTED PRIVATE KEY", b"x"), &certificate), Some(CredentialsError::Encrypted));
        assert_eq!(refused(&pem("PRIVATE KEY", b"x"), &certificate), Some(CredentialsError::Key));
        assert_eq!(refused(&key, &key), Some(CredentialsError::NoCertificate));
        assert_eq!(refused(&key, &other), Some(CredentialsError::Mismatch));
        assert_eq!(Credentials::secret(Zeroizing::new("a b".to_owned())).err(), Some(CredentialsError::Secret));
    }

    #[test]
    fn debug_output_shows_no_secret() {
        let secret = Credentials::secret(Zeroizing::new("hunter2".to_owned())).unwrap();
        assert_eq!(format!("{secret:?}"), "Secret(..)");
        assert_eq!(secret.redact("bad secret hunter2."), "bad secret [secret].");
        let (_, key, pem) = made();
        let certificate = Certificate::from_pem(&key, &pem).unwrap();
        assert_eq!(format!("{certificate:?}"), format!("Certificate {{ thumbprint: {:?}, .. }}", certificate.thumbprint()));
    }
}
