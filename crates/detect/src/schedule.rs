//! When a rule runs and which window each run looks at. Pure: the moment is an argument, so that a clock that jumps, a process that
//! slept and a replay of last month are all the same sum.
//!
//! Moments and durations are microseconds, as in `state`.

use sha2::{Digest as _, Sha256};

/// A moment in microseconds since 1970.
pub type Moment = i64;

/// When a rule runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timetable {
    /// How long from run to run.
    pub interval: i64,
    /// How far a run looks back from its moment. `None`: as far as the query itself says.
    pub look_back: Option<i64>,
    /// What part of the interval this rule waits, so that a thousand rules of one interval do not start at once.
    pub phase: i64,
    /// How old a skipped run may be and is still made up for.
    pub catch_up: i64,
}

/// One run that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// The moment it stands for.
    pub at: Moment,
    /// Where its window begins. `None`: the query says.
    pub from: Option<Moment>,
}

/// What is due, and what will never be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Due {
    /// Runs to make, the oldest first.
    pub slots: Vec<Slot>,
    /// A stretch of time whose runs were skipped and are too old to be made up for.
    pub lost: Option<(Moment, Moment)>,
    /// The clock stands before a run that was made already: it has been set back, or was ahead when that run was made.
    pub clock_went_back: bool,
}

impl Timetable {
    /// A timetable whose phase is made of the rule's key: always the same for the same rule.
    ///
    /// `interval` below a second counts as one second.
    #[must_use]
    pub fn new(rule_key: &str, interval: i64, look_back: Option<i64>, catch_up: i64) -> Self {
        let interval = interval.max(1_000_000);
        let digest = Sha256::digest(rule_key.as_bytes());
        let mut first = [0_u8; 8];
        first.copy_from_slice(&digest[..8]);
        // Half of what can be said in 64 bits is enough to spread rules, and is never negative.
        let spread = i64::try_from(u64::from_be_bytes(first) >> 1).unwrap_or_default();
        Self { interval, look_back, phase: spread % interval, catch_up: catch_up.max(interval) }
    }

    /// The run that stands for a moment.
    #[must_use]
    pub fn slot(&self, at: Moment) -> Slot {
        Slot { at, from: self.look_back.map(|look_back| at.saturating_sub(look_back)) }
    }

    /// The first moment of the timetable after `moment`.
    #[must_use]
    pub fn next_after(&self, moment: Moment) -> Moment {
        let turns = moment.saturating_sub(self.phase).div_euclid(self.interval).saturating_add(1);
        turns.saturating_mul(self.interval).saturating_add(self.phase)
    }

    /// What is due at `now` for a rule that was last evaluated for `evaluated_to`.
    ///
    /// A rule that never ran runs at once. After a pause every skipped run is due, because a rule that counts has to count every
    /// window; those older than [`Timetable::catch_up`] are given up as one lost stretch.
    #[must_use]
    pub fn due(&self, evaluated_to: Option<Moment>, now: Moment) -> Due {
        let Some(evaluated_to) = evaluated_to else {
            return Due { slots: vec![self.slot(now)], ..Due::default() };
        };
        if evaluated_to > now.saturating_add(self.interval) {
            return Due { slots: vec![self.slot(now)], clock_went_back: true, ..Due::default() };
        }
        let oldest = now.saturating_sub(self.catch_up);
        let mut due = Due::default();
        let mut at = self.next_after(evaluated_to);
        if at < oldest {
            let kept = self.next_after(oldest.saturating_sub(1));
            due.lost = Some((evaluated_to, kept));
            at = kept;
        }
        while at <= now {
            due.slots.push(self.slot(at));
            at = at.saturating_add(self.interval);
        }
        due
    }

    /// Runs that were made and have to be made again because events came late: together their windows hold all of these that no run
    /// made since, or still to be made, has in its own.
    #[must_use]
    pub fn late(&self, arrivals: &[Arrival], evaluated_to: Moment, now: Moment) -> Vec<Slot> {
        let reach = self.look_back.unwrap_or(self.interval).max(self.interval);
        let oldest = now.saturating_sub(self.catch_up);
        let mut spans: Vec<(Moment, Moment)> = Vec::new();
        for arrival in arrivals {
            // The first run after they were there sees those of its window.
            let missed = self.next_after(arrival.noticed).saturating_sub(reach).saturating_sub(1);
            let span = (arrival.first.max(oldest), arrival.last.min(missed).min(evaluated_to));
            spans.extend((span.0 <= span.1).then_some(span));
        }
        spans.sort_unstable();
        let mut slots: Vec<Slot> = Vec::new();
        let mut covered = Moment::MIN;
        for (first, last) in spans {
            let mut time = first.max(covered);
            while time <= last {
                // The latest run that has this moment in its window: later events then often need no run of their own.
                let latest = self.next_after(time.saturating_add(reach).saturating_sub(self.interval).saturating_sub(1));
                let slot = self.slot(latest.min(evaluated_to));
                covered = slot.at.saturating_add(1);
                slots.push(slot);
                time = covered.max(time.saturating_add(1));
            }
        }
        slots.dedup();
        slots
    }
}

