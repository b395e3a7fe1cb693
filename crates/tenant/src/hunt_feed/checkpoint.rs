//! How far tables have been taken, and which span is next. Pure: the moment is given.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{
    feed::Window,
    graph::MOST_ROWS,
    moment::{self, DAY, HOUR, Moment, SECOND},
};

/// How far back the service keeps rows, less an hour for two clocks that differ.
const KEPT: i64 = 30 * DAY - HOUR;
/// The longest span that is asked for at once.
const LONGEST: i64 = DAY;
/// How many spans fit, one after the other, until twice the length is tried: a night is quieter than a day.
const GROWS: u32 = 8;
/// The shortest span: what does not fit into an answer then is not divided further.
pub(super) const SHORTEST: i64 = SECOND;

/// How tables are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HuntSettings {
    /// How far the first time reaches back; the service keeps 30 days.
    pub back: Duration,
    /// How much before the high-water mark is read again each time.
    pub overlap: Duration,
    /// How often a longer span is read again, for rows that came later than that.
    pub deep_every: Duration,
    /// How long that span is.
    pub deep: Duration,
    /// How many rows the service gives at most. It cuts the rest off without a word, so that an answer with so many is asked for again in halves.
    pub rows: usize,
}

impl Default for HuntSettings {
    fn default() -> Self {
        let hours = |hours: u64| Duration::from_secs(hours * 3600);
        Self { back: hours(7 * 24), overlap: hours(1), deep_every: hours(6), deep: hours(24), rows: MOST_ROWS }
    }
}

/// How far everything has been taken.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Checkpoint {
    /// By table.
    pub tables: BTreeMap<String, Progress>,
}

/// How far a table has been taken.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Progress {
    /// Rows before this have been taken, but for those that come late. Nothing before the first time.
    pub through: Option<Moment>,
    /// What is left of the longer span that is being read again.
    pub deep: Option<Window>,
    /// When a longer span was last begun to be read again.
    pub deep_begun: Option<Moment>,
    /// How long a span fits into an answer, as was found out; nothing if any did.
    pub fits: Option<i64>,
    /// How many spans of that length have fitted, one after the other.
    pub fitted: u32,
}

/// What is to be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pass {
    /// What is new, with the overlap.
    Fresh,
    /// What was taken already, for what came late.
    Deep,
}

impl Progress {
    /// What is left to be taken until a moment: where the fresh rows begin.
    pub(super) fn begin(&self, settings: &HuntSettings, now: Moment) -> Moment {
        let begin = match self.through {
            // A clock that jumped ahead and came back must not keep anything from being read.
            Some(through) => through.min(now).saturating_sub(moment::span(settings.overlap)),
            None => now.saturating_sub(moment::span(settings.back)),
        };
        begin.max(now.saturating_sub(KEPT)).max(0)
    }

    /// Plans the longer span, if it is time for it. The first time has nothing to read again.
    pub(super) fn plan(&mut self, settings: &HuntSettings, now: Moment) {
        let Some(begun) = self.deep_begun.filter(|begun| *begun <= now) else {
            self.deep_begun = Some(now);
            return;
        };
        if now.saturating_sub(begun) < moment::span(settings.deep_every) {
            return;
        }
        let from = now.saturating_sub(moment::span(settings.deep).min(KEPT)).max(0);
        let to = self.begin(settings, now);
        self.deep = (from < to).then_some(Window { from, to });
        self.deep_begun = Some(now);
    }

    /// Of a span, the part that is asked for at once.
    pub(super) fn first_part(&self, whole: Window) -> Window {
        let fits = self.fits.unwrap_or(LONGEST).clamp(SHORTEST, LONGEST);
        Window { from: whole.from, to: whole.to.min(whole.from.saturating_add(fits)) }
    }

    /// A span did not fit into an answer. Gives whether half of it may be tried.
    pub(super) fn halve(&mut self, part: Window) -> bool {
        let half = part.to.saturating_sub(part.from) / 2;
        self.fits = Some(half.max(SHORTEST));
        self.fitted = 0;
        half >= SHORTEST
    }

