//! How far a tenant's audit records have been taken. Pure: the moment is given.
//!
//! Content is listed by the moment it became available, and new content may appear with a moment that has passed already; so what was listed once
//! is listed again for some hours, and what was taken then is known by its id. Whoever stores records keeps the checkpoint after them: then a crash
//! between the two reads a few records again, which are told by their `Id`, and loses none.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::ContentType;
use crate::moment::{DAY, HOUR, Moment, SECOND};

/// How far back is listed again.
const LATE: i64 = 6 * HOUR;
/// How far back content is kept by the service, less some minutes for two clocks that differ.
const KEPT: i64 = 7 * DAY - 10 * 60 * SECOND;
/// The longest span that is listed at once. A day is allowed; services that refuse a whole day have been seen.
const LONGEST: i64 = 23 * HOUR;

/// How far everything has been taken.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Checkpoint {
    /// By content type.
    pub types: BTreeMap<ContentType, Progress>,
}

/// How far a content type has been taken.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Progress {
    /// All that became available before this has been taken, but for what appears late. Nothing before the first time.
    pub through: Option<Moment>,
    /// What has been taken of the last hours before `through`, and of what follows: the moment it became available, by its id.
    pub taken: BTreeMap<String, Moment>,
    /// What could not be read so far, by its id. It is tried again until it expires.
    pub failing: BTreeMap<String, Failing>,
}

/// Content that could not be read so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failing {
    /// When it became available.
    pub created: Moment,
    /// How often it was tried.
    pub tries: u32,
    /// What was wrong the last time.
    pub why: String,
}

/// A span of time: what begins it is in it, what ends it is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Its first moment.
    pub from: Moment,
    /// The moment after its last.
    pub to: Moment,
}

/// The spans to be listed now, oldest first, each no longer than the service allows. `back` is how far the first time reaches.
#[must_use]
pub fn next_windows(checkpoint: &Checkpoint, content: &ContentType, back: i64, now: Moment) -> Vec<Window> {
    let earliest = now.saturating_sub(KEPT);
    let progress = checkpoint.types.get(content);
    let begin = match progress.and_then(|progress| progress.through) {
        // A clock that jumped ahead and came back must not keep anything from being listed.
        Some(through) => through.min(now).saturating_sub(LATE),
        None => now.saturating_sub(back.max(0)),
    };
    let oldest = progress.and_then(|progress| progress.failing.values().map(|failing| failing.created).min());
    let mut from = floor(begin.min(oldest.unwrap_or(begin)).max(earliest)).max(0);
    // The service counts in seconds: the last one is left to the next time, when it is whole.
    let end = floor(now);
    let mut windows = Vec::new();
    while from < end {
        let to = from.saturating_add(LONGEST).min(end);
        windows.push(Window { from, to });
        from = to;
    }
    windows
}

/// The beginning of a moment's second.
const fn floor(moment: Moment) -> Moment {
    moment - moment.rem_euclid(SECOND)
}

