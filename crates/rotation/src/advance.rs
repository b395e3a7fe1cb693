//! A rotation taken as far as it goes at this moment: every step done is written down before the next begins.

use serde::{Deserialize, Serialize};

use crate::{
    effects::{Effects, words},
    journal::JournalError,
    micros::shown,
    rotation::{Rotation, State, Step},
    steps::{Hindrance, perform},
};

/// More steps than any rotation takes at one moment.
const MOST_STEPS: usize = 32;

/// How far a rotation is, for people and for whoever calls again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The state.
    pub state: State,
    /// Nothing is to be done before this moment, in microseconds since 1970; `None` if nothing is left at all.
    pub waiting_until: Option<i64>,
    /// What it waits for, or what was done, in words.
    pub message: String,
    /// Whether something is wrong; the message says what, and what to do.
    pub trouble: bool,
    /// That it takes longer than it should, in words.
    pub overdue: Option<String>,
}

/// Takes a rotation as far as it goes. May be called at any time and again after any crash; `now` is in microseconds since 1970. The rotation
/// becomes what the journal has, should somebody have gone on with it meanwhile.
pub async fn advance(rotation: &mut Rotation, effects: &Effects<'_>, now: i64) -> Progress {
    match advanced(rotation, effects, now).await {
        Ok(progress) => progress,
        Err(error) => Progress {
            state: rotation.state,
            waiting_until: Some(rotation.retry_at(now)),
            message: words(&error),
            trouble: true,
            overdue: rotation.overdue(now),
        },
    }
}

async fn advanced(rotation: &mut Rotation, effects: &Effects<'_>, now: i64) -> Result<Progress, JournalError> {
    let _held = effects.journal.lock(&rotation.series()).await?;
    refresh(rotation, effects).await?;
    for _ in 0..MOST_STEPS {
        let step = rotation.next(now);
        match step {
            Step::End => return Ok(progress(rotation, None, ended(rotation), now)),
            Step::Wait(until) => return Ok(progress(rotation, Some(until), waits(rotation, until), now)),
            _ => {}
        }
        let mut next = rotation.clone();
        let hindrance = match perform(step, rotation, effects, now).await {
            Ok(event) => {
                next.on(event, now);
                None
            }
            Err(hindrance) => {
                if matches!(hindrance, Hindrance::Hidden(_)) {
                    let trouble = next.trouble.take();
                    next.on(crate::rotation::Event::Hidden, now);
                    next.trouble = trouble;
                }
                let words = match &hindrance {
                    Hindrance::NotYet(words) | Hindrance::Hidden(words) | Hindrance::Trouble(words) => words.clone(),
                };
                next.hindered(words.clone(), now);
                Some((words, matches!(hindrance, Hindrance::Trouble(_))))
            }
        };
        next.revision = next.revision.saturating_add(1);
        effects.journal.write(&next).await?;
        *rotation = next;
        if let Some((words, trouble)) = hindrance {
            return Ok(Progress { trouble, ..progress(rotation, Some(rotation.retry_at(now)), words, now) });
        }
    }
    Ok(progress(rotation, Some(rotation.retry_at(now)), "it goes on".to_owned(), now))
}

/// Wants a rotation taken back, and takes it as far back as goes at this moment. Before the switch nothing is left of it; after it, mail that was signed
/// with the new key has to arrive first.
///
/// # Errors
///
/// In words: it is too late, or the journal cannot be written.
pub async fn take_back(rotation: &mut Rotation, effects: &Effects<'_>, now: i64) -> Result<Progress, String> {
    {
        let _held = effects.journal.lock(&rotation.series()).await.map_err(|error| words(&error))?;
        refresh(rotation, effects).await.map_err(|error| words(&error))?;
        let mut next = rotation.clone();
        next.take_back()?;
        if next != *rotation {
            next.revision = next.revision.saturating_add(1);
            effects.journal.write(&next).await.map_err(|error| words(&error))?;
            *rotation = next;
        }
    }
    Ok(advance(rotation, effects, now).await)
}

async fn refresh(rotation: &mut Rotation, effects: &Effects<'_>) -> Result<(), JournalError> {
    match effects.journal.read(&rotation.id).await? {
        Some(kept) => *rotation = kept,
        None => return Err(JournalError::Changed(rotation.id.clone())),
    }
    Ok(())
}

fn progress(rotation: &Rotation, waiting_until: Option<i64>, message: String, now: i64) -> Progress {
    Progress { state: rotation.state, waiting_until, message, trouble: false, overdue: rotation.overdue(now) }
}

fn ended(rotation: &Rotation) -> String {
    let (new, domain) = (&rotation.new.selector, &rotation.new.domain);
    match (rotation.state, &rotation.old) {
        (State::Undone, _) => format!("the rotation was taken back; {new} signs nothing"),
        (_, Some(old)) => format!("mail of {domain} is signed with {new}; {} is revoked", old.entry.selector),
        (_, None) => format!("mail of {domain} is signed with {new}"),
    }
}

fn waits(rotation: &Rotation, until: i64) -> String {
    let until = shown(until);
    let new = &rotation.new.selector;
    match rotation.state {
        State::Published => {
            format!("every server answers with {new}; others may remember until {until} that it was not there")
        }
        State::Draining => match &rotation.old {
            Some(old) => {
                format!(
                    "mail is signed with {new}; {} stays published until {until}, as mail may be under way",
                    old.entry.selector
                )
            }
            None => format!("mail is signed with {new}"),
        },
        State::Returned => {
            format!("mail is signed with the old key again; {new} stays published until {until}, as mail may be under way")
        }
        State::Revoked => format!("the old key is revoked; its record is taken away after {until}"),
        State::Planned | State::KeyMade | State::Visible | State::Switched | State::Done | State::Undone => {
            format!("waiting until {until}")
        }
    }
}
