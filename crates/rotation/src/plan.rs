//! What a rotation would do: the key it replaces, the selector and the file of the new one. Nothing is changed until [`Plan::begin`].

use std::path::PathBuf;

use thiserror::Error;

use crate::{
    config::{Config, ConfigError},
    effects::{Effects, words},
    journal::JournalError,
    record::{KeyText, key_name},
    rotation::{Old, Rotation},
    servers::Seen,
    signer::{Entry, SignerError},
};

/// Why no rotation begins.
#[derive(Debug, Error)]
pub enum PlanError {
    /// How it is configured.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The signer's tables.
    #[error(transparent)]
    Signer(#[from] SignerError),
    /// One is under way.
    #[error("rotation {0} is under way; let it end, or take it back")]
    UnderWay(String),
    /// Several keys of the domain could be meant.
    #[error("{domain} is signed for with several keys of this kind ({selectors}); name selectors so that one of them fits")]
    Ambiguous {
        /// The domain.
        domain: String,
        /// Their selectors.
        selectors: String,
    },
    /// What stands at a name is not known.
    #[error("{name}: {problem}")]
    Servers {
        /// Which name.
        name: String,
        /// What is wrong.
        problem: String,
    },
    /// Every name a new key could have is taken.
    #[error("no selector is free: {0}")]
    NoSelector(String),
    /// Something stands where the new key would.
    #[error("{} is there already; a new key never overwrites anything: move it away", .0.display())]
    File(PathBuf),
}

/// A rotation to come.
#[derive(Debug, Clone)]
pub struct Plan {
    config: Config,
    now: i64,
}

impl Plan {
    /// Of a line of keys, at this moment (microseconds since 1970).
    ///
    /// # Errors
    ///
    /// The configuration is at fault.
    pub fn new(config: Config, now: i64) -> Result<Self, ConfigError> {
        config.check()?;
        Ok(Self { config, now })
    }

    /// Writes the rotation into the journal: from here on [`crate::advance`] does it.
    ///
    /// # Errors
    ///
    /// It cannot begin; nothing was written.
    pub async fn begin(&self, effects: &Effects<'_>) -> Result<Rotation, PlanError> {
        let _held = effects.journal.lock(&self.config.series()).await?;
        let rotation = self.preview(effects).await?;
        effects.journal.write(&rotation).await?;
        Ok(rotation)
    }

    /// The rotation as it would begin. Looks, and changes nothing.
    ///
    /// # Errors
    ///
    /// It could not begin.
    pub async fn preview(&self, effects: &Effects<'_>) -> Result<Rotation, PlanError> {
        let series = self.config.series();
        let known = effects.journal.all().await?;
        if let Some(open) = known.iter().find(|other| other.series() == series && !other.state.is_final()) {
            return Err(PlanError::UnderWay(open.id.clone()));
        }
        let entries = effects.signer.entries(&series.domain).await?;
        let current = self.current(&entries, effects).await?;
        let mut taken: Vec<String> = entries.iter().map(|entry| entry.selector.clone()).collect();
        let of_domain = |other: &&Rotation| other.new.domain.eq_ignore_ascii_case(&series.domain);
        for other in known.iter().filter(of_domain).filter(|other| !other.state.is_final()) {
            taken.push(other.new.selector.clone());
            taken.extend(other.old.as_ref().map(|old| old.entry.selector.clone()));
        }
        let mut used = taken.clone();
        used.extend(known.iter().filter(of_domain).map(|other| other.new.selector.clone()));
        let (selector, before, stale) = self.free(current.as_ref(), &taken, &used, effects).await?;
        let file = self.config.key_path(&selector);
        if effects.keys.exists(&file).await || current.as_ref().is_some_and(|current| current.file == file) {
            return Err(PlanError::File(file));
        }
        let old = match current {
            None => None,
            Some(entry) => {
                let answers = texts(&key_name(&entry.selector, &entry.domain), effects).await?;
                let mut texts: Vec<String> = answers.into_iter().filter_map(|seen| seen.texts.ok()).flatten().collect();
                texts.sort();
                texts.dedup();
                Some(Old { texts, entry })
            }
        };
        let mut rotation = Rotation::planned(self.config.clone(), &selector, old, before, stale, self.now);
        effects.signer.check(rotation.old.as_ref().map(|old| &old.entry), &rotation.new).await?;
        let first = rotation.id.clone();
        for count in 2_u32.. {
            if !known.iter().any(|other| other.id == rotation.id) {
                break;
            }
            rotation.id = format!("{first}-{count}");
        }
        Ok(rotation)
    }

