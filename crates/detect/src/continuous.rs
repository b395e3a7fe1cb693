//! Continuous rules: what each does when rows arrive.
//!
//! A rule whose hits come from single rows is asked of the rows that arrived and of nothing else: each row is seen once, however much is
//! stored and whatever time it bears. Any other rule is asked of its window again, and rests after a run for a multiple of the time the
//! run took, so that a costly one does not keep the others from their second.

use std::collections::BTreeMap;

use state::Moment;

use crate::telemetry::Reading;

/// Up to which version each table has been seen.
pub type Seen = BTreeMap<String, u64>;

/// What is remembered of a continuous rule between turns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Memory {
    /// Up to here the rule has seen the tables.
    seen: Seen,
    /// It has to look at its window before anything else: it has never run, or failed when it last did.
    window_first: bool,
    /// It rests until then.
    rests_until: Moment,
    /// Its last run failed.
    failing: bool,
    /// What it has seen is what arrived, and not a window: time alone brings it no further, and takes nothing from it.
    by_arrival: bool,
}

/// What a rule does in a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    /// Nothing.
    Rest,
    /// It is asked of the rows that arrived since [`Memory::seen`].
    Arrived,
    /// It is asked of its window.
    Window,
}

/// How many times as long as its run a rule that looks at windows rests.
const REST: i64 = 9;
/// How often a rule that looks at windows runs where no rows came: what it finds may depend on the time alone. How long a rule rests
/// that failed.
const MINUTE: i64 = 60_000_000;

impl Memory {
    /// What is remembered of a rule at the start: rows after `seen` are new to it, and with `window_first` it looks at its window, too.
    #[must_use]
    pub const fn new(seen: Seen, window_first: bool) -> Self {
        Self { seen, window_first, rests_until: Moment::MIN, failing: false, by_arrival: false }
    }

    /// Up to where the rule has seen the tables.
    #[must_use]
    pub const fn seen(&self) -> &Seen {
        &self.seen
    }

    /// Whether its last run failed.
    #[must_use]
    pub const fn is_failing(&self) -> bool {
        self.failing
    }

    /// Whether the rule has seen all there is up to now because nothing else has arrived. Of a rule that looks at windows only its last
    /// run says how far it has come.
    #[must_use]
    pub const fn is_up_to_date(&self) -> bool {
        self.by_arrival && !self.failing
    }

    /// What the rule does at `now`, when the tables stand at `versions` and its last run stood for `last`.
    #[must_use]
    pub fn moves(&self, reading: &Reading, versions: &Seen, last: Option<Moment>, now: Moment) -> Move {
        // A clock that was set back does not make a rule rest for long.
        if (self.rests_until.saturating_sub(10 * MINUTE)..self.rests_until).contains(&now) {
            return Move::Rest;
        }
        let came = self.came(reading, versions);
        match (reading.by_row && !self.window_first, came) {
            (true, true) => Move::Arrived,
            (true, false) => Move::Rest,
            (false, _) => {
                let idle = last.is_some_and(|last| (last..last.saturating_add(MINUTE)).contains(&now));
                if idle && !came && !self.window_first { Move::Rest } else { Move::Window }
            }
        }
    }

    fn came(&self, reading: &Reading, versions: &Seen) -> bool {
        reading.tables.iter().any(|table| versions.get(table) > self.seen.get(table))
    }

    /// The tables stand at `versions`. Where no rows came into those that the rule reads, it has seen as much of all of them: what it
    /// does not read holds nobody back.
    pub fn pass(&mut self, reading: &Reading, versions: &Seen) {
        if !self.came(reading, versions) {
            self.by_arrival = reading.by_row && !self.window_first;
            self.seen.clone_from(versions);
        }
    }

    /// A run was made, from `started` to `ended`, when the tables stood at `versions`; `whole`: to its end.
    pub fn made(&mut self, made: Move, whole: bool, versions: &Seen, (started, ended): (Moment, Moment)) {
        self.failing = !whole;
        self.by_arrival = made == Move::Arrived;
        if !whole {
            self.rests_until = ended.saturating_add(MINUTE);
            return;
        }
        // After its first window a rule of single rows still has to be asked of what arrived since, whatever time that bears.
        if made == Move::Arrived || !self.window_first {
            self.seen.clone_from(versions);
        }
        if made == Move::Window && !std::mem::take(&mut self.window_first) {
            self.rests_until = ended.saturating_add(ended.saturating_sub(started).clamp(0, MINUTE).saturating_mul(REST));
        }
    }
}

