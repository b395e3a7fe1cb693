//! The steps of a rotation done. Each may be done again after a crash in the middle of it, and comes to the same.

use std::{fmt::Display, path::Path};

use zones::{Change, RecordKind, Value, WriteError};

use crate::{
    effects::{Effects, words},
    keys::Wanted,
    proof::prove,
    record::{KeyText, REVOKED, key_name},
    rotation::{Event, Rotation, Step},
    servers::Seen,
    signer::Entry,
};

/// Why a step was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Hindrance {
    /// Nothing is wrong, something is not there yet.
    NotYet(String),
    /// The new record is not, or no longer, at every server.
    Hidden(String),
    /// Something is wrong.
    Trouble(String),
}

type Done = Result<Event, Hindrance>;

fn trouble(error: impl Display) -> Hindrance {
    Hindrance::Trouble(error.to_string())
}

fn caused(error: impl std::error::Error) -> Hindrance {
    Hindrance::Trouble(words(&error))
}

/// Does a step.
pub(crate) async fn perform(step: Step, rotation: &Rotation, effects: &Effects<'_>, now: i64) -> Done {
    let work = Work { rotation, effects, now };
    match step {
        Step::MakeKey => work.make_key().await,
        Step::Publish => work.publish().await,
        Step::Look => work.look().await,
        Step::Offer => work.offer().await,
        Step::Switch => work.switch().await,
        Step::Prove => work.proven().await,
        Step::Revoke => work.revoke().await,
        Step::Tidy => work.tidy().await,
        Step::Withdraw => work.withdraw().await,
        Step::SwitchBack => work.switch_back().await,
        Step::Discard => work.discard().await,
        Step::Wait(_) | Step::End => Err(Hindrance::NotYet("there is nothing to do".to_owned())),
    }
}

struct Work<'a> {
    rotation: &'a Rotation,
    effects: &'a Effects<'a>,
    now: i64,
}