    /// A span has been taken. If enough were as long as what was found to fit, twice as much is tried next.
    pub(super) fn take(&mut self, pass: Pass, part: Window) {
        match pass {
            Pass::Fresh => self.through = Some(self.through.map_or(part.to, |through| through.max(part.to))),
            Pass::Deep => self.deep = self.deep.map(|left| Window { from: part.to, ..left }).filter(|left| left.from < left.to),
        }
        let Some(fits) = self.fits.filter(|fits| part.to.saturating_sub(part.from) >= *fits) else { return };
        self.fitted = self.fitted.saturating_add(1);
        if self.fitted >= GROWS {
            self.fitted = 0;
            self.fits = Some(fits.saturating_mul(2)).filter(|twice| *twice < LONGEST);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = 1_795_233_600 * SECOND;

    fn settings() -> HuntSettings {
        HuntSettings::default()
    }

    #[test]
    fn the_first_time_reaches_back_and_later_times_overlap() {
        let mut progress = Progress::default();
        assert_eq!(progress.begin(&settings(), NOW), NOW - 7 * DAY);
        progress.take(Pass::Fresh, Window { from: NOW - 7 * DAY, to: NOW });
        assert_eq!(progress.begin(&settings(), NOW + 300 * SECOND), NOW - HOUR);
    }

    #[test]
    fn no_row_older_than_the_service_keeps_is_asked_for() {
        let far = HuntSettings { back: Duration::MAX, ..settings() };
        assert!(Progress::default().begin(&far, NOW) > NOW - 30 * DAY);
        let paused = Progress { through: Some(NOW - 90 * DAY), ..Progress::default() };
        assert!(paused.begin(&settings(), NOW) > NOW - 30 * DAY);
        let ahead = Progress { through: Some(NOW + DAY), ..Progress::default() };
        assert_eq!(ahead.begin(&settings(), NOW), NOW - HOUR);
    }

    #[test]
    fn a_longer_span_is_read_again_every_few_hours() {
        let mut progress = Progress { through: Some(NOW), ..Progress::default() };
        progress.plan(&settings(), NOW);
        assert_eq!(progress.deep, None, "the first time there is nothing to read again");
        progress.plan(&settings(), NOW + 5 * HOUR);
        assert_eq!(progress.deep, None);
        progress.through = Some(NOW + 6 * HOUR);
        progress.plan(&settings(), NOW + 6 * HOUR);
        assert_eq!(progress.deep, Some(Window { from: NOW - 18 * HOUR, to: NOW + 5 * HOUR }));
        progress.take(Pass::Deep, Window { from: NOW - 18 * HOUR, to: NOW });
        assert_eq!(progress.deep, Some(Window { from: NOW, to: NOW + 5 * HOUR }));
        progress.take(Pass::Deep, Window { from: NOW, to: NOW + 5 * HOUR });
        assert_eq!((progress.deep, progress.through), (None, Some(NOW + 6 * HOUR)));
    }

    #[test]
    fn spans_are_halved_until_they_fit_and_grow_again() {
        let mut progress = Progress::default();
        let whole = Window { from: 0, to: 7 * DAY };
        let day = progress.first_part(whole);
        assert_eq!(day, Window { from: 0, to: DAY });
        assert!(progress.halve(day));
        let half = progress.first_part(whole);
        assert_eq!(half.to, DAY / 2);
        for _ in 0..GROWS {
            assert_eq!(progress.fits, Some(DAY / 2));
            progress.take(Pass::Fresh, half);
        }
        assert_eq!(progress.fits, None);
    }

    #[test]
    fn a_second_is_not_divided() {
        let mut progress = Progress::default();
        assert!(!progress.halve(Window { from: 0, to: SECOND }));
        assert_eq!(progress.first_part(Window { from: 0, to: DAY }).to, SECOND);
    }
}
