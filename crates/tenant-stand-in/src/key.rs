//! Public keys of DKIM as Exchange Online publishes them: of the right form and length, the same for the same name.
//!
//! Nobody signs with them, so there is no private key: the modulus is any odd number of so many bits.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::der;

/// The text of the TXT record (RFC 6376 section 3.6.1) of a key of so many bits.
pub(crate) fn record(name: &str, bits: u32) -> String {
    let mut modulus: Vec<u8> = Vec::new();
    let length = usize::try_from(bits / 8).unwrap_or(128);
    for block in 0_u32.. {
        if modulus.len() >= length {
            break;
        }
        modulus.extend_from_slice(digest(&SHA256, format!("{name} {bits} {block}").as_bytes()).as_ref());
    }
    modulus.truncate(length);
    if let Some(first) = modulus.first_mut() {
        *first |= 0x80;
    }
    if let Some(last) = modulus.last_mut() {
        *last |= 1;
    }
    let key = der::sequence(&[der::integer(&modulus), der::integer(&[1, 0, 1])]);
    format!("v=DKIM1; k=rsa; p={};", STANDARD.encode(der::rsa_key_info(&key)))
}

#[cfg(test)]
mod tests {
    use super::record;

    #[test]
    fn keys_have_the_length_that_is_asked_for() {
        // The lengths that SubjectPublicKeyInfo of such keys has in base64.
        for (bits, length) in [(1024, 216), (2048, 392)] {
            let text = record("selector1 contoso.com 0", bits);
            assert_eq!(text, record("selector1 contoso.com 0", bits));
            assert_ne!(text, record("selector1 contoso.com 1", bits));
            let key = text.strip_prefix("v=DKIM1; k=rsa; p=").and_then(|rest| rest.strip_suffix(';')).unwrap();
            assert_eq!(key.len(), length);
        }
    }
}
