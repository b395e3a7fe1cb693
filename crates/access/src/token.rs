//! API tokens as text: `swt_`, an id, a secret, a checksum.
//!
//! The beginning lets scanners of code find a token that was committed by mistake; the checksum tells a mistyped one, and a made-up one,
//! without asking the database.

use axum::http::{HeaderMap, header};
use base64::{
    Engine as _,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use crate::{AccessError, Secret, secret};

/// The longest a token is good for, in days.
pub const LONGEST_LIFE_DAYS: u32 = 365;

const PREFIX: &str = "swt_";
/// Hexadecimal digits of the id.
const ID: usize = 16;
/// Those of the secret: 256 bits.
const SECRET: usize = 64;
/// Those of the checksum.
const CHECK: usize = 8;

/// Padding or none: clients differ.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A new token: its id, which is no secret, and all of it.
pub(crate) fn make() -> Result<(String, Secret), AccessError> {
    let id = secret::id()?;
    let body = format!("{id}{}", secret::hexadecimal(&secret::random::<{ SECRET / 2 }>()?));
    Ok((id, Secret::new(format!("{PREFIX}{body}{}", checksum(&body)))))
}

/// The id of a token that has its form.
pub(crate) fn id_of(token: &str) -> Option<&str> {
    let rest = token.strip_prefix(PREFIX)?;
    if rest.len() != ID + SECRET + CHECK || !rest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    let (body, check) = rest.split_at_checked(ID + SECRET)?;
    secret::same(check, &checksum(body)).then(|| body.get(..ID)).flatten()
}

fn checksum(body: &str) -> String {
    secret::hash(body).chars().take(CHECK).collect()
}

/// What a request presents in `Authorization`.
#[derive(Debug)]
pub(crate) enum Presented {
    /// What begins like a token of ours.
    Token(Secret),
    /// Something else.
    Other,
}

impl Presented {
    /// `Bearer TOKEN`; `ApiKey base64(id:key)`, as clients of Elasticsearch write it, with the token as the key; `Basic` with the token as
    /// the password. Names beside a token say nothing.
    pub(crate) fn read(headers: &HeaderMap) -> Option<Self> {
        let value = headers.get(header::AUTHORIZATION)?;
        let token = value.to_str().ok().and_then(|value| {
            let (scheme, rest) = value.trim().split_once(' ')?;
            let rest = rest.trim();
            match scheme.to_ascii_lowercase().as_str() {
                "bearer" => Some(rest.to_owned()),
                "apikey" if rest.starts_with(PREFIX) => Some(rest.to_owned()),
                "apikey" | "basic" => {
                    let pair = String::from_utf8(BASE64.decode(rest).ok()?).ok()?;
                    pair.split_once(':').map(|(_, key)| key.to_owned())
                }
                _ => None,
            }
        });
        Some(token.filter(|token| token.starts_with(PREFIX)).map_or(Self::Other, |token| Self::Token(Secret::new(token))))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_token_has_a_form_that_a_mistake_breaks() -> Result<(), AccessError> {
        let (id, token) = make()?;
        let token = token.expose();
        assert_eq!(token.len(), 92);
        assert_eq!(id_of(token), Some(id.as_str()));
        let other = |position: usize| {
            let mut bytes = token.as_bytes().to_vec();
            bytes[position] = if bytes[position] == b'0' { b'1' } else { b'0' };
            String::from_utf8_lossy(&bytes).into_owned()
        };
        for wrong in [
            String::new(),
            "swt_".to_owned(),
            token.to_uppercase(),
            format!("{token}0"),
            token[..91].to_owned(),
            other(4),
            other(30),
            other(91),
            format!("swt_{}", "é".repeat(44)),
        ] {
            assert_eq!(id_of(&wrong), None, "{wrong}");
        }
        Ok(())
    }

    #[test]
    fn a_token_is_presented_in_the_ways_clients_know() -> Result<(), Box<dyn std::error::Error>> {
        for (value, token) in [
            ("Bearer swt_x".to_owned(), Some("swt_x")),
            ("bearer  swt_x ".to_owned(), Some("swt_x")),
            (format!("ApiKey {}", BASE64.encode("id:swt_x")), Some("swt_x")),
            (format!("ApiKey {}", BASE64.encode("id:swt_x").trim_end_matches('=')), Some("swt_x")),
            ("ApiKey swt_x".to_owned(), Some("swt_x")),
            (format!("Basic {}", BASE64.encode("elastic:swt_x")), Some("swt_x")),
            (format!("Basic {}", BASE64.encode("kim:password")), None),
            ("Bearer other".to_owned(), None),
            ("ApiKey %%%".to_owned(), None),
            ("Digest x".to_owned(), None),
            ("swt_x".to_owned(), None),
        ] {
            let headers = HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from_str(&value)?)]);
            let found = match Presented::read(&headers) {
                Some(Presented::Token(found)) => Some(found.expose().to_owned()),
                Some(Presented::Other) => None,
                None => panic!("{value}"),
            };
            assert_eq!(found.as_deref(), token, "{value}");
        }
        assert!(Presented::read(&HeaderMap::new()).is_none());
        Ok(())
    }
}