/// Up to where everybody has seen the tables.
#[must_use]
pub fn seen_by_all<'a>(seen: impl IntoIterator<Item = &'a Seen>) -> Option<Seen> {
    let mut all = seen.into_iter();
    let mut least = all.next()?.clone();
    for seen in all {
        least.retain(|table, _| seen.contains_key(table));
        for (table, version) in &mut least {
            *version = (*version).min(seen.get(table).copied().unwrap_or_default());
        }
    }
    Some(least)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;

    fn reading(by_row: bool) -> Reading {
        Reading { tables: vec!["EmailEvents".to_owned()], by_row }
    }

    fn at(version: u64) -> Seen {
        Seen::from([("EmailEvents".to_owned(), version), ("Others".to_owned(), 3)])
    }

    #[test]
    fn a_rule_of_single_rows_sees_its_window_first_and_then_what_arrived_since_the_start() {
        let mut memory = Memory::new(at(1), true);
        assert_eq!(memory.moves(&reading(true), &at(2), None, 100 * SECOND), Move::Window);
        memory.made(Move::Window, true, &at(2), (100 * SECOND, 100 * SECOND));
        assert_eq!(memory.seen(), &at(1));
        assert_eq!(memory.moves(&reading(true), &at(2), Some(100 * SECOND), 100 * SECOND), Move::Arrived);
        memory.made(Move::Arrived, true, &at(2), (100 * SECOND, 100 * SECOND));
        assert_eq!(memory.moves(&reading(true), &at(2), Some(100 * SECOND), 900 * SECOND), Move::Rest);
        assert_eq!(memory.moves(&reading(true), &at(3), Some(100 * SECOND), 901 * SECOND), Move::Arrived);
    }

    #[test]
    fn rows_of_other_tables_and_a_table_that_is_new_are_told_apart() {
        let memory = Memory::new(Seen::from([("Others".to_owned(), 2)]), false);
        assert_eq!(memory.moves(&reading(true), &Seen::from([("Others".to_owned(), 9)]), Some(0), SECOND), Move::Rest);
        assert_eq!(memory.moves(&reading(true), &at(0), Some(0), SECOND), Move::Arrived);
    }

    #[test]
    fn what_a_failed_run_was_asked_of_is_asked_again_after_a_minute() {
        let mut memory = Memory::new(at(1), false);
        assert_eq!(memory.moves(&reading(true), &at(2), Some(0), SECOND), Move::Arrived);
        memory.made(Move::Arrived, false, &at(2), (SECOND, SECOND));
        assert!(memory.is_failing());
        assert_eq!(memory.moves(&reading(true), &at(3), Some(0), 2 * SECOND), Move::Rest);
        assert_eq!(memory.moves(&reading(true), &at(3), Some(0), 61 * SECOND), Move::Arrived);
        assert_eq!(memory.seen(), &at(1));
    }

    #[test]
    fn a_costly_rule_rests_and_forgets_nothing() {
        let mut memory = Memory::new(at(1), false);
        assert_eq!(memory.moves(&reading(false), &at(2), Some(0), 10 * SECOND), Move::Window);
        memory.made(Move::Window, true, &at(2), (10 * SECOND, 12 * SECOND));
        assert_eq!(memory.moves(&reading(false), &at(3), Some(10 * SECOND), 13 * SECOND), Move::Rest);
        assert_eq!(memory.moves(&reading(false), &at(3), Some(10 * SECOND), 31 * SECOND), Move::Window);
    }

    #[test]
    fn what_depends_on_the_time_alone_is_looked_at_every_minute() {
        let memory = Memory::new(at(1), false);
        assert_eq!(memory.moves(&reading(false), &at(1), Some(0), 30 * SECOND), Move::Rest);
        assert_eq!(memory.moves(&reading(false), &at(1), Some(0), 61 * SECOND), Move::Window);
    }

    #[test]
    fn a_clock_that_is_set_back_wakes_a_rule() {
        let mut memory = Memory::new(at(1), false);
        memory.made(Move::Window, true, &at(2), (7_200 * SECOND, 7_201 * SECOND));
        assert_eq!(memory.moves(&reading(false), &at(3), None, 0), Move::Window);
    }

    #[test]
    fn what_a_rule_does_not_read_holds_nobody_back() {
        let mut memory = Memory::new(Seen::from([("EmailEvents".to_owned(), 1), ("Others".to_owned(), 1)]), false);
        memory.pass(&reading(true), &at(1));
        assert_eq!(memory.seen(), &at(1));
        memory.pass(&reading(true), &at(2));
        assert_eq!(memory.seen(), &at(1), "it has not been asked of these yet");
    }

    #[test]
    fn a_rule_that_looks_at_windows_is_only_as_far_as_its_last_run() {
        let mut memory = Memory::new(at(1), false);
        memory.pass(&reading(true), &at(1));
        assert!(memory.is_up_to_date());
        memory.made(Move::Arrived, false, &at(2), (SECOND, SECOND));
        assert!(!memory.is_up_to_date());
        let mut memory = Memory::new(at(1), false);
        memory.made(Move::Window, true, &at(2), (SECOND, SECOND));
        memory.pass(&reading(false), &at(2));
        assert!(!memory.is_up_to_date());
        let mut fresh = Memory::new(at(1), true);
        fresh.pass(&reading(true), &at(1));
        assert!(!fresh.is_up_to_date(), "it has not looked at its window");
    }

    #[test]
    fn what_one_has_not_seen_has_not_been_seen_by_all() {
        let all = seen_by_all([&at(5), &at(2), &Seen::from([("EmailEvents".to_owned(), 7)])]);
        assert_eq!(all, Some(Seen::from([("EmailEvents".to_owned(), 2)])));
        assert_eq!(seen_by_all([]), None);
    }
}
