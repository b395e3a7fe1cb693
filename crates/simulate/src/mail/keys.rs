//! Who signs with which key, and the signing: DKIM signatures (RFC 6376) and ARC seals (RFC 8617), made by `mailauth`.

use std::collections::BTreeMap;

use mailauth::{
    Message,
    arc::{Arc, ArcResult, Sealer},
    dkim::{Algorithm, Signer, SigningKey},
};

use super::{
    MailError,
    letter::Letter,
    stage::{House, Role, Stage},
};

/// A key for every house that signs.
#[derive(Debug)]
pub struct Keys {
    of: BTreeMap<Role, SigningKey>,
}

/// In whose name something is signed, and with whose key: attackers claim what they have no key for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Claim<'a> {
    pub(super) key: Role,
    pub(super) domain: &'a str,
    pub(super) selector: &'a str,
}

/// What begins the line of a key file that says whose the next key is.
const WHOSE: &str = "# key of ";

impl Keys {
    /// New keys: RSA of 2048 bits, which every verifier knows.
    ///
    /// # Errors
    ///
    /// The machine has no randomness.
    pub fn generate() -> Result<Self, MailError> {
        Self::of(Algorithm::RsaSha256)
    }

    /// New keys of a kind.
    pub(super) fn of(algorithm: Algorithm) -> Result<Self, MailError> {
        let made = signing()?.into_iter().map(|role| Ok((role, SigningKey::generate(algorithm).map_err(unusable)?)));
        Ok(Self { of: made.collect::<Result<_, MailError>>()? })
    }

    /// Reads what [`Keys::to_text`] wrote.
    ///
    /// # Errors
    ///
    /// A key is missing or cannot be read.
    pub fn parse(text: &str) -> Result<Self, MailError> {
        let mut of = BTreeMap::new();
        for role in signing()? {
            let line = format!("{WHOSE}{}\n", name(role));
            let (_, after) = text.split_once(&line).ok_or_else(|| MailError::NoKey(name(role)))?;
            // Up to the next one's line, so that no house takes its neighbour's key.
            let pem = after.split_once(WHOSE).map_or(after, |(pem, _)| pem);
            of.insert(role, SigningKey::from_pem(pem).map_err(|error| MailError::Keys(format!("{}: {error}", name(role))))?);
        }
        Ok(Self { of })
    }

    /// Every key in PEM form (RFC 7468), a line before each that says whose it is.
    ///
    /// # Errors
    ///
    /// A key cannot be written.
    pub fn to_text(&self) -> Result<String, MailError> {
        let mut text =
            String::from("# Keys that sign the test messages of spoofwatch simulate mail. Keep them from everybody else.\n");
        for (role, key) in &self.of {
            text.push_str(&format!("{WHOSE}{}\n{}", name(*role), key.to_pem().map_err(unusable)?.as_str()));
        }
        Ok(text)
    }

    fn key(&self, role: Role) -> Result<&SigningKey, MailError> {
        self.of.get(&role).ok_or_else(|| MailError::NoKey(name(role)))
    }

    /// The record that publishes a house's key.
    pub(super) fn record(&self, house: &House) -> Result<String, MailError> {
        self.key(house.role)?.record().map_err(unusable)
    }

    /// Another copy of a key, for a signer to keep.
    fn copy(&self, role: Role) -> Result<SigningKey, MailError> {
        let pem = self.key(role)?.to_pem().map_err(unusable)?;
        SigningKey::from_pem(&pem).map_err(unusable)
    }

    /// Signs a letter as it stands.
    pub(super) fn sign(&self, letter: &mut Letter, claim: Claim<'_>, moment: i64) -> Result<(), MailError> {
        let failed =
            |error: &dyn std::fmt::Display| MailError::Sign { domain: claim.domain.to_owned(), reason: error.to_string() };
        let mut signer = Signer::new(self.copy(claim.key)?, claim.domain, claim.selector).map_err(|error| failed(&error))?;
        if matches!(claim.key, Role::Attacker | Role::Lookalike) {
            // Who wants to add a second From later does not forbid it.
            signer = signer.oversigned(&[]).map_err(|error| failed(&error))?;
        }
        let field = signer.sign(&Message::new(&letter.bytes()), moment).map_err(|error| failed(&error))?;
        letter.stamp_whole(&field);
        Ok(())
    }

    /// Seals a letter that has no chain yet, with what the sealer found, a verdict a line.
    pub(super) fn seal(&self, letter: &mut Letter, claim: Claim<'_>, results: &str, moment: i64) -> Result<(), MailError> {
        let failed =
            |error: &dyn std::fmt::Display| MailError::Sign { domain: claim.domain.to_owned(), reason: error.to_string() };
        let sealer = Sealer::new(self.copy(claim.key)?, claim.domain, claim.selector).map_err(|error| failed(&error))?;
        let none = Arc { result: ArcResult::None, sets: Vec::new(), oldest_pass: None, reason: String::new() };
        let sealed = sealer.seal(&Message::new(&letter.bytes()), results, &none, moment).map_err(|error| failed(&error))?;
        let sealed = sealed.ok_or_else(|| failed(&"the chain cannot be sealed"))?;
        // Bottom first: each is put on top of the one before.
        for field in [&sealed.results, &sealed.message_signature, &sealed.seal] {
            letter.stamp_whole(field);
        }
        Ok(())
    }
}

/// The houses that sign.
fn signing() -> Result<Vec<Role>, MailError> {
    let stage = Stage::load("example.test", "example")?;
    Ok(stage.houses().iter().filter(|house| !house.selector.is_empty()).map(|house| house.role).collect())
}

/// A role as key files and messages write it.
fn name(role: Role) -> String {
    format!("{role:?}").to_lowercase()
}

fn unusable(error: impl std::fmt::Display) -> MailError {
    MailError::Keys(error.to_string())
}

#[cfg(test)]
mod tests {
    use mailauth::dkim::Algorithm;

    use super::{Keys, Role, signing};
    use crate::mail::MailError;

    #[test]
    fn keys_are_read_as_they_were_written() {
        let keys = Keys::of(Algorithm::Ed25519Sha256).unwrap();
        let text = keys.to_text().unwrap();
        let again = Keys::parse(&text).unwrap();
        for role in signing().unwrap() {
            assert_eq!(keys.key(role).unwrap().record(), again.key(role).unwrap().record());
        }
        assert!(!format!("{keys:?}").contains("PRIVATE"));
    }

    #[test]
    fn a_missing_key_is_named() {
        let text = Keys::of(Algorithm::Ed25519Sha256).unwrap().to_text().unwrap();
        let without = text.replace("# key of partner\n", "# key of nobody\n");
        assert!(matches!(Keys::parse(&without), Err(MailError::NoKey(name)) if name == "partner"));
        let cut = text.split_once("# key of provider\n").unwrap().0.to_owned() + "# key of provider\n";
        assert!(Keys::parse(&cut).is_err());
        assert!(Keys::parse("").is_err());
        let _ = Role::Own;
    }
}
