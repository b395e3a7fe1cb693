//! What is asked of a mailbox: which messages are new, their sizes, their bytes, what becomes of those that were read.

use std::collections::BTreeMap;
use std::time::Duration;

use async_imap::types::Fetch;
use futures::StreamExt as _;

use super::address::folder_name;
use super::connect::{self, Allowance, Bounded};
use super::{Address, Fault, Secret, Trust};

/// How long an answer may take, a message's bytes among them.
const PATIENCE: Duration = Duration::from_secs(120);
/// Bytes of an answer that holds no message: the numbers of two million messages.
const ANSWER_BYTES: usize = 16 << 20;
/// What stands around a message's bytes in an answer.
const AROUND_BYTES: usize = 64 << 10;

/// What becomes of a message that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum After {
    /// Nothing: it does not even count as seen.
    Nothing,
    /// It is marked as seen.
    Seen,
    /// It goes to this folder.
    Move(String),
}

/// A folder that is open.
#[derive(Debug)]
pub(crate) struct Session {
    inner: async_imap::Session<Bounded>,
    allowance: Allowance,
    place: String,
    /// What the numbers of messages hold for: when it changes, they are numbered anew.
    pub(crate) validity: u32,
    can_move: bool,
}

impl Session {
    /// Opens the folder, for reading alone if nothing is to become of its messages.
    pub(crate) async fn open(address: &Address, secret: &Secret, trust: &Trust, after: &After) -> Result<Self, Fault> {
        let (inner, allowance) = connect::open(address, secret, trust).await?;
        let place = address.name();
        let mut session = Self { inner, allowance, place, validity: 0, can_move: false };
        session.allowance.set(ANSWER_BYTES);
        let folder = folder_name(&address.folder);
        let mailbox = match after {
            After::Nothing => timed(&session.place, session.inner.examine(&folder)).await?,
            After::Seen | After::Move(_) => timed(&session.place, session.inner.select(&folder)).await?,
        };
        let none = || Fault::System(format!("{}: the server does not number its messages for good", session.place));
        session.validity = mailbox.uid_validity.ok_or_else(none)?;
        if matches!(after, After::Move(_)) {
            session.allowance.set(ANSWER_BYTES);
            session.can_move = timed(&session.place, session.inner.capabilities()).await?.has_str("MOVE");
        }
        Ok(session)
    }

    /// The numbers of the messages after `last`, ascending.
    pub(crate) async fn after(&mut self, last: u32) -> Result<Vec<u32>, Fault> {
        let Some(first) = last.checked_add(1) else { return Ok(Vec::new()) };
        self.allowance.set(ANSWER_BYTES);
        let found = timed(&self.place, self.inner.uid_search(format!("UID {first}:*"))).await?;
        // `*` is the last message there is, even where it comes before the first that is asked for.
        let mut found: Vec<u32> = found.into_iter().filter(|number| *number >= first).collect();
        found.sort_unstable();
        Ok(found)
    }

    /// The sizes of messages in bytes, by number; one that has gone in between has none.
    pub(crate) async fn sizes(&mut self, numbers: &[u32]) -> Result<BTreeMap<u32, usize>, Fault> {
        let mut sizes = BTreeMap::new();
        for fetched in self.fetch(&set(numbers), "(UID RFC822.SIZE)", ANSWER_BYTES).await? {
            if let (Some(number), Some(size)) = (fetched.uid, fetched.size) {
                sizes.insert(number, usize::try_from(size).unwrap_or(usize::MAX));
            }
        }
        Ok(sizes)
    }

    /// The bytes of a message that is `size` bytes long; `None` if it has gone in between.
    pub(crate) async fn message(&mut self, number: u32, size: usize) -> Result<Option<Vec<u8>>, Fault> {
        let fetched = self.fetch(&number.to_string(), "(UID BODY.PEEK[])", size.saturating_add(AROUND_BYTES)).await?;
        let found = fetched.iter().find(|fetched| fetched.uid == Some(number));
        Ok(found.and_then(|fetched| fetched.body()).map(<[u8]>::to_vec))
    }

    async fn fetch(&mut self, numbers: &str, what: &str, bytes: usize) -> Result<Vec<Fetch>, Fault> {
        self.allowance.set(bytes);
        let inner = &mut self.inner;
        timed(&self.place, async {
            let mut stream = inner.uid_fetch(numbers, what).await?;
            let mut all = Vec::new();
            while let Some(fetched) = stream.next().await {
                all.push(fetched?);
            }
            Ok(all)
        })
        .await
    }

    /// Does with messages what is to become of them.
    pub(crate) async fn done(&mut self, numbers: &[u32], after: &After) -> Result<(), Fault> {
        if numbers.is_empty() {
            return Ok(());
        }
        let numbers = set(numbers);
        self.allowance.set(ANSWER_BYTES);
        match after {
            After::Nothing => Ok(()),
            After::Seen => self.flag(&numbers, "+FLAGS.SILENT (\\Seen)").await,
            After::Move(folder) if self.can_move => timed(&self.place, self.inner.uid_mv(&numbers, folder_name(folder))).await,
            // RFC 6851, section 1: what MOVE stands for. Others' messages marked as deleted are left for others to expunge.
            After::Move(folder) => {
                timed(&self.place, self.inner.uid_copy(&numbers, folder_name(folder))).await?;
                self.flag(&numbers, "+FLAGS.SILENT (\\Deleted)").await
            }
        }
    }

    async fn flag(&mut self, numbers: &str, what: &str) -> Result<(), Fault> {
        let inner = &mut self.inner;
        timed(&self.place, async {
            let mut stream = inner.uid_store(numbers, what).await?;
            while let Some(answer) = stream.next().await {
                answer?;
            }
            Ok(())
        })
        .await
    }

    /// Says good-bye; whether it is heard does not matter.
    pub(crate) async fn close(mut self) {
        self.allowance.set(ANSWER_BYTES);
        let _ = timed(&self.place, self.inner.logout()).await;
    }
}

/// Numbers as IMAP writes a set of them: neighbours as a range.
fn set(numbers: &[u32]) -> String {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for &number in numbers {
        match ranges.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(number) => *last = number,
            _ => ranges.push((number, number)),
        }
    }
    let written = |(first, last): &(u32, u32)| if first == last { first.to_string() } else { format!("{first}:{last}") };
    ranges.iter().map(written).collect::<Vec<_>>().join(",")
}

/// Waits for an answer.
async fn timed<T>(place: &str, future: impl Future<Output = Result<T, async_imap::error::Error>>) -> Result<T, Fault> {
    match tokio::time::timeout(PATIENCE, future).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(Fault::of(place, &error)),
        Err(_) => Err(Fault::System(format!("{place}: no answer within {} seconds", PATIENCE.as_secs()))),
    }
}

#[cfg(test)]
mod tests {
    use super::set;

    #[test]
    fn neighbours_are_a_range() {
        assert_eq!(set(&[1]), "1");
        assert_eq!(set(&[1, 2, 3, 7, 9, 10]), "1:3,7,9:10");
        assert_eq!(set(&[u32::MAX]), "4294967295");
    }
}