/// Events that arrived together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arrival {
    /// The time of the earliest.
    pub first: Moment,
    /// The time of the latest.
    pub last: Moment,
    /// From when on queries saw them, or later.
    pub noticed: Moment,
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000_000;
    const HOUR: i64 = 60 * MINUTE;

    fn every_five_minutes() -> Timetable {
        Timetable { interval: 5 * MINUTE, look_back: Some(30 * MINUTE), phase: MINUTE, catch_up: 24 * HOUR }
    }

    fn at(due: &Due) -> Vec<i64> {
        due.slots.iter().map(|slot| slot.at / MINUTE).collect()
    }

    #[test]
    fn a_rule_that_never_ran_runs_at_once() {
        let due = every_five_minutes().due(None, 100 * MINUTE);
        assert_eq!(due.slots, [Slot { at: 100 * MINUTE, from: Some(70 * MINUTE) }]);
    }

    #[test]
    fn nothing_is_due_before_its_time_and_one_run_is_at_it() {
        let table = every_five_minutes();
        assert_eq!(at(&table.due(Some(96 * MINUTE), 100 * MINUTE)), Vec::<i64>::new());
        assert_eq!(at(&table.due(Some(96 * MINUTE), 101 * MINUTE)), [101]);
    }

    #[test]
    fn every_skipped_run_is_made_up_for_in_order() {
        let due = every_five_minutes().due(Some(96 * MINUTE), 120 * MINUTE);
        assert_eq!(at(&due), [101, 106, 111, 116]);
        assert_eq!(due.lost, None);
    }

    #[test]
    fn runs_that_are_too_old_are_said_to_be_lost() {
        let now = 100 * 24 * HOUR;
        let due = every_five_minutes().due(Some(0), now);
        assert_eq!(due.slots.len(), 288);
        let (from, to) = due.lost.unwrap_or_default();
        assert_eq!(from, 0);
        assert_eq!(Some(to), due.slots.first().map(|slot| slot.at));
    }

    #[test]
    fn a_clock_set_back_does_not_stop_the_rule() {
        let due = every_five_minutes().due(Some(1000 * HOUR), 10 * HOUR);
        assert!(due.clock_went_back);
        assert_eq!(due.slots.len(), 1);
        // A little ahead is ordinary: the last run was just made.
        assert!(!every_five_minutes().due(Some(10 * HOUR + MINUTE), 10 * HOUR).clock_went_back);
    }

    fn came(minute: i64) -> Arrival {
        Arrival { first: minute * MINUTE, last: minute * MINUTE, noticed: 122 * MINUTE }
    }

    fn covered(slots: &[Slot], minute: i64) -> bool {
        slots.iter().any(|slot| (slot.at - 30 * MINUTE..=slot.at).contains(&(minute * MINUTE)))
    }

    #[test]
    fn late_events_are_seen_by_few_runs_that_cover_them() {
        let evaluated = 121 * MINUTE;
        let slots = every_five_minutes().late(&[31, 32, 58, 90].map(came), evaluated, 122 * MINUTE);
        for event in [31, 32, 58, 90] {
            assert!(covered(&slots, event), "{event} is covered by {slots:?}");
        }
        assert!(slots.len() <= 3, "{slots:?}");
        assert!(slots.iter().all(|slot| slot.at <= evaluated), "{slots:?}");
    }

    #[test]
    fn what_the_next_run_sees_is_not_late() {
        // It is made at 126 and looks back to 96.
        assert_eq!(every_five_minutes().late(&[came(96), came(122)], 121 * MINUTE, 122 * MINUTE), []);
        // Noticed before the run at 121, which has looked back to 91.
        let before = Arrival { noticed: 120 * MINUTE, ..came(92) };
        assert_eq!(every_five_minutes().late(&[before], 121 * MINUTE, 122 * MINUTE), []);
        assert_eq!(every_five_minutes().late(&[Arrival { first: 88 * MINUTE, ..before }], 121 * MINUTE, 122 * MINUTE).len(), 1);
    }

    #[test]
    fn a_long_stretch_of_late_events_is_covered_whole() {
        let stretch = Arrival { first: 10 * MINUTE, last: 90 * MINUTE, noticed: 122 * MINUTE };
        let slots = every_five_minutes().late(&[stretch], 121 * MINUTE, 122 * MINUTE);
        assert!((10..=90).all(|minute| covered(&slots, minute)), "{slots:?}");
        assert!(slots.len() <= 4, "{slots:?}");
    }

    #[test]
    fn rules_of_one_interval_are_spread_over_it() {
        let phases: Vec<i64> =
            (0..1000).map(|number| Timetable::new(&format!("rule {number}"), 5 * MINUTE, None, HOUR).phase).collect();
        for minute in 0..5 {
            let here = phases.iter().filter(|phase| **phase / MINUTE == minute).count();
            assert!((120..280).contains(&here), "{here} rules in minute {minute}");
        }
    }
}