impl Work<'_> {
    fn record(&self) -> Result<&str, Hindrance> {
        self.rotation.record.as_deref().ok_or_else(|| trouble("the journal does not know the record of the new key"))
    }

    async fn make_key(&self) -> Done {
        let file = &self.rotation.new.file;
        if self.effects.signer.uses(file).await.map_err(caused)? {
            return Err(trouble(format!("{} is in use already; take the rotation back", file.display())));
        }
        let wanted = Wanted {
            kind: self.rotation.config.key,
            file: file.clone(),
            owner: self.rotation.config.owner.clone(),
            like: self.rotation.old.as_ref().map(|old| old.entry.file.clone()),
        };
        self.effects.keys.make(&wanted).await.map(Event::KeyMade).map_err(caused)
    }

    fn change(&self, name: String, before: &[String], after: &[String]) -> Change {
        let values = |texts: &[String]| texts.iter().cloned().map(Value::Txt).collect();
        let (before, after) = (values(before), values(after));
        Change { name, kind: RecordKind::Txt, before, after, ttl: self.rotation.config.ttl }
    }

    async fn publish(&self) -> Done {
        let record = [self.record()?.to_owned()];
        let change = self.change(self.rotation.new_name(), &self.rotation.before, &record);
        let mut applied = self.effects.zone.apply(&change).await;
        if matches!(applied, Err(WriteError::Conflict { .. })) && !self.rotation.before.is_empty() {
            // The revoked key that servers answer with is a wildcard's (RFC 4592), and nothing stands at the name itself.
            applied = self.effects.zone.apply(&self.change(self.rotation.new_name(), &[], &record)).await;
        }
        match applied {
            Ok(_) => Ok(Event::Published(None)),
            Err(WriteError::ByHand(change)) => Ok(Event::Published(Some(change.as_steps()))),
            Err(error @ WriteError::Conflict { .. }) => {
                Err(trouble(format!("{error}; take that away, or take the rotation back and begin another")))
            }
            Err(error) => Err(caused(error)),
        }
    }

    async fn texts(&self, name: &str) -> Result<Vec<Seen>, Hindrance> {
        let answers = self.effects.servers.texts(name).await.map_err(|problem| trouble(format!("{name}: {problem}")))?;
        if answers.is_empty() { Err(trouble(format!("{name}: nobody answers for it"))) } else { Ok(answers) }
    }

    /// What every server has of the new key.
    async fn new_texts(&self) -> Result<Vec<Seen>, Hindrance> {
        let (name, record) = (self.rotation.new_name(), self.record()?);
        let answers = self.texts(&name).await?;
        let lacking: Vec<_> = answers.iter().filter_map(|seen| lacks(seen, record)).collect();
        if lacking.is_empty() {
            return Ok(answers);
        }
        let gone = |seen: &Seen| seen.texts.as_ref().is_ok_and(|texts| KeyText::is_free(texts));
        if self.rotation.asked.is_none() && answers.iter().all(gone) {
            // It was written, and somebody took it away since, by restoring the zone for instance.
            self.publish().await?;
        }
        let asked = self.rotation.asked.as_ref().map(|steps| format!("{steps}\n")).unwrap_or_default();
        Err(Hindrance::Hidden(format!("{asked}{name} is not yet at every server: {}", lacking.join("; "))))
    }

    async fn look(&self) -> Done {
        self.new_texts().await.map(|_| Event::Everywhere)
    }

    /// That what the file of a key holds signs what the servers' records verify.
    async fn proves(&self, entry: &Entry, answers: &[Seen]) -> Result<(), Hindrance> {
        let key = self.effects.keys.load(&entry.file).await.map_err(caused)?;
        let unproven = |problem| trouble(format!("a message signed with {} does not verify: {problem}", entry.file.display()));
        prove(key, entry, answers, self.now).await.map_err(unproven)
    }

    /// That the signer's tables have the one and not the other.
    async fn reads(&self, there: Option<&Entry>, gone: Option<&Entry>) -> Result<(), Hindrance> {
        let entries = self.effects.signer.entries(&self.rotation.new.domain).await.map_err(caused)?;
        let selector = |entry: &Entry| format!("{} ({})", entry.selector, entry.file.display());
        if let Some(there) = there.filter(|there| !entries.iter().any(|entry| entry.is(there))) {
            return Err(trouble(format!("the signer's tables do not have the key {}; put it back", selector(there))));
        }
        let at = |gone: &&Entry| entries.iter().any(|entry| entry.is_at(&gone.domain, &gone.selector));
        match gone.filter(at) {
            Some(gone) => Err(trouble(format!("the signer's tables still have the key {}", selector(gone)))),
            None => Ok(()),
        }
    }

    async fn give(&self, from: Option<&Entry>, to: Option<&Entry>) -> Result<(), Hindrance> {
        self.effects.signer.switch(from, to).await.map_err(caused)?;
        let failed =
            |said| trouble(format!("the tables are changed, but the signer was not told: {said}; both keys are published"));
        self.effects.reload.reload().await.map_err(failed)?;
        self.reads(to, from).await
    }

    fn old(&self) -> Option<&Entry> {
        self.rotation.old.as_ref().map(|old| &old.entry)
    }

    async fn offer(&self) -> Done {
        let answers = self.new_texts().await?;
        self.proves(&self.rotation.new, &answers).await?;
        Ok(Event::Offered)
    }

    async fn switch(&self) -> Done {
        let answers = self.new_texts().await?;
        self.proves(&self.rotation.new, &answers).await?;
        self.give(self.old(), Some(&self.rotation.new)).await?;
        Ok(Event::Switched)
    }

    async fn proven(&self) -> Done {
        self.safe().await?;
        Ok(Event::Proven)
    }

    /// That the new key signs, and verifies at every server.
    async fn safe(&self) -> Result<(), Hindrance> {
        self.reads(Some(&self.rotation.new), self.old()).await?;
        let answers = self.new_texts().await.map_err(|hindrance| match hindrance {
            Hindrance::Hidden(words) => {
                trouble(format!("mail is signed with a key that not every server has: {words}; publish it again"))
            }
            other => other,
        })?;
        self.proves(&self.rotation.new, &answers).await
    }

    async fn revoke(&self) -> Done {
        self.safe().await?;
        if let Some(old) = &self.rotation.old {
            self.revoke_key(&old.entry, &old.texts).await?;
        }
        Ok(Event::Revoked)
    }

    /// Revokes what is published of a key, then destroys it. What is there of another key stays.
    async fn revoke_key(&self, entry: &Entry, texts: &[String]) -> Result<(), Hindrance> {
        let name = key_name(&entry.selector, &entry.domain);
        let standing = self.all_texts(&name).await?;
        if let Some(standing) = standing.iter().find(|standing| !KeyText::is_free(standing)) {
            let ours = |text: &String| texts.iter().any(|other| KeyText::same(text, other) || text == other);
            if !standing.iter().all(|text| ours(text) || KeyText::read(text) == KeyText::Revoked) {
                return Err(trouble(format!(
                    "{name} is no longer the key it was when the rotation began; somebody changed it: revoke it by hand"
                )));
            }
            let change = self.change(name.clone(), standing, &[REVOKED.to_owned()]);
            match self.effects.zone.apply(&change).await {
                Ok(_) => {}
                Err(WriteError::ByHand(change)) => return Err(Hindrance::NotYet(change.as_steps())),
                Err(error) => return Err(caused(error)),
            }
        }
        self.effects.signer.retire(entry).await.map_err(caused)?;
        self.destroy(&entry.file).await
    }

    /// What each server has at a name; all of them have to answer.
    async fn all_texts(&self, name: &str) -> Result<Vec<Vec<String>>, Hindrance> {
        let of = |seen: Seen| seen.texts.map_err(|problem| trouble(format!("{name}: {}: {problem}", seen.server)));
        self.texts(name).await?.into_iter().map(of).collect()
    }

    /// Destroys a key, unless tables name it for something else.
    async fn destroy(&self, file: &Path) -> Result<(), Hindrance> {
        if self.effects.signer.uses(file).await.map_err(caused)? {
            return Ok(());
        }
        self.effects.keys.destroy(file).await.map_err(caused)
    }

    async fn tidy(&self) -> Done {
        let Some(name) = self.rotation.old_name() else { return Ok(Event::Tidied) };
        let answers = self.texts(&name).await?;
        for seen in &answers {
            match &seen.texts {
                Ok(texts) if KeyText::is_free(texts) => {}
                Ok(_) => return Err(Hindrance::NotYet(format!("{} still answers with the old key at {name}", seen.server))),
                Err(problem) => return Err(trouble(format!("{name}: {}: {problem}", seen.server))),
            }
        }
        let standing = answers.iter().filter_map(|seen| seen.texts.as_ref().ok()).find(|texts| !texts.is_empty());
        if let (Some(standing), Some(_)) = (standing, self.rotation.config.remove_after_days) {
            match self.effects.zone.apply(&self.change(name, standing, &[])).await {
                Ok(_) => {}
                Err(WriteError::ByHand(change)) => return Err(Hindrance::NotYet(change.as_steps())),
                Err(error) => return Err(caused(error)),
            }
        }
        Ok(Event::Tidied)
    }

    async fn withdraw(&self) -> Done {
        let new = &self.rotation.new;
        let entries = self.effects.signer.entries(&new.domain).await.map_err(caused)?;
        if entries.iter().any(|entry| entry.is_at(&new.domain, &new.selector)) {
            // Somebody else gave it to the signer: mail may be under way.
            return self.switch_back().await;
        }
        if let Some(record) = &self.rotation.record {
            self.unpublish(record).await?;
        }
        self.effects.signer.retire(new).await.map_err(caused)?;
        self.destroy(&new.file).await?;
        Ok(Event::Withdrawn)
    }

    /// Takes back the record of a key that has signed nothing.
    async fn unpublish(&self, record: &str) -> Result<(), Hindrance> {
        let change = self.change(self.rotation.new_name(), &[record.to_owned()], &self.rotation.before);
        let steps = match self.effects.zone.apply(&change).await {
            Ok(_) => return Ok(()),
            Err(WriteError::ByHand(change)) => change.as_steps(),
            // What stands there is somebody else's, or written otherwise than we would.
            Err(error @ WriteError::Conflict { .. }) => error.to_string(),
            Err(error) => return Err(caused(error)),
        };
        let standing = self.all_texts(&self.rotation.new_name()).await?;
        if standing.iter().flatten().any(|text| KeyText::same(text, record)) {
            return Err(Hindrance::NotYet(steps));
        }
        Ok(())
    }

    async fn switch_back(&self) -> Done {
        if let Some(old) = &self.rotation.old {
            let name = key_name(&old.entry.selector, &old.entry.domain);
            let answers = self.texts(&name).await?;
            let revoked = |seen: &Seen| {
                seen.texts.as_ref().is_ok_and(|texts| texts.iter().any(|text| KeyText::read(text) == KeyText::Revoked))
            };
            if answers.iter().any(revoked) || !self.effects.keys.exists(&old.entry.file).await {
                // The program ended between the revocation and writing it down.
                return Ok(Event::TooLate);
            }
            let unproven = |hindrance| match hindrance {
                Hindrance::Trouble(words) => {
                    trouble(format!("the old key does not serve any more, and the signer stays with the new one: {words}"))
                }
                other => other,
            };
            self.proves(&old.entry, &answers).await.map_err(unproven)?;
        }
        self.give(Some(&self.rotation.new), self.old()).await?;
        Ok(Event::SwitchedBack)
    }

    async fn discard(&self) -> Done {
        self.reads(self.old(), Some(&self.rotation.new)).await?;
        let record = self.record()?.to_owned();
        self.revoke_key(&self.rotation.new, &[record]).await?;
        Ok(Event::Discarded)
    }
}

/// What a server lacks of a record, in words.
fn lacks(seen: &Seen, record: &str) -> Option<String> {
    let problem = match &seen.texts {
        Err(trouble) => trouble.to_string(),
        Ok(texts) => match texts.as_slice() {
            [text] if KeyText::same(text, record) => return None,
            [] => "it has no record".to_owned(),
            [_] => "it has another record".to_owned(),
            texts => format!("it has {} records, where one may be (RFC 6376 section 3.6.2.2)", texts.len()),
        },
    };
    Some(format!("{}: {problem}", seen.server))
}
