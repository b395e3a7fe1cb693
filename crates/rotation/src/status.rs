//! How the keys of a domain are: which sign, how old they are, what is wrong with them, and what is under way.

use std::{fs, os::unix::fs::MetadataExt, path::PathBuf};

use mailauth::dkim::{Algorithm, PublicPart, PublishedKey, SigningKey};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    config::{Config, Series},
    effects::{Effects, words},
    files::Access,
    journal::JournalError,
    micros::SECOND,
    record::{KeyText, key_name},
    rotation::{Rotation, State},
    schedule::{Due, due, signs_since},
    servers::Seen,
    signer::Entry,
};

/// The fewest bits of an RSA key that signers should have (RFC 8301 section 3.2).
const FEWEST_BITS: u32 = 2_048;

/// A key that signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActiveKey {
    /// Which, and where.
    pub entry: Entry,
    /// What it signs with, such as `rsa-sha256`, if it can be read.
    pub algorithm: Option<String>,
    /// Its size in bits, if it can be read.
    pub bits: Option<u32>,
    /// Since when it signs, in microseconds since 1970: from the journal, otherwise since its file was written.
    pub since: Option<i64>,
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "problem", rename_all = "kebab-case")]
pub enum Problem {
    /// Nothing signs for the domain.
    #[error("no key signs mail of {domain}")]
    Unsigned {
        /// The domain.
        domain: String,
    },
    /// The signer's tables cannot be read.
    #[error("{reason}")]
    Tables {
        /// Why.
        reason: String,
    },
    /// The private key cannot be read.
    #[error("{selector}: {reason}; whether mail is signed with it is not known")]
    Key {
        /// Which key.
        selector: String,
        /// Why.
        reason: String,
    },
    /// Others may read the private key.
    #[error("{selector}: {} has mode {mode}; others than its owner and group may read it, or others may write it: chmod 600", file.display())]
    Mode {
        /// Which key.
        selector: String,
        /// Its file.
        file: PathBuf,
        /// The mode, such as `0644`.
        mode: String,
    },
    /// A server lacks the record.
    #[error("{name}: {server}: {reason}")]
    Missing {
        /// The name of the record.
        name: String,
        /// The server.
        server: String,
        /// What it has instead.
        reason: String,
    },
    /// A server has the record of another key.
    #[error("{name}: {server} answers with another key than the one that signs; mail does not verify")]
    Mismatch {
        /// The name of the record.
        name: String,
        /// The server.
        server: String,
    },
    /// The key is small.
    #[error("{selector}: its key has {bits} bits; signers should have 2048 or more (RFC 8301)")]
    Small {
        /// Which key.
        selector: String,
        /// Its bits.
        bits: u32,
    },
    /// The key should have been replaced.
    #[error("{selector} was to be replaced {days} days ago")]
    Overdue {
        /// Which key.
        selector: String,
        /// How many days ago.
        days: i64,
    },
    /// The rotation under way does not go on.
    #[error("rotation {id}: {reason}")]
    Stuck {
        /// Which rotation.
        id: String,
        /// Why.
        reason: String,
    },
}

/// How a line of keys is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// Which.
    pub series: Series,
    /// The keys that sign for the domain, those of other lines too.
    pub keys: Vec<ActiveKey>,
    /// When this line is to be rotated.
    pub due: Due,
    /// The rotation under way.
    pub rotation: Option<Rotation>,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

