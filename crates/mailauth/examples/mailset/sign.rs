//! Signatures in the relaxed forms of RFC 6376 and RFC 8617. Apart from the signer of the library on purpose: what is measured is not checked by
//! itself.

use aws_lc_rs::{
    digest::{SHA256, digest},
    encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der},
    error::Unspecified,
    rand::SystemRandom,
    rsa::{KeyPair, KeySize},
    signature::{KeyPair as _, RSA_PKCS1_SHA256},
};
use base64::{Engine, prelude::BASE64_STANDARD};

use super::{letter::Letter, world::SELECTOR};

/// The library for cryptography refused; it does not say why.
pub(crate) type Refused = Unspecified;

/// The fields that are signed.
const SIGNED: &[&str] = &["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "List-Unsubscribe"];

/// An RSA key of 2048 bits.
#[derive(Debug)]
pub(crate) struct Key(KeyPair);

impl Key {
    pub(crate) fn generate() -> Result<Self, Refused> {
        KeyPair::generate(KeySize::Rsa2048).map(Self)
    }

    /// As PKCS#8.
    pub(crate) fn der(&self) -> Result<Vec<u8>, Refused> {
        let der: Pkcs8V1Der<'_> = self.0.as_der()?;
        Ok(der.as_ref().to_vec())
    }

    /// The public half, as `p=` has it.
    pub(crate) fn public(&self) -> Result<String, Refused> {
        let der: PublicKeyX509Der<'_> = self.0.public_key().as_der()?;
        Ok(BASE64_STANDARD.encode(der.as_ref()))
    }

    fn sign(&self, text: &[u8]) -> Result<String, Refused> {
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text, &mut signature)?;
        Ok(BASE64_STANDARD.encode(&signature))
    }
}

/// Puts a DKIM signature on top.
pub(crate) fn dkim(letter: &mut Letter, domain: &str, key: &Key, at: i64) -> Result<(), Refused> {
    let start = format!("v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s={SELECTOR};\r\n\tt={at};");
    message_signature(letter, "DKIM-Signature", &start, SIGNED, key)
}

/// Puts the three fields of a new instance on top: what was found, a signature of the message, and a seal of the chain.
pub(crate) fn arc(letter: &mut Letter, instance: usize, domain: &str, key: &Key, found: &str, at: i64) -> Result<(), Refused> {
    let start = format!("i={instance}; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s={SELECTOR};\r\n\tt={at};");
    let mut names = SIGNED.to_vec();
    names.push("DKIM-Signature");
    message_signature(letter, "ARC-Message-Signature", &start, &names, key)?;
    letter.put("ARC-Authentication-Results", &format!("i={instance}; {domain};\r\n\t{found}"));
    let chain = if instance == 1 { "none" } else { "pass" };
    let seal = format!("i={instance}; a=rsa-sha256; cv={chain}; d={domain}; s={SELECTOR}; t={at};\r\n\tb=");
    // The sets from the oldest, and the new one's seal at the end.
    let mut text = Vec::new();
    for of in 1..=instance {
        for name in ["ARC-Authentication-Results", "ARC-Message-Signature", "ARC-Seal"] {
            let start = format!("i={of};");
            for (_, value) in letter.fields.iter().filter(|(other, value)| other == name && value.starts_with(&start)) {
                field(name, value, &mut text);
                text.extend_from_slice(b"\r\n");
            }
        }
    }
    field("ARC-Seal", &seal, &mut text);
    letter.put("ARC-Seal", &format!("{seal}{}", folded(&key.sign(&text)?)));
    Ok(())
}

fn message_signature(letter: &mut Letter, name: &str, start: &str, names: &[&str], key: &Key) -> Result<(), Refused> {
    let mut text = Vec::new();
    let mut signed = Vec::new();
    for name in names {
        // The last of a name, as verifiers take it.
        if let Some((name, value)) = letter.fields.iter().rev().find(|(other, _)| other == name) {
            field(name, value, &mut text);
            text.extend_from_slice(b"\r\n");
            signed.push(name.as_str());
        }
    }
    let hash = BASE64_STANDARD.encode(digest(&SHA256, &body(&letter.body)));
    let value = format!("{start} h={};\r\n\tbh={hash};\r\n\tb=", signed.join(":"));
    field(name, &value, &mut text);
    let signature = key.sign(&text)?;
    letter.put(name, &format!("{value}{}", folded(&signature)));
    Ok(())
}

/// Section 3.4.2, without the line end.
fn field(name: &str, value: &str, out: &mut Vec<u8>) {
    out.extend(name.bytes().map(|byte| byte.to_ascii_lowercase()));
    out.push(b':');
    out.extend_from_slice(value.split_ascii_whitespace().collect::<Vec<_>>().join(" ").as_bytes());
}

/// Section 3.4.4.
fn body(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for line in text.trim_end_matches([' ', '\t', '\r', '\n']).split("\r\n") {
        let mut gap = false;
        for byte in line.trim_end_matches([' ', '\t']).bytes() {
            let space = matches!(byte, b' ' | b'\t');
            if !(space && gap) {
                out.push(if space { b' ' } else { byte });
            }
            gap = space;
        }
        out.extend_from_slice(b"\r\n");
    }
    out
}

fn folded(letters: &str) -> String {
    let lines: Vec<_> = letters.as_bytes().chunks(70).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
    lines.join("\r\n\t ")
}