    /// The key that is replaced: the one of the same algorithm, or of those the one whose selector fits.
    async fn current(&self, entries: &[Entry], effects: &Effects<'_>) -> Result<Option<Entry>, PlanError> {
        let wanted = self.config.key.algorithm();
        let mut fitting = Vec::new();
        for entry in entries {
            // A key that cannot be read may be the one that is to be replaced.
            if effects.keys.load(&entry.file).await.map_or(true, |key| key.algorithm() == wanted) {
                fitting.push(entry);
            }
        }
        if fitting.len() > 1 {
            fitting.retain(|entry| self.config.selectors.owns(&entry.selector));
            if fitting.len() != 1 {
                let selectors = entries.iter().map(|entry| entry.selector.as_str()).collect::<Vec<_>>().join(", ");
                return Err(PlanError::Ambiguous { domain: self.config.series().domain, selectors });
            }
        }
        Ok(fitting.first().map(|entry| (*entry).clone()))
    }

    /// The first name that may be used, what stands there, and how long that may be remembered.
    async fn free(
        &self,
        current: Option<&Entry>,
        taken: &[String],
        used: &[String],
        effects: &Effects<'_>,
    ) -> Result<(String, Vec<String>, u32), PlanError> {
        let mut why = Vec::new();
        let candidates = self.config.selectors.candidates(self.now, current.map(|entry| entry.selector.as_str()), used);
        for selector in candidates {
            if taken.iter().any(|other| other.eq_ignore_ascii_case(&selector)) {
                why.push(format!("{selector} is in use"));
                continue;
            }
            let answers = texts(&key_name(&selector, &self.config.series().domain), effects).await?;
            match settled(&answers) {
                Some(before) if KeyText::is_free(&before) => {
                    let stale = answers.iter().map(|seen| seen.keep).max().unwrap_or_default();
                    return Ok((selector, before, stale));
                }
                Some(_) => why.push(format!("{selector} is published with a key that was not revoked")),
                None => why.push(format!("the servers do not agree on what is at {selector}")),
            }
        }
        if why.is_empty() {
            why.push("every name was used; put {letter} into the template, or wait for its date to change".to_owned());
        }
        Err(PlanError::NoSelector(why.join("; ")))
    }
}

/// What each server has at a name; all of them have to answer.
async fn texts(name: &str, effects: &Effects<'_>) -> Result<Vec<Seen>, PlanError> {
    let wrong = |problem: String| PlanError::Servers { name: name.to_owned(), problem };
    let answers = effects.servers.texts(name).await.map_err(wrong)?;
    match answers.iter().find_map(|seen| seen.texts.as_ref().err().map(|trouble| (seen, trouble))) {
        Some((seen, trouble)) => Err(wrong(format!("{}: {trouble}", seen.server))),
        None if answers.is_empty() => Err(wrong("nobody answers for it".to_owned())),
        None => Ok(answers),
    }
}

/// What every server has, if it is the same.
fn settled(answers: &[Seen]) -> Option<Vec<String>> {
    let sorted = |seen: &Seen| {
        let mut texts = seen.texts.clone().unwrap_or_default();
        texts.sort();
        texts
    };
    let first = answers.first().map(sorted)?;
    answers.iter().all(|seen| sorted(seen) == first).then_some(first)
}

impl PlanError {
    /// With all that it says of its causes.
    #[must_use]
    pub fn words(&self) -> String {
        words(self)
    }
}