/// How a line of keys is at this moment. Looks, and changes nothing.
///
/// # Errors
///
/// The journal cannot be read. Whatever else fails is a problem of the status.
pub async fn status(config: &Config, effects: &Effects<'_>, now: i64) -> Result<Status, JournalError> {
    let series = config.series();
    let history = effects.journal.all().await?;
    let mut problems = Vec::new();
    let entries = match effects.signer.entries(&series.domain).await {
        Ok(entries) => entries,
        Err(error) => {
            problems.push(Problem::Tables { reason: words(&error) });
            Vec::new()
        }
    };
    if entries.is_empty() && problems.is_empty() {
        problems.push(Problem::Unsigned { domain: series.domain.clone() });
    }
    let mut keys = Vec::new();
    for entry in entries {
        keys.push(examine(entry, config, &history, effects, &mut problems).await);
    }
    let ours = |key: &&ActiveKey| key.algorithm.as_deref() == Some(config.key.algorithm().as_str());
    let mut candidates: Vec<_> = keys.iter().filter(ours).collect();
    if candidates.len() > 1 {
        candidates.retain(|key| config.selectors.owns(&key.entry.selector));
    }
    let current = candidates.first();
    let due = due(&history, config, current.map(|key| key.entry.selector.as_str()), current.and_then(|key| key.since), now);
    let rotation = history.into_iter().find(|other| other.series() == series && !other.state.is_final());
    if let Some(key) = current.filter(|_| due.is_overdue(now) && rotation.is_none()) {
        let days = now.saturating_sub(due.at) / crate::micros::DAY;
        problems.push(Problem::Overdue { selector: key.entry.selector.clone(), days });
    }
    if let Some(open) = &rotation {
        let trouble = open.trouble.as_ref().filter(|_| !matches!(open.state, State::Published)).map(|it| it.message.clone());
        if let Some(reason) = open.overdue(now).map(|late| join(late, open)).or(trouble) {
            problems.push(Problem::Stuck { id: open.id.clone(), reason });
        }
    }
    Ok(Status { series, keys, due, rotation, problems })
}

fn join(late: String, rotation: &Rotation) -> String {
    match &rotation.trouble {
        Some(trouble) => format!("{late}: {}", trouble.message),
        None => late,
    }
}

/// Looks at a key: its file, what it is, what is published of it.
async fn examine(
    entry: Entry,
    config: &Config,
    history: &[Rotation],
    effects: &Effects<'_>,
    problems: &mut Vec<Problem>,
) -> ActiveKey {
    let selector = entry.selector.clone();
    if let Ok(access) = Access::of(&entry.file)
        && access.is_too_wide()
    {
        problems.push(Problem::Mode { selector: selector.clone(), file: entry.file.clone(), mode: access.to_string() });
    }
    let written = fs::metadata(&entry.file).ok().map(|found| found.mtime().saturating_mul(SECOND));
    let since = signs_since(history, config, &selector).or(written);
    let name = key_name(&selector, &entry.domain);
    let answers = effects.servers.texts(&name).await;
    let key = match effects.keys.load(&entry.file).await {
        Ok(key) => key,
        Err(error) => {
            // Keys of fewer bits than we sign with are read by no library of ours; their records are.
            let bits = answers.as_deref().ok().and_then(published_bits);
            problems.push(match bits.filter(|bits| *bits < FEWEST_BITS) {
                Some(bits) => Problem::Small { selector, bits },
                None => Problem::Key { selector, reason: words(&error) },
            });
            return ActiveKey { entry, algorithm: bits.map(|_| Algorithm::RsaSha256.as_str().to_owned()), bits, since };
        }
    };
    match answers {
        Ok(answers) => problems.extend(answers.iter().filter_map(|seen| published(seen, &name, &key))),
        Err(reason) => problems.push(Problem::Missing { name, server: "its zone".to_owned(), reason }),
    }
    let (algorithm, bits) = (Some(key.algorithm().as_str().to_owned()), Some(key.bits()));
    ActiveKey { entry, algorithm, bits, since }
}

/// The size of the RSA key that is published.
fn published_bits(answers: &[Seen]) -> Option<u32> {
    let texts = answers.iter().filter_map(|seen| seen.texts.as_ref().ok()).flatten();
    texts.map(|text| PublishedKey::read(text.as_bytes()).key).find_map(|key| match key {
        PublicPart::Rsa { bits, .. } => Some(bits),
        PublicPart::Revoked | PublicPart::Ed25519 | PublicPart::Unusable => None,
    })
}

/// What is wrong with what a server has of a key.
fn published(seen: &Seen, name: &str, key: &SigningKey) -> Option<Problem> {
    let missing =
        |reason: &str| Some(Problem::Missing { name: name.to_owned(), server: seen.server.clone(), reason: reason.to_owned() });
    let texts = match &seen.texts {
        Ok(texts) => texts,
        Err(trouble) => return missing(trouble),
    };
    let record = key.record().unwrap_or_default();
    match texts.as_slice() {
        [] => missing("it has no record; mail does not verify"),
        [text] if KeyText::same(text, &record) => None,
        [text] if KeyText::read(text) == KeyText::Revoked => missing("its record is revoked; mail does not verify"),
        [_] => Some(Problem::Mismatch { name: name.to_owned(), server: seen.server.clone() }),
        _ => missing("it has several records, where one may be (RFC 6376 section 3.6.2.2)"),
    }
}
