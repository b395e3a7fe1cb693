//! RSA verifications and nothing else: no message is verified in less.

use std::{error::Error, fs, path::Path};

use aws_lc_rs::{
    digest::{Digest, SHA256, digest},
    encoding::{AsDer, PublicKeyX509Der},
    rand::SystemRandom,
    rsa::KeyPair,
    signature::{KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256},
};

/// Signatures, each with its key as it is kept between messages.
#[derive(Debug)]
pub(crate) struct Bare(Vec<(ParsedPublicKey, Digest, Vec<u8>)>);

impl Bare {
    /// Signs once with each key of a folder.
    pub(crate) fn load(folder: &Path) -> Result<Self, Box<dyn Error>> {
        let mut signed = Vec::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let key = KeyPair::from_pkcs8(&fs::read(entry.path())?)?;
            let text = entry.file_name().into_encoded_bytes();
            let mut signature = vec![0; key.public_modulus_len()];
            key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), &text, &mut signature)?;
            let public: PublicKeyX509Der<'_> = key.public_key().as_der()?;
            let public = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public.as_ref())?;
            signed.push((public, digest(&SHA256, &text), signature));
        }
        Ok(Self(signed))
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Verifies each; says how many verify.
    pub(crate) fn verify(&self) -> usize {
        self.0.iter().filter(|(key, digest, signature)| key.verify_digest_sig(digest, signature).is_ok()).count()
    }
}