impl Progress {
    /// Whether content has been taken.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        self.taken.contains_key(id)
    }

    /// Content has been taken.
    pub fn take(&mut self, id: &str, created: Moment) {
        self.failing.remove(id);
        self.taken.insert(id.to_owned(), created);
    }

    /// Content could not be read.
    pub fn fail(&mut self, id: &str, created: Moment, why: String) {
        let failing = self.failing.entry(id.to_owned()).or_insert(Failing { created, tries: 0, why: String::new() });
        failing.tries = failing.tries.saturating_add(1);
        failing.why = why;
    }

    /// A span has been listed, and all of it taken that could be; what was taken too long ago to be listed again is forgotten.
    pub fn finish(&mut self, window: Window) {
        let through = self.through.map_or(window.to, |through| through.max(window.to));
        self.through = Some(through);
        let oldest = self.failing.values().map(|failing| failing.created).min();
        // Spans that follow this one in the same pull are listed too, though what made them so old may have been read by now.
        let listed_from = floor(through.saturating_sub(LATE).min(window.to).min(oldest.unwrap_or(Moment::MAX)));
        self.taken.retain(|_, created| *created >= listed_from);
    }

    /// Takes out what has expired before it could be read: by its id, with what was wrong.
    pub fn expire(&mut self, now: Moment) -> BTreeMap<String, Failing> {
        let earliest = now.saturating_sub(KEPT);
        let gone: BTreeSet<String> =
            self.failing.iter().filter(|(_, failing)| failing.created < earliest).map(|(id, _)| id.clone()).collect();
        gone.into_iter().filter_map(|id| self.failing.remove_entry(&id)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = 1_795_233_600 * SECOND + 400_000;

    fn content() -> ContentType {
        ContentType::new("Audit.Exchange")
    }

    fn with(progress: Progress) -> Checkpoint {
        Checkpoint { types: BTreeMap::from([(content(), progress)]) }
    }

    fn windows(checkpoint: &Checkpoint) -> Vec<Window> {
        next_windows(checkpoint, &content(), 2 * DAY, NOW)
    }

    /// The spans follow each other without a gap, and none is longer than a day.
    fn check(windows: &[Window]) -> (Moment, Moment) {
        assert!(windows.iter().all(|window| window.from < window.to && window.to - window.from <= DAY));
        assert!(windows.windows(2).all(|pair| pair[0].to == pair[1].from));
        (windows[0].from, windows[windows.len() - 1].to)
    }

    #[test]
    fn the_first_time_reaches_back_as_far_as_asked() {
        let found = windows(&Checkpoint::default());
        assert_eq!(found.len(), 3);
        assert_eq!(check(&found), (floor(NOW) - 2 * DAY, floor(NOW)));
    }

    #[test]
    fn later_times_list_the_last_hours_again() {
        let found = windows(&with(Progress { through: Some(NOW - HOUR), ..Progress::default() }));
        assert_eq!(check(&found), (floor(NOW) - 7 * HOUR, floor(NOW)));
    }

    #[test]
    fn nothing_older_than_a_week_is_asked_for() {
        for back in [30 * DAY, i64::MAX] {
            let found = next_windows(&Checkpoint::default(), &content(), back, NOW);
            assert!(check(&found).0 > NOW - 7 * DAY);
        }
        let paused = with(Progress { through: Some(NOW - 30 * DAY), ..Progress::default() });
        assert!(check(&windows(&paused)).0 > NOW - 7 * DAY);
    }

    #[test]
    fn a_clock_that_was_ahead_does_not_stop_the_feed() {
        let found = windows(&with(Progress { through: Some(NOW + 30 * DAY), ..Progress::default() }));
        assert_eq!(check(&found), (floor(NOW) - 6 * HOUR, floor(NOW)));
        assert!(next_windows(&Checkpoint::default(), &content(), DAY, 0).is_empty());
    }

    #[test]
    fn what_fails_is_listed_until_it_expires() {
        let mut progress = Progress { through: Some(NOW), ..Progress::default() };
        progress.fail("b", NOW - 3 * DAY, "broken".to_owned());
        progress.fail("b", NOW - 3 * DAY, "still broken".to_owned());
        assert_eq!(progress.failing["b"].tries, 2);
        assert_eq!(check(&windows(&with(progress.clone()))).0, floor(NOW - 3 * DAY));
        assert!(progress.expire(NOW).is_empty());
        let lost = progress.expire(NOW + 4 * DAY);
        assert_eq!((lost["b"].why.as_str(), progress.failing.len()), ("still broken", 0));
    }

    #[test]
    fn ids_are_forgotten_once_they_cannot_be_listed_again() {
        let mut progress = Progress::default();
        progress.take("old", NOW - 10 * HOUR);
        progress.take("new", NOW - HOUR);
        progress.finish(Window { from: NOW - DAY, to: NOW });
        assert!(!progress.has("old") && progress.has("new"));
        assert_eq!(progress.through, Some(NOW));
        // Listing again what came late does not take it back.
        progress.finish(Window { from: NOW - 2 * DAY, to: NOW - DAY });
        assert_eq!(progress.through, Some(NOW));
        assert!(windows(&with(progress)).iter().all(|window| window.from > NOW - 10 * HOUR));
    }

    #[test]
    fn a_failing_blob_keeps_the_ids_that_are_listed_with_it() {
        let mut progress = Progress::default();
        progress.fail("broken", NOW - 2 * DAY, String::new());
        progress.take("beside it", NOW - DAY);
        progress.finish(Window { from: NOW - 2 * DAY, to: NOW });
        assert!(progress.has("beside it"));
        progress.take("broken", NOW - 2 * DAY);
        progress.finish(Window { from: NOW - 2 * DAY, to: NOW - 30 * HOUR });
        assert!(progress.has("beside it"), "the span after this one has it");
        progress.finish(Window { from: NOW - 30 * HOUR, to: NOW });
        assert!(progress.taken.is_empty());
    }

    #[test]
    fn a_checkpoint_survives_being_kept() {
        let mut progress = Progress::default();
        progress.take("a$b", NOW);
        progress.fail("c", NOW, "no JSON".to_owned());
        progress.finish(Window { from: NOW - HOUR, to: NOW });
        let checkpoint = with(progress);
        let text = serde_json::to_string(&checkpoint).unwrap();
        assert_eq!(serde_json::from_str::<Checkpoint>(&text).unwrap(), checkpoint);
        assert!(text.starts_with("{\"types\":{\"Audit.Exchange\":{"), "{text}");
    }
}
