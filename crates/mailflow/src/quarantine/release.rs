//! A message leaves the quarantine: it is handed to a mail server again, and is released when that has taken it.
//!
//! It carries a field with its id, so that the milter, which sees it once more, does not keep it again. The field alone opens nothing: it
//! counts only beside the message that has this id, for the recipients it was for, and for a day ([`Store::is_released`]).

use std::fs::File;

use mailauth::Message;

use super::{Id, Item, State, Store, StoreError, item::fingerprint};

/// The field.
pub const FIELD: &str = "X-Spoofwatch-Released";
/// How long after it was released a message is let through, in microseconds: a mail server may keep it in its queue for a while.
const WINDOW: i64 = 24 * 3_600_000_000;

/// Who hands messages to a mail server.
pub trait Inject {
    /// Hands a message over; gives what the server answered when it took it.
    ///
    /// # Errors
    /// When the server did not take it, or not for all recipients.
    fn inject(&self, mail_from: &str, recipients: &[String], message: &[u8]) -> Result<String, Refused>;
}

/// Why a server did not take a message, in words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub String);

/// Why a message was not released.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    /// The quarantine.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The mail server.
    #[error("the mail server did not take the message {id}, which stays in the quarantine: {refused}")]
    Refused {
        /// Which.
        id: Id,
        /// Why.
        refused: Refused,
    },
    /// It was released before.
    #[error("the message {0} has been released before")]
    Already(Id),
}

/// Releases a message; `again` if it may have been released before. Gives what the server answered.
///
/// # Errors
/// When it could not be handed over; it stays then.
pub fn release(store: &Store, id: &Id, inject: &dyn Inject, now: i64, again: bool) -> Result<String, ReleaseError> {
    let path = store.message_path(id);
    let file = File::open(&path).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => StoreError::Unknown(id.to_string()),
        _ => store.failed(&path, source),
    })?;
    // Let go of when the file is closed, also by being killed.
    file.try_lock().map_err(|_| StoreError::Busy(id.clone()))?;
    let item = store.item(id)?;
    if item.state == State::Released && !again {
        return Err(ReleaseError::Already(id.clone()));
    }
    let message = store.message(id)?;
    let before = (item.state, item.released);
    // The milter must know it before it comes.
    let mut item = Item { state: State::Releasing, released: Some(now), ..item };
    store.write(&item)?;
    let mut sent = format!("{FIELD}: {id}\r\n").into_bytes();
    sent.extend_from_slice(Message::new(&message).bytes());
    match inject.inject(&item.about.mail_from, &item.about.recipients, &sent) {
        Ok(answer) => {
            item.state = State::Released;
            store.write(&item)?;
            Ok(answer)
        }
        Err(refused) => {
            (item.state, item.released) = before;
            store.write(&item)?;
            Err(ReleaseError::Refused { id: id.clone(), refused })
        }
    }
}

impl Store {
    /// The message of the quarantine that this is, if it was released: it is let through.
    #[must_use]
    pub fn is_released(&self, message: &Message<'_>, recipients: &[String], now: i64) -> Option<Item> {
        let id: Id = message.first(FIELD)?.text().parse().ok()?;
        let item = self.item(&id).ok()?;
        let current = match (item.state, item.released) {
            (State::Releasing | State::Released, Some(moment)) => (0..=WINDOW).contains(&now.saturating_sub(moment)),
            _ => false,
        };
        let is_for = |address: &String| item.about.recipients.iter().any(|known| known.eq_ignore_ascii_case(address));
        (current && recipients.iter().all(is_for) && fingerprint(message) == item.fingerprint).then_some(item)
    }
}
