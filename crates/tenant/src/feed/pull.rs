//! From one checkpoint to the next, a batch of records at a time.

use std::collections::VecDeque;

use futures::{StreamExt as _, stream};

use super::{Blob, Checkpoint, ContentType, Feed, Window, next_windows};
use crate::{error::Error, moment::Moment};

/// Most blobs of a batch.
const MOST_BLOBS: usize = 8;
/// Most blobs that are fetched at the same time.
const AT_ONCE: usize = 4;

/// Records to be stored, and the checkpoint to be kept once they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// The records, each the JSON text that it came as. One may have come before: its `Id` tells.
    pub records: Vec<String>,
    /// How far everything has been taken when these are stored.
    pub checkpoint: Checkpoint,
    /// Content that will never be read.
    pub lost: Vec<Lost>,
    /// Content that could not be read now; it is tried again.
    pub failing: Vec<Lost>,
}

/// Content that was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// The service's id of it.
    pub id: String,
    /// Why.
    pub why: String,
}

/// What is to be taken of a kind of content, from a checkpoint to a moment. When storing a batch fails, drop it and begin again at the checkpoint
/// that was kept.
#[derive(Debug)]
pub struct Pull<'a> {
    feed: &'a Feed,
    content: ContentType,
    checkpoint: Checkpoint,
    windows: VecDeque<Window>,
    /// The span that is being taken, and what of it is left.
    current: Option<(Window, VecDeque<Blob>)>,
    /// What expired before this pull began.
    lost: Vec<Lost>,
    has_subscribed: bool,
}

impl Feed {
    /// Begins to take what is new of a kind of content. `back` is how many microseconds the first time reaches back; the service keeps seven days.
    #[must_use]
    pub fn pull(&self, content: &ContentType, checkpoint: &Checkpoint, back: i64, now: Moment) -> Pull<'_> {
        let mut checkpoint = checkpoint.clone();
        let expired = checkpoint.types.get_mut(content).map(|progress| progress.expire(now)).unwrap_or_default();
        let lost = expired.into_iter().map(|(id, failing)| Lost { id, why: format!("it expired; {}", failing.why) }).collect();
        let windows = next_windows(&checkpoint, content, back, now).into();
        Pull { feed: self, content: content.clone(), checkpoint, windows, current: None, lost, has_subscribed: false }
    }
}

impl Pull<'_> {
    /// The next batch, or nothing when all is taken. A batch may have no records and must be kept all the same.
    ///
    /// # Errors
    ///
    /// Why nothing more can be taken now; what was given before stays true.
    pub async fn next(&mut self) -> Result<Option<Batch>, Error> {
        let (window, mut left) = match self.current.take() {
            Some(current) => current,
            None => {
                let Some(window) = self.windows.front().copied() else { return Ok(None) };
                let listed = self.list(window).await?;
                self.windows.pop_front();
                let progress = self.checkpoint.types.entry(self.content.clone()).or_default();
                let mut new: Vec<Blob> = listed.into_iter().filter(|blob| !progress.has(&blob.id)).collect();
                // The same content may be listed on two pages.
                new.sort_by(|one, other| (one.created, &one.id).cmp(&(other.created, &other.id)));
                new.dedup_by(|one, other| one.id == other.id);
                (window, new.into())
            }
        };
        let blobs: Vec<Blob> = left.drain(..left.len().min(MOST_BLOBS)).collect();
        let feed = self.feed;
        let fetched: Vec<_> =
            stream::iter(blobs).map(|blob| async move { (feed.fetch(&blob).await, blob) }).buffered(AT_ONCE).collect().await;
        let (batch, is_down) = self.batch(window, fetched, left.is_empty())?;
        if !left.is_empty() && !is_down {
            self.current = Some((window, left));
        }
        Ok(Some(batch))
    }

    /// Puts what was fetched together, and says whether the service seems to be down. Nothing is noted if one answer says that no other would come either.
    fn batch(
        &mut self,
        window: Window,
        fetched: Vec<(Result<Vec<String>, Error>, Blob)>,
        is_last: bool,
    ) -> Result<(Batch, bool), Error> {
        if let Some(error) = fetched.iter().filter_map(|(result, _)| result.as_ref().err()).find(|error| is_general(error)) {
            return Err(error.clone());
        }
        let progress = self.checkpoint.types.entry(self.content.clone()).or_default();
        // A service that stopped working is left alone until the next pull. Content that failed before does not stop the rest again.
        let is_down = !fetched.is_empty()
            && fetched.iter().all(|(result, blob)| {
                matches!(result, Err(Error::Unavailable { .. })) && !progress.failing.contains_key(&blob.id)
            });
        let (mut records, mut failing) = (Vec::new(), Vec::new());
        for (result, blob) in fetched {
            match result {
                Ok(found) => {
                    records.extend(found);
                    progress.take(&blob.id, blob.created);
                }
                Err(error) if is_gone(&error) => {
                    progress.take(&blob.id, blob.created);
                    self.lost.push(Lost { id: blob.id, why: error.to_string() });
                }
                Err(error) => {
                    progress.fail(&blob.id, blob.created, error.to_string());
                    failing.push(Lost { id: blob.id, why: error.to_string() });
                }
            }
        }
        if is_down {
            self.windows.clear();
        } else if is_last {
            progress.finish(window);
        }
        let lost = std::mem::take(&mut self.lost);
        Ok((Batch { records, checkpoint: self.checkpoint.clone(), lost, failing }, is_down))
    }

    /// Lists a span; if nobody has subscribed yet, that is done first.
    async fn list(&mut self, window: Window) -> Result<Vec<Blob>, Error> {
        match self.feed.list(&self.content, window).await {
            Err(Error::Feed { code, .. }) if code == "AF20022" && !self.has_subscribed => {
                self.has_subscribed = true;
                self.feed.start(&self.content).await?;
                self.feed.list(&self.content, window).await
            }
            other => other,
        }
    }
}

/// Whether an error is of the service or the sign-in, and not of one blob.
fn is_general(error: &Error) -> bool {
    match error {
        Error::Setting { .. } | Error::SignIn(_) | Error::Forbidden { .. } | Error::Throttled { .. } => true,
        Error::Feed { code, .. } => !code.starts_with("AF2005"),
        Error::NotFound { .. }
        | Error::AlreadyExists { .. }
        | Error::CnameMissing { .. }
        | Error::RotationUnderWay { .. }
        | Error::Refused { .. }
        | Error::Unavailable { .. }
        | Error::Unknown { .. }
        | Error::TooLarge { .. }
        | Error::Protocol { .. } => false,
    }
}

/// Whether an error says that the content will never come.
fn is_gone(error: &Error) -> bool {
    matches!(error, Error::Feed { code, .. } if ["AF20050", "AF20051", "AF20052"].contains(&code.as_str()))
}
